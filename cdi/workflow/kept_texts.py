"""Proving texts: letters and signed replies as they are, against what the trail says they were.

The chain proves the events, and each event holds keyed hashes of the texts it was about. A text
that was changed in its table, or removed, no longer fits.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from cdi.errors import StorageError
from cdi.storage import Session
from cdi.storage.audit import Fault, FaultKind, events
from cdi.storage.queries import letters_of, responses_of, to_letter
from cdi.storage.store import Store
from cdi.storage.tables import EventRow, LetterRow, ResponseRow
from cdi.workflow.answering import VERB as ANSWER
from cdi.workflow.answering import signed_words

_BATCH = 400
_Letter = tuple[str, int]


def compare_texts(store: Store) -> tuple[Fault, ...]:
    """Return which letters and replies are not as they were when the trail spoke of them.

    Each version of a letter is read once, at the first event that names it.
    """
    faults: list[Fault] = []
    with store.reading() as session:
        seen: set[tuple[str, int, str]] = set()
        for batch in _batches(session):
            faults += _compare(store, session, batch, seen)
    return tuple(faults)


def _batches(session: Session) -> Iterator[list[tuple[EventRow, Mapping[str, Any]]]]:
    """Yield the events that hold hashes, some at a time."""
    batch: list[tuple[EventRow, Mapping[str, Any]]] = []
    for row in events(session):
        if row.subject == "query" and '"letter_hash"' in row.detail:
            batch.append((row, json.loads(row.detail)))
            if len(batch) == _BATCH:
                yield batch
                batch = []
    yield batch


def _compare(
    store: Store,
    session: Session,
    batch: list[tuple[EventRow, Mapping[str, Any]]],
    seen: set[tuple[str, int, str]],
) -> Iterator[Fault]:
    names = {row.subject_id for row, _ in batch}
    letters = {(row.query_id, row.revision): row for row in letters_of(session, names)}
    replies = {row.query_id: row for row in responses_of(session, names)}
    for event, detail in batch:
        query, revision, told = event.subject_id, int(detail["letter"]), detail["letter_hash"]
        if (query, revision, told) not in seen:
            seen.add((query, revision, told))
            yield from _letter_faults(store, event.number, letters, (query, revision), told)
        if event.verb == ANSWER or "addendum_hash" in detail:
            reply, letter = replies.get(query), letters.get((query, revision))
            yield from _reply_faults(store, event, detail, reply, letter)
    # A trail of years would else fill the memory with letters.
    for row in (*letters.values(), *replies.values()):
        session.expunge(row)


def _letter_faults(
    store: Store, number: int, letters: Mapping[_Letter, LetterRow], which: _Letter, told: str
) -> Iterator[Fault]:
    row = letters.get(which)
    name = f"version {which[1]} of the letter of query {which[0]}"
    if row is None:
        yield Fault(FaultKind.TEXT, number, f"{name} is missing")
    elif row.content_hash != told or not _is_genuine(store, row):
        yield Fault(FaultKind.TEXT, number, f"{name} is not as it was at event {number}")


def _is_genuine(store: Store, row: LetterRow) -> bool:
    try:
        return store.digest(row.content) == row.content_hash
    except StorageError:
        return False


def _reply_faults(
    store: Store,
    event: EventRow,
    detail: Mapping[str, Any],
    reply: ResponseRow | None,
    letter: LetterRow | None,
) -> Iterator[Fault]:
    name = f"the reply to query {event.subject_id}"
    if reply is None:
        yield Fault(FaultKind.TEXT, event.number, f"{name} is missing")
    elif not _is_signed(store, detail, reply, letter):
        text = f"{name} is not as it was signed at event {event.number}"
        yield Fault(FaultKind.TEXT, event.number, text)


def _is_signed(
    store: Store, detail: Mapping[str, Any], reply: ResponseRow, letter: LetterRow | None
) -> bool:
    """Tell whether a reply is what was signed: addendum, answers, signer, time and letter."""
    if letter is None or reply.signature != detail.get("signature"):
        return False
    try:
        given = list(_answers(reply, letter))
        addendum = reply.addendum
        words = signed_words(
            reply.query_id,
            letter.content_hash,
            given,
            addendum,
            reply.answered_by,
            reply.answered_at,
        )
    except (StorageError, IndexError):
        return False
    fits = store.digest(addendum) == reply.addendum_hash == detail.get("addendum_hash")
    return fits and store.digest(words) == reply.signature


def _answers(reply: ResponseRow, letter: LetterRow) -> Iterator[tuple[str | None, str]]:
    questions = to_letter(letter).questions
    for answer in reply.answers:
        options = questions[answer.position].options
        text = options[answer.option].text if answer.option is not None else None
        yield text, answer.words
