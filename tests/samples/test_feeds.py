"""The sample feeds are read whole, and raise what they were written to raise."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cdi.domain.encounter import Encounter, NoteStatus, RemarkKind
from cdi.errors import InputError
from cdi.interop.feeds import WireFormats
from cdi.interop.files import read_path, write_encounter
from cdi.interop.mapping import load_intake
from cdi.workflow.scan import default_scanner


@pytest.fixture(scope="module")
def stays(project: Path) -> dict[str, Encounter]:
    folder = project / "samples" / "feeds"
    formats = WireFormats(load_intake(folder / "site.yaml"))
    problems: list[InputError] = []
    found = [
        stay
        for path in sorted(folder.iterdir())
        if path.suffix in (".json", ".hl7")
        for stay in read_path(path, problems.append, feeds=lambda: formats)
    ]
    assert problems == []
    return {stay.id: stay for stay in found}


def test_each_file_is_one_stay(stays: dict[str, Encounter]) -> None:
    sizes = {
        stay.id: (len(stay.notes), len(stay.observations), len(stay.set_aside))
        for stay in stays.values()
    }
    assert sizes == {"dry-enc": (6, 10, 2), "win-enc": (5, 6, 1), "MP-77120": (5, 5, 0)}


def test_what_no_rule_may_use_is_told(stays: dict[str, Encounter]) -> None:
    told = {remark.item: remark.kind for stay in stays.values() for remark in stay.remarks}
    assert told == {
        "Observation/dry-na-1": RemarkKind.UNKNOWN_UNIT,
        "Observation/dry-wt": RemarkKind.IMPOSSIBLE_VALUE,
        "Observation/win-late": RemarkKind.MISSING_TIME,
    }


def test_replaced_notes_are_superseded(stays: dict[str, Encounter]) -> None:
    superseded = [
        note.id
        for stay in stays.values()
        for note in stay.notes
        if note.status is NoteStatus.SUPERSEDED
    ]
    assert sorted(superseded) == ["MP-D2", "win-pn1"]


def test_the_findings_are_those_they_were_written_for(stays: dict[str, Encounter]) -> None:
    findings = {
        name: [(f.condition, f.type.value) for f in default_scanner().scan(stay).findings]
        for name, stay in stays.items()
    }
    assert findings == {
        "dry-enc": [],
        "win-enc": [("malnutrition", "undocumented")],
        "MP-77120": [("anemia", "undocumented")],
    }


def test_a_stay_of_a_feed_can_be_written_as_an_encounter_and_read_back(
    stays: dict[str, Encounter], tmp_path: Path
) -> None:
    problems: list[InputError] = []
    for stay in stays.values():
        path = tmp_path / "stay.json"
        path.write_text(json.dumps(write_encounter(stay)), encoding="utf-8")
        assert list(read_path(path, problems.append)) == [stay]
    assert problems == []
