"""What PyTorch refuses is refused here too, in words that say what to do; what it allows is allowed."""

import re

import numpy as np
import pytest

import tinygrad_mnist as torch
from tests.optional import needs
from tinygrad_mnist.nn import functional as F
from tinygrad_mnist.ops import pointwise

MASK = torch.tensor([True, False])

BOOL_SUBTRACTIONS = {
    "1 - b": lambda: 1 - MASK,
    "1.0 - b": lambda: 1.0 - MASK,
    "b - 1": lambda: MASK - 1,
    "float - b": lambda: torch.ones(2) - MASK,
    "b - float": lambda: MASK - torch.ones(2),
    "long - b": lambda: torch.tensor([1, 2]) - MASK,
    "sub": lambda: torch.sub(1, MASK),
    "rsub": lambda: torch.rsub(MASK, 1),
    "subtract": lambda: torch.subtract(torch.ones(2), MASK),
    "alpha": lambda: torch.sub(torch.ones(2), MASK, alpha=2),
    "method": lambda: torch.ones(2).sub(MASK),
    "in place": lambda: torch.ones(2).sub_(MASK),
    "operator": lambda: torch.ones(2).__isub__(MASK),
}


@pytest.mark.parametrize("call", BOOL_SUBTRACTIONS.values(), ids=BOOL_SUBTRACTIONS)
def test_a_mask_is_not_subtracted(call):
    with pytest.raises(RuntimeError, match="with a bool tensor is not supported.*logical_not"):
        call()


@pytest.mark.parametrize("call", [lambda: True - MASK, lambda: MASK - MASK, lambda: MASK.sub(True)])
def test_two_masks_are_not_subtracted(call):
    with pytest.raises(RuntimeError, match="with two bool tensors is not supported.*logical_xor"):
        call()


def test_other_subtractions_go_on():
    assert (1 - torch.tensor([3, 1])).tolist() == [-2, 0]
    assert (torch.ones(2) - 1).tolist() == [0, 0]
    assert (torch.ones(2) - torch.tensor([3, 1])).tolist() == [-2, 0]
    assert (torch.tensor([3, 1]) - 0.5).tolist() == [2.5, 0.5]
    assert torch.rsub(torch.ones(2), 3).tolist() == [2, 2]


@pytest.mark.parametrize("dtype", [torch.int32, torch.int16, torch.int8, torch.bool])
def test_targets_of_losses_are_long(dtype):
    target = torch.tensor([1]).to(dtype)
    for loss in (F.cross_entropy, F.nll_loss):
        with pytest.raises(RuntimeError, match="expected target dtype to be Long or Byte"):
            loss(torch.ones(1, 2), target)


@pytest.mark.parametrize("dtype", [torch.int64, torch.bool, torch.float64])
def test_targets_of_probabilities_have_their_dtype(dtype):
    target = torch.tensor([1]).to(dtype)
    with pytest.raises(RuntimeError, match="Found dtype"):
        F.binary_cross_entropy(torch.tensor([0.5]), target)


@pytest.mark.parametrize("target", [-0.1, 1.1])
def test_targets_of_probabilities_are_probabilities(target):
    with pytest.raises(RuntimeError, match="target should be between 0 and 1"):
        F.binary_cross_entropy(torch.tensor([0.5]), torch.tensor([target]))


# tensors of tensors --------------------------------------------------------------------------


def test_tensors_in_a_sequence_are_numbers():
    one, two = torch.tensor([1.0]), torch.tensor([2.0])
    assert torch.tensor([one, two]).shape == (2,)
    assert torch.tensor((one, two)).tolist() == [1, 2]
    assert torch.as_tensor([one, two]).shape == (2,)
    assert torch.Tensor([one, two]).shape == (2,)
    assert torch.FloatTensor([one, two]).shape == (2,)
    assert torch.ones(1).new_tensor([one, two]).shape == (2,)
    assert torch.tensor([[one], [two]]).shape == (2, 1)
    assert torch.tensor([torch.tensor([[1.0]])]).shape == (1,)
    assert torch.tensor([torch.tensor(1.0), 2]).tolist() == [1, 2]
    assert torch.tensor([one.double(), two]).dtype == torch.float64
    assert torch.tensor([torch.tensor([1]), torch.tensor([2])]).dtype == torch.int64


def test_longer_tensors_in_a_sequence_are_refused():
    for values in ([torch.ones(2), torch.ones(2)], [torch.tensor([])], [[torch.ones(3)]]):
        for make in (torch.tensor, torch.as_tensor, torch.Tensor):
            with pytest.raises(ValueError, match="only one element tensors.*stack"):
                make(values)


# NumPy ---------------------------------------------------------------------------------------


def test_numpy_gives_tensors_back():
    x = torch.tensor([1.0, 4.0])
    for value in (np.sqrt(x), np.add(x, x), np.add(np.ones(2), x), np.sqrt(x[1]), np.cumsum(x)):
        assert isinstance(value, torch.Tensor)
    assert np.sqrt(x).tolist() == [1, 2]
    assert np.isnan(x).dtype == torch.uint8  # as in PyTorch
    assert isinstance(np.modf(x)[0], torch.Tensor)
    assert isinstance(np.exp(x, out=np.ones(2, np.float32)), np.ndarray)
    with pytest.raises(RuntimeError, match="detach"):
        np.sqrt(torch.ones(2, requires_grad=True))


def test_an_array_of_a_parameter_where_nothing_is_recorded():
    p = torch.nn.Parameter(torch.ones(2))
    with pytest.raises(RuntimeError, match="requires grad"):
        p.numpy()
    for mode in (torch.no_grad, torch.inference_mode):
        with mode():
            assert p.numpy().tolist() == [1, 1]
            assert np.asarray(p).tolist() == [1, 1]


# words ---------------------------------------------------------------------------------------


def put(x, index, value):
    x[index] = value


EXPANDED = {
    "item": lambda x: put(x, 0, 1),
    "slice": lambda x: put(x[:2], 0, 1),
    "all": lambda x: put(x, slice(None), torch.ones(3)),
    "mask": lambda x: put(x, torch.tensor([True, False, True]), 1),
    "index": lambda x: put(x, torch.tensor([0]), 1),
    "recorded": lambda x: put(x, 0, torch.tensor(1.0, requires_grad=True)),
    "add_": lambda x: x.add_(1),
    "fill_": lambda x: x.fill_(1),
    "normal_": lambda x: x.normal_(),
    "index_add_": lambda x: x.index_add_(0, torch.tensor([0]), torch.ones(1)),
    "out": lambda x: torch.add(torch.ones(3), 1, out=x),
    "init": lambda x: torch.nn.init.ones_(x),
}


@pytest.mark.parametrize("write", EXPANDED.values(), ids=EXPANDED)
def test_writes_to_what_was_expanded_say_so(write):
    with pytest.raises(RuntimeError, match=r"as expand makes them.*clone\(\) it first"):
        write(torch.ones(1).expand(3))


def test_multinomial_says_what_is_missing():
    cases = [
        ([0.0, 1.0], 2, "not enough positive categories to sample.: 2 samples of 1"),
        ([1.0, 1.0], 3, r"n_sample > prob_dist.size\(-1\)"),
        ([-1.0, 1.0], 1, "element < 0"),
        ([0.0, 0.0], 1, r"sum of probabilities <= 0"),
        ([1.0, 0.0], -1, "n_sample < 0"),
    ]
    for weights, count, words in cases:
        with pytest.raises(RuntimeError, match=words):
            torch.multinomial(torch.tensor(weights), count)


@needs("safetensors")
@pytest.mark.parametrize(
    "value", [[1], None, torch.ones(1), torch.nn.Linear(1, 1), {"a": {"b": torch.ones(1)}}, {1: 2}]
)
def test_what_safetensors_cannot_hold(value, tmp_path):
    with pytest.raises(TypeError, match="a .safetensors file holds a dict of names and tensors"):
        torch.save(value, tmp_path / "file.safetensors")
    assert not list(tmp_path.iterdir())


def test_special_functions_without_scipy_name_it(monkeypatch):
    for name in ("scipy", "scipy.special"):
        monkeypatch.setitem(__import__("sys").modules, name, None)
    for call in (torch.special.i0, torch.lgamma, torch.digamma):
        with pytest.raises(
            ImportError, match=r"needs SciPy: pip install 'tinygrad-mnist\[special\]'"
        ):
            call(torch.ones(2))


def test_errors_of_calls_name_no_inner_function():
    """Python's TypeError for wrong arguments shows a function's qualified name."""
    for name, each in vars(torch.Tensor).items():
        qualified = getattr(each, "__qualname__", "")
        assert "<locals>" not in qualified, name
    for call, name in (
        (lambda: torch.ones(1).float(1, 2, 3, 4), "Tensor.float()"),
        (lambda: torch.ones(1).backward(1, 2, 3, 4, 5, 6), "Tensor.backward()"),
        (lambda: torch.ones(1).__radd__(1, 2), "Tensor.__radd__()"),
        (lambda: torch.ones(1).exp_(1), "exp"),
    ):
        with pytest.raises(TypeError, match=re.escape(name)):
            call()


def test_subtractions_that_need_no_check_make_none(monkeypatch):
    """The usual subtractions cost what they did."""
    monkeypatch.setattr(pointwise, "_refuse_bools", None)
    x = torch.ones(2)
    for result in (x - x, x - 1, x - 1.0, 1 - x, 1.0 - x):
        assert result.shape == (2,)
