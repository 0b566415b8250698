"""The API over a small hospital, on both databases, without a socket."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from applications import app_over
from databases import postgresql_emptied, postgresql_template, sqlite_template, store
from desks import PEOPLE, Hospital, hospital, pack, scanner
from fastapi.testclient import TestClient

from cdi.http import SESSION_COOKIE
from cdi.storage.tables import UserRow
from cdi.workflow.identity import open_session
from cdi.workflow.passwords import hash_password

__all__ = [
    "hospital",
    "pack",
    "postgresql_emptied",
    "postgresql_template",
    "scanner",
    "sqlite_template",
    "store",
]
PASSWORD = "correct horse battery"
HASHED = hash_password(PASSWORD)


@pytest.fixture
def client(hospital: Hospital) -> Iterator[TestClient]:
    """The API; every person of the hospital has the same password."""
    with hospital.store.writing() as session:
        for name in PEOPLE:
            user = session.get(UserRow, hospital.users[name])
            assert user is not None
            user.password_hash = HASHED
    app = app_over(hospital.desk)
    with TestClient(app, base_url="https://desk.test", raise_server_exceptions=False) as made:
        yield made


@pytest.fixture
def tokens(client: TestClient, hospital: Hospital) -> dict[str, str]:
    """A token for each person, without the second that each password takes."""
    given = {}
    with hospital.store.writing() as session:
        for name in PEOPLE:
            user = session.get(UserRow, hospital.users[name])
            assert user is not None
            given[name] = open_session(hospital.desk, session, user, "test").token
    return given


def browser(client: TestClient, token: str) -> TestClient:
    """Return the client with the cookie of a session, as a browser has it."""
    client.cookies.set(SESSION_COOKIE, token, domain="desk.test")
    return client
