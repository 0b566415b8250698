"""Auditing letters that were sent (practice rule Q41): drawn, judged by a person, compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cdi.compliance import worksheet
from cdi.compliance.worksheet import Agreement, Row
from cdi.domain.actor import Actor
from cdi.domain.letter import AuditOutcome
from cdi.errors import InputError, NotFound
from cdi.storage import Session
from cdi.storage.letter_audits import audits_of, find_audit, sent_letter, sent_queries
from cdi.storage.tables import LetterAuditRow, LetterJudgementRow
from cdi.workflow.desk import Desk, Receipt, Request, carry_out, note_event
from cdi.workflow.permissions import require

_READ = "letter_audit.read"
_MOST_PLACES = 400


@dataclass(frozen=True, slots=True)
class Audit:
    """An audit as it stands.

    Attributes:
        since, until: when the letters were sent from which it was drawn.
        sent: how many there were.
        rows: a row for each rule over each letter; ``letter`` is the id of its query.
        overall: agreement of auditor and linter over all rules.
        by_rule: the same for each rule that was judged.
    """

    id: str
    facility_id: str
    drawn_at: datetime
    drawn_by: str
    since: datetime
    until: datetime
    sent: int
    rows: tuple[Row, ...]
    overall: Agreement
    by_rule: dict[str, Agreement]


def draw_audit(
    desk: Desk,
    actor: Actor,
    facility_id: str,
    since: datetime,
    until: datetime,
    *,
    size: int = 20,
    seed: int = 1,
    key: str = "",
) -> Receipt:
    """Draw a random sample of sent letters; what the linter said of each stands as it was sent.

    Args:
        desk: where.
        actor: a manager or auditor.
        facility_id: whose letters.
        since: when the first were sent.
        until: when the last were sent, exclusive.
        size: how many letters.
        seed: the same seed draws the same of the same letters.
        key: idempotency key.

    Raises:
        NotFound, NotAllowed: as the permissions say.
        InputError: no letter was sent in that time, or the sample is empty.
    """
    verb = "letter_audit.draw"
    require(actor, verb, facility_id)
    if size < 1:
        raise InputError("at least one letter", field="size")
    content = {"facility": facility_id, "since": since.isoformat(), "until": until.isoformat()}

    def act(session: Session) -> Receipt:
        sent = sent_queries(session, facility_id, since, until)
        if not sent:
            raise InputError("no letter was sent in that time", field="since")
        audit = LetterAuditRow(
            facility_id=facility_id,
            drawn_at=desk.now(),
            drawn_by=actor.id,
            since=since,
            until=until,
            sent=len(sent),
            seed=seed,
        )
        drawn = worksheet.draw(sent, size, seed)
        audit.judgements.extend(_judgements(desk, session, drawn))
        session.add(audit)
        session.flush()
        return _note(desk, session, actor, verb, audit, queries=[query for query, _ in drawn])

    return carry_out(desk, Request(actor, verb, {**content, "size": size, "seed": seed}, key), act)


def open_audit(desk: Desk, actor: Actor, audit_id: str) -> Audit:
    """Return an audit with its rows and the agreement so far; that it was seen is an event.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    with desk.store.looking() as session:
        row = _find(session, actor, _READ, audit_id)
        _note(desk, session, actor, _READ, row)
        return _audit(row)


def list_audits(desk: Desk, actor: Actor, facility_id: str) -> list[Audit]:
    """Return the audits of a facility, newest first.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    require(actor, _READ, facility_id)
    with desk.store.reading() as session:
        return [_audit(row) for row in audits_of(session, facility_id)]


def record_verdicts(
    desk: Desk, actor: Actor, audit_id: str, sheet: Iterable[Row], *, key: str = ""
) -> Receipt:
    """Record the verdicts of a worksheet that was filled in; rows without one stay as they are.

    Raises:
        NotFound, NotAllowed: as the permissions say.
        InputError: a row is none of this audit; names letter and rule.
    """
    verb = "letter_audit.judge"
    judged = [row for row in sheet if row.verdict is not None]
    content = {
        "audit": audit_id,
        "verdicts": [[*row[:2], row.verdict, row.comment] for row in judged],
    }

    def act(session: Session) -> Receipt:
        audit = _find(session, actor, verb, audit_id, lock=True)
        known = {(row.query_id, row.rule): row for row in audit.judgements}
        for row in judged:
            judgement = known.get((row.letter, row.rule))
            if judgement is None:
                where = f"{row.letter} {row.rule}"
                raise InputError("no such row in this audit", source=where, field="letter")
            judgement.verdict, judgement.comment = row.verdict, row.comment
            judgement.judged_by, judgement.judged_at = actor.id, desk.now()
        session.flush()
        return _note(desk, session, actor, verb, audit, verdicts=len(judged))

    return carry_out(desk, Request(actor, verb, content, key), act)


def _judgements(
    desk: Desk, session: Session, drawn: Sequence[tuple[str, int]]
) -> Iterable[LetterJudgementRow]:
    rules = worksheet.judged_rules(desk.pack)
    position = 0
    for query_id, revision in drawn:
        letter = sent_letter(session, query_id, revision)
        places: dict[str, list[str]] = {}
        for violation in letter.violations:
            places.setdefault(violation["rule"], []).append(violation["where"])
        for rule in rules:
            outcome = AuditOutcome.OPPORTUNITY if rule in places else AuditOutcome.MET
            yield LetterJudgementRow(
                position=position,
                query_id=query_id,
                revision=revision,
                pack_version=letter.pack_version,
                rule=rule,
                outcome=outcome,
                places=" | ".join(places.get(rule, ()))[:_MOST_PLACES],
            )
            position += 1


def _find(
    session: Session, actor: Actor, verb: str, audit_id: str, *, lock: bool = False
) -> LetterAuditRow:
    audit = find_audit(session, audit_id, lock=lock)
    if audit is None:
        raise NotFound("there is no such thing")
    require(actor, verb, audit.facility_id)
    return audit


def _note(
    desk: Desk, session: Session, actor: Actor, verb: str, audit: LetterAuditRow, **detail: object
) -> Receipt:
    receipt = Receipt("letter_audit", audit.id)
    note_event(desk, session, actor, verb, receipt, audit.facility_id, None, **detail)
    return receipt


def _audit(row: LetterAuditRow) -> Audit:
    rows = tuple(
        Row(j.query_id, j.rule, j.outcome, j.places, j.verdict, j.comment) for j in row.judgements
    )
    rules = sorted({found.rule for found in rows if found.verdict is not None})
    return Audit(
        id=row.id,
        facility_id=row.facility_id,
        drawn_at=row.drawn_at,
        drawn_by=row.drawn_by,
        since=row.since,
        until=row.until,
        sent=row.sent,
        rows=rows,
        overall=worksheet.agreement(rows),
        by_rule={
            rule: worksheet.agreement(found for found in rows if found.rule == rule)
            for rule in rules
        },
    )
