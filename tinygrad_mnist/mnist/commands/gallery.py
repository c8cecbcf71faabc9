"""`tinygrad-mnist gallery`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from tinygrad_mnist.formats.files import write_file
from tinygrad_mnist.mnist.runs import opened
from tinygrad_mnist.mnist.terminal import DataOption, RunArgument, console, run_digits
from tinygrad_mnist.mnist.weights import SHIPPED

__all__ = ["gallery"]


def gallery(
    run: RunArgument,
    out: Annotated[
        Path | None,
        typer.Option(help="The folder to write to.", show_default="RUN/gallery, or gallery-NAME"),
    ] = None,
    data: DataOption = None,
) -> None:
    """Draw what a network has learned, and bind it in one HTML page that needs nothing else.

    Right and wrong digits, the first layer's weights, saliency, learning curves, the confusion
    matrix and a reliability diagram, each with two sentences on how to read it.
    """
    from tinygrad_mnist.mnist.report import gallery as make

    network, about = opened(run)
    digits = run_digits(about, data)
    folder = out or _usual_folder(run)
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"--out: got {folder}, a file, wanted a folder")
    files = make(network, digits, about)
    for name, content in files.items():
        write_file(folder / name, content)
    if not about.history:
        console.print("[yellow]This run keeps no metrics, so there are no learning curves.[/]")
    shown = escape(str(folder))
    figures = len(files) - 1
    console.print(
        f"Written to [bold]{shown}[/]: {figures} figures and report.html.", soft_wrap=True
    )
    hint = f"Look at it:  open {shown}/report.html in a browser"
    console.print(hint, style="dim", soft_wrap=True)


def _usual_folder(run: str) -> Path:
    if run in SHIPPED and not Path(run).is_dir():
        return Path(f"gallery-{run}")
    return Path(run) / "gallery"
