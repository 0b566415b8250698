"""Findings of a database from before take over the service of their encounter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import older_database
from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.orm import Session

from cdi.storage.schema import check, upgrade
from cdi.storage.tables import FindingRow

AT = "2026-06-01 08:00:00"


@pytest.fixture(params=["sqlite", "postgresql"])
def before(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database at the revision before findings had a service."""
    with older_database(request, tmp_path, "0015") as engine:
        yield engine


def test_the_service_of_the_encounter_stands_beside_its_findings(before: Engine) -> None:
    # An engine without our settings: SQLite then does not look whether a reference exists.
    bare = create_engine(before.url)
    with bare.begin() as connection:
        if before.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = 'replica'"))
        for stay, service in (("e1", "medicine"), ("e2", "")):
            values = {"stay": stay, "service": service, "at": AT, "content": b"\x00{}"}
            connection.execute(
                text(
                    "INSERT INTO encounters (id, facility_id, number, service, received_at, "
                    "changed_at, version, content_sealed) "
                    "VALUES (:stay, 'here', :stay, :service, :at, :at, 1, :content)"
                ),
                values,
            )
            for condition in ("c", "d"):
                connection.execute(
                    text(
                        "INSERT INTO findings (id, facility_id, encounter_id, condition, name, "
                        "type, priority, rank, rule_version, state, content, content_hash, "
                        "raised_at, seen_at, version) VALUES (:id, 'here', :stay, :condition, "
                        "'n', 'specificity', 'low', 1.0, 1, 'open', '{}', '', :at, :at, 1)"
                    ),
                    {
                        "id": f"{condition} of {stay}",
                        "stay": stay,
                        "condition": condition,
                        "at": AT,
                    },
                )
    bare.dispose()
    upgrade(before)
    check(before)
    with Session(before) as session:
        rows = session.execute(select(FindingRow.id, FindingRow.service))
        found = {row.id: row.service for row in rows}
    assert found == {"c of e1": "medicine", "d of e1": "medicine", "c of e2": "", "d of e2": ""}
