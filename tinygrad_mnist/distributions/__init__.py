"""Probability distributions: densities that can be differentiated, and samples.

`rsample` draws samples that are functions of the parameters, with gradients; `sample` without.
Draws come from the default generator, `tinygrad_mnist.random`.
"""

from tinygrad_mnist.distributions import constraints, utils
from tinygrad_mnist.distributions.bernoulli import Bernoulli
from tinygrad_mnist.distributions.categorical import Categorical
from tinygrad_mnist.distributions.distribution import Distribution
from tinygrad_mnist.distributions.independent import Independent
from tinygrad_mnist.distributions.kl import kl_divergence, register_kl
from tinygrad_mnist.distributions.laplace import Laplace
from tinygrad_mnist.distributions.multivariate_normal import MultivariateNormal
from tinygrad_mnist.distributions.normal import Normal
from tinygrad_mnist.distributions.uniform import Uniform

__all__ = [
    "Bernoulli",
    "Categorical",
    "Distribution",
    "Independent",
    "Laplace",
    "MultivariateNormal",
    "Normal",
    "Uniform",
    "constraints",
    "kl_divergence",
    "register_kl",
    "utils",
]
