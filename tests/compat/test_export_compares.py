"""What `onnx.export` compares before it writes."""

import io
import sys

import numpy as np
import pytest

import tinygrad_mnist as torch
from tinygrad_mnist import nn
from tinygrad_mnist.formats import onnx as formats

pytest.importorskip("onnx")
NETWORK = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.Flatten())


@pytest.fixture(params=["onnxruntime", "reference"])
def runner(request, monkeypatch):
    if request.param == "reference":
        monkeypatch.setitem(sys.modules, "onnxruntime", None)
    else:
        pytest.importorskip("onnxruntime")
    return request.param


def test_the_example_and_a_longer_batch_are_run(runner, monkeypatch):
    rows = []
    compare = formats._compare

    def watched(actual, expected, what):
        rows.append(len(actual))
        compare(actual, expected, what)

    monkeypatch.setattr(formats, "_compare", watched)
    torch.onnx.export(NETWORK, torch.randn(2, 1, 5, 5), io.BytesIO())
    assert rows == [2, 2, 3]  # the walk, then the file for both


def test_a_file_that_computes_something_else_is_refused(runner, monkeypatch):
    make = formats._model

    def changed(*args):
        made = make(*args)
        weight = next(each for each in made.graph.initializer if each.name.endswith("weight"))
        array = np.frombuffer(weight.raw_data, np.float32) * np.float32(1.0005)
        weight.raw_data = array.tobytes()
        return made

    monkeypatch.setattr(formats, "_model", changed)
    file = io.BytesIO()
    with pytest.raises(RuntimeError, match="from the file, computes something else"):
        torch.onnx.export(NETWORK, torch.randn(2, 1, 5, 5), file)
    assert not file.getvalue()


def test_a_file_that_cannot_be_run_is_written_with_a_warning(monkeypatch):
    state = pytest.importorskip("onnxruntime.capi.onnxruntime_pybind11_state")
    import onnxruntime

    def refuse(*args, **options):
        raise state.NotImplemented("no such operator")

    monkeypatch.setattr(onnxruntime, "InferenceSession", refuse)
    file = io.BytesIO()
    with pytest.warns(UserWarning, match="onnxruntime cannot run the file, which is not compared"):
        torch.onnx.export(NETWORK, torch.randn(2, 1, 5, 5), file)
    assert file.getvalue()


def test_where_the_reference_fails_there_is_a_warning(monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    layer = nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1, output_padding=1, groups=2)
    file = io.BytesIO()
    with pytest.warns(UserWarning, match="reference cannot run the file.*install onnxruntime"):
        torch.onnx.export(layer, torch.randn(2, 4, 9, 10), file)
    assert file.getvalue()
