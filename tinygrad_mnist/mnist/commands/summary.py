"""`tinygrad-mnist summary`."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from tinygrad_mnist import nn
from tinygrad_mnist.mnist.layers import summarise
from tinygrad_mnist.mnist.recipe import RECIPES, Recipe, classifier
from tinygrad_mnist.mnist.runs import opened
from tinygrad_mnist.mnist.tape_drawing import size_text
from tinygrad_mnist.mnist.terminal import JsonOption, console, print_json


def summary(
    what: Annotated[
        str, typer.Argument(metavar="RUN|RECIPE", help=f"A run's folder, recipe.json, or one of {', '.join(RECIPES)}.")
    ] = "original",
    json: JsonOption = False,
) -> None:
    """What a network is made of: layers, shapes, parameters, memory, and the cost of one image.

    A multiply-add is one product added to a sum, of matrix products and convolutions alone. The memory is
    that of training in float32 with Adam: its averages are twice the parameters, and activations
    are every layer's output for one batch.
    """
    if what in RECIPES:
        recipe: Recipe | None = RECIPES[what]
    elif what.endswith(".json"):
        recipe = Recipe.load(Path(what))
    else:
        recipe = None
    network, batch_size = (classifier(recipe), recipe.batch_size) if recipe else _trained(what)
    found = summarise(network, batch_size=batch_size)
    if json:
        print_json({
            "layers": [dataclasses.asdict(layer) for layer in found.layers],
            "parameters": found.count,
            "multiply_adds_per_image": found.multiply_adds,
            "batch_size": found.batch_size,
            "memory_bytes": found.memory,
        })  # fmt: skip
        return
    table = Table(title=escape(what), title_justify="left", show_footer=True)
    table.add_column("layer", "all", justify="right")
    table.add_column("")
    table.add_column("output", justify="right")
    table.add_column("parameters", f"{found.count:,}", justify="right")
    table.add_column("multiply-adds", f"{found.multiply_adds:,}", justify="right")
    for layer in found.layers:
        numbers = (f"{n:,}" if n else "" for n in (layer.parameters, layer.multiply_adds))
        table.add_row(layer.name, layer.kind, "×".join(map(str, layer.shape)), *numbers)
    console.print(table)
    memory = found.memory
    table = Table(title="Memory of training", title_justify="left")
    table.add_column(f"batches of {batch_size}")
    table.add_column("float32", justify="right")
    for name, count in (memory | {"in all": sum(memory.values())}).items():
        table.add_row(name, size_text(count))
    console.print(table)


def _trained(run: str) -> tuple[nn.Module, int]:
    network, about = opened(run)
    return network, (about.recipe or Recipe()).batch_size
