"""Stays reviewed as they go along, with the installed rules."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import cdi
from cdi import resources
from cdi.domain.encounter import (
    Encounter,
    Medication,
    Note,
    NoteStatus,
    Observation,
    ObservationStatus,
    Patient,
    Problem,
    Role,
)
from cdi.domain.story import Story
from cdi.settings import settings
from cdi.workflow.scan import Scanner, default_scanner, pipeline_version
from cdi.workflow.stay import StayReviewer

ADMITTED = datetime(2026, 5, 4, 8, tzinfo=UTC)


def day(number: int, hour: float = 9) -> datetime:
    return ADMITTED + timedelta(days=number - 1, hours=hour - 8)


def note(number: str, at: datetime, text: str, author: str = "Dr. Amaru") -> Note:
    return Note(number, text, "progress note", author, recorded_at=at)


def creatinine(
    number: str, at: datetime, value: float, unit: str = "mg/dL", known: datetime | None = None
) -> Observation:
    return Observation(number, "creatinine", value, unit, at, known or at)


def stay(*notes: Note, observations: tuple[Observation, ...] = ()) -> Encounter:
    return Encounter(
        "stay",
        patient=Patient("p", sex="male"),
        notes=notes,
        observations=observations,
        admitted_at=ADMITTED,
    )


@pytest.fixture(scope="module")
def scanner() -> Scanner:
    return default_scanner()


@pytest.fixture
def reviewer(scanner: Scanner) -> StayReviewer:
    return StayReviewer(scanner)


def asked(story: Story) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {f.condition: (f.type.value, f.missing) for f in story.review.findings}


def turns(story: Story, condition: str) -> list[tuple[str, str]]:
    return [
        (turn.kind.value, turn.note)
        for life in story.lives
        if life.condition == condition
        for turn in life.turns
    ]


VAGUE = note("hp", day(1), "ASSESSMENT/PLAN:\n1. CHF - IV furosemide, daily weights.\n2. Gout.")
COMPLETE = note(
    "cards",
    day(2),
    "IMPRESSION:\n1. Acute on chronic systolic heart failure. Continue diuresis.",
    "Dr. Ilves",
)
STALE = note("pn", day(3), "ASSESSMENT/PLAN:\n1. CHF - IV furosemide, daily weights.\n2. Gout.")


def test_a_finding_opens_and_is_resolved_by_whoever_documents_it(reviewer: StayReviewer) -> None:
    story = reviewer.review(stay(VAGUE, COMPLETE))
    assert asked(story) == {}
    (life,) = story.resolved
    assert life.id == "stay/heart_failure"
    assert [(t.kind.value, t.note, t.author) for t in life.turns] == [
        ("opened", "hp", "Dr. Amaru"),
        ("resolved", "cards", "Dr. Ilves"),
    ]
    assert life.turns[-1].reason == "type, acuity documented"


def test_a_review_as_of_a_moment_knows_nothing_later(reviewer: StayReviewer) -> None:
    whole = stay(VAGUE, COMPLETE)
    story = reviewer.review(whole, day(1, 12))
    assert asked(story) == {"heart_failure": ("specificity", ("type", "acuity"))}
    assert story.resolved == ()


def test_a_stale_bare_copy_opens_nothing_again(reviewer: StayReviewer) -> None:
    story = reviewer.review(stay(VAGUE, COMPLETE, STALE))
    assert asked(story) == {}
    assert [kind for kind, _ in turns(story, "heart_failure")] == ["opened", "resolved"]


def test_a_copied_statement_is_counted_once_and_the_finding_says_so(
    reviewer: StayReviewer,
) -> None:
    story = reviewer.review(stay(VAGUE, STALE))
    (finding,) = story.review.findings
    notes = {getattr(e.pointer, "note_id", "") for e in finding.evidence}
    assert notes == {"hp"}
    assert [life.copies for life in story.lives] == [1]


def test_the_identity_of_a_finding_is_the_same_in_every_review(reviewer: StayReviewer) -> None:
    early = reviewer.review(stay(VAGUE))
    later = reviewer.review(stay(VAGUE, STALE, COMPLETE))
    assert [life.id for life in early.lives] == [life.id for life in later.lives]


def test_a_rise_opens_a_question_and_the_diagnosis_resolves_it(reviewer: StayReviewer) -> None:
    values = (
        creatinine("c1", day(1), 0.9),
        creatinine("c2", day(2), 1.2),
        creatinine("c3", day(3), 1.6),
    )
    worse = note(
        "pn", day(3, 12), "PLAN:\nCreatinine up, holding lisinopril, IV fluids, repeat tomorrow."
    )
    named = note("neph", day(4), "IMPRESSION:\nAKI due to dehydration.", "Dr. Dacosta")
    story = reviewer.review(stay(worse, named, observations=values))
    assert turns(story, "acute_kidney_injury")[-1] == ("resolved", "neph")
    before = reviewer.review(stay(worse, named, observations=values), day(3, 13))
    assert asked(before)["acute_kidney_injury"][0] == "undocumented"


def rising(*values: Observation) -> bool:
    """Tell whether the values and a held drug raise the question of a kidney injury."""
    held = note("pn", day(4), "PLAN:\nHolding lisinopril, IV fluids for the kidneys.")
    story = StayReviewer(default_scanner()).review(stay(held, observations=values))
    return "acute_kidney_injury" in asked(story)


def test_values_in_other_units_are_compared_in_one(reviewer: StayReviewer) -> None:
    assert rising(creatinine("a", day(2), 80, "umol/L"), creatinine("b", day(3), 1.6))
    assert not rising(creatinine("a", day(2), 80, "umol/L"), creatinine("b", day(3), 0.9))


def test_values_in_no_known_unit_change_nothing() -> None:
    assert not rising(creatinine("a", day(2), 0.9), creatinine("b", day(3), 1.9, "furlongs"))


def test_values_that_arrive_out_of_order_are_judged_in_the_order_they_were_true() -> None:
    low, high = creatinine("a", day(2), 0.9, known=day(3, 20)), creatinine("b", day(3), 1.6)
    assert rising(high, low)
    fallen = creatinine("a", day(2), 1.3), creatinine("b", day(3), 1.0, known=day(1))
    assert not rising(*fallen[::-1])


def test_a_corrected_value_counts_as_corrected() -> None:
    wrong = replace(creatinine("b", day(3), 0.9), status=ObservationStatus.CORRECTED)
    assert not rising(creatinine("a", day(2), 0.9), wrong)
    assert rising(creatinine("a", day(2), 0.9), replace(wrong, value=1.6))


def test_a_value_entered_in_error_never_existed() -> None:
    error = replace(creatinine("b", day(3), 3.0), status=ObservationStatus.ENTERED_IN_ERROR)
    assert not rising(creatinine("a", day(2), 0.9), error)


def test_a_value_from_long_before_the_stay_is_a_baseline_and_no_finding_of_this_stay() -> None:
    assert rising(creatinine("a", day(-90), 0.9), creatinine("b", day(2), 1.6))
    assert not rising(creatinine("a", day(-90), 1.6), creatinine("b", day(2), 0.9))


def test_a_colleague_who_contradicts_opens_a_conflict_until_it_is_settled(
    reviewer: StayReviewer,
) -> None:
    said = note(
        "icu", day(1), "ASSESSMENT:\n1. Septic shock due to E. coli cholangitis.", "Dr. Lind"
    )
    against = note("cover", day(4), "ASSESSMENT:\n1. Sepsis ruled out.", "Dr. Cole")
    settled = replace(
        note(
            "ds",
            day(6),
            "DISCHARGE DIAGNOSES:\n1. Septic shock due to E. coli cholangitis. The weekend note "
            "that ruled out sepsis is not correct.",
            "Dr. Amaru",
        ),
        kind="discharge summary",
    )
    whole = stay(said, against, settled)
    open_then = reviewer.review(whole, day(5))
    assert asked(open_then) == {"conflicting_documentation": ("conflict", ())}
    (life,) = [life for life in open_then.lives if life.open]
    assert (life.id, life.about) == ("stay/conflicting_documentation/sepsis", "sepsis")
    story = reviewer.review(whole)
    assert "conflicting_documentation" not in asked(story)
    assert turns(story, "conflicting_documentation") == [("opened", "cover"), ("resolved", "ds")]


def fever_and_white_count(white_count_on: int) -> Encounter:
    """Return a treated pneumonia with a fever on day one, a high white count and lactate."""
    said = note(
        "hp",
        day(1),
        "ASSESSMENT:\n1. Aspiration pneumonia, on cefepime.",
    )
    values = (
        Observation("t", "temperature", 39.2, "Cel", day(1), day(1)),
        Observation("l", "lactate", 3.4, "mmol/L", day(1), day(1)),
        Observation("w", "wbc", 19, "10*3/uL", day(white_count_on), day(white_count_on)),
    )
    return stay(said, observations=values)


def test_signs_count_together_only_if_they_show_within_a_day(reviewer: StayReviewer) -> None:
    assert "sepsis" in asked(reviewer.review(fever_and_white_count(1)))
    assert "sepsis" not in asked(reviewer.review(fever_and_white_count(9)))


def test_a_denial_does_not_outlive_what_shows_days_later(reviewer: StayReviewer) -> None:
    denied = note("hp", day(1), "ASSESSMENT:\n1. Hip fracture. No pneumonia.")
    film = "CXR: new right lower lobe infiltrate. T 38.9. WBC 17. Started cefepime."
    soon = stay(denied, note("pn", day(2), film, "Dr. Lind"))
    later = stay(denied, note("pn", day(6), film, "Dr. Lind"))
    assert "pneumonia" not in asked(reviewer.review(soon))
    assert asked(reviewer.review(later))["pneumonia"][0] == "undocumented"


def test_a_diagnosis_the_same_author_rules_out_later_is_no_longer_documented(
    reviewer: StayReviewer,
) -> None:
    said = note("hp", day(1), "ASSESSMENT:\n1. Pneumonia - ceftriaxone.")
    ruled_out = note("pn", day(3), "ASSESSMENT:\n1. Pneumonia has been ruled out.")
    story = reviewer.review(stay(said, ruled_out))
    assert asked(story) == {}
    (life,) = story.resolved
    assert (life.condition, life.turns[-1].reason, life.turns[-1].note) == (
        "pneumonia",
        "ruled out",
        "pn",
    )


def test_a_diagnosis_that_comes_back_opens_its_question_again(reviewer: StayReviewer) -> None:
    story = reviewer.review(
        stay(
            note("hp", day(1), "ASSESSMENT:\n1. Pneumonia - ceftriaxone."),
            note("pn1", day(3), "ASSESSMENT:\n1. Pneumonia has been ruled out."),
            note("pn2", day(6), "ASSESSMENT:\n1. New pneumonia, on cefepime now."),
        )
    )
    assert [kind for kind, _ in turns(story, "pneumonia")] == ["opened", "resolved", "reopened"]


@pytest.mark.parametrize("role", [Role.NURSING, Role.DIETITIAN, Role.RADIOLOGY, Role.PATHOLOGY])
def test_only_treating_providers_document_a_diagnosis(reviewer: StayReviewer, role: Role) -> None:
    said = replace(note("x", day(1), "ASSESSMENT:\n1. Pneumonia."), role=role)
    assert asked(reviewer.review(stay(said))) == {}


def test_a_replaced_note_takes_its_evidence_with_it(reviewer: StayReviewer) -> None:
    wrong = replace(VAGUE, status=NoteStatus.SUPERSEDED)
    right = replace(note("hp2", day(2), "ASSESSMENT/PLAN:\n1. Gout."), replaces="hp", version=2)
    whole = stay(wrong, right)
    assert asked(reviewer.review(whole, day(1, 12))) == {
        "heart_failure": ("specificity", ("type", "acuity"))
    }
    story = reviewer.review(whole)
    assert asked(story) == {}
    (life,) = story.resolved
    assert life.turns[-1].reason == "its evidence no longer counts; struck from the record: hp"


def retracted(before: Note, at: datetime) -> Note:
    return replace(before, status=NoteStatus.RETRACTED, retracted_at=at)


def test_a_note_that_is_taken_back_strikes_its_evidence_and_the_story_says_so(
    reviewer: StayReviewer,
) -> None:
    whole = stay(retracted(VAGUE, day(2)))
    assert asked(reviewer.review(whole, day(1, 12))) == {
        "heart_failure": ("specificity", ("type", "acuity"))
    }
    story = reviewer.review(whole)
    assert asked(story) == {}
    (life,) = story.lives
    last = life.turns[-1]
    assert (last.kind.value, last.at) == ("resolved", day(2))
    assert last.reason == "its evidence no longer counts; struck from the record: hp (retracted)"


def test_an_answer_that_is_taken_back_opens_the_question_again(reviewer: StayReviewer) -> None:
    whole = stay(VAGUE, retracted(COMPLETE, day(3)))
    assert asked(reviewer.review(whole, day(2, 12))) == {}
    story = reviewer.review(whole)
    assert asked(story) == {"heart_failure": ("specificity", ("type", "acuity"))}
    kinds = [kind for kind, _ in turns(story, "heart_failure")]
    assert kinds == ["opened", "resolved", "reopened"]


def test_a_replacement_that_is_taken_back_leaves_what_it_replaced(reviewer: StayReviewer) -> None:
    second = replace(COMPLETE, id="hp2", replaces="hp")
    whole = stay(VAGUE, retracted(second, day(3)))
    before = stay(replace(VAGUE, status=NoteStatus.SUPERSEDED), second)
    assert asked(reviewer.review(before)) == {}
    assert asked(reviewer.review(whole)) == {"heart_failure": ("specificity", ("type", "acuity"))}


def test_a_note_retracted_since_costs_no_new_review_of_what_came_before(
    reviewer: StayReviewer,
) -> None:
    assert asked(reviewer.review(stay(VAGUE, COMPLETE))) == {}
    story = reviewer.review(stay(VAGUE, retracted(COMPLETE, day(3))))
    assert asked(story) == {"heart_failure": ("specificity", ("type", "acuity"))}


def test_a_note_that_replaces_another_and_answers_is_told_as_the_answer(
    reviewer: StayReviewer,
) -> None:
    answer = replace(COMPLETE, id="hp2", replaces="hp", author="Dr. Amaru")
    story = reviewer.review(stay(replace(VAGUE, status=NoteStatus.SUPERSEDED), answer))
    (life,) = story.resolved
    last = life.turns[-1]
    assert (last.note, last.author) == ("hp2", "Dr. Amaru")
    assert last.reason == "type, acuity documented; struck from the record: hp"


def test_what_is_kept_of_readings_goes_by_the_version_of_the_rules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = pipeline_version()
    folder = tmp_path / "models"
    shutil.copytree(resources.models(), folder)
    monkeypatch.setenv("CDI_MODELS_DIR", str(folder))
    settings.cache_clear()
    try:
        copied = pipeline_version()
        cues = folder / "language" / "family.yaml"
        cues = cues if cues.exists() else next((folder / "language").glob("*.yaml"))
        cues.write_text(cues.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
        changed = pipeline_version()
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert copied == installed
    assert changed != installed
    assert changed.startswith(f"{cdi.__version__}+")


def test_a_retracted_note_is_no_evidence(reviewer: StayReviewer) -> None:
    assert asked(reviewer.review(stay(replace(VAGUE, status=NoteStatus.RETRACTED)))) == {}


def test_a_stay_carried_on_tells_the_same_as_one_told_from_the_beginning(
    scanner: Scanner,
) -> None:
    values = tuple(creatinine(f"c{n}", day(n, 6), 0.8 + n / 5) for n in range(1, 6))
    drug = Medication("m", "furosemide", route="IV", started_at=day(1))
    whole = replace(stay(VAGUE, COMPLETE, STALE, observations=values), medications=(drug,))
    carried = StayReviewer(scanner)
    for moment in (day(1), day(2), day(2, 20), day(3), day(9)):
        told = carried.review(whole, moment)
        anew = StayReviewer(scanner).review(whole, moment)
        assert told == anew


def test_a_note_that_was_added_costs_the_reading_of_that_note(
    scanner: Scanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    original = scanner.read_notes

    def counting(items: Sequence[Note], source: str) -> object:
        read.extend(item.id for item in items)
        return original(items, source)

    monkeypatch.setattr(scanner, "read_notes", counting)
    reviewer = StayReviewer(scanner)
    reviewer.review(stay(VAGUE, COMPLETE))
    reviewer.review(stay(VAGUE, COMPLETE, STALE))
    reviewer.review(stay(VAGUE, COMPLETE, STALE), day(2, 12))
    # The copy has the words of the first note and is not read again.
    assert read == ["hp", "cards"]


def test_a_note_whose_text_was_amended_is_read_again_and_its_evidence_struck(
    reviewer: StayReviewer,
) -> None:
    assert "heart_failure" in asked(reviewer.review(stay(VAGUE)))
    amended = replace(VAGUE, text="ASSESSMENT/PLAN:\n1. Gout.", status=NoteStatus.AMENDED)
    assert asked(reviewer.review(stay(amended))) == {}


def test_what_a_problem_list_holds_documents_nothing(reviewer: StayReviewer) -> None:
    listed = replace(stay(), problems=(Problem("c", "Congestive heart failure", "I50.9"),))
    assert reviewer.review(listed).lives == ()
