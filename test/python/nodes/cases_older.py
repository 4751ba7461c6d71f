# SPDX-License-Identifier: Apache-2.0
"""Operators as older opsets define them, and lifting must keep them."""

from single_node import Node, given, known, weight


def older(opset, op, *operands, outputs=1, **attributes):
    return Node(op, list(operands), attributes, outputs, opset=opset)


X = given(2, 3, 5, 4)

CASES = [
    *(older(opset, op, X, axis=axis) for op in ("Softmax", "LogSoftmax", "Hardmax")
      for opset in (7, 11, 12) for axis in (0, 1, 2, 3)),
    *(older(opset, op, X) for op in ("Softmax", "LogSoftmax", "Hardmax") for opset in (7, 12)),
    older(7, "Upsample", X, scales=[1.0, 1.0, 2.0, 3.0], mode="nearest"),
    older(7, "Upsample", X, scales=[1.0, 1.0, 2.0, 2.0], mode="linear"),
    older(9, "Upsample", X, known([1, 1, 2, 3], "f32"), mode="nearest"),
    older(9, "Upsample", X, known([1, 1, 2, 2], "f32"), mode="linear"),
    older(10, "Resize", X, known([1, 1, 2, 3], "f32"), mode="nearest"),
    older(10, "Resize", X, known([1, 1, 2, 2], "f32"), mode="linear"),
    older(10, "Resize", X, known([1, 1, 0.6, 0.5], "f32"), mode="nearest"),
    older(10, "Resize", X, known([1, 1, 0.6, 0.5], "f32"), mode="linear"),
    *(older(opset, "Resize", X, known([], "f32"), known([1, 1, 2, 1.5], "f32"), mode=mode)
      for opset in (11, 13, 18) for mode in ("nearest", "linear")),
    older(11, "Resize", X, known([0, 0, 0.2, 0.1, 1, 1, 0.8, 0.9], "f32"),
          known([], "f32"), known([2, 3, 7, 5]), mode="linear",
          coordinate_transformation_mode="tf_crop_and_resize"),
    older(9, "Slice", X, starts=[1, 0], ends=[5, -1], axes=[2, 3]),
    older(9, "Slice", X, starts=[1], ends=[2]),
    older(10, "Slice", X, known([4]), known([-6]), known([2]), known([-2])),
    older(10, "Pad", X, pads=[0, 1, 2, 0, 1, 0, 0, 3], value=1.5),
    older(10, "Pad", X, pads=[0, 0, 2, 1, 0, 0, 1, 3], mode="reflect"),
    older(11, "Pad", X, known([0, 0, 2, 1, 0, 0, 1, 3]), known(1.0, "f32"), mode="constant"),
    older(10, "Clip", X, min=-0.5, max=0.75), older(10, "Clip", X, max=0.75), older(10, "Clip", X),
    older(7, "Dropout", X, ratio=0.3), older(10, "Dropout", X, ratio=0.3),
    older(12, "Dropout", X, known(0.3, "f32")),
    older(9, "TopK", X, k=2, axis=2, outputs=2), older(10, "TopK", X, known([2]), axis=1, outputs=2),
    *(older(opset, "BatchNormalization", X, *[weight(3)] * 3, weight(3, low=0.5, high=2))
      for opset in (7, 9, 14)),
    older(7, "Gemm", given(3, 5), weight(5, 7), weight(7)),
    older(9, "Gemm", given(5, 3), weight(7, 5), weight(3, 7), transA=1, transB=1, alpha=0.5),
    *(older(11, "Squeeze", given(1, 3, 1, 5), axes=axes) for axes in ([0], [0, -2])),
    older(11, "Unsqueeze", given(3, 5), axes=[0, 2]), older(12, "Split", given(6, 5), outputs=3),
    older(12, "Split", given(6, 5), outputs=2, axis=1, split=[2, 3]),
    older(13, "Split", given(6, 5), known([2, 4]), outputs=2), older(13, "Split", given(6, 5), outputs=2),
    *(older(opset, "ReduceSum", X, axes=[1, -1], keepdims=0) for opset in (11, 12)),
    older(12, "ReduceSum", X), older(17, "ReduceMean", X, axes=[2, 3]),
    older(17, "ReduceMax", X, keepdims=0), older(11, "ReduceL2", X, axes=[0]),
    older(11, "ReduceLogSumExp", X, axes=[2]),
    *(older(opset, op, X, axis=2) for opset in (7, 11) for op in ("ArgMax", "ArgMin")),
    older(7, "AveragePool", X, kernel_shape=[3, 2], pads=[1, 0, 1, 1], count_include_pad=1),
    older(10, "AveragePool", X, kernel_shape=[2, 3], strides=[2, 2], ceil_mode=1),
    older(8, "MaxPool", X, kernel_shape=[3, 2], strides=[2, 1], outputs=2),
    older(10, "MaxPool", X, kernel_shape=[3, 3], strides=[2, 3], ceil_mode=1, pads=[0, 1, 1, 1]),
    *(older(opset, "AveragePool", given(1, 3, 13, 14), kernel_shape=[3, 2], strides=[2, 3],
            pads=[0, 1, 2, 0], ceil_mode=1) for opset in (19, 21)),
    *(older(opset, "MaxPool", given(1, 3, 13, 14), kernel_shape=[3, 2], strides=[2, 3],
            pads=[0, 1, 2, 0], ceil_mode=1) for opset in (12, 21)),
    older(11, "LpPool", X, kernel_shape=[3, 2], p=2), older(8, "PRelu", X, weight(3, 1, 1)),
    older(7, "Add", X, given(4)), older(7, "Equal", given(3, 4, dtype="i32"), given(4, dtype="i32")),
    older(7, "Pow", given(3, 4, low=0.1), given(4)), older(8, "Max", X, given(4)),
    older(8, "Sum", X, given(4)), older(9, "Cast", X, to=7), older(9, "Flatten", X, axis=2),
    older(11, "DepthToSpace", given(1, 8, 3, 3), blocksize=2), older(9, "Where", given(4, dtype="bool"), X, X),
    older(10, "QuantizeLinear", X, known(0.1, "f32"), known(3, "u8")),
    older(10, "DequantizeLinear", given(3, 5, dtype="u8"), known(0.1, "f32"), known(3, "u8")),
    older(13, "QuantizeLinear", X, known([0.1, 0.2, 0.3], "f32"), known([3, 2, 1], "u8")),
    older(17, "LayerNormalization", X, weight(4), weight(4)),
    older(11, "Gather", X, known([1, -1]), axis=2), older(11, "CumSum", X, known(1)),
    older(9, "OneHot", given(3, dtype="i64", low=0, high=4), known(5), known([0, 1], "f32")),
    older(16, "ScatterElements", X, known([[[[1]]]]), given(1, 1, 1, 1), reduction="add"),
    older(9, "Scatter", given(3, 5), known([[1, 0]]), given(1, 2)),
    older(13, "ReverseSequence", given(4, 3, 2), known([1, 4, 2])),
    older(21, "GroupNormalization", given(2, 6, 5, 5), weight(6), weight(6), num_groups=3),
    older(7, "InstanceNormalization", X, weight(3), weight(3)), older(7, "LRN", X, size=3),
    older(15, "Reshape", X, known([6, -1])), older(9, "Mean", X, given(4)),
    older(9, "MeanVarianceNormalization", X), older(10, "Mod", X, given(4, low=1), fmod=1),
    older(19, "Pad", X, known([1, 2]), None, known([3]), mode="wrap"),
    older(12, "Celu", X), older(14, "HardSwish", X), older(7, "Identity", X),
    older(11, "Conv", given(1, 3, 7, 7), weight(4, 3, 3, 3), auto_pad="SAME_LOWER", strides=[2, 2]),
    older(11, "ConvTranspose", given(1, 3, 5, 5), weight(3, 4, 3, 3), output_shape=[9, 9], strides=[2, 2]),
    older(9, "BatchNormalization", X, *[weight(3)] * 3, weight(3, low=0.5, high=2), epsilon=0.01),
    older(10, "MatMulInteger", given(3, 5, dtype="u8"), weight(5, 4, dtype="i8")),
    older(12, "Einsum", given(3, 5), given(5, 4), equation="ij,jk->ki"),
]
