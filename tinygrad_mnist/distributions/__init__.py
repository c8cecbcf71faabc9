"""Probability distributions: densities that can be differentiated, and samples.

`rsample` draws samples that are functions of the parameters, with gradients; `sample` without.
Draws come from the default generator, `tinygrad_mnist.random`.
"""

import sys

from tinygrad_mnist.distributions import constraints, distribution, families, kl, transforms
from tinygrad_mnist.distributions.distribution import Distribution
from tinygrad_mnist.distributions.families import *
from tinygrad_mnist.distributions.kl import kl_divergence, register_kl
from tinygrad_mnist.distributions.transforms import *

# PyTorch has a module for each family: `distributions.normal.Normal`.
_MODULES = """bernoulli beta binomial categorical dirichlet exponential gamma geometric independent laplace log_normal
    multinomial multivariate_normal normal one_hot_categorical poisson transformed_distribution uniform"""
for _name in _MODULES.split():
    sys.modules[f"{__name__}.{_name}"] = globals()[_name] = families
sys.modules[f"{__name__}.utils"] = utils = distribution
