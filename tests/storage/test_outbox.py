"""The outbox: leased to one worker, due again when that one dies, given up in the end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from cdi.storage.outbox import lease_due, mark_delivered, mark_failed
from cdi.storage.store import Store
from cdi.storage.tables import DeliveryKind, DeliveryRow, DeliveryState, FacilityRow

NOW = datetime(2026, 6, 3, 9, 0, tzinfo=UTC)
LEASE = timedelta(minutes=2)


@pytest.fixture
def outbox(store: Store) -> Store:
    with store.writing() as session:
        facility = FacilityRow(code="A", name="A")
        session.add(facility)
        session.flush()
        session.add(
            DeliveryRow(
                facility_id=facility.id,
                kind=DeliveryKind.EMAIL,
                topic="query.sent",
                target="pat@example.org",
                created_at=NOW,
                due_at=NOW,
                content="{}",
            )
        )
    return store


def lease(outbox: Store, at: datetime) -> list[str]:
    with outbox.writing() as session:
        return [row.id for row in lease_due(session, at, LEASE)]


def test_a_delivery_is_leased_to_one_worker_at_a_time(outbox: Store) -> None:
    first = lease(outbox, NOW)
    assert len(first) == 1
    assert lease(outbox, NOW + timedelta(minutes=1)) == []


def test_a_lease_that_ran_out_is_due_again_under_the_same_id(outbox: Store) -> None:
    assert lease(outbox, NOW + LEASE) == lease(outbox, NOW + 2 * LEASE)


def test_nothing_is_leased_before_it_is_due(outbox: Store) -> None:
    assert lease(outbox, NOW - timedelta(seconds=1)) == []


def test_what_was_delivered_is_not_leased_again(outbox: Store) -> None:
    with outbox.writing() as session:
        mark_delivered(*lease_due(session, NOW, LEASE), now=NOW)
    assert lease(outbox, NOW + timedelta(days=9)) == []


def test_failed_attempts_wait_longer_each_time_and_end(outbox: Store) -> None:
    at, waits = NOW, []
    while rows := lease(outbox, at):
        with outbox.writing() as session:
            row = session.get_one(DeliveryRow, rows[0])
            mark_failed(row, at, "timeout")
            waits.append(row.due_at - at)
            at = max(row.due_at, at)
            ended = row.state is DeliveryState.FAILED
        if ended:
            break
    with outbox.reading() as session:
        row = session.scalars(select(DeliveryRow)).one()
        assert (row.state, row.attempts, row.error) == (DeliveryState.FAILED, 8, "timeout")
    assert waits[:-1] == sorted(waits[:-1])
    assert len(waits) == 8
    assert lease(outbox, at + timedelta(days=9)) == []
