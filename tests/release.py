"""Prepare a release; a person looks at what it did, and publishes.

    python -m tests.release --check     version, changelog, citation and links agree
    python -m tests.release 0.3.0       writes the version and today's date wherever they stand,
                                        cuts the changelog, builds, and tries what was built

Nothing is committed, tagged or uploaded: the commands for that are printed.
"""

from __future__ import annotations

import argparse
import datetime
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
VERSION_FILE = ROOT / "tinygrad_mnist" / "torch_shims" / "version.py"
CHANGELOG = ROOT / "CHANGELOG.md"
CITATION = ROOT / "CITATION.cff"
DIFFERENCES = ROOT / "docs" / "differences.md"
HEADING = re.compile(r"^## \[([\d.]+)\] - (\d{4}-\d\d-\d\d)$", re.MULTILINE)


def read(path: Path) -> str:
    """A file's text."""
    return path.read_text(encoding="utf-8")


def current() -> str:
    """The version that the package says."""
    found = re.search(r'^VERSION = "([^"]+)"$', read(VERSION_FILE), re.MULTILINE)
    assert found, f"{VERSION_FILE}: no line VERSION = "
    return found[1]


def repository() -> str:
    """The address that pyproject.toml gives."""
    project = tomllib.loads(read(ROOT / "pyproject.toml"))["project"]
    return str(project["urls"]["Source"])


def complaints() -> list[str]:
    """What does not agree with the version; one line each."""
    version = current()
    found = []
    releases = HEADING.findall(read(CHANGELOG))
    if not releases or releases[0][0] != version:
        found.append(f"CHANGELOG.md: the first release is not {version}")
    dates = [date for _, date in releases]
    if dates != sorted(dates, reverse=True):
        found.append("CHANGELOG.md: the releases are not in order, the newest first")
    citation = read(CITATION)
    date = dates[0] if dates else ""
    for line in (
        f"version: {version}",
        f"date-released: {date}",
        f"repository-code: {repository()}",
    ):
        if f"\n{line}\n" not in citation:
            found.append(f"CITATION.cff: wanted the line {line!r}")
    if f"+tinygrad.mnist.{version}" not in read(DIFFERENCES):
        found.append(f"docs/differences.md: __version__ does not end in {version}")
    for name in [each for each, _ in releases] + ["Unreleased"]:
        if f"\n[{name}]: {repository()}/" not in read(CHANGELOG):
            found.append(f"CHANGELOG.md: no link for [{name}]")
    return found


def newer(version: str) -> bool:
    """Whether it is a version that comes after the current one."""
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        return False
    return [*map(int, version.split("."))] > [*map(int, current().split("."))]


def write(version: str, date: str) -> None:
    """Write the version and the date wherever they stand, and cut the changelog."""
    before = current()
    changelog = read(CHANGELOG)
    news = changelog.partition("## [Unreleased]\n")[2].partition("\n## [")[0]
    if not news.strip():
        sys.exit("CHANGELOG.md: nothing stands under Unreleased")
    changelog = changelog.replace(
        "## [Unreleased]\n", f"## [Unreleased]\n\n## [{version}] - {date}\n", 1
    )
    url = repository()
    changelog = changelog.replace(
        f"[Unreleased]: {url}/compare/v{before}...HEAD\n",
        f"[Unreleased]: {url}/compare/v{version}...HEAD\n"
        f"[{version}]: {url}/compare/v{before}...v{version}\n",
    )
    CHANGELOG.write_text(changelog, encoding="utf-8")
    replace(VERSION_FILE, f'VERSION = "{before}"', f'VERSION = "{version}"')
    replace(DIFFERENCES, f"+tinygrad.mnist.{before}", f"+tinygrad.mnist.{version}")
    citation = re.sub(r"(?m)^version: .*$", f"version: {version}", read(CITATION))
    citation = re.sub(r"(?m)^date-released: .*$", f"date-released: {date}", citation)
    CITATION.write_text(citation, encoding="utf-8")


def replace(path: Path, old: str, new: str) -> None:
    """Replace a text that must be there."""
    text = read(path)
    assert old in text, f"{path}: no {old!r}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.release", description=__doc__)
    parser.add_argument("version", nargs="?", help="such as 0.3.0")
    parser.add_argument("--check", action="store_true", help="change nothing, and compare")
    asked = parser.parse_args()
    if not asked.check:
        if asked.version is None or not newer(asked.version):
            parser.error(f"wanted a version after {current()}, such as 0.3.0")
        state = subprocess.run(
            ["git", "status", "--porcelain"], capture_output=True, text=True, cwd=ROOT, check=True
        )
        if state.stdout:
            sys.exit("There are changes that are not committed; commit them first.")
        write(asked.version, datetime.date.today().isoformat())
    found = complaints()
    if found:
        sys.exit("\n".join(found))
    version = current()
    print(f"Everything says {version}.", flush=True)
    if asked.check:
        return
    built = subprocess.run([sys.executable, "-m", "tests.wheels", "--keep", "dist"], cwd=ROOT)
    if built.returncode:
        sys.exit("It is not ready; `git restore .` takes the version back.")
    print(
        f"\nLook at `git diff`, run `bash .ci/run`, and then:\n\n"
        f"  git commit -am 'Release {version}' && git tag -a v{version} -m v{version}\n"
        f"  git push --follow-tags\n"
        f"  {sys.executable} -m twine upload dist/*"
    )


if __name__ == "__main__":
    main()
