"""Datasets, samplers and the loader of batches."""

from tinygrad_mnist.random import Generator as Generator
from tinygrad_mnist.utils.data.dataloader import DataLoader, default_collate, default_convert, get_worker_info
from tinygrad_mnist.utils.data.dataset import *
from tinygrad_mnist.utils.data.sampler import *
