"""Every parameter of PyTorch's functions and methods can be given by its name."""

import ast
import importlib
import inspect
from pathlib import Path

import pytest

import tinygrad_mnist as tg
from tinygrad_mnist import nn
from tinygrad_mnist.core.tensor import Tensor
from tinygrad_mnist.nn.modules import module as modules

OPTIONAL = {
    # what changes nothing here, and names that PyTorch's own parser takes beside the usual ones
    "self", "cls", "names", "out_dtype", "element", "test_element", "scalar", "scalar1", "scalar2",
    "mode", "num", "storage", "storage_offset", "stride", "args", "kwargs",
}  # fmt: skip


def stub(path, owner=None):
    """Of each function in a stub of PyTorch's, or method of a class there, all parameter names."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    if owner is not None:
        (body,) = (
            each.body for each in body if isinstance(each, ast.ClassDef) and each.name == owner
        )
    found = {}
    for node in body:
        if isinstance(node, ast.FunctionDef):
            names = [each.arg for each in [*node.args.args, *node.args.kwonlyargs]]
            found.setdefault(node.name, set()).update(names)
    return found


def missing(function, wanted, skip_first=False):
    """The names that cannot be given as keywords."""
    parameters = list(inspect.signature(function).parameters.values())
    if any(each.kind is each.VAR_KEYWORD for each in parameters):
        return set()
    known = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    have = {each.name for each in parameters[skip_first:] if each.kind in known}
    return wanted - have - OPTIONAL


def test_methods_take_pytorchs_keywords():
    torch = pytest.importorskip("torch")
    wrong = {}
    theirs = stub(Path(torch.__file__).parent / "_C" / "__init__.pyi", "TensorBase")
    for name, wanted in theirs.items():
        ours = getattr(Tensor, name, None)
        written = getattr(torch.Tensor, name, None)
        if name.startswith("_") or not inspect.isfunction(ours) or name in ("new", "set_"):
            continue
        if inspect.isfunction(written):
            wanted = set(inspect.signature(written).parameters)
        lacking = missing(ours, wanted, skip_first=True)
        if lacking:
            wrong[name] = lacking
    assert not wrong


def test_functions_take_pytorchs_keywords():
    torch = pytest.importorskip("torch")
    wrong = {}
    theirs = stub(Path(torch.__file__).parent / "_C" / "_VariableFunctions.pyi")
    for name in tg.__all__:
        ours = getattr(tg, name)
        if inspect.isfunction(ours) and name in theirs:
            lacking = missing(ours, theirs[name])
            if lacking:
                wrong[name] = lacking
    assert not wrong


@pytest.mark.parametrize(
    "room",
    ["nn", "nn.functional", "nn.init", "nn.utils", "nn.utils.rnn", "optim", "optim.lr_scheduler",
     "autograd", "autograd.functional", "linalg", "special", "utils.data", "utils.data.distributed",
     "nn.modules.module", "amp", "distributions"],
)  # fmt: skip
def test_what_pytorch_writes_in_python_takes_its_keywords(room):
    pytest.importorskip("torch")
    ours = importlib.import_module(f"tinygrad_mnist.{room}")
    theirs = importlib.import_module(f"torch.{room}")
    wrong = {}
    for name in ours.__all__:
        mine, other = getattr(ours, name), getattr(theirs, name, None)
        pairs = {name: (mine, other)}
        if inspect.isclass(mine) and not issubclass(mine, Tensor):
            named = [each for each in dir(mine) if not each.startswith("_") or each == "__init__"]
            pairs = {f"{name}.{e}": (getattr(mine, e), getattr(other, e, None)) for e in named}
        for full, (a, b) in pairs.items():
            if not callable(a) or not callable(b) or inspect.isclass(a):
                continue
            try:
                given = inspect.signature(b).parameters.values()
                kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
                wanted = {each.name for each in given if each.kind in kinds}
                lacking = missing(a, {each for each in wanted if not each.startswith("_")})
            except (TypeError, ValueError):
                continue
            if lacking:
                wrong[full] = lacking
    assert not wrong


def test_keywords_in_calls():
    x = tg.arange(6.0).reshape(2, 3)
    assert x.view(size=(3, 2)).shape == (3, 2) and x.view(dtype=tg.int32).dtype == tg.int32
    assert x[:1].expand(size=(4, 3)).shape == (4, 3)
    assert [each.shape for each in x.split(split_size=2, dim=1)] == [(2, 2), (2, 1)]
    assert len(x.tensor_split(tensor_indices_or_sections=tg.tensor(2))) == 2
    assert x.clone().resize_(size=(6,)).shape == (6,) and x.clone().resize_(3, 2).shape == (3, 2)
    assert tg.zeros(2, 3).copy_(other=x).tolist() == x.tolist()
    assert tg.zeros(50).uniform_(**{"from": 1.0, "to": 2.0}).min() >= 1
    assert tg.zeros(50).random_(**{"from": 5, "to": 6}).unique().tolist() == [5]
    with pytest.raises(TypeError, match=r"uniform_\(\) got an unexpected keyword argument 'low'"):
        x.uniform_(low=1.0)


def test_containers_take_pytorchs_keywords():
    relu = nn.ReLU()
    assert list(nn.ModuleDict(modules={"a": relu})) == ["a"]
    layers = nn.ModuleDict()
    assert layers.update(modules={"a": relu}) is None and layers["a"] is relu
    assert nn.ModuleList().append(module=relu)[0] is relu
    assert nn.ModuleList().insert(index=0, module=relu) is None
    assert len(nn.Sequential().extend(sequential=nn.Sequential(relu))) == 1
    assert isinstance(nn.Sequential().insert(index=0, module=relu), nn.Sequential)
    assert len(nn.ParameterList(values=[tg.ones(1)])) == 1
    with pytest.warns(FutureWarning):
        assert nn.Hardtanh(min_value=-2.0, max_value=2.0).min_val == -2
    encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2), num_layers=1)
    assert len(encoder.layers) == 1
    nn.TransformerEncoder(encoder_layer=nn.TransformerEncoderLayer(4, 2), num_layers=1)
    nn.TransformerDecoder(decoder_layer=nn.TransformerDecoderLayer(4, 2), num_layers=1)


def test_dicts_of_parameters_are_dicts():
    first = nn.ParameterDict({"a": tg.ones(1)})
    second = nn.ParameterDict({"b": tg.ones(2)})
    assert list(first | second) == ["a", "b"] and list(first) == ["a"]
    assert list(reversed(first | second)) == ["b", "a"]
    assert first.copy()["a"] is first["a"] and list(first.fromkeys(["x", "y"])) == ["x", "y"]
    first |= second
    assert list(first) == ["a", "b"] and isinstance(first, nn.ParameterDict)


def test_a_state_dict_as_old_programs_ask_for_it():
    found = {}
    assert nn.Linear(1, 1).state_dict(found, "layer.") is found
    assert list(found) == ["layer.weight", "layer.bias"]


# hooks of all modules ------------------------------------------------------------------------


def test_hooks_of_all_modules():
    calls = []
    layer = nn.Linear(2, 2)
    network = nn.Sequential(layer)
    x = tg.ones(1, 2, requires_grad=True)
    with (
        modules.register_module_forward_pre_hook(lambda m, args: calls.append(("pre", m))),
        modules.register_module_forward_hook(lambda m, args, out: calls.append(("after", m))),
        modules.register_module_full_backward_pre_hook(lambda m, g: calls.append(("grad", m))),
        modules.register_module_full_backward_hook(lambda m, i, o: calls.append(("grads", m))),
    ):
        network(x).sum().backward()
    wanted = ["pre", "pre", "after", "after", "grad", "grad", "grads", "grads"]
    assert [kind for kind, _ in calls] == wanted
    assert [m for kind, m in calls if kind == "after"] == [layer, network]
    network(x)
    assert len(calls) == 8 and not nn.Module._hooked


def test_a_hook_of_all_modules_is_called_where_forward_raises():
    calls = []
    hook = lambda m, args, kwargs, out: calls.append(out)  # noqa: E731
    handle = modules.register_module_forward_hook(hook, with_kwargs=True, always_call=True)
    with handle, pytest.raises(RuntimeError):
        nn.Linear(2, 2)(tg.ones(1, 3))
    assert calls == [None]
