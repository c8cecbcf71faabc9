"""What a forge and a package index show: valid, true to the project, and leading where it says."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests import release

yaml = pytest.importorskip("yaml", reason="needs the extra test")

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
SOURCE = PROJECT["project"]["urls"]["Source"]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
pytestmark = pytest.mark.skipif(not WORKFLOWS, reason="an sdist has no workflows")


def loaded(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def named(paths):
    return pytest.mark.parametrize("path", paths, ids=lambda path: path.name)


def test_version_changelog_citation_and_links_agree():
    assert release.complaints() == []


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """The files that a release writes, in a folder of their own."""
    for name in ("VERSION_FILE", "CHANGELOG", "CITATION", "DIFFERENCES"):
        there = tmp_path / getattr(release, name).name
        shutil.copy(getattr(release, name), there)
        monkeypatch.setattr(release, name, there)
    return tmp_path


def test_a_release_writes_its_version_wherever_it_stands(copied):
    major, minor, patch = map(int, release.current().split("."))
    following = f"{major}.{minor + 1}.0"
    assert release.newer(following) and not release.newer(release.current())
    assert not release.newer(f"{major}.{minor + 1}") and not release.newer("x.y.z")
    text = release.read(release.CHANGELOG)
    news = "## [Unreleased]\n\n### Added\n\n- A thing.\n"
    release.CHANGELOG.write_text(text.replace("## [Unreleased]\n", news, 1), encoding="utf-8")
    release.write(following, "2999-01-02")
    assert release.complaints() == [] and release.current() == following
    cut = release.read(release.CHANGELOG)
    assert f"## [Unreleased]\n\n## [{following}] - 2999-01-02\n\n### Added\n\n- A thing.\n" in cut
    with pytest.raises(SystemExit, match="nothing stands under Unreleased"):
        release.write(f"{major}.{minor + 2}.0", "2999-01-03")


@pytest.mark.parametrize("name", ["VERSION_FILE", "CITATION", "DIFFERENCES"])
def test_a_version_that_does_not_agree_is_found(name, copied):
    path = getattr(release, name)
    path.write_text(release.read(path).replace(release.current(), "9.9.9"), encoding="utf-8")
    assert release.complaints()


@named(WORKFLOWS)
def test_a_workflow_is_valid(path):
    pytest.importorskip("check_jsonschema", reason="needs the extra lint")
    call = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows"]
    done = subprocess.run([*call, str(path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@named(WORKFLOWS)
def test_a_workflow_runs_what_there_is(path):
    """Files and modules that are run exist, actions have a version, nothing may write to the repository."""
    workflow = loaded(path)
    assert workflow.get("permissions") is not None
    extras = PROJECT["project"]["optional-dependencies"]
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for job in workflow["jobs"].values():
        assert job.get("timeout-minutes", 360) <= 60, "a job that hangs runs for six hours"
        for step in job["steps"]:
            if "uses" in step:
                assert re.fullmatch(r"[\w-]+/[\w-]+@v\d+", step["uses"]), step
            run = step.get("run", "")
            for script in re.findall(r"bash (\S+)", run):
                assert (ROOT / script).is_file(), script
            for module in re.findall(r"-m (tests\.\w+)", run):
                assert (ROOT / module.replace(".", "/")).with_suffix(".py").is_file(), module
            for extra in re.findall(r"\.\[([\w,-]+)\]", run):
                assert set(extra.split(",")) <= set(extras), extra
            for target in re.findall(r"\bmake ([a-z-]+)", run):
                assert target in targets, target
            for ignored in re.findall(r"--ignore[= ](\S+)", run):
                assert (ROOT / ignored).exists(), ignored


def test_what_is_promised_is_run():
    """The versions of the classifiers, on three systems; the same script as here."""
    jobs = loaded(ROOT / ".github" / "workflows" / "ci.yml")["jobs"]
    matrix = jobs["framework"]["strategy"]["matrix"]
    promised = re.findall(
        r":: (3\.\d+)$", "\n".join(PROJECT["project"]["classifiers"]), re.MULTILINE
    )
    assert promised and promised == matrix["python"]
    assert {each.partition("-")[0] for each in matrix["system"]} == {"ubuntu", "macos", "windows"}
    assert any("bash .ci/run" in step.get("run", "") for step in jobs["everything"]["steps"])
    assert PROJECT["project"]["requires-python"] == f">={promised[0]}"


@named([path for path in FORMS if path.name != "config.yml"])
def test_a_form_of_issues_is_valid(path):
    form = loaded(path)
    assert set(form) == {"name", "description", "labels", "body"}
    names = [each["id"] for each in form["body"]]
    assert len(set(names)) == len(names)
    for each in form["body"]:
        assert set(each) <= {"type", "id", "attributes", "validations"}
        assert each["type"] in ("input", "textarea", "checkboxes", "dropdown")
        assert each["attributes"]["label"]
        assert each["type"] != "checkboxes" or all(
            o["label"] for o in each["attributes"]["options"]
        )
    assert any(each.get("validations", {}).get("required") for each in form["body"])


def test_updates_are_asked_for_where_there_is_something_to_update():
    asked = loaded(ROOT / ".github" / "dependabot.yml")
    assert asked["version"] == 2
    kinds = {each["package-ecosystem"]: each for each in asked["updates"]}
    assert set(kinds) == {"pip", "github-actions"}
    for each in kinds.values():
        assert each["directory"] == "/"
        assert each["schedule"]["interval"] in ("daily", "weekly", "monthly")


def test_pre_commit_takes_the_linter_of_make_lint():
    config = loaded(ROOT / ".pre-commit-config.yaml")
    hooks = {hook["id"] for repo in config["repos"] for hook in repo["hooks"]}
    assert {"ruff-check", "ruff-format"} <= hooks
    (rev,) = [repo["rev"] for repo in config["repos"] if "ruff" in repo["repo"]]
    lint = PROJECT["project"]["optional-dependencies"]["lint"]
    (wanted,) = [each.partition("==")[2] for each in lint if each.startswith("ruff")]
    assert rev.removeprefix("v").startswith(wanted.removesuffix("*")), (rev, wanted)


def test_the_citation_can_be_read():
    citation = loaded(ROOT / "CITATION.cff")
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    assert citation["license"] == PROJECT["project"]["license"]


def test_one_address_everywhere():
    """Whoever moves the project changes it in each of these, and this test says where."""
    files = [
        *PAGES,
        *FORMS,
        *WORKFLOWS,
        ROOT / "SECURITY.md",
        ROOT / "CITATION.cff",
        ROOT / "CHANGELOG.md",
        ROOT / "pyproject.toml",
    ]
    owner = SOURCE.rpartition("/")[0].rpartition("/")[2]
    for path in files:
        found = re.findall(
            r"github(?:usercontent)?\.com/([\w-]+)/tinygrad[-_]mnist\b", path.read_text("utf-8")
        )
        assert set(found) <= {owner}, path
    assert f"git clone {SOURCE}" in (ROOT / "README.md").read_text("utf-8")


def links(path):
    """The targets of a page's links and pictures within the project."""
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"[a-z]+:", target) and not target.startswith("#"):
            yield target.partition("#")[0]


@named(PAGES)
def test_links_lead_to_files(path):
    missing = [each for each in links(path) if not (path.parent / each).exists()]
    assert not missing


def test_an_index_shows_the_readme_with_links_that_lead_somewhere():
    """The substitutions of pyproject.toml, applied as the build applies them."""
    text = (ROOT / "README.md").read_text("utf-8")
    hook = PROJECT["tool"]["hatch"]["metadata"]["hooks"]["fancy-pypi-readme"]
    for each in hook["substitutions"]:
        text = re.sub(each["pattern"], each["replacement"], text)
    without_code = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)\s]+)\)", without_code)
    assert targets and all(re.match(r"https://|#", each) for each in targets), targets
    raw = SOURCE.replace("github.com", "raw.githubusercontent.com")
    for target in targets:
        for start in (f"{raw}/main/", f"{SOURCE}/blob/main/"):
            if target.startswith(start):
                assert (ROOT / target.removeprefix(start).partition("#")[0]).exists(), target
    assert f"({raw}/main/docs/images/" in text


def test_every_cell_of_the_comparison_leads_to_what_shows_it():
    text = (ROOT / "README.md").read_text("utf-8").partition("### Why this one")[2]
    rows = [line for line in text.partition("\n(")[0].splitlines() if line.startswith("|")]
    assert len(rows) > 6
    for row in rows[2:]:
        name, *cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert name and len(cells) == 5
        assert all("](" in cell for cell in cells), row
