"""The demonstration desk: something in every state, made by the use cases, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from cdi.compliance import Pack
from cdi.domain.actor import StaffRole
from cdi.domain.encounter import Encounter, Note, Observation, Patient
from cdi.domain.query import CoderStatus, FindingState, QueryState
from cdi.errors import InputError, SettingError
from cdi.storage.audit import verify
from cdi.storage.store import Store
from cdi.storage.tables import (
    DiagnosisRow,
    EncounterRow,
    EventRow,
    FacilityRow,
    FindingRow,
    LetterRow,
    MembershipRow,
    QueryRow,
)
from cdi.workflow.demo import PASSWORD, load_demo, read_script
from cdi.workflow.demo.clock import moved, working_day
from cdi.workflow.desk import Desk
from cdi.workflow.identity import log_in
from cdi.workflow.scan import Scanner

# A Saturday night: the working days before it still are some.
NOW = datetime(2026, 11, 28, 23, 30, tzinfo=UTC)


@pytest.fixture
def desk(store: Store, scanner: Scanner, pack: Pack) -> Desk:
    return Desk(store, scanner, pack, now=lambda: NOW)


def test_the_demonstration_has_work_in_every_state_and_is_loaded_once(
    desk: Desk, project: Path
) -> None:
    told: list[tuple[int, int]] = []
    script = load_demo(desk, project / "samples", tell=lambda *step: told.append(step))
    steps = sum(len(stay.life) for stay in script.stays)
    assert told == [(number, steps) for number in range(1, steps + 1)]
    with desk.store.reading() as session:
        queries = session.execute(
            select(EncounterRow.number, QueryRow.id, QueryRow.state).join(
                EncounterRow, EncounterRow.id == QueryRow.encounter_id
            )
        ).all()
        query_of = {number: query_id for number, query_id, _ in queries}
        assert {number: state.value for number, _, state in queries} == {
            "melena-duodenal-ulcer": "draft",
            "dialysis-potassium": "draft",
            "pneumonia-high-flow": "in_review",
            "acute-confusion-elder": "sent",
            "chf-exacerbation": "viewed",
            "urinary-sepsis-catheter": "escalated",
            "stroke-vessel-cause": "viewed",
            "knee-replacement-creatinine": "answered",
            "malnutrition-severity": "answered",
            "cholangitis-pressors-avoided": "verified",
            "diagnoses-without-support": "closed",
            "MP-77120": "withdrawn",
        }
        overdue = select(func.count()).where(
            QueryRow.due_at < NOW, QueryRow.state.in_([QueryState.VIEWED, QueryState.ESCALATED])
        )
        assert session.scalar(overdue) == 2
        assert set(session.scalars(select(DiagnosisRow.status))) == set(CoderStatus)
        assert set(session.scalars(select(FindingRow.state))) == set(FindingState) - {
            FindingState.MUTED
        }
        assert set(session.scalars(select(MembershipRow.role))) == set(StaffRole) - {
            StaffRole.SERVICE
        }
        leading = {
            row.query_id
            for row in session.scalars(select(LetterRow))
            if any(violation["level"] != "warn" for violation in row.violations)
        }
        assert leading == {query_of["dialysis-potassium"]}
        before = session.scalar(select(func.count()).select_from(EventRow))
    assert verify(desk.store).faults == ()
    assert log_in(desk, "physician", PASSWORD, "127.0.0.1").token
    load_demo(replace(desk, now=lambda: datetime(2027, 1, 4, tzinfo=UTC)), project / "samples")
    with desk.store.reading() as session:
        after = session.scalar(select(func.count()).select_from(EventRow))
    assert after == before + 1, "only the login was added"


def test_a_store_of_a_real_site_is_left_alone(desk: Desk, project: Path) -> None:
    with desk.store.writing() as session:
        session.add(FacilityRow(code="general", name="A real hospital"))
    with pytest.raises(SettingError, match="not a demonstration"):
        load_demo(desk, project / "samples")
    with desk.store.reading() as session:
        assert session.scalar(select(func.count()).select_from(FacilityRow)) == 1


@pytest.mark.parametrize(
    ("ago", "day"), [(0, "2026-11-28"), (1, "2026-11-27"), (5, "2026-11-23"), (6, "2026-11-20")]
)
def test_working_days_are_counted_back_over_weekends(ago: int, day: str) -> None:
    assert working_day(date(2026, 11, 28), ago) == date.fromisoformat(day)


def test_a_stay_moves_with_all_its_times_and_keeps_the_birth_date() -> None:
    at = datetime(2026, 1, 12, 13, 50, tzinfo=UTC)
    stay = Encounter(
        "s",
        Patient("p", birth_date=date(1950, 2, 28)),
        notes=(Note("n", "CHF", recorded_at=at), Note("m", "CHF")),
        observations=(Observation("o", "bnp", 1.0, observed_at=at, recorded_at=at),),
        admitted_at=at,
    )
    there = datetime(2026, 11, 23, 13, 50, tzinfo=UTC)
    assert moved(stay, NOW, "UTC", 5) == replace(
        stay,
        notes=(Note("n", "CHF", recorded_at=there), Note("m", "CHF")),
        observations=(Observation("o", "bnp", 1.0, observed_at=there, recorded_at=there),),
        admitted_at=there,
    )
    assert moved(replace(stay, admitted_at=None), NOW, "UTC", 5).notes == stay.notes


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("facilities: {}\naccounts: []", "stays"),
        ("facilities: {}\naccounts: []\nstays: [{file: a, at: b, attending: c, admitted: 1}]", "l"),
        (
            "facilities: {}\naccounts: []\nstays: "
            "[{file: a, at: b, attending: c, admitted: 1, life: [1 dance]}]",
            "stays.0.life.0.deed",
        ),
    ],
)
def test_a_wrong_script_is_named_with_its_field(tmp_path: Path, text: str, field: str) -> None:
    (tmp_path / "desk.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=field):
        read_script(tmp_path)
