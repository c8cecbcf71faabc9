"""Module: a piece of a network, which knows its parameters and the modules inside it."""

from __future__ import annotations

import builtins
import functools
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple, Self, cast

import numpy as np

from tinygrad_mnist.compiler import CompiledFunction, choose_backend
from tinygrad_mnist.core import dtypes
from tinygrad_mnist.core.device import require_cpu
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.modes import no_grad
from tinygrad_mnist.core.record import RemovableHandle, add_hook, join_history
from tinygrad_mnist.core.state import Changes, state
from tinygrad_mnist.core.tensor import Tensor, wrap
from tinygrad_mnist.nn.parameter import Buffer, Parameter
from tinygrad_mnist.ops.creation import empty_like

__all__ = [
    "Module",
    "register_module_backward_hook",
    "register_module_forward_hook",
    "register_module_forward_pre_hook",
    "register_module_full_backward_hook",
    "register_module_full_backward_pre_hook",
]

Hook = Callable[..., Any]

# the attribute with the dict, what a member is called, what may be registered there
PARAMETERS = ("_parameters", "parameter", "torch.nn.Parameter", Parameter)
BUFFERS = ("_buffers", "buffer", "torch.nn.Buffer, torch.Tensor", Tensor)


class _LoadedKeys(NamedTuple):
    missing_keys: list[str]
    unexpected_keys: list[str]


class _IncompatibleKeys(_LoadedKeys):
    """What `load_state_dict` found on only one of the two sides."""

    __slots__ = ()

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return super().__repr__()


class _HookKey:
    """Under what a hook is kept, and how it wants to be called.

    Attributes:
        with_kwargs: whether a forward hook is given the keyword arguments too.
        always_call: whether a forward hook is called, with None for an output, where `forward`
            raises.
    """

    def __init__(self, with_kwargs: bool = False, always_call: bool = False) -> None:
        self.with_kwargs = with_kwargs
        self.always_call = always_call


class _HooksOfAll:
    """The hooks that are called for every module, before its own."""

    forward_pre: ClassVar[dict[_HookKey, Hook]] = {}
    forward: ClassVar[dict[_HookKey, Hook]] = {}
    backward_pre: ClassVar[dict[_HookKey, Hook]] = {}
    backward: ClassVar[dict[_HookKey, Hook]] = {}


class Module:
    """The base of all layers and networks.

    A subclass makes its parameters and inner modules in `__init__`, by assigning them to
    attributes, and computes in `forward`; one calls the module itself: `net(x)`.

    Attributes:
        training: whether the module is in training mode, see `train`.

    Example:
        >>> class Net(nn.Module):
        ...     def __init__(self):
        ...         super().__init__()
        ...         self.layer = nn.Linear(3, 2)
        ...
        ...     def forward(self, x):
        ...         return self.layer(x).relu()
        >>> net = Net()
        >>> net(torch.ones(5, 3)).shape
        torch.Size([5, 2])
        >>> [name for name, _ in net.named_parameters()]
        ['layer.weight', 'layer.bias']
    """

    training: bool
    _version = 1
    _hooked = False  # whether a hook was ever registered, or the module compiled
    _compiled: CompiledFunction | None = None
    _parameters: dict[str, Parameter | None]
    _buffers: dict[str, Tensor | None]
    _modules: dict[str, Module | None]
    _non_persistent_buffers_set: set[str]
    _forward_pre_hooks: OrderedDict[_HookKey, Hook]
    _forward_hooks: OrderedDict[_HookKey, Hook]
    _backward_pre_hooks: OrderedDict[_HookKey, Hook]
    _backward_hooks: OrderedDict[_HookKey, Hook]

    def __init__(self) -> None:
        attributes = self.__dict__  # set past `__setattr__`, which needs them
        attributes["_parameters"] = {}
        attributes["_modules"] = {}
        attributes["_buffers"] = {}
        attributes["_forward_pre_hooks"] = OrderedDict()
        attributes["_forward_hooks"] = OrderedDict()
        attributes["_backward_pre_hooks"] = OrderedDict()
        attributes["_backward_hooks"] = OrderedDict()
        attributes["_non_persistent_buffers_set"] = set()
        attributes["training"] = True

    # attributes ----------------------------------------------------------------------------

    def __setattr__(self, name: str, value: Any) -> None:
        Changes.count += 1
        attributes = self.__dict__
        if isinstance(value, Parameter):
            self._put("_parameters", "parameter", name, value)
        elif name in attributes.get("_parameters", ()):
            if value is not None:
                raise _cannot_assign(value, PARAMETERS[1], name, PARAMETERS[2])
            self._parameters[name] = None
        elif isinstance(value, Module):
            self._put("_modules", "module", name, value)
        elif name in attributes.get("_modules", ()):
            if value is not None:
                raise _cannot_assign(value, "module", name, "torch.nn.Module")
            self._modules[name] = None
        elif isinstance(value, Buffer):
            self._put("_buffers", "buffer", name, value)
        elif name in attributes.get("_buffers", ()):
            if value is not None and not isinstance(value, Tensor):
                raise _cannot_assign(value, BUFFERS[1], name, BUFFERS[2])
            self._buffers[name] = value
        else:
            object.__setattr__(self, name, value)

    def _put(self, where: str, kind: str, name: str, value: Any) -> None:
        """Keep a parameter, module or buffer in the dict of its kind, and nowhere else."""
        attributes = self.__dict__
        if where not in attributes:
            raise AttributeError(f"cannot assign {kind} before Module.__init__() call")
        attributes.pop(name, None)
        for other in ("_parameters", "_modules", "_buffers"):
            if other != where:
                attributes[other].pop(name, None)
        self._set_persistent(name, getattr(value, "persistent", True))
        attributes[where][name] = value

    def _set_persistent(self, name: str, persistent: bool) -> None:
        if persistent:
            self._non_persistent_buffers_set.discard(name)
        else:
            self._non_persistent_buffers_set.add(name)

    def __getattr__(self, name: str) -> Any:
        attributes = self.__dict__
        for where in ("_parameters", "_modules", "_buffers"):
            held = attributes.get(where)
            if held is not None and name in held:
                return held[name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __delattr__(self, name: str) -> None:
        Changes.count += 1
        for held in (self._parameters, self._modules, self._buffers):
            if name in held:
                del held[name]
                self._non_persistent_buffers_set.discard(name)
                return
        object.__delattr__(self, name)

    def __dir__(self) -> list[str]:
        names = {*super().__dir__(), *self._parameters, *self._modules, *self._buffers}
        return sorted(name for name in names if not name[0].isdigit())

    def _check_name(self, held: Mapping[str, Any], kind: str, name: Any) -> None:
        """Raise the error that a name deserves under which nothing can be registered."""
        if not isinstance(name, str):
            raise TypeError(f"{kind} name should be a string. Got {type(name).__name__}")
        if "." in name:
            raise KeyError(f'{kind} name can\'t contain ".", got: {name}')
        if not name:
            raise KeyError(f'{kind} name can\'t be empty string ""')
        if name not in held and hasattr(self, name):
            raise KeyError(f"attribute '{name}' already exists")

    def _register(
        self, where: str, kind: str, wanted: str, cls: Any, name: Any, value: Any
    ) -> None:
        if where not in self.__dict__:
            raise AttributeError(f"cannot assign {kind} before Module.__init__() call")
        held = self.__dict__[where]
        self._check_name(held, kind, name)
        if value is not None and not isinstance(value, cls):
            got = type(value).__name__
            raise TypeError(
                f"cannot assign '{got}' object to {kind} '{name}' ({wanted} or None required)"
            )
        held[name] = value
        Changes.count += 1

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter under a name.

        Args:
            name: the attribute's name, without a dot.
            param: the parameter; None keeps the name without one.

        Raises:
            KeyError: if there is another attribute of that name, or the name is no name.
            TypeError: if `param` is not a Parameter.
        """
        where, kind, wanted, cls = PARAMETERS
        self._register(where, kind, wanted, cls, name, param)

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Add a tensor that is state but not learned.

        Args:
            name: the attribute's name, without a dot.
            tensor: the tensor; None keeps the name without one.
            persistent: whether it is part of the `state_dict`.

        Raises:
            KeyError: if there is another attribute of that name, or the name is no name.
            TypeError: if `tensor` is not a tensor.
        """
        where, kind, wanted, cls = BUFFERS
        self._register(where, kind, wanted, cls, name, tensor)
        self._set_persistent(name, persistent)

    def add_module(self, name: str, module: Module | None) -> None:
        """Add an inner module under a name.

        Args:
            name: the attribute's name, without a dot.
            module: the module; None keeps the name without one.

        Raises:
            KeyError: if there is another attribute of that name, or the name is no name.
            TypeError: if `module` is not a Module.
        """
        self._register("_modules", "module", "torch.nn.Module", Module, name, module)

    register_module = add_module

    # calling -------------------------------------------------------------------------------

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the module computes; every subclass defines it.

        Args:
            args: what the module is called with.
            kwargs: what it is called with by name.
        """
        raise NotImplementedError(
            f'Module [{type(self).__name__}] is missing the required "forward" function'
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._hooked:
            return self._call_with_hooks(args, kwargs)
        return self.forward(*args, **kwargs)

    def _call_with_hooks(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if self._compiled is not None:
            return self._compiled(*args, **kwargs)
        return self._call_uncompiled(*args, **kwargs)

    def _call_uncompiled(self, *args: Any, **kwargs: Any) -> Any:
        called: set[_HookKey] = set()
        try:
            return self._forward_between_hooks(args, kwargs, called)
        except Exception:
            for key, hook in (*_HooksOfAll.forward.items(), *self._forward_hooks.items()):
                if key.always_call and key not in called:
                    _call_forward_hook(self, key, hook, args, kwargs, None)
            raise

    def _forward_between_hooks(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], called: set[_HookKey]
    ) -> Any:
        for key, hook in (*_HooksOfAll.forward_pre.items(), *self._forward_pre_hooks.items()):
            changed = hook(self, args, kwargs) if key.with_kwargs else hook(self, args)
            if changed is None:
                continue
            if key.with_kwargs:
                ok = isinstance(changed, tuple) and len(changed) == 2
                message = (
                    "forward pre-hook must return None or a tuple of (args, kwargs), but got {}."
                )
                check(ok, message, changed)
                args, kwargs = changed
            else:
                args = _as_tuple(changed)
        watch = None
        own = self._backward_hooks or self._backward_pre_hooks
        if own or _HooksOfAll.backward or _HooksOfAll.backward_pre:
            watch = _BackwardWatch(self, args)
            args = watch.watch_inputs(args)
        out = self.forward(*args, **kwargs)
        for key, hook in (*_HooksOfAll.forward.items(), *self._forward_hooks.items()):
            called.add(key)
            changed = _call_forward_hook(self, key, hook, args, kwargs, out)
            if changed is not None:
                out = changed
        if watch is None:
            return out
        return watch.watch_outputs(out)

    # hooks ---------------------------------------------------------------------------------

    def _add_hook(
        self, hooks: OrderedDict[_HookKey, Hook], hook: Hook, key: _HookKey, prepend: bool
    ) -> RemovableHandle:
        handle = add_hook(hooks, hook, key)
        if prepend:
            hooks.move_to_end(key, last=False)
        self._hooked = True  # which also says that an attribute changed
        return handle

    def register_forward_pre_hook(
        self, hook: Hook, *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call `hook(module, args)` before `forward`; it may return other arguments.

        Args:
            hook: returns None, or the arguments to use instead, as a tuple or a single one.
            prepend: whether it comes before the hooks there are.
            with_kwargs: call `hook(module, args, kwargs)`, which may return a pair of both.

        Returns:
            A handle whose `remove()` takes the hook out again.

        Example:
            >>> layer = nn.Identity()
            >>> handle = layer.register_forward_pre_hook(lambda module, args: args[0] + 1)
            >>> layer(torch.zeros(2))
            tensor([1., 1.])
        """
        return self._add_hook(self._forward_pre_hooks, hook, _HookKey(with_kwargs), prepend)

    def register_forward_hook(
        self,
        hook: Hook,
        *,
        prepend: bool = False,
        with_kwargs: bool = False,
        always_call: bool = False,
    ) -> RemovableHandle:
        """Call `hook(module, args, output)` after `forward`; it may return another output.

        Args:
            hook: returns None, or the output to use instead.
            prepend: whether it comes before the hooks there are.
            with_kwargs: call `hook(module, args, kwargs, output)`.
            always_call: whether it is called, with None for an output, also where `forward` raises.

        Returns:
            A handle whose `remove()` takes the hook out again.

        Example:
            >>> layer = nn.Identity()
            >>> handle = layer.register_forward_hook(lambda module, args, output: output * 10)
            >>> layer(torch.ones(2))
            tensor([10., 10.])
        """
        return self._add_hook(
            self._forward_hooks, hook, _HookKey(with_kwargs, always_call), prepend
        )

    def register_full_backward_pre_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call `hook(module, grad_output)` before the module's gradient; it may return another.

        Args:
            hook: gets the gradients of all outputs as a tuple; returns None, or those to use
                instead.
            prepend: whether it comes before the hooks there are.

        Returns:
            A handle whose `remove()` takes the hook out again.
        """
        return self._add_hook(self._backward_pre_hooks, hook, _HookKey(), prepend)

    def register_full_backward_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call `hook(module, grad_input, grad_output)` once the module's gradient is there.

        Args:
            hook: gets the gradients of all inputs and of all outputs as tuples; returns None, or
                the
                gradients of the inputs to use instead.
            prepend: whether it comes before the hooks there are.

        Returns:
            A handle whose `remove()` takes the hook out again.

        Example:
            >>> layer = nn.Identity()
            >>> handle = layer.register_full_backward_hook(lambda module, into, out: (into[0] * 3,))
            >>> x = torch.ones(2, requires_grad=True)
            >>> layer(x).sum().backward()
            >>> x.grad
            tensor([3., 3.])
        """
        return self._add_hook(self._backward_hooks, hook, _HookKey(), prepend)

    def register_backward_hook(self, hook: Hook) -> RemovableHandle:
        """`register_full_backward_hook` under its older name.

        Args:
            hook: as there.

        Returns:
            A handle whose `remove()` takes the hook out again.
        """
        return self.register_full_backward_hook(hook)

    # what is inside ------------------------------------------------------------------------

    def named_modules(
        self, memo: set[Module] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Module]]:
        """This module and all inside it, each once, with the path to it.

        Args:
            memo: the modules that were named already.
            prefix: what the paths begin with.
            remove_duplicate: False names a module that is held twice twice.

        Returns:
            An iterator over pairs of path and module.

        Example:
            >>> [name for name, _ in nn.Sequential(nn.Linear(1, 1), nn.ReLU()).named_modules()]
            ['', '0', '1']
        """
        if memo is None:
            memo = set()
        if self in memo:
            return
        if remove_duplicate:
            memo.add(self)
        yield prefix, self
        for name, module in self._modules.items():
            if module is not None:
                path = f"{prefix}.{name}" if prefix else name
                yield from module.named_modules(memo, path, remove_duplicate)

    def _named_members(
        self, where: str, prefix: str, recurse: bool, remove_duplicate: bool = True
    ) -> Iterator[Any]:
        """The members of one kind, with the paths to them."""
        modules: Any = [(prefix, self)]
        if recurse:
            modules = self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate)
        seen: set[int] = set()
        for path, module in modules:
            for name, member in module.__dict__[where].items():
                if member is None or (remove_duplicate and id(member) in seen):
                    continue
                seen.add(id(member))
                yield f"{path}.{name}" if path else name, member

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The modules directly inside, with their names.

        Returns:
            An iterator over pairs of name and module.
        """
        return self._named_members("_modules", "", False)

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """All parameters, each once, with the path to it.

        Args:
            prefix: what the paths begin with.
            recurse: False leaves out those of the modules inside.
            remove_duplicate: False names a parameter that is held twice twice.

        Returns:
            An iterator over pairs of path and parameter.

        Example:
            >>> [(name, p.shape) for name, p in nn.Linear(3, 2).named_parameters()]
            [('weight', torch.Size([2, 3])), ('bias', torch.Size([2]))]
        """
        return self._named_members("_parameters", prefix, recurse, remove_duplicate)

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """All buffers, each once, with the path to it.

        Args:
            prefix: what the paths begin with.
            recurse: False leaves out those of the modules inside.
            remove_duplicate: False names a buffer that is held twice twice.

        Returns:
            An iterator over pairs of path and tensor.
        """
        return self._named_members("_buffers", prefix, recurse, remove_duplicate)

    def modules(self, remove_duplicate: bool = True) -> Iterator[Module]:
        """This module and all inside it.

        Args:
            remove_duplicate: False gives a module that is held twice twice.

        Returns:
            An iterator over modules, this one first.
        """
        for _, module in self.named_modules(remove_duplicate=remove_duplicate):
            yield module

    def children(self) -> Iterator[Module]:
        """The modules directly inside.

        Returns:
            An iterator over modules.
        """
        for _, module in self.named_children():
            yield module

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """All parameters, each once: what an optimizer is given.

        Args:
            recurse: False leaves out those of the modules inside.

        Returns:
            An iterator over parameters.

        Example:
            >>> sum(p.numel() for p in nn.Linear(3, 2).parameters())
            8
        """
        for _, parameter in self.named_parameters(recurse=recurse):
            yield parameter

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """All buffers, each once.

        Args:
            recurse: False leaves out those of the modules inside.

        Returns:
            An iterator over tensors.
        """
        for _, buffer in self.named_buffers(recurse=recurse):
            yield buffer

    def get_submodule(self, target: str) -> Module:
        """The module at a path.

        Args:
            target: a path such as "encoder.0"; "" is this module.

        Raises:
            AttributeError: if there is nothing at the path, or no module.
        """
        found: Any = self
        if not target:
            return self
        for name in target.split("."):
            if not hasattr(found, name):
                raise AttributeError(f"{found._get_name()} has no attribute `{name}`")
            found = getattr(found, name)
            if not isinstance(found, Module):
                raise AttributeError(f"`{name}` is not an nn.Module")
        return cast(Module, found)

    def _get_member(self, target: str, where: str, kind: str) -> Any:
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        if not hasattr(module, name):
            raise AttributeError(f"{module._get_name()} has no attribute `{name}`")
        member = module.__dict__[where].get(name)
        if member is None:
            raise AttributeError(f"`{name}` is not {kind}")
        return member

    def get_parameter(self, target: str) -> Parameter:
        """The parameter at a path.

        Args:
            target: a path such as "encoder.0.weight".

        Raises:
            AttributeError: if there is nothing at the path, or no parameter.
        """
        return cast(Parameter, self._get_member(target, "_parameters", "an nn.Parameter"))

    def get_buffer(self, target: str) -> Tensor:
        """The buffer at a path.

        Args:
            target: a path such as "norm.running_mean".

        Raises:
            AttributeError: if there is nothing at the path, or no buffer.
        """
        return cast(Tensor, self._get_member(target, "_buffers", "a buffer"))

    def set_submodule(self, target: str, module: Module, strict: bool = False) -> None:
        """Put a module at a path.

        Args:
            target: a path such as "encoder.0".
            module: the module.
            strict: whether there must be a module at the path already.

        Raises:
            ValueError: if the path is empty.
            AttributeError: if there is nothing at the path before its last name, or with `strict`
                at the path.
        """
        check(target, "Cannot set the submodule without a target name!", error=ValueError)
        path, _, name = target.rpartition(".")
        parent = self.get_submodule(path)
        if strict and not hasattr(parent, name):
            raise AttributeError(f"{parent._get_name()} has no attribute `{name}`")
        setattr(parent, name, module)

    # state ---------------------------------------------------------------------------------

    def _saved_tensors(self) -> dict[str, Tensor]:
        """This module's own parameters and persistent buffers."""
        saved: dict[str, Any] = dict(self._parameters)
        saved.update(self._buffers)
        for name in self._non_persistent_buffers_set:
            saved.pop(name, None)
        return {name: tensor for name, tensor in saved.items() if tensor is not None}

    def state_dict(
        self, *args: Any, destination: Any = None, prefix: str = "", keep_vars: bool = False
    ) -> dict[str, Any]:
        """All parameters and persistent buffers by path, sharing memory with the module.

        Args:
            args: the others in their order, as old programs give them.
            destination: a dict to add them to. Default: a new one.
            prefix: what the paths begin with.
            keep_vars: give the parameters themselves instead of detached tensors.

        Returns:
            A dict from paths to tensors, in the order of definition.

        Example:
            >>> list(nn.Sequential(nn.Linear(2, 2), nn.ReLU()).state_dict())
            ['0.weight', '0.bias']
        """
        if args:
            given = dict(zip(("destination", "prefix", "keep_vars"), args, strict=False))
            destination = given.get("destination", destination)
            prefix = given.get("prefix", prefix)
            keep_vars = given.get("keep_vars", keep_vars)
        out: Any = destination
        if out is None:
            out = OrderedDict()
            out._metadata = OrderedDict()
        if hasattr(out, "_metadata"):
            out._metadata[prefix[:-1]] = {"version": self._version}
        self._save_to_state_dict(out, prefix, keep_vars)
        for name, module in self._modules.items():
            if module is not None:
                inner = f"{prefix}{name}."
                module.state_dict(destination=out, prefix=inner, keep_vars=keep_vars)
        return cast(dict[str, Any], out)

    def _save_to_state_dict(
        self, destination: dict[str, Any], prefix: str, keep_vars: bool
    ) -> None:
        """Put this module's own tensors into a state dict; a subclass may do it otherwise."""
        for name, tensor in self._saved_tensors().items():
            destination[prefix + name] = tensor if keep_vars else tensor.detach()

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> _IncompatibleKeys:
        """Copy a state dict's tensors into this module's.

        Args:
            state_dict: tensors by path, as `state_dict()` gives them.
            strict: whether a key too many or too few is an error.
            assign: put the tensors in the places of this module's instead of copying.

        Returns:
            The pair of `missing_keys` and `unexpected_keys`.

        Raises:
            RuntimeError: if something does not fit; raised when the rest is written.
            TypeError: if `state_dict` is no mapping.

        Example:
            >>> net, other = nn.Linear(2, 2), nn.Linear(2, 2)
            >>> other.load_state_dict(net.state_dict())
            <All keys matched successfully>
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")
        keys = _IncompatibleKeys([], [])
        errors: list[str] = []
        metadata = getattr(state_dict, "_metadata", {})
        state_dict = OrderedDict(
            state_dict
        )  # a module that loads in a way of its own may change it
        with no_grad():
            for path, module in self.named_modules(remove_duplicate=False):
                prefix = f"{path}." if path else ""
                local = dict(metadata.get(path, {}))
                if assign:
                    local["assign_to_params_buffers"] = True
                module._load_from_state_dict(
                    state_dict, prefix, local, True, keys.missing_keys, keys.unexpected_keys, errors
                )
        if strict:
            for kind, found in (
                ("Unexpected", keys.unexpected_keys),
                ("Missing", keys.missing_keys),
            ):
                if found:
                    listed = ", ".join(f'"{key}"' for key in found)
                    errors.insert(0, f"{kind} key(s) in state_dict: {listed}. ")
        if errors:
            listed = "\n\t".join(errors)
            raise RuntimeError(
                f"Error(s) in loading state_dict for {type(self).__name__}:\n\t{listed}"
            )
        return keys

    def _load_from_state_dict(
        self,
        state_dict: Mapping[str, Any],
        prefix: str,
        local_metadata: dict[str, Any],
        strict: bool,
        missing_keys: list[str],
        unexpected_keys: list[str],
        error_msgs: list[str],
    ) -> None:
        """Write what fits of a state dict into this module's own tensors, note what does not.

        A subclass may do it otherwise.
        """
        assign = local_metadata.get("assign_to_params_buffers", False)
        for name, own in self._saved_tensors().items():
            key = prefix + name
            if key not in state_dict:
                missing_keys.append(key)
                continue
            value = state_dict[key]
            if not isinstance(value, Tensor):
                wanted = "expected torch.Tensor or Tensor-like object from checkpoint but received"
                error_msgs.append(
                    f'While copying the parameter named "{key}", {wanted} {type(value)}'
                )
            elif value.shape != own.shape and (own.ndim or value.shape != (1,)):
                error_msgs.append(
                    f"size mismatch for {key}: copying a param with shape {value.shape} from"
                    f" checkpoint, the shape in current model is {own.shape}."
                )
            elif not assign:
                own.copy_(value.reshape(own.shape))
            else:
                if isinstance(own, Parameter) and not isinstance(value, Parameter):
                    value = Parameter(value)
                setattr(self, name, value.requires_grad_(own.requires_grad))
        if strict:
            self._find_unexpected(state_dict, prefix, unexpected_keys)

    def _find_unexpected(
        self, given: Mapping[str, Any], prefix: str, unexpected: list[str]
    ) -> None:
        """Note the keys of a state dict that are none of this module's."""
        own = self._saved_tensors()
        for key in given:
            if not key.startswith(prefix):
                continue
            first, dot, _ = key.removeprefix(prefix).partition(".")
            known: Any = self._modules if dot else own
            if first not in known:
                unexpected.append(key)

    def apply(self, fn: Callable[[Module], None]) -> Self:
        """Call a function on every module inside, innermost first, and on this one.

        Args:
            fn: called with a module.

        Returns:
            This module.

        Example:
            >>> net = nn.Sequential(nn.Linear(1, 1), nn.ReLU())
            >>> _ = net.apply(lambda module: print(type(module).__name__))
            Linear
            ReLU
            Sequential
        """
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def train(self, mode: bool = True) -> Self:
        """Put this module and all inside it into training mode: dropout drops, and so on.

        Args:
            mode: False puts them into evaluation mode.

        Returns:
            This module.

        Example:
            >>> nn.Dropout().eval().train().training
            True
        """
        check(isinstance(mode, bool), "training mode is expected to be boolean", error=ValueError)
        self.training = mode
        for module in self.children():
            module.train(mode)
        return self

    def eval(self) -> Self:
        """Put this module and all inside it into evaluation mode.

        Returns:
            This module.

        Example:
            >>> nn.Dropout().eval()(torch.ones(3))
            tensor([1., 1., 1.])
        """
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Let all parameters require gradients, or none.

        Args:
            requires_grad: whether they do.

        Returns:
            This module.
        """
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget all parameters' gradients.

        Args:
            set_to_none: False sets them to 0 instead.
        """
        for parameter in self.parameters():
            if set_to_none or parameter.grad is None:
                parameter.grad = None
            else:
                parameter.grad.detach_().zero_()

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Self:
        """Replace the memory of all parameters and buffers by what a function makes of it."""
        if recurse:
            for module in self.children():
                module._apply(fn)
        for tensor in (*self._parameters.values(), *self._buffers.values()):
            if tensor is None:
                continue
            tensor.data = fn(tensor.detach())
            if tensor.grad is not None:
                tensor.grad = fn(tensor.grad)
        return self

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """Cast all floating-point parameters and buffers.

        Args:
            args: a floating-point dtype, a tensor whose dtype is meant, or the device "cpu", which
                changes nothing.
            kwargs: the same by name: `dtype`, `device`.

        Returns:
            This module.

        Raises:
            TypeError: if the dtype is not floating-point.

        Example:
            >>> nn.Linear(2, 2).to(torch.float64).weight.dtype
            torch.float64
        """
        for each in (*args, *kwargs.values()):
            ok = not isinstance(each, dtypes.dtype) or dtypes.resolve(each).kind == "f"
            message = "nn.Module.to only accepts floating point dtypes, but got desired dtype={}"
            check(ok, message, each, error=TypeError)

        def cast_floats(x: Tensor) -> Tensor:
            return x.to(*args, **kwargs) if x.is_floating_point() else x

        return self._apply(cast_floats)

    def to_empty(self, *, device: Any, recurse: bool = True) -> Self:
        """New memory for all parameters and buffers, not initialised.

        Args:
            device: "cpu".
            recurse: False leaves out those of the modules inside.

        Returns:
            This module.
        """
        return self._apply(lambda x: empty_like(x, device=device), recurse)

    def type(self, dst_type: Any) -> Self:
        """Cast all parameters and buffers.

        Args:
            dst_type: a dtype, or a typed constructor or its name.

        Returns:
            This module.
        """
        return self._apply(lambda x: x.type(dst_type))

    def float(self) -> Self:
        """Cast all floating-point parameters and buffers to float32.

        Returns:
            This module.
        """
        return self.to(dtypes.float32)

    def double(self) -> Self:
        """Cast all floating-point parameters and buffers to float64.

        Returns:
            This module.
        """
        return self.to(dtypes.float64)

    def half(self) -> Self:
        """Cast all floating-point parameters and buffers to float16.

        Returns:
            This module.
        """
        return self.to(dtypes.float16)

    def bfloat16(self) -> Self:
        """There is no bfloat16 in NumPy: an error that says so.

        Raises:
            TypeError: always.
        """
        return self.to(dtypes.bfloat16)

    def cpu(self) -> Self:
        """This module: it is on the CPU.

        Returns:
            This module.
        """
        return self

    def share_memory(self) -> Self:
        """This module, as it is.

        Returns:
            This module.
        """
        return self

    def cuda(self, device: Any = None) -> Self:
        """There is no CUDA here: an error that says so.

        Args:
            device: a CUDA device.

        Raises:
            AssertionError: always.
        """
        require_cpu("cuda")
        return self

    def compile(
        self,
        *,
        fullgraph: bool = False,
        dynamic: bool | None = None,
        backend: Any = "auto",
        mode: str | None = None,
        options: dict[str, Any] | None = None,
        disable: bool = False,
    ) -> None:
        """Let calls of this module run as programs, see `torch.compile`.

        Args:
            fullgraph: raise an error where a call cannot be one program.
            dynamic: accepted; each kind of shapes is a program of its own.
            backend: "numpy", "numba", "eager", or "auto".
            mode: accepted without effect.
            options: accepted without effect.
            disable: leave the module as it is.

        Example:
            >>> layer = nn.Linear(3, 2)
            >>> layer.compile()
            >>> layer(torch.ones(1, 3)).shape
            torch.Size([1, 2])
        """
        chosen = choose_backend(backend)
        if disable or chosen == "eager":
            return
        self._hooked = True
        self._compiled = CompiledFunction(
            self._call_uncompiled,
            name=builtins.type(self).__name__,
            backend=chosen,
            fullgraph=fullgraph,
            on_refusal=functools.partial(self._compile_children, chosen),
        )

    def _compile_children(self, backend: str) -> None:
        """Compile the inner modules one by one, where the whole cannot be one program."""
        for module in self._modules.values():
            if module is not None and module._compiled is None:
                module.compile(backend=backend)

    def _as_compiled(self, **settings: Any) -> OptimizedModule:
        """What `torch.compile` makes of a module."""
        return OptimizedModule(self, **settings)

    # printing ------------------------------------------------------------------------------

    def _get_name(self) -> str:
        return builtins.type(self).__name__

    def extra_repr(self) -> str:
        """What to print inside the parentheses; subclasses override it.

        Returns:
            The module's options as text.
        """
        return ""

    def _inner_reprs(self) -> list[str]:
        return [f"({name}): {module!r}" for name, module in self._modules.items()]

    def __repr__(self) -> str:
        extra = self.extra_repr()
        inner = [each.replace("\n", "\n  ") for each in self._inner_reprs()]
        if not inner and "\n" not in extra:
            return f"{self._get_name()}({extra})"
        lines = [f"{self._get_name()}("]
        if extra:
            lines += extra.split("\n")
        return "\n  ".join(lines + inner) + "\n)"


def _cannot_assign(value: Any, kind: str, name: str, wanted: str) -> TypeError:
    got = type(value).__name__
    return TypeError(f"cannot assign '{got}' as {kind} '{name}' ({wanted} or None expected)")


def _call_forward_hook(
    module: Module,
    key: _HookKey,
    hook: Hook,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    out: Any,
) -> Any:
    if key.with_kwargs:
        return hook(module, args, kwargs, out)
    return hook(module, args, out)


def _as_tuple(value: Any) -> tuple[Any, ...]:
    """A tuple as it is, anything else as a tuple of one."""
    return value if isinstance(value, tuple) else (value,)


# backward hooks ------------------------------------------------------------------------------


class _BackwardWatch:
    """Hands one call's gradients to the module's backward hooks: of all outputs, then inputs.

    The tensors that come in, and those that go out, each pass through one joint record that is the
    identity and
    whose rule calls the hooks.

    Attributes:
        module: whose hooks are called.
        zeros: for each argument its shape and dtype if it is a floating-point tensor, else None.
        inputs_watched: whether a gradient of the inputs will come.
        grad_output: the gradients of the outputs, once they are there.
    """

    def __init__(self, module: Module, args: tuple[Any, ...]) -> None:
        self.module = module
        self.zeros: list[tuple[tuple[int, ...], Any] | None] = []
        for x in args:
            is_float = isinstance(x, Tensor) and x.is_floating_point()
            self.zeros.append((x.array.shape, x.array.dtype) if is_float else None)
        self.inputs_watched = False
        self.grad_output: tuple[Any, ...] | None = None

    def watch_inputs(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments, the gradients of which come to the backward hooks."""
        watched = _joined(args, self.run_backward_hooks)
        self.inputs_watched = watched is not args
        return watched

    def watch_outputs(self, out: Any) -> Any:
        """What the call gave, the gradients of which come to the backward pre-hooks."""
        watched = _joined(_as_tuple(out), self.run_backward_pre_hooks)
        return watched if isinstance(out, tuple) else watched[0]

    def run_backward_pre_hooks(self, gradients: tuple[Any, ...]) -> tuple[Any, ...]:
        """The outputs' gradients as the pre-hooks leave them."""
        own = self.module._backward_pre_hooks.values()
        for hook in (*_HooksOfAll.backward_pre.values(), *own):
            changed = hook(self.module, gradients)
            if changed is not None:
                gradients = _as_tuple(changed)
        self.grad_output = gradients
        if not self.inputs_watched:
            self.run_backward_hooks((None,) * len(self.zeros), fill=False)
        return gradients

    def run_backward_hooks(self, gradients: tuple[Any, ...], fill: bool = True) -> tuple[Any, ...]:
        """The inputs' gradients as the hooks leave them; with `fill` an absent one is zeros."""
        if fill:
            filled = []
            for g, missing in zip(gradients, self.zeros, strict=True):
                if g is None and missing is not None:
                    g = wrap(np.zeros(*missing))
                filled.append(g)
            gradients = tuple(filled)
        for hook in (*_HooksOfAll.backward.values(), *self.module._backward_hooks.values()):
            changed = hook(self.module, gradients, self.grad_output)
            if changed is not None:
                gradients = _as_tuple(changed)
        return gradients


def _joined(
    values: tuple[Any, ...], hook: Callable[[tuple[Any, ...]], tuple[Any, ...]]
) -> tuple[Any, ...]:
    """The values, whose gradients pass together through `hook`.

    Where none will have a gradient it is the very tuple.

    Args:
        values: tensors and others.
        hook: gets a gradient, or None, for every value, and returns as many.
    """
    if not state.recording:
        return values
    places = [i for i, x in enumerate(values) if isinstance(x, Tensor) and x.requires_grad]
    if not places:
        return values
    count = len(values)

    def rule(gradients: Sequence[Tensor | None]) -> list[Tensor | None]:
        given: list[Any] = [None] * count
        for place, g in zip(
            places, gradients, strict=False
        ):  # those of the last outputs may be left out
            given[place] = g
        passed = hook(tuple(given))
        return [passed[place] for place in places]

    inputs = [values[place] for place in places]
    outs = [x.detach() for x in inputs]
    join_history(outs, "backward_hook", inputs, rule)
    watched = list(values)
    for place, out in zip(places, outs, strict=True):
        watched[place] = out
    return tuple(watched)


class OptimizedModule(Module):
    """A compiled module: what `torch.compile(module)` gives.

    It has the module's parameters (under `_orig_mod`, as in PyTorch) and attributes; the module
    itself stays as it is.

    Args:
        mod: the module.
        settings: of `torch.compile`.
    """

    def __init__(self, mod: Module, **settings: Any) -> None:
        super().__init__()
        self._orig_mod = mod
        self.training = mod.training
        self._program = CompiledFunction(
            mod.__call__,
            name=builtins.type(mod).__name__,
            on_refusal=functools.partial(mod._compile_children, settings["backend"]),
            **settings,
        )

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the module computes.

        Args:
            args: as the module takes them.
            kwargs: as the module takes them.
        """
        return self._program(*args, **kwargs)

    def source(self, *, standalone: bool = True) -> str:
        """The programs as NumPy text, see `CompiledFunction.source`.

        Args:
            standalone: put the functions beneath that the programs call.
        """
        return self._program.source(standalone=standalone)

    def refusals(self) -> list[str]:
        """Why calls ran on the tape and not as programs."""
        return self._program.refusals()

    def train(self, mode: bool = True) -> Self:
        """Set the training mode of the module, and of this one.

        Args:
            mode: True for training, False for evaluation.
        """
        return super().train(mode)

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except AttributeError:
            if name == "_orig_mod":
                raise
            return getattr(self._orig_mod, name)


# hooks of all modules --------------------------------------------------------------------------


class _HandleOfAll(RemovableHandle):
    """Takes a hook of all modules out again; without any, calls are as quick as before."""

    def remove(self) -> None:
        super().remove()
        kinds = (
            _HooksOfAll.forward_pre,
            _HooksOfAll.forward,
            _HooksOfAll.backward_pre,
            _HooksOfAll.backward,
        )
        Module._hooked = any(kinds)
        Changes.count += 1


def _add_for_all(hooks: dict[_HookKey, Hook], hook: Hook, key: _HookKey) -> RemovableHandle:
    hooks[key] = hook
    Module._hooked = True
    Changes.count += 1
    return _HandleOfAll(hooks, id=key)


def register_module_forward_pre_hook(hook: Hook) -> RemovableHandle:
    """Call `hook(module, args)` before the `forward` of every module.

    Args:
        hook: returns None, or the arguments to use instead, as a tuple or a single one.

    Returns:
        A handle whose `remove()` takes the hook out again.

    Example:
        >>> from tinygrad_mnist.nn.modules import module
        >>> x = torch.ones(2, requires_grad=True)
        >>> with module.register_module_forward_pre_hook(lambda m, args: args[0] + 1):
        ...     y = nn.ReLU()(torch.zeros(2))
        >>> y
        tensor([1., 1.])
    """
    return _add_for_all(_HooksOfAll.forward_pre, hook, _HookKey())


def register_module_forward_hook(
    hook: Hook, *, with_kwargs: bool = False, always_call: bool = False
) -> RemovableHandle:
    """Call `hook(module, args, output)` after the `forward` of every module.

    Args:
        hook: returns None, or the output to use instead.
        with_kwargs: call `hook(module, args, kwargs, output)`.
        always_call: whether it is called, with None for an output, also where `forward` raises.

    Returns:
        A handle whose `remove()` takes the hook out again.

    Example:
        >>> from tinygrad_mnist.nn.modules.module import register_module_forward_hook
        >>> seen = []
        >>> with register_module_forward_hook(lambda module, *_: seen.append(module)):
        ...     y = nn.Sequential(nn.ReLU(), nn.Tanh())(torch.ones(2))
        >>> [type(module).__name__ for module in seen]
        ['ReLU', 'Tanh', 'Sequential']
    """
    return _add_for_all(_HooksOfAll.forward, hook, _HookKey(with_kwargs, always_call))


def register_module_full_backward_pre_hook(hook: Hook) -> RemovableHandle:
    """Call `hook(module, grad_output)` before the gradient of every module.

    Args:
        hook: gets the gradients of all outputs as a tuple; returns None, or those to use instead.

    Returns:
        A handle whose `remove()` takes the hook out again.

    Example:
        >>> from tinygrad_mnist.nn.modules import module
        >>> x = torch.ones(2, requires_grad=True)
        >>> with module.register_module_full_backward_pre_hook(lambda m, out: (out[0] * 2,)):
        ...     nn.ReLU()(x).sum().backward()
        >>> x.grad
        tensor([2., 2.])
    """
    return _add_for_all(_HooksOfAll.backward_pre, hook, _HookKey())


def register_module_full_backward_hook(hook: Hook) -> RemovableHandle:
    """Call `hook(module, grad_input, grad_output)` once the gradient of a module is there.

    Args:
        hook: gets the gradients of all inputs and of all outputs as tuples; returns None, or the
            gradients of the inputs to use instead.

    Returns:
        A handle whose `remove()` takes the hook out again.

    Example:
        >>> from tinygrad_mnist.nn.modules import module
        >>> x = torch.ones(2, requires_grad=True)
        >>> with module.register_module_full_backward_hook(lambda m, into, out: (into[0] * 3,)):
        ...     nn.ReLU()(x).sum().backward()
        >>> x.grad
        tensor([3., 3.])
    """
    return _add_for_all(_HooksOfAll.backward, hook, _HookKey())


def register_module_backward_hook(hook: Hook) -> RemovableHandle:
    """`register_module_full_backward_hook` under its older name.

    Args:
        hook: as there.

    Returns:
        A handle whose `remove()` takes the hook out again.

    Example:
        >>> from tinygrad_mnist.nn.modules import module
        >>> x = torch.ones(2, requires_grad=True)
        >>> with module.register_module_backward_hook(lambda m, into, out: (into[0] * 3,)):
        ...     nn.ReLU()(x).sum().backward()
        >>> x.grad
        tensor([3., 3.])
    """
    return register_module_full_backward_hook(hook)
