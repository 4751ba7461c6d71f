# SPDX-License-Identifier: Apache-2.0
"""NonMaxSuppression, of which each run decides how many boxes it selects."""

import numpy
import pytest

from test_counted_rows import check, parse


def boxes(batches, count, centered=False, seed=0):
    """Many that overlap; some are equal, and some have no area."""
    random = numpy.random.default_rng(seed)
    values = random.random((batches, count, 4)).astype(numpy.float32) * 4
    if count > 4:
        values[:, 1] = values[:, 0]
        values[:, 2, 2:] = 0 if centered else values[:, 2, :2]
    return values


def scores(batches, classes, count, seed=0):
    """With equal ones."""
    random = numpy.random.default_rng(seed)
    values = random.integers(0, 2 * count, (batches, classes, count)) / (2 * count)
    return values.astype(numpy.float32)


def model(batches, classes, count, most="most", centered=0, thresholds=", t, s"):
    return parse(f"""g (float[{batches}, {count}, 4] b, float[{batches}, {classes}, {count}] p{
        ", int64[1] most" if most == "most" else ""}, float[1] t, float[1] s) => (int64[n, 3] y)
        <int64[1] two = {{2}}, int64[1] none = {{0}}> {{
        y = NonMaxSuppression <center_point_box = {centered}> (b, p, {most}{thresholds}) }}""")


def run(batches, classes, count, most, overlap=0.3, least=0.2, centered=False):
    values = {"b": boxes(batches, count, centered), "p": scores(batches, classes, count),
              "t": numpy.array([overlap], numpy.float32), "s": numpy.array([least], numpy.float32)}
    return values if most is None else {**values, "most": numpy.array([most])}


@pytest.mark.parametrize("centered", [0, 1])
@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 1, 6), (2, 3, 9), (1, 2, 200)])
def test_thresholds_of_run_time(shape, centered):
    runs = [run(*shape, most, overlap, least, bool(centered))
            for most, overlap, least in ((2, 0.3, 0.2), (100, 0.0, 0.0), (3, 0.5, 1.0),
                                         (0, 0.5, 0.0), (100, 1.0, 0.5))]
    program = check(model(*shape, centered=centered), runs)
    assert program.outputs[0].shape == (shape[0] * shape[1] * shape[2], 3)


@pytest.mark.parametrize("level", [0, 2])
def test_numbers_of_boxes_that_are_known(level):
    program = check(model(2, 3, 9, "two"), [run(2, 3, 9, None)], optimization=level)
    assert program.outputs[0].shape == (12, 3)
    program = check(model(2, 3, 9, "none"), [run(2, 3, 9, None)], optimization=level)
    assert program.outputs[0].shape == (0, 3)


def test_without_thresholds():
    check(model(1, 2, 9, thresholds=""), [run(1, 2, 9, 4)])


def test_scores_below_all_others_are_selected_without_a_threshold():
    lowest = run(1, 2, 9, 9)
    lowest["p"][0, 0] = lowest["p"][0, 1, 3:] = -numpy.inf
    check(model(1, 2, 9, thresholds=""), [lowest])


def test_what_follows_detections():
    """Boxes and scores of what is selected."""
    graph = parse("""g (float[1, 40, 4] b, float[1, 1, 40] p, float[1] t, float[1] s)
        => (float[n, 4] kept, float[n] score)
        <int64[1] most = {20}, int64[1] column = {2}, int64[1] one = {1}, int64[2] flat = {40, 4}, int64[1] all = {40}> {
        y = NonMaxSuppression (b, p, most, t, s)
        i = Gather <axis = 1> (y, column)  j = Squeeze (i, one)
        r = Reshape (b, flat)  kept = Gather (r, j)
        q = Reshape (p, all)  score = Gather (q, j) }""")
    check(graph, [run(1, 1, 40, None), run(1, 1, 40, None, least=2.0)])
