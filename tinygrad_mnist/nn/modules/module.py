"""Module: a piece of a network, which knows its parameters and the modules inside it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple, Self, cast

import numpy as np

from tinygrad_mnist import dtypes
from tinygrad_mnist.creation import empty_like
from tinygrad_mnist.core.device import require_cpu
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.nn.parameter import Buffer, Parameter
from tinygrad_mnist.tape import Handle, is_grad_enabled, no_grad, record
from tinygrad_mnist.core.tensor import Tensor, shared_version, wrap


class _IncompatibleKeys(NamedTuple("_IncompatibleKeys", [("missing_keys", list[str]), ("unexpected_keys", list[str])])):
    """What `load_state_dict` found on only one of the two sides."""

    __slots__ = ()

    def __repr__(self) -> str:
        return super().__repr__() if any(self) else "<All keys matched successfully>"


class _Key:
    """Where a hook is kept, and whether it is given the keyword arguments."""

    def __init__(self, with_kwargs: bool) -> None:
        self.with_kwargs = with_kwargs


_check_type, _check_name = (partial(check, error=each) for each in (TypeError, AttributeError))
_Named = Iterator[tuple[str, Any]]
_HOOKS = {  # room: the methods that register there, and when which hook is called
    "_forward_pre_hooks": ("forward_pre", "(module, args) before `forward`; it may return other arguments"),
    "_forward_hooks": ("forward", "(module, args, output) after `forward`; it may return another output"),
    "_backward_pre_hooks": ("full_backward_pre", "(module, grad_output) before the gradient; it may return another"),
    "_backward_hooks": ("full_backward backward", "(module, grad_input, grad_output); it may return a grad_input"),
}


class Module:
    """The base of all layers and networks.

    A subclass makes its parameters and inner modules in `__init__`, by assigning them to
    attributes, and computes in `forward`; one calls the module itself: `net(x)`.
    """

    training: bool
    _version = 1
    _hooked = False  # whether a hook was ever registered

    def __init__(self) -> None:
        rooms: dict[str, Any] = {room: {} for room in _ROOMS} | {room: OrderedDict() for room in _HOOKS}
        self.__dict__.update(rooms, _non_persistent_buffers_set=set(), training=True)

    # attributes ----------------------------------------------------------------------------

    def _room(self, room: str) -> dict[str, Any]:
        _check_name(room in self.__dict__, "cannot assign {} before Module.__init__() call", _ROOMS[room][2])
        held: dict[str, Any] = self.__dict__[room]
        return held

    def _persist(self, name: str, persistent: bool) -> None:
        (self._non_persistent_buffers_set.discard if persistent else self._non_persistent_buffers_set.add)(name)

    def __setattr__(self, name: str, value: Any) -> None:
        for room, (kind, registered, what, wanted) in _ROOMS.items():
            if isinstance(value, kind):
                self._room(room)
                for other in (self.__dict__, *(self._room(each) for each in _ROOMS if each != room)):
                    other.pop(name, None)
                self._persist(name, getattr(value, "persistent", True))
            elif name in self.__dict__.get(room, ()):
                ok = value is None or (kind is not registered and isinstance(value, registered))
                message = "cannot assign '{}' as {} '{}' ({} or None expected)"
                _check_type(ok, message, type(value).__name__, what, name, wanted)
            else:
                continue
            self._room(room)[name] = value
            return
        object.__setattr__(self, name, value)

    def __getattr__(self, name: str) -> Any:
        for room in _ROOMS:
            found = self.__dict__.get(room, {})
            if name in found:
                return found[name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __delattr__(self, name: str) -> None:
        for room in _ROOMS:
            if name in self.__dict__[room]:
                del self.__dict__[room][name]
                self._non_persistent_buffers_set.discard(name)
                return
        object.__delattr__(self, name)

    def __dir__(self) -> list[str]:
        names = {*super().__dir__(), *(name for room in _ROOMS for name in self.__dict__[room])}
        return sorted(name for name in names if not name[0].isdigit())

    def _register(self, room: str, name: Any, value: Any) -> None:
        _, kind, what, wanted = _ROOMS[room]
        held, refuse = self._room(room), partial(check, error=KeyError)
        _check_type(isinstance(name, str), "{} name should be a string. Got {}", what, type(name).__name__)
        refuse("." not in name, '{} name can\'t contain ".", got: {}', what, name)
        refuse(name, '{} name can\'t be empty string ""', what)
        refuse(name in held or not hasattr(self, name), "attribute '{}' already exists", name)
        ok, got = value is None or isinstance(value, kind), type(value).__name__
        _check_type(ok, "cannot assign '{}' object to {} '{}' ({} or None required)", got, what, name, wanted)
        held[name] = value

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter under a name; None keeps the name without one."""
        self._register("_parameters", name, param)

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Add a tensor that is state but not learned; it is saved if `persistent`."""
        self._register("_buffers", name, tensor)
        self._persist(name, persistent)

    def add_module(self, name: str, module: Module | None) -> None:
        """Add an inner module under a name."""
        self._register("_modules", name, module)

    register_module = add_module

    # calling -------------------------------------------------------------------------------

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the module computes; every subclass defines it."""
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._call_with_hooks(args, kwargs) if self._hooked else self.forward(*args, **kwargs)

    def _call_with_hooks(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        for key, hook in tuple(self._forward_pre_hooks.items()):
            changed = hook(self, args, kwargs) if key.with_kwargs else hook(self, args)
            if changed is not None and key.with_kwargs:
                ok = isinstance(changed, tuple) and len(changed) == 2
                check(ok, "forward pre-hook must return None or a tuple of (args, kwargs), but got {}.", changed)
                args, kwargs = changed
            elif changed is not None:
                args = _tupled(changed)
        watch = _Watch(self, args) if self._backward_hooks or self._backward_pre_hooks else None
        out = self.forward(*(watch.inputs if watch else args), **kwargs)
        for key, hook in tuple(self._forward_hooks.items()):
            changed = hook(self, args, kwargs, out) if key.with_kwargs else hook(self, args, out)
            out = out if changed is None else changed
        return watch.outputs(out) if watch else out

    # what is inside ------------------------------------------------------------------------

    def named_modules(self, memo: Any = None, prefix: str = "", remove_duplicate: bool = True) -> _Named:
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

    def _named(self, room: str, prefix: str, recurse: bool, once: bool = True) -> _Named:
        seen: set[int] = set()
        for path, module in self.named_modules(prefix=prefix, remove_duplicate=once) if recurse else [(prefix, self)]:
            for name, member in module.__dict__[room].items():
                if member is not None and not (once and id(member) in seen):
                    seen.add(id(member))
                    yield f"{path}.{name}" if path else name, member

    def named_children(self) -> _Named:
        """The modules directly inside, with their names."""
        return self._named("_modules", "", False)

    def named_parameters(self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True) -> _Named:
        """All parameters, each once, with the path to it."""
        return self._named("_parameters", prefix, recurse, remove_duplicate)

    def named_buffers(self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True) -> _Named:
        """All buffers, each once, with the path to it."""
        return self._named("_buffers", prefix, recurse, remove_duplicate)

    def modules(self, remove_duplicate: bool = True) -> Iterator[Module]:
        """This module and all inside it."""
        return (module for _, module in self.named_modules(remove_duplicate=remove_duplicate))

    def children(self) -> Iterator[Module]:
        """The modules directly inside."""
        return (module for _, module in self.named_children())

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """All parameters, each once."""
        return (parameter for _, parameter in self.named_parameters(recurse=recurse))

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """All buffers, each once."""
        return (buffer for _, buffer in self.named_buffers(recurse=recurse))

    def get_submodule(self, target: str) -> Module:
        """The module at a path such as "encoder.0"."""
        found: Any = self
        for name in target.split(".") if target else ():
            _check_name(hasattr(found, name), "{} has no attribute `{}`", found._get_name(), name)
            found = getattr(found, name)
            _check_name(isinstance(found, Module), "`{}` is not an nn.Module", name)
        return cast(Module, found)

    def _member(self, target: str, room: str, what: str) -> Any:
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        _check_name(hasattr(module, name), "{} has no attribute `{}`", module._get_name(), name)
        _check_name(module.__dict__[room].get(name) is not None, "`{}` is not {}", name, what)
        return getattr(module, name)

    def get_parameter(self, target: str) -> Parameter:
        """The parameter at a path such as "encoder.0.weight"."""
        return cast(Parameter, self._member(target, "_parameters", "an nn.Parameter"))

    def get_buffer(self, target: str) -> Tensor:
        """The buffer at a path."""
        return cast(Tensor, self._member(target, "_buffers", "a buffer"))

    def set_submodule(self, target: str, module: Module) -> None:
        """Put a module at a path."""
        check(target, "Cannot set the submodule without a target name!", error=ValueError)
        path, _, name = target.rpartition(".")
        setattr(self.get_submodule(path), name, module)

    # state ---------------------------------------------------------------------------------

    def _saved(self) -> dict[str, Tensor]:
        buffers = {k: v for k, v in self._buffers.items() if k not in self._non_persistent_buffers_set}
        return {k: v for k, v in (*self._parameters.items(), *buffers.items()) if v is not None}

    def state_dict(self, *, destination: Any = None, prefix: str = "", keep_vars: bool = False) -> dict[str, Any]:
        """All parameters and persistent buffers by path, sharing memory with the module."""
        out: Any = OrderedDict() if destination is None else destination
        metadata: Any = OrderedDict()
        for path, module in self.named_modules(remove_duplicate=False):
            home = f"{prefix}{path}." if path else prefix
            metadata[home[:-1]] = {"version": module._version}
            for name, tensor in module._saved().items():
                out[home + name] = tensor if keep_vars else tensor.detach()
        if destination is None:
            out._metadata = metadata
        return cast(dict[str, Any], out)

    def _load(
        self, state: Any, prefix: str, assign: bool, missing: list[str], unexpected: list[str], errors: Any
    ) -> None:
        """Write what fits of a state dict, and note in the lists what does not."""
        own = self._saved()
        for name, tensor in own.items():
            key, given = prefix + name, state.get(prefix + name)
            if key not in state:
                missing.append(key)
            elif not isinstance(given, Tensor):
                wanted = "expected torch.Tensor or Tensor-like object from checkpoint but received"
                errors.append(f'While copying the parameter named "{key}", {wanted} {type(given)}')
            elif given.shape != tensor.shape and (tensor.ndim or given.shape != (1,)):
                errors.append(
                    f"size mismatch for {key}: copying a param with shape {given.shape} from checkpoint,"
                    f" the shape in current model is {tensor.shape}."
                )
            elif not assign:
                tensor.copy_(given.reshape(tensor.shape))
            else:
                bare = isinstance(tensor, Parameter) and not isinstance(given, Parameter)
                made = Parameter(given) if bare else given
                setattr(self, name, made.requires_grad_(tensor.requires_grad))
        for key in state:
            first, dot, _ = key.removeprefix(prefix).partition(".")
            if key.startswith(prefix) and first not in (self._modules if dot else own):
                unexpected.append(key)

    def load_state_dict(self, state_dict: Any, strict: bool = True, assign: bool = False) -> _IncompatibleKeys:
        """Copy a state dict's tensors into this module's, or with `assign` put them in their place.

        What does not fit, and, if `strict`, a key too many or too few, is an error, raised when the rest is written.
        """
        _check_type(isinstance(state_dict, Mapping), "Expected state_dict to be dict-like, got {}.", type(state_dict))
        keys, errors = _IncompatibleKeys([], []), list[str]()
        with no_grad():
            for path, module in self.named_modules(remove_duplicate=False):
                module._load(state_dict, f"{path}." if path else "", assign, *keys, errors)
        for what, found in (("Unexpected", keys.unexpected_keys), ("Missing", keys.missing_keys)):
            if strict and found:
                errors.insert(0, f"{what} key(s) in state_dict: " + ", ".join(f'"{key}"' for key in found) + ". ")
        message = "Error(s) in loading state_dict for {}:\n\t{}"
        check(not errors, message, type(self).__name__, "\n\t".join(errors))
        return keys

    def apply(self, fn: Callable[[Module], Any]) -> Self:
        """Call `fn` on every module inside, innermost first, and on this one."""
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def train(self, mode: bool = True) -> Self:
        """Put this module and all inside it into training mode: dropout drops, and so on."""
        check(isinstance(mode, bool), "training mode is expected to be boolean", error=ValueError)
        self.training = mode
        for module in self.children():
            module.train(mode)
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
        """Forget all parameters' gradients, or set them to 0."""
        for parameter in self.parameters():
            if set_to_none or parameter.grad is None:
                parameter.grad = None
            else:
                parameter.grad.detach_().zero_()

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Self:
        for module in self.children() if recurse else ():
            module._apply(fn)
        for tensor in (*self._parameters.values(), *self._buffers.values()):
            if tensor is not None:
                tensor.data = fn(tensor.detach())
                if tensor.grad is not None:
                    tensor.grad = fn(tensor.grad)
        return self

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """Cast all floating-point parameters and buffers: `to(dtype)`; `to("cpu")` changes nothing."""
        for each in (*args, *kwargs.values()):
            ok = not isinstance(each, dtypes.dtype) or dtypes.resolve(each).kind == "f"
            _check_type(ok, "nn.Module.to only accepts floating point dtypes, but got desired dtype={}", each)
        return self._apply(lambda x: x.to(*args, **kwargs) if x.array.dtype.kind == "f" else x)

    def to_empty(self, *, device: Any, recurse: bool = True) -> Self:
        """New memory for all parameters and buffers, not initialised."""
        return self._apply(lambda x: empty_like(x, device=device), recurse)

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

    def bfloat16(self) -> Self:
        """There is no bfloat16 in NumPy: an error that says so."""
        return self.to(dtypes.bfloat16)

    def cpu(self) -> Self:
        """This module: it is on the CPU."""
        return self

    share_memory = cpu

    def cuda(self, device: Any = None) -> Self:
        """There is no CUDA here: an error that says so."""
        require_cpu("cuda")
        return self

    def compile(self, *args: Any, **kwargs: Any) -> None:
        """Nothing to do: modules run as they are."""

    # printing ------------------------------------------------------------------------------

    def _get_name(self) -> str:
        return type(self).__name__

    def extra_repr(self) -> str:
        """What to print inside the parentheses; subclasses override it."""
        return ""

    def _inner_reprs(self) -> list[str]:
        return [f"({name}): {module!r}" for name, module in self._modules.items()]

    def __repr__(self) -> str:
        extra, inner = self.extra_repr(), [each.replace("\n", "\n  ") for each in self._inner_reprs()]
        if not inner and "\n" not in extra:
            return f"{self._get_name()}({extra})"
        return "\n  ".join([f"{self._get_name()}(", *(extra.split("\n") if extra else ()), *inner]) + "\n)"


_ROOMS: Any = {  # room: what goes there when assigned, what may be registered, what it is called
    "_parameters": (Parameter, Parameter, "parameter", "torch.nn.Parameter"),
    "_modules": (Module, Module, "module", "torch.nn.Module"),
    "_buffers": (Buffer, Tensor, "buffer", "torch.nn.Buffer, torch.Tensor"),
}


def _registrar(room: str, doc: str) -> Any:
    def register(self: Module, hook: Callable[..., Any], prepend: bool = False, with_kwargs: bool = False) -> Handle:
        key, hooks = _Key(with_kwargs), self.__dict__[room]
        handle = Handle(hooks, hook, key)
        if prepend:
            hooks.move_to_end(key, last=False)
        self._hooked = True
        return handle

    register.__doc__ = f"""Call hook{doc}. The result's `remove()` takes it out.

        With `prepend` it comes before the hooks there are. A forward hook may also be wanted `with_kwargs`, which
        then come after args (and from a pre-hook beside them)."""
    return register


for _room, (_names, _doc) in _HOOKS.items():
    for _name in _names.split():
        setattr(Module, f"register_{_name}_hook", _registrar(_room, _doc))


class _Watch:
    """Hands a call's gradients to the module's backward hooks: those by all outputs, then those by all inputs."""

    def __init__(self, module: Module, args: tuple[Any, ...]) -> None:
        self.module, self.args, self.grad_output = module, args, None
        self.inputs = _gated(args, self._by_inputs)

    def outputs(self, out: Any) -> Any:
        """What the call gave, its gradients watched."""
        watched = _gated(_tupled(out), self._by_outputs)
        return watched if isinstance(out, tuple) else watched[0]

    def _by_outputs(self, gradients: Any) -> Any:
        for hook in tuple(self.module._backward_pre_hooks.values()):
            gradients = _tupled(hook(self.module, gradients), gradients)
        self.grad_output = gradients
        if self.inputs is self.args:  # none needs a gradient, so none will come
            self._run((None,) * len(self.args))
        return gradients

    def _by_inputs(self, gradients: Any) -> Any:
        floats = (isinstance(x, Tensor) and x.array.dtype.kind == "f" for x in self.args)
        pairs = zip(self.args, gradients, floats, strict=True)
        return self._run(tuple(wrap(np.zeros_like(x.array)) if g is None and f else g for x, g, f in pairs))

    def _run(self, gradients: Any) -> Any:
        for hook in tuple(self.module._backward_hooks.values()):
            gradients = _tupled(hook(self.module, gradients, self.grad_output), gradients)
        return gradients


def _tupled(value: Any, before: Any = None) -> Any:
    """A tuple as it is, anything else as a tuple of one; `before` in place of None."""
    return before if value is None and before is not None else value if isinstance(value, tuple) else (value,)


def _gated(values: tuple[Any, ...], seen: Callable[[Any], Any]) -> tuple[Any, ...]:
    """The values, whose gradients pass through `seen` together: the records behind them share one in front."""
    places = [i for i, x in enumerate(values) if isinstance(x, Tensor) and x.requires_grad]
    if not places or not is_grad_enabled():
        return values
    found: list[Any] = [None] * len(values)
    passed: list[Any] = list(found)

    def keep(i: int, g: Tensor) -> Tensor:
        found[i] = g
        return wrap(np.zeros(()))

    def through(g: Tensor) -> None:
        passed[:] = seen(tuple(found))
        found[:] = [None] * len(found)

    gate = record("backward_hook", np.zeros(()), *((values[i], lambda g, i=i: passed[i]) for i in places))
    gate.grad_fn.register_hook(through)  # type: ignore[union-attr]
    out = list(values)
    for i in places:
        out[i] = record("backward_hook", values[i].array, (gate, lambda g, i=i: keep(i, g)))
        out[i]._version_counter = shared_version(values[i])
    return tuple(out)
