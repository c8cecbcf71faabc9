"""Figures of a run and of a network's answers, in a light and a dark dress."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import matplotlib

matplotlib.use("Agg")
import numpy as np
import numpy.typing as npt
from matplotlib import pyplot as plt
from matplotlib.colors import Colormap, LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, PercentFormatter

from tinygrad_mnist.formats.files import write_file
from tinygrad_mnist.mnist.measures import Answers
from tinygrad_mnist.mnist.training import Epoch

Images = npt.NDArray[np.uint8]
DPI = 140


@dataclass(frozen=True)
class Theme:
    """The colours of a figure. Blue and orange are told apart by every kind of colour vision."""

    name: str
    paper: str
    ink: str
    soft: str
    line: str
    blue: str
    orange: str

    @property
    def digits(self) -> Colormap:
        """For images: paper and ink as the text has them."""
        return LinearSegmentedColormap.from_list("digits", [to_rgb(self.paper), to_rgb(self.ink)])

    @property
    def diverging(self) -> Colormap:
        """Orange below 0, paper at 0, blue above."""
        return LinearSegmentedColormap.from_list(
            "diverging", [to_rgb(c) for c in (self.orange, self.paper, self.blue)]
        )

    @property
    def rising(self) -> Colormap:
        """From paper to orange."""
        return LinearSegmentedColormap.from_list(
            "rising", [to_rgb(self.paper), to_rgb(self.orange)]
        )


LIGHT = Theme("light", "#ffffff", "#1c2127", "#5c6570", "#e4e6ea", "#2563ab", "#d9601a")
DARK = Theme("dark", "#16191e", "#e8eaed", "#a3abb6", "#343a43", "#74acf5", "#f59a5b")


@contextmanager
def dressed(theme: Theme) -> Iterator[None]:
    """Figures that are made inside have the theme's colours."""
    settings: dict[str, Any] = {
        "font.size": 11, "axes.spines.top": False, "axes.spines.right": False, "axes.edgecolor": theme.soft,
        "figure.facecolor": theme.paper, "axes.facecolor": theme.paper, "savefig.facecolor": theme.paper,
        "text.color": theme.ink, "axes.labelcolor": theme.ink, "axes.titlecolor": theme.ink,
        "xtick.color": theme.soft, "ytick.color": theme.soft, "xtick.labelcolor": theme.ink,
        "ytick.labelcolor": theme.ink, "figure.constrained_layout.use": True,
    }  # fmt: skip
    with plt.rc_context(cast(Any, settings)):
        yield


def png(figure: Figure) -> bytes:
    """The figure as a PNG file's content; the figure is closed."""
    file = io.BytesIO()
    figure.savefig(file, dpi=DPI, format="png")
    plt.close(figure)
    return file.getvalue()


def share(p: float) -> str:
    """A probability in percent; what is not certain is not printed as 100.0%."""
    return ">99.9%" if p >= 0.9995 else f"{p:.1%}"


def learning_curves(history: list[Epoch], path: Path) -> None:
    """The cost per epoch, and the error on training and test images, as a picture."""
    with dressed(LIGHT):
        write_file(path, png(curves(history, LIGHT)))


def curves(history: list[Epoch], theme: Theme) -> Figure:
    """The cost per epoch, and the error on training and test images."""
    epochs = [epoch.number for epoch in history]
    held_out = [epoch for epoch in history if epoch.validation_loss is not None]
    marker = "o" if len(epochs) < 3 else None
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2))
    blue = dict(color=theme.blue, marker=marker)
    orange = dict(color=theme.orange, marker=marker, linestyle="--")
    left.plot(epochs, [e.loss for e in history], **blue, label="training, dropout on")
    if held_out:
        gray = dict(color=theme.soft, marker=marker, linestyle=":")
        numbers, losses = [e.number for e in held_out], [e.validation_loss for e in held_out]
        left.plot(numbers, losses, **gray, label="validation, dropout off")
        right.plot(
            numbers,
            [1 - (e.validation_accuracy or 0) for e in held_out],
            **gray,
            label="validation",
        )
    left.plot(epochs, [e.test_loss for e in history], **orange, label="test, dropout off")
    left.set(title="Cost per epoch", xlabel="epoch", ylabel="cross-entropy (nats)", yscale="log")
    left.yaxis.set_major_locator(LogLocator(subs=(1, 2, 3, 5)))
    left.yaxis.set_major_formatter(lambda value, _: f"{value:.2g}")
    left.yaxis.set_minor_locator(plt.NullLocator())
    right.plot(epochs, [1 - e.train_accuracy for e in history], **blue, label="training")
    right.plot(epochs, [1 - e.test_accuracy for e in history], **orange, label="test")
    right.set(
        title="Digits answered wrong", xlabel="epoch", ylabel="share of digits", ylim=(0, None)
    )
    right.yaxis.set_major_formatter(PercentFormatter(1, decimals=1))
    for axes in (left, right):
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
        axes.grid(axis="y", color=theme.line, linewidth=0.8)
        axes.legend(frameon=False)
    return figure


def digits(
    images: Images, found: Answers, which: Sequence[int], theme: Theme, columns: int = 10
) -> Figure:
    """The digits at the places `which`, each with answer and confidence; of a wrong one, also the truth."""
    rows = max(1, -(-len(which) // columns))
    wrong = [i for i in which if not found.right[i]]
    sheet = _Sheet(columns, [0.44 if wrong else 0.26] * rows)
    for place, i in enumerate(which):
        row, column = divmod(place, columns)
        sheet.image(row, column, images[i], theme.digits, 0, 255)
        title = f"{found.answer[i]} · {share(found.confidence[i])}"
        if found.right[i]:
            sheet.title(row, column, title, theme.blue)
        else:
            sheet.title(row, column, f"{title}\nit is {found.labels[i]}", theme.orange)
    return sheet.figure


def confusion(found: Answers, theme: Theme) -> Figure:
    """Counts of truth against answer; colour is for mistakes alone, which the diagonal would drown."""
    counts = found.confusion
    wrong = counts - np.diag(counts.diagonal())
    figure, axes = plt.subplots(figsize=(7.4, 6.6))
    axes.imshow(wrong, cmap=theme.rising, vmin=0, vmax=max(1, wrong.max()))
    for (truth, answer), n in np.ndenumerate(counts):
        right = truth == answer
        if right:
            axes.add_patch(plt.Rectangle((answer - 0.5, truth - 0.5), 1, 1, color=theme.line))
        deep = not right and n > wrong.max() * 0.6
        axes.text(
            answer, truth, f"{n:,}" if n else "·", ha="center", va="center", fontsize=10.5,
            color=theme.paper if deep and theme is DARK else theme.ink if n else theme.soft,
            weight="bold" if right else "normal",
        )  # fmt: skip
    axes.set(xlabel="answer", ylabel="truth", xticks=range(10), yticks=range(10))
    axes.set_title(f"{int(wrong.sum()):,} of {int(counts.sum()):,} answered wrong")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return figure


def reliability(found: Answers, theme: Theme) -> Figure:
    """Accuracy against confidence in bins, and how many answers each bin has (Guo et al. 2017, figure 1)."""
    measured = found.calibration()
    left, width = measured.edges[:-1], np.diff(measured.edges)
    filled = measured.count > 0
    figure, (upper, lower) = plt.subplots(
        2, 1, figsize=(7.4, 6.6), sharex=True, height_ratios=(3, 1)
    )
    upper.bar(left[filled], measured.accuracy[filled], width[filled], align="edge", color=theme.blue,
              edgecolor=theme.paper, label="share answered right")  # fmt: skip
    upper.plot(measured.confidence[filled], measured.confidence[filled], "_", color=theme.orange, markersize=16,
               markeredgewidth=3, label="mean confidence")  # fmt: skip
    upper.plot([0, 1], [0, 1], "--", color=theme.soft, linewidth=1, label="perfectly calibrated")
    upper.set(ylabel="accuracy", ylim=(0, 1.02), xlim=(0, 1))
    upper.set_title(f"expected calibration error {measured.error:.2%}", pad=26)
    upper.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3)
    upper.yaxis.set_major_formatter(PercentFormatter(1))
    lower.bar(
        left[filled],
        measured.count[filled],
        width[filled],
        align="edge",
        color=theme.soft,
        edgecolor=theme.paper,
    )
    lower.set(
        xlabel="confidence",
        ylabel="answers",
        yscale="log",
        ylim=(0.7, max(10, measured.count.max()) * 2),
    )
    lower.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    lower.yaxis.set_minor_locator(plt.NullLocator())
    lower.xaxis.set_major_formatter(PercentFormatter(1))
    for axes in (upper, lower):
        axes.grid(axis="y", color=theme.line, linewidth=0.8)
        axes.set_axisbelow(True)
    return figure


def first_layer(
    weight: npt.NDArray[np.float32], theme: Theme, columns: int = 12, rows: int = 6
) -> Figure:
    """The weights (units, 784) of the units with the longest weight vectors, as images of 28x28."""
    strongest = np.argsort(-np.linalg.norm(weight, axis=1), kind="stable")[: columns * rows]
    rows = -(-len(strongest) // columns)
    sheet = _Sheet(columns, [0.0] * rows)
    for place, unit in enumerate(strongest):
        # One extreme weight would leave all others pale.
        top = float(np.quantile(abs(weight[unit]), 0.99)) or 1
        sheet.image(
            *divmod(place, columns), weight[unit].reshape(28, 28), theme.diverging, -top, top
        )
    return sheet.figure


def slopes(
    images: Images, saliency: npt.NDArray[np.float32], names: Sequence[str], theme: Theme
) -> Figure:
    """Images above the gradients of their winning logits, with the digits' outline."""
    columns = max(1, -(-len(images) // 2))
    sheet = _Sheet(columns, [0.26, 0] * 2)
    for i, (image, slope, name) in enumerate(zip(images, saliency, names, strict=True)):
        row, column = i // columns * 2, i % columns
        sheet.image(row, column, image, theme.digits, 0, 255)
        sheet.title(row, column, name, theme.ink)
        most = float(abs(slope).max()) or 1
        sheet.image(row + 1, column, slope, theme.diverging, -most, most)
        left, _, bottom, top = sheet.place(row + 1, column)
        centres = (np.arange(28) + 0.5) * (bottom - top) / 28
        sheet.axes.contour(
            left + centres, top + centres, image, levels=[100], colors=[theme.soft], linewidths=0.9
        )
    return sheet.figure


class _Sheet:
    """Square tiles in rows, on one axes (an axes for each tile costs a second a figure). All in inches.

    `titles` are the heights left free above each row.
    """

    def __init__(self, columns: int, titles: Sequence[float]) -> None:
        self.columns, self.gap, width = columns, 0.12, 11.0
        self.side = width / columns - self.gap
        self.bottoms = [
            (i + 1) * (self.side + self.gap) + sum(titles[: i + 1]) for i in range(len(titles))
        ]
        self.figure = plt.figure(figsize=(width, self.bottoms[-1]), layout="none")
        self.axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set(xlim=(0, width), ylim=(self.bottoms[-1], 0))
        self.axes.set_axis_off()

    def place(self, row: int, column: int) -> tuple[float, float, float, float]:
        """Left, right, bottom and top of a tile."""
        left, bottom = (
            column * (self.side + self.gap) + self.gap / 2,
            self.bottoms[row] - self.gap / 2,
        )
        return left, left + self.side, bottom, bottom - self.side

    def image(
        self,
        row: int,
        column: int,
        image: npt.NDArray[Any],
        colours: Colormap,
        low: float,
        high: float,
    ) -> None:
        """Draw an image into a tile."""
        self.axes.imshow(
            image, cmap=colours, vmin=low, vmax=high, extent=self.place(row, column), aspect="auto",
            interpolation="nearest",
        )  # fmt: skip
        self.axes.set(xlim=(0, 11), ylim=(self.bottoms[-1], 0))

    def title(self, row: int, column: int, text: str, colour: str) -> None:
        """Write above a tile."""
        left, right, _, top = self.place(row, column)
        self.axes.text(
            (left + right) / 2,
            top - 0.05,
            text,
            color=colour,
            fontsize=10.5,
            ha="center",
            va="bottom",
        )
