"""How bad input is refused: one line that says what it was and what was wanted."""

from typing import Any


def check(ok: Any, message: str, *values: Any, error: type[Exception] = RuntimeError) -> None:
    """Raise `error` unless ok. The message's {} are filled with the values only then."""
    if not ok:
        raise error(message.format(*values))
