"""A weight divided by its largest singular value."""

from __future__ import annotations

from typing import Any, TypeVar

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.modes import no_grad
from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.nn.functional import normalize
from tinygrad_mnist.nn.modules.conv import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.nn.parameter import Parameter

__all__ = ["remove_spectral_norm", "spectral_norm"]

M = TypeVar("M", bound=Module)


class SpectralNorm:
    """The hook that computes the weight before each call.

    Attributes:
        name: the parameter's.
        n_power_iterations: how many steps of the power method each call in training mode makes.
        eps: the least length that a vector is divided by.
        dim: the dimension of the outputs in the weight.
    """

    def __init__(self, name: str, n_power_iterations: int, eps: float, dim: int) -> None:
        self.name = name
        self.n_power_iterations = n_power_iterations
        self.eps = eps
        self.dim = dim

    def as_matrix(self, weight: Tensor) -> Tensor:
        """The weight as a matrix of (outputs, all others)."""
        return weight.transpose(0, self.dim).flatten(1)

    def compute_weight(self, module: Module, iterations: int) -> Tensor:
        """The weight over its largest singular value, whose vectors are first improved."""
        weight = getattr(module, self.name + "_orig")
        u = getattr(module, self.name + "_u")
        v = getattr(module, self.name + "_v")
        matrix = self.as_matrix(weight)
        with no_grad():
            for _ in range(iterations):
                v.copy_(normalize(matrix.T @ u, dim=0, eps=self.eps))
                u.copy_(normalize(matrix @ v, dim=0, eps=self.eps))
        sigma = u.clone() @ (matrix @ v.clone())  # copies: the next call writes to the vectors
        normalized: Tensor = weight / sigma
        return normalized

    def __call__(self, module: Module, inputs: Any) -> None:
        iterations = self.n_power_iterations if module.training else 0
        setattr(module, self.name, self.compute_weight(module, iterations))


def spectral_norm(
    module: M,
    name: str = "weight",
    n_power_iterations: int = 1,
    eps: float = 1e-12,
    dim: int | None = None,
) -> M:
    """Divide a parameter of a module by its largest singular value.

    Power iterations keep up with it. The parameter is then `name_orig`, the singular vectors are
    buffers. Miyato et al., ICLR 2018, arXiv:1802.05957.

    Args:
        module: the module; it is changed.
        name: the parameter's.
        n_power_iterations: how many steps of the power method each call in training mode makes.
        eps: the least length that a vector is divided by.
        dim: the dimension of the outputs in the weight. Default: 1 for transposed convolutions, 0
            for others.

    Returns:
        The module.

    Example:
        >>> layer = torch.nn.utils.spectral_norm(nn.Linear(3, 2))
        >>> [name for name, _ in layer.named_parameters()]
        ['bias', 'weight_orig']
    """
    if dim is None:
        is_transposed = isinstance(module, ConvTranspose1d | ConvTranspose2d | ConvTranspose3d)
        dim = 1 if is_transposed else 0
    hook = SpectralNorm(name, n_power_iterations, eps, dim)
    weight: Any = module._parameters.pop(name)
    module.register_parameter(name + "_orig", weight)
    setattr(module, name, weight.detach())
    rows, columns = hook.as_matrix(weight.detach()).shape
    u = normalize(weight.new_empty(rows).normal_(0, 1), dim=0, eps=eps)
    v = normalize(weight.new_empty(columns).normal_(0, 1), dim=0, eps=eps)
    module.register_buffer(name + "_u", u)
    module.register_buffer(name + "_v", v)
    module.register_forward_pre_hook(hook)
    return module


def remove_spectral_norm(module: M, name: str = "weight") -> M:
    """Make the parameter one tensor again.

    Args:
        module: a module that `spectral_norm` changed; it is changed back.
        name: the parameter's.

    Returns:
        The module.

    Raises:
        ValueError: if there is no such norm.

    Example:
        >>> layer = torch.nn.utils.spectral_norm(nn.Linear(3, 2))
        >>> [name for name, _ in torch.nn.utils.remove_spectral_norm(layer).named_parameters()]
        ['bias', 'weight']
    """
    for key, hook in module._forward_pre_hooks.items():
        if isinstance(hook, SpectralNorm) and hook.name == name:
            hook(module, ())
            weight = getattr(module, name).detach()
            delattr(module, name)
            delattr(module, name + "_orig")
            delattr(module, name + "_u")
            delattr(module, name + "_v")
            del module._forward_pre_hooks[key]
            module.register_parameter(name, Parameter(weight))
            return module
    check(False, "spectral_norm of '{}' not found in {}", name, module, error=ValueError)
    return module
