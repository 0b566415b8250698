"""``cdi db`` and ``cdi audit`` on an embedded database."""

from __future__ import annotations

import base64
import json
import re
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from databases import tamper
from typer.testing import CliRunner, Result

from cdi.cli.app import app
from cdi.errors import StorageError
from cdi.settings import settings
from cdi.storage.chain import Event, record
from cdi.storage.opening import open_store
from cdi.storage.tables import FacilityRow, PatientRow


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


def append(count: int) -> None:
    store = open_store(settings())
    with store.writing() as session:
        for number in range(count):
            at = datetime(2026, 6, 3, tzinfo=UTC)
            record(session, Event(at, "u", "query.view", "query", f"q{number}"))
    store.close()


def test_upgrade_makes_the_database_and_a_key_only_the_owner_reads(site: Path) -> None:
    result = run("db", "upgrade")
    assert result.exit_code == 0, result.output
    assert re.search(r"at revision \d{4}", result.output)
    assert stat.S_IMODE((site / "cdi-audit.key").stat().st_mode) == 0o600
    assert run("db", "check").output == "The database has the tables of this version.\n"


def test_a_second_upgrade_keeps_the_key(site: Path) -> None:
    run("db", "upgrade")
    key = (site / "cdi-audit.key").read_text()
    assert "Made" not in run("db", "upgrade").output
    assert (site / "cdi-audit.key").read_text() == key


def test_check_refuses_a_database_that_was_never_upgraded(site: Path) -> None:
    assert isinstance(run("db", "check").exception, StorageError)


def test_verify_passes_an_untouched_trail_and_names_a_changed_event(site: Path) -> None:
    run("db", "upgrade")
    append(3)
    assert run("audit", "verify").output.startswith("3 events, 0 faults")
    store = open_store(settings())
    tamper(store.engine, "UPDATE events SET actor_id = 'x' WHERE number = 2")
    store.close()
    result = run("audit", "verify")
    assert result.exit_code == 1
    assert "changed: event 2 is not as it was written" in result.output


def test_an_anchor_shows_what_was_cut_off(site: Path) -> None:
    run("db", "upgrade")
    append(3)
    assert run("audit", "anchor", "--file", "anchors.jsonl").output == "Anchored at event 3.\n"
    store = open_store(settings())
    tamper(
        store.engine,
        "DELETE FROM events WHERE number = 3",
        "UPDATE chain_head SET number = 2, mac = (SELECT mac FROM events WHERE number = 2)",
    )
    store.close()
    assert run("audit", "verify").exit_code == 0
    result = run("audit", "verify", "--anchors", "anchors.jsonl")
    assert (result.exit_code, "cut off: event 3" in result.output) == (1, True)


def test_export_writes_one_event_a_line_from_a_number_on(site: Path) -> None:
    run("db", "upgrade")
    append(3)
    lines = run("audit", "export", "--after", "1").output.splitlines()
    assert [json.loads(line)["number"] for line in lines] == [2, 3]
    assert json.loads(lines[0])["subject_id"] == "q1"


def test_reseal_encrypts_what_was_stored_plain(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("db", "upgrade")
    store = open_store(settings())
    with store.writing() as session:
        facility = FacilityRow(code="A", name="General")
        session.add(facility)
        session.flush()
        session.add(PatientRow(facility_id=facility.id, number="7", name="Jordan Example"))
    store.close()
    key = base64.b64encode(b"1" * 32).decode()
    monkeypatch.setenv("CDI_ENCRYPTION_KEYS", f"one:{key}")
    settings.cache_clear()
    assert run("db", "reseal").output == "1 rows sealed anew.\n"
    assert run("db", "reseal").output == "0 rows sealed anew.\n"
