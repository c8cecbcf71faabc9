"""Listings of docs/compile.md and docs/derivation.md: `python -m tests.compiler.show_passes`.

It traces a small function, notes its program before and after each pass, and writes what it finds
between the marks in the pages.
"""

from __future__ import annotations

import copy
import difflib
import re
from pathlib import Path
from typing import Any

import tinygrad_mnist as torch
from tests.mnist import hand_derived
from tinygrad_mnist.compiler import compiled, guards, passes
from tinygrad_mnist.compiler.names import name_rest
from tinygrad_mnist.compiler.program import Program
from tinygrad_mnist.compiler.source import Text
from tinygrad_mnist.compiler.structure import take_apart
from tinygrad_mnist.compiler.trace import trace_call
from tinygrad_mnist.mnist.recipe import Recipe, classifier
from tinygrad_mnist.mnist.step_program import derivations
from tinygrad_mnist.nn import functional as F

DOCS = Path(__file__).parent.parent.parent / "docs"
WORDS = {
    "drop_dead": "what nobody reads is left out",
    "lower": "operations made of several steps become these steps",
    "fold_constants": "what is the same at each call is computed once",
    "share_common": "what is computed twice is computed once",
    "read_through_broadcasts": "what NumPy broadcasts by itself is not broadcast before",
    "simplify": "what gives the elements that it was given is left out",
    "fuse": "neighbouring pointwise steps become one loop; the numba backend alone",
    "plan_buffers": "results take the memory of what is read for the last time",
}


def example(x: torch.Tensor, w: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """A layer, dropout and a loss, with a few things that the passes can do without."""
    h = F.dropout(F.relu(F.linear(x, w, b)), 0.5)
    x.sum()  # nobody reads it
    half = torch.ones(()) / 2
    return (h.exp() * half + h.exp()).mean() * 1


def listings(backend: str) -> list[tuple[str, str]]:
    """The text of the example as it is traced, and after each pass."""
    torch.manual_seed(0)
    args = (
        torch.randn(5, 4),
        torch.randn(3, 4, requires_grad=True),
        torch.randn(3, requires_grad=True),
    )
    arguments: list[torch.Tensor] = []
    take_apart((args, {}), arguments)
    guard = guards.collect(example, (args, {}))
    names = compiled._names(example, guard, args, {})
    program = trace_call(example, args, {}, arguments, names, guard).program
    found = [("trace", text_of(program))]
    before = {name: getattr(passes, name) for name in passes.__all__}
    try:
        for name, function in before.items():
            setattr(passes, name, _noting(name, function, found))
        compiled.optimize(program, backend)
        found.append(("text", text_of(program, inlines=True)))
    finally:
        for name, function in before.items():
            setattr(passes, name, function)
    return found


def _noting(name: str, function: Any, found: list[tuple[str, str]]) -> Any:
    """A pass that notes what the program is after it."""

    def run(program: Program, *args: Any) -> Any:
        result = function(program, *args)
        found.append((name, text_of(program)))
        return result

    return run


def text_of(program: Program, inlines: bool = False) -> str:
    """A program's text between two passes, where each step has a line of its own."""
    program = copy.deepcopy(program)
    name_rest(program)
    return str(Text(program, inlines=inlines))


def compile_listing() -> str:
    """The trace, and what each pass changed."""
    (_, before), *after_passes, (_, last) = listings("numpy")
    parts = ["The trace:", "", "```python", before.rstrip(), "```", ""]
    for name, after in after_passes:
        lines = changed(before, after)
        if lines:
            parts += [f"`{name}`: {WORDS[name]}.", "", "```diff", *lines, "```", ""]
        else:
            parts += [f"`{name}`: {WORDS[name]}; here there is nothing.", ""]
        before = after
    parts += ["Written as formulas, this is what runs:", "", "```python", last.rstrip(), "```"]
    return "\n".join(parts)


def changed(before: str, after: str) -> list[str]:
    """The lines that differ, where the comments' column does not count."""
    texts = [re.sub(r" +  # ", "  # ", text).splitlines() for text in (before, after)]
    lines = list(difflib.unified_diff(*texts, n=0))[2:]
    return [each for each in lines if not each.startswith("@@")]


def derivation_listing() -> str:
    """The digit network's derivation."""
    training, _ = derivations(classifier(Recipe()), 256)
    return f"```python\n{training.source.rstrip()}\n```"


def filled(page: Path) -> str:
    """A page with the listings between its marks."""
    text = page.read_text(encoding="utf-8")
    made = {
        "passes": compile_listing,
        "derivation": derivation_listing,
        "forward": lambda: hand_derived.table(hand_derived.FORWARD),
        "backward": lambda: hand_derived.table(hand_derived.BACKWARD),
    }
    for name, listing in made.items():
        start = f"<!-- {name}: written by python -m tests.compiler.show_passes -->\n"
        end = f"<!-- end of {name} -->"
        if start in text:
            before, _, rest = text.partition(start)
            text = f"{before}{start}{listing()}\n{end}{rest.partition(end)[2]}"
    return text


PAGES = (DOCS / "compile.md", DOCS / "derivation.md")


def main() -> None:
    """Write the listings into the pages."""
    for page in PAGES:
        page.write_text(filled(page), encoding="utf-8")


if __name__ == "__main__":
    main()
