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


PNEUMONIA = "pneumonia-oxygen-and-kidneys"
BLEEDING = "bleeding-and-a-heel"
# Of each stay at each moment: what is open and of what type, and what was and is resolved.
MOMENTS: list[tuple[str, str, dict[str, str], set[str]]] = [
    (
        PNEUMONIA,
        "2026-09-07T20:00:00+00:00",
        {"respiratory_failure": "undocumented", "pneumonia": "specificity"},
        set(),
    ),
    (
        PNEUMONIA,
        "2026-09-08T20:00:00+00:00",
        {"sepsis": "undocumented"},
        {"respiratory_failure", "pneumonia"},
    ),
    (
        PNEUMONIA,
        "2026-09-10T12:00:00+00:00",
        {"sepsis": "undocumented", "acute_kidney_injury": "undocumented"},
        {"respiratory_failure", "pneumonia"},
    ),
    (
        PNEUMONIA,
        "2026-09-10T20:00:00+00:00",
        {"sepsis": "undocumented"},
        {"respiratory_failure", "pneumonia", "acute_kidney_injury"},
    ),
    # The consult that named the kidneys was taken back.
    (
        PNEUMONIA,
        "2026-09-11T20:00:00+00:00",
        {"sepsis": "undocumented", "acute_kidney_injury": "undocumented"},
        {"respiratory_failure", "pneumonia"},
    ),
    (
        PNEUMONIA,
        "2026-09-14T15:00:00+00:00",
        {},
        {"respiratory_failure", "pneumonia", "sepsis", "acute_kidney_injury"},
    ),
    (BLEEDING, "2026-10-05T20:00:00+00:00", {"anemia": "specificity"}, set()),
    (
        BLEEDING,
        "2026-10-06T20:00:00+00:00",
        {"anemia": "specificity", "malnutrition": "undocumented"},
        set(),
    ),
    (BLEEDING, "2026-10-07T20:00:00+00:00", {"malnutrition": "undocumented"}, {"anemia"}),
    (
        BLEEDING,
        "2026-10-08T20:00:00+00:00",
        {"malnutrition": "undocumented", "pressure_injury": "undocumented"},
        {"anemia"},
    ),
    (BLEEDING, "2026-10-09T20:00:00+00:00", {"pressure_injury": "poa"}, {"anemia", "malnutrition"}),
    (
        BLEEDING,
        "2026-10-12T12:00:00+00:00",
        {},
        {"anemia", "malnutrition", "pressure_injury"},
    ),
]


@pytest.mark.parametrize(("name", "moment", "opened", "resolved"), MOMENTS)
def test_each_stay_has_at_each_moment_exactly_these(
    name: str, moment: str, opened: dict[str, str], resolved: set[str]
) -> None:
    problems: list[object] = []
    (encounter,) = read_path(FOLDER / f"{name}.json", problems.append)
    story = review(encounter, datetime.fromisoformat(moment))
    assert problems == []
    assert {f.condition: f.type.value for f in story.review.findings} == opened
    assert {life.condition for life in story.resolved} == resolved


def test_kidneys_that_were_sound_on_admission_raise_no_question_of_their_presence() -> None:
    (encounter,) = read_path(FOLDER / f"{PNEUMONIA}.json", [].append)
    onsets = {o.condition: o.presence.value for o in review(encounter).onsets}
    assert onsets == {"pneumonia": "yes", "acute_kidney_injury": "no"}
