"""The import contracts hold, and each is shown to notice what it forbids."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGES = (
    "api",
    "cli",
    "compliance",
    "domain",
    "impact",
    "interop",
    "interop/fhir",
    "interop/hl7",
    "letters",
    "nlp",
    "nlp/loops",
    "report",
    "review",
    "rules",
    "storage",
    "web",
    "web/routes",
    "web/routes/physician",
    "workflow",
)
MODULES = ("http", "resources", "settings", "errors", "workflow/worth")

FAULTS = {
    "Dependencies point down this list": [
        ("rules/fault.py", "import cdi.review"),
        ("domain/fault.py", "def late():\n    from cdi.nlp import reader"),
        ("letters/fault.py", "import cdi.compliance"),
        ("web/fault.py", "import cdi.api"),
        ("api/fault.py", "def late():\n    from cdi.web import site"),
        ("unlisted.py", ""),
    ],
    "The core knows no framework": [
        ("rules/fault.py", "import spacy"),
        ("review/fault.py", "from typer import Typer"),
        ("compliance/fault.py", "import cdi.storage.tables"),
    ],
    "Only cdi.nlp imports spaCy": [("workflow/fault.py", "from spacy.tokens import Doc")],
    "Compiled loops know nothing but numbers": [
        ("nlp/loops/fault.py", "import cdi.rules"),
        ("nlp/loops/fault.py", "def late():\n    from cdi.domain import reading"),
    ],
    "Only compiled loops import numba": [("nlp/fault.py", "from numba import njit")],
    "Only cdi.storage imports SQLAlchemy": [
        ("workflow/fault.py", "from sqlalchemy import select"),
        ("cli/fault.py", "def late():\n    from alembic import command"),
    ],
    "Wire formats do not know each other": [("interop/fhir/fault.py", "import cdi.interop.hl7")],
    "The desk does not know what findings are worth": [
        ("workflow/fault.py", "from cdi.impact import Weights"),
        ("storage/fault.py", "def late():\n    import cdi.impact"),
        ("web/fault.py", "import cdi.impact"),
    ],
    "The physician's pages know no ranks and no figures": [
        ("web/routes/physician/fault.py", "import cdi.storage.metrics"),
        ("web/routes/physician/fault.py", "def late():\n    import cdi.impact"),
        ("web/routes/physician/fault.py", "from cdi.workflow.worth import open_worth"),
    ],
    "The financial firewall": [
        ("letters/fault.py", "import cdi.impact"),
        ("domain/worth.py", "import cdi.impact\n"),
    ],
}


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = "from importlinter.cli import lint_imports_command as run; run()"
    return subprocess.run(
        [sys.executable, "-c", command, "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "COLUMNS": "200", "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def skeleton(project: Path, tmp_path: Path) -> Path:
    """A package with every layer of the project, nothing in it, and the project's contracts."""
    shutil.copy(project / "pyproject.toml", tmp_path)
    package = tmp_path / "cdi"
    for name in ("", *PACKAGES):
        (package / name).mkdir(exist_ok=True)
        (package / name / "__init__.py").touch()
    for name in MODULES:
        (package / f"{name}.py").touch()
    (package / "nlp" / "reader.py").write_text("import scispacy, spacy\n", encoding="utf-8")
    (package / "nlp" / "loops" / "compiler.py").write_text("import numba\n", encoding="utf-8")
    (package / "storage" / "tables.py").write_text("import alembic, sqlalchemy", encoding="utf-8")
    (package / "letters" / "letter.py").write_text("import cdi.domain\n", encoding="utf-8")
    return tmp_path


def test_the_project_keeps_its_contracts(project: Path) -> None:
    linted = _lint(project)
    assert linted.returncode == 0, linted.stdout


def test_a_skeleton_without_faults_keeps_the_contracts(skeleton: Path) -> None:
    linted = _lint(skeleton)
    assert linted.returncode == 0, linted.stdout


@pytest.mark.parametrize(
    ("contract", "file", "code"),
    [(contract, *fault) for contract, faults in FAULTS.items() for fault in faults],
)
def test_a_contract_notices_a_planted_fault(
    skeleton: Path, contract: str, file: str, code: str
) -> None:
    (skeleton / "cdi" / file).write_text(code, encoding="utf-8")
    if file == "domain/worth.py":  # the indirect way: a letter reads what reads the worth
        (skeleton / "cdi/letters/letter.py").write_text("import cdi.domain.worth", encoding="utf-8")
    linted = _lint(skeleton)
    assert linted.returncode == 1, linted.stdout
    assert f"{contract} BROKEN" in linted.stdout


def test_every_contract_is_shown_to_notice_a_fault(project: Path) -> None:
    settings = (project / "pyproject.toml").read_text(encoding="utf-8")
    for contract in FAULTS:
        assert f'name = "{contract}"' in settings
    assert settings.count("[[tool.importlinter.contracts]]") == len(FAULTS)
