# SPDX-License-Identifier: Apache-2.0
"""Programs: compiling, loading, running."""

from __future__ import annotations

import ctypes
import dataclasses
import json
import math
import os
from collections.abc import Iterable, Mapping
from typing import Any

import numpy

from tilicho import _library
from tilicho._arrays import as_array
from tilicho._dtypes import NAMES, numpy_dtype
from tilicho._library import Buffer, RunOptions, api
from tilicho._model import Context, ModelArguments, PathLike, StatePairs
from tilicho._state import State

_TIMING = {"on": 0, "off": 1, "only": 2}


@dataclasses.dataclass(frozen=True)
class TensorInfo:
    """An input, output or value of a program."""

    name: str
    #: As in Tilicho's assembly: f32, bf16, i8, bool, ...
    dtype: str
    shape: tuple[int, ...]
    #: Of an output: each run decides how many rows there are, and the shape
    #: has the most.
    rows_vary: bool = False
    #: The dimension that counts them.
    rows_dimension: int = 0

    def shape_of(self, rows: int) -> tuple[int, ...]:
        """The shape with so many rows."""
        before, behind = self.rows_dimension, self.rows_dimension + 1
        return (*self.shape[:before], rows, *self.shape[behind:])

    @property
    def numpy_dtype(self) -> numpy.dtype:
        """The type of its arrays; from ml_dtypes where NumPy has none."""
        return numpy_dtype(self.dtype)

    def __str__(self) -> str:
        return f"{self.name}: {self.dtype} {list(self.shape)}"


def _read_infos(handle, kind: str) -> tuple[TensorInfo, ...]:
    count = getattr(api(), f"tilicho_program_{kind}_count")(handle)
    function = getattr(api(), f"tilicho_program_{kind}")
    infos = []
    for index in range(count):
        raw = _library.describe(function, handle, index)
        shape = tuple(raw.shape[dim] for dim in range(raw.rank))
        infos.append(
            TensorInfo(
                raw.name.decode(),
                NAMES[raw.dtype],
                shape,
                bool(raw.rows_vary),
                raw.rows_dimension,
            )
        )
    return tuple(infos)


def _buffer(array: numpy.ndarray | None) -> Buffer:
    if array is None:
        return Buffer()
    return Buffer(array.ctypes.data, array.nbytes)


class Program:
    """A compiled model. Made by `compile` and `load`; never changes, except
    that `stats` tells of the last run."""

    def __init__(self, handle: ctypes.c_void_p):
        self._handle = handle
        self.inputs = _read_infos(handle, "input")
        self.outputs = _read_infos(handle, "output")
        #: Values inside the graph that `run` can hand out.
        self.values = _read_infos(handle, "value")
        self._stats = api().tilicho_program_statistics(handle).decode()

    def __del__(self):
        if getattr(self, "_handle", None):
            api().tilicho_program_free(self._handle)

    def __repr__(self) -> str:
        tensors = [str(info) for info in self.inputs + self.outputs]
        return f"<tilicho.Program on {self.machine['name']}: {', '.join(tensors)}>"

    @property
    def stats(self) -> dict[str, Any]:
        """Statistics by the keys of docs/Statistics.md: those of the last run,
        or before it those that need none."""
        return json.loads(self._stats)

    @property
    def machine(self) -> dict[str, str]:
        """The fields of the machine that it was compiled for."""
        text = api().tilicho_program_machine(self._handle).decode()
        return dict(line.split("=", 1) for line in text.splitlines())

    @property
    def flags(self) -> str:
        """The compiler's options, as on the command line."""
        return api().tilicho_program_flags(self._handle).decode()

    def save(self, path: PathLike) -> None:
        """Writes the program file."""
        api().tilicho_program_save(self._handle, os.fsencode(path))

    def state(self, pairs: Mapping[str, str] | None = None) -> State:
        """Makes a state of zeros: memory of the device for inputs and the
        outputs that are their next value, which runs leave where it is.

        pairs: names of outputs by names of inputs; without them, those that
            the program updates in place (see `compile(state=...)`).
        """
        return State(self._handle, self.inputs, pairs)

    def run(
        self,
        inputs: Mapping[str, Any] | None = None,
        *,
        outputs: Mapping[str, Any] | None = None,
        state: State | None = None,
        values: Iterable[str] = (),
        timing: str = "on",
        threads: int = 0,
        sanitize: bool = False,
        trace: PathLike | None = None,
    ) -> dict[str, numpy.ndarray]:
        """Runs on the emulator and returns the outputs by name.

        inputs: arrays by ONNX name: NumPy's, or anything with DLPack, as
            tensors of PyTorch. Types must be the program's; contiguous arrays
            are used in place.
        outputs: arrays to write into, by name; others are made. Of an output
            whose rows vary, the rows that there are are returned.
        state: holds some inputs and outputs, which are then neither given nor
            returned.
        values: names of values inside the graph to return too.
        timing: "on" (values and time), "off" (values) or "only" (time; returns
            nothing).
        threads: of the emulator; 0 is as many as the host has.
        sanitize: trap on uninitialised reads and races.
        trace: a file for the Chrome trace.

        Raises TilichoError, or ValueError for arrays that do not fit.
        """
        if timing not in _TIMING:
            raise ValueError(f"timing is {timing!r}, but on, off and only are known")
        names = list(values)
        options, _kept = self._run_options(names, timing, threads, sanitize, trace)
        held = state.names if state else frozenset()
        options.state = state.handle if state else None
        if timing == "only":
            self._execute(options, [], [], [])
            return {}
        given = self._check_inputs(inputs or {}, held)
        results, arrays = self._make_outputs(outputs or {}, held)
        inner, rows = self._execute(options, given, arrays, names)
        for info, count in rows:
            if info.name in results:
                results[info.name] = _front(results[info.name], info.shape_of(count))
        return {**results, **inner}

    def _run_options(self, names, timing, threads, sanitize, trace):
        known = {info.name: index for index, info in enumerate(self.values)}
        unknown = [name for name in names if name not in known]
        if unknown:
            raise ValueError(f"the program keeps no value {', '.join(unknown)}")
        if threads < 0:
            raise ValueError(f"threads is {threads}; 0 is as many as the host has")
        indices = (ctypes.c_size_t * len(names))(*[known[name] for name in names])
        options = RunOptions(
            struct_size=ctypes.sizeof(RunOptions),
            threads=threads,
            timing=_TIMING[timing],
            sanitize=int(sanitize),
            trace_path=os.fsencode(trace) if trace else None,
            values=indices,
            value_count=len(names),
        )
        return options, indices

    def _check_inputs(self, inputs, held) -> list[numpy.ndarray | None]:
        problems = [
            f"the program has no input {name}; it has "
            + (", ".join(info.name for info in self.inputs) or "none")
            for name in inputs
            if name not in {info.name for info in self.inputs}
        ]
        arrays: list[numpy.ndarray | None] = []
        for info in self.inputs:
            if ("input", info.name) in held:
                if info.name in inputs:
                    problems.append(f"input {info.name} is given, but in the state")
                arrays.append(None)
                continue
            if info.name not in inputs:
                problems.append(f"input {info} is missing")
                continue
            array = as_array(inputs[info.name])
            problems += _misfit("input", info, array)
            arrays.append(numpy.require(array, requirements="C"))
        if problems:
            raise ValueError("\n".join(problems))
        return arrays

    def _make_outputs(self, given, held):
        """The outputs by name as they are returned, and their arrays."""
        names = {info.name for info in self.outputs}
        problems = [
            f"the program has no output {name}" for name in given if name not in names
        ]
        results: dict[str, Any] = {}
        arrays: list[numpy.ndarray | None] = []
        for info in self.outputs:
            if ("output", info.name) in held:
                if info.name in given:
                    problems.append(f"output {info.name} is given, but in the state")
                arrays.append(None)
                continue
            result = given.get(info.name)
            if result is None:
                result = numpy.empty(info.shape, info.numpy_dtype)
            array = as_array(result)
            problems += _misfit("output", info, array)
            flags = array.flags
            if not (flags.c_contiguous and flags.writeable):
                problems.append(f"output {info} needs a writeable contiguous array")
            results[info.name] = result
            arrays.append(array)
        if problems:
            raise ValueError("\n".join(problems))
        return results, arrays

    def _execute(self, options, inputs, outputs, names):
        """The values by name, and the outputs whose rows vary with their number."""
        result = ctypes.c_void_p()
        # Buffers are made here so that the arrays outlive the call.
        api().tilicho_run(
            self._handle,
            ctypes.byref(options),
            (Buffer * len(inputs))(*map(_buffer, inputs)),
            len(inputs),
            (Buffer * len(outputs))(*map(_buffer, outputs)),
            len(outputs),
            ctypes.byref(result),
        )
        try:
            self._stats = api().tilicho_result_statistics(result).decode()
            values = {
                name: self._copy_value(result, position, name)
                for position, name in enumerate(names)
            }
            rows = [
                (info, self._rows(result, index))
                for index, info in enumerate(self.outputs)
                if info.rows_vary and outputs
            ]
            return values, rows
        finally:
            api().tilicho_result_free(result)

    @staticmethod
    def _rows(result, index: int) -> int:
        rows = ctypes.c_int64()
        api().tilicho_result_rows(result, index, ctypes.byref(rows))
        return rows.value

    def _copy_value(self, result, position: int, name: str) -> numpy.ndarray:
        info = next(info for info in self.values if info.name == name)
        raw = Buffer()
        api().tilicho_result_value(result, position, ctypes.byref(raw))
        data = ctypes.string_at(raw.data, raw.bytes) if raw.bytes else b""
        array = numpy.frombuffer(data, info.numpy_dtype).reshape(info.shape)
        return array.copy()


def _front(array: numpy.ndarray, shape: tuple[int, ...]) -> numpy.ndarray:
    """A view of the first elements."""
    if shape[1:] == array.shape[1:]:
        return array[: shape[0]]
    return array.reshape(-1)[: math.prod(shape)].reshape(shape)


def _misfit(kind: str, info: TensorInfo, array: numpy.ndarray) -> list[str]:
    if array.dtype == info.numpy_dtype and array.shape == info.shape:
        return []
    return [
        f"{kind} {info.name} is {array.dtype} {list(array.shape)}, but the "
        f"program wants {info.numpy_dtype} {list(info.shape)}"
    ]


def load(source: PathLike | bytes) -> Program:
    """Loads a program file, by its path or from its bytes."""
    handle = ctypes.c_void_p()
    if isinstance(source, (bytes, bytearray, memoryview)):
        data = bytes(source)
        api().tilicho_program_load_memory(data, len(data), ctypes.byref(handle))
    else:
        api().tilicho_program_load(os.fsencode(source), ctypes.byref(handle))
    return Program(handle)


def compile(
    model: PathLike | bytes | Any,
    *,
    machine: PathLike = "trn1",
    settings: Mapping[str, Any] | None = None,
    dims: Mapping[str, int] | None = None,
    precision: str | None = None,
    optimization: str | int | None = None,
    folder: PathLike | None = None,
    constants: Mapping[str, numpy.ndarray] | None = None,
    state: StatePairs = None,
    state_capacity: int = 0,
    own_process: bool = False,
) -> Program:
    """Compiles an ONNX model: a path, its bytes, or an onnx.ModelProto.

    machine: a shipped name (trn1, trn2, edge, tpu1) or a machine file.
    settings: machine fields to change, for example {"array.rows": 64}.
    dims: values for symbolic dimensions.
    precision: f32 (the default), bf16 or f16.
    optimization: 0 to 3, or "O0" to "O3".
    folder: of external data, when the model is not a path.
    constants: values for inputs, which then are inputs no longer.
    state: outputs that are an input with a part replaced, by the input's name,
        are updated in its memory; "auto" for all there are.
    state_capacity: rows of a state that a run adds rows to, by a concatenation
        behind it: input and output both have so many, and the model's are at
        the front.
    own_process: compile in a process of its own, which cannot harm this one.

    Raises TilichoError with one line for each problem of the model.
    """
    arguments = ModelArguments(
        model,
        folder,
        constants,
        machine=machine,
        settings=settings,
        dims=dims,
        precision=precision,
        optimization=optimization,
        state=state,
        state_capacity=state_capacity,
    )
    handle = ctypes.c_void_p()
    arguments.call(
        api().tilicho_compile_model, Context(own_process), ctypes.byref(handle)
    )
    return Program(handle)


def check(
    model: PathLike | bytes | Any,
    *,
    folder: PathLike | None = None,
    constants: Mapping[str, numpy.ndarray] | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Says where each node of a model would run, without writing a program.

    The options are those of `compile`. Returns what `tilicho-compile --check
    --format=json` prints: "supported", "macs", "makespan_us" and a list of
    "nodes", each with "name", "operator", "engine" (empty: not supported),
    "reason", "macs", "mac_share", "time_us" and "time_share".
    """
    own_process = options.pop("own_process", False)
    arguments = ModelArguments(model, folder, constants, **options)
    return arguments.text(api().tilicho_check_model, Context(own_process))


def describe(
    model: PathLike | bytes | Any,
    *,
    folder: PathLike | None = None,
    **options: Any,
) -> dict[str, Any]:
    """The "inputs" and "outputs" of a model, each with "name", "dtype", "shape"
    (numbers, names, None) and "reaches_shape": its value has to be known when
    compiling. That is looked for once `dims` binds every dimension."""
    arguments = ModelArguments(model, folder, **options)
    return arguments.text(api().tilicho_describe_model, None)
