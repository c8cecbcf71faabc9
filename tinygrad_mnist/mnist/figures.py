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
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator, PercentFormatter

from tinygrad_mnist.formats.files import write_file
from tinygrad_mnist.mnist.measures import Answers, Calibration
from tinygrad_mnist.mnist.terminal import share
from tinygrad_mnist.mnist.training import Epoch

__all__ = [
    "DARK",
    "LIGHT",
    "Figure",
    "Theme",
    "compared",
    "confusion",
    "curves",
    "digits",
    "dressed",
    "first_layer",
    "learning_curves",
    "png",
    "reliability",
    "slopes",
    "spread",
]

Images = npt.NDArray[np.uint8]
DPI = 140
WIDTH = 11.0  # inches of a sheet of tiles


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
        return _colours("digits", self.paper, self.ink)

    @property
    def diverging(self) -> Colormap:
        """Orange below 0, paper at 0, blue above."""
        return _colours("diverging", self.orange, self.paper, self.blue)

    @property
    def rising(self) -> Colormap:
        """From paper to orange."""
        return _colours("rising", self.paper, self.orange)


def _colours(name: str, *colours: str) -> Colormap:
    return LinearSegmentedColormap.from_list(name, [to_rgb(colour) for colour in colours])


LIGHT = Theme(
    name="light",
    paper="#ffffff",
    ink="#1c2127",
    soft="#5c6570",
    line="#e4e6ea",
    blue="#2563ab",
    orange="#d9601a",
)
DARK = Theme(
    name="dark",
    paper="#16191e",
    ink="#e8eaed",
    soft="#a3abb6",
    line="#343a43",
    blue="#74acf5",
    orange="#f59a5b",
)


@contextmanager
def dressed(theme: Theme) -> Iterator[None]:
    """Give figures that are made inside the theme's colours.

    Args:
        theme: light or dark.
    """
    settings: dict[str, Any] = {
        "font.size": 11,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": theme.soft,
        "figure.facecolor": theme.paper,
        "axes.facecolor": theme.paper,
        "savefig.facecolor": theme.paper,
        "text.color": theme.ink,
        "axes.labelcolor": theme.ink,
        "axes.titlecolor": theme.ink,
        "xtick.color": theme.soft,
        "ytick.color": theme.soft,
        "xtick.labelcolor": theme.ink,
        "ytick.labelcolor": theme.ink,
        "figure.constrained_layout.use": True,
    }
    with plt.rc_context(cast(Any, settings)):
        yield


def png(figure: Figure) -> bytes:
    """A figure as a PNG file; the figure is closed.

    Args:
        figure: of matplotlib.

    Returns:
        The file's content.
    """
    file = io.BytesIO()
    figure.savefig(file, dpi=DPI, format="png")
    plt.close(figure)
    return file.getvalue()


def learning_curves(history: list[Epoch], path: Path) -> None:
    """Write the learning curves, in the light theme, as a picture.

    Args:
        history: the epochs, at least one.
        path: the PNG to write.
    """
    with dressed(LIGHT):
        write_file(path, png(curves(history, LIGHT)))


def curves(history: list[Epoch], theme: Theme) -> Figure:
    """The cost per epoch, and the error on training and test images.

    Args:
        history: the epochs, at least one.
        theme: light or dark.

    Returns:
        The figure.
    """
    figure, (costs, errors) = plt.subplots(1, 2, figsize=(11, 4.2))
    epochs = [epoch.number for epoch in history]
    marker = "o" if len(history) < 3 else None
    blue: dict[str, Any] = {"color": theme.blue, "marker": marker}
    orange: dict[str, Any] = {"color": theme.orange, "marker": marker, "linestyle": "--"}
    gray: dict[str, Any] = {"color": theme.soft, "marker": marker, "linestyle": ":"}

    costs.plot(epochs, [epoch.loss for epoch in history], **blue, label="training, dropout on")
    held_out = [epoch for epoch in history if epoch.validation_loss is not None]
    if held_out:
        numbers = [epoch.number for epoch in held_out]
        losses = [epoch.validation_loss for epoch in held_out]
        wrong = [1 - (epoch.validation_accuracy or 0) for epoch in held_out]
        costs.plot(numbers, losses, **gray, label="validation, dropout off")
        errors.plot(numbers, wrong, **gray, label="validation")
    test_losses = [epoch.test_loss for epoch in history]
    costs.plot(epochs, test_losses, **orange, label="test, dropout off")
    costs.set(title="Cost per epoch", xlabel="epoch", ylabel="cross-entropy (nats)", yscale="log")
    costs.yaxis.set_major_locator(LogLocator(subs=(1, 2, 3, 5)))
    costs.yaxis.set_major_formatter(lambda value, _: f"{value:.2g}")
    costs.yaxis.set_minor_locator(NullLocator())

    errors.plot(epochs, [1 - epoch.train_accuracy for epoch in history], **blue, label="training")
    errors.plot(epochs, [1 - epoch.test_accuracy for epoch in history], **orange, label="test")
    errors.set(
        title="Digits answered wrong", xlabel="epoch", ylabel="share of digits", ylim=(0, None)
    )
    errors.yaxis.set_major_formatter(PercentFormatter(1, decimals=1))
    for axes in (costs, errors):
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
        axes.grid(axis="y", color=theme.line, linewidth=0.8)
        axes.legend(frameon=False)
    return figure


def compared(runs: dict[str, list[Epoch]], theme: Theme) -> Figure:
    """The cost on test digits and the share of them answered wrong, a line for each run.

    Args:
        runs: the epochs of each run, by its name.
        theme: light or dark.

    Returns:
        The figure.
    """
    figure, (costs, errors) = plt.subplots(1, 2, figsize=(11, 4.2))
    shades = plt.get_cmap("viridis")(np.linspace(0.05, 0.85, len(runs)))
    for (name, history), shade in zip(runs.items(), shades, strict=True):
        epochs = [epoch.number for epoch in history]
        marker = "o" if len(history) < 3 else None
        costs.plot(epochs, [epoch.test_loss for epoch in history], color=shade, marker=marker)
        wrong = [1 - epoch.test_accuracy for epoch in history]
        errors.plot(epochs, wrong, color=shade, marker=marker, label=name)
    costs.set(title="Cost on test digits", xlabel="epoch", ylabel="cross-entropy (nats)")
    errors.set(title="Test digits answered wrong", xlabel="epoch", ylim=(0, None))
    errors.yaxis.set_major_formatter(PercentFormatter(1, decimals=1))
    for axes in (costs, errors):
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
        axes.grid(axis="y", color=theme.line, linewidth=0.8)
    errors.legend(frameon=False)
    return figure


def spread(values: dict[str, list[float]], theme: Theme) -> Figure:
    """Test accuracies of several variants: each seed a point, and the median.

    Args:
        values: the accuracies of each variant, by its name.
        theme: light or dark.

    Returns:
        The figure.
    """
    figure, axes = plt.subplots(figsize=(9, 1.2 + 0.5 * len(values)))
    for row, accuracies in enumerate(values.values()):
        axes.plot(accuracies, [row] * len(accuracies), "o", color=theme.blue, alpha=0.6)
        axes.plot([float(np.median(accuracies))], [row], "|", color=theme.orange, markersize=22)
    axes.set_yticks(range(len(values)), list(values))
    axes.set(ylim=(len(values) - 0.5, -0.5), xlabel="test accuracy; the stroke is the median")
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=1))
    axes.grid(axis="x", color=theme.line, linewidth=0.8)
    return figure


def digits(
    images: Images, found: Answers, which: Sequence[int], theme: Theme, columns: int = 10
) -> Figure:
    """Some digits, each with answer and confidence; of a wrong one, also the truth.

    Args:
        images: uint8 (n, 28, 28).
        found: the answers to them.
        which: the places of those to show.
        theme: light or dark.
        columns: digits in a row.

    Returns:
        The figure.
    """
    rows = max(1, -(-len(which) // columns))
    any_wrong = not all(found.right[index] for index in which)
    title_height = 0.44 if any_wrong else 0.26
    sheet = _Sheet(columns, [title_height] * rows)
    for place, index in enumerate(which):
        row, column = divmod(place, columns)
        sheet.image(row, column, images[index], theme.digits, 0, 255)
        title = f"{found.answer[index]} · {share(found.confidence[index])}"
        colour = theme.blue
        if not found.right[index]:
            title += f"\nit is {found.labels[index]}"
            colour = theme.orange
        sheet.title(row, column, title, colour)
    return sheet.figure


def confusion(found: Answers, theme: Theme) -> Figure:
    """Counts of truth against answer.

    Colour is for mistakes alone, which the diagonal would drown.

    Args:
        found: the answers.
        theme: light or dark.

    Returns:
        The figure.
    """
    counts = found.confusion
    wrong = found.confused
    most = wrong.max()
    figure, axes = plt.subplots(figsize=(7.4, 6.6))
    axes.imshow(wrong, cmap=theme.rising, vmin=0, vmax=max(1, most))
    for (truth, answer), count in np.ndenumerate(counts):
        is_right = truth == answer
        if is_right:
            corner = (answer - 0.5, truth - 0.5)
            axes.add_patch(Rectangle(corner, 1, 1, color=theme.line))
        colour = theme.ink if count else theme.soft
        if theme is DARK and not is_right and count > most * 0.6:
            colour = theme.paper
        axes.text(
            answer,
            truth,
            f"{count:,}" if count else "·",
            ha="center",
            va="center",
            fontsize=10.5,
            color=colour,
            weight="bold" if is_right else "normal",
        )
    axes.set(xlabel="answer", ylabel="truth", xticks=range(10), yticks=range(10))
    axes.set_title(f"{int(wrong.sum()):,} of {int(counts.sum()):,} answered wrong")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return figure


def reliability(found: Answers, theme: Theme) -> Figure:
    """Accuracy against confidence in bins, and how many answers each bin has.

    Guo et al. 2017, figure 1.

    Args:
        found: the answers.
        theme: light or dark.

    Returns:
        The figure.
    """
    measured = found.calibration()
    figure, (upper, lower) = plt.subplots(
        2, 1, figsize=(7.4, 6.6), sharex=True, height_ratios=(3, 1)
    )
    _accuracy_of_bins(upper, measured, theme)
    _count_of_bins(lower, measured, theme)
    for axes in (upper, lower):
        axes.grid(axis="y", color=theme.line, linewidth=0.8)
        axes.set_axisbelow(True)
    return figure


def _accuracy_of_bins(axes: Axes, measured: Calibration, theme: Theme) -> None:
    filled = measured.count > 0
    confidence = measured.confidence[filled]
    axes.bar(
        measured.edges[:-1][filled],
        measured.accuracy[filled],
        np.diff(measured.edges)[filled],
        align="edge",
        color=theme.blue,
        edgecolor=theme.paper,
        label="share answered right",
    )
    axes.plot(
        confidence,
        confidence,
        "_",
        color=theme.orange,
        markersize=16,
        markeredgewidth=3,
        label="mean confidence",
    )
    axes.plot([0, 1], [0, 1], "--", color=theme.soft, linewidth=1, label="perfectly calibrated")
    axes.set(ylabel="accuracy", ylim=(0, 1.02), xlim=(0, 1))
    axes.set_title(f"expected calibration error {measured.error:.2%}", pad=26)
    axes.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3)
    axes.yaxis.set_major_formatter(PercentFormatter(1))


def _count_of_bins(axes: Axes, measured: Calibration, theme: Theme) -> None:
    filled = measured.count > 0
    axes.bar(
        measured.edges[:-1][filled],
        measured.count[filled],
        np.diff(measured.edges)[filled],
        align="edge",
        color=theme.soft,
        edgecolor=theme.paper,
    )
    top = max(10, measured.count.max()) * 2
    axes.set(xlabel="confidence", ylabel="answers", yscale="log", ylim=(0.7, top))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.yaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(PercentFormatter(1))


def first_layer(
    weight: npt.NDArray[np.float32], theme: Theme, columns: int = 12, rows: int = 6
) -> Figure:
    """The weights of the units with the longest weight vectors, as images of 28x28.

    Args:
        weight: (units, 784).
        theme: light or dark.
        columns: units in a row.
        rows: of units, at most.

    Returns:
        The figure.
    """
    order = np.argsort(-np.linalg.norm(weight, axis=1), kind="stable")
    strongest = order[: columns * rows]
    sheet = _Sheet(columns, [0.0] * -(-len(strongest) // columns))
    for place, unit in enumerate(strongest):
        row, column = divmod(place, columns)
        # One extreme weight would leave all others pale.
        most = float(np.quantile(abs(weight[unit]), 0.99)) or 1
        image = weight[unit].reshape(28, 28)
        sheet.image(row, column, image, theme.diverging, -most, most)
    return sheet.figure


def slopes(
    images: Images, saliency: npt.NDArray[np.float32], names: Sequence[str], theme: Theme
) -> Figure:
    """Images above the gradients of their winning logits, with the digits' outline.

    Args:
        images: uint8 (n, 28, 28).
        saliency: (n, 28, 28).
        names: a title for each image.
        theme: light or dark.

    Returns:
        The figure.
    """
    columns = max(1, -(-len(images) // 2))
    sheet = _Sheet(columns, [0.26, 0, 0.26, 0])
    for place, (image, slope, name) in enumerate(zip(images, saliency, names, strict=True)):
        pair, column = divmod(place, columns)
        row = 2 * pair
        sheet.image(row, column, image, theme.digits, 0, 255)
        sheet.title(row, column, name, theme.ink)
        most = float(abs(slope).max()) or 1
        sheet.image(row + 1, column, slope, theme.diverging, -most, most)
        sheet.outline(row + 1, column, image, theme.soft)
    return sheet.figure


class _Sheet:
    """Square tiles in rows, on one axes (an axes for each tile costs a second a figure).

    All is in inches.

    Args:
        columns: tiles in a row.
        titles: the heights left free above each row.
    """

    def __init__(self, columns: int, titles: Sequence[float]) -> None:
        self.gap = 0.12
        self.side = WIDTH / columns - self.gap
        self.bottoms: list[float] = []
        for row in range(len(titles)):
            tiles = (row + 1) * (self.side + self.gap)
            self.bottoms.append(tiles + sum(titles[: row + 1]))
        self.height = self.bottoms[-1]
        self.figure = plt.figure(figsize=(WIDTH, self.height), layout="none")
        self.axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set(xlim=(0, WIDTH), ylim=(self.height, 0))
        self.axes.set_axis_off()

    def place(self, row: int, column: int) -> tuple[float, float, float, float]:
        """Left, right, bottom and top of a tile."""
        left = column * (self.side + self.gap) + self.gap / 2
        bottom = self.bottoms[row] - self.gap / 2
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
            image,
            cmap=colours,
            vmin=low,
            vmax=high,
            extent=self.place(row, column),
            aspect="auto",
            interpolation="nearest",
        )
        self.axes.set(xlim=(0, WIDTH), ylim=(self.height, 0))

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

    def outline(self, row: int, column: int, image: Images, colour: str) -> None:
        """Draw the edge of a digit's ink into a tile."""
        left, _, bottom, top = self.place(row, column)
        centres = (np.arange(28) + 0.5) * (bottom - top) / 28
        x = left + centres
        y = top + centres
        self.axes.contour(x, y, image, levels=[100], colors=[colour], linewidths=0.9)
