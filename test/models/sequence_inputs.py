# SPDX-License-Identifier: Apache-2.0
"""Inputs for the networks of sequence_networks.py, by what they are called."""

import numpy
import onnx

import light

#: What the symbolic dimensions of small networks are bound to.
SMALL_DIMS = {"batch": 2, "sequence": 10, "past": 9, "words": 7, "images": 3}


def dims_of(model, sizes=SMALL_DIMS):
    """The sizes of those dimensions that the model has."""
    names = {dim.dim_param for info in light.graph_inputs(model)
             for dim in info.type.tensor_type.shape.dim if dim.dim_param}
    return {name: sizes[name] for name in names}


def make(model, dims, largest_id=300, seed=1):
    """Tokens below `largest_id`, masks whose last row ends early, positions
    that follow the past, everything else from the normal distribution."""
    source = numpy.random.default_rng(seed)
    arrays = {}
    for info in light.graph_inputs(model):
        kind = info.type.tensor_type
        shape = [dim.dim_value or dims[dim.dim_param]
                 for dim in kind.shape.dim]
        dtype = onnx.helper.tensor_dtype_to_np_dtype(kind.elem_type)
        values = _values(info.name, shape, dims, largest_id, source)
        if info.name == "edges":  # Between the nodes, which come first.
            values = source.integers(0, arrays["nodes"].shape[0], shape)
        arrays[info.name] = values.astype(dtype)
    return arrays


def _values(name, shape, dims, largest_id, source):
    if name == "attention_mask":
        mask = numpy.ones(shape)
        mask[-1, -max(1, shape[-1] // 4):] = 0
        return mask
    if name == "position_ids":
        first = dims.get("past", 0)
        return numpy.broadcast_to(numpy.arange(shape[-1]) + first, shape)
    if name == "token_type_ids":
        return source.integers(0, 2, shape)
    if name == "fixed":
        return numpy.array([1, 5, 7])
    if name.endswith("input_ids"):
        return source.integers(0, largest_id, shape)
    return source.standard_normal(shape)
