// SPDX-License-Identifier: Apache-2.0
// Every back end of the array against the reference, bit by bit, on random
// bits: subnormals, infinities and NaN among them.
#include "MatrixModel.h"

#include "runtime/Emulator/Array.h"

#include <cstring>
#include <gtest/gtest.h>
#include <random>

namespace tilicho {
namespace {

using isa::DType;

struct Case {
  DType weights, moving;
  int64_t rows, cols;
  Counts columns;
  int64_t blockRows = 0, blockCols = 0;
  bool accumulate = false;
  int32_t zero = 0;
  /// Elements from one column of dst to the next.
  int64_t dstStep = 1;
  bool wild = true;
  /// Elements that lie unused between the rows of the last dimension.
  int64_t gap = 0;
  /// Elements from one moving column to the next.
  int64_t movingStep = 1;
};

/// Operands in plain memory.
class Product {
public:
  Product(const Case &c, std::mt19937 &random) : c(c) {
    bool integer = arithmeticOf(c.weights) == Arithmetic::Integer;
    int64_t stored = c.blockRows ? c.blockCols : c.cols;
    source = Operand{nullptr, c.weights, {c.rows, stored, 1, 1, 1}, {}};
    moving = Operand{nullptr, c.moving, c.columns, {}};
    moving.counts[0] = c.rows;
    dst =
        Operand{nullptr, integer ? DType::i32 : DType::f32, moving.counts, {}};
    dst.counts[0] = c.cols;
    layOut(source, 1, 0, weightBytes);
    layOut(moving, c.movingStep, c.gap, movingBytes);
    layOut(dst, c.dstStep, c.gap, dstBytes);
    fill(weightBytes, c.weights, random);
    fill(movingBytes, c.moving, random);
    fill(dstBytes, dst.dtype, random);
  }

  std::vector<uint32_t> multiply(const ArrayBackend &backend,
                                 unsigned threads) {
    Machine machine;
    machine.arrayRows = 256;
    machine.arrayCols = 256;
    machine.arrayColTile = 32;
    for (double &passes : machine.arrayPasses.values)
      passes = 1;
    Weights weights;
    weights.arithmetic = arithmeticOf(c.weights);
    weights.dtype = c.weights;
    weights.rows = c.rows;
    weights.cols = c.cols;
    weights.blockRows = c.blockRows;
    weights.blockCols = c.blockCols;
    weights.zero = c.zero;
    Array array(machine, backend);
    std::vector<uint32_t> result((dstBytes.size() + 3) / 4);
    std::memcpy(result.data(), dstBytes.data(), dstBytes.size());
    Operand to = dst;
    to.data = reinterpret_cast<uint8_t *>(result.data());
    ThreadPool pool(threads);
    array.load({0, c.rows, 0, c.cols}, source, weights, pool);
    array.multiply(0, 0, moving, to, c.accumulate, c.zero, pool);
    return result;
  }

private:
  static void layOut(Operand &operand, int64_t step, int64_t gap,
                     std::vector<uint8_t> &bytes) {
    int64_t distance = step * isa::sizeOf(operand.dtype);
    for (int d = 4; d >= 0; --d) {
      operand.steps[d] = distance;
      distance *= operand.counts[d];
      if (d == 4)
        distance += gap * isa::sizeOf(operand.dtype);
    }
    // Vectors may read beyond the end, as they may in the machine's memories.
    bytes.resize(size_t(distance) + 256);
    operand.data = bytes.data();
  }

  /// Random bits, or numbers near 1 that do not all end as NaN.
  void fill(std::vector<uint8_t> &bytes, DType dtype, std::mt19937 &random) {
    for (uint8_t &byte : bytes)
      byte = uint8_t(random());
    size_t size = isa::sizeOf(dtype);
    if (c.wild || !isa::isFloat(dtype))
      return;
    for (size_t i = size - 1; i < bytes.size(); i += size)
      bytes[i] = uint8_t((bytes[i] & 0x80) |
                         (size == 1 ? bytes[i] & 0x37 : 0x3b + random() % 4));
  }

  Case c;
  Operand source, moving, dst;
  std::vector<uint8_t> weightBytes, movingBytes, dstBytes;
};

/// Whole and odd sizes, one row with a wide step, blocks, and gaps where
/// threads part the columns or the weights.
std::vector<Case> floatCases(DType type) {
  return {{type, type, 128, 72, {0, 150, 1, 1, 1}},
          {type, type, 37, 19, {0, 3, 1, 7, 5}},
          {type, type, 1, 5, {0, 50, 1, 1, 1}, 0, 0, false, 0, 3},
          {type, type, 66, 22, {0, 49, 1, 1, 1}, 3, 1},
          {type, type, 70, 14, {0, 20, 1, 1, 1}, 35, 7},
          {type, type, 9, 5, {0, 1, 1, 2, 512}, 0, 0, false, 0, 1, true, 3},
          {type, type, 9, 40, {0, 1, 1, 7, 6}, 0, 0, false, 0, 1, true, 1},
          {type, type, 34, 18, {0, 1, 5, 7, 7}, 0, 0, false, 0, 1, true, 9, 2},
          {type, type, 6, 33, {0, 1, 1, 1, 83}, 0, 0, false, 0, 1, true, 0, 40},
          {type, type, 3, 5, {0, 1, 3, 3, 2}, 0, 0, false, 0, 20, true, 7, 5}};
}

/// Small exponents, so that sums stay near the subnormals.
std::vector<Case> cases() {
  std::vector<Case> all;
  for (DType type : {DType::f32, DType::tf32, DType::bf16, DType::f16,
                     DType::f8e4m3fn, DType::f8e5m2})
    for (Case c : floatCases(type))
      for (bool wild : {false, true})
        for (bool accumulate : {false, true}) {
          c.wild = wild;
          c.accumulate = accumulate;
          all.push_back(c);
        }
  all.push_back({DType::bf16, DType::f16, 50, 40, {0, 60, 1, 1, 1}});
  all.push_back({DType::f16, DType::bf16, 50, 40, {0, 60, 1, 1, 1}});
  all.push_back({DType::f8e4m3fn, DType::bf16, 50, 40, {0, 60, 1, 1, 1}});
  all.push_back({DType::f32, DType::tf32, 50, 40, {0, 60, 1, 1, 1}});
  for (DType type : {DType::i8, DType::u8, DType::i16, DType::u16})
    for (int32_t zero : {0, 128, -7}) {
      all.push_back({type, type, 127, 65, {0, 100, 1, 1, 1}, 0, 0, true, zero});
      all.push_back({type, type, 64, 64, {0, 33, 1, 1, 1}, 1, 1, false, zero});
    }
  all.push_back({DType::i8, DType::i16, 31, 33, {0, 40, 1, 1, 1}});
  all.push_back({DType::u16, DType::i8, 31, 33, {0, 40, 1, 1, 1}});
  return all;
}

/// Those of this CPU, and a model of one that few have.
std::vector<std::string> testedNames() {
  std::vector<std::string> names = backendNames();
  names.push_back("model");
  return names;
}
absl::StatusOr<const ArrayBackend *> backendNamed(const std::string &name) {
  return name == "model" ? &matrixModelBackend() : findBackend(name);
}

class BackendTest : public testing::TestWithParam<std::string> {};

TEST_P(BackendTest, has_the_bits_of_the_reference) {
  auto backend = backendNamed(GetParam());
  ASSERT_TRUE(backend.ok()) << backend.status();
  std::mt19937 random(11);
  for (const Case &c : cases()) {
    SCOPED_TRACE(testing::Message()
                 << isa::nameOf(c.weights) << " x " << isa::nameOf(c.moving)
                 << " " << c.rows << " x " << c.cols << " blocks "
                 << c.blockRows << " accumulate " << c.accumulate << " zero "
                 << c.zero << " wild " << c.wild);
    Product product(c, random);
    auto expected = product.multiply(referenceBackend(), 1);
    for (unsigned threads : {1u, 2u, 3u, 4u})
      EXPECT_EQ(product.multiply(**backend, threads), expected) << threads;
  }
}

/// Products and sums around the smallest normal number: what is flushed, and
/// with which sign.
TEST_P(BackendTest, flushes_as_the_reference_does) {
  auto backend = backendNamed(GetParam());
  ASSERT_TRUE(backend.ok()) << backend.status();
  std::mt19937 random(13);
  for (int turn = 0; turn < 36; ++turn) {
    const int64_t rows = 1 + turn;
    // Vectors may read beyond the end.
    std::vector<uint16_t> weights(size_t(rows) * 64 + 64),
        moving(size_t(rows) * 96 + 64);
    for (uint16_t &w : weights)
      w = uint16_t((random() & 0x80ff) | ((0x20 + random() % 3) << 7));
    for (uint16_t &x : moving)
      x = uint16_t((random() & 0x80ff) | ((0x5c + random() % 3) << 7));
    Operand source{reinterpret_cast<uint8_t *>(weights.data()),
                   DType::bf16,
                   {rows, 64, 1, 1, 1},
                   {128, 2, 0, 0, 0}};
    Operand stream{reinterpret_cast<uint8_t *>(moving.data()),
                   DType::bf16,
                   {rows, 96, 1, 1, 1},
                   {192, 2, 0, 0, 0}};
    std::vector<uint32_t> start(64 * 96 + 64);
    for (uint32_t &word : start)
      word = (random() & 0x80ffffff) | (random() % 3 << 23);
    auto multiply = [&](const ArrayBackend &engine) {
      std::vector<uint32_t> result = start;
      Operand dst{reinterpret_cast<uint8_t *>(result.data()),
                  DType::f32,
                  {64, 96, 1, 1, 1},
                  {384, 4, 0, 0, 0}};
      Weights loaded;
      loaded.arithmetic = Arithmetic::Narrow;
      loaded.dtype = DType::bf16;
      loaded.rows = rows;
      loaded.cols = 64;
      ThreadPool pool(1);
      engine.load(source, loaded, pool);
      engine.multiply({loaded, 64, stream, dst, true, 0}, pool);
      return result;
    };
    EXPECT_EQ(multiply(**backend), multiply(referenceBackend())) << rows;
  }
}

INSTANTIATE_TEST_SUITE_P(All, BackendTest, testing::ValuesIn(testedNames()),
                         [](const auto &info) { return info.param; });

TEST(Backend, names_those_that_there_are) {
  auto found = findBackend("abacus");
  ASSERT_FALSE(found.ok());
  EXPECT_NE(found.status().message().find("unknown array back end 'abacus'"),
            absl::string_view::npos);
}

} // namespace
} // namespace tilicho
