"""`tinygrad-mnist graph`."""

from __future__ import annotations

import dataclasses
import tracemalloc
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

import tinygrad_mnist as tg
from tinygrad_mnist import nn
from tinygrad_mnist.formats.files import write_file
from tinygrad_mnist.mnist.advice import command_line
from tinygrad_mnist.mnist.recipe import Recipe
from tinygrad_mnist.mnist.runs import opened
from tinygrad_mnist.mnist.tape_drawing import Entry, entries, size_text, to_dot, to_tree
from tinygrad_mnist.mnist.terminal import JsonOption, RunArgument, console, print_json
from tinygrad_mnist.nn import functional as F

__all__ = ["graph", "one_step"]


def graph(
    run: RunArgument,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Draw it to this file: .svg with values and gradients, .dot as Graphviz' text."
        ),
    ] = None,
    batch_size: Annotated[
        int | None, typer.Option(help="Digits in the step.", min=1, show_default="the run's")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Draw the tape of one training step: what backward plays, from the loss to the parameters.

    Each line is a record: the operation, the shape of its result and that result's memory; ▪ is a
    parameter. Below is what the whole tape was measured to hold until it is played.
    """
    if out and out.suffix not in (".dot", ".svg"):
        raise ValueError(f"--out: got {out}, wanted a file that ends in .dot or .svg")
    network, about = opened(run)
    count = batch_size or (about.recipe or Recipe()).batch_size
    loss, held = one_step(network, count)
    tape = entries(loss, network.named_parameters())
    if out and out.suffix == ".svg":
        tg.show(loss, network).save(out)
    elif out:
        title = f"One training step of {run}, {count} digits: the tape holds {size_text(held)}"
        write_file(out, to_dot(tape, title))
    if json:
        rows = [dataclasses.asdict(entry) for entry in tape]
        print_json({"batch_size": count, "held_bytes": held, "tape": rows})
    elif out:
        console.print(f"Drawn to [bold]{escape(str(out))}[/].", soft_wrap=True)
    else:
        _show(tape, run, count, held)


def _show(tape: list[Entry], run: str, count: int, held: int) -> None:
    console.print(to_tree(tape), markup=False, soft_wrap=True)
    size = size_text(held)
    console.print(f"\n{count} digits; the tape holds [bold]{size}[/] until it is played.")
    call = command_line("graph", run, "--out", "tape.svg")
    hint = f"As a picture:  {escape(call)}"
    console.print(hint, style="dim", soft_wrap=True)


def one_step(network: nn.Module, count: int) -> tuple[tg.Tensor, int]:
    """Compute the loss on random images.

    Args:
        network: images (n, 28, 28) to logits (n, 10). It is left in evaluation mode.
        count: how many images.

    Returns:
        The loss, and the bytes that its tape holds, measured.
    """
    images = tg.rand(count, 28, 28)
    labels = tg.randint(10, (count,))
    network.train()
    F.cross_entropy(network(images), labels)  # what is made once and kept is not the tape's
    started = not tracemalloc.is_tracing()
    if started:
        tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        loss = F.cross_entropy(network(images), labels)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        if started:
            tracemalloc.stop()
        network.eval()
    return loss, after - before
