// RUN: tilicho-opt %s --onnx-require-static --verify-diagnostics

func.func @names_the_origin_only(%x: tensor<4xf32>) -> tensor<1x?xi64> {
  // expected-error @+1 {{NonZero: the shape of result 'places' depends on data}}
  %y = onnx.NonZero %x {onnx.values = ["places"]} : (tensor<4xf32>) -> tensor<1x?xi64>
  %z = onnx.Neg %y : (tensor<1x?xi64>) -> tensor<1x?xi64>
  return %z : tensor<1x?xi64>
}

func.func @says_why(%x: tensor<4xf32>) -> (tensor<1x3xi64>, tensor<2xi64>) {
  // expected-error @+1 {{NonZero: the shape of result 'places' depends on data ('tensor<1x3xi64>'); what is made of each of its rows may become an output of the model, but Shape 'p' reads it}}
  %y = onnx.NonZero %x {onnx.values = ["places"], onnx.why_open = "Shape 'p' reads it"} : (tensor<4xf32>) -> tensor<1x3xi64>
  %z = onnx.Shape %y : (tensor<1x3xi64>) -> tensor<2xi64>
  return %y, %z : tensor<1x3xi64>, tensor<2xi64>
}

// What stands inside of what is refused is not named beside it.
func.func @names_control_flow(%c: tensor<i1>, %m: tensor<i64>, %x: tensor<2xf32>) -> (tensor<?xf32>, tensor<2xf32>) {
  %none = onnx.none
  // expected-error @+1 {{If: its branches give results of different or open shapes: give them one shape, or decide the condition when compiling}}
  %y = onnx.If %c {
    %e = onnx.Concat %x, %x {axis = 0 : i64} : (tensor<2xf32>, tensor<2xf32>) -> tensor<4xf32>
    onnx.yield %e : tensor<4xf32>
  }, {
    %t = onnx.Abs %x : (tensor<2xf32>) -> tensor<2xf32>
    onnx.yield %t : tensor<2xf32>
  } : (tensor<i1>) -> tensor<?xf32>
  // expected-error @+1 {{Loop: it has neither a trip count nor a condition: give it one}}
  %z = onnx.Loop %none, %none, %x {
  ^bb0(%i: tensor<i64>, %g: tensor<i1>, %v: tensor<2xf32>):
    onnx.yield %g, %v : tensor<i1>, tensor<2xf32>
  } : (none, none, tensor<2xf32>) -> tensor<2xf32>
  return %y, %z : tensor<?xf32>, tensor<2xf32>
}

// A loop of run time is left where all that it carries keeps its type.
func.func @names_what_run_time_decides(%c: tensor<i1>, %m: tensor<i64>, %x: tensor<2xf32>) -> (tensor<2xf32>, tensor<?x2xf32>, tensor<?xf32>) {
  %none = onnx.none
  %y = onnx.Loop %m, %c, %x {
  ^bb0(%i: tensor<i64>, %g: tensor<i1>, %v: tensor<2xf32>):
    onnx.yield %c, %v : tensor<i1>, tensor<2xf32>
  } : (tensor<i64>, tensor<i1>, tensor<2xf32>) -> tensor<2xf32>
  // expected-error @+1 {{Loop: how often it runs depends on data, and nothing bounds the rows of the outputs that it collects from its iterations: make the trip count a constant or a Min with one, or bind the first dimension of the model's output with --dim=OUTPUT.0=ROWS}}
  %s:2 = onnx.Loop %m, %c, %x {
  ^bb0(%i: tensor<i64>, %g: tensor<i1>, %v: tensor<2xf32>):
    onnx.yield %c, %v, %v : tensor<i1>, tensor<2xf32>, tensor<2xf32>
  } : (tensor<i64>, tensor<i1>, tensor<2xf32>) -> (tensor<2xf32>, tensor<?x2xf32>)
  %max = onnx.Constant dense<9> : tensor<i64>
  // expected-error @+1 {{Loop: how often it runs depends on data, and result 'rows', which it collects from its iterations, is read inside the graph: make it an output of the model alone, or carry it in a tensor of fixed shape}}
  %q:2 = onnx.Loop %max, %c, %x attributes {onnx.values = ["", "rows"]} {
  ^bb0(%i: tensor<i64>, %g: tensor<i1>, %v: tensor<2xf32>):
    onnx.yield %c, %v, %v : tensor<i1>, tensor<2xf32>, tensor<2xf32>
  } : (tensor<i64>, tensor<i1>, tensor<2xf32>) -> (tensor<2xf32>, tensor<?x2xf32>)
  %t = onnx.Neg %q#1 : (tensor<?x2xf32>) -> tensor<?x2xf32>
  // expected-error @+1 {{Loop: how often it runs depends on data and a carried value changes its shape: give the value one shape in all iterations}}
  %w = onnx.Loop %m, %c, %x {
  ^bb0(%i: tensor<i64>, %g: tensor<i1>, %v: tensor<?xf32>):
    %n = onnx.Concat %x, %x {axis = 0 : i64} : (tensor<2xf32>, tensor<2xf32>) -> tensor<4xf32>
    onnx.yield %c, %n : tensor<i1>, tensor<4xf32>
  } : (tensor<i64>, tensor<i1>, tensor<2xf32>) -> tensor<?xf32>
  return %y, %s#1, %w : tensor<2xf32>, tensor<?x2xf32>, tensor<?xf32>
}

func.func @names_scan(%s: tensor<2xf32>, %x: tensor<?x2xf32>, %e: tensor<0x2xf32>) -> tensor<2xf32> {
  // expected-error @+1 {{Scan: its scan inputs need one known length of at least 1, and its iterations must become fewer than 100000 operations}}
  %y:2 = onnx.Scan %s, %e attributes {num_scan_inputs = 1 : i64} {
  ^bb0(%v: tensor<2xf32>, %p: tensor<2xf32>):
    onnx.yield %v, %p : tensor<2xf32>, tensor<2xf32>
  } : (tensor<2xf32>, tensor<0x2xf32>) -> (tensor<2xf32>, tensor<0x2xf32>)
  return %y#0 : tensor<2xf32>
}

func.func @names_recurrence_without_steps(%s: tensor<2xf32>, %x: tensor<2x0xf32>) -> (tensor<2xf32>, tensor<2x0xf32>) {
  // expected-error @+1 {{Scan: its scan inputs need one known length of at least 1, and its iterations must become fewer than 100000 operations}}
  %y:2 = onnx.Scan %s, %x, %x attributes {num_scan_inputs = 2 : i64, scan_input_axes = array<i64: 1, 1>, scan_output_axes = array<i64: 1>} {
  ^bb0(%v: tensor<2xf32>, %d: tensor<2xf32>, %f: tensor<2xf32>):
    %p = onnx.Mul %v, %d : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
    %n = onnx.Add %p, %f : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
    onnx.yield %n, %n : tensor<2xf32>, tensor<2xf32>
  } : (tensor<2xf32>, tensor<2x0xf32>, tensor<2x0xf32>) -> (tensor<2xf32>, tensor<2x0xf32>)
  return %y#0, %y#1 : tensor<2xf32>, tensor<2x0xf32>
}
