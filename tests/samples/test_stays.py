"""The sample stay, reviewed as it goes along."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from cdi.domain.encounter import Encounter
from cdi.interop.files import read_path
from cdi.workflow.stay import review

FOLDER = Path(__file__).parents[2] / "samples" / "stays"

# What is open, and what was and is resolved, in the evening of each day.
EXPECTED = {
    "2026-06-01T09:00:00+00:00": ({"sepsis": "specificity"}, set()),
    "2026-06-01T13:00:00+00:00": (
        {
            "sepsis": "specificity",
            "acute_kidney_injury": "undocumented",
            "shock": "undocumented",
            "atrial_fibrillation": "specificity",
        },
        set(),
    ),
    "2026-06-02T20:00:00+00:00": (
        {"atrial_fibrillation": "specificity"},
        {"sepsis", "acute_kidney_injury", "shock"},
    ),
    "2026-06-03T20:00:00+00:00": (
        {"pressure_injury": "undocumented"},
        {"sepsis", "acute_kidney_injury", "shock", "atrial_fibrillation"},
    ),
    "2026-06-04T20:00:00+00:00": (
        {"pressure_injury": "undocumented", "conflicting_documentation": "conflict"},
        {"sepsis", "acute_kidney_injury", "shock", "atrial_fibrillation"},
    ),
    "2026-06-07T14:00:00+00:00": (
        {},
        {
            "sepsis",
            "acute_kidney_injury",
            "shock",
            "atrial_fibrillation",
            "pressure_injury",
            "conflicting_documentation",
        },
    ),
}


@pytest.fixture(scope="module")
def stay() -> Encounter:
    problems: list[object] = []
    (encounter,) = read_path(FOLDER / "urosepsis-and-kidneys.json", problems.append)
    assert problems == []
    return encounter


@pytest.mark.parametrize("moment", EXPECTED)
def test_what_is_open_and_resolved_at_each_moment(stay: Encounter, moment: str) -> None:
    story = review(stay, datetime.fromisoformat(moment))
    opened, resolved = EXPECTED[moment]
    assert {f.condition: f.type.value for f in story.review.findings} == opened
    assert {life.condition for life in story.resolved} == resolved


def test_a_wound_first_seen_on_day_three_is_asked_about_and_answered(stay: Encounter) -> None:
    story = review(stay)
    (life,) = [life for life in story.lives if life.condition == "pressure_injury"]
    assert [(turn.kind.value, turn.type.value, turn.note) for turn in life.turns] == [
        ("opened", "undocumented", "rn"),
        ("changed", "poa", "pn2"),
        ("resolved", "poa", "ds"),
    ]
    assert life.turns[-1].reason == "poa documented"
