"""What layers share that learn the size of their input from the first one."""

from __future__ import annotations

from collections.abc import Mapping
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

    def _load_from_state_dict(
        self, state_dict: Mapping[str, Any], prefix: str, *more: Any, **options: Any
    ) -> None:
        """Take the sizes of what is loaded, which the first input is not asked for then."""
        module = cast(Module, self)
        for name, own in module._saved_tensors().items():
            given = state_dict.get(prefix + name)
            if isinstance(given, Tensor) and own.numel() == 0:
                own.data = zeros(given.shape, dtype=own.dtype)
        Module._load_from_state_dict(module, state_dict, prefix, *more, **options)

    def __call__(self, input: Tensor, *more: Any) -> Any:
        module: Any = self
        size_name, dim, options = module.__dict__.pop("_pending")
        size = input.shape[dim]
        own = [*module._parameters.items(), *module._buffers.items()]
        empty = [x for _, x in own if x is not None and x.numel() == 0]
        if empty:
            made = self.cls_to_become(size, **options)
            made.to(next(module.parameters(), input).dtype)
            drawn = {**made._parameters, **made._buffers}
            for name, x in own:
                if x is not None and x.numel() == 0:
                    x.data = drawn[name].data
        setattr(module, size_name, size)
        module.__class__ = self.cls_to_become
        return module(input, *more)
