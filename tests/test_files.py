"""The one whole-file write."""

import os
import stat
import subprocess
import sys
import threading

import pytest

import tinygrad_mnist as torch
from tests.optional import needs
from tinygrad_mnist.formats import files
from tinygrad_mnist.formats.files import (
    BusyError,
    keep_as,
    locked,
    remove_partials,
    replacing,
    write_file,
)


def test_a_file_is_there_as_a_whole_or_stays_as_it_was(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"before")
    with pytest.raises(KeyboardInterrupt), replacing(path) as file:
        file.write(b"half")
        raise KeyboardInterrupt
    assert path.read_bytes() == b"before" and list(tmp_path.iterdir()) == [path]
    with replacing(path) as file:
        file.write(b"after")
        file.flush()
        assert path.read_bytes() == b"before"
    assert path.read_bytes() == b"after" and list(tmp_path.iterdir()) == [path]


def test_text_is_utf_8_and_missing_folders_are_made(tmp_path):
    path = tmp_path / "a" / "b"
    write_file(path, "Größe\n")
    assert path.read_bytes() == "Größe\n".encode()
    with pytest.raises(FileNotFoundError), replacing(tmp_path / "no" / "file"):
        pass


@pytest.mark.parametrize(
    "way",
    ["write_file", "replacing", "save", pytest.param("safetensors", marks=needs("safetensors"))],
)
def test_the_file_is_on_the_disk_before_its_name_and_the_name_before_the_call_returns(
    way, tmp_path, monkeypatch
):
    """What a power cut leaves: every order in which the disk may have got it is whole."""
    seen = []
    flush, replace = os.fsync, os.replace

    def fsync(descriptor):
        kind = "folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file"
        seen.append((kind, None if kind == "folder" else os.fstat(descriptor).st_size))
        flush(descriptor)

    def replaced(source, target):
        seen.append(("rename", os.path.getsize(source)))
        replace(source, target)

    monkeypatch.setattr(files.os, "fsync", fsync)
    monkeypatch.setattr(files.os, "replace", replaced)
    if way == "write_file":
        write_file(tmp_path / "x", "text")
    elif way == "replacing":
        with replacing(tmp_path / "x") as file:
            file.write(b"text")
    else:
        torch.save({"a": torch.ones(3)}, tmp_path / ("x.pt" if way == "save" else "x.safetensors"))
    assert [name for name, _ in seen] == ["file", "rename", "folder"]
    assert seen[0][1] == seen[1][1] > 0  # all of it was flushed


def test_errors_name_the_file_that_was_asked_for(tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match="No space left on device: '.*wanted'"):
        write_file(tmp_path / "wanted", "text")
    assert list(tmp_path.iterdir()) == []


def test_two_threads_may_write_one_path(tmp_path):
    def write(letter):
        for _ in range(30):
            write_file(tmp_path / "x", letter * 1000)

    threads = [threading.Thread(target=write, args=(letter,)) for letter in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set((tmp_path / "x").read_text()) in ({"a"}, {"b"})
    assert os.listdir(tmp_path) == ["x"]


def test_a_lock_is_held_by_one_and_let_go_by_the_dead(tmp_path):
    path = tmp_path / ".lock"
    with locked(path, "the folder"):
        with (
            pytest.raises(BusyError, match=rf"the folder is in use.*\(process {os.getpid()}\)"),
            locked(path, "the folder"),
        ):
            pass
        assert path.exists()
    assert not path.exists()
    program = "import sys, os\nfrom tinygrad_mnist.formats.files import locked\nwith locked(sys.argv[1]):\n    os._exit(9)"
    assert subprocess.run([sys.executable, "-c", program, path], check=False).returncode == 9
    assert path.exists()
    with locked(path):
        pass


def test_many_threads_hold_a_lock_one_after_the_other(tmp_path):
    inside, most, done = [0], [0], [0]

    def work():
        for _ in range(200):
            try:
                with locked(tmp_path / ".lock"):
                    inside[0] += 1
                    most[0] = max(most[0], inside[0])
                    done[0] += 1
                    inside[0] -= 1
            except BusyError:
                pass

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] == 1 and done[0] > 10


def test_a_second_name_and_what_the_dead_left(tmp_path, monkeypatch):
    a, b = tmp_path / "a", tmp_path / "b"
    a.write_text("new")
    b.write_text("old")
    keep_as(a, b)
    assert (a.read_text(), b.read_text()) == ("new", "new")
    keep_as(a, b)
    assert sorted(os.listdir(tmp_path)) == ["a", "b"]

    def no_links(*paths):
        raise OSError(1, "not here")

    monkeypatch.setattr(files.os, "link", no_links)
    write_file(b, "another")
    keep_as(a, b)
    assert os.listdir(tmp_path) == ["b"]
    (tmp_path / ".x.123-ab.partial").write_text("half")
    remove_partials(tmp_path)
    assert os.listdir(tmp_path) == ["b"]
