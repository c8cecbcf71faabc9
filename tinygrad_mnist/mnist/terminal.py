"""What the commands share: the consoles they print to, and the option that names the digits."""

from __future__ import annotations

import codecs
import io
import json
import math
import os
import sys
import unicodedata
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from tinygrad_mnist.mnist import datasets
from tinygrad_mnist.mnist.datasets import Digits
from tinygrad_mnist.mnist.runs import Description, RunError, fingerprint, fingerprint_of_test
from tinygrad_mnist.mnist.seen import in_words

__all__ = [
    "DataOption",
    "JsonOption",
    "RunArgument",
    "Terminal",
    "console",
    "errors",
    "load_digits",
    "print_json",
    "print_plainly",
    "run_digits",
    "share",
]


class Terminal(Console):
    """A console that can go on when nobody reads it any more, as after `| head`.

    Attributes:
        goes_on: whether the command does; else it ends, as commands in a pipe do.
    """

    goes_on = False

    def on_broken_pipe(self) -> None:
        """Let the command end; or print nothing from now on, and say so on standard error."""
        if not self.goes_on:
            super().on_broken_pipe()
            return
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.file.fileno())
        os.close(nowhere)
        if not self.stderr:
            message = "Nobody reads the output any more; the training goes on without it."
            errors.print(f"[yellow]{message}[/]")


console = Terminal(highlight=False)
errors = Terminal(stderr=True, highlight=False)

# In place of characters that an encoding lacks: one for one.
PLAIN = {
    **dict(zip("█▓▉▊▋▌▍▎▏▀▄▐", '##=====--"_#', strict=True)),
    **dict(zip("▁▂▃▅▆▇", "__--==", strict=True)),
    **dict(zip("│┃║╎┆┊╵╷╹╻", "||||||||||", strict=True)),
    **dict(zip("–—‑−…·•×÷→←↑↓≤≥≈√±∂µ✓✗●○", "----.**x/><^v<>~V+duvxoo", strict=True)),
    **dict(zip("‘’“”ΣΔαβγεηθλμπσφ", "''\"\"SDabgehtlmpsf", strict=True)),
}

DataOption = Annotated[
    str | None,
    typer.Option(
        "--data",
        help="Where the digits come from: auto, tensorflow, download, embedded, or a folder or file"
        " (IDX, gz or not, also below MNIST/raw; npz; CSV; Parquet; folders 0 to 9 of pictures)."
        " auto takes the best that it can reach.",
        show_default="auto",
    ),
]
RunArgument = Annotated[
    str,
    typer.Argument(help="The folder that `train` wrote, or a shipped network: original, modern."),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON object and nothing else, for scripts.")
]


def print_plainly() -> None:
    """Let output that its encoding lacks (ASCII, cp1252, gbk) be printed in plainer characters.

    The streams stay as they are but for what happens to such characters: what would be an error is
    one of PLAIN, or a question mark. To be called before anything is printed.
    """
    codecs.register_error("plainly", _plainer)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="plainly")


def _plainer(error: UnicodeError) -> tuple[str, int]:
    """As many characters that every encoding has: columns stay where they are."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(_plain(character) for character in lacking), error.end


def _plain(character: str) -> str:
    if character in PLAIN:
        return PLAIN[character]
    if "\u2500" <= character <= "\u257f":  # frames
        return "-" if character in "─━═╌┄┈╴╶╸╺" else "+"
    if "\udc80" <= character <= "\udcff":  # bytes of a file's name
        return "?"
    letter = unicodedata.normalize("NFKD", character)[0]
    return letter if letter.isascii() else "?"


def share(p: float) -> str:
    """A probability in percent; what is not certain is not printed as 100.0%.

    Args:
        p: from 0 to 1.

    Returns:
        Such as "12.3%".
    """
    return ">99.9%" if p >= 0.9995 else f"{p:.1%}"


def print_json(value: object) -> None:
    """Print one JSON value on standard output, without colours.

    Args:
        value: of what JSON has.
    """
    print(json.dumps(_finite(value), indent=2, allow_nan=False))


def _finite(value: object) -> object:
    """The value with None for each number that JSON does not have: infinities and NaN."""
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def run_digits(about: Description, data: str | None, quiet: bool = False) -> Digits:
    """The digits to measure a run with.

    Args:
        about: the run.
        data: what `--data` asks for; None for the digits that it was trained on.
        quiet: whether they are announced on standard error and not on standard output.

    Returns:
        The digits. A line on standard error says so if the run was trained on others, or on those
        that are to test it.

    Raises:
        RunError: if what the run was trained on has changed since.
    """
    asked = about.asked if data is None else data
    digits = load_digits(asked, errors if quiet else console)
    if data is None:
        _refuse_changed(about, digits)
    said = _on_digits(about, digits)
    if said:
        errors.print(f"[yellow]{escape(said)}[/]", soft_wrap=True)
    return digits


def _on_digits(about: Description, digits: Digits) -> str:
    """What is to be said of the digits that a network is measured on, by their checksums; or ""."""
    test = about.seen(digits.test_images, digits)
    if test is None:
        if about.source in (None, digits.source):
            return ""
        return (
            f"This run was trained on digits from {about.source}; whether these are among them is"
            " not known."
        )
    if test.any():
        found = in_words(test)
        return (
            f"{found[0].upper()}{found[1:]} are among those that the network was trained on:"
            " figures of them tell what it remembers, not how it reads new digits."
        )
    if about.fingerprint == fingerprint(digits):
        return ""
    train = about.seen(digits.train_images, digits)
    if train is not None and train.any():
        count = f"{int(train.sum()):,} of the {len(train):,} training digits here"
        if train.all():
            count = "all training digits here"
        return f"This run was trained on {count}, and on no other of them."
    where = f": {about.source}" if about.source else ""
    return f"This run was trained on other digits{where}"


def _refuse_changed(about: Description, digits: Digits) -> None:
    """RunError if digits from the same source have another fingerprint than in the training."""
    if about.source != digits.source:
        return
    parts = {
        "training": (about.fingerprint, fingerprint(digits)),
        "test": (about.test_fingerprint, fingerprint_of_test(digits)),
    }
    for part, (then, now) in parts.items():
        if then is not None and then != now:
            message = f"{about.name}: the {part} digits of {digits.source} were changed since"
            raise RunError(f"{message} it was trained; --data takes them as they are")


def load_digits(data: str | None, to: Console = console) -> Digits:
    """Load and announce digits.

    Args:
        data: what `--data` asks for.
        to: where they are announced.

    Returns:
        The digits.

    Raises:
        DataError: if they cannot be had.
    """
    digits = datasets.load(data, report=lambda line: errors.print(f"[yellow]{escape(line)}[/]"))
    train = f"[bold]{len(digits.train_labels):,}[/] training"
    test = f"[bold]{len(digits.test_labels):,}[/] test"
    line = f"{train} and {test} digits from {escape(digits.source)}"
    to.print(line, soft_wrap=not to.is_terminal)
    return digits
