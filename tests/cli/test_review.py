"""``cdi review``: stories as text and as lines for scoring."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cdi.cli.app import app

STAY = {
    "id": "stay-1",
    "title": "Heart failure",
    "admitted_at": "2026-05-04T08:00:00Z",
    "notes": [
        {
            "id": "hp",
            "kind": "history and physical",
            "author": "Dr. Amaru",
            "recorded_at": "2026-05-04T09:00:00Z",
            "text": "ASSESSMENT:\n1. CHF, weigh daily.",
        },
        {
            "id": "cards",
            "kind": "cardiology consult",
            "author": "Dr. Ilves",
            "recorded_at": "2026-05-05T09:00:00Z",
            "text": "IMPRESSION:\n1. Acute on chronic systolic heart failure.",
        },
    ],
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "stay.json"
    file.write_text(json.dumps(STAY), encoding="utf-8")
    return file


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["review", *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_story_tells_what_was_resolved_by_whom(path: Path) -> None:
    assert run(str(path)).splitlines() == [
        "stay-1  as of 2026-05-05 09:00",
        "Heart failure",
        "Open: nothing",
        "Resolved: 1",
        "  heart failure",
        "    2026-05-04 09:00  opened: documented (history and physical, Dr. Amaru)",
        "    2026-05-05 09:00  resolved: type, acuity documented (cardiology consult, Dr. Ilves)",
        "",
    ]


def test_as_of_an_earlier_moment_the_finding_is_open(path: Path) -> None:
    assert run(str(path), "--as-of", "2026-05-04T20:00:00+00:00").splitlines()[2:5] == [
        "Open: 1",
        "  heart failure  specificity: type, acuity",
        "    2026-05-04 09:00  opened: documented (history and physical, Dr. Amaru)",
    ]


def test_the_timeline_lists_notes_and_turns_in_order(path: Path) -> None:
    lines = run(str(path), "--timeline").splitlines()
    assert lines[lines.index("Timeline:") :] == [
        "Timeline:",
        "  2026-05-04 09:00  history and physical, Dr. Amaru",
        "  2026-05-04 09:00    opened heart failure: documented",
        "  2026-05-05 09:00  cardiology consult, Dr. Ilves",
        "  2026-05-05 09:00    resolved heart failure: type, acuity documented",
        "",
    ]


def test_a_line_for_scoring_repeats_the_moment_as_it_was_given(path: Path) -> None:
    moment = "2026-05-04T15:00:00-05:00"
    (line,) = run(str(path), "--as-of", moment, "--format", "json").splitlines()
    record = json.loads(line)
    assert (record["id"], record["as_of"], record["resolved"]) == ("stay-1", moment, [])
    (finding,) = record["open"]
    assert {key: finding[key] for key in ("condition", "type", "missing", "id")} == {
        "condition": "heart_failure",
        "type": "specificity",
        "missing": ["type", "acuity"],
        "id": "stay-1/heart_failure",
    }


def test_without_a_moment_the_line_carries_the_time_of_the_last_entry(path: Path) -> None:
    record = json.loads(run(str(path), "--format", "json"))
    assert record["as_of"] == "2026-05-05T09:00:00+00:00"
    assert [life["condition"] for life in record["resolved"]] == ["heart_failure"]


def test_a_moment_that_is_none_is_refused(path: Path) -> None:
    result = CliRunner().invoke(app, ["review", str(path), "--as-of", "yesterday"])
    assert result.exit_code == 2


def test_what_cannot_be_read_is_told_and_the_rest_is_reviewed(path: Path) -> None:
    broken = path.with_name("broken.json")
    broken.write_text('{"resourceType": "Bundle", "entry": 3}', encoding="utf-8")
    result = CliRunner().invoke(app, ["review", str(broken), str(path)])
    assert result.exit_code == 1
    assert "stay-1" in result.stdout
    assert "broken.json: entry" in result.stderr


def test_a_page_is_written_to_a_file(path: Path) -> None:
    page = path.with_name("story.html")
    assert run(str(path), "--format", "html", "--output", str(page)) == ""
    html = page.read_text(encoding="utf-8")
    assert "<svg" in html
    assert "Heart failure: type, acuity documented" in " ".join(html.split())
