"""The order in which a record came to be, and what of it was known at a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from cdi.domain.encounter import Encounter, Medication, Note, NoteStatus, Observation
from cdi.domain.timeline import as_of, instant, last_recorded, steps

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def hours(count: float) -> datetime:
    return NOON + timedelta(hours=count)


def value(name: str, seen: float, known: float | None = None) -> Observation:
    recorded = None if known is None else hours(known)
    return Observation(name, "sodium", 130, "mmol/L", hours(seen), recorded)


def ids(encounter: Encounter) -> list[list[str]]:
    return [
        [item.id for item in (*step.observations, *step.medications, *step.notes)]
        for step in steps(encounter)
    ]


def test_a_value_counts_from_when_it_became_known_not_from_when_it_was_true() -> None:
    stay = Encounter("e", observations=(value("late", 1, known=5), value("soon", 2, known=2)))
    assert [o.id for o in as_of(stay, hours(3)).observations] == ["soon"]
    assert [o.id for o in as_of(stay, hours(5)).observations] == ["late", "soon"]


def test_a_value_without_a_time_of_its_own_report_counts_from_when_it_was_true() -> None:
    stay = Encounter("e", observations=(value("o", 4),))
    assert as_of(stay, hours(3.9)).observations == ()
    assert [o.id for o in as_of(stay, hours(4)).observations] == ["o"]


def test_time_zones_are_compared_as_moments() -> None:
    east = timezone(timedelta(hours=10))
    note = Note("n", "Text.", recorded_at=datetime(2026, 3, 2, 22, 30, tzinfo=east))
    assert as_of(Encounter("e", notes=(note,)), hours(0.4)).notes == ()
    assert as_of(Encounter("e", notes=(note,)), hours(0.5)).notes == (note,)


def test_every_note_is_a_step_and_the_values_of_a_few_hours_are_one() -> None:
    stay = Encounter(
        "e",
        notes=(
            Note("first", "a", recorded_at=hours(1)),
            Note("second", "b", recorded_at=hours(1.1)),
        ),
        observations=(value("o1", 0), value("o2", 0.5), value("o3", 1.05), value("o4", 8)),
        medications=(Medication("m", "heparin", started_at=hours(0.2)),),
    )
    assert ids(stay) == [["o1", "o2", "m"], ["first"], ["o3"], ["second"], ["o4"]]


def test_notes_without_a_time_come_first() -> None:
    stay = Encounter("e", notes=(Note("dated", "a", recorded_at=NOON), Note("undated", "b")))
    assert ids(stay) == [["undated"], ["dated"]]


def test_a_replaced_note_counts_until_the_one_that_replaces_it_was_recorded() -> None:
    old = Note("old", "a", recorded_at=hours(0), status=NoteStatus.SUPERSEDED)
    new = Note("new", "b", recorded_at=hours(2), replaces="old", version=2)
    stay = Encounter("e", notes=(old, new))
    assert [n.status for n in as_of(stay, hours(1)).notes] == [NoteStatus.FINAL]
    assert [n.status for n in as_of(stay, hours(2)).notes] == [
        NoteStatus.SUPERSEDED,
        NoteStatus.FINAL,
    ]


def test_the_end_of_a_drug_and_the_discharge_are_not_known_beforehand() -> None:
    drug = Medication("m", "heparin", started_at=hours(0), ended_at=hours(5))
    stay = Encounter("e", medications=(drug,), discharged_at=hours(9))
    early, late = as_of(stay, hours(4)), as_of(stay, hours(9))
    assert (early.medications[0].ended_at, early.discharged_at) == (None, None)
    assert (late.medications[0].ended_at, late.discharged_at) == (hours(5), hours(9))


def test_the_last_entry_of_a_record() -> None:
    assert last_recorded(Encounter("e")) is None
    stay = Encounter(
        "e", notes=(Note("n", "a", recorded_at=hours(1)),), observations=(value("o", 3),)
    )
    assert last_recorded(stay) == hours(3)


@given(st.lists(st.floats(0, 100), max_size=30), st.floats(0, 100))
def test_nothing_is_lost_and_nothing_recorded_later_is_seen(at: list[float], now: float) -> None:
    stay = Encounter("e", observations=tuple(value(str(n), h) for n, h in enumerate(at)))
    assert sorted(number for step in ids(stay) for number in step) == sorted(
        o.id for o in stay.observations
    )
    moments = [instant(step.at) for step in steps(stay)]
    assert moments == sorted(moments)
    seen = {o.id for o in as_of(stay, hours(now)).observations}
    assert seen == {str(n) for n, h in enumerate(at) if hours(h) <= hours(now)}
