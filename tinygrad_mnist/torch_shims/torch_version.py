"""`torch.torch_version`: a version that is text, and compares as a version."""

from __future__ import annotations

import math
import operator
import re
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
    if isinstance(other, str):
        wanted: Any = _key(other)
    elif isinstance(other, Iterable):
        wanted = _key(".".join(map(str, other)))
    else:
        wanted = _key(str(other))
    mine = _key(own)
    if mine is None or wanted is None:
        return getattr(str, method)(own, other)
    return getattr(operator, method)(mine, wanted)


VERSION = re.compile(
    r"""v?(?:(?P<epoch>\d+)!)?(?P<release>\d+(?:\.\d+)*)
    (?:[-_.]?(?P<pre>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?P<pre_number>\d*))?
    (?:-(?P<post_alone>\d+)|(?P<post>[-_.]?(?:post|rev|r)[-_.]?(?P<post_number>\d*)))?
    (?P<dev>[-_.]?dev[-_.]?(?P<dev_number>\d*))?
    (?:\+(?P<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?""",
    re.VERBOSE | re.IGNORECASE,
)
KINDS = {"a": "a", "alpha": "a", "b": "b", "beta": "b", "c": "rc", "rc": "rc", "pre": "rc"}
FIRST = (-1, "", 0)
LAST = (1, "", 0)


def _key(text: str) -> tuple[Any, ...] | None:
    """What versions are ordered by, as PEP 440 says; None for a text that is no version."""
    found = VERSION.fullmatch(text.strip())
    if found is None:
        return None
    release = [int(part) for part in found["release"].split(".")]
    while len(release) > 1 and release[-1] == 0:
        release.pop()
    has_post = found["post"] is not None or found["post_alone"] is not None
    post = int(found["post_alone"] or found["post_number"] or 0) if has_post else -1
    dev = math.inf if found["dev"] is None else int(found["dev_number"] or 0)
    if found["pre"] is not None:
        kind = KINDS.get(found["pre"].lower(), "rc")
        pre = (0, kind, int(found["pre_number"] or 0))
    elif not has_post and found["dev"] is not None:
        pre = FIRST  # 1.0.dev1 comes before 1.0a1
    else:
        pre = LAST
    return (int(found["epoch"] or 0), release, pre, post, dev, _local_key(found["local"]))


def _local_key(local: str | None) -> list[tuple[int, int, str]]:
    """Numbers come after words; none comes first."""
    parts = re.split(r"[-_.]", local.lower()) if local else []
    return [(1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts]
