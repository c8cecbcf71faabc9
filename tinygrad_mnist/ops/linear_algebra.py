"""Products of matrices and vectors."""

import math
from typing import Any

import numpy as np

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.ops.arguments import mismatch
from tinygrad_mnist.ops.movement import reshape, squeeze, transpose, unsqueeze
from tinygrad_mnist.tape import record
from tinygrad_mnist.core.tensor import Tensor

__all__ = [
    "bmm", "dot", "matmul", "mm", "mv", "outer", "vdot",
]  # fmt: skip


def same_dtype(name: str, a: Tensor, b: Tensor) -> None:
    if a.array.dtype != b.array.dtype:
        raise RuntimeError(f"{name}: expected m1 and m2 to have the same dtype, but got: {a.dtype} != {b.dtype}")


def matmul(input: Tensor, other: Tensor) -> Tensor:
    """The matrix product; vectors count as a row on the left and a column on the right.

    Dimensions in front of the last two are batches and broadcast. (n, k) @ (k, m) is (n, m).
    """
    a, b, left, right = input, other, input.array.ndim, other.array.ndim
    check(left and right, "matmul: both arguments to matmul need to be at least 1D, but got a scalar")
    same_dtype("matmul", a, b)
    if (k := a.array.shape[-1]) != (rows := b.array.shape[-2 if right > 1 else 0]):
        raise RuntimeError(f"matmul: {tuple(a.shape)} and {tuple(b.shape)} do not match: {k} against {rows}")
    if left == 1:
        return squeeze(matmul(unsqueeze(a, 0), b), -2 if right > 1 else 0)
    if right == 1:
        return squeeze(matmul(a, unsqueeze(b, 1)), -1)
    if left > 2 and right == 2:
        batch = a.array.shape[:-1]
        return reshape(matmul(reshape(a, (math.prod(batch), k)), b), (*batch, b.array.shape[1]))
    try:
        out = np.matmul(a.array, b.array)
    except ValueError:
        raise mismatch("matmul", a, b) from None
    return record("matmul", out, (a, lambda g: matmul(g, transpose(b, -1, -2))),
                  (b, lambda g: matmul(transpose(a, -1, -2), g)))  # fmt: skip


def _ranked(name: str, doc: str, *ranks: int) -> Any:
    def op(input: Tensor, mat2: Tensor) -> Tensor:
        check((input.ndim, mat2.ndim) == ranks, "{}: wanted tensors of {} and {} dimensions, got shapes {} and {}",
              name, *ranks, input.shape, mat2.shape)  # fmt: skip
        check(ranks[0] < 3 or len(input) == len(mat2), "bmm: batch sizes differ: {} and {}", input.shape, mat2.shape)
        return matmul(input, mat2)

    op.__name__, op.__doc__ = name, doc
    return op


mm = _ranked("mm", "The product of two matrices.", 2, 2)
bmm = _ranked("bmm", "The products of two batches of matrices, (b, n, k) and (b, k, m).", 3, 3)
mv = _ranked("mv", "A matrix times a vector.", 2, 1)
dot = _ranked("dot", "The inner product of two vectors.", 1, 1)
vdot = _ranked("vdot", "The inner product of two vectors.", 1, 1)


def outer(input: Tensor, vec2: Tensor) -> Tensor:
    """The matrix of all products of two vectors' elements."""
    check(input.ndim == vec2.ndim == 1, "outer: Expected 1-D arguments, got {}-D and {}-D", input.ndim, vec2.ndim)
    return unsqueeze(input, 1) * unsqueeze(vec2, 0)


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """input @ weight.T + bias: (..., in) with a weight of (out, in) is (..., out)."""
    if weight.ndim == 1:
        out = matmul(input, weight)
        return out if bias is None else out + bias
    same_dtype("linear", input, weight)
    if not input.ndim or input.array.shape[-1] != weight.array.shape[1]:
        raise RuntimeError(
            f"linear: {tuple(input.shape)} and weight {tuple(weight.shape)} do not match:"
            f" {input.array.shape[-1] if input.ndim else 'a scalar'} against {weight.array.shape[1]}"
        )
    if input.ndim != 2:
        *batch, k = input.array.shape
        rows = reshape(input, (math.prod(batch), k))
        return reshape(linear(rows, weight, bias), (*batch, weight.array.shape[0]))
    out = np.matmul(input.array, weight.array.T)
    rules: list[Any] = [(input, lambda g: matmul(g, weight)), (weight, lambda g: _crossed(g, input))]
    if bias is not None:
        out += bias.array
        rules.append((bias, lambda g: g))
    return record("linear", out, *rules)


def _crossed(a: Tensor, b: Tensor) -> Tensor:
    """a.T @ b, of two matrices."""
    return record("mm", np.matmul(a.array.T, b.array), (a, lambda g: linear(b, g)), (b, lambda g: matmul(a, g)))


# einsum ------------------------------------------------------------------------------------
