// SPDX-License-Identifier: Apache-2.0
// A few threads that share one instruction's work.
#ifndef TILICHO_RUNTIME_EMULATOR_THREADPOOL_H
#define TILICHO_RUNTIME_EMULATOR_THREADPOOL_H

#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <thread>
#include <vector>

namespace tilicho {

/// Fork and join over ranges. Workers spin for a short while between jobs, as
/// jobs are short and follow each other closely, and then sleep. Parts are
/// claimed, so that the caller does those of a worker that has no core now.
class ThreadPool {
public:
  /// `threads` counts the caller; 1 starts none. There are fewer where the
  /// system gives no more.
  explicit ThreadPool(unsigned threads);
  ~ThreadPool();

  unsigned size() const { return unsigned(workers.size()) + 1; }

  /// Calls `body(begin, end)` for parts of [0, count) that cover it, on all
  /// threads, and returns when all have. Parts begin at multiples of `grain`,
  /// but for `count` itself. The first exception is thrown again.
  template <class Body> void parallel(int64_t count, int64_t grain, Body &body);

private:
  struct Job {
    void (*call)(void *body, int64_t begin, int64_t end);
    void *body;
    int64_t count, part;
  };

  void run(const Job &job);
  void work();
  void takeParts(uint32_t number);
  void doPart(uint32_t part);

  Job job{};
  /// Number of the job in the high half, parts claimed of it in the low half.
  std::atomic<uint64_t> claims{0};
  std::atomic<uint32_t> partsDone{0};
  std::atomic<bool> stopping{false};
  std::vector<std::exception_ptr> failures;
  std::vector<std::thread> workers;
};

template <class Body>
void ThreadPool::parallel(int64_t count, int64_t grain, Body &body) {
  int64_t grains = (count + grain - 1) / grain;
  if (workers.empty() || grains < 2)
    return body(int64_t(0), count);
  int64_t part = (grains + size() - 1) / size() * grain;
  auto call = [](void *erased, int64_t begin, int64_t end) {
    (*static_cast<Body *>(erased))(begin, end);
  };
  run({call, &body, count, part});
}

} // namespace tilicho

#endif // TILICHO_RUNTIME_EMULATOR_THREADPOOL_H
