"""A setting is a field of a dataclass that says everything about itself, once.

    @dataclass(frozen=True)
    class Recipe:
        lr: float = setting(0.005, help="Adam's learning rate.", limit=POSITIVE)

From the field follow the check of its value (`check_settings`), and its option on the command line
with name, type and help (`command_with_settings`, `read_settings`).
"""

from __future__ import annotations

import dataclasses
import inspect
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

import typer

__all__ = [
    "NOT_NEGATIVE",
    "POSITIVE",
    "PROBABILITY",
    "RATE",
    "Limit",
    "check_settings",
    "command_with_settings",
    "one_of",
    "read_settings",
    "read_values",
    "setting",
    "setting_of",
]

Command = TypeVar("Command", bound=Callable[..., Any])
PANEL = "Hyperparameters"


@dataclass(frozen=True)
class Limit:
    """What values a setting may have.

    Attributes:
        wanted: in words, as an error message goes on after "wanted".
        fits: whether a value is one of them.
    """

    wanted: str
    fits: Callable[[Any], bool]


POSITIVE = Limit("a positive number", lambda value: value > 0)
NOT_NEGATIVE = Limit("a number not below 0", lambda value: value >= 0)
PROBABILITY = Limit("a probability above 0, up to 1", lambda value: 0 < value <= 1)
RATE = Limit("a number from 0 up to, without, 1", lambda value: 0 <= value < 1)
ANYTHING = Limit("anything", lambda value: True)


def one_of(names: tuple[str, ...]) -> Limit:
    """The limit of a setting that is one of some names.

    Args:
        names: the names.

    Returns:
        The limit, in words and as a check.
    """
    return Limit(f"one of {', '.join(names)}", lambda value: value in names)


@dataclass(frozen=True)
class Setting:
    """What a field says of itself beside its name, type and default; see `setting`."""

    help: str
    limit: Limit
    metavar: str | None
    panel: str | None


def setting(
    default: Any,
    *,
    help: str,
    limit: Limit = ANYTHING,
    metavar: str | None = None,
    panel: str | None = PANEL,
) -> Any:
    """A field of a dataclass of settings.

    Args:
        default: its value where nothing else is said.
        help: what it is, in a sentence or two: the help of its option.
        limit: the values that it may have. Default: all.
        metavar: what the help shows for a value. Default: the name of its type.
        panel: the heading under which the help lists the option; None for the general one.

    Returns:
        What stands after `=` in the dataclass.
    """
    return dataclasses.field(
        default=default, metadata={"setting": Setting(help, limit, metavar, panel)}
    )


def setting_of(field: dataclasses.Field[Any]) -> Setting:
    """What a field that was made by `setting` says of itself.

    Args:
        field: as `dataclasses.fields` gives it.

    Returns:
        Help, limit, and how the option is shown.
    """
    found: Setting = field.metadata["setting"]
    return found


def check_settings(settings: Any, message: str) -> None:
    """Refuse the first value that is beyond its limit.

    Args:
        settings: an object of a dataclass of settings.
        message: of the error, with places for {name}, {value} and {wanted}.

    Raises:
        ValueError: with that message.
    """
    for field in dataclasses.fields(settings):
        limit = setting_of(field).limit
        value = getattr(settings, field.name)
        if not limit.fits(value):
            raise ValueError(message.format(name=field.name, value=value, wanted=limit.wanted))


def read_values(kind: type, values: Any) -> dict[str, Any]:
    """The values of settings in a JSON object, each of its setting's type.

    Args:
        kind: the dataclass of settings.
        values: what was parsed.

    Returns:
        The values by the settings' names; lists have become tuples.

    Raises:
        ValueError: if it is no object, names something else, or a value has another type.
    """
    if not isinstance(values, dict):
        raise ValueError(f"got {type(values).__name__}, wanted an object")
    hints = {field.name: hint for field, hint in _typed_fields(kind)}
    found = {}
    for name, value in values.items():
        if name not in hints:
            raise ValueError(f"got {name[:40]!r}, wanted {', '.join(hints)}")
        hint = hints[name]
        if get_origin(hint) is tuple:
            member = get_args(hint)[0]
            if not isinstance(value, list):
                raise ValueError(f"{name} is {repr(value)[:40]}, wanted a list of numbers")
            found[name] = tuple(_of_type(name, each, member) for each in value)
        else:
            found[name] = _of_type(name, value, hint)
    return found


def _of_type(name: str, value: Any, kind: type) -> Any:
    """The value, where it has the type; a whole number does for a float."""
    shown = repr(value)[:40] if not isinstance(value, int) else "a number of another kind"
    message = f"{name} is {shown}, wanted {_WORDS[kind]}"
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if kind is float and is_number and abs(value) <= sys.float_info.max:
        return value
    if kind is int and is_number and isinstance(value, int) and abs(value) < 2**63:
        return value
    if kind in (bool, str) and isinstance(value, kind):
        return value
    raise ValueError(message)


_WORDS = {float: "a number", int: "a whole number", bool: "true or false", str: "text"}


# on the command line -------------------------------------------------------------------------


def command_with_settings(kind: type) -> Callable[[Command], Command]:
    """Give a command of typer an option for each setting, in the place of its `**settings`.

    An option that is left out comes to the command as None; a tuple comes as text, such as
    "400,100". `read_settings` makes values of them.

    Args:
        kind: the dataclass of settings.

    Returns:
        A decorator, which changes nothing but the signature that typer reads.
    """

    def decorate(command: Command) -> Command:
        signature = inspect.signature(command, eval_str=True)
        given = signature.parameters.values()
        kept = [each for each in given if each.kind is not inspect.Parameter.VAR_KEYWORD]
        options = [_option(field, hint) for field, hint in _typed_fields(kind)]
        command.__signature__ = signature.replace(  # type: ignore[attr-defined]
            parameters=[*kept, *options]
        )
        return command

    return decorate


def read_settings(kind: type, given: dict[str, Any]) -> dict[str, Any]:
    """The values of the options that were given.

    Args:
        kind: the dataclass of settings.
        given: what the command got for its `**settings`.

    Returns:
        The values by the settings' names, without those that were left out.

    Raises:
        ValueError: if a text is no list of numbers.
    """
    values = {}
    for field, hint in _typed_fields(kind):
        value = given[field.name]
        if value is None:
            continue
        if get_origin(hint) is tuple:
            value = _numbers(_flag(field.name), value, get_args(hint)[0])
        values[field.name] = value
    return values


def _typed_fields(kind: type) -> Iterable[tuple[dataclasses.Field[Any], Any]]:
    """The fields with their types, which dataclasses keeps as text."""
    hints = get_type_hints(kind)
    return [(field, hints[field.name]) for field in dataclasses.fields(kind)]


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _option(field: dataclasses.Field[Any], hint: Any) -> inspect.Parameter:
    """The option of a setting, as typer takes it."""
    said = setting_of(field)
    shown = typer.Option(
        _flag(field.name), help=said.help, metavar=said.metavar, rich_help_panel=said.panel
    )
    type_: Any = str if get_origin(hint) is tuple else hint
    return inspect.Parameter(
        field.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[type_ | None, shown],
    )


def _numbers(option: str, text: str, kind: Callable[[str], Any]) -> tuple[Any, ...]:
    try:
        return tuple(kind(part) for part in text.split(",") if part.strip())
    except ValueError:
        message = f"{option}: got {text}, wanted numbers with commas between them"
        raise ValueError(message) from None
