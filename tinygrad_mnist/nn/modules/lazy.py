"""Layers that learn the size of their input from the first one, and are plain layers from then on."""

from typing import Any

from tinygrad_mnist.creation import zeros
from tinygrad_mnist.nn.modules import batchnorm, conv, linear


class _Lazy:
    """Holds empty parameters until the first call; they stay the same objects, so an optimizer may have them."""

    becomes: Any
    size: tuple[str, int]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(0, *args, **kwargs)  # type: ignore[call-arg]
        module: Any = self
        for parameter in module.parameters():
            parameter.data = zeros(0, dtype=parameter.dtype)
        module.register_forward_pre_hook(_Infer(args, kwargs))

    def reset_parameters(self) -> None:
        """Nothing yet to draw."""


class _Infer:
    def __init__(self, args: Any, kwargs: Any) -> None:
        self.args, self.kwargs = args, kwargs

    def __call__(self, module: Any, inputs: Any) -> None:
        name, dim = module.size
        setattr(module, name, inputs[0].shape[dim])
        made = module.becomes(getattr(module, name), *self.args, **self.kwargs)
        made.to(next(module.parameters(), inputs[0]).dtype)
        for key, value in made._parameters.items():
            if value is not None:
                module._parameters[key].data = value.data
        module._buffers.update(made._buffers)
        hooks = module._forward_pre_hooks
        del hooks[next(key for key, hook in hooks.items() if hook is self)]
        module.__class__ = type(made)


_ROWS = [(linear.Linear, "in_features", -1)]
for _rank in (1, 2, 3):
    _ROWS += [(getattr(conv, f"{_kind}{_rank}d"), "in_channels", -_rank - 1) for _kind in ("Conv", "ConvTranspose")]
    _ROWS += [(getattr(batchnorm, f"{_kind}{_rank}d"), "num_features", 1) for _kind in ("BatchNorm", "InstanceNorm")]
for _class, *_size in _ROWS:
    _name = f"Lazy{_class.__name__}"
    _doc = f"`{_class.__name__}` whose `{_size[0]}` is that of its first input."
    globals()[_name] = type(_name, (_Lazy, _class), {"becomes": _class, "size": tuple(_size), "__doc__": _doc,
                                                     "__module__": __name__})  # fmt: skip

__all__ = [f"Lazy{row[0].__name__}" for row in _ROWS]
