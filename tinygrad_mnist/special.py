"""Special functions, under the names of `torch.special`."""

from tinygrad_mnist.ops.pointwise import erf, erfc, exp2, expm1, log1p, round, sinc, xlogy
from tinygrad_mnist.ops.pointwise import sigmoid as expit
from tinygrad_mnist.ops.reduction import log_softmax, logsumexp, softmax
from tinygrad_mnist.ops.special import *
from tinygrad_mnist.ops.special import digamma as psi
from tinygrad_mnist.ops.special import igamma as gammainc
from tinygrad_mnist.ops.special import igammac as gammaincc
from tinygrad_mnist.ops.special import lgamma as gammaln
from tinygrad_mnist.ops.special import mvlgamma as multigammaln
