"""`tinygrad-mnist derive`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.syntax import Syntax
from rich.text import Text

from tinygrad_mnist.compiler import Derivation
from tinygrad_mnist.formats.files import write_file
from tinygrad_mnist.mnist.recipe import Recipe
from tinygrad_mnist.mnist.runs import opened
from tinygrad_mnist.mnist.step_program import derivations, step_program
from tinygrad_mnist.mnist.terminal import JsonOption, console, print_json

__all__ = ["derive"]


def derive(
    run: Annotated[
        str,
        typer.Argument(
            help="The folder that `train` wrote, or a shipped network: original, modern."
        ),
    ] = "original",
    out: Annotated[
        Path | None,
        typer.Option(help="Write a whole training to this .py file, which imports only NumPy."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Print the back-propagation of the network as the tape derives it: NumPy, line by line.

    On the left is the record of the tape that a line comes from; in `backward` the one whose
    gradient it computes. On the right is the shape of the result. The text runs as it stands:
    --out makes a training of it.
    """
    if out and out.suffix != ".py":
        raise ValueError(f"--out: got {out}, wanted a file that ends in .py")
    network, about = opened(run)
    recipe = about.recipe or Recipe()
    training, predict = derivations(network, recipe.batch_size)
    if out:
        write_file(out, step_program(recipe, training, predict, out.name))
    if json:
        rows = [line._asdict() for line in training.lines if line.code]
        print_json({"batch_size": recipe.batch_size, "lines": rows})
    elif out:
        written = f"A training with NumPy alone is in [bold]{escape(str(out))}[/]."
        console.print(f"{written}  python {escape(str(out))} MNIST", soft_wrap=True)
    else:
        _show(training)


def _show(derivation: Derivation) -> None:
    """The lines, with colours where the terminal has them."""
    highlighter = Syntax("", "python", theme="ansi_dark", background_color="default")
    gutter = max(len(line.record) for line in derivation.lines)
    column = max(len(line.code) for line in derivation.lines if line.comment)
    for line in derivation.lines:
        text = Text(f"{line.record:>{gutter}} │ ", style="cyan")
        code = highlighter.highlight(line.code)
        code.rstrip()
        if line.comment:
            code.pad_right(column - len(line.code))
            code.append(f"  # {line.comment}", style="dim")
        text.append_text(code)
        console.print(text, soft_wrap=True)
