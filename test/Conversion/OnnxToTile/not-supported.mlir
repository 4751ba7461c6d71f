// RUN: tilicho-opt %s --convert-onnx-to-tile --split-input-file --verify-diagnostics

// All that cannot be lowered is reported at once.
func.func @reports_all(%x: tensor<4xf32>, %s: tensor<1xi64>) -> (tensor<2xf32>, tensor<1x?xi64>) {
  %none = onnx.none
  // expected-error @+1 {{Slice: the starts must be known when compiling}}
  %y = onnx.Slice %x, %s, %s, %none, %none : (tensor<4xf32>, tensor<1xi64>, tensor<1xi64>, none, none) -> tensor<2xf32>
  // expected-error @+1 {{NonZero: the operator NonZero is not supported}}
  %z = onnx.NonZero %x : (tensor<4xf32>) -> tensor<1x?xi64>
  return %y, %z : tensor<2xf32>, tensor<1x?xi64>
}

// -----

func.func @unbound_shape(%x: tensor<?xf32>) -> tensor<?xf32> {
  // expected-error @+1 {{Relu: input 0 has the shape tensor<?xf32>, which must be known when compiling: bind its dimensions with --dim=NAME=VALUE}}
  %y = onnx.Relu %x : (tensor<?xf32>) -> tensor<?xf32>
  return %y : tensor<?xf32>
}

// -----

func.func @index_outside(%x: tensor<4xf32>) -> tensor<2xf32> {
  %i = onnx.Constant dense<[1, 4]> : tensor<2xi64>
  // expected-error @+1 {{Gather: every index must lie within the axis}}
  %y = onnx.Gather %x, %i : (tensor<4xf32>, tensor<2xi64>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// -----

// Every limit, by one operator that has it.
func.func @limits(%x: tensor<4x4xf32>, %d: tensor<1x1x4xf64>, %i: tensor<1xi64>, %axes: tensor<2xi64>, %n: tensor<i64>, %c: tensor<4xi1>, %s: tensor<f32>,
                  %f: tensor<2xf32>, %z: tensor<f8E4M3FN>, %q: tensor<4x4xf8E4M3FN>, %t: tensor<i1>, %e: tensor<0x4xf32>, %four: tensor<4xi64>)
    -> tensor<4x4xf32> {
  %none = onnx.none
  %k = onnx.Constant dense<1> : tensor<1xi64>
  %pads = onnx.Constant dense<0> : tensor<4xi64>
  %grow = onnx.Constant dense<2> : tensor<2xi64>
  // expected-error @+1 {{AveragePool: windows slide over f64 on no engine: cast to f32}}
  %r0 = onnx.AveragePool %d {kernel_shape = array<i64: 2>} : (tensor<1x1x4xf64>) -> tensor<1x1x3xf64>
  // expected-error @+1 {{Compress: the condition must be known when compiling}}
  %r1 = onnx.Compress %x, %c {axis = 0 : i64} : (tensor<4x4xf32>, tensor<4xi1>) -> tensor<2x4xf32>
  // expected-error @+1 {{Conv: the element type must be f32, f16 or bf16: cast the input, the weights and the bias}}
  %r2 = onnx.Conv %d, %d, %none : (tensor<1x1x4xf64>, tensor<1x1x4xf64>, none) -> tensor<1x1x1xf64>
  // expected-error @+1 {{QLinearMatMul: the operands must be 8-bit integers}}
  %r3 = onnx.QLinearMatMul %q, %s, %z, %q, %s, %z, %s, %z
      : (tensor<4x4xf8E4M3FN>, tensor<f32>, tensor<f8E4M3FN>, tensor<4x4xf8E4M3FN>, tensor<f32>, tensor<f8E4M3FN>, tensor<f32>, tensor<f8E4M3FN>) -> tensor<4x4xf8E4M3FN>
  // expected-error @+1 {{CumSum: the axis must be known when compiling}}
  %r4 = onnx.CumSum %x, %n : (tensor<4x4xf32>, tensor<i64>) -> tensor<4x4xf32>
  // expected-error @+1 {{Pad: the pads must be known when compiling}}
  %r6 = onnx.Pad %x, %four, %none, %none : (tensor<4x4xf32>, tensor<4xi64>, none, none) -> tensor<4x4xf32>
  // expected-error @+1 {{Pad: the axes must be known when compiling}}
  %r7 = onnx.Pad %x, %pads, %none, %axes : (tensor<4x4xf32>, tensor<4xi64>, none, tensor<2xi64>) -> tensor<4x4xf32>
  // expected-error @+1 {{Pad: an empty tensor has no elements to pad from}}
  %r8 = onnx.Pad %e, %pads, %none, %none {mode = "edge"} : (tensor<0x4xf32>, tensor<4xi64>, none, none) -> tensor<0x4xf32>
  // expected-error @+1 {{QuantizeLinear: quantisation to an 8-bit float must saturate (attribute saturate = 1)}}
  %r9 = onnx.QuantizeLinear %x, %s, %z {saturate = 0 : i64} : (tensor<4x4xf32>, tensor<f32>, tensor<f8E4M3FN>) -> tensor<4x4xf8E4M3FN>
  // expected-error @+1 {{Range: the start must be known when compiling}}
  %r10 = onnx.Range %n, %n, %n : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<2xi64>
  // expected-error @+1 {{Range: the step must be known when compiling}}
  %r11 = onnx.Range %k, %n, %n : (tensor<1xi64>, tensor<i64>, tensor<i64>) -> tensor<2xi64>
  // expected-error @+1 {{ReduceSum: the axes must be known when compiling}}
  %r12 = onnx.ReduceSum %x, %i : (tensor<4x4xf32>, tensor<1xi64>) -> tensor<1x4xf32>
  // expected-error @+1 {{Resize: the region of interest must be known when compiling}}
  %r13 = onnx.Resize %x, %f, %none, %grow : (tensor<4x4xf32>, tensor<2xf32>, none, tensor<2xi64>) -> tensor<2x2xf32>
  // expected-error @+1 {{Resize: the scales must be known when compiling}}
  %r14 = onnx.Resize %x, %none, %f, %none : (tensor<4x4xf32>, none, tensor<2xf32>, none) -> tensor<2x2xf32>
  // expected-error @+1 {{Resize: the sizes must be known when compiling}}
  %r15 = onnx.Resize %x, %none, %none, %axes : (tensor<4x4xf32>, none, none, tensor<2xi64>) -> tensor<2x2xf32>
  // expected-error @+1 {{Resize: an empty tensor cannot be resized}}
  %r16 = onnx.Resize %e, %none, %none, %grow : (tensor<0x4xf32>, none, none, tensor<2xi64>) -> tensor<2x2xf32>
  // expected-error @+1 {{Slice: the axes must be known when compiling}}
  %r17 = onnx.Slice %x, %k, %k, %i, %none : (tensor<4x4xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>, none) -> tensor<2x4xf32>
  // expected-error @+1 {{Slice: the steps must be known when compiling}}
  %r18 = onnx.Slice %x, %k, %k, %k, %i : (tensor<4x4xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<4x2xf32>
  // expected-error @+1 {{Trilu: the diagonal k must be known when compiling}}
  %r19 = onnx.Trilu %x, %n : (tensor<4x4xf32>, tensor<i64>) -> tensor<4x4xf32>
  return %x : tensor<4x4xf32>
}

// -----

func.func @grid_of_many_elements(%x: tensor<1x1x4096x4096xf32>, %g: tensor<1x1x1x2xf32>) -> tensor<1x1x1x1xf32> {
  // expected-error @+1 {{GridSample: the spatial dimensions must have fewer than 2^24 elements}}
  %y = onnx.GridSample %x, %g : (tensor<1x1x4096x4096xf32>, tensor<1x1x1x2xf32>) -> tensor<1x1x1x1xf32>
  return %y : tensor<1x1x1x1xf32>
}

// -----

func.func @recurrent(%x: tensor<2x2x3xf32>, %e: tensor<0x2x3xf32>, %w: tensor<1x5x3xf32>, %r: tensor<1x5x5xf32>) -> (tensor<1x2x5xf32>, tensor<1x2x5xf32>) {
  %none = onnx.none
  // expected-error @+1 {{RNN: its activations must be ONNX's, as many as the operator has functions in all its directions}}
  %y:2 = onnx.RNN %x, %w, %r, %none, %none, %none {activations = ["Sine"]} : (tensor<2x2x3xf32>, tensor<1x5x3xf32>, tensor<1x5x5xf32>, none, none, none) -> (none, tensor<1x2x5xf32>)
  // expected-error @+1 {{RNN: a sequence needs at least one step, row and feature}}
  %z:2 = onnx.RNN %e, %w, %r, %none, %none, %none : (tensor<0x2x3xf32>, tensor<1x5x3xf32>, tensor<1x5x5xf32>, none, none, none) -> (none, tensor<1x2x5xf32>)
  return %y#1, %z#1 : tensor<1x2x5xf32>, tensor<1x2x5xf32>
}

// -----

func.func @no_window(%x: tensor<1x4x3x3xf32>) -> (tensor<1x4x3x3xf32>, tensor<1x4x3x3xf32>) {
  // expected-error @+1 {{LRN: the size must be at least 1}}
  %y = onnx.LRN %x {size = 0 : i64} : (tensor<1x4x3x3xf32>) -> tensor<1x4x3x3xf32>
  // expected-error @+1 {{LRN: the size must be at least 1}}
  %z = onnx.LRN %x {size = -3 : i64} : (tensor<1x4x3x3xf32>) -> tensor<1x4x3x3xf32>
  return %y, %z : tensor<1x4x3x3xf32>, tensor<1x4x3x3xf32>
}

// -----

func.func @boxes(%x: tensor<1x2x4x4xf32>, %d: tensor<1x2x4x4xf64>, %b: tensor<3x4xf32>, %e: tensor<3x4xf64>, %i: tensor<3xi64>, %r: tensor<3x5xf64>) {
  // expected-error @+1 {{RoiAlign: the mode must be avg or max}}
  %y = onnx.RoiAlign %x, %b, %i {mode = "sum"} : (tensor<1x2x4x4xf32>, tensor<3x4xf32>, tensor<3xi64>) -> tensor<3x2x1x1xf32>
  // expected-error @+1 {{RoiAlign: with mode max the number of points must be given (attribute sampling_ratio > 0)}}
  %z = onnx.RoiAlign %x, %b, %i {mode = "max"} : (tensor<1x2x4x4xf32>, tensor<3x4xf32>, tensor<3xi64>) -> tensor<3x2x1x1xf32>
  // expected-error @+1 {{RoiAlign: without a number of points (attribute sampling_ratio) the array multiplies, which has no f64: cast to f32}}
  %w = onnx.RoiAlign %d, %e, %i : (tensor<1x2x4x4xf64>, tensor<3x4xf64>, tensor<3xi64>) -> tensor<3x2x1x1xf64>
  // expected-error @+1 {{MaxRoiPool: windows slide over f64 on no engine: cast to f32}}
  %v = onnx.MaxRoiPool %d, %r {pooled_shape = array<i64: 1, 1>} : (tensor<1x2x4x4xf64>, tensor<3x5xf64>) -> tensor<3x2x1x1xf64>
  return
}

// -----

func.func @deformed(%x: tensor<1x3x4x4xf32>, %d: tensor<1x3x4x4xf64>, %w: tensor<2x3x1x1xf32>, %f: tensor<2x3x1x1xf64>, %o: tensor<1x2x4x4xf32>, %p: tensor<1x2x4x4xf64>, %q: tensor<1x3x4x4xf32>) {
  %none = onnx.none
  // expected-error @+1 {{DeformConv: the element type must be f32, f16 or bf16: cast the inputs}}
  %y = onnx.DeformConv %d, %f, %p, %none, %none : (tensor<1x3x4x4xf64>, tensor<2x3x1x1xf64>, tensor<1x2x4x4xf64>, none, none) -> tensor<1x2x4x4xf64>
  // expected-error @+1 {{DeformConv: the groups must divide the channels, of which the weights have those of one group}}
  %z = onnx.DeformConv %x, %w, %o, %none, %none {offset_group = 2 : i64} : (tensor<1x3x4x4xf32>, tensor<2x3x1x1xf32>, tensor<1x2x4x4xf32>, none, none) -> tensor<1x2x4x4xf32>
  // expected-error @+1 {{DeformConv: offsets and mask must have the result's places for each element of the window}}
  %v = onnx.DeformConv %x, %w, %q, %none, %none : (tensor<1x3x4x4xf32>, tensor<2x3x1x1xf32>, tensor<1x3x4x4xf32>, none, none) -> tensor<1x2x4x4xf32>
  return
}

// -----

func.func @blocks(%x: tensor<1x4x5xf32>, %s: tensor<2xi64>) {
  %image = onnx.Constant dense<3> : tensor<2xi64>
  %block = onnx.Constant dense<2> : tensor<2xi64>
  // expected-error @+1 {{Col2Im: the block's shape must be known when compiling}}
  %y = onnx.Col2Im %x, %image, %s : (tensor<1x4x5xf32>, tensor<2xi64>, tensor<2xi64>) -> tensor<1x1x3x3xf32>
  // expected-error @+1 {{Col2Im: there must be as many blocks as the image has places for}}
  %z = onnx.Col2Im %x, %image, %block : (tensor<1x4x5xf32>, tensor<2xi64>, tensor<2xi64>) -> tensor<1x1x3x3xf32>
  return
}

// -----

func.func @frames(%x: tensor<1x16x1xf32>, %c: tensor<1x16x2xf32>, %d: tensor<1x16x1xf64>, %s: tensor<i64>, %w: tensor<5xf32>) {
  %none = onnx.none
  %four = onnx.Constant dense<4> : tensor<i64>
  %many = onnx.Constant dense<40> : tensor<i64>
  // expected-error @+1 {{STFT: elements must be of a float type that the array multiplies}}
  %y = onnx.STFT %d, %four, %none, %four : (tensor<1x16x1xf64>, tensor<i64>, none, tensor<i64>) -> tensor<1x4x3x2xf64>
  // expected-error @+1 {{STFT: the step between frames must be known when compiling}}
  %z = onnx.STFT %x, %s, %none, %four : (tensor<1x16x1xf32>, tensor<i64>, none, tensor<i64>) -> tensor<1x4x3x2xf32>
  // expected-error @+1 {{STFT: the frame's length must be known when compiling}}
  %v = onnx.STFT %x, %four, %none, %s : (tensor<1x16x1xf32>, tensor<i64>, none, tensor<i64>) -> tensor<1x4x3x2xf32>
  // expected-error @+1 {{STFT: the frame's length must be the window's}}
  %u = onnx.STFT %x, %four, %w, %four : (tensor<1x16x1xf32>, tensor<i64>, tensor<5xf32>, tensor<i64>) -> tensor<1x4x3x2xf32>
  // expected-error @+1 {{STFT: frames must fit into the signal, a step of at least 1 apart}}
  %t = onnx.STFT %x, %four, %none, %many : (tensor<1x16x1xf32>, tensor<i64>, none, tensor<i64>) -> tensor<1x1x21x2xf32>
  // expected-error @+1 {{STFT: only a real signal's spectrum has one side (attribute onesided = 0)}}
  %r = onnx.STFT %c, %four, %none, %four : (tensor<1x16x2xf32>, tensor<i64>, none, tensor<i64>) -> tensor<1x4x3x2xf32>
  return
}

// -----

func.func @not_square(%x: tensor<2x3xf32>, %e: tensor<2x0xf32>) {
  // expected-error @+1 {{Det: the last two dimensions must be equal}}
  %y = onnx.Det %x : (tensor<2x3xf32>) -> tensor<f32>
  // expected-error @+1 {{Multinomial: there must be at least one class}}
  %z = onnx.Multinomial %e {dtype = 6 : i64, seed = 1.0 : f32, sample_size = 1 : i64} : (tensor<2x0xf32>) -> tensor<2x1xi32>
  return
}

// -----

func.func @other_width(%x: tensor<2xf32>) {
  // expected-error @+1 {{BitCast: elements of both types must take as many bytes}}
  %y = onnx.BitCast %x {to = 5 : i64} : (tensor<2xf32>) -> tensor<2xi16>
  return
}
