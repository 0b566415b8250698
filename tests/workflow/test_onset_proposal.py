"""What timing suggests to the coder, and where it is silent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from desks import MORNING, Hospital
from stays import make_full_stay

from cdi.domain.encounter import Encounter
from cdi.domain.letter import OptionKind
from cdi.domain.query import PresentOnAdmission
from cdi.errors import NotAllowed, NotFound
from cdi.storage.tables import DiagnosisRow
from cdi.workflow.onset_proposal import propose_onset


def _clarified(hospital: Hospital, stay: Encounter) -> dict[str, str]:
    """Return the clarified diagnoses of a stay that was asked about, by condition."""
    sent = hospital.sent(stay)
    hospital.answer(sent.id, sent.version, hospital.options(sent.id, OptionKind.DIAGNOSIS))
    with hospital.store.reading() as session:
        return {row.condition: row.id for row in session.query(DiagnosisRow)}


def _mark(hospital: Hospital, diagnosis: str) -> PresentOnAdmission | None:
    found = propose_onset(hospital.desk, hospital.actor("kim"), diagnosis)
    assert found is not None
    return found.mark


def test_what_shows_on_the_first_day_was_there_on_admission(hospital: Hospital) -> None:
    found = _clarified(hospital, make_full_stay())
    assert _mark(hospital, found["acute_kidney_injury"]) is PresentOnAdmission.YES


def test_what_shows_late_was_not(hospital: Hospital) -> None:
    stay = replace(make_full_stay(), admitted_at=MORNING - timedelta(days=5))
    found = _clarified(hospital, stay)
    assert _mark(hospital, found["acute_kidney_injury"]) is PresentOnAdmission.NO


def test_of_other_conditions_nothing_is_suggested(hospital: Hospital) -> None:
    found = _clarified(hospital, make_full_stay())
    assert propose_onset(hospital.desk, hospital.actor("kim"), found["heart_failure"]) is None


@pytest.mark.parametrize(("name", "error"), [("sam", NotAllowed), ("zoe", NotFound)])
def test_it_is_for_those_who_read_diagnoses(
    hospital: Hospital, name: str, error: type[Exception]
) -> None:
    found = _clarified(hospital, make_full_stay())
    with pytest.raises(error):
        propose_onset(hospital.desk, hospital.actor(name), found["acute_kidney_injury"])
