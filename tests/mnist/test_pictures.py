"""Pictures of a digit become what MNIST's are."""

import numpy as np
import pytest

from tinygrad_mnist.mnist import datasets
from tinygrad_mnist.mnist.pictures import prepare


@pytest.fixture(scope="module")
def digits():
    return datasets.embedded().test_images[:100]


def off(a, b):
    return np.abs(a.astype(int) - b.astype(int))


def test_mnists_own_digits_stay_as_they_are(digits):
    prepared = np.stack([prepare(digit) for digit in digits])
    assert prepared.shape == digits.shape and prepared.dtype == np.uint8
    assert off(prepared, digits).mean() < 0.5
    assert np.median(off(prepared, digits).max((1, 2))) <= 2


@pytest.mark.parametrize(
    "change",
    [
        lambda d: 255 - np.kron(np.pad(d, ((9, 40), (70, 3))), np.ones((7, 7), np.uint8)),
        lambda d: d / 255,
        lambda d: d.astype(np.float32),
        lambda d: d.astype(np.uint16) * 257,
        lambda d: np.repeat(255 - d[..., None], 3, 2),
        lambda d: np.stack([0 * d, 0 * d, 0 * d, d], 2),
        lambda d: 200 - d // 2,
    ],
    ids=[
        "large, dark on light, off the middle",
        "floats",
        "floats to 255",
        "uint16",
        "colours",
        "opacity",
        "low contrast",
    ],
)
def test_size_place_polarity_and_dtype_do_not_matter(digits, change):
    for digit in digits[:10]:
        assert off(prepare(change(digit)), prepare(digit)).mean() < 0.6


@pytest.mark.parametrize("shape", [(3, 3), (400, 5), (5, 400), (64, 64), (1, 1)])
def test_the_longer_side_is_20_and_the_mass_is_in_the_middle(shape):
    sheet = np.zeros((600, 500), np.uint8)
    sheet[50 : 50 + shape[0], 90 : 90 + shape[1]] = 255
    picture = prepare(sheet)
    rows, columns = np.flatnonzero(picture.any(1)), np.flatnonzero(picture.any(0))
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20 and picture.max() == 255
    mass = picture.sum(dtype=float)
    assert (
        abs(picture.sum(1) @ np.arange(28) / mass - 14) <= 0.5
        and abs(picture.sum(0) @ np.arange(28) / mass - 14) <= 0.5
    )


def test_grainy_paper_is_no_ink(digits):
    grain = np.random.default_rng(0).normal(0, 0.03, (280, 280))
    differences = []
    for digit in digits[:30]:
        photo = np.clip(0.8 - 0.6 * np.kron(digit / 255, np.ones((10, 10))) + grain, 0, 1)
        differences.append(off(prepare(photo), prepare(digit)).mean())
    assert np.median(differences) < 4  # the middle can round to the next pixel


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((28, 28)), "empty sheet"),
        (np.full((28, 28, 3), 255, np.uint8), "empty sheet"),
        (np.zeros((0, 28)), "empty picture"),
        (np.zeros(784), r"wanted numbers \(h, w\)"),
        (np.zeros((28, 28, 2)), r"wanted numbers \(h, w\)"),
        (np.full((2, 2), "x"), "wanted numbers"),
        (np.full((28, 28), np.nan), "not finite"),
    ],
)
def test_what_is_no_picture_is_refused(array, message):
    with pytest.raises(ValueError, match=message):
        prepare(array)
