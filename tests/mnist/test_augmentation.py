"""Augmentation: what each strength does, against SciPy's interpolation where there is a reference."""

import numpy as np
import pytest
from scipy import ndimage

from tinygrad_mnist.mnist import augmentation
from tinygrad_mnist.mnist.augmentation import SIDE, augment

NONE = dict(shift=0, rotate=0, scale=0, shear=0, elastic=0)


@pytest.fixture
def images():
    rng = np.random.default_rng(0)
    blobs = ndimage.gaussian_filter(rng.random((40, SIDE, SIDE)), (0, 2, 2))
    blobs[:, :8] = blobs[:, -8:] = blobs[:, :, :8] = blobs[:, :, -8:] = 0
    return (blobs / blobs.max()).astype(np.float32)


def moments(image):
    """Centre (x, y), variance along x and y, covariance: y downwards."""
    y, x = np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
    mass = image.astype(np.float64) / image.sum()
    a, b = (x * mass).sum(), (y * mass).sum()
    return (
        a,
        b,
        ((x - a) ** 2 * mass).sum(),
        ((y - b) ** 2 * mass).sum(),
        ((x - a) * (y - b) * mass).sum(),
    )


def test_no_strength_is_no_change(images):
    got = augment(images, np.random.default_rng(1), **NONE)
    assert got.dtype == np.float32 and got.shape == images.shape
    np.testing.assert_allclose(got, images, atol=1e-5)
    assert got is not images and len(augment(images[:0], np.random.default_rng(1))) == 0


def test_the_same_draws_give_the_same_images_and_each_image_its_own(images):
    same = np.repeat(images[:1], 5, 0)
    before = same.copy()
    a, b, c = (augment(same, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(a, b) and not np.array_equal(a, c) and np.array_equal(same, before)
    assert all(np.abs(a[0] - each).max() > 0.01 for each in a[1:])
    assert a.min() >= 0 and a.max() <= 1


def test_values_between_pixels_are_bilinear_and_outside_is_paper(images):
    x, y = (
        np.random.default_rng(3).uniform(-20, 20, (2, len(images), SIDE * SIDE)).astype(np.float32)
    )
    middle = (SIDE - 1) / 2
    wanted = [
        ndimage.map_coordinates(np.pad(image, 1), [b + middle + 1, a + middle + 1], order=1, cval=0)
        for image, a, b in zip(images, x, y, strict=True)
    ]
    got = augmentation._sample(images, x.copy(), y.copy())
    np.testing.assert_allclose(got.reshape(len(images), -1), wanted, atol=1e-5)


def test_each_affine_strength_does_its_own_thing_up_to_its_limit():
    y, x = np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
    blob = np.exp(-(x**2) / 2 / 1.8**2 - y**2 / 2 / 3.6**2).astype(np.float32)
    before = moments(blob)

    def after(**strength):
        got = augment(
            np.repeat(blob[None], 300, 0), np.random.default_rng(4), **{**NONE, **strength}
        )
        return np.array([moments(image) for image in got]).T

    a, b, *_ = after(shift=3.0)
    for moved in (a, b):
        assert (moved.min(), moved.max()) == pytest.approx((-3, 3), abs=0.15)
    _, _, wide, high, _ = after(scale=0.3)
    for spread, was in ((wide, before[2]), (high, before[3])):
        grown = np.sqrt(spread / was)
        assert (grown.min(), grown.max()) == pytest.approx((1 / 1.3, 1.3), rel=0.05)
    assert abs(np.corrcoef(wide, high)[0, 1]) < 0.2  # width and height are drawn apart
    a, b, wide, high, across = after(rotate=40.0)
    angle = np.rad2deg(np.arctan2(2 * across, high - wide) / 2)
    assert (angle.min(), angle.max()) == pytest.approx((-40, 40), abs=2)
    assert np.abs([a, b]).max() < 0.1
    _, _, _, high, across = after(shear=0.5)
    slant = across / high
    assert (slant.min(), slant.max()) == pytest.approx((-0.5, 0.5), abs=0.04)
    assert high == pytest.approx(before[3], rel=0.03)


def test_the_elastic_displacement_is_smooth_and_as_long_as_it_says():
    bumps = augmentation._basis()[3:]
    field = (np.random.default_rng(5).standard_normal((4000, len(bumps))) @ bumps).reshape(
        -1, SIDE, SIDE
    )
    np.testing.assert_allclose(np.sqrt((field**2).mean(0)), 1, rtol=0.06)
    assert np.sqrt((np.diff(field, axis=2) ** 2).mean()) < 0.25  # neighbours go nearly the same way


def test_refuses_other_images():
    for bad in (
        np.zeros((2, 784), np.float32),
        np.zeros((2, SIDE, SIDE)),
        np.zeros((SIDE, SIDE), np.float32),
    ):
        with pytest.raises(ValueError, match="augment: got"):
            augment(bad, np.random.default_rng(0))
