"""What PyTorch programs ask of the package besides arithmetic: kinds of tensors, devices, switches."""

import importlib
import sys

import numpy as np
import pytest

import tinygrad_mnist as tg
from tests.optional import needs
from tinygrad_mnist import nn


def test_typed_constructors_and_their_isinstance():
    assert tg.FloatTensor([1, 2]).dtype == tg.float32 and tg.LongTensor([1.7]).tolist() == [1]
    assert tg.FloatTensor(2, 3).shape == (2, 3) and tg.DoubleTensor().shape == (0,)
    x = tg.tensor([1])
    assert (
        isinstance(x, tg.LongTensor)
        and not isinstance(x, tg.FloatTensor)
        and isinstance(x, tg.Tensor)
    )
    assert x.type() == "torch.LongTensor" and x.type(tg.FloatTensor).dtype == tg.float32
    assert x.type("torch.DoubleTensor").dtype == tg.float64


def test_questions_about_tensors():
    x = tg.ones(2, 3)
    assert tg.is_tensor(x) and not tg.is_tensor(np.ones(2))
    assert tg.is_floating_point(x) and not tg.is_floating_point(x.long()) and tg.numel(x) == 6
    assert (
        tg.result_type(tg.tensor([1]), 2.5) == tg.float32
        and tg.result_type(x, tg.ones((), dtype=tg.float64)) == tg.float32
    )
    assert tg.isin(tg.tensor([1, 2, 3]), tg.tensor([2, 5])).tolist() == [False, True, False]
    assert tg.ravel(x).shape == x.ravel().shape == (6,)
    assert tg.equal(tg.concat([x, x]), tg.cat([x, x])) and x[:, tg.newaxis].shape == (2, 1, 3)


def test_the_usual_choice_of_a_device_ends_on_the_cpu():
    device = tg.device(
        "cuda" if tg.cuda.is_available() else "mps" if tg.backends.mps.is_available() else "cpu"
    )
    assert device == tg.device("cpu") and str(device) == "cpu" and tg.cuda.device_count() == 0
    net, x = nn.Linear(2, 1).to(device), tg.ones(1, 2, device=device).to(device)
    assert net(x).device == device and x.cpu() is x
    for call in (
        x.cuda,
        net.cuda,
        lambda: x.to("cuda"),
        lambda: tg.ones(1, device="cuda:0"),
        tg.cuda.current_device,
    ):
        with pytest.raises(
            AssertionError, match="tensors live on the CPU here|not compiled with CUDA"
        ):
            call()
    tg.cuda.manual_seed_all(0)
    tg.cuda.empty_cache()
    assert (
        tg.cuda.memory_allocated() == 0
        and tg.accelerator.current_accelerator() is None
        and tg.cpu.device_count() == 1
    )
    with pytest.raises(RuntimeError, match="Cannot access accelerator device"):
        tg.accelerator.synchronize()


def test_devices():
    assert repr(tg.device("cuda:1")) == "device(type='cuda', index=1)" and tg.device(
        "cuda", 1
    ) == tg.device("cuda:1")
    assert tg.device("cpu", 0) != tg.device("cpu") and tg.device("cpu:0").index == 0
    with tg.device("cpu"):
        assert tg.ones(1).device.type == "cpu"
    for name in ("foo", "cuda:x", "cuda:-1", "cuda:01", "cpu:", ""):
        with pytest.raises(RuntimeError, match="evice"):
            tg.device(name)
    for bad in (
        lambda: tg.device("cuda", -1),
        lambda: tg.device("cuda:1", 1),
        lambda: tg.device(0),
    ):
        with pytest.raises(RuntimeError):
            bad()
    for bad in (lambda: tg.device(), lambda: tg.device(1.5), lambda: tg.device(None)):
        with pytest.raises(TypeError):
            bad()


def test_limits_and_dtypes():
    assert repr(tg.finfo(tg.float16)) == (
        "finfo(resolution=0.001, min=-65504, max=65504, eps=0.000976562, smallest_normal=6.10352e-05, tiny=6.10352e-05, dtype=float16)"
    )
    assert repr(tg.iinfo(tg.int32)) == "iinfo(min=-2.14748e+09, max=2.14748e+09, dtype=int32)"
    assert tg.finfo().resolution == 1e-6
    for bad in (
        lambda: tg.finfo(tg.int32),
        lambda: tg.iinfo(tg.float32),
        lambda: tg.iinfo(tg.bool),
    ):
        with pytest.raises(TypeError):
            bad()
    assert tg.bfloat16.itemsize == 2 and tg.bfloat16.is_floating_point


def test_generators():
    g = tg.Generator(device="cpu").manual_seed(-1)
    assert g.initial_seed() == 2**64 - 1 and g.device == tg.device("cpu")
    same = tg.Generator().set_state(g.get_state())
    assert tg.rand(3, generator=g).tolist() == tg.rand(3, generator=same).tolist()
    with pytest.raises(ValueError, match="Overflow"):
        g.manual_seed(2**70)
    with pytest.raises(AssertionError, match="CPU"):
        tg.Generator("cuda")
    tg.manual_seed(1)
    with tg.random.fork_rng():
        first = tg.rand(2)
    assert tg.equal(tg.rand(2), first)


def test_switches_are_accepted_and_remembered():
    tg.backends.cudnn.benchmark = True
    with tg.backends.cudnn.flags(enabled=False):
        tg.backends.cuda.matmul.allow_tf32 = True
    try:
        tg.set_float32_matmul_precision("high")
        tg.use_deterministic_algorithms(True, warn_only=True)
        tg.set_default_tensor_type(tg.DoubleTensor)
        assert (
            tg.get_float32_matmul_precision() == "high"
            and tg.are_deterministic_algorithms_enabled()
        )
        assert tg.tensor(1.0).dtype == tg.float64
    finally:
        tg.set_float32_matmul_precision("highest")
        tg.use_deterministic_algorithms(False)
        tg.set_default_tensor_type("torch.FloatTensor")
    assert not tg.are_deterministic_algorithms_enabled() and tg.tensor(1.0).dtype == tg.float32
    tg.set_default_device("cpu")
    assert tg.get_default_device() == tg.device("cpu") and not tg.is_autocast_enabled()
    for call in (
        lambda: tg.set_default_tensor_type(tg.LongTensor),
        lambda: tg.set_default_tensor_type("foo"),
    ):
        with pytest.raises(TypeError):
            call()


@needs("threadpoolctl")
def test_the_threads_of_products_can_be_set():
    before = tg.get_num_threads()
    tg.set_num_threads(1)
    assert tg.get_num_threads() == 1
    tg.set_num_threads(before)
    double = tg.compile(lambda x: x * 2)
    assert double(tg.ones(1)).item() == 2


def test_mixed_precision_keeps_dtypes():
    with pytest.warns(UserWarning, match="CUDA is not available"):
        scaler = tg.amp.GradScaler()
    p = tg.ones(1, requires_grad=True)
    optimizer = tg.optim.SGD([p], lr=0.5)
    with tg.autocast("cpu", dtype=tg.bfloat16), pytest.warns(UserWarning), tg.cuda.amp.autocast():
        loss = (p * p).sum()
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    scaler.step(optimizer)
    scaler.update()
    assert (
        loss.dtype == tg.float32
        and p.item() == 0
        and scaler.get_scale() == 1
        and scaler.state_dict() == {}
    )
    with pytest.raises(RuntimeError, match="Expected one of cpu"):
        tg.autocast("foo")


@pytest.mark.parametrize("name", ["tinygrad_mnist", "torch"])
def test_rooms_with_nothing_in_them(name):
    pytest.importorskip(name)
    jit, profiler, types, version = (
        importlib.import_module(f"{name}.{room}")
        for room in ("jit", "profiler", "types", "version")
    )
    lib = importlib.import_module(name)
    function = lambda x: x + 1  # noqa: E731
    assert (
        jit.ignore(function) is function and jit.unused(function)(1) == 2 and not jit.is_scripting()
    )
    with profiler.record_function("step"):
        assert version.cuda is None and isinstance(lib.device("cpu"), types.Device)
    assert lib.is_nonzero(lib.tensor([2])) and lib.ones(1).layout == lib.strided


@pytest.mark.filterwarnings("ignore:.*deprecated")
@pytest.mark.parametrize("name", ["tinygrad_mnist", "torch"])
def test_programs_of_the_old_days(name):
    lib = pytest.importorskip(name)
    x, y, m = lib.tensor([1.0, 2.0]), lib.tensor([3.0, 5.0]), lib.eye(2)
    assert (
        x.add(-2, y).tolist()
        == lib.add(x, -2, y).tolist()
        == x.clone().add_(-2, y).tolist()
        == [-5, -8]
    )
    assert x.sub(2, y).tolist() == x.clone().sub_(2, y).tolist() == [-5, -8]
    assert (
        lib.addcmul(x, 0.5, y, y).tolist() == x.clone().addcmul_(0.5, y, y).tolist() == [5.5, 14.5]
    )
    assert lib.addcdiv(x, 2, y, y).tolist() == x.addcdiv(2, y, y).tolist() == [3, 4]
    assert (
        lib.addmm(0.5, m, 2, m, m).diagonal().tolist()
        == m.addmm(0.5, 2, m, m).diagonal().tolist()
        == [2.5, 2.5]
    )
    assert lib.sparse.torch.eye(2).index_select(0, lib.tensor([1])).tolist() == [[0, 1]]
    assert lib.addmm(0.5, m, m, m).diagonal().tolist() == [1.5, 1.5]
    with pytest.raises(TypeError):
        x.add(y, y, y)


@pytest.mark.parametrize("name", ["tinygrad_mnist", "torch"])
def test_a_bool_is_no_dimension(name):
    x = pytest.importorskip(name).ones(2, 3)
    for reduce in (x.max, x.softmax, x.argmax, x.cumsum):
        with pytest.raises(TypeError):
            reduce(dim=True)


@pytest.mark.parametrize("name", ["tinygrad_mnist", "torch"])
def test_a_storage_is_the_memory(name):
    x = pytest.importorskip(name).tensor([[1.0, 2.0], [3.0, 4.0]])
    storage = x.t()[0].storage()
    storage[1] = 7.0
    assert x.tolist() == [[1, 7], [3, 4]] and storage[1] == 7 and len(storage) == 4
    assert repr(storage).startswith(" 1.0\n 7.0\n") and repr(storage).endswith(
        "[torch.storage.TypedStorage(dtype=torch.float32, device=cpu) of size 4]"
    )


@pytest.mark.parametrize("name", ["tinygrad_mnist", "torch"])
def test_a_tensor_has_room_for_attributes_of_ones_own(name):
    lib = pytest.importorskip(name)
    x, w = lib.ones(2, requires_grad=True), lib.nn.Parameter(lib.ones(1))
    y = x * 2
    x.g, w.note, y.kept = 1, "mine", [x]
    assert (x.g, w.note, y.kept[0] is x) == (1, "mine", True) and not hasattr(lib.ones(2), "g")
    assert not y.retains_grad
    y.retain_grad()
    assert y.retains_grad and not x.retains_grad


def test_what_is_not_there_is_refused():
    for call in (tg.jit.save, tg.hub.load):
        with pytest.raises(RuntimeError):
            call("x")
    assert tg.multiprocessing.get_context is importlib.import_module("multiprocessing").get_context


@pytest.mark.parametrize(
    "expression",
    [
        "T([1.0, 2, 3]), T([1.0, 2, 4])", "T([1, 2]), T([1, 3])", "1.0, 2.0", "T(1.0), T(2.0)", "T([1.0]), T([1.0, 2])",
        "T([1.0]), T([1.0]).double()", "[1.0, T([2.0])], [1.0, T([3.0])]", "dict(a=1), dict(a=2)", "dict(a=1), dict(b=2)",
        "[1], [1, 2]", "T([nan]), T([nan])", "T([nan]), T([nan]), equal_nan=True", "T([1.0]), T([2.0]), rtol=0",
        "T([1.0]), T([2.0]), rtol=0, atol=0", "T([1.0]), T([2.0]), msg='hi'", "T([1.0]), T([2.0]), msg=lambda m: 'x ' + m",
        "1, 1.0", "T(1.0), 1.0", "'a', 'a'", "True, False", "None, None", "[1, 2], (1, 2)", "T([[1.0, 2]]), T([[1.0, 2.1]])",
        "T([1.0]).double(), T([1.0]), check_dtype=False", "T([1.00001]), T([1.0]), rtol=1e-3, atol=0", "T([]), T([])",
        "T([[1, 2]]).T, T([[1], [2]]), check_stride=True", "dict(a=[1, T(1.0)]), dict(a=[1, T(1.5)])",
    ],
)  # fmt: skip
def test_assert_close_as_pytorch(expression):
    torch = pytest.importorskip("torch")

    def outcome(lib):
        close = importlib.import_module(f"{lib.__name__}.testing").assert_close
        try:
            return eval(f"close({expression})", dict(close=close, T=lib.tensor, nan=float("nan")))
        except (AssertionError, ValueError, TypeError) as error:
            return type(error)

    assert outcome(tg) == outcome(torch)


def test_bfloat16_is_refused_by_name():
    x, layer = tg.ones(2), tg.nn.Linear(1, 1)
    for cast in (
        lambda: tg.ones(2, dtype=tg.bfloat16),
        x.bfloat16,
        layer.bfloat16,
        lambda: layer.to(tg.bfloat16),
    ):
        with pytest.raises(TypeError, match="bfloat16: NumPy has no such elements"):
            cast()


def test_distributed_answers_that_it_is_not_initialised():
    assert not tg.distributed.is_initialized()
    for call in (tg.distributed.get_rank, tg.distributed.get_world_size, tg.distributed.barrier):
        with pytest.raises(ValueError, match="Default process group has not been initialized"):
            call()
    with pytest.raises(ValueError, match="got backend tcp, wanted mpi"):
        tg.distributed.init_process_group("tcp")


PATHS = [
    "nn.functional",
    "nn.init",
    "nn.utils",
    "nn.utils.rnn",
    "nn.utils.clip_grad",
    "nn.utils.convert_parameters",
    "nn.utils.stateless",
    "nn.attention",
    "func",
    "nn.parallel",
    "nn.parameter",
    "nn.modules.activation",
    "nn.modules.loss",
    "nn.modules.module",
    "nn.modules.conv",
    "nn.modules.container",
    "nn.modules.batchnorm",
    "nn.modules.rnn",
    "nn.modules.transformer",
    "nn.modules.linear",
    "nn.modules.dropout",
    "nn.modules.normalization",
    "nn.modules.pooling",
    "nn.modules.sparse",
    "nn.modules.utils",
    "optim.lr_scheduler",
    "optim.optimizer",
    "optim.adam",
    "optim.adamw",
    "optim.sgd",
    "optim.lbfgs",
    "utils.checkpoint",
    "utils.tensorboard",
    "utils.data.dataloader",
    "utils.data.dataset",
    "utils.data.sampler",
    "autograd.functional",
    "autograd.function",
    "autograd.gradcheck",
    "distributions.normal",
    "distributions.categorical",
    "distributions.bernoulli",
    "distributions.kl",
    "distributed",
    "amp",
    "cuda.amp",
    "backends.cudnn",
    "backends.mps",
    "accelerator",
    "cuda",
    "mps",
    "random",
    "linalg",
    "testing",
    "types",
    "version",
    "hub",
    "compiler",
    "multiprocessing",
    "autograd.profiler",
    "amp.grad_scaler",
    "cpu.amp",
]


@pytest.mark.parametrize("path", PATHS)
def test_import_path(path):
    assert importlib.import_module(f"tinygrad_mnist.{path}").__doc__ or path.startswith("backends")


def test_a_program_runs_with_the_module_aliased(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "torch", tg)
    monkeypatch.setitem(sys.modules, "torch.nn", nn)
    monkeypatch.setitem(sys.modules, "torch.nn.functional", nn.functional)
    monkeypatch.setitem(sys.modules, "torch.optim", tg.optim)
    program = """
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.optim import SGD

torch.manual_seed(0)
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.conv1 = nn.Conv2d(1, 4, 3, padding=1)
        self.fc = nn.Linear(4 * 4 * 4, 3)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        return F.log_softmax(self.fc(torch.flatten(x, 1)), dim=1)


x, y = torch.randn(30, 1, 8, 8).to(device), torch.arange(30) % 3
x += y.view(-1, 1, 1, 1).float()
net = Net().to(device)
optimizer = SGD(net.parameters(), lr=0.1, momentum=0.9)
for epoch in range(60):
    optimizer.zero_grad()
    loss = F.nll_loss(net(x), y)
    loss.backward()
    optimizer.step()
with torch.no_grad():
    right = net(x).argmax(dim=1, keepdim=True).eq(y.view(-1, 1)).sum().item()
print(f"{loss.item():.3f} {right}/{len(y)}")
"""
    exec(compile(program, "program", "exec"), {})
    loss, right = capsys.readouterr().out.split()
    assert right == "30/30" and float(loss) < 0.1
