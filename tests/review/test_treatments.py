"""Treatment that had ended before there was anything to treat is none of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

import cdi
from cdi.domain.encounter import Encounter, Medication, MedicationKind, Note, Patient
from cdi.workflow.scan import default_scanner

ADMITTED = datetime(2026, 6, 1, 8, tzinfo=UTC)
FILM = "Chest x-ray shows a new right lower lobe infiltrate. Febrile, productive cough."


def after(days: float) -> datetime:
    return ADMITTED + timedelta(days=days)


def antibiotic(
    begin: float, end: float | None, kind: MedicationKind = MedicationKind.ORDERED
) -> Medication:
    stop = None if end is None else after(end)
    return Medication("m1", "ceftriaxone 1 g", "1 g", "IV", after(begin), stop, kind)


def stay(drug: Medication, text: str = FILM) -> Encounter:
    note = Note("n1", text, "progress note", "Dr. Sorrel", recorded_at=after(6))
    return Encounter("stay", Patient("p"), (note,), medications=(drug,), admitted_at=ADMITTED)


def asked(encounter: Encounter) -> list[str]:
    return [f.key for f in cdi.scan(encounter).findings]


@pytest.mark.parametrize(
    "drug",
    [
        antibiotic(0, None),
        antibiotic(0, 8),
        antibiotic(0, 5.5),
        antibiotic(6, 6.5),
        antibiotic(6, None, MedicationKind.ADMINISTERED),
    ],
    ids=["running", "stopped later", "stopped the day before", "begun now", "a dose now"],
)
def test_what_is_given_when_it_shows_is_treatment(drug: Medication) -> None:
    assert asked(stay(drug)) == ["pneumonia.infiltrate_treated"]


@pytest.mark.parametrize(
    "drug",
    [antibiotic(0, 2), antibiotic(0, None, MedicationKind.ADMINISTERED)],
    ids=["an order stopped", "a dose given"],
)
def test_what_had_ended_days_before_is_none(drug: Medication) -> None:
    assert asked(stay(drug)) == []


def test_the_explanation_says_so() -> None:
    explained = default_scanner().explain(stay(antibiotic(0, 2)), "pneumonia")
    told = {explanation.rule: explanation.outcome for explanation in explained}
    assert told["pneumonia.infiltrate_treated"] == "the treatment had ended before"


def test_a_note_that_speaks_of_the_drug_counts_whatever_the_order_says() -> None:
    encounter = stay(antibiotic(0, 2), FILM + " Continue ceftriaxone.")
    assert asked(encounter) == ["pneumonia.infiltrate_treated"]


def test_a_documented_diagnosis_is_asked_about_without_treatment_too() -> None:
    encounter = stay(antibiotic(0, 2), FILM + " ASSESSMENT: Pneumonia.")
    assert asked(encounter) == ["pneumonia.organism_missing"]
