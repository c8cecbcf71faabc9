"""A part of `python -m tests.parity`, quick enough for every run: PyTorch's own samples, on it and on us."""

import pytest

NAMES = [
    "add", "sub", "mul", "div no_rounding_mode", "div floor_rounding", "pow", "clamp", "where", "sum", "mean", "var", "prod", "amax", "cumsum",
    "softmax", "log_softmax", "matmul", "einsum", "linalg.norm", "cat", "gather", "scatter", "index_select", "masked_fill",
    "sort", "topk", "nn.functional.cross_entropy", "nn.functional.conv2d", "nn.functional.layer_norm", "Linear", "BatchNorm1d",
    "Embedding", "GRUCell", "CrossEntropyLoss", "SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "NAdam",
]  # fmt: skip


@pytest.fixture(scope="module")
def parity():
    for name in ("torch", "expecttest"):  # PyTorch's lists of samples need the second
        pytest.importorskip(name)
    from tests import parity

    return parity


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.filterwarnings("ignore")
def test_as_pytorch_does_on_its_own_samples(parity, name):
    comparison = parity.Comparison()
    compare, subject = parity.SUBJECTS[name]
    compare(subject, comparison)
    assert comparison.counts["cases"] and not comparison.differences, comparison.differences
