"""A review of each sample encounter says what its expectation says, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

import cdi
from cdi.domain.encounter import Encounter
from cdi.errors import InputError
from cdi.interop.files import read_path

FOLDER = Path(__file__).parents[2] / "samples" / "encounters"
EXPECTED: dict[str, Any] = yaml.safe_load(
    (FOLDER.parent / "expected.yaml").read_text(encoding="utf-8")
)
# Those that the samples are judged for; what else a review finds is not their matter.
CONDITIONS = {
    condition
    for expectation in EXPECTED.values()
    for condition in (*expectation["open"], *expectation["silent"])
}


def encounter(name: str) -> Encounter:
    problems: list[InputError] = []
    (found,) = read_path(FOLDER / f"{name}.json", problems.append)
    assert problems == []
    return found


@pytest.mark.parametrize("name", EXPECTED)
def test_an_encounter_raises_exactly_the_expected_findings(name: str) -> None:
    review = cdi.scan(encounter(name))
    found = {(finding.condition, finding.type.value) for finding in review.findings}
    wanted = {(condition, finding["type"]) for condition, finding in EXPECTED[name]["open"].items()}
    assert {pair for pair in found if pair[0] in CONDITIONS} == wanted


@pytest.mark.parametrize("name", EXPECTED)
def test_an_expected_question_names_the_missing_axes(name: str) -> None:
    review = cdi.scan(encounter(name))
    missing = {finding.condition: set(finding.missing) for finding in review.findings}
    for condition, finding in EXPECTED[name]["open"].items():
        if finding["missing"]:
            assert missing.get(condition) == set(finding["missing"]), condition
