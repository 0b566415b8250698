"""What days came to, as kept, is what counting anew gives: whatever happens, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from desks import Clock
from sqlalchemy import func, select, update

from cdi.domain.finding import Priority, QueryType
from cdi.domain.policy import Policy
from cdi.domain.query import FindingState, Outcome, QueryState
from cdi.domain.reasons import DismissalReason
from cdi.storage import Session
from cdi.storage.counting import Day
from cdi.storage.day_counts import to_count
from cdi.storage.metrics import Figures, figures
from cdi.storage.people import add_policy
from cdi.storage.rules import fates_of_rules
from cdi.storage.store import Store
from cdi.storage.tables import (
    DayCountRow,
    EncounterRow,
    FacilityRow,
    FindingRow,
    QueryRow,
    QuestionRow,
    RecountRow,
)
from cdi.workflow.desk import Desk
from cdi.workflow.metrics import Period, count_days, find_days

# Clocks are put back on the first of November in New York, so that one day has 25 hours.
BEGIN = datetime(2026, 10, 25, 15, tzinfo=UTC)
DAY = timedelta(days=1)
PERIOD = Period(BEGIN - DAY, BEGIN + 15 * DAY)


class Life:
    """A facility in which anything happens, by chance, again and again."""

    def __init__(self, store: Store, seed: int = 0) -> None:
        self.chance = Random(seed)
        self.clock = Clock(BEGIN)
        self.desk = Desk(store, None, None, now=self.clock)  # type: ignore[arg-type]
        with store.writing() as session:
            facility = FacilityRow(code="A", name="A")
            session.add(facility)
            session.flush()
            self.place = facility.id
            policy = Policy(zone="America/New_York")
            add_policy(session, self.place, policy, BEGIN - 9 * DAY, "test")
        for _ in range(8):
            self.do(self.raise_finding)

    def do(self, act: Callable[[Session], None]) -> None:
        with self.desk.store.writing() as session:
            act(session)

    def step(self) -> None:
        """Let something happen, and some time pass."""
        self.clock.pass_hours(self.chance.choice((0, 1, 3, 9)))
        acts = (
            self.raise_finding,
            self.review,
            self.draft,
            self.send,
            self.send,
            self.answer,
            self.answer,
            self.change_query,
            self.drop_question,
            self.judge_finding,
            self.mute,
            self.delete_query,
        )
        self.do(self.chance.choice(acts))

    def pick(self, session: Session, kind: type, *which: object) -> object | None:
        rows = session.scalars(select(kind).where(*which).order_by(kind.id)).all()  # type: ignore[attr-defined, arg-type]
        return self.chance.choice(rows) if rows else None

    def raise_finding(self, session: Session) -> None:
        now, number = self.clock(), session.scalar(select(func.count(EncounterRow.id)))
        stay = EncounterRow(
            facility_id=self.place,
            number=f"E{number}",
            received_at=now,
            changed_at=now,
            reviewed_at=now,
            content="{}",
        )
        session.add(stay)
        session.flush()
        finding = FindingRow(
            facility_id=self.place,
            encounter_id=stay.id,
            condition=self.chance.choice(("sepsis", "anemia")),
            name=self.chance.choice(("type", "cause")),
            type=QueryType.SPECIFICITY,
            priority=Priority.LOW,
            rank=1.0,
            rule_version=1,
            state=FindingState.OPEN,
            content={},
            content_hash="",
            raised_at=now,
            seen_at=now,
        )
        session.add(finding)

    def review(self, session: Session) -> None:
        stay = self.pick(session, EncounterRow)
        assert isinstance(stay, EncounterRow)
        stay.reviewed_at = self.clock()

    def draft(self, session: Session) -> None:
        finding = self.pick(session, FindingRow)
        assert isinstance(finding, FindingRow)
        query = QueryRow(
            facility_id=self.place,
            encounter_id=finding.encounter_id,
            state=QueryState.DRAFT,
            priority=Priority.LOW,
            service=self.chance.choice(("medicine", "surgery")),
            owner_id="sam",
            created_at=self.clock(),
            changed_at=self.clock(),
            changed_by="sam",
        )
        session.add(query)
        session.flush()
        session.add(
            QuestionRow(
                query_id=query.id,
                facility_id=self.place,
                position=0,
                finding_id=finding.id,
                condition=finding.condition,
                name=finding.name,
                type=QueryType.SPECIFICITY,
            )
        )

    def send(self, session: Session) -> None:
        query = self.pick(session, QueryRow, QueryRow.sent_at.is_(None))
        if not isinstance(query, QueryRow):
            return
        now = self.clock()
        query.state, query.sent_at = QueryState.SENT, now
        query.due_at = self.chance.choice((None, now + DAY, now + 9 * DAY))
        for question in query.questions:
            question.sent_at = now
        stay = session.get_one(EncounterRow, query.encounter_id)
        stay.asked_at = stay.asked_at or now

    def answer(self, session: Session) -> None:
        query = self.pick(session, QueryRow, QueryRow.state == QueryState.SENT)
        if isinstance(query, QueryRow):
            query.state, query.answered_at = QueryState.ANSWERED, self.clock()
            query.working_minutes = self.chance.choice((None, 10, 200))
            for question in query.questions:
                question.outcome = self.chance.choice((Outcome.SPECIFIED, Outcome.RULED_OUT))

    def change_query(self, session: Session) -> None:
        query = self.pick(session, QueryRow)
        if isinstance(query, QueryRow):
            query.owner_id = self.chance.choice(("sam", "sue"))
            query.state = self.chance.choice((QueryState.WITHDRAWN, query.state, query.state))

    def drop_question(self, session: Session) -> None:
        question = self.pick(session, QuestionRow)
        if isinstance(question, QuestionRow):
            session.delete(question)

    def judge_finding(self, session: Session) -> None:
        finding = self.pick(session, FindingRow)
        assert isinstance(finding, FindingRow)
        reason = self.chance.choice((None, *DismissalReason))
        finding.state = FindingState.DISMISSED if reason else FindingState.OPEN
        finding.reason = reason

    def mute(self, session: Session) -> None:
        rule = FindingRow.condition == self.chance.choice(("sepsis", "anemia"))
        session.execute(
            update(FindingRow)
            .where(rule, FindingRow.raised_at < self.clock() - DAY)
            .values(state=FindingState.MUTED)
        )

    def delete_query(self, session: Session) -> None:
        query = self.pick(session, QueryRow)
        if isinstance(query, QueryRow) and self.chance.random() < 0.3:
            session.delete(query)

    def days(self, session: Session) -> list[Day]:
        return find_days(session, [self.place], PERIOD, self.clock())

    def told(self, *, anew: bool = False) -> tuple[Figures, object]:
        """Return figures and rule health; of halves of days no count is ever kept."""
        with self.desk.store.reading() as session:
            days = halved(self.days(session)) if anew else self.days(session)
            fates, sent = fates_of_rules(session, days, self.clock())
            return figures(session, days, now=self.clock()), (set(fates), sent)

    def kept(self) -> int:
        """Return how many days of the period have a count that holds."""
        with self.desk.store.reading() as session:
            days = self.days(session)
            return len(days) - len(to_count(session, days, self.clock()))


def halved(days: Sequence[Day]) -> list[Day]:
    noons = [day.since + (day.until - day.since) / 2 for day in days]
    return [
        half
        for day, noon in zip(days, noons, strict=True)
        for half in (replace(day, until=noon), replace(day, since=noon))
    ]


@pytest.mark.parametrize("seed", range(2))
def test_figures_from_kept_counts_are_those_counted_anew(store: Store, seed: int) -> None:
    life, kept = Life(store, seed), 0
    for number in range(96):
        life.step()
        if number % 12 == 8:
            count_days(life.desk)
        if number % 12 == 11:
            assert life.told() == life.told(anew=True)
            kept += life.kept()
    assert kept > 15


def test_days_that_are_over_are_counted_once(store: Store) -> None:
    life = Life(store)
    life.clock.pass_hours(75)
    assert count_days(life.desk) == 3
    assert count_days(life.desk) == 0
    life.do(life.review)
    assert count_days(life.desk) == 1
    with store.reading() as session:
        # What was changed today waits until the day is over.
        assert {row.at for row in session.scalars(select(RecountRow))} == {life.clock()}


def test_a_query_that_falls_due_has_its_day_counted_again(store: Store) -> None:
    life = Life(store)
    for act in (life.draft, life.send):
        life.do(act)
    with store.writing() as session:
        session.scalars(select(QueryRow)).one().due_at = BEGIN + 5 * DAY
    life.clock.pass_hours(48)
    assert count_days(life.desk) == 2
    assert life.told()[0].whole.due == 0
    life.clock.pass_hours(24 * 3)
    assert life.told()[0].whole.due == 1
    assert count_days(life.desk) == 3 + 1


def test_days_by_another_clock_are_other_days(store: Store) -> None:
    life = Life(store)
    life.clock.pass_hours(60)
    assert count_days(life.desk) == 2
    with store.writing() as session:
        add_policy(session, life.place, Policy(zone="Asia/Kolkata"), life.clock(), "test")
    assert life.told() == life.told(anew=True)
    assert count_days(life.desk) == 3
    with store.reading() as session:
        assert session.scalar(select(func.count()).select_from(DayCountRow)) == 3


def test_counting_while_others_write_loses_nothing(store: Store) -> None:
    life = Life(store)
    life.clock.pass_hours(24 * 10)

    def happen(number: int) -> None:
        at = BEGIN + timedelta(hours=number)
        with store.writing() as session:
            stays = session.scalars(select(EncounterRow).order_by(EncounterRow.id)).all()
            stays[number % len(stays)].reviewed_at = at

    def count(_: int) -> None:
        count_days(life.desk)

    with ThreadPoolExecutor(4) as pool:
        for number in range(0, 32, 8):
            done = [pool.submit(happen, number + one) for one in range(8)]
            done += [pool.submit(count, one) for one in range(2)]
            for one in done:
                one.result()
            assert life.told() == life.told(anew=True)
