"""The desk that ``cdi serve`` opens: impact ranks and shows only where it is switched on."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from databases import AUDIT_KEY
from desks import HERE, Hospital, make_stay
from fastapi.testclient import TestClient
from pydantic import SecretStr

from cdi.app import create_app
from cdi.cli.opening import open_site_desk
from cdi.http import SESSION_COOKIE
from cdi.interop.mapping import load_intake
from cdi.settings import Settings
from cdi.storage.tables import FindingRow, UserRow
from cdi.workflow.desk import Desk
from cdi.workflow.identity import open_session
from cdi.workflow.intake import ingest_encounter
from cdi.workflow.reviews import review_encounter

pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
WORTH = re.compile(r"\bMCC\b|DRG|HCC", re.IGNORECASE)


@pytest.fixture(autouse=True)
def no_index_of_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what takes long to make and has no part in this."""
    monkeypatch.setattr("cdi.workflow.opening.open_codes", lambda _: None)


def settings(hospital: Hospital, folder: Path, **given: bool) -> Settings:
    key = folder / "audit.key"
    key.write_text(AUDIT_KEY.hex(), encoding="ascii")
    url = SecretStr(hospital.store.engine.url.render_as_string(hide_password=False))
    return Settings(_env_file=None, database_url=url, audit_key_file=key, **given)


def finding(desk: Desk, hospital: Hospital) -> FindingRow:
    """Take in and review a stay at this desk; return its finding."""
    bot = hospital.actor("bot")
    stay = ingest_encounter(desk, bot, hospital.facilities[HERE], make_stay())
    review_encounter(desk, bot, stay.id)
    with desk.store.reading() as session:
        return session.query(FindingRow).one()


def page(desk: Desk, hospital: Hospital, name: str, path: str) -> tuple[int, str]:
    with desk.store.writing() as session:
        user = session.get_one(UserRow, hospital.users[name])
        token = open_session(desk, session, user, "test").token
    app = create_app(desk, load_intake(None))
    with TestClient(app, base_url="https://desk.test", follow_redirects=False) as browser:
        browser.cookies.set(SESSION_COOKIE, token, domain="desk.test")
        answer = browser.get(path)
    return answer.status_code, answer.text


def test_switched_on_it_ranks_and_managers_alone_see_it(hospital: Hospital, tmp_path: Path) -> None:
    hospital.clock.at = datetime.now(UTC)
    with open_site_desk(settings(hospital, tmp_path, impact=True)) as desk:
        row = finding(desk, hospital)
        assert row.weight is not None
        assert row.weight["level"] == "MCC"
        assert row.rank > row.priority.rank
        status, text = page(desk, hospital, "mia", "/figures/impact")
        assert (status, "MS-DRG" in text) == (200, True)
        assert page(desk, hospital, "pat", "/figures/impact")[0] == 403
        status, text = page(desk, hospital, "pat", "/questions")
        assert (status, WORTH.search(text)) == (200, None)


def test_it_is_off_by_default(hospital: Hospital, tmp_path: Path) -> None:
    hospital.clock.at = datetime.now(UTC)
    given = settings(hospital, tmp_path)
    assert given.impact is False
    with open_site_desk(given) as desk:
        row = finding(desk, hospital)
        assert row.weight is None
        assert row.rank == row.priority.rank
        assert page(desk, hospital, "mia", "/figures/impact")[0] == 404
