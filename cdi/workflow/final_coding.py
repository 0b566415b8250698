"""Final codes of stays: taken in, and compared with what was clarified."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cdi.domain.actor import Actor
from cdi.domain.coding import Clarification, Comparison, Difference, FinalCoding
from cdi.domain.encounter import Encounter
from cdi.domain.query import Outcome
from cdi.domain.reconciliation import compare_codings
from cdi.storage import Session
from cdi.storage.charts import find_encounter, find_encounter_by_number
from cdi.storage.final_codes import (
    coded_stays,
    diagnoses_of_encounter,
    final_codes,
    replace_final_codes,
)
from cdi.storage.json_record import from_json
from cdi.storage.queries import queries_of_encounter
from cdi.storage.tables import DiagnosisRow, EncounterRow, QueryRow
from cdi.workflow.desk import Desk, Receipt, note_event
from cdi.workflow.permissions import reach, require
from cdi.workflow.permitted import take_encounter

IMPORT, RECONCILE = "coding.import", "coding.reconcile"


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did.

    Attributes:
        stays: how many stays have final codes by it.
        changed: how many of them have other codes than before.
        codes: how many codes in all.
        unknown: places of stays that the facility does not know ("row 7").
    """

    stays: int
    changed: int
    codes: int
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """One stay: what was clarified against what was coded; ``stay`` is without notes."""

    encounter_id: str
    stay: Encounter
    coded: bool
    lines: tuple[Comparison, ...]

    @property
    def differences(self) -> int:
        """How many lines differ."""
        return sum(line.difference is not Difference.NONE for line in self.lines)


def import_final_codes(
    desk: Desk, actor: Actor, facility_id: str, codings: Sequence[FinalCoding]
) -> ImportReport:
    """Make these the final codes of their stays; those of other stays are as before.

    Doing it again changes nothing. A stay that the facility does not know is reported, and the
    others are taken.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    require(actor, IMPORT, facility_id)
    changed, codes, unknown = 0, 0, []
    with desk.store.writing() as session:
        for coding in codings:
            row = find_encounter_by_number(session, facility_id, coding.stay)
            if row is None:
                unknown.append(coding.codes[0].place)
                continue
            codes += len(coding.codes)
            if replace_final_codes(
                session, facility_id, row.id, coding.codes, desk.now(), actor.id
            ):
                changed += 1
                receipt = Receipt("encounter", row.id, row.version)
                detail = {"codes": [code.code for code in coding.codes]}
                note_event(desk, session, actor, IMPORT, receipt, facility_id, row.id, **detail)
    return ImportReport(len(codings) - len(unknown), changed, codes, tuple(unknown))


def open_reconciliation(desk: Desk, actor: Actor, encounter_id: str) -> Reconciliation:
    """Return one stay with what was clarified and coded; that it was seen is an event.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    with desk.store.looking() as session:
        row = take_encounter(session, actor, encounter_id, RECONCILE)
        receipt = Receipt("encounter", row.id, row.version)
        note_event(desk, session, actor, RECONCILE, receipt, row.facility_id, row.id)
        return _reconcile(desk, session, row)


def open_reconciliations(
    desk: Desk, actor: Actor, facility_id: str = "", *, limit: int = 50, offset: int = 0
) -> tuple[Reconciliation, ...]:
    """Return stays with final codes in which something was asked, most differences first.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    if facility_id:
        require(actor, RECONCILE, facility_id)
    places = [facility_id] if facility_id else sorted(reach(actor, RECONCILE))
    with desk.store.looking() as session:
        found = []
        for encounter_id in coded_stays(session, places, limit=limit, offset=offset):
            row = find_encounter(session, encounter_id)
            if row is not None:
                receipt = Receipt("encounter", row.id, row.version)
                note_event(desk, session, actor, RECONCILE, receipt, row.facility_id, row.id)
                found.append(_reconcile(desk, session, row))
    return tuple(sorted(found, key=lambda one: -one.differences))


def _reconcile(desk: Desk, session: Session, row: EncounterRow) -> Reconciliation:
    final = final_codes(session, row.id)
    clarified = _clarifications(desk, session, row.id)
    lines = compare_codings(clarified, final) if final else ()
    return Reconciliation(row.id, from_json(Encounter, row.content), bool(final), lines)


def _clarifications(desk: Desk, session: Session, encounter_id: str) -> list[Clarification]:
    """Return what is known of each condition asked about: a clarified diagnosis, else the query."""
    found = []
    known: set[tuple[str, str]] = set()
    for diagnosis in diagnoses_of_encounter(session, encounter_id):
        known.add((diagnosis.query_id, diagnosis.condition))
        proposed = diagnosis.proposals[0]["code"] if diagnosis.proposals else ""
        found.append(
            Clarification(
                diagnosis.condition,
                _outcome(diagnosis),
                diagnosis.wording,
                diagnosis.code or proposed,
                diagnosis.poa,
                code_families(desk, diagnosis.condition),
                diagnosis.id,
            )
        )
    for query in queries_of_encounter(session, encounter_id):
        found += _unsettled(desk, query, known)
    return found


def _outcome(diagnosis: DiagnosisRow) -> Outcome:
    """Return the outcome; "not present on admission" rules no diagnosis out."""
    absent_before = diagnosis.outcome is Outcome.RULED_OUT and diagnosis.poa is not None
    return Outcome.CONFIRMED if absent_before else diagnosis.outcome


def _unsettled(desk: Desk, query: QueryRow, known: set[tuple[str, str]]) -> list[Clarification]:
    if query.sent_at is None:
        return []
    return [
        Clarification(
            question.condition,
            question.outcome,
            families=code_families(desk, question.condition),
        )
        for question in query.questions
        if (query.id, question.condition) not in known
    ]


def code_families(desk: Desk, condition: str) -> frozenset[str]:
    """Return the categories of the codes that the answers of a condition may have."""
    known = desk.scanner.catalogue.conditions.get(condition)
    if known is None:
        return frozenset()
    return frozenset(
        option.code[:3]
        for finding in known.spec.findings.values()
        for option in finding.options
        if option.code
    )
