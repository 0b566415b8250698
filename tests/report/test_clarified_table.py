"""Clarified diagnoses as CSV."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cdi.report.clarified_table import ClarifiedRow, write_clarified_table

ROW = ClarifiedRow(
    encounter="E-1",
    condition="heart_failure",
    diagnosis='Acute "diastolic", HFpEF',
    outcome="specified",
    code="I50.31",
    poa="Y",
    status="coded",
    answered_by="Dr. Pat Rivera",
    answered_at=datetime(2026, 6, 3, 9, tzinfo=UTC),
    query="q1",
)


def test_a_row_comes_back_as_it_was_written() -> None:
    (row,) = csv.DictReader(io.StringIO(write_clarified_table([ROW])))
    assert row == {
        "encounter": "E-1",
        "condition": "heart_failure",
        "diagnosis": 'Acute "diastolic", HFpEF',
        "outcome": "specified",
        "code": "I50.31",
        "poa": "Y",
        "status": "coded",
        "answered_by": "Dr. Pat Rivera",
        "answered_at": "2026-06-03T09:00:00+00:00",
        "query": "q1",
    }


@pytest.mark.parametrize("words", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_no_cell_is_a_formula(words: str) -> None:
    (row,) = csv.DictReader(io.StringIO(write_clarified_table([replace(ROW, diagnosis=words)])))
    assert row["diagnosis"] == f"'{words}"


def test_without_rows_there_are_headings() -> None:
    assert write_clarified_table([]).startswith("encounter,condition,diagnosis,")
