"""Products of matrices and vectors.

All gradients of products are made of three of them, and no transpose is ever written to memory:
`matmul`, a @ b; `times_transposed`, a @ b.T; and `transposed_times`, a.T @ b.
"""

from __future__ import annotations

import math
from functools import reduce

import numpy as np

from tinygrad_mnist.core import dtypes
from tinygrad_mnist.core.arithmetic import pass_on
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.inplace import write_out
from tinygrad_mnist.core.record import record
from tinygrad_mnist.core.surface import method
from tinygrad_mnist.core.tensor import Array, Tensor, wrap
from tinygrad_mnist.ops.arguments import cast, operands, supported
from tinygrad_mnist.ops.pointwise import where
from tinygrad_mnist.ops.reduction import sum
from tinygrad_mnist.ops.shape import diagonal, reshape, squeeze, unsqueeze

__all__ = [
    "addbmm",
    "addmm",
    "addmv",
    "addr",
    "baddbmm",
    "bmm",
    "chain_matmul",
    "cross",
    "dot",
    "ger",
    "inner",
    "kron",
    "linear",
    "matmul",
    "mm",
    "mv",
    "outer",
    "trace",
    "vdot",
]

Number = int | float | bool


# what the arguments must be ------------------------------------------------------------------


def check_same_dtype(name: str, a: Tensor, b: Tensor) -> None:
    """RuntimeError unless the two factors have one dtype: products do not promote."""
    if a.array.dtype != b.array.dtype:
        raise RuntimeError(
            f"{name}: expected m1 and m2 to have the same dtype, but got: {a.dtype} != {b.dtype}"
        )


def _check_factors(name: str, a: Tensor, b: Tensor) -> None:
    """RuntimeError unless a's last dimension is b's last but one, or its only one."""
    check_same_dtype(name, a, b)
    if a.array.dtype.kind == "b":
        _refuse_bools(a, b)
    columns = a.array.shape[-1]
    rows = b.array.shape[-2 if b.array.ndim > 1 else 0]
    if columns != rows:
        raise RuntimeError(
            f"{name}: {tuple(a.shape)} and {tuple(b.shape)} do not match: {columns} against {rows}"
        )


def _refuse_bools(a: Tensor, b: Tensor) -> None:
    """NotImplementedError by the name of PyTorch's kernel for products of these dimensions."""
    kernel = "addmm_impl_cpu_"
    if a.array.ndim > 2 or b.array.ndim > 2:
        kernel = "bmm"
    elif a.array.ndim == b.array.ndim == 1:
        kernel = "dot"
    elif b.array.ndim == 1:
        kernel = "addmv_impl_cpu"
    supported(kernel, "iuf", a)


def _check_dimensions(name: str, a: Tensor, b: Tensor, left: int, right: int) -> None:
    """RuntimeError unless a and b have this many dimensions, of three one batch size, and fit."""
    if a.array.ndim != left or b.array.ndim != right:
        raise RuntimeError(
            f"{name}: wanted tensors of {left} and {right} dimensions,"
            f" got shapes {a.shape} and {b.shape}"
        )
    if left == 3 and a.array.shape[0] != b.array.shape[0]:
        raise RuntimeError(f"{name}: batch sizes differ: {a.shape} and {b.shape}")
    _check_factors(name, a, b)


# products of arrays --------------------------------------------------------------------------


def _row_array(array: Array) -> Array:
    """All dimensions but the last as one: a matrix."""
    *batch, k = array.shape
    return array.reshape(math.prod(batch), k)


def matmul_rows(a: Array, b: Array) -> Array:
    """a @ b for one matrix or vector b: all rows of a, whatever its batch, in one product."""
    out: Array = np.matmul(_row_array(a), b)
    return out.reshape(*a.shape[:-1], *b.shape[1:])


def matmul_transposed(a: Array, b: Array) -> Array:
    """a @ b.T, matrix by matrix; all rows of a in one product where b is one matrix."""
    out: Array
    if b.ndim > 2:
        out = np.matmul(a, b.swapaxes(-1, -2))
    elif a.ndim == 2:
        out = np.matmul(a, b.T)
    else:
        out = matmul_rows(a, b.T)
    return out


def transposed_matmul(a: Array, b: Array) -> Array:
    """a.T @ b, matrix by matrix."""
    out: Array = np.matmul(a.swapaxes(-1, -2), b)
    return out


def affine_map(input: Array, weight: Array, bias: Array) -> Array:
    """input @ weight.T + bias, the sum in place."""
    out = matmul_transposed(input, weight)
    try:
        out += bias
    except ValueError:
        raise RuntimeError(
            f"linear: bias {bias.shape} does not fit a result of shape {out.shape}"
        ) from None
    return out


def inner_products(a: Array, b: Array) -> Array:
    """The products of every row of a with every row of b."""
    out: Array = np.matmul(_row_array(a), _row_array(b).T)
    return out.reshape(*a.shape[:-1], *b.shape[:-1])


def cross_product(a: Array, b: Array, dim: int) -> Array:
    """The vector products along a dimension of size 3."""
    return np.ascontiguousarray(np.cross(a, b, axis=dim))


# the three products that rules are made of ---------------------------------------------------


def _as_rows(x: Tensor) -> Tensor:
    """All dimensions but the last as one: a matrix."""
    if x.array.ndim == 2:
        return x
    *batch, k = x.array.shape
    return reshape(x, (math.prod(batch), k))


def _record_matmul(name: str, a: Tensor, b: Tensor) -> Tensor:
    """a @ b, of matrices or batches of them."""
    return record(
        name,
        np.matmul,
        (a, lambda g: times_transposed(g, b)),
        (b, lambda g: transposed_times(a, g)),
    )


def _record_matmul_rows(name: str, a: Tensor, b: Tensor) -> Tensor:
    """a @ b, of a batch of matrices and one matrix."""
    return record(
        name,
        matmul_rows,
        (a, lambda g: times_transposed(g, b)),
        (b, lambda g: transposed_times(_as_rows(a), _as_rows(g))),
    )


def times_transposed(a: Tensor, b: Tensor) -> Tensor:
    """a @ b.T: (..., n, k) and (..., m, k) is (..., n, m)."""

    def b_rule(g: Tensor) -> Tensor:
        if b.array.ndim == 2:
            return transposed_times(_as_rows(g), _as_rows(a))
        return transposed_times(g, a)

    return record("matmul", matmul_transposed, (a, lambda g: matmul(g, b)), (b, b_rule))


def transposed_times(a: Tensor, b: Tensor) -> Tensor:
    """a.T @ b: (..., k, n) and (..., k, m) is (..., n, m)."""
    return record(
        "matmul",
        transposed_matmul,
        (a, lambda g: times_transposed(b, g)),
        (b, lambda g: matmul(a, g)),
    )


# products of vectors -------------------------------------------------------------------------


def _record_dot(name: str, a: Tensor, b: Tensor) -> Tensor:
    """The inner product of two vectors."""
    return record(name, np.dot, (a, lambda g: g * b), (b, lambda g: g * a))


def _record_outer(a: Tensor, b: Tensor) -> Tensor:
    """All products of two vectors' elements."""
    return record(
        "outer", np.multiply.outer, (a, lambda g: matmul(g, b)), (b, lambda g: matmul(a, g))
    )


def _matrix_times_vector(name: str, a: Tensor, b: Tensor) -> Tensor:
    """(..., n, k) @ (k,)."""
    if a.array.ndim == 2:
        return record(
            name, np.matmul, (a, lambda g: _record_outer(g, b)), (b, lambda g: matmul(g, a))
        )
    return record(
        name,
        matmul_rows,
        (a, lambda g: unsqueeze(g, -1) * b),
        (b, lambda g: matmul(reshape(g, -1), _as_rows(a))),
    )


def _vector_times_matrix(name: str, a: Tensor, b: Tensor) -> Tensor:
    """(k,) @ (..., k, m)."""
    if b.array.ndim == 2:
        return record(
            name, np.matmul, (a, lambda g: matmul(b, g)), (b, lambda g: _record_outer(a, g))
        )
    return squeeze(_record_matmul(name, unsqueeze(a, 0), b), -2)


@method
def dot(input: Tensor, tensor: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inner product of two vectors.

    Args:
        input: a vector, (k,).
        tensor: a vector of the same size and dtype.
        out: the tensor to write the result to.

    Returns:
        A scalar, ().

    Raises:
        RuntimeError: if they are not vectors of one size and dtype.

    Example:
        >>> torch.dot(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]))
        tensor(11.)
    """
    _check_dimensions("dot", input, tensor, 1, 1)
    result = _record_dot("dot", input, tensor)
    return result if out is None else write_out("dot", result, out)


@method
def vdot(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inner product of two vectors; of real numbers, what `dot` gives.

    Args:
        input: a vector, (k,).
        other: a vector of the same size and dtype.
        out: the tensor to write the result to.

    Returns:
        A scalar, ().

    Raises:
        RuntimeError: if they are not vectors of one size and dtype.

    Example:
        >>> torch.vdot(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]))
        tensor(11.)
    """
    _check_dimensions("vdot", input, other, 1, 1)
    result = _record_dot("vdot", input, other)
    return result if out is None else write_out("vdot", result, out)


@method
def inner(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inner products over the last dimension; with a scalar, the product.

    Args:
        input: (..., k), or a scalar.
        other: (..., k) with the same k and dtype, or a scalar.
        out: the tensor to write the result to.

    Returns:
        The dimensions of `input` but the last, then those of `other` but the last.

    Raises:
        RuntimeError: if the last dimensions or the dtypes differ.

    Example:
        >>> torch.inner(torch.tensor([[1.0, 2.0], [0.0, 1.0]]), torch.tensor([3.0, 4.0]))
        tensor([11.,  4.])
    """
    result = _inner(input, other)
    return result if out is None else write_out("inner", result, out)


def _inner(a: Tensor, b: Tensor) -> Tensor:
    if not a.array.ndim or not b.array.ndim:
        return a * b
    check(
        a.array.shape[-1] == b.array.shape[-1],
        "inner: the last dimensions must match, got {} and {}",
        a.shape,
        b.shape,
    )
    check_same_dtype("inner", a, b)
    if a.array.ndim == b.array.ndim == 1:
        return _record_dot("inner", a, b)
    a_shape = a.array.shape
    b_shape = b.array.shape
    flat = (math.prod(a_shape[:-1]), math.prod(b_shape[:-1]))
    return record(
        "inner",
        inner_products,
        (a, lambda g: reshape(matmul(reshape(g, flat), _as_rows(b)), a_shape)),
        (b, lambda g: reshape(transposed_times(reshape(g, flat), _as_rows(a)), b_shape)),
    )


@method(aliases=["ger"])
def outer(input: Tensor, vec2: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The matrix of all products of two vectors' elements.

    Args:
        input: a vector, (n,).
        vec2: a vector, (m,).
        out: the tensor to write the result to.

    Returns:
        A matrix, (n, m), of the dtype that both promote to.

    Raises:
        RuntimeError: if one of them is no vector.

    Example:
        >>> torch.outer(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]))
        tensor([[3., 4.],
                [6., 8.]])
    """
    check(
        input.array.ndim == vec2.array.ndim == 1,
        "outer: Expected 1-D arguments, got {}-D and {}-D",
        input.array.ndim,
        vec2.array.ndim,
    )
    a, b = operands(input, vec2, "outer")
    result = _record_outer(a, b)
    return result if out is None else write_out("outer", result, out)


ger = outer


# products of matrices ------------------------------------------------------------------------


@method(operators=["__matmul__"], reflected=["__rmatmul__"])
def matmul(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The matrix product; a vector counts as a row on the left and as a column on the right.

    Args:
        input: (..., n, k), or a vector (k,).
        other: (..., k, m), or a vector (k,), of the same dtype.
        out: the tensor to write the result to.

    Returns:
        (..., n, m), where the dimensions in front of the last two are batches and broadcast. The
        dimension that a vector does not have is left out: two vectors give a scalar.

    Raises:
        RuntimeError: if an argument is a scalar, or if the shapes do not fit or the dtypes differ.

    Example:
        >>> a = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
        >>> torch.matmul(a, torch.tensor([1.0, 1.0]))
        tensor([3., 7.])
        >>> (torch.ones(5, 2, 3) @ torch.ones(3, 4)).shape
        torch.Size([5, 2, 4])
    """
    result = _matmul(input, other)
    return result if out is None else write_out("matmul", result, out)


def _matmul(a: Tensor, b: Tensor) -> Tensor:
    left = a.array.ndim
    right = b.array.ndim
    if not left or not right:
        raise RuntimeError(
            "matmul: both arguments to matmul need to be at least 1D, but got a scalar"
        )
    _check_factors("matmul", a, b)
    if right == 1:
        return _record_dot("dot", a, b) if left == 1 else _matrix_times_vector("matmul", a, b)
    if left == 1:
        return _vector_times_matrix("matmul", a, b)
    if left > 2 and right == 2:
        return _record_matmul_rows("matmul", a, b)
    return _record_matmul("matmul", a, b)


@method
def mm(input: Tensor, mat2: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The product of two matrices.

    Args:
        input: a matrix, (n, k).
        mat2: a matrix, (k, m), of the same dtype.
        out: the tensor to write the result to.

    Returns:
        A matrix, (n, m).

    Raises:
        RuntimeError: if they are no matrices, or if their shapes or dtypes do not fit.

    Example:
        >>> torch.mm(torch.eye(2), torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
        tensor([[1., 2.],
                [3., 4.]])
    """
    _check_dimensions("mm", input, mat2, 2, 2)
    result = _record_matmul("mm", input, mat2)
    return result if out is None else write_out("mm", result, out)


@method
def bmm(input: Tensor, mat2: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The products of two batches of matrices.

    Args:
        input: (batch, n, k).
        mat2: (batch, k, m), of the same dtype.
        out: the tensor to write the result to.

    Returns:
        (batch, n, m).

    Raises:
        RuntimeError: if they do not have three dimensions, or if shapes or dtypes do not fit.

    Example:
        >>> torch.bmm(torch.ones(5, 2, 3), torch.ones(5, 3, 4)).shape
        torch.Size([5, 2, 4])
    """
    _check_dimensions("bmm", input, mat2, 3, 3)
    result = _record_matmul("bmm", input, mat2)
    return result if out is None else write_out("bmm", result, out)


@method
def mv(input: Tensor, vec: Tensor, *, out: Tensor | None = None) -> Tensor:
    """A matrix times a vector.

    Args:
        input: a matrix, (n, k).
        vec: a vector, (k,), of the same dtype.
        out: the tensor to write the result to.

    Returns:
        A vector, (n,).

    Raises:
        RuntimeError: if they are no matrix and vector, or if their shapes or dtypes do not fit.

    Example:
        >>> torch.mv(torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([1.0, 1.0]))
        tensor([3., 7.])
    """
    _check_dimensions("mv", input, vec, 2, 1)
    result = _matrix_times_vector("mv", input, vec)
    return result if out is None else write_out("mv", result, out)


def chain_matmul(*matrices: Tensor, out: Tensor | None = None) -> Tensor:
    """The product of several matrices, from left to right.

    Args:
        matrices: (a, b), (b, c), (c, d) and so on, one or more.
        out: the tensor to write the result to.

    Returns:
        A matrix with the first one's rows and the last one's columns.

    Raises:
        RuntimeError: if one of them is no matrix, or if their shapes or dtypes do not fit.

    Example:
        >>> torch.chain_matmul(torch.ones(2, 3), torch.ones(3, 4), torch.ones(4, 5)).shape
        torch.Size([2, 5])
    """
    result = reduce(mm, matrices)
    return result if out is None else write_out("chain_matmul", result, out)


# affine maps ---------------------------------------------------------------------------------


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """What a linear layer computes: input @ weight.T + bias.

    Args:
        input: (..., in).
        weight: (out, in), or (in,) for a single output without a dimension; of the same dtype.
        bias: (out,), or a scalar for a weight of one dimension. Default: none.

    Returns:
        (..., out), or (...) for a weight of one dimension.

    Raises:
        RuntimeError: if the shapes do not fit or the dtypes differ.

    Example:
        >>> weight = torch.tensor([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
        >>> F.linear(torch.tensor([[3.0, 4.0]]), weight, torch.ones(3))
        tensor([[4., 9., 8.]])
    """
    if weight.array.ndim == 1:
        product = matmul(input, weight)
        return product if bias is None else product + bias
    check_same_dtype("linear", input, weight)
    if not input.array.ndim or input.array.shape[-1] != weight.array.shape[1]:
        columns = input.array.shape[-1] if input.array.ndim else "a scalar"
        raise RuntimeError(
            f"linear: {tuple(input.shape)} and weight {tuple(weight.shape)} do not match:"
            f" {columns} against {weight.array.shape[1]}"
        )
    if input.array.ndim == 2:
        input_edge = (input, lambda g: _record_matmul("matmul", g, weight))
        weight_edge = (weight, lambda g: transposed_times(g, input))
    else:
        input_edge = (input, lambda g: matmul(g, weight))
        weight_edge = (weight, lambda g: transposed_times(_as_rows(g), _as_rows(input)))
    if bias is None:
        return record("linear", matmul_transposed, input_edge, weight_edge)
    return record("linear", affine_map, input_edge, weight_edge, (bias, pass_on))


# a product added to a tensor -----------------------------------------------------------------


@method(in_place=True)
def addmm(
    input: Tensor,
    mat1: Tensor,
    mat2: Tensor,
    *,
    beta: Number = 1,
    alpha: Number = 1,
    out: Tensor | None = None,
) -> Tensor:
    """beta * input + alpha * (mat1 @ mat2).

    Args:
        input: a tensor that broadcasts to (n, m). Not read at all for a beta of 0.
        mat1: a matrix, (n, k).
        mat2: a matrix, (k, m), of the same dtype.
        beta: a factor of `input`.
        alpha: a factor of the product.
        out: the tensor to write the result to.

    Returns:
        A matrix, (n, m).

    Raises:
        RuntimeError: if shapes or dtypes do not fit.

    Example:
        >>> torch.addmm(torch.ones(2), torch.eye(2), torch.eye(2), alpha=3)
        tensor([[4., 1.],
                [1., 4.]])
    """
    result = _scaled_sum("addmm", input, mm(mat1, mat2), beta, alpha)
    return result if out is None else write_out("addmm", result, out)


@method(in_place=True)
def addmv(
    input: Tensor,
    mat: Tensor,
    vec: Tensor,
    *,
    beta: Number = 1,
    alpha: Number = 1,
    out: Tensor | None = None,
) -> Tensor:
    """beta * input + alpha * (mat @ vec).

    Args:
        input: a tensor that broadcasts to (n,). Not read at all for a beta of 0.
        mat: a matrix, (n, k).
        vec: a vector, (k,), of the same dtype.
        beta: a factor of `input`.
        alpha: a factor of the product.
        out: the tensor to write the result to.

    Returns:
        A vector, (n,).

    Raises:
        RuntimeError: if shapes or dtypes do not fit.

    Example:
        >>> torch.addmv(torch.ones(2), torch.eye(2), torch.tensor([3.0, 4.0]))
        tensor([4., 5.])
    """
    result = _scaled_sum("addmv", input, mv(mat, vec), beta, alpha)
    return result if out is None else write_out("addmv", result, out)


@method(in_place=True)
def addr(
    input: Tensor,
    vec1: Tensor,
    vec2: Tensor,
    *,
    beta: Number = 1,
    alpha: Number = 1,
    out: Tensor | None = None,
) -> Tensor:
    """beta * input + alpha * outer(vec1, vec2).

    Args:
        input: a tensor that broadcasts to (n, m). Not read at all for a beta of 0.
        vec1: a vector, (n,).
        vec2: a vector, (m,).
        beta: a factor of `input`.
        alpha: a factor of the product.
        out: the tensor to write the result to.

    Returns:
        A matrix, (n, m).

    Raises:
        RuntimeError: if the shapes do not fit.

    Example:
        >>> torch.addr(torch.zeros(2, 2), torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]))
        tensor([[3., 4.],
                [6., 8.]])
    """
    result = _scaled_sum("addr", input, outer(vec1, vec2), beta, alpha)
    return result if out is None else write_out("addr", result, out)


@method(in_place=True)
def baddbmm(
    input: Tensor,
    batch1: Tensor,
    batch2: Tensor,
    *,
    beta: Number = 1,
    alpha: Number = 1,
    out: Tensor | None = None,
) -> Tensor:
    """beta * input + alpha * (batch1 @ batch2), matrix by matrix.

    Args:
        input: a tensor that broadcasts to (batch, n, m). Not read at all for a beta of 0.
        batch1: (batch, n, k).
        batch2: (batch, k, m), of the same dtype.
        beta: a factor of `input`.
        alpha: a factor of the product.
        out: the tensor to write the result to.

    Returns:
        (batch, n, m).

    Raises:
        RuntimeError: if shapes or dtypes do not fit.

    Example:
        >>> torch.baddbmm(torch.zeros(1), torch.ones(5, 2, 3), torch.ones(5, 3, 4)).shape
        torch.Size([5, 2, 4])
    """
    result = _scaled_sum("baddbmm", input, bmm(batch1, batch2), beta, alpha)
    return result if out is None else write_out("baddbmm", result, out)


@method(in_place=True)
def addbmm(
    input: Tensor,
    batch1: Tensor,
    batch2: Tensor,
    *,
    beta: Number = 1,
    alpha: Number = 1,
    out: Tensor | None = None,
) -> Tensor:
    """beta * input + alpha * the sum of (batch1 @ batch2) over the batch.

    Args:
        input: a tensor that broadcasts to (n, m). Not read at all for a beta of 0.
        batch1: (batch, n, k).
        batch2: (batch, k, m), of the same dtype.
        beta: a factor of `input`.
        alpha: a factor of the sum.
        out: the tensor to write the result to.

    Returns:
        A matrix, (n, m).

    Raises:
        RuntimeError: if shapes or dtypes do not fit.

    Example:
        >>> torch.addbmm(torch.zeros(1), torch.ones(5, 2, 3), torch.ones(5, 3, 2))
        tensor([[15., 15.],
                [15., 15.]])
    """
    total = sum(bmm(batch1, batch2), 0, dtype=batch1.dtype)
    result = _scaled_sum("addbmm", input, total, beta, alpha)
    return result if out is None else write_out("addbmm", result, out)


def _scaled_sum(name: str, input: Tensor, product: Tensor, beta: Number, alpha: Number) -> Tensor:
    """beta * input + alpha * product, in their common dtype."""
    common = dtypes.promote(input.array.dtype, product.array.dtype)
    check(
        name == "addr" or product.array.dtype == input.array.dtype,
        "{}: self and mat2 must have the same dtype, but got {} and {}",
        name,
        input.dtype,
        product.dtype,
    )
    if common.kind != "f":
        dtypes.refuse_overflow(beta, common)
        dtypes.refuse_overflow(alpha, common)
        beta = int(beta)
        alpha = int(alpha)
    if beta == 0:  # not even NaN passes
        input = where(wrap(np.zeros((), bool)), input, 0)
    elif beta != 1:
        input = input * beta
    if alpha != 1:
        product = product * alpha
    return cast(input + product, common)


# products of other kinds ---------------------------------------------------------------------


@method
def kron(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The Kronecker product: each element of input times all of other.

    Args:
        input: a tensor of any shape.
        other: a tensor of any shape; the one with fewer dimensions gets further ones in front.
        out: the tensor to write the result to.

    Returns:
        Each size is the product of the two tensors' sizes there.

    Example:
        >>> torch.kron(torch.eye(2), torch.tensor([[1.0, 2.0]]))
        tensor([[1., 2., 0., 0.],
                [0., 0., 1., 2.]])
    """
    count = max(input.array.ndim, other.array.ndim)
    a_shape = (1,) * (count - input.array.ndim) + input.array.shape
    b_shape = (1,) * (count - other.array.ndim) + other.array.shape
    a_wide: list[int] = []
    b_wide: list[int] = []
    sizes: list[int] = []
    for m, n in zip(a_shape, b_shape, strict=True):
        a_wide += (m, 1)
        b_wide += (1, n)
        sizes.append(m * n)
    result = reshape(reshape(input, a_wide) * reshape(other, b_wide), sizes)
    return result if out is None else write_out("kron", result, out)


@method
def trace(input: Tensor) -> Tensor:
    """The sum of a matrix's diagonal.

    Args:
        input: a matrix, (n, m).

    Returns:
        A scalar, (); int64 for integers.

    Raises:
        RuntimeError: if it is no matrix.

    Example:
        >>> torch.trace(torch.eye(3))
        tensor(3.)
    """
    check(
        input.array.ndim == 2,
        "trace: expected a matrix, but got tensor with dim {}",
        input.array.ndim,
    )
    return sum(diagonal(input))


@method
def cross(
    input: Tensor, other: Tensor, dim: int | None = None, *, out: Tensor | None = None
) -> Tensor:
    """The vector products along a dimension of size 3.

    Args:
        input: vectors, with the size 3 at `dim`.
        other: vectors of a shape that broadcasts with `input`'s.
        dim: the dimension. Default: the first one of size 3.
        out: the tensor to write the result to.

    Returns:
        The shape that both broadcast to.

    Raises:
        RuntimeError: if a size there is not 3, or for bools; if the numbers of dimensions differ
            and `dim` counts from the front.

    Example:
        >>> torch.cross(torch.tensor([1.0, 0.0, 0.0]), torch.tensor([0.0, 1.0, 0.0]))
        tensor([0., 0., 1.])
    """
    if dim is None:
        dim = input.array.shape.index(3) if 3 in input.array.shape else 0
    fits = all(x.array.shape[dim : dim + 1 or None] == (3,) for x in (input, other))
    check(
        fits, "cross: dimension {} must have size 3, got {} and {}", dim, input.shape, other.shape
    )
    if dim >= 0:
        check(
            input.array.ndim == other.array.ndim,
            "cross: inputs must have the same number of dimensions, got {} and {}",
            input.array.ndim,
            other.array.ndim,
        )
        dim -= input.array.ndim
    a, b = operands(input, other, "cross")
    supported("cross", "iuf", a)
    result = _record_cross(a, b, dim)
    return result if out is None else write_out("cross", result, out)


def _record_cross(a: Tensor, b: Tensor, dim: int) -> Tensor:
    """The vector products along a dimension counted from the end, so that batches broadcast."""
    return record(
        "cross",
        cross_product,
        (a, lambda g: _record_cross(b, g, dim)),
        (b, lambda g: _record_cross(g, a, dim)),
        dim=dim,
    )
