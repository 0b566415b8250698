"""What a story tells beside its findings: onset against admission, diagnoses not carried on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cdi.domain.encounter import Encounter, Note, NoteStatus, Observation, Patient, Role
from cdi.domain.story import Story
from cdi.report.story_record import story_record
from cdi.report.story_text import story_lines
from cdi.workflow.draft import draft_letters
from cdi.workflow.letter_check import default_pack
from cdi.workflow.scan import default_scanner
from cdi.workflow.stay import default_reviewer

ADMITTED = datetime(2026, 6, 1, 8, tzinfo=UTC)


def after(hours: float) -> datetime:
    return ADMITTED + timedelta(hours=hours)


def note(identifier: str, hours: float, text: str, kind: str = "progress note") -> Note:
    return Note(identifier, text, kind, "Dr. Quill", recorded_at=after(hours))


def told(*notes: Note, values: tuple[tuple[float, float], ...] = ()) -> Story:
    observations = tuple(
        Observation(f"c{n}", "creatinine", value, "mg/dL", after(hours), after(hours))
        for n, (hours, value) in enumerate(values)
    )
    stay = Encounter("stay", Patient("p", sex="female"), notes, observations, (), ADMITTED)
    return default_reviewer().review(stay)


def presence(story: Story, condition: str) -> list[str]:
    return [o.presence.value for o in story.onsets if o.condition == condition]


@pytest.mark.parametrize(
    ("words", "condition"),
    [
        ("Sepsis due to E. coli bacteremia.", "sepsis"),
        ("Right lower lobe pneumonia.", "pneumonia"),
        ("Acute deep vein thrombosis of the left femoral vein.", "venous_thromboembolism"),
        ("Acute kidney injury due to dehydration.", "acute_kidney_injury"),
    ],
)
def test_what_is_documented_on_the_first_day_was_there_and_on_the_fifth_was_not(
    words: str, condition: str
) -> None:
    text = f"ASSESSMENT:\n1. {words}"
    assert presence(told(note("hp", 3, text)), condition) == ["yes"]
    assert presence(told(note("pn", 100, text)), condition) == ["no"]
    assert presence(told(note("pn", 36, text)), condition) == ["undetermined"]


INJURY = "ASSESSMENT:\n1. Acute kidney injury due to dehydration."


def test_a_rise_of_the_first_day_named_on_the_second_was_there() -> None:
    story = told(note("pn", 30, INJURY), values=((1, 0.9), (20, 1.9)))
    assert presence(story, "acute_kidney_injury") == ["yes"]
    assert story.onsets[0].at == after(20)


def test_a_rise_of_the_first_day_named_on_the_fourth_settles_nothing() -> None:
    story = told(note("pn", 80, INJURY), values=((1, 0.9), (20, 1.9)))
    assert presence(story, "acute_kidney_injury") == ["undetermined"]


def test_a_normal_value_on_admission_is_no_sign_of_what_rose_later() -> None:
    story = told(note("pn", 80, INJURY), values=((1, 0.9), (75, 1.9)))
    assert presence(story, "acute_kidney_injury") == ["no"]
    assert story.onsets[0].at == after(75)


def test_what_no_treating_provider_documented_has_no_onset() -> None:
    nurse = replace(note("rn", 3, INJURY), role=Role.NURSING)
    assert told(nurse).onsets == ()
    assert told(note("hp", 3, "ASSESSMENT:\n1. No acute kidney injury.")).onsets == ()


def poa_question(story: Story) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(f.condition, f.id, f.missing) for f in story.review.findings if f.type.value == "poa"]


ASKED = [("acute_kidney_injury", "presence_on_admission_unclear", ("poa",))]
EARLY_RISE = ((1.0, 0.9), (20.0, 1.9))


def test_a_complete_diagnosis_whose_timing_settles_nothing_is_asked_about() -> None:
    assert poa_question(told(note("pn", 80, INJURY), values=EARLY_RISE)) == ASKED
    assert poa_question(told(note("pn", 36, INJURY))) == ASKED


@pytest.mark.parametrize(
    ("hours", "values"),
    [(3, ()), (30, EARLY_RISE), (80, ((1.0, 0.9), (70.0, 1.9))), (100, ())],
)
def test_a_timing_that_settles_it_raises_no_question(
    hours: float, values: tuple[tuple[float, float], ...]
) -> None:
    assert poa_question(told(note("pn", hours, INJURY), values=values)) == []


@pytest.mark.parametrize(
    "said",
    [
        "present on admission",
        "noted on arrival",
        "developed on hospital day 3",
        "hospital-acquired",
        "not present on admission",
        "unclear whether present on admission",
        "postoperative",
    ],
)
def test_the_providers_own_word_settles_it(said: str) -> None:
    text = f"ASSESSMENT:\n1. Acute kidney injury due to dehydration, {said}."
    assert poa_question(told(note("pn", 80, text), values=EARLY_RISE)) == []


def test_a_word_that_comes_later_resolves_the_question_and_is_named() -> None:
    answer = note("ds", 120, "ASSESSMENT:\n1. Acute kidney injury, present on admission.")
    story = told(note("pn", 80, INJURY), answer, values=EARLY_RISE)
    (life,) = [life for life in story.lives if life.condition == "acute_kidney_injury"]
    last = life.turns[-1]
    assert (last.kind.value, last.type.value, last.note) == ("resolved", "poa", "ds")
    assert last.reason == "poa documented"


def test_what_is_missing_of_the_diagnosis_is_asked_first() -> None:
    story = told(note("pn", 80, "ASSESSMENT:\n1. Acute kidney injury."), values=EARLY_RISE)
    assert [(f.type.value, f.missing) for f in story.review.findings] == [
        ("specificity", ("cause",))
    ]


def test_the_letter_asks_by_yes_or_no_and_complies() -> None:
    story = told(note("pn", 80, INJURY), values=EARLY_RISE)
    (draft,) = draft_letters(story.review, default_scanner().catalogue, default_pack())
    (question,) = draft.letter.questions
    assert draft.violations == ()
    assert question.stem == (
        "Was the documented acute kidney injury present at the time of admission?"
    )
    assert [option.text for option in question.options] == ["Yes", "No", "Unable to determine"]
    assert "creatinine 1.9 mg/dL" in draft.letter.text


ADMISSION = note("hp", 3, "ASSESSMENT:\n1. Hyponatremia, fluid restriction.\n2. Gout.", "H&P")


def summary(text: str, **changes: object) -> Note:
    made = note("ds", 120, f"HOSPITAL COURSE:\n{text}", "Discharge summary")
    return replace(made, **changes)  # type: ignore[arg-type]


def not_carried(*notes: Note) -> list[tuple[str, str]]:
    return [(dropped.condition, dropped.note) for dropped in told(*notes).dropped]


def test_a_diagnosis_that_the_summary_is_silent_of_is_told_with_its_last_note() -> None:
    assert not_carried(ADMISSION, summary("Gout flare, colchicine.")) == [("hyponatremia", "hp")]
    again = note("pn", 30, "ASSESSMENT:\n1. Hyponatremia, sodium is coming up slowly.")
    assert not_carried(ADMISSION, again, summary("Gout flare.")) == [("hyponatremia", "pn")]


@pytest.mark.parametrize(
    "text",
    ["Hyponatremia was corrected.", "There was no hyponatremia.", "History of hyponatremia."],
)
def test_a_summary_that_speaks_of_it_in_any_way_carries_it(text: str) -> None:
    assert not_carried(ADMISSION, summary(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "1. Hyponatremia, resolved.",
        "1. Hyponatremia has been ruled out.",
        "1. Hyponatremia: sodium no longer low, treated.",
    ],
)
def test_what_was_over_or_ruled_out_before_discharge_is_not_dropped(text: str) -> None:
    later = note("pn", 60, f"ASSESSMENT:\n{text}")
    assert not_carried(ADMISSION, later, summary("Gout flare.")) == []


def test_nothing_is_dropped_while_no_summary_counts() -> None:
    assert not_carried(ADMISSION) == []
    retracted = summary("Gout flare.", status=NoteStatus.RETRACTED)
    assert not_carried(ADMISSION, retracted) == []


@pytest.mark.parametrize(
    "first",
    [
        note("hp", 3, "ASSESSMENT:\n1. Possible hyponatremia."),
        note("hp", 3, "PAST MEDICAL HISTORY:\nHyponatremia."),
        note("pn", 72, "ASSESSMENT:\n1. Hyponatremia, fluid restriction."),
        replace(ADMISSION, role=Role.NURSING),
    ],
)
def test_what_was_doubtful_past_late_or_a_nurses_word_is_not_dropped(first: Note) -> None:
    assert not_carried(first, summary("Gout flare.")) == []


def test_a_story_tells_both_as_text_and_as_json() -> None:
    story = told(ADMISSION, note("pn", 36, INJURY), summary("Acute kidney injury, gout."))
    text = "\n".join(story_lines(story))
    assert "acute kidney injury  present on admission: undetermined (by timing)" in text
    assert "hyponatremia  not carried into the discharge summary" in text
    assert "last documented (H&P, Dr. Quill)" in text
    record = story_record(story)
    assert [o["present_on_admission"] for o in record["onsets"]] == ["undetermined"]
    assert [(d["condition"], d["note"]) for d in record["not_carried"]] == [("hyponatremia", "hp")]
