# SPDX-License-Identifier: Apache-2.0
"""A model of one node, its seeded operands, and what ONNX Runtime says."""

import dataclasses
import zlib

import ml_dtypes
import numpy
import onnx
import onnx.reference
import onnxruntime
from onnx import helper, numpy_helper

import tilicho

OPSET = 22
FLOATS = {"f32": numpy.float32, "f16": numpy.float16,
          "bf16": ml_dtypes.bfloat16, "f64": numpy.float64}
TYPES = {**FLOATS, "bool": numpy.bool_,
         **{f"{kind}{bits}": numpy.dtype(f"{name}{bits}").type
            for kind, name in (("i", "int"), ("u", "uint"))
            for bits in (8, 16, 32, 64)}}

NARROW = (numpy.float16, ml_dtypes.bfloat16)

# Relative to the largest value of the result: both sides sum the same products
# in another order, and functions differ by a few units in the last place. A
# narrow result is rounded once more, after sums that were made in f32.
TOLERANCE = {"f32": 2e-5, "f64": 2e-5, "f16": 2e-3, "bf16": 1.6e-2}


@dataclasses.dataclass(frozen=True)
class Operand:
    """Seeded values in [low, high], given when running or when compiling."""

    dtype: str
    shape: tuple
    low: float = None
    high: float = None
    known: bool = False

    def values(self, random):
        dtype = numpy.dtype(TYPES[self.dtype])
        if dtype.kind == "b":
            return random.integers(0, 2, self.shape).astype(dtype)
        if dtype.kind in "iu":
            info = numpy.iinfo(dtype)
            low = max(info.min, -100) if self.low is None else self.low
            high = min(info.max, 255) if self.high is None else self.high
            return random.integers(low, high, self.shape, endpoint=True).astype(dtype)
        low = -2 if self.low is None else self.low
        high = 2 if self.high is None else self.high
        return random.uniform(low, high, self.shape).astype(dtype)

    def __str__(self):
        return self.dtype + "x".join(map(str, ("", *self.shape)))


@dataclasses.dataclass(frozen=True)
class Values:
    """Values of a case's own."""

    array: numpy.ndarray
    known: bool

    def values(self, random):
        return self.array

    def __str__(self):
        if self.array.size > 8:
            return f"{self.array.dtype}{list(self.array.shape)}"
        return str(self.array.tolist()).replace(" ", "")


def given(*shape, dtype="f32", low=None, high=None):
    return Operand(dtype, shape, low, high)


def weight(*shape, dtype="f32", low=None, high=None):
    return Operand(dtype, shape, low, high, known=True)


def known(values, dtype="i64"):
    return Values(numpy.array(values, TYPES[dtype]), known=True)


def exactly(values, dtype="f32"):
    return Values(numpy.array(values, TYPES[dtype]), known=False)


def proto_type(array):
    return helper.np_dtype_to_tensor_dtype(array.dtype)


def widen(array, types):
    if array is None or array.dtype not in types:
        return array
    return array.astype(numpy.float32)


def run_reference(model, feeds):
    """What ONNX Runtime computes, node by node, or where its CPU has no kernel
    ONNX's reference evaluator."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    options.graph_optimization_level = (
        onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL)
    try:
        session = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        return session.run(None, feeds)
    except onnxruntime.capi.onnxruntime_pybind11_state.NotImplemented:
        with numpy.errstate(all="ignore"):
            return onnx.reference.ReferenceEvaluator(model).run(None, feeds)


@dataclasses.dataclass
class Node:
    """One node; `operands` has None where an optional one is absent."""

    op: str
    operands: list
    attributes: dict
    outputs: int = 1
    opset: int = OPSET
    # Instead of TOLERANCE, with the reason beside the case.
    tolerance: float = None

    def __str__(self):
        parts = [self.op, *(str(operand) for operand in self.operands if operand)]
        for key, value in self.attributes.items():
            if isinstance(value, onnx.TensorProto):
                value = "tensor"
            parts.append(f"{key}={value}".replace(" ", ""))
        if self.opset != OPSET:
            parts.append(f"opset{self.opset}")
        return "-".join(parts)

    def arrays(self):
        random = numpy.random.default_rng(zlib.crc32(str(self).encode()))
        return [operand.values(random) if operand is not None else None
                for operand in self.operands]

    def model(self, arrays):
        """The model and the inputs that it is run on."""
        names = [f"x{index}" if array is not None else ""
                 for index, array in enumerate(arrays)]
        results = [f"y{index}" for index in range(self.outputs)]
        node = helper.make_node(self.op, names, results, **self.attributes)
        graph = helper.make_graph([node], "node", [], [
            helper.make_value_info(result, onnx.TypeProto()) for result in results])
        feeds = {}
        for name, array, operand in zip(names, arrays, self.operands):
            if array is None:
                continue
            if operand.known:
                graph.initializer.append(numpy_helper.from_array(array, name))
                continue
            feeds[name] = array
            graph.input.append(helper.make_tensor_value_info(
                name, proto_type(array), array.shape))
        model = helper.make_model(
            graph, ir_version=10,
            opset_imports=[helper.make_opsetid("", self.opset)])
        return onnx.shape_inference.infer_shapes(model), feeds

    def reference(self):
        """ONNX Runtime's results. Its CPU has few kernels for f16 and bf16:
        they are compared with f32 on the same, rounded, values."""
        types, attributes = NARROW, dict(self.attributes)
        if self.op == "Cast":
            types = [ml_dtypes.bfloat16]
            if attributes["to"] == onnx.TensorProto.BFLOAT16:
                attributes["to"] = onnx.TensorProto.FLOAT
        if self.op == "BitCast":
            types = []
        node = dataclasses.replace(self, attributes=attributes)
        return run_reference(
            *node.model([widen(array, types) for array in self.arrays()]))

    def results(self, **options):
        model, feeds = self.model(self.arrays())
        program = tilicho.compile(model.SerializeToString(), **options)
        # The machine must run all of it and read only what was written.
        found = program.run(feeds, sanitize=True, timing="off", threads=1)
        return list(found.values())


def difference(found, expected, tolerance=None):
    """What differs, as text, or nothing. Integers must be equal; tolerance 0
    also rounds what is expected."""
    if found.shape != expected.shape:
        return f"shape {found.shape}, expected {expected.shape}"
    if expected.dtype.kind in "biu":
        if found.dtype != expected.dtype:
            return f"type {found.dtype}, expected {expected.dtype}"
        wrong = found != expected
        if not wrong.any():
            return None
        where = tuple(numpy.argwhere(wrong)[0])
        return (f"{wrong.sum()} of {wrong.size} elements differ, the first at "
                f"{[int(i) for i in where]}: {found[where]}, expected {expected[where]}")
    if tolerance == 0:
        expected = expected.astype(found.dtype)
    names = {numpy.dtype(value): key for key, value in FLOATS.items()}
    if tolerance is None:
        tolerance = TOLERANCE[names[found.dtype]]
    left, right = found.astype(numpy.float64), expected.astype(numpy.float64)
    finite = numpy.isfinite(right)
    if not numpy.array_equal(left[~finite], right[~finite], equal_nan=True):
        return f"infinities or NaN differ: {found[~finite][:5]}, {expected[~finite][:5]}"
    if not finite.any():
        return None
    error = numpy.abs(left[finite] - right[finite])
    largest = numpy.abs(right[finite]).max()
    if numpy.all(error <= tolerance * largest):
        return None
    return f"largest error {error.max():.3g}, largest value {largest:.3g}"


def check(node, **options):
    """What differs from ONNX Runtime, as text, or nothing."""
    found = node.results(**options)
    expected = node.reference()
    for index, (left, right) in enumerate(zip(found, expected)):
        text = difference(left, right, node.tolerance)
        if text:
            return f"result {index}: {text}"
    return None
