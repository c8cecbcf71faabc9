"""A setting's check and its option follow from its field."""

import dataclasses
import inspect
from dataclasses import dataclass
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from tinygrad_mnist.mnist.commands.train import train
from tinygrad_mnist.mnist.recipe import Recipe
from tinygrad_mnist.mnist.settings import (
    POSITIVE,
    check_settings,
    command_with_settings,
    one_of,
    read_settings,
    setting,
    setting_of,
)


@dataclass(frozen=True)
class Settings:
    wide: tuple[float, ...] = setting((1.0,), help="Widths.", metavar="W,W")
    how_many: int = setting(3, help="How many there are.", limit=POSITIVE)
    kind: str = setting("a", help="Which kind.", limit=one_of(("a", "b")), panel=None)
    quick: bool = setting(False, help="Whether it is quick.")


found: dict[str, Any] = {}
app = typer.Typer()


@app.command()
@command_with_settings(Settings)
def command(other: int = 1, **settings: Any) -> None:
    found.clear()
    found.update(read_settings(Settings, settings), other=other)


def test_options_become_values():
    done = CliRunner().invoke(app, ["--wide", "2,.5", "--how-many", "7", "--quick", "--kind", "b"])
    assert done.exit_code == 0, done.output
    assert found == {"wide": (2.0, 0.5), "how_many": 7, "quick": True, "kind": "b", "other": 1}
    assert CliRunner().invoke(app, []).exit_code == 0 and found == {"other": 1}
    wrong = CliRunner().invoke(app, ["--wide", "x"])
    assert str(wrong.exception) == "--wide: got x, wanted numbers with commas between them"
    assert CliRunner().invoke(app, ["--how-many", "x"]).exit_code == 2


def test_values_beyond_their_limits_are_named():
    message = "{name} is {value!r}, wanted {wanted}"
    check_settings(Settings(), message)
    with pytest.raises(ValueError, match="how_many is 0, wanted a positive number"):
        check_settings(Settings(how_many=0), message)
    with pytest.raises(ValueError, match="kind is 'c', wanted one of a, b"):
        check_settings(Settings(kind="c"), message)


def test_every_hyperparameter_is_an_option_of_train_with_its_help():
    options = inspect.signature(train).parameters
    app = typer.Typer()
    app.command()(train)
    help = " ".join(CliRunner().invoke(app, ["--help"], env={"COLUMNS": "300"}).output.split())
    for field in dataclasses.fields(Recipe):
        said = setting_of(field)
        assert field.name in options and said.help in help and len(said.help) > 10
        assert said.limit.fits(field.default)
