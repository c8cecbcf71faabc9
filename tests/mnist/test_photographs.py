"""Digits are found and read whatever else is in the picture: the short form of `benchmarks photos`."""

import json

import numpy as np
import pytest
from PIL import Image

from benchmarks.photos import CONDITIONS, measure, photograph
from tests.mnist.test_encoding import command
from tinygrad_mnist.mnist import datasets
from tinygrad_mnist.mnist.measures import predictions
from tinygrad_mnist.mnist.photos import find_digits, read_digit
from tinygrad_mnist.mnist.runs import opened

COUNT = 3
HARD = {"shadow", "cut"}


@pytest.fixture(scope="module")
def network():
    return opened("modern")[0]


@pytest.fixture(scope="module")
def digits():
    found = datasets.embedded()
    return found.test_images[:200], found.test_labels[:200]


@pytest.mark.parametrize("condition", CONDITIONS)
def test_most_photographs_are_read(condition, network, digits, tmp_path):
    images, labels = (each[40 : 40 + COUNT] for each in digits)
    right = measure(condition, network, images, labels, tmp_path)
    assert right.sum() >= COUNT - (2 if condition in HARD else 1)


def test_the_same_seed_gives_the_same_photograph(digits, tmp_path):
    images = digits[0]
    written = [
        photograph("graph", 3, images[0], images[1], tmp_path / name).read_bytes() for name in "ab"
    ]
    assert written[0] == written[1]


def sheet(*inks):
    """A white sheet with black boxes: (top, left, bottom, right)."""
    pixels = np.full((200, 300), 240, np.uint8)
    for top, left, bottom, right in inks:
        pixels[top:bottom, left:right] = 20
    return pixels


def test_what_has_no_strokes_is_in_doubt(tmp_path):
    file = tmp_path / "blot.png"
    y, x = np.mgrid[:200, :300]
    blot = np.where(np.hypot(y - 100, x - 150) < 40, 20, 240).astype(np.uint8)
    Image.fromarray(blot).save(file)
    (found,) = find_digits(file)
    assert "blot" in found.doubt


def test_several_digits_are_said_and_all_of_them_read(digits, tmp_path):
    images, labels = digits
    file = photograph("two", 5, images[0], images[2], tmp_path / "two")
    (one,) = json.loads(command("predict", "modern", file, "--json").stdout)
    assert "--all" in one["doubt"] and one["confidence"] < 0.7
    both = json.loads(command("predict", "modern", file, "--json", "--all").stdout)
    assert [each["digit"] for each in both] == [labels[0], labels[2]]
    assert both[0]["box"][3] < both[1]["box"][1] and not both[0]["doubt"]


def test_one_bad_file_among_several_is_listed_and_the_others_answered(digits, tmp_path):
    good = photograph("clean", 1, digits[0][0], digits[0][1], tmp_path / "good")
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"no picture")
    for options in [[], ["--json"]]:
        done = command("predict", "modern", bad, good, tmp_path / "none.png", *options)
        assert done.returncode == 2
        assert done.stderr.count("error:") == 2 and "bad.png: got no image" in done.stderr
        assert "good" in done.stdout and "Traceback" not in done.stderr


@pytest.mark.parametrize("top", [1023, 4095, 16383, 65535])
def test_greys_of_any_depth(top, network, digits, tmp_path):
    images, labels = digits
    pen = np.asarray(Image.fromarray(images[0]).resize((200, 200)), float) / 255
    grey = np.pad((1 - pen), 40, constant_values=1) * 0.9 * top
    Image.fromarray(grey.astype(np.uint16)).save(tmp_path / "grey.png")
    picture = read_digit(tmp_path / "grey.png")
    assert predictions(network, picture[None]).answer[0] == labels[0]


def test_large_pictures_are_shrunk_before_they_are_floats(digits, tmp_path):
    import resource

    pen = np.asarray(Image.fromarray(digits[0][0]).resize((2400, 2400)), np.uint16)
    grey = np.full((3000, 4000), 60000, np.uint16)
    grey[300:2700, 800:3200] -= pen * 200
    Image.fromarray(grey).save(tmp_path / "large.png")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    off = read_digit(tmp_path / "large.png").astype(int) - digits[0][0]
    assert abs(off).mean() < 12
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 250 * 1024


def test_a_bomb_is_refused_by_its_size(tmp_path):
    file = tmp_path / "bomb.png"
    Image.new("1", (9400, 9400)).save(file)
    with pytest.raises(
        ValueError, match=r"bomb.png: .*9400x9400 pixels, wanted at most 64 million"
    ):
        find_digits(file)
