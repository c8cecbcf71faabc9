"""`torch.nn.parallel`: a module in several processes; on one CPU it runs as it is."""

from tinygrad_mnist.nn.parallel.data_parallel import DataParallel, data_parallel
from tinygrad_mnist.nn.parallel.distributed import DistributedDataParallel
from tinygrad_mnist.nn.parallel.scatter_gather import gather, scatter

__all__ = ["DataParallel", "DistributedDataParallel", "data_parallel", "gather", "scatter"]
