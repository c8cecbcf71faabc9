"""Random programs of views, writes in place, hooks, retained gradients and copies, run on PyTorch and here, in step.

    python -m tests.lockstep [--programs 10000] [--seed 0]

Each program is a list of steps; every step is done in both frameworks. Where one of them refuses a step, so should
the other; at the end the gradients are the same, or both refuse. What is not the same is printed as a program that
can be run by itself.
"""

from __future__ import annotations

import argparse
import collections
import random
import sys
import warnings

import numpy as np
import torch

import tinygrad_mnist as tg

SHAPES = [(3,), (2, 3), (2, 1), (1, 3), (2, 2)]
LENGTH = 12  # steps of a program, at most


class Difference(Exception):
    """The two frameworks do not agree."""


class Program:
    """Steps as source text, with the variables that there are and their shapes."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.lines: list[str] = []
        self.count = 0

    def new(self) -> str:
        self.count += 1
        return f"x{self.count - 1}"

    def choose(self) -> str:
        return f"x{self.rng.randrange(self.count)}"

    def number(self) -> float:
        return self.rng.choice([-2.0, -1.0, 0.5, 2.0, 3.0])

    def step(self) -> str:
        """One more step."""
        kind = self.rng.choices(
            [self.make, self.view, self.write, self.hook, self.quiet], [4, 4, 5, 2, 2]
        )[0]
        return kind()

    def make(self) -> str:
        a, b = self.choose(), self.choose()
        form = self.rng.choice(
            [
                f"{a} * {self.number()}",
                f"{a} * {b}",
                f"{a} + {b}",
                f"{a}.sin()",
                f"{a}.clone()",
                f"{a} * 1",
                f"{a}.relu()",
            ]
        )
        return f"{self.new()} = {form}"

    def view(self) -> str:
        a = self.choose()
        form = self.rng.choice([
            f"{a}[0]", f"{a}[:1]", f"{a}[..., :2]", f"{a}[..., 1:]", f"{a}.view(-1)", f"{a}.t()", f"{a}.unsqueeze(0)", f"{a}[...]",
            f"{a}.detach()", f"{a}.expand(2, *{a}.shape)", f"{a}.reshape(-1)", f"{a}.transpose(0, -1)", f"{a}.diagonal(0, 0, -1)",
            f"{a}.squeeze()", f"{a}.view_as({a})", f"{a}.expand({a}.shape)", f"{a}.unbind(0)[0]", f"{a}.narrow(0, 0, 1)", f"{a}.select(-1, 0)",
            f"{a}.split(1)[0]", f"{a}.chunk(2)[-1]", f"{a}.movedim(0, -1)",
        ])  # fmt: skip
        return f"{self.new()} = {form}"

    def write(self) -> str:
        a, b, c = self.choose(), self.choose(), self.number()
        return self.rng.choice([
            f"{a}.mul_({c})", f"{a}.add_({b})", f"{a}.mul_({b})", f"{a}.copy_({b})", f"{a}[0] = {b}", f"{a}[..., 0] = {c}", f"{a}.zero_()",
            f"{a}.fill_({c})", f"{a}[:1] = {b}", f"{a}.t_()", f"{a}.unsqueeze_(0)", f"{a}.squeeze_()", f"{a}.transpose_(0, -1)", f"{a}.relu_()",
            f"{a}.sub_({b})", f"{a}.sin_()", f"{a} += {b}", f"{a}[0] *= {c}", f"{a}.masked_fill_({a} > 0, {c})",
        ])  # fmt: skip

    def hook(self) -> str:
        a, c = self.choose(), self.number()
        return self.rng.choice(
            [
                f"{a}.register_hook(lambda g: g * {c})",
                f"{a}.retain_grad()",
                f"{a}.register_hook(seen)",
                f"{a}.retain_grad()",
            ]
        )

    def quiet(self) -> str:
        # no views: PyTorch says that a view made under no_grad requires a gradient, and gives it none;
        # and no other shape: what a leaf's gradient is then depends on the views that there are
        line = self.rng.choice([self.write, self.make])()
        while any(name in line for name in ("t_()", "squeeze_(", "transpose_(")):
            line = self.write()
        return f"with no_grad(): {line}"


def compact(error: BaseException) -> str:
    return type(error).__name__


def number_of(lines: list[str]) -> int:
    return 1 + max(
        int(word[1:])
        for line in lines
        for word in line.replace(".", " ").split()
        if word[:1] == "x" and word[1:].isdigit()
    )


class Machine:
    """One of the frameworks, and its variables."""

    def __init__(self, library, leaves) -> None:
        self.log = []
        self.variables = {"no_grad": library.no_grad, "seen": self.seen}
        for i, (values, wanted) in enumerate(leaves):
            self.variables[f"x{i}"] = library.tensor(
                values, dtype=library.float64, requires_grad=wanted
            )

    def seen(self, g) -> None:
        self.log.append(np.array(g.tolist()))

    def run(self, line: str) -> str | None:
        """What went wrong, or nothing."""
        try:
            exec(line, {}, self.variables)
        except Exception as error:
            return compact(error)
        return None


def value(x):
    return None if x is None else np.array(x.tolist(), dtype=float).reshape(tuple(x.shape))


def same(a, b) -> bool:
    if a is None or b is None:
        return a is None and b is None
    return a.shape == b.shape and np.allclose(a, b, 1e-9, 1e-12, equal_nan=True)


def facts(machine: Machine, name: str):
    x = machine.variables.get(name)
    if x is None:
        return None
    try:
        return tuple(x.shape), bool(x.requires_grad), bool(x.is_leaf)
    except RuntimeError:  # a view whose history PyTorch no longer knows
        return tuple(x.shape), "lost"


def play(rng: random.Random, outcomes: collections.Counter[str], seed: int) -> None:
    leaves = []
    for _ in range(rng.randint(1, 3)):
        shape = rng.choice(SHAPES)
        values = np.round(np.random.default_rng(rng.randrange(2**31)).uniform(-2, 2, shape), 2)
        leaves.append((values, rng.random() < 0.8))
    program = Program(rng)
    program.count = len(leaves)
    ours, theirs = Machine(tg, leaves), Machine(torch, leaves)
    lines = []

    def fail(what: str) -> None:
        listing = "\n".join(lines)
        raise Difference(
            f"seed {seed}: {what}\nleaves: {[(v.tolist(), w) for v, w in leaves]}\n{listing}"
        )

    for _ in range(rng.randint(3, LENGTH)):
        before = program.count
        line = program.step()
        mine, other = ours.run(line), theirs.run(line)
        if mine or other:
            program.count = before
            for machine in (ours, theirs):
                machine.variables.pop(f"x{before}", None)
            if not (mine and other):
                outcomes[f"only {'ours' if mine else 'PyTorch'} refuses a step"] += 1
                return  # from here on they are in different states
            continue
        lines.append(line)
        for name in [f"x{i}" for i in range(program.count)]:
            if "lost" in (facts(theirs, name) or ()):
                outcomes["PyTorch has lost a history"] += 1
                return
            if facts(ours, name) != facts(theirs, name):
                fail(
                    f"{name} is {facts(ours, name)} here and {facts(theirs, name)} in PyTorch after {line!r}"
                )
            if not same(value(ours.variables[name]), value(theirs.variables[name])):
                if "_(x" in line or "=" in line:
                    outcomes["a write from memory that overlaps"] += 1
                    return
                fail(f"{name} has other values after {line!r}")
    names = [f"x{i}" for i in range(program.count)]
    chosen = [name for name in names if ours.variables[name].requires_grad]
    if not chosen:
        outcomes["no gradient"] += 1
        return
    roots = rng.sample(chosen, min(len(chosen), rng.randint(1, 3)))
    loss = "loss = " + " + ".join(
        f"({name} * {rng.choice([1.0, 2.0, -3.0])}).sum()" for name in roots
    )
    if rng.random() < 0.3:
        wanted = rng.sample(chosen, min(len(chosen), 2))
        end = f"loss.backward(inputs=[{', '.join(wanted)}])"
    else:
        end = "loss.backward()"
    lines += [loss, end]
    problems = []
    for machine in (ours, theirs):
        problems.append(machine.run(loss) or machine.run(end))
    if problems[0] and problems[1]:
        outcomes["both refuse"] += 1
        return
    if problems[0]:
        outcomes["only ours refuses"] += 1
        return
    if problems[1]:
        outcomes["only PyTorch refuses"] += 1
        return
    reshaped = any(name in line for line in lines for name in ("t_()", "squeeze_(", "transpose_("))
    quiet = any("no_grad" in line for line in lines)
    written = any(
        "_(" in line or "] =" in line or " += " in line or " *= " in line for line in lines
    )
    for name in names:
        mine, other = (machine.variables[name] for machine in (ours, theirs))
        if reshaped and not theirs.variables[name].is_leaf:
            continue  # what a view of it leads to after `t_` is the tensor there, and what it was here
        if quiet and theirs.variables[name]._is_view():
            continue  # after a write a view of a view leads to the base at once there, by the view here
        if not same(value(mine.grad), value(other.grad)):
            fail(f"{name}.grad is {value(mine.grad)} here and {value(other.grad)} in PyTorch")
    logs = [sorted(machine.log, key=repr) for machine in (ours, theirs)]
    alike = len(logs[0]) == len(logs[1]) and all(map(same, *logs))
    # a hook of a view that was written is on the way here, and passed by in PyTorch
    if not alike and not (written or reshaped or quiet):
        fail(f"hooks saw {ours.log} here and {theirs.log} in PyTorch")
    outcomes["same"] += 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", type=int, default=10, help="how many differences are printed")
    options = parser.parse_args()
    outcomes: collections.Counter[str] = collections.Counter()
    differences = 0
    warnings.simplefilter("ignore")
    for seed in range(options.seed, options.seed + options.programs):
        try:
            play(random.Random(seed), outcomes, seed)
        except Difference as difference:
            differences += 1
            if differences <= options.show:
                print(difference, "\n")
    print(f"{options.programs} programs: {dict(outcomes)}, {differences} different")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
