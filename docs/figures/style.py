"""How the figures of the chapters look: no background, colours that read on white and on black."""

from pathlib import Path

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt

FOLDER = Path(__file__).parent.parent / "images" / "learn"
BLUE, ORANGE, GREEN, PURPLE, GREY = "#3f86d8", "#e07b2e", "#3aa06a", "#9a6bd0", "#808891"


def figure(width, height, rows=1, columns=1):
    """A figure and its axes, without a background."""
    plt.rcParams.update(
        {
            "svg.hashsalt": "figures",
            "svg.fonttype": "path",
            "font.size": 10,
            "text.color": GREY,
            "axes.labelcolor": GREY,
            "axes.edgecolor": GREY,
            "xtick.color": GREY,
            "ytick.color": GREY,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "legend.frameon": False,
        }
    )
    return plt.subplots(rows, columns, figsize=(width, height), layout="constrained")


def save(name):
    """Write the current figure as SVG: the same bytes at every run."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    plt.savefig(FOLDER / f"{name}.svg", transparent=True, metadata={"Date": None, "Creator": None})
    plt.close()
