"""Embeddings: learned vectors looked up by number."""

from typing import Any

from tinygrad_mnist.creation import empty
from tinygrad_mnist.errors import check
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn import init
from tinygrad_mnist.nn.modules.from_function import REQUIRED, FunctionModule, from_function
from tinygrad_mnist.nn.parameter import Parameter
from tinygrad_mnist.tape import no_grad
from tinygrad_mnist.tensor import Tensor

__all__ = ["Embedding", "EmbeddingBag"]


class _Table(FunctionModule):
    """Rows, (num_embeddings, embedding_dim), standard normal at the start; the one at `padding_idx` is zero."""

    learned = "weight"
    padding_idx: int | None

    def check(self, _weight: Tensor | None, device: Any, dtype: Any, _freeze: bool = False) -> None:
        n, width, padding = self.num_embeddings, self.embedding_dim, self.padding_idx
        check(padding is None or -n <= padding < n, "Padding_idx must be within num_embeddings", error=AssertionError)
        check(_weight is None or _weight.shape == (n, width), "Shape of weight does not match num_embeddings and"
              " embedding_dim", error=AssertionError)  # fmt: skip
        self.padding_idx = padding if padding is None else padding % n
        start = empty(n, width, dtype=dtype, device=device) if _weight is None else _weight
        self.weight = Parameter(start, requires_grad=not _freeze)
        if _weight is None:
            self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the rows anew."""
        init.normal_(self.weight)
        if self.padding_idx is not None:
            with no_grad():
                self.weight[self.padding_idx] = 0

    @classmethod
    def from_pretrained(cls, embeddings: Tensor, freeze: bool = True, *args: Any, **options: Any) -> Any:
        """A module with given rows, not learned unless `freeze=False`; further arguments as of the class."""
        check(embeddings.ndim == 2, "Embeddings parameter is expected to be 2-dimensional", error=AssertionError)
        made = cls(*embeddings.shape, *args, _weight=embeddings, **options)
        made.weight.requires_grad = not freeze
        return made


class _Bags(_Table):
    def forward(self, input: Tensor, offsets: Tensor | None = None, per_sample_weights: Tensor | None = None) -> Any:
        return F.embedding_bag(input, offsets=offsets, per_sample_weights=per_sample_weights,
                               **{name: getattr(self, name) for name in self.passed})  # fmt: skip


Embedding = from_function(
    "Embedding", F.embedding, "num_embeddings= embedding_dim= padding_idx? max_norm? norm_type? scale_grad_by_freq?"
    " sparse?", base=_Table, unused="_weight _freeze device dtype", num_embeddings=REQUIRED, embedding_dim=REQUIRED,
    padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False, _weight=None,
    _freeze=False, device=None, dtype=None,
)  # fmt: skip
EmbeddingBag = from_function(
    "EmbeddingBag", F.embedding_bag, "num_embeddings= embedding_dim= max_norm? norm_type? scale_grad_by_freq? mode"
    " padding_idx?", base=_Bags, unused="_weight device dtype", num_embeddings=REQUIRED, embedding_dim=REQUIRED,
    max_norm=None, norm_type=2.0, scale_grad_by_freq=False, mode="mean", sparse=False, _weight=None,
    include_last_offset=False, padding_idx=None, device=None, dtype=None,
)  # fmt: skip
