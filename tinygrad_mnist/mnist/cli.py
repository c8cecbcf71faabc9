"""The command line: `tinygrad-mnist COMMAND`."""

from __future__ import annotations

import contextlib
import inspect
import io
import re
import sys
from typing import Any

import typer
from rich.markup import escape
from typer.core import TyperCommand, TyperGroup

from tinygrad_mnist import distributed
from tinygrad_mnist.extras import MissingPackageError
from tinygrad_mnist.mnist.commands.bench import bench
from tinygrad_mnist.mnist.commands.compare import compare
from tinygrad_mnist.mnist.commands.data import data
from tinygrad_mnist.mnist.commands.demo import demo
from tinygrad_mnist.mnist.commands.derive import derive
from tinygrad_mnist.mnist.commands.evaluate import evaluate
from tinygrad_mnist.mnist.commands.export import export
from tinygrad_mnist.mnist.commands.gallery import gallery
from tinygrad_mnist.mnist.commands.graph import graph
from tinygrad_mnist.mnist.commands.predict import predict
from tinygrad_mnist.mnist.commands.summary import summary
from tinygrad_mnist.mnist.commands.sweep import sweep
from tinygrad_mnist.mnist.commands.train import train
from tinygrad_mnist.mnist.datasets import DataError
from tinygrad_mnist.mnist.ranks import Ranks, launched
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


_COMMANDS = (
    *(train, sweep, compare, evaluate, predict, gallery, graph, derive, summary, data),
    *(export, demo, bench),
)
for _command in _COMMANDS:
    app.command(cls=_Command, help=_paragraphs(_command.__doc__))(_command)


_MENDED = (DataError, RunError, DivergedError, MissingPackageError, ValueError, OSError)


def main() -> None:
    """Run the command line; what a user can mend is one line on standard error and exit code 2."""
    print_plainly()
    if launched() > 1 and "train" in sys.argv[1:2]:
        _in_ranks()
        return
    try:
        app(standalone_mode=True)
    except _MENDED as error:
        errors.print(f"[bold red]error:[/] {escape(str(error))}", soft_wrap=True)
        sys.exit(2)
    except MemoryError as error:
        errors.print(f"[bold red]error:[/] {escape(_lacking(error))}", soft_wrap=True)
        sys.exit(2)


def _lacking(error: MemoryError) -> str:
    reason = " ".join(str(error).split()) or "less must do"
    return f"not enough memory: {reason}"


def _in_ranks() -> None:
    """Train in one of several processes: rank 0 alone prints, and what ends one rank before its
    time ends the whole job, with one message that names it.
    """
    try:
        distributed.init_process_group("mpi")
    except (ImportError, RuntimeError) as error:
        errors.print(f"[bold red]error:[/] {escape(str(error))}", soft_wrap=True)
        sys.exit(2)
    ranks = Ranks()
    unseen = io.StringIO()
    try:
        with contextlib.ExitStack() as stack:
            if not ranks.writes:
                stack.enter_context(contextlib.redirect_stdout(unseen))
                stack.enter_context(contextlib.redirect_stderr(unseen))
            app(standalone_mode=True)
    except SystemExit as error:
        if error.code == 2:  # the command line was wrong; rank 0 has said so
            ranks.abort("" if ranks.writes else unseen.getvalue(), 2)
        distributed.destroy_process_group()
        raise
    except KeyboardInterrupt:
        ranks.abort("", 130)
    except RuntimeError as error:
        if not hasattr(error, "speaker"):  # no wait for the others, and no comparison with them
            raise
        ranks.abort(f"error: {error}", 2, error.speaker)
    except _MENDED as error:
        ranks.abort(f"error: {error}", 2)
    except MemoryError as error:
        ranks.abort(f"error: {_lacking(error)}", 2)
