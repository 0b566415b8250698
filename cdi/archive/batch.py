"""The one function that every engine calls: record batches of notes to record batches of results.

A :class:`BatchReview` is picklable and holds no pipeline: that is made once per process, at the
first batch. A pool of processes and a cluster run the same code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa

from cdi.archive.columns import Columns, Row, read_row
from cdi.domain.encounter import Encounter, Patient
from cdi.domain.finding import Finding, NoteSpan, Review
from cdi.errors import InputError
from cdi.report.record import naming_mentions

if TYPE_CHECKING:
    from cdi.workflow.scan import Scanner

_SPAN = pa.struct([("note", pa.string()), ("start", pa.int32()), ("end", pa.int32())])
_CONTEXT = [
    ("note", pa.string()),
    ("encounter", pa.string()),
    ("patient", pa.string()),
    ("kind", pa.string()),
    ("service", pa.string()),
    ("author", pa.string()),
    ("month", pa.string()),
]
FINDINGS = pa.schema(
    [
        *_CONTEXT,
        ("condition", pa.string()),
        ("finding", pa.string()),
        ("type", pa.string()),
        ("missing", pa.list_(pa.string())),
        ("priority", pa.string()),
        ("evidence", pa.list_(_SPAN)),
        ("rule_version", pa.int32()),
    ]
)
"""One finding a row. ``note`` is the note of the first evidence; spans are characters of it."""
MENTIONS = pa.schema(
    [
        ("note", pa.string()),
        ("encounter", pa.string()),
        ("condition", pa.string()),
        ("assertion", pa.string()),
        ("start", pa.int32()),
        ("end", pa.int32()),
    ]
)
"""One mention that names a condition a row."""
ROW = "_row"
"""A column that numbers the rows of a store from 0, where its reader knows."""
REJECTED = pa.schema([("row", pa.int64()), ("note", pa.string()), ("reason", pa.string())])
"""One row of the store that was not read; ``row`` counts from 0. Never any text of
the note."""


class Outcome(NamedTuple):
    """What became of one batch. ``read`` are the rows that were reviewed."""

    findings: pa.RecordBatch
    mentions: pa.RecordBatch
    rejected: pa.RecordBatch
    read: tuple[Row, ...]


@dataclass(frozen=True)
class BatchReview:
    """Reviews batches of notes.

    Attributes:
        columns: what the batches hold. With an encounter column the rows of an encounter must
            follow each other; they may be spread over batches.
        mentions: also return the mentions.
    """

    columns: Columns = field(default_factory=Columns)
    mentions: bool = False

    @cached_property
    def _scanner(self) -> Scanner:
        from cdi.workflow.scan import default_scanner

        return default_scanner()

    def __getstate__(self) -> dict[str, Any]:
        """Leave the pipeline behind: another process makes its own."""
        return {"columns": self.columns, "mentions": self.mentions}

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield the findings of a stream of batches: what ``mapInArrow`` asks for."""
        for outcome in self.outcomes(batches):
            yield outcome.findings

    def outcomes(self, batches: Iterable[pa.RecordBatch]) -> Iterator[Outcome]:
        """Yield what became of each batch, and of the stay still open at the end."""
        stays = _Stays(by_encounter=self.columns.encounter is not None)
        for batch in batches:
            rejected: list[dict[str, Any]] = []
            ready: list[list[Row]] = []
            for values in batch.to_pylist():
                try:
                    ready += stays.take(read_row(values, self.columns))
                except InputError as error:
                    note = values.get(self.columns.id)
                    rejected.append(_rejection(values.get(ROW), note, error))
            yield self._outcome(ready, rejected)
        yield self._outcome(stays.rest(), [])

    def _outcome(self, stays: Sequence[list[Row]], rejected: list[dict[str, Any]]) -> Outcome:
        findings: list[dict[str, Any]] = []
        mentions: list[dict[str, Any]] = []
        read: list[Row] = []
        for rows, review in zip(
            stays, self._scanner.scan_many(map(_encounter, stays)), strict=True
        ):
            if isinstance(review, InputError):
                rejected += [_rejection(None, row.note.id, review) for row in rows]
                continue
            read += rows
            findings += [_finding(finding, rows) for finding in review.findings]
            if self.mentions:
                mentions += _mentions(review, rows[0].encounter)
        return Outcome(
            pa.RecordBatch.from_pylist(findings, FINDINGS),
            pa.RecordBatch.from_pylist(mentions, MENTIONS),
            pa.RecordBatch.from_pylist(rejected, REJECTED),
            tuple(read),
        )


class _Stays:
    """Collects the notes of a stay until another one begins."""

    def __init__(self, *, by_encounter: bool) -> None:
        self._by_encounter = by_encounter
        self._open: list[Row] = []
        # Hashes, not ids: one file may hold millions of stays.
        self._closed: set[int] = set()

    def take(self, row: Row) -> list[list[Row]]:
        """Add a row; return the stays that are complete with it.

        Raises:
            InputError: its stay was closed before: the rows of a stay do not follow each other.
        """
        if not self._by_encounter or not row.encounter:
            return [[row]]
        if self._open and self._open[0].encounter == row.encounter:
            self._open.append(row)
            return []
        if hash(row.encounter) in self._closed:
            raise InputError("its encounter was closed before: sort the store by encounter")
        complete = self.rest()
        self._open = [row]
        return complete

    def rest(self) -> list[list[Row]]:
        """Close and return the stay that is still open."""
        complete = [self._open] if self._open else []
        self._closed.update(hash(rows[0].encounter) for rows in complete)
        self._open = []
        return complete


def _encounter(rows: list[Row]) -> Encounter:
    first = rows[0]
    patient = Patient(first.patient) if first.patient else None
    notes = sorted(
        (row.note for row in rows),
        key=lambda note: note.recorded_at.timestamp() if note.recorded_at else 0.0,
    )
    return Encounter(first.encounter or first.note.id, patient=patient, notes=tuple(notes))


def _finding(finding: Finding, rows: list[Row]) -> dict[str, Any]:
    spans = [e.pointer for e in finding.evidence if isinstance(e.pointer, NoteSpan)]
    row = next((r for r in rows if spans and r.note.id == spans[0].note_id), rows[0])
    return {
        "note": row.note.id,
        "encounter": row.encounter,
        "patient": row.patient,
        "kind": row.note.kind,
        "service": row.service,
        "author": row.note.author,
        "month": row.month,
        "condition": finding.condition,
        "finding": finding.id,
        "type": finding.type.value,
        "missing": list(finding.missing),
        "priority": finding.priority.value,
        "evidence": [{"note": s.note_id, "start": s.start, "end": s.end} for s in spans],
        "rule_version": finding.explanation.version,
    }


def _mentions(review: Review, encounter: str) -> Iterator[dict[str, Any]]:
    for note, mention in naming_mentions(review):
        yield {
            "note": note,
            "encounter": encounter,
            "condition": mention.condition,
            "assertion": mention.assertion.value,
            "start": mention.start,
            "end": mention.end,
        }


def _rejection(row: int | None, note: Any, error: InputError) -> dict[str, Any]:
    identifier = str(note) if isinstance(note, str | int) else ""
    return {"row": row, "note": identifier, "reason": str(error)}
