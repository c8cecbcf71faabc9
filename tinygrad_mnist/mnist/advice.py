"""Commands to type next, as they run from where the user is."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

__all__ = ["command_line", "own_command"]

NAME = "tinygrad-mnist"


def command_line(*words: object) -> str:
    """A call of this command line to paste into the shell.

    Args:
        words: what follows the command's name: its own name, arguments, options.

    Returns:
        The text; words with spaces are quoted.

    Example:
        >>> command_line("evaluate", "runs/a b")  # doctest: +SKIP
        ".venv/bin/tinygrad-mnist evaluate 'runs/a b'"
    """
    texts = [*own_command(), *map(str, words)]
    if sys.platform == "win32":
        return subprocess.list2cmdline(texts)
    return shlex.join(texts)


def own_command() -> list[str]:
    """How this program is called: by its name where the shell finds it (as in an environment that
    is activated), else by its path, or as a module where no script is installed.
    """
    folder = Path(sys.executable).parent  # of the environment, or of Python itself
    script = shutil.which(NAME, path=str(folder))
    if script is None:
        return [_short(Path(sys.executable)), "-m", "tinygrad_mnist"]
    found = shutil.which(NAME)
    if found is not None and os.path.samefile(found, script):
        return [NAME]
    return [_short(Path(script))]


def _short(path: Path) -> str:
    """The path from the working folder, where it lies below that."""
    here = Path.cwd()
    if path.is_relative_to(here):
        return str(path.relative_to(here))
    return str(path)
