"""Type stubs: of Tensor's attached methods, and of the modules that PyTorch's paths lead to.

python -m tests.stubs          writes tinygrad_mnist/core/attached.pyi, tinygrad_mnist/linalg.pyi, ...

The first is made from the facts beside the methods' definitions, the others from the paths that
`torch_shims.paths` registers: only `import` finds those, type checkers and editors look for files.
"""

from __future__ import annotations

import ast
import builtins
import functools
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_overloads

import tinygrad_mnist
from tinygrad_mnist.core.surface import ATTACHED, Attached
from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.torch_shims.paths import PATHS

PACKAGE = Path(tinygrad_mnist.__file__).parent
PATH = PACKAGE / "core" / "attached.pyi"
HEAD = '''\
"""Tensor's methods that are functions elsewhere. Written by `python -m tests.stubs`: change the functions, not this."""
'''
IGNORED = {"__eq__": "override", "__ne__": "override"}  # they return tensors, not bools


def facts() -> dict[str, Attached]:
    """What each name stands for: the last fact told of it, unless the class has it itself."""
    found = {fact.name: fact for fact in ATTACHED}
    return {name: found[name] for name in sorted(found)}


@functools.cache
def imports_of(module: str) -> dict[str, tuple[str, str]]:
    """What each name that a module imports comes from: a module ("" for none) and its name there."""
    source = Path(sys.modules[module].__file__ or "").read_text(encoding="utf-8")
    found: dict[str, tuple[str, str]] = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            for each in node.names:
                found.setdefault(each.asname or each.name, (str(node.module), each.name))
        elif isinstance(node, ast.Import):
            for each in node.names:
                found.setdefault(each.asname or each.name, ("", each.name))
    return found


def home_of(module: str, name: str) -> tuple[str, str]:
    """The module that defines what a module calls `name`, and its name there; the package of a module."""
    if name not in imports_of(module):
        return module, name
    source, original = imports_of(module)[name]
    if source.startswith("tinygrad_mnist") and f"{source}.{original}" not in sys.modules:
        return home_of(source, original)
    return source, original


class Scope:
    """The names that annotations mention, and the imports that give them."""

    def __init__(self, taken: set[str]) -> None:
        self.taken = taken  # names that mean a method inside the class
        self.imports: dict[str, set[str]] = {}

    def rename(self, name: str, function: Any) -> str:
        """The name under which the stub knows what a function's module calls `name`."""
        shadowed = f"_{name}" if name in self.taken else name
        if name in function.__globals__:
            module, found = home_of(function.__module__, name)
            self.add(module, found, shadowed)
        elif hasattr(builtins, name):
            if shadowed != name:
                self.add("builtins", name, shadowed)
        else:
            place = "collections.abc" if hasattr(sys.modules["collections.abc"], name) else "typing"
            self.add(place, name, shadowed)
        return shadowed

    def add(self, module: str, name: str, shown: str) -> None:
        self.imports.setdefault(module, set()).add(name if shown == name else f"{name} as {shown}")

    def lines(self) -> Iterator[str]:
        for module in sorted(self.imports):
            names = sorted(self.imports[module])
            if module:
                yield (
                    f"from {module} import ({', '.join(names)})"
                    if len(names) > 3
                    else f"from {module} import {', '.join(names)}"
                )
            else:
                yield from (f"import {name}" for name in names)


class Renamer(ast.NodeTransformer):
    """Annotations and defaults in the stub's own names."""

    def __init__(self, scope: Scope, function: Any) -> None:
        self.scope = scope
        self.function = function

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self.scope.rename(node.id, self.function), node.ctx)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return node


def definition(function: Callable[..., Any]) -> ast.FunctionDef:
    """The `def` of a function, from its source."""
    bare = inspect.unwrap(function)
    tree = ast.parse(textwrap.dedent(inspect.getsource(bare)))
    found = tree.body[0]
    if not isinstance(found, ast.FunctionDef):
        raise TypeError(
            f"{function}: a method must be written as a def, got {ast.unparse(found)[:80]}"
        )
    return found


def signature(function: Any, kind: str, scope: Scope) -> tuple[str, str]:
    """Parameters after self, and the result, as text."""
    bare = inspect.unwrap(function)
    node = definition(function)
    renamer = Renamer(scope, bare)
    arguments = node.args
    for each in [
        *arguments.posonlyargs,
        *arguments.args,
        *arguments.kwonlyargs,
        arguments.vararg,
        arguments.kwarg,
    ]:
        if each is not None and each.annotation is not None:
            each.annotation = renamer.visit(each.annotation)
    simple = (ast.Constant, ast.UnaryOp, ast.Tuple)
    arguments.defaults = [
        each if isinstance(each, simple) else ast.Constant(...) for each in arguments.defaults
    ]
    arguments.kw_defaults = [
        each if each is None or isinstance(each, simple) else ast.Constant(...)
        for each in arguments.kw_defaults
    ]
    first = (
        (arguments.posonlyargs or arguments.args)[0]
        if arguments.posonlyargs or arguments.args
        else None
    )
    if kind == "reflected":
        other = (
            "object" if first is None or first.annotation is None else ast.unparse(first.annotation)
        )
        arguments = ast.arguments(
            [], [ast.arg("self"), ast.arg("other", ast.Name(other))], None, [], [], None, []
        )
    elif first is not None:
        first.arg = "self"
        first.annotation = None
        if (
            kind == "method"
            and arguments.args
            and arguments.args[0] is first
            and len(arguments.defaults) == len(arguments.args)
        ):
            arguments.defaults = arguments.defaults[1:]
    else:  # only *args: the tensor is the first of them
        arguments.args = [ast.arg("self")]
    result = "Any" if node.returns is None else ast.unparse(renamer.visit(node.returns))
    if kind == "in place":
        scope.add("typing", "Self", "Self")
        result = "Self"
        names = [each.arg for each in arguments.kwonlyargs]
        if "out" in names:
            place = names.index("out")
            del arguments.kwonlyargs[place], arguments.kw_defaults[place]
    return ast.unparse(arguments), result


def overloads_of(function: Any) -> Any:
    """The overloads of a function, also of one that was renamed for Python's messages."""
    name = function.__code__.co_qualname
    return get_overloads(SimpleNamespace(__module__=function.__module__, __qualname__=name))


def method_lines(fact: Attached, scope: Scope) -> Iterator[str]:
    """A method of the stub, with its overloads."""
    bare = inspect.unwrap(fact.function)
    overloads = overloads_of(bare) if fact.kind == "method" else []
    for function in overloads or [fact.function]:
        if overloads:
            scope.add("typing", "overload", "overload")
            yield "    @overload"
        if fact.kind == "property":
            yield "    @property"
        arguments, result = signature(function, fact.kind, scope)
        code = (
            "misc"
            if fact.kind == "in place" and fact.name.startswith("__i")
            else IGNORED.get(fact.name)
        )
        ignored = f"  # type: ignore[{code}]" if code else ""
        yield f"    def {fact.name}({arguments}) -> {result}:{ignored}"
        yield from documented(bare, fact)


def documented(function: Any, fact: Attached) -> Iterator[str]:
    text = inspect.getdoc(function) or ""
    if fact.kind == "in place":
        text = (
            f"`{fact.name.rstrip('_')}`, written into this tensor."
            if not fact.name.startswith("__i")
            else ""
        )
    if not text:
        yield "        ..."
        return
    lines = text.replace("\\", "\\\\").splitlines()
    if len(lines) == 1:
        yield f'        """{lines[0]}"""'
        return
    yield f'        """{lines[0]}'
    yield from (f"        {line}" if line else "" for line in lines[1:])
    yield '        """'


def text() -> str:
    """The whole stub."""
    known = facts()
    scope = Scope(set(known))
    body = [line for fact in known.values() for line in method_lines(fact, scope)]
    return "\n".join([HEAD, *scope.lines(), "", "class AttachedMethods:", *body, ""])


def missing() -> list[str]:
    """Attributes of Tensor that are neither in its class's source nor noted as facts."""
    own = set(ast.unparse(ast.parse(inspect.getsource(sys.modules[Tensor.__module__]))).split())
    source = inspect.getsource(Tensor)
    every_class = {  # Python adds them
        "__annotate_func__",
        "__annotations__",
        "__annotations_cache__",
        "__doc__",
        "__firstlineno__",
        "__module__",
        "__static_attributes__",
    }
    known = own | every_class | set(facts())
    return [name for name in vars(Tensor) if name not in known and name not in source]


def path_stubs() -> dict[Path, str]:
    """For each registered path the file that type checkers look for, and its text."""
    parents = {path.rpartition(".")[0] for path in PATHS}
    found = {}
    for path, module in PATHS.items():
        place = PACKAGE.joinpath(*path.split("."))
        file = place / "__init__.pyi" if path in parents else place.with_suffix(".pyi")
        lines = [
            f'"""`tinygrad_mnist.{path}`. Written by `python -m tests.stubs`."""',
            "",
            f"from {module.__name__} import *",
        ]
        found[file] = "\n".join([*lines, ""])
    return found


def written_stubs() -> set[Path]:
    """The stubs that are there."""
    return set(PACKAGE.rglob("*.pyi")) - {PATH}


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
    print(f"{PATH}: {len(facts())} methods")
    stubs = path_stubs()
    for file in written_stubs() - set(stubs):
        file.unlink()
    for file, content in stubs.items():
        file.parent.mkdir(exist_ok=True)
        file.write_text(content, encoding="utf-8")
    print(f"{len(stubs)} paths")
