"""A distribution whose batch dimensions are made an event's."""

from __future__ import annotations

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.distributions import constraints
from tinygrad_mnist.distributions.constraints import Constraint
from tinygrad_mnist.distributions.distribution import Distribution, Shape

__all__ = ["Independent"]


class Independent(Distribution):
    """A distribution whose last batch dimensions are one event's: `log_prob` sums over them.

    Args:
        base_distribution: the distribution of each element.
        reinterpreted_batch_ndims: how many of its last batch dimensions.
        validate_args: whether samples are checked. Default: yes.

    Raises:
        ValueError: if the distribution has fewer batch dimensions.

    Example:
        >>> base = torch.distributions.Normal(torch.zeros(3, 2), torch.ones(3, 2))
        >>> d = torch.distributions.Independent(base, 1)
        >>> d.batch_shape, d.event_shape
        (torch.Size([3]), torch.Size([2]))
    """

    def __init__(
        self,
        base_distribution: Distribution,
        reinterpreted_batch_ndims: int,
        validate_args: bool | None = None,
    ) -> None:
        batch = base_distribution.batch_shape
        check(
            reinterpreted_batch_ndims <= len(batch),
            "Expected reinterpreted_batch_ndims <= len(base_distribution.batch_shape),"
            " actual {} vs {}",
            reinterpreted_batch_ndims,
            len(batch),
            error=ValueError,
        )
        self.base_dist = base_distribution
        self.reinterpreted_batch_ndims = reinterpreted_batch_ndims
        count = len(batch) - reinterpreted_batch_ndims
        event = batch[count:] + base_distribution.event_shape
        super().__init__(batch[:count], event, validate_args)

    @property
    def support(self) -> Constraint:
        """What draws must be: as the base distribution's, all of an event."""
        return constraints.independent(self.base_dist.support, self.reinterpreted_batch_ndims)

    @property
    def has_rsample(self) -> bool:
        """Whether draws have gradients."""
        return bool(self.base_dist.has_rsample)

    @property
    def mean(self) -> Tensor:
        """The base distribution's mean."""
        return self.base_dist.mean

    @property
    def mode(self) -> Tensor:
        """The base distribution's mode."""
        return self.base_dist.mode

    @property
    def variance(self) -> Tensor:
        """The base distribution's variance."""
        return self.base_dist.variance

    def sum_over_event(self, values: Tensor) -> Tensor:
        """The sum over the dimensions that were the base distribution's batch.

        Args:
            values: (*batch_shape, ...), with `reinterpreted_batch_ndims` further dimensions.

        Returns:
            A tensor without those.
        """
        if not self.reinterpreted_batch_ndims:
            return values
        return values.sum(tuple(range(-self.reinterpreted_batch_ndims, 0)))

    def sample(self, sample_shape: Shape = ()) -> Tensor:
        """Draws without a history.

        Args:
            sample_shape: the shape of the set of draws. Default: one.

        Returns:
            A tensor of shape (*sample_shape, *batch_shape, *event_shape).
        """
        return self.base_dist.sample(sample_shape)

    def rsample(self, sample_shape: Shape = ()) -> Tensor:
        """Draws that are functions of the parameters, with gradients.

        Args:
            sample_shape: the shape of the set of draws. Default: one.

        Returns:
            A tensor of shape (*sample_shape, *batch_shape, *event_shape).
        """
        return self.base_dist.rsample(sample_shape)

    def log_prob(self, value: Tensor) -> Tensor:
        """The logarithm of the density, or of the probability, at a value.

        Args:
            value: a tensor that broadcasts with (*batch_shape, *event_shape).

        Returns:
            A tensor of the broadcast shape, without the event's dimensions.

        Raises:
            ValueError: if the value's shape does not fit, or it is outside of the support.
        """
        return self.sum_over_event(self.base_dist.log_prob(value))

    def entropy(self) -> Tensor:
        """The entropy in nats, of the batch shape."""
        return self.sum_over_event(self.base_dist.entropy())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.base_dist}, {self.reinterpreted_batch_ndims})"
