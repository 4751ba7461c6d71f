// SPDX-License-Identifier: Apache-2.0
// Parts of a job on several threads.
#include "runtime/Emulator/ThreadPool.h"

#include <atomic>
#include <gtest/gtest.h>
#include <stdexcept>
#include <string>

namespace tilicho {
namespace {

TEST(ThreadPool, forgets_all_failures_of_a_job) {
  ThreadPool pool(3);
  auto fail = [](int64_t begin, int64_t) {
    throw std::runtime_error(std::to_string(begin));
  };
  EXPECT_THROW(pool.parallel(90, 1, fail), std::runtime_error);
  std::atomic<int64_t> done{0};
  auto count = [&](int64_t begin, int64_t end) { done += end - begin; };
  EXPECT_NO_THROW(pool.parallel(90, 1, count));
  EXPECT_EQ(done, 90);
}

} // namespace
} // namespace tilicho
