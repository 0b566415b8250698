"""The files around the code say what is true."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import cdi

DOCUMENTS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs")


@pytest.fixture(scope="module")
def pyproject(project: Path) -> dict[str, Any]:
    return tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def lock(project: Path) -> str:
    files = ("requirements.lock", "requirements-spark.lock")
    return "".join((project / name).read_text(encoding="utf-8") for name in files)


@pytest.fixture(scope="module")
def documents(project: Path) -> list[Path]:
    places = [project / name for name in DOCUMENTS]
    return [*places[:-1], *sorted(places[-1].rglob("*.md"))]


def _tracked(project: Path) -> list[Path]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    return [project / name for name in listed.stdout.split("\0") if name]


def test_make_help_lists_every_target(project: Path) -> None:
    makefile = (project / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: ((?:.*\\\n)*.*)$", makefile, flags=re.MULTILINE)
    assert phony is not None
    declared = set(phony[1].replace("\\\n", " ").split())
    described = set(re.findall(r"^([a-z]+):.*## .+$", makefile, flags=re.MULTILINE))
    assert described == declared
    command = ["make", "--no-print-directory"]
    shown = subprocess.run(command, cwd=project, capture_output=True, text=True, check=True).stdout
    assert set(re.findall(r"^  make ([a-z]+) ", shown, flags=re.MULTILINE)) == declared


def test_every_make_target_named_in_a_document_exists(project: Path, documents: list[Path]) -> None:
    makefile = (project / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, flags=re.MULTILINE))
    for document in documents:
        named = re.findall(r"(?:`|^)make ([a-z]+)", document.read_text("utf-8"), flags=re.MULTILINE)
        assert set(named) <= targets, document


def test_the_changelog_speaks_of_this_version_or_of_the_next(project: Path) -> None:
    changelog = (project / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## \[(.+?)\]", changelog, flags=re.MULTILINE)
    assert versions[0] in ("Unreleased", cdi.__version__)


def test_every_declared_dependency_is_locked_at_an_allowed_version(
    pyproject: dict[str, Any], lock: str
) -> None:
    metadata = pyproject["project"]
    extras = metadata["optional-dependencies"].values()
    locked = dict(re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)", lock, flags=re.MULTILINE))
    for line in [*metadata["dependencies"], *(line for extra in extras for line in extra)]:
        requirement = Requirement(line)
        assert requirement.specifier.contains(locked[canonicalize_name(requirement.name)]), line


def test_every_locked_package_has_a_hash_and_none_names_where_it_came_from(lock: str) -> None:
    assert "://" not in lock
    assert "index-url" not in lock
    packages = re.split(r"^(?=\S+==)", lock, flags=re.MULTILINE)[1:]
    assert packages
    assert [text for text in packages if "--hash=sha256:" not in text] == []


def test_links_between_documents_lead_somewhere(documents: list[Path]) -> None:
    for document in documents:
        text = re.sub(
            r"^```.*?^```", "", document.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE
        )
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            link = urlsplit(target)
            if not link.scheme and link.path:
                assert (document.parent / link.path).exists(), f"{document.name}: {target}"


def test_decision_records_are_numbered_without_a_gap_and_have_the_same_parts(
    project: Path,
) -> None:
    records = sorted((project / "docs" / "decisions").glob("*.md"))
    assert [int(record.name[:4]) for record in records] == list(range(1, len(records) + 1))
    for record in records:
        text = record.read_text(encoding="utf-8")
        assert re.match(rf"# {record.name[:4]} \S", text), record.name
        headings = re.findall(r"^## (.+)$", text, flags=re.MULTILINE)
        assert headings == ["Why", "Decision", "What follows"], record.name


def test_no_file_names_a_place_outside_the_project(project: Path) -> None:
    outside = re.compile(r"(?<![\w.])/(?:root|home|work|opt|Users)/\w")
    found = []
    for path in _tracked(project):
        if not path.is_file():
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(project)}: {hit[0]}" for hit in outside.finditer(text)]
    assert found == []
