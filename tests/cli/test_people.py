"""``cdi user`` and ``cdi token`` on an embedded database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cdi.cli.app import app
from cdi.errors import InputError
from cdi.settings import settings


def run(*words: str, given: str = "") -> Result:
    return CliRunner().invoke(app, list(words), input=given)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An upgraded database with one facility."""
    monkeypatch.chdir(tmp_path)
    settings.cache_clear()
    run("db", "upgrade")
    run("facility", "add", "general", "General Hospital")
    yield
    settings.cache_clear()


def test_an_account_is_added_given_roles_and_leaves(site: None) -> None:
    words = ("user", "add", "Sam", "--name", "Sam R.", "--facility", "general", "--role", "coder")
    added = run(*words, "--subject", "248289761001")
    assert added.output.startswith("User Sam added: ")
    assert run("user", "list", "--facility", "general").output == "sam  Sam R.  coder\n"
    given = run("user", "roles", "sam", "--facility", "general", "--role", "manager")
    assert given.output == "User sam: manager.\n"
    assert run("user", "list", "--facility", "general").output == "sam  Sam R.  manager\n"
    ended = run("user", "end-sessions", "sam", "--facility", "general")
    assert ended.output == "0 sessions ended.\n"
    closed = run("user", "roles", "sam", "--facility", "general")
    assert closed.output == "User sam: no role here.\n"
    assert run("user", "list", "--facility", "general").output == ""


def test_an_account_is_closed_and_opened_again_but_not_the_last_administrators(site: None) -> None:
    for login, role in (("eve", "admin"), ("kim", "coder")):
        words = ("user", "add", login, "--name", login.title(), "--facility", "general")
        run(*words, "--role", role, "--subject", login)
    assert run("user", "close", "kim", "--facility", "general").output == "User kim is closed.\n"
    listed = run("user", "list", "--facility", "general").output
    assert listed == "eve  Eve  admin\nkim  Kim  coder  closed\n"
    assert run("user", "open", "kim", "--facility", "general").output == "User kim is open.\n"
    assert "closed" not in run("user", "list", "--facility", "general").output
    error = run("user", "close", "eve", "--facility", "general").exception
    assert isinstance(error, InputError)
    assert "last administrator" in str(error)


def test_a_token_is_shown_once_listed_without_its_secret_and_revoked(site: None) -> None:
    words = ("token", "add", "lab feed", "--facility", "general", "--verb", "encounter.ingest")
    added = run(*words)
    secret = added.stdout.strip()
    assert secret.startswith("cdi_")
    listed = run("token", "list", "--facility", "general").output
    assert "lab feed  encounter.ingest  until" in listed
    assert "last used never" in listed
    assert secret not in listed
    identifier = listed.split()[0]
    assert run("token", "revoke", identifier, "--facility", "general").output == "Revoked.\n"
    assert "No tokens" in run("token", "list", "--facility", "general").output


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (("token", "list", "--facility", "nowhere"), "--facility"),
        (("user", "roles", "nobody", "--facility", "general"), "login"),
        (("token", "add", "x", "--facility", "general", "--verb", "query.answer"), "verbs"),
    ],
)
def test_a_mistake_names_what_is_wrong(site: None, words: tuple[str, ...], field: str) -> None:
    error = run(*words).exception
    assert isinstance(error, InputError)
    assert error.field == field
