"""The linter against letters labelled by an auditor, where they are installed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cdi.letters.json_form import read_letter
from cdi.workflow.letter_check import check_letter


def test_letters_are_blocked_as_an_auditor_would(eval_dir: Path) -> None:
    path = eval_dir.parent / "letters" / "dev.jsonl"
    if not path.is_file():
        pytest.skip("no labelled letters beside the labelled notes")
    blocked = missed = right = said = true = 0
    for line in filter(str.strip, path.read_text(encoding="utf-8").splitlines()):
        want = {violation["rule"] for violation in json.loads(line)["violations"]}
        found = check_letter(read_letter(line))
        got = {violation.rule for violation in found}
        blocked += bool(got) and not want
        missed += bool(want) and not got
        right, said, true = right + len(want & got), said + len(got), true + len(want)
    assert blocked <= 2
    assert missed <= 2
    assert 2 * right / (said + true) >= 0.90
