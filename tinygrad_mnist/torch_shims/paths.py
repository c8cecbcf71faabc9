"""The paths under which PyTorch programs import the modules of this folder."""

from __future__ import annotations

import sys

from tinygrad_mnist.formats import checkpoint, notebook, onnx
from tinygrad_mnist.ops import linalg, random, special
from tinygrad_mnist.torch_shims import (
    accelerator,
    amp,
    backends,
    compiler,
    cpu,
    cuda,
    distributed,
    func,
    hub,
    jit,
    mps,
    multiprocessing,
    profiler,
    sparse,
    testing,
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
    "accelerator": accelerator,
    "amp": amp,
    "amp.autocast_mode": amp,
    "amp.grad_scaler": amp,
    "autograd.profiler": profiler,
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
    "compiler": compiler,
    "cpu": cpu,
    "cpu.amp": cpu_amp,
    "cuda": cuda,
    "cuda.amp": cuda_amp,
    "distributed": distributed,
    "func": func,
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
    "types": types,
    "version": version,
    "xpu": xpu,
}
"""Each path below the package, a module after the one that it lies in, and what is found there."""


def register_paths() -> None:
    """Let every path be found by `import`, and as an attribute of the module that it lies in.

    Example:
        >>> import tinygrad_mnist.backends.cudnn
        >>> tinygrad_mnist.backends.cudnn.is_available()
        False
    """
    package = __name__.partition(".")[0]
    for path, module in PATHS.items():
        full = f"{package}.{path}"
        parent, _, name = full.rpartition(".")
        sys.modules.setdefault(full, module)
        setattr(sys.modules[parent], name, module)
