"""`torch.distributed.algorithms.model_averaging`: ranks that step alone and meet now and then."""

from tinygrad_mnist.distributed.algorithms.model_averaging import averagers

__all__ = ["averagers"]
