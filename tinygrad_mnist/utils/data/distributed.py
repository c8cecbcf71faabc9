"""`torch.utils.data.distributed`: the sampler that shares examples among processes."""

from tinygrad_mnist.utils.data.sampler import DistributedSampler as DistributedSampler
