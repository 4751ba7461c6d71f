# SPDX-License-Identifier: Apache-2.0
"""State that stays on the device between runs."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Mapping

import numpy

from tilicho._arrays import as_array
from tilicho._library import Buffer, StatePair, api


class State(Mapping):
    """Memory of pairs of an input and an output: what a run writes to the
    output, the next run reads as the input, and nothing is copied in between.
    Made by `Program.state`; belongs to one run at a time.

    As a mapping it has, by name of the input, what the next run reads: an array
    on that memory, which may be written to, and which is another one after a
    run unless the pair is in `in_place`.
    """

    def __init__(self, program, inputs, pairs: Mapping[str, str] | None = None):
        self.handle = ctypes.c_void_p()
        api().tilicho_state_create(
            None,
            program,
            _pairs(pairs) if pairs is not None else None,
            len(pairs) if pairs is not None else 0,
            ctypes.byref(self.handle),
        )
        #: Names of outputs by names of inputs.
        self.pairs: dict[str, str] = {}
        #: Inputs that share one memory with their output.
        self.in_place: set[str] = set()
        for index in range(api().tilicho_state_count(self.handle)):
            self._read_pair(index)
        self._infos = {
            info.name: info for info in inputs if info.name in self.pairs
        }
        #: Of inputs that grow, the dimension and the rows in it; see `fill`.
        self.axes: dict[str, int] = {}
        self.rows: dict[str, int] = {}
        #: What runs neither take nor return.
        self.names = frozenset(
            [("input", name) for name in self.pairs]
            + [("output", name) for name in self.pairs.values()]
        )

    def __del__(self):
        if getattr(self, "handle", None):
            api().tilicho_state_free(self.handle)

    def _read_pair(self, index: int) -> None:
        source, result = ctypes.c_char_p(), ctypes.c_char_p()
        shared = ctypes.c_int()
        api().tilicho_state_pair_at(
            self.handle,
            index,
            ctypes.byref(source),
            ctypes.byref(result),
            ctypes.byref(shared),
        )
        name = source.value.decode()
        self.pairs[name] = result.value.decode()
        if shared.value:
            self.in_place.add(name)

    def reset(self) -> None:
        """Sets all to zero."""
        api().tilicho_state_reset(self.handle)

    def fill(self, name: str, value) -> None:
        """Puts `value` at the front of a state that has room for more, and
        notes along which dimension it grows and how many rows there are."""
        shape = self._infos[name].shape
        value = as_array(value)
        axes = [dim for dim, (room, rows) in enumerate(zip(shape, value.shape))
                if room != rows]
        if value.ndim != len(shape) or len(axes) > 1 or any(
            value.shape[dim] > shape[dim] for dim in axes
        ):
            raise ValueError(
                f"input {name} has room for {list(shape)}, but is filled with "
                f"{list(value.shape)}"
            )
        self[name][tuple(map(slice, value.shape))] = value
        if axes:
            self.axes[name] = axes[0]
            self.rows[name] = value.shape[axes[0]]

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of what there is, without the room for more."""
        shape = list(self._infos[name].shape)
        if name in self.axes:
            shape[self.axes[name]] = self.rows[name]
        return tuple(shape)

    def filled(self, name: str) -> numpy.ndarray:
        """What there is, without the room for more."""
        return self[name][tuple(map(slice, self.shape(name)))]

    def dtype(self, name: str) -> numpy.dtype:
        """The type of the elements."""
        return self._infos[name].numpy_dtype

    def __getitem__(self, name: str) -> numpy.ndarray:
        info = self._infos[name]
        buffer = Buffer()
        api().tilicho_state_buffer(self.handle, name.encode(), ctypes.byref(buffer))
        memory = (ctypes.c_ubyte * buffer.bytes).from_address(buffer.data)
        memory._state = self  # The array keeps the state, and so its memory.
        return numpy.frombuffer(memory, info.numpy_dtype).reshape(info.shape)

    def __setitem__(self, name: str, value) -> None:
        self[name][...] = value

    def __iter__(self) -> Iterator[str]:
        return iter(self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)


def _pairs(pairs: Mapping[str, str]):
    return (StatePair * len(pairs))(
        *[StatePair(source.encode(), result.encode()) for source, result in pairs.items()]
    )
