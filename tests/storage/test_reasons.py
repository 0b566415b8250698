"""A database that has words for reasons is sorted into the closed lists; no word is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from databases import AUDIT_KEY, VAULT, older_database
from sqlalchemy import Engine, create_engine, text

from cdi.domain.reasons import DismissalReason, EndReason, OverrideReason
from cdi.storage.rotation import reseal_all
from cdi.storage.schema import check, upgrade
from cdi.storage.store import Store
from cdi.storage.tables import FindingRow, LetterRow, QueryRow

AT = "2026-06-01 08:00:00"
FINDINGS = {
    "f1": "",
    "f2": "not clinically supported",
    "f3": "chart of the twin",
}
QUERIES = {
    "q1": "",
    "q2": "documented meanwhile",
    "q3": "unanswered",
    "q4": "asked the wrong physician",
}
LETTERS = {"l1": "", "l2": "agreed with the advisor"}


@pytest.fixture(params=["sqlite", "postgresql"])
def before(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database at the revision before reasons had lists."""
    with older_database(request, tmp_path, "0010") as engine:
        yield engine


def insert(engine: Engine, table: str, rows: list[dict[str, Any]]) -> None:
    """Insert rows as an older version did, without the rows they refer to."""
    names = ", ".join(rows[0])
    places = ", ".join(f":{name}" for name in rows[0])
    # An engine without our settings: SQLite then does not look whether a reference exists.
    bare = create_engine(engine.url)
    with bare.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = 'replica'"))
        connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({places})"), rows)
        connection.commit()
    bare.dispose()


def fill(engine: Engine) -> None:
    finding = {
        "facility_id": "here", "encounter_id": "e", "condition": "c", "type": "specificity",
        "priority": "low", "rank": 1.0, "rule_version": 1, "state": "dismissed", "content": "{}",
        "content_hash": "", "raised_at": AT, "seen_at": AT, "version": 1,
    }  # fmt: skip
    query = {
        "facility_id": "here", "encounter_id": "e", "state": "closed", "channel": "letter",
        "retrospective": False, "priority": "low", "service": "", "routed_by": "", "owner_id": "o",
        "letter_revision": 1, "created_at": AT, "changed_at": AT, "changed_by": "o",
        "reminders": 0, "version": 1,
    }  # fmt: skip
    letter = {
        "revision": 1, "written_at": AT, "written_by": "o", "content_hash": "",
        "pack_version": "1", "violations": "[]", "content_sealed": b"\x00{}",
    }  # fmt: skip
    insert(
        engine,
        "findings",
        [{"id": one, "name": one, **finding, "reason": words} for one, words in FINDINGS.items()],
    )
    insert(
        engine,
        "queries",
        [{"id": one, **query, "end_reason": words} for one, words in QUERIES.items()],
    )
    insert(
        engine,
        "letters",
        [
            {"id": one, "query_id": one, **letter, "override_reason": words}
            for one, words in LETTERS.items()
        ],
    )


def test_known_words_become_reasons_and_the_others_remarks(before: Engine) -> None:
    fill(before)
    upgrade(before)
    check(before)
    store = Store(before, AUDIT_KEY, VAULT)
    with store.reading() as session:
        findings = {r.id: (r.reason, r.remark) for r in session.query(FindingRow)}
        queries = {r.id: (r.end_reason, r.end_remark) for r in session.query(QueryRow)}
        letters = {r.id: (r.override_reason, r.override_remark) for r in session.query(LetterRow)}
    assert findings == {
        "f1": (None, ""),
        "f2": (DismissalReason.NOT_SUPPORTED, ""),
        "f3": (DismissalReason.OTHER, "chart of the twin"),
    }
    assert queries == {
        "q1": (None, ""),
        "q2": (EndReason.DOCUMENTED_MEANWHILE, ""),
        "q3": (EndReason.UNANSWERED, ""),
        "q4": (EndReason.OTHER, "asked the wrong physician"),
    }
    assert letters == {
        "l1": (None, ""),
        "l2": (OverrideReason.OTHER, "agreed with the advisor"),
    }


def test_remarks_that_came_plain_are_sealed_with_the_rest(before: Engine) -> None:
    fill(before)
    upgrade(before)
    store = Store(before, AUDIT_KEY, VAULT)
    assert reseal_all(store) == 4, "a finding, a query and two letters"
    with store.reading() as session:
        row = session.get_one(QueryRow, "q4")
        assert (row.end_remark_sealed or b"")[:1] == b"\x01"
        assert row.end_remark == "asked the wrong physician"
