# SPDX-License-Identifier: Apache-2.0
"""ONNX's backend interface, as `onnx.backend.test.BackendTest` takes it.

>>> import tilicho.backend
>>> model = tilicho.backend.prepare(onnx_model)
>>> outputs = model.run(inputs)
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy
import onnx
from onnx import helper
from onnx.backend.base import Backend, BackendRep, Device, DeviceType
from onnx.backend.base import namedtupledict
from onnx.backend.test.runner import BackendIsNotSupposedToImplementIt

from tilicho._dtypes import name_of
from tilicho._library import TilichoError
from tilicho._session import Session

#: The machine is emulated on the host.
_DEVICE = DeviceType.CPU


class Unsupported(BackendIsNotSupposedToImplementIt, TilichoError):
    """A model that Tilicho does not take. The tests of ONNX skip it."""


@contextlib.contextmanager
def _refusing():
    """What concerns the model is a refusal; a trap, say, is not."""
    try:
        yield
    except TilichoError as error:
        if error.code not in ("not_supported", "invalid_model"):
            raise
        raise Unsupported(str(error)) from error


def _refuse_other_types(model: onnx.ModelProto) -> None:
    """Names all inputs and outputs that are no tensors of numbers."""
    problems = []
    for kind, values in (("input", model.graph.input),
                         ("output", model.graph.output)):
        for value in values:
            which = value.type.WhichOneof("value")
            if which not in ("tensor_type", None):
                problems.append(f"{kind} '{value.name}' is a "
                                f"{which.removesuffix('_type')}, not a tensor")
            elif value.type.tensor_type.elem_type == onnx.TensorProto.STRING:
                problems.append(f"{kind} '{value.name}' holds strings")
    if problems:
        raise Unsupported("\n".join(problems))


class TilichoRep(BackendRep):
    """A model that is compiled for each combination of shapes that it is run
    with, and of values that reach a shape."""

    def __init__(self, model: onnx.ModelProto, **options: Any):
        _refuse_other_types(model)
        self._run_options = {
            key: options.pop(key)
            for key in ("threads", "timing", "sanitize", "trace")
            if key in options
        }
        constants = {tensor.name for tensor in model.graph.initializer}
        self.input_names = [value.name for value in model.graph.input
                            if value.name not in constants]
        self.output_names = [value.name for value in model.graph.output]
        self._types = {
            value.name: value.type.tensor_type.elem_type
            for value in (*model.graph.input, *model.graph.output)
        }
        with _refusing():
            self._session = Session(model, **options)

    def run(self, inputs: Any, **kwargs: Any) -> tuple[Any, ...]:
        """Outputs in the order of the graph. `inputs` is a sequence in the
        order of the graph, a mapping by name, or one array; keywords are those
        of `tilicho.Program.run`."""
        if isinstance(inputs, numpy.ndarray):
            inputs = [inputs]
        if not isinstance(inputs, Mapping):
            inputs = self._by_name(list(inputs))
        # An optional operand that is left out.
        given = {name: numpy.asarray(value) for name, value in inputs.items()
                 if value is not None}
        outputs = self._call(given, {**self._run_options, **kwargs})
        values = [self._as_declared(name, outputs[name])
                  for name in self.output_names]
        return namedtupledict("Outputs", self.output_names)(*values)

    def _by_name(self, inputs: Sequence[Any]) -> dict[str, Any]:
        if len(inputs) > len(self.input_names):
            names = ", ".join(self.input_names) or "none"
            raise ValueError(
                f"{len(inputs)} inputs are given, but the model's are {names}")
        return dict(zip(self.input_names, inputs))

    def _call(self, given, options):
        for name, array in given.items():
            try:
                name_of(array.dtype)
            except ValueError as error:
                raise Unsupported(f"input '{name}': {error}") from error
        with _refusing():
            return self._session.run(given, **options)

    def _as_declared(self, name: str, array: numpy.ndarray) -> numpy.ndarray:
        declared = helper.tensor_dtype_to_np_dtype(self._types[name])
        if array.dtype == declared or array.itemsize != declared.itemsize:
            return array
        return array.view(declared)


class TilichoBackend(Backend):
    """Options of `prepare` and `run_model` are those of `tilicho.Session`, and
    `threads`, `timing`, `sanitize` and `trace` of `tilicho.Program.run`."""

    @classmethod
    def is_compatible(cls, model: onnx.ModelProto, device: str = "CPU",
                      **kwargs: Any) -> bool:
        try:
            cls.prepare(model, device, **kwargs)
        except Unsupported:
            return False
        return True

    @classmethod
    def prepare(cls, model: onnx.ModelProto, device: str = "CPU",
                **kwargs: Any) -> TilichoRep:
        if not cls.supports_device(device):
            raise ValueError(f"device {device}: only CPU, where the emulator "
                             "runs, is known")
        return TilichoRep(model, **kwargs)

    @classmethod
    def run_model(cls, model: onnx.ModelProto, inputs: Any,
                  device: str = "CPU", **kwargs: Any) -> tuple[Any, ...]:
        return cls.prepare(model, device, **kwargs).run(inputs)

    @classmethod
    def run_node(cls, node: onnx.NodeProto, inputs: Any, device: str = "CPU",
                 outputs_info: Sequence[Any] | None = None,
                 **kwargs: Any) -> tuple[Any, ...]:
        """`kwargs` may hold `opset_version`; the newest when it does not."""
        version = kwargs.pop("opset_version", onnx.defs.onnx_opset_version())
        given = [inputs] if isinstance(inputs, numpy.ndarray) else list(inputs)
        names = [name for name in node.input if name]
        values = [
            helper.make_tensor_value_info(
                name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)
            for name, array in zip(names, map(numpy.asarray, given))
        ]
        opset = helper.make_opsetid(node.domain, version)
        outputs = [helper.make_empty_tensor_value_info(name)
                   for name in node.output if name]
        graph = helper.make_graph([node], "node", values, outputs)
        model = onnx.shape_inference.infer_shapes(
            helper.make_model(graph, opset_imports=[opset]))
        return cls.run_model(model, given, device, **kwargs)

    @classmethod
    def supports_device(cls, device: str) -> bool:
        return Device(device).type == _DEVICE


is_compatible = TilichoBackend.is_compatible
prepare = TilichoBackend.prepare
run_model = TilichoBackend.run_model
run_node = TilichoBackend.run_node
supports_device = TilichoBackend.supports_device
