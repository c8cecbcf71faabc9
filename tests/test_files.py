"""The one whole-file write."""

import pytest

from tinygrad_mnist.formats.files import replacing, write_file


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
