"""The example programs in their short form, each of which ends by checking its own result."""

import runpy
import sys
from pathlib import Path

import pytest

from tests.optional import marked

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.py"))


@pytest.mark.parametrize("path", marked(EXAMPLES), ids=lambda path: path.stem)
def test_example(path, capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", [str(path), "--quick"])
    runpy.run_path(str(path), run_name="__main__")
    assert capsys.readouterr().out
