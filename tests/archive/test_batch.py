from __future__ import annotations

import pickle

import pyarrow as pa
import pytest
from archive.notes import CHF, SILENT

from cdi.archive.batch import FINDINGS, BatchReview
from cdi.archive.columns import Columns


def _batch(**columns: list[object]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict(columns)


def test_a_batch_of_notes_becomes_a_batch_of_findings() -> None:
    (findings, rest) = BatchReview()([_batch(id=["a", "b"], text=[CHF, SILENT])])
    assert findings.schema == rest.schema == FINDINGS
    assert rest.num_rows == 0
    (row,) = findings.to_pylist()
    assert (row["note"], row["condition"], row["type"]) == ("a", "heart_failure", "specificity")
    assert row["missing"] == ["type", "acuity"]
    assert row["evidence"][0] == {"note": "a", "start": 12, "end": 15}
    assert row["rule_version"] >= 1


def test_the_function_crosses_processes_without_its_pipeline() -> None:
    review = BatchReview(Columns(text="body"), mentions=True)
    list(review([_batch(id=["a"], body=[CHF])]))
    copy = pickle.loads(pickle.dumps(review))
    assert copy == review
    assert len(pickle.dumps(review)) < 1000


def test_mentions_come_on_request() -> None:
    batch = _batch(id=["a"], text=["No CHF."])
    (outcome, _) = BatchReview(mentions=True).outcomes([batch])
    assert outcome.mentions.to_pylist() == [
        {
            "note": "a",
            "encounter": "",
            "condition": "heart_failure",
            "assertion": "absent",
            "start": 3,
            "end": 6,
        }
    ]
    (outcome, _) = BatchReview().outcomes([batch])
    assert outcome.mentions.num_rows == 0


def test_a_stay_spread_over_batches_is_reviewed_as_one() -> None:
    review = BatchReview(Columns(encounter="visit"))
    batches = [
        _batch(id=["a", "b"], text=[CHF, CHF], visit=["v1", "v2"]),
        _batch(id=["c"], text=["Chronic systolic heart failure."], visit=["v2"]),
    ]
    rows = [row for batch in review(batches) for row in batch.to_pylist()]
    assert [(row["encounter"], row["missing"]) for row in rows] == [("v1", ["type", "acuity"])]


def test_rows_of_a_stay_that_do_not_follow_each_other_are_refused() -> None:
    review = BatchReview(Columns(encounter="visit"))
    batch = _batch(id=["a", "b", "c"], text=[CHF] * 3, visit=["v1", "v2", "v1"])
    first, rest = review.outcomes([batch])
    assert [row["note"] for row in first.rejected.to_pylist()] == ["c"]
    assert [row.note.id for row in (*first.read, *rest.read)] == ["a", "b"]


def test_notes_of_nurses_document_nothing() -> None:
    review = BatchReview(Columns(role="role"))
    batch = _batch(id=["a", "b"], text=[CHF, CHF], role=["nursing", "provider"])
    rows = [row for found in review([batch]) for row in found.to_pylist()]
    assert [row["note"] for row in rows] == ["b"]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"id": None}, "id: the note has no id"),
        ({"text": None}, "text: expected text"),
        ({"text": " \n"}, "text: the note is empty"),
        ({"role": "wizard"}, "role: unknown role, expected provider, nursing"),
        ({"time": "yesterday"}, "time: not an ISO 8601 time"),
    ],
)
def test_a_bad_row_is_refused_with_its_reason_and_costs_no_other(
    values: dict[str, object], reason: str
) -> None:
    good = {"id": "good", "text": CHF, "role": "provider", "time": "2024-03-01T08:00"}
    bad = {**good, "id": "bad", **values}
    batch = pa.RecordBatch.from_pylist([bad, good])
    (outcome, _) = BatchReview(Columns(role="role", time="time")).outcomes([batch])
    (rejected,) = outcome.rejected.to_pylist()
    assert rejected["reason"].startswith(reason)
    assert [row["note"] for row in outcome.findings.to_pylist()] == ["good"]
    assert [row["month"] for row in outcome.findings.to_pylist()] == ["2024-03"]
