"""`tinygrad-mnist sweep`."""

from __future__ import annotations

import csv
import io
import itertools
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Annotated, Any, get_origin, get_type_hints

import typer
from rich.markup import escape
from rich.table import Table

from tinygrad_mnist.formats.files import write_file
from tinygrad_mnist.mnist.commands.train import chosen_recipe
from tinygrad_mnist.mnist.recipe import RECIPES, Recipe
from tinygrad_mnist.mnist.runs import Run, RunError
from tinygrad_mnist.mnist.settings import read_settings
from tinygrad_mnist.mnist.terminal import DataOption, console

__all__ = ["sweep"]

FOLDER = Path("runs") / "sweep"


@dataclass(frozen=True)
class _Variant:
    """One point of the grid.

    Attributes:
        name: "lr=0.001 beta1=0.9", or the recipe's name where nothing varies.
        options: of `train`.
    """

    name: str
    options: tuple[str, ...]

    def folder(self, root: Path, seed: int) -> Path:
        """Where a run of it is written."""
        return root / f"{self.name.replace(' ', '_')}_seed={seed}"


def sweep(
    vary: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=V,V,...",
            help="A value of the recipe and what it is to be: lr=0.001,0.005. Lists are parted by"
            " semicolons: 'hidden=400,100;200,50'. Given several times: every combination.",
        ),
    ] = None,
    seeds: Annotated[
        str, typer.Option(metavar="N,N,...", help="The seeds that each variant is trained with.")
    ] = "0,1,2",
    recipe: Annotated[
        str, typer.Option(help=f"The recipe to start from: {', '.join(RECIPES)}.")
    ] = "original",
    epochs: Annotated[int | None, typer.Option(help="Epochs of each run.", min=1)] = None,
    data: DataOption = None,
    out: Annotated[Path, typer.Option(help="The folder for all runs.")] = FOLDER,
    jobs: Annotated[
        int, typer.Option(help="Runs at the same time; 0 for one on each core.", min=0)
    ] = 0,
) -> None:
    """Train variants of a recipe with several seeds each, and hold them against each other.

    Every run is a folder that `train` wrote, with one thread. What has finished is not run again,
    and what was interrupted goes on: the same command finishes a sweep that was stopped. sweep.csv
    and sweep.png have the accuracies after the last epoch.
    """
    variants = list(_variants(recipe, vary or [], epochs))
    numbers = _seeds(seeds)
    out.mkdir(parents=True, exist_ok=True)
    tasks = [(variant, seed) for variant in variants for seed in numbers]
    common = ["--recipe", recipe]
    if data is not None:
        common += ["--data", data]
    workers = jobs or os.cpu_count() or 1
    console.print(f"{len(tasks)} runs, {min(workers, len(tasks))} at a time, in {escape(str(out))}")
    with ThreadPoolExecutor(workers) as pool:
        waiting = [pool.submit(_run, variant, seed, out, common) for variant, seed in tasks]
        try:
            for task, done in zip(tasks, waiting, strict=True):
                console.print(f"{task[0].name}, seed {task[1]}: {done.result()}", soft_wrap=True)
        except BaseException:
            for each in waiting:
                each.cancel()
            raise
    _report(variants, numbers, out)


# what is run ---------------------------------------------------------------------------------


def _variants(name: str, vary: list[str], epochs: int | None) -> Iterator[_Variant]:
    """Every combination of the values, checked before anything is trained."""
    hints = get_type_hints(Recipe)
    axes = []
    for text in vary:
        key, is_there, values = text.partition("=")
        key = key.strip().replace("-", "_")
        if not is_there or key not in hints or key == "seed":
            known = ", ".join(field.name for field in fields(Recipe) if field.name != "seed")
            raise ValueError(f"--vary: got {text}, wanted NAME=V,V with a NAME of {known}")
        parting = ";" if get_origin(hints[key]) is tuple else ","
        axes.append([(key, value.strip()) for value in values.split(parting) if value.strip()])
    for point in itertools.product(*axes):
        options = [_option(key, value) for key, value in point]
        if epochs is not None:
            options.append(("--epochs", str(epochs)))
        _check(name, dict(point), epochs)
        title = " ".join(f"{key}={value}" for key, value in point) or name
        yield _Variant(title, tuple(itertools.chain.from_iterable(options)))


def _option(key: str, value: str) -> tuple[str, ...]:
    """A value as `train` takes it; a switch has no value."""
    flag = f"--{key.replace('_', '-')}"
    if get_type_hints(Recipe)[key] is not bool:
        return flag, value
    if value not in ("true", "false"):
        raise ValueError(f"--vary: got {key}={value}, wanted true or false")
    return (flag,) if value == "true" else ()


def _check(name: str, point: dict[str, str], epochs: int | None) -> None:
    """ValueError unless there is such a recipe."""
    asked: dict[str, Any] = {field.name: None for field in fields(Recipe)}
    for key, text in point.items():
        kind = get_type_hints(Recipe)[key]
        if get_origin(kind) is tuple or kind is str:
            asked[key] = text
        elif kind is bool:
            asked[key] = text == "true"
        else:
            try:
                asked[key] = kind(text)
            except ValueError:
                raise ValueError(f"--vary: got {key}={text}, wanted numbers") from None
    checked = chosen_recipe(name, read_settings(Recipe, asked))
    if epochs is not None:
        replace(checked, epochs=epochs)


def _seeds(text: str) -> list[int]:
    try:
        found = [int(part) for part in text.split(",") if part.strip()]
    except ValueError:
        found = []
    if not found or len(set(found)) != len(found):
        raise ValueError(f"--seeds: got {text}, wanted different whole numbers: 0,1,2")
    return found


def _run(variant: _Variant, seed: int, root: Path, common: list[str]) -> str:
    """Train a variant with a seed, or go on with it; one line of what it came to."""
    folder = variant.folder(root, seed)
    command = [sys.executable, "-m", "tinygrad_mnist", "train"]
    if Run(folder).recipe.exists():
        if _finished(folder):
            return f"{_accuracy(folder):.2%}, finished before"
        command += ["--resume", str(folder)]
    else:
        options = [*common, *variant.options, "--seed", str(seed), "--out", str(folder)]
        command += options
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise RunError(f"{folder}: train ended with {done.returncode}: {' '.join(last)}")
    return f"{_accuracy(folder):.2%}"


def _finished(folder: Path) -> bool:
    run = Run(folder)
    return run.metrics.exists() and len(run.history()) >= run.read_recipe().epochs


def _accuracy(folder: Path) -> float:
    return Run(folder).history()[-1].test_accuracy


# what it came to -----------------------------------------------------------------------------


def _report(variants: list[_Variant], seeds: list[int], out: Path) -> None:
    from tinygrad_mnist.mnist.figures import LIGHT, dressed, png, spread

    found = {
        variant.name: [_accuracy(variant.folder(out, seed)) for seed in seeds]
        for variant in variants
    }
    console.print(_table(found))
    write_file(out / "sweep.csv", _csv(found, seeds))
    with dressed(LIGHT):
        write_file(out / "sweep.png", png(spread(found, LIGHT)))
    console.print(f"Written to {escape(str(out))}: sweep.csv, sweep.png", soft_wrap=True)


def _table(found: dict[str, list[float]]) -> Table:
    table = Table(title="Test accuracy after the last epoch", title_justify="left")
    table.add_column("variant", overflow="fold")
    for column in ("seeds", "least", "median", "most", "deviation"):
        table.add_column(column, justify="right")
    for name, accuracies in found.items():
        deviation = statistics.stdev(accuracies) if len(accuracies) > 1 else 0.0
        table.add_row(
            escape(name),
            str(len(accuracies)),
            f"{min(accuracies):.2%}",
            f"{statistics.median(accuracies):.2%}",
            f"{max(accuracies):.2%}",
            f"{deviation:.2%}",
        )
    return table


def _csv(found: dict[str, list[float]], seeds: list[int]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["variant", "seed", "test_accuracy"])
    for name, accuracies in found.items():
        for seed, accuracy in zip(seeds, accuracies, strict=True):
            writer.writerow([name, seed, accuracy])
    return text.getvalue()
