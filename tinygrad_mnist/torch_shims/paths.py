"""The paths under which PyTorch programs import the modules of this folder."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from tinygrad_mnist.formats import checkpoint, notebook, onnx
from tinygrad_mnist.ops import linalg, random, special
from tinygrad_mnist.torch_shims import (
    accelerator,
    amp,
    autograd_profiler,
    backends,
    c_module,
    cpu,
    cuda,
    distributed_optim,
    func,
    futures,
    hub,
    jit,
    mps,
    multiprocessing,
    profiler,
    pytree,
    sparse,
    testing,
    torch_version,
    types,
    version,
    xpu,
)
from tinygrad_mnist.torch_shims.backends import cpu as backends_cpu
from tinygrad_mnist.torch_shims.backends import cuda as backends_cuda
from tinygrad_mnist.torch_shims.backends import cudnn, mkl, mkldnn, openmp, opt_einsum
from tinygrad_mnist.torch_shims.backends import mps as backends_mps
from tinygrad_mnist.torch_shims.cpu import amp as cpu_amp
from tinygrad_mnist.torch_shims.cuda import amp as cuda_amp

__all__ = ["register_paths"]

PATHS = {
    "_C": c_module,
    "accelerator": accelerator,
    "amp": amp,
    "amp.autocast_mode": amp,
    "amp.grad_scaler": amp,
    "autograd.profiler": autograd_profiler,
    "backends": backends,
    "backends.cpu": backends_cpu,
    "backends.cuda": backends_cuda,
    "backends.cudnn": cudnn,
    "backends.mkl": mkl,
    "backends.mkldnn": mkldnn,
    "backends.mps": backends_mps,
    "backends.openmp": openmp,
    "backends.opt_einsum": opt_einsum,
    "checkpoint": checkpoint,
    "cpu": cpu,
    "cpu.amp": cpu_amp,
    "cuda": cuda,
    "cuda.amp": cuda_amp,
    "distributed.optim": distributed_optim,
    "func": func,
    "futures": futures,
    "hub": hub,
    "jit": jit,
    "linalg": linalg,
    "mps": mps,
    "multiprocessing": multiprocessing,
    "notebook": notebook,
    "onnx": onnx,
    "profiler": profiler,
    "random": random,
    "sparse": sparse,
    "special": special,
    "testing": testing,
    "torch_version": torch_version,
    "types": types,
    "utils._pytree": pytree,
    "version": version,
    "xpu": xpu,
}
"""Each path below the package, a module after the one that it lies in, and what is found there."""


# PyTorch's packages that are single modules here: a `__path__` lets tools ask for what lies below.
PACKAGES = (
    "accelerator",
    "amp",
    "backends.cpu",
    "backends.cuda",
    "backends.cudnn",
    "backends.mkl",
    "backends.mkldnn",
    "backends.mps",
    "backends.openmp",
    "backends.opt_einsum",
    "compiler",
    "cpu.amp",
    "cuda.amp",
    "distributed.optim",
    "func",
    "futures",
    "jit",
    "linalg",
    "mps",
    "multiprocessing",
    "nn.attention",
    "onnx",
    "profiler",
    "sparse",
    "special",
    "testing",
    "utils.tensorboard",
    "xpu",
)


def register_paths() -> None:
    """Let every path be found by `import`, and as an attribute of the module that it lies in.

    Example:
        >>> import tinygrad_mnist.backends.cudnn
        >>> tinygrad_mnist.backends.cudnn.is_available()
        False
    """
    for path, module in PATHS.items():
        full = f"{PACKAGE}.{path}"
        parent, _, name = full.rpartition(".")
        sys.modules.setdefault(full, module)
        setattr(sys.modules[parent], name, module)
    for path in PACKAGES:
        module = sys.modules[f"{PACKAGE}.{path}"]
        if not hasattr(module, "__path__"):
            module.__path__ = []
    sys.meta_path.insert(0, AliasFinder())


PACKAGE = __name__.partition(".")[0]


class AliasFinder(MetaPathFinder):
    """Finds modules below another name of the package: the package's own, never second copies.

    After `sys.modules["torch"] = tinygrad_mnist`, `import torch.nn.functional` is the very module
    `tinygrad_mnist.nn.functional`. Python itself would run its file once more, under the new name,
    and would not find what only PATHS leads to. While there is no other name nothing is found here.

    Example:
        >>> import sys, tinygrad_mnist
        >>> sys.modules["another_name"] = tinygrad_mnist
        >>> import another_name.backends.cudnn
        >>> another_name.backends.cudnn is tinygrad_mnist.backends.cudnn
        True
    """

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """How a module is loaded that lies below another name of the package.

        Args:
            fullname: the module's full name.
            path: where Python would look.
            target: accepted without effect.

        Returns:
            None for all other modules, and for those that are not there.
        """
        root, dot, rest = fullname.partition(".")
        if not dot or root == PACKAGE or sys.modules.get(root) is not sys.modules.get(PACKAGE):
            return None
        try:
            module = importlib.import_module(f"{PACKAGE}.{rest}")
        except ModuleNotFoundError:
            return None
        is_package = hasattr(module, "__path__")
        return ModuleSpec(fullname, AliasLoader(module), is_package=is_package)


class AliasLoader(Loader):
    """Gives a module that is loaded already.

    Args:
        module: the module.
    """

    def __init__(self, module: ModuleType) -> None:
        self.module = module
        self.spec = module.__spec__

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The module.

        Args:
            spec: what `AliasFinder` found.
        """
        return self.module

    def exec_module(self, module: ModuleType) -> None:
        """Run nothing, and let the module keep its own spec.

        Args:
            module: the module.
        """
        module.__spec__ = self.spec
