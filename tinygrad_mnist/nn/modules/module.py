"""Module: a piece of a network, which knows its parameters and the modules inside it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, Self

import numpy as np

from tinygrad_mnist import dtypes
from tinygrad_mnist.device import require_cpu
from tinygrad_mnist.nn.parameter import Buffer, Parameter
from tinygrad_mnist.tape import Handle, no_grad
from tinygrad_mnist.tensor import Tensor, wrap


class IncompatibleKeys(NamedTuple("IncompatibleKeys", [("missing_keys", list[str]), ("unexpected_keys", list[str])])):
    """What `load_state_dict` found on only one of the two sides."""

    __slots__ = ()

    def __repr__(self) -> str:
        return super().__repr__() if any(self) else "<All keys matched successfully>"


class Module:
    """The base of all layers and networks.

    A subclass makes its parameters and inner modules in `__init__`, by assigning them to
    attributes, and computes in `forward`; one calls the module itself: `net(x)`.
    """

    training: bool
    dump_patches = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        for name in ("_parameters", "_buffers", "_modules"):
            object.__setattr__(self, name, {})
        for name in ("_forward_pre_hooks", "_forward_hooks", "_backward_hooks"):
            object.__setattr__(self, name, OrderedDict())
        object.__setattr__(self, "_non_persistent", set())
        self.training = True

    # attributes ----------------------------------------------------------------------------

    def _rooms(self) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        try:
            return self.__dict__["_parameters"], self.__dict__["_modules"], self.__dict__["_buffers"]
        except KeyError:
            raise AttributeError("cannot assign parameters or modules before Module.__init__() call") from None

    def __setattr__(self, name: str, value: Any) -> None:
        kinds: Any = (Parameter, Module, Buffer)
        if isinstance(value, kinds) or any(
            name in self.__dict__.get(r, ()) for r in ("_parameters", "_modules", "_buffers")
        ):
            for room, kind in zip(self._rooms(), kinds, strict=True):
                if isinstance(value, kind) or (
                    name in room and (value is None or (kind is Buffer and isinstance(value, Tensor)))
                ):
                    self.__dict__.pop(name, None)
                    for other in self._rooms():
                        if other is not room:
                            other.pop(name, None)
                    room[name] = value
                    return
                if name in room and kind is not Buffer:
                    wanted = "parameter" if kind is Parameter else "child module"
                    raise TypeError(
                        f"cannot assign '{type(value).__name__}' as {wanted} '{name}', wanted {kind.__name__} or None"
                    )
        object.__setattr__(self, name, value)

    def __getattr__(self, name: str) -> Any:
        for room in ("_parameters", "_modules", "_buffers"):
            found = self.__dict__.get(room, {})
            if name in found:
                return found[name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __delattr__(self, name: str) -> None:
        for room in self._rooms():
            if name in room:
                del room[name]
                return
        object.__delattr__(self, name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *(name for room in self._rooms() for name in room)})

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter under a name; None keeps the name without one."""
        self._check_name(name, "parameter")
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(
                f"cannot assign '{type(param).__name__}' object to parameter '{name}' (nn.Parameter or None required)"
            )
        self._parameters[name] = param

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Add a tensor that is state but not learned; it is saved if `persistent`."""
        self._check_name(name, "buffer")
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(
                f"cannot assign '{type(tensor).__name__}' object to buffer '{name}' (torch Tensor or None required)"
            )
        self._buffers[name] = tensor
        if not persistent:
            self._non_persistent.add(name)

    def add_module(self, name: str, module: Module | None) -> None:
        """Add an inner module under a name."""
        if module is not None and not isinstance(module, Module):
            raise TypeError(f"{type(module).__name__} is not a Module subclass")
        self._check_name(name, "module")
        self._modules[name] = module

    register_module = add_module

    def _check_name(self, name: str, kind: str) -> None:
        if "." in name or not name:
            raise KeyError(f'{kind} name must be a non-empty string without ".", got {name!r}')
        if hasattr(self, name) and not any(name in room for room in self._rooms()):
            raise KeyError(f"attribute '{name}' already exists")

    # calling -------------------------------------------------------------------------------

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the module computes; every subclass defines it."""
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not (self._forward_pre_hooks or self._forward_hooks or self._backward_hooks):
            return self.forward(*args, **kwargs)
        for hook in tuple(self._forward_pre_hooks.values()):
            changed = hook(self, args)
            if changed is not None:
                args = changed if isinstance(changed, tuple) else (changed,)
        if self._backward_hooks:
            args = self._watch_inputs(args)
        out = self.forward(*args, **kwargs)
        for hook in tuple(self._forward_hooks.values()):
            changed = hook(self, args, out)
            out = out if changed is None else changed
        return self._watch_outputs(out) if self._backward_hooks else out

    def _watch_inputs(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        watched = [x.view_as(x) if isinstance(x, Tensor) and x.requires_grad else x for x in args]
        self.__dict__["_grad_output"] = None
        for i, x in enumerate(watched):
            if isinstance(x, Tensor) and x.requires_grad:
                x.register_hook(lambda g, i=i: self._run_backward_hooks(g, i, len(args)))
        if not any(isinstance(x, Tensor) and x.requires_grad for x in watched):
            self.__dict__["_no_input_gradient"] = True
        return tuple(watched)

    def _watch_outputs(self, out: Any) -> Any:
        lonely = self.__dict__.pop("_no_input_gradient", False)

        def keep(g: Tensor) -> Tensor | None:
            self.__dict__["_grad_output"] = (g,)
            return self._run_backward_hooks(None, 0, 1) if lonely else None

        if isinstance(out, Tensor) and out.requires_grad:
            out = out.view_as(out)
            out.register_hook(keep)
        return out

    def _run_backward_hooks(self, g: Tensor | None, i: int, n: int) -> Tensor | None:
        grad_input: tuple[Tensor | None, ...] = tuple(g if k == i else None for k in range(n))
        for hook in tuple(self._backward_hooks.values()):
            changed = hook(self, grad_input, self.__dict__.get("_grad_output"))
            if changed is not None:
                grad_input = changed if isinstance(changed, tuple) else (changed,)
        return grad_input[i]

    def register_forward_pre_hook(self, hook: Callable[..., Any], **options: Any) -> Handle:
        """Call `hook(module, args)` before `forward`; it may return other arguments."""
        return Handle(self._forward_pre_hooks, hook, object())

    def register_forward_hook(self, hook: Callable[..., Any], **options: Any) -> Handle:
        """Call `hook(module, args, output)` after `forward`; it may return another output."""
        return Handle(self._forward_hooks, hook, object())

    def register_full_backward_hook(self, hook: Callable[..., Any], prepend: bool = False) -> Handle:
        """Call `hook(module, grad_input, grad_output)` when the gradient by the input is known."""
        return Handle(self._backward_hooks, hook, object())

    register_backward_hook = register_full_backward_hook

    # what is inside ------------------------------------------------------------------------

    def named_modules(
        self, memo: set[Module] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Module]]:
        """This module and all inside it, each once, with the path to it."""
        memo = set() if memo is None else memo
        if self in memo:
            return
        if remove_duplicate:
            memo.add(self)
        yield prefix, self
        for name, module in self._modules.items():
            if module is not None:
                yield from module.named_modules(memo, f"{prefix}.{name}" if prefix else name, remove_duplicate)

    def modules(self) -> Iterator[Module]:
        """This module and all inside it."""
        return (module for _, module in self.named_modules())

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The modules directly inside, with their names."""
        seen: set[Module] = set()
        for name, module in self._modules.items():
            if module is not None and module not in seen:
                seen.add(module)
                yield name, module

    def children(self) -> Iterator[Module]:
        """The modules directly inside."""
        return (module for _, module in self.named_children())

    def _named(self, room: str, prefix: str, recurse: bool, once: bool = True) -> Iterator[tuple[str, Any]]:
        seen: set[int] = set()
        for path, module in self.named_modules(prefix=prefix, remove_duplicate=once) if recurse else [(prefix, self)]:
            for name, tensor in getattr(module, room).items():
                if tensor is not None and not (once and id(tensor) in seen):
                    seen.add(id(tensor))
                    yield f"{path}.{name}" if path else name, tensor

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """All parameters, each once, with the path to it."""
        return self._named("_parameters", prefix, recurse, remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """All parameters, each once."""
        return (parameter for _, parameter in self.named_parameters(recurse=recurse))

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """All buffers, each once, with the path to it."""
        return self._named("_buffers", prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """All buffers, each once."""
        return (buffer for _, buffer in self.named_buffers(recurse=recurse))

    def get_submodule(self, target: str) -> Module:
        """The module at a path such as "encoder.0"."""
        module: Any = self
        for name in target.split(".") if target else []:
            if name not in module._modules:
                raise AttributeError(f"{type(module).__name__} has no attribute `{name}`")
            module = module._modules[name]
        found: Module = module
        return found

    def get_parameter(self, target: str) -> Parameter:
        """The parameter at a path such as "encoder.0.weight"."""
        path, _, name = target.rpartition(".")
        found: Parameter = self.get_submodule(path)._parameters[name]
        return found

    def get_buffer(self, target: str) -> Tensor:
        """The buffer at a path."""
        path, _, name = target.rpartition(".")
        found: Tensor = self.get_submodule(path)._buffers[name]
        return found

    # state ---------------------------------------------------------------------------------

    def state_dict(
        self, *args: Any, destination: Any = None, prefix: str = "", keep_vars: bool = False
    ) -> dict[str, Any]:
        """All parameters and persistent buffers by path, sharing memory with the module."""
        out: dict[str, Any] = OrderedDict() if destination is None else destination
        for room in (self._parameters, self._buffers):
            for name, tensor in room.items():
                if tensor is not None and name not in self._non_persistent:
                    out[prefix + name] = tensor if keep_vars else tensor.detach()
        for name, module in self._modules.items():
            if module is not None:
                module.state_dict(destination=out, prefix=f"{prefix}{name}.", keep_vars=keep_vars)
        return out

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> IncompatibleKeys:
        """Copy a state dict's tensors into this module's.

        Nothing is written unless every shape fits and, if `strict`, the keys are the same.
        """
        own = self.state_dict(keep_vars=True)
        missing = [key for key in own if key not in state_dict]
        unexpected = [key for key in state_dict if key not in own]
        errors = []
        if strict and unexpected:
            errors.append("Unexpected key(s) in state_dict: " + ", ".join(f'"{key}"' for key in unexpected) + ". ")
        if strict and missing:
            errors.append("Missing key(s) in state_dict: " + ", ".join(f'"{key}"' for key in missing) + ". ")
        given = {
            key: value if isinstance(value, Tensor) else wrap(np.asarray(value))
            for key, value in state_dict.items()
            if key in own
        }
        errors += [
            f"size mismatch for {key}: copying a param with shape {tensor.shape} from checkpoint, the shape"
            f" in current model is {own[key].shape}."
            for key, tensor in given.items()
            if tensor.array.shape != own[key].array.shape
        ]
        if errors:
            raise RuntimeError(f"Error(s) in loading state_dict for {type(self).__name__}:\n\t" + "\n\t".join(errors))
        with no_grad():
            for key, tensor in given.items():
                if assign:
                    own[key].data = tensor
                else:
                    own[key].copy_(tensor)
        return IncompatibleKeys(missing, unexpected)

    def apply(self, fn: Callable[[Module], Any]) -> Self:
        """Call `fn` on every module inside, innermost first, and on this one."""
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def train(self, mode: bool = True) -> Self:
        """Put this module and all inside it into training mode: dropout drops, and so on."""
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """Put this module and all inside it into evaluation mode."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Let all parameters require gradients, or none."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget all parameters' gradients."""
        for parameter in self.parameters():
            if set_to_none or parameter.grad is None:
                parameter.grad = None
            else:
                parameter.grad.detach_().zero_()

    def _apply(self, fn: Callable[[Tensor], Tensor]) -> Self:
        for tensor in (*self.parameters(), *self.buffers()):
            tensor.data = fn(tensor.detach())
            if tensor.grad is not None:
                tensor.grad = fn(tensor.grad)
        return self

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """Cast all floating-point parameters and buffers: `to(dtype)`; `to("cpu")` changes nothing."""
        return self._apply(lambda x: x.to(*args, **kwargs) if x.array.dtype.kind == "f" else x)

    def type(self, dst_type: Any) -> Self:
        """Cast all parameters and buffers."""
        return self._apply(lambda x: x.type(dst_type))

    def float(self) -> Self:
        """Cast to float32."""
        return self.to(dtypes.float32)

    def double(self) -> Self:
        """Cast to float64."""
        return self.to(dtypes.float64)

    def half(self) -> Self:
        """Cast to float16."""
        return self.to(dtypes.float16)

    def cpu(self) -> Self:
        """This module: it is on the CPU."""
        return self

    def cuda(self, device: Any = None) -> Self:
        """There is no CUDA here: an error that says so."""
        require_cpu("cuda")
        return self

    def share_memory(self) -> Self:
        """This module."""
        return self

    def compile(self, *args: Any, **kwargs: Any) -> None:
        """Nothing to do: modules run as they are."""

    # printing ------------------------------------------------------------------------------

    def _get_name(self) -> str:
        return type(self).__name__

    def extra_repr(self) -> str:
        """What to print inside the parentheses; subclasses override it."""
        return ""

    def __repr__(self) -> str:
        lines = [f"({name}): " + repr(module).replace("\n", "\n  ") for name, module in self._modules.items()]
        extra = self.extra_repr()
        if not lines:
            return f"{self._get_name()}({extra})"
        return f"{self._get_name()}({extra}\n  " + "\n  ".join(lines) + "\n)"
