"""A weight as the product of a length and a direction."""

from __future__ import annotations

from typing import Any, TypeVar

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.nn.parameter import Parameter

__all__ = ["remove_weight_norm", "weight_norm"]

M = TypeVar("M", bound=Module)


class WeightNorm:
    """The hook that computes the weight before each call.

    Attributes:
        name: the parameter's.
        dim: the dimension along which each slice has a length of its own; None for one length.
    """

    def __init__(self, name: str, dim: int | None) -> None:
        self.name = name
        self.dim = dim

    def length(self, v: Tensor) -> Tensor:
        """The lengths of a direction's slices."""
        if self.dim is None:
            return v.norm(2, list(range(v.ndim)))
        dims = [i for i in range(v.ndim) if i != self.dim % v.ndim]
        return v.norm(2, dims, keepdim=True)

    def compute_weight(self, module: Module) -> Tensor:
        """g v / |v|."""
        g = getattr(module, self.name + "_g")
        v = getattr(module, self.name + "_v")
        weight: Tensor = v * (g / self.length(v))
        return weight

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, self.name, self.compute_weight(module))


def weight_norm(module: M, name: str = "weight", dim: int | None = 0) -> M:
    """Make a parameter of a module g v / |v|, with g (`name_g`) and v (`name_v`) to be learned.

    Salimans and Kingma, NeurIPS 2016, arXiv:1602.07868.

    Args:
        module: the module; it is changed.
        name: the parameter's.
        dim: the dimension along which each slice has a length of its own; None for one length.

    Returns:
        The module.

    Example:
        >>> layer = torch.nn.utils.weight_norm(nn.Linear(3, 2))
        >>> layer.weight_g.shape, layer.weight_v.shape
        (torch.Size([2, 1]), torch.Size([2, 3]))
    """
    hook = WeightNorm(name, dim)
    weight: Any = module._parameters.pop(name)
    direction = weight.detach()
    module.register_parameter(name + "_g", Parameter(hook.length(direction)))
    module.register_parameter(name + "_v", Parameter(direction))
    setattr(module, name, hook.compute_weight(module))
    module.register_forward_pre_hook(hook)
    return module


def remove_weight_norm(module: M, name: str = "weight") -> M:
    """Make the parameter one tensor again.

    Args:
        module: a module that `weight_norm` changed; it is changed back.
        name: the parameter's.

    Returns:
        The module.

    Raises:
        ValueError: if there is no such norm.

    Example:
        >>> layer = torch.nn.utils.weight_norm(nn.Linear(3, 2))
        >>> [name for name, _ in torch.nn.utils.remove_weight_norm(layer).named_parameters()]
        ['bias', 'weight']
    """
    for key, hook in module._forward_pre_hooks.items():
        if isinstance(hook, WeightNorm) and hook.name == name:
            weight = hook.compute_weight(module).detach()
            delattr(module, name)
            delattr(module, name + "_g")
            delattr(module, name + "_v")
            del module._forward_pre_hooks[key]
            module.register_parameter(name, Parameter(weight))
            return module
    check(False, "weight_norm of '{}' not found in {}", name, module, error=ValueError)
    return module
