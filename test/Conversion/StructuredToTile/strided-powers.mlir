// RUN: tilicho-compile %s -O3 --emit=tile -o - | FileCheck %s
// RUN: tilicho-compile %s -O3 --emit=tile -o - --set=access.wide_stride_factor=1 | FileCheck %s --check-prefix=CHEAP

// Rows of values would come four to a partition, but then powers would be read
// 16 bytes apart, which takes the array twice as long for each block of rows.
// CHECK-LABEL: @main
// CHECK-NOT: "transpose"{{.*}}, #tile.access<f32, 0, {{[0-9]+}}, [4]>] over
// CHECK: "transpose"{{.*}}, #tile.access<f32, 0, 1536, [1]>] over 128 x [128]
// CHECK-NOT: "transpose"{{.*}}, #tile.access<f32, 0, {{[0-9]+}}, [4]>] over
// CHECK: return

// Where such a stride costs nothing, they do.
// CHEAP-LABEL: @main
// CHEAP: "transpose"{{.*}}, #tile.access<f32, 0, 12, [4]>] over 128 x [128]
// CHEAP: return
func.func @main(%q: tensor<512x64xf32>, %k: tensor<512x64xf32>, %v: tensor<512x128xf32>) -> tensor<512x128xf32> {
  %s = tile.contract %q, %k {trans_b = true} : (tensor<512x64xf32>, tensor<512x64xf32>) -> tensor<512x512xf32>
  %p = tile.softmax %s {axis = 1 : i64} : tensor<512x512xf32>
  %y = tile.contract %p, %v : (tensor<512x512xf32>, tensor<512x128xf32>) -> tensor<512x128xf32>
  return %y : tensor<512x128xf32>
}
