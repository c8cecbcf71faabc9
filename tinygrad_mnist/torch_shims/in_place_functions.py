"""Methods that write in place, as functions too: `torch.abs_(x)` is `x.abs_()`."""

from __future__ import annotations

from tinygrad_mnist.core.tensor import Tensor

__all__ = [
    "abs_",
    "acos_",
    "acosh_",
    "addmv_",
    "as_strided_",
    "asin_",
    "asinh_",
    "atan_",
    "atanh_",
    "bitwise_not_",
    "ceil_",
    "clamp_",
    "clamp_max_",
    "clamp_min_",
    "clip_",
    "cos_",
    "cosh_",
    "deg2rad_",
    "erf_",
    "erfc_",
    "exp2_",
    "exp_",
    "expm1_",
    "fill_",
    "floor_",
    "index_put_",
    "log1p_",
    "log2_",
    "log10_",
    "log_",
    "logical_not_",
    "nan_to_num_",
    "neg_",
    "rad2deg_",
    "reciprocal_",
    "relu_",
    "round_",
    "rsqrt_",
    "sigmoid_",
    "sign_",
    "sin_",
    "sinc_",
    "sinh_",
    "sqrt_",
    "square_",
    "tan_",
    "tanh_",
    "trunc_",
    "xlogy_",
]

# magnitude and sign
abs_ = Tensor.abs_
neg_ = Tensor.neg_
sign_ = Tensor.sign_

# powers and roots
reciprocal_ = Tensor.reciprocal_
rsqrt_ = Tensor.rsqrt_
sqrt_ = Tensor.sqrt_
square_ = Tensor.square_

# exponentials and logarithms
exp_ = Tensor.exp_
exp2_ = Tensor.exp2_
expm1_ = Tensor.expm1_
log_ = Tensor.log_
log2_ = Tensor.log2_
log10_ = Tensor.log10_
log1p_ = Tensor.log1p_
xlogy_ = Tensor.xlogy_

# angles
acos_ = Tensor.acos_
acosh_ = Tensor.acosh_
asin_ = Tensor.asin_
asinh_ = Tensor.asinh_
atan_ = Tensor.atan_
atanh_ = Tensor.atanh_
cos_ = Tensor.cos_
cosh_ = Tensor.cosh_
deg2rad_ = Tensor.deg2rad_
rad2deg_ = Tensor.rad2deg_
sin_ = Tensor.sin_
sinc_ = Tensor.sinc_
sinh_ = Tensor.sinh_
tan_ = Tensor.tan_
tanh_ = Tensor.tanh_

# curves
erf_ = Tensor.erf_
erfc_ = Tensor.erfc_
relu_ = Tensor.relu_
sigmoid_ = Tensor.sigmoid_

# rounding
ceil_ = Tensor.ceil_
floor_ = Tensor.floor_
round_ = Tensor.round_
trunc_ = Tensor.trunc_

# limits
clamp_ = Tensor.clamp_
clamp_max_ = Tensor.clamp_max_
clamp_min_ = Tensor.clamp_min_
clip_ = Tensor.clip_
nan_to_num_ = Tensor.nan_to_num_

# bits and truth
bitwise_not_ = Tensor.bitwise_not_
logical_not_ = Tensor.logical_not_

# elements and views
as_strided_ = Tensor.as_strided_
fill_ = Tensor.fill_
index_put_ = Tensor.index_put_

# products
addmv_ = Tensor.addmv_
