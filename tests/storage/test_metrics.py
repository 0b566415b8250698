"""Figures of a time, counted by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from cdi.domain.finding import Priority, QueryType
from cdi.domain.query import Outcome, QueryState
from cdi.storage.metrics import figures
from cdi.storage.store import Store
from cdi.storage.tables import EncounterRow, FacilityRow, QueryRow, QuestionRow

JUNE, JULY = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)


def add_stay(session: Session, code: str) -> EncounterRow:
    facility = FacilityRow(code=code, name=code)
    session.add(facility)
    session.flush()
    stay = EncounterRow(
        facility_id=facility.id, number="E", received_at=JUNE, changed_at=JUNE, content="{}"
    )
    session.add(stay)
    session.flush()
    return stay


def add_query(
    session: Session, stay: EncounterRow, sent: datetime, hours: float | None, outcome: Outcome
) -> None:
    answered = None if hours is None else sent + timedelta(hours=hours)
    query = QueryRow(
        facility_id=stay.facility_id,
        encounter_id=stay.id,
        state=QueryState.ANSWERED if answered else QueryState.SENT,
        priority=Priority.LOW,
        owner_id="o",
        created_at=sent,
        changed_at=sent,
        changed_by="o",
        sent_at=sent,
        answered_at=answered,
    )
    session.add(query)
    session.flush()
    session.add(
        QuestionRow(
            query_id=query.id,
            position=0,
            condition="sepsis" if hours == 1 else "anemia",
            name="type",
            type=QueryType.SPECIFICITY,
            outcome=outcome if answered else None,
        )
    )


def test_figures_count_what_was_sent_in_the_time_at_the_facility(store: Store) -> None:
    with store.writing() as session:
        here, there = add_stay(session, "A"), add_stay(session, "B")
        add_query(session, here, JUNE, 1, Outcome.SPECIFIED)
        add_query(session, here, JUNE + timedelta(days=3), 1.5, Outcome.RULED_OUT)
        add_query(session, here, JULY - timedelta(seconds=1), 30, Outcome.SPECIFIED)
        add_query(session, here, JUNE + timedelta(days=9), None, Outcome.OTHER)
        add_query(session, here, JULY, 1, Outcome.SPECIFIED)
        add_query(session, here, JUNE - timedelta(seconds=1), 1, Outcome.SPECIFIED)
        add_query(session, there, JUNE, 1, Outcome.SPECIFIED)
    with store.reading() as session:
        found = figures(session, [here.facility_id], JUNE, JULY)
    assert found.states == {QueryState.ANSWERED: 3, QueryState.SENT: 1}
    assert found.outcomes == {Outcome.SPECIFIED: 2, Outcome.RULED_OUT: 1}
    assert found.by_condition == {"anemia": 3, "sepsis": 1}
    assert found.hours == {1: 2, 30: 1}
    assert (found.sent, found.awaited, found.response_rate) == (4, 1, 0.75)


@pytest.mark.parametrize(("share", "hours"), [(0.5, 2), (0.9, 31), (0.0, 2)])
def test_turnaround_is_the_hour_by_which_a_share_had_answered(
    store: Store, share: float, hours: int
) -> None:
    with store.writing() as session:
        stay = add_stay(session, "A")
        for passed in (1, 1.5, 30):
            add_query(session, stay, JUNE, passed, Outcome.SPECIFIED)
    with store.reading() as session:
        assert figures(session, [stay.facility_id], JUNE, JULY).turnaround(share) == hours


def test_a_time_without_queries_has_no_rates(store: Store) -> None:
    with store.reading() as session:
        found = figures(session, ["x"], JUNE, JULY)
    assert (found.sent, found.response_rate, found.turnaround(0.5)) == (0, None, None)
