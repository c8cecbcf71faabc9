"""Sums of products in Einstein's notation, made of products of matrices."""

from __future__ import annotations

import math
import string
from collections.abc import Sequence
from typing import Any

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.inplace import write_out
from tinygrad_mnist.core.refusals import tensors_only
from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.ops.arguments import cast, dimension, promoted
from tinygrad_mnist.ops.products import check_same_dtype, matmul
from tinygrad_mnist.ops.reduction import sum
from tinygrad_mnist.ops.shape import diagonal, permute, reshape, squeeze, transpose, unsqueeze

__all__ = ["bilinear", "einsum", "tensordot"]


@tensors_only
def einsum(equation: str | Tensor, *operands: Any) -> Tensor:
    """Sums of products in Einstein's notation.

    From left to right, each pair of operands by a product of matrices, as PyTorch does.

    Args:
        equation: the letters of each operand's dimensions, "bij,bjk->bik", and after the arrow the
            result's. Letters that are not among these are summed over; a letter that stands twice
            in one operand means its diagonal; "..." stands for dimensions that broadcast. Without
            an arrow the result has the letters that occur once, in alphabetical order.
        operands: a tensor of the right number of dimensions for each. Or, without an equation: an
            operand and the list of its dimensions' numbers in turn, at the end the result's list.

    Returns:
        A tensor with the result's dimensions.

    Raises:
        RuntimeError: if letters, operands and sizes do not fit together.

    Example:
        >>> a = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
        >>> torch.einsum("ij,j->i", a, torch.tensor([1.0, 1.0]))
        tensor([3., 7.])
        >>> torch.einsum("ii", a)
        tensor(5.)
    """
    if isinstance(equation, Tensor):
        equation, operands = _from_numbers([equation, *operands])
    tensors = list(operands)
    if len(operands) == 1 and not isinstance(operands[0], Tensor):
        tensors = list(operands[0])
    subscripts, output = _parsed(equation.replace(" ", ""), tensors)
    out, letters = _diagonals(tensors[0], subscripts[0])
    for i in range(1, len(tensors)):
        x, own = _diagonals(tensors[i], subscripts[i])
        kept = set(output).union(*subscripts[i + 1 :])
        out, letters = _product(out, letters, x, own, kept)
    out, letters = _summed(out, letters, set(output))
    return permute(out, [letters.index(c) for c in output])


def _from_numbers(given: list[Any]) -> tuple[str, tuple[Tensor, ...]]:
    """The equation and the operands of operands and lists of numbers in turn."""
    subscripts = [_letters(numbers) for numbers in given[1::2]]
    equation = ",".join(subscripts)
    if len(given) % 2 == 1:
        equation += "->" + _letters(given[-1])
    return equation, tuple(given[: 2 * len(subscripts) : 2])


def _letters(numbers: Sequence[Any]) -> str:
    """A letter for each number, and dots for an Ellipsis."""
    return "".join("..." if n is Ellipsis else string.ascii_letters[n] for n in numbers)


# reading the equation ------------------------------------------------------------------------


def _parsed(equation: str, tensors: list[Tensor]) -> tuple[list[str], str]:
    """The letters of each operand and of the result, with letters in place of the dots."""
    left, arrow, result = equation.partition("->")
    subscripts = left.split(",")
    check(
        len(subscripts) == len(tensors),
        "einsum(): {} subscripts in {!r} for {} operands",
        len(subscripts),
        equation,
        len(tensors),
    )
    subscripts, dotted = _without_dots(equation, subscripts, tensors)
    letters = "".join(subscripts)
    if not arrow:
        once = [c for c in set(letters) - set(dotted) if letters.count(c) == 1]
        result = "..." + "".join(sorted(once))
    result = result.replace("...", dotted)
    _check_sizes(equation, subscripts, tensors)
    check(
        set(result) <= set(letters) and len(set(result)) == len(result),
        "einsum(): the output of {!r} names an unknown or repeated subscript",
        equation,
    )
    return subscripts, result


def _without_dots(
    equation: str, subscripts: list[str], tensors: list[Tensor]
) -> tuple[list[str], str]:
    """The operands' letters with new ones for the dots, and all of the new ones."""
    counts = []
    for own, x in zip(subscripts, tensors, strict=True):
        named = len(own.replace("...", ""))
        counts.append(x.array.ndim - named if "..." in own else 0)
    unused = [c for c in string.ascii_letters if c not in equation]
    dotted = "".join(unused[: max(counts)])
    filled = []
    for own, count in zip(subscripts, counts, strict=True):
        filled.append(own.replace("...", dotted[len(dotted) - count :]))
    return filled, dotted


def _check_sizes(equation: str, subscripts: list[str], tensors: list[Tensor]) -> None:
    """RuntimeError unless each letter stands for one size, or for that and 1."""
    sizes: dict[str, int] = {}
    for own, x in zip(subscripts, tensors, strict=True):
        check(
            len(own) == x.array.ndim,
            "einsum(): {!r} names {} dimensions for an operand of shape {}",
            equation,
            len(own),
            x.shape,
        )
        for letter, n in zip(own, x.array.shape, strict=True):
            known = sizes.get(letter, 1)
            check(
                n == known or 1 in (n, known),
                "einsum(): operands do not broadcast: {} is {} and {} in {!r}",
                letter,
                known,
                n,
                equation,
            )
            if known == 1:
                sizes[letter] = n


# single operands -----------------------------------------------------------------------------


def _diagonals(x: Tensor, letters: str) -> tuple[Tensor, str]:
    """The operand with each letter once: of dimensions with the same letter, the diagonal."""
    for letter in set(letters):
        while letters.count(letter) > 1:
            first = letters.index(letter)
            second = letters.index(letter, first + 1)
            check(
                x.array.shape[first] == x.array.shape[second],
                "einsum(): subscript {} is repeated but the sizes don't match",
                letter,
            )
            x = diagonal(x, 0, first, second)
            letters = letters[:first] + letters[first + 1 : second] + letters[second + 1 :] + letter
    return x, letters


def _summed(x: Tensor, letters: str, kept: set[str]) -> tuple[Tensor, str]:
    """The operand summed over the dimensions whose letters are not kept."""
    dims = tuple(d for d, c in enumerate(letters) if c not in kept)
    if not dims:
        return x, letters
    return sum(x, dims), "".join(c for c in letters if c in kept)


def _without_thin(x: Tensor, letters: str, other: dict[str, int]) -> tuple[Tensor, str]:
    """The operand without the dimensions of size 1 that the other one has wider."""
    thin = []
    kept = ""
    for d, letter in enumerate(letters):
        if x.array.shape[d] == 1 and other.get(letter, 1) != 1:
            thin.append(d)
        else:
            kept += letter
    if not thin:
        return x, letters
    return squeeze(x, tuple(thin)), kept


# a pair of operands --------------------------------------------------------------------------


def _product(
    a: Tensor, a_letters: str, b: Tensor, b_letters: str, kept: set[str]
) -> tuple[Tensor, str]:
    """The product of two operands, summed over the letters that are not kept."""
    a_sizes = dict(zip(a_letters, a.array.shape, strict=True))
    b_sizes = dict(zip(b_letters, b.array.shape, strict=True))
    a, a_letters = _without_thin(a, a_letters, b_sizes)
    b, b_letters = _without_thin(b, b_letters, a_sizes)
    a, a_letters = _summed(a, a_letters, kept.union(b_letters))
    b, b_letters = _summed(b, b_letters, kept.union(a_letters))
    a, b = promoted(a, b)
    sizes = {
        **dict(zip(b_letters, b.array.shape, strict=True)),
        **dict(zip(a_letters, a.array.shape, strict=True)),
    }
    batch = [c for c in a_letters if c in b_letters and c in kept]
    inner = [c for c in a_letters if c in b_letters and c not in kept]
    left = [c for c in a_letters if c not in b_letters]
    right = [c for c in b_letters if c not in a_letters]
    rows = _arranged(a, a_letters, sizes, batch, left, inner)
    columns = _arranged(b, b_letters, sizes, batch, inner, right)
    if inner and (left or right):
        out = matmul(rows, columns)
    else:
        pairs = unsqueeze(rows, -2) * unsqueeze(transpose(columns, -1, -2), -3)
        out = sum(pairs, -1, dtype=a.dtype)
    letters = [*batch, *left, *right]
    return reshape(out, [sizes[c] for c in letters]), "".join(letters)


def _arranged(
    x: Tensor,
    letters: str,
    sizes: dict[str, int],
    batch: list[str],
    rows: list[str],
    columns: list[str],
) -> Tensor:
    """The operand as batches of matrices: one dimension for all rows, one for all columns."""
    ordered = permute(x, [letters.index(c) for c in (*batch, *rows, *columns)])
    row_count = math.prod(sizes[c] for c in rows)
    column_count = math.prod(sizes[c] for c in columns)
    return reshape(ordered, [*(sizes[c] for c in batch), row_count, column_count])


# made of it ----------------------------------------------------------------------------------


@tensors_only
def tensordot(
    a: Tensor, b: Tensor, dims: int | Tensor | Sequence[Any] = 2, out: Tensor | None = None
) -> Tensor:
    """The sum of products over pairs of dimensions.

    Args:
        a: a tensor of any shape.
        b: a tensor of any shape, of the same dtype.
        dims: how many of a's last dimensions go with as many of b's first; or two lists, of a's
            dimensions and of b's.
        out: the tensor to write the result to.

    Returns:
        The dimensions of a, then those of b, that are not summed over.

    Raises:
        RuntimeError: if the lists differ in length, or if sizes or dtypes do not fit.

    Example:
        >>> torch.tensordot(torch.ones(2, 3, 4), torch.ones(3, 4, 5), dims=2).shape
        torch.Size([2, 5])
        >>> torch.tensordot(torch.ones(2, 3), torch.ones(4, 2), dims=([0], [1])).shape
        torch.Size([3, 4])
    """
    left, right = _paired_dimensions(a, b, dims)
    check_same_dtype("tensordot", a, b)
    a_letters = [chr(ord("a") + d) for d in range(a.array.ndim)]
    b_letters = [chr(ord("A") + d) for d in range(b.array.ndim)]
    for i, j in zip(left, right, strict=True):
        b_letters[j] = a_letters[i]
    summed = {a_letters[d] for d in left}
    free = [letter for letter in a_letters + b_letters if letter not in summed]
    equation = f"{''.join(a_letters)},{''.join(b_letters)}->{''.join(free)}"
    result = cast(einsum(equation, a, b), a.dtype)
    return result if out is None else write_out("tensordot", result, out)


def _paired_dimensions(
    a: Tensor, b: Tensor, dims: int | Tensor | Sequence[Any]
) -> tuple[list[int], list[int]]:
    """The dimensions of a, and of b, that `tensordot` sums over, counted from the front."""
    if isinstance(dims, Tensor):
        dims = dims.tolist()
    if isinstance(dims, int):
        check(
            0 <= dims <= min(a.array.ndim, b.array.ndim),
            "tensordot expects 0 <= dims <= the number of dimensions, got {}",
            dims,
        )
        return list(range(a.array.ndim - dims, a.array.ndim)), list(range(dims))
    pairs = []
    for given, x in zip(dims, (a, b), strict=True):
        listed = [given] if isinstance(given, int) else given
        pairs.append([dimension(d, x.array.ndim, "tensordot") for d in listed])
    left, right = pairs
    check(
        len(left) == len(right),
        "tensordot: both dimension lists should have same length, got {} and {}",
        *dims,
    )
    return left, right


@tensors_only
def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """What a bilinear layer computes: out[o] = input1 @ weight[o] @ input2 + bias[o].

    Args:
        input1: (..., in1).
        input2: (..., in2).
        weight: (out, in1, in2).
        bias: (out,). Default: none.

    Returns:
        (..., out).

    Raises:
        RuntimeError: if the shapes do not fit.

    Example:
        >>> F.bilinear(torch.ones(4, 2), torch.ones(4, 3), torch.ones(5, 2, 3)).shape
        torch.Size([4, 5])
    """
    if weight.array.ndim != 3:
        raise RuntimeError(f"bilinear(): weight must be 3-D, got {tuple(weight.shape)}")
    inputs = ((1, input1), (2, input2))
    for place, each in inputs:
        size = each.array.shape[-1] if each.array.ndim else "none"
        if size != weight.array.shape[place]:
            raise RuntimeError(
                f"bilinear(): input{place} size does not match weight size: got {size} but"
                f" expected {weight.array.shape[place]}"
            )
    if bias is not None and bias.array.shape != weight.array.shape[:1]:
        raise RuntimeError(
            f"bilinear(): bias size does not match weight size: got {tuple(bias.shape)} but"
            f" expected {weight.array.shape[:1]}"
        )
    product = einsum("...i,oij,...j->...o", input1, weight, input2)
    return product if bias is None else product + bias
