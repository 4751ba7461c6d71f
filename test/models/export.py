#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Exports the networks of networks.py to graph files without weights.

Writes graphs/NAME.onnx, whose large initializers are stubs that fill.py fills
from a seed. Names on the command line choose some. Needs PyTorch:
scripts/install --torch.
"""

import argparse
import io
import pathlib

import onnx
import onnx.version_converter
import torch

import fill
import networks

HERE = pathlib.Path(__file__).resolve().parent
# By name: the network, its element type, the size of its input.
GRAPHS = {
    "mobilenetv2": (networks.MobileNetV2, torch.float32, 224),
    "resnet50-v1.5": (networks.ResNet50, torch.float32, 224),
    "unet": (networks.UNet, torch.float32, 96),
    "squeezenet-f16": (networks.SqueezeNet, torch.float16, 224),
    "squeezenet-bf16": (networks.SqueezeNet, torch.bfloat16, 224),
}
# The first in which every operator of these takes bfloat16.
OPSET = 22


def export(network, dtype, size):
    """The model as torch exports it, batch norms left as nodes."""
    model = network().eval()
    # Initial values are equal in many layers, and would be shared in the file.
    for tensor in model.state_dict().values():
        if tensor.is_floating_point():
            tensor.uniform_()
    model = model.to(dtype)
    example = torch.zeros(1, 3, size, size, dtype=dtype)
    file = io.BytesIO()
    torch.onnx.export(
        model, (example,), file, dynamo=False, opset_version=20,
        input_names=["image"], output_names=["scores"],
        training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False,
        dynamic_axes={"image": {0: "batch"}, "scores": {0: "batch"}})
    return onnx.load_from_string(file.getvalue())


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME",
                        help=f"of {', '.join(GRAPHS)}; default: all")
    for name in parser.parse_args().names or GRAPHS:
        model = export(*GRAPHS[name])
        model = onnx.version_converter.convert_version(model, OPSET)
        fill.take_weights_out(model)
        path = HERE / "graphs" / f"{name}.onnx"
        path.write_bytes(model.SerializeToString())
        print(f"{path}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
