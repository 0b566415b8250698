"""Pages: every row once, in order, whatever the size of the page."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from cdi.domain.finding import Priority, QueryType
from cdi.domain.query import FindingState
from cdi.errors import InputError
from cdi.storage.pages import events_page, findings_page
from cdi.storage.store import Store
from cdi.storage.tables import EncounterRow, FacilityRow, FindingRow

NOW = datetime(2026, 6, 3, tzinfo=UTC)


def add_findings(session: Session, ranks: list[float], code: str = "A") -> str:
    facility = FacilityRow(code=code, name=code)
    session.add(facility)
    session.flush()
    stay = EncounterRow(
        facility_id=facility.id, number="E", received_at=NOW, changed_at=NOW, content="{}"
    )
    session.add(stay)
    session.flush()
    for number, rank in enumerate(ranks):
        session.add(
            FindingRow(
                facility_id=facility.id,
                encounter_id=stay.id,
                condition=f"c{number}",
                name="type",
                type=QueryType.SPECIFICITY,
                priority=Priority.LOW,
                rank=rank,
                rule_version=1,
                state=FindingState.OPEN,
                content={},
                content_hash="",
                raised_at=NOW,
                seen_at=NOW,
            )
        )
    return facility.id


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 6, 50])
def test_pages_hold_every_row_once_most_important_first(store: Store, limit: int) -> None:
    ranks = [0.0, 2.5, 1.0, 1.0, 2.5, 0.3]
    with store.writing() as session:
        here = add_findings(session, ranks)
        add_findings(session, [9.0], "B")
    seen: list[FindingRow] = []
    cursor = None
    with store.reading() as session:
        while True:
            page = findings_page(session, [here], cursor=cursor, limit=limit)
            assert len(page.rows) <= limit
            seen += page.rows
            cursor = page.following
            if cursor is None:
                break
    assert [row.rank for row in seen] == sorted(ranks, reverse=True)
    assert len({row.id for row in seen}) == len(ranks)


@pytest.mark.parametrize("cursor", ["?", "W10", "WzFd", "bm90IGpzb24", "é"])
def test_a_cursor_of_another_list_is_refused(store: Store, cursor: str) -> None:
    with store.reading() as session, pytest.raises(InputError, match="cursor"):
        findings_page(session, ["x"], cursor=cursor)


def test_a_list_of_nothing_is_empty(store: Store) -> None:
    with store.reading() as session:
        assert events_page(session, ["x"]).rows == ()
