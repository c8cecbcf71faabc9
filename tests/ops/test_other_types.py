"""An array or a list where a tensor belongs: one TypeError that names the operation and the argument."""

import re

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

import tinygrad_mnist as torch
from tests.ops.table import ROWS
from tinygrad_mnist import nn
from tinygrad_mnist.core.tensor import Tensor, wrap
from tinygrad_mnist.nn import functional as F

WANTED = re.compile(r"^\w+\(\): argument '\w+' must be (Tensor, not|tuple of Tensors, )")
# their own call in the table uses the tensor's methods before the operation, or the argument may be
# other things than a tensor too
OTHERS = {
    "as_strided",
    "as_strided_scatter",
    "broadcast_to",
    "bucketize",
    "cholesky",
    "eigh",
    "eigvalsh",
    "einsum",
    "getitem",
    "gradient",
    "index_put",
    "layer_norm",
    "max",
    "min",
    "rms_norm",
    "searchsorted",
    "split_with_sizes",
    "sum_to_size",
    "view",
    "view_as",
}
ROWS_HERE = [row for row in ROWS if row.operation.__name__ not in OTHERS]


@pytest.mark.parametrize("row", ROWS_HERE, ids=str)
@pytest.mark.parametrize("kind", [np.asarray, np.ndarray.tolist], ids=["ndarray", "list"])
def test_every_operation_names_what_is_no_tensor(row, kind):
    """Where an array or a list is not taken as a tensor, which some operations do."""

    @settings(
        max_examples=1,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @seed(3)
    @given(st.data())
    def try_each_place(data):
        sample = data.draw(row.samples)
        arrays = sample.laid_out(np.float32)
        for place in range(len(arrays)):
            inputs = [wrap(each) for each in arrays]
            inputs[place] = kind(arrays[place])
            if not isinstance(inputs[place], np.ndarray | list) or not arrays[place].size:
                continue
            try:
                row.apply(row.operation, inputs, sample)
            except Exception as error:
                assert isinstance(error, TypeError), (place, error)
                assert WANTED.match(str(error)), (place, error)

    try_each_place()


def refused(function, *args):
    with pytest.raises(TypeError) as caught:
        function(*args)
    return str(caught.value)


def test_the_words():
    x = torch.ones(2, 3)
    array = np.ones((2, 3), np.float32)
    said = refused(nn.Linear(3, 1), array)
    assert said == "linear(): argument 'input' must be Tensor, not numpy.ndarray"
    said = refused(nn.Sequential(nn.Flatten(), nn.Linear(3, 1)), array.tolist())
    assert said == "flatten(): argument 'input' must be Tensor, not list"
    said = refused(torch.matmul, x, array)
    assert said == "matmul(): argument 'other' must be Tensor, not numpy.ndarray"
    said = refused(F.cross_entropy, x, [0, 1])
    assert said == "cross_entropy(): argument 'target' must be Tensor, not list"
    said = refused(torch.cat, x, x)
    assert said == "cat(): argument 'tensors' must be tuple of Tensors, not Tensor"
    said = refused(torch.stack, [x, array])
    assert said == (
        "stack(): argument 'tensors' must be tuple of Tensors, but element 1 is numpy.ndarray"
    )
    assert refused(torch.add, x, [1.0]) == "add(): argument 'other' must be Tensor, not list"
    assert refused(torch.relu, "x") == "relu(): argument 'input' must be Tensor, not str"


def test_the_outermost_operation_is_named():
    said = refused(F.softmin, [1.0, 2.0], 0)
    assert said == "softmin(): argument 'input' must be Tensor, not list"


def test_other_errors_stay():
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        F.cross_entropy(torch.ones(2, 3))
    with pytest.raises(TypeError, match="unexpected keyword argument 'nothing'"):
        torch.trace(torch.ones(2, 2), nothing=1)

    class Layer(nn.Module):
        def forward(self, x):
            return F.conv1d(x, self.weight)

    with pytest.raises(AttributeError, match="'Layer' object has no attribute 'weight'"):
        Layer()(torch.ones(2, 2))
    assert isinstance(torch.ones(1), Tensor)
