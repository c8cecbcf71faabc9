"""Distances as modules."""

from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn.modules.from_function import from_function

PairwiseDistance = from_function("PairwiseDistance", F.pairwise_distance, p=2.0, eps=1e-6, keepdim=False)
CosineSimilarity = from_function("CosineSimilarity", F.cosine_similarity, dim=1, eps=1e-8)
