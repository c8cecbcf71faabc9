"""`tinygrad-mnist summary`."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from tinygrad_mnist import nn
from tinygrad_mnist.mnist.layers import Summary, summarise
from tinygrad_mnist.mnist.recipe import RECIPES, Recipe, classifier
from tinygrad_mnist.mnist.runs import opened
from tinygrad_mnist.mnist.tape_drawing import size_text
from tinygrad_mnist.mnist.terminal import JsonOption, console, print_json

__all__ = ["summary"]


def summary(
    what: Annotated[
        str,
        typer.Argument(
            metavar="RUN|RECIPE",
            help=f"A run's folder, recipe.json, or one of {', '.join(RECIPES)}.",
        ),
    ] = "original",
    json: JsonOption = False,
) -> None:
    """What a network is made of: layers, shapes, parameters, memory, and the cost of one image.

    A multiply-add is one product added to a sum, of matrix products and convolutions alone. The
    memory is that of training in float32 with Adam: its averages are twice the parameters, and
    activations are every layer's output for one batch.
    """
    network, batch_size = _network(what)
    found = summarise(network, batch_size=batch_size)
    if json:
        rows = {
            "layers": [dataclasses.asdict(layer) for layer in found.layers],
            "parameters": found.count,
            "multiply_adds_per_image": found.multiply_adds,
            "batch_size": found.batch_size,
            "memory_bytes": found.memory,
        }
        print_json(rows)
        return
    console.print(_layers(found, what))
    console.print(_memory(found))


def _network(what: str) -> tuple[nn.Module, int]:
    """A recipe's network or a run's, and the digits in a batch of its training."""
    if what in RECIPES:
        recipe = RECIPES[what]
    elif what.endswith(".json"):
        recipe = Recipe.load(Path(what))
    else:
        network, about = opened(what)
        return network, (about.recipe or Recipe()).batch_size
    return classifier(recipe), recipe.batch_size


def _layers(found: Summary, title: str) -> Table:
    table = Table(title=escape(title), title_justify="left", show_footer=True)
    table.add_column("layer", "all", justify="right")
    table.add_column("")
    table.add_column("output", justify="right")
    table.add_column("parameters", f"{found.count:,}", justify="right")
    table.add_column("multiply-adds", f"{found.multiply_adds:,}", justify="right")
    for layer in found.layers:
        table.add_row(
            layer.name,
            layer.kind,
            "×".join(map(str, layer.shape)),
            f"{layer.parameters:,}" if layer.parameters else "",
            f"{layer.multiply_adds:,}" if layer.multiply_adds else "",
        )
    return table


def _memory(found: Summary) -> Table:
    table = Table(title="Memory of training", title_justify="left")
    table.add_column(f"batches of {found.batch_size}")
    table.add_column("float32", justify="right")
    for name, count in found.memory.items():
        table.add_row(name, size_text(count))
    table.add_row("in all", size_text(sum(found.memory.values())))
    return table
