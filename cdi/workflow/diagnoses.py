"""Clarified diagnoses: from an answer to what the coder accepts, codes or returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from cdi.domain.actor import Actor
from cdi.domain.coding import CodeProposal
from cdi.domain.finding import QueryType
from cdi.domain.letter import OptionKind
from cdi.domain.query import CODER_STEPS, CoderStatus, Outcome, PresentOnAdmission
from cdi.errors import ConflictError, InputError, TransitionError
from cdi.storage import Session
from cdi.storage.json_record import to_value
from cdi.storage.queries import find_query
from cdi.storage.tables import DiagnosisRow, QueryRow, ResponseRow
from cdi.workflow.addendum import ReadAnswer
from cdi.workflow.delivery import announce
from cdi.workflow.desk import Desk, Receipt, Request, carry_out, note_event
from cdi.workflow.permissions import require
from cdi.workflow.permitted import take_diagnosis

_FOR_CODERS = frozenset({Outcome.SPECIFIED, Outcome.CONFIRMED, Outcome.RULED_OUT, Outcome.OTHER})
_POA = {
    OptionKind.YES: PresentOnAdmission.YES,
    OptionKind.NO: PresentOnAdmission.NO,
    OptionKind.UNDETERMINED: PresentOnAdmission.UNDETERMINED,
}


def add_diagnoses(
    desk: Desk,
    session: Session,
    actor: Actor,
    query: QueryRow,
    response: ResponseRow,
    answers: Sequence[ReadAnswer],
) -> list[DiagnosisRow]:
    """Add what the coder picks up: one for each answer that says anything about a diagnosis."""
    rows = []
    for answer, stored, question in zip(answers, response.answers, query.questions, strict=True):
        poa = _present_on_admission(answer)
        if answer.outcome not in _FOR_CODERS and poa is None:
            continue
        row = DiagnosisRow(
            facility_id=query.facility_id,
            encounter_id=query.encounter_id,
            query_id=query.id,
            answer_id=stored.id,
            condition=question.condition,
            outcome=answer.outcome,
            proposals=[asdict(proposal) for proposal in propose_codes(desk, answer)],
            poa=poa,
            evidence=[to_value(i.pointer) for i in answer.question.indicators if i.pointer],
            status=CoderStatus.NEW,
            created_at=desk.now(),
            changed_at=desk.now(),
            changed_by=actor.id,
            wording=answer.wording,
        )
        session.add(row)
        rows.append(row)
    session.flush()
    return rows


def propose_codes(desk: Desk, answer: ReadAnswer) -> tuple[CodeProposal, ...]:
    """Return codes for an answer, best first: that of the option, else such as are like the words.

    What was ruled out has none.
    """
    if answer.outcome is Outcome.RULED_OUT:
        return ()
    option = answer.option
    if option is not None and option.code:
        title = desk.codes.title(option.code) if desk.codes else ""
        return (CodeProposal(option.code, title, 1.0, "option"),)
    words = answer.words if option is None or option.kind is OptionKind.OTHER else option.text
    if desk.codes is None or not words:
        return ()
    # Not the topic of the letter: that is neutral on purpose ("cardiac function").
    return desk.codes.propose(words, about=answer.question.condition.replace("_", " "))


@dataclass(frozen=True, slots=True)
class _Change:
    """One step of the coder."""

    status: CoderStatus
    code: str = ""
    poa: PresentOnAdmission | None = None
    remark: str = ""


def accept_diagnosis(
    desk: Desk, actor: Actor, diagnosis_id: str, version: int, *, key: str = ""
) -> Receipt:
    """Take a clarified diagnosis into work."""
    return _step(desk, actor, diagnosis_id, version, _Change(CoderStatus.ACCEPTED), key)


def code_diagnosis(
    desk: Desk,
    actor: Actor,
    diagnosis_id: str,
    version: int,
    code: str,
    *,
    poa: PresentOnAdmission | None = None,
    key: str = "",
) -> Receipt:
    """Note the code that was given, proposed or not; the same again is another code.

    Raises:
        InputError: there is no such code in the index.
    """
    change = _Change(CoderStatus.CODED, _known_code(desk, code), poa)
    return _step(desk, actor, diagnosis_id, version, change, key)


def accept_code(
    desk: Desk,
    actor: Actor,
    diagnosis_id: str,
    version: int,
    code: str,
    *,
    poa: PresentOnAdmission | None = None,
    key: str = "",
) -> Receipt:
    """Take a clarified diagnosis into work, if nobody has, and note its code: both in one step.

    Raises:
        InputError: there is no such code in the index.
    """
    change = _Change(CoderStatus.CODED, _known_code(desk, code), poa)
    return _step(desk, actor, diagnosis_id, version, change, key, take=True)


def return_diagnosis(
    desk: Desk, actor: Actor, diagnosis_id: str, version: int, remark: str, *, key: str = ""
) -> Receipt:
    """Give a clarified diagnosis back to the specialist with a question.

    Raises:
        InputError: no remark says what is asked.
    """
    if not remark.strip():
        raise InputError("say what is to be clarified", field="remark")
    change = _Change(CoderStatus.RETURNED, remark=remark.strip())
    return _step(desk, actor, diagnosis_id, version, change, key)


_VERBS = {
    CoderStatus.ACCEPTED: "diagnosis.accept",
    CoderStatus.CODED: "diagnosis.code",
    CoderStatus.RETURNED: "diagnosis.return",
}


def _known_code(desk: Desk, code: str) -> str:
    if desk.codes is not None and not desk.codes.title(code):
        raise InputError("no such ICD-10-CM code", field="code")
    return code


def _step(
    desk: Desk,
    actor: Actor,
    diagnosis_id: str,
    version: int,
    change: _Change,
    key: str,
    *,
    take: bool = False,
) -> Receipt:
    verb = _VERBS[change.status]
    content = {
        "diagnosis": diagnosis_id,
        "version": version,
        "code": change.code,
        "remark": change.remark,
        "poa": change.poa,
    }

    def act(session: Session) -> Receipt:
        row = _take(session, actor, diagnosis_id, version, verb)
        if take and CoderStatus.ACCEPTED in CODER_STEPS[row.status]:
            require(actor, _VERBS[CoderStatus.ACCEPTED], row.facility_id)
            _apply(desk, session, actor, row, _Change(CoderStatus.ACCEPTED))
        return _apply(desk, session, actor, row, change)

    return carry_out(desk, Request(actor, verb, content, key), act)


def _apply(
    desk: Desk, session: Session, actor: Actor, row: DiagnosisRow, change: _Change
) -> Receipt:
    verb = _VERBS[change.status]
    if change.status not in CODER_STEPS[row.status]:
        raise TransitionError(verb, row.status.value, sorted(CODER_STEPS[row.status]))
    before = row.code
    row.status, row.coder_id = change.status, actor.id
    row.changed_at, row.changed_by = desk.now(), actor.id
    row.code = change.code or row.code
    row.poa = change.poa or row.poa
    if change.remark:
        row.remark = change.remark
    session.flush()
    receipt = Receipt("diagnosis", row.id, row.version, row.status.value)
    note_event(
        desk,
        session,
        actor,
        verb,
        receipt,
        row.facility_id,
        row.encounter_id,
        query=row.query_id,
        code=row.code,
        before=before,
        proposed=[proposal["code"] for proposal in row.proposals],
        poa=row.poa,
    )
    query = find_query(session, row.query_id)
    if query is not None:
        announce(desk, session, query, f"diagnosis.{row.status.value}")
    return receipt


def _take(
    session: Session, actor: Actor, diagnosis_id: str, version: int, verb: str
) -> DiagnosisRow:
    row = take_diagnosis(session, actor, diagnosis_id, verb, lock=True)
    if row.version != version:
        raise ConflictError(
            f"diagnosis {row.id} is at version {row.version}, you saw {version}; "
            f"it is {row.status} now",
            version=row.version,
            changed_by=row.changed_by,
        )
    return row


def _present_on_admission(answer: ReadAnswer) -> PresentOnAdmission | None:
    if answer.question.query_type is not QueryType.POA or answer.option is None:
        return None
    return _POA.get(answer.option.kind)
