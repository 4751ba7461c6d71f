# SPDX-License-Identifier: Apache-2.0
"""Arrays of other libraries, in and out without a copy."""

import gc

import ml_dtypes
import numpy
import pytest
import tilicho
from onnx import TensorProto, helper
from small_models import make_model
from tilicho._arrays import as_array

torch = pytest.importorskip("torch")

TYPES = {
    torch.float32: (TensorProto.FLOAT, numpy.float32),
    torch.bfloat16: (TensorProto.BFLOAT16, ml_dtypes.bfloat16),
    torch.float16: (TensorProto.FLOAT16, numpy.float16),
    torch.float8_e4m3fn: (TensorProto.FLOAT8E4M3FN, ml_dtypes.float8_e4m3fn),
    torch.float8_e5m2: (TensorProto.FLOAT8E5M2, ml_dtypes.float8_e5m2),
    torch.int64: (TensorProto.INT64, numpy.int64),
    torch.uint8: (TensorProto.UINT8, numpy.uint8),
    torch.bool: (TensorProto.BOOL, numpy.bool_),
}


def identity(element):
    return tilicho.compile(
        make_model(
            [helper.make_node("Reshape", ["x", "shape"], ["y"])],
            [("x", element, (2, 3))],
            [("y", element, (6,))],
            [("shape", numpy.array([6]))],
        ),
        machine="edge" if element == TensorProto.UINT8 else "trn1",
    )


@pytest.mark.parametrize("dtype", TYPES, ids=str)
def test_tensors_go_in_and_out(dtype):
    element, numpy_type = TYPES[dtype]
    program = identity(element)
    x = torch.tensor([[0, 1, 2], [3, 4, 5]]).to(dtype)
    y = torch.zeros(6).to(dtype)
    result = program.run({"x": x}, outputs={"y": y})["y"]
    assert result is y
    assert torch.equal(y.float(), x.reshape(6).float())
    made = program.run({"x": x})["y"]
    assert made.dtype == numpy_type
    back = torch.from_dlpack(tilicho.to_dlpack(made))
    assert back.dtype == dtype and torch.equal(back.float(), y.float())
    # The same memory, both ways.
    assert back.data_ptr() == made.ctypes.data
    assert as_array(x).ctypes.data == x.data_ptr()


def test_memory_outlives_whoever_made_it():
    array = as_array(torch.arange(1000))
    shared = torch.from_dlpack(tilicho.to_dlpack(numpy.arange(1000)))
    gc.collect()
    filler = [numpy.zeros(1000) for _ in range(100)]
    assert array.sum() == shared.sum() == 499500
    del filler


def test_strides_are_kept():
    x = torch.arange(12, dtype=torch.float32).reshape(3, 4)
    for view in (x.T, x[:, 1:3], x[1:, ::2], x[:0]):
        numpy.testing.assert_array_equal(as_array(view), view.numpy())
    program = identity(TensorProto.FLOAT)
    view = x[:, :2].T
    y = program.run({"x": view})["y"]
    numpy.testing.assert_array_equal(y, view.numpy().ravel())
    with pytest.raises(ValueError, match="contiguous"):
        program.run({"x": view}, outputs={"y": torch.zeros(12)[::2]})


def test_gradients_are_left_behind():
    x = torch.ones(2, 3, requires_grad=True)
    assert identity(TensorProto.FLOAT).run({"x": x})["y"].sum() == 6


def test_what_is_no_tensor_of_the_host_is_refused():
    with pytest.raises(ValueError, match="DLPack type 5"):
        as_array(torch.zeros(2, dtype=torch.complex64))

    class Elsewhere(tilicho.to_dlpack):
        def __dlpack_device__(self):
            return 2, 0

    with pytest.raises(ValueError, match="host's memory"):
        as_array(Elsewhere(numpy.zeros(2)))
