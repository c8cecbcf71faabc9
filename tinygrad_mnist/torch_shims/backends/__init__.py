"""`torch.backends`: the libraries behind PyTorch, none of which is here; their switches are accepted."""

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
