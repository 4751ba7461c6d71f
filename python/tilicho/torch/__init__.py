# SPDX-License-Identifier: Apache-2.0
"""PyTorch models on Tilicho's machine.

>>> fast = torch.compile(model, backend="tilicho")
>>> whole = tilicho.torch.compile(model, (x,), precision="bf16")
"""

import torch._dynamo

from tilicho.torch._backend import backend
from tilicho.torch._module import CompiledModule, compile
from tilicho.torch._options import Options
from tilicho.torch._reasons import Unsupported

__all__ = ["CompiledModule", "Options", "Unsupported", "backend", "compile"]

# An installed package says the same by an entry point.
if "tilicho" not in torch._dynamo.list_backends(exclude_tags=()):
    torch._dynamo.register_backend(backend, name="tilicho")
