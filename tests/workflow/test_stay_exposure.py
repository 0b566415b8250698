"""Drugs while given and devices while in place, as a story tells them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cdi.domain.encounter import (
    Encounter,
    Medication,
    MedicationKind,
    Note,
    NoteStatus,
    Procedure,
    Role,
)
from cdi.domain.exposure import ExposureKind
from cdi.domain.story import Story
from cdi.letters import compose
from cdi.report.story_text import story_lines
from cdi.workflow.scan import default_scanner
from cdi.workflow.stay import default_reviewer


def at(day: int, hour: int = 9) -> datetime:
    return datetime(2026, 7, day, hour, tzinfo=UTC)


def note(day: int, text: str) -> Note:
    return Note(f"n{day}", text, "progress note", "Dr. Vance", recorded_at=at(day))


def stay(*notes: Note, **more: object) -> Encounter:
    return replace(Encounter("stay", notes=notes, admitted_at=at(1, 6)), **more)  # type: ignore[arg-type]


def told(encounter: Encounter, moment: datetime | None = None) -> Story:
    return default_reviewer().review(encounter, moment)


def devices(encounter: Encounter) -> list[tuple[str, datetime, datetime | None]]:
    exposures = told(encounter).exposures
    return [(e.name, e.begin, e.end) for e in exposures if e.kind is ExposureKind.DEVICE]


def drug(kind: MedicationKind | None, ended: datetime | None = None) -> Medication:
    return Medication("m1", "cefepime", started_at=at(2), ended_at=ended, kind=kind)


@pytest.mark.parametrize(
    ("medication", "current"),
    [
        (drug(MedicationKind.ORDERED), True),
        (drug(MedicationKind.ORDERED, at(3)), False),
        (drug(MedicationKind.ORDERED, at(6)), True),
        (drug(MedicationKind.ADMINISTERED), False),
        (drug(MedicationKind.PRESCRIBED), False),
        (drug(None), True),
    ],
)
def test_an_order_is_current_until_it_is_stopped_and_a_dose_is_a_moment(
    medication: Medication, current: bool
) -> None:
    exposures = told(stay(medications=(medication,))).exposures
    assert any(exposure.during(at(4)) for exposure in exposures) is current


def test_an_order_that_was_stopped_later_still_went_on_before() -> None:
    encounter = stay(medications=(drug(MedicationKind.ORDERED, at(5)),))
    assert [e.end for e in told(encounter, at(4)).exposures] == [None]
    assert [e.end for e in told(encounter, at(6)).exposures] == [at(5)]


def test_discharge_ends_what_went_on() -> None:
    encounter = stay(
        note(2, "Foley placed."),
        medications=(drug(MedicationKind.ORDERED),),
        discharged_at=at(8),
    )
    assert [e.end for e in told(encounter).exposures] == [at(8), at(8)]


@pytest.mark.parametrize(
    ("inserted", "removed", "name"),
    [
        ("Foley catheter was placed for retention.", "Foley out today.", "urinary catheter"),
        ("Placed a new right internal PICC.", "PICC was removed.", "central line"),
        ("Insertion of central venous catheter.", "Pulled the central line.", "central line"),
        ("She was intubated overnight.", "Extubated this morning.", "ventilator"),
        ("Foley remains in place.", "Removal of urinary catheter at noon.", "urinary catheter"),
    ],
)
def test_a_device_is_in_place_from_insertion_to_removal(
    inserted: str, removed: str, name: str
) -> None:
    assert devices(stay(note(2, inserted), note(5, removed))) == [(name, at(2), at(5))]


@pytest.mark.parametrize(
    "text",
    [
        "No Foley in place.",
        "Will have PICC placed tomorrow.",
        "She may need to be intubated.",
        "PAST MEDICAL HISTORY:\nIntubated for asthma.",
        "Intubated two years ago.",
        "Extubated in the operating room.",
        "Foley care given.",
        "Chest tube placed and Foley draining.",
        "PICC team placed on notice.",
    ],
)
def test_plans_the_past_and_other_things_are_no_device(text: str) -> None:
    assert devices(stay(note(2, text))) == []


def test_what_is_denied_behind_a_device_denies_something_else() -> None:
    assert devices(stay(note(2, "EXAM: intubated, no sedation."))) == [("ventilator", at(2), None)]


def test_in_one_note_the_last_word_counts() -> None:
    assert devices(stay(note(2, "Intubated at 3. Extubated at 7."))) == [
        ("ventilator", at(2), at(2))
    ]


@pytest.mark.parametrize("kind", ["Discharge summary", "Operative report", "Procedure note"])
def test_a_document_that_looks_back_inserts_nothing(kind: str) -> None:
    assert devices(stay(replace(note(2, "She was intubated."), kind=kind))) == []


def test_a_copied_sentence_inserts_nothing_again() -> None:
    notes = (note(2, "Foley placed."), note(4, "Foley out."), note(5, "Foley placed."))
    assert devices(stay(*notes)) == [("urinary catheter", at(2), at(4))]


def test_retracted_notes_and_reports_tell_of_no_device() -> None:
    placed = note(2, "PICC in place.")
    assert devices(stay(replace(placed, status=NoteStatus.RETRACTED))) == []
    assert devices(stay(replace(placed, role=Role.RADIOLOGY))) == []
    assert devices(stay(replace(placed, role=Role.NURSING))) != []


def test_procedures_tell_of_devices_too() -> None:
    procedures = (
        Procedure("p1", "Central venous catheter insertion, jugular", started_at=at(2)),
        Procedure("p2", "Mechanical ventilation", started_at=at(2), ended_at=at(4)),
        Procedure("p3", "Foley placement"),
    )
    assert devices(stay(note(6, "CVC removed."), procedures=procedures)) == [
        ("central line", at(2), at(6)),
        ("ventilator", at(2), at(4)),
    ]


def test_the_timeline_tells_them_with_their_days() -> None:
    encounter = stay(
        note(2, "Foley placed."),
        note(5, "Doing well."),
        medications=(drug(MedicationKind.ORDERED),),
    )
    lines = [line.strip() for line in story_lines(told(encounter), timeline=True)]
    assert "2026-07-02 09:00    drug cefepime: goes on" in lines
    device = "2026-07-02 09:00    device urinary catheter: goes on, "
    assert device + "4 calendar day(s), an infection now would count as associated" in lines
    early = [line.strip() for line in story_lines(told(encounter, at(3)), timeline=True)]
    assert device + "2 calendar day(s)" in early


def test_the_timeline_says_that_a_note_no_longer_counts() -> None:
    encounter = stay(replace(note(2, "CHF."), status=NoteStatus.RETRACTED), note(3, "Better."))
    lines = [line.strip() for line in story_lines(told(encounter), timeline=True)]
    assert "2026-07-02 09:00  progress note, Dr. Vance (retracted, struck as evidence)" in lines
    assert "2026-07-03 09:00  progress note, Dr. Vance" in lines


SEPSIS = "ASSESSMENT: Sepsis. IV vancomycin."
OF_LINE = "Sepsis due to an infection of the central line (please specify organism)"


@pytest.mark.parametrize(
    ("notes", "offered"),
    [
        (["PICC line placed.", "", "", "", SEPSIS], True),
        (["PICC line placed.", "", "", "PICC line removed.", SEPSIS], True),
        (["", "", "", "PICC line placed.", SEPSIS], False),
        (["PICC line placed.", "", "PICC line removed.", "", "", SEPSIS], False),
        (["", "", "", "", SEPSIS, "PICC line placed."], False),
        (["", "", "", "", SEPSIS], False),
    ],
    ids=["in place", "out the day before", "for a day", "out for days", "placed after", "none"],
)
def test_a_line_is_offered_as_source_if_it_was_in_place_for_days(
    notes: list[str], offered: bool
) -> None:
    encounter = stay(*(note(day, text) for day, text in enumerate(notes, 1) if text))
    scanner = default_scanner()
    (finding,) = [f for f in scanner.scan(encounter).findings if f.condition == "sepsis"]
    letter = compose([finding], encounter, scanner.catalogue)
    texts = [option.text for option in letter.questions[0].options]
    assert (OF_LINE in texts) is offered
    assert ("PICC line placed" in letter.text) is offered
