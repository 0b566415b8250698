"""``cdi letter audit`` over the letters of a store."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import AUDIT_KEY
from desks import HERE, Hospital
from typer.testing import CliRunner, Result

from cdi.cli.app import app
from cdi.settings import settings


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


@pytest.fixture
def site(hospital: Hospital, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hospital]:
    """A hospital with one letter sent, found by the settings of the command line."""
    hospital.sent()
    key = tmp_path / "audit.key"
    key.write_text(AUDIT_KEY.hex(), encoding="utf-8")
    key.chmod(0o600)
    url = hospital.store.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("CDI_DATABASE_URL", url)
    monkeypatch.setenv("CDI_AUDIT_KEY_FILE", str(key))
    monkeypatch.setenv("CDI_ENCRYPTION_KEYS", f"first:{b64encode(b'1' * 32).decode()}")
    settings.cache_clear()
    yield hospital
    settings.cache_clear()


def test_letters_of_a_facility_are_drawn_judged_and_compared(
    site: Hospital, tmp_path: Path
) -> None:
    drawn = run("letter", "audit", "--facility", HERE, "--since", "2026-06-01")
    assert drawn.exit_code == 0, drawn.output
    told = drawn.stderr.strip()
    assert told.endswith(": 1 of 1 letters sent")
    audit_id = told.removeprefix("audit ").partition(":")[0]
    sheet = tmp_path / "sheet.csv"
    filled = drawn.stdout.replace("Q01,met,,,", "Q01,met,,met,")
    sheet.write_text(filled.replace("Q06,met,,,", "Q06,met,,opportunity,leading"), "utf-8")
    compared = run("letter", "agreement", str(sheet), "--facility", HERE, "--audit", audit_id)
    assert compared.exit_code == 0, compared.output
    assert "all        2       1       1      0" in compared.stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "give a file of letters, or --facility"),
        (("--facility", "nowhere"), "no such facility"),
        (("--facility", HERE, "--until", "2020-01-01"), "no letter was sent in that time"),
    ],
)
def test_what_cannot_be_drawn_is_told(site: Hospital, words: tuple[str, ...], told: str) -> None:
    result = run("letter", "audit", *words)
    assert result.exit_code != 0
    assert told in " ".join((result.output + str(result.exception)).split())
