"""The weights that ship: what the model card says of them is so."""

import hashlib
import re

import numpy as np
import pytest
from typer.testing import CliRunner

import tinygrad_mnist as tg
from tinygrad_mnist.mnist import datasets
from tinygrad_mnist.mnist.cli import app
from tinygrad_mnist.mnist.measures import evaluate
from tinygrad_mnist.mnist.recipe import RECIPES, classifier
from tinygrad_mnist.mnist.runs import RunError, opened
from tinygrad_mnist.mnist.tensors import as_dataset
from tinygrad_mnist.mnist.weights import CARD, SHIPPED, pack, path, shipped

ROW = re.compile(
    r"^\| (\w+) \| (\d+\.\d+)% \| (\d+\.\d+)% \| ([\d,]+) \| `([0-9a-f]{64})` \|$", re.M
)


@pytest.fixture(scope="module")
def stated():
    """Of each name: training and test accuracy in percent, bytes, checksum."""
    return {
        name: (float(a), float(b), int(size.replace(",", "")), sha)
        for name, a, b, size, sha in ROW.findall(CARD.read_text())
    }


@pytest.fixture(scope="module")
def embedded():
    digits = datasets.embedded()
    images = np.concatenate([digits.train_images, digits.test_images])
    return as_dataset(images, np.concatenate([digits.train_labels, digits.test_labels]))


@pytest.mark.parametrize("name", SHIPPED)
def test_checksum_and_size_are_the_cards(name, stated):
    content = path(name).read_bytes()
    assert hashlib.sha256(content).hexdigest() == stated[name][3]
    assert len(content) == stated[name][2] < 2_000_000


@pytest.mark.parametrize("name", SHIPPED)
def test_accuracy_is_the_cards_within_a_point(name, stated, embedded):
    """The embedded digits are 5,000 of MNIST's training digits."""
    assert 100 * evaluate(shipped(name), embedded).accuracy == pytest.approx(stated[name][0], abs=1)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_is_the_recipes_network_in_float32(name):
    network = shipped(name)
    assert sum(p.numel() for p in network.parameters()) == 355_110 and not network.training
    assert all(p.dtype == tg.float32 for p in network.parameters())
    assert network.state_dict().keys() == classifier(RECIPES[name]).state_dict().keys()
    with pytest.raises(ValueError, match="wanted one of original, modern"):
        shipped("../original")


def test_a_folder_of_that_name_is_taken_before_the_shipped_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert opened("original")[0].state_dict().keys() == shipped("original").state_dict().keys()
    (tmp_path / "original").mkdir()
    with pytest.raises(RunError, match="missing"):
        opened("original")
    with pytest.raises(RunError, match="nothing: no such run"):
        opened("nothing")


def test_evaluate_takes_a_shipped_name(stated):
    done = CliRunner().invoke(app, ["evaluate", "modern", "--data", "embedded"])
    assert done.exit_code == 0 and "no test:" in done.output, done.output


def test_pack_rounds_to_float16_and_no_more(tmp_path):
    network = classifier(RECIPES["original"])
    pack(network, tmp_path / "a.safetensors")
    for key, value in tg.load(tmp_path / "a.safetensors").items():
        assert np.array_equal(value.numpy(), network.state_dict()[key].numpy().astype(np.float16))
