# SPDX-License-Identifier: Apache-2.0
"""Sessions: a model with a program for each shape of its inputs."""

from __future__ import annotations

import bisect
import ctypes
import json
import os
import pathlib
import threading
from collections.abc import Mapping, Sequence
from typing import Any, Union

import numpy

from tilicho._arrays import as_array
from tilicho._library import SessionOptions, Tensor, api, file_address
from tilicho._model import Context, ModelArguments, PathLike, StatePairs
from tilicho._model import shape_only, take_json, tensor
from tilicho._program import Program, describe
from tilicho._state import State

Cache = Union[PathLike, bool, None]


def default_cache() -> pathlib.Path:
    """The folder that `cache=True` stands for: TILICHO_PROGRAMS, or
    tilicho/programs in the user's cache."""
    given = os.environ.get("TILICHO_PROGRAMS")
    if given:
        return pathlib.Path(given)
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(base) / "tilicho" / "programs"


class Session:
    """A model that takes inputs of any shape.

    For each signature, that is the shapes of the inputs and the values of those
    that reach a shape, it compiles a program once, and keeps it in memory and in
    a folder. What is only a value, as a position in a sequence, is no part of
    the signature. Any thread may call it.

    >>> session = tilicho.Session("model.onnx", cache=True)
    >>> outputs = session.run({"tokens": tokens})
    >>> session.compiled()
    """

    def __init__(
        self,
        model: PathLike | bytes | Any,
        *,
        cache: Cache = None,
        cache_bytes: int = 0,
        max_programs: int = 0,
        buckets: Mapping[str, Sequence[int]] | None = None,
        pad_values: Mapping[str, Any] | None = None,
        folder: PathLike | None = None,
        state: StatePairs = None,
        own_process: bool = False,
        **options: Any,
    ):
        """
        model: a path, the bytes of a model, or an onnx.ModelProto.
        cache: a folder for programs, which several processes may share; True
            for `default_cache()`.
        cache_bytes: bound of that folder; 4 GiB. What was used longest ago goes.
        max_programs: in memory; 64.
        buckets: sizes by name of a dimension. Inputs are padded up to the next
            size at the dimension's end, and outputs cut back, so that fewer
            programs are compiled. The model has to give the same results with
            padding, by a mask for example.
        pad_values: what inputs are padded with, by name; 0.
        state, state_capacity: as for `compile`; runs take a state of
            `Session.state`.
        own_process: compile in a process of its own.
        options: `machine`, `settings`, `dims`, `precision`, `optimization`, as
            for `compile`.
        """
        self._arguments = ModelArguments(model, folder, None, state=state, **options)
        self._describe_with = lambda dims: describe(
            model,
            folder=folder,
            **{**options, "dims": {**(options.get("dims") or {}), **dims}},
        )
        self._results: dict[tuple, dict[str, list[int]]] = {}
        self._context = Context(own_process)
        self._buckets = {name: sorted(sizes) for name, sizes in (buckets or {}).items()}
        self._pad_values = dict(pad_values or {})
        self._handle = ctypes.c_void_p()
        cache = default_cache() if cache is True else cache
        given = SessionOptions(
            struct_size=ctypes.sizeof(SessionOptions),
            cache_folder=os.fsencode(cache) if cache else None,
            cache_bytes=cache_bytes,
            max_programs=max_programs,
        )
        self._arguments.call(
            api().tilicho_session_create,
            self._context,
            ctypes.byref(given),
            ctypes.byref(self._handle),
        )
        self._description = self.describe()
        self._refuse_unknown_names()
        self._reaching: set[str] | None = None
        self._max_programs = max_programs or 64
        self._programs: dict[int, Program] = {}
        self._lock = threading.Lock()

    def __del__(self):
        if getattr(self, "_handle", None):
            api().tilicho_session_free(self._handle)

    def describe(self) -> dict[str, Any]:
        """The model's "inputs" and "outputs", as of `tilicho.describe`; which
        inputs reach a shape is known after the first program."""
        return json.loads(api().tilicho_session_description(self._handle).decode())

    def compiled(self) -> list[dict[str, Any]]:
        """The programs in memory: "dims", "constants" (inputs whose values are
        part of the signature), "source" ("compiled", "cache" or "compiling"),
        "seconds" that it took, "bytes" and "uses"."""
        return take_json(api().tilicho_session_compiled(self._handle))

    def program(
        self, inputs: Mapping[str, Any], state: State | None = None
    ) -> Program:
        """The program for inputs like these, and those of a state. Inputs whose
        values reach a shape are no inputs of it."""
        # Of most only the shape counts, which is known once there is a program.
        needed = self._reaching
        arrays = {name: as_array(value) for name, value in inputs.items()}
        kept = {
            name: numpy.require(array, requirements="C")
            for name, array in arrays.items()
            if needed is None or name in needed
        }
        given = [
            tensor(name, kept[name])
            if name in kept
            else shape_only(name, array.shape, array.dtype)
            for name, array in arrays.items()
        ]
        given += [
            shape_only(name, state.shape(name), state.dtype(name))
            for name in state or ()
        ]
        handle = ctypes.c_void_p()
        api().tilicho_session_program(
            self._handle,
            (Tensor * len(given))(*given),
            len(given),
            ctypes.byref(handle),
        )
        if needed is None:
            self._reaching = {
                info["name"]
                for info in self.describe()["inputs"]
                if info["reaches_shape"]
            }
        return self._wrap(handle)

    def _wrap(self, handle) -> Program:
        """One Program for all handles of the same program."""
        address = file_address(handle)
        with self._lock:
            known = self._programs.pop(address, None)
            if known is None:
                known = Program(handle)
            else:
                api().tilicho_program_free(handle)
            self._programs[address] = known
            while len(self._programs) > self._max_programs:
                del self._programs[next(iter(self._programs))]
            return known

    def state(self, inputs: Mapping[str, Any], pairs=None) -> State:
        """A state for runs of inputs like these, with `pairs` as of
        `Program.state`. `inputs` has those of the state too, whose values it
        begins with."""
        state = self.program(inputs).state(pairs)
        for name in state:
            state.fill(name, inputs[name])
        return state

    def run(
        self,
        inputs: Mapping[str, Any],
        *,
        state: State | None = None,
        **options: Any,
    ) -> dict[str, numpy.ndarray]:
        """Runs the program for these inputs, which it compiles if need be.
        `options` are those of `Program.run`."""
        twice = sorted(set(inputs) & set(state or ()))
        if twice:
            raise ValueError(
                f"input {', '.join(twice)} is in the state: leave it out, or "
                "write it by State.fill"
            )
        arrays = {name: as_array(value) for name, value in inputs.items()}
        sizes = self._sizes(arrays)
        padded = {
            name: self._pad(name, array) for name, array in arrays.items()
        }
        program = self.program(padded, state)
        wanted = {info.name for info in program.inputs} - set(state or ())
        outputs = program.run(
            {name: padded[name] for name in wanted}, state=state, **options
        )
        if state is not None and state.rows:
            self._grow(state, padded)
        return {name: self._cut(name, array, sizes) for name, array in outputs.items()}

    # States that grow

    def _grow(self, state: State, arrays) -> None:
        """Counts the rows that a run has added."""
        shapes = {name: array.shape for name, array in arrays.items()}
        shapes.update({name: state.shape(name) for name in state})
        key = tuple(sorted(shapes.items()))
        if key not in self._results:
            self._results[key] = self._result_shapes(shapes)
        for name in state.rows:
            state.rows[name] = self._results[key][state.pairs[name]][state.axes[name]]

    def _result_shapes(self, shapes) -> dict[str, list[int]]:
        """The model's own shapes of outputs, for inputs of these shapes."""
        dims = {}
        for info in self._description["inputs"]:
            for axis, dim in enumerate(info["shape"]):
                if not isinstance(dim, int):
                    place = dim if dim is not None else f"{info['name']}.{axis}"
                    dims[place] = shapes[info["name"]][axis]
        described = self._describe_with(dims)
        return {info["name"]: info["shape"] for info in described["outputs"]}

    # Buckets

    def _refuse_unknown_names(self) -> None:
        inputs = self._description["inputs"]
        dims = {dim for info in inputs for dim in info["shape"] if isinstance(dim, str)}
        names = {info["name"] for info in inputs}
        problems = [
            f"{option}: the model has no {kind} {name}; it has "
            + (", ".join(sorted(known)) or "none")
            for option, kind, given, known in (
                ("buckets", "open dimension", self._buckets, dims),
                ("pad_values", "input", self._pad_values, names),
            )
            for name in sorted(set(given) - known)
        ]
        if problems:
            raise ValueError("\n".join(problems))

    def _shape_of(self, kind: str, name: str) -> list[Any]:
        for info in self._description[kind]:
            if info["name"] == name:
                return info["shape"]
        return []

    def _sizes(self, arrays) -> dict[str, int]:
        """The sizes of dimensions that are padded, as they are given."""
        return {
            dim: array.shape[axis]
            for name, array in arrays.items()
            for axis, dim in enumerate(self._shape_of("inputs", name))
            if dim in self._buckets and axis < array.ndim
        }

    def _pad(self, name: str, array: numpy.ndarray) -> numpy.ndarray:
        widths = [(0, 0)] * array.ndim
        for axis, dim in enumerate(self._shape_of("inputs", name)):
            if dim in self._buckets and axis < array.ndim:
                widths[axis] = (0, self._bucket(dim, array.shape[axis]) - array.shape[axis])
        if not any(after for _, after in widths):
            return array
        value = self._pad_values.get(name, 0)
        return numpy.pad(array, widths, constant_values=value)

    def _bucket(self, dim: str, size: int) -> int:
        """The next size there is; above the largest, the size itself."""
        sizes = self._buckets[dim]
        at = bisect.bisect_left(sizes, size)
        return sizes[at] if at < len(sizes) else size

    def _cut(self, name: str, array: numpy.ndarray, sizes) -> numpy.ndarray:
        shape = self._shape_of("outputs", name)
        if not self._buckets or len(shape) != array.ndim:
            return array
        return array[tuple(slice(sizes.get(dim)) for dim in shape)]
