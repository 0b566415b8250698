"""``cdi intake report`` and what every command reads of feeds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fhir_bundles import bundle, document, observation
from hl7_messages import message as hl7_message
from hl7_messages import movement, order, result
from typer.testing import CliRunner, Result

from cdi.cli.app import app
from cdi.cli.source import site_intake
from cdi.settings import settings
from cdi.storage.opening import open_store
from cdi.storage.tables import FacilityRow
from cdi.workflow.receive import Receiver


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    settings.cache_clear()
    site_intake.cache_clear()
    yield tmp_path
    settings.cache_clear()
    site_intake.cache_clear()


@pytest.fixture
def odd(folder: Path) -> Path:
    path = folder / "odd.json"
    note = document("Mrs Quillfeather has CHF.", kind="34117-2")
    data = bundle(note, observation(unit="furlong"), observation(id="o2", unit="furlong"))
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def test_the_report_tells_each_gap_once_with_its_count(odd: Path) -> None:
    found = run("intake", "report", str(odd))
    assert found.exit_code == 0, found.output
    assert found.output.splitlines() == [
        "1 encounter, 1 note, 0 values; 2 values set aside",
        "",
        "     2  unknown-unit  creatinine furlong  (in 1 encounter)",
        "        expected one of mg/dL, umol/L; kept, not used",
        "        e1 Observation/o1; e1 Observation/o2",
    ]


def test_the_report_holds_no_text_name_or_value(odd: Path) -> None:
    found = run("intake", "report", str(odd), "--format", "json")
    assert json.loads(found.output)["gaps"][0]["count"] == 2
    assert not {"CHF", "Quillfeather", "Ottoline"} & set(found.output.replace('"', " ").split())


def test_an_invalid_resource_is_an_error_with_its_element(folder: Path) -> None:
    path = folder / "bad.json"
    path.write_text(json.dumps(bundle(observation(), {**observation(), "status": "bogus"})))
    found = run("intake", "report", str(path))
    assert found.exit_code == 1
    assert f"error: {path}: entry[3].resource.status: not a code of the value set" in found.output


def test_the_sites_mapping_is_used(odd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = odd.with_name("site.yaml")
    site.write_text("site: Test\nunits: {mg/dL: [furlong]}\n", encoding="utf-8")
    monkeypatch.setenv("CDI_SITE_FILE", str(site))
    assert run("intake", "report", str(odd)).output.splitlines() == [
        "1 encounter, 1 note, 2 values; 0 values set aside",
        "nothing to mend",
    ]


def test_a_bundle_is_scanned_like_any_chart(odd: Path) -> None:
    found = run("scan", str(odd), "--format", "jsonl")
    (line,) = [json.loads(line) for line in found.stdout.splitlines()]
    assert (line["id"], [f["condition"] for f in line["findings"]]) == ("e1", ["heart_failure"])


def test_messages_in_a_file_are_stays_by_visit(folder: Path) -> None:
    path = folder / "feed.hl7"
    bad = movement("A01").replace("V77", "")
    path.write_text("".join((movement("A01"), bad, movement("A01").replace("V77", "V78"))))
    found = run("intake", "report", str(path))
    assert found.exit_code == 1
    assert f"error: {path}:5: PV1-19: a visit number is required" in found.output
    assert "2 encounters, 0 notes" in found.output


def test_the_inbox_is_reported_with_its_refusals(folder: Path) -> None:
    assert run("db", "upgrade").exit_code == 0
    store = open_store(settings())
    lab = hl7_message("ORU^R01", order(), result(code="GLUX^Sugar^L"))
    Receiver(store, site_intake().zone).receive([lab.encode(), b"MSH garbage"])
    store.close()
    found = run("intake", "report", "--inbox")
    assert found.exit_code == 0, found.output
    assert "messages: 1 received, 1 refused" in found.output
    assert "unmapped-code  GLUX Sugar" in found.output
    assert "AR  unknown sender" in found.output
    assert "MSH-2: expected a field separator" in found.output


def test_the_inbox_is_applied_to_a_facility(folder: Path) -> None:
    run("db", "upgrade")
    store = open_store(settings())
    with store.writing() as session:
        session.add(FacilityRow(code="general", name="General"))
    Receiver(store, site_intake().zone).receive([movement("A01").encode()])
    store.close()
    missing = run("intake", "apply", "--facility", "genral")
    assert str(missing.exception) == "there is no facility with the code genral"
    found = run("intake", "apply", "--facility", "general")
    assert found.output == "1 visit applied, 1 changed\n"
    assert run("intake", "apply", "--facility", "general").output == "0 visits applied, 0 changed\n"


@pytest.mark.parametrize("words", [("intake", "report"), ("intake", "report", "x", "--inbox")])
def test_either_files_or_the_inbox_is_reported(folder: Path, words: tuple[str, ...]) -> None:
    found = run(*words)
    assert found.exit_code == 2
    assert "give files, or --inbox" in found.output


def test_listening_where_no_database_is_tells_what_to_do(folder: Path) -> None:
    run("db", "upgrade")
    (folder / "cdi.sqlite3").unlink()
    found = run("serve-mllp", "--port", "0")
    assert found.exit_code != 0
    assert "run: cdi db upgrade" in str(found.exception)
