"""Linear layers, and tables of learned vectors."""

import math
from typing import Any

from tinygrad_mnist.creation import empty
from tinygrad_mnist.core.errors import check
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn import init
from tinygrad_mnist.nn.modules.from_function import FunctionModule, from_function
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.nn.parameter import Parameter
from tinygrad_mnist.tape import no_grad
from tinygrad_mnist.core.tensor import Tensor


class Identity(Module):
    """The input as it is; any arguments are accepted."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, input: Any) -> Any:
        return input


class Linear(Module):
    """x @ weight.T + bias: (..., in_features) gives (..., out_features).

    Attributes:
        weight: (out_features, in_features), bias: (out_features,); both start uniform in
            +-1 / sqrt(in_features).
    """

    def __init__(
        self, in_features: int, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        self.weight = Parameter(empty(out_features, in_features, dtype=dtype, device=device))
        self.register_parameter("bias", Parameter(empty(out_features, dtype=dtype, device=device)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the parameters anew."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        init.uniform_bias_(self.bias, self.weight)

    def forward(self, input: Tensor) -> Tensor:
        return F.linear(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"


class _Bilinear(FunctionModule):
    learned = "weight bias"

    def check(self, bias: bool, device: Any, dtype: Any) -> None:
        n, width, out = self.in1_features, self.in2_features, self.out_features
        self.weight = Parameter(empty(out, n, width, dtype=dtype, device=device))
        self.register_parameter("bias", Parameter(empty(out, dtype=dtype, device=device)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the parameters anew."""
        check(self.in1_features > 0, "in1_features must be > 0, but got {}", self.in1_features, error=ValueError)
        for parameter in self.parameters():
            init.uniform_(parameter, -(self.in1_features**-0.5), self.in1_features**-0.5)


class _PReLU(FunctionModule):
    learned = "weight"

    def check(self, device: Any, dtype: Any) -> None:
        self.weight = Parameter(empty(self.num_parameters, dtype=dtype, device=device))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Set the weights to their start."""
        init.constant_(self.weight, self.init)


class _Table(FunctionModule):
    """Rows, (num_embeddings, embedding_dim), standard normal at the start; the one at `padding_idx` is zero."""

    learned = "weight"
    padding_idx: int | None

    def check(self, device: Any, dtype: Any, _weight: Tensor | None, _freeze: bool = False) -> None:
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
        made: Any = cls(*embeddings.shape, *args, _weight=embeddings, **options)  # type: ignore[call-arg]
        made.weight.requires_grad = not freeze
        return made


class _Bags(_Table):
    def forward(self, input: Tensor, offsets: Tensor | None = None, per_sample_weights: Tensor | None = None) -> Any:
        return super().forward(input, offsets=offsets, per_sample_weights=per_sample_weights)


Bilinear = from_function("Bilinear", F.bilinear, "in1_features in2_features out_features bias", base=_Bilinear,
                         bias=True)  # fmt: skip
PReLU = from_function("PReLU", F.prelu, "num_parameters init-", base=_PReLU, num_parameters=1, init=0.25)
_ROWS, _OPTIONS = "num_embeddings= embedding_dim=", "max_norm? norm_type? scale_grad_by_freq?"
Embedding = from_function("Embedding", F.embedding, f"{_ROWS} padding_idx? {_OPTIONS} sparse? _weight- _freeze-",
                          base=_Table, _weight=None, _freeze=False)  # fmt: skip
EmbeddingBag = from_function(
    "EmbeddingBag", F.embedding_bag, f"{_ROWS} {_OPTIONS} mode sparse- _weight- include_last_offset- padding_idx?",
    base=_Bags, norm_type=2.0, _weight=None,
)  # fmt: skip
