"""What a physician sees knows nothing of payment: no import leads there."""

import ast
from pathlib import Path

import pytest

import cdi

PACKAGE = Path(cdi.__file__).parent
FILES = sorted(
    path for part in ("letters", "compliance") for path in (PACKAGE / part).rglob("*.py")
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_letters_and_compliance_import_nothing_of_impact(path: Path) -> None:
    imported = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            imported.add(node.module or "")
        elif isinstance(node, ast.Import):
            imported.update(alias.name for alias in node.names)
    assert not [name for name in imported if "impact" in name.split(".")]
