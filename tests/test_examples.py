"""The example programs in their short form, each of which ends by checking its own result."""

import runpy
import sys
from pathlib import Path

import pytest

from tests.optional import marked

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.py"))


def short_form(path):
    """The options with which an example ends soon; some are short anyway."""
    return ["--quick"] if '"--quick"' in path.read_text(encoding="utf-8") else []


@pytest.mark.parametrize("path", marked(EXAMPLES), ids=lambda path: path.stem)
def test_example(path, capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", [str(path), *short_form(path)])
    runpy.run_path(str(path), run_name="__main__")
    assert capsys.readouterr().out


@pytest.mark.parametrize("path", marked(EXAMPLES), ids=lambda path: path.stem)
def test_help_trains_nothing(path, capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", [str(path), "--help"])
    monkeypatch.setattr("tinygrad_mnist.Tensor.backward", None)
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(path), run_name="__main__")
    shown = capsys.readouterr().out
    assert ended.value.code == 0 and shown.startswith(f"usage: {path.name}")
    assert runpy.run_path(str(path))["__doc__"].splitlines()[0][:30] in shown
