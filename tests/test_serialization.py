"""save and load: what comes back, what is refused, and that no file is left half written."""

import io
import pickle
import zipfile
from argparse import Namespace
from collections import Counter, OrderedDict, defaultdict

import numpy as np
import pytest

import tinygrad_mnist as tg
from tests.optional import needs
from tinygrad_mnist import nn, optim
from tinygrad_mnist.formats.serialization import STORAGES


def everything():
    tg.manual_seed(0)
    net = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))
    optimizer = optim.Adam(net.parameters())
    net(tg.randn(5, 3)).sum().backward()
    optimizer.step()
    return {
        "model": net.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 3, "name": "x",
        "list": [1, 2.5, None, True, (1, "a")], "transposed": tg.arange(6).reshape(2, 3).T,
        "scalar": tg.tensor(2.0), "empty": tg.zeros(0, 3), "parameter": nn.Parameter(tg.ones(2)),
        **{name: tg.ones(2).to(dtype) for name, dtype in (("half", tg.float16), ("byte", tg.uint8), ("bool", tg.bool))},
    }  # fmt: skip


def same(a, b):
    if isinstance(a, tg.Tensor):
        return (
            a.dtype == b.dtype
            and a.shape == b.shape
            and tg.equal(a, b)
            and a.requires_grad == b.requires_grad
        )
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list | tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    return a == b


def test_round_trip_through_a_file_and_through_memory(tmp_path):
    saved = everything()
    tg.save(saved, tmp_path / "all.pt")
    assert same(tg.load(tmp_path / "all.pt"), saved)
    buffer = io.BytesIO()
    tg.save(saved, buffer)
    buffer.seek(0)
    loaded = tg.load(buffer)
    assert same(loaded, saved) and isinstance(loaded["model"], OrderedDict)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["all.pt"]


@needs("safetensors")
def test_safetensors_round_trip(tmp_path):
    state = everything()["model"]
    tg.save(state, tmp_path / "model.safetensors")
    loaded = tg.load(tmp_path / "model.safetensors")
    assert set(loaded) == set(state) and all(tg.equal(loaded[k], state[k]) for k in state)


def test_a_training_continues_from_a_file_bit_for_bit(tmp_path):
    def made():
        tg.manual_seed(1)
        net = nn.Linear(2, 2)
        return net, optim.Adam(net.parameters(), lr=0.1)

    def train(net, optimizer, steps):
        for _ in range(steps):
            optimizer.zero_grad()
            net(tg.ones(1, 2)).pow(2).sum().backward()
            optimizer.step()

    net, optimizer = made()
    train(net, optimizer, 3)
    tg.save({"net": net.state_dict(), "optimizer": optimizer.state_dict()}, tmp_path / "c.pt")
    train(net, optimizer, 3)
    other, other_optimizer = made()
    state = tg.load(tmp_path / "c.pt")
    other.load_state_dict(state["net"])
    other_optimizer.load_state_dict(state["optimizer"])
    train(other, other_optimizer, 3)
    assert tg.equal(net.weight, other.weight)


class Evil:
    def __reduce__(self):
        return print, ("this code must not run",)


def zipped(data, **members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("archive/data.pkl", data)
        for name, content in members.items():
            archive.writestr(f"archive/{name}", content)
    out.seek(0)
    return out


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (lambda: zipped(pickle.dumps(Evil())), "wants builtins.print, which is refused"),
        (lambda: zipped(pickle.dumps(np.datetime64("2020", "D"))), "must be numbers or text"),
        (lambda: zipped(b"cposix\nsystem\n(S'true'\ntR."), "wants posix.system, which is refused"),
        (lambda: io.BytesIO(b"hello"), "not a .pt file"),
        (lambda: io.BytesIO(), "not a .pt file"),
        (lambda: zipped(b""), "not a .pt file"),
    ],
)
def test_what_is_not_a_file_of_tensors_is_refused_and_nothing_runs(file, message, capsys):
    with pytest.raises(RuntimeError, match=message) as error:
        tg.load(file())
    assert "\n" not in str(error.value) and capsys.readouterr().out == ""


def test_a_tensor_that_reaches_beyond_its_storage_is_refused():
    good = io.BytesIO()
    tg.save(tg.arange(4), good)
    with zipfile.ZipFile(good) as archive:
        data = archive.read("archive/data.pkl")
        storage = archive.read("archive/data/0")
    assert tg.load(zipped(data, **{"data/0": storage})).tolist() == [0, 1, 2, 3]
    with pytest.raises(RuntimeError, match="reaches beyond its 2 elements"):
        tg.load(zipped(data, **{"data/0": storage[:16]}))


def test_a_failing_save_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "w.pt"
    tg.save({"a": tg.ones(2)}, path)
    with pytest.raises(TypeError, match="cannot write a object"):
        tg.save({"a": tg.zeros(2), "b": object()}, path)
    assert tg.load(path)["a"].tolist() == [1, 1]
    assert [p.name for p in tmp_path.iterdir()] == ["w.pt"]


@needs("safetensors")
def test_a_saved_file_has_the_usual_permissions(tmp_path):
    (tmp_path / "usual").touch()
    for name in ("w.pt", "w.safetensors"):
        tg.save({"a": tg.ones(2)}, tmp_path / name)
        assert (tmp_path / name).stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_other_devices_are_refused(tmp_path):
    tg.save(tg.ones(1), tmp_path / "a.pt")
    assert tg.load(tmp_path / "a.pt", map_location="cpu", weights_only=True).item() == 1
    with pytest.raises(AssertionError, match="CPU"):
        tg.load(tmp_path / "a.pt", map_location="cuda")


def test_torch_reads_ours_and_we_read_torchs(tmp_path):
    torch = pytest.importorskip("torch")
    saved = everything()
    tg.save(saved, tmp_path / "ours.pt")
    theirs = torch.load(tmp_path / "ours.pt", weights_only=True)
    assert (
        theirs["transposed"].tolist() == saved["transposed"].tolist()
        and theirs["list"] == saved["list"]
    )
    net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4))
    net.load_state_dict(theirs["model"])
    optimizer = torch.optim.Adam(net.parameters())
    optimizer.load_state_dict(theirs["optimizer"])
    torch.save(
        {
            "model": net.state_dict(),
            "optimizer": optimizer.state_dict(),
            "part": torch.arange(10)[2:8].view(2, 3).T,
        },
        tmp_path / "theirs.pt",
    )
    back = tg.load(tmp_path / "theirs.pt")
    assert same(back["model"], saved["model"]) and same(
        back["optimizer"]["state"], saved["optimizer"]["state"]
    )
    assert back["part"].tolist() == [[2, 5], [3, 6], [4, 7]]
    torch.save(net, tmp_path / "whole.pt")
    with pytest.raises(
        RuntimeError, match="torch.nn.modules.container.Sequential, which is refused"
    ):
        tg.load(tmp_path / "whole.pt")


def test_containers_and_shared_memory_as_pytorch(tmp_path):
    torch = pytest.importorskip("torch")

    def several(lib):
        t = lib.arange(6.0)
        return {
            "shared": [t, t[1:].view(5, 1), t], "spread": lib.ones(1).expand(3), "empty": lib.zeros(0, 2), "none": lib.zeros(()),
            "turned": lib.arange(6).view(2, 3).t()[1:], "frozen": lib.nn.Parameter(lib.ones(2), requires_grad=False),
            "plain": [lib.Size([1, 2]), lib.device("cpu"), {1, 2}, b"ab", bytearray(b"c"), 1j, Counter("aab"), lib.float16],
        }  # fmt: skip

    def text(x):
        return repr(x).replace("torch.", "")

    for writer, reader in ((tg, tg), (tg, torch), (torch, tg)):
        writer.save(several(writer), tmp_path / "all.pt")
        found = reader.load(tmp_path / "all.pt", weights_only=True)
        assert text(found) == text(several(torch))
        first, part, same = found["shared"]
        first.mul_(2)
        assert part.flatten().tolist() == [2, 4, 6, 8, 10] and same is first
        if reader is tg:
            y = part * 1
            y.requires_grad_()
            z = (y * part).sum()
            first.add_(1)
            with pytest.raises(RuntimeError, match="modified by an inplace operation"):
                z.backward()


@pytest.mark.parametrize(
    "value", [len, lambda x: x, tg.save, bool, np.array([None]), np.ma.ones(1)]
)
def test_what_nobody_reads_is_not_written(value):
    with pytest.raises(TypeError, match="save: cannot write a"):
        tg.save({"x": value}, io.BytesIO())


class Scaled(tg.nn.Module):
    """A network with something of every kind that a module may hold."""

    def __init__(self):
        super().__init__()
        self.layers = tg.nn.Sequential(
            tg.nn.Linear(3, 4), tg.nn.BatchNorm1d(4), tg.nn.Dropout(), tg.nn.Tanh()
        )
        self.activation, self.options = tg.nn.functional.relu, Namespace(lr=0.1, sizes=[1, 2])
        self.counts, self.spread = defaultdict(list, a=[1]), np.arange(6.0).reshape(2, 3)

    def forward(self, x):
        return self.activation(self.layers(x))


def through_a_file(value, **options):
    file = io.BytesIO()
    tg.save(value, file)
    file.seek(0)
    return tg.load(file, **options)


def test_a_module_comes_back_where_its_class_is_known():
    net = Scaled()
    net(tg.randn(5, 3))
    back = through_a_file(net.eval(), weights_only=False)
    x = tg.randn(2, 3)
    assert type(back) is Scaled and repr(back) == repr(net) and back(x).tolist() == net(x).tolist()
    assert back.options == net.options and back.counts == net.counts and back.counts["b"] == []
    assert back.spread.tolist() == net.spread.tolist() and back.spread.dtype == net.spread.dtype
    back(x).sum().backward()
    assert back.layers[0].weight.grad is not None
    with pytest.raises(
        RuntimeError, match="Scaled, which is refused.*weights_only=False reads modules"
    ):
        through_a_file(net)


def test_numpys_scalars_are_written_as_numbers():
    assert repr(
        through_a_file(
            {"loss": np.float64(0.5), "best": np.int64(3), "done": np.True_}, weights_only=True
        )
    ) == ("{'loss': 0.5, 'best': 3, 'done': True}")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (b"cos\nsystem\n(S'true'\ntR.", "wants os.system, which is refused"),
        (
            b"ctinygrad_mnist.formats.serialization\nsave\n(I1\nS'x'\ntR.",
            "wants tinygrad_mnist.formats.serialization.save",
        ),
        (b"ctinygrad_mnist.nn.functional.activation\nrelu\n(I1\ntR.", "wants to call relu"),
        (b"ctinygrad_mnist.nn.modules.linear\nLinear\n(I1\nI1\ntR.", "wants to call Linear"),
        (b"(ctinygrad_mnist.nn.modules.linear\nLinear\nI1\nI1\no.", "wants to call Linear"),
        (b"(I1\nI1\nitinygrad_mnist.nn.modules.linear\nLinear\n.", "wants to call Linear"),
        (
            b"ctinygrad_mnist.nn.modules.linear\nLinear\n(N(dS'forward'\nI1\nstb.",
            "wants to change a",
        ),
        (b"cnumpy\ndtype\n(S'O'\ntR.", "must be numbers or text, got O"),
        (b"cnumpy\ndtype\n(cnumpy\nndarray\ntR.", "must be numbers or text"),
        (b"cnumpy\ndtype\n(S'f8'\ntR(I3\nS'?'\nNNNI-1\nI-1\nI63\ntb.", "wants to order bytes by"),
        (b"cnumpy\nndarray\n)\x81.", "wants to make a"),
        (pickle.dumps(np.array([1, "a"], object), 2), "must be numbers or text, got O8"),
    ],
)
def test_a_file_of_modules_calls_and_changes_nothing(code, message):
    with pytest.raises(RuntimeError, match=message):
        tg.load(zipped(code), weights_only=False)
    assert callable(tg.nn.Linear.forward)


def test_the_flags_in_a_dtypes_state_are_not_believed():
    data = pickle.dumps(np.dtype("U1"), 2)
    flags = b"K\x08t"  # the end of its state; other bits there make pointers of bytes
    assert data.count(flags) == 1
    found = tg.load(zipped(data.replace(flags, b"K\x3ft")), weights_only=False)
    assert found == np.dtype("U1") and not found.hasobject
    with pytest.raises(RuntimeError, match="wants to change a Float32DType, which is refused"):
        tg.load(zipped(b"ctorch\nFloatStorage\n(I3\nS'>'\nNNNI-1\nI-1\nI0\ntb."))


@pytest.mark.parametrize(
    "array", [np.array(["a", "bc"]), np.arange(3, dtype=">i4"), np.ones((2, 3)).T, np.array(True)]
)
def test_arrays_come_back(array):
    back = through_a_file(array, weights_only=False)
    assert type(back) is np.ndarray and back.shape == array.shape and (back == array).all()
    assert back.dtype == array.dtype.newbyteorder("=")


def test_every_dtype_has_a_storage():
    from tinygrad_mnist.core.dtypes import DTYPES

    assert {np.dtype(kind) for kind in STORAGES.values()} == {each.dtype for each in DTYPES}
