// RUN: tilicho-opt --split-input-file --verify-diagnostics %s

func.func @segment_c1() {
  // expected-error@+1 {{kind is "weight" but must be input, output, constant or scratch}}
  %x = tile.segment "weight" "x" : tensor<8xf32> -> !tile.buffer<hbm, 1 x 32>
  return
}

// -----

func.func @segment_c1_value() {
  // expected-error@+1 {{exactly a constant has a value}}
  %x = tile.segment "constant" "x" : tensor<8xf32> -> !tile.buffer<hbm, 1 x 32>
  return
}

// -----

func.func @segment_c2() {
  // expected-error@+1 {{needs 32 bytes in hbm}}
  %x = tile.segment "input" "x" : tensor<8xf32> -> !tile.buffer<hbm, 1 x 16>
  return
}

// -----

func.func @alloc_c1() {
  // expected-error@+1 {{must be on chip}}
  %x = tile.alloc at 0 : !tile.buffer<hbm, 1 x 16>
  return
}

// -----

func.func @issue_c1() {
  %a = tile.alloc at 0 : !tile.buffer<sbuf, 4 x 32>
  // expected-error@+1 {{unknown instruction "multiply_everything"}}
  tile.issue "multiply_everything" on "vec" (%a) [#tile.access<f32, 0, 0, [1]>] over 4 x [8] : !tile.buffer<sbuf, 4 x 32>
  return
}

// -----

func.func @issue_c1_queue() {
  %a = tile.alloc at 0 : !tile.buffer<sbuf, 4 x 32>
  // expected-error@+1 {{unknown queue "tpu"}}
  tile.issue "memset" on "tpu" (%a) [#tile.access<f32, 0, 0, [1]>] over 4 x [8] : !tile.buffer<sbuf, 4 x 32>
  return
}

// -----

func.func @issue_c2() {
  %a = tile.alloc at 0 : !tile.buffer<sbuf, 4 x 32>
  // expected-error@+1 {{1 buffers but 0 accesses}}
  tile.issue "memset" on "vec" (%a) [] over 4 x [8] : !tile.buffer<sbuf, 4 x 32>
  return
}

// -----

func.func @issue_c3() {
  %a = tile.alloc at 0 : !tile.buffer<sbuf, 4 x 32>
  // expected-error@+1 {{1 steps are needed}}
  tile.issue "memset" on "vec" (%a) [#tile.access<f32, 0, 0, [8, 1]>] over 4 x [8] : !tile.buffer<sbuf, 4 x 32>
  return
}

// -----

func.func @issue_c3_counts() {
  %a = tile.alloc at 0 : !tile.buffer<sbuf, 4 x 32>
  // expected-error@+1 {{5 counts but at most 4}}
  tile.issue "memset" on "vec" (%a) [#tile.access<f32, 0, 0, [1, 1, 1, 1, 1]>] over 4 x [1, 1, 1, 1, 8] : !tile.buffer<sbuf, 4 x 32>
  return
}

// -----

func.func @value_c1(%t: !tile.buffer<sbuf, 4 x 64>) {
  // expected-error@+1 {{'tile.value' op 2 counts but 2, 1 and 2 steps}}
  tile.value "v" : tensor<4x8xf32> in %t : !tile.buffer<sbuf, 4 x 64> at 0, 0 from 0 [4, 8] [8, 1] [1] [0, 4]
  return
}
