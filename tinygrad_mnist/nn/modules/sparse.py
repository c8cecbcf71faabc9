"""Tables of learned vectors."""

from __future__ import annotations

from typing import Any, Self

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.modes import no_grad
from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn import init
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.nn.modules.utils import _check_integers
from tinygrad_mnist.nn.parameter import Parameter
from tinygrad_mnist.ops.creation import empty

__all__ = ["Embedding", "EmbeddingBag"]


def _place_of_padding(padding_idx: int | None, num_embeddings: int) -> int | None:
    """The row of the padding, counted from the start."""
    if padding_idx is None:
        return None
    within = -num_embeddings <= padding_idx < num_embeddings
    check(within, "Padding_idx must be within num_embeddings", error=AssertionError)
    return padding_idx % num_embeddings


def _check_table(weight: Tensor, num_embeddings: int, embedding_dim: int) -> None:
    message = "Shape of weight does not match num_embeddings and embedding_dim"
    check(weight.shape == (num_embeddings, embedding_dim), message, error=AssertionError)


def _draw_rows(weight: Tensor, padding_idx: int | None) -> None:
    """Draw the rows standard normal, with zeros in that of the padding."""
    init.normal_(weight)
    if padding_idx is not None:
        with no_grad():
            weight[padding_idx] = 0


class Embedding(Module):
    """Rows of a table, looked up by number.

    Args:
        num_embeddings: how many rows.
        embedding_dim: their width.
        padding_idx: the row that gets no gradient, and is zero at the start.
        max_norm: rows that are looked up and longer are first shortened to this length, in place.
        norm_type: the p of the norm that is that length.
        scale_grad_by_freq: whether a row's gradient is divided by how often it is looked up.
        sparse: accepted; gradients are dense.
        _weight: the table at the start. Default: standard normal.
        _freeze: whether the table is not learned.
        device: "cpu".
        dtype: of the table. Default: the default dtype.

    Attributes:
        weight: the table, (num_embeddings, embedding_dim).

    Shape:
        Input of any shape, row numbers; output (*, embedding_dim).

    Raises:
        AssertionError: if `padding_idx` is no row, or the table has another shape.

    Example:
        >>> nn.Embedding(10, 3)(torch.tensor([[1, 2], [4, 9]])).shape
        torch.Size([2, 2, 3])
    """

    weight: Parameter

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
        _weight: Tensor | None = None,
        _freeze: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        _check_integers(self, num_embeddings=num_embeddings, embedding_dim=embedding_dim)
        self.num_embeddings = num_embeddings
        self.embedding_dim = embedding_dim
        self.padding_idx = _place_of_padding(padding_idx, num_embeddings)
        self.max_norm = max_norm
        self.norm_type = norm_type
        self.scale_grad_by_freq = scale_grad_by_freq
        self.sparse = sparse
        if _weight is None:
            table = empty(num_embeddings, embedding_dim, dtype=dtype, device=device)
            self.weight = Parameter(table, requires_grad=not _freeze)
            self.reset_parameters()
        else:
            _check_table(_weight, num_embeddings, embedding_dim)
            self.weight = Parameter(_weight, requires_grad=not _freeze)

    def reset_parameters(self) -> None:
        """Draw the rows anew, standard normal."""
        _draw_rows(self.weight, self.padding_idx)

    def forward(self, input: Tensor) -> Tensor:
        return F.embedding(
            input,
            self.weight,
            self.padding_idx,
            self.max_norm,
            self.norm_type,
            self.scale_grad_by_freq,
            self.sparse,
        )

    def extra_repr(self) -> str:
        shown = f"{self.num_embeddings}, {self.embedding_dim}"
        if self.padding_idx is not None:
            shown += f", padding_idx={self.padding_idx}"
        if self.max_norm is not None:
            shown += f", max_norm={self.max_norm}"
        if self.norm_type != 2:
            shown += f", norm_type={self.norm_type}"
        if self.scale_grad_by_freq:
            shown += f", scale_grad_by_freq={self.scale_grad_by_freq}"
        if self.sparse:
            shown += f", sparse={self.sparse}"
        return shown

    @classmethod
    def from_pretrained(
        cls,
        embeddings: Tensor,
        freeze: bool = True,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
    ) -> Self:
        """A layer with a given table.

        Args:
            embeddings: the table, (num_embeddings, embedding_dim).
            freeze: whether it is not learned.
            padding_idx: as of the class.
            max_norm: as of the class.
            norm_type: as of the class.
            scale_grad_by_freq: as of the class.
            sparse: as of the class.

        Returns:
            The layer.

        Raises:
            AssertionError: if the table is no matrix.

        Example:
            >>> table = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
            >>> nn.Embedding.from_pretrained(table)(torch.tensor([1]))
            tensor([[3., 4.]])
        """
        check(
            embeddings.ndim == 2,
            "Embeddings parameter is expected to be 2-dimensional",
            error=AssertionError,
        )
        rows, width = embeddings.shape
        return cls(
            num_embeddings=rows,
            embedding_dim=width,
            padding_idx=padding_idx,
            max_norm=max_norm,
            norm_type=norm_type,
            scale_grad_by_freq=scale_grad_by_freq,
            sparse=sparse,
            _weight=embeddings,
            _freeze=freeze,
        )


class EmbeddingBag(Module):
    """The sum, mean or largest of rows of a table, for each bag of row numbers.

    Args:
        num_embeddings: how many rows.
        embedding_dim: their width.
        max_norm: rows that are looked up and longer are first shortened to this length, in place.
        norm_type: the p of the norm that is that length.
        scale_grad_by_freq: whether a row's gradient is divided by how often it is looked up.
        mode: "sum", "mean" or "max".
        sparse: accepted; gradients are dense.
        _weight: the table at the start. Default: standard normal.
        include_last_offset: whether the last offset is the end of the last bag.
        padding_idx: the row that counts for nothing, and is zero at the start.
        device: "cpu".
        dtype: of the table. Default: the default dtype.

    Attributes:
        weight: the table, (num_embeddings, embedding_dim).

    Shape:
        Input (bags, n), or (total,) with the bags' offsets (bags,); weights of its shape for the
        sum; output
        (bags, embedding_dim).

    Raises:
        AssertionError: if `padding_idx` is no row, or the table has another shape.

    Example:
        >>> nn.EmbeddingBag(10, 3, mode="sum")(torch.tensor([1, 2, 4]), torch.tensor([0, 2])).shape
        torch.Size([2, 3])
    """

    weight: Parameter

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: str = "mean",
        sparse: bool = False,
        _weight: Tensor | None = None,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.num_embeddings = num_embeddings
        self.embedding_dim = embedding_dim
        self.max_norm = max_norm
        self.norm_type = norm_type
        self.scale_grad_by_freq = scale_grad_by_freq
        self.mode = mode
        self.sparse = sparse
        self.include_last_offset = include_last_offset
        self.padding_idx = _place_of_padding(padding_idx, num_embeddings)
        if _weight is None:
            self.weight = Parameter(
                empty(num_embeddings, embedding_dim, dtype=dtype, device=device)
            )
            self.reset_parameters()
        else:
            _check_table(_weight, num_embeddings, embedding_dim)
            self.weight = Parameter(_weight)

    def reset_parameters(self) -> None:
        """Draw the rows anew, standard normal."""
        _draw_rows(self.weight, self.padding_idx)

    def forward(
        self, input: Tensor, offsets: Tensor | None = None, per_sample_weights: Tensor | None = None
    ) -> Tensor:
        return F.embedding_bag(
            input,
            self.weight,
            offsets,
            self.max_norm,
            self.norm_type,
            self.scale_grad_by_freq,
            self.mode,
            self.sparse,
            per_sample_weights,
            self.include_last_offset,
            self.padding_idx,
        )

    def extra_repr(self) -> str:
        shown = f"{self.num_embeddings}, {self.embedding_dim}"
        if self.max_norm is not None:
            shown += f", max_norm={self.max_norm}"
        if self.norm_type != 2:
            shown += f", norm_type={self.norm_type}"
        if self.scale_grad_by_freq:
            shown += f", scale_grad_by_freq={self.scale_grad_by_freq}"
        shown += f", mode={self.mode!r}"
        if self.padding_idx is not None:
            shown += f", padding_idx={self.padding_idx}"
        return shown

    @classmethod
    def from_pretrained(
        cls,
        embeddings: Tensor,
        freeze: bool = True,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: str = "mean",
        sparse: bool = False,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
    ) -> Self:
        """A layer with a given table.

        Args:
            embeddings: the table, (num_embeddings, embedding_dim).
            freeze: whether it is not learned.
            max_norm: as of the class.
            norm_type: as of the class.
            scale_grad_by_freq: as of the class.
            mode: as of the class.
            sparse: as of the class.
            include_last_offset: as of the class.
            padding_idx: as of the class.

        Returns:
            The layer.

        Raises:
            AssertionError: if the table is no matrix.

        Example:
            >>> table = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
            >>> nn.EmbeddingBag.from_pretrained(table, mode="sum")(torch.tensor([[0, 1]]))
            tensor([[4., 6.]])
        """
        check(
            embeddings.ndim == 2,
            "Embeddings parameter is expected to be 2-dimensional",
            error=AssertionError,
        )
        rows, width = embeddings.shape
        made = cls(
            num_embeddings=rows,
            embedding_dim=width,
            max_norm=max_norm,
            norm_type=norm_type,
            scale_grad_by_freq=scale_grad_by_freq,
            mode=mode,
            sparse=sparse,
            _weight=embeddings,
            include_last_offset=include_last_offset,
            padding_idx=padding_idx,
        )
        made.weight.requires_grad = not freeze
        return made
