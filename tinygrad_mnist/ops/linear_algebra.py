"""Products of matrices and vectors."""

import math
import string
from functools import reduce
from typing import Any

import numpy as np

from tinygrad_mnist import dtypes
from tinygrad_mnist.errors import check
from tinygrad_mnist.ops.arguments import cast, dimension, mismatch, promoted
from tinygrad_mnist.ops.movement import diagonal, permute, reshape, squeeze, transpose, unsqueeze
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
    a, b, left, right = input, other, input.array.ndim, other.array.ndim
    check(left and right, "matmul: both arguments to matmul need to be at least 1D, but got a scalar")
    _same_dtype("matmul", a, b)
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


def inner(input: Tensor, other: Tensor) -> Tensor:
    """Inner products over the last dimension; with a scalar, the product."""
    if not input.ndim or not other.ndim:
        return input * other
    same = input.array.shape[-1] == other.array.shape[-1]
    check(same, "inner: the last dimensions must match, got {} and {}", input.shape, other.shape)
    return tensordot(input, other, ([-1], [-1]))


def outer(input: Tensor, vec2: Tensor) -> Tensor:
    """The matrix of all products of two vectors' elements."""
    check(input.ndim == vec2.ndim == 1, "outer: Expected 1-D arguments, got {}-D and {}-D", input.ndim, vec2.ndim)
    return unsqueeze(input, 1) * unsqueeze(vec2, 0)


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
    _same_dtype("tensordot", a, b)
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


# einsum ------------------------------------------------------------------------------------


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
