# SPDX-License-Identifier: Apache-2.0
"""Arrays of other libraries, in and out, by DLPack without a copy."""

from __future__ import annotations

import ctypes
import weakref
from typing import Any

import numpy

from tilicho._dtypes import name_of, numpy_dtype

_CPU = 1
# (DLPack's type code, bits) of the types that are not plain integers or floats.
_CODES = {"bf16": (4, 16), "bool": (6, 8), "f8e4m3fn": (10, 8), "f8e5m2": (12, 8)}


class _Device(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int32), ("id", ctypes.c_int32)]


class _DataType(ctypes.Structure):
    _fields_ = [
        ("code", ctypes.c_uint8),
        ("bits", ctypes.c_uint8),
        ("lanes", ctypes.c_uint16),
    ]


class _Tensor(ctypes.Structure):
    _fields_ = [
        ("data", ctypes.c_void_p),
        ("device", _Device),
        ("ndim", ctypes.c_int32),
        ("dtype", _DataType),
        ("shape", ctypes.POINTER(ctypes.c_int64)),
        ("strides", ctypes.POINTER(ctypes.c_int64)),
        ("byte_offset", ctypes.c_uint64),
    ]


class _Managed(ctypes.Structure):
    pass


_Deleter = ctypes.CFUNCTYPE(None, ctypes.POINTER(_Managed))
_Managed._fields_ = [
    ("tensor", _Tensor),
    ("context", ctypes.c_void_p),
    ("deleter", ctypes.c_void_p),
]

_pointer_of = ctypes.pythonapi.PyCapsule_GetPointer
_pointer_of.restype = ctypes.c_void_p
_pointer_of.argtypes = [ctypes.py_object, ctypes.c_char_p]
_rename = ctypes.pythonapi.PyCapsule_SetName
_rename.argtypes = [ctypes.py_object, ctypes.c_char_p]
_make_capsule = ctypes.pythonapi.PyCapsule_New
_make_capsule.restype = ctypes.py_object
_make_capsule.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
# Kept by capsules, which hold its address.
_NAME, _USED = b"dltensor", b"used_dltensor"


def as_array(value: Any) -> numpy.ndarray:
    """A NumPy array on the memory of `value`: an array, an object with DLPack,
    or whatever NumPy makes an array of."""
    if isinstance(value, numpy.ndarray) or not hasattr(value, "__dlpack__"):
        return numpy.asarray(value)
    if value.__dlpack_device__()[0] != _CPU:
        raise ValueError("the tensor is not in the host's memory")
    if getattr(value, "requires_grad", False):
        value = value.detach()
    return _from_capsule(value.__dlpack__())


def _from_capsule(capsule) -> numpy.ndarray:
    managed = ctypes.cast(_pointer_of(capsule, _NAME), ctypes.POINTER(_Managed))
    _rename(capsule, _USED)
    raw = managed.contents.tensor
    shape = tuple(raw.shape[dim] for dim in range(raw.ndim))
    dtype = _dtype_of(raw.dtype)
    strides = None
    if raw.strides:
        strides = tuple(raw.strides[dim] * dtype.itemsize for dim in range(raw.ndim))
    # From the first to behind the last element that the strides reach.
    reach = dtype.itemsize + sum(
        (count - 1) * step for count, step in zip(shape, strides or ())
    )
    if strides is None:
        reach = dtype.itemsize * int(numpy.prod(shape, dtype=numpy.int64))
    if 0 in shape:
        array = numpy.empty(shape, dtype)
        _delete(managed)
        return array
    memory = (ctypes.c_ubyte * reach).from_address(raw.data + raw.byte_offset)
    weakref.finalize(memory, _delete, managed)
    return numpy.ndarray(shape, dtype, memory, 0, strides)


def _delete(managed) -> None:
    if managed.contents.deleter:
        _Deleter(managed.contents.deleter)(managed)


def _dtype_of(raw: _DataType) -> numpy.dtype:
    for name, key in _CODES.items():
        if key == (raw.code, raw.bits):
            return numpy_dtype(name)
    if raw.code in (0, 1, 2) and raw.lanes == 1:
        return numpy.dtype("iuf"[raw.code] + str(raw.bits // 8))
    raise ValueError(
        f"tensors of DLPack type {raw.code} with {raw.bits} bits are not taken"
    )


class to_dlpack:
    """Offers an array to libraries that take DLPack, as torch.from_dlpack, of
    types too that NumPy itself does not offer (bfloat16, 8-bit floats)."""

    def __init__(self, array: numpy.ndarray):
        self.array = array

    def __dlpack_device__(self) -> tuple[int, int]:
        return _CPU, 0

    def __dlpack__(self, **_options):
        name = name_of(self.array.dtype)
        size = self.array.dtype.itemsize
        code, bits = _CODES.get(name, ("iuf".find(self.array.dtype.kind), size * 8))
        rank = self.array.ndim
        offer = _Managed()
        offer.tensor.data = self.array.ctypes.data
        offer.tensor.device = _Device(_CPU, 0)
        offer.tensor.ndim = rank
        offer.tensor.dtype = _DataType(code, bits, 1)
        shape = (ctypes.c_int64 * rank)(*self.array.shape)
        strides = (ctypes.c_int64 * rank)(*[s // size for s in self.array.strides])
        offer.tensor.shape, offer.tensor.strides = shape, strides
        offer.deleter = ctypes.cast(_release, ctypes.c_void_p)
        address = ctypes.addressof(offer)
        _offered[address] = (offer, shape, strides, self.array)
        return _make_capsule(address, _NAME, None)


# What others hold, by address, until they let go of it.
_offered: dict[int, tuple] = {}


@_Deleter
def _release(managed) -> None:
    _offered.pop(ctypes.addressof(managed.contents), None)
