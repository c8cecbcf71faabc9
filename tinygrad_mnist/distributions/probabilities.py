"""What families that are given by probabilities or by their logits have in common."""

from __future__ import annotations

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.tensor import Size, Tensor
from tinygrad_mnist.distributions.distribution import Distribution
from tinygrad_mnist.distributions.utils import (
    broadcast_all,
    lazy_property,
    logits_to_probs,
    probs_to_logits,
)

__all__ = ["ProbsOrLogits"]


class ProbsOrLogits(Distribution):
    """A family given by either `probs` or `logits`; the other is computed when asked for.

    Args:
        probs: probabilities, a number or a tensor.
        logits: their logarithms, up to a constant, instead.
        validate_args: whether parameters and samples are checked. Default: yes.

    Raises:
        ValueError: if both or none of the two are given, or one is out of bounds.
    """

    is_binary = False
    param_ndim = 0  # dimensions of one member's parameter

    def __init__(
        self,
        probs: float | Tensor | None = None,
        logits: float | Tensor | None = None,
        validate_args: bool | None = None,
    ) -> None:
        check(
            (probs is None) != (logits is None),
            "Either `probs` or `logits` must be specified, but not both.",
            error=ValueError,
        )
        name = "logits" if probs is None else "probs"
        (value,) = broadcast_all(logits if probs is None else probs)  # type: ignore[arg-type]
        check(
            value.ndim >= self.param_ndim,
            "`{}` parameter must be at least one-dimensional.",
            name,
            error=ValueError,
        )
        self.__dict__[name] = self._normalized(name, value)
        super().__init__(value.shape[: value.ndim - self.param_ndim], validate_args=validate_args)

    def _normalized(self, name: str, value: Tensor) -> Tensor:
        """The parameter in the form in which it is kept."""
        return value

    @lazy_property
    def logits(self) -> Tensor:
        """The logarithms of the probabilities; of one of two outcomes, log(p / (1 - p))."""
        return probs_to_logits(self.probs, self.is_binary)

    @lazy_property
    def probs(self) -> Tensor:
        """The probabilities."""
        return logits_to_probs(self.logits, self.is_binary)

    @property
    def param_shape(self) -> Size:
        """The shape of the parameter."""
        value = next(iter(self._parameters().values()))
        return value.shape
