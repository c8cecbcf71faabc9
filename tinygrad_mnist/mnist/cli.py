"""The command line: `tinygrad-mnist COMMAND`."""

from __future__ import annotations

import inspect
import re
import sys
from typing import Any

import typer
from rich.markup import escape
from typer.core import TyperCommand, TyperGroup

from tinygrad_mnist.extras import MissingPackageError
from tinygrad_mnist.mnist.commands.bench import bench
from tinygrad_mnist.mnist.commands.demo import demo
from tinygrad_mnist.mnist.commands.derive import derive
from tinygrad_mnist.mnist.commands.evaluate import evaluate
from tinygrad_mnist.mnist.commands.export import export
from tinygrad_mnist.mnist.commands.gallery import gallery
from tinygrad_mnist.mnist.commands.graph import graph
from tinygrad_mnist.mnist.commands.predict import predict
from tinygrad_mnist.mnist.commands.summary import summary
from tinygrad_mnist.mnist.commands.train import train
from tinygrad_mnist.mnist.datasets import DataError
from tinygrad_mnist.mnist.runs import RunError
from tinygrad_mnist.mnist.terminal import errors, print_plainly
from tinygrad_mnist.mnist.training import DivergedError
from tinygrad_mnist.torch_shims.version import VERSION

__all__ = ["app", "main"]


def _without_types_of_flags(params: list[Any]) -> list[Any]:
    """The same parameters; help says of a flag no type, since it takes no value."""
    for param in params:
        if getattr(param, "is_flag", False) and param.metavar is None:
            param.metavar = ""
    return params


class _Command(TyperCommand):
    def get_params(self, ctx: Any) -> list[Any]:
        return _without_types_of_flags(super().get_params(ctx))


class _Group(TyperGroup):
    def get_params(self, ctx: Any) -> list[Any]:
        return _without_types_of_flags(super().get_params(ctx))


app = typer.Typer(
    cls=_Group,
    help="A hand-written-digit classifier, trained with an autodiff engine made from scratch.",
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:
    """Print the project's own version, and end."""
    if wanted:
        typer.echo(f"tinygrad-mnist {VERSION}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", callback=_print_version, is_eager=True, help="Print the version."
    ),
) -> None:
    """A hand-written-digit classifier, trained with an autodiff engine made from scratch."""


def _paragraphs(docstring: str | None) -> str:
    """A docstring's text with a line for each paragraph, for the terminal to wrap."""
    return re.sub(r"(?<!\n)\n(?!\n)", " ", inspect.cleandoc(docstring or ""))


for _command in (train, evaluate, predict, gallery, graph, derive, summary, bench, export, demo):
    app.command(cls=_Command, help=_paragraphs(_command.__doc__))(_command)


def main() -> None:
    """Run the command line; what a user can mend is one line on standard error and exit code 2."""
    print_plainly()
    try:
        app(standalone_mode=True)
    except (DataError, RunError, DivergedError, MissingPackageError, ValueError, OSError) as error:
        errors.print(f"[bold red]error:[/] {escape(str(error))}", soft_wrap=True)
        sys.exit(2)
    except MemoryError as error:
        reason = " ".join(str(error).split()) or "less must do"
        errors.print(f"[bold red]error:[/] not enough memory: {escape(reason)}", soft_wrap=True)
        sys.exit(2)
