"""Networks as ONNX files, run by onnxruntime; weights as files that PyTorch and safetensors read."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import tinygrad_mnist as tg
from tinygrad_mnist import nn
from tinygrad_mnist.mnist import datasets
from tinygrad_mnist.mnist.cli import app, main
from tinygrad_mnist.mnist.recipe import Recipe, classifier
from tinygrad_mnist.mnist.runs import Run

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")


@pytest.fixture(scope="module")
def images():
    """The 1,000 embedded test digits, 0 to 1."""
    return datasets.embedded().test_images / np.float32(255)


_FLAT, _ROWS, _LINE, _IMAGE = (6,), (5, 6), (4, 11), (4, 9, 10)
LAYERS = [
    (_FLAT, nn.Linear(6, 3)), (_ROWS, nn.Linear(6, 3)), (_ROWS, nn.Linear(6, 3, bias=False)),
    (_LINE, nn.Conv1d(4, 6, 3, stride=2, padding=1, groups=2)), (_LINE, nn.Conv1d(4, 6, 4, padding="same", dilation=3)),
    (_IMAGE, nn.Conv2d(4, 6, (3, 2), stride=(1, 2), padding=(2, 0), dilation=(2, 1), bias=False)),
    (_IMAGE, nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1, output_padding=1, groups=2)),
    (_LINE, nn.ConvTranspose1d(4, 2, 3, dilation=2)),
    (_LINE, nn.MaxPool1d(3, dilation=2)), (_IMAGE, nn.MaxPool2d((3, 2), stride=2, padding=1, ceil_mode=True)),
    (_LINE, nn.AvgPool1d(2)), (_IMAGE, nn.AvgPool2d(3, 2, padding=1)),
    (_IMAGE, nn.AvgPool2d(3, 2, padding=1, count_include_pad=False)),
    (_IMAGE, nn.AdaptiveAvgPool2d(1)), (_LINE, nn.AdaptiveAvgPool1d((1,))),
    (_FLAT, nn.BatchNorm1d(6)), (_LINE, nn.BatchNorm1d(4)), (_IMAGE, nn.BatchNorm2d(4, eps=0.1, affine=False)),
    (_IMAGE, nn.LayerNorm((9, 10))), (_ROWS, nn.LayerNorm(6, elementwise_affine=False)), (_IMAGE, nn.GroupNorm(2, 4)),
    (_IMAGE, nn.Flatten()), (_IMAGE, nn.Flatten(1, 2)), (_IMAGE, nn.Flatten(0, 1)), (_ROWS, nn.Flatten(-2)),
    (_FLAT, nn.Unflatten(1, (2, 3))), (_IMAGE, nn.Unflatten(2, (3, -1))),
    (_IMAGE, nn.Upsample(scale_factor=(2, 3))), (_IMAGE, nn.UpsamplingNearest2d(scale_factor=2)),
    (_IMAGE, nn.Upsample(size=(18, 7))), (_LINE, nn.Upsample(scale_factor=1.5)),
    *[(_IMAGE, layer) for layer in (
        nn.Identity(), nn.Dropout(0.5), nn.Dropout2d(0.5), nn.AlphaDropout(0.5), nn.ReLU(inplace=True), nn.ReLU6(), nn.LeakyReLU(0.2), nn.PReLU(), nn.PReLU(4),
        nn.ELU(0.7), nn.SELU(), nn.CELU(0.7), nn.GELU(), nn.GELU("tanh"), nn.SiLU(), nn.Mish(), nn.Sigmoid(), nn.Tanh(),
        nn.Softplus(), nn.Softplus(2.0), nn.Softsign(), nn.Hardtanh(-0.5, 0.7), nn.Hardsigmoid(), nn.Hardswish(),
        nn.Softmax(-1), nn.Softmax(1), nn.LogSoftmax(1),
    )],
    (_LINE, nn.Softmax()), (_LINE, nn.Dropout1d(0.5)), (_FLAT, nn.PReLU(6)),
]  # fmt: skip


def ran(path, x):
    """What onnxruntime computes, in float32."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: x})[0]


def agree(model, example, path, atol=1e-5):
    """The file answers like the model in evaluation mode: for the example, and for another size of batch."""
    before = example.clone()
    tg.onnx.export(model, example, path)
    assert tg.equal(example, before)  # though a layer may write in place
    onnx.checker.check_model(path, full_check=True)
    model.eval()
    for x in (example, tg.cat([example, example.flip(0), example])):
        with tg.no_grad():
            wanted = model(x.clone()).numpy()
        got = ran(path, x.numpy())
        assert got.dtype == wanted.dtype and got.shape == wanted.shape
        np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=atol)


@pytest.mark.parametrize(
    ("shape", "layer"), LAYERS, ids=lambda value: str(value).partition("(")[0] or None
)
def test_every_layer(shape, layer, tmp_path):
    tg.manual_seed(3)
    for name, tensor in [*layer.named_parameters(), *layer.named_buffers()]:
        if tensor.is_floating_point():  # so that no weight is 1, no bias 0, and no running mean 0
            tensor.data = tg.rand_like(tensor) + (0.1 if name == "running_var" else -0.3)
    agree(layer, 2 * tg.randn(2, *shape), tmp_path / "layer.onnx")


def test_every_row_has_a_case():
    assert {nn.Embedding, *(type(layer) for _, layer in LAYERS)} == tg.onnx.ROWS.keys()


def test_embedding_takes_integers(tmp_path):
    model = nn.Sequential(nn.Embedding(11, 4), nn.Flatten(), nn.Linear(12, 2))
    agree(model, tg.randint(11, (5, 3)), tmp_path / "words.onnx")


def test_nested_network_in_training_mode_is_written_as_it_evaluates_and_left_as_it_was(
    images, tmp_path
):
    model = nn.Sequential(
        nn.Unflatten(1, (1, 28)), nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2)),
        nn.Sequential(nn.Sequential(nn.Flatten(), nn.Dropout(0.4)), nn.Linear(4 * 14 * 14, 10), nn.LogSoftmax(1)),
    )  # fmt: skip
    digits = tg.from_numpy(images[:7])
    model(digits)  # running statistics of its own
    model[0].eval()
    modes = [each.training for each in model.modules()]
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    tg.onnx.export(
        model, (digits,), tmp_path / "cnn.onnx", input_names=["image"], output_names=["answer"]
    )
    assert [each.training for each in model.modules()] == modes
    assert all(tg.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
    graph = onnx.load(tmp_path / "cnn.onnx").graph
    assert {each.name for each in graph.initializer} - {
        "0.shape",
        "2.0.0.shape",
    } == before.keys() - {"1.1.num_batches_tracked"}
    assert [graph.input[0].name, graph.output[0].name] == ["image", "answer"]
    assert "Dropout" not in {node.op_type for node in graph.node}
    agree(model, digits, tmp_path / "cnn.onnx")


class _Twice(nn.Linear):
    def forward(self, input):
        return 2 * super().forward(input)


def _hooked():
    layer = nn.Linear(3, 3)
    layer.register_forward_hook(lambda module, args, output: 2 * output)
    return layer


@pytest.mark.parametrize(
    "layer",
    [
        nn.RNN(3, 3),
        _Twice(3, 3),
        _hooked(),
        nn.BatchNorm1d(3, track_running_stats=False),
        nn.Conv1d(3, 3, 1, padding_mode="circular"),
        nn.Conv2d(2, 3, 1),
        nn.Upsample(scale_factor=2, mode="linear"),
    ],
    ids=lambda layer: type(layer).__name__,
)
@pytest.mark.filterwarnings("ignore:.*the sizes in the file are the example's")
def test_what_has_no_row_is_written_by_its_operations(layer, tmp_path):
    shapes = {nn.Conv2d: (2, 4, 5), nn.Upsample: (2, 3, 4), nn.Conv1d: (2, 3, 6)}
    example = tg.randn(*shapes.get(type(layer), (2, 3)))
    tg.onnx.export(nn.Sequential(nn.ReLU(), nn.Sequential(layer)), example, tmp_path / "x.onnx")
    wanted = layer.eval()(example.relu())
    wanted = wanted[0] if isinstance(wanted, tuple) else wanted
    got = ran(tmp_path / "x.onnx", example.numpy())
    np.testing.assert_allclose(got, wanted.detach().numpy(), rtol=1e-5, atol=1e-5)


def test_what_has_no_form_is_refused_by_name(tmp_path):
    class Factors(nn.Module):
        def forward(self, x):
            return tg.linalg.svd(self.pick(x))[1]

        def pick(self, x):
            return x

    class Branch(nn.Module):
        def forward(self, x):
            return x if x.sum() > 0 else -x

    class Noise(nn.Module):
        def forward(self, x):
            return x + tg.randn(2, 3)

    for model, message in (
        (Factors(), "no ONNX form for 'svd'"),
        (Branch(), r"no ONNX form for 'bool', which reads a tensor's values in Python at .*\.py:"),
        (Noise(), "no ONNX form for .*which draws random numbers"),
    ):
        with pytest.raises(TypeError, match=message) as error:
            tg.onnx.export(model, tg.randn(2, 3), tmp_path / "x.onnx")
        assert "\n" not in str(error.value)
    assert not any(tmp_path.iterdir())


def test_our_module_of_that_name_hides_nothing_and_costs_nothing():
    code = (
        "import sys, tinygrad_mnist.onnx as ours; assert 'onnx' not in sys.modules;"
        "import onnx; assert onnx is not ours and hasattr(onnx, 'ModelProto')"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# the command ---------------------------------------------------------------------------------


def untrained(run, recipe):
    """What `train` leaves of a network, in a folder."""
    digits = datasets.Digits(
        *(np.zeros((1, 28, 28), np.uint8), np.zeros(1, np.uint8)) * 2, "the embedded digits"
    )
    run.create(recipe, "embedded", digits)
    tg.save(classifier(recipe).state_dict(), run.weights)


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory):
    """A run as `train` leaves it, of a network that has seen nothing."""
    run = Run(tmp_path_factory.mktemp("runs") / "run")
    tg.manual_seed(5)
    recipe = Recipe(hidden=(32, 16))
    untrained(run, recipe)
    return run


def test_export_writes_what_other_programs_read(run_folder, images, tmp_path):
    files = {kind: tmp_path / f"net.{end}" for kind, end in (("onnx", "onnx"), ("safetensors", "safetensors"), ("torch", "pt"))}  # fmt: skip
    options = [part for kind, path in files.items() for part in (f"--{kind}", str(path))]
    done = CliRunner().invoke(app, ["export", str(run_folder.folder), *options, "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert [(each["format"], each["bytes"]) for each in told["files"]] == [
        (kind, path.stat().st_size) for kind, path in files.items()
    ]
    assert told["largest_difference"] < 1e-5
    network = run_folder.network()
    with tg.no_grad():
        wanted = network(tg.from_numpy(images)).numpy()
    np.testing.assert_allclose(ran(files["onnx"], images), wanted, atol=1e-5)
    from safetensors.numpy import load_file

    for state in (load_file(files["safetensors"]), tg.load(files["torch"])):
        assert state.keys() == network.state_dict().keys()
        assert all(
            np.array_equal(state[key], value.numpy()) for key, value in network.state_dict().items()
        )


@pytest.mark.parametrize("name", ["original", "modern"])
def test_shipped_networks_answer_alike_in_onnxruntime(name, tmp_path):
    done = CliRunner().invoke(app, ["export", name, "--onnx", str(tmp_path / "net.onnx"), "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["largest_difference"] < 1e-5


def documented(phrase):
    """The Python example in README or docs that holds a phrase."""
    root = Path(__file__).parents[2]
    pages = [(root / "README.md"), *sorted((root / "docs").rglob("*.md"))]
    blocks = [
        block
        for page in pages
        for block in re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL)
    ]
    return next(block for block in blocks if phrase in block)


def test_the_documented_ways_to_torch_and_back_and_to_onnxruntime(images, tmp_path, monkeypatch):
    torch = pytest.importorskip("torch")
    monkeypatch.chdir(tmp_path)
    run = Run(tmp_path / "run")
    untrained(run, Recipe())
    done = CliRunner().invoke(
        app, ["export", "run", "--torch", "digits.pt", "--onnx", "digits.onnx"]
    )
    assert done.exit_code == 0, done.output
    names = {}
    exec(documented('torch.load("digits.pt", weights_only=True)'), names)
    with torch.no_grad(), tg.no_grad():
        theirs = names["theirs"](torch.from_numpy(images)).numpy()
        for ours in (run.network(), names["ours"]):
            np.testing.assert_allclose(ours(tg.from_numpy(images)).numpy(), theirs, atol=1e-5)
    exec(documented('onnxruntime.InferenceSession("digits.onnx")'), names)
    assert names["logits"].shape == (3, 10)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "export: got no file to write, wanted --onnx, --safetensors or --torch"),
        (
            ["--safetensors", "w.bin"],
            "--safetensors: got w.bin, wanted a name that ends in .safetensors",
        ),
        (["--torch", "w.onnx"], "--torch: got w.onnx, wanted a name that ends in .pt or .pth"),
        (["--onnx", "no/such/w.onnx"], "--onnx: no/such: no such folder"),
    ],
)
def test_mistakes_get_one_line_and_exit_code_2(
    options, message, run_folder, monkeypatch, capsys, tmp_path
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["tinygrad-mnist", "export", str(run_folder.folder), *options])
    with pytest.raises(SystemExit) as exit:
        main()
    assert exit.value.code == 2
    error = capsys.readouterr().err
    assert message in error and len(error.strip().splitlines()) == 1
    assert not any(tmp_path.iterdir())


def test_a_missing_package_is_one_line(run_folder, monkeypatch, capsys, tmp_path):
    monkeypatch.setitem(sys.modules, "onnx", None)
    out = tmp_path / "net.onnx"
    monkeypatch.setattr(
        "sys.argv", ["tinygrad-mnist", "export", str(run_folder.folder), "--onnx", str(out)]
    )
    with pytest.raises(SystemExit) as exit:
        main()
    assert exit.value.code == 2 and "pip install 'tinygrad-mnist[onnx]'" in capsys.readouterr().err
    assert not out.exists()
