# SPDX-License-Identifier: Apache-2.0
"""Element types, in the order of tilicho_dtype, as NumPy knows them."""

from __future__ import annotations

import numpy

NAMES = (
    "f32 tf32 bf16 f16 f8e4m3fn f8e5m2 i8 u8 i16 u16 i32 u32 bool i64 u64 f64"
).split()

_NUMPY = {
    "f32": "float32",
    "tf32": "float32",
    "f16": "float16",
    "i8": "int8",
    "u8": "uint8",
    "i16": "int16",
    "u16": "uint16",
    "i32": "int32",
    "u32": "uint32",
    "bool": "bool",
    "i64": "int64",
    "u64": "uint64",
    "f64": "float64",
}
_ML_DTYPES = {
    "bf16": "bfloat16",
    "f8e4m3fn": "float8_e4m3fn",
    "f8e5m2": "float8_e5m2",
}


def name_of(dtype: numpy.dtype) -> str:
    """The name of the element type that an array's type is."""
    for name, known in _NUMPY.items():
        if name != "tf32" and numpy.dtype(known) == dtype:
            return name
    for name, known in _ML_DTYPES.items():
        if dtype.name == known:
            return name
    raise ValueError(f"arrays of type {dtype} are not taken")


def numpy_dtype(name: str) -> numpy.dtype:
    """The NumPy type of an element type; ml_dtypes has those that NumPy lacks."""
    if name in _NUMPY:
        return numpy.dtype(_NUMPY[name])
    try:
        import ml_dtypes
    except ImportError as error:
        raise ImportError(
            f"elements of type {name} need the package ml_dtypes"
        ) from error
    return numpy.dtype(getattr(ml_dtypes, _ML_DTYPES[name]))
