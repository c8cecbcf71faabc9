"""What a person sees: the commands that measure, draw and predict."""

import json
import re
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

import tinygrad_mnist as tg
from tinygrad_mnist import nn
from tinygrad_mnist.mnist import datasets, photos, tape_drawing
from tinygrad_mnist.mnist.blocks import picture
from tinygrad_mnist.mnist.cli import app, main
from tinygrad_mnist.mnist.layers import summarise
from tinygrad_mnist.mnist.measures import Answers, answers, evaluate, predictions, saliency
from tinygrad_mnist.mnist.recipe import RECIPES, Recipe
from tinygrad_mnist.mnist.runs import Run, opened
from tinygrad_mnist.mnist.tensors import as_dataset, as_pixels
from tinygrad_mnist.mnist.training import Training


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    """The embedded digits, in a file that is read in no time."""
    folder, embedded = tmp_path_factory.mktemp("digits"), datasets.embedded()
    arrays = (
        embedded.train_images,
        embedded.train_labels,
        embedded.test_images,
        embedded.test_labels,
    )
    np.savez(folder / "mnist.npz", **dict(zip(datasets.KEYS, arrays, strict=True)))
    return datasets.load(folder / "mnist.npz")


@pytest.fixture(scope="module")
def trained(digits, tmp_path_factory):
    """A run on the embedded digits that is good enough to recognise them."""
    folder = Run(tmp_path_factory.mktemp("runs") / "run")
    recipe = Recipe(epochs=8, hidden=(200, 50), keep=(0.7, 0.8), lr=0.002)
    folder.create(recipe, digits.source.removeprefix("npz file "), digits)
    training = Training(recipe, digits)
    for _ in training:
        folder.keep(training)
    return folder.folder


def run(*arguments, **environment):
    done = CliRunner().invoke(app, [str(a) for a in arguments], env=environment)
    assert done.exit_code == 0, (done.output, done.exception)
    return done.stdout


# measures -----------------------------------------------------------------------------------


def test_measures_of_five_answers_by_hand():
    p = np.full((5, 10), 0.0)
    p[0, :2] = p[1, :2] = 0.9, 0.1
    p[2, :2] = 0.2, 0.8
    p[3, [3, 4]] = 0.6, 0.4
    p[4, 0] = 1
    with np.errstate(divide="ignore"):
        found = Answers(np.log(p), np.array([0, 1, 1, 4, 0]))
    assert found.accuracy == 3 / 5 and found.mistakes().tolist() == [1, 3]
    assert found.loss == pytest.approx(-np.log([0.9, 0.1, 0.8, 0.4, 1]).mean())
    assert found.brier == pytest.approx((0.02 + 1.62 + 0.08 + 0.72 + 0) / 5)
    assert found.confusion[1, 0] == 1 and found.confusion[4, 3] == 1 and found.confusion.sum() == 5
    zero, one = found.per_class[:2]
    assert (zero["precision"], zero["recall"], zero["f1"]) == pytest.approx((2 / 3, 1, 0.8))
    assert (one["precision"], one["recall"], one["f1"]) == pytest.approx((1, 1 / 2, 2 / 3))
    # Bins of 0.9 (right, wrong), 0.8 (right), 0.6 (wrong), 1.0 (right): gaps 0.4, 0.2, 0.6 and 0.
    assert found.calibration().error == pytest.approx((2 * 0.4 + 0.2 + 0.6 + 0) / 5)
    assert found.calibration().count.sum() == 5 and found.calibration(1).count.tolist() == [5]


def test_answers_are_the_same_from_bytes_and_from_a_dataset(trained, digits):
    network = opened(trained)[0]
    found = answers(network, digits.test_images, digits.test_labels, batch_size=333)
    other = evaluate(network, as_dataset(digits.test_images, digits.test_labels))
    assert np.array_equal(found.confusion, other.confusion) and found.loss == pytest.approx(
        other.loss, rel=1e-5
    )
    alone = predictions(network, digits.test_images)
    assert np.array_equal(alone.answer, other.answer) and np.array_equal(
        alone.confidence, other.confidence
    )
    with tg.no_grad():
        logits = network(as_pixels(digits.test_images))
        loss = nn.functional.cross_entropy(
            logits, tg.from_numpy(digits.test_labels.astype(np.int64))
        )
    assert other.loss == pytest.approx(loss.item(), rel=1e-5)
    assert np.array_equal(other.answer, logits.argmax(1).numpy())


def test_saliency_is_the_slope_of_the_winning_logit(trained, digits):
    network, images = opened(trained)[0], digits.test_images[:3]
    slope, x = saliency(network, images), as_pixels(images).numpy().astype(np.float64)
    network.double()
    for i, (row, column) in enumerate([(14, 14), (10, 12), (18, 9)]):
        step = np.zeros_like(x)
        step[i, row, column] = 1e-5
        with tg.no_grad():
            up, down = (network(tg.from_numpy(x + sign * step))[i].max().item() for sign in (1, -1))
        assert slope[i, row, column] == pytest.approx((up - down) / 2e-5, rel=1e-3, abs=1e-4)


# evaluate -----------------------------------------------------------------------------------


def test_evaluate_says_the_same_in_words_and_in_json(trained):
    text, data = (
        run("evaluate", trained, COLUMNS="80"),
        json.loads(run("evaluate", trained, "--json")),
    )
    test = data["test"]
    assert test["accuracy"] > 0.9 and test["digits"] == 1000
    assert f"test accuracy  {test['accuracy']:.2%}  loss {test['loss']:.4f}" in text
    assert (
        f"error {test['expected_calibration_error']:.2%}" in text
        and f"score {test['brier']:.4f}" in text
    )
    assert np.trace(test["confusion"]) == round(1000 * test["accuracy"])
    first = test["mistakes"][0]
    assert f"it is {first['truth']} (#{first['index']})" in text and "▀" in text
    assert max(map(len, text.splitlines()[1:])) <= 80  # the first line has the folder's name


# predict ------------------------------------------------------------------------------------


def photograph(digit, random, inverted=False, uneven=0.0, grain=0.0):
    """The digit in pen on a sheet: large, smooth, anywhere, lit from one side."""
    ink = np.zeros((360, 480))
    top, left = random.integers(10, 90), random.integers(10, 210)
    pen = Image.fromarray(digit).resize((260, 260), Image.Resampling.BICUBIC)
    ink[top : top + 260, left : left + 260] = np.asarray(pen) / 255
    y, x = np.mgrid[-1:1:360j, -1:1:480j]
    light = 1 - uneven * (0.5 + 0.3 * x + 0.2 * y * y)
    sheet = 235 * light * (1 - 0.8 * ink) + random.normal(0, grain, ink.shape)
    return Image.fromarray(np.clip(255 - sheet if inverted else sheet, 0, 255).astype(np.uint8))


@pytest.mark.parametrize("kind", [{}, {"inverted": True}, {"uneven": 0.6}, {"uneven": 0.5, "inverted": True},
                                  {"uneven": 0.4, "grain": 5}], ids=str)  # fmt: skip
def test_photographs_are_recognised(kind, trained, digits, tmp_path):
    random = np.random.default_rng(0)
    files = [tmp_path / f"{i}.png" for i in range(60)]
    for digit, file in zip(digits.test_images, files, strict=False):
        photograph(digit, random, **kind).save(file)
    found = json.loads(run("predict", trained, *files, "--json"))
    network = opened(trained)[0]
    plain = answers(network, digits.test_images[:60], digits.test_labels[:60])
    right = np.array([one["digit"] for one in found]) == digits.test_labels[:60]
    assert plain.accuracy > 0.9 and right.mean() >= 0.9
    assert all(sum(one["probabilities"]) == pytest.approx(1) for one in found)


@pytest.mark.parametrize(
    "mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "I;16", "turned", "clear", "clear white"]
)
def test_every_kind_of_image_file(mode, digits, tmp_path):
    digit = digits.test_images[3]
    sheet = photograph(digit, np.random.default_rng(0))
    ink = sheet.point(lambda value: 255 if value < 150 else 0)
    file = tmp_path / ("digit.tiff" if mode == "CMYK" else "digit.png")
    if mode == "I;16":
        Image.fromarray(np.asarray(sheet).astype(np.uint16) * 257).save(file)
    elif mode == "turned":
        exif = Image.Exif()
        exif[0x0112] = 6  # to be turned by 90 degrees to the right
        sheet.transpose(Image.Transpose.ROTATE_90).save(file, exif=exif)
    elif mode.startswith("clear"):
        colour = "white" if mode.endswith("white") else "black"
        clear = Image.new("RGBA", sheet.size, colour)
        clear.putalpha(ink)
        clear.save(file)
    else:
        sheet.convert(mode, dither=Image.Dither.NONE).save(file)
    off = photos.read_digit(file).astype(int) - digit
    assert abs(off).mean() < 12


def test_predict_fits_80_columns_and_needs_no_colours(trained, digits, tmp_path):
    photograph(digits.test_images[0], np.random.default_rng(1)).save(tmp_path / "digit.png")
    text = run(
        "predict", trained, tmp_path / "digit.png", COLUMNS="80", NO_COLOR="1", FORCE_COLOR=None
    )
    assert "\x1b[38" not in text and "\x1b[48" not in text
    picture_lines = text.splitlines()[1:]
    assert max(map(len, picture_lines)) <= 80 and re.search(r"[▀▄█]", text)
    assert sum(line.endswith("%") for line in picture_lines) == 10


def test_blocks_hold_two_pixels():
    image = np.array([[0, 255, 0, 255], [0, 0, 255, 255], [255, 0, 0, 0]], np.uint8)
    assert [line.plain for line in picture(image, colours=False)] == [" ▀▄█", "▀   "]
    coloured = picture(image, colours=True)[0]
    assert coloured.plain == "▀▀▀▀" and str(coloured.spans[1].style) == "#ffffff on #000000"


# gallery ------------------------------------------------------------------------------------


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))


def test_gallery_draws_everything_and_the_report_stands_alone(trained, tmp_path):
    out = tmp_path / "out"
    assert "7 figures and report.html" in run("gallery", trained, "--out", out)
    pictures = sorted(path.stem for path in out.glob("*.png"))
    assert pictures == ["confusion", "correct-digits", "first-layer", "learning-curves", "reliability", "saliency",
                        "wrong-digits"]  # fmt: skip
    assert len(list(out.iterdir())) == 8
    for path in out.glob("*.png"):
        with Image.open(path) as image:
            spread = np.asarray(image.convert("L"), float).std()
            assert image.width > 900 and spread > 5
    text = (out / "report.html").read_text()
    tags = Page(text).tags
    images = [a for tag, a in tags if tag == "img"]
    assert len(images) == 7 and all(len(a["alt"]) > 40 for a in images)
    sources = [a.get("src") or a.get("srcset") for tag, a in tags if tag in ("img", "source")]
    assert len(set(sources)) == 14 and all(s.startswith("data:image/png;base64,") for s in sources)
    assert not re.search(r"https?://|//\w|url\(", re.sub(r"base64,[^\"]*", "", text))
    anchors = {a["href"] for tag, a in tags if tag == "a"}
    assert anchors == {f"#{a['id']}" for tag, a in tags if tag == "section"}


# graph, summary, bench ----------------------------------------------------------------------


def test_the_tape_of_any_program():
    w, c = nn.Parameter(tg.ones(3)), nn.Parameter(tg.ones(3))
    shared = w * c
    tape = tape_drawing.entries((shared + shared.exp()).sum(), [("w", w)])
    labels = {entry.label for entry in tape}
    assert (
        labels == {"Sum", "Add", "Exp", "Mul", "w", "leaf"} and len(tape) == 6
    )  # shared parts once
    assert all(number > entry.number for entry in tape for number in entry.inputs)
    by_label = {entry.label: entry for entry in tape}
    assert (
        by_label["w"].kind == "parameter"
        and by_label["w"].shape == (3,)
        and by_label["w"].bytes == 12
    )
    dot = tape_drawing.to_dot(tape, 'a "title"')
    assert (
        dot.count("->") == sum(len(entry.inputs) for entry in tape) == 6 and r"a \"title\"" in dot
    )
    assert tape_drawing.to_tree(tape).count("↑") == 1
    with pytest.raises(ValueError, match="without history"):
        tape_drawing.entries(tg.ones(1))


def test_a_long_tape_is_walked_without_recursion():
    x = tg.ones(1, requires_grad=True)
    for _ in range(5000):
        x = x + 1
    assert len(tape_drawing.entries(x)) == 5001
    assert tape_drawing.to_tree(tape_drawing.entries(x)).count("\n") == 5000
    for _ in range(60):
        x = x + x
    assert len(tape_drawing.entries(x)) == 5061  # a ladder has 2**60 ways down


def test_graph_shows_each_parameter_and_draws(trained, tmp_path):
    text = run("graph", trained, "--batch-size", 7)
    for name, shape in (("1.weight", "200×784"), ("4.bias", "50"), ("7.weight", "10×50")):
        assert re.search(rf"▪ {name} +{shape} float32", text)
    assert "7×200 float32" in text and re.search(r"holds [\d.]+ KiB", text)
    run("graph", trained, "--out", tmp_path / "tape.dot")
    assert (tmp_path / "tape.dot").read_text().startswith("digraph tape {")
    run("graph", trained, "--out", tmp_path / "tape.svg")
    svg = (tmp_path / "tape.svg").read_text("utf-8")
    assert "</svg>" in svg and ">7.weight<" in svg and svg.count(">gradient<") > 6
    data = json.loads(run("graph", trained, "--json", "--batch-size", 7))
    assert data["held_bytes"] > 7 * 200 * 4 and data["tape"][0]["kind"] == "result"


def test_summary_of_the_original():
    data = json.loads(run("summary", "original", "--json"))
    assert (
        data["parameters"] == 355_110
        and data["multiply_adds_per_image"] == 784 * 400 + 400 * 100 + 100 * 10
    )
    assert (
        data["memory_bytes"]["parameters"] == 355_110 * 4
        and data["memory_bytes"]["optimizer"] == 355_110 * 8
    )
    assert data["memory_bytes"]["activations"] == 256 * 4 * (3 * 400 + 3 * 100 + 10)
    assert "355,110" in run("summary") and "354,600" in run("summary")


def test_summary_of_a_convolution_and_of_a_run(trained):
    network = nn.Sequential(
        nn.Unflatten(1, (1, 28)), nn.Conv2d(1, 4, 3, padding=1), nn.Flatten(), nn.Linear(3136, 10)
    )
    assert summarise(network).multiply_adds == 4 * 28 * 28 * 9 + 31360
    assert summarise(network).layers[1].shape == (4, 28, 28) and network.training
    assert (
        json.loads(run("summary", trained, "--json"))["parameters"]
        == 785 * 200 + 201 * 50 + 51 * 10
    )


def test_bench_runs_the_suite_or_says_where_it_is(monkeypatch, tmp_path, capfd):
    from tinygrad_mnist.mnist.commands import bench

    if bench.suite_folder():
        run("bench", "lines")
        assert "the application: mnist/" in capfd.readouterr().out
    monkeypatch.setattr(
        "tinygrad_mnist.__file__", str(tmp_path / "site" / "tinygrad_mnist" / "__init__.py")
    )
    with pytest.raises(ValueError, match="repository.*benchmarks/"):
        bench.bench()


# help ----------------------------------------------------------------------------------------

COMMANDS = [command.callback.__name__ for command in app.registered_commands]


@pytest.mark.parametrize("command", [None, *COMMANDS])
def test_help_fits_80_columns_and_gives_flags_no_type(command, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERMINAL_WIDTH", "80")
    arguments = [command, "-h"] if command else ["-h"]
    shown = CliRunner().invoke(app, arguments).output
    assert "<bool>" not in shown and "--help" in shown and "\x1b" not in shown
    assert max(len(line) for line in shown.splitlines()) <= 80
    text = [line.strip() for line in shown.split("╭")[0].splitlines()]
    for line, below in pairwise(text):  # a line is left short only where a paragraph ends
        if line and below:
            assert len(line) + 1 + len(below.split()[0]) > 78, line


def test_completion_is_written_for_a_shell(monkeypatch):
    monkeypatch.setenv("_TINYGRAD_MNIST_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "tinygrad-mnist ev")
    monkeypatch.setenv("COMP_CWORD", "1")
    done = CliRunner().invoke(app, [], prog_name="tinygrad-mnist")
    assert done.output.split() == ["evaluate"]


def test_the_suite_names_itself_in_its_help(capfd):
    run("bench", "--", "--help")
    assert capfd.readouterr().out.startswith("usage: python -m benchmarks ")


def test_a_folder_with_other_things_is_not_trained_into(tmp_path, monkeypatch, capsys):
    (tmp_path / "thesis.tex").write_text("mine")
    arguments = ["train", "--data", "embedded", "--epochs", "1", "--out", str(tmp_path)]
    monkeypatch.setattr("sys.argv", ["tinygrad-mnist", *arguments])
    with pytest.raises(SystemExit) as exit:
        main()
    error = " ".join(capsys.readouterr().err.split())
    assert exit.value.code == 2 and "holds other things (thesis.tex)" in error
    assert f"name a new one with --out, such as {tmp_path / 'run'}" in error
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


# carried networks, and mistakes --------------------------------------------------------------


def test_shipped_networks_open_by_name(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    network, about = opened("original")
    assert not network.training and about.recipe == RECIPES["original"] and str(about) == "original"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["predict", "RUN", "absent.png"], "absent.png: got no such file"),
        (["predict", "RUN", "good.png", "text.png"], "text.png: got no image that Pillow can read"),
        (["predict", "RUN", "cut.png"], "cut.png: cannot be read"),
        (["predict", "RUN", "white.png"], "white.png: got an empty sheet"),
        (
            ["graph", "RUN", "--out", "tape.pdf"],
            "--out: got tape.pdf, wanted a file that ends in .dot or .svg",
        ),
        (["gallery", "RUN", "--out", "text.png"], "--out: got text.png, a file, wanted a folder"),
        (["summary", "nowhere"], "nowhere: no such run"),
        (["summary", "text.json"], "text.json: not a recipe"),
    ],
)
def test_mistakes_get_one_line_and_exit_code_2(
    arguments, message, trained, digits, monkeypatch, capsys, tmp_path
):
    monkeypatch.chdir(tmp_path)
    Image.new("L", (300, 200), 255).save("white.png")
    photograph(digits.test_images[0], np.random.default_rng(0)).save("good.png")
    (tmp_path / "text.png").write_text("no picture")
    (tmp_path / "text.json").write_text("no recipe")
    (tmp_path / "cut.png").write_bytes((tmp_path / "good.png").read_bytes()[:2000])
    before = sorted(tmp_path.iterdir())
    monkeypatch.setattr(
        "sys.argv", ["tinygrad-mnist", *(str(trained) if a == "RUN" else a for a in arguments)]
    )
    with pytest.raises(SystemExit) as exit:
        main()
    assert exit.value.code == 2
    out, error = capsys.readouterr()
    assert message in error and len(error.strip().splitlines()) == 1
    assert "sure" not in out or "good.png" in arguments  # the readable file is answered
    assert sorted(tmp_path.iterdir()) == before
