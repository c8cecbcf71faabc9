"""The examples and other people's programs with compiled networks: the results that they check."""

import contextlib
import io
import runpy
import sys
import warnings
from pathlib import Path

import pytest

import tinygrad_mnist
from tests.optional import marked
from tests.test_examples import short_form

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT.parent / "examples").glob("*.py"))
PROGRAMS = sorted(path for path in (ROOT / "programs").glob("*.py") if path.stem != "run")


@pytest.mark.parametrize("path", marked(EXAMPLES), ids=lambda path: path.stem)
def test_example(path, capsys, monkeypatch, everything_compiled):
    monkeypatch.setattr(sys, "argv", [str(path), *short_form(path)])
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="compile:")
        runpy.run_path(str(path), run_name="__main__")
    assert capsys.readouterr().out
    if path.stem != "lbfgs_fit":  # which has functions alone
        assert any(module._compiled.programs for module in everything_compiled)


def printed(path, folder):
    """What a program prints, with `torch` being this package."""
    with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()) as out:
        runpy.run_path(str(path), run_name="__main__")
    return out.getvalue()


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_program(path, tmp_path, monkeypatch, request):
    for name in [name for name in sys.modules if name.partition(".")[0] == "torch"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "torch", tinygrad_mnist)
    tinygrad_mnist.manual_seed(0)
    wanted = printed(path, tmp_path)
    request.getfixturevalue("everything_compiled")
    tinygrad_mnist.manual_seed(0)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="compile:")
        found = printed(path, tmp_path)
    assert found.split() == wanted.split()
