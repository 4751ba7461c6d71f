# SPDX-License-Identifier: Apache-2.0
"""Runs a model on Tilicho and on ONNX Runtime, and measures the difference."""

import dataclasses
import pathlib

import numpy
import onnx
import onnxruntime
import tilicho
from onnx import TensorProto

import fill
import light


@dataclasses.dataclass
class Case:
    """A filled model, inputs of a seed, and what ONNX Runtime makes of them."""

    path: pathlib.Path
    inputs: dict
    dims: dict
    expected: dict
    #: Of ONNX Runtime's outputs when the weights alone are rounded to the half
    #: type, relative to their root of the mean square; 0 if not asked for.
    rounding_error: float


def make_case(model, folder, batch=1, half=None, seed=0):
    """Fills the model into the folder and asks ONNX Runtime, which calculates
    in f32 whatever the model says: it lacks bf16 kernels.

    batch: the value of symbolic dimensions. half: type of NumPy whose rounding
    error is wanted.
    """
    inputs = random_inputs(model, batch, seed + 1)
    path = fill.write_filled(model, folder / "filled", seed)
    wide, wide_path = widened(model), path
    if wide is not model:
        wide_path = fill.write_filled(wide, folder / "wide", seed)
    wide_inputs = {name: array.astype(numpy.float32)
                   for name, array in inputs.items()}
    expected = run_onnx_runtime(wide_path, wide_inputs)
    error = 0
    if half:
        rounded = fill.write_filled(wide, folder / "rounded", seed, half)
        error = rms_error(run_onnx_runtime(rounded, wide_inputs), expected)
        (rounded.parent / "weights.bin").unlink()
    return Case(path, inputs, _dims(model, batch), expected, error)


def widened(model):
    """The same in f32: the model itself if it is all f32, otherwise a copy."""
    halves = {TensorProto.FLOAT16, TensorProto.BFLOAT16}
    infos = [*model.graph.input, *model.graph.output]
    if not any(i.type.tensor_type.elem_type in halves for i in infos):
        return model
    wide = onnx.ModelProto()
    wide.CopyFrom(model)
    del wide.graph.value_info[:]
    for info in [*wide.graph.input, *wide.graph.output]:
        info.type.tensor_type.elem_type = TensorProto.FLOAT
    for tensor in wide.graph.initializer:
        if tensor.data_type not in halves:
            continue
        if not fill.is_stub(tensor):
            array = onnx.numpy_helper.to_array(tensor).astype(numpy.float32)
            tensor.CopyFrom(onnx.numpy_helper.from_array(array, tensor.name))
        tensor.data_type = TensorProto.FLOAT
    return wide


def random_inputs(model, batch, seed):
    """From the normal distribution."""
    source = numpy.random.default_rng(seed)
    arrays = {}
    for info in light.graph_inputs(model):
        kind = info.type.tensor_type
        shape = [dim.dim_value or batch for dim in kind.shape.dim]
        dtype = onnx.helper.tensor_dtype_to_np_dtype(kind.elem_type)
        arrays[info.name] = source.standard_normal(shape).astype(dtype)
    return arrays


def _dims(model, batch):
    dims = [dim.dim_param for info in light.graph_inputs(model)
            for dim in info.type.tensor_type.shape.dim]
    return {name: batch for name in dims if name}


def make_session(path, threads=1):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        path, options, providers=["CPUExecutionProvider"])


def run_onnx_runtime(path, inputs, threads=1):
    session = make_session(path, threads)
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, inputs)))


def run_tilicho(case, **options):
    """Compiles, runs under the sanitizer, and returns outputs."""
    program = tilicho.compile(case.path, dims=case.dims, **options)
    return program.run(case.inputs, timing="off", sanitize=True)


def largest_error(actual, expected):
    """Over all outputs, by the largest value of each."""
    return max(_largest(actual[name], expected[name]) for name in expected)


def _largest(ours, theirs):
    assert ours.shape == theirs.shape
    ours, theirs = ours.astype(numpy.float64), theirs.astype(numpy.float64)
    return numpy.abs(ours - theirs).max() / numpy.abs(theirs).max()


def error_of_range(actual, expected):
    """The largest over all outputs, by the range of each."""
    return max(_of_range(actual[name], expected[name]) for name in expected)


def _of_range(ours, theirs):
    assert ours.shape == theirs.shape
    ours, theirs = ours.astype(numpy.float64), theirs.astype(numpy.float64)
    return numpy.abs(ours - theirs).max() / numpy.ptp(theirs)


def rms_error(actual, expected):
    """Over all outputs, relative to the root of each one's mean square."""
    return max(_rms(actual[name], expected[name]) for name in expected)


def _rms(ours, theirs):
    assert ours.shape == theirs.shape
    ours, theirs = ours.astype(numpy.float64), theirs.astype(numpy.float64)
    return numpy.sqrt(((ours - theirs) ** 2).mean() / (theirs ** 2).mean())
