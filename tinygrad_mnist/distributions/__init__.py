"""Probability distributions: densities that can be differentiated, and samples.

`rsample` draws samples that are functions of the parameters, with gradients; `sample` without.
Draws come from the default generator, `tinygrad_mnist.random`.
"""

import sys

from tinygrad_mnist.distributions import distribution, families
from tinygrad_mnist.distributions.distribution import Distribution
from tinygrad_mnist.distributions.families import *

# PyTorch has a module for each family: `distributions.normal.Normal`.
_MODULES = "bernoulli categorical independent kl laplace multivariate_normal normal uniform"
for _name in _MODULES.split():
    sys.modules[f"{__name__}.{_name}"] = globals()[_name] = families
constraints = utils = distribution
sys.modules.update({f"{__name__}.{_name}": distribution for _name in ("constraints", "utils")})
