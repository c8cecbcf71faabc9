"""`torch.version`: which PyTorch the package behaves as, and which version it has itself."""

from __future__ import annotations

from tinygrad_mnist.torch_shims.torch_version import TorchVersion

__all__ = ["VERSION", "__version__", "cuda", "debug", "git_version", "hip", "rocm", "xpu"]

VERSION = "0.2.0"
"""The project's own version, which its releases are named by."""

# Packages ask `torch.__version__` which functions there are and how they are called, and take old
# ways, or refuse, below a version that they name. What is here behaves as PyTorch 2.13, so that is
# the answer; the local part, after the plus, says whose it is. It compares as PyTorch's does.
__version__ = TorchVersion(f"2.13.0+tinygrad.mnist.{VERSION}")

debug = False
cuda: str | None = None
hip: str | None = None
rocm: str | None = None
xpu: str | None = None
git_version = "unknown"
