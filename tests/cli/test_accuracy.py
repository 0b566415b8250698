"""How an evaluation is shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cdi.cli.accuracy import accuracy_page, condition_lines, error_lines, fold_lines
from cdi.cli.app import app
from cdi.workflow.cross_check import evaluate_folds
from cdi.workflow.evaluation import Evaluation, Score, evaluate
from cdi.workflow.scan import default_scanner


def label(identifier: str, text: str, *conditions: str) -> dict[str, object]:
    return {
        "id": identifier,
        "text": text,
        "documented": [],
        "queries": [
            {
                "condition": condition,
                "type": "specificity",
                "missing": [],
                "certainty": "certain",
                "evidence": [text[:5]],
                "why": "made up",
            }
            for condition in conditions
        ],
    }


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """One query found, one false alert, one miss."""
    rows = [
        label("a", "ASSESSMENT: CHF, on Lasix.", "heart_failure"),
        label("b", "ASSESSMENT: CHF, on Lasix."),
        label("c", "ASSESSMENT: Gout.", "sepsis"),
    ]
    path = tmp_path / "dev.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def test_every_error_stands_in_context_with_the_truth_of_its_names(labels: Path) -> None:
    result = evaluate(labels, default_scanner(), explained=True)
    false, miss = result.errors
    assert (false.kind, false.condition, miss.kind, miss.condition) == (
        "false",
        "heart_failure",
        "miss",
        "sepsis",
    )
    lines = list(error_lines(false))
    assert lines[0].startswith("FALSE b heart_failure [specificity]")
    assert any(line.endswith(": asks") for line in lines)
    assert any(line.strip().startswith("true") and "documented" in line for line in lines)
    silent = list(error_lines(miss))
    assert silent[0].startswith("MISS  c sepsis [specificity] made up")
    assert any("silent, its sentence is not true" in line for line in silent)
    assert any(line.strip().startswith("false") and "documented" in line for line in silent)


def test_errors_are_explained_only_on_demand(labels: Path) -> None:
    assert [e.rules for e in evaluate(labels, default_scanner()).errors] == [(), ()]


def test_the_page_tells_how_many_cases_stand_behind_a_share() -> None:
    scores = {
        "sepsis": Score(found=9, false=1, missed=1),
        "gout": Score(found=2, missed=1),
        "anemia": Score(false=1),
    }
    page = accuracy_page(Evaluation(notes=5, by_condition=scores))
    assert "Measured on 5 labelled notes" in page
    assert page.splitlines()[-4:] == [
        "| `sepsis` | 10 | 9 | 1 | 1 | 0.90 | 0.90 |",
        "| `gout` | 3 | 2 | 0 | 1 | (1.00) | (0.67) |",
        "| `anemia` | 0 | 0 | 1 | 0 | (0.00) | - |",
        "| **all** | 13 | 11 | 2 | 2 | 0.85 | 0.85 |",
    ]


def test_the_table_has_a_line_for_each_condition(labels: Path) -> None:
    lines = list(condition_lines(evaluate(labels, default_scanner())))
    assert [line.split()[:4] for line in lines[1:]] == [
        ["heart_failure", "1", "1", "0"],
        ["sepsis", "0", "0", "1"],
    ]


def test_the_command_writes_each_form(labels: Path) -> None:
    folder = str(labels.parent)
    run = CliRunner().invoke
    listed = run(app, ["evaluate", folder, "--errors"]).output
    assert "FALSE b heart_failure" in listed
    assert "when " in listed
    page = run(app, ["evaluate", folder, "--by-condition", "--format", "markdown"]).output
    assert page.startswith("# Accuracy by condition\n")
    assert page.endswith("| **all** | 2 | 1 | 1 | 1 | (0.50) | (0.50) |\n")


def test_the_figures_of_each_fold_stand_with_its_counts(labels: Path) -> None:
    lines = list(fold_lines(evaluate_folds(labels, default_scanner(), 3)))
    assert lines[0].split()[:6] == ["fold", "notes", "cases", "found", "false", "missed"]
    counts = [line.split()[1:6] for line in lines[1:4]]
    assert sorted(counts) == [
        ["1", "0", "0", "1", "0"],
        ["1", "1", "0", "0", "1"],
        ["1", "1", "1", "0", "0"],
    ]
    assert [line.split()[:2] for line in lines[4:]] == [
        ["lowest", "0.000"],
        ["highest", "1.000"],
        ["mean", "0.333"],
        ["deviation", "0.577"],
    ]


def test_the_command_shows_the_folds_in_each_form(labels: Path) -> None:
    folder = str(labels.parent)
    run = CliRunner().invoke
    assert "deviation" in run(app, ["evaluate", folder, "--folds", "3"]).output
    figures = json.loads(run(app, ["evaluate", folder, "--folds", "3", "--format", "json"]).output)
    assert [fold["notes"] for fold in figures["folds"]] == [1, 1, 1]
    page = run(app, ["evaluate", folder, "--folds", "3", "--format", "markdown"]).output
    assert "The same notes dealt out to 3 parts" in page
    assert run(app, ["evaluate", folder, "--folds", "4"]).exit_code != 0


def test_the_page_in_the_documentation_has_a_line_for_conditions_with_cases(project: Path) -> None:
    page = (project / "docs" / "accuracy.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert len(rows) >= 40
    assert "**all**" in page
