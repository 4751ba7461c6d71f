# SPDX-License-Identifier: Apache-2.0
"""What Dynamo captured, as a graph of positional tensors that can be exported.

Dynamo hands over a graph whose placeholders are tensors and symbolic integers
and whose outputs may be views of its inputs. `capture` separates the tensors
to compute from what only has to be looked up when the graph is called."""

from __future__ import annotations

import dataclasses
from typing import Any, Callable

import torch
from torch.export import Dim

from tilicho.torch._reasons import Unsupported

#: What an output is, given the arguments and the computed tensors.
Output = Callable[[tuple, list], Any]


@dataclasses.dataclass
class Captured:
    """A graph to export and how its results become the original's."""

    module: torch.fx.GraphModule
    #: Positions of the tensors among the original's arguments.
    tensors: list[int]
    #: For each tensor, its dimensions of any size.
    dynamic_shapes: tuple[dict[int, Any], ...]
    outputs: list[Output]
    #: Whether there is anything to compute.
    computes: bool


def capture(module: torch.fx.GraphModule, arguments: tuple) -> Captured:
    """Prepares a graph for export; `arguments` are those of one call.

    Raises Unsupported for outputs that cannot be told."""
    graph = torch.fx.Graph()
    copies: dict[torch.fx.Node, torch.fx.Node] = {}
    graph.graph_copy(module.graph, copies)
    places = [node for node in module.graph.nodes if node.op == "placeholder"]
    plan = _Outputs(places, copies)
    outputs = [plan.add(result) for result in _flat(module.graph)]
    graph.output(tuple(plan.computed))
    tensors = [i for i, a in enumerate(arguments) if isinstance(a, torch.Tensor)]
    shapes = tuple(_any_size(places[index]) for index in tensors)
    _bind_integers(graph, places, copies, arguments)
    _unwrap_floats(graph)
    graph.lint()
    return Captured(
        torch.fx.GraphModule(module, graph),
        tensors,
        shapes,
        outputs,
        bool(plan.computed),
    )


def unbound_integers(module: torch.fx.GraphModule) -> list[int]:
    """Positions of integer arguments that are no tensor's size; they are
    constants of one export."""
    places = [node for node in module.graph.nodes if node.op == "placeholder"]
    sizes = _sizes(places)
    return [
        index
        for index, place in enumerate(places)
        if not isinstance(_example(place), torch.Tensor)
        and str(_example(place)) not in sizes
    ]


def _sizes(places) -> dict[str, tuple[torch.fx.Node, int]]:
    """The tensor and the dimension that tell a symbolic size."""
    sizes: dict[str, tuple[torch.fx.Node, int]] = {}
    for place in places:
        value = _example(place)
        if isinstance(value, torch.Tensor):
            for dim, size in enumerate(value.size()):
                sizes.setdefault(str(size), (place, dim))
    return sizes


def _flat(graph: torch.fx.Graph) -> tuple:
    (results,) = graph.output_node().args
    return tuple(results)


def _example(node: torch.fx.Node):
    return node.meta.get("example_value")


class _Outputs:
    """Sorts outputs into arguments, views of arguments, and computed ones."""

    def __init__(self, places, copies):
        self._positions = {node: index for index, node in enumerate(places)}
        self._storages = {
            _storage(node): index
            for node, index in self._positions.items()
            if isinstance(_example(node), torch.Tensor)
        }
        self._copies = copies
        self._made: dict[torch.fx.Node, int] = {}
        self._owners: dict[int, torch.fx.Node] = {}
        #: The copied graph's nodes to compute.
        self.computed: list[torch.fx.Node] = []

    def add(self, node) -> Output:
        if not isinstance(node, torch.fx.Node):
            return lambda arguments, computed: node
        if node in self._positions:
            position = self._positions[node]
            return lambda arguments, computed: arguments[position]
        value = _example(node)
        if not isinstance(value, torch.Tensor):
            raise Unsupported(f"its output {node} is no tensor")
        if _storage(node) in self._storages:
            return _view(node, self._storages[_storage(node)])
        return self._compute(node)

    def _compute(self, node) -> Output:
        if node not in self._made:
            owner = self._owners.setdefault(_storage(node), node)
            if owner is not node:
                raise Unsupported(f"its outputs {owner} and {node} share memory")
            self._made[node] = len(self.computed)
            self.computed.append(self._copies[node])
        position, restride = self._made[node], _strides(_example(node))
        # Beside integers, a float argument is of PyTorch's default type.
        dtype = _example(node).dtype
        return lambda arguments, computed: restride(computed[position].to(dtype))


def _storage(node: torch.fx.Node) -> int:
    return _example(node).untyped_storage()._cdata


def _view(node: torch.fx.Node, position: int) -> Output:
    """An output that lies in an argument's memory."""
    value = _example(node)
    where = (*value.size(), *value.stride(), value.storage_offset())
    if not all(isinstance(number, int) for number in where):
        raise Unsupported(f"its output {node} is a view of an input of any size")
    size, stride, offset = value.size(), value.stride(), value.storage_offset()
    dtype = value.dtype

    def view(arguments, computed):
        base = arguments[position]
        if base.dtype != dtype:
            base = base.view(dtype)
        return base.as_strided(size, stride, offset)

    return view


def _strides(value: torch.Tensor) -> Callable[[torch.Tensor], torch.Tensor]:
    """Gives a contiguous result the strides that PyTorch would have given."""
    stride = value.stride()
    if not all(isinstance(number, int) for number in (*value.size(), *stride)):
        return lambda tensor: tensor
    if value.is_contiguous():
        return lambda tensor: tensor

    def restride(tensor):
        return torch.empty_strided(tensor.size(), stride, dtype=tensor.dtype).copy_(
            tensor
        )

    return restride


def _any_size(place: torch.fx.Node) -> dict[int, Any]:
    value = _example(place)
    if not isinstance(value, torch.Tensor):
        return {}
    return {
        dim: Dim.AUTO
        for dim, size in enumerate(value.size())
        if not isinstance(size, int)
    }


def _bind_integers(graph, places, copies, arguments) -> None:
    """Replaces integer placeholders by the size of a tensor that has it, or by
    their value."""
    sizes = _sizes(places)
    last = copies[places[-1]] if places else None
    integers = [
        (place, argument)
        for place, argument in zip(places, arguments)
        if not isinstance(argument, torch.Tensor)
    ]
    for place, argument in integers:
        known = sizes.get(str(_example(place)))
        if known is None:
            _replace_by_value(copies[place], argument)
            continue
        tensor, dim = known
        with graph.inserting_after(last):
            size = graph.call_function(
                torch.ops.aten.sym_size.int, (copies[tensor], dim)
            )
        copies[place].replace_all_uses_with(size)
    for place, _ in integers:
        graph.erase_node(copies[place])


def _replace_by_value(node: torch.fx.Node, value) -> None:
    for user in list(node.users):
        swap = lambda argument: value if argument is node else argument  # noqa: E731
        user.args = torch.fx.map_arg(user.args, swap)
        user.kwargs = torch.fx.map_arg(user.kwargs, swap)


def _unwrap_floats(graph: torch.fx.Graph) -> None:
    """Lets Dynamo's float arguments, tensors without dimensions, take part as
    they are: PyTorch promotes both alike beside a float tensor, and what comes
    of one beside integers is cast when it is handed out."""
    for node in list(graph.nodes):
        if (node.op, node.target) == ("call_method", "item"):
            if node.args[0].op == "placeholder":
                node.replace_all_uses_with(node.args[0])
                graph.erase_node(node)
