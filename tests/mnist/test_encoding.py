"""Output in encodings that lack blocks and frames: plain characters, and never a traceback."""

import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image


def command(*arguments, encoding="utf-8"):
    """The command line in a process of its own, its output redirected."""
    env = {**os.environ, "PYTHONIOENCODING": encoding, "COLUMNS": "80", "NO_COLOR": "1"}
    return subprocess.run(
        [sys.executable, "-m", "tinygrad_mnist", *map(str, arguments)],
        capture_output=True,
        env=env,
        encoding=encoding,
        timeout=120,
    )


@pytest.fixture(scope="module")
def photo(tmp_path_factory):
    pixels = np.full((120, 120), 240, np.uint8)
    pixels[20:100, 55:66] = 20
    file = tmp_path_factory.mktemp("photo") / "eins-№-é.png"
    Image.fromarray(pixels).save(file)
    return file


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "gbk", "latin-1", "cp437"])
def test_predict_goes_on_in_plain_characters(encoding, photo):
    done = command("predict", "modern", photo, encoding=encoding)
    assert done.returncode == 0 and not done.stderr
    lines = done.stdout.splitlines()
    assert sum(line.endswith("%") for line in lines) == 10
    assert (": 1, " in lines[0] and "#" in done.stdout) or encoding in ("gbk", "cp437")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "gbk"])
@pytest.mark.parametrize(
    "arguments",
    [
        ("graph", "modern"),
        ("evaluate", "modern", "--data", "embedded"),
        ("summary", "modern"),
        ("--help",),
    ],
    ids=lambda arguments: arguments[0],
)
def test_the_other_commands_too(arguments, encoding):
    done = command(*arguments, encoding=encoding)
    assert done.returncode == 0 and "Traceback" not in done.stderr
    assert len(done.stdout) > 300


def test_a_files_name_that_no_encoding_has(tmp_path):
    done = command("predict", "modern", tmp_path / "a\udcffb.png", encoding="ascii")
    assert done.returncode == 2 and "got no such file" in done.stderr
    assert "Traceback" not in done.stderr


def test_utf8_is_as_it_was(photo):
    assert "█" in command("predict", "modern", photo).stdout
