#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Exports the small networks of sequence_networks.py to graph files.

Writes graphs/NAME.EXPORTER.onnx for both of torch's exporters, with the weights
as stubs that fill.py fills from a seed. Names on the command line choose some.
Needs PyTorch and transformers: scripts/install --torch.
"""

import argparse
import hashlib
import io
import logging
import pathlib
import warnings

import numpy
import onnx
import torch
import transformers

import fill
import sequence_networks

HERE = pathlib.Path(__file__).resolve().parent
EXPORTERS = ["dynamo", "torchscript"]
OPSET = 20


def make(name, full, seed=0):
    torch.manual_seed(seed)
    export = sequence_networks.NETWORKS[name](full)
    export.module.eval()
    return export


def write(export, path, exporter):
    """Writes the model with its weights."""
    warnings.simplefilter("ignore")
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    transformers.logging.set_verbosity_error()
    arguments = tuple(export.inputs.values())
    names = {"input_names": list(export.inputs),
             "output_names": export.outputs, "opset_version": OPSET}
    with torch.no_grad():
        if exporter == "dynamo":
            torch.onnx.export(export.module, arguments, dynamo=True,
                              verbose=False, dynamic_shapes=_symbols(export),
                              **names).save(path, external_data=False)
        else:
            if isinstance(export.module, sequence_networks.Decoder):
                # This exporter does not know grouped queries in torch's own.
                export.module.model.set_attn_implementation("eager")
            torch.onnx.export(export.module, arguments, path, dynamo=False,
                              dynamic_axes=export.dims, **names)


def _symbols(export):
    """By argument, as torch.export wants them; a variadic one is a tuple."""
    known = {}
    shapes = []
    for name in export.inputs:
        axes = export.dims.get(name, {})
        shapes.append({axis: known.setdefault(dim, torch.export.Dim(dim))
                       for axis, dim in axes.items()})
    if isinstance(export.module, sequence_networks.Decoder) and shapes[2:]:
        return (*shapes[:2], tuple(shapes[2:]))
    return tuple(shapes)


def _mark_of(array):
    """The same for every order of the elements."""
    return hashlib.sha256(numpy.sort(array, axis=None).tobytes()).digest()


def small_graph(name, exporter):
    """The model without weights; tables that are not weights stay."""
    export = make(name, full=False)
    # Initial values are equal in many layers, and would be shared in the file.
    for tensor in export.module.parameters():
        tensor.data.uniform_(-0.1, 0.1)
    path = HERE / "graphs" / "exported.onnx"
    write(export, path, exporter)
    model = onnx.load(path)
    path.unlink()
    weights = {_mark_of(p.detach().numpy())
               for p in export.module.parameters()}
    fill.take_weights_out(model, lambda tensor: _mark_of(
        onnx.numpy_helper.to_array(tensor)) in weights, gain=1)
    strip(model)
    return model


def strip(model):
    """Takes out what only a reader of the Python program wants."""
    del model.graph.value_info[:]
    for item in [model, model.graph, *model.graph.node, *model.graph.input,
                 *model.graph.output]:
        del item.metadata_props[:]
    for node in model.graph.node:
        node.doc_string = ""


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    known = sequence_networks.NETWORKS
    parser.add_argument("names", nargs="*", metavar="NAME",
                        help=f"of {', '.join(known)}; default: all")
    for name in parser.parse_args().names or known:
        for exporter in EXPORTERS:
            model = small_graph(name, exporter)
            path = HERE / "graphs" / f"{name}.{exporter}.onnx"
            path.write_bytes(model.SerializeToString())
            print(f"{path}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
