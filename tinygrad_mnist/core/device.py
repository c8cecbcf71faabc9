"""Where a tensor lies: the CPU. Other places can be named and compared, and are refused in use."""

from __future__ import annotations

from typing import Any

from tinygrad_mnist.core.errors import check

KNOWN = (
    "cpu, cuda, ipu, xpu, mkldnn, opengl, opencl, ideep, hip, ve, fpga, maia, xla, lazy, vulkan,"
    " mps,"
    " meta, hpu, mtia, privateuseone"
)


class device:
    """A place where tensors could lie: `device("cpu")`, `device("cuda:0")`, `device("cuda", 0)`.

    Args:
        type: the kind of device, perhaps with its number.
        index: the number, where the type has none.

    Raises:
        TypeError: if the type is no string.
        RuntimeError: if it is unknown, or the number is no number.

    Example:
        >>> torch.device("cuda:1").index
        1
    """

    def __init__(self, type: Any, index: int | None = None) -> None:
        check(not isinstance(type, int), "Cannot access accelerator device when none is available.")
        check(
            isinstance(type, str | device),
            "device: wanted a string, got {!r}",
            type,
            error=TypeError,
        )
        kind, colon, number = str(type).partition(":")
        check(
            kind in KNOWN.split(", "),
            "Expected one of {} device type at start of device string: {}",
            KNOWN,
            type,
        )
        fine = not colon or number == "0" or (number.isdecimal() and number[0] != "0")
        check(fine, "Invalid device string: {!r}", type)
        check(
            not colon or index is None,
            "device: the type must not include an index because one is given: {}",
            type,
        )
        check(index is None or index >= 0, "Device index must not be negative")
        self.type: str = kind
        self.index: int | None = int(number) if colon else index

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
    if place is not None and place is not CPU:
        place = device("cuda", place) if isinstance(place, int) else device(place)
        check(
            place.type == "cpu",
            "device: tensors live on the CPU here, got {!r}",
            str(place),
            error=AssertionError,
        )
