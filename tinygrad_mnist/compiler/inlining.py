"""The functions of this package that a program calls, as text that runs without the package."""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
from typing import Any

import numpy as np

from tinygrad_mnist.kernels import compiled
from tinygrad_mnist.ops import random

OWN = __name__.partition(".")[0]
ONE_GENERATOR = """\
rng = np.random.default_rng(0)


def {name}(generator=None):
    \"\"\"The generator that all random numbers are drawn from.\"\"\"
    return rng
"""
NO_LOOPS = """\
def {name}(function):
    \"\"\"No compiled form: NumPy does the work.\"\"\"
    return None
"""


def standalone_text(program: str, names: dict[str, Any]) -> str:
    """A program's text with everything above it that it needs.

    Args:
        program: the text.
        names: what its names mean.

    Returns:
        Text that imports only NumPy (and what NumPy cannot do, as SciPy's functions).
    """
    needed = _Needed()
    for name, value in names.items():
        needed.add(name, value)
    parts = [
        '"""A NumPy program that the tape of an automatic differentiation wrote."""',
        needed.imports_text(),
    ]
    parts += needed.constants
    for text in (*needed.functions, program):
        parts += ["", "", text.rstrip()]
    return "\n".join(parts) + "\n"


class _Needed:
    """What a text needs, in the order in which it can be defined.

    Attributes:
        imports: lines.
        constants: lines.
        functions: whole definitions.
    """

    def __init__(self) -> None:
        self.imports = {"import numpy as np"}
        self.constants: list[str] = []
        self.functions: list[str] = []
        self.seen: dict[str, Any] = {}

    def imports_text(self) -> str:
        """The imports, those of Python itself first."""
        futures = "from __future__ import annotations"
        return "\n\n".join([futures, "\n".join(sorted(self.imports))]) + "\n"

    def add(self, name: str, value: Any) -> str:
        """Let a name mean what it means in the program; the name itself, or another where that is
        taken.
        """
        while name in self.seen:
            if self.seen[name] is value:
                return name
            name += "_"
        self.seen[name] = value
        self._define(name, value)
        return name

    def _define(self, name: str, value: Any) -> None:
        if isinstance(value, np.ufunc):
            self._add_import(name, value)
        elif inspect.isfunction(inspect.unwrap(value)):
            self._add_function(name, value)
        elif isinstance(value, type) and value.__module__.startswith(OWN):
            self._add_class(value)
        elif hasattr(value, "group") and hasattr(value, "text"):
            self._add_loop(name, value)
        elif inspect.ismodule(value):
            self._add_module(name, value)
        else:
            self.constants.append(f"{name} = {_constant_text(value)}")

    def _add_import(self, name: str, value: Any) -> None:
        """A function of another package, under its own name there."""
        there = str(value.__name__)
        for module in ("numpy", "scipy.special"):
            if getattr(sys.modules.get(module), there, None) is value:
                self.imports.add(_import_line(module, there, name))
                return
        raise RuntimeError(f"compile: {name} cannot be written as text")

    def _add_function(self, name: str, function: Any) -> None:
        if not function.__module__.startswith(OWN):
            self.imports.add(_import_line(function.__module__, function.__name__, name))
            return
        if function is compiled.loop:
            self.functions.append(NO_LOOPS.format(name=name))
            return
        if function is random.source:
            self.functions.append(ONE_GENERATOR.format(name=name))
            return
        plain: Any = inspect.unwrap(function)
        text = self._without_modules(textwrap.dedent(inspect.getsource(plain)), plain)
        text = self._with_names_of(plain, text)
        text = _without_decorators(text, ast.parse(text))
        if hasattr(function, "cache_info"):
            self.imports.add("import functools")
            text = f"@functools.cache\n{text}"
        self.functions.append(re.sub(rf"\b{plain.__name__}\(", f"{name}(", text))

    def _without_modules(self, text: str, function: Any) -> str:
        """A function's text in which what it takes from this package's modules has no module
        before its name.
        """
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
                continue
            module = function.__globals__.get(node.value.id)
            if inspect.ismodule(module) and module.__name__.startswith(OWN):
                own = _assigned(ast.parse(text))
                wanted = f"{node.attr}_" if node.attr in own else node.attr
                name = self.add(wanted, getattr(module, node.attr))
                text = re.sub(rf"\b{node.value.id}\.{node.attr}\b", name, text)
        return text

    def _add_class(self, cls: type) -> None:
        text = textwrap.dedent(inspect.getsource(cls))
        module = sys.modules[cls.__module__]
        for used in _names_of(ast.parse(text)):
            if used != cls.__name__ and used in vars(module):
                self.add(used, vars(module)[used])
        self.functions.append(text)

    def _add_loop(self, name: str, loop: Any) -> None:
        self.imports |= {"import math", "import numba"}
        body = loop.text.partition("def loop")[2]
        self.functions.append(f"@numba.njit(error_model='numpy')\ndef {name}{body}")

    def _add_module(self, name: str, module: Any) -> None:
        full = module.__name__
        if full.startswith(OWN):
            raise RuntimeError(f"compile: {full} cannot be written as text")
        self.imports.add(f"import {full} as {name}" if full != name else f"import {full}")

    def _with_names_of(self, function: Any, text: str) -> str:
        """A function's text, once what its globals mean that it uses is defined."""
        for used in _names_of(ast.parse(text)):
            value = function.__globals__.get(used, self)
            if value is self or value is function or used in ("np", "Any", "cast", "Array"):
                continue
            name = self.add(used, value)
            if name != used:
                text = re.sub(rf"\b{used}\b", name, text)
        return text


def _assigned(tree: ast.AST) -> set[str]:
    """The names that a text gives something to mean."""
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    return {node.id for node in names if isinstance(node.ctx, ast.Store)}


def _names_of(tree: ast.AST) -> list[str]:
    """The names that a text reads, in their order; those in annotations do not count."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
            node.decorator_list = []
            for each in (*node.args.args, *node.args.kwonlyargs, *node.args.posonlyargs):
                each.annotation = None
        elif isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(None)
    found: dict[str, None] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found[node.id] = None
    return list(found)


def _without_decorators(text: str, tree: ast.Module) -> str:
    """A function's text from its `def` on."""
    first = tree.body[0]
    return "\n".join(text.splitlines()[first.lineno - 1 :]) + "\n"


def _import_line(module: str, name: str, alias: str) -> str:
    if module == "numpy":
        return f"from numpy import {name} as {alias}"
    return f"from {module} import {name}" + (f" as {alias}" if alias != name else "")


def _constant_text(value: Any) -> str:
    """A constant as Python text."""
    if isinstance(value, np.ndarray):
        if value.size == 0:
            return f"np.zeros({value.shape}, np.dtype({value.dtype.str!r}))"
        return f"np.array({_listed(value)}, np.dtype({value.dtype.str!r}))"
    if isinstance(value, random.Generator):
        return "None"  # `ONE_GENERATOR` serves for all
    if isinstance(value, np.generic):
        return f"np.dtype({value.dtype.str!r}).type({value.item()!r})"
    if isinstance(value, np.dtype):
        return f"np.dtype({value.str!r})"
    if isinstance(value, bool | int | float | str | bytes | tuple | list | dict | type(None)):
        return repr(value).replace("inf", "float('inf')").replace("nan", "float('nan')")
    raise RuntimeError(f"compile: a {type(value).__name__} cannot be written as text")


def _listed(array: Any) -> str:
    text = repr(array.tolist())
    return text.replace("inf", "float('inf')").replace("nan", "float('nan')")
