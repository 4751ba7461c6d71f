// SPDX-License-Identifier: Apache-2.0
// Parts of a job on several threads.
#include "runtime/Emulator/ThreadPool.h"

#include <atomic>
#include <gtest/gtest.h>
#include <pthread.h>
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

/// No system has the stacks that are asked for here.
TEST(ThreadPool, makes_do_with_the_threads_that_there_are) {
  pthread_attr_t before, huge;
  ASSERT_EQ(pthread_getattr_default_np(&before), 0);
  ASSERT_EQ(pthread_attr_init(&huge), 0);
  ASSERT_EQ(pthread_attr_setstacksize(&huge, size_t(1) << 46), 0);
  ASSERT_EQ(pthread_setattr_default_np(&huge), 0);
  ThreadPool pool(8);
  EXPECT_EQ(pthread_setattr_default_np(&before), 0);
  EXPECT_LT(pool.size(), 8u);
  std::atomic<int64_t> done{0};
  auto count = [&](int64_t begin, int64_t end) { done += end - begin; };
  pool.parallel(90, 1, count);
  EXPECT_EQ(done, 90);
}

} // namespace
} // namespace tilicho
