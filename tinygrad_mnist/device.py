"""Where a tensor lies: the CPU. Other places can be named and compared, and are refused in use."""

from __future__ import annotations

from typing import Any

KNOWN = ("cpu", "cuda", "mps", "xpu", "meta", "hip", "xla")


class device:
    """`device("cpu")`, `device("cuda:0")`, `device("cuda", 0)`, as PyTorch spells them."""

    def __init__(self, type: Any = "cpu", index: int | None = None) -> None:
        if isinstance(type, int):
            type, index = "cuda", type
        self.type: str
        self.index: int | None
        self.type, _, number = str(type).partition(":")
        if self.type not in KNOWN or (number and not number.isdecimal()):
            raise RuntimeError(f"device: got {type!r}, wanted one of {', '.join(KNOWN)}")
        self.index = int(number) if number else index

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __repr__(self) -> str:
        index = "" if self.index is None else f", index={self.index}"
        return f"device(type={self.type!r}{index})"

    def __enter__(self) -> device:
        require_cpu(self)
        return self

    def __exit__(self, *error: object) -> None:
        pass


CPU = device("cpu")


def require_cpu(place: Any) -> None:
    """Refuse any place but the CPU, with the error of a PyTorch that was built without CUDA."""
    if place is not None and place is not CPU and device(place).type != "cpu":
        raise AssertionError(f"device: tensors live on the CPU here, got {str(place)!r}")
