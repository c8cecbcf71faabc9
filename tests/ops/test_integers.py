"""Integers and floats that a dtype does not hold: PyTorch's result, or its error, class and words."""

from types import ModuleType
from typing import Any

import numpy as np
import pytest

import tinygrad_mnist as torch
from tests.recorded import answer

CALLS = """
t.tensor([2**70], dtype=t.float32)
t.tensor(2**70, dtype=t.float32)
t.tensor([2**70])
t.tensor(2**70)
t.tensor([2**70], dtype=t.uint8)
t.tensor([2**63])
t.tensor([2**63], dtype=t.float64)
t.tensor([-2**63-1])
t.tensor([-2**63])
t.tensor([1.5, 2**70])
t.tensor([2**70, 1.5])
t.tensor([True, 2**70])
t.tensor([2**70], dtype=t.bool)
t.tensor([2**70, 1], dtype=t.int32)
t.tensor([300], dtype=t.uint8)
t.tensor([-300], dtype=t.uint8)
t.tensor([-1], dtype=t.uint8)
t.tensor([-256], dtype=t.uint8)
t.tensor([-255], dtype=t.uint8)
t.tensor([200], dtype=t.int8)
t.tensor([-129], dtype=t.int8)
t.tensor([1e10], dtype=t.int32)
t.tensor([1e30], dtype=t.int64)
t.tensor([nan], dtype=t.int64)
t.tensor([inf], dtype=t.uint8)
t.tensor([nan], dtype=t.bool)
t.tensor([inf], dtype=t.bool)
t.tensor([1e300], dtype=t.float32)
t.tensor([1e6], dtype=t.float16)
t.tensor([10**6], dtype=t.float16)
t.tensor([-1e300], dtype=t.float32)
t.tensor([np.float64(300.)], dtype=t.uint8)
t.tensor(np.array([300]), dtype=t.uint8)
t.tensor(np.array([nan]), dtype=t.int64)
t.as_tensor(2**70)
t.as_tensor([300], dtype=t.uint8)
t.asarray([300], dtype=t.uint8)
t.asarray(2**70)
t.scalar_tensor(2**70)
t.scalar_tensor(300, dtype=t.uint8)
t.scalar_tensor(nan, dtype=t.int64)
t.scalar_tensor(1e300)
t.scalar_tensor(1e300, dtype=t.float16)
t.scalar_tensor(2**70, dtype=t.float32)
t.full((2,), 2**70)
t.full((2,), 300, dtype=t.uint8)
t.full((2,), 2**70, dtype=t.float32)
t.full((2,), -1, dtype=t.uint8)
t.full((2,), nan, dtype=t.int64)
t.full((2,), inf, dtype=t.int32)
t.full((2,), nan, dtype=t.bool)
t.full((2,), 1e300)
t.full((2,), 1e6, dtype=t.float16)
t.full((2,), 2.7, dtype=t.uint8)
t.full((2,), 255.9, dtype=t.uint8)
t.full((2,), 256.0, dtype=t.uint8)
t.full_like(u8, 300)
t.full_like(u8, -1)
t.full_like(u8, -300)
t.full_like(u8, nan)
t.full_like(i64, 2**70)
t.full_like(i64, nan)
t.full_like(i64, inf)
t.full_like(i64, 1e30)
t.full_like(f32, 1e300)
t.full_like(f32, 2**70)
t.full_like(f16, 70000)
t.full_like(f32, 300, dtype=t.uint8)
u8.new_full((2,), 300)
u8.new_full((2,), 2**70)
u8.new_full((2,), nan)
f32.new_full((2,), nan, dtype=t.int64)
u8.new_tensor([300])
u8.new_tensor(300)
u8.new_tensor([2**70])
f32.new_tensor([2**70])
u8.fill_(300)
u8.fill_(-1)
u8.fill_(nan)
u8.fill_(2**70)
i64.fill_(2**63)
f32.fill_(2**70)
f32.fill_(1e300)
f16.fill_(70000)
b.fill_(nan)
b.fill_(300)
b.fill_(2**70)
u8.fill_(t.tensor(300))
u8.fill_(t.tensor(nan))
u8.masked_fill(b, 300)
u8.masked_fill(b, -1)
u8.masked_fill(b, 2**70)
u8.masked_fill(b, nan)
u8.masked_fill(b, 1.5)
u8.masked_fill(b, t.tensor(300))
i64.masked_fill(b, 1e30)
i64.masked_fill(b, inf)
i64.masked_fill(b, nan)
f32.masked_fill(b, 1e300)
f32.masked_fill(b, 2**70)
f16.masked_fill(b, -1e9)
f16.masked_fill(b, -1e4)
f16.masked_fill_(b, -1e9)
f16.masked_fill_(b, -inf)
b.masked_fill(b, 3)
u8.masked_fill_(b, 300)
u8.index_fill(0, idx, 300)
u8.index_fill(0, idx, nan)
u8.index_fill(0, idx, 2**70)
i64.index_fill(0, idx, inf)
f16.index_fill(0, idx, 1e9)
f32.index_fill(0, idx, 2**70)
u8.index_fill_(0, idx, 300)
u8.scatter(0, idx, 300)
u8.scatter(0, idx, nan)
u8.scatter(0, idx, 2**70)
i64.scatter(0, idx, inf)
i64.scatter(0, idx, 1.5)
f16.scatter(0, idx, 1e9)
u8.scatter_(0, idx, 300)
u8.scatter(0, idx, 300, reduce="add")
u8.scatter(0, idx, 300, reduce="multiply")
u8.scatter_(0, idx, nan, reduce="add")
setitem(u8, 0, 300)
setitem(u8, 0, -1)
setitem(u8, 0, 2**70)
setitem(u8, 0, nan)
setitem(u8, b, 300)
setitem(u8, idx, 300)
setitem(u8, slice(None), 300)
setitem(u8, slice(None), 2**70)
setitem(i64, 0, 2**63)
setitem(i64, 0, 2**70)
setitem(i64, 0, inf)
setitem(f32, 0, 2**70)
setitem(f32, 0, 1e300)
setitem(f16, 0, 70000)
setitem(f16, b, 70000)
setitem(f16, idx, 70000)
setitem(b, 0, 300)
setitem(b, 0, 2**70)
setitem(b, 0, nan)
setitem(u8, 0, t.tensor(300))
setitem(u8, 0, np.int64(300))
t.where(b, u8, 300)
t.where(b, 300, u8)
t.where(b, u8, 2**70)
t.where(b, u8, nan)
t.where(b, u8, -1)
t.where(b, i64, 2**70)
t.where(b, i64, nan)
t.where(b, f32, 2**70)
t.where(b, f32, 1e300)
t.where(b, f16, 1e9)
t.where(b, 2**70, 1)
t.where(b, 300, 1)
u8.where(b, 300)
F.pad(u8, (1, 1), value=300)
F.pad(u8, (1, 1), value=-1)
F.pad(u8, (1, 1), value=nan)
F.pad(u8, (1, 1), value=2**70)
F.pad(u8, (1, 1), value=1.5)
F.pad(i64, (1, 1), value=nan)
F.pad(i64, (1, 1), value=inf)
F.pad(i64, (1, 1), value=2**70)
F.pad(f16, (1, 1), value=1e9)
F.pad(f32, (1, 1), value=1e300)
F.pad(b, (1, 1), value=300)
t.nn.ConstantPad1d(1, 300)(u8[None])
u8.clamp(max=300)
u8.clamp(min=300)
u8.clamp(min=-1)
u8.clamp(max=-1)
u8.clamp(-1, 300)
u8.clamp(max=2**70)
u8.clamp(min=2**70)
u8.clamp(min=nan)
u8.clamp(max=1.5)
u8.clamp(min=inf)
i8.clamp(max=200)
i8.clamp(min=200)
i32.clamp(max=2**40)
i32.clamp(min=-2**40)
i64.clamp(max=2**63)
i64.clamp(max=inf)
f32.clamp(max=2**70)
f16.clamp(max=1e9)
f16.clamp(min=-1e9)
f32.clamp(max=1e300)
b.clamp(max=1)
b.clamp(min=0.5)
u8.clamp_(max=-1)
u8.clamp_(max=300)
u8.clamp_min(300)
u8.clamp_max(-1)
u8.clamp_max(300)
u8.clip(max=-1)
u8.clamp(max=t.tensor(300))
u8.clamp(max=t.tensor([300]))
t.arange(300, dtype=t.uint8)
t.arange(250, 260, dtype=t.uint8)
t.arange(-3, 3, dtype=t.uint8)
t.arange(0, 1000, 300, dtype=t.uint8)
t.arange(2**70)
t.arange(2**63, 2**63+2)
t.arange(2**63-3, 2**63-1)
t.arange(0, 3, inf)
t.arange(0., 3., dtype=t.int64)
t.arange(0, 5, 1.5, dtype=t.int32)
t.arange(0, 1e30, 1e29, dtype=t.int64)
t.arange(0, 3, dtype=t.bool)
t.linspace(0, 300, 3, dtype=t.uint8)
t.linspace(0, 10, 4, dtype=t.int64)
t.linspace(0, 10, 4, dtype=t.uint8)
t.linspace(-3, 3, 4, dtype=t.uint8)
t.linspace(0, nan, 3, dtype=t.int64)
t.linspace(0, inf, 3, dtype=t.int64)
t.linspace(0, 1e30, 3, dtype=t.int64)
t.linspace(0, 2**70, 3)
t.linspace(0, 1, 3, dtype=t.bool)
t.linspace(0, 300, 3, dtype=t.int8)
t.logspace(0, 3, 4, dtype=t.uint8)
t.logspace(0, 3, 4, dtype=t.int64)
t.logspace(0, 30, 4, dtype=t.int64)
u8 == 300
u8 != 300
u8 < 300
u8 <= 300
u8 > 300
u8 >= 300
u8 < -1
u8 > -1
u8 == -1
u8 == 2**70
i64 == 2**63
i64 < 2**70
u8 == nan
u8 < inf
u8 == 1.5
i8 == 200
i8 < 200
i8 > -200
f32 == 2**70
f16 == 1e9
f16 < 1e9
f16 == 70000
b == 2
b == 300
b < 2
b == 2**70
300 > u8
300 == u8
t.eq(u8, 300)
t.ne(u8, -1)
t.lt(u8, 300)
u8.eq(300)
u8.eq_(300)
u8 + 300
u8 + 255
u8 - 300
u8 - 1
300 - u8
u8 * 300
300 * u8
u8 + -1
u8 + -300
u8 // 300
u8 % 300
300 // u8
300 % u8
-1 // u8
u8 // -1
u8 % -1
u8 / 300
300 / u8
u8 ** 300
u8 ** 2
300 ** u8
2 ** u8
u8 & 300
u8 | 300
u8 ^ 300
u8 << 300
u8 << 1
u8 >> 300
300 & u8
u8 + 2**70
u8 + 2**63
i64 + 2**70
i64 + 2**63
i64 * 2**70
i64 - 2**70
2**70 - i64
i64 ** 2**70
2**70 ** i64
i64 // 2**70
i64 % 2**70
i64 / 2**70
i64 & 2**70
i32 + 2**40
i32 * 2**40
i32 - 2**31
i8 + 200
i8 * 200
i8 - 200
i8 // 200
i8 % 200
f32 + 2**70
f32 * 2**70
f32 / 2**70
f32 ** 2**70
f16 + 70000
f16 * 70000
f16 * 1e9
b + 300
b + 2**70
b * 300
iadd(u8, 300)
iadd(u8, 2**70)
iadd(f32, 2**70)
imul(u8, 300)
isub(u8, 300)
u8.add(300)
u8.add_(300)
u8.add(u8, alpha=300)
u8.add(u8, alpha=2**70)
u8.sub(u8, alpha=300)
i64.add(i64, alpha=2**70)
u8.mul(300)
u8.div(300, rounding_mode="floor")
u8.div(300, rounding_mode="trunc")
u8.remainder(300)
u8.fmod(300)
t.fmod(u8, 300)
u8.pow(300)
u8.floor_divide(300)
t.floor_divide(u8, -1)
t.remainder(300, u8)
t.rsub(u8, 300)
u8.bitwise_and(300)
u8.bitwise_left_shift(300)
u8.bitwise_right_shift(300)
u8.maximum(t.tensor(300))
t.maximum(u8, t.tensor(300))
t.maximum(u8, t.tensor([300]))
u8 + t.tensor(300)
u8 == t.tensor(300)
u8 == t.tensor([300])
t.addcmul(u8, u8, u8, value=300)
t.addcmul(u8, u8, u8, value=1.5)
t.addcdiv(f32, f32, f32, value=2**70)
t.addmm(i64[None], i64[:, None], i64[None], beta=1.5)
t.addmm(u8[None], u8[:, None], u8[None], beta=300)
t.addmv(u8, t.outer(u8, u8), u8, alpha=300)
t.addr(u8, u8, u8, alpha=300)
t.lerp(f32, f32, 2**70)
F.threshold(u8, 1, 300)
F.threshold(u8, 300, 1)
F.threshold(f32, 1, 2**70)
F.relu6(u8)
F.hardtanh(u8, -1, 1)
F.hardtanh(u8, 0, 300)
F.hardtanh(i64, 0, 3)
F.relu(u8)
t.nan_to_num(u8, 300)
t.nan_to_num(f16, 1e9)
t.nan_to_num(f32*inf, posinf=1e300)
t.nan_to_num(f32*nan, nan=2**70)
t.outer(u8, u8).fill_diagonal_(300)
t.outer(u8, u8).fill_diagonal_(nan)
t.tril(t.outer(u8,u8)).masked_fill_(t.outer(u8,u8)>0, 300)
t.nn.utils.rnn.pad_sequence([u8, u8[:1]], padding_value=300)
t.nn.utils.rnn.pad_sequence([i64, i64[:1]], padding_value=nan)
t.nn.utils.rnn.pad_sequence([i64, i64[:1]], padding_value=-1.5)
t.randint(0, 300, (2,), dtype=t.uint8).shape
t.randint(-1, 2, (2,), dtype=t.uint8).shape
t.randint(0, 2**70, (2,)).shape
t.randint(0, 2**63, (2,)).shape
t.randint(2**63-1, (2,)).shape
t.randint(0, 3, (2,), dtype=t.bool).shape
t.randint(0, 2, (2,), dtype=t.bool).shape
t.randint(0, 70000, (2,), dtype=t.float16).shape
t.randint(5, 5, (2,))
u8.random_(300).shape
u8.random_(-1, 4).shape
u8.random_(0, 256).shape
u8.random_(0, 257).shape
i64.random_(0, 2**70).shape
t.bucketize(300, u8)
t.bucketize(nan, u8)
t.searchsorted(u8, 300)
u8[2**70]
u8[2**63]
u8[-2**70]
t.isin(u8, 300)
t.isin(300, u8)
t.full((), 2**63)
t.full((2,), 2**63-1)
t.full((2,), True, dtype=t.uint8)
u8.to(t.int8)
t.tensor([200, 255]).to(t.int8)
(f32*nan).to(t.uint8).shape
(f32*300).to(t.uint8)
(f32*-3).to(t.int32)
i64.put_(idx, t.tensor([300,1]))
u8.put_(idx, t.tensor([300,1], dtype=t.uint8))
u8.index_add(0, idx, u8, alpha=300)
u8.index_add(0, idx, u8, alpha=1.5)
u8.index_add(0, idx, u8, alpha=2**70)
t.sum(u8*0+200)
t.prod(u8*0+200)
t.cumsum(u8*0+200, 0)
t.sum(u8*0+200, dtype=t.uint8)
t.abs(i8*0-128)
t.neg(u8)
t.sign(u8)
-i8
~u8
t.clamp(i64, 2**70)
t.dot(u8*0+200, u8)
t.matmul(u8*0+200, u8)
F.dropout(f32, 2**70)
F.elu(f32, 2**70)
t.diff(u8, prepend=u8*0+200)
t.cross(u8.repeat(2)[:3], u8.repeat(2)[:3], dim=0)
t.gcd(u8, u8)
t.gcd(u8, t.tensor(300))
t.ldexp(u8, i64)
t.heaviside(u8, u8)
t.copysign(u8, -1)
t.copysign(u8, 2**70)
t.float_power(u8, 300)
t.xlogy(u8, 300)
t.xlogy(300, u8)
t.logit(u8)
t.hypot(f32, f32)
t.nextafter(f32, f32)
t.fmax(u8, t.tensor(300))
t.logical_and(u8, t.tensor(300))
t.celu(f32, 2**70)
t.true_divide(u8, 2**70)
u8.normal_()
f32.uniform_(0, 1e300).shape
f16.uniform_(0, 1e9).shape
f16.normal_(1e9, 1).shape
t.nn.init.constant_(u8, 300)
t.nn.init.constant_(f16, 1e9)
"""


def setitem(x: Any, index: Any, value: Any) -> Any:
    x[index] = value
    return x


def iadd(x: Any, value: Any) -> Any:
    x += value
    return x


def isub(x: Any, value: Any) -> Any:
    x -= value
    return x


def imul(x: Any, value: Any) -> Any:
    x *= value
    return x


def outcome(package: ModuleType, call: str) -> str:
    """What a call gives, as text: dtype and elements, or class and first line of the error."""
    names = {
        "t": package,
        "F": package.nn.functional,
        "np": np,
        "inf": float("inf"),
        "nan": float("nan"),
        "setitem": setitem,
        "iadd": iadd,
        "isub": isub,
        "imul": imul,
        "u8": package.tensor([1, 2], dtype=package.uint8),
        "i8": package.tensor([1, 2], dtype=package.int8),
        "i32": package.tensor([1, 2], dtype=package.int32),
        "i64": package.tensor([1, 2]),
        "f32": package.tensor([1.0, 2.0]),
        "f16": package.tensor([1.0, 2.0], dtype=package.float16),
        "b": package.tensor([True, False]),
        "idx": package.tensor([0, 1]),
    }
    try:
        result = eval(call, names)
    except Exception as error:
        return f"{type(error).__name__}: {str(error).splitlines()[0]}"
    if hasattr(result, "detach"):
        return f"{result.dtype} {result.detach().numpy().tolist()}"
    return repr(result)


def pytorchs(call: str) -> str:
    """What PyTorch's `outcome` is."""
    return str(answer(lambda package: outcome(package, call))[0])


@pytest.mark.parametrize("call", CALLS.strip().splitlines())
@pytest.mark.filterwarnings("ignore")
def test_as_in_pytorch(call: str) -> None:
    assert outcome(torch, call) == pytorchs(call)


# refused dtypes: calls that PyTorch refuses because of the elements' dtypes

REFUSED = """
b // b
b // True
True // b
b % b
b % True
2 % b
t.fmod(b, b)
t.remainder(b, b)
b @ b
b[None] @ b[:, None]
t.mm(b[None], b[:, None])
t.dot(b, b)
t.mv(b[None], b)
t.bmm(b[None,None], b[None,:,None])
t.vdot(b, b)
t.addmm(b[None], b[:, None], b[None])
t.cross(b.repeat(2)[:3], b.repeat(2)[:3], dim=0)
t.abs(b)
abs(b)
t.pow(b, b)
b ** b
t.floor(b)
t.ceil(b)
t.round(b)
t.trunc(b)
t.frac(b)
t.frac(i64)
t.positive(b)
+b
F.gelu(i64)
F.gelu(b)
F.gelu(i64, approximate="tanh")
F.silu(i64)
F.mish(i64)
F.elu(i64)
F.selu(i64)
F.celu(i64)
F.relu(b)
F.leaky_relu(i64)
F.leaky_relu(b)
F.prelu(i64, f32[:1])
F.rrelu(i64)
F.hardswish(i64)
F.hardsigmoid(i64)
F.hardshrink(i64)
F.softshrink(i64)
F.softplus(i64)
F.logsigmoid(i64)
F.logsigmoid(b)
F.threshold(b, 0, 1)
F.glu(i64)
F.dropout(i64, 0.5)
F.dropout(b, 0.5)
F.dropout1d(i64[None, None], 0.5)
F.dropout2d(i64[None, :, None, None], 0.5)
i64.normal_()
b.normal_()
i64.exponential_()
i64.log_normal_()
t.lerp(f32, f32.double(), 0.5)
t.lerp(f32, f32, f32.double())
t.lerp(f32, i64, 0.5)
t.lerp(i64, i64, 0.5)
t.lerp(i64, i64, 1)
t.lerp(f32, f32, i64)
t.lerp(b, b, 0.5)
t.lerp(f16, f32, 0.5)
t.gather(f32, 0, idx.short())
t.gather(f32, 0, f32)
t.gather(f32, 0, b)
t.gather(f32, 0, idx.to(t.uint8))
t.scatter(f32, 0, idx.short(), f32)
t.scatter(f32, 0, f32, f32)
t.index_select(f32, 0, idx.short())
t.index_select(f32, 0, f32)
t.index_select(f32, 0, b)
t.index_add(f32, 0, idx.short(), f32)
t.index_add(f32, 0, f32, f32)
t.index_copy(f32, 0, idx.int(), f32)
t.index_copy(f32, 0, idx.short(), f32)
t.index_fill(f32, 0, idx.int(), 1.0)
t.index_fill(f32, 0, idx.short(), 1.0)
t.index_fill(f32, 0, f32, 1.0)
t.take(f32, idx.int())
t.take(f32, idx.short())
t.take(f32, f32)
f32.put_(idx.int(), f32)
f32.put_(f32, f32)
f32[f32]
F.layer_norm(i64, (2,))
F.layer_norm(f32, (2,), i64)
F.layer_norm(f32, (2,), f32.double())
F.layer_norm(b, (2,))
F.group_norm(i64[None], 1)
F.group_norm(i64[None, :, None], 1)
F.instance_norm(i64[None, None])
F.batch_norm(i64[:, None], None, None, training=True)
F.batch_norm(i64[:, None], t.zeros(1), t.ones(1))
F.batch_norm(f32[:, None], t.zeros(1), t.ones(1), weight=i64[:1])
F.rms_norm(i64, (2,))
F.rms_norm(b, (2,))
F.cross_entropy(i64[None], i64[:1])
F.cross_entropy(b[None], i64[:1])
F.nll_loss(i64[None], idx[:1])
F.mse_loss(i64, i64)
F.mse_loss(b, b)
F.smooth_l1_loss(i64, i64)
F.huber_loss(i64, i64)
F.binary_cross_entropy(i64, i64)
F.binary_cross_entropy_with_logits(i64, i64)
F.kl_div(i64, i64)
F.kl_div(f32, i64)
F.multi_margin_loss(i64[None], idx[:1])
F.multilabel_margin_loss(i64[None], idx[None])
F.multilabel_soft_margin_loss(i64[None], idx[None])
F.unfold(i64[None,None,None], 1)
F.fold(i64[None,None], (1,2), 1)
F.max_pool1d(i64[None], 2)
F.max_pool1d(b[None], 2)
F.adaptive_max_pool1d(i64[None], 1)
F.adaptive_max_pool2d(i64[None,None], 1)
F.adaptive_max_pool1d(b[None], 1)
t.nanmean(i64)
t.median(b)
t.nanmedian(b)
t.argmax(b)
t.argmin(b)
t.topk(b, 1)
t.kthvalue(b, 1)
t.logaddexp(i64, i64)
t.hypot(i64, i64)
t.nextafter(i64, i64)
t.addcmul(b, b, b)
t.matrix_power(t.eye(2).bool(), 2)
t.cartesian_prod(f32, i64)
t.meshgrid(f32, i64)
"""


@pytest.mark.parametrize("call", REFUSED.strip().splitlines())
@pytest.mark.filterwarnings("ignore")
def test_refused_as_in_pytorch(call: str) -> None:
    wanted = pytorchs(call)
    assert "Error: " in wanted
    assert outcome(torch, call) == wanted
