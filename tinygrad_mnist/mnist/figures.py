"""Figures of a run."""

from __future__ import annotations

import os
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.ticker import LogLocator, MaxNLocator, PercentFormatter

from tinygrad_mnist.mnist.training import Epoch

BLUE, ORANGE, GREEN, GRAY = "#2563ab", "#d9601a", "#2f8f4e", "#8a8f98"


def learning_curves(history: list[Epoch], path: Path) -> None:
    """The cost per epoch, and the error on training, validation and test images, as a picture."""
    epochs = [epoch.number for epoch in history]
    held_out = [epoch for epoch in history if epoch.validation_loss is not None]
    marker = "o" if len(epochs) < 3 else None
    with plt.rc_context({"axes.spines.top": False, "axes.spines.right": False, "font.size": 11}):
        figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
        left.plot(epochs, [e.loss for e in history], color=BLUE, marker=marker, label="training, dropout on")
        if held_out:
            numbers, losses = [e.number for e in held_out], [e.validation_loss for e in held_out]
            left.plot(numbers, losses, color=GREEN, marker=marker, label="validation, dropout off")
        left.plot(epochs, [e.test_loss for e in history], color=ORANGE, marker=marker, label="test, dropout off")
        left.set(title="Cost per epoch", xlabel="epoch", ylabel="cross-entropy (nats)", yscale="log")
        left.yaxis.set_major_locator(LogLocator(subs=(1, 2, 3, 5)))
        left.yaxis.set_major_formatter(lambda value, _: f"{value:.2g}")
        left.yaxis.set_minor_locator(plt.NullLocator())
        right.plot(epochs, [1 - e.train_accuracy for e in history], color=BLUE, marker=marker, label="training")
        if held_out:
            errors = [1 - (e.validation_accuracy or 0) for e in held_out]
            right.plot(numbers, errors, color=GREEN, marker=marker, label="validation")
        right.plot(epochs, [1 - e.test_accuracy for e in history], color=ORANGE, marker=marker, label="test")
        right.set(title="Digits answered wrong", xlabel="epoch", ylabel="share of digits", ylim=(0, None))
        right.yaxis.set_major_formatter(PercentFormatter(1, decimals=1))
        for axes in (left, right):
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
            axes.grid(axis="y", color="#e4e6ea", linewidth=0.8)
            axes.legend(frameon=False)
        partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
        figure.savefig(partial, dpi=140, format="png")
        os.replace(partial, path)
        plt.close(figure)
