# SPDX-License-Identifier: Apache-2.0
"""The C interface (include/tilicho/tilicho.h) by ctypes."""

from __future__ import annotations

import ctypes
import os
import pathlib
from ctypes import POINTER, byref, c_char_p, c_int32, c_int64, c_size_t
from ctypes import c_uint32, c_void_p

API_VERSION = 4
LIBRARY = "libtilicho-runtime.so"


class TilichoError(RuntimeError):
    """What the library reports: one line for each problem."""

    #: The kind, by the names of tilicho_code: "invalid_model", "trap", ...
    code: str = "internal"


_CODES = (
    "ok invalid_argument invalid_model not_supported unavailable file "
    "invalid_program trap out_of_memory busy internal"
).split()


class TensorInfo(ctypes.Structure):
    """tilicho_tensor_info."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("name", c_char_p),
        ("dtype", c_int32),
        ("rank", c_size_t),
        ("shape", POINTER(c_int64)),
        ("bytes", c_size_t),
        ("rows_vary", c_uint32),
        ("rows_dimension", c_size_t),
    ]


class Buffer(ctypes.Structure):
    """tilicho_buffer."""

    _fields_ = [("data", c_void_p), ("bytes", c_size_t)]


class RunOptions(ctypes.Structure):
    """tilicho_run_options."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("threads", c_uint32),
        ("timing", c_uint32),
        ("sanitize", c_uint32),
        ("trace_path", c_char_p),
        ("values", POINTER(c_size_t)),
        ("value_count", c_size_t),
        ("state", c_void_p),
    ]


class ContextOptions(ctypes.Structure):
    """tilicho_context_options."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("user", c_void_p),
        ("allocate", c_void_p),
        ("release", c_void_p),
        ("log", c_void_p),
        ("compiler", c_char_p),
        ("compile_in_process_of_its_own", c_uint32),
    ]


class Tensor(ctypes.Structure):
    """tilicho_tensor."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("name", c_char_p),
        ("dtype", c_int32),
        ("rank", c_size_t),
        ("shape", POINTER(c_int64)),
        ("data", c_void_p),
    ]


class Model(ctypes.Structure):
    """tilicho_model."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("bytes", c_void_p),
        ("size", c_size_t),
        ("path", c_char_p),
        ("name", c_char_p),
        ("folder", c_char_p),
        ("constants", POINTER(Tensor)),
        ("constant_count", c_size_t),
    ]


class Option(ctypes.Structure):
    """tilicho_option."""

    _fields_ = [("key", c_char_p), ("value", c_char_p)]


class StatePair(ctypes.Structure):
    """tilicho_state_pair."""

    _fields_ = [("input", c_char_p), ("output", c_char_p)]


class SessionOptions(ctypes.Structure):
    """tilicho_session_options."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("cache_folder", c_char_p),
        ("cache_bytes", ctypes.c_uint64),
        ("max_programs", c_uint32),
    ]


_HANDLES = "error program result context text state session".split()

# Result type (None: an error handle, turned into an exception) and arguments.
_INFO = [c_void_p, c_size_t, POINTER(TensorInfo)]
_MODEL = [c_void_p, POINTER(Model), POINTER(Option), c_size_t]
_FUNCTIONS: dict[str, tuple] = {
    "tilicho_program_load": (None, [c_char_p, POINTER(c_void_p)]),
    "tilicho_program_load_memory": (
        None,
        [c_void_p, c_size_t, POINTER(c_void_p)],
    ),
    "tilicho_program_save": (None, [c_void_p, c_char_p]),
    "tilicho_program_machine": (c_char_p, [c_void_p]),
    "tilicho_program_flags": (c_char_p, [c_void_p]),
    "tilicho_program_statistics": (c_char_p, [c_void_p]),
    "tilicho_program_input_count": (c_size_t, [c_void_p]),
    "tilicho_program_output_count": (c_size_t, [c_void_p]),
    "tilicho_program_value_count": (c_size_t, [c_void_p]),
    "tilicho_program_input": (None, _INFO),
    "tilicho_program_output": (None, _INFO),
    "tilicho_program_value": (None, _INFO),
    "tilicho_run": (
        None,
        [
            c_void_p,
            POINTER(RunOptions),
            POINTER(Buffer),
            c_size_t,
            POINTER(Buffer),
            c_size_t,
            POINTER(c_void_p),
        ],
    ),
    "tilicho_result_statistics": (c_char_p, [c_void_p]),
    "tilicho_result_rows": (None, [c_void_p, c_size_t, POINTER(c_int64)]),
    "tilicho_result_value": (None, [c_void_p, c_size_t, POINTER(Buffer)]),
    "tilicho_context_create": (None, [POINTER(ContextOptions), POINTER(c_void_p)]),
    "tilicho_text_data": (c_char_p, [c_void_p]),
    "tilicho_compile_model": (None, [*_MODEL, POINTER(c_void_p)]),
    "tilicho_check_model": (None, [*_MODEL, POINTER(c_void_p)]),
    "tilicho_describe_model": (None, [*_MODEL, POINTER(c_void_p)]),
    "tilicho_state_create": (
        None,
        [c_void_p, c_void_p, POINTER(StatePair), c_size_t, POINTER(c_void_p)],
    ),
    "tilicho_state_count": (c_size_t, [c_void_p]),
    "tilicho_state_pair_at": (
        None,
        [
            c_void_p,
            c_size_t,
            POINTER(c_char_p),
            POINTER(c_char_p),
            POINTER(ctypes.c_int),
        ],
    ),
    "tilicho_state_buffer": (None, [c_void_p, c_char_p, POINTER(Buffer)]),
    "tilicho_state_reset": (None, [c_void_p]),
    "tilicho_session_create": (
        None,
        [*_MODEL, POINTER(SessionOptions), POINTER(c_void_p)],
    ),
    "tilicho_session_description": (c_char_p, [c_void_p]),
    "tilicho_session_program": (
        None,
        [c_void_p, POINTER(Tensor), c_size_t, POINTER(c_void_p)],
    ),
    "tilicho_session_compiled": (c_void_p, [c_void_p]),
}


def _candidates() -> list[pathlib.Path]:
    """Where the library may lie: in the build named by TILICHO_BUILD, in the
    package as installed, beside it in a build, in a source tree's build."""
    package = pathlib.Path(__file__).absolute().parent
    build = os.environ.get("TILICHO_BUILD")
    folders = [pathlib.Path(build) / "lib"] if build else []
    folders += [
        package / "native" / "lib",
        package.parent.parent / "lib",
        package.parent.parent / "build" / "lib",
    ]
    return [folder / LIBRARY for folder in folders]


def _open() -> ctypes.CDLL:
    for path in _candidates():
        if path.exists():
            # Not made global: nothing else in the process sees its symbols.
            return ctypes.CDLL(str(path), mode=os.RTLD_LOCAL | os.RTLD_NOW)
    tried = ", ".join(str(path) for path in _candidates())
    raise ImportError(
        f"{LIBRARY} is not in {tried}; build it with scripts/build, or set "
        "TILICHO_BUILD to the build folder"
    )


def _check(error: int | None, _function, _arguments) -> None:
    if not error:
        return
    message = _library.tilicho_error_message(error).decode()
    failure = TilichoError(message)
    code = _library.tilicho_error_code(error)
    failure.code = _CODES[code] if code < len(_CODES) else "internal"
    _library.tilicho_error_free(error)
    raise failure


def _declare(library: ctypes.CDLL) -> ctypes.CDLL:
    library.tilicho_api_version.restype = c_uint32
    library.tilicho_version.restype = c_char_p
    library.tilicho_error_message.restype = c_char_p
    library.tilicho_error_message.argtypes = [c_void_p]
    library.tilicho_error_code.argtypes = [c_void_p]
    library.tilicho_error_code.restype = c_int32
    library.tilicho_program_file.argtypes = [
        c_void_p,
        POINTER(c_void_p),
        POINTER(c_size_t),
    ]
    library.tilicho_program_file.restype = None
    for name in _HANDLES:
        function = getattr(library, f"tilicho_{name}_free")
        function.restype, function.argtypes = None, [c_void_p]
    for name, (result, arguments) in _FUNCTIONS.items():
        function = getattr(library, name)
        function.argtypes = arguments
        function.restype = c_void_p if result is None else result
        if result is None:
            function.errcheck = _check
    found = library.tilicho_api_version()
    if found < API_VERSION:
        raise ImportError(
            f"{library._name} has API version {found}, but {API_VERSION} is "
            "wanted"
        )
    return library


_library = _declare(_open())


def api() -> ctypes.CDLL:
    """The library. Its functions let go of the interpreter's lock."""
    return _library


def version() -> str:
    """The library's version."""
    return _library.tilicho_version().decode()


def file_address(program) -> int:
    """Where a program's file lies, by which programs are told apart."""
    address, size = c_void_p(), c_size_t()
    _library.tilicho_program_file(program, byref(address), byref(size))
    return address.value or 0


def describe(function, handle, index: int) -> TensorInfo:
    """Calls tilicho_program_input or one of its like."""
    info = TensorInfo(struct_size=ctypes.sizeof(TensorInfo))
    function(handle, index, byref(info))
    return info
