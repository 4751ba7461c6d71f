# SPDX-License-Identifier: Apache-2.0
"""Models and options as the C interface takes them."""

from __future__ import annotations

import ctypes
import inspect
import json
import os
import pathlib
from collections.abc import Iterable, Mapping
from typing import Any, Union

import numpy

from tilicho._dtypes import NAMES, name_of
from tilicho._library import ContextOptions, Model, Option, Tensor, api

PathLike = Union[str, "os.PathLike[str]"]
#: Pairs of an input and the output that updates it, or "auto" for all there are.
StatePairs = Union[str, Mapping[str, str], None]


class Context:
    """tilicho_context: how to compile."""

    def __init__(self, own_process: bool = False):
        options = ContextOptions(
            struct_size=ctypes.sizeof(ContextOptions),
            compile_in_process_of_its_own=int(own_process),
        )
        self.handle = ctypes.c_void_p()
        api().tilicho_context_create(ctypes.byref(options), ctypes.byref(self.handle))

    def __del__(self):
        if getattr(self, "handle", None):
            api().tilicho_context_free(self.handle)


def tensor(name: str, array: numpy.ndarray) -> Tensor:
    """A tilicho_tensor on an array, which has to be contiguous and outlive it."""
    result = shape_only(name, array.shape, array.dtype)
    result.data = array.ctypes.data
    return result


def shape_only(name: str, shape, dtype: numpy.dtype) -> Tensor:
    """A tilicho_tensor without data."""
    return Tensor(
        struct_size=ctypes.sizeof(Tensor),
        name=name.encode(),
        dtype=NAMES.index(name_of(dtype)),
        rank=len(shape),
        shape=(ctypes.c_int64 * len(shape))(*shape),
    )


class ModelArguments:
    """A tilicho_model and its tilicho_options, with all that they point to."""

    def __init__(self, model, folder=None, constants=None, **options):
        _refuse_unknown(options)
        self.kept: list[Any] = []
        self.model = Model(struct_size=ctypes.sizeof(Model))
        self._set_source(model, folder)
        self._set_constants(constants or {})
        pairs = list(_option_pairs(**options))
        self.count = len(pairs)
        self.options = (Option * len(pairs))(
            *[Option(key.encode(), os.fsencode(value)) for key, value in pairs]
        )

    def _set_source(self, model, folder) -> None:
        if isinstance(model, (bytes, bytearray, memoryview)):
            self._set_bytes(bytes(model), "model")
        elif hasattr(model, "SerializeToString"):
            self._set_bytes(model.SerializeToString(), model.graph.name or "model")
        else:
            path = pathlib.Path(model)
            path.stat()  # A file that is missing is told of as elsewhere.
            self.model.path = os.fsencode(path)
        if folder is not None:
            self.model.folder = os.fsencode(folder)

    def _set_bytes(self, data: bytes, name: str) -> None:
        self.kept.append(data)
        self.model.bytes = ctypes.cast(ctypes.c_char_p(data), ctypes.c_void_p)
        self.model.size = len(data)
        self.model.name = name.encode()

    def _set_constants(self, constants: Mapping[str, numpy.ndarray]) -> None:
        arrays = {
            name: numpy.require(value, requirements="C")
            for name, value in constants.items()
        }
        tensors = (Tensor * len(arrays))(
            *[tensor(name, array) for name, array in arrays.items()]
        )
        self.kept += [arrays, tensors]
        self.model.constants = tensors
        self.model.constant_count = len(arrays)

    def call(self, function, context: Context | None, *more) -> None:
        """Calls a function that begins with context, model and options."""
        function(
            context.handle if context else None,
            ctypes.byref(self.model),
            self.options,
            self.count,
            *more,
        )

    def text(self, function, context: Context | None) -> Any:
        """The JSON that such a function gives."""
        handle = ctypes.c_void_p()
        self.call(function, context, ctypes.byref(handle))
        return take_json(handle)


def take_json(handle) -> Any:
    """What a tilicho_text holds; frees it."""
    try:
        return json.loads(api().tilicho_text_data(handle).decode())
    finally:
        api().tilicho_text_free(handle)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _option_pairs(
    machine: PathLike = "trn1",
    settings: Mapping[str, Any] | None = None,
    dims: Mapping[str, int] | None = None,
    precision: str | None = None,
    optimization: str | int | None = None,
    state: StatePairs = None,
    state_capacity: int = 0,
) -> Iterable[tuple[str, Any]]:
    yield "machine", machine
    for field, value in (settings or {}).items():
        yield "set", f"{field}={_text(value)}"
    for dim, value in (dims or {}).items():
        yield "dim", f"{dim}={value}"
    if precision:
        yield "precision", precision
    if optimization is not None:
        yield "O", str(optimization)
    if isinstance(state, str):
        yield "state", state
    elif state:
        for source, result in state.items():
            yield "state", f"{source}={result}"
    if state_capacity:
        yield "state-capacity", str(state_capacity)


def _refuse_unknown(options: Mapping[str, Any]) -> None:
    known = list(inspect.signature(_option_pairs).parameters)
    unknown = sorted(set(options) - set(known))
    if unknown:
        raise TypeError(
            f"unknown options {', '.join(unknown)}; the compiler's are "
            f"{', '.join(known)}"
        )
