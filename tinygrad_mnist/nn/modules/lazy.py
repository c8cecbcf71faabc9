"""What layers share that learn the size of their input from the first one."""

from __future__ import annotations

from typing import Any, cast

from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.ops.creation import zeros

__all__ = ["LazyModuleMixin"]


class LazyModuleMixin:
    """Holds empty parameters until the first call.

    They stay the same objects, so an optimizer may have them.

    Attributes:
        cls_to_become: the class of the layer from its first call on.

    Example:
        >>> layer = nn.LazyLinear(3)
        >>> layer(torch.ones(2, 5)).shape
        torch.Size([2, 3])
        >>> layer
        Linear(in_features=5, out_features=3, bias=True)
    """

    cls_to_become: Any

    def _wait_for_input(self, size_name: str, dim: int, **options: Any) -> None:
        """Empty the parameters, and note what the layer will be made of.

        Args:
            size_name: the layer's first parameter, its attribute for the size of the input.
            dim: the dimension of the input whose size that is.
            options: the layer's other parameters.
        """
        module = cast(Module, self)
        for parameter in module.parameters():
            parameter.data = zeros(0, dtype=parameter.dtype)
        module._pending = (size_name, dim, options)

    def reset_parameters(self) -> None:
        """Nothing yet to draw."""

    def __call__(self, input: Tensor, *more: Any) -> Any:
        module: Any = self
        size_name, dim, options = module.__dict__.pop("_pending")
        size = input.shape[dim]
        made = self.cls_to_become(size, **options)
        made.to(next(module.parameters(), input).dtype)
        for name, parameter in made.named_parameters():
            module._parameters[name].data = parameter.data
        module._buffers.update(made._buffers)
        setattr(module, size_name, size)
        module.__class__ = self.cls_to_become
        return module(input, *more)
