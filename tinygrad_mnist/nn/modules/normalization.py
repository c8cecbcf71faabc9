"""Normalisation over the features of each example."""

from typing import Any

from tinygrad_mnist.creation import empty
from tinygrad_mnist.errors import check
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn import init
from tinygrad_mnist.nn.modules.from_function import REQUIRED, FunctionModule, from_function
from tinygrad_mnist.nn.parameter import Parameter


class _Affine(FunctionModule):
    """Followed by a learned scale (weight) and shift (bias), unless its option `switch` is False."""

    learned, sized, switch = "weight bias", "normalized_shape", "elementwise_affine"

    def check(self, device: Any, dtype: Any, bias: bool = False) -> None:
        shape, affine = getattr(self, self.sized), getattr(self, self.switch)
        for name, wanted in (("weight", affine), ("bias", affine and bias)):
            self.register_parameter(name, Parameter(empty(shape, dtype=dtype, device=device)) if wanted else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Scale 1 and shift 0."""
        for parameter, start in ((self.weight, 1), (self.bias, 0)):
            if parameter is not None:
                init.constant_(parameter, start)


class _LayerNorm(_Affine):
    normalized_shape: Any

    def check(self, *args: Any, **options: Any) -> None:
        shape: Any = self.normalized_shape
        self.normalized_shape = (shape,) if isinstance(shape, int) else tuple(shape)
        super().check(*args, **options)


class _GroupNorm(_Affine):
    sized, switch = "num_channels", "affine"

    def check(self, *args: Any, **options: Any) -> None:
        check(self.num_channels % self.num_groups == 0, "num_channels ({}) must be divisible by num_groups ({})",
              self.num_channels, self.num_groups, error=ValueError)  # fmt: skip
        super().check(*args, **options)


LayerNorm = from_function(
    "LayerNorm", F.layer_norm, "normalized_shape= eps elementwise_affine bias", base=_LayerNorm,
    unused="bias device dtype", normalized_shape=REQUIRED, eps=1e-5, elementwise_affine=True, bias=True, device=None,
    dtype=None,
)  # fmt: skip
RMSNorm = from_function(
    "RMSNorm", F.rms_norm, "normalized_shape= eps elementwise_affine", base=_LayerNorm, unused="device dtype",
    normalized_shape=REQUIRED, eps=None, elementwise_affine=True, device=None, dtype=None,
)  # fmt: skip
GroupNorm = from_function(
    "GroupNorm", F.group_norm, "num_groups= num_channels= eps affine bias", base=_GroupNorm, keyword="bias",
    unused="device dtype bias", num_groups=REQUIRED, num_channels=REQUIRED, eps=1e-5, affine=True, device=None,
    dtype=None, bias=True,
)  # fmt: skip
LocalResponseNorm = from_function(
    "LocalResponseNorm", F.local_response_norm, "size= alpha beta k", size=REQUIRED, alpha=1e-4, beta=0.75, k=1.0
)
