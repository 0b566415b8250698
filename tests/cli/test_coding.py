"""``cdi coding export``: the coder's worklist leaves the desk as the act of a named user."""

from __future__ import annotations

import csv
import json
import stat
from io import StringIO
from pathlib import Path

import pytest
from desks import Hospital
from typer.testing import CliRunner, Result

from cdi.cli.app import app
from cdi.domain.query import CoderStatus
from cdi.errors import InputError, LoginError, NotAllowed
from cdi.storage.tables import DiagnosisRow, EventRow, SessionRow, UserRow
from cdi.workflow.passwords import hash_password

PASSWORD = "correct horse battery"


@pytest.fixture
def site(hospital: Hospital, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hospital:
    """A hospital with one answered query, which the command opens; kim and pat have passwords."""
    hospital.answered()
    with hospital.store.writing() as session:
        for name in ("kim", "pat"):
            session.get_one(UserRow, hospital.users[name]).password_hash = hash_password(PASSWORD)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("cdi.workflow.opening.open_desk", lambda _: hospital.desk)
    return hospital


def export(*words: str, who: str = "kim", password: str = PASSWORD) -> Result:
    line = ["coding", "export", "--facility", "general", "--as", who, "--password-stdin", *words]
    return CliRunner().invoke(app, line, input=password + "\n")


def test_the_worklist_is_written_and_the_trail_names_who_took_what(
    site: Hospital, tmp_path: Path
) -> None:
    done = export("--status", "new", "--output", "list.csv")
    assert done.exit_code == 0, done.output
    assert done.stderr == "1 diagnoses exported.\n"
    path = tmp_path / "list.csv"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (line,) = csv.DictReader(StringIO(path.read_text(encoding="utf-8")))
    with site.store.reading() as session:
        row = session.query(DiagnosisRow).one()
        event = session.query(EventRow).filter_by(verb="diagnosis.export").one()
        assert session.query(SessionRow).one().revoked_at is not None
    assert (line["id"], line["facility"], line["status"]) == (row.id, "general", "new")
    assert (line["patient"], line["encounter"]) == ("MRN-7", "E-100")
    assert (event.actor_id, event.facility_id) == (site.users["kim"], site.facilities["general"])
    assert row.encounter_id in event.detail
    again = export("--output", "list.csv").exception
    assert isinstance(again, InputError)
    assert again.field == "--output"


def test_fhir_is_a_bundle_of_conditions_and_the_coded_ones_are_the_default(site: Hospital) -> None:
    bundle = json.loads(export("--format", "fhir", "--status", "new").stdout)
    (entry,) = bundle["entry"]
    assert (bundle["resourceType"], entry["resource"]["resourceType"]) == ("Bundle", "Condition")
    assert json.loads(export("--format", "fhir").stdout).get("entry", []) == []
    with site.store.writing() as session:
        session.query(DiagnosisRow).one().status = CoderStatus.CODED
    assert len(json.loads(export("--format", "fhir").stdout)["entry"]) == 1
    assert export("--since", "2999-01-01").stdout.count("\n") == 1, "the heading alone"


@pytest.mark.parametrize(
    ("who", "password", "error"),
    [("kim", "wrong", LoginError), ("pat", PASSWORD, NotAllowed), ("sam", PASSWORD, LoginError)],
)
def test_nothing_leaves_without_a_password_and_a_role(
    site: Hospital, who: str, password: str, error: type[Exception]
) -> None:
    done = export("--status", "new", who=who, password=password)
    assert isinstance(done.exception, error)
    assert done.stdout == ""
    with site.store.reading() as session:
        assert session.query(EventRow).filter_by(verb="diagnosis.export").count() == 0
