"""The audit chain: append-only, and whatever was done behind its back is found and named."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from databases import tamper
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from cdi.errors import InputError
from cdi.storage.anchor import compare_anchors, write_anchor
from cdi.storage.audit import FaultKind, verify
from cdi.storage.chain import Event, record
from cdi.storage.store import Store

NOW = datetime(2026, 6, 3, 9, 30, tzinfo=UTC)


def append(store: Store, count: int = 10) -> None:
    with store.writing() as session:
        for number in range(count):
            at = NOW + timedelta(seconds=number)
            record(session, Event(at, f"user{number}", "query.view", "query", "q1"))


def faults(store: Store) -> list[tuple[FaultKind, int]]:
    return [(fault.kind, fault.number) for fault in verify(store).faults]


def test_an_untouched_chain_has_no_fault(store: Store) -> None:
    append(store, 3)
    append(store, 2)
    proof = verify(store)
    assert (proof.events, proof.faults) == (5, ())


def test_an_empty_chain_has_no_fault(store: Store) -> None:
    assert verify(store).faults == ()


def test_events_of_a_failed_transaction_are_not_appended(store: Store) -> None:
    def append_and_fail() -> None:
        with store.writing() as session:
            record(session, Event(NOW, "u", "query.view", "query", "q1"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        append_and_fail()
    append(store, 1)
    assert verify(store).events == 1


@pytest.mark.parametrize(
    "statement",
    ["UPDATE events SET actor_id = 'x' WHERE number = 2", "DELETE FROM events WHERE number = 2"],
)
def test_the_database_refuses_to_change_events(store: Store, statement: str) -> None:
    append(store)
    with (
        store.engine.connect() as connection,
        pytest.raises(DatabaseError, match="append-only"),
    ):
        connection.execute(text(statement))
    assert faults(store) == []


@pytest.mark.parametrize(
    "change",
    [
        "actor_id = 'intruder'",
        "verb = 'query.send'",
        "subject_id = 'q2'",
        "facility_id = 'f'",
        "encounter_id = 'e'",
        "detail = '[]'",
        "at = '2026-06-03 09:30:59+00'",
        "previous = 'feed'",
        "mac = 'feed'",
    ],
)
def test_a_changed_event_is_named(store: Store, change: str) -> None:
    append(store)
    tamper(store.engine, f"UPDATE events SET {change} WHERE number = 5")
    assert faults(store) == [(FaultKind.CHANGED, 5)]


def test_changed_neighbours_are_both_named(store: Store) -> None:
    append(store)
    tamper(store.engine, "UPDATE events SET actor_id = 'x' WHERE number IN (5, 6)")
    assert faults(store) == [(FaultKind.CHANGED, 5), (FaultKind.CHANGED, 6)]


def test_a_changed_last_event_is_named(store: Store) -> None:
    append(store)
    tamper(store.engine, "UPDATE events SET actor_id = 'x' WHERE number = 10")
    assert faults(store) == [(FaultKind.CHANGED, 10)]


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("number = 5", "event 5 is missing"),
        ("number BETWEEN 4 AND 6", "events 4 to 6 are missing"),
        ("number = 1", "event 1 is missing"),
    ],
)
def test_deleted_events_are_named(store: Store, where: str, message: str) -> None:
    append(store)
    tamper(store.engine, f"DELETE FROM events WHERE {where}")
    assert [(f.kind, f.message) for f in verify(store).faults] == [(FaultKind.DELETED, message)]


def test_a_deletion_hidden_by_new_numbers_is_found(store: Store) -> None:
    append(store)
    tamper(
        store.engine,
        "DELETE FROM events WHERE number = 5",
        *(f"UPDATE events SET number = {n - 1} WHERE number = {n}" for n in range(6, 11)),
        "UPDATE chain_head SET number = 9",
    )
    assert faults(store) == [(FaultKind.DELETED, 5)]


def test_events_deleted_at_the_end_are_named(store: Store) -> None:
    append(store)
    tamper(store.engine, "DELETE FROM events WHERE number > 8")
    assert faults(store) == [(FaultKind.CUT_OFF, 9)]


def insert(number: int, mac: str = "feed") -> str:
    columns = "actor_id, verb, subject, subject_id, detail, at, previous"
    return (
        f"INSERT INTO events (number, mac, {columns}) "
        f"SELECT {number}, '{mac}', {columns} FROM events WHERE number = 2"
    )


def test_an_event_added_at_the_end_is_named(store: Store) -> None:
    append(store)
    tamper(store.engine, insert(11))
    assert faults(store) == [(FaultKind.INSERTED, 11)]


def test_an_event_added_between_others_is_named(store: Store) -> None:
    append(store)
    shift = (f"UPDATE events SET number = {n + 1} WHERE number = {n}" for n in range(10, 4, -1))
    tamper(store.engine, *shift, insert(5), "UPDATE chain_head SET number = 11")
    assert faults(store) == [(FaultKind.INSERTED, 5)]


@pytest.mark.parametrize(("one", "other"), [(3, 7), (4, 5), (1, 10)])
def test_swapped_events_are_both_named(store: Store, one: int, other: int) -> None:
    append(store)
    tamper(
        store.engine,
        f"UPDATE events SET number = 99 WHERE number = {one}",
        f"UPDATE events SET number = {one} WHERE number = {other}",
        f"UPDATE events SET number = {other} WHERE number = 99",
    )
    named = [(f.number, f.kind, f.message) for f in verify(store).faults if f.number <= 10]
    assert (one, FaultKind.MOVED, f"event {one} was written as event {other}") in named
    assert (other, FaultKind.MOVED, f"event {other} was written as event {one}") in named
    assert {number for number, _, _ in named} == {one, other}


def test_a_missing_head_is_named(store: Store) -> None:
    append(store)
    tamper(store.engine, "DELETE FROM chain_head")
    assert faults(store) == [(FaultKind.CUT_OFF, 10)]


def test_with_another_key_no_event_is_genuine(store: Store) -> None:
    append(store, 3)
    other = Store(store.engine, b"another key for tests, as long !")
    assert [fault.number for fault in verify(other).faults] == [1, 2, 3]


def test_an_anchor_shows_what_was_cut_off_with_the_head(store: Store, tmp_path: Path) -> None:
    append(store)
    anchors = tmp_path / "anchors.jsonl"
    assert write_anchor(store, anchors, NOW) == 10
    tamper(
        store.engine,
        "DELETE FROM events WHERE number > 8",
        "UPDATE chain_head SET number = 8, mac = (SELECT mac FROM events WHERE number = 8)",
    )
    assert faults(store) == []
    found = compare_anchors(store, anchors)
    assert [(f.kind, f.number) for f in found] == [(FaultKind.CUT_OFF, 10)]


def test_anchors_of_a_chain_that_went_on_fit_it(store: Store, tmp_path: Path) -> None:
    anchors = tmp_path / "anchors.jsonl"
    write_anchor(store, anchors, NOW)
    append(store, 3)
    write_anchor(store, anchors, NOW)
    append(store, 3)
    assert compare_anchors(store, anchors) == ()


@pytest.mark.parametrize("change", ["number", "link", "at"])
def test_an_altered_anchor_is_refused(store: Store, tmp_path: Path, change: str) -> None:
    append(store)
    anchors = tmp_path / "anchors.jsonl"
    write_anchor(store, anchors, NOW)
    anchor = {**json.loads(anchors.read_text()), change: 8}
    anchors.write_text(json.dumps(anchor))
    with pytest.raises(InputError, match=r"anchors.jsonl:1: the anchor was altered"):
        compare_anchors(store, anchors)


def test_a_line_that_is_no_anchor_is_refused(store: Store, tmp_path: Path) -> None:
    anchors = tmp_path / "anchors.jsonl"
    anchors.write_text("[]\n")
    with pytest.raises(InputError, match="not an anchor"):
        compare_anchors(store, anchors)
