"""Activation functions as layers, and attention in several heads."""

from __future__ import annotations

import warnings
from typing import Any

from tinygrad_mnist.core.errors import check
from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.nn import init
from tinygrad_mnist.nn.modules.linear import NonDynamicallyQuantizableLinear
from tinygrad_mnist.nn.modules.module import Module
from tinygrad_mnist.nn.parameter import Parameter
from tinygrad_mnist.ops.creation import empty

__all__ = [
    "CELU",
    "ELU",
    "GELU",
    "GLU",
    "SELU",
    "Hardshrink",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "LeakyReLU",
    "LogSigmoid",
    "LogSoftmax",
    "Mish",
    "MultiheadAttention",
    "PReLU",
    "RReLU",
    "ReLU",
    "ReLU6",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softmax2d",
    "Softmin",
    "Softplus",
    "Softshrink",
    "Softsign",
    "Tanh",
    "Tanhshrink",
    "Threshold",
]


def _shown_in_place(inplace: bool) -> str:
    """How a repr says that the input is written."""
    return "inplace=True" if inplace else ""


# of straight lines ---------------------------------------------------------------------------


class ReLU(Module):
    """max(x, 0). Nair and Hinton, ICML 2010.

    Args:
        inplace: whether the result is written into the input.

    Shape:
        Input of any shape; output of the same.

    Example:
        >>> nn.ReLU()(torch.tensor([-1.0, 2.0]))
        tensor([0., 2.])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.relu(input, self.inplace)

    def extra_repr(self) -> str:
        return _shown_in_place(self.inplace)


class ReLU6(Module):
    """x held between 0 and 6. Howard et al. (2017), arXiv:1704.04861.

    Args:
        inplace: whether the result is written into the input.

    Shape:
        Input of any shape; output of the same.

    Example:
        >>> nn.ReLU6()(torch.tensor([-1.0, 2.0, 9.0]))
        tensor([0., 2., 6.])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.relu6(input, self.inplace)

    def extra_repr(self) -> str:
        return _shown_in_place(self.inplace)


class LeakyReLU(Module):
    """x where positive, negative_slope * x elsewhere. Maas et al., ICML 2013.

    Args:
        negative_slope: the slope where x is not positive.
        inplace: whether the result is written into the input.

    Shape:
        Input of any shape; output of the same.

    Example:
        >>> nn.LeakyReLU(0.5)(torch.tensor([-1.0, 2.0]))
        tensor([-0.5000,  2.0000])
    """

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        super().__init__()
        self.negative_slope = negative_slope
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.leaky_relu(input, self.negative_slope, self.inplace)

    def extra_repr(self) -> str:
        shown = f"negative_slope={self.negative_slope}"
        return f"{shown}, inplace=True" if self.inplace else shown


class RReLU(Module):
    """`LeakyReLU` with a random slope in training, the middle one otherwise.

    Xu et al. (2015), arXiv:1505.00853.

    Args:
        lower: the least slope.
        upper: the largest slope.
        inplace: whether the result is written into the input.

    Shape:
        Input of any shape; output of the same.

    Example:
        >>> nn.RReLU(0.25, 0.75).eval()(torch.tensor([-1.0, 2.0]))
        tensor([-0.5000,  2.0000])
    """

    def __init__(
        self, lower: float = 1.0 / 8, upper: float = 1.0 / 3, inplace: bool = False
    ) -> None:
        super().__init__()
        self.lower = lower
        self.upper = upper
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.rrelu(input, self.lower, self.upper, self.training, self.inplace)

    def extra_repr(self) -> str:
        shown = f"lower={self.lower}, upper={self.upper}"
        return f"{shown}, inplace=True" if self.inplace else shown


class PReLU(Module):
    """`LeakyReLU` with learned slopes. He et al. (2015), arXiv:1502.01852.

    Args:
        num_parameters: 1, or one slope for each channel.
        init: the slopes at the start.
        device: "cpu".
        dtype: of the slopes. Default: the default dtype.

    Attributes:
        weight: the slopes, (num_parameters,).

    Shape:
        Input of any shape, the channels in dimension 1; output of the same.

    Example:
        >>> nn.PReLU(init=0.5)(torch.tensor([-1.0, 2.0])).tolist()
        [-0.5, 2.0]
    """

    def __init__(
        self, num_parameters: int = 1, init: float = 0.25, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        self.num_parameters = num_parameters
        self.init = init
        self.weight = Parameter(empty(num_parameters, dtype=dtype, device=device))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Set the slopes to their start."""
        init.constant_(self.weight, self.init)

    def forward(self, input: Tensor) -> Tensor:
        return F.prelu(input, self.weight)

    def extra_repr(self) -> str:
        return f"num_parameters={self.num_parameters}"


class Hardtanh(Module):
    """x held between two bounds. Collobert (2004).

    Args:
        min_val: the lower bound.
        max_val: the upper bound.
        inplace: whether the result is written into the input.
        min_value: the older name of `min_val`.
        max_value: the older name of `max_val`.

    Shape:
        Input of any shape; output of the same.

    Example:
        >>> nn.Hardtanh()(torch.tensor([-3.0, 0.5]))
        tensor([-1.0000,  0.5000])
    """

    def __init__(
        self,
        min_val: float = -1.0,
        max_val: float = 1.0,
        inplace: bool = False,
        min_value: float | None = None,
        max_value: float | None = None,
    ) -> None:
        super().__init__()
        if min_value is not None:
            warnings.warn("min_value is now min_val", FutureWarning, stacklevel=2)
            min_val = min_value
        if max_value is not None:
            warnings.warn("max_value is now max_val", FutureWarning, stacklevel=2)
            max_val = max_value
        self.min_val = min_val
        self.max_val = max_val
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.hardtanh(input, self.min_val, self.max_val, self.inplace)

    def extra_repr(self) -> str:
        shown = f"min_val={self.min_val}, max_val={self.max_val}"
        return f"{shown}, inplace=True" if self.inplace else shown


class Hardsigmoid(Module):
    """`Sigmoid` of straight lines: relu6(x + 3) / 6. Courbariaux et al. (2015), arXiv:1511.00363.

    Args:
        inplace: whether the result is written into the input.

    Shape:
        Input of any shape; output of the same.

    Example:
        >>> nn.Hardsigmoid()(torch.tensor([-4.0, 0.0, 4.0]))
        tensor([0.0000, 0.5000, 1.0000])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.hardsigmoid(input, self.inplace)


class Hardswish(Module):
    """x relu6(x + 3) / 6. Howard et al. (2019), arXiv:1905.02244.

    Args:
        inplace: whether the result is written into the input.

    Shape:
        Input of any shape; output of the same.

    Example:
        >>> nn.Hardswish()(torch.tensor([-4.0, 0.0, 4.0]))
        tensor([-0., 0., 4.])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.hardswish(input, self.inplace)


class Threshold(Module):
    """x where above a threshold, a value elsewhere.

    Args:
        threshold: the threshold.
        value: what stands where x is not above it.
        inplace: whether the result is written into the input.

    Shape:
        Input of any shape; output of the same.

    Example:
        >>> nn.Threshold(0.5, -1.0)(torch.tensor([0.2, 0.7]))
        tensor([-1.0000,  0.7000])
    """

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__()
        self.threshold = threshold
        self.value = value
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.threshold(input, self.threshold, self.value, self.inplace)

    def extra_repr(self) -> str:
        shown = f"threshold={self.threshold}, value={self.value}"
        return f"{shown}, inplace=True" if self.inplace else shown


class Hardshrink(Module):
    """x outside of [-lambd, lambd], 0 inside.

    Args:
        lambd: the bound.

    Shape:
        Input of any shape; output of the same.

    Example:
        >>> nn.Hardshrink()(torch.tensor([-2.0, 0.3]))
        tensor([-2.,  0.])
    """

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def forward(self, input: Tensor) -> Tensor:
        return F.hardshrink(input, self.lambd)

    def extra_repr(self) -> str:
        return f"{self.lambd}"


class Softshrink(Module):
    """x moved by lambd towards 0, and 0 where it would cross it.

    Args:
        lambd: how far it is moved, not negative.

    Shape:
        Input of any shape; output of the same.

    Example:
        >>> nn.Softshrink()(torch.tensor([-2.0, 0.3]))
        tensor([-1.5000,  0.0000])
    """

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def forward(self, input: Tensor) -> Tensor:
        return F.softshrink(input, self.lambd)

    def extra_repr(self) -> str:
        return f"{self.lambd}"


# of exponentials -----------------------------------------------------------------------------


class ELU(Module):
    """x where positive, alpha (exp(x) - 1) elsewhere. Clevert et al. (2015), arXiv:1511.07289.

    Args:
        alpha: the factor.
        inplace: whether the result is written into the input.

    Shape:
        Input of any shape; output of the same.

    Example:
        >>> nn.ELU()(torch.tensor([-1.0, 2.0]))
        tensor([-0.6321,  2.0000])
    """

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha = alpha
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.elu(input, self.alpha, self.inplace)

    def extra_repr(self) -> str:
        shown = f"alpha={self.alpha}"
        return f"{shown}, inplace=True" if self.inplace else shown


class CELU(Module):
    """x where positive, alpha (exp(x / alpha) - 1) elsewhere. Barron (2017), arXiv:1704.07483.

    Args:
        alpha: the factor.
        inplace: whether the result is written into the input.

    Shape:
        Input of any shape; output of the same.

    Example:
        >>> nn.CELU()(torch.tensor([-1.0, 2.0]))
        tensor([-0.6321,  2.0000])
    """

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha = alpha
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.celu(input, self.alpha, self.inplace)

    def extra_repr(self) -> str:
        shown = f"alpha={self.alpha}"
        return f"{shown}, inplace=True" if self.inplace else shown


class SELU(Module):
    """The self-normalising scaled `ELU`. Klambauer et al. (2017), arXiv:1706.02515.

    Args:
        inplace: whether the result is written into the input.

    Shape:
        Input of any shape; output of the same.

    Example:
        >>> nn.SELU()(torch.tensor([-1.0, 2.0]))
        tensor([-1.1113,  2.1014])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.selu(input, self.inplace)

    def extra_repr(self) -> str:
        return _shown_in_place(self.inplace)


class GELU(Module):
    """x times the normal distribution function at x. Hendrycks and Gimpel (2016), arXiv:1606.08415.

    Args:
        approximate: "none", or "tanh" for the paper's approximation.

    Shape:
        Input of any shape; output of the same.

    Example:
        >>> nn.GELU()(torch.tensor([-1.0, 2.0]))
        tensor([-0.1587,  1.9545])
    """

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, input: Tensor) -> Tensor:
        return F.gelu(input, self.approximate)

    def extra_repr(self) -> str:
        return f"approximate={self.approximate!r}"


class SiLU(Module):
    """x sigmoid(x), also called swish. Elfwing et al. (2017), arXiv:1702.03118.

    Args:
        inplace: whether the result is written into the input.

    Shape:
        Input of any shape; output of the same.

    Example:
        >>> nn.SiLU()(torch.tensor([-1.0, 2.0]))
        tensor([-0.2689,  1.7616])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.silu(input, self.inplace)

    def extra_repr(self) -> str:
        return _shown_in_place(self.inplace)


class Mish(Module):
    """x tanh(softplus(x)). Misra (2019), arXiv:1908.08681.

    Args:
        inplace: whether the result is written into the input.

    Shape:
        Input of any shape; output of the same.

    Example:
        >>> nn.Mish()(torch.tensor([-1.0, 2.0]))
        tensor([-0.3034,  1.9440])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.mish(input, self.inplace)

    def extra_repr(self) -> str:
        return _shown_in_place(self.inplace)


class Sigmoid(Module):
    """1 / (1 + exp(-x)).

    Shape:
        Input of any shape; output of the same.

    Example:
        >>> nn.Sigmoid()(torch.tensor([0.0, 2.0]))
        tensor([0.5000, 0.8808])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.sigmoid(input)


class LogSigmoid(Module):
    """log(sigmoid(x)), without underflow.

    Shape:
        Input of any shape; output of the same.

    Example:
        >>> nn.LogSigmoid()(torch.tensor([0.0, -200.0]))
        tensor([  -0.6931, -200.0000])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.logsigmoid(input)


class Tanh(Module):
    """The hyperbolic tangent.

    Shape:
        Input of any shape; output of the same.

    Example:
        >>> nn.Tanh()(torch.tensor([0.0, 1.0]))
        tensor([0.0000, 0.7616])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.tanh(input)


class Tanhshrink(Module):
    """x - tanh(x).

    Shape:
        Input of any shape; output of the same.

    Example:
        >>> nn.Tanhshrink()(torch.tensor([0.0, 1.0]))
        tensor([0.0000, 0.2384])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.tanhshrink(input)


class Softsign(Module):
    """x / (1 + |x|).

    Shape:
        Input of any shape; output of the same.

    Example:
        >>> nn.Softsign()(torch.tensor([-1.0, 3.0]))
        tensor([-0.5000,  0.7500])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.softsign(input)


class Softplus(Module):
    """log(1 + exp(beta x)) / beta, and x itself where beta x is above a threshold.

    Args:
        beta: how sharp the bend is.
        threshold: from where on x is returned.

    Shape:
        Input of any shape; output of the same.

    Example:
        >>> nn.Softplus()(torch.tensor([0.0, 30.0]))
        tensor([ 0.6931, 30.0000])
    """

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta = beta
        self.threshold = threshold

    def forward(self, input: Tensor) -> Tensor:
        return F.softplus(input, self.beta, self.threshold)

    def extra_repr(self) -> str:
        return f"beta={self.beta}, threshold={self.threshold}"


# along a dimension ---------------------------------------------------------------------------


class GLU(Module):
    """The first half times the sigmoid of the second. Dauphin et al. (2016), arXiv:1612.08083.

    Args:
        dim: the dimension that is halved.

    Shape:
        Input (..., 2 n, ...); output (..., n, ...).

    Example:
        >>> nn.GLU()(torch.tensor([4.0, 0.0]))
        tensor([2.])
    """

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        return F.glu(input, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class Softmax(Module):
    """exp(x) / sum(exp(x)) along a dimension.

    Args:
        dim: the dimension. Default: as in `functional.softmax`.

    Shape:
        Input of any shape; output of the same.

    Example:
        >>> nn.Softmax(dim=0)(torch.tensor([0.0, 0.0]))
        tensor([0.5000, 0.5000])
    """

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        return F.softmax(input, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class Softmin(Module):
    """`Softmax` of -x along a dimension.

    Args:
        dim: the dimension. Default: as in `functional.softmin`.

    Shape:
        Input of any shape; output of the same.

    Example:
        >>> nn.Softmin(dim=0)(torch.tensor([0.0, 1.0]))
        tensor([0.7311, 0.2689])
    """

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        return F.softmin(input, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class LogSoftmax(Module):
    """The logarithm of `Softmax`, without underflow.

    Args:
        dim: the dimension. Default: as in `functional.log_softmax`.

    Shape:
        Input of any shape; output of the same.

    Example:
        >>> nn.LogSoftmax(dim=0)(torch.tensor([0.0, 0.0]))
        tensor([-0.6931, -0.6931])
    """

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        return F.log_softmax(input, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class Softmax2d(Module):
    """`Softmax` over the channels of images.

    Shape:
        Input (c, h, w) or (n, c, h, w); output of the same.

    Raises:
        ValueError: if the input has another number of dimensions.

    Example:
        >>> nn.Softmax2d()(torch.zeros(1, 4, 1, 2))[0, :, 0, 0]
        tensor([0.2500, 0.2500, 0.2500, 0.2500])
    """

    def forward(self, input: Tensor) -> Tensor:
        message = "Softmax2d: expected a 3D or 4D input, got {}D instead"
        check(input.ndim in (3, 4), message, input.ndim, error=ValueError)
        return F.softmax(input, -3)


# attention -----------------------------------------------------------------------------------


class MultiheadAttention(Module):
    """Attention in several heads, parallel parts of the width.

    Vaswani et al. (2017), arXiv:1706.03762.

    Args:
        embed_dim: the width of the query and of the output.
        num_heads: how many parts it is divided into.
        dropout: the chance of a weight of attention to be dropped, while training.
        bias: whether the projections have biases.
        add_bias_kv: whether a learned key and value are added to those given.
        add_zero_attn: whether a key and value of zeros are added.
        kdim: the width of the keys. Default: `embed_dim`.
        vdim: the width of the values. Default: `embed_dim`.
        batch_first: whether the batch comes before the length.
        device: "cpu".
        dtype: of the parameters. Default: the default dtype.

    Shape:
        Query (l, n, embed_dim), key (s, n, kdim) and value (s, n, vdim), all or none with the batch
        n. Output of
        the query's shape; and the weights averaged over heads, (n, l, s), for each head, (n,
        num_heads, l, s), with
        `average_attn_weights=False`, or None with `need_weights=False`. Masks are those of
        `functional.multi_head_attention_forward`.

    Raises:
        ValueError: if a size is not positive.
        AssertionError: if the heads do not divide the width.

    Example:
        >>> x = torch.ones(5, 2, 8)
        >>> out, weights = nn.MultiheadAttention(8, num_heads=4)(x, x, x)
        >>> out.shape, weights.shape
        (torch.Size([5, 2, 8]), torch.Size([2, 5, 5]))
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        message = (
            "embed_dim and num_heads must be greater than 0,"
            " got embed_dim={} and num_heads={} instead"
        )
        check(embed_dim > 0 and num_heads > 0, message, embed_dim, num_heads, error=ValueError)
        check(
            embed_dim % num_heads == 0,
            "embed_dim must be divisible by num_heads",
            error=AssertionError,
        )
        self.embed_dim = embed_dim
        self.num_heads = num_heads
        self.dropout = dropout
        self.batch_first = batch_first
        self.head_dim = embed_dim // num_heads
        self.add_zero_attn = add_zero_attn
        self.kdim = embed_dim if kdim is None else kdim
        self.vdim = embed_dim if vdim is None else vdim
        self._qkv_same_embed_dim = self.kdim == embed_dim and self.vdim == embed_dim
        shapes: dict[str, tuple[int, ...] | None] = {
            "q_proj_weight": (embed_dim, embed_dim),
            "k_proj_weight": (embed_dim, self.kdim),
            "v_proj_weight": (embed_dim, self.vdim),
            "in_proj_weight": None,
            "in_proj_bias": (3 * embed_dim,) if bias else None,
            "bias_k": (1, 1, embed_dim) if add_bias_kv else None,
            "bias_v": (1, 1, embed_dim) if add_bias_kv else None,
        }
        if self._qkv_same_embed_dim:
            shapes["q_proj_weight"] = None
            shapes["k_proj_weight"] = None
            shapes["v_proj_weight"] = None
            shapes["in_proj_weight"] = (3 * embed_dim, embed_dim)
        for name, shape in shapes.items():
            parameter = None
            if shape is not None:
                parameter = Parameter(empty(shape, dtype=dtype, device=device))
            self.register_parameter(name, parameter)
        self.out_proj = NonDynamicallyQuantizableLinear(embed_dim, embed_dim, bias, device, dtype)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the projections of the inputs anew, and set the biases to 0."""
        for name in ("q_proj_weight", "k_proj_weight", "v_proj_weight", "in_proj_weight"):
            weight = self._parameters[name]
            if weight is not None:
                init.xavier_uniform_(weight)
        if self.in_proj_bias is not None:
            init.zeros_(self.in_proj_bias)
        if self.bias_k is not None:
            init.xavier_normal_(self.bias_k)
            init.xavier_normal_(self.bias_v)
        if self.out_proj.bias is not None:
            init.zeros_(self.out_proj.bias)

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Tensor | None = None,
        need_weights: bool = True,
        attn_mask: Tensor | None = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:
        """What the query finds among the values.

        Args:
            query: (l, n, embed_dim).
            key: (s, n, kdim).
            value: (s, n, vdim).
            key_padding_mask: (n, s): the keys that do not count, or numbers to add to their scores.
            need_weights: whether the weights are returned too.
            attn_mask: (l, s) or (n * num_heads, l, s): what is not attended to, or numbers to add
                to the scores.
            average_attn_weights: whether the weights are averaged over the heads.
            is_causal: says that `attn_mask` is the causal one.

        Returns:
            The output, in the query's shape, and the weights or None.
        """
        turned = self.batch_first and query.ndim == 3
        if turned:
            query, key, value = _batch_second(query, key, value)
        out, weights = F.multi_head_attention_forward(
            query,
            key,
            value,
            self.embed_dim,
            self.num_heads,
            self.in_proj_weight,
            self.in_proj_bias,
            self.bias_k,
            self.bias_v,
            self.add_zero_attn,
            self.dropout,
            self.out_proj.weight,
            self.out_proj.bias,
            self.training,
            key_padding_mask,
            need_weights,
            attn_mask,
            not self._qkv_same_embed_dim,
            self.q_proj_weight,
            self.k_proj_weight,
            self.v_proj_weight,
            None,
            None,
            average_attn_weights,
            is_causal,
        )
        if turned:
            out = out.transpose(0, 1)
        return out, weights


def _batch_second(query: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The three with the batch in dimension 1; what is one tensor stays one, for one projection."""
    turned = {id(x): x.transpose(0, 1) for x in (query, key, value)}
    return turned[id(query)], turned[id(key)], turned[id(value)]
