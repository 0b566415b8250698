"""The sample encounters and notes are what their README promises."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from cdi import resources
from cdi.domain.encounter import Encounter, Role
from cdi.domain.finding import QueryType
from cdi.errors import InputError
from cdi.interop.files import InputNotice, read_path, write_encounter
from cdi.rules.measurements import Analytes, load_analytes

SAMPLES = Path(__file__).parents[2] / "samples"
ENCOUNTERS = sorted((SAMPLES / "encounters").glob("*.json"))
EXPECTED: dict[str, Any] = yaml.safe_load((SAMPLES / "expected.yaml").read_text(encoding="utf-8"))
CONDITIONS = {
    "acute_kidney_injury",
    "anemia",
    "atrial_fibrillation",
    "chronic_kidney_disease",
    "depression",
    "diabetes",
    "encephalopathy",
    "gi_bleed",
    "heart_failure",
    "hyperkalemia",
    "hyponatremia",
    "malnutrition",
    "myocardial_infarction",
    "obesity",
    "pneumonia",
    "pressure_injury",
    "respiratory_failure",
    "sepsis",
    "stroke",
    "urinary_tract_infection",
}
SHORTEST_NOTE, LONGEST_LINE = 60, 130


def read(path: Path) -> list[Encounter]:
    problems: list[InputError] = []
    encounters = list(read_path(path, problems.append))
    assert [problem for problem in problems if not isinstance(problem, InputNotice)] == []
    return encounters


@pytest.fixture(params=ENCOUNTERS, ids=lambda path: str(path.stem))
def encounter(request: pytest.FixtureRequest) -> Encounter:
    (found,) = read(request.param)
    return found


def test_there_are_at_least_twelve_encounters_each_with_an_expectation() -> None:
    ids = [found.id for found in read(SAMPLES / "encounters")]
    assert len(ids) >= 12
    assert ids == [path.stem for path in ENCOUNTERS]
    assert sorted(EXPECTED) == ids


def test_every_condition_is_asked_for_once_and_stays_silent_once() -> None:
    opened = Counter(condition for case in EXPECTED.values() for condition in case["open"])
    silent = Counter(condition for case in EXPECTED.values() for condition in case["silent"])
    assert set(opened) == CONDITIONS
    assert set(silent) == CONDITIONS


def test_every_kind_of_question_but_the_rare_ones_is_shown() -> None:
    types = {finding["type"] for case in EXPECTED.values() for finding in case["open"].values()}
    assert types == {
        QueryType.SPECIFICITY,
        QueryType.UNDOCUMENTED,
        QueryType.VALIDATION,
        QueryType.CAUSE,
    }


def test_one_encounter_deserves_no_question() -> None:
    assert [name for name, case in EXPECTED.items() if not case["open"]] == ["nothing-to-ask"]


@pytest.mark.parametrize("name", EXPECTED)
def test_an_expectation_is_well_formed(name: str) -> None:
    case = EXPECTED[name]
    assert set(case) == {"open", "silent"}
    assert not set(case["open"]) & set(case["silent"])
    assert case["silent"] == sorted(set(case["silent"]))
    for finding in case["open"].values():
        assert set(finding) == {"type", "missing"}
        asks_for_axes = finding["type"] in {QueryType.SPECIFICITY, QueryType.CAUSE, QueryType.POA}
        assert bool(finding["missing"]) == asks_for_axes


def test_an_encounter_has_a_patient_notes_values_and_drugs(encounter: Encounter) -> None:
    assert encounter.title
    assert encounter.patient is not None
    assert encounter.patient.birth_date is not None
    assert encounter.patient.sex in {"female", "male"}
    assert 3 <= len(encounter.notes) <= 8
    assert encounter.observations
    assert encounter.medications
    assert {note.role for note in encounter.notes} > {Role.PROVIDER}


def test_notes_are_of_a_length_that_can_be_read(encounter: Encounter) -> None:
    for note in encounter.notes:
        assert len(note.text) >= SHORTEST_NOTE
        assert max(map(len, note.text.split("\n"))) <= LONGEST_LINE
        assert note.text.isascii()


def test_times_are_in_order_and_within_the_stay(encounter: Encounter) -> None:
    begin, end = encounter.admitted_at, encounter.discharged_at
    assert begin is not None
    assert end is not None
    written = [note.recorded_at for note in encounter.notes]
    observed = [item.observed_at for item in encounter.observations]
    started = [item.started_at for item in encounter.medications]
    for times in (written, observed, started):
        known: list[datetime] = [time for time in times if time is not None]
        assert len(known) == len(times)
        assert known == sorted(known)
    assert all(time is not None and begin <= time <= end for time in written)
    for item in encounter.observations:
        assert item.observed_at is not None
        assert item.recorded_at is not None
        assert item.observed_at <= item.recorded_at
    for drug in encounter.medications:
        assert drug.started_at is not None
        assert drug.ended_at is None or drug.started_at < drug.ended_at


def test_ids_are_unique_in_their_list(encounter: Encounter) -> None:
    for items in (encounter.notes, encounter.observations, encounter.medications):
        ids = [item.id for item in items]
        assert len(ids) == len(set(ids))


@pytest.fixture(scope="module")
def analytes() -> Analytes:
    return load_analytes(resources.models() / "measurements")


def test_values_have_a_known_name_and_a_unit_that_fits(
    encounter: Encounter, analytes: Analytes
) -> None:
    for item in encounter.observations:
        if item.value is None:
            assert item.text
        else:
            assert analytes[item.analyte].canonical(item.value, item.unit) is not None, item.id


def test_no_two_patients_share_an_id_or_a_name() -> None:
    patients = [found.patient for found in read(SAMPLES / "encounters")]
    assert len({patient and patient.id for patient in patients}) == len(patients)
    assert len({patient and patient.name for patient in patients}) == len(patients)


def test_some_values_are_in_si_units_and_some_never_existed() -> None:
    found = [item for each in read(SAMPLES / "encounters") for item in each.observations]
    assert {"umol/L", "g/L", "mmol/L"} <= {item.unit for item in found}
    assert sum(item.status == "entered-in-error" for item in found) >= 2


@pytest.mark.parametrize("path", ENCOUNTERS, ids=lambda path: str(path.stem))
def test_a_file_says_nothing_that_the_format_would_lose(path: Path) -> None:
    (found,) = read(path)
    written = write_encounter(found)
    stored = json.loads(path.read_text(encoding="utf-8"))
    for note in stored["notes"]:
        if note["role"] == "provider":  # spelled out in the samples, the default of the format
            del note["role"]
    assert written == stored


def test_there_are_six_single_notes() -> None:
    notes = read(SAMPLES / "notes")
    assert len(notes) == 6
    assert all(SHORTEST_NOTE <= len(found.notes[0].text) <= 1500 for found in notes)
