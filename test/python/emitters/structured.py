# SPDX-License-Identifier: Apache-2.0
"""Compiles functions of structured ops and runs them on the emulator."""

import itertools
import math

import ml_dtypes
import numpy
import tilicho

DTYPES = {
    "f32": numpy.float32,
    "f16": numpy.float16,
    "bf16": ml_dtypes.bfloat16,
    "f64": numpy.float64,
    "i8": numpy.int8,
    "ui8": numpy.uint8,
    "i16": numpy.int16,
    "ui16": numpy.uint16,
    "i32": numpy.int32,
    "ui32": numpy.uint32,
    "i64": numpy.int64,
    "ui64": numpy.uint64,
    "i1": numpy.bool_,
}
NAMES = {numpy.dtype(dtype): name for name, dtype in DTYPES.items()}
#: The arithmetic of a type.
COMPUTE = {
    "f32": "f32", "f16": "f32", "bf16": "f32", "f64": "f64", "i8": "i32",
    "ui8": "i32", "i16": "i32", "ui16": "i32", "i32": "i32", "ui32": "u32",
    "i64": "i64", "ui64": "u64", "i1": "i32",
}  # fmt: skip

#: Machines whose sizes differ in every respect that plans look at.
MACHINES = {
    "trn1": {"machine": "trn1"},
    "edge": {"machine": "edge"},
    "tpu1": {"machine": "tpu1"},
    "small": {
        "machine": "trn1",
        "settings": {
            "array.rows": 48,
            "array.cols": 96,
            "sbuf.bytes_per_partition": 40960,
            "sbuf.usable_bytes": 40960,
        },
    },
    "tall": {
        "machine": "trn1",
        "settings": {
            "array.rows": 256,
            "array.cols": 64,
            "sbuf.partitions": 256,
            "psum.banks": 3,
        },
    },
}

#: Machines for single tests.
MORE = {
    "trn2": {"machine": "trn2"},
    # PSUM has more partitions than SBUF, where results go.
    "wide": {
        "machine": "trn1",
        "settings": {
            "array.rows": 64,
            "array.cols": 256,
            "psum.partitions": 256,
        },
    },
    # What is summed up fills PSUM.
    "one bank": {"machine": "trn1", "settings": {"psum.banks": 1}},
    "two banks": {
        "machine": "trn1",
        "settings": {
            "array.cols": 32,
            "psum.partitions": 32,
            "psum.banks": 2,
            "psum.bank_bytes": 512,
        },
    },
    # Of a long row only some blocks fit, or hardly one.
    "narrow": {
        "machine": "trn1",
        "settings": {"sbuf.usable_bytes": 24576},
    },
    "tiny": {
        "machine": "trn1",
        "settings": {
            "array.rows": 32,
            "array.cols": 32,
            "sbuf.usable_bytes": 10240,
            "psum.bank_bytes": 256,
        },
    },
}


def tensor(shape, dtype):
    """A tensor type."""
    return "tensor<" + "".join(f"{extent}x" for extent in shape) + dtype + ">"


def type_of(array):
    """The tensor type of an array."""
    return tensor(array.shape, NAMES[array.dtype])


def random(shape, dtype="f32", low=-4, high=4, seed=0):
    """An array of a seed; integers fill five times the range, if they can."""
    generator = numpy.random.default_rng([seed, math.prod(shape), *shape])
    target = numpy.dtype(DTYPES[dtype])
    if dtype == "i1":
        return generator.integers(0, 2, shape).astype(bool)
    if target.kind in "iu":
        info = numpy.iinfo(target)
        least, most = max(5 * low, info.min), min(5 * high, info.max)
        return generator.integers(least, most + 1, shape).astype(target)
    return generator.uniform(low, high, shape).astype(target)


def attributes(**values):
    """An attribute dictionary of integers, booleans, strings and lists."""
    texts = []
    for name, value in values.items():
        if value is None:
            continue
        if isinstance(value, bool):
            text = str(value).lower()
        elif isinstance(value, int):
            text = f"{value} : i64"
        elif isinstance(value, str):
            text = value
        else:
            items = ", ".join(map(str, value))
            text = f"array<i64: {items}>" if items else "array<i64>"
        texts.append(f"{name} = {text}")
    return "{" + ", ".join(texts) + "}"


def module(body, inputs, results):
    """A function of %a0, %a1, ... that returns %r0, %r1, ..."""
    arguments = ", ".join(
        f'%a{i}: {type_of(array)} {{onnx.name = "a{i}"}}'
        for i, array in enumerate(inputs)
    )
    types = ", ".join(
        f'{type_} {{onnx.name = "r{i}"}}' for i, type_ in enumerate(results)
    )
    names = ", ".join(f"%r{i}" for i in range(len(results)))
    return (
        f"func.func @main({arguments}) -> ({types}) {{\n{body}\n"
        f"  return {names} : {', '.join(results)}\n}}\n"
    )


def run(body, inputs, results, machine="trn1", level=2):
    """The arrays that the program leaves; uninitialised reads and races trap."""
    text = module(body, inputs, results)
    program = tilicho.compile(
        text.encode(), optimization=level, **MACHINES.get(machine, MORE.get(machine))
    )
    arrays = {f"a{i}": array for i, array in enumerate(inputs)}
    outputs = program.run(arrays, timing="off", sanitize=True)
    return [outputs[f"r{i}"] for i in range(len(results))]


def check(body, inputs, expected, machine="trn1", level=2, rtol=2e-6, atol=1e-6):
    """Compares what a function gives with `expected`; integers are exact."""
    if not isinstance(expected, (tuple, list)):
        expected = [expected]
    expected = [numpy.asarray(array) for array in expected]
    results = run(body, inputs, list(map(type_of, expected)), machine, level)
    for result, array in zip(results, expected):
        assert result.dtype == array.dtype
        assert result.shape == array.shape
        if array.dtype.kind in "iub":
            numpy.testing.assert_array_equal(result, array)
            continue
        numpy.testing.assert_allclose(
            result.astype(numpy.float64), array.astype(numpy.float64), rtol, atol
        )


def product(*lists):
    """For pytest.mark.parametrize."""
    return list(itertools.product(*lists))
