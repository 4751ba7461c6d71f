# SPDX-License-Identifier: Apache-2.0
"""Element operators with broadcasting, selections and casts."""

from single_node import FLOATS, TYPES, Node, exactly, given, known, weight

INTEGERS = ("i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64")
SHAPES = [((129, 1000), (1000,)), ((1,), (1,)), ((3, 127), (3, 127)), ((129, 1), (1, 127)), ((2, 3, 5), (5,)),
          ((2, 3, 5), (3, 1)), ((1000,), ()), ((), ()), ((2, 1, 4, 1, 3), (5, 1, 7, 1)),
          ((1, 3, 1, 5), (129, 1, 4, 1)), ((4, 1, 1), (1, 1, 127))]


def binary(op, left, right, dtype="f32", low=None, high=None, **attributes):
    return Node(op, [given(*left, dtype=dtype, low=low, high=high),
                     given(*right, dtype=dtype, low=low, high=high)], attributes)


def unary(op, shape=(3, 127), dtype="f32", low=None, high=None, tolerance=None, **attributes):
    return Node(op, [given(*shape, dtype=dtype, low=low, high=high)], attributes,
                tolerance=tolerance)


ARITHMETIC = ("Add", "Sub", "Mul", "Div")
COMPARISONS = ("Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual")
BINARY = [
    *(binary(op, *shapes, low=0.5, high=3) for op in (*ARITHMETIC, "Pow") for shapes in SHAPES),
    *(binary(op, (2, 3, 5), (3, 1), dtype, low=1, high=9)
      for op in ARITHMETIC for dtype in ("f16", "bf16", "f64", *INTEGERS)),
    # Division truncates, and sums wrap.
    *(binary(op, (5, 129), (129,), dtype, low=low, high=high) for op, low, high in
      [("Div", -100, -1), ("Mul", -100, 100), ("Sub", -100, 100)] for dtype in ("i32", "i64")),
    *(binary(op, (5, 129), (129,), dtype, low=-100, high=100)
      for op in ("Add", "Mul") for dtype in ("i8", "i16")),
    *(binary(op, (5, 129), (129,), dtype, low=0, high=255)
      for op in ("Add", "Sub", "Mul") for dtype in ("u8", "u16")),
    *(binary(op, *shapes) for op in COMPARISONS for shapes in SHAPES[1:6]),
    *(binary(op, (5, 129), (129,), dtype, low=1, high=4) for op in COMPARISONS
      for dtype in INTEGERS),
    *(binary(op, (5, 129), (129,), dtype) for op in COMPARISONS
      for dtype in ("f16", "bf16", "f64")),
    *(binary("Equal", *shapes, dtype="bool") for shapes in SHAPES[1:4]),
    *(binary(op, *shapes, dtype="bool") for op in ("And", "Or", "Xor") for shapes in SHAPES),
    *(Node(op, [given(*shape) for shape in shapes], {}) for op in ("Max", "Min", "Sum", "Mean")
      for shapes in [((3, 127),), ((3, 1), (1, 127)), ((5,), (2, 1, 5), (3, 1)), ((), (129,), (1,))]),
    *(binary(op, (3, 9), (9,), dtype) for op in ("Max", "Min")
      for dtype in ("f16", "bf16", "f64", *INTEGERS)),
    *(binary(op, (3, 9), (9,), dtype) for op in ("Sum", "Mean") for dtype in ("f16", "bf16")),
    *(binary(op, (5, 129), (129,), dtype) for op in ("BitwiseAnd", "BitwiseOr", "BitwiseXor")
      for dtype in INTEGERS),
    *(Node("BitShift", [given(3, 9, dtype=dtype), given(9, dtype=dtype, low=0, high=7)],
           {"direction": direction}) for direction in ("LEFT", "RIGHT")
      for dtype in ("u8", "u16", "u32", "u64")),
    *(Node("Mod", [given(5, 129, dtype=dtype, low=low), given(129, dtype=dtype, low=1, high=9)],
           {"fmod": fmod}) for fmod in (0, 1) for dtype, low in
      [("i8", -100), ("u8", 0), ("i16", -100), ("i32", -100), ("i64", -100), ("u32", 0)]),
    *(Node("Mod", [given(5, 129, dtype=dtype, low=-100), given(129, dtype=dtype, low=-9, high=-1)],
           {}) for dtype in ("i8", "i32", "i64")),
    Node("Mod", [given(5, 129, low=-9, high=9), given(129, low=1, high=3)], {"fmod": 1}),
    Node("Pow", [given(5, 9, low=-3, high=3), known([2, 0, 1, 3, 2, 5, 1, 0, 4], "i64")], {}),
    Node("Pow", [given(5, 9, low=-3, high=3), known(2, "f32")], {}),
    Node("Pow", [given(5, 9, low=0, high=3), known(0.5, "f32")], {}),
    Node("Pow", [given(5, 9, dtype="i32", low=-3, high=3), known(3, "i32")], {}),
    Node("Pow", [given(5, 9, dtype="i64", low=-3, high=3), given(9, dtype="i64", low=0, high=4)], {}),
    Node("PRelu", [given(2, 3, 5), given(3, 1)], {}),
    Node("PRelu", [given(2, 3, 5, dtype="f16"), weight(5, dtype="f16")], {}),
    Node("PRelu", [given(2, 129, 3, 3), weight(129, 1, 1)], {}),
]

# Domains keep results finite; edges are given below.
DOMAINS = {"Acos": (-1, 1), "Asin": (-1, 1), "Acosh": (1, 9), "Atanh": (-0.9, 0.9),
           "Log": (0.01, 9), "Sqrt": (0, 9), "Reciprocal": (0.1, 9)}
FUNCTIONS = ("Abs Acos Acosh Asin Asinh Atan Atanh Ceil Cos Cosh Elu Erf Exp Floor HardSigmoid "
             "HardSwish LeakyRelu Log Mish Neg Reciprocal Relu Round Selu Sigmoid Sign Sin Sinh "
             "Softplus Softsign Sqrt Tan Tanh ThresholdedRelu Celu Gelu").split()
EDGES = exactly([0.0, -0.0, 0.5, -0.5, 1.5, 2.5, float("inf"), -float("inf"), float("nan"),
               1e-38, -1e-38, 1e-42, 88.0, -88.0, 1e30, -1e30], "f32")
UNARY = [
    *(unary(op, low=low, high=high) for op in FUNCTIONS
      for low, high in [DOMAINS.get(op, (-4, 4))]),
    *(unary(op, (2, 3, 5), dtype, low, high) for op in FUNCTIONS if op not in ("Celu", "Mish")
      for dtype in ("f16", "bf16") for low, high in [DOMAINS.get(op, (-2, 1.2))]),
    *(unary(op, shape) for op in ("Relu", "Exp") for shape in
      ((), (1,), (127, 129), (1000,), (2, 1, 3, 1, 5, 2))),
    *(Node(op, [EDGES], {}) for op in
      ("Abs", "Ceil", "Floor", "Neg", "Relu", "Round", "Sign", "Exp", "Sigmoid", "Tanh",
       "Sqrt", "Reciprocal", "IsNaN", "IsInf", "Erf", "Atan")),
    *(unary(op, dtype=dtype, low=-9, high=9) for op in ("Abs", "Neg", "Sign")
      for dtype in ("i8", "i16", "i32", "i64", "f64")),
    unary("Relu", dtype="i32"), unary("Relu", dtype="i8"),
    unary("Not", dtype="bool"),
    *(unary("BitwiseNot", dtype=dtype) for dtype in INTEGERS),
    unary("Elu", alpha=0.5), unary("LeakyRelu", alpha=0.3), unary("Selu", alpha=1.5, gamma=0.7),
    unary("HardSigmoid", alpha=0.4, beta=0.3), unary("ThresholdedRelu", alpha=0.5),
    unary("Celu", alpha=1.7), unary("Gelu", approximate="tanh"),
    unary("Shrink", lambd=0.5, bias=0.25), unary("Shrink", dtype="i32", lambd=2.0, bias=1.0),
    Node("IsInf", [EDGES], {"detect_negative": 0}),
    Node("IsInf", [EDGES], {"detect_positive": 0}),
    unary("Identity", dtype="i64"), unary("Identity", dtype="bool"), unary("Identity", dtype="bf16"),
    Node("Dropout", [given(3, 127)], {}),
]


def clip(dtype, low, high, **span):
    bounds = [None if value is None else known(value, dtype) for value in (low, high)]
    return Node("Clip", [given(3, 127, dtype=dtype, **span), *bounds], {})


SELECTIONS = [
    clip("f32", -1, 1), clip("f32", None, 0.5), clip("f32", 0.25, None), clip("f32", None, None),
    clip("f32", 1, -1),
    clip("f16", -1, 1), clip("bf16", -1, 1), clip("f64", -1, 1),
    *(clip(dtype, 3, 50) for dtype in INTEGERS),
    Node("Clip", [given(3, 5), given(low=-1, high=0), given(low=0, high=1)], {}),
    Node("Clip", [EDGES, known(-1, "f32"), known(1, "f32")], {}),
    *(Node("Where", [given(*mask, dtype="bool"), given(*left), given(*right)], {})
      for mask, left, right in [((3, 127), (3, 127), (3, 127)), ((3, 1), (1, 127), (3, 127)),
                                ((129,), (2, 129), ()), ((), (2, 3), (2, 1)),
                                ((2, 1, 4), (3, 1), (1,)), ((1000,), (), ())]),
    *(Node("Where", [given(3, 9, dtype="bool"), given(3, 9, dtype=dtype), given(9, dtype=dtype)], {})
      for dtype in TYPES),
]

# Numbers of TensorProto.DataType.
NUMBERS = {"f32": 1, "u8": 2, "i8": 3, "u16": 4, "i16": 5, "i32": 6, "i64": 7, "bool": 9,
           "f16": 10, "f64": 11, "u32": 12, "u64": 13, "bf16": 16}


def cast(operand, target):
    return Node("Cast", [operand], {"to": NUMBERS[target]}, tolerance=0)


def read_bits(operand, target):
    return Node("BitCast", [operand], {"to": NUMBERS[target]}, opset=26, tolerance=0)


READ_BITS = [
    *(read_bits(given(3, 127, dtype=source), target) for source, target in [
        ("f32", "i32"), ("i16", "u16"), ("f64", "u64"), ("bool", "u8"), ("u8", "i8"),
        ("f16", "i16"), ("i64", "f64"), ("u32", "u32")]),
    read_bits(given(), "i32"), read_bits(given(0, 3), "i32"),
    read_bits(weight(5), "i32"),
]


def safe_low(source, target):
    """Negative values have no unsigned counterpart that ONNX defines."""
    return 0 if "u" in source + target or "bool" in (source, target) else -100


CASTS = [
    *(cast(given(3, 43, dtype=source, low=safe_low(source, target),
                 high=1 if source == "bool" else 100), target)
      for source in TYPES for target in NUMBERS),
    # Wide integers to narrow ones wrap.
    *(cast(given(3, 43, dtype=source, low=-70000, high=70000), target)
      for source in ("i32", "i64") for target in (*INTEGERS, "bool") if target != "u64"),
    *(cast(EDGES, target) for target in ("bool", "f16", "bf16", "f64")),
    cast(given(3, 43, low=-1e5, high=1e5), "f16"),
    cast(given(3, 43, low=-3e-5, high=3e-5), "f16"),
    cast(given(3, 43, dtype="f64", low=-1e39, high=1e39), "f32"),
    *(cast(given(3, 43, dtype="i64", low=-2**62, high=2**62), target) for target in FLOATS
      if target != "bf16"),
    *(cast(given(3, 43, dtype="i32", low=-2**31, high=2**31 - 1), target) for target in FLOATS
      if target != "bf16"),
    cast(given(3, 43, dtype="u64", low=2**61, high=2**63 - 1), "f32"),
    cast(given(3, 43, dtype="f64", low=-2**40, high=2**40), "i64"),
    cast(given(3, 43, low=-2**30, high=2**30), "i32"),
]

CASES = BINARY + UNARY + SELECTIONS + CASTS + READ_BITS
