# SPDX-License-Identifier: Apache-2.0
"""Bounds count work whose shapes ONNX's own inference does not find."""

import onnx
import onnx.parser
import onnx.shape_inference

import tilicho

MODEL = """
    <ir_version: 10, opset_import: ["" : 21]>
    g (float[4, 8] x, float[8, 16] w) => (float[n, 16] y) <int64[2] one = {1, 1}> {
        s = Shape (x)  larger = Max (s, one)
        v = Reshape (x, larger)
        y = MatMul (v, w)
    }"""


def test_macs_of_a_shape_that_folding_finds():
    model = onnx.parser.parse_model(MODEL)
    inferred = onnx.shape_inference.infer_shapes(model, data_prop=True)
    open_ones = {value.name for value in inferred.graph.value_info
                 if any(not dim.dim_value for dim in value.type.tensor_type.shape.dim)}
    assert "v" in open_ones
    stats = tilicho.compile(model.SerializeToString()).stats
    assert stats["macs"] == 4 * 8 * 16
    assert stats["hbm_compulsory_bytes"] == 4 * (4 * 8 + 8 * 16 + 4 * 16)


def test_numbers_like_a_tensor_read_none_of_it():
    model = onnx.parser.parse_model("""
        <ir_version: 10, opset_import: ["" : 21]>
        g (float[1024, 1024] x) => (float[1024, 1024] y) { y = RandomUniformLike (x) }""")
    stats = tilicho.compile(model.SerializeToString()).stats
    assert stats["hbm_compulsory_bytes"] == 4 * 1024 * 1024
