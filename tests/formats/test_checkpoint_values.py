"""What checkpoints of other programs hold beside tensors: read to the value, and refused in one line."""

from __future__ import annotations

import collections
import datetime
import io
import json
import pathlib
import pickle
import random
import struct
import warnings
import zipfile
import zlib
from argparse import Namespace
from typing import Any

import numpy as np
import pytest

import tinygrad_mnist as tg
from tests.optional import needs, peak
from tinygrad_mnist import nn
from tinygrad_mnist.formats.serialization import SerializationError

# ---- helpers ----


def zipped(data: bytes, compression: int = zipfile.ZIP_STORED, **records: bytes) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        archive.writestr("archive/data.pkl", data)
        for name, content in records.items():
            archive.writestr(f"archive/data/{name.removeprefix('_')}", content)
    out.seek(0)
    return out


def refusal(file: Any, **options: Any) -> str:
    with pytest.raises(SerializationError) as caught:
        tg.load(file, **options)
    message = str(caught.value)
    assert message and "\n" not in message
    return message


def same(found: Any, wanted: Any) -> None:
    assert type(found) is type(wanted)
    if isinstance(wanted, np.ndarray):
        assert found.dtype == wanted.dtype
        np.testing.assert_array_equal(found, wanted)
        assert found.flags.writeable
    else:
        assert repr(found) == repr(wanted)


VALUES = [
    np.float64(0.9125),
    np.float32(1 / 3),
    np.int64(-7),
    np.uint8(200),
    np.bool_(True),
    np.complex128(1 + 2j),
    np.str_("ä, b"),
    np.bytes_(b"abc"),
    np.float64("nan"),
    np.arange(6.0).reshape(2, 3),
    np.asfortranarray(np.arange(6).reshape(2, 3)),
    np.arange(3, dtype=">i4"),
    np.array(2.5),
    np.array(["a", "bc"]),
    np.zeros((0, 3), np.float16),
    np.array([True, False]),
    np.dtype("float32"),
    np.dtype(">f8"),
    pathlib.Path("runs/best.pt"),
    pathlib.Path("/"),
    pathlib.PurePosixPath("a/b"),
    pathlib.PureWindowsPath("C:\\a"),
    frozenset([3]),
    frozenset(),
    slice(1, None, 2),
    range(2, 10, 3),
    bytearray(b"abc"),
    bytearray(),
    b"",
    b"\xff\0",
    collections.deque([1, 2], maxlen=3),
    datetime.datetime(2026, 1, 2, 3, 4, 5, 6),
    datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC),
    datetime.date(2026, 1, 2),
    datetime.timedelta(1, 2, 3),
    {(1, (2, "a")): 1},
    1 - 2j,
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
@pytest.mark.parametrize("protocol", [2, 4, 5])
def test_pytorchs_files_with_plain_values(value: Any, protocol: int) -> None:
    torch = pytest.importorskip("torch")
    file = io.BytesIO()
    torch.save({"before": torch.ones(2), "x": value, "y": [value]}, file, pickle_protocol=protocol)
    value = pickle.loads(pickle.dumps(value, protocol))  # NumPy may turn the order of bytes
    for options in ({}, {"weights_only": True}, {"weights_only": False}):
        file.seek(0)
        found = tg.load(file, **options)
        same(found["x"], value)
        same(found["y"][0], value)
        assert found["before"].tolist() == [1, 1]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_they_are_written_too(value: Any) -> None:
    file = io.BytesIO()
    tg.save({"x": value}, file)
    file.seek(0)
    plain = value.item() if isinstance(value, np.generic) else value
    if isinstance(plain, np.ndarray):
        plain = plain.astype(plain.dtype.newbyteorder("="))
    same(tg.load(file)["x"], plain)
    torch = pytest.importorskip("torch")
    file.seek(0)
    same(torch.load(file, weights_only=False)["x"], plain)


def test_numpy_1_and_numpy_2_name_their_scalars_differently() -> None:
    for core in (b"numpy.core", b"numpy._core"):
        data = pickle.dumps(np.float64(1.5), 2).replace(b"numpy._core", core)
        assert tg.load(zipped(data)) == 1.5
        data = pickle.dumps(np.arange(3), 2).replace(b"numpy._core", core)
        assert tg.load(zipped(data)).tolist() == [0, 1, 2]


def test_a_dtype_of_another_byte_order_does_not_turn_its_neighbours() -> None:
    orders = (">f4", "<f4", ">f4")
    mixed = [*(np.arange(2, dtype=order) for order in orders), *map(np.dtype, orders)]
    found = tg.load(zipped(pickle.dumps(mixed, 2)))
    assert [each.tolist() for each in found[:3]] == [[0, 1]] * 3
    assert [each.str for each in found[3:]] == list(orders)
    assert np.dtype("f4").isnative


@pytest.mark.parametrize(
    "value",
    [
        np.array([None, 1], object),
        np.array([(1, 2.0)], [("a", int), ("b", float)]),
        np.datetime64("2020-01-01"),
        np.ma.ones(2),
    ],
    ids=["object", "records", "datetime64", "masked"],
)
@pytest.mark.parametrize("weights_only", [None, False])
def test_arrays_of_other_things_are_refused(value: Any, weights_only: bool | None) -> None:
    message = refusal(zipped(pickle.dumps(value, 2)), weights_only=weights_only)
    assert "numbers or text" in message or "which is refused" in message


# ---- the environment ----


@pytest.mark.parametrize("word", ["1", "y", "YES", "true"])
def test_the_environment_can_ask_for_modules(monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    file = io.BytesIO()
    tg.save(nn.Linear(2, 1), file)
    file.seek(0)
    assert "weights_only=False reads modules" in refusal(file)
    monkeypatch.setenv("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", word)
    file.seek(0)
    with pytest.warns(UserWarning, match="TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD detected"):
        assert isinstance(tg.load(file), nn.Linear)
    file.seek(0)
    refusal(file, weights_only=True)  # what the program says goes first


def test_the_environment_can_forbid_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.BytesIO()
    tg.save(nn.Linear(2, 1), file)
    file.seek(0)
    monkeypatch.setenv("TORCH_FORCE_WEIGHTS_ONLY_LOAD", "1")
    refusal(file, weights_only=False)
    monkeypatch.setenv("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "1")
    file.seek(0)
    with pytest.raises(RuntimeError, match="both were set"):
        tg.load(file)


# ---- elements that NumPy does not have ----


def test_bfloat16_is_widened_exactly(tmp_path: pathlib.Path) -> None:
    torch = pytest.importorskip("torch")
    every = torch.arange(2**16, dtype=torch.int32).to(torch.int16).view(torch.bfloat16)
    wanted = every.float().numpy().view(np.uint32)
    torch.save({"all": every, "part": every[2:8].view(2, 3).T}, tmp_path / "b.pt")
    found = tg.load(tmp_path / "b.pt")
    assert found["all"].dtype == tg.float32
    np.testing.assert_array_equal(found["all"].numpy().view(np.uint32), wanted)
    np.testing.assert_array_equal(
        found["part"].numpy().view(np.uint32), wanted[2:8].reshape(2, 3).T
    )
    from safetensors.torch import save_file

    save_file({"all": every, "none": torch.zeros(0, 3)}, tmp_path / "b.safetensors")
    found = tg.load(tmp_path / "b.safetensors")
    assert found["all"].dtype == tg.float32
    np.testing.assert_array_equal(found["all"].numpy().view(np.uint32), wanted)
    assert found["none"].shape == (0, 3)


@pytest.mark.parametrize(
    "name", ["float8_e4m3fn", "float8_e5m2", "complex64", "complex128", "uint16", "uint32"]
)
def test_other_elements_are_named_with_the_tensor(name: str, tmp_path: pathlib.Path) -> None:
    torch = pytest.importorskip("torch")
    tensor = torch.ones(2).to(getattr(torch, name))
    torch.save({"fine": torch.ones(1), "layer.scale": tensor}, tmp_path / "a.pt")
    message = refusal(tmp_path / "a.pt")
    assert "a.pt" in message and "'layer.scale'" in message and "elements of torch." in message
    if name in ("complex128",):
        return
    from safetensors.torch import save_file

    save_file({"fine": torch.ones(1), "layer.scale": tensor}, tmp_path / "a.safetensors")
    message = refusal(tmp_path / "a.safetensors")
    assert "a.safetensors" in message and "'layer.scale'" in message and "read are only" in message


@needs("safetensors")
def test_safetensors_of_every_kind(tmp_path: pathlib.Path) -> None:
    from safetensors.numpy import save_file

    kinds = ["float64", "float32", "float16", "int64", "int32", "int16", "int8", "uint8", "bool"]
    arrays = {kind: np.arange(6).reshape(2, 3).astype(kind) for kind in kinds}
    arrays["scalar"] = np.array(1.5)
    save_file(arrays, tmp_path / "a.safetensors")
    found = tg.load(tmp_path / "a.safetensors")
    assert set(found) == set(arrays)
    for name, array in arrays.items():
        assert found[name].numpy().dtype == array.dtype
        np.testing.assert_array_equal(found[name].numpy(), array)
        found[name].fill_(1)  # its memory may be written


# ---- other formats ----


def test_older_formats_are_called_by_their_name(tmp_path: pathlib.Path) -> None:
    torch = pytest.importorskip("torch")
    path = tmp_path / "old.pt"
    torch.save({"a": torch.ones(2)}, path, _use_new_zipfile_serialization=False)
    assert refusal(path) == (
        f"load: {path} is in PyTorch's format from before version 1.6, which is not read here: "
        "load it with PyTorch and save it again"
    )
    assert "before version 1.6" in refusal(io.BytesIO(path.read_bytes()))
    path.write_bytes(pickle.dumps({"a": 1}))
    assert "a plain pickle" in refusal(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.save(torch.jit.script(torch.nn.Linear(2, 1)), path)
    assert "TorchScript archive" in refusal(path)


def test_what_is_not_there_and_what_is_a_folder_stay_their_errors(tmp_path: pathlib.Path) -> None:
    for name in ("a.pt", "a.safetensors"):
        with pytest.raises(FileNotFoundError):
            tg.load(tmp_path / name)
        (tmp_path / name).mkdir()
        with pytest.raises(OSError, match="directory"):
            tg.load(tmp_path / name)


# ---- attacks: nothing is called, no memory is taken ----


class Built(nn.Module):
    """A module whose constructor tells that it was called."""

    calls: int = 0

    def __init__(self, *arguments: Any) -> None:
        super().__init__()
        Built.calls += 1


def name(kind: type) -> bytes:
    return f"c{kind.__module__}\n{kind.__qualname__}\n".encode()


BUILT = name(Built)
ORDERED = b"ccollections\nOrderedDict\n)R"
NAMESPACE = b"cargparse\nNamespace\n)\x81"
MODULE = name(nn.Sequential) + b")\x81"
PLANTING = {
    "a hook for the state": lambda owner: owner + b"(dS'__setstate__'\n" + BUILT + b"sb(I1\ntb.",
    "__class__ in slots": lambda owner: owner + b"(N(dS'__class__'\n" + BUILT + b"stb.",
    "__class__": lambda owner: owner + b"(dS'__class__'\n" + BUILT + b"sb.",
    "__dict__": lambda owner: owner + b"(dS'__dict__'\n(dsb.",
    "append": lambda owner: owner + b"(dS'append'\n" + BUILT + b"sbI1\na.",
    "extend": lambda owner: owner + b"(dS'extend'\n" + BUILT + b"sb(I1\ne.",
    "add": lambda owner: owner + b"(dS'add'\n" + BUILT + b"sb(I1\n\x90.",
    "setitem": lambda owner: owner + b"(dS'x'\nI1\nsbS'a'\nI1\ns." if owner != ORDERED else b"",
    "detach of a parameter's data": lambda owner: (
        b"ctorch._utils\n_rebuild_parameter\n(" + owner + b"(dS'detach'\n" + BUILT + b"sbI01\nNtR."
    ),
    "array of a storage": lambda owner: (
        b"ctorch._utils\n_rebuild_tensor_v2\n("
        + owner
        + b"(dS'detach'\n"
        + BUILT
        + b"sbI0\n(t(tI00\nNtR."
    ),
    "a factory": lambda owner: b"ccollections\ndefaultdict\n(" + BUILT + b"tR.",
}


@pytest.mark.parametrize(
    "owner", [ORDERED, NAMESPACE, MODULE], ids=["OrderedDict", "Namespace", "Module"]
)
@pytest.mark.parametrize("how", PLANTING)
def test_what_a_file_plants_is_not_called(how: str, owner: bytes) -> None:
    code = PLANTING[how](owner)
    if not code:
        return
    before = Built.calls
    refusal(zipped(code), weights_only=False)
    refusal(zipped(code))
    assert Built.calls == before


def test_a_state_reaches_the_object_and_nothing_else() -> None:
    net = nn.Sequential(nn.Linear(2, 1))
    state = net.state_dict()
    state._metadata = {"": {"version": 1}}  # type: ignore[attr-defined]
    found = tg.load(zipped(pickle.dumps(collections.OrderedDict(a=1), 2)))
    assert found == {"a": 1}
    odd = collections.OrderedDict(a=1)
    odd._metadata = {"v": 1}  # type: ignore[attr-defined]
    assert tg.load(zipped(pickle.dumps(odd, 2)))._metadata == {"v": 1}
    space = Namespace(lr=0.1)
    assert tg.load(zipped(pickle.dumps(space, 2)), weights_only=False) == space


def long_tuple() -> bytes:
    """A tuple of tuples of tuples, 2 ** 200 in all, as the key of a dict."""
    return b"}(K\x01" + b"2\x86" * 200 + b"K\x01u."


def tensor_code(size: int, count: int, stride: int = 1, kind: bytes = b"FloatStorage") -> bytes:
    storage = b"(S'storage'\nctorch\n" + kind + b"\nS'0'\nS'cpu'\n" + b"I%d\ntQ" % count
    shape = b"I0\n(I%d\nt(I%d\ntI00\nNtR." % (size, stride)
    return b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + shape


BOMBS = {
    "bytearray of a number": lambda: zipped(b"c__builtin__\nbytearray\n(I68719476736\ntR."),
    "bytes of a number": lambda: zipped(b"c__builtin__\nbytes\n(I68719476736\ntR."),
    "NEWOBJ": lambda: zipped(b"c__builtin__\nbytearray\n(I68719476736\nt\x81."),
    "OBJ": lambda: zipped(b"(c__builtin__\nbytearray\nI68719476736\no."),
    "INST": lambda: zipped(b"(I68719476736\ni__builtin__\nbytearray\n."),
    "BYTEARRAY8": lambda: zipped(b"\x96" + struct.pack("<Q", 3 * 10**9) + b"abc."),
    "BYTEARRAY8 beyond": lambda: zipped(b"\x96" + struct.pack("<Q", 2**64 - 1) + b"abc."),
    "BINBYTES8": lambda: zipped(b"\x8e" + struct.pack("<Q", 2**62) + b"abc."),
    "set of a range": lambda: zipped(
        b"c__builtin__\nset\n(c__builtin__\nxrange\n(I0\nI99999999999\ntRtR."
    ),
    "Size of a range": lambda: zipped(
        b"ctorch\nSize\n(c__builtin__\nxrange\n(I0\nI99999999999\ntRtR."
    ),
    "deque of a range": lambda: zipped(
        b"ccollections\ndeque\n(c__builtin__\nxrange\n(I0\nI99999999999\ntRtR."
    ),
    "a scalar of long text": lambda: zipped(
        b"cnumpy.core.multiarray\nscalar\n(cnumpy\ndtype\n(S'U500000000'\ntRC\x03abctR."
    ),
    "numpy.bytes_": lambda: zipped(b"cnumpy\nbytes_\n(I68719476736\ntR."),
    "an array larger than its bytes": lambda: zipped(
        b"cnumpy.core.multiarray\n_reconstruct\n)R(I1\n(I99999999999\nt"
        b"cnumpy\ndtype\n(S'f8'\ntRI00\nC\x03abctb."
    ),
    "a key that takes for ever": lambda: zipped(long_tuple()),
    "a storage larger than it says": lambda: zipped(tensor_code(2, 2), _0=bytes(4000)),
    "a storage that unpacks": lambda: zipped(
        tensor_code(2, 2), zipfile.ZIP_DEFLATED, _0=bytes(10**7)
    ),
    "a tensor of a negative size": lambda: zipped(tensor_code(-1, 1), _0=bytes(4)),
    "a tensor before its storage": lambda: zipped(tensor_code(2, 2, -1), _0=bytes(8)),
}


@pytest.mark.parametrize("bomb", BOMBS)
@pytest.mark.parametrize("weights_only", [None, False])
def test_bombs_are_refused_before_memory_is_taken(bomb: str, weights_only: bool | None) -> None:
    file = BOMBS[bomb]()
    before = peak()
    refusal(file, weights_only=weights_only)
    assert peak() - before < 50_000  # KiB


def test_a_record_that_lies_about_its_size_is_not_unpacked() -> None:
    """The directory says 8 bytes; the stream would give 500 MB."""
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b"".join(squeezer.compress(bytes(10**7)) for _ in range(50)) + squeezer.flush()
    file = zipped(tensor_code(2, 2), zipfile.ZIP_DEFLATED, _0=packed)
    content = bytearray(file.getvalue())
    with zipfile.ZipFile(file) as archive:
        info = archive.getinfo("archive/data/0")
    central = content.rindex(b"PK\1\2", 0, content.rindex(b"archive/data/0"))
    # The record's content is deflated twice: let the reader see what was packed first as stored.
    assert info.compress_type == zipfile.ZIP_DEFLATED
    struct.pack_into("<I", content, central + 24, 8)  # the size after unpacking
    before = peak()
    refusal(io.BytesIO(bytes(content)))
    assert peak() - before < 50_000


def test_a_bomb_that_says_its_size_is_refused() -> None:
    file = zipped(tensor_code(2, 2**27), zipfile.ZIP_DEFLATED, _0=bytes(4))
    content = bytearray(file.getvalue())
    central = content.rindex(b"PK\1\2", 0, content.rindex(b"archive/data/0"))
    struct.pack_into("<I", content, central + 24, 2**29)
    assert "says that it grows" in refusal(io.BytesIO(bytes(content)))


def test_a_shared_archive_that_was_zipped_again_is_read() -> None:
    assert tg.load(zipped(tensor_code(2, 2), zipfile.ZIP_DEFLATED, _0=bytes(8))).tolist() == [0, 0]


# ---- damaged files ----


def pt_content() -> bytes:
    file = io.BytesIO()
    values = {"w": tg.arange(6.0).view(2, 3), "args": Namespace(a=1), "b": [np.arange(3), 1.5, "x"]}
    tg.save({"net": nn.Linear(2, 3), **values}, file)
    return file.getvalue()


def pickle_content() -> bytes:
    with zipfile.ZipFile(io.BytesIO(pt_content())) as archive:
        return archive.read("archive/data.pkl")


def safetensors_content() -> bytes:
    from safetensors.numpy import save

    return save({"w": np.arange(6.0).reshape(2, 3), "b": np.arange(3)}, {"made": "here"})


def mutated(content: bytes, draw: random.Random) -> bytes:
    changed = bytearray(content)
    way = draw.randrange(4)
    if way == 0:
        return bytes(changed[: draw.randrange(len(changed))])
    for _ in range(draw.choice([1, 1, 2, 5])):
        where = draw.randrange(len(changed))
        if way == 1:
            changed[where] = draw.randrange(256)
        elif way == 2:
            length = draw.randrange(1, 9)
            changed[where : where + length] = draw.randbytes(draw.randrange(9))
        else:
            start = draw.randrange(len(changed))
            changed[where:where] = changed[start : start + draw.randrange(30)]
    return bytes(changed)


def only_clean_refusals(path: pathlib.Path, seed: int, tries: int) -> int:
    """Load mutated files: each is read or refused in one line with its name; how many are refused."""
    draw = random.Random(seed)
    refused = 0
    contents = {
        "pt": pt_content(),
        "pickle": pickle_content(),
        "safetensors": safetensors_content(),
    }
    with zipfile.ZipFile(io.BytesIO(contents["pt"])) as archive:
        records = {each.split("/")[-1]: archive.read(each) for each in archive.namelist()}
    for number in range(tries):
        kind = draw.choice(list(contents))
        content = mutated(contents[kind], draw)
        if kind == "pickle":
            storages = {f"_{key}": value for key, value in records.items() if key.isdigit()}
            content = zipped(content, **storages).getvalue()
        file = path / f"damaged.{'safetensors' if kind == 'safetensors' else 'pt'}"
        file.write_bytes(content)
        try:
            tg.load(file, weights_only=draw.choice([None, False]))
        except SerializationError as error:
            message = str(error)
            assert "\n" not in message and message.startswith("load: "), message
            assert str(file) in message and len(message) < 700, message
            refused += 1
        except Exception as error:
            raise AssertionError(f"seed {seed}, file {number}: {error!r}") from error
    return refused


@needs("safetensors")
def test_damaged_files_are_refused_cleanly(tmp_path: pathlib.Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert only_clean_refusals(tmp_path, 0, 1500) > 700


@needs("safetensors")
@pytest.mark.parametrize(
    "header",
    [
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,99999999999]}}',
        b'{"w":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}',
        b'{"w":{"dtype":"F32","shape":[-1],"data_offsets":[0,0]}}',
        b'{"w":{"dtype":"FOO","shape":[0],"data_offsets":[0,0]}}',
        b'{"w":1}',
        b"[]",
        b"\xff\xfe",
        json.dumps({"w": {"dtype": "F32", "shape": "x", "data_offsets": None}}).encode(),
    ],
    ids=lambda header: header[:40].decode("latin1"),
)
def test_safetensors_with_odd_headers(header: bytes, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "odd.safetensors"
    for length in (len(header), 2**40, 2**63):
        file.write_bytes(struct.pack("<Q", length) + header)
        assert refusal(file).startswith(f"load: {file} is not a safetensors file: ")


def test_a_deep_pickle_is_refused_or_read() -> None:
    depth = 200_000
    found = tg.load(zipped(b"(" * depth + b"l" * depth + b"."))  # lists in lists
    while found:
        found = found.pop()
