"""PyTorch's own samples on both frameworks: no difference that is not explained."""

import warnings

import pytest

pytest.importorskip("torch")
pytest.importorskip("expecttest", reason="PyTorch's lists of samples need it")

from tests import parity


@pytest.fixture(autouse=True)
def quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.mark.parametrize("name", parity.SUBJECTS)
def test_same_as_pytorch(name):
    compare, subject = parity.SUBJECTS[name]
    comparison = parity.Comparison()
    compare(subject, comparison)
    assert not comparison.differences, "\n".join(comparison.differences)
