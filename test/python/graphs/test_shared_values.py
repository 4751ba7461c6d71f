# SPDX-License-Identifier: Apache-2.0
"""Values that are read in two ways, where memory is short."""

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
    "rows repeated for many channels and for one that is left": (
        """(float[3,33,28,33] x) => (float[3,33,28,33] y) {
             first = Constant<value_float=1.0>()
             end = Constant<value_float=34.0>()
             s = Range(first, end, first)
             b = Neg(s)
             y = InstanceNormalization<epsilon=0.1>(x, s, b)
           }""",
        {"x": (3, 33, 28, 33)},
    ),
    "rows to turn that are longer than what may stay turned": (
        """(float[8,33,1] x, float[1,8] u, float[8,64] v, float[64,8] w)
             => (float[8,33,8] y) {
             a = MatMul(x, u)
             b = MatMul(a, v)
             c = Relu(b)
             d = MatMul(c, w)
             e = Add(d, a)
             first = Constant<value_float=1.0>()
             end = Constant<value_float=9.0>()
             s = Range(first, end, first)
             y = LayerNormalization<axis=-1, epsilon=0.1>(e, s)
           }""",
        {"x": (8, 33, 1), "u": (1, 8), "v": (8, 64), "w": (64, 8)},
    ),
    "columns of a product that start within a block of rows": (
        """(float[192,20] x, float[20,20] u, float[192,30] w) => (float[20,30] y) {
             a = MatMul(x, u)
             t = Transpose<perm=[1,0]>(a)
             p = MatMul(t, w)
             c = Constant<value_float=0.0625>()
             y = Mul(p, c)
           }""",
        {"x": (192, 20), "u": (20, 20), "w": (192, 30)},
    ),
    "rows to turn of which several would come to a partition": (
        """(float[128,134] x) => (float[128,128] y) {
             r = Tanh(x)
             t = Transpose<perm=[1,0]>(r)
             p = MatMul(r, t)
             c = Constant<value_float=0.0625>()
             y = Mul(p, c)
           }""",
        {"x": (128, 134)},
    ),
    "keys to turn of which several would come to a partition": (
        """(float[3,128,128] x, float[3,1,128] m) => (float[3,128,128] y) {
             t = Transpose<perm=[0,2,1]>(x)
             p = MatMul(x, t)
             c = Constant<value_float=0.0625>()
             q = Mul(p, c)
             r = Add(q, m)
             s = Softmax(r)
             y = MatMul(s, x)
           }""",
        {"x": (3, 128, 128), "m": (3, 1, 128)},
    ),
}


@pytest.mark.parametrize("name", GRAPHS)
def test_graph(name):
    text, shapes = GRAPHS[name]
    model = onnx.parser.parse_model(f"{HEAD} g {text}")
    numbers = numpy.random.default_rng(0)
    inputs = {key: numbers.standard_normal(shape).astype("f") for key, shape in shapes.items()}
    check(model.SerializeToString(), inputs)
