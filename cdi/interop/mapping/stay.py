"""Putting the parts of a stay together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from cdi.domain.encounter import (
    Capacity,
    Encounter,
    IntakeRemark,
    Medication,
    Note,
    NoteStatus,
    Observation,
    Problem,
    Procedure,
    RemarkKind,
    Role,
)
from cdi.interop.mapping.authors import Author, DocumentType
from cdi.interop.mapping.intake import Intake


@dataclass(slots=True)
class StayParts:
    """What was read of one stay so far.

    Attributes:
        types: the kind of each note, by note id.
        attendings: ids of those whom the feed calls attending.
    """

    notes: list[Note] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    set_aside: list[Observation] = field(default_factory=list)
    medications: list[Medication] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    procedures: list[Procedure] = field(default_factory=list)
    remarks: list[IntakeRemark] = field(default_factory=list)
    types: dict[str, DocumentType] = field(default_factory=dict)
    attendings: set[str] = field(default_factory=set)

    def add_note(self, note: Note, author: Author, codes: tuple[str, ...], intake: Intake) -> None:
        """Add a note, telling its author's role by all that the feed says."""
        kind = intake.authors.document_type(codes, note.kind)
        role = intake.role_of(author, kind, note.kind)
        item = note.source or note.id
        if role is None:
            message = "nothing tells the author's role; the note is no provider's documentation"
            self.remarks.append(
                IntakeRemark(RemarkKind.UNKNOWN_AUTHOR, item, author.specialty or "author", message)
            )
        if note.recorded_at is None:
            message = "no time with a clock; a review as of a moment leaves the note out"
            self.remarks.append(
                IntakeRemark(RemarkKind.MISSING_TIME, item, kind.title if kind else "note", message)
            )
        if kind is not None:
            self.types[note.id] = kind
        self.notes.append(
            replace(
                note,
                kind=note.kind or (kind.title if kind else "note"),
                author=author.name,
                author_id=author.id,
                specialty=author.specialty,
                role=role or Role.OTHER,
            )
        )

    def add_observation(
        self, observation: Observation, codes: tuple[str, ...], name: str, intake: Intake
    ) -> None:
        """Add an observation where rules find it, or set it aside with a remark."""
        judged = intake.judge(observation, codes, name)
        if judged is None:
            return
        kept, remark = judged
        if remark is None or not kept.status.counts:
            self.observations.append(kept)
        else:
            self.set_aside.append(kept)
            self.remarks.append(remark)


def assemble_encounter(encounter: Encounter, parts: StayParts) -> Encounter:
    """Return an encounter with the parts in it, ordered by time where times are known.

    Notes that another replaces are superseded and count only in a review as of an earlier moment;
    each author's capacity is told from the feed, else from who signed admission, discharge and
    consult notes.
    """
    return replace(
        encounter,
        notes=_in_capacity(_versioned(parts.notes), parts),
        observations=tuple(sorted(parts.observations, key=_observed)),
        medications=tuple(parts.medications),
        problems=tuple(parts.problems),
        procedures=tuple(parts.procedures),
        set_aside=tuple(parts.set_aside),
        remarks=tuple(parts.remarks),
    )


def _observed(observation: Observation) -> tuple[bool, float]:
    time = observation.observed_at
    return time is None, time.timestamp() if time else 0.0


def _recorded(note: Note) -> tuple[bool, float]:
    return note.recorded_at is None, note.recorded_at.timestamp() if note.recorded_at else 0.0


def _versioned(notes: Iterable[Note]) -> list[Note]:
    """Return the notes by time, replaced ones superseded and versions counted."""
    ordered = sorted(notes, key=_recorded)
    known = {note.id: note for note in ordered}
    replaced = {note.replaces for note in ordered if note.status is not NoteStatus.RETRACTED}
    return [
        replace(
            note,
            version=_version(note, known),
            status=NoteStatus.SUPERSEDED
            if note.id in replaced and note.status.counts
            else note.status,
        )
        for note in ordered
    ]


def _version(note: Note, known: dict[str, Note]) -> int:
    seen = {note.id}
    while note.replaces in known and note.replaces not in seen:
        note = known[note.replaces]
        seen.add(note.id)
    return len(seen)


def _in_capacity(notes: list[Note], parts: StayParts) -> tuple[Note, ...]:
    providers = [note for note in notes if note.role is Role.PROVIDER and note.author_id]
    consultants = {n.author_id for n in providers if _is(parts, n, "consult")}
    signing = {n.author_id for n in providers if _is(parts, n, "attending")} - consultants
    attendings = parts.attendings or signing

    def capacity(note: Note) -> Capacity | None:
        if note.role is not Role.PROVIDER or not note.author_id:
            return None
        if note.author_id in attendings:
            return Capacity.ATTENDING
        return Capacity.CONSULTING if note.author_id in consultants else None

    return tuple(replace(note, capacity=capacity(note)) for note in notes)


def _is(parts: StayParts, note: Note, quality: str) -> bool:
    kind = parts.types.get(note.id)
    return kind is not None and bool(getattr(kind, quality))
