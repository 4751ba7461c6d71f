# SPDX-License-Identifier: Apache-2.0
"""torch.compile(model, backend="tilicho") against eager mode."""

import copy
import threading

import networks
import pytest
import torch
from torch import nn
from torch.utils import _pytree as pytree

import tilicho.torch
from tilicho.torch import _programs


def compiled(function, **options):
    options.setdefault("sanitize", True)
    return torch.compile(function, backend="tilicho", options=options)


def assert_like_eager(function, *arguments, fast=None, **tolerances):
    """Compares results and what became of the arguments."""
    if fast is None:
        fast = compiled(function)
    expected_arguments = copy.deepcopy(arguments)
    with torch.no_grad():
        expected = function(*expected_arguments)
        actual = fast(*arguments)
    torch.testing.assert_close(
        pytree.tree_leaves((actual, arguments)),
        pytree.tree_leaves((expected, expected_arguments)),
        **tolerances,
    )
    return actual


def test_convolutional(reasons):
    assert_like_eager(networks.convolutional(), torch.randn(2, 3, 16, 16))
    assert not reasons()


@pytest.mark.parametrize("norm_first", [False, True])
@pytest.mark.parametrize("activation", ["relu", "gelu"])
def test_encoder_with_fast_path(reasons, norm_first, activation):
    model = networks.encoder(norm_first=norm_first, activation=activation)
    assert_like_eager(model, torch.randn(2, 5, 16))
    assert not reasons()


def test_encoder_with_mask(reasons):
    mask = nn.Transformer.generate_square_subsequent_mask(5)
    model = networks.encoder()
    assert_like_eager(lambda x: model(x, mask=mask), torch.randn(2, 5, 16))
    assert not reasons()


def test_data_dependent_branch(reasons):
    model = networks.Branching()
    fast = compiled(model)
    x = torch.randn(2, 6)
    for sign in (1, -1):
        assert_like_eager(model, sign * x, fast=fast)
    assert not reasons()


def test_weights_may_change():
    model = nn.Linear(4, 3)
    fast = compiled(model)
    x = torch.randn(2, 4)
    assert_like_eager(model, x, fast=fast)
    model.weight.data.add_(1)
    assert_like_eager(model, x, fast=fast)


def test_in_place(reasons):
    def add_to(x, y):
        x.add_(1)
        y[:, 0] = 7
        return x * 2

    assert_like_eager(add_to, torch.randn(3, 4), torch.randn(2, 2))
    assert not reasons()


def test_in_place_on_shared_memory_is_eager(reasons):
    def add_to(x, y):
        x.add_(1)
        return y * 2

    x = torch.randn(3, 4)
    expected = (x + 1)[:2] * 2
    with torch.no_grad():
        actual = compiled(add_to)(x, x[:2])
    torch.testing.assert_close(actual, expected)


def test_views_of_inputs(reasons):
    def look(x):
        return x.t(), x[1:], x + 1, x

    x = torch.randn(3, 4)
    transposed, rest, _, same = assert_like_eager(look, x)
    assert same is x
    x[1, 2] = 100
    assert transposed[2, 1] == 100 and rest[0, 2] == 100
    assert not reasons()


def test_outputs_that_share_memory_are_eager(reasons):
    def twins(x):
        y = x + 1
        return y, y.t()

    one, other = assert_like_eager(twins, torch.randn(3, 4))
    one[0, 1] = 100
    assert other[1, 0] == 100
    assert "share memory" in reasons()[0]


def test_strides_are_kept(reasons):
    actual = assert_like_eager(lambda x: x.t() * 2, torch.randn(3, 4))
    assert actual.stride() == (1, 4)
    assert not reasons()


def test_training_mode_is_eager(reasons):
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))
    twin = copy.deepcopy(model)
    x = torch.randn(2, 3, 6, 6)
    with torch.no_grad():
        actual, expected = compiled(model)(x), twin(x)
    torch.testing.assert_close(actual, expected)
    torch.testing.assert_close(model[1].running_mean, twin[1].running_mean)
    assert "training mode" in reasons()[0]


def test_training_step_is_eager(reasons):
    model = nn.Linear(4, 1)
    twin = copy.deepcopy(model)
    x = torch.randn(5, 4)
    compiled(model)(x).sum().backward()
    twin(x).sum().backward()
    torch.testing.assert_close(model.weight.grad, twin.weight.grad)
    assert "gradients" in reasons()[0]


def test_random_numbers_are_pytorchs(reasons):
    def drop(x):
        return nn.functional.dropout(x, 0.5)

    x = torch.randn(4, 5)
    torch.manual_seed(1)
    expected = drop(x)
    torch.manual_seed(1)
    torch.testing.assert_close(compiled(drop)(x), expected)
    assert "random numbers" in reasons()[0]


def test_reason_is_given_once(reasons):
    fast = compiled(torch.linalg.svdvals)
    for _ in range(3):
        fast(torch.randn(3, 3))
    assert len(reasons()) == 1


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float64])
def test_types(reasons, dtype):
    x = torch.randn(5, 3).to(dtype)
    actual = assert_like_eager(lambda x: x @ x.t() + 1, x, rtol=1e-2, atol=1e-2)
    assert actual.dtype == dtype
    assert not reasons()


def test_indices_and_float_arguments(reasons):
    def mix(x, where, scale):
        return x[where] * scale, torch.embedding(x, where)

    x = torch.randn(5, 3)
    fast = compiled(mix)
    for scale in (0.5, 1.5, 2.5):
        assert_like_eager(mix, x, torch.tensor([4, 0, 2]), scale, fast=fast)
    assert not reasons()


def test_float_arguments_beside_integers(reasons):
    def scale(x, factor):
        return x * factor

    fast = compiled(scale)
    for factor in (0.5, 1.5, 2.3):
        actual = assert_like_eager(scale, torch.arange(4), factor, fast=fast)
        assert actual.dtype == torch.float32
    assert not reasons()


def test_any_number_of_tokens_is_one_export(reasons, monkeypatch):
    exports = []
    write = _programs.write_onnx
    monkeypatch.setattr(
        _programs, "write_onnx", lambda *a: exports.append(a) or write(*a)
    )
    model = networks.CausalAttention()
    fast = torch.compile(model, backend="tilicho", dynamic=True)
    for batch, tokens in [(2, 5), (3, 7), (2, 9)]:
        assert_like_eager(model, torch.randn(batch, tokens, 8), fast=fast)
    assert len(exports) == 1
    assert not reasons()


def test_sizes_among_outputs(reasons):
    def flatten(x):
        return x.reshape(-1, x.shape[0]) + x.shape[0], x.shape[0]

    fast = compiled(flatten)
    for rows in (2, 3, 4, 6):
        assert_like_eager(flatten, torch.randn(rows, 4), fast=fast)
    assert not reasons()


def test_equal_graphs_are_compiled_once(monkeypatch):
    sessions = []
    session = tilicho.Session
    monkeypatch.setattr(
        tilicho, "Session", lambda *a, **k: sessions.append(a) or session(*a, **k)
    )
    exports = []
    write = _programs.write_onnx
    monkeypatch.setattr(
        _programs, "write_onnx", lambda *a: exports.append(a) or write(*a)
    )
    graphs = [lambda x: torch.relu(x + 1), lambda x: torch.relu(x + 1)]
    fast = [compiled(graph) for graph in graphs]
    for graph, quick in zip(graphs, fast):
        assert_like_eager(graph, torch.randn(2, 4), fast=quick)
    assert len(exports) == 2 and len(sessions) == 1


def test_threads():
    fast = compiled(networks.convolutional())
    model = networks.convolutional()
    x = torch.randn(4, 2, 3, 16, 16)
    with torch.no_grad():
        fast(x[0])
    results = [None] * 4

    def work(index):
        with torch.no_grad():
            results[index] = fast(x[index])

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    del model
    with torch.no_grad():
        for index in range(4):
            torch.testing.assert_close(results[index], fast(x[index]))


def test_options_reach_the_compiler(tmp_path):
    options = {"machine": "edge", "stats": tmp_path / "stats.json"}
    assert_like_eager(
        lambda x: x * 2, torch.randn(3), fast=compiled(lambda x: x * 2, **options)
    )
    assert '"makespan_us"' in (tmp_path / "stats.json").read_text()


def test_unknown_option():
    with pytest.raises(Exception, match="unknown options colour; known are machine"):
        compiled(lambda x: x * 2, colour="red")(torch.randn(3))


def test_entry_point(tmp_path, monkeypatch):
    """An installed package is found by name alone."""
    import importlib.metadata
    import pathlib
    import tomllib

    root = pathlib.Path(__file__).parents[3]
    project = tomllib.loads((root / "pyproject.toml").read_text())
    points = project["project"]["entry-points"]["torch_dynamo_backends"]
    module, name = points["tilicho"].split(":")
    point = importlib.metadata.EntryPoint(
        "tilicho", points["tilicho"], "torch_dynamo_backends"
    )
    assert (module, name) == ("tilicho.torch", "backend")
    assert point.load() is tilicho.torch.backend
