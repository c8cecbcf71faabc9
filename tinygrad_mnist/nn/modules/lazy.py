"""Layers that learn the size of their input from the first one, and are plain layers from then on."""

from typing import Any

from tinygrad_mnist.creation import zeros
from tinygrad_mnist.nn.modules import conv, linear, normalization


class _Lazy:
    """Holds empty parameters until the first call; they stay the same objects, so an optimizer may have them."""

    becomes: Any
    size: tuple[str, int]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(0, *args, **kwargs)  # type: ignore[call-arg]
        module: Any = self
        for parameter in module.parameters():
            parameter.data = zeros(0, dtype=parameter.dtype)
        module.given = args, kwargs

    def reset_parameters(self) -> None:
        """Nothing yet to draw."""

    def __call__(self, input: Any, *more: Any) -> Any:
        module: Any = self
        (name, dim), (args, kwargs) = self.size, module.__dict__.pop("given")
        made = self.becomes(input.shape[dim], *args, **kwargs).to(next(module.parameters(), input).dtype)
        for key, parameter in made.named_parameters():
            module._parameters[key].data = parameter.data
        module._buffers.update(made._buffers)
        setattr(module, name, input.shape[dim])
        module.__class__ = self.becomes
        return module(input, *more)


_ROWS: list[Any] = [(linear.Linear, "in_features", -1)]
for _rank in (1, 2, 3):
    _ROWS += [(getattr(conv, f"{_kind}{_rank}d"), "in_channels", -_rank - 1) for _kind in ("Conv", "ConvTranspose")]
    _ROWS += [(getattr(normalization, f"{_kind}Norm{_rank}d"), "num_features", 1) for _kind in ("Batch", "Instance")]
__all__ = [f"Lazy{row[0].__name__}" for row in _ROWS]
for _name, (_class, *_size) in zip(__all__, _ROWS, strict=True):
    _doc = f"`{_class.__name__}` whose `{_size[0]}` is that of its first input."
    _members = {"becomes": _class, "size": tuple(_size), "__doc__": _doc, "__module__": __name__}
    globals()[_name] = type(_name, (_Lazy, _class), _members)
