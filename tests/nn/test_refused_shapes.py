"""Shapes that would broadcast, and are refused or warned of as PyTorch does."""

import numpy as np
import pytest

import tinygrad_mnist as torch
from tinygrad_mnist import nn
from tinygrad_mnist.nn import functional as F


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (nn.BatchNorm1d(1), (4, 3)),
        (nn.BatchNorm2d(1), (4, 3, 2, 2)),
        (nn.BatchNorm1d(1, affine=False), (4, 3)),
        (nn.BatchNorm1d(3), (4, 1)),
        (nn.InstanceNorm1d(3, track_running_stats=True), (4, 1, 5)),
    ],
)
def test_other_channels_are_refused(layer, shape, training):
    layer.train(training)
    with pytest.raises(RuntimeError, match="should contain"):
        layer(torch.ones(shape))


@pytest.mark.parametrize("channels", [2, 8])
def test_group_norm_refuses_other_channels(channels):
    with pytest.raises(RuntimeError, match="vector of size equal to the number of channels"):
        F.group_norm(torch.ones(2, 4, 3), 2, torch.ones(1), torch.ones(1))
    with pytest.raises(RuntimeError, match="vector of size equal to the number of channels"):
        nn.GroupNorm(2, 4)(torch.ones(2, channels, 3))


@pytest.mark.parametrize("shapes", [((5, 1), (5, 4)), ((5, 3), (5, 1))])
def test_bilinear_refuses_a_size_of_1(shapes):
    with pytest.raises(RuntimeError, match="size does not match weight size"):
        nn.Bilinear(3, 4, 2)(*map(torch.ones, shapes))


@pytest.mark.parametrize("loss", [F.mse_loss, F.l1_loss, F.smooth_l1_loss, F.huber_loss])
def test_losses_warn_of_broadcasting(loss):
    with pytest.warns(UserWarning, match=r"Using a target size \(torch.Size\(\[4\]\)\)"):
        loss(torch.ones(4, 1), torch.ones(4))


@pytest.mark.parametrize("other", [np.ones(3), [1.0, 2.0], "x"])
def test_a_record_names_what_is_no_tensor(other):
    with pytest.raises(TypeError, match=rf"must be Tensor, not .*{type(other).__name__}"):
        F.linear(torch.ones(2, 3), torch.ones(4, 3), other)


@pytest.mark.parametrize("size", ["2", 2.5, None])
def test_sizes_that_are_no_integers(size):
    for make in (
        torch.zeros,
        torch.ones,
        lambda n: nn.Linear(n, 3),
        lambda n: nn.Bilinear(2, 3, n),
    ):
        with pytest.raises(TypeError, match="size must be a tuple of ints|must be an int"):
            make(size)
