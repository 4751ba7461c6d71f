// RUN: tilicho-opt %s --split-input-file --verify-diagnostics

func.func @constant_c1() -> tensor<2xf16> {
  // expected-error @+1 {{result is 'tensor<2xf16>' but the value is 'tensor<2xf32>'}}
  %c = tile.constant dense<1.0> : tensor<2xf32> : tensor<2xf16>
  return %c : tensor<2xf16>
}

// -----

func.func @constant_step() -> tensor<2xf32> {
  // expected-error @+1 {{step kind 'turn' is unknown}}
  %c = tile.constant dense<1.0> : tensor<2xf32> steps [{kind = "turn"}] : tensor<2xf32>
  return %c : tensor<2xf32>
}

// -----

func.func @elementwise_c1(%a: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @+1 {{operation 'plus' is unknown}}
  %c = tile.elementwise "plus"(%a) in "f32" : (tensor<2xf32>) -> tensor<2xf32>
  return %c : tensor<2xf32>
}

// -----

func.func @elementwise_c1_arity(%a: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @+1 {{operation 'add' takes 2 operands but has 1}}
  %c = tile.elementwise "add"(%a) in "f32" : (tensor<2xf32>) -> tensor<2xf32>
  return %c : tensor<2xf32>
}

// -----

func.func @elementwise_c2(%a: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @+1 {{compute type 'f16' is unknown}}
  %c = tile.elementwise "exp"(%a) in "f16" : (tensor<2xf32>) -> tensor<2xf32>
  return %c : tensor<2xf32>
}

// -----

func.func @elementwise_c3(%a: tensor<2xf32>, %b: tensor<3xf32>) -> tensor<2xf32> {
  // expected-error @+1 {{shapes [2] and [3] do not broadcast}}
  %c = tile.elementwise "add"(%a, %b) in "f32" : (tensor<2xf32>, tensor<3xf32>) -> tensor<2xf32>
  return %c : tensor<2xf32>
}

// -----

func.func @contract_c1(%a: tensor<4x8xf32>, %b: tensor<9x4xf32>) -> tensor<4x4xf32> {
  // expected-error @+1 {{operands have k = 8 and 9}}
  %c = tile.contract %a, %b : (tensor<4x8xf32>, tensor<9x4xf32>) -> tensor<4x4xf32>
  return %c : tensor<4x4xf32>
}

// -----

func.func @contract_c2(%a: tensor<4x8xf32>, %b: tensor<8x4xf32>) -> tensor<4x5xf32> {
  // expected-error @+1 {{result has shape [4, 5] but the operands give [4, 4]}}
  %c = tile.contract %a, %b : (tensor<4x8xf32>, tensor<8x4xf32>) -> tensor<4x5xf32>
  return %c : tensor<4x5xf32>
}

// -----

func.func @contract_c3(%a: tensor<4x8xf32>, %b: tensor<8x4xf32>) -> tensor<4x4xf32> {
  // expected-error @+1 {{zero points of 'f32' must be 0}}
  %c = tile.contract %a, %b {zero_a = 1 : i64} : (tensor<4x8xf32>, tensor<8x4xf32>) -> tensor<4x4xf32>
  return %c : tensor<4x4xf32>
}

// -----

func.func @convolution_c1(%x: tensor<1x3x8xf32>, %w: tensor<3x3x16xf32>) -> tensor<1x16x6xf32> {
  // expected-error @+1 {{strides has 2 entries but 1 are needed}}
  %y = tile.convolution %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1>,
      input_dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>}
      : (tensor<1x3x8xf32>, tensor<3x3x16xf32>) -> tensor<1x16x6xf32>
  return %y : tensor<1x16x6xf32>
}

// -----

func.func @convolution_c2(%x: tensor<1x3x8xf32>, %w: tensor<3x3x16xf32>) -> tensor<1x16x6xf32> {
  // expected-error @+1 {{group 2 does not fit 3 channels and a kernel [3, 3, 16]}}
  %y = tile.convolution %x, %w {strides = array<i64: 1>, dilations = array<i64: 1>,
      input_dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>,
      group = 2 : i64} : (tensor<1x3x8xf32>, tensor<3x3x16xf32>) -> tensor<1x16x6xf32>
  return %y : tensor<1x16x6xf32>
}

// -----

func.func @convolution_c3(%x: tensor<1x3x8xf32>, %w: tensor<3x3x16xf32>) -> tensor<1x16x7xf32> {
  // expected-error @+1 {{result has shape [1, 16, 7] but the operands give [1, 16, 6]}}
  %y = tile.convolution %x, %w {strides = array<i64: 1>, dilations = array<i64: 1>,
      input_dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>}
      : (tensor<1x3x8xf32>, tensor<3x3x16xf32>) -> tensor<1x16x7xf32>
  return %y : tensor<1x16x7xf32>
}

// -----

func.func @reduction_c1(%x: tensor<4x8xf32>) -> tensor<4x1xf32> {
  // expected-error @+1 {{operation 'mean' is unknown}}
  %s = tile.reduction "mean" %x over [1] in "f32" : tensor<4x8xf32> -> tensor<4x1xf32>
  return %s : tensor<4x1xf32>
}

// -----

func.func @reduction_c2(%x: tensor<4x8xf32>) -> tensor<1x1xf32> {
  // expected-error @+1 {{axes [1, 0] are not sorted and unique}}
  %s = tile.reduction "add" %x over [1, 0] in "f32" : tensor<4x8xf32> -> tensor<1x1xf32>
  return %s : tensor<1x1xf32>
}

// -----

func.func @window_reduction_c1(%x: tensor<8xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{dilations has 2 entries but 1 are needed}}
  %y = tile.window_reduction "max" %x {window = array<i64: 2>, strides = array<i64: 2>,
      dilations = array<i64: 1, 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>}
      : tensor<8xf32> -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @window_reduction_c2(%x: tensor<8xf32>) -> tensor<5xf32> {
  // expected-error @+1 {{result has shape [5] but the operands give [4]}}
  %y = tile.window_reduction "max" %x {window = array<i64: 2>, strides = array<i64: 2>,
      dilations = array<i64: 1>, pad_low = array<i64: 0>, pad_high = array<i64: 0>}
      : tensor<8xf32> -> tensor<5xf32>
  return %y : tensor<5xf32>
}

// -----

func.func @softmax_c1(%x: tensor<8xf32>) -> tensor<8xf32> {
  // expected-error @+1 {{axis 1 is outside the 1 dimensions}}
  %y = tile.softmax %x {axis = 1 : i64} : tensor<8xf32>
  return %y : tensor<8xf32>
}

// -----

func.func @reshape_c1(%x: tensor<8xf32>) -> tensor<9xf32> {
  // expected-error @+1 {{input has 8 elements but the result 9}}
  %y = tile.reshape %x : tensor<8xf32> -> tensor<9xf32>
  return %y : tensor<9xf32>
}

// -----

func.func @bitcast_c1(%x: tensor<8xf32>) -> tensor<2x4xi32> {
  // expected-error @+1 {{result has shape [2, 4] but the operands give [8]}}
  %y = tile.bitcast %x : tensor<8xf32> -> tensor<2x4xi32>
  return %y : tensor<2x4xi32>
}

// -----

func.func @bitcast_c2(%x: tensor<8xf32>) -> tensor<8xi16> {
  // expected-error @+1 {{elements of 'f32' take 4 bytes but those of 'i16' take 2}}
  %y = tile.bitcast %x : tensor<8xf32> -> tensor<8xi16>
  return %y : tensor<8xi16>
}

// -----

func.func @restride_c1(%x: tensor<8xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{starts has 2 entries but 1 are needed}}
  %y = tile.restride %x {starts = array<i64: 0, 0>, dims = array<i64: 0>, steps = array<i64: 1>}
      : tensor<8xf32> -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @restride_c2(%x: tensor<8xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{reads 2 to 8 of the 8 elements along dimension 0}}
  %y = tile.restride %x {starts = array<i64: 2>, dims = array<i64: 0>, steps = array<i64: 2>}
      : tensor<8xf32> -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @assemble_c1(%a: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{offsets has 0 entries but 1 are needed}}
  %y = tile.assemble %a {offsets = array<i64>, steps = array<i64: 1>} : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @assemble_c2(%a: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{piece 0 covers 1 to 4 of the 4 elements along dimension 0}}
  %y = tile.assemble %a {offsets = array<i64: 1>, steps = array<i64: 1>} : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @assemble_c3(%a: tensor<4xf32>) -> tensor<5xf32> {
  // expected-error @+1 {{the pieces do not cover the result and there is no fill}}
  %y = tile.assemble %a {offsets = array<i64: 1>, steps = array<i64: 1>} : (tensor<4xf32>) -> tensor<5xf32>
  return %y : tensor<5xf32>
}

// -----

func.func @take_c1(%x: tensor<4xf32>, %i: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @+1 {{indices are 'f32', not i32 or i64}}
  %y = tile.take %x, %i {axis = 0 : i64} : (tensor<4xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// -----

func.func @take_c2(%x: tensor<4xf32>, %i: tensor<2xi64>) -> tensor<3xf32> {
  // expected-error @+1 {{result has shape [3] but the operands give [2]}}
  %y = tile.take %x, %i {axis = 0 : i64} : (tensor<4xf32>, tensor<2xi64>) -> tensor<3xf32>
  return %y : tensor<3xf32>
}

// -----

func.func @take_elements_c1(%x: tensor<3x4xf32>, %i: tensor<4x2xi64>) -> tensor<4x2xf32> {
  // expected-error @+1 {{indices [4, 2] do not fit into data [3, 4] along dimension 0}}
  %y = tile.take_elements %x, %i {axis = 1 : i64} : (tensor<3x4xf32>, tensor<4x2xi64>) -> tensor<4x2xf32>
  return %y : tensor<4x2xf32>
}

// -----

func.func @put_c1(%x: tensor<4x2xf32>, %i: tensor<2xi64>, %u: tensor<2x3xf32>) -> tensor<4x2xf32> {
  // expected-error @+1 {{updates have shape [2, 3] but [2, 2] is needed}}
  %y = tile.put %x, %i, %u : (tensor<4x2xf32>, tensor<2xi64>, tensor<2x3xf32>) -> tensor<4x2xf32>
  return %y : tensor<4x2xf32>
}

// -----

func.func @put_elements_c1(%x: tensor<4xf32>, %i: tensor<2xi64>, %u: tensor<3xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{updates have shape [3] and the indices [2]}}
  %y = tile.put_elements %x, %i, %u {axis = 0 : i64} : (tensor<4xf32>, tensor<2xi64>, tensor<3xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @scan_c1(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{axis 2 is outside the 1 dimensions}}
  %y = tile.scan "add" %x in "f32" {axis = 2 : i64} : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @recurrence_c1(%d: tensor<4x9xi32>, %s: tensor<4xi32>) {
  // expected-error @+1 {{carries no 'i32'}}
  %h, %e = tile.recurrence %d, %d from %s : (tensor<4x9xi32>, tensor<4x9xi32>, tensor<4xi32>) -> (tensor<4x9xi32>, tensor<4xi32>)
  return
}

// -----

func.func @recurrence_c2(%d: tensor<3x9xf32>, %s: tensor<4xf32>) {
  // expected-error @+1 {{shapes [4, 9] and [3, 9] do not broadcast}}
  %h, %e = tile.recurrence %d, %d from %s : (tensor<3x9xf32>, tensor<3x9xf32>, tensor<4xf32>) -> (tensor<4x9xf32>, tensor<4xf32>)
  return
}

// -----

func.func @recurrence_c3(%d: tensor<4x9xf32>, %s: tensor<3xf32>) {
  // expected-error @+1 {{has shape [3] but the operands give [4]}}
  %h, %e = tile.recurrence %d, %d from %s : (tensor<4x9xf32>, tensor<4x9xf32>, tensor<3xf32>) -> (tensor<4x9xf32>, tensor<4xf32>)
  return
}

// -----

func.func @top_k_c1(%x: tensor<4xf32>) -> (tensor<5xf32>, tensor<5xi64>) {
  // expected-error @+1 {{takes 5 of 4 elements}}
  %v, %i = tile.top_k %x {axis = 0 : i64, largest = true} : tensor<4xf32> -> tensor<5xf32>, tensor<5xi64>
  return %v, %i : tensor<5xf32>, tensor<5xi64>
}

// -----

func.func @local_normalization_c1(%x: tensor<8xf32>) -> tensor<8xf32> {
  // expected-error @+1 {{has no channels in 1 dimensions}}
  %y = tile.local_normalization %x {size = 5 : i64, scale = 1.0 : f32, bias = 1.0 : f32, exponent = 1.0 : f32} : tensor<8xf32>
  return %y : tensor<8xf32>
}

// -----

func.func @local_normalization_c2(%x: tensor<1x8xf32>) -> tensor<1x8xf32> {
  // expected-error @+1 {{window has 0 channels}}
  %y = tile.local_normalization %x {size = 0 : i64, scale = 1.0 : f32, bias = 1.0 : f32, exponent = 1.0 : f32} : tensor<1x8xf32>
  return %y : tensor<1x8xf32>
}

// -----

func.func @local_normalization_c3(%x: tensor<1x8xf64>) -> tensor<1x8xf64> {
  // expected-error @+1 {{has no powers of 'f64'}}
  %y = tile.local_normalization %x {size = 5 : i64, scale = 1.0 : f32, bias = 1.0 : f32, exponent = 1.0 : f32} : tensor<1x8xf64>
  return %y : tensor<1x8xf64>
}

// -----

func.func @normalization_c1(%x: tensor<8xf32>) -> tensor<8xf32> {
  // expected-error @+1 {{axis 1 is outside the 1 dimensions}}
  %y = tile.normalization %x {axis = 1 : i64, epsilon = 1.0e-5 : f32} : tensor<8xf32>
  return %y : tensor<8xf32>
}

// -----

func.func @loop_c1(%c: tensor<i64>, %x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{condition is 'tensor<i64>', not one boolean}}
  %v = tile.loop_begin %c, %x : (tensor<i64>, tensor<4xf32>) -> tensor<4xf32>
  return %v : tensor<4xf32>
}

// -----

func.func @loop_c2(%c: tensor<i1>, %x: tensor<4xf32>) -> tensor<8xf32> {
  // expected-error @+1 {{results differ in type from the values}}
  %v = tile.loop_begin %c, %x : (tensor<i1>, tensor<4xf32>) -> tensor<8xf32>
  return %v : tensor<8xf32>
}

// -----

func.func @loop_end_c3_alone(%c: tensor<i1>, %x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{has no matching loop_begin}}
  %v = tile.loop_end %c, %x : (tensor<i1>, tensor<4xf32>) -> tensor<4xf32>
  return %v : tensor<4xf32>
}

// -----

func.func @loop_end_c3_types(%c: tensor<i1>, %x: tensor<4xf32>, %n: tensor<i64>) -> tensor<i64> {
  %v = tile.loop_begin %c, %x : (tensor<i1>, tensor<4xf32>) -> tensor<4xf32>
  // expected-error @+1 {{values differ in type from those of its loop_begin}}
  %y = tile.loop_end %c, %n : (tensor<i1>, tensor<i64>) -> tensor<i64>
  return %y : tensor<i64>
}

// -----

func.func @if_begin_c1(%c: tensor<i64>) {
  // expected-error @+1 {{condition is 'tensor<i64>', not one boolean}}
  tile.if_begin %c : tensor<i64>
  tile.if_else : () -> ()
  tile.if_end : () -> ()
  return
}

// -----

func.func @if_begin_c2(%c: tensor<i1>) {
  // expected-error @+1 {{has no matching if_else}}
  tile.if_begin %c : tensor<i1>
  return
}

// -----

func.func @if_else_c1(%c: tensor<i1>) {
  // expected-error @+1 {{has no matching if_begin}}
  tile.if_else : () -> ()
  tile.if_end : () -> ()
  return
}

// -----

func.func @if_else_c1_end(%c: tensor<i1>) {
  tile.if_begin %c : tensor<i1>
  // expected-error @+1 {{has no matching if_end}}
  tile.if_else : () -> ()
  return
}

// -----

func.func @if_end_c1(%c: tensor<i1>, %x: tensor<4xf32>, %n: tensor<i64>) -> tensor<i64> {
  tile.if_begin %c : tensor<i1>
  tile.if_else %x : (tensor<4xf32>) -> ()
  // expected-error @+1 {{values differ in type from those of its if_else}}
  %y = tile.if_end %n : (tensor<i64>) -> tensor<i64>
  return %y : tensor<i64>
}

// -----

func.func @if_end_c2(%c: tensor<i1>, %x: tensor<4xf32>) -> tensor<8xf32> {
  tile.if_begin %c : tensor<i1>
  tile.if_else %x : (tensor<4xf32>) -> ()
  // expected-error @+1 {{results differ in type from the values}}
  %y = tile.if_end %x : (tensor<4xf32>) -> tensor<8xf32>
  return %y : tensor<8xf32>
}
