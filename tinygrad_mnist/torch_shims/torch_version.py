"""`torch.torch_version`: a version that is text, and compares as a version."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

__all__ = ["TorchVersion"]


class TorchVersion(str):
    """Text that compares with versions, texts and tuples of numbers by the rules of versions.

    Args:
        object: the text, "2.13.0+local".

    Example:
        >>> torch.__version__ >= (2, 1), torch.__version__ > "1.13", torch.__version__ < "2.2.0"
        (True, True, False)
        >>> torch.__version__.split("+")[0]
        '2.13.0'
    """

    __slots__ = ()

    def __lt__(self, other: Any) -> bool:
        return bool(_compare(self, other, "__lt__"))

    def __le__(self, other: Any) -> bool:
        return bool(_compare(self, other, "__le__"))

    def __eq__(self, other: object) -> bool:
        return bool(_compare(self, other, "__eq__"))

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __ge__(self, other: Any) -> bool:
        return bool(_compare(self, other, "__ge__"))

    def __gt__(self, other: Any) -> bool:
        return bool(_compare(self, other, "__gt__"))

    __hash__ = str.__hash__


def _compare(own: TorchVersion, other: Any, method: str) -> Any:
    """By the rules of versions; as texts where the other is none."""
    from packaging.version import InvalidVersion, Version

    try:
        if isinstance(other, str):
            wanted: Any = Version(str(other))
        elif isinstance(other, Iterable):
            wanted = Version(".".join(map(str, other)))
        else:
            wanted = other
        return getattr(Version(str(own)), method)(wanted)
    except InvalidVersion:
        return getattr(str, method)(own, other)
