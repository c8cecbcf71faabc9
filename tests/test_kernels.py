"""The two implementations of each kernel: NumPy's, and the loops that Numba compiles."""

import os
import subprocess
import sys

import numpy as np
import pytest

from tinygrad_mnist.kernels import adam, compiled, network

RNG = np.random.default_rng(3)
SIZE = 2 * compiled.LEAST


@pytest.fixture
def by_numpy(monkeypatch):
    monkeypatch.setattr(compiled, "loop", lambda function: None)


def either(monkeypatch, run):
    """What `run` gives by NumPy and by compiled loops."""
    pytest.importorskip("numba")
    results = []
    for choice in ("numpy", "numba"):
        monkeypatch.setenv("TINYGRAD_MNIST_KERNELS", choice)
        compiled.loop.cache_clear()
        results.append(run())
    compiled.loop.cache_clear()
    return results


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_adam_is_the_same(monkeypatch, dtype):
    start = [RNG.standard_normal(SIZE).astype(dtype) for _ in range(3)]

    def run():
        p, g, m = (each.copy() for each in start)
        v = np.abs(m)
        for n in range(1, 4):
            adam.adam(
                p,
                g,
                m,
                v,
                None,
                beta1=0.8,
                beta2=0.999,
                step_size=0.01 / n,
                correction=0.5,
                eps=1e-8,
            )
        return p, m, v

    for by_numpy, by_numba in zip(*either(monkeypatch, run), strict=True):
        np.testing.assert_allclose(by_numba, by_numpy, rtol=3e-6 if dtype == "float32" else 1e-14)


def test_relu_gate_is_the_same_with_nan_and_infinity(monkeypatch):
    g, y = RNG.standard_normal((2, SIZE)).astype(np.float32)
    g[:3], y[:3] = [np.nan, np.inf, -np.inf], [1, 1, -1]
    g[3], y[4] = np.nan, np.nan
    y[3] = -1
    by_numpy, by_numba = either(monkeypatch, lambda: network.relu_gradient(g, y))
    np.testing.assert_array_equal(by_numba, by_numpy)


@pytest.mark.parametrize("keep", [0.0, 0.4, 0.999999])
def test_dropout_is_the_same(monkeypatch, keep):
    x = RNG.standard_normal((SIZE // 4, 4)).astype(np.float32)
    x[0] = np.nan, np.inf, -np.inf, 0
    bits = RNG.integers(0, 2**16, SIZE).astype(np.uint16)
    by_numpy, by_numba = either(monkeypatch, lambda: network.dropout(x, bits, keep))
    for ours, theirs in zip(by_numba, by_numpy, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_views_that_are_not_contiguous(by_numpy):
    x = np.asfortranarray(RNG.standard_normal((100, 100)))
    np.testing.assert_array_equal(network.relu_gradient(x, x), np.where(x > 0, x, 0 * x))


def test_an_unknown_choice_is_refused(monkeypatch):
    monkeypatch.setenv("TINYGRAD_MNIST_KERNELS", "cython")
    compiled.loop.cache_clear()
    with pytest.raises(
        ValueError, match="TINYGRAD_MNIST_KERNELS: got 'cython', wanted one of auto, numpy, numba"
    ):
        compiled.loop(compiled.relu_gradient)
    compiled.loop.cache_clear()


def test_compiling_is_announced_once(tmp_path):
    pytest.importorskip("numba")
    code = "import tinygrad_mnist as t; x = t.ones(100, 100, requires_grad=True); (x.relu() * x).sum().backward(); print(x.grad.sum().item())"
    environment = {
        **os.environ,
        "NUMBA_CACHE_DIR": str(tmp_path),
        "TINYGRAD_MNIST_KERNELS": "numba",
    }
    first, second = (
        subprocess.run(
            [sys.executable, "-c", code],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        for _ in range(2)
    )
    assert first.stdout == second.stdout == "20000.0\n"
    assert first.stderr == "tinygrad_mnist: compiling the loop 'relu_gradient' (once; it is kept)\n"
    assert second.stderr == ""
