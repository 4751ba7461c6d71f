# SPDX-License-Identifier: Apache-2.0
"""Torch tensors as NumPy arrays over the same memory."""

from __future__ import annotations

import math

import numpy
import torch

from tilicho._dtypes import numpy_dtype
from tilicho.torch._reasons import Unsupported

_DTYPES = {
    torch.float32: "f32",
    torch.float64: "f64",
    torch.float16: "f16",
    torch.bfloat16: "bf16",
    torch.float8_e4m3fn: "f8e4m3fn",
    torch.float8_e5m2: "f8e5m2",
    torch.int8: "i8",
    torch.int16: "i16",
    torch.int32: "i32",
    torch.int64: "i64",
    torch.uint8: "u8",
    torch.uint16: "u16",
    torch.uint32: "u32",
    torch.uint64: "u64",
    torch.bool: "bool",
}
_TYPES = {name: dtype for dtype, name in _DTYPES.items()}
# NumPy reads what it has no name for as integers of the same size.
_CARRIERS = {
    torch.bfloat16: torch.int16,
    torch.float8_e4m3fn: torch.uint8,
    torch.float8_e5m2: torch.uint8,
}


def check(tensor: torch.Tensor) -> None:
    """Raises Unsupported for a tensor that is not plain memory of the host."""
    if tensor.device.type != "cpu":
        raise Unsupported(f"a tensor is on {tensor.device}; only cpu is taken")
    if tensor.layout != torch.strided or tensor.is_nested:
        raise Unsupported(f"a tensor's layout is {tensor.layout}, not strided")
    if tensor.dtype not in _DTYPES:
        raise Unsupported(f"no engine has elements of type {tensor.dtype}")


def to_numpy(tensor: torch.Tensor) -> numpy.ndarray:
    """A contiguous array with the tensor's values: its own memory if that is
    contiguous. Raises Unsupported for what NumPy cannot see."""
    check(tensor)
    tensor = tensor.detach().resolve_conj().resolve_neg().contiguous()
    carrier = _CARRIERS.get(tensor.dtype)
    if carrier is None:
        return tensor.numpy()
    return tensor.view(carrier).numpy().view(numpy_dtype(_DTYPES[tensor.dtype]))


def front(tensor: torch.Tensor, shape: tuple[int, ...]) -> torch.Tensor:
    """A view of the first elements."""
    return tensor.flatten()[: math.prod(shape)].reshape(shape)


def empty_like_info(info) -> torch.Tensor:
    """A tensor for an output that a program describes (a TensorInfo)."""
    return torch.empty(info.shape, dtype=_TYPES[info.dtype])
