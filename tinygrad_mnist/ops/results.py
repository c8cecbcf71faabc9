"""How the named tuples that some operations return print: as PyTorch's `torch.return_types` do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from tinygrad_mnist.core.inplace import write_out
from tinygrad_mnist.core.tensor import Tensor

ResultT = TypeVar("ResultT", bound=tuple[Any, ...])


def result_text(name: str, result: Any) -> str:
    """The text of a named tuple: `torch.return_types.name(`, then a line for each field.

    Args:
        name: PyTorch's name of the type, which is the operation's.
        result: the named tuple.
    """
    parts = [f"{field}={each!r}" for field, each in result._asdict().items()]
    lines = ",\n".join(parts)
    return f"torch.return_types.{name}(\n{lines})"


def write_each(name: str, result: ResultT, out: Sequence[Tensor] | None) -> ResultT:
    """A named tuple, with its tensors written into those given as `out=`, if any were given."""
    if out is None:
        return result
    for value, target in zip(result, out, strict=True):
        write_out(name, value, target)
    return type(result)(*out)
