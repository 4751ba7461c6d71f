// RUN: tilicho-opt --convert-tile-to-isa --split-input-file --verify-diagnostics %s

func.func @refuses_what_does_not_fit() {
  %x = tile.segment "input" "x" : tensor<1x8xf32> -> !tile.buffer<hbm, 1 x 32>
  %a = tile.alloc at 0 : !tile.buffer<sbuf, 4 x 300000>
  // expected-error@+1 {{needs 300000 bytes of sbuf in each partition, but no such gap is free beside the 0 bytes in use}}
  tile.issue "dma" on "dma" (%a, %x) [#tile.access<f32, 0, 0, [1, 1]>, #tile.access<f32, 0, 0, [8, 1]>] over 1 x [8] : !tile.buffer<sbuf, 4 x 300000>, !tile.buffer<hbm, 1 x 32>
  return
}

// -----

func.func @refuses_unknown_fields() {
  %a = tile.alloc at 0 : !tile.buffer<sbuf, 4 x 32>
  // expected-error@+1 {{instruction "memset" has no field "cols"}}
  tile.issue "memset" on "vec" (%a) [#tile.access<f32, 0, 0, [1]>] over 4 x [8] {fields = {cols = 3}} : !tile.buffer<sbuf, 4 x 32>
  return
}

// -----

func.func @refuses_unknown_values() {
  %a = tile.alloc at 0 : !tile.buffer<sbuf, 4 x 32>
  // expected-error@+1 {{has no value "plus" for its field "op0"}}
  tile.issue "tensor_scalar" on "vec" (%a, %a) [#tile.access<f32, 0, 0, [1]>, #tile.access<f32, 0, 0, [1]>] over 4 x [8] {fields = {op0 = "plus"}} : !tile.buffer<sbuf, 4 x 32>, !tile.buffer<sbuf, 4 x 32>
  return
}

// -----

func.func @refuses_missing_operands() {
  %a = tile.alloc at 0 : !tile.buffer<sbuf, 4 x 32>
  %b = tile.alloc at 0 : !tile.buffer<sbuf, 4 x 32>
  // expected-error@+1 {{takes 3 buffers}}
  tile.issue "tensor_tensor" on "vec" (%a, %b) [#tile.access<f32, 0, 0, [1]>, #tile.access<f32, 0, 0, [1]>] over 4 x [8] {fields = {op0 = "add"}} : !tile.buffer<sbuf, 4 x 32>, !tile.buffer<sbuf, 4 x 32>
  return
}

// -----

func.func @refuses_an_end_alone() {
  // expected-error@+1 {{has no matching begin_while}}
  tile.end_while
  return
}

// -----

func.func @refuses_a_begin_alone() {
  %c = tile.segment "input" "c" : tensor<i1> -> !tile.buffer<hbm, 1 x 1>
  // expected-error@+1 {{has no matching end_while}}
  tile.begin_while %c : !tile.buffer<hbm, 1 x 1>
  return
}

// -----

func.func @refuses_memory_across_a_border() {
  %c = tile.segment "input" "c" : tensor<i1> -> !tile.buffer<hbm, 1 x 1>
  %a = tile.alloc at 0 : !tile.buffer<sbuf, 4 x 32>
  tile.issue "memset" on "vec" (%a) [#tile.access<f32, 0, 0, [1]>] over 4 x [8] : !tile.buffer<sbuf, 4 x 32>
  // expected-error@+1 {{has memory on chip that lives across it}}
  tile.begin_while %c : !tile.buffer<hbm, 1 x 1>
  tile.issue "memset" on "vec" (%a) [#tile.access<f32, 0, 0, [1]>] over 4 x [8] : !tile.buffer<sbuf, 4 x 32>
  tile.end_while
  return
}

// -----

func.func @refuses_columns_outside_sbuf() {
  %a = tile.alloc at 0 : !tile.buffer<sbuf, 4 x 32>
  %b = tile.alloc at 0 : !tile.buffer<psum, 4 x 4>
  // expected-error@+1 {{field "s0" is {column = 2 : i64} but must be a number or an f32 operand in sbuf}}
  tile.issue "tensor_scalar" on "vec" (%a, %a, %b) [#tile.access<f32, 0, 0, [1]>, #tile.access<f32, 0, 0, [1]>, #tile.access<f32, 0, 0, [0]>] over 4 x [8] {fields = {op0 = "add", s0 = {column = 2}}} : !tile.buffer<sbuf, 4 x 32>, !tile.buffer<sbuf, 4 x 32>, !tile.buffer<psum, 4 x 4>
  return
}

// -----

func.func @refuses_columns_that_are_no_operands() {
  %a = tile.alloc at 0 : !tile.buffer<sbuf, 4 x 32>
  // expected-error@+1 {{field "s0" is {column = 7 : i64} but must be a number or an f32 operand in sbuf}}
  tile.issue "tensor_scalar" on "vec" (%a, %a) [#tile.access<f32, 0, 0, [1]>, #tile.access<f32, 0, 0, [1]>] over 4 x [8] {fields = {op0 = "add", s0 = {column = 7}}} : !tile.buffer<sbuf, 4 x 32>, !tile.buffer<sbuf, 4 x 32>
  return
}
