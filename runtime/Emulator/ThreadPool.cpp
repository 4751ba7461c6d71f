// SPDX-License-Identifier: Apache-2.0
// Fork and join by a counter that workers watch.
#include "runtime/Emulator/ThreadPool.h"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <utility>

namespace tilicho {

namespace {
uint32_t jobOf(uint64_t claims) { return uint32_t(claims >> 32); }

/// Waits until the job is another than `old`: spinning, then yielding, then
/// sleeping. Returns its number.
uint32_t awaitJob(const std::atomic<uint64_t> &claims, uint32_t old) {
  constexpr int spins = 20000, yields = 200;
  for (int turn = 0;; ++turn) {
    uint32_t number = jobOf(claims.load(std::memory_order_acquire));
    if (number != old)
      return number;
    if (turn < spins)
      __builtin_ia32_pause();
    else if (turn < spins + yields)
      std::this_thread::yield();
    else
      std::this_thread::sleep_for(std::chrono::microseconds(50));
  }
}
} // namespace

ThreadPool::ThreadPool(unsigned threads) : failures(std::max(threads, 1u)) {
  workers.reserve(failures.size());
  try {
    while (size() < threads)
      workers.emplace_back([this] { work(); });
  } catch (const std::system_error &) {
    // The system has no more of them; those that there are do all parts.
  }
}

ThreadPool::~ThreadPool() {
  stopping = true;
  claims.fetch_add(uint64_t(1) << 32, std::memory_order_release);
  for (std::thread &worker : workers)
    worker.join();
}

void ThreadPool::doPart(uint32_t part) {
  int64_t begin = part * job.part;
  int64_t end = std::min(job.count, begin + job.part);
  try {
    if (begin < end)
      job.call(job.body, begin, end);
  } catch (...) {
    failures[part] = std::current_exception();
  }
  partsDone.fetch_add(1, std::memory_order_release);
}

/// A claim succeeds only while the job is not done, so that `job` is its own.
void ThreadPool::takeParts(uint32_t number) {
  uint64_t seen = claims.load(std::memory_order_acquire);
  while (jobOf(seen) == number && uint32_t(seen) < size())
    if (claims.compare_exchange_weak(seen, seen + 1, std::memory_order_acq_rel))
      doPart(uint32_t(seen));
}

void ThreadPool::work() {
  uint32_t number = 0;
  while (true) {
    number = awaitJob(claims, number);
    if (stopping)
      return;
    takeParts(number);
  }
}

void ThreadPool::run(const Job &next) {
  // All parts of the job before are claimed: nobody reads these now.
  job = next;
  partsDone.store(0, std::memory_order_relaxed);
  uint32_t number = jobOf(claims.load(std::memory_order_relaxed)) + 1;
  claims.store(uint64_t(number) << 32, std::memory_order_release);
  takeParts(number);
  // A worker in the middle of its part may wait for a core.
  constexpr int spins = 20000;
  for (int turn = 0; partsDone.load(std::memory_order_acquire) < size(); ++turn)
    turn < spins ? __builtin_ia32_pause() : std::this_thread::yield();
  std::exception_ptr first;
  for (std::exception_ptr &failure : failures)
    if (std::exception_ptr thrown = std::exchange(failure, nullptr); !first)
      first = thrown;
  if (first)
    std::rethrow_exception(first);
}

} // namespace tilicho
