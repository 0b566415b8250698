"""Statements that exclude one another, over one note and over the notes of a stay."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cdi.domain.encounter import Capacity, Encounter, Note, NoteStatus, Role
from cdi.domain.evidence_text import evidence_text
from cdi.domain.finding import Finding, QueryType
from cdi.errors import RuleError
from cdi.letters import compose
from cdi.rules.condition import build_condition
from cdi.rules.loader import read_document
from cdi.workflow.scan import Scanner, default_scanner
from cdi.workflow.stay import StayReviewer
from tests.factories import make_condition

DAY = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def scanner() -> Scanner:
    return default_scanner()


def stay(*notes: tuple[float, str, str], **changes: object) -> Encounter:
    """Return a stay of (hour, author, text); ``changes`` apply to the last note."""
    made = [
        Note(f"n{number}", text, "progress note", author, recorded_at=DAY + timedelta(hours=hour))
        for number, (hour, author, text) in enumerate(notes, 1)
    ]
    made[-1] = replace(made[-1], **changes)  # type: ignore[arg-type]
    return Encounter("E-1", notes=tuple(made))


def conflict(scanner: Scanner, encounter: Encounter) -> Finding | None:
    found = [f for f in scanner.scan(encounter).findings if f.type is QueryType.CONFLICT]
    assert len(found) <= 1
    return found[0] if found else None


SYSTOLIC = "ASSESSMENT: Acute systolic heart failure."
DIASTOLIC = "ASSESSMENT: Acute diastolic heart failure."


def test_a_conflict_says_what_it_is_about_and_shows_both_sides(scanner: Scanner) -> None:
    encounter = stay((0, "Dr. Ames", SYSTOLIC), (20, "Dr. Boyle", DIASTOLIC))
    found = conflict(scanner, encounter)
    assert found is not None
    assert (found.condition, found.about) == ("conflicting_documentation", "heart_failure")
    shown = {e.name: evidence_text(e.pointer, encounter) for e in found.evidence}
    assert shown == {
        "stated": "systolic heart failure",
        "contradicted": "diastolic heart failure",
    }


@pytest.mark.parametrize(
    ("notes", "about"),
    [
        # type
        ([SYSTOLIC, DIASTOLIC], "heart_failure"),
        (["A/P: Type 1 diabetes.", "A/P: Type 2 diabetes."], "diabetes"),
        (["A/P: CKD stage 3a.", "A/P: CKD stage 4."], "chronic_kidney_disease"),
        (
            ["A/P: Paroxysmal atrial fibrillation.", "A/P: Permanent atrial fibrillation."],
            "atrial_fibrillation",
        ),
        (["A/P: Gallstone pancreatitis.", "A/P: Alcoholic pancreatitis."], "pancreatitis"),
        (["A/P: Vascular dementia.", "A/P: Lewy body dementia."], "dementia"),
        (["A/P: Severe malnutrition.", "A/P: Mild malnutrition."], "malnutrition"),
        (["A/P: NSTEMI.", "A/P: STEMI."], "myocardial_infarction"),
        # acuity
        (["A/P: Acute DVT of the leg.", "A/P: Chronic DVT of the leg."], "venous_thromboembolism"),
        (["A/P: Acute systolic CHF.", "A/P: Chronic systolic CHF."], "heart_failure"),
        # side
        (["A/P: Left MCA stroke.", "A/P: Right MCA stroke."], "stroke"),
        (["A/P: Right heel ulcer.", "A/P: Left heel ulcer."], "chronic_ulcer"),
        # present against ruled out
        (["A/P: Sepsis due to UTI.", "A/P: Sepsis was ruled out."], "sepsis"),
        (["A/P: Aspiration pneumonia.", "A/P: Pneumonia unlikely."], "pneumonia"),
        (["A/P: Congestive heart failure.", "A/P: Heart failure excluded."], "heart_failure"),
    ],
)
def test_incompatible_statements_of_two_authors_are_asked_about(
    notes: list[str], about: str, scanner: Scanner
) -> None:
    first, second = notes
    found = conflict(scanner, stay((0, "Dr. Ames", first), (6, "Dr. Boyle", second)))
    assert found is not None
    assert found.about == about


@pytest.mark.parametrize(
    "notes",
    [
        # The same or a compatible statement.
        ["A/P: Systolic heart failure.", "A/P: HFrEF."],
        ["A/P: Systolic heart failure.", "A/P: Combined systolic and diastolic heart failure."],
        ["A/P: Acute systolic CHF.", "A/P: Acute on chronic systolic CHF."],
        ["A/P: Chronic kidney disease.", "A/P: CKD stage 4."],
        # Denied, doubted, past, of a relative, of a report.
        ["A/P: Type 2 diabetes.", "FAMILY HISTORY: Type 1 diabetes."],
        ["A/P: Left MCA stroke.", "A/P: Right MCA stroke? per sign-out."],
        ["A/P: Left MCA stroke.", "CT HEAD: Right MCA infarct."],
        ["A/P: Systolic heart failure.", "A/P: Possible diastolic heart failure."],
        ["A/P: Alcoholic cirrhosis versus NASH cirrhosis.", "A/P: Alcoholic cirrhosis."],
        # What is denied is not what was said.
        ["A/P: Sepsis due to UTI.", "A/P: Septic shock was ruled out."],
        ["A/P: Acute DVT of the leg.", "A/P: PE was ruled out."],
        ["A/P: Hip fracture, closed.", "A/P: Rib fracture was ruled out."],
        # No diagnosis is ruled out.
        ["A/P: Sepsis due to UTI.", "A/P: No signs of sepsis today, improving."],
        ["A/P: Systolic CHF.", "REVIEW OF SYSTEMS: He does not have CHF."],
        # Two lesions.
        ["A/P: Right heel ulcer.", "A/P: Left great toe ulcer."],
        ["A/P: Cellulitis of the left leg.", "A/P: Cellulitis of the right hand."],
    ],
)
def test_compatible_statements_are_not_asked_about(notes: list[str], scanner: Scanner) -> None:
    first, second = notes
    assert conflict(scanner, stay((0, "Dr. Ames", first), (6, "Dr. Boyle", second))) is None


@pytest.mark.parametrize("author", ["Dr. Ames", ""])
def test_the_last_note_of_an_author_counts(author: str, scanner: Scanner) -> None:
    assert conflict(scanner, stay((0, author, SYSTOLIC), (20, author, DIASTOLIC))) is None


def test_a_third_author_does_not_settle_by_taking_a_side(scanner: Scanner) -> None:
    notes = [(0, "Dr. Ames", SYSTOLIC), (20, "Dr. Boyle", DIASTOLIC), (30, "Dr. Cole", SYSTOLIC)]
    assert conflict(scanner, stay(*notes)) is not None


@pytest.mark.parametrize(
    "remark",
    [
        "Agree with cardiology.",
        "Previously charted in error as systolic.",
        "Discussed with Dr. Ames.",
        "Corrected from the earlier note.",
    ],
)
def test_words_settle_a_conflict(remark: str, scanner: Scanner) -> None:
    notes = [(0, "Dr. Ames", SYSTOLIC), (20, "Dr. Boyle", f"{DIASTOLIC} {remark}")]
    assert conflict(scanner, stay(*notes)) is None


def test_the_discharge_summary_settles_unless_it_carries_both(scanner: Scanner) -> None:
    notes = [(0, "Dr. Ames", SYSTOLIC), (20, "Dr. Boyle", DIASTOLIC)]
    final = "DISCHARGE DIAGNOSES: Diastolic heart failure, compensated on furosemide."
    settled = stay(*notes, (90, "Dr. Cole", final), kind="Discharge summary")
    assert conflict(scanner, settled) is None
    both = (
        "HOSPITAL COURSE: He was found to have diastolic heart failure and diuresed.\n\n"
        "DISCHARGE DIAGNOSES:\n1. Systolic heart failure, on furosemide."
    )
    open_still = stay(*notes, (90, "Dr. Cole", both), kind="Discharge summary")
    assert conflict(scanner, open_still) is not None


def test_whoever_weighs_presence_and_denial_settles_them(scanner: Scanner) -> None:
    notes = [
        (0, "Dr. Ames", "A/P: Sepsis due to UTI."),
        (20, "Dr. Boyle", "A/P: Sepsis ruled out."),
        (40, "Dr. Cole", "A/P: Sepsis due to UTI. It was charted that sepsis was ruled out."),
    ]
    assert conflict(scanner, stay(*notes)) is None


def test_an_acuity_that_evolves_is_no_conflict(scanner: Scanner) -> None:
    notes = [(0, "Dr. Ames", "A/P: Acute systolic CHF."), (25, "Dr. Boyle", "A/P: Chronic CHF.")]
    assert conflict(scanner, stay(*notes)) is None


def test_what_is_found_after_it_was_ruled_out_is_a_new_event(scanner: Scanner) -> None:
    notes = [(0, "Dr. Ames", "A/P: Pneumonia ruled out."), (70, "Dr. Boyle", "A/P: Pneumonia.")]
    assert conflict(scanner, stay(*notes)) is None


@pytest.mark.parametrize("role", [Role.NURSING, Role.RADIOLOGY, Role.DIETITIAN])
def test_only_treating_providers_contradict(role: Role, scanner: Scanner) -> None:
    notes = [(0, "Dr. Ames", SYSTOLIC), (20, "Dr. Boyle", DIASTOLIC)]
    assert conflict(scanner, stay(*notes, role=role)) is None


def test_a_retracted_note_contradicts_nothing(scanner: Scanner) -> None:
    notes = [(0, "Dr. Ames", SYSTOLIC), (20, "Dr. Boyle", DIASTOLIC)]
    assert conflict(scanner, stay(*notes, status=NoteStatus.RETRACTED)) is None


def test_a_lone_statement_against_three_is_a_slip_outside_of_the_conclusions(
    scanner: Scanner,
) -> None:
    hpi = "HISTORY OF PRESENT ILLNESS: Right MCA stroke two days ago.\n\n"
    once = "ASSESSMENT: Left MCA stroke.\n\n"
    many = (
        once + "PLAN: Left MCA stroke: aspirin.\n\nHOSPITAL COURSE: The left MCA stroke improved."
    )
    assert conflict(scanner, stay((0, "Dr. Ames", hpi + once))) is not None
    assert conflict(scanner, stay((0, "Dr. Ames", hpi + many))) is None


def test_nothing_else_is_asked_of_a_condition_that_may_not_be_there(scanner: Scanner) -> None:
    first = "A/P: Sepsis. Cefepime."
    assert [f.condition for f in scanner.scan(stay((0, "Dr. Ames", first))).findings] == ["sepsis"]
    notes = [(0, "Dr. Ames", first), (20, "Dr. Boyle", "A/P: Sepsis ruled out.")]
    found = scanner.scan(stay(*notes)).findings
    assert [(f.condition, f.about) for f in found] == [("conflicting_documentation", "sepsis")]


def test_other_axes_are_asked_beside_a_conflict(scanner: Scanner) -> None:
    notes = [
        (0, "Dr. Ames", "A/P: Systolic heart failure."),
        (20, "Dr. Boyle", "A/P: Diastolic heart failure."),
    ]
    found = {f.condition: f.missing for f in scanner.scan(stay(*notes)).findings}
    assert found == {"conflicting_documentation": (), "heart_failure": ("acuity",)}


def test_one_conflict_is_asked_about_at_a_time_the_oldest_first(scanner: Scanner) -> None:
    notes = [
        (0, "Dr. Ames", "A/P: Type 1 diabetes. Systolic heart failure."),
        (10, "Dr. Boyle", DIASTOLIC),
        (20, "Dr. Cole", "A/P: Type 2 diabetes."),
    ]
    found = conflict(scanner, stay(*notes))
    assert found is not None
    assert found.about == "heart_failure"


def test_the_order_in_which_notes_arrive_changes_nothing(scanner: Scanner) -> None:
    encounter = stay(
        (0, "Dr. Ames", SYSTOLIC), (20, "Dr. Boyle", DIASTOLIC), (30, "Dr. Cole", "A/P: Sepsis.")
    )
    shuffled = list(encounter.notes)
    random.Random(3).shuffle(shuffled)
    found = conflict(scanner, replace(encounter, notes=tuple(shuffled)))
    expected = conflict(scanner, encounter)
    assert found is not None
    assert expected is not None
    assert found.evidence == expected.evidence


def test_a_conflict_explains_itself(scanner: Scanner) -> None:
    notes = [(0, "Dr. Ames", SYSTOLIC), (20, "Dr. Boyle", DIASTOLIC)]
    [rule] = scanner.explain(stay(*notes), "conflicting_documentation")
    assert rule.outcome == ""
    assert [(n.name, n.true, len(n.evidence)) for n in rule.names] == [
        ("stated", True, 1),
        ("contradicted", True, 1),
    ]
    [rule] = scanner.explain(stay(notes[0]), "conflicting_documentation")
    assert rule.outcome == "its sentence is not true"
    assert [n.true for n in rule.names] == [False, False]


def test_the_letter_quotes_both_statements_under_the_topic_of_the_condition(
    scanner: Scanner,
) -> None:
    encounter = stay((0, "Dr. Ames", SYSTOLIC), (20, "Dr. Boyle", DIASTOLIC))
    found = conflict(scanner, encounter)
    assert found is not None
    letter = compose([found], encounter, scanner.catalogue, "Dr. Cole")
    [question] = letter.questions
    assert question.topic == scanner.catalogue.condition("heart_failure").spec.topic
    assert [i.text for i in question.indicators] == [
        "ASSESSMENT: Acute systolic heart failure",
        "ASSESSMENT: Acute diastolic heart failure",
    ]
    assert [option.text for option in question.options] == [
        "As first documented",
        "As documented otherwise later",
        "Both apply (please specify)",
        "Other (please specify)",
        "Unable to determine",
    ]


@pytest.mark.parametrize(
    ("exclusive", "message"),
    [
        ({"values": ["prerenal", "renal"]}, "there is no value `renal`"),
        ({"values": ["prerenal", "prerenal"], "same": ["site"]}, "there is no axis `site`"),
    ],
)
def test_what_excludes_what_is_checked(exclusive: dict[str, object], message: str) -> None:
    axis = {"values": {"prerenal": ["prerenal"]}, "exclusive": [exclusive]}
    with pytest.raises(RuleError, match=message):
        make_condition(axes={"cause": axis})


def test_a_contest_is_of_type_conflict_and_names_indicators(scanner: Scanner) -> None:
    document = scanner.catalogue.condition("conflicting_documentation").document
    text = document.path.read_text(encoding="utf-8")
    for old, new, message in (
        ("type: conflict", "type: cause", "`contest` is for findings of type `conflict`"),
        ("refuted: ruled_out", "refuted: ruled", "`ruled` is not defined"),
    ):
        changed = read_document(document.path, text.replace(old, new))
        with pytest.raises(RuleError, match=message):
            build_condition(changed, "cross_cutting", scanner.catalogue.vocabulary)


def of(capacity: Capacity, number: int, hour: float, author: str, text: str, kind: str) -> Note:
    at = DAY + timedelta(hours=hour)
    return Note(f"n{number}", text, kind, author, recorded_at=at, capacity=capacity)


ATTENDING = of(Capacity.ATTENDING, 1, 0, "Dr. Ames", SYSTOLIC, "progress note")


@pytest.mark.parametrize(
    ("capacity", "settles"), [(Capacity.ATTENDING, True), (Capacity.CONSULTING, False)]
)
def test_the_last_word_is_the_attendings_not_the_consultants(
    scanner: Scanner, capacity: Capacity, settles: bool
) -> None:
    last = of(capacity, 2, 90, "Dr. Boyle", DIASTOLIC, "discharge summary")
    found = conflict(scanner, Encounter("E-1", notes=(ATTENDING, last)))
    assert (found is None) is settles


def test_the_story_names_both_with_their_capacity(scanner: Scanner) -> None:
    consult = of(Capacity.CONSULTING, 2, 20, "Dr. Boyle", DIASTOLIC, "cardiology consult")
    story = StayReviewer(scanner).review(Encounter("E-1", notes=(ATTENDING, consult)))
    (life,) = [life for life in story.lives if life.about]
    assert life.turns[0].reason == (
        "heart failure, type: Dr. Ames (attending) against Dr. Boyle (consulting)"
    )
