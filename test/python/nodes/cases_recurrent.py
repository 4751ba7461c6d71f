# SPDX-License-Identifier: Apache-2.0
"""RNN, GRU and LSTM."""

import numpy

from single_node import Node, Values, given, weight


class BatchFirst(Node):
    """A node of layout 1, which ONNX Runtime has only as layout 0 with the
    batch, the first dimension, behind the next ones."""

    def reference(self):
        places = [0, *([5, 6] if self.op == "LSTM" else [5])]
        operands = [
            Values(array.swapaxes(0, 1), known=False)
            if array is not None and index in places
            else operand and Values(array, operand.known)
            for index, (operand, array) in enumerate(zip(self.operands, self.arrays()))]
        attributes = {**self.attributes, "layout": 0}
        y, *states = Node(self.op, operands, attributes, self.outputs).reference()
        return [y.transpose(2, 0, 1, 3), *(state.swapaxes(0, 1) for state in states)]


GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}
FUNCTIONS = {"RNN": 1, "GRU": 2, "LSTM": 3}


def cell(op, steps=3, batch=2, size=4, hidden=5, dtype="f32", lengths=None, initial=False,
         bias=True, peepholes=False, direction="forward", layout=0, kind=weight, **attributes):
    dirs = 2 if direction == "bidirectional" else 1
    gates = GATES[op] * hidden
    states = (batch, dirs, hidden) if layout else (dirs, batch, hidden)
    narrow = {"dtype": dtype, "low": -1, "high": 1}
    operands = [
        given(*((batch, steps) if layout else (steps, batch)), size, dtype=dtype),
        kind(dirs, gates, size, **narrow), kind(dirs, gates, hidden, **narrow),
        kind(dirs, 2 * gates, **narrow) if bias else None,
        Values(numpy.array(lengths, numpy.int32), known=False) if lengths else None,
        given(*states, **narrow) if initial else None]
    if op == "LSTM":
        operands += [given(*states, **narrow) if initial else None,
                     kind(dirs, 3 * hidden, **narrow) if peepholes else None]
    if direction != "forward":
        attributes["direction"] = direction
    if layout:
        attributes["layout"] = layout
    make = BatchFirst if layout else Node
    return make(op, operands, {"hidden_size": hidden, **attributes},
                3 if op == "LSTM" else 2)


DIRECTIONS = ("forward", "reverse", "bidirectional")
# By name: the values for alpha and beta that it takes.
ACTIVATIONS = {
    "Affine": ([0.5], [0.1]), "Elu": ([0.7], []), "HardSigmoid": ([0.3], [0.4]),
    "LeakyRelu": ([0.2], []), "Relu": ([], []), "ScaledTanh": ([0.9], [0.6]),
    "Sigmoid": ([], []), "Softplus": ([], []), "Softsign": ([], []), "Tanh": ([], []),
    "ThresholdedRelu": ([0.3], []),
}


def activated(op, *names):
    """All functions of the operator are in `names`, once for each direction."""
    alpha = [value for name in names for value in ACTIVATIONS[name][0]]
    beta = [value for name in names for value in ACTIVATIONS[name][1]]
    extra = {"activation_alpha": alpha} if alpha else {}
    if beta:
        extra["activation_beta"] = beta
    direction = "forward" if len(names) == FUNCTIONS[op] else "bidirectional"
    return cell(op, activations=list(names), direction=direction, **extra)


CASES = [
    *(cell(op, direction=direction, initial=initial, lengths=lengths)
      for op in GATES for direction in DIRECTIONS for initial in (False, True)
      for lengths in (None, [3, 1])),
    *(cell(op, lengths=[0, 2], direction="bidirectional") for op in GATES),
    *(cell(op, kind=given, bias=False, direction=direction) for op in GATES
      for direction in DIRECTIONS),
    *(cell(op, clip=0.4, direction="bidirectional") for op in GATES),
    # Of these ONNX Runtime has only RNN in f64.
    cell("RNN", dtype="f64", initial=True),
    *(cell("GRU", linear_before_reset=1, direction=direction, lengths=lengths, bias=bias)
      for direction in DIRECTIONS for lengths in (None, [1, 2]) for bias in (False, True)),
    *(cell("LSTM", peepholes=True, direction=direction, initial=True) for direction in DIRECTIONS),
    cell("LSTM", peepholes=True, clip=0.5, lengths=[2, 1]),
    *(cell("LSTM", input_forget=1, peepholes=peepholes) for peepholes in (False, True)),
    *(activated("RNN", name) for name in ACTIVATIONS),
    activated("RNN", "Affine", "HardSigmoid"),
    activated("GRU", "HardSigmoid", "Softsign"),
    activated("GRU", "Sigmoid", "LeakyRelu", "HardSigmoid", "ScaledTanh"),
    activated("LSTM", "HardSigmoid", "Elu", "ScaledTanh"),
    activated("LSTM", "Sigmoid", "Tanh", "Tanh", "HardSigmoid", "Affine", "Softplus"),
    # More rows, features and steps than fit beside one another.
    cell("LSTM", batch=3, size=37, hidden=129, direction="bidirectional"),
    cell("RNN", steps=2, batch=130, size=9, hidden=8),
    cell("GRU", steps=4, batch=3, size=129, hidden=140),
    cell("RNN", steps=40, batch=1, size=8, hidden=16, lengths=[33]),
    cell("LSTM", steps=1, batch=1, size=1, hidden=1),
    *(cell(op, dtype=dtype, initial=True) for op in GATES for dtype in ("f16", "bf16")),
    *(cell(op, layout=1, direction=direction, initial=initial, lengths=lengths)
      for op in GATES for direction in DIRECTIONS
      for initial, lengths in ((False, None), (True, [1, 3]))),
]
