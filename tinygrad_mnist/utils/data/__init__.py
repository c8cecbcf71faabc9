"""Datasets, samplers and the loader of batches."""

from tinygrad_mnist.ops.random import Generator
from tinygrad_mnist.utils.data import dataloader, dataset, distributed, sampler
from tinygrad_mnist.utils.data.dataloader import (
    DataLoader,
    default_collate,
    default_convert,
    get_worker_info,
)
from tinygrad_mnist.utils.data.dataset import (
    ConcatDataset,
    Dataset,
    IterableDataset,
    Subset,
    TensorDataset,
    random_split,
)
from tinygrad_mnist.utils.data.distributed import DistributedSampler
from tinygrad_mnist.utils.data.memory_mapped import MemoryMappedArray, MemoryMappedDataset
from tinygrad_mnist.utils.data.sampler import (
    BatchSampler,
    BlockRandomSampler,
    RandomSampler,
    Sampler,
    SequentialSampler,
    SubsetRandomSampler,
    WeightedRandomSampler,
)

__all__ = [
    "BatchSampler",
    "BlockRandomSampler",
    "ConcatDataset",
    "DataLoader",
    "Dataset",
    "DistributedSampler",
    "Generator",
    "IterableDataset",
    "MemoryMappedArray",
    "MemoryMappedDataset",
    "RandomSampler",
    "Sampler",
    "SequentialSampler",
    "Subset",
    "SubsetRandomSampler",
    "TensorDataset",
    "WeightedRandomSampler",
    "dataloader",
    "dataset",
    "default_collate",
    "default_convert",
    "distributed",
    "get_worker_info",
    "random_split",
    "sampler",
]
