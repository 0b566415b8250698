"""Reviewing a stored encounter: findings are raised, change, resolve themselves and re-open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cdi.domain.actor import Actor
from cdi.domain.encounter import Encounter
from cdi.domain.finding import Finding, Review
from cdi.domain.query import FindingChange, FindingState
from cdi.errors import ConflictError
from cdi.storage import Session
from cdi.storage.charts import find_encounter, load_encounter
from cdi.storage.findings import add_history, finding_content, finding_rows, is_asked
from cdi.storage.rules import muted_rules
from cdi.storage.tables import EncounterRow, FindingRow
from cdi.workflow.desk import Desk, Receipt, note_event
from cdi.workflow.permitted import take_encounter
from cdi.workflow.resolution import follow_up

VERB = "encounter.review"
# Reading happens outside the transaction; when the record grew meanwhile it is read again.
_ATTEMPTS = 3
_STANDING = frozenset({FindingState.OPEN, FindingState.ASKED, FindingState.MUTED})


def review_encounter(desk: Desk, actor: Actor, encounter_id: str) -> Receipt:
    """Review an encounter as it is now and bring its findings and queries up to date.

    Doing it again changes nothing, so that it takes no idempotency key.

    Raises:
        NotFound, NotAllowed: as the permissions say.
        ConflictError: the record kept changing while it was read.
    """
    for _ in range(_ATTEMPTS):
        version, encounter = read_encounter(desk, actor, encounter_id, VERB)
        review = desk.scanner.scan(encounter)
        receipt = _store(desk, actor, encounter_id, version, review)
        if receipt is not None:
            return receipt
    raise ConflictError(f"encounter {encounter_id} kept changing while it was reviewed")


def _store(
    desk: Desk, actor: Actor, encounter_id: str, version: int, review: Review
) -> Receipt | None:
    """Store a review in one transaction; None if the record is no longer what was reviewed."""
    weights = _weights(desk, review)
    with desk.store.writing() as session:
        row = find_encounter(session, encounter_id, lock=True)
        if row is None or row.version != version:
            return None
        changes, resolved = _update_findings(desk, session, actor, row, review, weights)
        moved = follow_up(desk, session, actor, row, review)
        row.reviewed_at = desk.now()
        session.flush()
        receipt = Receipt("encounter", row.id, row.version, "reviewed", tuple(resolved))
        note_event(
            desk,
            session,
            actor,
            VERB,
            receipt,
            row.facility_id,
            row.id,
            findings=changes,
            queries=moved,
        )
    return receipt


def read_encounter(desk: Desk, actor: Actor, encounter_id: str, verb: str) -> tuple[int, Encounter]:
    """Return version and record of an encounter.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    with desk.store.reading() as session:
        row = take_encounter(session, actor, encounter_id, verb)
        return row.version, load_encounter(session, row)


def _weights(desk: Desk, review: Review) -> dict[str, Mapping[str, Any] | None]:
    if desk.weigh is None:
        return {}
    return {finding.key: desk.weigh(review.encounter, finding) for finding in review.findings}


def _update_findings(
    desk: Desk,
    session: Session,
    actor: Actor,
    encounter: EncounterRow,
    review: Review,
    weights: Mapping[str, Mapping[str, Any] | None],
) -> tuple[dict[str, int], list[str]]:
    """Bring the findings up to date; return the number of each change and what was resolved."""
    known = {
        (row.condition, row.name): row for row in finding_rows(session, encounter.id, lock=True)
    }
    changes: Counter[str] = Counter()
    now = desk.now()
    silent = muted_rules(session, encounter.facility_id)
    for finding in review.findings:
        row = known.pop((finding.condition, finding.id), None)
        change = None
        if row is None:
            row, change = _new_row(encounter, finding, now), FindingChange.RAISED
            session.add(row)
        else:
            change = _refresh(session, row, finding, now)
        if row.state is FindingState.OPEN and (row.condition, row.name) in silent:
            row.state = FindingState.MUTED
        weight = weights.get(finding.key)
        row.weight = dict(weight) if weight is not None else None
        row.rank = finding.priority.rank + float((weight or {}).get("rank", 0))
        if change is not None:
            session.flush()
            add_history(session, row, change, actor.id, now)
            changes[change.value] += 1
    resolved = [row for row in known.values() if row.state in _STANDING]
    for row in resolved:
        row.state = FindingState.RESOLVED
        add_history(session, row, FindingChange.RESOLVED, actor.id, now)
        changes[FindingChange.RESOLVED.value] += 1
    session.flush()
    return dict(changes), [row.id for row in resolved]


def _new_row(encounter: EncounterRow, finding: Finding, now: datetime) -> FindingRow:
    content, digest = finding_content(finding)
    return FindingRow(
        facility_id=encounter.facility_id,
        encounter_id=encounter.id,
        service=encounter.service,
        condition=finding.condition,
        name=finding.id,
        type=finding.type,
        priority=finding.priority,
        rule_version=finding.explanation.version,
        state=FindingState.OPEN,
        content=content,
        content_hash=digest,
        raised_at=now,
        seen_at=now,
    )


def _refresh(
    session: Session, row: FindingRow, finding: Finding, now: datetime
) -> FindingChange | None:
    """Take over what the review says now; return the change, None if there is none."""
    content, digest = finding_content(finding)
    row.seen_at = now
    newer_rule = finding.explanation.version > row.rule_version
    same = digest == row.content_hash
    if not same:
        row.content, row.content_hash = content, digest
        row.priority, row.rule_version = finding.priority, finding.explanation.version
    if row.state is FindingState.RESOLVED or (row.state is FindingState.DISMISSED and newer_rule):
        # What was answered is not asked again: it comes back as asked, and waits for the record.
        asked = is_asked(session, row.id)
        row.state = FindingState.ASKED if asked else FindingState.OPEN
        row.reason = row.remark_sealed = None
        return FindingChange.REOPENED
    return None if same else FindingChange.CHANGED
