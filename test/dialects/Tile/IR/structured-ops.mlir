// RUN: tilicho-opt %s | tilicho-opt | FileCheck %s

// CHECK-LABEL: @constant
func.func @constant() -> (tensor<4x8xf32>, tensor<4x8xbf16>) {
  // CHECK: tile.constant dense<1.000000e+00> : tensor<4x8xf32> : tensor<4x8xf32>
  %w = tile.constant dense<1.0> : tensor<4x8xf32> : tensor<4x8xf32>
  // CHECK: steps [{kind = "cast", type = bf16}] : tensor<4x8xbf16>
  %t = tile.constant dense<1.0> : tensor<4x8xf32>
      steps [{kind = "cast", type = bf16}] : tensor<4x8xbf16>
  return %w, %t : tensor<4x8xf32>, tensor<4x8xbf16>
}

// CHECK-LABEL: @elementwise
func.func @elementwise(%a: tensor<4x8xf32>, %b: tensor<8xf32>) -> tensor<4x8xf32> {
  // CHECK: tile.elementwise "add"(%{{.*}}, %{{.*}}) in "f32"
  %c = tile.elementwise "add"(%a, %b) in "f32"
      : (tensor<4x8xf32>, tensor<8xf32>) -> tensor<4x8xf32>
  return %c : tensor<4x8xf32>
}

// CHECK-LABEL: @contract
func.func @contract(%a: tensor<4x8xf32>, %b: tensor<8x16xf32>) -> tensor<4x16xf32> {
  // CHECK: tile.contract %{{.*}}, %{{.*}} : (tensor<4x8xf32>, tensor<8x16xf32>) -> tensor<4x16xf32>
  %c = tile.contract %a, %b : (tensor<4x8xf32>, tensor<8x16xf32>)
      -> tensor<4x16xf32>
  return %c : tensor<4x16xf32>
}

// CHECK-LABEL: @convolution
func.func @convolution(%x: tensor<1x3x8x8xf32>, %w: tensor<3x3x3x16xf32>) -> tensor<1x16x4x4xf32> {
  // CHECK: tile.convolution
  %y = tile.convolution %x, %w {strides = array<i64: 2, 2>,
      dilations = array<i64: 1, 1>, input_dilations = array<i64: 1, 1>,
      pad_low = array<i64: 1, 1>, pad_high = array<i64: 1, 1>}
      : (tensor<1x3x8x8xf32>, tensor<3x3x3x16xf32>) -> tensor<1x16x4x4xf32>
  return %y : tensor<1x16x4x4xf32>
}

// CHECK-LABEL: @reduction
func.func @reduction(%x: tensor<4x8xf32>) -> tensor<4x1xf32> {
  // CHECK: tile.reduction "add" %{{.*}} over [1] in "f32"
  %s = tile.reduction "add" %x over [1] in "f32"
      : tensor<4x8xf32> -> tensor<4x1xf32>
  return %s : tensor<4x1xf32>
}

// CHECK-LABEL: @window_reduction
func.func @window_reduction(%x: tensor<1x8x8x8xf32>) -> tensor<1x8x4x4xf32> {
  // CHECK: tile.window_reduction "max"
  %y = tile.window_reduction "max" %x {window = array<i64: 2, 2>,
      strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>,
      pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>}
      : tensor<1x8x8x8xf32> -> tensor<1x8x4x4xf32>
  return %y : tensor<1x8x4x4xf32>
}

// CHECK-LABEL: @softmax
func.func @softmax(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  // CHECK: tile.softmax %{{.*}} {axis = 1 : i64} : tensor<4x8xf32>
  %y = tile.softmax %x {axis = 1 : i64} : tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// CHECK-LABEL: @local_normalization
func.func @local_normalization(%x: tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32> {
  // CHECK: tile.local_normalization %{{.*}} {bias = 1.000000e+00 : f32, exponent = 7.500000e-01 : f32, scale = 2.000000e-05 : f32, size = 5 : i64}
  %y = tile.local_normalization %x {size = 5 : i64, scale = 2.0e-5 : f32, bias = 1.0 : f32, exponent = 7.5e-1 : f32}
      : tensor<1x8x4x4xf32>
  return %y : tensor<1x8x4x4xf32>
}

// CHECK-LABEL: @normalization
func.func @normalization(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  // CHECK: tile.normalization %{{.*}} {axis = 1 : i64, epsilon = 9.99999974E-6 : f32}
  %y = tile.normalization %x {axis = 1 : i64, epsilon = 1.0e-5 : f32}
      : tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// CHECK-LABEL: @reshape
func.func @reshape(%x: tensor<4x8xf32>) -> tensor<2x16xf32> {
  // CHECK: tile.reshape %{{.*}} : tensor<4x8xf32> -> tensor<2x16xf32>
  %y = tile.reshape %x : tensor<4x8xf32> -> tensor<2x16xf32>
  return %y : tensor<2x16xf32>
}

// CHECK-LABEL: @bitcast
func.func @bitcast(%x: tensor<4x8xf32>) -> tensor<4x8xi32> {
  // CHECK: tile.bitcast %{{.*}} : tensor<4x8xf32> -> tensor<4x8xi32>
  %y = tile.bitcast %x : tensor<4x8xf32> -> tensor<4x8xi32>
  return %y : tensor<4x8xi32>
}

// CHECK-LABEL: @restride
func.func @restride(%x: tensor<8x4xf32>) -> tensor<4x4xf32> {
  // CHECK: tile.restride
  %y = tile.restride %x {starts = array<i64: 6, 0>, dims = array<i64: 1, 0>,
      steps = array<i64: 1, -2>} : tensor<8x4xf32> -> tensor<4x4xf32>
  return %y : tensor<4x4xf32>
}

// CHECK-LABEL: @assemble
func.func @assemble(%a: tensor<2x4xf32>, %b: tensor<2x4xf32>) -> (tensor<2x8xf32>, tensor<4x4xf32>) {
  // CHECK: tile.assemble %{{.*}}, %{{.*}}
  %y = tile.assemble %a, %b {offsets = array<i64: 0, 0, 0, 4>,
      steps = array<i64: 1, 1, 1, 1>}
      : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x8xf32>
  // CHECK: fill = 0.000000e+00 : f32
  %z = tile.assemble %a {offsets = array<i64: 1, 0>, steps = array<i64: 2, 1>,
      fill = 0.0 : f32} : (tensor<2x4xf32>) -> tensor<4x4xf32>
  return %y, %z : tensor<2x8xf32>, tensor<4x4xf32>
}

// CHECK-LABEL: @take
func.func @take(%x: tensor<10x4xf32>, %i: tensor<3xi64>) -> tensor<3x4xf32> {
  // CHECK: tile.take
  %y = tile.take %x, %i {axis = 0 : i64}
      : (tensor<10x4xf32>, tensor<3xi64>) -> tensor<3x4xf32>
  return %y : tensor<3x4xf32>
}

// CHECK-LABEL: @take_elements
func.func @take_elements(%x: tensor<3x4xf32>, %i: tensor<3x2xi64>) -> tensor<3x2xf32> {
  // CHECK: tile.take_elements
  %y = tile.take_elements %x, %i {axis = 1 : i64}
      : (tensor<3x4xf32>, tensor<3x2xi64>) -> tensor<3x2xf32>
  return %y : tensor<3x2xf32>
}

// CHECK-LABEL: @put
func.func @put(%x: tensor<10x4xf32>, %i: tensor<3xi64>, %u: tensor<3x4xf32>) -> tensor<10x4xf32> {
  // CHECK: tile.put
  %y = tile.put %x, %i, %u
      : (tensor<10x4xf32>, tensor<3xi64>, tensor<3x4xf32>) -> tensor<10x4xf32>
  return %y : tensor<10x4xf32>
}

// CHECK-LABEL: @put_elements
func.func @put_elements(%x: tensor<3x4xf32>, %i: tensor<3x2xi64>, %u: tensor<3x2xf32>) -> tensor<3x4xf32> {
  // CHECK: tile.put_elements
  %y = tile.put_elements %x, %i, %u {axis = 1 : i64}
      : (tensor<3x4xf32>, tensor<3x2xi64>, tensor<3x2xf32>)
      -> tensor<3x4xf32>
  return %y : tensor<3x4xf32>
}

// CHECK-LABEL: @scan
func.func @scan(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  // CHECK: tile.scan "add" %{{.*}} in "f32" {axis = 1 : i64}
  %y = tile.scan "add" %x in "f32" {axis = 1 : i64} : tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// CHECK-LABEL: @recurrence
func.func @recurrence(%d: tensor<4x9xf32>, %f: tensor<4x9xf32>, %s: tensor<4xf32>) -> (tensor<4x9xf32>, tensor<4xf32>) {
  // CHECK: tile.recurrence %{{.*}}, %{{.*}} from %{{.*}}
  %h, %e = tile.recurrence %d, %f from %s
      : (tensor<4x9xf32>, tensor<4x9xf32>, tensor<4xf32>)
      -> (tensor<4x9xf32>, tensor<4xf32>)
  return %h, %e : tensor<4x9xf32>, tensor<4xf32>
}

// CHECK-LABEL: @top_k
func.func @top_k(%x: tensor<4x8xf32>) -> (tensor<4x2xf32>, tensor<4x2xi64>) {
  // CHECK: tile.top_k
  %v, %i = tile.top_k %x {axis = 1 : i64, largest = true}
      : tensor<4x8xf32> -> tensor<4x2xf32>, tensor<4x2xi64>
  return %v, %i : tensor<4x2xf32>, tensor<4x2xi64>
}

// CHECK-LABEL: @loop
func.func @loop(%c: tensor<i1>, %d: tensor<1xi1>, %x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: tile.empty : tensor<10x4xf32>
  %empty = tile.empty : tensor<10x4xf32>
  // CHECK: tile.if_begin %{{.*}} : tensor<i1>
  // CHECK: tile.if_else %{{.*}} : (tensor<4xf32>) -> ()
  // CHECK: tile.if_end %{{.*}} : (tensor<4xf32>) -> tensor<4xf32>
  tile.if_begin %c : tensor<i1>
  %t = tile.elementwise "abs"(%x) in "f32" : (tensor<4xf32>) -> tensor<4xf32>
  tile.if_else %t : (tensor<4xf32>) -> ()
  %e = tile.elementwise "exp"(%x) in "f32" : (tensor<4xf32>) -> tensor<4xf32>
  %b = tile.if_end %e : (tensor<4xf32>) -> tensor<4xf32>
  // CHECK: tile.loop_begin %{{.*}}, %{{.*}} : (tensor<i1>, tensor<4xf32>) -> tensor<4xf32>
  %v = tile.loop_begin %c, %x : (tensor<i1>, tensor<4xf32>) -> tensor<4xf32>
  %w = tile.elementwise "add"(%v, %x) in "f32"
      : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  // CHECK: tile.loop_end
  %y = tile.loop_end %d, %w : (tensor<1xi1>, tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}
