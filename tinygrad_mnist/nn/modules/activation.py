"""Activations as modules."""

from typing import Any

from tinygrad_mnist.creation import empty
from tinygrad_mnist.errors import check
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn import init
from tinygrad_mnist.nn.modules.from_function import REQUIRED, from_function
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.nn.modules.multihead import MultiheadAttention as MultiheadAttention
from tinygrad_mnist.nn.parameter import Parameter
from tinygrad_mnist.tensor import Tensor

ReLU = from_function("ReLU", F.relu, "inplace?", inplace=False)
ReLU6 = from_function("ReLU6", F.relu6, "inplace?", inplace=False)
LeakyReLU = from_function("LeakyReLU", F.leaky_relu, "negative_slope inplace?", negative_slope=0.01, inplace=False)
RReLU = from_function("RReLU", F.rrelu, "lower upper inplace?", lower=1 / 8, upper=1 / 3, inplace=False)
ELU = from_function("ELU", F.elu, "alpha inplace?", alpha=1.0, inplace=False)
CELU = from_function("CELU", F.celu, "alpha inplace?", alpha=1.0, inplace=False)
SELU = from_function("SELU", F.selu, "inplace?", inplace=False)
GELU = from_function("GELU", F.gelu, "approximate", approximate="none")
SiLU = from_function("SiLU", F.silu, "inplace?", inplace=False)
Mish = from_function("Mish", F.mish, "inplace?", inplace=False)
Sigmoid = from_function("Sigmoid", F.sigmoid)
LogSigmoid = from_function("LogSigmoid", F.logsigmoid)
Hardsigmoid = from_function("Hardsigmoid", F.hardsigmoid, inplace=False)
Hardswish = from_function("Hardswish", F.hardswish, inplace=False)
Tanh = from_function("Tanh", F.tanh)
Tanhshrink = from_function("Tanhshrink", F.tanhshrink)
Hardtanh = from_function("Hardtanh", F.hardtanh, "min_val max_val inplace?", min_val=-1.0, max_val=1.0, inplace=False)
Hardshrink = from_function("Hardshrink", F.hardshrink, "lambd=", lambd=0.5)
Softshrink = from_function("Softshrink", F.softshrink, "lambd=", lambd=0.5)
Softsign = from_function("Softsign", F.softsign)
Softplus = from_function("Softplus", F.softplus, "beta threshold", beta=1.0, threshold=20.0)
Threshold = from_function(
    "Threshold", F.threshold, "threshold value inplace?", threshold=REQUIRED, value=REQUIRED, inplace=False
)
GLU = from_function("GLU", F.glu, "dim", dim=-1)
Softmax = from_function("Softmax", F.softmax, "dim", dim=None)
Softmin = from_function("Softmin", F.softmin, "dim", dim=None)
LogSoftmax = from_function("LogSoftmax", F.log_softmax, "dim", dim=None)


def _softmax2d(input: Tensor) -> Tensor:
    """`softmax` over the channels of (c, h, w) or (n, c, h, w)."""
    check(input.ndim in (3, 4), "Softmax2d: expected a 3D or 4D input, got {}D instead", input.ndim, error=ValueError)
    return F.softmax(input, -3)


Softmax2d = from_function("Softmax2d", _softmax2d)


class PReLU(Module):
    """x where positive, weight * x elsewhere, with one learned weight or one for each channel."""

    def __init__(self, num_parameters: int = 1, init: float = 0.25, device: Any = None, dtype: Any = None) -> None:
        super().__init__()
        self.num_parameters, self.init = num_parameters, init
        self.weight = Parameter(empty(num_parameters, dtype=dtype, device=device))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Set the weights to their start."""
        init.constant_(self.weight, self.init)

    def forward(self, input: Tensor) -> Tensor:
        return F.prelu(input, self.weight)

    def extra_repr(self) -> str:
        return f"num_parameters={self.num_parameters}"
