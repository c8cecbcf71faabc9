"""What the site must hold: every public name, every formula, stops that are where they are said."""

import importlib
import inspect
import re

import pytest

import tinygrad_mnist

pytest.importorskip("tinygrad_mnist.mnist", exc_type=ImportError, reason="needs the extra mnist")

from docs._extensions import reference_pages
from docs.experiments import tables
from tests.docs.pages import ROOT

FORMULAS = [
    "forward-propagation-of-one-example",
    "relu-and-its-intuition",
    "the-feature-matrix",
    "forward-propagation-of-many-examples",
    "softmax",
    "the-total-loss",
    "back-propagation-in-five-steps",
    "the-updates",
]
CHAPTERS = sorted((ROOT / "docs" / "learn").glob("[0-9]*.md"))


@pytest.mark.parametrize("formula", FORMULAS)
def test_every_formula_of_the_first_projects_list_has_its_place(formula):
    places = [path for path in CHAPTERS if f"\n({formula})=\n" in path.read_text("utf-8")]
    index = (ROOT / "docs" / "learn" / "index.md").read_text("utf-8")
    assert len(places) == 1 and f"{{ref}}`{formula}`" in index


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_says_what_for_and_has_exercises_with_answers(chapter):
    text = chapter.read_text("utf-8")
    assert "**What you will be able to do:**" in text
    exercises = text.partition("## Exercises")[2]
    questions = re.findall(r"^\*\*\d\.\*\*", exercises, re.MULTILINE)
    assert questions and len(questions) == exercises.count("{dropdown} Answer")
    assert f"\n{chapter.stem}\n" in (ROOT / "docs" / "learn" / "index.md").read_text("utf-8")


def test_twelve_chapters():
    assert len(CHAPTERS) == 12


def public(module, seen):
    """Every function and class that a program reaches from the package by public names."""
    for name in module.__all__:
        each = getattr(module, name)
        if inspect.ismodule(each):
            if each not in seen and hasattr(each, "__all__"):
                seen.add(each)
                yield from public(each, seen)
        elif reference_pages.is_explained(each) and each is not tinygrad_mnist.Tensor:
            yield each


def test_the_reference_has_every_public_name(tmp_path):
    reference_pages.write(tmp_path / "reference")
    written = "\n".join(path.read_text("utf-8") for path in (tmp_path / "reference").glob("*.rst"))
    shown = set()
    for name in re.findall(r":: ([\w.]+)", written):
        place, _, last = name.rpartition(".")
        if place != "tinygrad_mnist.Tensor":
            shown.add(id(getattr(importlib.import_module(place), last)))
    wanted = list(public(tinygrad_mnist, set()))
    missing = sorted(
        {f"{each.__module__}.{each.__qualname__}" for each in wanted if id(each) not in shown}
    )
    assert len(wanted) > 1000 and not missing


STOP = re.compile(r"^\| \d+ \| \[[^\]]+\]\(\.\./([^)]+)\) \| [^|]+ \| `([^`]+)`", re.MULTILINE)


def test_the_stops_of_the_reading_guide_are_there():
    stops = STOP.findall((ROOT / "docs" / "reading.md").read_text("utf-8"))
    assert len(stops) == 10
    for path, line in stops:
        assert line in (ROOT / path).read_text("utf-8"), (path, line)


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_the_tables_say_what_the_runs_came_to(chapter):
    text = chapter.read_text("utf-8")
    assert tables.filled(text) == text, "python -m docs.experiments.tables"
