"""Every operation of the table, compiled: values, gradients and second gradients are the tape's."""

import os
import warnings

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import tinygrad_mnist as torch
from tests.compiler import BACKENDS
from tests.ops.test_table import every_row
from tinygrad_mnist.core.backward import grad
from tinygrad_mnist.core.tensor import Tensor, wrap

EXAMPLES = int(os.environ.get("COMPILE_EXAMPLES", "1"))  # of each row


def tensors_in(result):
    if isinstance(result, Tensor):
        return [result]
    if isinstance(result, tuple | list):
        return [x for each in result for x in tensors_in(each)]
    return []


def differentiated(function, arrays, places, seed, order):
    """The results, gradients and second gradients of a function of arrays."""
    torch.manual_seed(seed)
    xs = [wrap(np.array(a, order="K")) for a in arrays]
    for place in places:
        xs[place].requires_grad = True
    rng = np.random.default_rng(seed)
    found = [tensors_in(function(*xs))]
    for _ in range(order):
        ys = [y for y in found[-1] if y is not None and y.requires_grad]
        if not ys or not places:
            break
        weights = [wrap(rng.standard_normal(y.array.shape).astype(y.array.dtype)) for y in ys]
        create = len(found) < order
        found.append(
            list(grad(ys, [xs[p] for p in places], weights, create_graph=create, allow_unused=True))
        )
    return [[None if x is None else x.array for x in each] for each in found]


def assert_close(ours, theirs, what):
    assert len(ours) == len(theirs), what
    for mine, wanted in zip(ours, theirs, strict=True):
        assert len(mine) == len(wanted), what
        for a, b in zip(mine, wanted, strict=True):
            if a is None or b is None:
                missing = b if a is None else a
                assert missing is None or not missing.any(), what
                continue
            assert a.shape == b.shape and a.dtype == b.dtype, what
            scale = np.abs(b[np.isfinite(b)]).max(initial=1) if b.dtype.kind == "f" else 1
            np.testing.assert_allclose(a, b, 1e-11, 1e-12 * scale, err_msg=what)


@pytest.mark.parametrize("backend", BACKENDS)
@every_row
@settings(max_examples=EXAMPLES, phases=[Phase.generate])
@given(data=st.data())
def test_compiled_is_the_tape(backend, row, data):
    sample = data.draw(row.samples)
    arrays = sample.laid_out(np.float64)
    places = [p for p in row.places(sample) if arrays[p].dtype.kind == "f"] if row.order else []

    def function(*xs):
        return row.apply(row.operation, list(xs), sample)

    compiled = torch.compile(function, backend=backend)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            wanted = differentiated(function, arrays, places, 5, row.order)
        except (RuntimeError, IndexError, ValueError, NotImplementedError) as error:
            with pytest.raises(type(error)):
                differentiated(compiled, arrays, places, 5, row.order)
            return
        for _ in range(2):
            found = differentiated(compiled, arrays, places, 5, row.order)
            assert_close(found, wanted, str(row))
