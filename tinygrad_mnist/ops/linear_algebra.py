"""Products of matrices and vectors."""

from __future__ import annotations

import math
import string
from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_mnist.ops.arguments import mismatch
from tinygrad_mnist.ops.movement import diagonal, expand, permute, reshape, squeeze, transpose, unsqueeze
from tinygrad_mnist.ops.pointwise import where
from tinygrad_mnist.ops.reduction import sum
from tinygrad_mnist.tape import record
from tinygrad_mnist.tensor import Tensor, wrap

__all__ = [
    "addbmm", "addmm", "addmv", "addr", "baddbmm", "bilinear", "bmm", "chain_matmul", "cross",
    "dot", "einsum", "inner", "kron", "matmul", "mm", "mv", "outer", "tensordot", "trace",
    "vdot",
]  # fmt: skip


def _same_dtype(name: str, a: Tensor, b: Tensor) -> None:
    if a.array.dtype != b.array.dtype:
        raise RuntimeError(f"{name}: expected m1 and m2 to have the same dtype, but got: {a.dtype} != {b.dtype}")


def matmul(input: Tensor, other: Tensor) -> Tensor:
    """The matrix product; vectors count as a row on the left and a column on the right.

    Dimensions in front of the last two are batches and broadcast. (n, k) @ (k, m) is (n, m).
    """
    a, b = input, other
    if a.ndim == 0 or b.ndim == 0:
        raise RuntimeError("matmul: both arguments to matmul need to be at least 1D, but got a scalar")
    _same_dtype("matmul", a, b)
    if a.array.shape[-1] != b.array.shape[-2 if b.ndim > 1 else 0]:
        raise RuntimeError(
            f"matmul: {tuple(a.shape)} and {tuple(b.shape)} do not match:"
            f" {a.array.shape[-1]} against {b.array.shape[-2 if b.ndim > 1 else 0]}"
        )
    if a.ndim == 1:
        return squeeze(matmul(unsqueeze(a, 0), b), -2 if b.ndim > 1 else 0)
    if b.ndim == 1:
        return squeeze(matmul(a, unsqueeze(b, 1)), -1)
    if a.ndim > 2 and b.ndim == 2:
        *batch, k = a.array.shape
        return reshape(
            matmul(reshape(a, (-1 if a.array.size else int(np.prod(batch)), k)), b), (*batch, b.array.shape[1])
        )
    try:
        out = np.matmul(a.array, b.array)
    except ValueError:
        raise mismatch("matmul", a, b) from None
    return record(
        "matmul", out, (a, lambda g: matmul(g, transpose(b, -1, -2))), (b, lambda g: matmul(transpose(a, -1, -2), g))
    )


def _ranked(name: str, doc: str, *ranks: int) -> Any:
    def op(input: Tensor, mat2: Tensor) -> Tensor:
        for x, rank in zip((input, mat2), ranks, strict=True):
            if x.ndim != rank:
                raise RuntimeError(
                    f"{name}: wanted tensors of {ranks[0]} and {ranks[1]} dimensions, got shapes"
                    f" {tuple(input.shape)} and {tuple(mat2.shape)}"
                )
        if name == "bmm" and input.array.shape[0] != mat2.array.shape[0]:
            raise RuntimeError(f"bmm: batch sizes differ: {input.array.shape[0]} and {mat2.array.shape[0]}")
        return matmul(input, mat2)

    op.__name__, op.__doc__ = name, doc
    return op


mm = _ranked("mm", "The product of two matrices.", 2, 2)
bmm = _ranked("bmm", "The products of two batches of matrices, (b, n, k) and (b, k, m).", 3, 3)
mv = _ranked("mv", "A matrix times a vector.", 2, 1)
dot = _ranked("dot", "The inner product of two vectors.", 1, 1)
inner_ = dot


def vdot(input: Tensor, other: Tensor) -> Tensor:
    """The inner product of two vectors."""
    return dot(input, other)


def inner(input: Tensor, other: Tensor) -> Tensor:
    """Inner products over the last dimension; with a scalar, the product."""
    if not input.ndim or not other.ndim:
        return input * other
    if input.array.shape[-1] != other.array.shape[-1]:
        raise RuntimeError(f"inner: the last dimensions must match, got {tuple(input.shape)} and {tuple(other.shape)}")
    return tensordot(input, other, ([-1], [-1]))


def outer(input: Tensor, vec2: Tensor) -> Tensor:
    """The matrix of all products of two vectors' elements."""
    if input.ndim != 1 or vec2.ndim != 1:
        raise RuntimeError(f"outer: Expected 1-D arguments, got {input.ndim}-D and {vec2.ndim}-D")
    return unsqueeze(input, 1) * unsqueeze(vec2, 0)


def addmm(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """beta * input + alpha * (mat1 @ mat2)."""
    return _scaled(input, mm(mat1, mat2), beta, alpha)


def addmv(input: Tensor, mat: Tensor, vec: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """beta * input + alpha * (mat @ vec)."""
    return _scaled(input, mv(mat, vec), beta, alpha)


def addr(input: Tensor, vec1: Tensor, vec2: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """beta * input + alpha * outer(vec1, vec2)."""
    return _scaled(input, outer(vec1, vec2), beta, alpha)


def baddbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """beta * input + alpha * (batch1 @ batch2), matrix by matrix."""
    return _scaled(input, bmm(batch1, batch2), beta, alpha)


def addbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """beta * input + alpha * the sum of (batch1 @ batch2) over the batch."""
    return _scaled(input, sum(bmm(batch1, batch2), 0, dtype=batch1.dtype), beta, alpha)


def _scaled(input: Tensor, product: Tensor, beta: Any, alpha: Any) -> Tensor:
    product = product if alpha == 1 else product * alpha
    if beta == 0:  # not even NaN passes
        input = where(wrap(np.zeros((), bool)), input, 0)
    return (input if beta == 1 else input * beta) + product


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """input @ weight.T + bias: (..., in) with a weight of (out, in) is (..., out)."""
    if weight.ndim == 1:
        out = matmul(input, weight)
        return out if bias is None else out + bias
    _same_dtype("linear", input, weight)
    if not input.ndim or input.array.shape[-1] != weight.array.shape[1]:
        raise RuntimeError(
            f"linear: {tuple(input.shape)} and weight {tuple(weight.shape)} do not match:"
            f" {input.array.shape[-1] if input.ndim else 'a scalar'} against {weight.array.shape[1]}"
        )
    if input.ndim != 2:
        *batch, k = input.array.shape
        rows = reshape(input, (int(np.prod(batch)), k))
        return reshape(linear(rows, weight, bias), (*batch, weight.array.shape[0]))
    out = np.matmul(input.array, weight.array.T)
    rules: list[Any] = [(input, lambda g: matmul(g, weight)), (weight, lambda g: matmul(transpose(g, 0, 1), input))]
    if bias is not None:
        out += bias.array
        rules.append((bias, lambda g: g))
    return record("linear", out, *rules)


def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """out[o] = input1 @ weight[o] @ input2 + bias[o], over the last dimension."""
    out = einsum("...i,oij,...j->...o", input1, weight, input2)
    return out if bias is None else out + bias


def tensordot(a: Tensor, b: Tensor, dims: Any = 2) -> Tensor:
    """The sum of products over pairs of dimensions: the last and first `dims`, or two lists."""
    if isinstance(dims, int):
        left, right = list(range(a.ndim - dims, a.ndim)), list(range(dims))
    else:
        left, right = (
            [d % max(x.ndim, 1) for d in (ds if isinstance(ds, Sequence) else [ds])]
            for ds, x in zip(dims, (a, b), strict=True)
        )
    rest_a = [d for d in range(a.ndim) if d not in left]
    rest_b = [d for d in range(b.ndim) if d not in right]
    n = math.prod(a.array.shape[d] for d in left)
    shape_a, shape_b = [a.array.shape[d] for d in rest_a], [b.array.shape[d] for d in rest_b]
    rows = reshape(permute(a, rest_a + left), (math.prod(shape_a), n))
    columns = reshape(permute(b, right + rest_b), (n, math.prod(shape_b)))
    return reshape(matmul(rows, columns), shape_a + shape_b)


def kron(input: Tensor, other: Tensor) -> Tensor:
    """The Kronecker product."""
    n = max(input.ndim, other.ndim)
    a, b = ((1,) * (n - x.ndim) + x.array.shape for x in (input, other))
    left = reshape(input, [k for each in a for k in (each, 1)])
    right = reshape(other, [k for each in b for k in (1, each)])
    return reshape(left * right, [i * j for i, j in zip(a, b, strict=True)])


def trace(input: Tensor) -> Tensor:
    """The sum of a matrix's diagonal."""
    if input.ndim != 2:
        raise RuntimeError(f"trace: expected a matrix, but got tensor with dim {input.ndim}")
    return sum(diagonal(input))


def cross(input: Tensor, other: Tensor, dim: int = -1) -> Tensor:
    """The vector product along a dimension of size 3."""
    if input.array.shape[dim] != 3 or other.array.shape[dim] != 3:
        raise RuntimeError(f"cross: dimension {dim} must have size 3, got {tuple(input.shape)}")
    a, b = (x.roll(-1, dim) for x in (input, other))
    return (input * b - a * other).roll(-1, dim)


def chain_matmul(*matrices: Tensor) -> Tensor:
    """The product of several matrices, from left to right."""
    out, *rest = matrices
    for each in rest:
        out = mm(out, each)
    return out


# einsum ------------------------------------------------------------------------------------


def einsum(equation: str, *operands: Any) -> Tensor:
    """Sums of products in Einstein's notation, `einsum("bij,bjk->bik", a, b)`.

    The gradient by one operand is itself an einsum: of the result's gradient and the others.
    """
    xs = list(operands[0]) if len(operands) == 1 and not isinstance(operands[0], Tensor) else list(operands)
    subscripts, result = _parsed(equation.replace(" ", ""), xs)
    for i, letters in enumerate(subscripts):
        for letter in letters:
            while subscripts[i].count(letter) > 1:
                first = subscripts[i].index(letter)
                second = subscripts[i].index(letter, first + 1)
                if xs[i].array.shape[first] != xs[i].array.shape[second]:
                    raise RuntimeError(
                        f"einsum(): subscript {letter} is repeated for operand {i} but the sizes don't match"
                    )
                xs[i] = diagonal(xs[i], 0, first, second)
                subscripts[i] = subscripts[i].replace(letter, "") + letter
    return _contract(subscripts, result, xs)


def _parsed(equation: str, xs: list[Tensor]) -> tuple[list[str], str]:
    left, arrow, result = equation.partition("->")
    subscripts = left.split(",")
    if len(subscripts) != len(xs):
        raise RuntimeError(f"einsum(): {len(subscripts)} subscripts in {equation!r} for {len(xs)} operands")
    free = [c for c in string.ascii_letters if c not in equation]
    dots = [x.ndim - len(s.replace("...", "")) if "..." in s else 0 for s, x in zip(subscripts, xs, strict=True)]
    names = "".join(free[: max(dots, default=0)])
    filled = [s.replace("...", names[len(names) - n :]) for s, n in zip(subscripts, dots, strict=True)]
    if not arrow:
        letters = "".join(filled)
        result = "..." + "".join(sorted(c for c in set(letters) - set(names) if letters.count(c) == 1))
    result = result.replace("...", names)
    for s, x in zip(filled, xs, strict=True):
        if len(s) != x.ndim:
            raise RuntimeError(
                f"einsum(): {equation!r} names {len(s)} dimensions for an operand of shape {tuple(x.shape)}"
            )
    if any(c not in "".join(filled) for c in result) or len(set(result)) != len(result):
        raise RuntimeError(f"einsum(): the output of {equation!r} names an unknown or repeated subscript")
    return filled, result


def _contract(subscripts: list[str], result: str, xs: list[Tensor]) -> Tensor:
    equation = ",".join(subscripts) + "->" + result
    sizes: dict[str, int] = {}
    for s, x in zip(subscripts, xs, strict=True):
        for letter, n in zip(s, x.array.shape, strict=True):
            if sizes.get(letter, 1) not in (1, n) and n != 1:
                raise RuntimeError(
                    f"einsum(): operands do not broadcast: {letter} is {sizes[letter]} and {n} in {equation!r}"
                )
            sizes[letter] = max(sizes.get(letter, 1), n) if n else 0
    arrays = [x.array for x in xs]
    out = np.einsum(equation, *arrays, optimize=len(xs) > 1)

    def rule(i: int) -> Any:
        own, others = subscripts[i], subscripts[:i] + subscripts[i + 1 :]
        rest = xs[:i] + xs[i + 1 :]
        known = set(result).union(*others)
        kept = "".join(c for c in own if c in known)
        full = tuple(sizes[c] for c in own)

        def by_operand(g: Tensor) -> Tensor:
            part = _contract([result, *others], kept, [g, *rest])
            spread = tuple(sizes[c] if c in kept else 1 for c in own)
            actual = tuple(n if c in kept else 1 for c, n in zip(own, _sizes_of(part, kept, own), strict=True))
            return expand(reshape(part, actual), tuple(max(a, b) for a, b in zip(spread, full, strict=True)))

        return by_operand

    return record("einsum", out.copy() if out.base is not None else out, *((x, rule(i)) for i, x in enumerate(xs)))


def _sizes_of(part: Tensor, kept: str, own: str) -> list[int]:
    named = dict(zip(kept, part.array.shape, strict=True))
    return [named.get(c, 1) for c in own]
