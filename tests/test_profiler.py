"""The profiler: what it measures, how it prints it, and that nothing is different with it."""

import gzip
import json
import time

import numpy as np
import pytest

import tinygrad_mnist as torch
from tinygrad_mnist import nn
from tinygrad_mnist.core.state import state
from tinygrad_mnist.profiler import (
    ProfilerAction,
    ProfilerActivity,
    profile,
    record_function,
    schedule,
    tensorboard_trace_handler,
)


def averages(measured, **options):
    return {each.key: each for each in measured.key_averages(**options)}


def test_forward_and_backward_operations_are_counted_and_nothing_changes():
    model = nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Dropout(0.5), nn.Linear(5, 2))
    x = torch.randn(4, 6)

    def step():
        torch.manual_seed(1)
        model.zero_grad()
        loss = model(x).square().mean()
        loss.backward()
        return [loss.detach(), *(p.grad for p in model.parameters())]

    wanted = step()
    with profile(activities=[ProfilerActivity.CPU]) as measured:
        found = [step() for _ in range(3)][-1]
    assert all(torch.equal(one, other) for one, other in zip(found, wanted, strict=True))
    assert state.profiler is None and state.for_records == (True, False)
    by_name = averages(measured)
    assert by_name["aten::linear"].count == 6 and by_name["LinearBackward0"].count == 6
    assert by_name["aten::dropout"].count == by_name["DropoutBackward0"].count == 3
    assert (
        by_name["LinearBackward0"].cpu_time_total > by_name["LinearBackward0"].self_cpu_time_total
    )
    before = len(measured.events())
    step()
    assert len(measured.events()) == before


def test_times_are_times_and_parts_are_parts():
    class Slow(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 1

        @staticmethod
        def backward(ctx, g):
            time.sleep(0.02)
            return g * 1

    x = torch.ones(2, requires_grad=True)
    with profile() as measured, record_function("all"):
        with record_function("sleep"):
            time.sleep(0.02)
        Slow.apply(x).sum().backward()
    by_name = averages(measured)
    assert 20_000 <= by_name["sleep"].cpu_time_total < 200_000
    assert by_name["SlowBackward"].self_cpu_time_total >= 20_000
    assert by_name["all"].cpu_time_total >= 40_000 > by_name["all"].self_cpu_time_total
    events = {each.name: each for each in measured.events()}
    assert events["sleep"].cpu_parent is events["all"]
    assert events["sleep"] in events["all"].cpu_children
    total = measured.key_averages().self_cpu_time_total
    assert total == pytest.approx(by_name["all"].cpu_time_total)


def test_memory_and_shapes():
    x = torch.ones(1000, 100)
    with profile(profile_memory=True, record_shapes=True) as measured:
        y = x * 2
        z = x[:10] * 2
        del y
    large, small = (each for each in measured.events() if each.name == "aten::mul")
    assert large.input_shapes == [[1000, 100], []] or large.input_shapes == [[1000, 100]]
    assert 400_000 <= large.cpu_memory_usage < 410_000 and z.shape == (10, 100)
    assert 4_000 <= small.cpu_memory_usage < 8_000
    text = measured.key_averages(group_by_input_shape=True).table()
    assert "CPU Mem  Self CPU Mem" in text and "Input Shapes" in text and "[10, 100]" in text
    assert text.count("aten::mul") == 2
    assert averages(measured)["aten::mul"].count == 2


def test_the_table_is_pytorchs():
    x = torch.ones(300, 300)
    with profile() as measured:
        for _ in range(3):
            x @ x
        x + x
    table = measured.key_averages().table(sort_by="count", row_limit=1, header="HEAD")
    lines = table.splitlines()
    assert lines[0] == "HEAD"
    head = [
        "Name",
        "Self CPU %",
        "Self CPU",
        "CPU total %",
        "CPU total",
        "CPU time avg",
        "# of Calls",
    ]
    assert [each.strip() for each in lines[2].split("  ") if each.strip()] == head
    assert lines[4].split()[0] == "aten::matmul" and lines[4].split()[-1] == "3"
    assert lines[6].startswith("Self CPU time total: ") and len(lines) == 7
    order = [
        each.split()[0]
        for each in measured.key_averages().table(sort_by="cpu_time").splitlines()[3:5]
    ]
    assert order == ["aten::matmul", "aten::add"]
    with pytest.raises(ValueError, match="sort_by='x'"):
        measured.key_averages().table(sort_by="x")
    torch_profiler = pytest.importorskip("torch.profiler")
    their = pytest.importorskip("torch")
    with torch_profiler.profile(activities=[torch_profiler.ProfilerActivity.CPU]) as measured:
        their.ones(2) + 1
    theirs = measured.key_averages().table().splitlines()[1]
    assert [each.strip() for each in theirs.split("  ") if each.strip()] == head


@pytest.mark.parametrize("end", ["json", "json.gz"])
def test_a_chrome_trace(end, tmp_path):
    with profile(record_shapes=True) as measured, record_function("block"):
        torch.ones(2) + 1
    measured.export_chrome_trace(tmp_path / f"trace.{end}")
    data = (tmp_path / f"trace.{end}").read_bytes()
    traced = json.loads(gzip.decompress(data) if end.endswith("gz") else data)["traceEvents"]
    block, add = (next(e for e in traced if e["name"] == name) for name in ("block", "aten::add"))
    assert block["ph"] == "X" and block["ts"] == 0 and add["args"]["Input Dims"][0] == [2]
    assert block["ts"] <= add["ts"] and add["ts"] + add["dur"] <= block["ts"] + block["dur"]


def test_a_schedule():
    plan = schedule(wait=1, warmup=1, active=2, repeat=2, skip_first=1)
    their = pytest.importorskip("torch.profiler")
    wanted = their.schedule(wait=1, warmup=1, active=2, repeat=2, skip_first=1)
    assert [plan(i).name for i in range(14)] == [wanted(i).name for i in range(14)]
    with pytest.raises(ValueError, match="schedule"):
        schedule(wait=0, warmup=0, active=0)
    ready = []

    def keep(measured):
        assert state.profiler is None
        ready.append([each.key for each in measured.key_averages()])

    with profile(schedule=plan, on_trace_ready=keep) as measured:
        for i in range(12):
            torch.ones(2) * i if i % 2 else torch.ones(2) + i
            measured.step()
    assert ready == [
        ["ProfilerStep#3", "aten::mul", "ProfilerStep#4", "aten::add"],
        ["ProfilerStep#7", "aten::mul", "ProfilerStep#8", "aten::add"],
    ]
    assert plan(0) is ProfilerAction.NONE


def test_a_handler_writes_into_a_folder(tmp_path):
    with profile(on_trace_ready=tensorboard_trace_handler(str(tmp_path / "log"), "w")):
        torch.ones(2) + 1
    (file,) = (tmp_path / "log").iterdir()
    assert file.name.startswith("w.") and json.loads(file.read_text())["traceEvents"]


def test_the_older_way_and_a_decorator():
    @record_function("mine")
    def mine(x):
        return x + 1

    mine(torch.ones(2))
    with torch.autograd.profiler.profile(enabled=False) as measured:
        mine(torch.ones(2))
    assert not measured.function_events
    with torch.autograd.profiler.profile() as measured:
        mine(mine(torch.ones(2)))
    assert measured.key_averages()[0].key == "mine" and measured.key_averages()[0].count == 2
    assert "mine" in str(measured) and measured.total_average().count == 4


def test_in_place_views_draws_and_errors():
    x = torch.ones(4, 4)
    with profile() as measured:
        x.add_(1)
        x.copy_(torch.rand(4, 4))
        x.view(16)
        with pytest.raises(RuntimeError):
            x + torch.ones(3)
        with pytest.raises(RuntimeError):
            torch.ones(2, requires_grad=True).backward()
    names = averages(measured)
    assert {"aten::add", "aten::copy_", "aten::view"} <= names.keys()
    assert names["aten::add"].count == 2
    assert all(each.end >= each.start > 0 for each in measured.events())


def test_inside_a_trace_and_anomaly_detection():
    x = torch.ones(2, requires_grad=True)
    with torch.autograd.detect_anomaly(), profile() as measured:
        y = (x * 2).sum()
        y.backward()
    assert "MulBackward0" in averages(measured)
    np.testing.assert_array_equal(x.grad, [2, 2])


def test_a_compiled_function_is_one_row():
    @torch.compile(backend="numpy")
    def loss(x):
        return (x * 2).sin().sum()

    x = torch.ones(3, requires_grad=True)
    loss(x)
    with profile() as measured:
        loss(x).backward()
    (forward, backward) = measured.key_averages()
    assert forward.key.startswith("compiled::") and forward.key.endswith("loss")
    assert backward.key == "CompiledFunctionBackward0" and state.profiler is None
