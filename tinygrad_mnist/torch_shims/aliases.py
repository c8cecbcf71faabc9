"""TRANSITION: second names of functions."""

from typing import Any

from tinygrad_mnist.composed import arranging, statistics
from tinygrad_mnist.linalg import TOP_LEVEL
from tinygrad_mnist.ops import linear_algebra, movement, pointwise

absolute = pointwise.abs
subtract = pointwise.sub
multiply = pointwise.mul
divide = pointwise.div
true_divide = pointwise.div
negative = pointwise.neg
clip = pointwise.clamp
greater = pointwise.gt
greater_equal = pointwise.ge
less = pointwise.lt
less_equal = pointwise.le
not_equal = pointwise.ne
arcsin = pointwise.asin
arccos = pointwise.acos
arctan = pointwise.atan
arctan2 = pointwise.atan2
arcsinh = pointwise.asinh
arccosh = pointwise.acosh
arctanh = pointwise.atanh
fix = pointwise.trunc
sgn = pointwise.sign
swapaxes = movement.transpose
swapdims = movement.transpose
moveaxis = movement.movedim
split_with_sizes = movement.split
unsafe_split = movement.split
unsafe_chunk = movement.chunk
concat = movement.cat
concatenate = movement.cat
ger = linear_algebra.outer
row_stack = arranging.vstack
trapz = statistics.trapezoid
cholesky = TOP_LEVEL["cholesky"]
det = TOP_LEVEL["det"]
inverse = TOP_LEVEL["inverse"]
logdet = TOP_LEVEL["logdet"]
matrix_power = TOP_LEVEL["matrix_power"]
pinverse = TOP_LEVEL["pinverse"]
qr = TOP_LEVEL["qr"]
slogdet = TOP_LEVEL["slogdet"]
svd = TOP_LEVEL["svd"]


def ravel(input: Any) -> Any:
    """The elements of `input` as one row."""
    return movement.reshape(input, -1)
