"""Many encounters in constant memory, in one process or several."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from cdi.domain.encounter import Encounter, Note
from cdi.domain.finding import Review
from cdi.errors import InputError
from cdi.workflow import stream
from cdi.workflow.scan import Scanner
from cdi.workflow.stream import scan_all


def name(review: Review) -> str:
    return review.encounter.id


def encounters(count: int) -> Iterator[Encounter]:
    for number in range(count):
        yield Encounter(f"e{number}", notes=(Note("n", "CHF."),))


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_the_order_of_the_input(jobs: int) -> None:
    refused: list[InputError] = []
    names = list(scan_all(encounters(100), name, jobs=jobs, refused=refused.append))
    assert names == [f"e{number}" for number in range(100)]
    assert refused == []


def process(review: Review) -> int:
    return os.getpid()


def test_this_process_scans_beside_the_others() -> None:
    refused = list[InputError]().append
    scanned_in = set(scan_all(encounters(800), process, jobs=2, refused=refused))
    assert len(scanned_in) == 2
    assert os.getpid() in scanned_in


def test_input_is_read_only_as_far_as_it_is_needed() -> None:
    read = 0

    def counting() -> Iterator[Encounter]:
        nonlocal read
        for encounter in encounters(1000):
            read += 1
            yield encounter

    results = scan_all(counting(), name, refused=list[InputError]().append)
    assert next(results) == "e0"
    assert read == 64


def test_a_refused_encounter_costs_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    scanner = Scanner()
    monkeypatch.setattr(scanner, "_longest", 10)
    monkeypatch.setattr(stream, "default_scanner", lambda: scanner)
    long = Encounter("long", notes=(Note("n", "x" * 11),))
    refused: list[InputError] = []
    names = list(scan_all([long, *encounters(1)], name, refused=refused.append))
    assert names == ["e0"]
    assert ["long" in str(error) for error in refused] == [True]
