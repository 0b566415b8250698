"""The pages over a small hospital, on both databases, without a socket or a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from applications import app_over
from databases import postgresql_emptied, postgresql_template, sqlite_template, store
from desks import PEOPLE, Hospital, hospital, pack, scanner
from fastapi import FastAPI
from fastapi.testclient import TestClient
from page_text import SITE

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
def app(hospital: Hospital) -> FastAPI:
    """The application; every person of the hospital has the same password."""
    with hospital.store.writing() as session:
        for name in PEOPLE:
            user = session.get(UserRow, hospital.users[name])
            assert user is not None
            user.password_hash = HASHED
    return app_over(hospital.desk)


@pytest.fixture
def browser(app: FastAPI) -> Iterator[TestClient]:
    """A browser that nobody has logged in with."""
    headers = {"Sec-Fetch-Site": "same-origin"}
    with TestClient(
        app, base_url=SITE, headers=headers, raise_server_exceptions=False, follow_redirects=False
    ) as made:
        yield made


@pytest.fixture
def browser_of(browser: TestClient, hospital: Hospital) -> Callable[[str], TestClient]:
    """Log somebody in, without the second that a password takes."""

    def log_in(name: str) -> TestClient:
        with hospital.store.writing() as session:
            user = session.get(UserRow, hospital.users[name])
            assert user is not None
            login = open_session(hospital.desk, session, user, "test")
        browser.cookies.set(SESSION_COOKIE, login.token, domain="desk.test")
        return browser

    return log_in
