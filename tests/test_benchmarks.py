"""The measuring itself: what is too slow is named, and everything else goes on."""

import dataclasses
import json

import numpy as np
import pytest

pytest.importorskip("tinygrad_mnist.mnist", exc_type=ImportError, reason="needs the extra mnist")

from benchmarks import guard, page, report, suite
from benchmarks.cases import CASES, OURS, TORCH, Case, Rival
from benchmarks.guard import Check
from benchmarks.rivals import torch_style

NUMBERS = np.random.default_rng(0).random(30_000)


def once():
    return np.sin(NUMBERS)


def slower(factor):
    def run():
        for _ in range(factor):
            once()

    return run


def test_the_guard_sees_a_doubling_and_passes_what_is_as_ever(capsys):
    checks = [
        Check(str(factor), lambda factor=factor: slower(factor), lambda: once, 1.0)
        for factor in (1, 2)
    ]
    assert guard.failures(checks, seconds=0.1) == ["2"]
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines] == [["ok", "1:"], ["SLOW", "2:"], ["SLOW", "2:"]]


def test_the_guards_chain_does_the_arithmetic_of_ours():
    import tinygrad_mnist as torch

    x = torch.ones((), requires_grad=True)
    y = x
    for _ in range(500):
        y = y * 0.999
        y = y + x
    y.backward()
    np.testing.assert_allclose(guard.plain_chain()(), (y.item(), x.grad.item()), rtol=1e-4)


CHAIN = Case(
    "a chain", {OURS: Rival("torch_style.chain", {"framework": "tinygrad_mnist", "length": 10})}, ()
)


def test_a_rival_that_does_not_run_is_named_and_the_rest_goes_on():
    broken = Rival("torch_style.chain", {"framework": "no_such_framework"})
    found = suite.measure(
        dataclasses.replace(CHAIN, rivals={"broken": broken, **CHAIN.rivals}), 2, 1
    )
    assert found["broken"] == {
        "error": "not measured: ModuleNotFoundError: No module named 'no_such_framework'"
    }
    assert len(found[OURS]["values"]) == 2 and found[OURS]["median"] > 0


def test_a_rival_that_takes_too_long_is_stopped():
    long = Rival("torch_style.chain", {"framework": "tinygrad_mnist", "length": 10_000_000})
    worker = suite.Worker(long, CHAIN, 1, None)
    try:
        worker.patience = 0.2
        assert worker.error is None and worker.ask("run") == {"error": "stopped after 0.2 s"}
        assert worker.ask("run") == {}
    finally:
        worker.end()


def test_the_sweeps_programs_run():
    for options in ({"width": 8, "batch": 2}, {"batch": 3, "dropout": True}):
        torch_style.step("tinygrad_mnist", **options)()


def result(seconds):
    return {
        "median": seconds,
        "min": seconds / 2,
        "max": 2 * seconds,
        "values": [seconds],
        "peak_kb": 1500,
    }


def test_a_report_shows_ratios_reasons_and_figures(tmp_path):
    pytest.importorskip("matplotlib")
    epoch = {"floor": result(1.0), OURS: result(2.0), TORCH: {"error": "not measured: too slow"}}
    results = {
        "machine": suite.machine(1),
        "cases": {"epoch": epoch, "scalars": {OURS: result(1e-6), TORCH: result(2e-6)}},
        "sweeps": {"depth": {10: {OURS: result(1.0), TORCH: {"error": "stopped"}}}},
        "start": {"import": {OURS: 0.1}, "first step": {}},
    }
    report.write({**results, "cases": {"epoch": epoch}}, tmp_path)
    report.write(
        {**results, "cases": {"scalars": results["cases"]["scalars"]}}, tmp_path
    )  # adds to it
    text = (tmp_path / "results.md").read_text()
    for part in ("| tinygrad_mnist | 2 s | 1 s to 4 s |", "tinygrad_mnist over floor: 2.000 (wanted: at most 1.6)",
                 "| PyTorch | not measured: too slow |", "tinygrad_mnist over PyTorch: 0.500 (wanted: at most 0.75)",
                 "depth 10: tinygrad_mnist 1 s, 1.5 MB; PyTorch stopped", "| tinygrad_mnist | 100 ms |"):  # fmt: skip
        assert part in text
    assert {path.name for path in tmp_path.iterdir()} == {
        "results.json",
        "results.md",
        "benchmarks.png",
        "scaling.png",
    }
    assert json.loads((tmp_path / "results.json").read_text())["cases"].keys() <= CASES.keys()


def test_the_pages_say_what_is_kept_of_the_measurements():
    runs = json.loads(page.KEPT.read_text("utf-8"))
    for path in page.PAGES:
        text = path.read_text("utf-8")
        assert page.PLACE.search(text)
        assert page.filled(text, runs) == text, "python -m benchmarks page"


def test_a_table_has_ratios_of_every_run_and_marks_what_is_missed():
    ways = dict(zip(page.COLUMNS, (2.0, 1.8, 1.7, 1.2), strict=True))
    first = {"epoch": {**ways, "floor": 1.0, "JAX, jit": 2.0}}
    second = {"epoch": {**ways, "floor": 1.25, "JAX, jit": 2.0}}
    table = page.whole_table([first, second])
    assert "its matrix products alone | 1.60 to **2.00** | **1.44** to **1.80** |" in table
    assert "| 1.36 to **1.70** | 0.96 to 1.20 | 1.6, 1.3 |" in table
    assert "JAX, whole step under jit | 1.00 | 0.90 | 0.85 | 0.60 | 1, 0.85 |" in table
    assert "PyTorch, fused Adam" not in table  # it was not measured
