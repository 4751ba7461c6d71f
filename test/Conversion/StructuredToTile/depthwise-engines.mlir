// RUN: tilicho-compile %s -O1 --emit=tile --set=ports.vec_pool_share_sbuf=false --set=ports.vec_act_share_psum=false | FileCheck %s
// RUN: tilicho-compile %s -O1 --emit=tile | FileCheck %s --check-prefix=TURNS
// RUN: tilicho-compile %s -O1 --emit=tile --set=psum.banks=1 | FileCheck %s --check-prefix=ONE

// Array, vec and pool each sum up some accumulators, pool in SBUF, as it does
// not reach PSUM. Where vec and pool take turns at SBUF, pool does nothing.
// CHECK-LABEL: @main
// CHECK-DAG: tile.issue "matmul" on "pe"
// CHECK-DAG: tile.issue "scalar_tensor_tensor" on "vec"({{.*}}!tile.buffer<psum
// CHECK-DAG: tile.issue "scalar_tensor_tensor" on "pool"(%[[SUM:[0-9]+]], %{{[0-9]+}}, %[[SUM]], {{.*}} : !tile.buffer<sbuf
// CHECK: return
// TURNS-NOT: on "pool"
// TURNS: return

// Beside the array's accumulator PSUM has no room for one of vec's.
// ONE-NOT: "scalar_tensor_tensor"
// ONE: return
func.func @main(%x: tensor<1x128x130x66xbf16>, %w: tensor<3x3x1x128xbf16>) -> tensor<1x128x128x64xbf16> {
  %y = tile.convolution %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, input_dilations = array<i64: 1, 1>, pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>, group = 128 : i64} : (tensor<1x128x130x66xbf16>, tensor<3x3x1x128xbf16>) -> tensor<1x128x128x64xf32>
  %z = tile.elementwise "copy"(%y) in "f32" : (tensor<1x128x128x64xf32>) -> tensor<1x128x128x64xbf16>
  return %z : tensor<1x128x128x64xbf16>
}
