"""Tensor's methods that are functions elsewhere. Written by `python -m tests.stubs`: change the functions, not this."""

from builtins import bool as _bool, float as _float, int as _int
from collections.abc import Callable, Iterator, Sequence
from tinygrad_mnist.core import dtypes
from tinygrad_mnist.core.record import Hook, RemovableHandle
from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.ops.arguments import Dims, Number, TensorLike
from tinygrad_mnist.ops.creation import DeviceLike, DtypeLike, Number
from tinygrad_mnist.ops.decompositions import USV
from tinygrad_mnist.ops.indexing import Number
from tinygrad_mnist.ops.linalg import QR, Slogdet
from tinygrad_mnist.ops.products import Number
from tinygrad_mnist.ops.random import Generator
from tinygrad_mnist.ops.reduction import (MaxResult, MinResult, SortResult, TopkResult)
from tinygrad_mnist.ops.statistics import (AminmaxResult, CummaxResult, CumminResult, HistogramResult, KthvalueResult, MedianResult, ModeResult, NanmedianResult, Number)
from tinygrad_mnist.torch_shims.storage import Storage
from typing import (Any, Literal, Self, overload)

class AttachedMethods:
    @property
    def H(self) -> Tensor:
        """The last two dimensions exchanged: the transpose of each matrix. A view."""
    @property
    def T(self) -> Tensor:
        """The dimensions in reverse order: of a matrix, its transpose. A view."""
    def __abs__(self, *, out: Tensor | None=None) -> Tensor:
        """|x| of each element x; its gradient at 0 is 0.

        Args:
            input: of any shape.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.abs(torch.tensor([-1.5, 0.5, 1.7]))
            tensor([1.5000, 0.5000, 1.7000])
        """
    @overload
    def __add__(self, other: TensorLike, *, alpha: Number=1, out: Tensor | None=None) -> Tensor:
        """input + alpha * other, with broadcasting and type promotion.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            old_order: `add(input, alpha, other)` is what old programs write.
            alpha: a number that other is multiplied by.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            RuntimeError: if the shapes do not broadcast, or alpha is a float and the operands are not.

        Example:
            >>> torch.add(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]), alpha=10)
            tensor([31., 42.])
        """
    @overload
    def __add__(self, alpha: Number, other: Tensor, /, *, out: Tensor | None=None) -> Tensor:
        """input + alpha * other, with broadcasting and type promotion.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            old_order: `add(input, alpha, other)` is what old programs write.
            alpha: a number that other is multiplied by.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            RuntimeError: if the shapes do not broadcast, or alpha is a float and the operands are not.

        Example:
            >>> torch.add(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]), alpha=10)
            tensor([31., 42.])
        """
    def __and__(self, other: TensorLike, *, out: Tensor | None=None) -> Tensor:
        """input & other, bit by bit.

        Args:
            input: integers or bools.
            other: of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            NotImplementedError: of floats.

        Example:
            >>> torch.bitwise_and(torch.tensor([5, 6]), torch.tensor([3, 3]))
            tensor([1, 2])
        """
    def __eq__(self, other: Any) -> Tensor:  # type: ignore[override]
        """self == other, element by element."""
    def __floordiv__(self, other: TensorLike, *, out: Tensor | None=None) -> Tensor:
        """The quotient rounded down; floats stay floats. Its gradient is 0.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            RuntimeError: if the shapes do not broadcast, or integers are divided by 0.

        Example:
            >>> torch.floor_divide(torch.tensor([7, -7]), 2)
            tensor([ 3, -4])
        """
    def __ge__(self, other: Any) -> Tensor:
        """self >= other, element by element."""
    def __getitem__(self, index: Any) -> Tensor:
        """`input[index]`, as PyTorch indexes: a view, or a copy where the index holds tensors or lists.

        Args:
            input: a tensor of any shape.
            index: an int, a slice, None (a new dimension), an Ellipsis, an integer tensor or list
                (elements in its order), a bool tensor (elements where it holds); or a tuple of these.

        Returns:
            The elements at the index.

        Raises:
            IndexError: if the index is out of range, or holds something else.
            ValueError: if a slice's step is not positive.

        Example:
            >>> x = torch.tensor([[1, 2], [3, 4]])
            >>> x[0], x[:, 1], x[x > 2], x[torch.tensor([1, 0])]
            (tensor([1, 2]), tensor([2, 4]), tensor([3, 4]), tensor([[3, 4],
                    [1, 2]]))
        """
    def __gt__(self, other: Any) -> Tensor:
        """self > other, element by element."""
    def __iadd__(self, other: Any, *old_order: Any, alpha: Any=1) -> Self:  # type: ignore[misc]
        ...
    def __iand__(self, other: TensorLike) -> Self:  # type: ignore[misc]
        ...
    def __ifloordiv__(self, other: TensorLike) -> Self:  # type: ignore[misc]
        ...
    def __ilshift__(self, other: TensorLike) -> Self:  # type: ignore[misc]
        ...
    def __imod__(self, other: TensorLike) -> Self:  # type: ignore[misc]
        ...
    def __imul__(self, other: TensorLike) -> Self:  # type: ignore[misc]
        ...
    def __invert__(self) -> Tensor:
        """~self, of integers or bools."""
    def __ior__(self, other: TensorLike) -> Self:  # type: ignore[misc]
        ...
    def __ipow__(self, exponent: TensorLike) -> Self:  # type: ignore[misc]
        ...
    def __irshift__(self, other: TensorLike) -> Self:  # type: ignore[misc]
        ...
    def __isub__(self, other: Any, *old_order: Any, alpha: Any=1) -> Self:  # type: ignore[misc]
        ...
    def __iter__(self) -> Iterator[Tensor]:
        """The slices along the first dimension, one after the other.

        Args:
            input: a tensor with at least one dimension.

        Returns:
            An iterator over views.

        Raises:
            TypeError: if input is a scalar.
        """
    def __itruediv__(self, other: TensorLike, *, rounding_mode: str | None=None) -> Self:  # type: ignore[misc]
        ...
    def __ixor__(self, other: TensorLike) -> Self:  # type: ignore[misc]
        ...
    def __le__(self, other: Any) -> Tensor:
        """self <= other, element by element."""
    def __lshift__(self, other: TensorLike, *, out: Tensor | None=None) -> Tensor:
        """input << other: input * 2^other.

        Args:
            input: integers.
            other: of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            NotImplementedError: of floats or bools.

        Example:
            >>> torch.bitwise_left_shift(torch.tensor([5, 6]), torch.tensor([3, 3]))
            tensor([40, 48])
        """
    def __lt__(self, other: Any) -> Tensor:
        """self < other, element by element."""
    def __matmul__(self, other: Tensor, *, out: Tensor | None=None) -> Tensor:
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
    def __mod__(self, other: TensorLike, *, out: Tensor | None=None) -> Tensor:
        """Python's %: the remainder of division, with the sign of other.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            RuntimeError: if the shapes do not broadcast, or integers are divided by 0.

        Example:
            >>> torch.remainder(torch.tensor([7, -7]), 3)
            tensor([1, 2])
        """
    def __mul__(self, other: TensorLike, *, out: Tensor | None=None) -> Tensor:
        """input * other, element by element, with broadcasting and type promotion.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            RuntimeError: if the shapes do not broadcast.

        Example:
            >>> torch.mul(torch.tensor([1.0, 2.0]), torch.tensor([[3.0], [4.0]]))
            tensor([[3., 6.],
                    [4., 8.]])
        """
    def __ne__(self, other: Any) -> Tensor:  # type: ignore[override]
        """self != other, element by element."""
    def __neg__(self, *, out: Tensor | None=None) -> Tensor:
        """-input.

        Args:
            input: of any shape; no bools.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Raises:
            RuntimeError: of a bool tensor.

        Example:
            >>> torch.neg(torch.tensor([1.0, -2.0]))
            tensor([-1.,  2.])
        """
    def __or__(self, other: TensorLike, *, out: Tensor | None=None) -> Tensor:
        """input | other, bit by bit.

        Args:
            input: integers or bools.
            other: of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            NotImplementedError: of floats.

        Example:
            >>> torch.bitwise_or(torch.tensor([5, 6]), torch.tensor([3, 3]))
            tensor([7, 7])
        """
    def __pos__(self) -> Tensor:
        """+x, which is the tensor itself.

        Args:
            input: of any shape.

        Returns:
            The input.

        Example:
            >>> torch.positive(torch.tensor([-1.5, 0.5, 1.7]))
            tensor([-1.5000,  0.5000,  1.7000])
        """
    def __pow__(self, exponent: TensorLike, *, out: Tensor | None=None) -> Tensor:
        """input to the power of exponent, element by element.

        The gradient by the exponent is 0 where input and exponent are 0, as in PyTorch.

        Args:
            input: a tensor or a number.
            exponent: a tensor or a number, of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            NotImplementedError: of bool tensors.
            RuntimeError: if the shapes do not broadcast, or of an integer tensor by a negative number.

        Example:
            >>> torch.pow(torch.tensor([1.0, 2.0, 3.0]), 2)
            tensor([1., 4., 9.])
        """
    def __radd__(self, other: Any) -> Tensor:
        """input + alpha * other, with broadcasting and type promotion.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            old_order: `add(input, alpha, other)` is what old programs write.
            alpha: a number that other is multiplied by.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            RuntimeError: if the shapes do not broadcast, or alpha is a float and the operands are not.

        Example:
            >>> torch.add(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]), alpha=10)
            tensor([31., 42.])
        """
    def __rand__(self, other: TensorLike) -> Tensor:
        """input & other, bit by bit.

        Args:
            input: integers or bools.
            other: of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            NotImplementedError: of floats.

        Example:
            >>> torch.bitwise_and(torch.tensor([5, 6]), torch.tensor([3, 3]))
            tensor([1, 2])
        """
    def __rfloordiv__(self, other: TensorLike) -> Tensor:
        """The quotient rounded down; floats stay floats. Its gradient is 0.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            RuntimeError: if the shapes do not broadcast, or integers are divided by 0.

        Example:
            >>> torch.floor_divide(torch.tensor([7, -7]), 2)
            tensor([ 3, -4])
        """
    def __rlshift__(self, other: TensorLike) -> Tensor:
        """input << other: input * 2^other.

        Args:
            input: integers.
            other: of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            NotImplementedError: of floats or bools.

        Example:
            >>> torch.bitwise_left_shift(torch.tensor([5, 6]), torch.tensor([3, 3]))
            tensor([40, 48])
        """
    def __rmatmul__(self, other: Tensor) -> Tensor:
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
    def __rmod__(self, other: TensorLike) -> Tensor:
        """Python's %: the remainder of division, with the sign of other.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            RuntimeError: if the shapes do not broadcast, or integers are divided by 0.

        Example:
            >>> torch.remainder(torch.tensor([7, -7]), 3)
            tensor([1, 2])
        """
    def __rmul__(self, other: TensorLike) -> Tensor:
        """input * other, element by element, with broadcasting and type promotion.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            RuntimeError: if the shapes do not broadcast.

        Example:
            >>> torch.mul(torch.tensor([1.0, 2.0]), torch.tensor([[3.0], [4.0]]))
            tensor([[3., 6.],
                    [4., 8.]])
        """
    def __ror__(self, other: TensorLike) -> Tensor:
        """input | other, bit by bit.

        Args:
            input: integers or bools.
            other: of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            NotImplementedError: of floats.

        Example:
            >>> torch.bitwise_or(torch.tensor([5, 6]), torch.tensor([3, 3]))
            tensor([7, 7])
        """
    def __rpow__(self, other: TensorLike) -> Tensor:
        """input to the power of exponent, element by element.

        The gradient by the exponent is 0 where input and exponent are 0, as in PyTorch.

        Args:
            input: a tensor or a number.
            exponent: a tensor or a number, of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            NotImplementedError: of bool tensors.
            RuntimeError: if the shapes do not broadcast, or of an integer tensor by a negative number.

        Example:
            >>> torch.pow(torch.tensor([1.0, 2.0, 3.0]), 2)
            tensor([1., 4., 9.])
        """
    def __rrshift__(self, other: TensorLike) -> Tensor:
        """input >> other: input / 2^other, rounded down.

        Args:
            input: integers.
            other: of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            NotImplementedError: of floats or bools.

        Example:
            >>> torch.bitwise_right_shift(torch.tensor([5, 6]), torch.tensor([3, 3]))
            tensor([0, 0])
        """
    def __rshift__(self, other: TensorLike, *, out: Tensor | None=None) -> Tensor:
        """input >> other: input / 2^other, rounded down.

        Args:
            input: integers.
            other: of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            NotImplementedError: of floats or bools.

        Example:
            >>> torch.bitwise_right_shift(torch.tensor([5, 6]), torch.tensor([3, 3]))
            tensor([0, 0])
        """
    def __rsub__(self, other: Any) -> Tensor:
        """input - alpha * other, with broadcasting and type promotion.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            old_order: `sub(input, alpha, other)` is what old programs write.
            alpha: a number that other is multiplied by.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            RuntimeError: if the shapes do not broadcast, if alpha is a float and the operands are not,
                or if an operand is bool.

        Example:
            >>> torch.sub(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]), alpha=10)
            tensor([-29., -38.])
        """
    def __rtruediv__(self, other: TensorLike) -> Tensor:
        """input / other, element by element; integers give floats.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            rounding_mode: "trunc" rounds the quotient towards 0, "floor" down; integers then stay
                integers. Default: no rounding.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            RuntimeError: if the shapes do not broadcast, the rounding mode is another one, or
                integers are divided by 0 with a rounding mode.

        Example:
            >>> torch.div(torch.tensor([7, -7]), 2)
            tensor([ 3.5000, -3.5000])
            >>> torch.div(torch.tensor([7, -7]), 2, rounding_mode="floor")
            tensor([ 3, -4])
        """
    def __rxor__(self, other: TensorLike) -> Tensor:
        """input ^ other, bit by bit.

        Args:
            input: integers or bools.
            other: of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            NotImplementedError: of floats.

        Example:
            >>> torch.bitwise_xor(torch.tensor([5, 6]), torch.tensor([3, 3]))
            tensor([6, 5])
        """
    def __setitem__(self, index: Any, value: Any) -> None:
        """`input[index] = value`: gradients go to the value, and no longer to what was there.

        Args:
            input: the tensor to write.
            index: as in `getitem`.
            value: a tensor of a shape that broadcasts to that of `input[index]`, an array or a number.

        Raises:
            IndexError: if the index is out of range.
            RuntimeError: if the value's shape does not fit, or if input is a leaf that requires a
                gradient while operations are recorded.

        Example:
            >>> x = torch.zeros(3)
            >>> x[1:] = torch.tensor([1.0, 2.0])
            >>> x
            tensor([0., 1., 2.])
        """
    @overload
    def __sub__(self, other: TensorLike, *, alpha: Number=1, out: Tensor | None=None) -> Tensor:
        """input - alpha * other, with broadcasting and type promotion.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            old_order: `sub(input, alpha, other)` is what old programs write.
            alpha: a number that other is multiplied by.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            RuntimeError: if the shapes do not broadcast, if alpha is a float and the operands are not,
                or if an operand is bool.

        Example:
            >>> torch.sub(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]), alpha=10)
            tensor([-29., -38.])
        """
    @overload
    def __sub__(self, alpha: Number, other: Tensor, /, *, out: Tensor | None=None) -> Tensor:
        """input - alpha * other, with broadcasting and type promotion.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            old_order: `sub(input, alpha, other)` is what old programs write.
            alpha: a number that other is multiplied by.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            RuntimeError: if the shapes do not broadcast, if alpha is a float and the operands are not,
                or if an operand is bool.

        Example:
            >>> torch.sub(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]), alpha=10)
            tensor([-29., -38.])
        """
    def __truediv__(self, other: TensorLike, *, rounding_mode: str | None=None, out: Tensor | None=None) -> Tensor:
        """input / other, element by element; integers give floats.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            rounding_mode: "trunc" rounds the quotient towards 0, "floor" down; integers then stay
                integers. Default: no rounding.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            RuntimeError: if the shapes do not broadcast, the rounding mode is another one, or
                integers are divided by 0 with a rounding mode.

        Example:
            >>> torch.div(torch.tensor([7, -7]), 2)
            tensor([ 3.5000, -3.5000])
            >>> torch.div(torch.tensor([7, -7]), 2, rounding_mode="floor")
            tensor([ 3, -4])
        """
    def __xor__(self, other: TensorLike, *, out: Tensor | None=None) -> Tensor:
        """input ^ other, bit by bit.

        Args:
            input: integers or bools.
            other: of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            NotImplementedError: of floats.

        Example:
            >>> torch.bitwise_xor(torch.tensor([5, 6]), torch.tensor([3, 3]))
            tensor([6, 5])
        """
    def _repr_html_(self) -> str:
        """A tensor as HTML; nothing in it comes from outside but numbers and escaped names.

        Args:
            tensor: of any shape and dtype.

        Returns:
            One <div>: a line of facts, and a picture, a table or the text of the tensor.

        Example:
            >>> from tinygrad_mnist.formats.notebook import tensor_html
            >>> tensor_html(torch.ones(2))[:50]
            '<div><b>Tensor</b> 2 · float32<table style="border'
        """
    def abs(self, *, out: Tensor | None=None) -> Tensor:
        """|x| of each element x; its gradient at 0 is 0.

        Args:
            input: of any shape.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.abs(torch.tensor([-1.5, 0.5, 1.7]))
            tensor([1.5000, 0.5000, 1.7000])
        """
    def abs_(self) -> Self:
        """`abs`, written into this tensor."""
    def absolute(self, *, out: Tensor | None=None) -> Tensor:
        """|x| of each element x; its gradient at 0 is 0.

        Args:
            input: of any shape.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.abs(torch.tensor([-1.5, 0.5, 1.7]))
            tensor([1.5000, 0.5000, 1.7000])
        """
    def absolute_(self) -> Self:
        """`absolute`, written into this tensor."""
    def acos(self, *, out: Tensor | None=None) -> Tensor:
        """The inverse cosine, in radians; NaN outside of [-1, 1].

        Args:
            input: of any shape; integers become floats first.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.acos(torch.tensor([-0.5, 0.0, 0.5]))
            tensor([2.0944, 1.5708, 1.0472])
        """
    def acos_(self) -> Self:
        """`acos`, written into this tensor."""
    def acosh(self, *, out: Tensor | None=None) -> Tensor:
        """The inverse hyperbolic cosine; NaN below 1.

        Args:
            input: of any shape; integers become floats first.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.acosh(torch.tensor([1.0, 2.0]))
            tensor([0.0000, 1.3170])
        """
    def acosh_(self) -> Self:
        """`acosh`, written into this tensor."""
    @overload
    def add(self, other: TensorLike, *, alpha: Number=1, out: Tensor | None=None) -> Tensor:
        """input + alpha * other, with broadcasting and type promotion.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            old_order: `add(input, alpha, other)` is what old programs write.
            alpha: a number that other is multiplied by.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            RuntimeError: if the shapes do not broadcast, or alpha is a float and the operands are not.

        Example:
            >>> torch.add(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]), alpha=10)
            tensor([31., 42.])
        """
    @overload
    def add(self, alpha: Number, other: Tensor, /, *, out: Tensor | None=None) -> Tensor:
        """input + alpha * other, with broadcasting and type promotion.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            old_order: `add(input, alpha, other)` is what old programs write.
            alpha: a number that other is multiplied by.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            RuntimeError: if the shapes do not broadcast, or alpha is a float and the operands are not.

        Example:
            >>> torch.add(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]), alpha=10)
            tensor([31., 42.])
        """
    def add_(self, other: Any, *old_order: Any, alpha: Any=1) -> Self:
        """`add`, written into this tensor."""
    def addbmm(self, batch1: Tensor, batch2: Tensor, *, beta: Number=1, alpha: Number=1, out: Tensor | None=None) -> Tensor:
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
    def addbmm_(self, batch1: Tensor, batch2: Tensor, *, beta: Number=1, alpha: Number=1) -> Self:
        """`addbmm`, written into this tensor."""
    @overload
    def addcdiv(self, tensor1: Tensor, tensor2: Tensor, *, value: Number=1, out: Tensor | None=None) -> Tensor:
        """input + value * tensor1 / tensor2, element by element.

        Args:
            input: a tensor of any shape.
            tensor1: of a shape that broadcasts with the others.
            tensor2: of a shape that broadcasts with the others.
            old_order: `addcdiv(input, value, tensor1, tensor2)` is what old programs write.
            value: a number.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            RuntimeError: if the shapes do not broadcast.

        Example:
            >>> a, b, c = torch.ones(2), torch.tensor([1.0, 2.0]), torch.tensor([4.0, 8.0])
            >>> torch.addcdiv(a, b, c, value=10)
            tensor([3.5000, 3.5000])
        """
    @overload
    def addcdiv(self, value: Number, tensor1: Tensor, tensor2: Tensor, /, *, out: Tensor | None=None) -> Tensor:
        """input + value * tensor1 / tensor2, element by element.

        Args:
            input: a tensor of any shape.
            tensor1: of a shape that broadcasts with the others.
            tensor2: of a shape that broadcasts with the others.
            old_order: `addcdiv(input, value, tensor1, tensor2)` is what old programs write.
            value: a number.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            RuntimeError: if the shapes do not broadcast.

        Example:
            >>> a, b, c = torch.ones(2), torch.tensor([1.0, 2.0]), torch.tensor([4.0, 8.0])
            >>> torch.addcdiv(a, b, c, value=10)
            tensor([3.5000, 3.5000])
        """
    def addcdiv_(self, tensor1: Any, tensor2: Any, *old_order: Any, value: Any=1) -> Self:
        """`addcdiv`, written into this tensor."""
    @overload
    def addcmul(self, tensor1: Tensor, tensor2: Tensor, *, value: Number=1, out: Tensor | None=None) -> Tensor:
        """input + value * tensor1 * tensor2, element by element.

        Args:
            input: a tensor of any shape.
            tensor1: of a shape that broadcasts with the others.
            tensor2: of a shape that broadcasts with the others.
            old_order: `addcmul(input, value, tensor1, tensor2)` is what old programs write.
            value: a number.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            RuntimeError: if the shapes do not broadcast, or value is a float and the tensors are not.

        Example:
            >>> a, b, c = torch.ones(2), torch.tensor([1.0, 2.0]), torch.tensor([4.0, 8.0])
            >>> torch.addcmul(a, b, c, value=10)
            tensor([ 41., 161.])
        """
    @overload
    def addcmul(self, value: Number, tensor1: Tensor, tensor2: Tensor, /, *, out: Tensor | None=None) -> Tensor:
        """input + value * tensor1 * tensor2, element by element.

        Args:
            input: a tensor of any shape.
            tensor1: of a shape that broadcasts with the others.
            tensor2: of a shape that broadcasts with the others.
            old_order: `addcmul(input, value, tensor1, tensor2)` is what old programs write.
            value: a number.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            RuntimeError: if the shapes do not broadcast, or value is a float and the tensors are not.

        Example:
            >>> a, b, c = torch.ones(2), torch.tensor([1.0, 2.0]), torch.tensor([4.0, 8.0])
            >>> torch.addcmul(a, b, c, value=10)
            tensor([ 41., 161.])
        """
    def addcmul_(self, tensor1: Any, tensor2: Any, *old_order: Any, value: Any=1) -> Self:
        """`addcmul`, written into this tensor."""
    def addmm(self, mat1: Tensor, mat2: Tensor, *, beta: Number=1, alpha: Number=1, out: Tensor | None=None) -> Tensor:
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
    def addmm_(self, mat1: Tensor, mat2: Tensor, *, beta: Number=1, alpha: Number=1) -> Self:
        """`addmm`, written into this tensor."""
    def addmv(self, mat: Tensor, vec: Tensor, *, beta: Number=1, alpha: Number=1, out: Tensor | None=None) -> Tensor:
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
    def addmv_(self, mat: Tensor, vec: Tensor, *, beta: Number=1, alpha: Number=1) -> Self:
        """`addmv`, written into this tensor."""
    def addr(self, vec1: Tensor, vec2: Tensor, *, beta: Number=1, alpha: Number=1, out: Tensor | None=None) -> Tensor:
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
    def addr_(self, vec1: Tensor, vec2: Tensor, *, beta: Number=1, alpha: Number=1) -> Self:
        """`addr`, written into this tensor."""
    def adjoint(self) -> Tensor:
        """The last two dimensions exchanged: the adjoint of real matrices.

        Args:
            input: a tensor of shape (..., m, n).

        Returns:
            A view of shape (..., n, m).

        Raises:
            RuntimeError: if input has fewer than two dimensions.
        """
    def all(self, dim: Dims=None, keepdim: _bool=False, *, out: Tensor | None=None) -> Tensor:
        """Whether every element is true (not 0), or along dimensions.

        Args:
            input: of any shape and dtype.
            dim: the dimension, or several; none of them for (). Default: all.
            keepdim: leave these dimensions in place, with length 1.
            out: the tensor to write the result to.

        Returns:
            Bools (uint8 of uint8), in the input's shape without these dimensions.

        Raises:
            IndexError: if a dimension is out of range.

        Example:
            >>> torch.all(torch.tensor([[True, False], [True, True]]), 1)
            tensor([False,  True])
        """
    def allclose(self, other: Tensor, rtol: _float=1e-05, atol: _float=1e-08, equal_nan: _bool=False) -> _bool:
        """Whether every element `isclose`.

        Args:
            input: a tensor.
            other: of input's dtype, and a shape that broadcasts with its.
            rtol: the relative tolerance.
            atol: the absolute tolerance.
            equal_nan: whether NaN is close to NaN.

        Returns:
            A Python bool.

        Raises:
            RuntimeError: if the dtypes differ, a tolerance is negative, or the shapes do not broadcast.

        Example:
            >>> torch.allclose(torch.tensor([1.0, 1.0]), torch.tensor([1.0, 1.1]), atol=0.2)
            True
        """
    def amax(self, dim: _int | Sequence[_int]=(), keepdim: _bool=False, *, out: Tensor | None=None) -> Tensor:
        """The largest element, or along dimensions; equal ones share the gradient evenly.

        Args:
            input: of any shape, with one element at least along the dimensions.
            dim: the dimension, or several. Default: all.
            keepdim: leave these dimensions in place, with length 1.
            out: the tensor to write the result to.

        Returns:
            The input's shape without these dimensions. NaN wins.

        Raises:
            IndexError: if a dimension is out of range or empty.

        Example:
            >>> torch.amax(torch.tensor([[1.0, 3.0], [2.0, 0.0]]), 1)
            tensor([3., 2.])
        """
    def amin(self, dim: _int | Sequence[_int]=(), keepdim: _bool=False, *, out: Tensor | None=None) -> Tensor:
        """The smallest element, or along dimensions; equal ones share the gradient evenly.

        Args:
            input: of any shape, with one element at least along the dimensions.
            dim: the dimension, or several. Default: all.
            keepdim: leave these dimensions in place, with length 1.
            out: the tensor to write the result to.

        Returns:
            The input's shape without these dimensions. NaN wins.

        Raises:
            IndexError: if a dimension is out of range or empty.

        Example:
            >>> torch.amin(torch.tensor([[1.0, 3.0], [2.0, 0.0]]), 1)
            tensor([1., 0.])
        """
    def aminmax(self, *, dim: _int | None=None, keepdim: _bool=False, out: Sequence[Tensor] | None=None) -> AminmaxResult:
        """The smallest and the largest element, or along a dimension; equal ones share the gradient.

        Args:
            input: of any shape, with one element at least along the dimension.
            dim: the dimension. Default: all.
            keepdim: leave it in place, with length 1.
            out: two tensors to write the results to.

        Returns:
            The named tuple of `min` and `max`, both of the input's shape without the dimension.

        Raises:
            IndexError: if the dimension is out of range or empty.

        Example:
            >>> low, high = torch.aminmax(torch.tensor([2.0, 1.0, 3.0]))
            >>> low, high
            (tensor(1.), tensor(3.))
        """
    def angle(self, *, out: Tensor | None=None) -> Tensor:
        """The angle of each element in the complex plane: 0, or pi of a negative one.

        Its gradient is 0.

        Args:
            input: of any shape.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape, NaN where the input is; of integers and bools in the default
            dtype.

        Example:
            >>> torch.angle(torch.tensor([-2.0, 0.0, 3.0]))
            tensor([3.1416, 0.0000, 0.0000])
        """
    def any(self, dim: Dims=None, keepdim: _bool=False, *, out: Tensor | None=None) -> Tensor:
        """Whether some element is true (not 0), or along dimensions.

        Args:
            input: of any shape and dtype.
            dim: the dimension, or several; none of them for (). Default: all.
            keepdim: leave these dimensions in place, with length 1.
            out: the tensor to write the result to.

        Returns:
            Bools (uint8 of uint8), in the input's shape without these dimensions.

        Raises:
            IndexError: if a dimension is out of range.

        Example:
            >>> torch.any(torch.tensor([[True, False], [False, False]]), 1)
            tensor([ True, False])
        """
    def apply_(self, callable: Callable[..., Any]) -> Tensor:
        """Replace each element by what a Python function makes of it.

        Args:
            self: the tensor to write.
            callable: takes a number and returns one.

        Returns:
            This tensor.

        Example:
            >>> torch.tensor([1.0, 2.0]).apply_(lambda x: x + 10)
            tensor([11., 12.])
        """
    def arccos(self, *, out: Tensor | None=None) -> Tensor:
        """The inverse cosine, in radians; NaN outside of [-1, 1].

        Args:
            input: of any shape; integers become floats first.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.acos(torch.tensor([-0.5, 0.0, 0.5]))
            tensor([2.0944, 1.5708, 1.0472])
        """
    def arccos_(self) -> Self:
        """`arccos`, written into this tensor."""
    def arccosh(self, *, out: Tensor | None=None) -> Tensor:
        """The inverse hyperbolic cosine; NaN below 1.

        Args:
            input: of any shape; integers become floats first.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.acosh(torch.tensor([1.0, 2.0]))
            tensor([0.0000, 1.3170])
        """
    def arccosh_(self) -> Self:
        """`arccosh`, written into this tensor."""
    def arcsin(self, *, out: Tensor | None=None) -> Tensor:
        """The inverse sine, in radians; NaN outside of [-1, 1].

        Args:
            input: of any shape; integers become floats first.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.asin(torch.tensor([-0.5, 0.0, 0.5]))
            tensor([-0.5236,  0.0000,  0.5236])
        """
    def arcsin_(self) -> Self:
        """`arcsin`, written into this tensor."""
    def arcsinh(self, *, out: Tensor | None=None) -> Tensor:
        """The inverse hyperbolic sine.

        Args:
            input: of any shape; integers become floats first.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.asinh(torch.tensor([-0.5, 0.0, 0.5]))
            tensor([-0.4812,  0.0000,  0.4812])
        """
    def arcsinh_(self) -> Self:
        """`arcsinh`, written into this tensor."""
    def arctan(self, *, out: Tensor | None=None) -> Tensor:
        """The inverse tangent, in radians.

        Args:
            input: of any shape; integers become floats first.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.atan(torch.tensor([-0.5, 0.0, 0.5]))
            tensor([-0.4636,  0.0000,  0.4636])
        """
    def arctan2(self, other: Tensor, *, out: Tensor | None=None) -> Tensor:
        """The angle of the point (other, input), in radians in [-pi, pi].

        Its gradient at (0, 0) is 0.

        Args:
            input: the ordinates, y; integers become floats first.
            other: the abscissae, x, of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Example:
            >>> torch.atan2(torch.tensor([1.0, -1.0]), torch.tensor([-1.0, 0.0]))
            tensor([ 2.3562, -1.5708])
        """
    def arctan2_(self, other: Tensor) -> Self:
        """`arctan2`, written into this tensor."""
    def arctan_(self) -> Self:
        """`arctan`, written into this tensor."""
    def arctanh(self, *, out: Tensor | None=None) -> Tensor:
        """The inverse hyperbolic tangent; NaN outside of [-1, 1].

        Args:
            input: of any shape; integers become floats first.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.atanh(torch.tensor([-0.5, 0.0, 0.5]))
            tensor([-0.5493,  0.0000,  0.5493])
        """
    def arctanh_(self) -> Self:
        """`arctanh`, written into this tensor."""
    def argmax(self, dim: _int | None=None, keepdim: _bool=False, *, out: Tensor | None=None) -> Tensor:
        """The index of the largest element, the first of equal ones; NaN counts as the largest.

        Args:
            input: of any shape, with one element at least along the dimension.
            dim: the dimension to look along. Default: the elements as one vector.
            keepdim: leave this dimension in place, with length 1.
            out: the tensor to write the result to.

        Returns:
            int64, in the input's shape without the dimension; a scalar for all.

        Raises:
            IndexError: if the dimension is out of range or empty.

        Example:
            >>> torch.argmax(torch.tensor([[1.0, 3.0], [2.0, 0.0]]), 1)
            tensor([1, 0])
        """
    def argmin(self, dim: _int | None=None, keepdim: _bool=False, *, out: Tensor | None=None) -> Tensor:
        """The index of the smallest element, the first of equal ones; NaN counts as the smallest.

        Args:
            input: of any shape, with one element at least along the dimension.
            dim: the dimension to look along. Default: the elements as one vector.
            keepdim: leave this dimension in place, with length 1.
            out: the tensor to write the result to.

        Returns:
            int64, in the input's shape without the dimension; a scalar for all.

        Raises:
            IndexError: if the dimension is out of range or empty.

        Example:
            >>> torch.argmin(torch.tensor([[1.0, 3.0], [2.0, 0.0]]), 1)
            tensor([0, 1])
        """
    def argsort(self, dim: _int=-1, descending: _bool=False, *, stable: _bool=False, out: Tensor | None=None) -> Tensor:
        """The indices that sort the elements along a dimension, as `sort` returns them.

        Args:
            input: of any shape.
            dim: the dimension to sort along.
            descending: the largest first.
            stable: accepted; equal elements always keep their order.
            out: the tensor to write the result to.

        Returns:
            int64, of the input's shape.

        Raises:
            IndexError: if the dimension is out of range.

        Example:
            >>> torch.argsort(torch.tensor([3.0, 1.0, 2.0]))
            tensor([1, 2, 0])
        """
    @overload
    def argwhere(self, *, as_tuple: Literal[False]=False, out: Tensor | None=None) -> Tensor:
        """The indices of the elements that are not 0.

        Args:
            input: a tensor of any shape.
            as_tuple: whether to give a vector of indices for each dimension.
            out: the tensor to write the result to.

        Returns:
            An int64 matrix with a row for each of n such elements, and a column for each dimension;
            or a tuple of one vector of n for each dimension.

        Example:
            >>> torch.tensor([[0, 1], [2, 0]]).nonzero()
            tensor([[0, 1],
                    [1, 0]])
        """
    @overload
    def argwhere(self, *, as_tuple: Literal[True]) -> tuple[Tensor, ...]:
        """The indices of the elements that are not 0.

        Args:
            input: a tensor of any shape.
            as_tuple: whether to give a vector of indices for each dimension.
            out: the tensor to write the result to.

        Returns:
            An int64 matrix with a row for each of n such elements, and a column for each dimension;
            or a tuple of one vector of n for each dimension.

        Example:
            >>> torch.tensor([[0, 1], [2, 0]]).nonzero()
            tensor([[0, 1],
                    [1, 0]])
        """
    def as_strided(self, size: Sequence[_int], stride: Sequence[_int], storage_offset: _int | None=None) -> Tensor:
        """A view of the memory that input is part of, in any layout.

        Args:
            input: a tensor of any shape.
            size: the view's shape.
            stride: for each of its dimensions, how many elements lie between one index and the next.
            storage_offset: the first element, counted from the start of the memory. Default: input's
                first.

        Returns:
            A view of that shape, whose elements may overlap.

        Raises:
            RuntimeError: if the memory ends before the last element.

        Example:
            >>> torch.arange(4).as_strided((2, 2), (1, 1))
            tensor([[0, 1],
                    [1, 2]])
        """
    def as_strided_(self, size: Sequence[_int], stride: Sequence[_int], storage_offset: _int | None=None) -> Tensor:
        """Let the tensor be another layout of its memory, and return it: see `as_strided`.

        Args:
            input: a tensor of any shape.
            size: the new shape.
            stride: for each dimension, how many elements lie between one index and the next.
            storage_offset: the first element, counted from the start of the memory. Default: input's
                first.

        Returns:
            The tensor itself.

        Raises:
            RuntimeError: if the memory ends before the last element, or if it is a leaf that requires
                a gradient.
        """
    def as_strided_scatter(self, src: Tensor, size: Sequence[_int], stride: Sequence[_int], storage_offset: _int | None=None) -> Tensor:
        """A copy of input in which src stands in place of what `as_strided` sees.

        Args:
            input: a tensor of any shape.
            src: a tensor of shape `size`.
            size: the shape of the view.
            stride: for each of its dimensions, how many elements lie between one index and the next.
            storage_offset: the view's first element. Default: 0.

        Returns:
            A tensor of input's shape.

        Raises:
            RuntimeError: if src has another shape, or the view reaches beyond the elements.
        """
    def asin(self, *, out: Tensor | None=None) -> Tensor:
        """The inverse sine, in radians; NaN outside of [-1, 1].

        Args:
            input: of any shape; integers become floats first.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.asin(torch.tensor([-0.5, 0.0, 0.5]))
            tensor([-0.5236,  0.0000,  0.5236])
        """
    def asin_(self) -> Self:
        """`asin`, written into this tensor."""
    def asinh(self, *, out: Tensor | None=None) -> Tensor:
        """The inverse hyperbolic sine.

        Args:
            input: of any shape; integers become floats first.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.asinh(torch.tensor([-0.5, 0.0, 0.5]))
            tensor([-0.4812,  0.0000,  0.4812])
        """
    def asinh_(self) -> Self:
        """`asinh`, written into this tensor."""
    def atan(self, *, out: Tensor | None=None) -> Tensor:
        """The inverse tangent, in radians.

        Args:
            input: of any shape; integers become floats first.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.atan(torch.tensor([-0.5, 0.0, 0.5]))
            tensor([-0.4636,  0.0000,  0.4636])
        """
    def atan2(self, other: Tensor, *, out: Tensor | None=None) -> Tensor:
        """The angle of the point (other, input), in radians in [-pi, pi].

        Its gradient at (0, 0) is 0.

        Args:
            input: the ordinates, y; integers become floats first.
            other: the abscissae, x, of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Example:
            >>> torch.atan2(torch.tensor([1.0, -1.0]), torch.tensor([-1.0, 0.0]))
            tensor([ 2.3562, -1.5708])
        """
    def atan2_(self, other: Tensor) -> Self:
        """`atan2`, written into this tensor."""
    def atan_(self) -> Self:
        """`atan`, written into this tensor."""
    def atanh(self, *, out: Tensor | None=None) -> Tensor:
        """The inverse hyperbolic tangent; NaN outside of [-1, 1].

        Args:
            input: of any shape; integers become floats first.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.atanh(torch.tensor([-0.5, 0.0, 0.5]))
            tensor([-0.5493,  0.0000,  0.5493])
        """
    def atanh_(self) -> Self:
        """`atanh`, written into this tensor."""
    def backward(self, gradient: Tensor | None=None, retain_graph: _bool | None=None, create_graph: _bool=False, inputs: Tensor | Sequence[Tensor] | None=None) -> None:
        """Add the gradient of this tensor to the `grad` of every leaf it was computed from.

        Args:
            gradient: weights of this tensor's elements; may be left out where there is one element.
            retain_graph: keep the tape, for another backward pass through it.
            create_graph: record the pass itself, so that the gradients have gradients.
            inputs: the leaves to do this for, instead of all.

        Raises:
            RuntimeError: as `autograd.backward` does.

        Example:
            >>> x = torch.tensor([1.0, 2.0], requires_grad=True)
            >>> (x**3).sum().backward()
            >>> x.grad
            tensor([ 3., 12.])
        """
    def baddbmm(self, batch1: Tensor, batch2: Tensor, *, beta: Number=1, alpha: Number=1, out: Tensor | None=None) -> Tensor:
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
    def baddbmm_(self, batch1: Tensor, batch2: Tensor, *, beta: Number=1, alpha: Number=1) -> Self:
        """`baddbmm`, written into this tensor."""
    def bernoulli(self, p: _float | None=None, *, generator: Generator | None=None, out: Tensor | None=None) -> Tensor:
        """Draw 1 with the probability that each element gives, else 0.

        Args:
            input: the probabilities, of any shape.
            p: one probability for all elements, instead.
            generator: the source of the random numbers. Default: the one that `manual_seed` seeds.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape and dtype. The gradient of the input is 0.

        Raises:
            RuntimeError: if a probability is not in [0, 1], or the input is not floating-point.

        Example:
            >>> torch.bernoulli(torch.tensor([0.0, 1.0]))
            tensor([0., 1.])
        """
    def bernoulli_(self, p: _float | Tensor=0.5, *, generator: Generator | None=None) -> Tensor:
        """Draw 1 with probability p, else 0, into this tensor.

        Args:
            self: the tensor to write.
            p: the probability, or a tensor of probabilities that is broadcast to this tensor's shape.
            generator: the source of the random numbers. Default: the one that `manual_seed` seeds.

        Returns:
            This tensor.

        Raises:
            RuntimeError: if a probability is not in [0, 1].
        """
    def bfloat16(self, memory_format: Any=None) -> Tensor:
        """Give this tensor elements of bfloat16.

        Args:
            self: the tensor.
            memory_format: accepted without effect.

        Returns:
            A tensor of this one's shape; itself where it has the dtype.

        Raises:
            TypeError: always: NumPy has no such elements.
        """
    def bincount(self, weights: Tensor | None=None, minlength: _int=0) -> Tensor:
        """How often each non-negative integer occurs, or the sum of its weights.

        Args:
            input: integers, (n,).
            weights: (n,), what each counts. Default: 1.
            minlength: the least length of the result.

        Returns:
            int64, or float64 with weights: one for each integer from 0 to the largest.

        Raises:
            RuntimeError: if the input is not a vector of non-negative integers.

        Example:
            >>> torch.bincount(torch.tensor([0, 2, 2]))
            tensor([1, 0, 2])
        """
    def bitwise_and(self, other: TensorLike, *, out: Tensor | None=None) -> Tensor:
        """input & other, bit by bit.

        Args:
            input: integers or bools.
            other: of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            NotImplementedError: of floats.

        Example:
            >>> torch.bitwise_and(torch.tensor([5, 6]), torch.tensor([3, 3]))
            tensor([1, 2])
        """
    def bitwise_and_(self, other: TensorLike) -> Self:
        """`bitwise_and`, written into this tensor."""
    def bitwise_left_shift(self, other: TensorLike, *, out: Tensor | None=None) -> Tensor:
        """input << other: input * 2^other.

        Args:
            input: integers.
            other: of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            NotImplementedError: of floats or bools.

        Example:
            >>> torch.bitwise_left_shift(torch.tensor([5, 6]), torch.tensor([3, 3]))
            tensor([40, 48])
        """
    def bitwise_left_shift_(self, other: TensorLike) -> Self:
        """`bitwise_left_shift`, written into this tensor."""
    def bitwise_not(self, *, out: Tensor | None=None) -> Tensor:
        """~input, bit by bit.

        Args:
            input: integers or bools.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Raises:
            NotImplementedError: of floats.

        Example:
            >>> torch.bitwise_not(torch.tensor([0, 1, -5]))
            tensor([-1, -2,  4])
        """
    def bitwise_not_(self) -> Self:
        """`bitwise_not`, written into this tensor."""
    def bitwise_or(self, other: TensorLike, *, out: Tensor | None=None) -> Tensor:
        """input | other, bit by bit.

        Args:
            input: integers or bools.
            other: of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            NotImplementedError: of floats.

        Example:
            >>> torch.bitwise_or(torch.tensor([5, 6]), torch.tensor([3, 3]))
            tensor([7, 7])
        """
    def bitwise_or_(self, other: TensorLike) -> Self:
        """`bitwise_or`, written into this tensor."""
    def bitwise_right_shift(self, other: TensorLike, *, out: Tensor | None=None) -> Tensor:
        """input >> other: input / 2^other, rounded down.

        Args:
            input: integers.
            other: of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            NotImplementedError: of floats or bools.

        Example:
            >>> torch.bitwise_right_shift(torch.tensor([5, 6]), torch.tensor([3, 3]))
            tensor([0, 0])
        """
    def bitwise_right_shift_(self, other: TensorLike) -> Self:
        """`bitwise_right_shift`, written into this tensor."""
    def bitwise_xor(self, other: TensorLike, *, out: Tensor | None=None) -> Tensor:
        """input ^ other, bit by bit.

        Args:
            input: integers or bools.
            other: of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            NotImplementedError: of floats.

        Example:
            >>> torch.bitwise_xor(torch.tensor([5, 6]), torch.tensor([3, 3]))
            tensor([6, 5])
        """
    def bitwise_xor_(self, other: TensorLike) -> Self:
        """`bitwise_xor`, written into this tensor."""
    def bmm(self, mat2: Tensor, *, out: Tensor | None=None) -> Tensor:
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
    def bool(self, memory_format: Any=None) -> Tensor:
        """Give this tensor elements of bool.

        Args:
            self: the tensor.
            memory_format: accepted without effect.

        Returns:
            A tensor of this one's shape; itself where it has the dtype.

        Example:
            >>> torch.tensor([0.0, 2.0]).bool()
            tensor([False,  True])
        """
    def broadcast_to(self, size: Sequence[_int]) -> Tensor:
        """Expanded to a shape, without copying.

        Args:
            input: a tensor whose shape broadcasts to `size`.
            size: the shape wanted.

        Returns:
            A view of that shape.

        Raises:
            RuntimeError: if the shapes do not fit.

        Example:
            >>> torch.broadcast_to(torch.tensor([1, 2]), (2, 2))
            tensor([[1, 2],
                    [1, 2]])
        """
    def byte(self, memory_format: Any=None) -> Tensor:
        """Give this tensor elements of uint8.

        Args:
            self: the tensor.
            memory_format: accepted without effect.

        Returns:
            A tensor of this one's shape; itself where it has the dtype.
        """
    def cauchy_(self, median: _float=0.0, sigma: _float=1.0, *, generator: Generator | None=None) -> Tensor:
        """Draw Cauchy numbers into this tensor.

        Args:
            self: the tensor to write.
            median: of the numbers.
            sigma: half the distance between their quartiles.
            generator: the source of the random numbers. Default: the one that `manual_seed` seeds.

        Returns:
            This tensor.
        """
    def ceil(self, *, out: Tensor | None=None) -> Tensor:
        """The smallest integer not below each element. Its gradient is 0.

        Args:
            input: of any shape; integers pass unchanged.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.ceil(torch.tensor([-1.5, 0.5, 1.7]))
            tensor([-1.,  1.,  2.])
        """
    def ceil_(self) -> Self:
        """`ceil`, written into this tensor."""
    def char(self, memory_format: Any=None) -> Tensor:
        """Give this tensor elements of int8.

        Args:
            self: the tensor.
            memory_format: accepted without effect.

        Returns:
            A tensor of this one's shape; itself where it has the dtype.
        """
    def cholesky(self, upper: _bool=False, *, out: Tensor | None=None) -> Tensor:
        """The Cholesky factors of symmetric positive-definite matrices: `linalg.cholesky`.

        Args:
            input: (..., n, n), of float32 or float64. Only the lower triangle is read.
            upper: whether to return the upper triangular factor instead of the lower one.
            out: the tensor to write the result to.

        Returns:
            The triangular factor, (..., n, n).

        Raises:
            LinAlgError: if a matrix is not positive-definite.
            RuntimeError: if they are no square matrices.

        Example:
            >>> torch.cholesky(torch.tensor([[4.0, 2.0], [2.0, 5.0]]))
            tensor([[2., 0.],
                    [1., 2.]])
        """
    def chunk(self, chunks: _int, dim: _int=0) -> tuple[Tensor, ...]:
        """At most `chunks` pieces of equal size along a dimension; the last one may be smaller.

        Args:
            input: a tensor with at least one dimension.
            chunks: how many pieces are wanted.
            dim: the dimension.

        Returns:
            Views, one a piece.

        Raises:
            RuntimeError: if `chunks` is not positive.

        Example:
            >>> torch.arange(5).chunk(2)
            (tensor([0, 1, 2]), tensor([3, 4]))
        """
    def clamp(self, min: Tensor | Number | None=None, max: Tensor | Number | None=None, *, out: Tensor | None=None) -> Tensor:
        """Each element held between min and max; its gradient at a bound is 1.

        Args:
            input: of any shape.
            min: a number, or a tensor of a shape that broadcasts with input's. Default: no bound.
            max: a number, or a tensor of a shape that broadcasts with input's. Default: no bound.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            RuntimeError: if there is no bound, or the shapes do not broadcast.

        Example:
            >>> torch.clamp(torch.tensor([-2.0, 0.5, 3.0]), min=-1, max=1)
            tensor([-1.0000,  0.5000,  1.0000])
        """
    def clamp_(self, min: Tensor | Number | None=None, max: Tensor | Number | None=None) -> Self:
        """`clamp`, written into this tensor."""
    def clamp_max(self, max: Tensor | Number, *, out: Tensor | None=None) -> Tensor:
        """Each element held from above by max: `clamp` with one bound.

        Args:
            input: of any shape.
            max: a number, or a tensor of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Example:
            >>> torch.clamp_max(torch.tensor([-2.0, 0.5, 3.0]), 1.0)
            tensor([-2.0000,  0.5000,  1.0000])
        """
    def clamp_max_(self, max: Tensor | Number) -> Self:
        """`clamp_max`, written into this tensor."""
    def clamp_min(self, min: Tensor | Number, *, out: Tensor | None=None) -> Tensor:
        """Each element held from below by min: `clamp` with one bound.

        Args:
            input: of any shape.
            min: a number, or a tensor of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Example:
            >>> torch.clamp_min(torch.tensor([-2.0, 0.5, 3.0]), 1.0)
            tensor([1., 1., 3.])
        """
    def clamp_min_(self, min: Tensor | Number) -> Self:
        """`clamp_min`, written into this tensor."""
    def clip(self, min: Tensor | Number | None=None, max: Tensor | Number | None=None, *, out: Tensor | None=None) -> Tensor:
        """Each element held between min and max; its gradient at a bound is 1.

        Args:
            input: of any shape.
            min: a number, or a tensor of a shape that broadcasts with input's. Default: no bound.
            max: a number, or a tensor of a shape that broadcasts with input's. Default: no bound.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            RuntimeError: if there is no bound, or the shapes do not broadcast.

        Example:
            >>> torch.clamp(torch.tensor([-2.0, 0.5, 3.0]), min=-1, max=1)
            tensor([-1.0000,  0.5000,  1.0000])
        """
    def clip_(self, min: Tensor | Number | None=None, max: Tensor | Number | None=None) -> Self:
        """`clip`, written into this tensor."""
    def clone(self, *, memory_format: Any=None) -> Tensor:
        """A copy, through which gradients pass.

        Args:
            input: a tensor of any shape.
            memory_format: accepted; the copy lies in row-major order.

        Returns:
            A tensor of the same elements in memory of its own.

        Example:
            >>> x = torch.zeros(2)
            >>> y = x.clone()
            >>> y[0] = 1
            >>> x, y
            (tensor([0., 0.]), tensor([1., 0.]))
        """
    def coalesce(self) -> Tensor:
        """Give this tensor: there are no sparse ones to sum up.

        Args:
            self: the tensor.

        Returns:
            This tensor.
        """
    def combinations(self, r: _int=2, with_replacement: _bool=False) -> Tensor:
        """All choices of r of a vector's elements, one a row.

        Args:
            input: a vector.
            r: how many are chosen.
            with_replacement: whether an element may be chosen again.

        Returns:
            A matrix with r columns.

        Raises:
            RuntimeError: if input is not a vector.

        Example:
            >>> torch.combinations(torch.tensor([1, 2, 3]))
            tensor([[1, 2],
                    [1, 3],
                    [2, 3]])
        """
    def conj(self) -> Tensor:
        """Conjugate: of real numbers, they themselves.

        Args:
            input: any tensor.

        Returns:
            The input.
        """
    def contiguous(self, memory_format: Any=None) -> Tensor:
        """The tensor itself if its elements lie in row-major order without gaps, else a copy that does.

        Args:
            input: a tensor of any shape.
            memory_format: accepted; there is only row-major order.

        Returns:
            Input, or a copy of it.
        """
    def copy_(self, other: Tensor | Number, non_blocking: _bool=False) -> Tensor:
        """Write another tensor's elements into this one, and return it.

        Args:
            input: the tensor to write.
            other: a tensor whose shape broadcasts to input's, or a number; cast to input's dtype.
            non_blocking: accepted; changes nothing.

        Returns:
            The tensor itself.

        Raises:
            RuntimeError: if the shapes do not fit, or if input is a leaf that requires a gradient.

        Example:
            >>> torch.zeros(2).copy_(torch.tensor([1, 2]))
            tensor([1., 2.])
        """
    def copysign(self, other: TensorLike, *, out: Tensor | None=None) -> Tensor:
        """The magnitude of input with the sign of other.

        Args:
            input: a tensor; integers become floats first.
            other: a tensor or a number, of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Example:
            >>> torch.copysign(torch.tensor([1.0, -2.0]), -1.0)
            tensor([-1., -2.])
        """
    def copysign_(self, other: TensorLike) -> Self:
        """`copysign`, written into this tensor."""
    def corrcoef(self) -> Tensor:
        """Pearson's correlation coefficients of variables in rows, observations in columns.

        Args:
            input: (k, n), or (n,) for one variable.

        Returns:
            (k, k), from -1 to 1; a scalar for one variable.

        Raises:
            RuntimeError: if the input has more than two dimensions.

        Example:
            >>> torch.corrcoef(torch.tensor([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]]))
            tensor([[ 1., -1.],
                    [-1.,  1.]])
        """
    def cos(self, *, out: Tensor | None=None) -> Tensor:
        """The cosine of each angle, in radians.

        Args:
            input: of any shape; integers become floats first.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.cos(torch.tensor([-0.5, 0.0, 0.5]))
            tensor([0.8776, 1.0000, 0.8776])
        """
    def cos_(self) -> Self:
        """`cos`, written into this tensor."""
    def cosh(self, *, out: Tensor | None=None) -> Tensor:
        """The hyperbolic cosine of each element.

        Args:
            input: of any shape; integers become floats first.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.cosh(torch.tensor([-0.5, 0.0, 0.5]))
            tensor([1.1276, 1.0000, 1.1276])
        """
    def cosh_(self) -> Self:
        """`cosh`, written into this tensor."""
    def count_nonzero(self, dim: Dims=None) -> Tensor:
        """How many elements are not 0, in all or along dimensions.

        Args:
            input: of any shape.
            dim: the dimension, or several. Default: all.

        Returns:
            int64, in the input's shape without these dimensions.

        Raises:
            IndexError: if a dimension is out of range.

        Example:
            >>> torch.count_nonzero(torch.tensor([0, 1, 2]))
            tensor(2)
        """
    def cov(self, *, correction: _int=1, fweights: Tensor | None=None, aweights: Tensor | None=None) -> Tensor:
        """The covariance matrix of variables in rows, observations in columns.

        Args:
            input: (k, n), or (n,) for one variable.
            correction: divide by n less this.
            fweights: how often each observation counts, integers, (n,).
            aweights: how much each observation weighs, floating-point, (n,).

        Returns:
            (k, k); a scalar for one variable.

        Raises:
            RuntimeError: if the shapes or dtypes are others, or a weight is negative.

        Example:
            >>> torch.cov(torch.tensor([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]]))
            tensor([[ 1., -1.],
                    [-1.,  1.]])
        """
    def cpu(self, memory_format: Any=None) -> Tensor:
        """Give this tensor, which is on the CPU.

        Args:
            self: the tensor.
            memory_format: accepted without effect.

        Returns:
            This tensor.
        """
    def cross(self, other: Tensor, dim: _int | None=None, *, out: Tensor | None=None) -> Tensor:
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
    def cuda(self, device: DeviceLike | None=None, non_blocking: _bool=False, memory_format: Any=None) -> Tensor:
        """Refuse: there is no CUDA here.

        Args:
            self: the tensor.
            device: which GPU.
            non_blocking: accepted.
            memory_format: accepted.

        Returns:
            Nothing.

        Raises:
            AssertionError: always.
        """
    def cummax(self, dim: _int, *, out: Sequence[Tensor] | None=None) -> CummaxResult:
        """The largest of all elements up to each, along a dimension, and the last place it was at.

        Args:
            input: of any shape.
            dim: the dimension.
            out: two tensors to write the results to.

        Returns:
            The named tuple of `values` and `indices` (int64), both of the input's shape. NaN wins.

        Raises:
            IndexError: if the dimension is out of range.

        Example:
            >>> torch.cummax(torch.tensor([1.0, 3.0, 2.0]), 0).values
            tensor([1., 3., 3.])
        """
    def cummin(self, dim: _int, *, out: Sequence[Tensor] | None=None) -> CumminResult:
        """The smallest of all elements up to each, along a dimension, and the last place it was at.

        Args:
            input: of any shape.
            dim: the dimension.
            out: two tensors to write the results to.

        Returns:
            The named tuple of `values` and `indices` (int64), both of the input's shape. NaN wins.

        Raises:
            IndexError: if the dimension is out of range.

        Example:
            >>> torch.cummin(torch.tensor([2.0, 3.0, 1.0]), 0).values
            tensor([2., 2., 1.])
        """
    def cumprod(self, dim: _int, *, dtype: dtypes.dtype | None=None, out: Tensor | None=None) -> Tensor:
        """The product of all elements up to each, along a dimension.

        Args:
            input: of any shape.
            dim: the dimension.
            dtype: of the result. Default: the input's, int64 for integers and bools.
            out: the tensor to write the result to.

        Returns:
            The input's shape.

        Raises:
            IndexError: if the dimension is out of range.

        Example:
            >>> torch.cumprod(torch.tensor([2.0, 3.0, 4.0]), 0)
            tensor([ 2.,  6., 24.])
        """
    def cumprod_(self, dim: _int, *, dtype: dtypes.dtype | None=None) -> Self:
        """`cumprod`, written into this tensor."""
    def cumsum(self, dim: _int, *, dtype: dtypes.dtype | None=None, out: Tensor | None=None) -> Tensor:
        """The sum of all elements up to each, along a dimension.

        Args:
            input: of any shape.
            dim: the dimension.
            dtype: of the result. Default: the input's, int64 for integers and bools.
            out: the tensor to write the result to.

        Returns:
            The input's shape.

        Raises:
            IndexError: if the dimension is out of range.

        Example:
            >>> torch.cumsum(torch.tensor([1.0, 2.0, 3.0]), 0)
            tensor([1., 3., 6.])
        """
    def cumsum_(self, dim: _int, *, dtype: dtypes.dtype | None=None) -> Self:
        """`cumsum`, written into this tensor."""
    def deg2rad(self, *, out: Tensor | None=None) -> Tensor:
        """Degrees to radians.

        Args:
            input: of any shape; integers become floats first.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.deg2rad(torch.tensor([90.0, 180.0]))
            tensor([1.5708, 3.1416])
        """
    def deg2rad_(self) -> Self:
        """`deg2rad`, written into this tensor."""
    def det(self) -> Tensor:
        """The determinants of matrices: `linalg.det`.

        Args:
            input: square matrices, (..., n, n), of float32 or float64.

        Returns:
            (...).

        Raises:
            RuntimeError: if they are no square matrices.

        Example:
            >>> torch.det(torch.tensor([[2.0, 0.0], [0.0, 4.0]]))
            tensor(8.)
        """
    def detach_(self) -> Tensor:
        """Forget the history of this tensor.

        Args:
            input: any tensor.

        Returns:
            The input, which requires no gradient now.

        Raises:
            RuntimeError: if it is a view of another tensor.
        """
    def diag(self, diagonal: _int=0, *, out: Tensor | None=None) -> Tensor:
        """A vector as a diagonal of a matrix of zeros; of a matrix, a diagonal.

        Args:
            input: a vector or a matrix.
            diagonal: which diagonal: above the main one if positive, below it if negative.
            out: the tensor to write the result to.

        Returns:
            A square matrix of a vector; a vector of a matrix.

        Raises:
            RuntimeError: if input is neither.

        Example:
            >>> torch.diag(torch.tensor([1, 2]))
            tensor([[1, 0],
                    [0, 2]])
        """
    def diag_embed(self, offset: _int=0, dim1: _int=-2, dim2: _int=-1) -> Tensor:
        """The last dimension as the diagonals of matrices of zeros.

        Args:
            input: a tensor of shape (..., n).
            offset: which diagonal: above the main one if positive, below it if negative.
            dim1: the matrices' first dimension in the result.
            dim2: their second one.

        Returns:
            A tensor with one dimension more: of shape (..., n + abs(offset), n + abs(offset)) by
            default.

        Raises:
            RuntimeError: if the two dimensions are the same.

        Example:
            >>> torch.diag_embed(torch.tensor([1, 2]), 1)
            tensor([[0, 1, 0],
                    [0, 0, 2],
                    [0, 0, 0]])
        """
    def diagflat(self, offset: _int=0) -> Tensor:
        """All elements as a diagonal of a matrix of zeros.

        Args:
            input: a tensor of n elements.
            offset: which diagonal: above the main one if positive, below it if negative.

        Returns:
            A matrix of n + abs(offset) rows and columns.
        """
    def diagonal(self, offset: _int=0, dim1: _int=0, dim2: _int=1) -> Tensor:
        """The diagonal of each matrix in two dimensions, as a last dimension: a view.

        Args:
            input: a tensor with at least two dimensions.
            offset: which diagonal: above the main one if positive, below it if negative.
            dim1: the matrices' first dimension.
            dim2: their second one.

        Returns:
            A view without the two dimensions, and with the diagonal's length as the last one.

        Raises:
            RuntimeError: if the two dimensions are the same.
            IndexError: if input has no such dimension.

        Example:
            >>> torch.tensor([[1, 2], [3, 4]]).diagonal()
            tensor([1, 4])
        """
    def diagonal_scatter(self, src: Tensor, offset: _int=0, dim1: _int=0, dim2: _int=1) -> Tensor:
        """A copy of input in which src stands in place of a diagonal.

        Args:
            input: a tensor with at least two dimensions.
            src: a tensor of the shape of `input.diagonal(offset, dim1, dim2)`.
            offset: which diagonal: above the main one if positive, below it if negative.
            dim1: the matrices' first dimension.
            dim2: their second one.

        Returns:
            A tensor of input's shape.

        Raises:
            RuntimeError: if src has another shape, or the two dimensions are the same.

        Example:
            >>> torch.zeros(2, 2).diagonal_scatter(torch.tensor([1.0, 2.0]))
            tensor([[1., 0.],
                    [0., 2.]])
        """
    def diff(self, n: _int=1, dim: _int=-1, prepend: Tensor | None=None, append: Tensor | None=None, *, out: Tensor | None=None) -> Tensor:
        """The differences of neighbours along a dimension, n times over.

        Args:
            input: of one dimension or more.
            n: how often.
            dim: the dimension.
            prepend: put before the input along the dimension first.
            append: put behind the input along the dimension first.
            out: the tensor to write the result to.

        Returns:
            The input's shape, shorter by n along the dimension. Of bools whether neighbours differ.

        Raises:
            RuntimeError: if the input is a scalar, or n is negative.

        Example:
            >>> torch.diff(torch.tensor([1.0, 4.0, 9.0]))
            tensor([3., 5.])
        """
    def digamma(self, *, out: Tensor | None=None) -> Tensor:
        """The derivative of lgamma.

        Args:
            input: of any shape; integers become floats first.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.digamma(torch.tensor([0.5, 3.0]))
            tensor([-1.9635,  0.9228])
        """
    def digamma_(self) -> Self:
        """`digamma`, written into this tensor."""
    def dist(self, other: Tensor, p: _float=2) -> Tensor:
        """The p-norm of the difference of two tensors.

        Args:
            input: floating-point, of any shape.
            other: of a shape that broadcasts with the input's.
            p: a number, infinities included.

        Returns:
            A scalar.

        Raises:
            RuntimeError: if the shapes do not fit.

        Example:
            >>> torch.dist(torch.tensor([0.0, 0.0]), torch.tensor([3.0, 4.0]))
            tensor(5.)
        """
    def div(self, other: TensorLike, *, rounding_mode: str | None=None, out: Tensor | None=None) -> Tensor:
        """input / other, element by element; integers give floats.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            rounding_mode: "trunc" rounds the quotient towards 0, "floor" down; integers then stay
                integers. Default: no rounding.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            RuntimeError: if the shapes do not broadcast, the rounding mode is another one, or
                integers are divided by 0 with a rounding mode.

        Example:
            >>> torch.div(torch.tensor([7, -7]), 2)
            tensor([ 3.5000, -3.5000])
            >>> torch.div(torch.tensor([7, -7]), 2, rounding_mode="floor")
            tensor([ 3, -4])
        """
    def div_(self, other: TensorLike, *, rounding_mode: str | None=None) -> Self:
        """`div`, written into this tensor."""
    def divide(self, other: TensorLike, *, rounding_mode: str | None=None, out: Tensor | None=None) -> Tensor:
        """input / other, element by element; integers give floats.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            rounding_mode: "trunc" rounds the quotient towards 0, "floor" down; integers then stay
                integers. Default: no rounding.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            RuntimeError: if the shapes do not broadcast, the rounding mode is another one, or
                integers are divided by 0 with a rounding mode.

        Example:
            >>> torch.div(torch.tensor([7, -7]), 2)
            tensor([ 3.5000, -3.5000])
            >>> torch.div(torch.tensor([7, -7]), 2, rounding_mode="floor")
            tensor([ 3, -4])
        """
    def divide_(self, other: TensorLike, *, rounding_mode: str | None=None) -> Self:
        """`divide`, written into this tensor."""
    def dot(self, tensor: Tensor, *, out: Tensor | None=None) -> Tensor:
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
    def double(self, memory_format: Any=None) -> Tensor:
        """Give this tensor elements of float64.

        Args:
            self: the tensor.
            memory_format: accepted without effect.

        Returns:
            A tensor of this one's shape; itself where it has the dtype.

        Example:
            >>> torch.ones(2).double()
            tensor([1., 1.], dtype=torch.float64)
        """
    def dsplit(self, sections: _int | Sequence[_int] | None=None, *, indices: Sequence[_int] | None=None) -> tuple[Tensor, ...]:
        """Pieces along dimension 2.

        Args:
            input: a tensor with at least three dimensions.
            sections: how many pieces of one size, or the places to cut at.
            indices: the places to cut at, by keyword.

        Returns:
            Views, one a piece.

        Raises:
            RuntimeError: if input has too few dimensions, or cannot be cut evenly.
        """
    def eq(self, other: TensorLike, *, out: Tensor | None=None) -> Tensor:
        """input == other, element by element.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A bool tensor of the broadcast shape.

        Raises:
            RuntimeError: if the shapes do not broadcast.

        Example:
            >>> torch.eq(torch.tensor([1, 2, 3]), 2)
            tensor([False,  True, False])
        """
    def eq_(self, other: TensorLike) -> Self:
        """`eq`, written into this tensor."""
    def equal(self, other: Tensor) -> _bool:
        """Whether two tensors have the same shape and elements.

        Args:
            input: a tensor.
            other: a tensor.

        Returns:
            A Python bool.

        Example:
            >>> torch.equal(torch.tensor([1, 2]), torch.tensor([1, 2]))
            True
        """
    def erf(self, *, out: Tensor | None=None) -> Tensor:
        """The Gauss error function of each element.

        Args:
            input: of any shape; integers become floats first.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.erf(torch.tensor([-0.5, 0.0, 0.5]))
            tensor([-0.5205,  0.0000,  0.5205])
        """
    def erf_(self) -> Self:
        """`erf`, written into this tensor."""
    def erfc(self, *, out: Tensor | None=None) -> Tensor:
        """1 - erf(x), exact where it is small.

        Args:
            input: of any shape; integers become floats first.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.erfc(torch.tensor([-0.5, 0.0, 0.5]))
            tensor([1.5205, 1.0000, 0.4795])
        """
    def erfc_(self) -> Self:
        """`erfc`, written into this tensor."""
    def erfinv(self, *, out: Tensor | None=None) -> Tensor:
        """The inverse of erf; NaN outside of [-1, 1].

        Args:
            input: of any shape; integers become floats first.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.special.erfinv(torch.tensor([0.25, 0.5]))
            tensor([0.2253, 0.4769])
        """
    def erfinv_(self) -> Self:
        """`erfinv`, written into this tensor."""
    def exp(self, *, out: Tensor | None=None) -> Tensor:
        """e to the power of each element.

        Args:
            input: of any shape; integers become floats first.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.exp(torch.tensor([0.5, 1.0, 2.0]))
            tensor([1.6487, 2.7183, 7.3891])
        """
    def exp2(self, *, out: Tensor | None=None) -> Tensor:
        """2 to the power of each element.

        Args:
            input: of any shape; integers become floats first.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.exp2(torch.tensor([0.5, 1.0, 2.0]))
            tensor([1.4142, 2.0000, 4.0000])
        """
    def exp2_(self) -> Self:
        """`exp2`, written into this tensor."""
    def exp_(self) -> Self:
        """`exp`, written into this tensor."""
    @overload
    def expand(self, size: Sequence[_int], *, implicit: _bool=False) -> Tensor:
        """Dimensions of size 1 repeated to the sizes given, without copying.

        Args:
            input: a tensor of any shape.
            size: the shape wanted as a sequence, or its first size, with new dimensions in front;
                -1 keeps a size.
            more: the other sizes.
            implicit: accepted; changes nothing.

        Returns:
            A view in which many elements share one place in memory: it cannot be written.

        Raises:
            RuntimeError: if a size that is not 1 would change.

        Example:
            >>> torch.tensor([[1], [2]]).expand(-1, 3)
            tensor([[1, 1, 1],
                    [2, 2, 2]])
        """
    @overload
    def expand(self, *size: _int, implicit: _bool=False) -> Tensor:
        """Dimensions of size 1 repeated to the sizes given, without copying.

        Args:
            input: a tensor of any shape.
            size: the shape wanted as a sequence, or its first size, with new dimensions in front;
                -1 keeps a size.
            more: the other sizes.
            implicit: accepted; changes nothing.

        Returns:
            A view in which many elements share one place in memory: it cannot be written.

        Raises:
            RuntimeError: if a size that is not 1 would change.

        Example:
            >>> torch.tensor([[1], [2]]).expand(-1, 3)
            tensor([[1, 1, 1],
                    [2, 2, 2]])
        """
    def expand_as(self, other: Tensor) -> Tensor:
        """Expanded to another tensor's shape, without copying.

        Args:
            input: a tensor whose shape broadcasts to other's.
            other: a tensor of the shape wanted.

        Returns:
            A view of other's shape.

        Raises:
            RuntimeError: if the shapes do not fit.
        """
    def expm1(self, *, out: Tensor | None=None) -> Tensor:
        """exp(x) - 1, exact near 0.

        Args:
            input: of any shape; integers become floats first.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.expm1(torch.tensor([0.5, 1.0, 2.0]))
            tensor([0.6487, 1.7183, 6.3891])
        """
    def expm1_(self) -> Self:
        """`expm1`, written into this tensor."""
    def exponential_(self, lambd: _float=1.0, *, generator: Generator | None=None) -> Tensor:
        """Draw exponential numbers into this tensor: of density lambd * exp(-lambd * x).

        Args:
            self: the tensor to write.
            lambd: the rate, 1 / mean.
            generator: the source of the random numbers. Default: the one that `manual_seed` seeds.

        Returns:
            This tensor.

        Raises:
            RuntimeError: unless the rate is positive.
        """
    def fill(self, value: Tensor | Number) -> Tensor:
        """A value in the shape and dtype of input.

        Args:
            input: of any shape.
            value: a number, or a tensor without dimensions.

        Returns:
            A tensor of the input's shape.

        Raises:
            RuntimeError: if the value has dimensions.

        Example:
            >>> torch.fill(torch.zeros(2, 2), 3)
            tensor([[3., 3.],
                    [3., 3.]])
        """
    def fill_(self, value: Tensor | Number) -> Self:
        """`fill`, written into this tensor."""
    def fill_diagonal_(self, fill_value: Number, wrap: _bool=False) -> Tensor:
        """Write a number on the diagonal, and return the tensor.

        Args:
            input: a matrix, or a tensor of more dimensions that all have one size.
            fill_value: the number.
            wrap: whether the diagonal starts again below the last column of a tall matrix.

        Returns:
            The tensor itself.

        Raises:
            RuntimeError: if input has another shape, or is a leaf that requires a gradient.

        Example:
            >>> torch.zeros(2, 2).fill_diagonal_(1)
            tensor([[1., 0.],
                    [0., 1.]])
        """
    def fix(self, *, out: Tensor | None=None) -> Tensor:
        """Each element without its fraction. Its gradient is 0.

        Args:
            input: of any shape; integers pass unchanged.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.trunc(torch.tensor([-1.5, 0.5, 1.7]))
            tensor([-1.,  0.,  1.])
        """
    def fix_(self) -> Self:
        """`fix`, written into this tensor."""
    def flatten(self, start_dim: _int=0, end_dim: _int=-1) -> Tensor:
        """The dimensions from `start_dim` to `end_dim`, inclusive, as one.

        Args:
            input: a tensor of any shape; a scalar becomes a vector of one element.
            start_dim: the first of them.
            end_dim: the last of them.

        Returns:
            A tensor of the same elements, a view where possible.

        Raises:
            RuntimeError: if `start_dim` comes after `end_dim`.
            IndexError: if input has no such dimension.

        Example:
            >>> torch.zeros(2, 3, 4).flatten(1).shape
            torch.Size([2, 12])
        """
    @overload
    def flip(self, dims: Sequence[_int]) -> Tensor:
        """A copy with the order of elements along the dimensions reversed.

        Args:
            input: a tensor of any shape.
            dims: the dimensions as a sequence, or the first of them.
            more: the others.

        Returns:
            A tensor of input's shape.

        Raises:
            IndexError: if input has no such dimension.

        Example:
            >>> torch.tensor([1, 2, 3]).flip(0)
            tensor([3, 2, 1])
        """
    @overload
    def flip(self, *dims: _int) -> Tensor:
        """A copy with the order of elements along the dimensions reversed.

        Args:
            input: a tensor of any shape.
            dims: the dimensions as a sequence, or the first of them.
            more: the others.

        Returns:
            A tensor of input's shape.

        Raises:
            IndexError: if input has no such dimension.

        Example:
            >>> torch.tensor([1, 2, 3]).flip(0)
            tensor([3, 2, 1])
        """
    def fliplr(self) -> Tensor:
        """A copy with the columns in reverse order.

        Args:
            input: a tensor with at least two dimensions.

        Returns:
            A tensor of input's shape.

        Raises:
            RuntimeError: if input has fewer dimensions.
        """
    def flipud(self) -> Tensor:
        """A copy with the rows in reverse order.

        Args:
            input: a tensor with at least one dimension.

        Returns:
            A tensor of input's shape.

        Raises:
            RuntimeError: if input is a scalar.
        """
    def float(self, memory_format: Any=None) -> Tensor:
        """Give this tensor elements of float32.

        Args:
            self: the tensor.
            memory_format: accepted without effect.

        Returns:
            A tensor of this one's shape; itself where it has the dtype.

        Example:
            >>> torch.tensor([1, 2]).float()
            tensor([1., 2.])
        """
    def float_power(self, exponent: TensorLike, *, out: Tensor | None=None) -> Tensor:
        """`pow` in float64.

        Args:
            input: a tensor or a number.
            exponent: a tensor or a number, of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A float64 tensor of the broadcast shape.

        Example:
            >>> torch.float_power(torch.tensor([1, 2, 3]), -1)
            tensor([1.0000, 0.5000, 0.3333], dtype=torch.float64)
        """
    def float_power_(self, exponent: TensorLike) -> Self:
        """`float_power`, written into this tensor."""
    def floor(self, *, out: Tensor | None=None) -> Tensor:
        """The largest integer not above each element. Its gradient is 0.

        Args:
            input: of any shape; integers pass unchanged.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.floor(torch.tensor([-1.5, 0.5, 1.7]))
            tensor([-2.,  0.,  1.])
        """
    def floor_(self) -> Self:
        """`floor`, written into this tensor."""
    def floor_divide(self, other: TensorLike, *, out: Tensor | None=None) -> Tensor:
        """The quotient rounded down; floats stay floats. Its gradient is 0.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            RuntimeError: if the shapes do not broadcast, or integers are divided by 0.

        Example:
            >>> torch.floor_divide(torch.tensor([7, -7]), 2)
            tensor([ 3, -4])
        """
    def floor_divide_(self, other: TensorLike) -> Self:
        """`floor_divide`, written into this tensor."""
    def fmax(self, other: Tensor, *, out: Tensor | None=None) -> Tensor:
        """The larger of two, element by element.

        A number wins over NaN. Where the two are equal input gets the gradient.

        Args:
            input: a tensor.
            other: of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            RuntimeError: if the shapes do not broadcast.

        Example:
            >>> torch.fmax(torch.tensor([1.0, 5.0]), torch.tensor([3.0, float("nan")]))
            tensor([3., 5.])
        """
    def fmin(self, other: Tensor, *, out: Tensor | None=None) -> Tensor:
        """The smaller of two, element by element.

        A number wins over NaN. Where the two are equal input gets the gradient.

        Args:
            input: a tensor.
            other: of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            RuntimeError: if the shapes do not broadcast.

        Example:
            >>> torch.fmin(torch.tensor([1.0, 5.0]), torch.tensor([3.0, float("nan")]))
            tensor([1., 5.])
        """
    def fmod(self, other: TensorLike, *, out: Tensor | None=None) -> Tensor:
        """C's fmod: the remainder of division, with the sign of input.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            RuntimeError: if the shapes do not broadcast, or integers are divided by 0.

        Example:
            >>> torch.fmod(torch.tensor([7, -7]), 3)
            tensor([ 1, -1])
        """
    def fmod_(self, other: TensorLike) -> Self:
        """`fmod`, written into this tensor."""
    def frac(self, *, out: Tensor | None=None) -> Tensor:
        """The fraction of each element, with its sign.

        Args:
            input: of any shape.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.frac(torch.tensor([-1.5, 0.5, 1.7]))
            tensor([-0.5000,  0.5000,  0.7000])
        """
    def frac_(self) -> Self:
        """`frac`, written into this tensor."""
    def frexp(self, *, out: tuple[Tensor, Tensor] | None=None) -> tuple[Tensor, Tensor]:
        """Each element as mantissa * 2^exponent.

        Args:
            input: a floating-point tensor of any shape.
            out: the two tensors to write the results to.

        Returns:
            A named tuple of tensors of input's shape: `mantissa`, of magnitudes in [0.5, 1) or 0,
            and `exponent`, int32.

        Raises:
            RuntimeError: of integers.

        Example:
            >>> torch.frexp(torch.tensor([3.0, -0.25]))
            torch.return_types.frexp(
            mantissa=tensor([ 0.7500, -0.5000]),
            exponent=tensor([ 2, -1], dtype=torch.int32))
        """
    def gather(self, dim: _int, index: Tensor, *, sparse_grad: _bool=False, out: Tensor | None=None) -> Tensor:
        """Elements picked along a dimension: out[i][j] = input[index[i][j]][j] for dim 0, and so on.

        Args:
            input: a tensor of any shape.
            dim: the dimension.
            index: integers, a tensor of as many dimensions, in the others no larger than input.
            sparse_grad: accepted; gradients are dense.
            out: the tensor to write the result to.

        Returns:
            A tensor of the index's shape.

        Raises:
            RuntimeError: if an index is out of range, or the shapes do not fit.

        Example:
            >>> torch.tensor([[1, 2], [3, 4]]).gather(1, torch.tensor([[0], [1]]))
            tensor([[1],
                    [4]])
        """
    def gcd(self, other: Tensor, *, out: Tensor | None=None) -> Tensor:
        """The greatest common divisor.

        Args:
            input: integers.
            other: of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            NotImplementedError: of floats or bools.

        Example:
            >>> torch.gcd(torch.tensor([12, 18]), torch.tensor([8, 27]))
            tensor([4, 9])
        """
    def gcd_(self, other: Tensor) -> Self:
        """`gcd`, written into this tensor."""
    def ge(self, other: TensorLike, *, out: Tensor | None=None) -> Tensor:
        """input >= other, element by element.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A bool tensor of the broadcast shape.

        Raises:
            RuntimeError: if the shapes do not broadcast.

        Example:
            >>> torch.ge(torch.tensor([1, 2, 3]), 2)
            tensor([False,  True,  True])
        """
    def ge_(self, other: TensorLike) -> Self:
        """`ge`, written into this tensor."""
    def geometric_(self, p: _float, *, generator: Generator | None=None) -> Tensor:
        """Draw the number of trials until the first success into this tensor.

        Args:
            self: the tensor to write.
            p: the probability of success in one trial.
            generator: the source of the random numbers. Default: the one that `manual_seed` seeds.

        Returns:
            This tensor.

        Raises:
            RuntimeError: unless 0 < p <= 1.
        """
    def ger(self, vec2: Tensor, *, out: Tensor | None=None) -> Tensor:
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
    def get_device(self) -> _int:
        """The number of the GPU that the tensor is on.

        Args:
            self: any tensor.

        Returns:
            -1: it is on the CPU.
        """
    def gradient(self, *, spacing: Number | Tensor | Sequence[Number | Tensor] | None=1, dim: Dims=None, edge_order: _int=1) -> tuple[Tensor, ...]:
        """The slope at each sample along dimensions, by differences of second order.

        Args:
            input: the samples, of any shape.
            spacing: their distance; or one for each dimension; or for each a vector of coordinates.
            dim: the dimension, or several. Default: all.
            edge_order: the order of the differences at both ends, 1 or 2.

        Returns:
            For each dimension a tensor of the input's shape.

        Raises:
            RuntimeError: if there are not `edge_order` + 1 samples along a dimension, or the spacings
                are not as many as the dimensions.
            IndexError: if a dimension is out of range.

        Example:
            >>> torch.gradient(torch.tensor([1.0, 2.0, 4.0]))
            (tensor([1.0000, 1.5000, 2.0000]),)
        """
    def greater(self, other: TensorLike, *, out: Tensor | None=None) -> Tensor:
        """input > other, element by element.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A bool tensor of the broadcast shape.

        Raises:
            RuntimeError: if the shapes do not broadcast.

        Example:
            >>> torch.gt(torch.tensor([1, 2, 3]), 2)
            tensor([False, False,  True])
        """
    def greater_(self, other: TensorLike) -> Self:
        """`greater`, written into this tensor."""
    def greater_equal(self, other: TensorLike, *, out: Tensor | None=None) -> Tensor:
        """input >= other, element by element.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A bool tensor of the broadcast shape.

        Raises:
            RuntimeError: if the shapes do not broadcast.

        Example:
            >>> torch.ge(torch.tensor([1, 2, 3]), 2)
            tensor([False,  True,  True])
        """
    def greater_equal_(self, other: TensorLike) -> Self:
        """`greater_equal`, written into this tensor."""
    def gt(self, other: TensorLike, *, out: Tensor | None=None) -> Tensor:
        """input > other, element by element.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A bool tensor of the broadcast shape.

        Raises:
            RuntimeError: if the shapes do not broadcast.

        Example:
            >>> torch.gt(torch.tensor([1, 2, 3]), 2)
            tensor([False, False,  True])
        """
    def gt_(self, other: TensorLike) -> Self:
        """`gt`, written into this tensor."""
    def half(self, memory_format: Any=None) -> Tensor:
        """Give this tensor elements of float16.

        Args:
            self: the tensor.
            memory_format: accepted without effect.

        Returns:
            A tensor of this one's shape; itself where it has the dtype.
        """
    def heaviside(self, values: Tensor, *, out: Tensor | None=None) -> Tensor:
        """The step function: 0 where input is below 0, 1 above, `values` where it is 0.

        Args:
            input: a tensor.
            values: of input's dtype, and a shape that broadcasts with its.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape, without a gradient.

        Raises:
            RuntimeError: if the dtypes differ.

        Example:
            >>> torch.heaviside(torch.tensor([-1.0, 0.0, 2.0]), torch.tensor(0.5))
            tensor([0.0000, 0.5000, 1.0000])
        """
    def heaviside_(self, values: Tensor) -> Self:
        """`heaviside`, written into this tensor."""
    def histc(self, bins: _int=100, min: _float=0, max: _float=0, *, out: Tensor | None=None) -> Tensor:
        """How many elements fall into each of equal bins; those outside count nowhere.

        Args:
            input: of any shape.
            bins: how many.
            min: where the first bin begins.
            max: where the last one ends; with both 0 they are the smallest and the largest element.
            out: the tensor to write the result to.

        Returns:
            (bins,), in the input's dtype.

        Example:
            >>> torch.histc(torch.tensor([1.0, 2.0, 1.0]), bins=4, min=0, max=3)
            tensor([0., 2., 1., 0.])
        """
    def histogram(self, bins: _int | Tensor=100, *, range: Sequence[_float] | None=None, weight: Tensor | None=None, density: _bool=False, out: Sequence[Tensor] | None=None) -> HistogramResult:
        """How many elements fall into each bin, and the bins' edges.

        Args:
            input: floating-point, of any shape.
            bins: how many equal bins, or their edges, (n + 1,).
            range: where the first bin begins and the last one ends. Default: the smallest and the
                largest element.
            weight: what each element counts, of the input's shape. Default: 1.
            density: divide by the sum and by each bin's width, so that the area is 1.
            out: two tensors to write the results to.

        Returns:
            The named tuple of `hist`, (n,), and `bin_edges`, (n + 1,), in the input's dtype.

        Example:
            >>> torch.histogram(torch.tensor([1.0, 2.0, 1.0]), bins=2, range=(0.0, 3.0)).hist
            tensor([2., 1.])
        """
    def hsplit(self, sections: _int | Sequence[_int] | None=None, *, indices: Sequence[_int] | None=None) -> tuple[Tensor, ...]:
        """Pieces side by side: along dimension 1, or 0 of a vector.

        Args:
            input: a tensor with at least one dimension.
            sections: how many pieces of one size, or the places to cut at.
            indices: the places to cut at, by keyword.

        Returns:
            Views, one a piece.

        Raises:
            RuntimeError: if input has too few dimensions, or cannot be cut evenly.

        Example:
            >>> [piece.shape for piece in torch.zeros(2, 4).hsplit(2)]
            [torch.Size([2, 2]), torch.Size([2, 2])]
        """
    def hypot(self, other: Tensor, *, out: Tensor | None=None) -> Tensor:
        """sqrt(input^2 + other^2), without overflow on the way.

        Args:
            input: a floating-point tensor.
            other: of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            NotImplementedError: of integers.

        Example:
            >>> torch.hypot(torch.tensor([3.0]), torch.tensor([4.0]))
            tensor([5.])
        """
    def hypot_(self, other: Tensor) -> Self:
        """`hypot`, written into this tensor."""
    def i0(self, *, out: Tensor | None=None) -> Tensor:
        """The modified Bessel function of the first kind, of order 0.

        Args:
            input: of any shape; integers become floats first.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.i0(torch.tensor([0.5, 1.0]))
            tensor([1.0635, 1.2661])
        """
    def i0_(self) -> Self:
        """`i0`, written into this tensor."""
    def igamma(self, other: Tensor, *, out: Tensor | None=None) -> Tensor:
        """The regularised lower incomplete gamma function.

        Only other has a gradient.

        Args:
            input: the shape parameter, positive; integers become floats first.
            other: the bound of the integral, not negative, of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape.

        Raises:
            NotImplementedError: in a backward pass, if input needs a gradient.

        Example:
            >>> torch.igamma(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 2.0]))
            tensor([0.6321, 0.5940])
        """
    def igamma_(self, other: Tensor) -> Self:
        """`igamma`, written into this tensor."""
    def igammac(self, other: Tensor, *, out: Tensor | None=None) -> Tensor:
        """The regularised upper incomplete gamma function: 1 - igamma.

        Only other has a gradient.

        Args:
            input: the shape parameter, positive; integers become floats first.
            other: the bound of the integral, not negative, of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape.

        Raises:
            NotImplementedError: in a backward pass, if input needs a gradient.

        Example:
            >>> torch.igammac(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 2.0]))
            tensor([0.3679, 0.4060])
        """
    def igammac_(self, other: Tensor) -> Self:
        """`igammac`, written into this tensor."""
    def index_add(self, dim: _int, index: Tensor, source: Tensor, *, alpha: Number=1, out: Tensor | None=None) -> Tensor:
        """A copy of input with slices added at the indices along a dimension.

        Args:
            input: a tensor of any shape.
            dim: the dimension.
            index: a vector of n integers; each slice at a repeated one counts.
            source: n slices in that dimension, of input's dtype.
            alpha: what the slices are multiplied by.
            out: the tensor to write the result to.

        Returns:
            A tensor of input's shape.

        Raises:
            IndexError: if an index is out of range.
            RuntimeError: if the shapes or dtypes do not fit.

        Example:
            >>> torch.zeros(3).index_add(0, torch.tensor([0, 0]), torch.tensor([1.0, 2.0]))
            tensor([3., 0., 0.])
        """
    def index_add_(self, dim: _int, index: Tensor, source: Tensor, *, alpha: Number=1) -> Self:
        """`index_add`, written into this tensor."""
    def index_copy(self, dim: _int, index: Tensor, source: Tensor, *, out: Tensor | None=None) -> Tensor:
        """A copy of input with slices written at the indices along a dimension.

        Args:
            input: a tensor of any shape.
            dim: the dimension.
            index: a vector of n integers.
            source: n slices in that dimension, of input's dtype.
            out: the tensor to write the result to.

        Returns:
            A tensor of input's shape.

        Raises:
            IndexError: if an index is out of range.
            RuntimeError: if the shapes or dtypes do not fit.

        Example:
            >>> torch.zeros(3).index_copy(0, torch.tensor([2, 0]), torch.tensor([1.0, 2.0]))
            tensor([2., 0., 1.])
        """
    def index_copy_(self, dim: _int, index: Tensor, source: Tensor) -> Self:
        """`index_copy`, written into this tensor."""
    def index_fill(self, dim: _int, index: Tensor, value: Number | Tensor) -> Tensor:
        """A copy of input with one number written at the indices along a dimension.

        Args:
            input: a tensor of any shape.
            dim: the dimension.
            index: a vector of integers; negative ones count from the end.
            value: a number, or a scalar tensor.

        Returns:
            A tensor of input's shape.

        Raises:
            IndexError: if an index is out of range.

        Example:
            >>> torch.zeros(3).index_fill(0, torch.tensor([0, 2]), 7)
            tensor([7., 0., 7.])
        """
    def index_fill_(self, dim: _int, index: Tensor, value: Number | Tensor) -> Self:
        """`index_fill`, written into this tensor."""
    def index_put(self, indices: Sequence[Any], values: Tensor, accumulate: _bool=False) -> Tensor:
        """A copy of input with values written, or added, at the indices.

        Args:
            input: a tensor of any shape.
            indices: for each of the leading dimensions an integer tensor, or a bool mask; None means
                all of it.
            values: a tensor of input's dtype, and of a shape that broadcasts to that of
                `input[indices]`.
            accumulate: whether values are added; then each of those at a repeated index counts.

        Returns:
            A tensor of input's shape.

        Raises:
            RuntimeError: if the dtypes differ, or the shapes do not fit.
            IndexError: if an index is out of range.

        Example:
            >>> x = torch.zeros(3)
            >>> x.index_put((torch.tensor([0, 0]),), torch.tensor([1.0, 2.0]), accumulate=True)
            tensor([3., 0., 0.])
        """
    def index_put_(self, indices: Sequence[Any], values: Tensor, accumulate: _bool=False) -> Self:
        """`index_put`, written into this tensor."""
    def index_reduce(self, dim: _int, index: Tensor, source: Tensor, reduce: str, *, include_self: _bool=True, out: Tensor | None=None) -> Tensor:
        """A copy of input with slices combined into the indices along a dimension.

        Args:
            input: a tensor of any shape.
            dim: the dimension.
            index: a vector of n integers.
            source: n slices in that dimension.
            reduce: "prod", "mean", "amax" or "amin".
            include_self: whether input's own elements count.
            out: the tensor to write the result to.

        Returns:
            A tensor of input's shape.

        Raises:
            IndexError: if an index is out of range.
            RuntimeError: if the shapes do not fit, or `reduce` is another word.

        Example:
            >>> x = torch.ones(2)
            >>> x.index_reduce(0, torch.tensor([0, 0]), torch.tensor([2.0, 3.0]), "prod")
            tensor([6., 1.])
        """
    def index_reduce_(self, dim: _int, index: Tensor, source: Tensor, reduce: str, *, include_self: _bool=True) -> Self:
        """`index_reduce`, written into this tensor."""
    def index_select(self, dim: _int, index: Tensor, *, out: Tensor | None=None) -> Tensor:
        """The slices along a dimension that a vector of indices names.

        Args:
            input: a tensor of any shape.
            dim: the dimension.
            index: a vector of n integers, none negative.
            out: the tensor to write the result to.

        Returns:
            A tensor of n slices in that dimension.

        Raises:
            IndexError: if an index is out of range.

        Example:
            >>> torch.tensor([[1, 2], [3, 4]]).index_select(1, torch.tensor([1, 1]))
            tensor([[2, 2],
                    [4, 4]])
        """
    def inner(self, other: Tensor, *, out: Tensor | None=None) -> Tensor:
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
    def int(self, memory_format: Any=None) -> Tensor:
        """Give this tensor elements of int32.

        Args:
            self: the tensor.
            memory_format: accepted without effect.

        Returns:
            A tensor of this one's shape; itself where it has the dtype.

        Example:
            >>> torch.ones(2).int()
            tensor([1, 1], dtype=torch.int32)
        """
    def inverse(self, *, out: Tensor | None=None) -> Tensor:
        """The inverses of matrices: `linalg.inv`.

        Args:
            input: square matrices, (..., n, n), of float32 or float64.
            out: the tensor to write the result to.

        Returns:
            The inverses, (..., n, n).

        Raises:
            LinAlgError: if a matrix is singular.
            RuntimeError: if they are no square matrices.

        Example:
            >>> torch.inverse(torch.tensor([[2.0, 0.0], [0.0, 4.0]]))
            tensor([[0.5000, 0.0000],
                    [0.0000, 0.2500]])
        """
    def is_conj(self) -> _bool:
        """Whether the tensor is a conjugate that is yet to be computed.

        Args:
            input: any tensor.

        Returns:
            False: there are no complex tensors.
        """
    def is_inference(self) -> _bool:
        """Whether the tensor was made in inference mode and may not be recorded.

        Args:
            input: any tensor.

        Returns:
            False: every tensor may be recorded later.
        """
    def is_neg(self) -> _bool:
        """Whether the tensor is a negative that is yet to be computed.

        Args:
            input: any tensor.

        Returns:
            False: negatives are computed at once.
        """
    def is_pinned(self, device: Any=None) -> _bool:
        """Whether the memory is page-locked for transfers to a GPU.

        Args:
            self: any tensor.
            device: accepted.

        Returns:
            False.
        """
    def is_same_size(self, other: Tensor) -> _bool:
        """Whether two tensors have the same shape.

        Args:
            input: a tensor.
            other: another.

        Returns:
            True if they have.
        """
    def is_shared(self) -> _bool:
        """Whether the memory is shared between processes.

        Args:
            self: any tensor.

        Returns:
            False.
        """
    def isclose(self, other: Tensor, rtol: _float=1e-05, atol: _float=1e-08, equal_nan: _bool=False) -> Tensor:
        """Where |input - other| <= atol + rtol * |other|.

        Args:
            input: a tensor.
            other: of input's dtype, and a shape that broadcasts with its.
            rtol: the relative tolerance.
            atol: the absolute tolerance.
            equal_nan: whether NaN is close to NaN.

        Returns:
            A bool tensor of the broadcast shape.

        Raises:
            RuntimeError: if the dtypes differ, a tolerance is negative, or the shapes do not broadcast.

        Example:
            >>> torch.isclose(torch.tensor([1.0, 1.0]), torch.tensor([1.0, 1.1]), atol=0.01)
            tensor([ True, False])
        """
    def isfinite(self) -> Tensor:
        """Where an element is neither NaN nor infinite.

        Args:
            input: of any shape.

        Returns:
            A bool tensor of the input's shape.

        Example:
            >>> torch.isfinite(torch.tensor([1.0, float("nan"), -float("inf")]))
            tensor([ True, False, False])
        """
    def isinf(self) -> Tensor:
        """Where an element is infinite.

        Args:
            input: of any shape.

        Returns:
            A bool tensor of the input's shape.

        Example:
            >>> torch.isinf(torch.tensor([1.0, float("nan"), -float("inf")]))
            tensor([False, False,  True])
        """
    def isnan(self) -> Tensor:
        """Where an element is NaN.

        Args:
            input: of any shape.

        Returns:
            A bool tensor of the input's shape.

        Example:
            >>> torch.isnan(torch.tensor([1.0, float("nan"), -float("inf")]))
            tensor([False,  True, False])
        """
    def isneginf(self, *, out: Tensor | None=None) -> Tensor:
        """Where an element is minus infinity.

        Args:
            input: of any shape.
            out: the tensor to write the result to.

        Returns:
            A bool tensor of the input's shape.

        Example:
            >>> torch.isneginf(torch.tensor([1.0, float("nan"), -float("inf")]))
            tensor([False, False,  True])
        """
    def isposinf(self, *, out: Tensor | None=None) -> Tensor:
        """Where an element is plus infinity.

        Args:
            input: of any shape.
            out: the tensor to write the result to.

        Returns:
            A bool tensor of the input's shape.

        Example:
            >>> torch.isposinf(torch.tensor([1.0, float("nan"), -float("inf")]))
            tensor([False, False, False])
        """
    def isreal(self) -> Tensor:
        """True everywhere: there are no complex tensors.

        Args:
            input: of any shape.

        Returns:
            A bool tensor of the input's shape.

        Example:
            >>> torch.isreal(torch.tensor([1.0, float("nan"), -float("inf")]))
            tensor([True, True, True])
        """
    def kron(self, other: Tensor, *, out: Tensor | None=None) -> Tensor:
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
    def kthvalue(self, k: _int, dim: _int=-1, keepdim: _bool=False, *, out: Sequence[Tensor] | None=None) -> KthvalueResult:
        """The k-th smallest element along a dimension, and where it was.

        Args:
            input: of any shape.
            k: counted from 1.
            dim: the dimension to look along.
            keepdim: leave it in place, with length 1.
            out: two tensors to write the results to.

        Returns:
            The named tuple of `values` and `indices` (int64), both of the input's shape without the
            dimension.

        Raises:
            IndexError: if the dimension is out of range.
            RuntimeError: if there are not k elements along it.

        Example:
            >>> torch.kthvalue(torch.tensor([3.0, 1.0, 2.0]), 2).values
            tensor(2.)
        """
    def lcm(self, other: Tensor, *, out: Tensor | None=None) -> Tensor:
        """The least common multiple.

        Args:
            input: integers.
            other: of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            NotImplementedError: of floats or bools.

        Example:
            >>> torch.lcm(torch.tensor([12, 18]), torch.tensor([8, 27]))
            tensor([24, 54])
        """
    def lcm_(self, other: Tensor) -> Self:
        """`lcm`, written into this tensor."""
    def ldexp(self, other: Tensor, *, out: Tensor | None=None) -> Tensor:
        """input * 2^other.

        Args:
            input: a tensor.
            other: the exponents, of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Example:
            >>> torch.ldexp(torch.tensor([1.0, 1.5]), torch.tensor([1, 4]))
            tensor([ 2., 24.])
        """
    def ldexp_(self, other: Tensor) -> Self:
        """`ldexp`, written into this tensor."""
    def le(self, other: TensorLike, *, out: Tensor | None=None) -> Tensor:
        """input <= other, element by element.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A bool tensor of the broadcast shape.

        Raises:
            RuntimeError: if the shapes do not broadcast.

        Example:
            >>> torch.le(torch.tensor([1, 2, 3]), 2)
            tensor([ True,  True, False])
        """
    def le_(self, other: TensorLike) -> Self:
        """`le`, written into this tensor."""
    def lerp(self, end: Tensor, weight: Tensor | Number, *, out: Tensor | None=None) -> Tensor:
        """input + weight * (end - input): the line from input to end.

        From a weight of a half on it is counted from the end, so that it ends there.

        Args:
            input: where weight is 0.
            end: where weight is 1, of a shape that broadcasts with input's.
            weight: a number, or a tensor of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape.

        Example:
            >>> torch.lerp(torch.tensor([0.0, 1.0]), torch.tensor([10.0, 11.0]), 0.5)
            tensor([5., 6.])
        """
    def lerp_(self, end: Tensor, weight: Tensor | Number) -> Self:
        """`lerp`, written into this tensor."""
    def less(self, other: TensorLike, *, out: Tensor | None=None) -> Tensor:
        """input < other, element by element.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A bool tensor of the broadcast shape.

        Raises:
            RuntimeError: if the shapes do not broadcast.

        Example:
            >>> torch.lt(torch.tensor([1, 2, 3]), 2)
            tensor([ True, False, False])
        """
    def less_(self, other: TensorLike) -> Self:
        """`less`, written into this tensor."""
    def less_equal(self, other: TensorLike, *, out: Tensor | None=None) -> Tensor:
        """input <= other, element by element.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A bool tensor of the broadcast shape.

        Raises:
            RuntimeError: if the shapes do not broadcast.

        Example:
            >>> torch.le(torch.tensor([1, 2, 3]), 2)
            tensor([ True,  True, False])
        """
    def less_equal_(self, other: TensorLike) -> Self:
        """`less_equal`, written into this tensor."""
    def lgamma(self, *, out: Tensor | None=None) -> Tensor:
        """log(|gamma(x)|), of each element x.

        Args:
            input: of any shape; integers become floats first.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.lgamma(torch.tensor([0.5, 3.0]))
            tensor([0.5724, 0.6931])
        """
    def lgamma_(self) -> Self:
        """`lgamma`, written into this tensor."""
    def log(self, *, out: Tensor | None=None) -> Tensor:
        """The natural logarithm of each element.

        Args:
            input: of any shape; integers become floats first.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.log(torch.tensor([0.5, 1.0, 2.0]))
            tensor([-0.6931,  0.0000,  0.6931])
        """
    def log10(self, *, out: Tensor | None=None) -> Tensor:
        """The logarithm to base 10 of each element.

        Args:
            input: of any shape; integers become floats first.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.log10(torch.tensor([0.5, 1.0, 2.0]))
            tensor([-0.3010,  0.0000,  0.3010])
        """
    def log10_(self) -> Self:
        """`log10`, written into this tensor."""
    def log1p(self, *, out: Tensor | None=None) -> Tensor:
        """log(1 + x), exact near 0.

        Args:
            input: of any shape; integers become floats first.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.log1p(torch.tensor([0.5, 1.0, 2.0]))
            tensor([0.4055, 0.6931, 1.0986])
        """
    def log1p_(self) -> Self:
        """`log1p`, written into this tensor."""
    def log2(self, *, out: Tensor | None=None) -> Tensor:
        """The logarithm to base 2 of each element.

        Args:
            input: of any shape; integers become floats first.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.log2(torch.tensor([0.5, 1.0, 2.0]))
            tensor([-1.,  0.,  1.])
        """
    def log2_(self) -> Self:
        """`log2`, written into this tensor."""
    def log_(self) -> Self:
        """`log`, written into this tensor."""
    def log_normal_(self, mean: _float=1.0, std: _float=2.0, *, generator: Generator | None=None) -> Tensor:
        """Draw numbers whose logarithms are normal into this tensor.

        Args:
            self: the tensor to write.
            mean: of the logarithms.
            std: their standard deviation.
            generator: the source of the random numbers. Default: the one that `manual_seed` seeds.

        Returns:
            This tensor.

        Raises:
            RuntimeError: if `std` is negative.
        """
    def log_softmax(self, dim: _int | None=None, dtype: dtypes.dtype | None=None, *, out: Tensor | None=None, _stacklevel: _int=3) -> Tensor:
        """log(softmax(x)) along a dimension, without underflow.

        Args:
            input: floating-point, of any shape.
            dim: the dimension whose exponentials add up to 1. Default: 0 for 0, 1 and 3 dimensions,
                else 1.
            dtype: a floating-point type to compute in. Default: the input's.
            out: the tensor to write the result to.

        Returns:
            The input's shape.

        Raises:
            NotImplementedError: if the elements are not floating-point.
            IndexError: if the dimension is out of range.

        Example:
            >>> torch.log_softmax(torch.tensor([0.0, 1000.0]), 0)
            tensor([-1000.,     0.])
        """
    def logaddexp(self, other: Tensor, *, out: Tensor | None=None) -> Tensor:
        """log(exp(input) + exp(other)), without overflow on the way.

        Args:
            input: a tensor; integers become floats first.
            other: of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Example:
            >>> torch.logaddexp(torch.tensor([-1.0, 1000.0]), torch.tensor([-1.0, 1000.0]))
            tensor([-3.0685e-01,  1.0007e+03])
        """
    def logaddexp2(self, other: Tensor, *, out: Tensor | None=None) -> Tensor:
        """log2(2^input + 2^other), without overflow on the way.

        Args:
            input: a tensor; integers become floats first.
            other: of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Example:
            >>> torch.logaddexp2(torch.tensor([-1.0, 1000.0]), torch.tensor([-1.0, 1000.0]))
            tensor([   0., 1001.])
        """
    def logcumsumexp(self, dim: _int, *, out: Tensor | None=None) -> Tensor:
        """log(cumsum(exp(x))) along a dimension, without overflow.

        Args:
            input: floating-point, of any shape.
            dim: the dimension.
            out: the tensor to write the result to.

        Returns:
            The input's shape.

        Raises:
            NotImplementedError: if the elements are not floating-point.
            IndexError: if the dimension is out of range.

        Example:
            >>> torch.logcumsumexp(torch.tensor([0.0, 0.0]), 0)
            tensor([0.0000, 0.6931])
        """
    def logdet(self) -> Tensor:
        """The logarithms of the determinants of matrices, NaN where these are negative.

        Args:
            input: square matrices, (..., n, n), of float32 or float64.

        Returns:
            (...).

        Raises:
            RuntimeError: if they are no square matrices.

        Example:
            >>> torch.logdet(torch.eye(3))
            tensor(0.)
        """
    def logical_and(self, other: Tensor, *, out: Tensor | None=None) -> Tensor:
        """Where both are nonzero.

        Args:
            input: a tensor.
            other: of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A bool tensor of the broadcast shape.

        Raises:
            RuntimeError: if the shapes do not broadcast.

        Example:
            >>> torch.logical_and(torch.tensor([True, False]), torch.tensor([True, True]))
            tensor([ True, False])
        """
    def logical_and_(self, other: Tensor) -> Self:
        """`logical_and`, written into this tensor."""
    def logical_not(self, *, out: Tensor | None=None) -> Tensor:
        """Where an element is zero.

        Args:
            input: of any shape.
            out: the tensor to write the result to.

        Returns:
            A bool tensor of the input's shape.

        Example:
            >>> torch.logical_not(torch.tensor([0, 1, 2]))
            tensor([ True, False, False])
        """
    def logical_not_(self) -> Self:
        """`logical_not`, written into this tensor."""
    def logical_or(self, other: Tensor, *, out: Tensor | None=None) -> Tensor:
        """Where one at least is nonzero.

        Args:
            input: a tensor.
            other: of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A bool tensor of the broadcast shape.

        Raises:
            RuntimeError: if the shapes do not broadcast.

        Example:
            >>> torch.logical_or(torch.tensor([True, False]), torch.tensor([True, True]))
            tensor([True, True])
        """
    def logical_or_(self, other: Tensor) -> Self:
        """`logical_or`, written into this tensor."""
    def logical_xor(self, other: Tensor, *, out: Tensor | None=None) -> Tensor:
        """Where exactly one is nonzero.

        Args:
            input: a tensor.
            other: of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A bool tensor of the broadcast shape.

        Raises:
            RuntimeError: if the shapes do not broadcast.

        Example:
            >>> torch.logical_xor(torch.tensor([True, False]), torch.tensor([True, True]))
            tensor([False,  True])
        """
    def logical_xor_(self, other: Tensor) -> Self:
        """`logical_xor`, written into this tensor."""
    def logit(self, eps: _float | None=None, *, out: Tensor | None=None) -> Tensor:
        """log(x / (1 - x)), the inverse of the sigmoid; NaN outside of [0, 1].

        Args:
            input: of any shape; integers become floats first.
            eps: elements are held between eps and 1 - eps first. Default: they are not.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.logit(torch.tensor([0.25, 0.5]))
            tensor([-1.0986,  0.0000])
        """
    def logit_(self, eps: _float | None=None) -> Self:
        """`logit`, written into this tensor."""
    def logsumexp(self, dim: _int | Sequence[_int], keepdim: _bool=False, *, out: Tensor | None=None) -> Tensor:
        """log(sum(exp(x))) along dimensions, without overflow: the largest element is taken out first.

        Args:
            input: of any shape; integers become floats.
            dim: the dimension, or several.
            keepdim: leave these dimensions in place, with length 1.
            out: the tensor to write the result to.

        Returns:
            The input's shape without these dimensions.

        Raises:
            IndexError: if a dimension is out of range.

        Example:
            >>> torch.logsumexp(torch.tensor([1000.0, 1000.0]), 0)
            tensor(1000.6932)
        """
    def long(self, memory_format: Any=None) -> Tensor:
        """Give this tensor elements of int64.

        Args:
            self: the tensor.
            memory_format: accepted without effect.

        Returns:
            A tensor of this one's shape; itself where it has the dtype.

        Example:
            >>> torch.tensor([1.0, -2.5]).long()
            tensor([ 1, -2])
        """
    def lt(self, other: TensorLike, *, out: Tensor | None=None) -> Tensor:
        """input < other, element by element.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A bool tensor of the broadcast shape.

        Raises:
            RuntimeError: if the shapes do not broadcast.

        Example:
            >>> torch.lt(torch.tensor([1, 2, 3]), 2)
            tensor([ True, False, False])
        """
    def lt_(self, other: TensorLike) -> Self:
        """`lt`, written into this tensor."""
    @property
    def mH(self) -> Tensor:
        """The last two dimensions exchanged: the transpose of each matrix. A view."""
    @property
    def mT(self) -> Tensor:
        """The last two dimensions exchanged: the transpose of each matrix. A view."""
    def map_(self, other: Tensor, callable: Callable[..., Any]) -> Tensor:
        """Replace each element by what a Python function makes of it and of another tensor's.

        Args:
            self: the tensor to write.
            other: the other, of a shape that broadcasts to this one's.
            callable: takes two numbers and returns one.

        Returns:
            This tensor.

        Example:
            >>> torch.tensor([1.0, 2.0]).map_(torch.tensor([10.0, 20.0]), lambda x, y: x + y)
            tensor([11., 22.])
        """
    def masked_fill(self, mask: Tensor, value: Number | Tensor) -> Tensor:
        """Input, with one number where the mask holds.

        Args:
            input: a tensor of any shape.
            mask: bools, a tensor whose shape broadcasts with input's.
            value: a number, or a scalar tensor.

        Returns:
            A tensor of the shape that the two broadcast to.

        Raises:
            RuntimeError: if the mask is not of bools, or the shapes do not fit.

        Example:
            >>> x = torch.tensor([1.0, -2.0])
            >>> x.masked_fill(x < 0, 0.0)
            tensor([1., 0.])
        """
    def masked_fill_(self, mask: Tensor, value: Number | Tensor) -> Self:
        """`masked_fill`, written into this tensor."""
    def masked_scatter(self, mask: Tensor, source: Tensor) -> Tensor:
        """Input, with the elements of source, in order, where the mask holds.

        Args:
            input: a tensor of any shape.
            mask: bools, a tensor whose shape broadcasts with input's.
            source: at least as many elements as the mask has true ones, of input's dtype.

        Returns:
            A tensor of the shape that input and mask broadcast to.

        Raises:
            RuntimeError: if the mask is not of bools, the dtypes differ, or source has too few
                elements.

        Example:
            >>> mask = torch.tensor([True, False, True])
            >>> torch.zeros(3).masked_scatter(mask, torch.tensor([1.0, 2.0]))
            tensor([1., 0., 2.])
        """
    def masked_scatter_(self, mask: Tensor, source: Tensor) -> Self:
        """`masked_scatter`, written into this tensor."""
    def masked_select(self, mask: Tensor, *, out: Tensor | None=None) -> Tensor:
        """The elements where the mask holds, as a vector.

        Args:
            input: a tensor of any shape.
            mask: bools, a tensor whose shape broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A vector of as many elements as the mask has true ones.

        Raises:
            RuntimeError: if the mask is not of bools, or the shapes do not fit.

        Example:
            >>> x = torch.tensor([1, -2, 3])
            >>> x.masked_select(x > 0)
            tensor([1, 3])
        """
    def matmul(self, other: Tensor, *, out: Tensor | None=None) -> Tensor:
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
    def matrix_power(self, n: _int, *, out: Tensor | None=None) -> Tensor:
        """The product of a matrix with itself, n times: `linalg.matrix_power`.

        Args:
            input: square matrices, (..., k, k).
            n: how many times; 0 gives the identity, a negative number the inverse's power.
            out: the tensor to write the result to.

        Returns:
            (..., k, k).

        Raises:
            LinAlgError: if n is negative and a matrix is singular.
            RuntimeError: if they are no square matrices.

        Example:
            >>> torch.matrix_power(torch.tensor([[1.0, 1.0], [0.0, 1.0]]), 5)
            tensor([[1., 5.],
                    [0., 1.]])
        """
    @overload
    def max(self, *, out: Tensor | None=None) -> Tensor:
        """The largest element, also along a dimension (`max(x, dim)`), or of two (`max(x, y)`).

        Args:
            input: of any shape; with one element at least along the dimension.
            dim: the dimension; or the other tensor. Default: all elements.
            keepdim: leave the dimension in place, with length 1.
            other: a tensor that broadcasts with the input, for the larger of each two elements.
            out: the tensor to write the result to, or along a dimension a pair of tensors.

        Returns:
            A scalar, whose gradient equal elements share evenly; along a dimension the named tuple of
            `values` and of `indices` (int64, the first of equal ones), in the input's shape without
            the dimension; of two tensors the common shape. NaN wins.

        Raises:
            IndexError: if the dimension is out of range or empty.
            RuntimeError: if there are no elements at all.

        Example:
            >>> x = torch.tensor([[1.0, 3.0], [2.0, 0.0]])
            >>> x.max()
            tensor(3.)
            >>> values, indices = torch.max(x, 1)
            >>> values, indices
            (tensor([3., 2.]), tensor([1, 0]))
        """
    @overload
    def max(self, other: Tensor, *, out: Tensor | None=None) -> Tensor:
        """The largest element, also along a dimension (`max(x, dim)`), or of two (`max(x, y)`).

        Args:
            input: of any shape; with one element at least along the dimension.
            dim: the dimension; or the other tensor. Default: all elements.
            keepdim: leave the dimension in place, with length 1.
            other: a tensor that broadcasts with the input, for the larger of each two elements.
            out: the tensor to write the result to, or along a dimension a pair of tensors.

        Returns:
            A scalar, whose gradient equal elements share evenly; along a dimension the named tuple of
            `values` and of `indices` (int64, the first of equal ones), in the input's shape without
            the dimension; of two tensors the common shape. NaN wins.

        Raises:
            IndexError: if the dimension is out of range or empty.
            RuntimeError: if there are no elements at all.

        Example:
            >>> x = torch.tensor([[1.0, 3.0], [2.0, 0.0]])
            >>> x.max()
            tensor(3.)
            >>> values, indices = torch.max(x, 1)
            >>> values, indices
            (tensor([3., 2.]), tensor([1, 0]))
        """
    @overload
    def max(self, dim: _int, keepdim: _bool=False, *, out: Sequence[Tensor] | None=None) -> MaxResult:
        """The largest element, also along a dimension (`max(x, dim)`), or of two (`max(x, y)`).

        Args:
            input: of any shape; with one element at least along the dimension.
            dim: the dimension; or the other tensor. Default: all elements.
            keepdim: leave the dimension in place, with length 1.
            other: a tensor that broadcasts with the input, for the larger of each two elements.
            out: the tensor to write the result to, or along a dimension a pair of tensors.

        Returns:
            A scalar, whose gradient equal elements share evenly; along a dimension the named tuple of
            `values` and of `indices` (int64, the first of equal ones), in the input's shape without
            the dimension; of two tensors the common shape. NaN wins.

        Raises:
            IndexError: if the dimension is out of range or empty.
            RuntimeError: if there are no elements at all.

        Example:
            >>> x = torch.tensor([[1.0, 3.0], [2.0, 0.0]])
            >>> x.max()
            tensor(3.)
            >>> values, indices = torch.max(x, 1)
            >>> values, indices
            (tensor([3., 2.]), tensor([1, 0]))
        """
    def maximum(self, other: Tensor, *, out: Tensor | None=None) -> Tensor:
        """The larger of two, element by element.

        NaN wins. Where the two are equal each gets half of the gradient.

        Args:
            input: a tensor.
            other: of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            RuntimeError: if the shapes do not broadcast.

        Example:
            >>> torch.maximum(torch.tensor([1.0, 5.0]), torch.tensor([3.0, float("nan")]))
            tensor([3., nan])
        """
    def mean(self, dim: Dims=None, keepdim: _bool=False, *, dtype: dtypes.dtype | None=None, out: Tensor | None=None) -> Tensor:
        """The mean of all elements, or along dimensions.

        Args:
            input: floating-point, of any shape.
            dim: the dimension, or several, to average along. Default: all.
            keepdim: leave these dimensions in place, with length 1.
            dtype: a floating-point type to compute in. Default: the input's.
            out: the tensor to write the result to.

        Returns:
            The input's shape without these dimensions; a scalar for all. NaN of no elements.

        Raises:
            RuntimeError: if the elements are not floating-point.
            IndexError: if a dimension is out of range.

        Example:
            >>> torch.mean(torch.tensor([[1.0, 2.0], [3.0, 4.0]]), dim=1)
            tensor([1.5000, 3.5000])
        """
    @overload
    def median(self) -> Tensor:
        """The lower middle element, also along a dimension (`median(x, dim)`).

        Args:
            input: of any shape; with one element at least along the dimension.
            dim: the dimension. Default: all elements.
            keepdim: leave the dimension in place, with length 1.
            out: along a dimension, two tensors to write the results to.

        Returns:
            A scalar, whose gradient equal elements share evenly, NaN of no elements; along a dimension
            the named tuple of `values` and `indices` (int64), in the input's shape without the
            dimension. NaN wins.

        Raises:
            IndexError: if the dimension is out of range or empty.

        Example:
            >>> x = torch.tensor([[1.0, 5.0, 2.0], [4.0, 3.0, 6.0]])
            >>> x.median()
            tensor(3.)
            >>> x.median(1).values
            tensor([2., 4.])
        """
    @overload
    def median(self, dim: _int, keepdim: _bool=False, *, out: Sequence[Tensor] | None=None) -> MedianResult:
        """The lower middle element, also along a dimension (`median(x, dim)`).

        Args:
            input: of any shape; with one element at least along the dimension.
            dim: the dimension. Default: all elements.
            keepdim: leave the dimension in place, with length 1.
            out: along a dimension, two tensors to write the results to.

        Returns:
            A scalar, whose gradient equal elements share evenly, NaN of no elements; along a dimension
            the named tuple of `values` and `indices` (int64), in the input's shape without the
            dimension. NaN wins.

        Raises:
            IndexError: if the dimension is out of range or empty.

        Example:
            >>> x = torch.tensor([[1.0, 5.0, 2.0], [4.0, 3.0, 6.0]])
            >>> x.median()
            tensor(3.)
            >>> x.median(1).values
            tensor([2., 4.])
        """
    @overload
    def min(self, *, out: Tensor | None=None) -> Tensor:
        """The smallest element, or along a dimension (`min(x, dim)`), or of two tensors (`min(x, y)`).

        Args:
            input: of any shape; with one element at least along the dimension.
            dim: the dimension; or the other tensor. Default: all elements.
            keepdim: leave the dimension in place, with length 1.
            other: a tensor that broadcasts with the input, for the smaller of each two elements.
            out: the tensor to write the result to, or along a dimension a pair of tensors.

        Returns:
            A scalar, whose gradient equal elements share evenly; along a dimension the named tuple of
            `values` and of `indices` (int64, the first of equal ones), in the input's shape without
            the dimension; of two tensors the common shape. NaN wins.

        Raises:
            IndexError: if the dimension is out of range or empty.
            RuntimeError: if there are no elements at all.

        Example:
            >>> x = torch.tensor([[1.0, 3.0], [2.0, 0.0]])
            >>> x.min()
            tensor(0.)
            >>> x.min(1).indices
            tensor([0, 1])
        """
    @overload
    def min(self, other: Tensor, *, out: Tensor | None=None) -> Tensor:
        """The smallest element, or along a dimension (`min(x, dim)`), or of two tensors (`min(x, y)`).

        Args:
            input: of any shape; with one element at least along the dimension.
            dim: the dimension; or the other tensor. Default: all elements.
            keepdim: leave the dimension in place, with length 1.
            other: a tensor that broadcasts with the input, for the smaller of each two elements.
            out: the tensor to write the result to, or along a dimension a pair of tensors.

        Returns:
            A scalar, whose gradient equal elements share evenly; along a dimension the named tuple of
            `values` and of `indices` (int64, the first of equal ones), in the input's shape without
            the dimension; of two tensors the common shape. NaN wins.

        Raises:
            IndexError: if the dimension is out of range or empty.
            RuntimeError: if there are no elements at all.

        Example:
            >>> x = torch.tensor([[1.0, 3.0], [2.0, 0.0]])
            >>> x.min()
            tensor(0.)
            >>> x.min(1).indices
            tensor([0, 1])
        """
    @overload
    def min(self, dim: _int, keepdim: _bool=False, *, out: Sequence[Tensor] | None=None) -> MinResult:
        """The smallest element, or along a dimension (`min(x, dim)`), or of two tensors (`min(x, y)`).

        Args:
            input: of any shape; with one element at least along the dimension.
            dim: the dimension; or the other tensor. Default: all elements.
            keepdim: leave the dimension in place, with length 1.
            other: a tensor that broadcasts with the input, for the smaller of each two elements.
            out: the tensor to write the result to, or along a dimension a pair of tensors.

        Returns:
            A scalar, whose gradient equal elements share evenly; along a dimension the named tuple of
            `values` and of `indices` (int64, the first of equal ones), in the input's shape without
            the dimension; of two tensors the common shape. NaN wins.

        Raises:
            IndexError: if the dimension is out of range or empty.
            RuntimeError: if there are no elements at all.

        Example:
            >>> x = torch.tensor([[1.0, 3.0], [2.0, 0.0]])
            >>> x.min()
            tensor(0.)
            >>> x.min(1).indices
            tensor([0, 1])
        """
    def minimum(self, other: Tensor, *, out: Tensor | None=None) -> Tensor:
        """The smaller of two, element by element.

        NaN wins. Where the two are equal each gets half of the gradient.

        Args:
            input: a tensor.
            other: of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            RuntimeError: if the shapes do not broadcast.

        Example:
            >>> torch.minimum(torch.tensor([1.0, 5.0]), torch.tensor([3.0, float("nan")]))
            tensor([1., nan])
        """
    def mm(self, mat2: Tensor, *, out: Tensor | None=None) -> Tensor:
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
    def mode(self, dim: _int=-1, keepdim: _bool=False, *, out: Sequence[Tensor] | None=None) -> ModeResult:
        """The most frequent value along a dimension, the smallest of equals, and its last place.

        Args:
            input: of any shape, with one element at least along the dimension.
            dim: the dimension to look along.
            keepdim: leave it in place, with length 1.
            out: two tensors to write the results to.

        Returns:
            The named tuple of `values` and `indices` (int64), both of the input's shape without the
            dimension.

        Raises:
            IndexError: if the dimension is out of range or empty.

        Example:
            >>> torch.mode(torch.tensor([3, 1, 3, 2])).values
            tensor(3)
        """
    def moveaxis(self, source: _int | Sequence[_int], destination: _int | Sequence[_int]) -> Tensor:
        """Dimensions moved to other places, the rest in their order: a view.

        Args:
            input: a tensor of any shape.
            source: the dimension, or dimensions, to move.
            destination: where each of them goes.

        Returns:
            A view with the dimensions in that order.

        Raises:
            RuntimeError: if source and destination do not name as many dimensions.

        Example:
            >>> torch.zeros(2, 3, 4).movedim(0, -1).shape
            torch.Size([3, 4, 2])
        """
    def movedim(self, source: _int | Sequence[_int], destination: _int | Sequence[_int]) -> Tensor:
        """Dimensions moved to other places, the rest in their order: a view.

        Args:
            input: a tensor of any shape.
            source: the dimension, or dimensions, to move.
            destination: where each of them goes.

        Returns:
            A view with the dimensions in that order.

        Raises:
            RuntimeError: if source and destination do not name as many dimensions.

        Example:
            >>> torch.zeros(2, 3, 4).movedim(0, -1).shape
            torch.Size([3, 4, 2])
        """
    def msort(self, *, out: Tensor | None=None) -> Tensor:
        """The elements sorted along the first dimension.

        Args:
            input: of any shape.
            out: the tensor to write the result to.

        Returns:
            The input's shape.

        Example:
            >>> torch.msort(torch.tensor([[3.0, 1.0], [2.0, 4.0]]))
            tensor([[2., 1.],
                    [3., 4.]])
        """
    def mul(self, other: TensorLike, *, out: Tensor | None=None) -> Tensor:
        """input * other, element by element, with broadcasting and type promotion.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            RuntimeError: if the shapes do not broadcast.

        Example:
            >>> torch.mul(torch.tensor([1.0, 2.0]), torch.tensor([[3.0], [4.0]]))
            tensor([[3., 6.],
                    [4., 8.]])
        """
    def mul_(self, other: TensorLike) -> Self:
        """`mul`, written into this tensor."""
    def multinomial(self, num_samples: _int, replacement: _bool=False, *, generator: Generator | None=None, out: Tensor | None=None) -> Tensor:
        """Draw indices with the probabilities in a vector, or in each row of a matrix.

        Without replacement the draws are the largest of log p plus Gumbel noise (Yellott 1977).

        Args:
            input: the probabilities, (n,) or (rows, n); they need not sum to 1.
            num_samples: how many indices are drawn from each row.
            replacement: whether an index can be drawn again.
            generator: the source of the random numbers. Default: the one that `manual_seed` seeds.
            out: the tensor to write the result to.

        Returns:
            A tensor of int64, (num_samples,) or (rows, num_samples).

        Raises:
            RuntimeError: if a probability is negative, infinite or NaN, if they sum to 0, if
                `num_samples` is negative, or if fewer probabilities than that are positive and
                there is no replacement.

        Example:
            >>> torch.multinomial(torch.tensor([0.0, 1.0]), 3, replacement=True)
            tensor([1, 1, 1])
        """
    def multiply(self, other: TensorLike, *, out: Tensor | None=None) -> Tensor:
        """input * other, element by element, with broadcasting and type promotion.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            RuntimeError: if the shapes do not broadcast.

        Example:
            >>> torch.mul(torch.tensor([1.0, 2.0]), torch.tensor([[3.0], [4.0]]))
            tensor([[3., 6.],
                    [4., 8.]])
        """
    def multiply_(self, other: TensorLike) -> Self:
        """`multiply`, written into this tensor."""
    def mv(self, vec: Tensor, *, out: Tensor | None=None) -> Tensor:
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
    def mvlgamma(self, p: _int, *, out: Tensor | None=None) -> Tensor:
        """The logarithm of the multivariate gamma function.

        Args:
            input: of any shape; integers become floats first.
            p: the dimension, at least 1.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Raises:
            RuntimeError: if p is below 1.

        Example:
            >>> torch.mvlgamma(torch.tensor([2.0, 3.0]), 2)
            tensor([0.4516, 1.5502])
        """
    def mvlgamma_(self, p: _int) -> Self:
        """`mvlgamma`, written into this tensor."""
    def nan_to_num(self, nan: _float | None=None, posinf: _float | None=None, neginf: _float | None=None, *, out: Tensor | None=None) -> Tensor:
        """NaN and infinities replaced. The gradient of what is replaced is 0.

        Args:
            input: of any shape.
            nan: what NaN becomes. Default: 0.
            posinf: what infinity becomes. Default: the dtype's largest number.
            neginf: what minus infinity becomes. Default: the dtype's smallest number.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.nan_to_num(torch.tensor([float("nan"), float("inf"), 1.0]), posinf=9.0)
            tensor([0., 9., 1.])
        """
    def nan_to_num_(self, nan: _float | None=None, posinf: _float | None=None, neginf: _float | None=None) -> Self:
        """`nan_to_num`, written into this tensor."""
    def nanmean(self, dim: Dims=None, keepdim: _bool=False, *, dtype: dtypes.dtype | None=None, out: Tensor | None=None) -> Tensor:
        """The mean of the elements that are not NaN, of all or along dimensions.

        Args:
            input: of any shape.
            dim: the dimension, or several. Default: all.
            keepdim: leave these dimensions in place, with length 1.
            dtype: of the sum. Default: the input's, int64 for integers and bools.
            out: the tensor to write the result to.

        Returns:
            The input's shape without these dimensions; a scalar for all.

        Raises:
            IndexError: if a dimension is out of range.

        Example:
            >>> torch.nanmean(torch.tensor([1.0, np.nan, 2.0]))
            tensor(1.5000)
        """
    @overload
    def nanmedian(self) -> Tensor:
        """`median` of the elements that are not NaN; NaN where there are none.

        Args:
            input: of any shape; with one element at least along the dimension.
            dim: the dimension. Default: all elements.
            keepdim: leave the dimension in place, with length 1.
            out: along a dimension, two tensors to write the results to.

        Returns:
            A scalar, whose gradient equal elements share evenly; along a dimension the named tuple of
            `values` and `indices` (int64), in the input's shape without the dimension.

        Raises:
            IndexError: if the dimension is out of range or empty.

        Example:
            >>> torch.nanmedian(torch.tensor([1.0, np.nan, 2.0]))
            tensor(1.)
        """
    @overload
    def nanmedian(self, dim: _int, keepdim: _bool=False, *, out: Sequence[Tensor] | None=None) -> NanmedianResult:
        """`median` of the elements that are not NaN; NaN where there are none.

        Args:
            input: of any shape; with one element at least along the dimension.
            dim: the dimension. Default: all elements.
            keepdim: leave the dimension in place, with length 1.
            out: along a dimension, two tensors to write the results to.

        Returns:
            A scalar, whose gradient equal elements share evenly; along a dimension the named tuple of
            `values` and `indices` (int64), in the input's shape without the dimension.

        Raises:
            IndexError: if the dimension is out of range or empty.

        Example:
            >>> torch.nanmedian(torch.tensor([1.0, np.nan, 2.0]))
            tensor(1.)
        """
    def nanquantile(self, q: _float | Tensor, dim: _int | None=None, keepdim: _bool=False, *, interpolation: str='linear', out: Tensor | None=None) -> Tensor:
        """`quantile` of the elements that are not NaN; NaN where there are none.

        Args:
            input: float32 or float64, of any shape, not empty.
            q: from 0 to 1: a number, or a vector of m of them in the input's dtype.
            dim: the dimension. Default: all.
            keepdim: leave it in place, with length 1.
            interpolation: "linear" (the default), "lower", "higher", "midpoint" or "nearest".
            out: the tensor to write the result to.

        Returns:
            The input's shape without the dimension, behind a dimension of m if q is a vector.

        Raises:
            RuntimeError: if an argument is none of these.
            IndexError: if the dimension is out of range.

        Example:
            >>> torch.nanquantile(torch.tensor([1.0, np.nan, 2.0]), 0.5)
            tensor(1.5000)
        """
    def nansum(self, dim: Dims=None, keepdim: _bool=False, *, dtype: dtypes.dtype | None=None, out: Tensor | None=None) -> Tensor:
        """The sum of all elements, or along dimensions; NaN counts as 0.

        Args:
            input: of any shape.
            dim: the dimension, or several. Default: all.
            keepdim: leave these dimensions in place, with length 1.
            dtype: of the result. Default: the input's, int64 for integers and bools.
            out: the tensor to write the result to.

        Returns:
            The input's shape without these dimensions; a scalar for all.

        Raises:
            IndexError: if a dimension is out of range.

        Example:
            >>> torch.nansum(torch.tensor([1.0, np.nan, 2.0]))
            tensor(3.)
        """
    def narrow(self, dim: _int, start: _int | Tensor, length: _int) -> Tensor:
        """`length` elements along a dimension from `start`: a view.

        Args:
            input: a tensor with at least one dimension.
            dim: the dimension.
            start: the first of them, an int or an integer scalar; negative ones count from the end.
            length: how many.

        Returns:
            A view with `length` elements in that dimension.

        Raises:
            IndexError: if start is out of range.
            RuntimeError: if there are not so many elements.

        Example:
            >>> torch.arange(5).narrow(0, 1, 3)
            tensor([1, 2, 3])
        """
    def narrow_copy(self, dim: _int, start: _int, length: _int, *, out: Tensor | None=None) -> Tensor:
        """A copy of `length` elements along a dimension from `start`.

        Args:
            input: a tensor with at least one dimension.
            dim: the dimension.
            start: the first of them; negative ones count from the end.
            length: how many.
            out: the tensor to write the result to.

        Returns:
            A tensor with `length` elements in that dimension.

        Raises:
            IndexError: if start is out of range.
            RuntimeError: if there are not so many elements.
        """
    def ne(self, other: TensorLike, *, out: Tensor | None=None) -> Tensor:
        """input != other, element by element.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A bool tensor of the broadcast shape.

        Raises:
            RuntimeError: if the shapes do not broadcast.

        Example:
            >>> torch.ne(torch.tensor([1, 2, 3]), 2)
            tensor([ True, False,  True])
        """
    def ne_(self, other: TensorLike) -> Self:
        """`ne`, written into this tensor."""
    def neg(self, *, out: Tensor | None=None) -> Tensor:
        """-input.

        Args:
            input: of any shape; no bools.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Raises:
            RuntimeError: of a bool tensor.

        Example:
            >>> torch.neg(torch.tensor([1.0, -2.0]))
            tensor([-1.,  2.])
        """
    def neg_(self) -> Self:
        """`neg`, written into this tensor."""
    def negative(self, *, out: Tensor | None=None) -> Tensor:
        """-input.

        Args:
            input: of any shape; no bools.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Raises:
            RuntimeError: of a bool tensor.

        Example:
            >>> torch.neg(torch.tensor([1.0, -2.0]))
            tensor([-1.,  2.])
        """
    def negative_(self) -> Self:
        """`negative`, written into this tensor."""
    def new(self, *data: Any, device: DeviceLike | None=None) -> Tensor:
        """Make a tensor of this one's dtype, of a shape (`x.new(2, 3)`) or of data (`x.new([1])`).

        Args:
            self: whose dtype is taken.
            data: the shape, as numbers or as a `Size`, or data as for `tensor`.
            device: the CPU, or None for it.

        Returns:
            A new tensor.
        """
    def new_empty(self, *sizes: _int | Sequence[_int], size: Sequence[_int] | None=None, dtype: DtypeLike | None=None, layout: Any=None, device: DeviceLike | None=None, pin_memory: _bool=False, requires_grad: _bool=False) -> Tensor:
        """Make a tensor in this tensor's dtype, of elements yet to be set: zeros until then.

        Args:
            self: whose dtype is taken.
            sizes: the shape, as numbers or as one sequence.
            size: the shape, as a keyword.
            dtype: of the elements. Default: this tensor's.
            layout: accepted; every tensor is strided.
            device: where the tensor is to be: the CPU, or None for it.
            pin_memory: accepted without effect.
            requires_grad: whether operations on the tensor are recorded.

        Returns:
            A tensor of that shape.
        """
    def new_full(self, size: _int | Sequence[_int], fill_value: Number | Tensor, *, dtype: DtypeLike | None=None, layout: Any=None, device: DeviceLike | None=None, pin_memory: _bool=False, requires_grad: _bool=False) -> Tensor:
        """Make a tensor that holds one number throughout, in this tensor's dtype.

        Args:
            self: whose dtype is taken.
            size: the shape.
            fill_value: the number, or a tensor of one element.
            dtype: of the elements. Default: this tensor's.
            layout: accepted; every tensor is strided.
            device: where the tensor is to be: the CPU, or None for it.
            pin_memory: accepted without effect.
            requires_grad: whether operations on the tensor are recorded.

        Returns:
            A tensor of that shape.
        """
    def new_ones(self, *sizes: _int | Sequence[_int], size: Sequence[_int] | None=None, dtype: DtypeLike | None=None, layout: Any=None, device: DeviceLike | None=None, pin_memory: _bool=False, requires_grad: _bool=False) -> Tensor:
        """Make a tensor of ones in this tensor's dtype.

        Args:
            self: whose dtype is taken.
            sizes: the shape, as numbers or as one sequence.
            size: the shape, as a keyword.
            dtype: of the elements. Default: this tensor's.
            layout: accepted; every tensor is strided.
            device: where the tensor is to be: the CPU, or None for it.
            pin_memory: accepted without effect.
            requires_grad: whether operations on the tensor are recorded.

        Returns:
            A tensor of that shape.
        """
    def new_tensor(self, data: Any, *, dtype: DtypeLike | None=None, layout: Any=None, device: DeviceLike | None=None, pin_memory: _bool=False, requires_grad: _bool=False) -> Tensor:
        """Make a new tensor of the numbers in `data`, in this tensor's dtype.

        Args:
            self: whose dtype is taken.
            data: as for `tensor`.
            dtype: of the elements. Default: this tensor's.
            layout: accepted; every tensor is strided.
            device: where the tensor is to be: the CPU, or None for it.
            pin_memory: accepted without effect.
            requires_grad: whether operations on the tensor are recorded.

        Returns:
            A tensor of the shape of the data.

        Example:
            >>> torch.ones(2).new_tensor([1, 2])
            tensor([1., 2.])
        """
    def new_zeros(self, *sizes: _int | Sequence[_int], size: Sequence[_int] | None=None, dtype: DtypeLike | None=None, layout: Any=None, device: DeviceLike | None=None, pin_memory: _bool=False, requires_grad: _bool=False) -> Tensor:
        """Make a tensor of zeros in this tensor's dtype.

        Args:
            self: whose dtype is taken.
            sizes: the shape, as numbers or as one sequence.
            size: the shape, as a keyword.
            dtype: of the elements. Default: this tensor's.
            layout: accepted; every tensor is strided.
            device: where the tensor is to be: the CPU, or None for it.
            pin_memory: accepted without effect.
            requires_grad: whether operations on the tensor are recorded.

        Returns:
            A tensor of that shape.
        """
    def nextafter(self, other: Tensor, *, out: Tensor | None=None) -> Tensor:
        """The next number that the dtype holds after input, towards other.

        Args:
            input: a floating-point tensor.
            other: of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            NotImplementedError: of integers.

        Example:
            >>> torch.nextafter(torch.tensor([1.0]), torch.tensor([2.0])) - 1
            tensor([1.1921e-07])
        """
    def nextafter_(self, other: Tensor) -> Self:
        """`nextafter`, written into this tensor."""
    @overload
    def nonzero(self, *, as_tuple: Literal[False]=False, out: Tensor | None=None) -> Tensor:
        """The indices of the elements that are not 0.

        Args:
            input: a tensor of any shape.
            as_tuple: whether to give a vector of indices for each dimension.
            out: the tensor to write the result to.

        Returns:
            An int64 matrix with a row for each of n such elements, and a column for each dimension;
            or a tuple of one vector of n for each dimension.

        Example:
            >>> torch.tensor([[0, 1], [2, 0]]).nonzero()
            tensor([[0, 1],
                    [1, 0]])
        """
    @overload
    def nonzero(self, *, as_tuple: Literal[True]) -> tuple[Tensor, ...]:
        """The indices of the elements that are not 0.

        Args:
            input: a tensor of any shape.
            as_tuple: whether to give a vector of indices for each dimension.
            out: the tensor to write the result to.

        Returns:
            An int64 matrix with a row for each of n such elements, and a column for each dimension;
            or a tuple of one vector of n for each dimension.

        Example:
            >>> torch.tensor([[0, 1], [2, 0]]).nonzero()
            tensor([[0, 1],
                    [1, 0]])
        """
    def norm(self, p: _float | str | None='fro', dim: Dims=None, keepdim: _bool=False, out: Tensor | None=None, dtype: dtypes.dtype | None=None) -> Tensor:
        """The p-norm of the elements, or along dimensions.

        Args:
            input: floating-point, of any shape.
            p: a number, infinities included; 0 counts the elements that are not 0; "fro" is 2; "nuc" is
                the sum of the singular values of the matrices in two dimensions.
            dim: the dimension, or several. Default: all, and for "nuc" the first two.
            keepdim: leave these dimensions in place, with length 1.
            out: the tensor to write the result to.
            dtype: a floating-point type to compute in. Default: the input's.

        Returns:
            The input's shape without these dimensions. The gradient of a length of 0 is 0.

        Raises:
            RuntimeError: if the elements are not floating-point.
            IndexError: if a dimension is out of range.

        Example:
            >>> torch.norm(torch.tensor([[3.0, 4.0], [0.0, 5.0]]), dim=1)
            tensor([5., 5.])
        """
    def normal_(self, mean: _float=0.0, std: _float=1.0, *, generator: Generator | None=None) -> Tensor:
        """Draw normal numbers into this tensor.

        Args:
            self: the tensor to write.
            mean: of the numbers.
            std: their standard deviation.
            generator: the source of the random numbers. Default: the one that `manual_seed` seeds.

        Returns:
            This tensor.

        Raises:
            RuntimeError: if `std` is negative.

        Example:
            >>> torch.empty(2, 3).normal_(0, 0.01).shape
            torch.Size([2, 3])
        """
    def not_equal(self, other: TensorLike, *, out: Tensor | None=None) -> Tensor:
        """input != other, element by element.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A bool tensor of the broadcast shape.

        Raises:
            RuntimeError: if the shapes do not broadcast.

        Example:
            >>> torch.ne(torch.tensor([1, 2, 3]), 2)
            tensor([ True, False,  True])
        """
    def not_equal_(self, other: TensorLike) -> Self:
        """`not_equal`, written into this tensor."""
    def outer(self, vec2: Tensor, *, out: Tensor | None=None) -> Tensor:
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
    @overload
    def permute(self, dims: Sequence[_int]) -> Tensor:
        """The dimensions in another order: a view.

        Args:
            input: a tensor of any shape.
            dims: for each dimension of the result the one of input: a sequence, or the first of them.
            more: the others.

        Returns:
            A view whose dimension i is input's dimension `dims[i]`.

        Raises:
            RuntimeError: if the order does not name each dimension once.

        Example:
            >>> torch.zeros(2, 3, 4).permute(2, 0, 1).shape
            torch.Size([4, 2, 3])
        """
    @overload
    def permute(self, *dims: _int) -> Tensor:
        """The dimensions in another order: a view.

        Args:
            input: a tensor of any shape.
            dims: for each dimension of the result the one of input: a sequence, or the first of them.
            more: the others.

        Returns:
            A view whose dimension i is input's dimension `dims[i]`.

        Raises:
            RuntimeError: if the order does not name each dimension once.

        Example:
            >>> torch.zeros(2, 3, 4).permute(2, 0, 1).shape
            torch.Size([4, 2, 3])
        """
    def pin_memory(self, device: Any=None) -> Tensor:
        """Give this tensor: there is no GPU to lock its memory for.

        Args:
            self: the tensor.
            device: accepted without effect.

        Returns:
            This tensor.
        """
    def pinverse(self, rcond: _float=1e-15) -> Tensor:
        """The pseudoinverses of matrices: `linalg.pinv`.

        Args:
            input: matrices, (..., m, n), of float32 or float64.
            rcond: singular values up to this times the largest count as 0.

        Returns:
            (..., n, m).

        Raises:
            LinAlgError: if LAPACK does not converge.
            RuntimeError: if they are no matrices.

        Example:
            >>> torch.pinverse(torch.tensor([[2.0, 0.0], [0.0, 0.0]]))
            tensor([[0.5000, 0.0000],
                    [0.0000, 0.0000]])
        """
    def polygamma(self, n: _int) -> Tensor:
        """The n-th derivative of digamma.

        Args:
            n: which derivative; not negative.

        Returns:
            A tensor of the same shape.
        """
    def polygamma_(self, n: _int) -> Self:
        """`polygamma`, written into this tensor."""
    def positive(self) -> Tensor:
        """+x, which is the tensor itself.

        Args:
            input: of any shape.

        Returns:
            The input.

        Example:
            >>> torch.positive(torch.tensor([-1.5, 0.5, 1.7]))
            tensor([-1.5000,  0.5000,  1.7000])
        """
    def pow(self, exponent: TensorLike, *, out: Tensor | None=None) -> Tensor:
        """input to the power of exponent, element by element.

        The gradient by the exponent is 0 where input and exponent are 0, as in PyTorch.

        Args:
            input: a tensor or a number.
            exponent: a tensor or a number, of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            NotImplementedError: of bool tensors.
            RuntimeError: if the shapes do not broadcast, or of an integer tensor by a negative number.

        Example:
            >>> torch.pow(torch.tensor([1.0, 2.0, 3.0]), 2)
            tensor([1., 4., 9.])
        """
    def pow_(self, exponent: TensorLike) -> Self:
        """`pow`, written into this tensor."""
    def prod(self, dim: _int | None=None, keepdim: _bool=False, *, dtype: dtypes.dtype | None=None, out: Tensor | None=None) -> Tensor:
        """The product of all elements, or along a dimension.

        The gradient by an element is the product of the others: nothing is divided, so zeros are no
        special case.

        Args:
            input: of any shape.
            dim: the dimension to multiply along. Default: all.
            keepdim: leave this dimension in place, with length 1.
            dtype: of the result. Default: the input's, int64 for integers and bools.
            out: the tensor to write the result to.

        Returns:
            The input's shape without the dimension; a scalar for all. 1 of no elements.

        Raises:
            IndexError: if the dimension is out of range.

        Example:
            >>> torch.prod(torch.tensor([[1.0, 2.0], [3.0, 4.0]]), 0)
            tensor([3., 8.])
        """
    def put(self, index: Tensor, source: Tensor, accumulate: _bool=False) -> Tensor:
        """A copy of input with elements written, or added, at indices into the flattened input.

        Args:
            input: a tensor of any shape.
            index: integers, a tensor of any shape; negative ones count from the end.
            source: as many elements, of input's dtype.
            accumulate: whether they are added.

        Returns:
            A tensor of input's shape.

        Raises:
            RuntimeError: if the dtypes differ, or the numbers of elements.
            IndexError: if an index is out of range.

        Example:
            >>> torch.zeros(2, 2).put(torch.tensor([3]), torch.tensor([5.0]))
            tensor([[0., 0.],
                    [0., 5.]])
        """
    def put_(self, index: Tensor, source: Tensor, accumulate: _bool=False) -> Self:
        """`put`, written into this tensor."""
    def qr(self, some: _bool=True, *, out: Sequence[Tensor] | None=None) -> QR:
        """Orthonormal Q and upper triangular R with Q @ R = input: `linalg.qr`.

        Args:
            input: matrices, (..., m, n), of float32 or float64.
            some: whether Q has only min(m, n) columns; else it is square.
            out: two tensors to write the results to.

        Returns:
            The named tuple (Q, R).

        Raises:
            RuntimeError: if they are no matrices.

        Example:
            >>> torch.qr(torch.ones(3, 2)).Q.shape
            torch.Size([3, 2])
        """
    def quantile(self, q: _float | Tensor, dim: _int | None=None, keepdim: _bool=False, *, interpolation: str='linear', out: Tensor | None=None) -> Tensor:
        """The q-th quantile of all elements or along a dimension, between the two nearest of them.

        Args:
            input: float32 or float64, of any shape, not empty.
            q: from 0 to 1: a number, or a vector of m of them in the input's dtype.
            dim: the dimension. Default: all.
            keepdim: leave it in place, with length 1.
            interpolation: "linear" (the default), "lower", "higher", "midpoint" or "nearest".
            out: the tensor to write the result to.

        Returns:
            The input's shape without the dimension, behind a dimension of m if q is a vector. NaN if
            an element is NaN.

        Raises:
            RuntimeError: if an argument is none of these.
            IndexError: if the dimension is out of range.

        Example:
            >>> torch.quantile(torch.tensor([1.0, 2.0, 4.0]), 0.75)
            tensor(3.)
        """
    def rad2deg(self, *, out: Tensor | None=None) -> Tensor:
        """Radians to degrees.

        Args:
            input: of any shape; integers become floats first.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.rad2deg(torch.tensor([1.0, 2.0]))
            tensor([ 57.2958, 114.5916])
        """
    def rad2deg_(self) -> Self:
        """`rad2deg`, written into this tensor."""
    def random_(self, from_: _int=0, to: _int | None=None, *, generator: Generator | None=None, **options: _int) -> Tensor:
        """Draw integers into this tensor: from [from_, to), or with one number given from [0, from_).

        Args:
            self: the tensor to write.
            from_: the least integer; given alone, it is `to`, and the least is 0.
            to: the integers are below it. Default: what the dtype can hold; 2**24 for floats.
            generator: the source of the random numbers. Default: the one that `manual_seed` seeds.
            options: `from`, PyTorch's name of from_.

        Returns:
            This tensor.

        Raises:
            RuntimeError: unless from_ < to.
        """
    def ravel(self) -> Tensor:
        """The elements as a vector: a view where that is possible.

        Args:
            input: a tensor of any shape.

        Returns:
            A vector of input's elements in row-major order.
        """
    @property
    def real(self) -> Tensor:
        """The real part: of real numbers, they themselves.

        Args:
            input: any tensor.

        Returns:
            The input.
        """
    def reciprocal(self, *, out: Tensor | None=None) -> Tensor:
        """1 / x, of each element x.

        Args:
            input: of any shape; integers become floats first.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.reciprocal(torch.tensor([0.5, 1.0, 2.0]))
            tensor([2.0000, 1.0000, 0.5000])
        """
    def reciprocal_(self) -> Self:
        """`reciprocal`, written into this tensor."""
    def register_hook(self, hook: Hook) -> RemovableHandle:
        """Call `hook(gradient)` whenever this tensor's gradient is computed; it may return another.

        Args:
            hook: gets the gradient, of this tensor's shape, before it is used.

        Returns:
            A handle whose `remove()` takes the hook out again.

        Raises:
            RuntimeError: if the tensor does not require a gradient.

        Example:
            >>> x = torch.ones(2, requires_grad=True)
            >>> handle = x.register_hook(lambda g: g * 10)
            >>> x.sum().backward()
            >>> x.grad
            tensor([10., 10.])
        """
    def register_post_accumulate_grad_hook(self, hook: Callable[[Tensor], None]) -> RemovableHandle:
        """Call `hook(tensor)` whenever a backward pass has added a gradient to this leaf's `grad`.

        Args:
            hook: gets the tensor itself, may step an optimizer and drop `grad`, and returns nothing.

        Returns:
            A handle whose `remove()` takes the hook out again.

        Raises:
            RuntimeError: if the tensor does not require a gradient, or is no leaf.

        Example:
            >>> x = torch.ones(2, requires_grad=True)
            >>> handle = x.register_post_accumulate_grad_hook(lambda p: print(p.grad))
            >>> (x * 3).sum().backward()
            tensor([3., 3.])
        """
    def relu(self) -> Tensor:
        """max(x, 0) of each element x; its gradient at 0 is 0.

        Args:
            input: of any shape.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.relu(torch.tensor([-1.5, 0.5, 1.7]))
            tensor([0.0000, 0.5000, 1.7000])
        """
    def relu_(self) -> Self:
        """`relu`, written into this tensor."""
    def remainder(self, other: TensorLike, *, out: Tensor | None=None) -> Tensor:
        """Python's %: the remainder of division, with the sign of other.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            RuntimeError: if the shapes do not broadcast, or integers are divided by 0.

        Example:
            >>> torch.remainder(torch.tensor([7, -7]), 3)
            tensor([1, 2])
        """
    def remainder_(self, other: TensorLike) -> Self:
        """`remainder`, written into this tensor."""
    def renorm(self, p: _float, dim: _int, maxnorm: _float, *, out: Tensor | None=None) -> Tensor:
        """Slices along a dimension, scaled down to a p-norm of at most `maxnorm`.

        Args:
            input: floating-point, of two dimensions or more.
            p: of the norm.
            dim: the dimension whose slices are measured.
            maxnorm: the largest norm that a slice may have.
            out: the tensor to write the result to.

        Returns:
            The input's shape.

        Raises:
            RuntimeError: if the input has fewer than two dimensions.
            IndexError: if the dimension is out of range.

        Example:
            >>> torch.renorm(torch.tensor([[3.0, 4.0], [0.3, 0.4]]), 2, 0, 1.0)
            tensor([[0.6000, 0.8000],
                    [0.3000, 0.4000]])
        """
    def renorm_(self, p: _float, dim: _int, maxnorm: _float) -> Self:
        """`renorm`, written into this tensor."""
    @overload
    def repeat(self, repeats: Sequence[_int]) -> Tensor:
        """The tensor copied along its dimensions.

        Args:
            input: a tensor of any shape.
            repeats: how often along each dimension, as a sequence or the first number; new dimensions
                come in front.
            more: the other numbers.

        Returns:
            A tensor whose sizes are input's times those.

        Raises:
            RuntimeError: if there are fewer numbers than dimensions.

        Example:
            >>> torch.tensor([1, 2]).repeat(2, 2)
            tensor([[1, 2, 1, 2],
                    [1, 2, 1, 2]])
        """
    @overload
    def repeat(self, *repeats: _int) -> Tensor:
        """The tensor copied along its dimensions.

        Args:
            input: a tensor of any shape.
            repeats: how often along each dimension, as a sequence or the first number; new dimensions
                come in front.
            more: the other numbers.

        Returns:
            A tensor whose sizes are input's times those.

        Raises:
            RuntimeError: if there are fewer numbers than dimensions.

        Example:
            >>> torch.tensor([1, 2]).repeat(2, 2)
            tensor([[1, 2, 1, 2],
                    [1, 2, 1, 2]])
        """
    def repeat_interleave(self, repeats: _int | Tensor | None=None, dim: _int | None=None, *, output_size: _int | None=None) -> Tensor:
        """Each element, or each slice along a dimension, repeated.

        Of counts alone, the places that they repeat.

        Args:
            input: a tensor of any shape; without `repeats`, the counts.
            repeats: how often: one int, or a vector of one count for each.
            dim: the dimension of the slices. Default: the elements, one after the other.
            output_size: accepted; it follows from the counts.

        Returns:
            A vector of the elements, or a tensor with as many slices as the counts sum to.

        Raises:
            RuntimeError: if there is not one count for each, or if one is negative.

        Example:
            >>> torch.tensor([1, 2]).repeat_interleave(2)
            tensor([1, 1, 2, 2])
            >>> torch.repeat_interleave(torch.tensor([2, 0, 1]))
            tensor([0, 0, 2])
        """
    @overload
    def reshape(self, shape: Sequence[_int]) -> Tensor:
        """The elements in another shape: a view where that is possible, else a copy.

        Args:
            input: a tensor of any shape.
            shape: the shape as a sequence, or its first size; one size may be -1, and follows from the
                others.
            more: the other sizes.

        Returns:
            The tensor of that shape.

        Raises:
            RuntimeError: if the shape does not hold as many elements as input.

        Example:
            >>> torch.arange(6).reshape(2, -1)
            tensor([[0, 1, 2],
                    [3, 4, 5]])
        """
    @overload
    def reshape(self, *shape: _int) -> Tensor:
        """The elements in another shape: a view where that is possible, else a copy.

        Args:
            input: a tensor of any shape.
            shape: the shape as a sequence, or its first size; one size may be -1, and follows from the
                others.
            more: the other sizes.

        Returns:
            The tensor of that shape.

        Raises:
            RuntimeError: if the shape does not hold as many elements as input.

        Example:
            >>> torch.arange(6).reshape(2, -1)
            tensor([[0, 1, 2],
                    [3, 4, 5]])
        """
    def reshape_as(self, other: Tensor) -> Tensor:
        """The elements in another tensor's shape.

        Args:
            input: a tensor of as many elements as other.
            other: a tensor of the shape wanted.

        Returns:
            A tensor of other's shape, a view where possible.

        Raises:
            RuntimeError: if the numbers of elements differ.
        """
    def resize_(self, size: Any=(), *more: _int, memory_format: Any=None) -> Tensor:
        """Give this tensor another shape in memory of its own; new elements repeat the old ones.

        Args:
            self: the tensor.
            size: the shape as a sequence, or its first size.
            more: the other sizes.
            memory_format: accepted without effect.

        Returns:
            This tensor.

        Example:
            >>> torch.tensor([1, 2, 3, 4]).resize_(3)
            tensor([1, 2, 3])
        """
    def resize_as_(self, the_template: Tensor, *, memory_format: Any=None) -> Tensor:
        """Give this tensor the shape of another, in memory of its own.

        Args:
            input: the tensor.
            the_template: whose shape is taken.
            memory_format: accepted without effect.

        Returns:
            The input.
        """
    def resolve_conj(self) -> Tensor:
        """Compute a conjugate that is yet to be computed: there is none.

        Args:
            input: any tensor.

        Returns:
            The input.
        """
    def resolve_neg(self) -> Tensor:
        """Compute a negative that is yet to be computed: there is none.

        Args:
            input: any tensor.

        Returns:
            The input.
        """
    def retain_grad(self) -> None:
        """Keep the gradient of this tensor in `grad` though it is not a leaf.

        Raises:
            RuntimeError: if the tensor does not require a gradient.

        Example:
            >>> x = torch.ones(2, requires_grad=True)
            >>> y = x * 3
            >>> y.retain_grad()
            >>> y.sum().backward()
            >>> y.grad
            tensor([1., 1.])
        """
    @property
    def retains_grad(self) -> _bool:
        """Whether `retain_grad` was called."""
    def roll(self, shifts: _int | Sequence[_int], dims: _int | Sequence[_int] | None=None) -> Tensor:
        """Elements shifted along the dimensions; those pushed out come back in at the other end.

        Args:
            input: a tensor of any shape.
            shifts: by how many places, for each dimension.
            dims: the dimensions. Default: along the elements one after the other.

        Returns:
            A tensor of input's shape.

        Raises:
            RuntimeError: if there is not one shift for each dimension.

        Example:
            >>> torch.tensor([1, 2, 3]).roll(1)
            tensor([3, 1, 2])
        """
    def rot90(self, k: _int=1, dims: Sequence[_int]=(0, 1)) -> Tensor:
        """A tensor turned by k times 90 degrees in the plane of two dimensions.

        Args:
            input: a tensor with at least two dimensions.
            k: how often; negative numbers turn the other way.
            dims: the two dimensions; turned is from the first one towards the second.

        Returns:
            A tensor of input's elements.

        Raises:
            RuntimeError: if there are not two different dimensions.

        Example:
            >>> torch.tensor([[1, 2], [3, 4]]).rot90()
            tensor([[2, 4],
                    [1, 3]])
        """
    def round(self, *, decimals: _int=0, out: Tensor | None=None) -> Tensor:
        """Each element rounded, halves to the even neighbour. Its gradient is 0.

        Args:
            input: of any shape; integers pass unchanged.
            decimals: digits to keep after the point; negative ones round before it.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.round(torch.tensor([0.5, 1.5, 2.4]))
            tensor([0., 2., 2.])
        """
    def round_(self, *, decimals: _int=0) -> Self:
        """`round`, written into this tensor."""
    def rsqrt(self, *, out: Tensor | None=None) -> Tensor:
        """1 / sqrt(x), of each element x.

        Args:
            input: of any shape; integers become floats first.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.rsqrt(torch.tensor([0.5, 1.0, 2.0]))
            tensor([1.4142, 1.0000, 0.7071])
        """
    def rsqrt_(self) -> Self:
        """`rsqrt`, written into this tensor."""
    def rsub(self, other: TensorLike, *, alpha: Number=1) -> Tensor:
        """other - alpha * input.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            alpha: a number that input is multiplied by.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Example:
            >>> torch.rsub(torch.tensor([1.0, 2.0]), 5)
            tensor([4., 3.])
        """
    def rsub_(self, other: TensorLike, *, alpha: Number=1) -> Self:
        """`rsub`, written into this tensor."""
    @overload
    def scatter(self, dim: _int, index: Tensor, src: Tensor | Number, *, reduce: str | None=None, out: Tensor | None=None) -> Tensor:
        """A copy of input with elements written along a dimension.

        For dim 0 of a matrix, out[index[i][j]][j] = src[i][j].

        Args:
            input: a tensor of any shape.
            dim: the dimension.
            index: integers, a tensor of as many dimensions, in the others no larger than input.
            src: a tensor of at least the index's sizes, of input's dtype; or a number.
            value: the number, by keyword.
            reduce: "add" or "multiply" combines with what was there. Default: written over it.
            out: the tensor to write the result to.

        Returns:
            A tensor of input's shape.

        Raises:
            RuntimeError: if an index is out of range, the shapes or dtypes do not fit, or `reduce` is
                another word.

        Example:
            >>> torch.zeros(2, 3).scatter(1, torch.tensor([[2], [0]]), 1.0)
            tensor([[0., 0., 1.],
                    [1., 0., 0.]])
        """
    @overload
    def scatter(self, dim: _int, index: Tensor, *, value: Number, reduce: str | None=None, out: Tensor | None=None) -> Tensor:
        """A copy of input with elements written along a dimension.

        For dim 0 of a matrix, out[index[i][j]][j] = src[i][j].

        Args:
            input: a tensor of any shape.
            dim: the dimension.
            index: integers, a tensor of as many dimensions, in the others no larger than input.
            src: a tensor of at least the index's sizes, of input's dtype; or a number.
            value: the number, by keyword.
            reduce: "add" or "multiply" combines with what was there. Default: written over it.
            out: the tensor to write the result to.

        Returns:
            A tensor of input's shape.

        Raises:
            RuntimeError: if an index is out of range, the shapes or dtypes do not fit, or `reduce` is
                another word.

        Example:
            >>> torch.zeros(2, 3).scatter(1, torch.tensor([[2], [0]]), 1.0)
            tensor([[0., 0., 1.],
                    [1., 0., 0.]])
        """
    def scatter_(self, dim: _int, index: Tensor, src: Any=None, *, value: Any=None, reduce: str | None=None) -> Self:
        """`scatter`, written into this tensor."""
    def scatter_add(self, dim: _int, index: Tensor, src: Tensor, *, out: Tensor | None=None) -> Tensor:
        """A copy of input with src added along a dimension: out[index[i][j]][j] += src[i][j] for dim 0.

        Args:
            input: a tensor of any shape.
            dim: the dimension.
            index: integers, a tensor of as many dimensions, in the others no larger than input.
            src: a tensor of at least the index's sizes, of input's dtype.
            out: the tensor to write the result to.

        Returns:
            A tensor of input's shape.

        Raises:
            RuntimeError: if an index is out of range, or the shapes or dtypes do not fit.

        Example:
            >>> torch.zeros(3).scatter_add(0, torch.tensor([0, 0]), torch.tensor([1.0, 2.0]))
            tensor([3., 0., 0.])
        """
    def scatter_add_(self, dim: _int, index: Tensor, src: Tensor) -> Self:
        """`scatter_add`, written into this tensor."""
    def scatter_reduce(self, dim: _int, index: Tensor, src: Tensor, reduce: str, *, include_self: _bool=True, out: Tensor | None=None) -> Tensor:
        """A copy of input with src combined into it along a dimension.

        For dim 0 of a matrix, src[i][j] is combined into out[index[i][j]][j].

        Args:
            input: a tensor of any shape.
            dim: the dimension.
            index: integers, a tensor of as many dimensions, in the others no larger than input.
            src: a tensor of at least the index's sizes, of input's dtype.
            reduce: "sum", "prod", "mean", "amax" or "amin".
            include_self: whether input's own elements count.
            out: the tensor to write the result to.

        Returns:
            A tensor of input's shape.

        Raises:
            RuntimeError: if an index is out of range, the shapes or dtypes do not fit, or `reduce` is
                another word.

        Example:
            >>> x = torch.zeros(2)
            >>> x.scatter_reduce(0, torch.tensor([0, 0, 1]), torch.tensor([1.0, 5.0, 2.0]), "amax")
            tensor([5., 2.])
        """
    def scatter_reduce_(self, dim: _int, index: Tensor, src: Tensor, reduce: str, *, include_self: _bool=True) -> Self:
        """`scatter_reduce`, written into this tensor."""
    def select(self, dim: _int, index: _int) -> Tensor:
        """One slice along a dimension, without that dimension: a view.

        Args:
            input: a tensor with at least one dimension.
            dim: the dimension.
            index: the slice's place in it; negative ones count from the end.

        Returns:
            A view with one dimension fewer.

        Raises:
            IndexError: if there is no such dimension or slice.

        Example:
            >>> torch.tensor([[1, 2], [3, 4]]).select(1, 0)
            tensor([1, 3])
        """
    def select_scatter(self, src: Tensor, dim: _int, index: _int) -> Tensor:
        """A copy of input in which src stands in place of one slice along a dimension.

        Args:
            input: a tensor with at least one dimension.
            src: a tensor of the slice's shape.
            dim: the dimension.
            index: the slice's place in it.

        Returns:
            A tensor of input's shape.

        Raises:
            IndexError: if there is no such slice.
            RuntimeError: if src has another shape.

        Example:
            >>> torch.zeros(2, 2).select_scatter(torch.tensor([1.0, 2.0]), 0, 1)
            tensor([[0., 0.],
                    [1., 2.]])
        """
    def set_(self, source: Tensor) -> Tensor:
        """Share the memory of another tensor from here on.

        Args:
            self: the tensor.
            source: whose memory, shape and dtype this tensor takes.

        Returns:
            This tensor.
        """
    def sgn(self, *, out: Tensor | None=None) -> Tensor:
        """-1, 0 or 1 for each element. Its gradient is 0.

        Args:
            input: of any shape; bools pass unchanged.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.sign(torch.tensor([-1.5, 0.5, 1.7]))
            tensor([-1.,  1.,  1.])
        """
    def sgn_(self) -> Self:
        """`sgn`, written into this tensor."""
    def share_memory_(self) -> Tensor:
        """Give this tensor: its memory is not shared between processes.

        Args:
            self: the tensor.

        Returns:
            This tensor.
        """
    def short(self, memory_format: Any=None) -> Tensor:
        """Give this tensor elements of int16.

        Args:
            self: the tensor.
            memory_format: accepted without effect.

        Returns:
            A tensor of this one's shape; itself where it has the dtype.
        """
    def sigmoid(self, *, out: Tensor | None=None) -> Tensor:
        """1 / (1 + exp(-x)), the logistic function, of each element x.

        Args:
            input: of any shape; integers become floats first.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.sigmoid(torch.tensor([-0.5, 0.0, 0.5]))
            tensor([0.3775, 0.5000, 0.6225])
        """
    def sigmoid_(self) -> Self:
        """`sigmoid`, written into this tensor."""
    def sign(self, *, out: Tensor | None=None) -> Tensor:
        """-1, 0 or 1 for each element. Its gradient is 0.

        Args:
            input: of any shape; bools pass unchanged.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.sign(torch.tensor([-1.5, 0.5, 1.7]))
            tensor([-1.,  1.,  1.])
        """
    def sign_(self) -> Self:
        """`sign`, written into this tensor."""
    def signbit(self, *, out: Tensor | None=None) -> Tensor:
        """Where an element is negative, -0.0 included.

        Args:
            input: of any shape.
            out: the tensor to write the result to.

        Returns:
            A bool tensor of the input's shape.

        Example:
            >>> torch.signbit(torch.tensor([1.0, -0.0, -2.0]))
            tensor([False,  True,  True])
        """
    def sin(self, *, out: Tensor | None=None) -> Tensor:
        """The sine of each angle, in radians.

        Args:
            input: of any shape; integers become floats first.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.sin(torch.tensor([-0.5, 0.0, 0.5]))
            tensor([-0.4794,  0.0000,  0.4794])
        """
    def sin_(self) -> Self:
        """`sin`, written into this tensor."""
    def sinc(self, *, out: Tensor | None=None) -> Tensor:
        """sin(pi x) / (pi x), and 1 where x is 0.

        Args:
            input: of any shape; integers become floats first.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.sinc(torch.tensor([-0.5, 0.0, 0.5]))
            tensor([0.6366, 1.0000, 0.6366])
        """
    def sinc_(self) -> Self:
        """`sinc`, written into this tensor."""
    def sinh(self, *, out: Tensor | None=None) -> Tensor:
        """The hyperbolic sine of each element.

        Args:
            input: of any shape; integers become floats first.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.sinh(torch.tensor([-0.5, 0.0, 0.5]))
            tensor([-0.5211,  0.0000,  0.5211])
        """
    def sinh_(self) -> Self:
        """`sinh`, written into this tensor."""
    def slice_scatter(self, src: Tensor, dim: _int=0, start: _int | None=None, end: _int | None=None, step: _int=1, *, out: Tensor | None=None) -> Tensor:
        """A copy of input in which src stands in place of the slice [start:end:step] along a dimension.

        Args:
            input: a tensor with at least one dimension.
            src: a tensor of the slice's shape.
            dim: the dimension.
            start: the first element. Default: 0.
            end: the end, which does not count. Default: the dimension's.
            step: how far one element is from the next.
            out: the tensor to write the result to.

        Returns:
            A tensor of input's shape.

        Raises:
            RuntimeError: if src has another shape.

        Example:
            >>> torch.zeros(4).slice_scatter(torch.tensor([1.0, 2.0]), start=1, end=3)
            tensor([0., 1., 2., 0.])
        """
    def slogdet(self, *, out: Sequence[Tensor] | None=None) -> Slogdet:
        """The sign of determinants and the logarithm of their absolute values: `linalg.slogdet`.

        Args:
            input: square matrices, (..., n, n), of float32 or float64.
            out: two tensors to write the results to.

        Returns:
            The named tuple (sign, logabsdet), each (...).

        Raises:
            RuntimeError: if they are no square matrices.

        Example:
            >>> torch.slogdet(torch.tensor([[-1.0, 0.0], [0.0, 1.0]])).sign
            tensor(-1.)
        """
    def softmax(self, dim: _int | None=None, dtype: dtypes.dtype | None=None, *, out: Tensor | None=None, _stacklevel: _int=3) -> Tensor:
        """exp(x) / sum(exp(x)) along a dimension: positive, and adding up to 1.

        Args:
            input: floating-point, of any shape.
            dim: the dimension that adds up to 1. Default: 0 for 0, 1 and 3 dimensions, else 1.
            dtype: a floating-point type to compute in. Default: the input's.
            out: the tensor to write the result to.

        Returns:
            The input's shape.

        Raises:
            NotImplementedError: if the elements are not floating-point.
            IndexError: if the dimension is out of range.

        Example:
            >>> torch.softmax(torch.tensor([0.0, 0.0, 1000.0, 1000.0]), 0)
            tensor([0.0000, 0.0000, 0.5000, 0.5000])
        """
    def sort(self, dim: _int=-1, descending: _bool=False, *, stable: _bool | None=False, out: Sequence[Tensor] | None=None) -> SortResult:
        """The elements along a dimension in rising (or falling) order, and where they were.

        Args:
            input: of any shape.
            dim: the dimension to sort along.
            descending: the largest first.
            stable: accepted; equal elements always keep their order.
            out: two tensors to write the results to.

        Returns:
            The named tuple of `values` and `indices` (int64), both of the input's shape. NaN counts as
            the largest.

        Raises:
            IndexError: if the dimension is out of range.

        Example:
            >>> values, indices = torch.sort(torch.tensor([3.0, 1.0, 2.0]))
            >>> values, indices
            (tensor([1., 2., 3.]), tensor([1, 2, 0]))
        """
    def split(self, split_size: _int | Sequence[_int], dim: _int=0) -> tuple[Tensor, ...]:
        """Pieces along a dimension, all of one size or of the sizes listed.

        Args:
            self: a tensor with at least one dimension.
            split_size: the size of each piece (the last one may be smaller), or all their sizes.
            dim: the dimension.

        Returns:
            Views, one a piece.
        """
    def split_with_sizes(self, split_sizes: Sequence[_int], dim: _int=0) -> tuple[Tensor, ...]:
        """Pieces of the sizes listed along a dimension.

        Args:
            input: a tensor with at least one dimension.
            split_sizes: the sizes of the pieces.
            dim: the dimension.

        Returns:
            Views, one a piece.

        Raises:
            RuntimeError: if the sizes do not sum to the dimension's.
        """
    def sqrt(self, *, out: Tensor | None=None) -> Tensor:
        """The square root of each element; NaN of negative ones.

        Args:
            input: of any shape; integers become floats first.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.sqrt(torch.tensor([0.5, 1.0, 2.0]))
            tensor([0.7071, 1.0000, 1.4142])
        """
    def sqrt_(self) -> Self:
        """`sqrt`, written into this tensor."""
    def square(self, *, out: Tensor | None=None) -> Tensor:
        """x * x, of each element x.

        Args:
            input: of any shape.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.square(torch.tensor([0.5, 1.0, 2.0]))
            tensor([0.2500, 1.0000, 4.0000])
        """
    def square_(self) -> Self:
        """`square`, written into this tensor."""
    def squeeze(self, dim: _int | Sequence[_int] | None=None) -> Tensor:
        """A view without the dimensions of size 1, or without those named that have size 1.

        Args:
            input: a tensor of any shape.
            dim: one dimension or several. Default: all.

        Returns:
            A view of input's elements.

        Raises:
            IndexError: if input has no such dimension.

        Example:
            >>> torch.zeros(1, 3, 1).squeeze().shape, torch.zeros(1, 3, 1).squeeze(0).shape
            (torch.Size([3]), torch.Size([3, 1]))
        """
    def squeeze_(self, dim: _int | Sequence[_int] | None=None) -> Tensor:
        """Take dimensions of size 1 out of the tensor, all of them or those named, and return it.

        Args:
            input: a tensor of any shape.
            dim: one dimension or several. Default: all.

        Returns:
            The tensor itself.

        Raises:
            IndexError: if it has no such dimension.
            RuntimeError: if it is a leaf that requires a gradient.
        """
    def std(self, dim: Dims=None, unbiased: _bool=True, keepdim: _bool=False, *, correction: Number | None=None, out: Tensor | None=None) -> Tensor:
        """The standard deviation, of all elements or along dimensions: the square root of `var`.

        Args:
            input: floating-point, of any shape.
            dim: the dimension, or several; or `unbiased`. Default: all.
            unbiased: divide by n - 1, and not by n.
            keepdim: leave these dimensions in place, with length 1.
            correction: divide by n less this, whatever `unbiased` says.
            out: the tensor to write the result to.

        Returns:
            The input's shape without these dimensions; a scalar for all. The gradient of a deviation
            of 0 is 0.

        Raises:
            RuntimeError: if the elements are not floating-point.
            IndexError: if a dimension is out of range.

        Example:
            >>> torch.std(torch.tensor([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0]]), dim=1)
            tensor([1., 2.])
        """
    def storage(self) -> Storage:
        """The memory that this tensor shares with its views.

        Args:
            self: any tensor.

        Returns:
            All elements of the memory, in their order there.
        """
    @overload
    def sub(self, other: TensorLike, *, alpha: Number=1, out: Tensor | None=None) -> Tensor:
        """input - alpha * other, with broadcasting and type promotion.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            old_order: `sub(input, alpha, other)` is what old programs write.
            alpha: a number that other is multiplied by.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            RuntimeError: if the shapes do not broadcast, if alpha is a float and the operands are not,
                or if an operand is bool.

        Example:
            >>> torch.sub(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]), alpha=10)
            tensor([-29., -38.])
        """
    @overload
    def sub(self, alpha: Number, other: Tensor, /, *, out: Tensor | None=None) -> Tensor:
        """input - alpha * other, with broadcasting and type promotion.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            old_order: `sub(input, alpha, other)` is what old programs write.
            alpha: a number that other is multiplied by.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            RuntimeError: if the shapes do not broadcast, if alpha is a float and the operands are not,
                or if an operand is bool.

        Example:
            >>> torch.sub(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]), alpha=10)
            tensor([-29., -38.])
        """
    def sub_(self, other: Any, *old_order: Any, alpha: Any=1) -> Self:
        """`sub`, written into this tensor."""
    @overload
    def subtract(self, other: TensorLike, *, alpha: Number=1, out: Tensor | None=None) -> Tensor:
        """input - alpha * other, with broadcasting and type promotion.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            old_order: `sub(input, alpha, other)` is what old programs write.
            alpha: a number that other is multiplied by.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            RuntimeError: if the shapes do not broadcast, if alpha is a float and the operands are not,
                or if an operand is bool.

        Example:
            >>> torch.sub(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]), alpha=10)
            tensor([-29., -38.])
        """
    @overload
    def subtract(self, alpha: Number, other: Tensor, /, *, out: Tensor | None=None) -> Tensor:
        """input - alpha * other, with broadcasting and type promotion.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            old_order: `sub(input, alpha, other)` is what old programs write.
            alpha: a number that other is multiplied by.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            RuntimeError: if the shapes do not broadcast, if alpha is a float and the operands are not,
                or if an operand is bool.

        Example:
            >>> torch.sub(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]), alpha=10)
            tensor([-29., -38.])
        """
    def subtract_(self, other: Any, *old_order: Any, alpha: Any=1) -> Self:
        """`subtract`, written into this tensor."""
    def sum(self, dim: Dims=None, keepdim: _bool=False, *, dtype: dtypes.dtype | None=None, out: Tensor | None=None) -> Tensor:
        """The sum of all elements, or along dimensions.

        Args:
            input: of any shape.
            dim: the dimension, or several, to sum along. Default: all.
            keepdim: leave the summed dimensions in place, with length 1.
            dtype: of the result. Default: the input's, int64 for integers and bools.
            out: the tensor to write the result to.

        Returns:
            The input's shape without the summed dimensions; a scalar for all.

        Raises:
            IndexError: if a dimension is out of range.

        Example:
            >>> x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
            >>> torch.sum(x), x.sum(0)
            (tensor(10.), tensor([4., 6.]))
        """
    @overload
    def sum_to_size(self, size: Sequence[_int], /) -> Tensor:
        """The opposite of broadcasting: summed over the dimensions that `size` lacks or has as 1.

        Args:
            input: a tensor of a shape that `size` broadcasts to.
            size: the shape wanted as a sequence, or its first size.
            more: the other sizes.

        Returns:
            A tensor of that shape; sums of integers and bools are int64.

        Raises:
            RuntimeError: if `size` does not broadcast to input's shape.

        Example:
            >>> torch.ones(2, 3).sum_to_size(2, 1)
            tensor([[3.],
                    [3.]])
        """
    @overload
    def sum_to_size(self, *size: _int) -> Tensor:
        """The opposite of broadcasting: summed over the dimensions that `size` lacks or has as 1.

        Args:
            input: a tensor of a shape that `size` broadcasts to.
            size: the shape wanted as a sequence, or its first size.
            more: the other sizes.

        Returns:
            A tensor of that shape; sums of integers and bools are int64.

        Raises:
            RuntimeError: if `size` does not broadcast to input's shape.

        Example:
            >>> torch.ones(2, 3).sum_to_size(2, 1)
            tensor([[3.],
                    [3.]])
        """
    def svd(self, some: _bool=True, compute_uv: _bool=True, *, out: Sequence[Tensor] | None=None) -> USV:
        """The singular value decomposition: input = U @ diag(S) @ V.T.

        Unlike `linalg.svd` it gives V, not its transpose, and leaves out what belongs to no singular
        value unless asked for it.

        Args:
            input: matrices, (..., m, n), of float32 or float64.
            some: whether U and V have only k = min(m, n) columns; else they are square.
            compute_uv: whether U and V are wanted; else they are square and zero.
            out: three tensors to write the results to.

        Returns:
            The named tuple (U, S, V).

        Raises:
            LinAlgError: if LAPACK does not converge.
            RuntimeError: if they are no matrices.

        Example:
            >>> torch.svd(torch.tensor([[3.0, 0.0], [0.0, 4.0]])).S
            tensor([4., 3.])
        """
    def swapaxes(self, axis0: _int, axis1: _int) -> Tensor:
        """Two dimensions exchanged: `transpose` under NumPy's name.

        Args:
            input: a tensor of any shape.
            axis0: one dimension.
            axis1: the other one.

        Returns:
            A view with the two exchanged.

        Raises:
            IndexError: if input has no such dimension.
        """
    def swapaxes_(self, axis0: _int, axis1: _int) -> Tensor:
        """Exchange two dimensions of the tensor, and return it: `transpose_` under NumPy's name.

        Args:
            input: a tensor of any shape.
            axis0: one dimension.
            axis1: the other one.

        Returns:
            The tensor itself.

        Raises:
            IndexError: if it has no such dimension.
            RuntimeError: if it is a leaf that requires a gradient.
        """
    def swapdims(self, dim0: _int, dim1: _int) -> Tensor:
        """Two dimensions exchanged: a view.

        Args:
            input: a tensor of any shape.
            dim0: one dimension.
            dim1: the other one.

        Returns:
            A view with the two exchanged.

        Raises:
            IndexError: if input has no such dimension.

        Example:
            >>> torch.tensor([[1, 2], [3, 4]]).transpose(0, 1)
            tensor([[1, 3],
                    [2, 4]])
        """
    def swapdims_(self, dim0: _int, dim1: _int) -> Tensor:
        """Exchange two dimensions of the tensor, and return it.

        Args:
            input: a tensor of any shape.
            dim0: one dimension.
            dim1: the other one.

        Returns:
            The tensor itself.

        Raises:
            IndexError: if it has no such dimension.
            RuntimeError: if it is a leaf that requires a gradient.
        """
    def t(self) -> Tensor:
        """A matrix transposed; a vector or scalar as it is.

        Args:
            input: a tensor of at most two dimensions.

        Returns:
            A view of shape (n, m) of a matrix (m, n); else input itself.

        Raises:
            RuntimeError: if input has more than two dimensions.

        Example:
            >>> torch.zeros(2, 3).t().shape
            torch.Size([3, 2])
        """
    def t_(self) -> Tensor:
        """Transpose the matrix in place, and return it; a vector or scalar stays as it is.

        Args:
            input: a tensor of at most two dimensions.

        Returns:
            The tensor itself.

        Raises:
            RuntimeError: if it has more dimensions, or is a leaf that requires a gradient.
        """
    def take(self, index: Tensor, *, out: Tensor | None=None) -> Tensor:
        """The elements of the flattened input at the indices.

        Args:
            input: a tensor of any shape.
            index: integers, a tensor of any shape; negative ones count from the end.
            out: the tensor to write the result to.

        Returns:
            A tensor of the indices' shape.

        Raises:
            RuntimeError: if the indices are not integers.
            IndexError: if an index is out of range.

        Example:
            >>> torch.tensor([[1, 2], [3, 4]]).take(torch.tensor([0, 3]))
            tensor([1, 4])
        """
    def take_along_dim(self, indices: Tensor, dim: _int | None=None, *, out: Tensor | None=None) -> Tensor:
        """`gather` that broadcasts, and counts negative indices from the end.

        Args:
            input: a tensor of any shape.
            indices: integers, a tensor whose shape broadcasts with input's but for that dimension.
            dim: the dimension. Default: both are flattened.
            out: the tensor to write the result to.

        Returns:
            A tensor of the indices' shape, broadcast.

        Raises:
            RuntimeError: if an index is out of range, or the shapes do not fit.

        Example:
            >>> x = torch.tensor([[3, 1], [2, 4]])
            >>> x.take_along_dim(x.argsort(1), 1)
            tensor([[1, 3],
                    [2, 4]])
        """
    def tan(self, *, out: Tensor | None=None) -> Tensor:
        """The tangent of each angle, in radians.

        Args:
            input: of any shape; integers become floats first.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.tan(torch.tensor([-0.5, 0.0, 0.5]))
            tensor([-0.5463,  0.0000,  0.5463])
        """
    def tan_(self) -> Self:
        """`tan`, written into this tensor."""
    def tanh(self, *, out: Tensor | None=None) -> Tensor:
        """The hyperbolic tangent of each element.

        Args:
            input: of any shape; integers become floats first.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.tanh(torch.tensor([-0.5, 0.0, 0.5]))
            tensor([-0.4621,  0.0000,  0.4621])
        """
    def tanh_(self) -> Self:
        """`tanh`, written into this tensor."""
    def tensor_split(self, sections: _int | Sequence[_int] | Tensor | None=None, dim: _int=0, *, indices: Sequence[_int] | Tensor | None=None, tensor_indices_or_sections: Tensor | None=None) -> tuple[Tensor, ...]:
        """Pieces along a dimension as NumPy's `array_split` cuts them.

        Args:
            input: a tensor with at least one dimension.
            sections: how many pieces, of sizes that differ by at most 1; or the places to cut at.
            dim: the dimension.
            indices: the places to cut at, by keyword.
            tensor_indices_or_sections: either of them as a tensor, by keyword.

        Returns:
            Views, one a piece.

        Raises:
            RuntimeError: if the number of pieces is not positive.

        Example:
            >>> torch.arange(5).tensor_split((1, 3))
            (tensor([0]), tensor([1, 2]), tensor([3, 4]))
        """
    @overload
    def tile(self, dims: Sequence[_int]) -> Tensor:
        """The tensor repeated along its dimensions.

        Args:
            input: a tensor of any shape.
            dims: how often along each dimension, as a sequence or the first number; missing ones in
                front are 1.
            more: the other numbers.

        Returns:
            A tensor whose sizes are input's times those.

        Example:
            >>> torch.tensor([1, 2]).tile(2, 2)
            tensor([[1, 2, 1, 2],
                    [1, 2, 1, 2]])
        """
    @overload
    def tile(self, *dims: _int) -> Tensor:
        """The tensor repeated along its dimensions.

        Args:
            input: a tensor of any shape.
            dims: how often along each dimension, as a sequence or the first number; missing ones in
                front are 1.
            more: the other numbers.

        Returns:
            A tensor whose sizes are input's times those.

        Example:
            >>> torch.tensor([1, 2]).tile(2, 2)
            tensor([[1, 2, 1, 2],
                    [1, 2, 1, 2]])
        """
    @overload
    def to(self, dtype: DtypeLike, non_blocking: _bool=False, copy: _bool=False, *, memory_format: Any=None) -> Tensor:
        """Give this tensor another dtype: `to(dtype)`, `to(other)`, `to(device)`, `to(device, dtype)`.

        Args:
            self: the tensor.
            args: a dtype, a device or another tensor, and then `non_blocking` and `copy`.
            dtype: of the result. Default: this tensor's.
            device: the CPU, or None for it.
            other: whose dtype the result has.
            non_blocking: accepted without effect.
            copy: whether the result is a copy even where nothing changes.
            memory_format: accepted without effect.

        Returns:
            A tensor of this one's shape; itself where nothing changes.

        Raises:
            AssertionError: if the device is not the CPU.

        Example:
            >>> torch.ones(2).to(torch.int64)
            tensor([1, 1])
        """
    @overload
    def to(self, device: DeviceLike | None=None, dtype: DtypeLike | None=None, non_blocking: _bool=False, copy: _bool=False, *, memory_format: Any=None) -> Tensor:
        """Give this tensor another dtype: `to(dtype)`, `to(other)`, `to(device)`, `to(device, dtype)`.

        Args:
            self: the tensor.
            args: a dtype, a device or another tensor, and then `non_blocking` and `copy`.
            dtype: of the result. Default: this tensor's.
            device: the CPU, or None for it.
            other: whose dtype the result has.
            non_blocking: accepted without effect.
            copy: whether the result is a copy even where nothing changes.
            memory_format: accepted without effect.

        Returns:
            A tensor of this one's shape; itself where nothing changes.

        Raises:
            AssertionError: if the device is not the CPU.

        Example:
            >>> torch.ones(2).to(torch.int64)
            tensor([1, 1])
        """
    @overload
    def to(self, other: Tensor, non_blocking: _bool=False, copy: _bool=False, *, memory_format: Any=None) -> Tensor:
        """Give this tensor another dtype: `to(dtype)`, `to(other)`, `to(device)`, `to(device, dtype)`.

        Args:
            self: the tensor.
            args: a dtype, a device or another tensor, and then `non_blocking` and `copy`.
            dtype: of the result. Default: this tensor's.
            device: the CPU, or None for it.
            other: whose dtype the result has.
            non_blocking: accepted without effect.
            copy: whether the result is a copy even where nothing changes.
            memory_format: accepted without effect.

        Returns:
            A tensor of this one's shape; itself where nothing changes.

        Raises:
            AssertionError: if the device is not the CPU.

        Example:
            >>> torch.ones(2).to(torch.int64)
            tensor([1, 1])
        """
    def topk(self, k: _int, dim: _int=-1, largest: _bool=True, sorted: _bool=True, *, out: Sequence[Tensor] | None=None) -> TopkResult:
        """The k largest (or smallest) elements along a dimension, in order, and where they were.

        Args:
            input: of any shape.
            k: how many, from 0 to the dimension's length.
            dim: the dimension to look along.
            largest: the largest, and not the smallest.
            sorted: accepted; the results are always in order.
            out: two tensors to write the results to.

        Returns:
            The named tuple of `values` and `indices` (int64), both of the input's shape with k along
            the dimension.

        Raises:
            IndexError: if the dimension is out of range.
            RuntimeError: if there are not k elements along it.

        Example:
            >>> torch.topk(torch.tensor([3.0, 1.0, 2.0]), 2).values
            tensor([3., 2.])
        """
    def trace(self) -> Tensor:
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
    def transpose(self, dim0: _int, dim1: _int) -> Tensor:
        """Two dimensions exchanged: a view.

        Args:
            input: a tensor of any shape.
            dim0: one dimension.
            dim1: the other one.

        Returns:
            A view with the two exchanged.

        Raises:
            IndexError: if input has no such dimension.

        Example:
            >>> torch.tensor([[1, 2], [3, 4]]).transpose(0, 1)
            tensor([[1, 3],
                    [2, 4]])
        """
    def transpose_(self, dim0: _int, dim1: _int) -> Tensor:
        """Exchange two dimensions of the tensor, and return it.

        Args:
            input: a tensor of any shape.
            dim0: one dimension.
            dim1: the other one.

        Returns:
            The tensor itself.

        Raises:
            IndexError: if it has no such dimension.
            RuntimeError: if it is a leaf that requires a gradient.
        """
    def tril(self, diagonal: _int=0, *, out: Tensor | None=None) -> Tensor:
        """The lower triangle of each matrix; 0 elsewhere.

        Args:
            input: a tensor of shape (..., m, n).
            diagonal: the last diagonal that is kept: above the main one if positive.
            out: the tensor to write the result to.

        Returns:
            A tensor of input's shape.

        Raises:
            RuntimeError: if input has fewer than two dimensions.

        Example:
            >>> torch.ones(2, 2).tril()
            tensor([[1., 0.],
                    [1., 1.]])
        """
    def tril_(self, diagonal: _int=0) -> Self:
        """`tril`, written into this tensor."""
    def triu(self, diagonal: _int=0, *, out: Tensor | None=None) -> Tensor:
        """The upper triangle of each matrix; 0 elsewhere.

        Args:
            input: a tensor of shape (..., m, n).
            diagonal: the first diagonal that is kept: above the main one if positive.
            out: the tensor to write the result to.

        Returns:
            A tensor of input's shape.

        Raises:
            RuntimeError: if input has fewer than two dimensions.

        Example:
            >>> torch.ones(2, 2).triu(1)
            tensor([[0., 1.],
                    [0., 0.]])
        """
    def triu_(self, diagonal: _int=0) -> Self:
        """`triu`, written into this tensor."""
    def true_divide(self, other: TensorLike, *, rounding_mode: str | None=None, out: Tensor | None=None) -> Tensor:
        """input / other, element by element; integers give floats.

        Args:
            input: a tensor or a number.
            other: a tensor or a number, of a shape that broadcasts with input's.
            rounding_mode: "trunc" rounds the quotient towards 0, "floor" down; integers then stay
                integers. Default: no rounding.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Raises:
            RuntimeError: if the shapes do not broadcast, the rounding mode is another one, or
                integers are divided by 0 with a rounding mode.

        Example:
            >>> torch.div(torch.tensor([7, -7]), 2)
            tensor([ 3.5000, -3.5000])
            >>> torch.div(torch.tensor([7, -7]), 2, rounding_mode="floor")
            tensor([ 3, -4])
        """
    def true_divide_(self, other: TensorLike, *, rounding_mode: str | None=None) -> Self:
        """`true_divide`, written into this tensor."""
    def trunc(self, *, out: Tensor | None=None) -> Tensor:
        """Each element without its fraction. Its gradient is 0.

        Args:
            input: of any shape; integers pass unchanged.
            out: the tensor to write the result to.

        Returns:
            A tensor of the input's shape.

        Example:
            >>> torch.trunc(torch.tensor([-1.5, 0.5, 1.7]))
            tensor([-1.,  0.,  1.])
        """
    def trunc_(self) -> Self:
        """`trunc`, written into this tensor."""
    @overload
    def type(self, dtype: None=None, non_blocking: _bool=False) -> str:
        """Name the tensor's type, or give the tensor another.

        Args:
            self: the tensor.
            dtype: a dtype, or an old name of its tensors: `torch.FloatTensor`, with or without quotes.
            non_blocking: accepted without effect.

        Returns:
            The old name of the type, if no dtype is given; else a tensor of that dtype and this one's
            shape.

        Raises:
            ValueError: if the name is unknown.

        Example:
            >>> torch.ones(2).type()
            'torch.FloatTensor'
            >>> torch.ones(2).type(torch.int64)
            tensor([1, 1])
        """
    @overload
    def type(self, dtype: str | DtypeLike, non_blocking: _bool=False) -> Tensor:
        """Name the tensor's type, or give the tensor another.

        Args:
            self: the tensor.
            dtype: a dtype, or an old name of its tensors: `torch.FloatTensor`, with or without quotes.
            non_blocking: accepted without effect.

        Returns:
            The old name of the type, if no dtype is given; else a tensor of that dtype and this one's
            shape.

        Raises:
            ValueError: if the name is unknown.

        Example:
            >>> torch.ones(2).type()
            'torch.FloatTensor'
            >>> torch.ones(2).type(torch.int64)
            tensor([1, 1])
        """
    def type_as(self, other: Tensor) -> Tensor:
        """Give this tensor the dtype of another.

        Args:
            self: the tensor.
            other: whose dtype is taken.

        Returns:
            A tensor of this one's shape; itself where it has the dtype.

        Example:
            >>> torch.ones(2).type_as(torch.tensor([1]))
            tensor([1, 1])
        """
    def unbind(self, dim: _int=0) -> tuple[Tensor, ...]:
        """All slices along a dimension.

        Args:
            input: a tensor with at least one dimension.
            dim: the dimension, of size n.

        Returns:
            n views with one dimension fewer.

        Raises:
            IndexError: if input has no such dimension.

        Example:
            >>> torch.tensor([[1, 2], [3, 4]]).unbind()
            (tensor([1, 2]), tensor([3, 4]))
        """
    def unflatten(self, dim: _int, sizes: Sequence[_int]) -> Tensor:
        """One dimension as several.

        Args:
            input: a tensor with at least one dimension.
            dim: the dimension to cut up.
            sizes: the sizes of the new dimensions; one may be -1, and follows from the others.

        Returns:
            A tensor of the same elements, a view where possible.

        Raises:
            RuntimeError: if the sizes are empty, or their product is not the dimension's size.

        Example:
            >>> torch.zeros(2, 6).unflatten(1, (2, -1)).shape
            torch.Size([2, 2, 3])
        """
    def unfold(self, dimension: _int, size: _int, step: _int) -> Tensor:
        """All windows along a dimension, as a new last dimension: a view.

        Args:
            input: a tensor of any shape.
            dimension: the dimension.
            size: how many elements a window has.
            step: how many elements lie between the starts of two windows.

        Returns:
            A view with the number of windows in that dimension, and a last dimension of `size`.

        Raises:
            RuntimeError: if a window is larger than the dimension, or the step is not positive.

        Example:
            >>> torch.arange(4).unfold(0, 2, 1)
            tensor([[0, 1],
                    [1, 2],
                    [2, 3]])
        """
    def uniform_(self, from_: _float=0.0, to: _float=1.0, *, generator: Generator | None=None, **options: _float) -> Tensor:
        """Draw uniform numbers in [from_, to) into this tensor.

        Args:
            self: the tensor to write.
            from_: the least number.
            to: the numbers are below it.
            generator: the source of the random numbers. Default: the one that `manual_seed` seeds.
            options: `from`, PyTorch's name of from_.

        Returns:
            This tensor.

        Raises:
            RuntimeError: if from_ > to.

        Example:
            >>> x = torch.empty(100).uniform_(-1, 1)
            >>> bool((x.abs() <= 1).all())
            True
        """
    def unique(self, sorted: _bool=True, return_inverse: _bool=False, return_counts: _bool=False, dim: _int | None=None) -> Any:
        """The distinct elements in rising order, or the distinct slices along a dimension.

        Args:
            input: of any shape.
            sorted: accepted; the result is always sorted.
            return_inverse: return too where each element of the input is among the distinct ones.
            return_counts: return too how often each of them occurs.
            dim: compare slices along this dimension. Default: elements.

        Returns:
            The distinct elements, (n,) or with n along the dimension; with them, as asked for, the
            inverse (int64, of the input's shape, or its length along the dimension) and the counts
            (int64, (n,)).

        Example:
            >>> torch.unique(torch.tensor([3, 1, 3]), return_counts=True)
            (tensor([1, 3]), tensor([1, 2]))
        """
    def unique_consecutive(self, return_inverse: _bool=False, return_counts: _bool=False, dim: _int | None=None) -> Any:
        """The elements without immediate repetitions, or the slices along a dimension.

        Args:
            input: of any shape.
            return_inverse: return too where each element of the input is among those left.
            return_counts: return too how often each of them is repeated.
            dim: compare slices along this dimension. Default: the elements as one vector.

        Returns:
            The elements left, (n,) or with n along the dimension; with them, as asked for, the inverse
            (int64, of the input's shape, or its length along the dimension) and the counts (int64,
            (n,)).

        Example:
            >>> torch.unique_consecutive(torch.tensor([1, 1, 2, 1]))
            tensor([1, 2, 1])
        """
    def unsafe_chunk(self, chunks: _int, dim: _int=0) -> tuple[Tensor, ...]:
        """At most `chunks` pieces of equal size along a dimension; the last one may be smaller.

        Args:
            input: a tensor with at least one dimension.
            chunks: how many pieces are wanted.
            dim: the dimension.

        Returns:
            Views, one a piece.

        Raises:
            RuntimeError: if `chunks` is not positive.

        Example:
            >>> torch.arange(5).chunk(2)
            (tensor([0, 1, 2]), tensor([3, 4]))
        """
    def unsafe_split(self, split_size: _int | Sequence[_int], dim: _int=0) -> tuple[Tensor, ...]:
        """`split`, which is as safe here.

        Args:
            input: a tensor with at least one dimension.
            split_size: the size of each piece; the last one may be smaller.
            dim: the dimension.

        Returns:
            Views, one a piece.

        Raises:
            RuntimeError: if the size is not positive.
        """
    def unsqueeze(self, dim: _int) -> Tensor:
        """A view with a new dimension of size 1.

        Args:
            input: a tensor of any shape.
            dim: where the new dimension stands in the result.

        Returns:
            A view of input's elements, with one dimension more.

        Raises:
            IndexError: if `dim` is out of the result's range.

        Example:
            >>> torch.zeros(3).unsqueeze(0).shape
            torch.Size([1, 3])
        """
    def unsqueeze_(self, dim: _int) -> Tensor:
        """Give the tensor a new dimension of size 1, and return it.

        Args:
            input: a tensor of any shape.
            dim: where the new dimension stands.

        Returns:
            The tensor itself.

        Raises:
            IndexError: if `dim` is out of range.
            RuntimeError: if it is a leaf that requires a gradient.
        """
    def untyped_storage(self) -> Storage:
        """The bytes that this tensor shares with its views.

        Args:
            self: any tensor.

        Returns:
            All bytes of the memory, in their order there.
        """
    def var(self, dim: Dims=None, unbiased: _bool=True, keepdim: _bool=False, *, correction: Number | None=None, out: Tensor | None=None) -> Tensor:
        """The variance, of all elements or along dimensions: the squares about the mean over n - 1.

        Args:
            input: floating-point, of any shape.
            dim: the dimension, or several; or `unbiased`. Default: all.
            unbiased: divide by n - 1, and not by n.
            keepdim: leave these dimensions in place, with length 1.
            correction: divide by n less this, whatever `unbiased` says.
            out: the tensor to write the result to.

        Returns:
            The input's shape without these dimensions; a scalar for all.

        Raises:
            RuntimeError: if the elements are not floating-point.
            IndexError: if a dimension is out of range.

        Example:
            >>> x = torch.tensor([1.0, 2.0, 3.0, 6.0])
            >>> torch.var(x), torch.var(x, correction=0)
            (tensor(4.6667), tensor(3.5000))
        """
    def vdot(self, other: Tensor, *, out: Tensor | None=None) -> Tensor:
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
    @overload
    def view(self, dtype: dtypes.dtype, /) -> Tensor:
        """The same memory seen in another shape; with a dtype, its bytes read as that dtype.

        Args:
            input: a tensor of any shape.
            size: the shape as a sequence, or its first size, of which one may be -1; or a dtype.
            more: the other sizes.
            dtype: a dtype, by keyword.

        Returns:
            A view of that shape; with another dtype, of the same shape but for the last dimension.

        Raises:
            RuntimeError: if the shape does not hold as many elements as input, or if the elements would
                have to be copied.

        Example:
            >>> x = torch.zeros(2, 2)
            >>> x.view(-1)[0] = 1
            >>> x
            tensor([[1., 0.],
                    [0., 0.]])
        """
    @overload
    def view(self, size: Sequence[_int], /) -> Tensor:
        """The same memory seen in another shape; with a dtype, its bytes read as that dtype.

        Args:
            input: a tensor of any shape.
            size: the shape as a sequence, or its first size, of which one may be -1; or a dtype.
            more: the other sizes.
            dtype: a dtype, by keyword.

        Returns:
            A view of that shape; with another dtype, of the same shape but for the last dimension.

        Raises:
            RuntimeError: if the shape does not hold as many elements as input, or if the elements would
                have to be copied.

        Example:
            >>> x = torch.zeros(2, 2)
            >>> x.view(-1)[0] = 1
            >>> x
            tensor([[1., 0.],
                    [0., 0.]])
        """
    @overload
    def view(self, *size: _int) -> Tensor:
        """The same memory seen in another shape; with a dtype, its bytes read as that dtype.

        Args:
            input: a tensor of any shape.
            size: the shape as a sequence, or its first size, of which one may be -1; or a dtype.
            more: the other sizes.
            dtype: a dtype, by keyword.

        Returns:
            A view of that shape; with another dtype, of the same shape but for the last dimension.

        Raises:
            RuntimeError: if the shape does not hold as many elements as input, or if the elements would
                have to be copied.

        Example:
            >>> x = torch.zeros(2, 2)
            >>> x.view(-1)[0] = 1
            >>> x
            tensor([[1., 0.],
                    [0., 0.]])
        """
    @overload
    def view(self, *, size: Sequence[_int]) -> Tensor:
        """The same memory seen in another shape; with a dtype, its bytes read as that dtype.

        Args:
            input: a tensor of any shape.
            size: the shape as a sequence, or its first size, of which one may be -1; or a dtype.
            more: the other sizes.
            dtype: a dtype, by keyword.

        Returns:
            A view of that shape; with another dtype, of the same shape but for the last dimension.

        Raises:
            RuntimeError: if the shape does not hold as many elements as input, or if the elements would
                have to be copied.

        Example:
            >>> x = torch.zeros(2, 2)
            >>> x.view(-1)[0] = 1
            >>> x
            tensor([[1., 0.],
                    [0., 0.]])
        """
    @overload
    def view(self, *, dtype: dtypes.dtype) -> Tensor:
        """The same memory seen in another shape; with a dtype, its bytes read as that dtype.

        Args:
            input: a tensor of any shape.
            size: the shape as a sequence, or its first size, of which one may be -1; or a dtype.
            more: the other sizes.
            dtype: a dtype, by keyword.

        Returns:
            A view of that shape; with another dtype, of the same shape but for the last dimension.

        Raises:
            RuntimeError: if the shape does not hold as many elements as input, or if the elements would
                have to be copied.

        Example:
            >>> x = torch.zeros(2, 2)
            >>> x.view(-1)[0] = 1
            >>> x
            tensor([[1., 0.],
                    [0., 0.]])
        """
    def view_as(self, other: Tensor) -> Tensor:
        """The same memory seen in another tensor's shape.

        Args:
            input: a tensor of as many elements as other.
            other: a tensor of the shape wanted.

        Returns:
            A view of other's shape.

        Raises:
            RuntimeError: as `view` does.
        """
    def vsplit(self, sections: _int | Sequence[_int] | None=None, *, indices: Sequence[_int] | None=None) -> tuple[Tensor, ...]:
        """Pieces one below the other: along dimension 0.

        Args:
            input: a tensor with at least two dimensions.
            sections: how many pieces of one size, or the places to cut at.
            indices: the places to cut at, by keyword.

        Returns:
            Views, one a piece.

        Raises:
            RuntimeError: if input has too few dimensions, or cannot be cut evenly.
        """
    def where(self, condition: Tensor, other: TensorLike) -> Tensor:
        """This tensor where the condition holds, other elsewhere.

        Args:
            condition: a bool tensor.
            other: a tensor or a number, of a shape that broadcasts with the condition's.

        Returns:
            A tensor of the broadcast shape.
        """
    def xlogy(self, other: TensorLike, *, out: Tensor | None=None) -> Tensor:
        """input * log(other), and 0 where input is 0.

        Args:
            input: a tensor or a number; integers become floats first.
            other: a tensor or a number, of a shape that broadcasts with input's.
            out: the tensor to write the result to.

        Returns:
            A tensor of the broadcast shape and the common dtype.

        Example:
            >>> torch.xlogy(torch.tensor([0.0, 2.0]), torch.tensor([0.0, 3.0]))
            tensor([0.0000, 2.1972])
        """
    def xlogy_(self, other: TensorLike) -> Self:
        """`xlogy`, written into this tensor."""
    def zero_(self) -> Tensor:
        """Write zeros into this tensor.

        Args:
            input: the tensor to write.

        Returns:
            The input.

        Example:
            >>> x = torch.ones(2)
            >>> torch.zero_(x)
            tensor([0., 0.])
        """
