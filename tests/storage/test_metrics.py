"""Figures of a time, counted by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from cdi.domain.finding import Priority, QueryType
from cdi.domain.query import Outcome, QueryState
from cdi.storage.counting import Dimension
from cdi.storage.day_counts import days_of
from cdi.storage.metrics import Coverage, Figures, Tally, figures, turnaround
from cdi.storage.store import Store
from cdi.storage.tables import EncounterRow, FacilityRow, QueryRow, QuestionRow, UserRow

JUNE, JULY = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def add_stay(session: Session, code: str, reviewed: datetime | None = None) -> EncounterRow:
    facility = FacilityRow(code=code, name=code)
    session.add(facility)
    session.flush()
    stay = EncounterRow(
        facility_id=facility.id,
        number="E",
        received_at=JUNE,
        changed_at=JUNE,
        reviewed_at=reviewed,
        content="{}",
    )
    session.add(stay)
    session.flush()
    return stay


def add_query(
    session: Session,
    stay: EncounterRow,
    sent: datetime,
    hours: float | None,
    outcome: Outcome = Outcome.SPECIFIED,
    **changes: object,
) -> None:
    """Add a query that is due a day after it was sent."""
    answered = None if hours is None else sent + timedelta(hours=hours)
    values: dict[str, object] = {
        "state": QueryState.ANSWERED if answered else QueryState.SENT,
        "service": "medicine",
        "owner_id": "o",
        "due_at": sent + DAY,
        "working_minutes": None if hours is None else round(60 * hours),
    }
    query = QueryRow(
        facility_id=stay.facility_id,
        encounter_id=stay.id,
        priority=Priority.LOW,
        created_at=sent,
        changed_at=sent,
        changed_by="o",
        sent_at=sent,
        answered_at=answered,
        **(values | changes),
    )
    session.add(query)
    session.flush()
    session.add(
        QuestionRow(
            query_id=query.id,
            facility_id=stay.facility_id,
            sent_at=sent,
            position=0,
            condition="sepsis" if hours == 1 else "anemia",
            name="type",
            type=QueryType.SPECIFICITY,
            outcome=outcome if answered else None,
        )
    )


def count(store: Store, *stays: EncounterRow, zone: str = "UTC") -> Figures:
    days = [day for stay in stays for day in days_of(stay.facility_id, zone, JUNE, JULY)]
    with store.reading() as session:
        return figures(session, days, now=JULY + 9 * DAY)


def test_figures_count_what_was_sent_in_the_time_at_the_facility(store: Store) -> None:
    with store.writing() as session:
        here, there = add_stay(session, "A"), add_stay(session, "B")
        add_query(session, here, JUNE, 1)
        add_query(session, here, JUNE + 3 * DAY, 1.5, Outcome.RULED_OUT)
        add_query(session, here, JULY - timedelta(seconds=1), 30)
        add_query(session, here, JUNE + 9 * DAY, None)
        add_query(session, here, JULY, 1)
        add_query(session, here, JUNE - timedelta(seconds=1), 1)
        add_query(session, there, JUNE, 1)
    found = count(store, here)
    assert found.tallies[Dimension.STATE] == {
        "answered": Tally(3, 3, 3, 2, 3, 1950),
        "sent": Tally(1, 0, 1),
    }
    assert found.whole == Tally(4, 3, 4, 2, 3, 1950)
    assert found.whole.timely == 0.5
    assert found.awaited == 1
    assert found.conditions == {
        "anemia": {Outcome.RULED_OUT: 1, Outcome.SPECIFIED: 1, None: 1},
        "sepsis": {Outcome.SPECIFIED: 1},
    }
    assert found.hours == {1: 2, 30: 1}
    assert set(found.tallies[Dimension.DAY]) == {
        "2026-06-01",
        "2026-06-04",
        "2026-06-10",
        "2026-06-30",
    }
    assert found.outcomes[date(2026, 6, 4)] == {Outcome.RULED_OUT: 1}
    assert count(store, here, there).whole.sent == 5


def test_queries_are_counted_by_service_physician_and_specialist(store: Store) -> None:
    with store.writing() as session:
        stay = add_stay(session, "A")
        users = [UserRow(login=n, name=n, created_at=JUNE) for n in ("pat", "pia")]
        session.add_all(users)
        session.flush()
        pat, pia = (user.id for user in users)
        add_query(session, stay, JUNE, 1, recipient_id=pat, owner_id="sam")
        add_query(session, stay, JUNE, 30, recipient_id=pat, owner_id="sue", service="surgery")
        add_query(session, stay, JUNE, None, recipient_id=pia, owner_id="sam")
    tallies = count(store, stay).tallies
    assert tallies[Dimension.PHYSICIAN] == {pat: Tally(2, 2, 2, 1, 2, 1860), pia: Tally(1, 0, 1)}
    assert tallies[Dimension.SPECIALIST] == {
        "sam": Tally(2, 1, 2, 1, 1, 60),
        "sue": Tally(1, 1, 1, 0, 1, 1800),
    }
    assert tallies[Dimension.SERVICE] == {
        "medicine": Tally(2, 1, 2, 1, 1, 60),
        "surgery": Tally(1, 1, 1, 0, 1, 1800),
    }


def test_neither_withdrawn_queries_nor_those_with_time_left_are_due(store: Store) -> None:
    with store.writing() as session:
        stay = add_stay(session, "A")
        add_query(session, stay, JUNE, None, state=QueryState.WITHDRAWN)
        add_query(session, stay, JUNE, None, due_at=JULY + 10 * DAY)
        add_query(session, stay, JUNE, 0, due_at=None, working_minutes=None)
    found = count(store, stay)
    assert found.whole == Tally(3, 1, 0, 0)
    assert found.whole.timely is None
    assert found.hours == {}


def test_days_are_those_of_the_clock_on_the_wall(store: Store) -> None:
    with store.writing() as session:
        stay = add_stay(session, "A", JUNE + timedelta(hours=3))
        add_query(session, stay, JUNE + timedelta(hours=3), 1)
    found = count(store, stay, zone="America/New_York")
    assert set(found.tallies[Dimension.DAY]) == {"2026-05-31"}
    assert found.coverage == {date(2026, 5, 31): Coverage(1, 0)}


def test_the_query_rate_is_the_share_of_reviewed_encounters_that_were_asked_about(
    store: Store,
) -> None:
    with store.writing() as session:
        stay = add_stay(session, "A", JUNE)
        for number, asked in enumerate((JUNE, None, JUNE - DAY)):
            session.add(
                EncounterRow(
                    facility_id=stay.facility_id,
                    number=f"E{number}",
                    received_at=JUNE,
                    changed_at=JUNE,
                    reviewed_at=JUNE + DAY,
                    asked_at=asked,
                    content="{}",
                )
            )
    found = count(store, stay)
    assert found.coverage == {date(2026, 6, 1): Coverage(1, 0), date(2026, 6, 2): Coverage(3, 2)}
    assert found.coverage[date(2026, 6, 2)].rate == pytest.approx(2 / 3)


@pytest.mark.parametrize(("share", "hours"), [(0.5, 2), (0.9, 31), (0.0, 2)])
def test_turnaround_is_the_hour_by_which_a_share_had_answered(share: float, hours: int) -> None:
    assert turnaround({30: 1, 1: 2}, share) == hours


def test_a_time_without_queries_has_no_rates(store: Store) -> None:
    with store.reading() as session:
        found = figures(session, list(days_of("x", "UTC", JUNE, JULY)), now=JULY)
    assert (found.whole, found.whole.timely, found.coverage) == (Tally(), None, {})
    assert turnaround(found.hours, 0.5) is None
