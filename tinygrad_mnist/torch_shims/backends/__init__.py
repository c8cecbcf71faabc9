"""`torch.backends`: the libraries behind PyTorch, none of which is here."""

from tinygrad_mnist.torch_shims.backends import (
    cpu,
    cuda,
    cudnn,
    mkl,
    mkldnn,
    mps,
    openmp,
    opt_einsum,
)

__all__ = ["cpu", "cuda", "cudnn", "mkl", "mkldnn", "mps", "openmp", "opt_einsum"]
