"""Finding stays beyond every list: by number and name, as far as a role reaches, on the record."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from desks import ELSEWHERE, HERE, SPECIFIED, Hospital, make_stay

from cdi.domain.encounter import Patient
from cdi.errors import InputError, NotAllowed, NotFound
from cdi.storage import stay_search as storage
from cdi.storage.tables import CareTeamRow, EventRow
from cdi.workflow.identity import open_emergency
from cdi.workflow.stay_search import StaysFound, find_stays


@pytest.fixture
def full(hospital: Hospital) -> Hospital:
    """Three stays of two patients without any question."""
    quiet = make_stay(SPECIFIED)
    hospital.ingest(quiet)
    hospital.ingest(replace(quiet, id="E-101"))
    hospital.ingest(replace(quiet, id="E-102", patient=Patient("MRN-8", "Émile Exemplar")))
    return hospital


def _find(hospital: Hospital, words: str, name: str = "sam") -> StaysFound:
    return find_stays(hospital.desk, hospital.actor(name), hospital.facilities[HERE], words)


def _numbers(hospital: Hospital, words: str, name: str = "sam") -> list[str]:
    return [one.encounter.number for one in _find(hospital, words, name).stays]


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("E-101", ["E-101"]),
        (" MRN-7 ", ["E-101", "E-100"]),
        ("MRN-8", ["E-102"]),
        ("MRN", []),
        ("E-10", []),
        ("jordan", ["E-101", "E-100"]),
        ("exam jor", ["E-101", "E-100"]),
        ("émile", ["E-102"]),
        ("exem", ["E-102"]),
        ("jordan exemplar", []),
        ("100%", []),
    ],
)
def test_stays_are_found_by_whole_numbers_and_words_of_names(
    full: Hospital, words: str, numbers: list[str]
) -> None:
    assert _numbers(full, words) == numbers


def test_what_was_shown_is_an_event_without_the_words(full: Hospital) -> None:
    found = _find(full, "exemplar")
    with full.store.reading() as session:
        event = session.query(EventRow).filter_by(verb="encounter.find").one()
    assert json.loads(event.detail)["encounters"] == [found.stays[0].encounter.id]
    assert "exemplar" not in event.detail.lower()
    assert event.actor_id == full.users["sam"]


def test_a_physician_finds_the_stays_they_may_open_alone(full: Hospital) -> None:
    assert _numbers(full, "jordan", "pia") == []
    assert _numbers(full, "MRN-7", "pia") == []
    stays = {one.encounter.number: one.encounter.id for one in _find(full, "jordan").stays}
    open_emergency(full.desk, full.actor("pia"), stays["E-101"], "called to help")
    with full.store.writing() as session:
        session.add(
            CareTeamRow(
                encounter_id=stays["E-100"],
                user_id=full.users["pia"],
                part="consulting",
            )
        )
    assert _numbers(full, "jordan", "pia") == ["E-101", "E-100"]
    assert _numbers(full, "E-101", "pia") == ["E-101"]
    assert _numbers(full, "E-102", "pia") == []


@pytest.mark.parametrize("name", ["mia", "kim"])
def test_desk_and_coders_find_every_stay(full: Hospital, name: str) -> None:
    assert _numbers(full, "E-102", name) == ["E-102"]


@pytest.mark.parametrize(
    ("name", "error"),
    [("ada", NotAllowed), ("eve", NotAllowed), ("bot", NotAllowed), ("zoe", NotFound)],
)
def test_nobody_else_finds_any(full: Hospital, name: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        _find(full, "E-101", name)


def test_another_facility_has_stays_of_its_own(full: Hospital) -> None:
    there = find_stays(full.desk, full.actor("zoe"), full.facilities[ELSEWHERE], "E-101")
    assert there.stays == ()


def test_one_letter_is_no_search(full: Hospital) -> None:
    with pytest.raises(InputError):
        _find(full, " e ")


def test_names_of_older_stays_are_told_not_to_be_looked_at(
    full: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _find(full, "jordan").names_whole
    monkeypatch.setattr(storage, "MOST_NAMES", 2)
    monkeypatch.setattr("cdi.workflow.stay_search.MOST_NAMES", 2)
    found = _find(full, "jordan")
    assert [one.encounter.number for one in found.stays] == ["E-101"]
    assert not found.names_whole
