"""Reviews as JSON values and as a table."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime

from cdi.domain.encounter import Encounter, Medication, Note, Observation
from cdi.report.record import prediction_record, review_record
from cdi.report.table import print_table
from cdi.workflow.scan import scan

NOW = datetime(2026, 3, 2, tzinfo=UTC)
ENCOUNTER = Encounter(
    "e",
    notes=(Note("n1", "ASSESSMENT: CHF."), Note("n2", "No CHF exacerbation today.")),
    observations=(Observation("o1", "bnp", 900, "pg/mL", NOW, NOW),),
    medications=(Medication("m1", "furosemide", "40 mg", "IV", NOW),),
)


def test_every_pointer_is_written_with_its_kind() -> None:
    (finding,) = [
        f for f in review_record(scan(ENCOUNTER))["findings"] if f["condition"] == "heart_failure"
    ]
    pointers = [{k for k in e if k not in {"name", "role", "text"}} for e in finding["evidence"]]
    assert {"note", "start", "end"} in pointers
    assert {"observation"} in pointers
    assert {"medication"} in pointers
    assert json.dumps(finding)


def test_a_span_names_its_note_only_where_there_are_several() -> None:
    several = prediction_record(scan(ENCOUNTER))
    assert {mention["note"] for mention in several["mentions"]} == {"n1", "n2"}
    single = prediction_record(scan(ENCOUNTER.notes[0]))
    assert single["mentions"][0] == {
        "condition": "heart_failure",
        "assertion": "present",
        "start": 12,
        "end": 15,
    }


def test_the_table_says_where_there_is_nothing_to_ask() -> None:
    out = io.StringIO()
    print_table([scan("Doing well.")], out)
    assert out.getvalue().strip() == "0 findings in 1 encounter; 1 with nothing to ask"
