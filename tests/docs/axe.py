"""axe-core on every kind of page of the built site: `make docs && python -m tests.docs.axe`.

In light and dark, on a desktop and on a phone; no page may ask anything of another host, nor be
wider than its window. Without a browser it says so and ends well: CI installs one.
"""

import itertools
import os
import shutil
import sys

from tests.docs.pages import ROOT

SITE = ROOT / "docs" / "_build" / "html"
PAGES = [
    "index.html",
    "learn/index.html",
    "learn/04-the-tape.html",
    "learn/07-optimizers.html",
    "howto/read-the-tape.html",
    "reference/nn.utils.html",
    "performance.html",
    "mistakes.html",
    "search.html?q=tensor",
]
SIZES = [(1366, 900), (390, 844)]


def main() -> int:
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    browser = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
    if browser is None:
        print("No browser is installed: the site is not looked at.")
        return 0
    as_root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    wrong: list[str] = []
    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=browser, args=as_root)
        for scheme, (width, height) in itertools.product(("light", "dark"), SIZES):
            size = {"width": width, "height": height}
            page = running.new_page(viewport=size, color_scheme=scheme)
            page.on("request", lambda asked: wrong.extend(elsewhere(asked.url)))
            for name in PAGES:
                page.goto(f"{SITE.as_uri()}/{name}")
                page.wait_for_timeout(300)
                found = Axe().run(page).response["violations"]
                wrong += [
                    f"{name}, {scheme}, {width}: {each['id']}: {place(each)}" for each in found
                ]
                if page.evaluate("document.documentElement.scrollWidth") > width:
                    wrong.append(f"{name}, {width}: wider than its window")
            page.close()
    for line in wrong:
        print(line)
    print(f"{len(PAGES) * len(SIZES) * 2} views, {len(wrong)} findings")
    return 1 if wrong else 0


def place(violation) -> str:
    """Where a violation is found first."""
    return violation["nodes"][0]["html"][:120]


def elsewhere(url: str) -> list[str]:
    """A finding, if the address is not on this machine's disk."""
    return [] if url.startswith(("file:", "data:")) else [f"asks for {url}"]


if __name__ == "__main__":
    sys.exit(main())
