"""Whether all ranks hold the same: compared by checksums, and the rank that differs is named."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import numpy as np

from tinygrad_mnist.core.tensor import Tensor, wrap
from tinygrad_mnist.distributed.collectives import all_gather_into_tensor
from tinygrad_mnist.distributed.process_group import group_of

__all__ = ["DisagreementError", "check_agreement", "checksum"]


class DisagreementError(RuntimeError):
    """Ranks that should hold the same do not."""


def checksum(tensors: Iterable[Tensor]) -> str:
    """A fingerprint of tensors: of their shapes, dtypes and elements, to the last bit.

    Args:
        tensors: in an order that is the same everywhere.

    Returns:
        SHA-256, in hexadecimal.

    Example:
        >>> len(torch.distributed.checksum([torch.ones(2)]))
        64
    """
    digest = hashlib.sha256()
    for tensor in tensors:
        array = np.ascontiguousarray(tensor.array)
        digest.update(f"{array.dtype.str}{tensor.array.shape}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def check_agreement(what: str, fingerprint: str, group: Any = None) -> None:
    """Compare a fingerprint with those of the other ranks, which must all be the same.

    Args:
        what: it is of, for the error: "the parameters after epoch 3".
        fingerprint: this rank's.
        group: whose ranks are compared. Default: all.

    Raises:
        DisagreementError: in every rank, with the ranks that differ from most, or from rank 0.
    """
    chosen = group_of(group)
    own = np.frombuffer(hashlib.sha256(fingerprint.encode()).digest(), np.uint8).copy()
    all_own = wrap(np.empty((chosen.size(), own.size), np.uint8))
    all_gather_into_tensor(all_own, wrap(own), chosen)
    found = [row.tobytes() for row in all_own.array]
    if len(set(found)) == 1:
        return
    usual = max(found, key=lambda each: (found.count(each), each == found[0]))
    others = [str(chosen.ranks[rank]) for rank, each in enumerate(found) if each != usual]
    named = f"rank {others[0]} differs"
    if len(others) > 1:
        named = f"ranks {', '.join(others)} differ"
    error = DisagreementError(f"{what}: {named} from the other ranks")
    error.speaker = chosen.ranks[0]  # type: ignore[attr-defined]
    raise error
