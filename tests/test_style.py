"""What the linter has no rule for: the size of functions, nested conditions, assignments of tuples to tuples."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import tinygrad_mnist

PACKAGE = Path(tinygrad_mnist.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
LONGEST = 60  # lines of a function, its docstring not counted
DEEPEST = 4  # levels of blocks inside a function
SKIPS = 20  # places that the formatter leaves alone, each with its reason
BLOCKS = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.Match)

every_file = pytest.mark.parametrize(
    "file", FILES, ids=[str(file.relative_to(PACKAGE)) for file in FILES]
)


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    return (
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def length(function: ast.FunctionDef) -> int:
    documented = ast.get_docstring(function, clean=False)
    return (
        function.end_lineno
        - function.lineno
        + 1
        - (len(documented.splitlines()) if documented else 0)
    )


def depth(node: ast.AST, is_elif: bool = False) -> int:
    """Levels of blocks below a node; an `elif` is no deeper than its `if`."""
    own = isinstance(node, BLOCKS) and not is_elif
    below = 0
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not isinstance(child, ast.FunctionDef | ast.Lambda):
                chained = (
                    name == "orelse"
                    and isinstance(node, ast.If)
                    and len(value) == 1
                    and isinstance(child, ast.If)
                )
                below = max(below, depth(child, chained))
    return own + below


def is_swap(targets: ast.Tuple, values: ast.Tuple) -> bool:
    """Whether what is assigned is read on the right side too, as in a swap, so that the order would matter."""
    written = {ast.unparse(each) for each in targets.elts}
    read = {
        ast.unparse(node)
        for each in values.elts
        for node in ast.walk(each)
        if isinstance(node, ast.expr)
    }
    return bool(written & read)


@every_file
def test_functions_are_short_and_flat(file):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    long = [f"{f.name}: {length(f)} lines" for f in functions(tree) if length(f) > LONGEST]
    deep = [f"{f.name}: {depth(f)} levels" for f in functions(tree) if depth(f) > DEEPEST]
    assert not long + deep, [*long, *deep]


@every_file
def test_one_thing_a_line(file):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    nested = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.IfExp)
        and any(isinstance(part, ast.IfExp) for part in (node.test, node.body, node.orelse))
    ]
    paired = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Tuple)
        and isinstance(node.value, ast.Tuple)
        and not is_swap(node.targets[0], node.value)
    ]
    assert not nested, f"nested conditional expressions in lines {nested}"
    assert not paired, f"tuples assigned to tuples in lines {paired}"


def test_the_formatter_is_obeyed():
    skipped = [
        str(f.relative_to(PACKAGE))
        for f in FILES
        for line in f.read_text("utf-8").splitlines()
        if "# fmt: skip" in line
    ]
    assert len(skipped) <= SKIPS, skipped
