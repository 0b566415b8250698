"""Encounters into the tables and back: notes keep their versions, the rest its last state."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import TypeVar

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from cdi.domain.encounter import Encounter, Medication, Note, Observation, Patient
from cdi.storage.json_record import from_json, read_records, to_json
from cdi.storage.membership import among
from cdi.storage.sealed import open_texts, open_texts_by
from cdi.storage.tables import (
    EncounterRow,
    FindingRow,
    MedicationRow,
    NoteRow,
    ObservationRow,
    PatientRow,
)

_Kind = TypeVar("_Kind", Observation, Medication)


@dataclass(frozen=True, slots=True)
class Received:
    """What an encounter brought: its row and how much of it was new."""

    row: EncounterRow
    notes: int
    values: int

    @property
    def changed(self) -> bool:
        """Tell whether anything is worth another review."""
        return bool(self.notes or self.values)


def save_encounter(
    session: Session, facility_id: str, encounter: Encounter, now: datetime
) -> Received:
    """Store an encounter, whole as it is known to its source.

    A note whose content differs from the stored one becomes its next version. What the source no
    longer sends stays: feeds send parts, and retraction has a status of its own.
    """
    patient = _save_patient(session, facility_id, encounter.patient)
    row = find_encounter_by_number(session, facility_id, encounter.id, lock=True)
    is_new = row is None
    if row is None:
        row = EncounterRow(facility_id=facility_id, number=encounter.id, received_at=now)
        session.add(row)
    bare = replace(encounter, notes=(), observations=(), medications=())
    content = to_json(bare)
    same = not is_new and row.content == content
    moved = not is_new and row.service != encounter.service
    if not same:
        row.patient_id = patient.id if patient else None
        row.service = encounter.service
        row.admitted_at, row.discharged_at = encounter.admitted_at, encounter.discharged_at
        row.content = content
        row.changed_at = now
    session.flush()
    if moved:
        _move_findings(session, row)
    notes = _save_notes(session, row.id, encounter.notes, now)
    values = _save_observations(session, row.id, encounter.observations, now)
    values += _save_medications(session, row.id, encounter.medications)
    if notes or values:
        row.changed_at = now
        if (
            not is_new
        ):  # another version, even at the same moment: what is kept of charts goes by it
            flag_modified(row, "changed_at")
    session.flush()
    return Received(row, notes, values + (not same))


def load_encounter(session: Session, row: EncounterRow) -> Encounter:
    """Return the encounter as it is now, with the newest version of each note.

    Raises:
        StorageError: a stored record cannot be opened or read.
    """
    return replace(
        from_json(Encounter, row.content),
        notes=load_notes(session, row.id),
        observations=_load(session, Observation, ObservationRow, row.id),
        medications=_load(session, Medication, MedicationRow, row.id),
    )


def load_notes(session: Session, encounter_id: str) -> tuple[Note, ...]:
    """Return the newest version of each note, as an encounter has them.

    Raises:
        StorageError: a stored record cannot be opened or read.
    """
    return read_records(Note, open_texts(session, NoteRow, _current_notes(encounter_id)))


def _current_notes(encounter_id: str) -> Select[NoteRow]:
    # Feeds send parts, each with places of its own: notes of one place stand as they came.
    return (
        select(NoteRow)
        .where(NoteRow.encounter_id == encounter_id, NoteRow.superseded_at.is_(None))
        .order_by(NoteRow.position, NoteRow.id)
    )


def _load(
    session: Session,
    kind: type[_Kind],
    table: type[ObservationRow] | type[MedicationRow],
    encounter_id: str,
) -> tuple[_Kind, ...]:
    rows = (
        select(table).where(table.encounter_id == encounter_id).order_by(table.position, table.id)
    )
    return read_records(kind, open_texts(session, table, rows))


def find_encounter(session: Session, identifier: str, *, lock: bool = False) -> EncounterRow | None:
    """Return an encounter by its id, locked against other writers if asked."""
    statement = select(EncounterRow).where(EncounterRow.id == identifier)
    return session.scalars(statement.with_for_update() if lock else statement).one_or_none()


def note_asked(session: Session, encounter_id: str, at: datetime) -> None:
    """Note when the first query about an encounter was sent; its record is not changed by that."""
    statement = update(EncounterRow).where(
        EncounterRow.id == encounter_id, EncounterRow.asked_at.is_(None)
    )
    session.execute(statement.values(asked_at=at), execution_options={"synchronize_session": False})


def bare_encounters(session: Session, identifiers: Collection[str]) -> dict[str, Encounter]:
    """Return these encounters by id, without their notes, observations and medications.

    Raises:
        StorageError: a stored record cannot be opened or read.
    """
    rows = select(EncounterRow).where(among(EncounterRow.id, identifiers))
    texts = dict(open_texts_by(session, EncounterRow, rows, EncounterRow.id))
    return dict(zip(texts, read_records(Encounter, texts.values()), strict=True))


def encounters_by_id(session: Session, identifiers: Collection[str]) -> dict[str, EncounterRow]:
    """Return these encounters by id."""
    statement = select(EncounterRow).where(among(EncounterRow.id, identifiers))
    return {row.id: row for row in session.scalars(statement)}


def find_encounter_by_number(
    session: Session, facility_id: str, number: str, *, lock: bool = False
) -> EncounterRow | None:
    """Return an encounter by the number its facility gave it."""
    statement = select(EncounterRow).where(
        EncounterRow.facility_id == facility_id, EncounterRow.number == number
    )
    return session.scalars(statement.with_for_update() if lock else statement).one_or_none()


def note_versions(session: Session, encounter_id: str, number: str) -> list[NoteRow]:
    """Return all versions of a note, oldest first."""
    statement = select(NoteRow).where(
        NoteRow.encounter_id == encounter_id, NoteRow.number == number
    )
    return list(session.scalars(statement.order_by(NoteRow.revision)))


def note_hashes(session: Session, encounter_id: str) -> dict[str, str]:
    """Return the hash of the text of each note as it is now, by the number of the note."""
    statement = select(NoteRow.number, NoteRow.text_hash).where(
        NoteRow.encounter_id == encounter_id, NoteRow.superseded_at.is_(None)
    )
    return {row.number: row.text_hash for row in session.execute(statement)}


def observations_of(session: Session, encounter_id: str, number: str) -> list[ObservationRow]:
    """Return the values of the analyte that an observation is of."""
    analyte = (
        select(ObservationRow.analyte)
        .where(ObservationRow.encounter_id == encounter_id, ObservationRow.number == number)
        .scalar_subquery()
    )
    statement = select(ObservationRow).where(
        ObservationRow.encounter_id == encounter_id, ObservationRow.analyte == analyte
    )
    return list(session.scalars(statement.order_by(ObservationRow.position)))


def find_medication(session: Session, encounter_id: str, number: str) -> MedicationRow | None:
    """Return a drug of an encounter by the number its source gave it."""
    statement = select(MedicationRow).where(
        MedicationRow.encounter_id == encounter_id, MedicationRow.number == number
    )
    return session.scalars(statement).one_or_none()


def content_hash(text: str) -> str:
    """Return the SHA-256 of a text in hexadecimal."""
    return sha256(text.encode()).hexdigest()


def _save_patient(session: Session, facility_id: str, patient: Patient | None) -> PatientRow | None:
    if patient is None or not patient.id:
        return None
    row = session.scalars(
        select(PatientRow).where(
            PatientRow.facility_id == facility_id, PatientRow.number == patient.id
        )
    ).one_or_none()
    if row is None:
        row = PatientRow(facility_id=facility_id, number=patient.id, name="")
        session.add(row)
    row.birth_date = patient.birth_date or row.birth_date
    row.sex = patient.sex or row.sex
    if patient.name and row.name != patient.name:
        row.name = patient.name
    session.flush()
    return row


def _move_findings(session: Session, row: EncounterRow) -> None:
    """Let the findings of an encounter be of the service it is of now."""
    statement = update(FindingRow).where(FindingRow.encounter_id == row.id)
    options = {"synchronize_session": False}
    session.execute(statement.values(service=row.service), execution_options=options)


def _save_notes(session: Session, encounter_id: str, notes: Iterable[Note], now: datetime) -> int:
    current = select(NoteRow).where(
        NoteRow.encounter_id == encounter_id, NoteRow.superseded_at.is_(None)
    )
    known = {row.number: row for row in session.scalars(current.with_for_update())}
    new = 0
    for position, note in enumerate(notes):
        content = to_json(note)
        before = known.get(note.id)
        if before is not None and before.content_hash == content_hash(content):
            continue
        if before is not None:
            before.superseded_at = now
            session.flush()  # before the next version takes the place of the current one
        session.add(_note_row(encounter_id, note, content, position, before, now))
        new += 1
    session.flush()
    return new


def _note_row(
    encounter_id: str,
    note: Note,
    content: str,
    position: int,
    before: NoteRow | None,
    now: datetime,
) -> NoteRow:
    return NoteRow(
        encounter_id=encounter_id,
        number=note.id,
        revision=before.revision + 1 if before else 1,
        position=position,
        kind=note.kind,
        author_id=note.author_id,
        role=note.role,
        status=note.status,
        recorded_at=note.recorded_at,
        received_at=now,
        text_hash=content_hash(note.text),
        content_hash=content_hash(content),
        content=content,
    )


_Row = TypeVar("_Row", ObservationRow, MedicationRow)


def _save_observations(
    session: Session, encounter_id: str, seen: Iterable[Observation], now: datetime
) -> int:
    known = _known(session, ObservationRow, encounter_id)
    changed = 0
    for position, value in enumerate(seen):
        content = to_json(value)
        row = known.get(value.id)
        if row is not None and row.content_hash == content_hash(content):
            continue
        if row is None:
            row = ObservationRow(encounter_id=encounter_id, number=value.id, position=position)
            session.add(row)
        row.analyte, row.status, row.observed_at = value.analyte, value.status, value.observed_at
        row.received_at = now
        row.content, row.content_hash = content, content_hash(content)
        changed += 1
    return changed


def _save_medications(session: Session, encounter_id: str, given: Iterable[Medication]) -> int:
    known = _known(session, MedicationRow, encounter_id)
    changed = 0
    for position, drug in enumerate(given):
        content = to_json(drug)
        row = known.get(drug.id)
        if row is not None and row.content_hash == content_hash(content):
            continue
        if row is None:
            row = MedicationRow(encounter_id=encounter_id, number=drug.id, position=position)
            session.add(row)
        row.started_at = drug.started_at
        row.content, row.content_hash = content, content_hash(content)
        changed += 1
    return changed


def _known(session: Session, table: type[_Row], encounter_id: str) -> dict[str, _Row]:
    rows = session.scalars(select(table).where(table.encounter_id == encounter_id))
    return {row.number: row for row in rows}


def notes_since(session: Session, encounter_id: str, moment: datetime) -> set[str]:
    """Return the numbers of notes of which a version was received after a moment."""
    statement = select(NoteRow.number).where(
        NoteRow.encounter_id == encounter_id,
        NoteRow.superseded_at.is_(None),
        NoteRow.received_at > moment,
    )
    return set(session.scalars(statement))
