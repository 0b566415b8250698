"""Playing the script: each deed is a use case, done by the account whose work it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from cdi.domain.actor import Actor, StaffRole
from cdi.domain.encounter import Capacity, Encounter, Note
from cdi.domain.letter import Letter, OptionKind, Question
from cdi.domain.query import FindingState
from cdi.domain.reasons import DismissalReason, EndReason
from cdi.domain.timeline import as_of
from cdi.errors import InputError
from cdi.interop.feeds import WireFormats
from cdi.interop.files import read_path
from cdi.interop.mapping import load_intake
from cdi.storage import Session
from cdi.storage.findings import finding_rows
from cdi.storage.people import find_actor, find_user
from cdi.storage.queries import diagnoses_of, find_letter, find_query, find_response, to_letter
from cdi.storage.tables import FindingRow
from cdi.workflow import diagnoses
from cdi.workflow.addendum import AnswerGiven
from cdi.workflow.answering import Confirmation, answer_query
from cdi.workflow.demo.clock import moved
from cdi.workflow.demo.script import Account, Deed, Script, Stay
from cdi.workflow.desk import Desk, Receipt
from cdi.workflow.drafting import draft_query, edit_letter, submit_query
from cdi.workflow.intake import ingest_encounter
from cdi.workflow.letters import LetterEdit, QuestionEdit
from cdi.workflow.lifecycle import close_query, dismiss_finding, view_query, withdraw_query
from cdi.workflow.reviews import review_encounter
from cdi.workflow.sending import send_query

_LEADING = "Please document this diagnosis, it will improve the reimbursement of the hospital: "


@dataclass(frozen=True)
class Stage:
    """The desk with its people, and where the samples are."""

    desk: Desk
    samples: Path
    script: Script
    facilities: dict[str, str]
    users: dict[str, str]

    @property
    def service(self) -> Actor:
        """Who takes in, reviews and reminds."""
        role = frozenset({StaffRole.SERVICE})
        return Actor("service", dict.fromkeys(self.facilities.values(), role))

    def account(self, role: StaffRole, place: str) -> Account:
        """Return the first account with a role at a facility."""
        return next(a for a in self.script.accounts if a.role is role and place in a.at)

    def actor(self, login: str) -> Actor:
        """Return what an account may do now."""
        with self.desk.store.reading() as session:
            user = find_user(session, self.users[login])
            assert user is not None
            return find_actor(session, user, self.desk.now())


class Player:
    """Plays the life of one stay."""

    def __init__(self, stage: Stage, stay: Stay, now: datetime) -> None:
        self._stage, self._stay, self._desk = stage, stay, stage.desk
        zone = stage.script.facilities[stay.at].zone
        sample = _read_sample(stage.samples, stay.file)
        self._record = moved(_signed(sample, stage.script, stay), now, zone, stay.admitted)
        self._encounter = self._query = ""

    def do(self, deed: Deed) -> None:
        """Do one deed.

        Raises:
            CdiError: as the use case; the script does not fit the samples.
        """
        deeds: dict[Deed, Callable[[], object]] = {
            Deed.ARRIVE: self._arrive,
            Deed.DRAFT: self._draft,
            Deed.LEAD: self._lead,
            Deed.SUBMIT: lambda: submit_query(*self._by(StaffRole.SPECIALIST)),
            Deed.SEND: lambda: send_query(*self._by(StaffRole.SPECIALIST)),
            Deed.VIEW: lambda: view_query(self._desk, self._attending, self._query),
            Deed.ANSWER: self._answer,
            Deed.DOCUMENT: self._document,
            Deed.WITHDRAW: lambda: withdraw_query(
                *self._by(StaffRole.SPECIALIST), EndReason.ASKED_OTHERWISE, "by telephone"
            ),
            Deed.CLOSE: lambda: close_query(
                *self._by(StaffRole.SPECIALIST), EndReason.NOTHING_TO_DOCUMENT
            ),
            Deed.DISMISS: self._dismiss,
            Deed.ACCEPT: lambda: self._each_diagnosis(diagnoses.accept_diagnosis),
            Deed.CODE: self._code,
            Deed.RETURN: lambda: self._each_diagnosis(
                diagnoses.return_diagnosis, "Is the acuity documented as well?"
            ),
        }
        deeds[deed]()

    @property
    def _attending(self) -> Actor:
        return self._stage.actor(self._stay.attending)

    def _actor(self, role: StaffRole) -> Actor:
        return self._stage.actor(self._stage.account(role, self._stay.at).login)

    def _by(self, role: StaffRole) -> tuple[Desk, Actor, str, int]:
        """Return the first arguments of a step of the query: who, which, as seen now."""
        with self._desk.store.reading() as session:
            query = find_query(session, self._query)
            assert query is not None
            return self._desk, self._actor(role), query.id, query.version

    def _arrive(self) -> None:
        facility = self._stage.facilities[self._stay.at]
        team = {f"demo-{self._stay.attending}": Capacity.ATTENDING.value}
        record = as_of(self._record, self._desk.now())
        service = self._stage.service
        receipt = ingest_encounter(self._desk, service, facility, record, team=team)
        self._encounter = receipt.id
        review_encounter(self._desk, service, receipt.id)

    def _draft(self) -> None:
        wanted = [row.id for row in self._open_findings()[: self._stay.ask]]
        actor = self._actor(StaffRole.SPECIALIST)
        self._query = draft_query(self._desk, actor, self._encounter, wanted).id

    def _lead(self) -> None:
        """Edit the letter as it should not be, so that there is something to mend."""
        letter = self._letter()
        questions = [_unchanged(question) for question in letter.questions]
        questions[0] = replace(questions[0], stem=_LEADING + questions[0].stem)
        edit = LetterEdit(letter.subject, tuple(questions))
        edit_letter(*self._by(StaffRole.SPECIALIST), edit)

    def _answer(self) -> None:
        answers = [self._chosen(question) for question in self._letter().questions]
        desk, _, query_id, version = self._by(StaffRole.SPECIALIST)
        actor = self._attending
        signature = Confirmation(actor.id, desk.now(), "password")
        answer_query(desk, actor, query_id, version, answers, signature)

    def _chosen(self, question: Question) -> AnswerGiven:
        wanted = (self._stay.answer, OptionKind.DIAGNOSIS, OptionKind.YES)
        kinds = [option.kind for option in question.options]
        kind = next((kind for kind in wanted if kind in kinds), kinds[0])
        words = self._stay.words if kind is OptionKind.OTHER else ""
        return AnswerGiven(kinds.index(kind), words)

    def _document(self) -> None:
        """Let the addendum come back from the record system as a note, as it would."""
        account = self._account(self._stay.attending)
        with self._desk.store.reading() as session:
            response = find_response(session, self._query)
            assert response is not None
            text = response.addendum
        note = Note(
            "addendum",
            text,
            kind="Addendum",
            author=account.name,
            author_id=account.provider_id or "",
            capacity=Capacity.ATTENDING,
            recorded_at=self._desk.now(),
        )
        self._record = replace(self._record, notes=(*self._record.notes, note))
        self._arrive()

    def _dismiss(self) -> None:
        row = self._open_findings()[-1]
        actor = self._actor(StaffRole.SPECIALIST)
        dismiss_finding(self._desk, actor, row.id, row.version, DismissalReason.NOT_RELEVANT)

    def _code(self) -> None:
        actor = self._actor(StaffRole.CODER)
        with self._desk.store.reading() as session:
            rows = diagnoses_of(session, self._query)
        for row in rows:
            if row.proposals:
                code = row.proposals[0]["code"]
                diagnoses.code_diagnosis(self._desk, actor, row.id, row.version, code)

    def _each_diagnosis(self, step: Callable[..., Receipt], *words: str) -> None:
        actor = self._actor(StaffRole.CODER)
        with self._desk.store.reading() as session:
            rows = diagnoses_of(session, self._query)
        for row in rows:
            step(self._desk, actor, row.id, row.version, *words)

    def _open_findings(self) -> list[FindingRow]:
        with self._desk.store.reading() as session:
            rows = finding_rows(session, self._encounter)
        return sorted(
            (row for row in rows if row.state is FindingState.OPEN),
            key=lambda row: (-row.rank, row.id),
        )

    def _letter(self) -> Letter:
        with self._desk.store.reading() as session:
            return _letter_of(session, self._query)

    def _account(self, login: str) -> Account:
        return next(account for account in self._stage.script.accounts if account.login == login)


def _letter_of(session: Session, query_id: str) -> Letter:
    query = find_query(session, query_id)
    assert query is not None
    return to_letter(find_letter(session, query))


def _unchanged(question: Question) -> QuestionEdit:
    options = tuple((option.text, option.kind) for option in question.options)
    facts = tuple(indicator.id for indicator in question.indicators)
    return QuestionEdit(question.stem, options, facts)


def _read_sample(samples: Path, name: str) -> Encounter:
    problems: list[InputError] = []
    feeds = WireFormats(load_intake(samples / "feeds" / "site.yaml"))
    found = list(read_path(samples / name, problems.append, feeds=lambda: feeds))
    if not found:
        raise problems[0] if problems else InputError("holds no stay", source=name)
    return found[0]


def _signed(encounter: Encounter, script: Script, stay: Stay) -> Encounter:
    """Return a sample whose notes name their authors as the accounts of the demonstration do."""

    def sign(note: Note) -> Note:
        for account in script.accounts:
            if account.author and stay.at in account.at and note.author.startswith(account.author):
                attending = account.login == stay.attending
                capacity = Capacity.ATTENDING if attending else note.capacity
                return replace(note, author_id=account.provider_id or "", capacity=capacity)
        return note

    return replace(encounter, notes=tuple(map(sign, encounter.notes)))
