"""The made-up hospital of ``benchmarks/desk.py``: people, their sessions, what waits for them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import select
from stay import make_stay

from cdi.compliance import load_pack
from cdi.domain.actor import Actor, StaffRole
from cdi.domain.encounter import Encounter, Note, Patient
from cdi.domain.policy import Policy
from cdi.domain.query import QueryState
from cdi.storage.findings import finding_rows
from cdi.storage.people import add_policy, find_actor
from cdi.storage.store import Store
from cdi.storage.tables import FacilityRow, MembershipRow, QueryRow, UserRow
from cdi.workflow.desk import Desk
from cdi.workflow.drafting import draft_query
from cdi.workflow.identity import open_session
from cdi.workflow.intake import ingest_encounter
from cdi.workflow.reviews import review_encounter
from cdi.workflow.scan import Scanner
from cdi.workflow.sending import send_query

NOTE = "ASSESSMENT: CHF exacerbation, on Lasix 40 mg IV twice a day. BNP 1840 pg/mL."
ANSWERS = 300
LONG_STAYS, LONG_NOTES, LONG_VALUES = 5, 100, 2_000
PHYSICIANS = 40
_ROLES = (StaffRole.SPECIALIST, StaffRole.MANAGER, StaffRole.SERVICE, StaffRole.PHYSICIAN)


@dataclass(frozen=True, slots=True)
class Site:
    """What a run needs: tokens by role, physicians, and queries that wait for the first of them."""

    facility: str
    tokens: dict[str, str]
    physicians: list[str]
    waiting: list[tuple[str, int]]


def open_site(store: Store) -> Site:
    """Make a facility with one person for each role the benchmark needs, and many physicians."""
    now = datetime.now(UTC)
    with store.writing() as session:
        facility = FacilityRow(code="bench", name="Bench")
        session.add(facility)
        session.flush()
        logins = {role.value: role for role in _ROLES}
        logins |= {f"physician{number}": StaffRole.PHYSICIAN for number in range(1, PHYSICIANS)}
        for login, role in logins.items():
            user = UserRow(login=login, name=f"Dr. {login}", provider_id=login, created_at=now)
            session.add(user)
            session.flush()
            session.add(MembershipRow(user_id=user.id, facility_id=facility.id, role=role))
        add_policy(session, facility.id, Policy(most_per_day=10**6), now, "bench")
    return find_site(store)


def find_site(store: Store) -> Site:
    """Return the site of a filled database, each role logged in anew."""
    desk = Desk(store, None, None)  # type: ignore[arg-type]
    with store.writing() as session:
        facility = session.scalars(select(FacilityRow)).one().id
        users = {user.login: user for user in session.scalars(select(UserRow))}
        waiting = session.execute(
            select(QueryRow.id, QueryRow.version).where(
                QueryRow.recipient_id == users["physician"].id,
                QueryRow.state == QueryState.SENT,
                QueryRow.priority == "high",
            )
        )
        return Site(
            facility,
            {role: open_session(desk, session, users[role], "bench").token for role in _ROLES},
            [user.id for login, user in users.items() if login.startswith("physician")],
            [(identifier, version) for identifier, version in waiting],
        )


def send_some(store: Store, site: Site) -> None:
    """Send queries the ordinary way, to be answered later."""
    scanner = Scanner()
    desk = Desk(store, scanner, load_pack(scanner.catalogue))
    service, specialist = (_actor(desk, role) for role in ("service", "specialist"))
    for number in range(ANSWERS):
        stay = make_short_stay(f"A-{number}", f"P-{number}")
        identifier = ingest_encounter(desk, service, site.facility, stay).id
        review_encounter(desk, service, identifier)
        with store.reading() as session:
            findings = [row.id for row in finding_rows(session, identifier)]
        draft = draft_query(desk, specialist, identifier, findings)
        send_query(desk, specialist, draft.id, draft.version)


def make_short_stay(number: str, patient: str) -> Encounter:
    """Return a stay with one note, which one letter asks about."""
    return Encounter(
        number,
        Patient(patient, name="Made Up", sex="female"),
        notes=(Note("n", NOTE, author_id="physician"),),
        unit="3 West",
    )


def add_long_stays(store: Store, site: Site) -> None:
    """Take in and review stays of sixty days, the newest there are; nothing of them is asked."""
    scanner = Scanner()
    desk = Desk(store, scanner, load_pack(scanner.catalogue))
    service = _actor(desk, "service")
    long = make_stay(LONG_NOTES, LONG_VALUES)
    for number in range(LONG_STAYS):
        patient = Patient(f"L-P{number}", name="Made Up", sex="female")
        stay = replace(long, id=f"L-{number}", patient=patient)
        identifier = ingest_encounter(desk, service, site.facility, stay).id
        review_encounter(desk, service, identifier)


def _actor(desk: Desk, login: str) -> Actor:
    with desk.store.reading() as session:
        user = session.scalars(select(UserRow).where(UserRow.login == login)).one()
        return find_actor(session, user, desk.now())
