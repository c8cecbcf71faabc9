"""Every block of Python in README and docs/ runs, and every command that is shown exists."""

import doctest
import re
import shlex
import sys
import warnings
from pathlib import Path

import pytest

pytest.importorskip("tinygrad_mnist.mnist", exc_type=ImportError, reason="needs the extra mnist")
import typer

from tests.docs.pages import BLOCK, PAGES, ROOT, blocks
from tinygrad_mnist.mnist.cli import app

BLOCKS = {page: list(blocks(page)) for page in PAGES}
WITH_PYTHON = [page for page in PAGES if any(b.language == "python" for b in BLOCKS[page])]
AT_LEAST = 60  # blocks of Python that are run


def name_of(page):
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", WITH_PYTHON, ids=name_of)
def test_the_blocks_of_a_page_run(page, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    before = {name: each for name, each in sys.modules.items() if name.partition(".")[0] == "torch"}
    try:
        run_blocks(page)
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == "torch"]:
            del sys.modules[name]
        sys.modules.update(before)  # PyTorch cannot be loaded twice
    capsys.readouterr()


def run_blocks(page):
    """Run the blocks of a page, one after the other."""
    names = {"__name__": page.stem}
    for block in BLOCKS[page]:
        if block.language != "python" or block.why:
            continue
        where = f"{name_of(page)}:{block.line}"
        if block.code.lstrip().startswith(">>>"):
            run_examples(block, names, where)
            continue
        code = compile("\n" * block.line + block.code, str(page), "exec")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(code, names)


def run_examples(block, names, where):
    test = doctest.DocTestParser().get_doctest(block.code, names, where, where, block.line)
    said = []
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    doctest.DocTestRunner(optionflags=flags).run(test, out=said.append, clear_globs=False)
    names.update(test.globs)
    assert not said, "".join(said)


def test_so_many_blocks_are_run(record_property):
    python = [b for page in PAGES for b in BLOCKS[page] if b.language == "python" and not b.hidden]
    run = [block for block in python if not block.why]
    record_property("blocks", len(run))
    print(f"{len(run)} blocks of Python run, {len(python) - len(run)} are only shown")
    assert len(run) >= AT_LEAST
    assert all(len(block.why) > 10 for block in python if block.why)


SHELLS = ("bash", "console", "sh", "shell")
COMMANDS = {command.name: command for command in typer.main.get_command(app).commands.values()}


def commands():
    for page in PAGES:
        for block in BLOCKS[page]:
            if block.language not in SHELLS:
                continue
            for line in block.code.replace("\\\n", " ").splitlines():
                yield page, line.removeprefix("$ ").partition("  #")[0].strip()


@pytest.mark.parametrize(
    "page, line", [c for c in commands() if c[1]], ids=lambda each: str(each)[-40:]
)
def test_commands_that_are_shown_exist(page, line):
    words = shlex.split(line.partition("|")[0].partition("&&")[0])
    while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
        words.pop(0)
    if words[:1] == ["mpiexec"]:
        words = words[3:]
    if words[:1] == ["make"]:
        targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
        assert words[1] in targets
    elif words and words[0].endswith("tinygrad-mnist") and len(words) > 1:
        known = COMMANDS[words[1]] if not words[1].startswith("-") else typer.main.get_command(app)
        options = {option for each in known.params for option in (*each.opts, *each.secondary_opts)}
        for word in words[2:]:
            if word == "--":
                break
            assert not word.startswith("--") or word.partition("=")[0] in {*options, "--help"}, word
    elif words[:2] == ["python", "-m"]:
        parts = words[2].split(".")
        place = ROOT.joinpath(*parts)
        known = place.with_suffix(".py").exists() or (place / "__main__.py").exists()
        assert known or parts[0] in ("pip", "venv", "tensorboard", "pytest"), words[2]
    elif words[:1] == ["python"] and len(words) > 1 and words[1].endswith(".py"):
        assert (ROOT / words[1]).exists() or Path(words[1]).name in (
            "program.py",
            "train.py",
            "step.py",
        )


FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$\n]+\$", re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)(#[^)]*)?\)")


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_to_files(page):
    words = FORMULA.sub("", BLOCK.sub("", page.read_text("utf-8")))
    for found in LINK.finditer(words):
        target = (page.parent / found[1]).resolve()
        in_reference = "reference/" in found[1]  # written when the site is built
        known = target.exists() or target.with_suffix(".md").exists() or in_reference
        assert known, (page.name, found[1])
