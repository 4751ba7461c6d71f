// SPDX-License-Identifier: Apache-2.0
// Fork and join by a counter that workers watch.
#include "runtime/Emulator/ThreadPool.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace tilicho {

namespace {
/// Waits until `counter` differs from `old`: spinning, then yielding, then
/// sleeping a little longer each time.
void awaitChange(const std::atomic<uint32_t> &counter, uint32_t old) {
  constexpr int spins = 20000, yields = 200;
  for (int turn = 0; counter.load(std::memory_order_acquire) == old; ++turn) {
    if (turn < spins) {
      __builtin_ia32_pause();
      continue;
    }
    if (turn < spins + yields) {
      std::this_thread::yield();
      continue;
    }
    std::this_thread::sleep_for(std::chrono::microseconds(50));
  }
}
} // namespace

ThreadPool::ThreadPool(unsigned threads) : failures(std::max(threads, 1u)) {
  for (unsigned worker = 1; worker < threads; ++worker)
    workers.emplace_back([this, worker] { work(worker); });
}

ThreadPool::~ThreadPool() {
  stopping = true;
  generation.fetch_add(1, std::memory_order_release);
  for (std::thread &worker : workers)
    worker.join();
}

void ThreadPool::take(unsigned worker) {
  int64_t begin = worker * job.part;
  int64_t end = std::min(job.count, begin + job.part);
  try {
    if (begin < end)
      job.call(job.body, begin, end);
  } catch (...) {
    failures[worker] = std::current_exception();
  }
}

void ThreadPool::work(unsigned worker) {
  uint32_t seen = 0;
  while (true) {
    awaitChange(generation, seen);
    ++seen;
    if (stopping)
      return;
    take(worker);
    running.fetch_sub(1, std::memory_order_release);
  }
}

void ThreadPool::run(const Job &next) {
  job = next;
  running.store(uint32_t(workers.size()), std::memory_order_relaxed);
  generation.fetch_add(1, std::memory_order_release);
  take(0);
  // A worker may wait for a core that another process has.
  constexpr int spins = 2000;
  for (int turn = 0; running.load(std::memory_order_acquire); ++turn) {
    if (turn < spins)
      __builtin_ia32_pause();
    else
      std::this_thread::yield();
  }
  for (std::exception_ptr &failure : failures)
    if (failure)
      std::rethrow_exception(std::exchange(failure, nullptr));
}

} // namespace tilicho
