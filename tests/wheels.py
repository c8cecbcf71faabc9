"""Build the wheel and the sdist, check them, and try them alone on every Python there is.

    python -m tests.wheels [INTERPRETER ...]        default: all of 3.11 and later that are found
    python -m tests.wheels --keep dist              keeps what was built in a folder

Each interpreter gets an environment with NumPy and the wheel, outside of the project, in which
`tests/smoke.py` runs; the newest one tries the sdist too. Where NumPy has no release for an
interpreter, that is said.
"""

from __future__ import annotations

import argparse
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from email.parser import Parser
from pathlib import Path

ROOT = Path(__file__).parents[1]
NAMES = [f"python3.{minor}{kind}" for minor in range(11, 16) for kind in ("", "t")]
WHO = (
    "import json, platform, sys; print(json.dumps([platform.python_version(), sys.base_prefix,"
    " bool(getattr(sys, '_is_gil_enabled', bool)() is False), list(sys.version_info[:2])]))"
)


def interpreters(given: list[str]) -> list[str]:
    """Those named, or one of each version that is found."""
    if given:
        return given
    places = [shutil.which(name) for name in NAMES]
    root = os.environ.get("PYENV_ROOT", os.path.expanduser("~/.pyenv"))
    places += sorted(glob.glob(f"{root}/versions/3.*/bin/python3"))
    found = {}
    for place in filter(None, [sys.executable, *places]):
        asked = subprocess.run([place, "-c", WHO], capture_output=True, text=True)
        if asked.returncode:  # pyenv's stand-in for a version that is not selected
            continue
        version, _, free, short = json.loads(asked.stdout)
        if short >= [3, 11]:
            found.setdefault((*short, free), (version, place))
    return [place for _, place in (found[key] for key in sorted(found))]


def run(*words: str | Path, **options: object) -> None:
    """Run a command that must succeed; what it prints is shown where it does not."""
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True, **options)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, words))}\n{done.stdout}{done.stderr}")


def build(folder: Path) -> tuple[Path, Path]:
    """The wheel and the sdist."""
    run(sys.executable, "-m", "build", "--outdir", folder, ROOT)
    (wheel,) = folder.glob("*.whl")
    (sdist,) = folder.glob("*.tar.gz")
    return wheel, sdist


def check(wheel: Path, sdist: Path) -> None:
    """What is in them, and what an index would show."""
    run(sys.executable, "-m", "twine", "check", "--strict", wheel, sdist)
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (metadata,) = [name for name in names if name.endswith(".dist-info/METADATA")]
        about = Parser().parsestr(archive.read(metadata).decode())
    tops = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == {"tinygrad_mnist"}, tops
    for part in ("py.typed", "_C.pyi", "mnist/demo", "mnist/weights"):
        assert any(name.startswith(f"tinygrad_mnist/{part}") for name in names), part
    needed = [each for each in about.get_all("Requires-Dist") if "extra ==" not in each]
    assert needed == ["numpy>=2"], needed
    relative = re.findall(r"\]\((?!https?://|#)[^)]*\)", about.get_payload())
    assert not relative, f"the README has links that an index cannot follow: {relative}"
    with tarfile.open(sdist) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    for part in ("README.md", "LICENSE", "CHANGELOG.md", "tests/smoke.py", "pyproject.toml"):
        assert part in inside, part
    for path in (wheel, sdist):
        print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB, checked")


def installed(environment: Path) -> str:
    """What an environment holds beside pip: its packages, and their size."""
    (folder,) = [
        *environment.glob("lib/python*/site-packages"),
        *environment.glob("Lib/site-packages"),
    ]
    names = [path.name.partition("-")[0].lower() for path in folder.glob("*.dist-info")]
    packages = sorted({*names} - {"pip", "setuptools"})
    others = ("pip", "setuptools", "pkg_resources", "_distutils_hack")
    size = sum(
        path.stat().st_size
        for path in folder.rglob("*")
        if path.is_file() and not path.relative_to(folder).parts[0].startswith(others)
    )
    return f"{size / 1e6:.0f} MB in {' and '.join(packages)}"


def attempt(interpreter: str, package: Path) -> bool:
    """Install a package alone, and try it; whether it could be tried."""
    with tempfile.TemporaryDirectory() as folder:
        run(interpreter, "-m", "venv", f"{folder}/venv")
        python = (
            Path(folder) / "venv" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
        )
        numpy = subprocess.run(
            [python, "-m", "pip", "install", "-q", "--only-binary", "numpy", "numpy>=2"],
            capture_output=True,
            text=True,
        )
        if numpy.returncode:
            print(f"{interpreter}: not tried, NumPy cannot be installed")
            return False
        run(python, "-m", "pip", "install", "-q", package)
        run(python, "-m", "pip", "check")
        shutil.copy(ROOT / "tests" / "smoke.py", folder)
        done = subprocess.run(
            [python, "-W", "error", "smoke.py"], capture_output=True, text=True, cwd=folder
        )
        kind = package.suffix.lstrip(".")
        if done.returncode:
            sys.exit(f"{kind}: {interpreter}\n{done.stdout}{done.stderr}")
        command = python.with_name("tinygrad-mnist" + python.suffix)
        told = subprocess.run([command, "train"], capture_output=True, text=True, cwd=folder)
        assert told.returncode == 2 and "tinygrad-mnist[mnist]" in told.stderr, told
        print(f"{kind}: {done.stdout.strip()}; {installed(Path(folder) / 'venv')}", flush=True)
    return True


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.wheels", description=__doc__)
    parser.add_argument("interpreter", nargs="*")
    parser.add_argument("--keep", type=Path, help="the folder to leave wheel and sdist in")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        wheel, sdist = build(Path(folder))
        check(wheel, sdist)
        found = interpreters(asked.interpreter)
        tried = [each for each in found if attempt(each, wheel)]
        if not tried:
            sys.exit("The wheel was tried on no interpreter.")
        attempt(tried[-1], sdist)
        if asked.keep:
            shutil.rmtree(asked.keep, ignore_errors=True)
            asked.keep.mkdir(parents=True)
            for path in (wheel, sdist):
                shutil.copy(path, asked.keep)


if __name__ == "__main__":
    main()
