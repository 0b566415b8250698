"""The command line: output, exit codes, errors without tracebacks."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cdi.cli.app import app

CHF = "ASSESSMENT: CHF, on Lasix 40 mg IV twice a day.\n"


def run(*words: str, text: str | None = None) -> Result:
    return CliRunner().invoke(app, list(words), input=text)


@pytest.fixture
def note(tmp_path: Path) -> Path:
    path = tmp_path / "chf.txt"
    path.write_text(CHF, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "command",
    [
        "scan",
        "explain",
        "letter draft",
        "letter check",
        "assess",
        "evaluate",
        "rules test",
        "rules new",
    ],
)
def test_help_shows_examples(command: str) -> None:
    result = run(*command.split(), "--help")
    assert result.exit_code == 0
    assert f"cdi {command} " in result.output


def test_help_imports_nothing_heavy() -> None:
    code = "import sys, cdi.cli.app; print([m for m in ('spacy','pydantic','rich.table','yaml',"
    code += "'jinja2') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_table_shows_finding_and_evidence(note: Path) -> None:
    result = run("scan", str(note))
    assert result.exit_code == 0
    assert "heart failure" in result.output
    assert "1 finding in 1 encounter" in result.output


def test_jsonl_is_the_prediction_format(note: Path) -> None:
    result = run("scan", str(note), "--format", "jsonl")
    (line,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert line["id"] == "chf"
    (finding,) = line["findings"]
    assert (finding["condition"], finding["type"]) == ("heart_failure", "specificity")
    assert finding["missing"] == ["type", "acuity"]
    first = finding["evidence"][0]
    assert CHF[first["start"] : first["end"]] == "CHF"
    assert {"condition": "heart_failure", "assertion": "present", "start": 12, "end": 15} in line[
        "mentions"
    ]


def test_json_holds_explanations(note: Path) -> None:
    (review,) = json.loads(run("scan", str(note), "--format", "json").stdout)
    assert review["findings"][0]["explanation"]["names"]["documented"] is True


def test_html_is_one_file_that_loads_nothing(note: Path, tmp_path: Path) -> None:
    page = tmp_path / "out" / "report.html"
    assert run("scan", str(note), "--format", "html", "--output", str(page)).exit_code == 0
    html = page.read_text(encoding="utf-8")
    assert '<mark class="trigger"' in html
    assert "http" not in html


def test_findings_are_narrowed_by_condition_and_priority(note: Path) -> None:
    assert "0 findings" in run("scan", str(note), "--condition", "sepsis").output
    assert "1 finding " in run("scan", str(note), "--min-priority", "high").output


def test_standard_input_is_read() -> None:
    result = run("scan", "-", "--format", "jsonl", text=CHF)
    assert json.loads(result.stdout)["findings"][0]["condition"] == "heart_failure"


def test_two_processes_give_what_one_gives(tmp_path: Path) -> None:
    path = tmp_path / "notes.jsonl"
    lines = [json.dumps({"id": f"n{i}", "text": CHF if i % 3 else "No CHF."}) for i in range(100)]
    path.write_text("\n".join(lines), encoding="utf-8")
    one = run("scan", str(path), "--format", "jsonl")
    two = run("scan", str(path), "--format", "jsonl", "--jobs", "2")
    assert two.stdout == one.stdout
    assert len(one.stdout.splitlines()) == 100


def test_one_bad_line_costs_no_other(tmp_path: Path) -> None:
    path = tmp_path / "notes.jsonl"
    path.write_text('{"id": "a", "text": "CHF."}\n{oops\n{"id": "b", "text": "x"}\n')
    result = run("scan", str(path), "--format", "jsonl")
    assert result.exit_code == 1
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["a", "b"]
    assert "notes.jsonl:2" in result.stderr


def test_nothing_readable_is_exit_code_two(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes(bytes(range(256)) * 20)
    assert run("scan", str(path)).exit_code == 2
    assert run("scan", str(tmp_path / "absent.txt")).exit_code == 2


def test_expected_errors_are_one_line_without_a_traceback() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cdi", "scan", "-", "--condition", "heart_failur"],
        capture_output=True,
        text=True,
        input="x",
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.strip() == (
        "error: there is no condition `heart_failur`; did you mean `heart_failure`?"
    )


def test_explain_tells_why_and_why_not(note: Path) -> None:
    asked = run("explain", "heart_failure", str(note)).output
    assert "heart_failure.type_or_acuity_missing" in asked
    assert "outcome  asks" in asked
    assert "true     documented" in asked
    assert "silent: the condition is documented" in asked


def test_a_letter_is_drafted_and_passes_its_check(note: Path, tmp_path: Path) -> None:
    result = run("letter", "draft", str(note))
    assert result.exit_code == 0
    assert "Unable to determine" in result.output
    assert "I50" not in result.output
    assert run("letter", "draft", str(note), "--output", str(tmp_path / "letters")).exit_code == 0
    assert sorted(p.name for p in (tmp_path / "letters").iterdir()) == ["chf.html", "chf.txt"]


def test_no_finding_means_no_letter(tmp_path: Path) -> None:
    path = tmp_path / "well.txt"
    path.write_text("Doing well.")
    result = run("letter", "draft", str(path))
    assert result.exit_code == 0
    assert "nothing to ask" in result.stderr


def test_spans_are_assessed(tmp_path: Path) -> None:
    path = tmp_path / "spans.jsonl"
    path.write_text('{"id": "s", "text": "No rash.", "start": 3, "end": 7}\n')
    assert json.loads(run("assess", str(path)).stdout) == {"id": "s", "assertion": "absent"}


def test_a_span_outside_its_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "spans.jsonl"
    path.write_text('{"id": "s", "text": "No rash.", "start": 3, "end": 70}\n')
    result = run("assess", str(path))
    assert "spans.jsonl:1: start, end: outside the text" in str(result.exception)


def test_rules_are_listed_shown_and_tested() -> None:
    assert "heart_failure" in run("rules", "list").output
    assert "# Heart failure" in run("rules", "show", "heart_failure").output
    result = run("rules", "test", "models/conditions/cardiovascular/heart_failure.yaml")
    assert result.exit_code == 0, result.output
    assert ", 0 failed" in result.output


def test_a_failing_example_is_told_and_is_exit_code_one(tmp_path: Path, project: Path) -> None:
    source = project / "models/conditions/cardiovascular/heart_failure.yaml"
    path = tmp_path / "heart_failure.yaml"
    text = source.read_text(encoding="utf-8")
    path.write_text(text.replace("missing: [type], evidence: [CHF]", "evidence: [CHF]"))
    result = run("rules", "test", str(path))
    assert result.exit_code == 1
    assert "expected missing [], found ['type']" in result.output


def test_pages_are_written_for_every_condition(tmp_path: Path) -> None:
    assert run("rules", "docs", str(tmp_path)).exit_code == 0
    assert (tmp_path / "index.md").is_file()
    assert "## Examples that are silent" in (tmp_path / "heart_failure.md").read_text()


def test_a_drafted_letter_goes_through_the_check(note: Path, tmp_path: Path) -> None:
    drafted = run("letter", "draft", str(note), "--format", "json")
    letters = tmp_path / "letters.jsonl"
    letters.write_text(drafted.stdout, encoding="utf-8")
    checked = run("letter", "check", str(letters))
    assert (checked.exit_code, checked.stdout) == (0, "chf: passes\n")
    record = json.loads(drafted.stdout)
    assert record["pack"].startswith("2022.")
    record["subject"] = "MCC opportunity"
    letters.write_text(json.dumps(record) + "\n{}\n", encoding="utf-8")
    damaged = run("letter", "check", str(letters), "--format", "jsonl")
    assert damaged.exit_code == 1
    (violation,) = json.loads(damaged.stdout)["violations"]
    assert (violation["rule"], violation["where"], violation["span"]) == ("Q09", "subject", [0, 3])
    assert "letters.jsonl:2" in damaged.stderr


def test_a_worksheet_is_drawn_filled_in_and_compared(note: Path, tmp_path: Path) -> None:
    letters = tmp_path / "sent.jsonl"
    letters.write_text(run("letter", "draft", str(note), "--format", "json").stdout, "utf-8")
    drawn = run("letter", "audit", str(letters))
    assert drawn.exit_code == 0
    sheet = tmp_path / "sheet.csv"
    filled = drawn.stdout.replace("Q01,met,,,", "Q01,met,,met,")
    sheet.write_text(filled.replace("Q06,met,,,", "Q06,met,,opportunity,leading"), "utf-8")
    compared = run("letter", "agreement", str(sheet))
    assert "all        2       1       1      0" in compared.stdout
    assert "<table>" in run("letter", "audit", str(letters), "--format", "html").stdout
