# SPDX-License-Identifier: Apache-2.0
"""Runs models of ONNX Runtime on Tilicho, by a plugin execution provider.

>>> import onnxruntime
>>> import tilicho.onnxruntime
>>> provider = tilicho.onnxruntime.register()
>>> session = provider.session("model.onnx", machine="trn1")
>>> session.run(None, {"x": x})

What Tilicho does not take, or what would not pay, ONNX Runtime runs itself.
"""

from __future__ import annotations

import dataclasses
import os
import pathlib
import threading
import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Union

from tilicho import _library

NAME = "TilichoExecutionProvider"
LIBRARY = "libtilicho-onnxruntime.so"
#: The first release of ONNX Runtime whose plugins can compile.
OLDEST = (1, 23)

_lock = threading.Lock()
_registered: "Provider | None" = None


def get_library_path() -> str:
    """The plugin's absolute path. Raises FileNotFoundError where it was not
    built."""
    folder = pathlib.Path(_library.api()._name).resolve().parent
    path = folder / LIBRARY
    if not path.exists():
        raise FileNotFoundError(
            f"{path} is missing: Tilicho was built without ONNX Runtime's "
            "headers (scripts/install-onnxruntime-headers fetches them)"
        )
    return str(path)


def get_ep_name() -> str:
    return NAME


def get_ep_names() -> list[str]:
    return [NAME]


def options(
    *,
    machine: Union[str, "os.PathLike[str]", None] = None,
    precision: str | None = None,
    optimization: int | str | None = None,
    settings: Mapping[str, Any] | None = None,
    dims: Mapping[str, int] | None = None,
    placement: str | None = None,
    threads: int | None = None,
    cache: Union[str, "os.PathLike[str]", None] = None,
    stats: Union[str, "os.PathLike[str]", None] = None,
    trace: Union[str, "os.PathLike[str]", None] = None,
    **costs: float,
) -> dict[str, str]:
    """The provider's options as ONNX Runtime takes them.

    machine, precision, optimization, settings: as of `tilicho.compile`.
    dims: sizes of open dimensions for which groups of nodes are tried when
        deciding what to take; a run may have others.
    placement: "pay" (the default: what has MACs, and what is worth moving its
        values), "all" (all that can be), or "macs".
    threads: of the emulator.
    cache: a folder where compiled programs are kept.
    stats: a file to which each run adds a line of JSON.
    trace: a file for the Chrome trace of the last run.
    costs: of the host, for placement "pay": host_gigabytes_per_second,
        link_gigabytes_per_second, launch_us, host_node_us.
    """
    plain = {
        "machine": machine,
        "precision": precision,
        "O": None if optimization is None else str(optimization).lstrip("O"),
        "placement": placement,
        "threads": threads,
        "cache": cache,
        "stats": stats,
        "trace": trace,
        **costs,
    }
    result = {
        key: os.fspath(value) if isinstance(value, os.PathLike) else str(value)
        for key, value in plain.items()
        if value is not None
    }
    for field, value in (settings or {}).items():
        text = str(value).lower() if isinstance(value, bool) else str(value)
        result[f"set.{field}"] = text
    for name, size in (dims or {}).items():
        result[f"dim.{name}"] = str(size)
    return result


@dataclasses.dataclass(frozen=True)
class Provider:
    """The registered provider. Made by `register`."""

    library: str
    #: Whether `providers=["TilichoExecutionProvider"]` works in this release of
    #: ONNX Runtime. Where it does not, such a session silently runs without
    #: Tilicho; `add_to` and `session` work in all.
    by_name: bool

    def devices(self) -> list:
        """ONNX Runtime's devices of this provider."""
        import onnxruntime

        return [device for device in onnxruntime.get_ep_devices()
                if device.ep_name == NAME]

    def add_to(self, session_options, **given) -> None:
        """Adds the provider to onnxruntime.SessionOptions, with `options`."""
        session_options.add_provider_for_devices(
            self.devices(), options(**given))

    def session(self, model, session_options=None, **given):
        """An onnxruntime.InferenceSession on Tilicho, with `options`."""
        import onnxruntime

        if hasattr(model, "SerializeToString"):
            model = model.SerializeToString()
        chosen = session_options or onnxruntime.SessionOptions()
        self.add_to(chosen, **given)
        return onnxruntime.InferenceSession(model, chosen)


def _check_version(version: str) -> None:
    numbers = tuple(int(part) for part in version.split(".")[:2])
    if numbers < OLDEST:
        raise ImportError(
            f"onnxruntime {version} has no plugins that compile; "
            f"{OLDEST[0]}.{OLDEST[1]} or newer is needed"
        )


def register() -> Provider:
    """Makes the provider known to ONNX Runtime; may be called again.

    It stays until the process ends: ONNX Runtime crashes when a provider is
    unregistered while a session, or anything that a session gave, is alive.
    """
    global _registered
    import onnxruntime

    with _lock:
        if _registered is None:
            _check_version(onnxruntime.__version__)
            path = get_library_path()
            onnxruntime.register_execution_provider_library(NAME, path)
            by_name = NAME in onnxruntime.get_available_providers()
            _registered = Provider(path, by_name)
            if not by_name:
                warnings.warn(
                    f"onnxruntime {onnxruntime.__version__} silently ignores "
                    f'providers=["{NAME}"]; use register().session(model) or '
                    "register().add_to(session_options)",
                    stacklevel=2,
                )
    return _registered


def record_assignment(session_options) -> None:
    """Has a session remember what runs where, for `assignment`."""
    session_options.add_session_config_entry(
        "session.record_ep_graph_assignment_info", "1")


def assignment(session) -> dict[str, Sequence[str]]:
    """The operators that each provider runs, by its name; of a session whose
    options `record_assignment` was called with."""
    placed: dict[str, list[str]] = {}
    for subgraph in session.get_provider_graph_assignment_info():
        operators = placed.setdefault(subgraph.ep_name, [])
        operators += [node.op_type for node in subgraph.get_nodes()]
    return placed
