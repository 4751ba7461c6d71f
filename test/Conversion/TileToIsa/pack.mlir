// RUN: tilicho-opt --convert-tile-to-isa %s | FileCheck %s
// RUN: tilicho-opt --convert-tile-to-isa=pack %s | FileCheck %s

// Going around, %a, %b and %c come one after the other. Of what %a and %c leave
// neither part holds %d, though together they would: then SBUF is packed.

// CHECK: sbuf_live_bound_bytes = 180096
// CHECK-SAME: sbuf_peak_bytes = 180096
func.func @packs_what_gaps_keep_out() {
  %a = tile.alloc at 0 : !tile.buffer<sbuf, 4 x 60032>
  %b = tile.alloc at 0 : !tile.buffer<sbuf, 4 x 60032>
  %c = tile.alloc at 0 : !tile.buffer<sbuf, 4 x 60032>
  %d = tile.alloc at 0 : !tile.buffer<sbuf, 4 x 100032>
  tile.issue "memset" on "vec" (%a) [#tile.access<f32, 0, 0, [1]>] over 4 x [8] {fields = {s0 = 1.0 : f32}} : !tile.buffer<sbuf, 4 x 60032>
  tile.issue "memset" on "vec" (%b) [#tile.access<f32, 0, 0, [1]>] over 4 x [8] {fields = {s0 = 1.0 : f32}} : !tile.buffer<sbuf, 4 x 60032>
  tile.issue "memset" on "vec" (%c) [#tile.access<f32, 0, 0, [1]>] over 4 x [8] {fields = {s0 = 1.0 : f32}} : !tile.buffer<sbuf, 4 x 60032>
  tile.issue "memset" on "vec" (%a) [#tile.access<f32, 0, 0, [1]>] over 4 x [8] {fields = {s0 = 1.0 : f32}} : !tile.buffer<sbuf, 4 x 60032>
  tile.issue "memset" on "vec" (%c) [#tile.access<f32, 0, 0, [1]>] over 4 x [8] {fields = {s0 = 1.0 : f32}} : !tile.buffer<sbuf, 4 x 60032>
  tile.issue "memset" on "vec" (%d) [#tile.access<f32, 0, 0, [1]>] over 4 x [8] {fields = {s0 = 1.0 : f32}} : !tile.buffer<sbuf, 4 x 100032>
  tile.issue "memset" on "vec" (%b) [#tile.access<f32, 0, 0, [1]>] over 4 x [8] {fields = {s0 = 1.0 : f32}} : !tile.buffer<sbuf, 4 x 60032>
  tile.issue "memset" on "vec" (%d) [#tile.access<f32, 0, 0, [1]>] over 4 x [8] {fields = {s0 = 1.0 : f32}} : !tile.buffer<sbuf, 4 x 100032>
  return
}
