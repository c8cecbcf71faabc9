"""`tinygrad-mnist bench`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

import tinygrad_mnist

__all__ = ["bench", "suite_folder"]


def bench(
    arguments: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[-- ARGUMENTS]", help="What the suite is given; -- --help lists it."
        ),
    ] = None,
) -> None:
    """Run the benchmark suite, where the package lies in its repository.

    `bench -- --data FOLDER` measures an epoch over its floor, `bench -- memory --data FOLDER` the
    peak memory of a training, `bench lines` the size of each room of the code.
    """
    root = suite_folder()
    if root is None:
        raise ValueError(
            "bench: got a package without its benchmarks, wanted one that lies in its repository"
            " beside the folder benchmarks/: get the source and run `make bench` there"
        )
    paths = [str(root)]
    already = os.environ.get("PYTHONPATH")
    if already:
        paths.append(already)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
    command = [sys.executable, "-m", "benchmarks", *(arguments or [])]
    done = subprocess.run(command, env=environment, check=False)
    raise typer.Exit(done.returncode)


def suite_folder() -> Path | None:
    """The repository around the package, if it has the benchmarks."""
    root = Path(tinygrad_mnist.__file__).resolve().parent.parent
    return root if (root / "benchmarks" / "__main__.py").is_file() else None
