// RUN: tilicho-opt %s --convert-structured-to-tile --verify-diagnostics

func.func @does_not_fit(%x: tensor<1000000xf32>) -> (tensor<500000xf32>, tensor<500000xi64>) {
  // expected-error @below {{sorts rows of 1000000 elements, which do not fit the 180224 bytes of a partition}}
  %v, %i = tile.top_k %x {axis = 0 : i64, largest = true} : tensor<1000000xf32> -> tensor<500000xf32>, tensor<500000xi64>
  return %v, %i : tensor<500000xf32>, tensor<500000xi64>
}
