"""Every endpoint, called by everybody: each role here, its twin elsewhere, machines, and nobody.

``TABLE`` is the whole of what is allowed. An endpoint that is not in it fails the test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from api.conftest import HASHED, PASSWORD
from busy_hospital import weigh
from desks import ELSEWHERE, HERE, Hospital, make_stay
from fastapi import FastAPI
from fastapi.testclient import TestClient

from cdi.app import create_app
from cdi.compliance.worksheet import Row
from cdi.domain.actor import StaffRole
from cdi.domain.encounter import Patient
from cdi.domain.letter import OptionKind
from cdi.domain.policy import Policy
from cdi.http import SESSION_COOKIE
from cdi.storage.queries import find_letter, find_query, to_letter
from cdi.storage.tables import (
    CareTeamRow,
    DeliveryKind,
    DeliveryRow,
    DeliveryState,
    MembershipRow,
    UserRow,
)
from cdi.workflow.diagnoses import accept_diagnosis
from cdi.workflow.drafting import draft_query, submit_query
from cdi.workflow.identity import add_user, open_session
from cdi.workflow.letter_audit import draw_audit, open_audit
from cdi.workflow.lifecycle import verify_query
from cdi.workflow.links import make_link
from cdi.workflow.sending import send_query
from cdi.workflow.subscriptions import add_subscription
from cdi.workflow.tokens import VERBS, add_token

# Specialist, Physician who is asked, physician who Cares for the patient, one who does neither (Q),
# coder (K), Manager, Auditor, adminisTrator, service account (B); a machine with a token for
# all that machines may (1), and one with a token for metrics alone (2).
CALLERS = "SPCQKMATB12"
HERE_ARE = {
    "S": "sam",
    "P": "pat",
    "Q": "pia",
    "K": "kim",
    "M": "mia",
    "A": "ada",
    "T": "eve",
    "B": "bot",
}
TWINS = {
    "s": StaffRole.SPECIALIST,
    "p": StaffRole.PHYSICIAN,
    "k": StaffRole.CODER,
    "m": StaffRole.MANAGER,
    "a": StaffRole.AUDITOR,
    "t": StaffRole.ADMIN,
    "b": StaffRole.SERVICE,
}
EVERYBODY = [*CALLERS, *TWINS, "nobody"]
# Under each caller: o allowed, x forbidden (403), . hidden (404), - no login (401). First those of
# the facility that the thing belongs to, then their twins of another one, then nobody.
TABLE = """
                                                  SPCQKMATB12 spkmatb nobody
GET /api/session                                  ooooooooooo ooooooo -
POST /api/session                                 ooooooooooo ooooooo o
POST /api/session/confirm                         ooooooooo-- ooooooo -
POST /api/encounters                              oxxxxxxxoox ....... -
POST /api/encounters/{encounter_id}/review        oxxxxoxxoox ....... -
POST /api/encounters/{encounter_id}/emergency     xoooxxxxxxx ....... -
GET /api/findings                                 oxxxxoxxxxx oxxoxxx -
GET /api/findings/{finding_id}                    oxxxxoxxxxx ....... -
POST /api/findings/{finding_id}/dismiss           oxxxxoxxxxx ....... -
GET /api/queries                                  oooooooxxxx oooooxx -
POST /api/queries                                 oxxxxoxxxxx ....... -
GET /api/queries/{query_id}                       ooo.oooxxxx ....... -
POST /api/queries/{query_id}/check                oxxxxoxxxxx ....... -
PUT /api/queries/{query_id}/letter                oxxxxoxxxxx ....... -
POST /api/queries/{query_id}/submit               oxxxxoxxxxx ....... -
POST /api/queries/{query_id}/return               oxxxxoxxxxx ....... -
POST /api/queries/{query_id}/send                 oxxxxoxxxxx ....... -
POST /api/queries/{query_id}/view                 xox.xxxxxxx ....... -
POST /api/queries/{query_id}/answer               xox.xxxxxxx ....... -
POST /api/queries/{query_id}/reroute              oxo.xoxxxxx ....... -
POST /api/queries/{query_id}/verify               oxxxxoxxoox ....... -
POST /api/queries/{query_id}/close                oxxxxoxxoox ....... -
POST /api/queries/{query_id}/withdraw             oxxxxoxxoox ....... -
POST /api/queries/{query_id}/resolve              oxxxxoxxoox ....... -
GET /api/diagnoses                                xxxxooxxxxx xxooxxx -
GET /api/diagnoses/export                         xxxxooxxoox xxooxxo -
GET /api/diagnoses/{diagnosis_id}                 xxxxooxxxxx ....... -
GET /api/diagnoses/{diagnosis_id}/impact          xxxxooxxxxx ....... -
POST /api/diagnoses/{diagnosis_id}/accept         xxxxoxxxxxx ....... -
POST /api/diagnoses/{diagnosis_id}/code           xxxxoxxxxxx ....... -
POST /api/diagnoses/{diagnosis_id}/return         xxxxoxxxxxx ....... -
POST /api/final-codes                             xxxxoxxxoox ....... -
GET /api/encounters/{encounter_id}/reconciliation xxxxooxxxxx ....... -
GET /api/events                                   xxxxxxooxxx xxxxoox -
GET /api/events/export                            xxxxxxooxxx xxxxoox -
GET /api/users                                    xxxxxxxoxxx ....... -
POST /api/users                                   xxxxxxxoxxx ....... -
PUT /api/users/{user_id}/roles/{facility_id}      xxxxxxxoxxx ....... -
POST /api/users/{user_id}/close                   xxxxxxxoxxx ....... -
POST /api/users/{user_id}/open                    xxxxxxxoxxx ....... -
DELETE /api/users/{user_id}/sessions              xxxxxxxoxxx ....... -
GET /api/tokens                                   xxxxxxxoxxx xxxxxox -
POST /api/tokens                                  xxxxxxxoxxx ....... -
DELETE /api/tokens/{token_id}                     xxxxxxxoxxx ....... -
GET /api/fhir/metadata                            ooooooooooo ooooooo o
GET /api/fhir/Condition/{diagnosis_id}            xxxxooxxoox ....... -
GET /api/fhir/{kind}/{query_id}                   oxxxoooxoox ....... -
GET /api/subscriptions                            xxxxxxxoxxx xxxxxox -
POST /api/subscriptions                           xxxxxxxoxxx ....... -
POST /api/subscriptions/{subscription_id}/secret  xxxxxxxoxxx ....... -
POST /api/subscriptions/{subscription_id}/test    xxxxxxxoxxx ....... -
DELETE /api/subscriptions/{subscription_id}       xxxxxxxo... ....... -
GET /api/deliveries                               xxxxxxxoxxx xxxxxox -
POST /api/deliveries/{delivery_id}/retry          xxxxxxxoxxx ....... -
GET /api/letter-audits                            xxxxxooxxxx ....... -
POST /api/letter-audits                           xxxxxooxxxx ....... -
GET /api/letter-audits/{audit_id}                 xxxxxooxxxx ....... -
POST /api/letter-audits/{audit_id}/verdicts       xxxxxooxxxx ....... -
GET /api/metrics                                  xxxxxoxxxxx xxxoxxx -
GET /cds-services                                 ooooooooooo ooooooo o
POST /cds-services/{service}                      ---------ox ------- -
GET /open/{token}                                 .o.......oo ....... o
GET /login/oidc                                   ........... ....... .
GET /login/oidc/confirm                           ........... ....... .
GET /login/oidc/callback                          ........... ....... .
POST /logout/oidc                                 ........... ....... .
GET /logout/oidc                                  ........... ....... .
POST /logout/oidc/backchannel                     ........... ....... .
GET /metrics                                      xxxxxxxxooo xxxxxxo -
GET /health                                       ooooooooooo ooooooo o
GET /ready                                        ooooooooooo ooooooo o
DELETE /api/session                               ooooooooooo ooooooo -
"""


@dataclass
class World:
    """The hospital with all callers; makes what a request is about, new for each endpoint."""

    hospital: Hospital
    tokens: dict[str, str] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def here(self) -> str:
        return self.hospital.facilities[HERE]

    def stay(self) -> tuple[str, list[str]]:
        """Return a new stay with its findings; C cares for it."""
        number = next(self.numbers)
        stay = make_stay(id=f"E-{number}", patient=Patient(f"MRN-{number}"))
        identifier, findings = self.hospital.ready(stay)
        with self.hospital.store.writing() as session:
            user = self.hospital.users["C"]
            session.add(CareTeamRow(encounter_id=identifier, user_id=user, part="consulting"))
        return identifier, findings

    def draft(self) -> tuple[str, int]:
        encounter, findings = self.stay()
        made = draft_query(self.hospital.desk, self.hospital.actor("S"), encounter, findings)
        return made.id, made.version

    def in_review(self) -> tuple[str, int]:
        made = submit_query(self.hospital.desk, self.hospital.actor("S"), *self.draft())
        return made.id, made.version

    def sent(self) -> tuple[str, int]:
        made = send_query(self.hospital.desk, self.hospital.actor("S"), *self.draft())
        return made.id, made.version

    def answered(self) -> tuple[str, int, str]:
        """Return an answered query and what it clarified."""
        query, version = self.sent()
        options = self.hospital.options(query, OptionKind.DIAGNOSIS)
        made = self.hospital.answer(query, version, options, "pat")
        return made.id, made.version, made.made[0]

    def verified(self) -> tuple[str, int]:
        query, version, _ = self.answered()
        made = verify_query(self.hospital.desk, self.hospital.actor("S"), query, version)
        return made.id, made.version


@dataclass(frozen=True)
class Call:
    """A request that is right in all but who makes it."""

    path: str
    body: Any = None
    version: int | None = None
    text: str | None = None


def _letter(world: World, query: str) -> dict[str, Any]:
    with world.hospital.store.reading() as session:
        row = find_query(session, query)
        assert row is not None
        letter = to_letter(find_letter(session, row))
    questions = [
        {
            "stem": question.stem,
            "options": [{"text": o.text, "kind": o.kind.value} for o in question.options],
            "facts": [fact.id for fact in question.indicators],
        }
        for question in letter.questions
    ]
    return {"subject": letter.subject, "questions": questions}


def _about(query: tuple[str, int], verb: str, body: Any = None) -> Call:
    return Call(f"/api/queries/{query[0]}/{verb}", body, query[1])


def _draft(world: World) -> Call:
    encounter, findings = world.stay()
    return Call("/api/queries", {"encounter_id": encounter, "finding_ids": findings})


def _edit(world: World) -> Call:
    query, version = world.draft()
    return Call(f"/api/queries/{query}/letter", _letter(world, query), version)


def _answer(world: World) -> Call:
    query, version = world.sent()
    given = world.hospital.options(query, OptionKind.DIAGNOSIS)
    return _about(
        (query, version), "answer", {"answers": [{"option": one.option} for one in given]}
    )


def _code(world: World) -> Call:
    diagnosis = world.answered()[2]
    made = accept_diagnosis(world.hospital.desk, world.hospital.actor("K"), diagnosis, 1)
    return Call(f"/api/diagnoses/{diagnosis}/code", {"code": "I50.21"}, made.version)


def _link(world: World) -> Call:
    desk = replace(world.hospital.desk, address="https://desk.test")
    address = make_link(desk, world.sent()[0], world.hospital.users["P"])
    return Call(address.removeprefix(desk.address))


def _token(world: World) -> Call:
    made = add_token(
        world.hospital.desk, world.hospital.actor("T"), world.here, "t", ["metrics.scrape"]
    )
    return Call(f"/api/tokens/{made.receipt.id}")


def _user(world: World) -> str:
    """Return a user of the facility who is none of the callers."""
    roles = {world.here: [StaffRole.CODER]}
    login = f"user {next(world.numbers)}"
    return add_user(world.hospital.desk, world.hospital.actor("T"), login, login, roles).id


def _subscription(world: World) -> str:
    made = add_subscription(
        world.hospital.desk,
        world.hospital.actor("T"),
        world.here,
        "https://8.8.8.8/x",
        ["query.sent"],
    )
    return made.receipt.id


def _failed(world: World) -> str:
    now = world.hospital.clock()
    with world.hospital.store.writing() as session:
        row = DeliveryRow(
            facility_id=world.here,
            kind=DeliveryKind.EMAIL,
            topic="query.sent",
            target="x@example.org",
            state=DeliveryState.FAILED,
            created_at=now,
            due_at=now,
            content="{}",
        )
        session.add(row)
    return row.id


def _sample(world: World) -> dict[str, Any]:
    """Return the body that draws from the letters of a month."""
    since, until = "2026-06-01T00:00:00Z", "2026-07-01T00:00:00Z"
    return {"facility_id": world.here, "since": since, "until": until, "size": 1}


def _audit(world: World) -> tuple[str, Row]:
    """Return an audit and the first row of its worksheet."""
    world.sent()
    desk, manager = world.hospital.desk, world.hospital.actor("M")
    now = world.hospital.clock()
    month = timedelta(days=20)
    drawn = draw_audit(desk, manager, world.here, now - month, now + month, size=1)
    return drawn.id, open_audit(desk, manager, drawn.id).rows[0]


def _judge(world: World) -> Call:
    audit, row = _audit(world)
    verdict = {"query_id": row.letter, "rule": row.rule, "verdict": "met"}
    return Call(f"/api/letter-audits/{audit}/verdicts", {"verdicts": [verdict]})


def _hook(service: str, hook: str) -> Call:
    context = {"patientId": "MRN-1"}
    body = {"hook": hook, "hookInstance": "1", "context": context}
    return Call(f"/cds-services/{service}", body)


WITHOUT_PROVIDER = {
    "GET /login/oidc",
    "GET /login/oidc/confirm",
    "GET /login/oidc/callback",
    "POST /logout/oidc",
    "GET /logout/oidc",
    "POST /logout/oidc/backchannel",
}
WHY = {"reason": "as an example"}
END = {"reason": "asked_in_error"}
CALLS: dict[str, Callable[[World], Call]] = {
    "POST /api/session": lambda _: Call("/api/session", {"login": "pat", "password": PASSWORD}),
    "POST /api/session/confirm": lambda _: Call("/api/session/confirm", {"password": PASSWORD}),
    "POST /api/encounters": lambda w: Call(
        f"/api/encounters?facility_id={w.here}", {"id": "E-new", "notes": []}
    ),
    "POST /api/encounters/{encounter_id}/review": lambda w: Call(
        f"/api/encounters/{w.stay()[0]}/review"
    ),
    "POST /api/encounters/{encounter_id}/emergency": lambda w: Call(
        f"/api/encounters/{w.stay()[0]}/emergency", WHY
    ),
    "GET /api/encounters/{encounter_id}/reconciliation": lambda w: Call(
        f"/api/encounters/{w.stay()[0]}/reconciliation"
    ),
    "GET /api/findings/{finding_id}": lambda w: Call(f"/api/findings/{w.stay()[1][0]}"),
    "POST /api/findings/{finding_id}/dismiss": lambda w: Call(
        f"/api/findings/{w.stay()[1][0]}/dismiss", {"reason": "misread_the_note"}, 1
    ),
    "POST /api/queries": _draft,
    "GET /api/queries/{query_id}": lambda w: Call(f"/api/queries/{w.sent()[0]}"),
    "POST /api/queries/{query_id}/check": lambda w: _about(
        (query := w.draft()), "check", _letter(w, query[0])
    ),
    "PUT /api/queries/{query_id}/letter": _edit,
    "POST /api/queries/{query_id}/submit": lambda w: _about(w.draft(), "submit"),
    "POST /api/queries/{query_id}/return": lambda w: _about(w.in_review(), "return"),
    "POST /api/queries/{query_id}/send": lambda w: _about(w.draft(), "send", {}),
    "POST /api/queries/{query_id}/view": lambda w: _about(w.sent(), "view"),
    "POST /api/queries/{query_id}/answer": _answer,
    "POST /api/queries/{query_id}/reroute": lambda w: _about(
        w.sent(), "reroute", {"recipient_id": w.hospital.users["C"]}
    ),
    "POST /api/queries/{query_id}/verify": lambda w: _about(w.answered()[:2], "verify"),
    "POST /api/queries/{query_id}/close": lambda w: _about(
        w.verified(), "close", {"reason": "verified"}
    ),
    "POST /api/queries/{query_id}/withdraw": lambda w: _about(w.sent(), "withdraw", END),
    "POST /api/queries/{query_id}/resolve": lambda w: _about(w.draft(), "resolve", END),
    "GET /api/diagnoses/{diagnosis_id}": lambda w: Call(f"/api/diagnoses/{w.answered()[2]}"),
    "GET /api/diagnoses/{diagnosis_id}/impact": lambda w: Call(
        f"/api/diagnoses/{w.answered()[2]}/impact"
    ),
    "POST /api/diagnoses/{diagnosis_id}/accept": lambda w: Call(
        f"/api/diagnoses/{w.answered()[2]}/accept", version=1
    ),
    "POST /api/diagnoses/{diagnosis_id}/code": _code,
    "POST /api/diagnoses/{diagnosis_id}/return": lambda w: Call(
        f"/api/diagnoses/{w.answered()[2]}/return", WHY, 1
    ),
    "POST /api/final-codes": lambda w: Call(
        f"/api/final-codes?facility_id={w.here}", text="encounter,code,poa\nE-1,I50.9,Y\n"
    ),
    "GET /api/letter-audits": lambda w: Call(f"/api/letter-audits?facility_id={w.here}"),
    "POST /api/letter-audits": lambda w: (w.sent(), Call("/api/letter-audits", _sample(w)))[1],
    "GET /api/letter-audits/{audit_id}": lambda w: Call(f"/api/letter-audits/{_audit(w)[0]}"),
    "POST /api/letter-audits/{audit_id}/verdicts": _judge,
    "GET /api/metrics": lambda _: Call(
        "/api/metrics?since=2026-06-01T00:00:00Z&until=2026-07-01T00:00:00Z"
    ),
    "POST /api/tokens": lambda w: Call(
        "/api/tokens", {"facility_id": w.here, "name": "t", "verbs": ["metrics.scrape"]}
    ),
    "DELETE /api/tokens/{token_id}": _token,
    "GET /api/users": lambda w: Call(f"/api/users?facility_id={w.here}"),
    "POST /api/users": lambda w: Call(
        "/api/users", {"login": "new", "name": "New", "roles": {w.here: ["coder"]}}
    ),
    "PUT /api/users/{user_id}/roles/{facility_id}": lambda w: Call(
        f"/api/users/{_user(w)}/roles/{w.here}", {"roles": ["coder"]}
    ),
    "POST /api/users/{user_id}/close": lambda w: Call(
        f"/api/users/{_user(w)}/close?facility_id={w.here}"
    ),
    "POST /api/users/{user_id}/open": lambda w: Call(
        f"/api/users/{_user(w)}/open?facility_id={w.here}"
    ),
    "DELETE /api/users/{user_id}/sessions": lambda w: Call(
        f"/api/users/{_user(w)}/sessions?facility_id={w.here}"
    ),
    "POST /api/subscriptions": lambda w: Call(
        "/api/subscriptions",
        {"facility_id": w.here, "address": "https://8.8.8.8/x", "topics": ["query.sent"]},
    ),
    "POST /api/subscriptions/{subscription_id}/secret": lambda w: Call(
        f"/api/subscriptions/{_subscription(w)}/secret"
    ),
    "POST /api/subscriptions/{subscription_id}/test": lambda w: Call(
        f"/api/subscriptions/{_subscription(w)}/test"
    ),
    "DELETE /api/subscriptions/{subscription_id}": lambda w: Call(
        f"/api/subscriptions/{_subscription(w)}"
    ),
    "POST /api/deliveries/{delivery_id}/retry": lambda w: Call(
        f"/api/deliveries/{_failed(w)}/retry"
    ),
    "GET /api/fhir/Condition/{diagnosis_id}": lambda w: Call(
        f"/api/fhir/Condition/{w.answered()[2]}"
    ),
    "GET /api/fhir/{kind}/{query_id}": lambda w: Call(f"/api/fhir/Task/{w.sent()[0]}"),
    "POST /cds-services/{service}": lambda _: _hook("open-queries", "patient-view"),
    "GET /open/{token}": _link,
}


@pytest.fixture(autouse=True)
def weighing(hospital: Hospital) -> None:
    """Impact is switched on: what is forbidden must not be hidden by its absence."""
    hospital.desk = replace(hospital.desk, weigh=weigh)


@pytest.fixture
def world(client: TestClient, hospital: Hospital) -> World:
    """All callers with their tokens."""
    world = World(hospital)
    hospital.set_policy(Policy(most_per_day=10_000))
    hospital.users |= {letter: hospital.users[name] for letter, name in HERE_ARE.items()}
    with hospital.store.writing() as session:
        for letter, role in {"C": StaffRole.PHYSICIAN, **TWINS}.items():
            place = hospital.facilities[HERE if letter == "C" else ELSEWHERE]
            login = f"{letter} at {place}".lower()
            user = UserRow(
                login=login, name=login, password_hash=HASHED, created_at=hospital.clock()
            )
            session.add(user)
            session.flush()
            session.add(MembershipRow(user_id=user.id, facility_id=place, role=role))
            hospital.users[letter] = user.id
    open_sessions(world)
    for letter, verbs in (("1", sorted(VERBS)), ("2", ["metrics.scrape"])):
        made = add_token(hospital.desk, hospital.actor("T"), world.here, "m", verbs)
        world.tokens[letter] = made.secret
    return world


def open_sessions(world: World) -> None:
    with world.hospital.store.writing() as session:
        for letter in ["C", *HERE_ARE, *TWINS]:
            user = session.get_one(UserRow, world.hospital.users[letter])
            opened = open_session(world.hospital.desk, session, user, "password")
            world.tokens[letter] = opened.token


SIGNS = {401: "-", 403: "x", 404: "."}


def outcomes(client: TestClient, world: World, name: str) -> str:
    """Return the signs of all callers of an endpoint, and see that it does what it is for."""
    method, path = name.split(" ", 1)
    call = CALLS[name](world) if name in CALLS else Call(path)
    assert "{" not in call.path, f"{name} needs an entry in CALLS"
    told: dict[str, int] = {}
    for caller in EVERYBODY:
        answer = client.request(
            method,
            call.path,
            headers=_headers(world, caller, call),
            json=call.body,
            content=call.text,
            follow_redirects=False,
        )
        assert answer.status_code < 500, (name, caller, answer.text)
        if caller in TWINS:
            assert world.here not in answer.text, (name, caller)
        told[caller] = answer.status_code
    client.cookies.clear()
    if name == "DELETE /api/session":
        open_sessions(world)
    signs = {caller: SIGNS.get(status, "o") for caller, status in told.items()}
    if name not in WITHOUT_PROVIDER:
        assert any(status < 400 for status in told.values()), (name, told)
    groups = (CALLERS, "".join(TWINS), ["nobody"])
    return " ".join("".join(signs[caller] for caller in group) for group in groups)


def _headers(world: World, caller: str, call: Call) -> dict[str, str]:
    headers = {"If-Match": f'"{call.version}"'} if call.version is not None else {}
    if caller == "nobody":
        return headers
    token = world.tokens[caller]
    if call.path.startswith("/open/"):
        return {**headers, "Cookie": f"{SESSION_COOKIE}={token}"}
    return {**headers, "Authorization": f"Bearer {token}"}


def endpoints(app: FastAPI) -> list[str]:
    """Return all endpoints of the document."""
    paths = app.openapi()["paths"]
    return [f"{verb.upper()} {path}" for path, verbs in paths.items() for verb in verbs]


def _rows() -> dict[str, str]:
    lines = TABLE.strip("\n").splitlines()[1:]
    return {line[:50].strip(): line[50:] for line in lines}


def test_every_endpoint_has_a_row() -> None:
    app = create_app(None, None)  # type: ignore[arg-type]
    assert sorted(_rows()) == sorted(endpoints(app))


# Several at a time: the world takes seconds to make, and one test must not take minutes.
@pytest.mark.enable_socket  # an address is looked up, and nobody is called
@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize("part", range(6))
def test_everybody_may_do_what_the_table_says_and_nothing_else(
    client: TestClient, world: World, part: int
) -> None:
    for name, row in list(_rows().items())[part::6]:
        assert (name, outcomes(client, world, name)) == (name, row)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_no_route_of_the_api_is_missing_in_the_document(client: TestClient) -> None:
    hidden = [
        route.path
        for route in _routes(client.app.router)  # type: ignore[attr-defined]
        if not route.include_in_schema and route.path != "/openapi.json"
    ]
    assert hidden == []


def _routes(router: Any) -> Iterator[Any]:
    for route in router.routes:
        inner = getattr(route, "original_router", None) or getattr(route, "router", None)
        if inner is not None:
            yield from _routes(inner)
        elif hasattr(route, "include_in_schema"):
            yield route
