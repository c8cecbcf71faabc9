"""`tinygrad-mnist compare`."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from tinygrad_mnist.formats.files import write_file
from tinygrad_mnist.mnist.recipe import Recipe
from tinygrad_mnist.mnist.runs import Run
from tinygrad_mnist.mnist.terminal import JsonOption, console, print_json
from tinygrad_mnist.mnist.training import Epoch

__all__ = ["compare"]


@dataclasses.dataclass(frozen=True)
class _Compared:
    """A run.

    Attributes:
        name: as it was named.
        recipe: of the training.
        history: the finished epochs.
    """

    name: str
    recipe: Recipe
    history: list[Epoch]

    @property
    def best(self) -> Epoch:
        """The epoch with the highest test accuracy, the first of several."""
        return max(self.history, key=lambda epoch: epoch.test_accuracy)


def compare(
    runs: Annotated[
        list[str], typer.Argument(metavar="RUN RUN ...", help="The folders that `train` wrote.")
    ],
    out: Annotated[
        Path | None, typer.Option(help="Draw the curves of all runs to this .png file.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Hold runs against each other: where their recipes differ, and what they came to.

    The accuracies are those of metrics.csv, of the last epoch and of the best one on the test
    digits. Choosing by the best one is choosing by the test digits: it says what was possible.
    """
    if len(runs) < 2:
        raise ValueError(f"compare: got {len(runs)} run, wanted two or more")
    if out and out.suffix != ".png":
        raise ValueError(f"--out: got {out}, wanted a file that ends in .png")
    found = [_read(name) for name in runs]
    differences = _differences([each.recipe for each in found])
    if out:
        _draw(found, out)
    if json:
        print_json([_as_json(each, differences) for each in found])
        return
    if differences:
        console.print(_recipes(found, differences))
    else:
        console.print("The recipes are the same.")
    console.print(_results(found))
    if out:
        console.print(f"Drawn to [bold]{escape(str(out))}[/].", soft_wrap=True)


def _read(name: str) -> _Compared:
    run = Run(Path(name))
    recipe = run.read_recipe()
    history = run.history()
    if not history:
        raise ValueError(f"{name}: has no finished epoch")
    return _Compared(name, recipe, history)


def _differences(recipes: list[Recipe]) -> list[str]:
    """The names of the values in which the recipes differ."""
    names = [field.name for field in dataclasses.fields(Recipe)]
    return [name for name in names if len({getattr(each, name) for each in recipes}) > 1]


def _as_json(run: _Compared, differences: list[str]) -> dict[str, Any]:
    return {
        "run": run.name,
        "differs": {name: getattr(run.recipe, name) for name in differences},
        "epochs": len(run.history),
        "last": dataclasses.asdict(run.history[-1]),
        "best": dataclasses.asdict(run.best),
    }


def _short(found: list[_Compared]) -> list[str]:
    """The runs' names, by their last folder where that tells them apart."""
    last = [Path(each.name).name for each in found]
    return last if len(set(last)) == len(last) else [each.name for each in found]


def _recipes(found: list[_Compared], differences: list[str]) -> Table:
    table = Table(title="Where the recipes differ", title_justify="left")
    table.add_column("run", overflow="fold")
    for name in differences:
        table.add_column(name.replace("_", " "), justify="right")
    for each, short in zip(found, _short(found), strict=True):
        table.add_row(escape(short), *[_value(getattr(each.recipe, name)) for name in differences])
    return table


def _value(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return str(value)


def _results(found: list[_Compared]) -> Table:
    table = Table(title="What they came to", title_justify="left")
    table.add_column("run", overflow="fold")
    for column in ("epochs", "training", "test", "test loss", "best test", "in epoch"):
        table.add_column(column, justify="right")
    for each, short in zip(found, _short(found), strict=True):
        last = each.history[-1]
        table.add_row(
            escape(short),
            str(len(each.history)),
            f"{last.train_accuracy:.2%}",
            f"{last.test_accuracy:.2%}",
            f"{last.test_loss:.4f}",
            f"{each.best.test_accuracy:.2%}",
            str(each.best.number),
        )
    return table


def _draw(found: list[_Compared], path: Path) -> None:
    from tinygrad_mnist.mnist.figures import LIGHT, compared, dressed, png

    lines = {short: each.history for short, each in zip(_short(found), found, strict=True)}
    with dressed(LIGHT):
        write_file(path, png(compared(lines, LIGHT)))
