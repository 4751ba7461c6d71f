# SPDX-License-Identifier: Apache-2.0
"""Values that one operator reads in two ways, where memory is short."""

import numpy
import onnx
import pytest
from settings import check

HEAD = '<ir_version: 10, opset_import: ["": 20]>'
#: By name: the graph and the shapes of its inputs.
GRAPHS = {
    "rows and columns of a product": (
        """(float[200,17] x) => (float[200,200] y) {
             t = Transpose<perm=[1,0]>(x)
             p = MatMul(x, t)
             c = Constant<value_float=0.0625>()
             y = Mul(p, c)
           }""",
        {"x": (200, 17)},
    ),
    "product with all of its own rows, made in parts": (
        """(float[200,17] x) => (float[200,200] y) {
             r = Tanh(x)
             t = Transpose<perm=[1,0]>(r)
             p = MatMul(r, t)
             y = Relu(p)
           }""",
        {"x": (200, 17)},
    ),
    "two dimensions of one extent": (
        """(float[65,1,1,5,3] v, float[65,1,5,3] x)
             => (float[65,65,1,5,3] y, float[65,1,10,6] z) {
             c = Constant<value_float=0.1>()
             u = Mul(v, c)
             s = Constant<value_floats=[1.0,1.0,2.0,2.0]>()
             z = Resize<mode="nearest">(x, , s)
             m = Greater(x, c)
             y = Where(m, u, c)
           }""",
        {"v": (65, 1, 1, 5, 3), "x": (65, 1, 5, 3)},
    ),
    "groups with more outputs than a block has channels": (
        """(float[2,64,33] x, float[128,1,2] w) => (float[4,128,32] y) {
             c = Conv<group=64>(x, w)
             y = Concat<axis=0>(c, c)
           }""",
        {"x": (2, 64, 33), "w": (128, 1, 2)},
    ),
}


@pytest.mark.parametrize("name", GRAPHS)
def test_graph(name):
    text, shapes = GRAPHS[name]
    model = onnx.parser.parse_model(f"{HEAD} g {text}")
    numbers = numpy.random.default_rng(0)
    inputs = {key: numbers.standard_normal(shape).astype("f") for key, shape in shapes.items()}
    check(model.SerializeToString(), inputs)
