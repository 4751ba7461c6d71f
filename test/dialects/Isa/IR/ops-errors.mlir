// RUN: tilicho-opt %s --split-input-file --verify-diagnostics

// program_c1
isa.program {
  // expected-error@+1 {{is neither a segment nor a queue nor a value of a program}}
  isa.program {
  }
}

// -----

// program_c1
isa.program {
  isa.queue "pe" {
  }
  // expected-error@+1 {{must come before the queues}}
  isa.segment input "x" : tensor<1xf32>
}

// -----

// program_c1
isa.program {
  isa.value "v" : tensor<2xf32> in "sbuf" at 0, 0 from 0 [2] [1] [0] [4] after "pe" 0 0
  // expected-error@+1 {{must come before the values}}
  isa.queue "pe" {
  }
}

// -----

// value_c1
isa.program {
  // expected-error@+1 {{has 2 counts but 1, 2 and 2 steps}}
  isa.value "v" : tensor<2xf32> in "sbuf" at 0, 0 from 0 [2, 2] [1] [0, 1] [4, 0]
}

// -----

// program_c2
isa.program {
  isa.queue "pe" {
  }
  // expected-error@+1 {{'pe' occurs twice}}
  isa.queue "pe" {
  }
}

// -----

// segment_c1
isa.program {
  // expected-error@+1 {{has the unknown kind 'weight'; expected input, output, constant or scratch}}
  isa.segment weight "w" : tensor<1xf32>
}

// -----

// segment_c1
isa.program {
  // expected-error@+1 {{is constant but has no value}}
  isa.segment constant "w" : tensor<1xf32>
}

// -----

// segment_c1
isa.program {
  // expected-error@+1 {{has a value but is not constant}}
  isa.segment input "w" value dense<0.0> : tensor<1xf32> : tensor<1xf32>
}

// -----

// queue_c1
isa.program {
  // expected-error@+1 {{has the unknown name 'gpu'; expected pe, act, vec, pool, sync or dmaN}}
  isa.queue "gpu" {
  }
}

// -----

// queue_c2
isa.program {
  isa.queue "pe" {
    // expected-error@+1 {{has no isa.end_loop}}
    isa.loop "r1 < r0 + 4"
  }
}

// -----

// queue_c2
isa.program {
  isa.queue "pe" {
    // expected-error@+1 {{ends no loop}}
    isa.end_loop ""
  }
}

// -----

// queue_c2
isa.program {
  isa.queue "pe" {
    isa.loop "r1 < r0 + 1"
    isa.loop "r2 < r0 + 1"
    isa.loop "r3 < r0 + 1"
    isa.loop "r4 < r0 + 1"
    isa.loop "r5 < r0 + 1"
    isa.loop "r6 < r0 + 1"
    isa.loop "r7 < r0 + 1"
    isa.loop "r8 < r0 + 1"
    // expected-error@+1 {{is nested 9 deep, but the sequencer holds 8 loops}}
    isa.loop "r9 < r0 + 1"
  }
}

// -----

// queue_c3
isa.program {
  isa.queue "pe" {
    // expected-error@+1 {{goes to instruction 2 of a queue of 1}}
    isa.branch "r1, 2"
  }
}

// -----

isa.program {
  isa.queue "act" {
    // expected-error@+1 {{matmul: cannot run on queue act}}
    isa.matmul "[1] psum.f32[0, 0x0] = sbuf.f32[0, 0x0] cols 1"
  }
}

// -----

isa.program {
  isa.queue "pe" {
    // expected-error@+1 {{expected 'cols', found the end of the line}}
    isa.matmul "[1] psum.f32[0, 0x0] = sbuf.f32[0, 0x0]"
  }
}

// -----

isa.program {
  isa.queue "pe" {
    // expected-error@+1 {{matmul: dst may not be in sbuf}}
    isa.matmul "[1] sbuf.f32[0, 0x0] = sbuf.f32[0, 0x0] cols 1"
  }
}

// -----

isa.program {
  isa.queue "pe" {
    // expected-error@+1 {{expected the instruction as a string}}
    "isa.halt"() <{inst = 1 : i32}> : () -> ()
  }
}
