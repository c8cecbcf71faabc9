"""Sums of products, made of `matmul`."""

import math
import string
from functools import reduce
from typing import Any

import numpy as np

from tinygrad_mnist import dtypes
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.ops.arguments import cast, dimension, promoted
from tinygrad_mnist.ops.linear_algebra import bmm, matmul, mm, mv, outer, same_dtype
from tinygrad_mnist.ops.movement import diagonal, permute, reshape, squeeze, transpose, unsqueeze
from tinygrad_mnist.ops.pointwise import where
from tinygrad_mnist.ops.reduction import sum
from tinygrad_mnist.core.tensor import Tensor, wrap

__all__ = [
    "addbmm", "addmm", "addmv", "addr", "baddbmm", "bilinear", "chain_matmul", "cross", "einsum", "inner", "kron",
    "tensordot", "trace",
]  # fmt: skip


def inner(input: Tensor, other: Tensor) -> Tensor:
    """Inner products over the last dimension; with a scalar, the product."""
    if not input.ndim or not other.ndim:
        return input * other
    same = input.array.shape[-1] == other.array.shape[-1]
    check(same, "inner: the last dimensions must match, got {} and {}", input.shape, other.shape)
    return tensordot(input, other, ([-1], [-1]))


def addmm(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """beta * input + alpha * (mat1 @ mat2)."""
    return _scaled("addmm", input, mm(mat1, mat2), beta, alpha)


def addmv(input: Tensor, mat: Tensor, vec: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """beta * input + alpha * (mat @ vec)."""
    return _scaled("addmv", input, mv(mat, vec), beta, alpha)


def addr(input: Tensor, vec1: Tensor, vec2: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """beta * input + alpha * outer(vec1, vec2)."""
    return _scaled("addr", input, outer(vec1, vec2), beta, alpha)


def baddbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """beta * input + alpha * (batch1 @ batch2), matrix by matrix."""
    return _scaled("baddbmm", input, bmm(batch1, batch2), beta, alpha)


def addbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: Any = 1, alpha: Any = 1) -> Tensor:
    """beta * input + alpha * the sum of (batch1 @ batch2) over the batch."""
    return _scaled("addbmm", input, sum(bmm(batch1, batch2), 0, dtype=batch1.dtype), beta, alpha)


def _scaled(name: str, input: Tensor, product: Tensor, beta: Any, alpha: Any) -> Tensor:
    kind = dtypes.promote(input.array.dtype, product.array.dtype)
    check(name == "addr" or product.array.dtype == input.array.dtype, "{}: self and mat2 must have the same dtype, but"
          " got {} and {}", name, input.dtype, product.dtype)  # fmt: skip
    if kind.kind != "f":
        beta, alpha = int(beta), int(alpha)
    if beta == 0:  # not even NaN passes
        input = where(wrap(np.zeros((), bool)), input, 0)
    return cast((input if beta == 1 else input * beta) + (product if alpha == 1 else product * alpha), kind)


def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """out[o] = input1 @ weight[o] @ input2 + bias[o], over the last dimension."""
    out = einsum("...i,oij,...j->...o", input1, weight, input2)
    return out if bias is None else out + bias


def tensordot(a: Tensor, b: Tensor, dims: Any = 2) -> Tensor:
    """The sum of products over pairs of dimensions: the last and first `dims`, or two lists."""
    dims = dims.tolist() if isinstance(dims, Tensor) else dims
    if isinstance(dims, int):
        check(0 <= dims <= min(a.ndim, b.ndim), "tensordot expects 0 <= dims <= the number of dimensions, got {}", dims)
        dims = range(a.ndim - dims, a.ndim), range(dims)
    left, right = ([dimension(d, x.ndim, "tensordot") for d in ([ds] if isinstance(ds, int) else ds)]
                   for ds, x in zip(dims, (a, b), strict=True))  # fmt: skip
    check(len(left) == len(right), "tensordot: both dimension lists should have same length, got {} and {}", *dims)
    same_dtype("tensordot", a, b)
    of_a = string.ascii_lowercase[: a.ndim]
    of_b = "".join(of_a[left[right.index(d)]] if d in right else string.ascii_uppercase[d] for d in range(b.ndim))
    free = [c for c in of_a + of_b if c not in {of_a[d] for d in left}]
    return cast(einsum(f"{of_a},{of_b}->{''.join(free)}", a, b), a.dtype)


def kron(input: Tensor, other: Tensor) -> Tensor:
    """The Kronecker product."""
    n = max(input.ndim, other.ndim)
    a, b = ((1,) * (n - x.ndim) + x.array.shape for x in (input, other))
    left = reshape(input, [k for each in a for k in (each, 1)])
    right = reshape(other, [k for each in b for k in (1, each)])
    return reshape(left * right, [i * j for i, j in zip(a, b, strict=True)])


def trace(input: Tensor) -> Tensor:
    """The sum of a matrix's diagonal."""
    check(input.ndim == 2, "trace: expected a matrix, but got tensor with dim {}", input.ndim)
    return sum(diagonal(input))


def cross(input: Tensor, other: Tensor, dim: int | None = None) -> Tensor:
    """The vector product along a dimension of size 3, the first of that size unless it is named."""
    d = input.array.shape.index(3) if dim is None and 3 in input.array.shape else dim or 0
    check(all(x.ndim and x.size(d) == 3 for x in (input, other)),
          "cross: dimension {} must have size 3, got {} and {}", d, input.shape, other.shape)  # fmt: skip
    a, b = (x.roll(-1, d) for x in (input, other))
    return (input * b - a * other).roll(-1, d)


def chain_matmul(*matrices: Tensor) -> Tensor:
    """The product of several matrices, from left to right."""
    return reduce(mm, matrices)


def einsum(equation: Any, *operands: Any) -> Tensor:
    """Sums of products in Einstein's notation, `einsum("bij,bjk->bik", a, b)`.

    From left to right, each pair of operands by a product of matrices, as PyTorch does.
    """
    if isinstance(equation, Tensor):  # operands and lists of numbers in turn, then the result's list
        given = [equation, *operands]
        named = ["".join("..." if n is Ellipsis else string.ascii_letters[n] for n in each) for each in given[1::2]]
        result = [] if len(given) % 2 == 0 else ["".join(string.ascii_letters[n] for n in given[-1])]
        return einsum("->".join([",".join(named), *result]), *given[: 2 * len(named) : 2])
    xs = list(operands[0]) if len(operands) == 1 and not isinstance(operands[0], Tensor) else list(operands)
    subscripts, output = _parsed(equation.replace(" ", ""), xs)
    pairs = [_without_repeats(x, own) for x, own in zip(xs, subscripts, strict=True)]
    (out, letters), *rest = pairs
    for i, (x, own) in enumerate(rest, 2):
        out, letters = _product(out, letters, x, own, set(output).union(*subscripts[i:]))
    out, letters = _summed(out, letters, set(output))
    return permute(out, [letters.index(c) for c in output])


def _parsed(equation: str, xs: list[Tensor]) -> tuple[list[str], str]:
    """The letters of each operand and of the result, with letters in place of the dots."""
    left, arrow, result = equation.partition("->")
    subscripts = left.split(",")
    check(len(subscripts) == len(xs), "einsum(): {} subscripts in {!r} for {} operands",
          len(subscripts), equation, len(xs))  # fmt: skip
    free = [c for c in string.ascii_letters if c not in equation]
    dots = [x.ndim - len(s.replace("...", "")) if "..." in s else 0 for s, x in zip(subscripts, xs, strict=True)]
    names = "".join(free[: max(dots)])
    filled = [s.replace("...", names[len(names) - n :]) for s, n in zip(subscripts, dots, strict=True)]
    letters = "".join(filled)
    if not arrow:
        result = "..." + "".join(sorted(c for c in set(letters) - set(names) if letters.count(c) == 1))
    result = result.replace("...", names)
    sizes: dict[str, int] = {}
    for s, x in zip(filled, xs, strict=True):
        check(len(s) == x.ndim, "einsum(): {!r} names {} dimensions for an operand of shape {}",
              equation, len(s), x.shape)  # fmt: skip
        for c, n in zip(s, x.array.shape, strict=True):
            m = sizes.get(c, 1)
            check(
                n == m or 1 in (n, m), "einsum(): operands do not broadcast: {} is {} and {} in {!r}", c, m, n, equation
            )
            sizes[c] = n if m == 1 else m
    check(set(result) <= set(letters) and len(set(result)) == len(result),
          "einsum(): the output of {!r} names an unknown or repeated subscript", equation)  # fmt: skip
    return filled, result


def _without_repeats(x: Tensor, own: str) -> tuple[Tensor, str]:
    for c in set(own):
        while own.count(c) > 1:
            first = own.index(c)
            second = own.index(c, first + 1)
            check(x.size(first) == x.size(second), "einsum(): subscript {} is repeated but the sizes don't match", c)
            x, own = diagonal(x, 0, first, second), own[:first] + own[first + 1 : second] + own[second + 1 :] + c
    return x, own


def _summed(x: Tensor, own: str, kept: set[str]) -> tuple[Tensor, str]:
    drop = [d for d, c in enumerate(own) if c not in kept]
    return (sum(x, drop) if drop else x), "".join(c for c in own if c in kept)


def _product(a: Tensor, of_a: str, b: Tensor, of_b: str, kept: set[str]) -> tuple[Tensor, str]:
    """The product of two operands, summed over the letters that are not kept; a size of 1 broadcasts."""
    of = [dict(zip(of_a, a.array.shape, strict=True)), dict(zip(of_b, b.array.shape, strict=True))]
    a, b = (squeeze(x, [d for d, (c, n) in enumerate(own.items()) if n == 1 != other.get(c, 1)])
            for x, own, other in ((a, of[0], of[1]), (b, of[1], of[0])))  # fmt: skip
    of_a, of_b = ("".join(c for c, n in own.items() if not n == 1 != other.get(c, 1)) for own, other in (of, of[::-1]))
    (a, of_a), (b, of_b) = _summed(a, of_a, kept.union(of_b)), _summed(b, of_b, kept.union(of_a))
    a, b = promoted(a, b)
    sizes = {**dict(zip(of_b, b.array.shape, strict=True)), **dict(zip(of_a, a.array.shape, strict=True))}
    both, left, right = ([c for c in of_a if c in of_b], [c for c in of_a if c not in of_b],
                         [c for c in of_b if c not in of_a])  # fmt: skip
    batch, inner = [c for c in both if c in kept], [c for c in both if c not in kept]
    shape = [sizes[c] for c in batch]

    def arranged(x: Tensor, own: str, *groups: Any) -> Tensor:
        ordered = permute(x, [own.index(c) for c in (*batch, *(c for group in groups for c in group))])
        return reshape(ordered, [*shape, *(math.prod(sizes[c] for c in group) for group in groups)])

    rows, columns = arranged(a, of_a, left, inner), arranged(b, of_b, inner, right)
    if inner and (left or right):
        out = matmul(rows, columns)
    else:
        out = sum(unsqueeze(rows, -2) * unsqueeze(transpose(columns, -1, -2), -3), -1, dtype=a.dtype)
    return reshape(out, [sizes[c] for c in (*batch, *left, *right)]), "".join((*batch, *left, *right))
