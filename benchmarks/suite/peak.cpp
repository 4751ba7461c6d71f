// SPDX-License-Identifier: Apache-2.0
// Prints the GFLOP/s of f32 multiply-adds that one core of this host can do.
#include <chrono>
#include <cstdio>

#if defined(__AVX512F__)
constexpr int lanes = 16;
#elif defined(__AVX__)
constexpr int lanes = 8;
#else
constexpr int lanes = 4;
#endif
typedef float Vector __attribute__((vector_size(lanes * 4)));

/// Enough chains to hide the latency of a multiply-add.
constexpr int chains = 20;

int main() {
  Vector sums[chains] = {}, factor, addend;
  for (int lane = 0; lane < lanes; ++lane) {
    factor[lane] = 0.999f;
    addend[lane] = 0.001f;
  }
  constexpr long steps = 20'000'000;
  auto begin = std::chrono::steady_clock::now();
  for (long step = 0; step < steps; ++step) {
    for (Vector &sum : sums)
      sum = sum * factor + addend;
    // Keeps the values in registers, and each step.
    asm volatile("" ::: "memory");
  }
  std::chrono::duration<double> seconds =
      std::chrono::steady_clock::now() - begin;
  float total = 0;
  for (const Vector &sum : sums)
    total += sum[0];
  std::printf("%.6g %g\n", 2e-9 * lanes * chains * steps / seconds.count(),
              total);
}
