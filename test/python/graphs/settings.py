# SPDX-License-Identifier: Apache-2.0
"""Ways to compile a graph, and what ONNX Runtime says of it."""

import numpy
import onnxruntime
import tilicho

#: Of the largest value; several operators' roundings add up.
TOLERANCE = 2e-4
SETTINGS = {
    "trn1": {},
    "unoptimised": {"optimization": 0},
    "edge": {"machine": "edge"},
    "little memory": {"machine": "trn2",
                      "settings": {"sbuf.usable_bytes": 9000, "array.rows": 64}},
    "odd array": {"settings": {"array.rows": 48, "array.cols": 96,
                               "sbuf.bytes_per_partition": 40960,
                               "sbuf.usable_bytes": 40960}},
}  # fmt: skip


def expected(model, inputs):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, inputs)))


def check(model, inputs):
    """Compares what each setting's program gives, with everything checked."""
    outputs = expected(model, inputs)
    for name, settings in SETTINGS.items():
        found = tilicho.compile(model, **settings).run(inputs, sanitize=True)
        for output, array in outputs.items():
            largest = max(numpy.abs(array[numpy.isfinite(array)]).max(initial=0), 1e-3)
            numpy.testing.assert_allclose(
                found[output], array, rtol=0, atol=TOLERANCE * largest,
                err_msg=f"{output} on {name}")  # fmt: skip
