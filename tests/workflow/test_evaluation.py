"""Scoring against labels: the arithmetic on labels made for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cdi.errors import InputError
from cdi.workflow.evaluation import evaluate
from cdi.workflow.scan import default_scanner


def query(condition: str, missing: list[str], quote: str, certainty: str = "certain") -> Any:
    return {
        "condition": condition,
        "type": "specificity",
        "missing": missing,
        "certainty": certainty,
        "evidence": [quote],
        "why": "made for the test",
    }


LABELS = [
    {
        "id": "found",
        "text": "Assessment: CHF.",
        "documented": [{"condition": "heart_failure", "assertion": "present"}],
        "queries": [query("heart_failure", ["type", "acuity"], "CHF")],
    },
    {
        "id": "half the axes",
        "text": "Assessment: CHF.",
        "documented": [{"condition": "heart_failure", "assertion": "absent"}],
        "queries": [query("heart_failure", ["type"], "Assessment")],
    },
    {"id": "false", "text": "Assessment: CHF.", "documented": [], "queries": []},
    {
        "id": "borderline",
        "text": "Assessment: CHF.",
        "documented": [],
        "queries": [query("heart_failure", [], "CHF", "borderline")],
    },
    {
        "id": "missed",
        "text": "Assessment: well.",
        "documented": [],
        "queries": [query("heart_failure", [], "well")],
    },
]


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    path = tmp_path / "dev.jsonl"
    path.write_text("\n".join(map(json.dumps, LABELS)), encoding="utf-8")
    return path


def test_the_figures_are_those_of_the_labels(labels: Path) -> None:
    result = evaluate(labels, default_scanner())
    figures = result.figures()
    assert figures["notes"] == 5
    assert figures["precision"] == pytest.approx(2 / 3)
    assert figures["recall"] == pytest.approx(2 / 3)
    assert figures["type_accuracy"] == 1
    assert figures["missing_axes_f1"] == pytest.approx((1 + 2 / 3) / 2)
    assert figures["evidence_overlap"] == pytest.approx(1 / 2)
    assert figures["assertion_f1"] == pytest.approx(2 * 1 / (4 + 2))
    assert figures["false_alerts_per_note"] == pytest.approx(1 / 5)


def test_every_error_is_listed_with_its_context(labels: Path) -> None:
    errors = evaluate(labels, default_scanner()).errors
    assert [(e.kind, e.note) for e in errors] == [("false", "false"), ("miss", "missed")]
    assert errors[0].context == "Assessment: CHF."
    assert "true are documented" in errors[0].why


def test_other_conditions_are_left_out(labels: Path) -> None:
    assert evaluate(labels, default_scanner(), ["sepsis"]).total().missed == 0


def test_what_is_no_label_is_named_by_line(tmp_path: Path) -> None:
    path = tmp_path / "dev.jsonl"
    path.write_text('{"id": "x"}\n')
    with pytest.raises(InputError, match=r"dev\.jsonl:1: not a labelled note"):
        evaluate(path, default_scanner())
    with pytest.raises(InputError, match="no labelled notes here"):
        evaluate(tmp_path / "absent.jsonl", default_scanner())


def test_the_labelled_notes_are_read_well_enough(eval_dir: Path) -> None:
    """The floor the project holds on notes of others; the figures themselves are in the docs."""
    figures = evaluate(eval_dir / "dev.jsonl", default_scanner()).figures()
    assert figures["precision"] >= 0.80
    assert figures["recall"] >= 0.70
