// RUN: tilicho-opt %s --verify-roundtrip | FileCheck %s
// RUN: tilicho-opt %s --mlir-print-op-generic | tilicho-opt | FileCheck %s
// RUN: tilicho-opt %s --emit-bytecode | tilicho-opt | FileCheck %s

// CHECK-LABEL: isa.program
isa.program {
  // CHECK-NEXT: isa.segment input "x" : tensor<128x64xf32>
  isa.segment input "x" : tensor<128x64xf32>
  // CHECK-NEXT: isa.segment output "y" : tensor<128x64xf32>
  isa.segment output "y" : tensor<128x64xf32>
  // CHECK-NEXT: isa.segment constant "bias" value dense<0.000000e+00> : tensor<4xf32> : tensor<4xf32>
  isa.segment constant "bias" value dense<0.0> : tensor<4xf32> : tensor<4xf32>
  // CHECK-NEXT: isa.queue "dma0" {
  isa.queue "dma0" {
    // CHECK-NEXT: isa.dma "[128, 64] sbuf.f32[0, 0x0 : 1, 1] = hbm.f32[0, 0x0 : 64, 1], signal s0 += 1"
    isa.dma "[128, 64] sbuf.f32[0, 0x0 : 1, 1] = hbm.f32[0, 0x0 : 64, 1], signal s0 += 1"
    // CHECK-NEXT: isa.dma "[128, 64] hbm.f32[1, 0x0 : 64, 1] = sbuf.f32[0, 0x0 : 1, 1], wait s1 >= 1"
    isa.dma "[128, 64] hbm.f32[1, 0x0 : 64, 1] = sbuf.f32[0, 0x0 : 1, 1], wait s1 >= 1"
  }
  // CHECK: isa.queue "vec" {
  isa.queue "vec" {
    // CHECK-NEXT: isa.loop "r1 < r0 + 4"
    isa.loop "r1 < r0 + 4"
    // An address in another order of its terms is printed in the one order.
    // CHECK-NEXT: isa.tensor_scalar "reverse0 [128, 64] sbuf.f32[0, 0x40 + r1*256 + r2 : 1] = copy(subtract(sbuf.f32[0, 0x0 : 1], 1.5), 0), wait s0 >= 1 + r3, signal s1 += 1"
    isa.tensor_scalar "reverse0 [128, 64] sbuf.f32[0, r2 + 0x40 + r1*256 : 1] = copy(subtract(sbuf.f32[0, 0 : 1], 1.5), 0), signal s1 += 1, wait s0 >= 1 + r3"
    // CHECK-NEXT: isa.end_loop ""
    isa.end_loop ""
    // CHECK-NEXT: isa.wait "s2 >= 7"
    isa.wait "s2 >= 7"
    // CHECK-NEXT: isa.halt ""
    isa.halt ""
  }
  // CHECK: isa.value "relu" : tensor<1x64x56xf32> in "sbuf" at 0, 256 from 0 [64, 56] [56, 1] [1, 0] [0, 4] after "vec" 1 3
  isa.value "relu" : tensor<1x64x56xf32> in "sbuf" at 0, 256 from 0 [64, 56] [56, 1] [1, 0] [0, 4] after "vec" 1 3
  // CHECK-NEXT: isa.value "kept" : tensor<4xf32> in "hbm" at 1, 0 from 0 [4] [1] [0] [4]{{$}}
  isa.value "kept" : tensor<4xf32> in "hbm" at 1, 0 from 0 [4] [1] [0] [4]
}
