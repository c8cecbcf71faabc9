"""`torch.sparse`: there are no sparse tensors."""

from __future__ import annotations

import sys
from typing import Any, NoReturn

__all__ = ["addmm", "log_softmax", "mm", "softmax", "sum", "torch"]

torch = sys.modules[__name__.partition(".")[0]]  # programs write torch.sparse.torch.eye(n)


def mm(sparse: Any, dense: Any) -> NoReturn:
    """Refuse: there are no sparse tensors.

    Args:
        sparse: a sparse matrix.
        dense: a matrix.

    Raises:
        NotImplementedError: always.
    """
    _refuse()


def addmm(mat: Any, mat1: Any, mat2: Any, *, beta: float = 1, alpha: float = 1) -> NoReturn:
    """Refuse: there are no sparse tensors.

    Args:
        mat: a matrix.
        mat1: a sparse matrix.
        mat2: a matrix.
        beta: the factor of `mat`.
        alpha: the factor of the product.

    Raises:
        NotImplementedError: always.
    """
    _refuse()


def sum(input: Any, dim: Any = None, dtype: Any = None) -> NoReturn:
    """Refuse: there are no sparse tensors.

    Args:
        input: a sparse tensor.
        dim: along which dimensions.
        dtype: of the result.

    Raises:
        NotImplementedError: always.
    """
    _refuse()


def softmax(input: Any, dim: int, *, dtype: Any = None) -> NoReturn:
    """Refuse: there are no sparse tensors.

    Args:
        input: a sparse tensor.
        dim: along which dimension.
        dtype: of the result.

    Raises:
        NotImplementedError: always.
    """
    _refuse()


def log_softmax(input: Any, dim: int, *, dtype: Any = None) -> NoReturn:
    """Refuse: there are no sparse tensors.

    Args:
        input: a sparse tensor.
        dim: along which dimension.
        dtype: of the result.

    Raises:
        NotImplementedError: always.
    """
    _refuse()


def _refuse() -> NoReturn:
    raise NotImplementedError("sparse: there are no sparse tensors")
