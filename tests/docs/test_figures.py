"""The figures that a reader can move: their numbers are the engine's, and a keyboard moves them."""

import json
import os
import shutil
import xml.etree.ElementTree as ET

import numpy as np
import pytest

pytest.importorskip("tinygrad_mnist.mnist", exc_type=ImportError, reason="needs the extra mnist")

from tests.docs.pages import ROOT

STATIC = ROOT / "docs" / "_static"
CHAPTER = (ROOT / "docs" / "learn" / "04-the-tape.md").read_text("utf-8")
DATA = json.loads((STATIC / "figures-data.js").read_text("utf-8").partition("= ")[2].rstrip(";\n"))
PAGE = """<!doctype html><html lang="en"><title>Figures</title><main><h1>Figures</h1>
<link rel="stylesheet" href="{static}/site.css">
<script defer src="{static}/figures-data.js"></script><script defer src="{static}/figures.js"></script>
<figure class="drag-a-weight"><img src="still.svg" alt="A curve"></figure>
<figure class="step-the-tape"><img src="still.svg" alt="A tape"></figure></main></html>"""


def test_the_steps_show_the_numbers_of_the_program():
    pytest.importorskip("matplotlib", reason="needs the extra mnist")
    from docs.figures import interactive

    drawing, steps = interactive.steps_of_the_square()
    assert steps == DATA["tape"]["steps"]
    shown = ["".join(box.itertext()) for box in ET.fromstring(DATA["tape"]["svg"]) if len(box)]
    drawn = ["".join(box.itertext()) for box in ET.fromstring(drawing.svg) if len(box)]
    assert shown == drawn and len(shown) == 6
    for kind in ("values", "gradients"):
        assert sorted(name for step in steps for name in step[kind]) == sorted("wxbuvL")


@pytest.mark.parametrize("curve", DATA["weights"], ids=lambda curve: curve["name"])
def test_the_slopes_are_those_of_the_losses(curve):
    """The tape's slope at each place against differences of the losses around it."""
    weight, loss, slope = np.array(curve["rows"]).T
    by_difference = (loss[2:] - loss[:-2]) / (weight[2:] - weight[:-2])
    assert len(weight) == 121 and np.ptp(loss) > 0.1
    np.testing.assert_allclose(slope[1:-1], by_difference, atol=2e-3)


def test_the_chapter_has_both_with_a_still_picture_and_words_for_it():
    for name, picture in (
        ("drag-a-weight", "weight-and-loss"),
        ("step-the-tape", "tape-of-a-square"),
    ):
        figure = CHAPTER.partition(f"learn/{picture}.svg")[2].partition("```")[0]
        assert f":figclass: {name}" in figure and len(figure.partition(":alt: ")[2]) > 100
        ET.parse(ROOT / "docs" / "images" / "learn" / f"{picture}.svg")


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api")
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if path is None:
        pytest.skip("no browser is installed")
    as_root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=as_root)
        yield browser
        browser.close()


@pytest.fixture
def page(browser, tmp_path):
    """Both figures on a narrow screen; an error of a script fails the test."""
    (tmp_path / "page.html").write_text(PAGE.format(static=STATIC.as_uri()), "utf-8")
    page = browser.new_page(viewport={"width": 400, "height": 800})
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((tmp_path / "page.html").as_uri())
    page.wait_for_selector(".interactive")
    yield page
    page.close()
    assert not errors


SHOWN = """() => [...document.querySelectorAll(".tape g")].map((box) =>
    [...box.querySelectorAll("text")].filter((text) => getComputedStyle(text).visibility != "hidden")
    .map((text) => text.textContent).join(" "))"""


def test_the_tape_is_stepped_by_keys(page):
    page.get_by_role("button", name="Next step").focus()
    assert not any("gradient" in box for box in page.evaluate(SHOWN))
    assert sum("value" in box for box in page.evaluate(SHOWN)) == 3
    words = page.locator(".step-the-tape .words")
    for key in ("Enter", "Space", "ArrowRight", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    assert "14 for v" in words.inner_text()
    shown = page.evaluate(SHOWN)
    assert [box.split()[0] for box in shown if "gradient" in box] == ["v", "L"]
    active = page.locator(".tape .active").bounding_box()
    drawing = page.locator(".drawing").bounding_box()
    assert drawing["x"] <= active["x"] + 2
    assert active["x"] + active["width"] <= drawing["x"] + drawing["width"] + 2
    page.keyboard.press("ArrowLeft")
    assert "slope of L by itself" in words.inner_text()
    for _ in range(9):  # it stops at the end
        page.keyboard.press("ArrowRight")
    assert words.inner_text().startswith("8 of 8") and "42 for w" in words.inner_text()
    page.get_by_role("button", name="From the start").click()
    assert words.inner_text().startswith("1 of 8")
    page.emulate_media(media="print")
    assert all("gradient" in box for box in page.evaluate(SHOWN))


def test_a_weight_is_moved_by_keys(page):
    words = page.locator(".drag-a-weight .words")
    page.locator(".drag-a-weight input").focus()
    for key, place in (("Home", 0), ("ArrowRight", 1), ("End", 120)):
        page.keyboard.press(key)
        weight, loss, slope = DATA["weights"][0]["rows"][place]
        wanted = f"weight {weight:.2f}, loss {loss:.3f}, slope {slope:.3f}"
        assert words.inner_text().startswith(wanted)
    assert "a little less of it" in words.inner_text()
    page.locator(".drag-a-weight select").select_option("2")
    weight, loss, slope = DATA["weights"][2]["rows"][120]
    assert f"loss {loss:.3f}, slope {slope:.3f}" in words.inner_text()
    tangent, dot = page.locator(".tangent"), page.locator(".dot")
    ends = [float(tangent.get_attribute(f"x{i}")) for i in (1, 2)]
    assert np.isclose(sum(ends) / 2, float(dot.get_attribute("cx")))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(page, scheme):
    checker = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page.emulate_media(color_scheme=scheme)
    found = checker.run(page).response["violations"]
    assert not found, [(each["id"], each["nodes"][0]["html"]) for each in found]
