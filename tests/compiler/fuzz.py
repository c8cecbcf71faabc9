"""Random programs, compiled and on the tape: the same values, gradients and writes.

python -m tests.compiler.fuzz 10000         that many programs, seeds from 0 on
python -m tests.compiler.fuzz 100 --backend numba --first 5000

Each program is a list of choices, drawn from its seed: pointwise functions, broadcasts, views, writes
in place, reductions, products, dropout, a module with running statistics. It is called several
times: again with other values, with other shapes, in another mode, with recording off. The compiled
one must give what the tape gives, from the same seed of the random numbers, each time.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections import Counter

import numpy as np

import tinygrad_mnist as torch
from tinygrad_mnist import nn

F = nn.functional

POINTWISE = [
    lambda x: x * 0.5 + 1,
    lambda x: x.relu(),
    lambda x: x.sigmoid(),
    lambda x: x.tanh(),
    lambda x: (x * x + 1).sqrt(),
    lambda x: (x.abs() + 1).log(),
    lambda x: (x * 0.1).exp(),
    lambda x: F.gelu(x),
    lambda x: F.softplus(x),
    lambda x: x.neg().neg(),
    lambda x: x**2,
    lambda x: x / (x.abs() + 1),
    lambda x: torch.where(x > 0, x, x * 0.1),
    lambda x: x.clamp(-1, 1),
    lambda x: x * 1,
    lambda x: x.detach() + x,
    lambda x: F.leaky_relu(x, 0.2),
    lambda x: x.to(torch.float64).to(x.dtype),
    lambda x: x * torch.ones(x.shape[-1:]),
    lambda x: x + torch.arange(x.shape[-1]).to(x.dtype),
]
PAIRS = [
    lambda a, b: a + b,
    lambda a, b: a * b,
    lambda a, b: a - b * 2,
    lambda a, b: torch.maximum(a, b),
    lambda a, b: a / (b.abs() + 1),
    lambda a, b: torch.where(a > b, a, b),
]
SHAPED = [
    lambda x: x.reshape(-1).reshape(x.shape),
    lambda x: x.transpose(0, 1).transpose(0, 1),
    lambda x: x.transpose(0, 1).contiguous().transpose(0, 1),
    lambda x: x - x.mean(1, keepdim=True),
    lambda x: x * x.sum(0, keepdim=True),
    lambda x: x + x.amax(1, keepdim=True),
    lambda x: x + x[0],
    lambda x: x + x[:, :1],
    lambda x: torch.cat([x[:1], x[1:]], 0),
    lambda x: torch.stack([x, x * 2]).sum(0),
    lambda x: x.flip(0),
    lambda x: F.softmax(x, 1),
    lambda x: F.log_softmax(x, 0),
    lambda x: x.cumsum(1) * 0.1,
    lambda x: x @ (x.t() @ x) * 0.01,
    lambda x: F.layer_norm(x, x.shape[1:]),
    lambda x: x.unsqueeze(1).expand(-1, 2, -1).sum(1),
    lambda x: x.std(1, keepdim=True) + x,
    lambda x: x.var(0, unbiased=False) + x,
    lambda x: x.index_select(0, torch.zeros(x.shape[0], dtype=torch.long)) + x,
]


def write_row(x):
    y = x.clone()
    y[0] = 1.0
    return y


def write_sum(x):
    y = x * 2
    y.add_(x)
    y[:, 0].mul_(3)
    return y


def write_zeros(x):
    y = torch.zeros(x.shape)
    y[1:] = x[1:]
    y += x
    return y


def write_view(x):
    y = x * 1.5
    v = y.view(-1)
    v[::2] = v[::2] * 0.5
    return y + v.view(x.shape)


WRITES = [write_row, write_sum, write_zeros, write_view]


class Network(nn.Module):
    """What a program's layers are: made once, with states of their own."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.linear = nn.Linear(width, width)
        self.norm = nn.BatchNorm1d(width)
        self.dropout = nn.Dropout(0.4)
        self.scale = nn.Parameter(torch.ones(width))
        self.register_buffer("count", torch.zeros(()))
        self.factor = 1.0

    def layer(self, which: int, x: torch.Tensor) -> torch.Tensor:
        if which == 0:
            return self.linear(x)
        if which == 1:
            return self.norm(x)
        if which == 2:
            return self.dropout(x)
        if which == 3:
            self.count.add_(1)
            return x * self.scale * self.factor
        return x + torch.rand(x.shape[-1]) + torch.randn(x.shape) * 0.1


class Program(nn.Module):
    """A random function of two matrices of one shape.

    Attributes:
        choices: what it does: pairs of a kind and a number.
    """

    def __init__(self, seed: int) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.width = int(rng.integers(2, 6))
        self.network = Network(self.width)
        kinds = ["pointwise"] * 4 + ["pair"] * 3 + ["shaped"] * 3 + ["write", "layer", "layer"]
        self.choices = [
            (str(rng.choice(kinds)), int(rng.integers(1000)), int(rng.integers(1000)))
            for _ in range(int(rng.integers(2, 14)))
        ]
        self.several = bool(rng.integers(2))

    def forward(self, a: torch.Tensor, b: torch.Tensor) -> object:
        pool = [a, b]
        for kind, first, second in self.choices:
            x = pool[first % len(pool)]
            if kind == "pointwise":
                y = POINTWISE[second % len(POINTWISE)](x)
            elif kind == "pair":
                y = PAIRS[second % len(PAIRS)](x, pool[-1])
            elif kind == "shaped":
                y = SHAPED[second % len(SHAPED)](x)
            elif kind == "write":
                y = WRITES[second % len(WRITES)](x)
            else:
                y = self.network.layer(second % 5, x)
            pool.append(y)
        loss = pool[-1].mean() + 0.1 * pool[len(pool) // 2].sum()
        return (loss, {"last": pool[-1] * 1, "count": len(pool)}) if self.several else loss


def calls(seed: int) -> list[dict[str, object]]:
    """How a program is called: rows, mode, recording, what needs a gradient, in turn."""
    rng = np.random.default_rng(seed + 1)
    kinds = []
    for _ in range(3):
        kinds.append(
            {
                "rows": int(rng.integers(2, 5)),
                "training": bool(rng.integers(4)),
                "recording": bool(rng.integers(5)),
                "first_needs": bool(rng.integers(2)),
                "factor": float(rng.choice([1.0, 2.0])),
            }
        )
    return [*kinds, *kinds, kinds[0]]


def outcome(program: Program, function: object, call: dict[str, object], seed: int) -> list[object]:
    """Everything that one call does: results, gradients, buffers, the random numbers after it."""
    rng = np.random.default_rng(seed)
    shape = (call["rows"], program.width)
    a = torch.from_numpy(rng.standard_normal(shape).astype(np.float32))
    b = torch.from_numpy(rng.standard_normal(shape).astype(np.float32))
    a.requires_grad = bool(call["first_needs"])
    program.train(bool(call["training"]))
    program.network.factor = call["factor"]
    program.zero_grad()
    torch.manual_seed(seed)
    with torch.set_grad_enabled(bool(call["recording"])):
        result = function(a * 1 if seed % 2 else a, b)
    loss = result[0] if program.several else result
    found: list[object] = [loss.detach().numpy().copy()]
    if program.several:
        found += [result[1]["last"].detach().numpy().copy(), result[1]["count"]]
        if loss.requires_grad:
            loss = loss + (result[1]["last"] * 0.3).sum()
    if loss.requires_grad:
        loss.backward()
    for x in (a, *program.parameters()):
        found.append(None if x.grad is None else x.grad.numpy().copy())
    found += [x.numpy().copy() for x in program.buffers()]
    found.append(torch.get_rng_state().numpy().copy())
    return found


def differences(seed: int, backend: str) -> tuple[str | None, list[str]]:
    """What one program does differently when it is compiled, or None; and why it was refused."""
    torch.manual_seed(seed)
    eager = Program(seed)
    mine = Program(seed)
    mine.load_state_dict(eager.state_dict())
    compiled = torch.compile(mine, backend=backend)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for turn, call in enumerate(calls(seed)):
            wanted = _or_error(eager, eager, call, seed * 10 + turn)
            found = _or_error(mine, compiled, call, seed * 10 + turn)
            if type(wanted) is not type(found):
                return f"call {turn}: {found!r} for {wanted!r}", compiled.refusals()
            if isinstance(wanted, type):
                continue
            for place, (x, y) in enumerate(zip(found, wanted, strict=True)):
                if not _same(x, y):
                    return f"call {turn} {call}, outcome {place}: {x} for {y}", compiled.refusals()
    return None, compiled.refusals()


def _or_error(program: Program, function: object, call: dict[str, object], seed: int) -> object:
    try:
        return outcome(program, function, call, seed)
    except (RuntimeError, ValueError, IndexError) as error:
        return type(error)


def _same(x: object, y: object) -> bool:
    if not isinstance(x, np.ndarray) or not isinstance(y, np.ndarray):
        zero = y if x is None else x
        if (x is None) != (y is None) and isinstance(zero, np.ndarray):
            return not zero.any()
        return x is y or x == y
    if x.dtype != y.dtype or x.shape != y.shape:
        return False
    if x.dtype.kind != "f":
        return np.array_equal(x, y)
    scale = np.abs(y[np.isfinite(y)]).max(initial=1.0)
    return bool(np.allclose(x, y, 2e-4, 2e-5 * scale, equal_nan=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", type=int)
    parser.add_argument("--backend", default="numpy")
    parser.add_argument("--first", type=int, default=0)
    options = parser.parse_args()
    start = time.perf_counter()
    reasons: Counter[str] = Counter()
    bad = []
    for seed in range(options.first, options.first + options.count):
        difference, refused = differences(seed, options.backend)
        reasons.update(reason.split(" at ")[0] for reason in refused)
        if difference is not None:
            bad.append(seed)
            print(f"seed {seed}: {difference[:300]}", flush=True)
    seconds = time.perf_counter() - start
    print(f"{options.count} programs, {options.backend}: {len(bad)} different, {seconds:.0f} s")
    print(f"calls that ran on the tape: {dict(reasons)}")
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
