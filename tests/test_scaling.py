"""The cost model of `benchmarks scaling`, against costs that are known."""

from itertools import pairwise

import pytest

from benchmarks import scaling
from benchmarks.scaling import MEGABYTE, Network, allreduce, buckets, fitted, halving, ring, tree

SLOW = Network(latency=1e-4, bandwidth=1e9)
MEASURED = {
    "batch": 100,
    "parameters": 250_000,
    "seconds_by_batch": {"50": 0.006, "100": 0.011},
    # two layers: the later one's gradient is whole at half of the backward pass
    "gradients": [[MEGABYTE, 0.005, 0.010], [500_000, 0.010, 0.010]],
}


def test_what_messages_cost():
    assert ring(1e6, 4, SLOW) == pytest.approx(6 * (1e-4 + 0.25e-3))
    assert tree(1e6, 4, SLOW) == pytest.approx(2 * (1e-4 + 1e-3))
    assert tree(1e6, 5, SLOW) == pytest.approx(3 * (1e-4 + 1e-3))
    assert halving(1e6, 4, SLOW) == pytest.approx(4e-4 + 1.5e-3)
    assert allreduce(1e6, 1, SLOW) == 0
    assert allreduce(8, 64, SLOW) == tree(8, 64, SLOW)  # short: the fewest messages
    assert allreduce(1e9, 64, SLOW) == halving(1e9, 64, SLOW)  # long: the fewest bytes


def test_a_network_is_found_again_from_its_messages():
    sizes = [2**power for power in range(4, 24, 2)]
    found = fitted({str(size): tree(size, 2, SLOW) for size in sizes})
    assert found.latency == pytest.approx(SLOW.latency)
    assert found.bandwidth == pytest.approx(SLOW.bandwidth)


def test_buckets_are_those_of_distributed_data_parallel():
    """The first is closed once it has 1 MiB; one that is whole is sent when all of it is."""
    import tinygrad_mnist as torch
    from tinygrad_mnist.nn.parallel.distributed import _in_buckets

    sizes = [10, 300_000, 5, 400_000, 100, 7_000_000, 3]
    parameters = [torch.zeros(size) for size in reversed(sizes)]
    theirs = [bucket.flat.nbytes for bucket in _in_buckets(parameters, 25 * MEGABYTE)]
    gradients = [[4 * size, at, 10] for at, size in enumerate(sizes, 1)]
    assert [size for size, _ in buckets(gradients)] == theirs
    assert [at for _, at in buckets(gradients)] == [0.2, 0.6, 0.7]
    assert buckets([[8, 9, 10], [8, 3, 10]]) == [(16, 0.9)]


def test_a_step_hides_what_travels_early():
    fast = Network(0, 1e12)
    assert scaling.step_seconds(MEASURED, 1, SLOW, 100) == pytest.approx(0.011)
    assert scaling.step_seconds(MEASURED, 8, fast, 100) == pytest.approx(0.011, rel=1e-3)
    # the first bucket travels in the second half of the backward pass; the second one shows whole
    middling = Network(0, 4e8)
    shown = allreduce(500_000, 2, middling)
    assert allreduce(MEGABYTE, 2, middling) < 0.005
    assert scaling.step_seconds(MEASURED, 2, middling, 100) == pytest.approx(0.011 + shown)
    halved = scaling.step_seconds(MEASURED, 2, middling, 100, share=0.5)
    assert halved == pytest.approx(0.011 + shown / 2)


def test_more_nodes_pay_less_and_less():
    shares = [scaling.efficiency(MEASURED, nodes, SLOW) for nodes in scaling.NODES]
    assert shares[0] == 1 and all(a >= b for a, b in pairwise(shares))
    assert scaling.best_of_one_batch(MEASURED, Network(1.0, 1e9)) == 1
    best = [scaling.best_of_one_batch(MEASURED, Network(each, 1e15)) for each in (1e-2, 1e-3, 1e-5)]
    assert best[0] < best[1] <= best[2]


def test_tables_and_figure_come_from_the_measurement(tmp_path):
    pytest.importorskip("matplotlib")
    speeds = {"float32": 1000.0, "float16": 900.0, "none": 2000.0}
    one = {"ranks": 1, "batch": 100, "networks": {"digit network": MEASURED}}
    two = {"ranks": 2, "batch": 100, "messages": {"8": 1e-5, "800000": 1e-3}}
    jobs = [{**one, "images_per_second": speeds}, {**two, "images_per_second": speeds}]
    found = {"cores": 2, "jobs": jobs}
    page = tmp_path / "page.md"
    page.write_text(f"before\n{scaling.BEGIN}\nold\n{scaling.END}\nafter\n", "utf-8")
    scaling.write_into(page, scaling.tables(found))
    text = page.read_text("utf-8")
    assert "old" not in text and text.startswith("before") and text.endswith("after\n")
    assert "| 2 | 1,000 | 1.00 | 900 | 2,000 |" in text
    scaling.figure(found, tmp_path / "figure.png")
    assert (tmp_path / "figure.png").read_bytes()[:4] == b"\x89PNG"
    page.write_text("nothing", "utf-8")
    with pytest.raises(SystemExit, match="got no marks"):
        scaling.write_into(page, "")
