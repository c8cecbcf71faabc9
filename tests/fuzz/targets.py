"""The readers: for each some valid inputs, and what refuses the others."""

import asyncio
import contextlib
import gzip
import io
import json
import pickle
import struct
import warnings
import zipfile
from collections import OrderedDict
from pathlib import Path

import numpy as np

import tinygrad_mnist as tg
from tinygrad_mnist import nn
from tinygrad_mnist.formats.checksums import NOTHING, check_json, sha256_of
from tinygrad_mnist.formats.serialization import SerializationError
from tinygrad_mnist.mnist import datasets
from tinygrad_mnist.mnist.datasets import DataError
from tinygrad_mnist.mnist.photos import read_digit
from tinygrad_mnist.mnist.recipe import RECIPES, Recipe, classifier
from tinygrad_mnist.mnist.runs import Run, RunError
from tinygrad_mnist.mnist.training import Epoch

__all__ = ["TARGETS", "Target"]


class Target:
    """Something that reads bytes.

    Attributes:
        name: its own.
        share: of all inputs, relative to the others.
        refusals: the errors that are clean refusals.
        speaks: whether the message must name the file.
    """

    name = ""
    share = 1.0
    refusals = ()
    suffix = ""
    speaks = True

    def __init__(self, folder: Path) -> None:
        self.file = folder / f"{self.name}-input{self.suffix}"
        self.folder = folder

    def seeds(self) -> list[bytes]:
        """Valid inputs."""
        raise NotImplementedError

    def deep(self, content: bytes, draw: np.random.Generator) -> bytes:
        """An input with a change below the outer shell: checksums and archives are whole."""
        return content

    def read(self, content: bytes) -> None:
        """Read it; the refusals are raised."""
        self.file.write_bytes(content)
        self.read_file(self.file)

    def read_file(self, file: Path) -> None:
        raise NotImplementedError


def mutated(content: bytes, draw: np.random.Generator) -> bytes:
    """The bytes with one to four damages."""
    out = bytearray(content)
    for _ in range(int(draw.integers(1, 5))):
        size = len(out)
        place = int(draw.integers(0, size + 1))
        kind = int(draw.integers(0, 8))
        if kind == 0 and size:
            out[place % size] ^= 1 << int(draw.integers(0, 8))
        elif kind == 1 and size:
            out[place % size] = int(draw.integers(0, 256))
        elif kind == 2:
            del out[place:]
        elif kind == 3:
            del out[place : place + int(draw.integers(1, 40))]
        elif kind == 4:
            out[place:place] = draw.bytes(int(draw.integers(1, 40)))
        elif kind == 5:
            other = int(draw.integers(0, size + 1))
            out[place:place] = out[other : other + int(draw.integers(1, 200))]
        elif kind == 6:
            number = INTERESTING[int(draw.integers(0, len(INTERESTING)))]
            order = "<" if draw.integers(0, 2) else ">"
            width = "BHIQ"[int(draw.integers(0, 4))]
            bits = 8 * struct.calcsize(width)
            out[place : place + bits // 8] = struct.pack(order + width, number % 2**bits)
        elif size:
            low = b'0123456789-+.eE"{}[],:ainfNulltrue\\\x00\xff'
            out[place % size] = low[int(draw.integers(0, len(low)))]
    return bytes(out)


INTERESTING = [
    0,
    1,
    127,
    128,
    255,
    256,
    32767,
    65535,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**63,
    2**64 - 1,
]


# digits --------------------------------------------------------------------------------------


class Idx(Target):
    name = "idx"
    share = 2.0
    refusals = (DataError,)

    def seeds(self):
        images = struct.pack(">4I", 2051, 3, 28, 28) + bytes(range(256)) * 9 + bytes(48)
        labels = struct.pack(">2I", 2049, 5) + bytes(range(5))
        bomb = gzip.compress(images[:16] + bytes(3_000_000))
        return [images, labels, gzip.compress(images), gzip.compress(labels), bomb]

    def read_file(self, file):
        datasets.read_idx(file)


class Npz(Target):
    name = "npz"
    share = 1.5
    refusals = (DataError,)
    suffix = ".npz"

    def arrays(self):
        images = np.arange(3 * 784, dtype=np.uint32).astype(np.uint8).reshape(3, 28, 28)
        labels = np.array([1, 2, 3], np.uint8)
        return {"x_train": images, "y_train": labels, "x_test": images, "y_test": labels}

    def seeds(self):
        plain, packed = io.BytesIO(), io.BytesIO()
        np.savez(plain, **self.arrays())
        np.savez_compressed(packed, **self.arrays())
        return [plain.getvalue(), packed.getvalue()]

    def deep(self, content, draw):
        out = io.BytesIO()
        arrays = self.arrays()
        chosen = list(arrays)[int(draw.integers(0, 4))]
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, array in arrays.items():
                held = io.BytesIO()
                np.save(held, array)
                content = held.getvalue()
                archive.writestr(
                    f"{name}.npy", mutated(content, draw) if name == chosen else content
                )
        return out.getvalue()

    def read_file(self, file):
        datasets.from_npz(file)


# images --------------------------------------------------------------------------------------


class Image(Target):
    name = "image"
    share = 0.7
    refusals = (ValueError,)
    suffix = ".png"

    def seeds(self):
        from PIL import Image as Pillow

        drawn = np.full((40, 30), 255, np.uint8)
        drawn[8:32, 13:17] = 20
        found = []
        for mode in ("L", "RGB", "RGBA", "P", "1"):
            image = Pillow.fromarray(drawn).convert(mode)
            for form in (
                "PNG",
                "GIF",
                "BMP",
                "TIFF",
                "WEBP",
                "JPEG",
                "PPM",
                "TGA",
                "DDS",
                "PCX",
                "ICO",
            ):
                held = io.BytesIO()
                with contextlib.suppress(OSError, ValueError, KeyError):
                    image.save(held, form)
                    found.append(held.getvalue())
        return found

    def read_file(self, file):
        read_digit(file)


# runs ----------------------------------------------------------------------------------------

VALUES = [
    None, True, False, "", "text", "0.1", 0, -1, 1, 0.5, 2.5, 1e30, 1e308, float("nan"), float("inf"),
    10**20, [], [1], [0], ["a"], [[1]], [10**9, 10**9], {}, {"a": 1}, [None], "x" * 300,
]  # fmt: skip


def other_values(content: bytes, draw: np.random.Generator) -> bytes:
    """A file of JSON with other values, names and nesting, and a checksum that is right."""
    values = json.loads(content)
    values.pop("checksum", None)
    for _ in range(int(draw.integers(1, 4))):
        names = list(values)
        name = names[int(draw.integers(0, len(names)))] if names else "a"
        kind = int(draw.integers(0, 5))
        if kind == 0:
            values.pop(name, None)
        elif kind == 1:
            values[f"{name}{int(draw.integers(0, 9))}"] = values.pop(name, None)
        else:
            values[name] = VALUES[int(draw.integers(0, len(VALUES)))]
    if draw.integers(0, 30) == 0:
        depth = int(draw.integers(1, 20000))
        return b'{"lr": ' + b"[" * depth + b"]" * depth + b"}"
    text = json.dumps({**values, "checksum": NOTHING.decode()}, indent=2) + "\n"
    if draw.integers(0, 2):
        text = mutated(text.encode(), draw).decode("latin-1")
    sealed = text.replace(NOTHING.decode(), sha256_of(text)).encode()
    with contextlib.suppress(ValueError):
        check_json(sealed, "")
    return sealed


class RecipeFile(Target):
    name = "recipe"
    share = 2.0
    refusals = (ValueError,)
    suffix = ".json"

    def seeds(self):
        found = []
        for recipe in RECIPES.values():
            recipe.save(self.file)
            found.append(self.file.read_bytes())
        return found

    def deep(self, content, draw):
        return other_values(content, draw)

    def read_file(self, file):
        Recipe.load(file)


class DataFile(Target):
    name = "data"
    share = 0.7
    refusals = (RunError,)
    suffix = ".json"

    def __init__(self, folder):
        super().__init__(folder)
        (folder / "run").mkdir(exist_ok=True)
        self.run = Run(folder / "run")
        self.file = self.run.data

    def seeds(self):
        self.run.create(RECIPES["original"], "auto", datasets.embedded())
        found = self.run.data.read_bytes()
        self.run.recipe.unlink()
        return [found, b'{"asked": null, "source": "x"}']

    def deep(self, content, draw):
        return other_values(content, draw)

    def read_file(self, file):
        self.run.asked_data()


class Metrics(DataFile):
    name = "metrics"
    share = 1.0

    def __init__(self, folder):
        super().__init__(folder)
        self.file = self.run.metrics

    def seeds(self):
        from tinygrad_mnist.mnist.runs import _as_csv

        epochs = [Epoch(n, 0.5, 0.005, 0.9, 0.8, 0.6, 2.0, 30000.0, 0.7, None) for n in (1, 2, 3)]
        return [_as_csv(epochs).encode()]

    def deep(self, content, draw):
        return mutated(content, draw)

    def read_file(self, file):
        self.run.history()


class Weights(DataFile):
    """A run whose recipe and weights do not fit together."""

    speaks = False  # of either file
    name = "weights"
    share = 0.5
    refusals = (ValueError,)

    def seeds(self):
        recipe = Recipe(hidden=(5,), keep=(1.0,))
        tg.save(classifier(recipe).state_dict(), self.run.weights)
        recipe.save(self.file)
        return [self.file.read_bytes()]

    def __init__(self, folder):
        super().__init__(folder)
        self.file = self.run.recipe

    def read_file(self, file):
        self.run.network()


# tensors -------------------------------------------------------------------------------------


class Pt(Target):
    name = "pt"
    share = 1.5
    refusals = (SerializationError,)
    suffix = ".pt"
    weights_only = True

    def objects(self):
        model = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))
        nested = {
            "a": [1, 2.5, None, True],
            "t": (tg.arange(4), tg.zeros(0)),
            "s": {1, 2},
            "n": -(2**70),
        }
        return [model.state_dict(), nested, OrderedDict(x=tg.ones(2, 2).t(), y=tg.tensor(1))]

    def seeds(self):
        found = []
        for each in self.objects():
            held = io.BytesIO()
            tg.save(each, held)
            found.append(held.getvalue())
        return found

    def deep(self, content, draw):
        """The pickled program damaged in a whole archive without a checksum."""
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
            for name in old.namelist():
                held = old.read(name)
                if name.endswith("data.pkl"):
                    held = mutated(held, draw)
                    if draw.integers(0, 4) == 0:
                        held = self.assembled(draw)
                elif draw.integers(0, 6) == 0:
                    held = mutated(held, draw)
                new.writestr(name, held)
        return out.getvalue()

    def assembled(self, draw):
        """A program of pickle's opcodes in a random order."""
        codes = [
            pickle.EMPTY_DICT, pickle.EMPTY_LIST, pickle.EMPTY_TUPLE, pickle.MARK, pickle.NONE, pickle.BUILD,
            pickle.REDUCE, pickle.NEWOBJ, pickle.APPEND, pickle.APPENDS, pickle.SETITEM, pickle.SETITEMS,
            pickle.DUP, pickle.POP, pickle.TUPLE, pickle.TUPLE1, pickle.TUPLE2, pickle.TUPLE3, pickle.BINPERSID,
            pickle.BININT1 + b"\x07", pickle.BININT + b"\xff\xff\xff\x7f", pickle.LONG1 + b"\x08" + b"\xff" * 7 + b"\x7f",
            b"cbuiltins\nbytearray\n", b"ccollections\nOrderedDict\n", b"cbuiltins\nset\n", b"cos\nsystem\n",
            b"ctorch._utils\n_rebuild_tensor_v2\n", b"ctorch\nFloatStorage\n", b"cargparse\nNamespace\n",
            b"cnumpy._core.multiarray\n_reconstruct\n", b"cnumpy\nndarray\n", b"cnumpy\ndtype\n", b"cbuiltins\ncomplex\n",
            pickle.BINUNICODE + b"\x07\0\0\0storage", pickle.BINUNICODE + b"\x0c\0\0\0__setstate__",
            pickle.BINUNICODE + b"\x09\0\0\0__class__", pickle.BINUNICODE + b"\x03\0\0\0cpu", pickle.BINUNICODE + b"\x01\0\0\x000",
        ]  # fmt: skip
        chosen = [codes[int(i)] for i in draw.integers(0, len(codes), int(draw.integers(1, 30)))]
        return b"\x80\x02" + b"".join(chosen) + b"."

    def read_file(self, file):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tg.load(file, weights_only=self.weights_only)


class PtWhole(Pt):
    name = "pt-whole"
    share = 1.0
    weights_only = False

    def objects(self):
        import argparse

        held = {
            "namespace": argparse.Namespace(a=1),
            "array": np.arange(3.0),
            "text": np.array(["a"]),
        }
        return [nn.Sequential(nn.Linear(3, 2), nn.ReLU()), held]


class Safetensors(Target):
    name = "safetensors"
    share = 1.0
    refusals = (SerializationError,)
    suffix = ".safetensors"

    def seeds(self):
        from safetensors.numpy import save

        tg.save(nn.Linear(3, 2).state_dict(), self.file)
        arrays = {"a": np.arange(3.0), "b": np.zeros((2, 0), np.int8), "c": np.array(1, np.float16)}
        return [self.file.read_bytes(), save(arrays)]

    def deep(self, content, draw):
        """The header damaged, its length right."""
        size = int.from_bytes(content[:8], "little")
        header = mutated(content[8 : 8 + size].replace(b"sha256", b"sha"), draw)
        return len(header).to_bytes(8, "little") + header + content[8 + size :]

    def read_file(self, file):
        tg.load(file)


# the page ------------------------------------------------------------------------------------

PATHS = [
    "/", "/app.js", "/api/about", "/api/digits", "/api/digits/7", "/api/digits/" + "9" * 5000, "/api/digits/-1",
    "/api/lesson", "/api/trainings", "/api/trainings/x", "/api/answer", "/%2e%2e/etc/passwd", "//", "/api",
]  # fmt: skip
BODIES = [
    bytes(784), bytes(28 * 28 - 1), bytes(100_000), b"{}", b'{"rate": 0.1}', b'{"hidden": 1e400}', b"[" * 900, b"nul",
    b'{"running": true}', b'{"seed": 99999999999999999999}', b'{"batch": NaN}', b"\xff\xfe", bytes(range(256)) * 4,
]  # fmt: skip
HEADERS = [
    (b"host", b"localhost"), (b"host", b"evil.example"), (b"content-type", b"application/json"),
    (b"content-type", b"application/octet-stream"), (b"content-length", b"9" * 6000), (b"content-length", b"-1"),
    (b"origin", b"http://evil.example"), (b"content-type", b"\xff" * 50), (b"host", b"[::1]:99999"),
    (b"content-length", b"784"), (b"x", b"y" * 3000),
]  # fmt: skip


class Page(Target):
    """Requests as the ASGI server hands them on; an input is JSON of method, path, query, headers and body."""

    name = "page"
    share = 1.0
    speaks = False

    def __init__(self, folder):
        super().__init__(folder)
        self.application = None

    def seeds(self):
        return [b"{}"]

    def _request(self, draw):
        def pick(options):
            return options[int(draw.integers(0, len(options)))]

        path = pick(PATHS)
        query = pick(
            [
                b"",
                b"wrong=1&seed=5",
                b"seed=" + b"9" * 5000,
                b"step=-1",
                b"after=x",
                b"a=%ff&seed=%00",
            ]
        )
        if draw.integers(0, 2):
            query = mutated(query, draw)
        if draw.integers(0, 3) == 0:
            path = mutated(path.encode(), draw).decode("latin-1")
        content = pick(BODIES)
        if draw.integers(0, 2):
            content = mutated(content, draw)
        headers = [(b"host", b"localhost")] if draw.integers(0, 4) else []
        headers += [pick(HEADERS) for _ in range(int(draw.integers(0, 4)))]
        if draw.integers(0, 3) == 0:
            headers = [(name, mutated(value, draw)) for name, value in headers]
        method = pick(["GET", "POST", "DELETE", "PUT", "HEAD", "OPTIONS", "get", "\x00"])
        return {
            "method": method,
            "path": path,
            "query": query.decode("latin-1"),
            "headers": [[a.decode("latin-1"), b.decode("latin-1")] for a, b in headers],
            "body": content.decode("latin-1"),
        }

    def deep(self, content, draw):
        return json.dumps(self._request(draw)).encode()

    def read(self, content):
        if self.application is None:
            self._open()
        try:
            request = json.loads(content)
        except ValueError:
            return
        if not isinstance(request, dict) or not {"method", "path", "query"} <= set(request):
            return
        status = self.loop.run_until_complete(self._asked(request))
        if status >= 500 and status != 503:
            raise AssertionError(f"status {status}")

    def _open(self):
        from tinygrad_mnist.mnist.demo.answers import Answerer
        from tinygrad_mnist.mnist.demo.server import State, application
        from tinygrad_mnist.mnist.weights import shipped

        digits = datasets.embedded()
        self.application = application(State(digits, Answerer(shipped("original"), digits, "x")))
        self.loop = asyncio.new_event_loop()

    async def _asked(self, request):
        sent = []
        body = request["body"].encode("latin-1")
        messages = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive():
            return messages.pop(0) if messages else {"type": "http.disconnect"}

        async def send(message):
            sent.append(message)

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request["method"],
            "scheme": "http",
            "path": request["path"],
            "raw_path": request["path"].encode("latin-1", "replace"),
            "query_string": request["query"].encode("latin-1"),
            "root_path": "",
            "headers": [
                (a.encode("latin-1").lower(), b.encode("latin-1")) for a, b in request["headers"]
            ],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        await self.application(scope, receive, send)
        return sent[0]["status"]


TARGETS = (Idx, Npz, Image, RecipeFile, DataFile, Metrics, Weights, Pt, PtWhole, Safetensors, Page)
