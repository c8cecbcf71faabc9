"""What export writes is what the network computes."""

import io

import numpy as np
import pytest

import tinygrad_mnist as torch
from tinygrad_mnist import nn

onnx = pytest.importorskip("onnx")
reference = pytest.importorskip("onnx.reference")


def exported(model, example, **options):
    """What ONNX's reference computes from the file for the example."""
    file = io.BytesIO()
    torch.onnx.export(model, example, file, **options)
    made = onnx.load_from_string(file.getvalue())
    run = reference.ReferenceEvaluator(made)
    return made, run.run(None, {made.graph.input[0].name: example.numpy()})[0]


def test_a_module_that_stands_twice():
    act = nn.ReLU()
    linear = nn.Linear(3, 3)
    model = nn.Sequential(linear, act, linear, act)
    example = torch.randn(5, 3)
    made, result = exported(model, example)
    assert [node.op_type for node in made.graph.node].count("Relu") == 2
    np.testing.assert_allclose(result, model(example).detach().numpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("beta", [1, 2.5])
def test_softplus_keeps_its_threshold(beta):
    model = nn.Softplus(beta, 0.5)
    example = torch.linspace(-3, 3, 25).reshape(5, 5)
    result = exported(model, example)[1]
    np.testing.assert_allclose(result, model(example).numpy(), rtol=1e-5, atol=1e-6)


def test_a_last_window_beyond_the_input_is_left_out():
    model = nn.Sequential(nn.MaxPool2d(1, 3, ceil_mode=True))
    example = torch.randn(
        1, 1, 5, 5
    )  # ONNX would make a window of it, the operator's form does not
    np.testing.assert_array_equal(exported(model, example)[1], model(example).numpy())
    result = exported(nn.MaxPool2d(2, 2, ceil_mode=True), torch.randn(1, 1, 5, 5))[1]
    assert result.shape == (1, 1, 3, 3)


def test_pytorchs_options(capsys):
    axes = {"input": {0: "n"}, "output": [0]}
    example = torch.ones(2, 3)
    model = nn.Linear(3, 2)
    made = exported(model, example, opset_version=17, dynamic_axes=axes, verbose=True)[0]
    assert made.opset_import[0].version == 17
    assert made.graph.input[0].type.tensor_type.shape.dim[0].dim_param == "n"
    assert "Gemm" in capsys.readouterr().out
    with pytest.raises(ValueError, match="17 to 21, got 9"):
        exported(model, example, opset_version=9)
    with pytest.raises(ValueError, match="axis 0"):
        exported(model, example, dynamic_axes={"input": {1: "width"}})


def test_another_result_is_not_written(monkeypatch):
    from tinygrad_mnist.formats import onnx as formats

    monkeypatch.setattr(formats._Graph, "walk", lambda graph, model, path: None)
    file = io.BytesIO()
    with pytest.raises(RuntimeError, match="something else than the network"):
        torch.onnx.export(nn.Tanh(), torch.ones(2, 3), file)
    assert not file.getvalue()
