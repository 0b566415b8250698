"""``cdi review``: stories as text and as lines for scoring."""

from __future__ import annotations

import json
from base64 import b64encode
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


def test_line_and_page_tell_onsets_diagnoses_not_carried_on_and_exposures(tmp_path: Path) -> None:
    admission = "ASSESSMENT:\n1. Sepsis due to cellulitis.\n2. Hyponatremia, fluid restriction."
    summary = "HOSPITAL COURSE:\nSepsis due to cellulitis, cefazolin."
    notes = [
        ("hp", "H&P", "2026-05-04T09:00:00Z", admission),
        ("pn", "progress note", "2026-05-05T09:00:00Z", "PICC line placed."),
        ("ds", "discharge summary", "2026-05-08T09:00:00Z", summary),
    ]
    stay = {
        **STAY,
        "notes": [
            {"id": i, "kind": k, "author": "Dr. Amaru", "recorded_at": at, "text": text}
            for i, k, at, text in notes
        ],
        "medications": [
            {
                "id": "m1",
                "name": "cefazolin",
                "started_at": "2026-05-04T10:00:00Z",
                "ended_at": "2026-05-07T10:00:00Z",
                "kind": "ordered",
            }
        ],
    }
    file = tmp_path / "stay.json"
    file.write_text(json.dumps(stay), encoding="utf-8")
    line = json.loads(CliRunner().invoke(app, ["review", str(file), "--format", "json"]).stdout)
    assert line["encounter"] == "stay-1"
    assert [(o["condition"], o["present_on_admission"]) for o in line["onsets"]] == [
        ("sepsis", "yes")
    ]
    assert [d["condition"] for d in line["not_carried"]] == ["hyponatremia"]
    assert [(e["kind"], e["name"], e["source"], e["end"]) for e in line["exposures"]] == [
        ("drug", "cefazolin", "m1", "2026-05-07T10:00:00+00:00"),
        ("device", "central line", "pn", None),
    ]
    page = CliRunner().invoke(app, ["review", str(file), "--format", "html"]).stdout
    assert "sepsis: present on admission: yes (by timing)" in page
    assert "hyponatremia: not carried into the discharge summary" in page
    assert "drug cefazolin: until 2026-05-07 10:00" in page
    assert "device central line: goes on" in page


def test_each_visit_of_a_bundle_is_a_stay_and_a_line_of_its_own(tmp_path: Path) -> None:
    def visit(name: str, begin: str, text: str) -> list[dict[str, object]]:
        return [
            {
                "resourceType": "Encounter",
                "id": name,
                "status": "finished",
                "class": {"code": "IMP"},
                "subject": {"reference": "Patient/p1"},
                "period": {"start": f"{begin}T08:00:00Z", "end": f"{begin}T20:00:00Z"},
            },
            {
                "resourceType": "DocumentReference",
                "id": f"note-{name}",
                "status": "current",
                "date": f"{begin}T09:00:00Z",
                "author": [{"reference": "Practitioner/dr1"}],
                "context": {"encounter": [{"reference": f"Encounter/{name}"}]},
                "content": [
                    {
                        "attachment": {
                            "contentType": "text/plain",
                            "data": b64encode(text.encode()).decode(),
                        }
                    }
                ],
            },
        ]

    resources = [
        {"resourceType": "Patient", "id": "p1"},
        {
            "resourceType": "Practitioner",
            "id": "dr1",
            "name": [{"family": "Amaru"}],
            "qualification": [{"code": {"text": "MD"}}],
        },
        *visit("spring", "2026-03-02", "ASSESSMENT:\n1. CHF, on IV furosemide."),
        *visit("autumn", "2026-10-05", "ASSESSMENT:\n1. Gout flare, colchicine."),
    ]
    bundle = {
        "resourceType": "Bundle",
        "id": "both",
        "type": "collection",
        "entry": [{"resource": resource} for resource in resources],
    }
    file = tmp_path / "bundle.json"
    file.write_text(json.dumps(bundle), encoding="utf-8")
    result = CliRunner().invoke(app, ["review", str(file), "--format", "json"])
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    told = {line["encounter"]: [f["condition"] for f in line["open"]] for line in lines}
    assert told == {"spring": ["heart_failure"], "autumn": []}
