"""Small files that would fill the memory are refused by their size; so is what claims to be large."""

import gzip
import io
import pickle
import struct
import sys
import zipfile
import zlib

import numpy as np
import pytest

if sys.platform == "win32":
    pytest.skip("needs timers of signals", allow_module_level=True)

pytest.importorskip("tinygrad_mnist.mnist", exc_type=ImportError, reason="needs the extra mnist")

from tests.fuzz.running import attempt, limits
from tests.fuzz.targets import TARGETS

BY_NAME = {kind.name: kind for kind in TARGETS}
HUGE = 1_300_000_000


def zeros(size):
    """A compressed stream of so many zeros, of zlib's raw format."""
    packer = zlib.compressobj(1, zlib.DEFLATED, -15)
    block = bytes(10_000_000)
    parts = [packer.compress(block) for _ in range(size // len(block))]
    return b"".join([*parts, packer.flush()])


@pytest.fixture(scope="module")
def packed():
    return zeros(HUGE)


def gzipped(packed):
    return b"\x1f\x8b\x08" + bytes(6) + b"\xff" + packed + struct.pack("<II", 0, HUGE)


def zipped(names, packed, claimed=HUGE):
    """An archive in which each member is the same compressed zeros."""
    out = io.BytesIO()
    places = []
    crc = 0
    for name in names:
        places.append(out.tell())
        head = (b"PK\x03\x04", 20, 0, 8, 0, 33, crc, len(packed), claimed, len(name), 0)
        out.write(struct.pack("<4s5H3I2H", *head) + name.encode() + packed)
    start = out.tell()
    for name, place in zip(names, places, strict=True):
        head = (
            b"PK\x01\x02",
            20,
            20,
            0,
            8,
            0,
            33,
            crc,
            len(packed),
            claimed,
            len(name),
            0,
            0,
            0,
            0,
            0,
            place,
        )
        out.write(struct.pack("<4s6H3I5H2I", *head) + name.encode())
    size = out.tell() - start
    out.write(struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, len(names), len(names), size, start, 0))
    return out.getvalue()


def refused(name, content, tmp_path):
    target = BY_NAME[name](tmp_path)
    for seed in target.seeds()[:1]:
        target.read(seed)
    with limits():
        problem = attempt(target, content)
        assert problem is None
        with pytest.raises(target.refusals):
            target.read(content)


def test_digits(packed, tmp_path):
    refused("idx", gzipped(packed), tmp_path)
    keys = ["x_train", "y_train", "x_test", "y_test"]
    refused("npz", zipped([f"{key}.npy" for key in keys], packed), tmp_path)
    header = (
        b"\x93NUMPY\x01\x00v\x00"
        + str({"descr": "|u1", "fortran_order": False, "shape": (10**12, 28, 28)})
        .encode()
        .ljust(117)
        + b"\n"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for key in keys:
            archive.writestr(f"{key}.npy", header)
    refused("npz", out.getvalue(), tmp_path)


def test_tensors(packed, tmp_path):
    refused("pt", zipped(["archive/data.pkl", "archive/data/0"], packed), tmp_path)
    refused("pt", zipped(["archive/data.pkl", "archive/data/0"], packed, claimed=1000), tmp_path)
    for size in (3 * 10**9, 2**40):
        program = (
            b"\x80\x02cbuiltins\nbytearray\n" + pickle.LONG1 + b"\x08" + size.to_bytes(8, "little")
        )
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("archive/data.pkl", program + b"\x85R.")
        for name in ("pt", "pt-whole"):
            refused(name, out.getvalue(), tmp_path)
    header = b'{"a":{"dtype":"F32","shape":[1000000,1000000],"data_offsets":[0,4000000000000]}}'
    refused("safetensors", len(header).to_bytes(8, "little") + header, tmp_path)
    refused("safetensors", (2**62).to_bytes(8, "little") + header, tmp_path)


def test_images(tmp_path):
    from PIL import Image

    for mode, side in (("1", 12_000), ("L", 12_000)):
        out = io.BytesIO()
        Image.new(mode, (side, side)).save(out, "PNG", compress_level=1)
        refused("image", out.getvalue(), tmp_path)
    out = io.BytesIO()
    Image.fromarray(np.zeros((9000, 9000), np.uint16)).save(out, "PNG", compress_level=1)
    assert attempt_image(out.getvalue(), tmp_path) is None  # no digit in it
    png = Image.new("L", (40, 40))
    out = io.BytesIO()
    png.save(out, "PNG")
    content = out.getvalue()
    place = content.index(b"IDAT") - 4
    refused("image", content[:place] + b"\x7f\xff\xff\xff" + content[place + 4 :], tmp_path)


def attempt_image(content, tmp_path):
    with limits():
        return attempt(BY_NAME["image"](tmp_path), content)


def test_recipes_and_notes(tmp_path):
    refused("recipe", b'{"hidden": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", tmp_path)
    refused("recipe", b'{"lr": 1' + b"0" * 100_000 + b"}", tmp_path)
    refused("data", b'{"asked": ' + b"[" * 200_000, tmp_path)
    refused("weights", b'{"hidden": [1000000000, 1000000000], "keep": [1, 1]}', tmp_path)
    refused("metrics", b"number,loss\n1," + b"9" * 200_000 + b"\n", tmp_path)
    refused("metrics", b"number\n" + b"1" * 10_000 + b"\n", tmp_path)


def test_gzip_of_the_header_alone(tmp_path):
    refused("idx", gzip.compress(struct.pack(">4I", 2051, 2**31, 2**31, 2**31)), tmp_path)
