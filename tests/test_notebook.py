"""How tensors and modules look in notebooks, and the tour that shows it."""

import base64
import os
import re
import subprocess
import sys
import zlib
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

import tinygrad_mnist as tg
from tinygrad_mnist import nn

TOUR = Path(__file__).parent.parent / "examples" / "tour.ipynb"


class _Balance(HTMLParser):
    """The text of a piece of HTML, whose tags must close in turn."""

    def __init__(self, source):
        super().__init__()
        self.open, self.words = [], []
        self.feed(source)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attributes):
        assert tag in {
            "b",
            "br",
            "details",
            "div",
            "img",
            "pre",
            "small",
            "span",
            "summary",
            "table",
            "td",
            "th",
            "tr",
        }
        if tag not in ("br", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def text(shown):
    return " ".join(" ".join(_Balance(shown._repr_html_()).words).split())


def test_a_tensor_tells_shape_dtype_history_and_values():
    x = tg.tensor([[1.0, 2.0], [3.0, 4e-5]], requires_grad=True)
    assert text(x) == "Tensor 2×2 · float32 · requires_grad=True 0 1 0 1 2 1 3 4e-05"
    assert text(x.exp()).startswith("Tensor 2×2 · float32 · grad_fn=<ExpBackward0>")
    assert "&lt;ExpBackward0&gt;" in x.exp()._repr_html_()
    assert text(tg.tensor(3)) == "Tensor scalar · int64 3"
    assert (
        text(tg.arange(20))
        == "Tensor 20 · int64 0 1 2 3 4 15 16 17 18 19 0 1 2 3 4 ⋯ 15 16 17 18 19"
    )
    assert text(nn.Parameter(tg.zeros(1))).startswith("Parameter 1 · float32 · requires_grad=True")
    for other in (tg.zeros(2, 3, 4), tg.zeros(0, 3), tg.zeros(0)):
        assert " ".join(repr(other).split()) in text(other)


def pixels(tensor):
    """The picture that a tensor shows, decoded; and the words below it."""
    html = tensor._repr_html_()
    png = base64.b64decode(re.search(r"base64,([^\"]+)\"", html)[1])
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = (int.from_bytes(png[16 + 4 * i : 20 + 4 * i], "big") for i in (0, 1))
    start = png.index(b"IDAT")
    data = zlib.decompress(
        png[start + 4 : start + 4 + int.from_bytes(png[start - 4 : start], "big")]
    )
    rows = np.frombuffer(data, np.uint8).reshape(height, 1 + 3 * width)
    assert not rows[:, 0].any()
    return rows[:, 1:].reshape(height, width, 3), text(tensor)


def test_what_is_like_an_image_is_a_picture():
    ramp = tg.arange(20 * 30).reshape(20, 30).float()
    shown, words = pixels(ramp)
    assert np.array_equal(shown[:, :, 0], (ramp.numpy() / 599 * 255).astype(np.uint8))
    assert words == "Tensor 20×30 · float32 0 (dark) to 599 (bright)"
    ramp[3, 4], ramp[5, 6] = float("nan"), float("inf")
    shown, words = pixels(ramp)
    assert (
        shown[3, 4].tolist() == shown[5, 6].tolist() == [220, 40, 40]
        and "2 not finite (red)" in words
    )
    assert pixels(tg.full((9, 9), 7))[0].max() == 0
    assert pixels(tg.eye(8).bool())[0][:, :, 0].tolist() == (np.eye(8) * 255).tolist()
    large, words = pixels(tg.rand(300, 1000))
    assert large.shape == (75, 250, 3) and "every 4th row and column" in words
    assert "<img" not in tg.zeros(7, 30)._repr_html_()


def test_a_module_is_a_tree_with_counts():
    shared = nn.Linear(3, 3)
    net = nn.Sequential(nn.Sequential(nn.Linear(2, 3), nn.ReLU()), shared, shared)
    net[0][0].bias.requires_grad_(False)
    assert text(net) == (
        "Sequential 21 parameters, 3 frozen 0 Sequential 9 parameters, 3 frozen 0 Linear ( in_features=2, out_features=3,"
        " bias=True) 9 parameters, 3 frozen 1 ReLU () 1 Linear ( in_features=3, out_features=3, bias=True) 12 parameters"
        " 2 Linear ( in_features=3, out_features=3, bias=True) 12 parameters"
    ).replace("( in", "(in")
    assert net._repr_html_().count("<details") == 2 and net._repr_html_().count(" open") == 1


def test_nothing_of_a_name_becomes_markup():
    class Rogue(nn.Module):
        def extra_repr(self):
            return "<script>alert('&')</script>"

    net = nn.Module()
    net.add_module("<img onerror=x>", Rogue())
    Rogue.__name__ = "<b>Rogue"
    html = net._repr_html_()
    assert "<script" not in html and "<img" not in html and "<b><b>" not in html
    assert "<script>alert('&')</script>" in text(net) and "<img onerror=x> <b>Rogue" in text(net)


def test_the_ordinary_repr_is_what_it_was():
    assert repr(tg.zeros(2)) == "tensor([0., 0.])" and repr(nn.ReLU()) == "ReLU()"


# notebooks that run --------------------------------------------------------------------------


def execute(notebook, **options):
    """Run a notebook's cells in a kernel of this interpreter; CellExecutionError if one fails."""
    nbclient = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    folder = {"metadata": {"path": str(TOUR.parent.parent)}}
    nbclient.NotebookClient(
        notebook,
        timeout=120,
        kernel_name="python3",
        resources=folder,
        coalesce_streams=True,
        **options,
    ).execute()
    return notebook


def processor_seconds():
    """What ended kernels have used, which other work on the machine does not change."""
    times = os.times()
    return times.children_user + times.children_system


def test_the_tour_runs_and_its_stored_outputs_are_whole():
    nbformat = pytest.importorskip("nbformat")
    stored = nbformat.read(TOUR, 4)
    nbformat.validate(stored)
    code = [cell for cell in stored.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert str(Path.home()) not in TOUR.read_text()
    start = processor_seconds()
    fresh = [cell for cell in execute(nbformat.read(TOUR, 4)).cells if cell.cell_type == "code"]
    assert processor_seconds() - start < 40
    for before, after in zip(code, fresh, strict=True):
        kinds = [
            [(each.output_type, sorted(each.get("data", ()))) for each in cell.outputs]
            for cell in (before, after)
        ]
        assert (
            kinds[0] == kinds[1]
            and "error" not in dict(kinds[0])
            and "stderr" not in str(before.outputs)
        )
    assert any("<img" in str(cell.outputs) for cell in code) and any(
        "<details" in str(cell.outputs) for cell in code
    )
    accuracy = float(
        re.findall(r"test accuracy ([\d.]+)%", str([cell.outputs for cell in fresh]))[-1]
    )
    assert accuracy > 92


def test_progress_bars_work_in_a_notebook():
    nbformat = pytest.importorskip("nbformat")
    pytest.importorskip("ipywidgets")
    source = (
        "from rich.progress import Progress\nfrom tinygrad_mnist.mnist.terminal import console\n"
        "assert console.is_jupyter\n"
        "with Progress(console=console) as progress:\n    for _ in progress.track(range(3), description='steps'): pass"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    execute(notebook, store_widget_state=True)
    assert "steps" in str(notebook) and "100%" in str(notebook)
    assert not any(each.get("name") == "stderr" for each in notebook.cells[0].outputs)


def test_importing_the_package_needs_no_notebook():
    code = "import sys, tinygrad_mnist; print({'IPython', 'onnx', 'sklearn'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "set()"
