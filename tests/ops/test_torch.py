"""Every operation against PyTorch's: results, dtypes and gradients, also at kinks and ties, and of integers.

`test_table.py` holds the same rows to NumPy and to finite differences.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ops.rows import leaves
from tests.ops.table import ROWS
from tinygrad_mnist.core import backward as tape
from tinygrad_mnist.core.tensor import Tensor, wrap

torch = pytest.importorskip("torch")

KNOWN = [
    row for row in ROWS if row.torch is not None and "linalg" not in row.operation.__module__
]  # test_linalg.py
FEWER = settings(max_examples=settings.default.max_examples // 2)
TIES = [row for row in KNOWN if row.ties]
every_row = pytest.mark.parametrize("row", KNOWN, ids=str)


def counterpart(row):
    name = row.torch or row.operation.__name__.replace("log_sigmoid", "logsigmoid")
    rooms = [torch, torch.nn.functional, torch.special, torch.Tensor]
    for room in rooms[1:] + rooms if "functional" in row.operation.__module__ else rooms:
        found = room
        for part in name.split("."):
            found = getattr(found, part, None)
        if found is not None:
            return found
    raise AssertionError(f"PyTorch has no {name}; name its function in the row")


def numpy_of(x):
    return (
        x.detach().numpy()
        if isinstance(x, torch.Tensor)
        else np.asarray(x.array if isinstance(x, Tensor) else x)
    )


def compare(row, sample, arrays, tracked, places=()):
    """Both libraries on the same arrays: results, and gradients of random sums of them by the places."""
    if sample.options.get("dim") == () and "correction" in sample.options:
        return None  # the gradient of PyTorch's var along () is not that of its value
    theirs = [torch.from_numpy(a.copy()) for a in arrays]
    for place in tracked:
        theirs[place].requires_grad_()
    try:
        wanted = leaves(row.apply(counterpart(row), theirs, sample))
    except (RuntimeError, IndexError, TypeError, ValueError, NotImplementedError) as error:
        return error
    ours, found = row(arrays, sample, tracked)
    assert len(found) == len(wanted)
    with np.errstate(all="ignore"):
        for y, z in zip(found, wanted, strict=True):
            a, b = numpy_of(y), numpy_of(z)
            assert (a.shape, a.dtype) == (b.shape, b.dtype)
            np.testing.assert_allclose(a.astype(float), b.astype(float), 1e-4, 2e-5)
    ys, zs = (
        [y for y in outs if isinstance(y, Tensor | torch.Tensor) and y.requires_grad]
        for outs in (found, wanted)
    )
    assert len(ys) == len(zs), "one library has a gradient where the other has none"
    if ys:
        rng = np.random.default_rng(0)
        weights = [rng.standard_normal(numpy_of(z).shape).astype(numpy_of(z).dtype) for z in zs]
        tape.backward(ys, [wrap(w) for w in weights])
        torch.autograd.backward(zs, [torch.from_numpy(w) for w in weights])
        for place in tracked:
            a, b = ours[place].grad, theirs[place].grad
            assert (a is None) == (b is None), (place, a, b)
            if a is not None:
                assert (a.array.shape, a.array.dtype) == (b.numpy().shape, b.numpy().dtype)
                np.testing.assert_allclose(
                    a.array, b.numpy(), 1e-3, 1e-4, err_msg=f"gradient {place}"
                )
    return None


@every_row
@FEWER
@given(data=st.data())
def test_results_and_gradients(row, data):
    sample = data.draw(row.samples)
    error = compare(
        row, sample, sample.laid_out(np.float32), row.places(sample) if row.order else ()
    )
    assert error is None, error


@pytest.mark.parametrize("row", TIES, ids=str)
@FEWER
@given(data=st.data())
def test_kinks_and_ties(row, data):
    sample = data.draw(row.samples)
    step = data.draw(st.sampled_from([0.5, 1.0]))
    arrays = [
        np.asarray(np.round(a / step) * step, a.dtype) if a.dtype.kind == "f" else a
        for a in sample.laid_out(np.float32)
    ]
    error = compare(row, sample, arrays, row.places(sample) if row.order else ())
    assert error is None, error


@pytest.mark.parametrize(
    "row", [row for row in TIES if "convolution" not in row.operation.__module__], ids=str
)
@FEWER
@given(data=st.data())
def test_integers(row, data):
    """Integers and bools in place of floats, one dtype for each argument."""
    sample = data.draw(row.samples)
    kinds = [
        data.draw(st.sampled_from([np.int64, np.int32, np.uint8, np.bool_, np.float32]))
        for _ in sample.arrays
    ]
    arrays = [
        np.asarray(np.round(np.abs(a) if kind == np.uint8 else a)).astype(kind)
        if a.dtype.kind == "f"
        else a
        for a, kind in zip(sample.laid_out(np.float64), kinds, strict=True)
    ]
    whole = all(a.dtype.kind != "f" for a in arrays)
    fractions = any(
        isinstance(sample.options.get(name), float) for name in ("alpha", "beta", "value")
    )
    if all(a.size for a in arrays) and not (
        whole and fractions
    ):  # where PyTorch looks at dtypes, and does not truncate
        compare(row, sample, arrays, ())
