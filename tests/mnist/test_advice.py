"""The commands that the program advises run where the user is."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("tinygrad_mnist.mnist", exc_type=ImportError, reason="needs the extra mnist")
from tinygrad_mnist.mnist.advice import command_line

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="asks a POSIX shell")


@pytest.fixture
def environment(tmp_path, monkeypatch):
    """A folder with an environment in it, whose command prints how it was called."""
    scripts = tmp_path / ".venv" / "bin"
    scripts.mkdir(parents=True)
    (scripts / "python").write_text('#!/bin/sh\necho python "$@"\n', encoding="utf-8")
    script = scripts / "tinygrad-mnist"
    script.write_text('#!/bin/sh\necho called "$@"\n', encoding="utf-8")
    for each in scripts.iterdir():
        each.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(scripts / "python"))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.chdir(tmp_path)
    return scripts


def pasted(text):
    return subprocess.run(["/bin/sh", "-c", text], capture_output=True, text=True).stdout.strip()


def test_the_way_from_the_folder_where_the_command_is_not_found(environment):
    said = command_line("evaluate", "runs/one")
    assert said == ".venv/bin/tinygrad-mnist evaluate runs/one"
    assert pasted(said) == "called evaluate runs/one"


def test_the_name_alone_where_the_environment_is_activated(environment, monkeypatch):
    monkeypatch.setenv("PATH", f"{environment}:/usr/bin:/bin")
    said = command_line("evaluate", "runs/one")
    assert said == "tinygrad-mnist evaluate runs/one"
    assert pasted(said) == "called evaluate runs/one"


def test_the_whole_path_from_elsewhere_with_quotes(environment, tmp_path, monkeypatch):
    elsewhere = tmp_path / "else where"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    said = command_line("evaluate", "a run")
    assert shlex.split(said) == [str(environment / "tinygrad-mnist"), "evaluate", "a run"]
    assert pasted(said) == "called evaluate a run"


def test_another_command_of_that_name_is_not_advised(environment, tmp_path, monkeypatch):
    other = tmp_path / "other"
    other.mkdir()
    (other / "tinygrad-mnist").write_text("#!/bin/sh\necho wrong\n", encoding="utf-8")
    (other / "tinygrad-mnist").chmod(0o755)
    monkeypatch.setenv("PATH", f"{other}:/usr/bin:/bin")
    assert pasted(command_line("evaluate", "x")) == "called evaluate x"


def test_as_a_module_where_no_script_is_installed(environment):
    (environment / "tinygrad-mnist").unlink()
    said = command_line("evaluate", "x")
    assert said == ".venv/bin/python -m tinygrad_mnist evaluate x"
    assert pasted(said) == "python -m tinygrad_mnist evaluate x"


def test_what_a_training_advises_runs(tmp_path):
    call = [sys.executable, "-m", "tinygrad_mnist", "train", "--data", "embedded", "--epochs", "1"]
    environment = {**os.environ, "COLUMNS": "80", "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
    out = ["--hidden", "8,8", "--out", "a run"]
    found = subprocess.run(
        [*call, *out], capture_output=True, text=True, cwd=tmp_path, env=environment
    )
    (line,) = [line for line in found.stdout.splitlines() if line.startswith("Measure again:")]
    again = line.partition(":")[2].strip()
    checked = subprocess.run(
        ["/bin/sh", "-c", again], capture_output=True, text=True, cwd=tmp_path, env=environment
    )
    assert checked.returncode == 0, checked.stderr
    assert "accuracy" in checked.stdout
