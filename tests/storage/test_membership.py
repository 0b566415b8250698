"""Membership in many ids is one parameter on either database."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import event, select

from cdi.storage.membership import among
from cdi.storage.store import Store
from cdi.storage.tables import UserRow

NOW = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ((), []),
        (("anne",), ["anne"]),
        (("ben", "anne", "nobody"), ["anne", "ben"]),
        (("o'neil", 'a "quoted" name', "{a,b}"), ['a "quoted" name', "o'neil", "{a,b}"]),
    ],
)
def test_rows_are_found_by_their_texts(
    store: Store, wanted: tuple[str, ...], found: list[str]
) -> None:
    logins = ("anne", "ben", "o'neil", 'a "quoted" name', "{a,b}")
    with store.writing() as session:
        session.add_all(UserRow(login=login, name="x", created_at=NOW) for login in logins)
    with store.reading() as session:
        rows = session.scalars(select(UserRow.login).where(among(UserRow.login, wanted)))
        assert sorted(rows) == found


def test_the_statement_is_the_same_however_many_there_are(store: Store) -> None:
    said: list[str] = []

    def keep(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT"):
            said.append(statement)

    event.listen(store.engine, "before_cursor_execute", keep)
    with store.reading() as session:
        for number in (0, 1, 500):
            wanted = [f"user {n}" for n in range(number)]
            assert not session.execute(select(UserRow.id).where(among(UserRow.login, wanted))).all()
    event.remove(store.engine, "before_cursor_execute", keep)
    assert len(set(said)) == 1
    assert not said[0].endswith("= 1"), "compared with a truth value, no index serves"
