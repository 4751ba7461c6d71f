# SPDX-License-Identifier: Apache-2.0
"""One process with Tilicho, PyTorch's LLVM and ONNX Runtime's Protobuf."""

import itertools
import os
import subprocess
import sys

import pytest
from onnx import TensorProto, helper
from small_models import make_model

# Each is imported and used; what is compiled needs LLVM, Protobuf and ONNX.
_USE = {
    "tilicho": (
        "import numpy, tilicho\n"
        "p = tilicho.compile(sys.argv[1])\n"
        "y = p.run({'x': numpy.full((2, 3), -1, 'float32')})['y']\n"
        "assert (y == 0).all()\n"
    ),
    "onnxruntime": (
        "import numpy, onnxruntime\n"
        "s = onnxruntime.InferenceSession(sys.argv[1])\n"
        "s.run(None, {'x': numpy.ones((2, 3), 'float32')})\n"
    ),
    "onnx": "import onnx\nonnx.checker.check_model(onnx.load(sys.argv[1]))\n",
    "torch": (
        "import torch\n"
        "f = torch.jit.script(torch.nn.ReLU())\n"
        "assert f(torch.ones(3)).sum() == 3\n"
    ),
}
_ORDERS = list(itertools.permutations(["tilicho", "onnxruntime", "torch"])) + [
    ("onnx", "tilicho"),
    ("tilicho", "onnx"),
]


@pytest.fixture(scope="module")
def relu_path(tmp_path_factory):
    import onnx

    path = tmp_path_factory.mktemp("relu") / "relu.onnx"
    model = make_model(
        [helper.make_node("Relu", ["x"], ["y"])],
        [("x", TensorProto.FLOAT, [2, 3])],
        [("y", TensorProto.FLOAT, [2, 3])],
    )
    onnx.save(model, path)
    return path


def run(code, path, **environment):
    return subprocess.run(
        [sys.executable, "-c", "import sys\n" + code + "print('end')", path],
        capture_output=True, text=True, check=False,
        env={**os.environ, **environment},
    )


@pytest.mark.parametrize("order", _ORDERS, ids="-".join)
def test_others_do_no_harm(order, relu_path):
    if "torch" in order:
        pytest.importorskip("torch")
    # Twice, so that each also works after the others were loaded.
    code = "".join(_USE[name] for name in order) * 2
    done = run(code, relu_path)
    assert (done.returncode, done.stdout) == (0, "end\n"), done.stderr


def test_pytorch_may_be_global(relu_path):
    pytest.importorskip("torch")
    done = run(_USE["torch"] + _USE["tilicho"], relu_path, TORCH_USE_RTLD_GLOBAL="1")
    assert (done.returncode, done.stdout) == (0, "end\n"), done.stderr


@pytest.mark.parametrize(
    "body, code, text",
    [
        ("int other;", "unavailable", "no compiler library"),
        (
            "#include <stdlib.h>\nint tilicho_compiler_answer_2() { abort(); }",
            "internal",
            "ended by signal 6",
        ),
        (
            "#include <stdlib.h>\nint tilicho_compiler_answer_2() { exit(3); }",
            "internal",
            "status 3 and gave no answer",
        ),
        (
            "#include <stdlib.h>\n#include <unistd.h>\n"
            "int tilicho_compiler_answer_2() {\n"
            "  char cut[9] = {0}; exit(write(1, cut, 9) == 9 ? 4 : 5); }",
            "internal",
            "status 4 and gave no answer",
        ),
    ],
)
def test_what_goes_wrong_in_its_process_is_an_error(
    body, code, text, relu_path, tmp_path
):
    """With compiler libraries that are none, or that fail."""
    library = tmp_path / "compiler.so"
    (tmp_path / "compiler.c").write_text(body)
    subprocess.run(
        ["cc", "-shared", "-fPIC", tmp_path / "compiler.c", "-o", library], check=True
    )
    program = (
        "import ctypes, tilicho\n"
        "from tilicho._library import ContextOptions, Model, api\n"
        "options = ContextOptions(ctypes.sizeof(ContextOptions),\n"
        f"    compiler=b'{library}',\n"
        "    compile_in_process_of_its_own=1)\n"
        "context, program = ctypes.c_void_p(), ctypes.c_void_p()\n"
        "api().tilicho_context_create(ctypes.byref(options), ctypes.byref(context))\n"
        "model = Model(ctypes.sizeof(Model), path=sys.argv[1].encode())\n"
        "try:\n"
        "    api().tilicho_compile_model(context, ctypes.byref(model), None, 0,\n"
        "                                ctypes.byref(program))\n"
        "except tilicho.TilichoError as error:\n"
        f"    assert error.code == '{code}', (error.code, error)\n"
        f"    assert '{text}' in str(error), error\n"
        "else:\n"
        "    raise AssertionError('compiled')\n"
    )
    done = run(program, relu_path)
    assert (done.returncode, done.stdout) == (0, "end\n"), done.stderr
