"""Parts of the labelled notes on their own: dealt out by id, nothing lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cdi.errors import InputError
from cdi.workflow.cross_check import evaluate_folds, spread
from cdi.workflow.evaluation import evaluate
from cdi.workflow.scan import default_scanner


def write(path: Path, identifiers: list[str]) -> Path:
    rows = [
        {"id": i, "text": "ASSESSMENT: CHF.", "documented": [], "queries": []} for i in identifiers
    ]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def false_alerts(path: Path) -> list[list[str]]:
    parts = evaluate_folds(path, default_scanner(), 3)
    return [sorted(error.note for error in part.errors) for part in parts]


def test_folds_share_out_the_notes_whatever_their_order(tmp_path: Path) -> None:
    names = [f"note {number}" for number in range(8)]
    path = write(tmp_path / "dev.jsonl", names)
    folds = false_alerts(path)
    assert sorted(name for fold in folds for name in fold) == names
    assert sorted(map(len, folds)) == [2, 3, 3]
    assert false_alerts(write(tmp_path / "turned.jsonl", names[::-1])) == folds


def test_the_folds_add_up_to_the_whole(tmp_path: Path) -> None:
    path = write(tmp_path / "dev.jsonl", [f"note {number}" for number in range(5)])
    parts = evaluate_folds(path, default_scanner(), 2, ["heart_failure"])
    whole = evaluate(path, default_scanner(), ["heart_failure"])
    assert sum(part.total().false for part in parts) == whole.total().false == 5


def test_more_folds_than_notes_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "dev.jsonl", ["a", "b"])
    with pytest.raises(InputError, match="2 notes cannot be dealt out to 3 folds"):
        evaluate_folds(path, default_scanner(), 3)


def test_the_spread_of_values() -> None:
    found = spread([0.8, 1.0, 0.9])
    assert (found.low, found.high) == (0.8, 1.0)
    assert found.mean == pytest.approx(0.9)
    assert found.deviation == pytest.approx(0.1)
