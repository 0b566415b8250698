"""A marker in every text of a patient and in all that people type, looked for everywhere else.

It may stand in the store and on pages of those who may see it; in no log, metric, e-mail, webhook,
address, error or file name.
"""

from __future__ import annotations

import base64
import io
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from api.conftest import browser
from databases import AUDIT_KEY
from desks import HERE, Hospital
from fastapi.testclient import TestClient
from pydantic import SecretStr
from receivers import LOOPBACK, MailReceiver, WebReceiver, mail_receiver, web_receiver
from sqlalchemy import select
from typer.testing import CliRunner

from cdi.cli.app import app
from cdi.interop.mapping import load_intake
from cdi.logs import configure_logs, get_log
from cdi.settings import Settings, settings
from cdi.storage.tables import DeliveryKind, DeliveryRow, DiagnosisRow, FindingRow
from cdi.worker.jobs import Jobs
from cdi.workflow.desk import Outlets
from cdi.workflow.subscriptions import TOPICS, add_subscription
from cdi.workflow.tokens import add_token

MARK = "Zyxmarkwv"
NOTE = f"ASSESSMENT: CHF exacerbation, on Lasix 40 mg IV twice a day. Lives with {MARK}."
STAY: dict[str, Any] = {
    "id": "E-1",
    "title": MARK,
    "patient": {"id": "MRN-1", "name": f"{MARK} Example"},
    "notes": [
        {
            "id": "n1",
            "kind": "Progress note",
            "text": NOTE,
            "author": f"Dr. {MARK}",
            "author_id": "npi-pat",
            "recorded_at": "2026-06-03T08:00:00Z",
        }
    ],
    "observations": [{"id": "o1", "analyte": "blood culture", "text": f"grew {MARK}"}],
    "medications": [{"id": "m1", "name": "furosemide", "reason": MARK}],
}
_ADDRESS = re.compile(r"""(?:href|action|src|hx-[a-z-]+)=["']([^"']*)""")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that is logged, at the level that says most."""
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers[:], root.level
    configure_logs("debug", stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.getLogger("cdi").setLevel(logging.NOTSET)


@pytest.fixture
def desk_client(client: TestClient, hospital: Hospital) -> TestClient:
    """The API, whose desk tells by e-mail and webhook."""
    outlets = Outlets(networks=LOOPBACK)
    hospital.desk = replace(hospital.desk, outlets=outlets, address="https://desk.test")
    client.app.state.desk = hospital.desk  # type: ignore[attr-defined]
    return client


class Person:
    """Calls the API as somebody; remembers what errors said."""

    def __init__(self, client: TestClient, token: str, errors: list[str]) -> None:
        self._client, self._token, self._errors = client, token, errors
        self._keys = 0

    def __call__(self, method: str, path: str, body: object = None, seen: int = 0) -> Any:
        self._keys += 1
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Idempotency-Key": f"{self._token[:8]}-{self._keys}",
            "If-Match": f'"{seen}"',
        }
        answer = self._client.request(method, path, json=body, headers=headers)
        if answer.status_code >= 400:
            self._errors.append(answer.text)
        return answer.json() if answer.content else {}


@pytest.mark.enable_socket
def test_the_marker_stays_in_the_store(
    desk_client: TestClient,
    tokens: dict[str, str],
    hospital: Hospital,
    log: io.StringIO,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    errors: list[str] = []
    people = {name: Person(desk_client, token, errors) for name, token in tokens.items()}
    with web_receiver() as hook, mail_receiver() as post:
        place = hospital.facilities[HERE]
        add_subscription(hospital.desk, hospital.actor("eve"), place, hook.address, TOPICS)
        _live(people, hospital)
        _ask_wrongly(people, desk_client, place)
        _fail(people, hospital, monkeypatch)
        _work(hospital, tmp_path, post, monkeypatch)
        _check_messages(hook, post)
    told = log.getvalue()
    assert '"event": "request"' in told
    assert '"job": "deliver"' in told
    assert '"event": "defect"' in told
    assert MARK.lower() not in told.lower()
    assert errors
    assert [error for error in errors if MARK.lower() in error.lower()] == []
    _check_metrics(desk_client, hospital)
    _check_pages(desk_client, tokens)
    _check_commands(hospital, tmp_path, monkeypatch)
    assert not [path for path in tmp_path.rglob("*") if MARK.lower() in str(path).lower()]


def _live(people: dict[str, Person], hospital: Hospital) -> None:
    """Let a query live its life, with words of people wherever they can type some."""
    sam, pat, kim = people["sam"], people["pat"], people["kim"]
    place = hospital.facilities[HERE]
    for number in (1, 2, 3):
        stay = {**STAY, "id": f"E-{number}"}
        sam("POST", f"/api/encounters?facility_id={place}", stay)
    with hospital.store.reading() as session:
        findings = list(session.scalars(select(FindingRow).order_by(FindingRow.id)))
    first, second, third = findings
    sam(
        "POST",
        f"/api/findings/{third.id}/dismiss",
        {"reason": "other", "remark": MARK},
        third.version,
    )
    query = _draft(sam, first)
    detail = sam("GET", f"/api/queries/{query['id']}")
    question = detail["letter"]["questions"][0]
    edit = {
        "subject": detail["letter"]["subject"],
        "questions": [
            {
                "stem": f"{question['stem']} ({MARK})",
                "options": [{"text": o["text"], "kind": o["kind"]} for o in question["options"]],
                "facts": [fact["id"] for fact in question["facts"]],
            }
        ],
    }
    edited = sam("PUT", f"/api/queries/{query['id']}/letter", edit, query["version"])
    sent = people["mia"](
        "POST",
        f"/api/queries/{query['id']}/send",
        {"override": "other", "remark": MARK},
        edited["version"],
    )
    pat("POST", f"/api/queries/{query['id']}/view")
    kinds = [option["kind"] for option in question["options"]]
    shown = pat("GET", f"/api/queries/{query['id']}")
    assert "version" in shown.get("query", shown), (sent, shown)
    seen = shown.get("query", shown)["version"]
    answers = [{"option": kinds.index("other"), "words": MARK}]
    pat("POST", f"/api/queries/{query['id']}/answer", {"answers": answers}, seen)
    with hospital.store.reading() as session:
        diagnosis = session.scalars(select(DiagnosisRow)).one()
    kim("POST", f"/api/diagnoses/{diagnosis.id}/return", {"remark": MARK}, diagnosis.version)
    other = _draft(sam, second)
    sent = sam("POST", f"/api/queries/{other['id']}/send", {}, other["version"])
    sam(
        "POST",
        f"/api/queries/{other['id']}/withdraw",
        {"reason": "other", "remark": MARK},
        sent["version"],
    )
    pia = people["pia"]
    pia("POST", f"/api/encounters/{first.encounter_id}/emergency", {"reason": f"{MARK} collapsed"})


def _draft(sam: Person, finding: FindingRow) -> Any:
    body = {"encounter_id": finding.encounter_id, "finding_ids": [finding.id]}
    return sam("POST", "/api/queries", body)


def _ask_wrongly(people: dict[str, Person], client: TestClient, place: str) -> None:
    """Put the marker where nobody expects it: values, paths, cursors, logins."""
    sam = people["sam"]
    path = f"/api/encounters?facility_id={place}"
    sam("POST", path, {**STAY, "unknown": MARK})
    sam("POST", path, {**STAY, "admitted_at": MARK})
    sam(
        "POST",
        path,
        {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [{"fullUrl": MARK, "resource": MARK}],
        },
    )
    sam("GET", f"/api/queries/{MARK}")
    sam("GET", f"/api/findings?cursor={MARK}")
    sam("POST", "/api/queries", {"encounter_id": MARK, "finding_ids": [MARK]})
    client.post("/api/session", json={"login": MARK, "password": MARK})
    client.get(f"/{MARK}?name={MARK}")


def _work(
    hospital: Hospital, folder: Path, post: MailReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let the worker do all it does, and stumble once over a note."""
    site = Settings(
        _env_file=None,
        database_url=SecretStr("sqlite://"),
        smtp_host="127.0.0.1",
        smtp_port=post.port,
        smtp_security="none",
        mail_from="cdi@example.org",
        anchor_file=folder / "anchors.jsonl",
    )
    jobs = Jobs(hospital.desk, load_intake(None), site)
    hospital.clock.pass_hours(9)  # reminders are due; sessions sleep until the clock is back
    hospital.ingest(_stay("E-4"))
    with monkeypatch.context() as patch:
        patch.setattr(hospital.desk.scanner, "scan", _break)
        jobs.sweep()
    jobs.sweep()
    jobs.check_again()
    jobs.tidy()
    hospital.clock.pass_hours(-9)
    get_log("test").error("a line of our own", words=MARK, id="q1")
    logging.getLogger("elsewhere").error("a line of a library about %s", MARK)
    logging.getLogger("elsewhere").error(f"a line of a library about {MARK}")


def _break(*_: object) -> None:
    raise ValueError(MARK)


def _fail(people: dict[str, Person], hospital: Hospital, monkeypatch: pytest.MonkeyPatch) -> None:
    """Meet a defect whose message quotes a note."""
    with hospital.store.reading() as session:
        encounter = session.scalars(select(FindingRow.encounter_id)).first()
    with monkeypatch.context() as patch:
        patch.setattr(hospital.desk.scanner, "scan", _break)
        people["sam"]("POST", f"/api/encounters/{encounter}/review")


def _stay(number: str) -> Any:
    from cdi.interop.payload import read_payload

    return read_payload({**STAY, "id": number}, load_intake(None))


def _check_messages(hook: WebReceiver, post: MailReceiver) -> None:
    assert {json.loads(body)["topic"] for _, _, body in hook.taken} >= {
        "query.sent",
        "query.answered",
        "query.withdrawn",
    }
    assert post.taken
    sent = "".join(mail.as_string() for mail in post.taken)
    sent += "".join(f"{path} {headers} {body!r}" for path, headers, body in hook.taken)
    assert MARK.lower() not in sent.lower()
    for what in ("MRN-1", "E-1", "CHF", "heart"):
        assert what not in sent, what


def _check_metrics(client: TestClient, hospital: Hospital) -> None:
    place = hospital.facilities[HERE]
    made = add_token(hospital.desk, hospital.actor("eve"), place, "monitoring", ["metrics.scrape"])
    headers = {"Authorization": f"Bearer {made.secret}"}
    text = client.get("/metrics", headers=headers).text
    assert 'route="/api/queries/{query_id}/answer",status="200"' in text
    assert "cdi_deliveries_failed 0.0" in text
    assert MARK.lower() not in text.lower()
    assert client.get("/metrics").status_code == 401


def _check_pages(client: TestClient, tokens: dict[str, str]) -> None:
    """No address on any page holds the marker, though pages may."""
    for name in ("sam", "pat", "kim", "mia", "ada", "eve"):
        person, waiting, seen = browser(client, tokens[name]), ["/"], set()
        while waiting:
            path = waiting.pop()
            if path in seen:
                continue
            seen.add(path)
            addresses = _ADDRESS.findall(person.get(path).text)
            assert MARK.lower() not in "".join(addresses).lower(), path
            # Every page once: filters of a list lead to the same page again.
            found = {a.partition("?")[0] for a in addresses if a.startswith("/")}
            waiting += sorted(a for a in found if "static" not in a)
        assert len(seen) > 1, name


def _check_commands(hospital: Hospital, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What commands say of the store, and of input they cannot read."""
    key = folder / "audit.key"
    key.write_text(AUDIT_KEY.hex(), encoding="ascii")
    url = hospital.store.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("CDI_DATABASE_URL", url)
    monkeypatch.setenv("CDI_AUDIT_KEY_FILE", str(key))
    keys = "first:" + base64.b64encode(b"1" * 32).decode()
    monkeypatch.setenv("CDI_ENCRYPTION_KEYS", keys)
    settings.cache_clear()
    wrong = folder / "wrong.json"
    wrong.write_text(json.dumps({**STAY, "admitted_at": MARK}), encoding="utf-8")
    try:
        for words in (
            ["db", "check"],
            ["db", "reseal"],
            ["audit", "verify"],
            ["audit", "export"],
            ["intake", "report"],
            ["scan", str(wrong)],
            ["review", str(wrong)],
        ):
            result = CliRunner().invoke(app, words)
            said = f"{result.output} {result.exception}"
            assert MARK.lower() not in said.lower(), words
    finally:
        settings.cache_clear()
    with hospital.store.reading() as session:
        kinds = set(session.scalars(select(DeliveryRow.kind)))
    assert kinds == {DeliveryKind.EMAIL, DeliveryKind.WEBHOOK}
