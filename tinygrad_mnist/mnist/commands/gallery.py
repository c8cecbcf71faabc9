"""`tinygrad-mnist gallery`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from tinygrad_mnist.formats.files import write_file
from tinygrad_mnist.mnist.runs import SHIPPED, opened
from tinygrad_mnist.mnist.terminal import DataOption, RunArgument, console, run_digits


def gallery(
    run: RunArgument,
    out: Annotated[
        Path | None, typer.Option(help="The folder to write to.", show_default="RUN/gallery, or gallery-NAME")
    ] = None,
    data: DataOption = None,
) -> None:
    """Draw what a network has learned, and bind it in one HTML page that needs nothing else.

    Right and wrong digits, the first layer's weights, saliency, learning curves, the confusion matrix
    and a reliability diagram, each with two sentences on how to read it.
    """
    from tinygrad_mnist.mnist.report import gallery as make

    network, about = opened(run)
    digits = run_digits(about, data)
    folder = out or (Path(f"gallery-{run}") if run in SHIPPED and not Path(run).is_dir() else Path(run) / "gallery")
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"--out: got {folder}, a file, wanted a folder")
    files = make(network, digits, about)
    for name, content in files.items():
        write_file(folder / name, content)
    if not about.history:
        console.print("[yellow]This run keeps no metrics, so there are no learning curves.[/]")
    name = escape(str(folder))
    console.print(f"Written to [bold]{name}[/]: {len(files) - 1} figures and report.html.", soft_wrap=True)
    console.print(f"Look at it:  open {name}/report.html in a browser", style="dim", soft_wrap=True)
