"""A small hospital for tests of the desk: two facilities, one person for each role, one stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from cdi.compliance import Pack, load_pack
from cdi.domain.actor import Actor, StaffRole
from cdi.domain.encounter import Capacity, Encounter, Note, Observation, Patient
from cdi.domain.letter import OptionKind
from cdi.domain.policy import Policy
from cdi.storage.findings import finding_rows
from cdi.storage.people import add_policy, find_actor
from cdi.storage.queries import find_letter, find_query, to_letter
from cdi.storage.store import Store
from cdi.storage.tables import FacilityRow, MembershipRow, QueryRow, UserRow
from cdi.workflow.addendum import AnswerGiven
from cdi.workflow.answering import Confirmation, answer_query
from cdi.workflow.desk import Desk, Receipt
from cdi.workflow.drafting import draft_query
from cdi.workflow.intake import ingest_encounter
from cdi.workflow.letters import LetterEdit, QuestionEdit
from cdi.workflow.reviews import review_encounter
from cdi.workflow.scan import Scanner, default_scanner
from cdi.workflow.sending import send_query

# A Wednesday morning.
MORNING = datetime(2026, 6, 3, 9, 0, tzinfo=UTC)
HERE, ELSEWHERE = "general", "harbor"
CHF = "ASSESSMENT: CHF exacerbation, on Lasix 40 mg IV twice a day. BNP 1840 pg/mL."
SPECIFIED = "ASSESSMENT: Acute on chronic systolic heart failure, on Lasix 40 mg IV twice a day."

PEOPLE = {
    "sam": (StaffRole.SPECIALIST, HERE),
    "mia": (StaffRole.MANAGER, HERE),
    "pat": (StaffRole.PHYSICIAN, HERE),
    "pia": (StaffRole.PHYSICIAN, HERE),
    "kim": (StaffRole.CODER, HERE),
    "ada": (StaffRole.AUDITOR, HERE),
    "eve": (StaffRole.ADMIN, HERE),
    "bot": (StaffRole.SERVICE, HERE),
    "zoe": (StaffRole.SPECIALIST, ELSEWHERE),
}


@dataclass
class Clock:
    """A clock that stands until it is set."""

    at: datetime = MORNING

    def __call__(self) -> datetime:
        return self.at

    def pass_hours(self, hours: float) -> None:
        self.at += timedelta(hours=hours)


@dataclass
class Hospital:
    """A desk with its people; ``actor`` gives what one of them may do now."""

    desk: Desk
    clock: Clock
    store: Store
    users: dict[str, str] = field(default_factory=dict)
    facilities: dict[str, str] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        with self.store.reading() as session:
            user = session.get(UserRow, self.users[name])
            assert user is not None
            return find_actor(session, user, self.clock())

    def set_policy(self, policy: Policy) -> None:
        with self.store.writing() as session:
            add_policy(session, self.facilities[HERE], policy, self.clock(), "test")

    def ingest(self, encounter: Encounter | None = None, key: str = "") -> Receipt:
        return ingest_encounter(
            self.desk, self.actor("bot"), self.facilities[HERE], encounter or make_stay(), key=key
        )

    def ready(self, encounter: Encounter | None = None) -> tuple[str, list[str]]:
        """Take in and review a stay; return its id and those of its open findings."""
        identifier = self.ingest(encounter).id
        review_encounter(self.desk, self.actor("bot"), identifier)
        with self.store.reading() as session:
            return identifier, [row.id for row in finding_rows(session, identifier)]

    def drafted(self, encounter: Encounter | None = None) -> Receipt:
        identifier, findings = self.ready(encounter)
        return draft_query(self.desk, self.actor("sam"), identifier, findings)

    def sent(self, encounter: Encounter | None = None) -> Receipt:
        draft = self.drafted(encounter)
        return send_query(self.desk, self.actor("sam"), draft.id, draft.version)

    def answered(self, kind: OptionKind = OptionKind.DIAGNOSIS, words: str = "") -> Receipt:
        sent = self.sent()
        return self.answer(sent.id, sent.version, self.options(sent.id, kind, words))

    def answer(
        self, query_id: str, version: int, answers: Sequence[AnswerGiven], who: str = "pat"
    ) -> Receipt:
        return answer_query(
            self.desk, self.actor(who), query_id, version, answers, self.confirmation(who)
        )

    def confirmation(self, who: str = "pat") -> Confirmation:
        return Confirmation(self.users[who], self.clock(), "password")

    def options(self, query_id: str, kind: OptionKind, words: str = "") -> list[AnswerGiven]:
        """Return the first option of a kind for each question of a query."""
        with self.store.reading() as session:
            query = find_query(session, query_id)
            assert query is not None
            letter = to_letter(find_letter(session, query))
        return [
            AnswerGiven([option.kind for option in question.options].index(kind), words)
            for question in letter.questions
        ]

    def edit(self, query_id: str, subject: str = "", **changes: object) -> LetterEdit:
        """Return the letter of a query as an edit, its first question with changes."""
        with self.store.reading() as session:
            letter = to_letter(find_letter(session, self.query(query_id)))
        first, *others = (
            QuestionEdit(
                question.stem,
                tuple((option.text, option.kind) for option in question.options),
                tuple(indicator.id for indicator in question.indicators),
            )
            for question in letter.questions
        )
        first = replace(first, **changes)  # type: ignore[arg-type]
        return LetterEdit(subject or letter.subject, (first, *others))

    def query(self, query_id: str) -> QueryRow:
        with self.store.reading() as session:
            query = find_query(session, query_id)
            assert query is not None
            return query


def make_stay(text: str = CHF, **changes: object) -> Encounter:
    """Return a stay with one progress note by Pat and a value."""
    note = Note(
        "n1",
        text,
        kind="Progress note",
        author="Dr. Pat Rivera",
        author_id="npi-pat",
        capacity=Capacity.ATTENDING,
        recorded_at=MORNING - timedelta(hours=1),
    )
    stay = Encounter(
        "E-100",
        Patient("MRN-7", "Jordan Example"),
        notes=(note,),
        observations=(
            Observation(
                "o1",
                "bnp",
                1840.0,
                "pg/mL",
                observed_at=MORNING - timedelta(hours=2),
                source="Laboratory",
            ),
        ),
        admitted_at=MORNING - timedelta(days=1),
        service="medicine",
    )
    return replace(stay, **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def scanner() -> Scanner:
    """The installed rules."""
    return default_scanner()


@pytest.fixture(scope="session")
def pack(scanner: Scanner) -> Pack:
    """The installed rules for letters."""
    return load_pack(scanner.catalogue)


@pytest.fixture
def hospital(store: Store, scanner: Scanner, pack: Pack) -> Hospital:
    """A desk over an empty database, with its people."""
    clock = Clock()
    desk = Desk(store, scanner, pack, now=clock)
    made = Hospital(desk, clock, store)
    with store.writing() as session:
        for code in (HERE, ELSEWHERE):
            facility = FacilityRow(code=code, name=code.title())
            session.add(facility)
            made.facilities[code] = facility.id
        session.flush()
        for name in PEOPLE:
            user = _user(name, clock())
            session.add(user)
            made.users[name] = user.id
        session.flush()
        for name, (role, code) in PEOPLE.items():
            facility_id = made.facilities[code]
            session.add(MembershipRow(user_id=made.users[name], facility_id=facility_id, role=role))
    return made


def _user(name: str, at: datetime) -> UserRow:
    return UserRow(
        login=name,
        name=f"Dr. {name.title()} Rivera",
        email=f"{name}@example.org",
        provider_id=f"npi-{name}",
        service="medicine",
        created_at=at,
    )
