"""Pages in a real browser, on a real server, over a hospital of its own for each test.

Chromium is found on the path. Where there is none the tests are skipped, but fail where ``CI`` is
set. Screenshots go to ``build/screenshots``.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from applications import app_over
from databases import AUDIT_KEY, VAULT, sqlite_template
from desks import PEOPLE, Hospital, hospital, pack, scanner
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sights import Watch

from cdi.http import SESSION_COOKIE
from cdi.storage.engine import make_engine
from cdi.storage.store import Store
from cdi.storage.tables import UserRow
from cdi.workflow.identity import open_session
from cdi.workflow.passwords import hash_password

__all__ = ["hospital", "pack", "scanner", "sqlite_template"]
PASSWORD = "correct horse battery"
HASHED = hash_password(PASSWORD)
DESK, PHONE = (1440, 900), (390, 844)
PATIENCE = 20_000  # milliseconds


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.enable_socket)


@pytest.fixture
def store(sqlite_template: Path, tmp_path: Path) -> Iterator[Store]:
    """A store over an empty SQLite database; the use cases are tested on both kinds elsewhere."""
    path = tmp_path / "cdi.sqlite3"
    shutil.copy(sqlite_template, path)
    opened = Store(make_engine(f"sqlite:///{path}"), AUDIT_KEY, VAULT)
    yield opened
    opened.close()


@pytest.fixture
def site(hospital: Hospital) -> Iterator[str]:
    """The address of a server over the hospital; every person has the same password."""
    with hospital.store.writing() as session:
        for name in PEOPLE:
            user = session.get(UserRow, hospital.users[name])
            assert user is not None
            user.password_hash = HASHED
    app = app_over(hospital.desk, secure_cookies=False)
    config = uvicorn.Config(app, port=0, access_log=False, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    for _ in range(500):
        if server.started:
            break
        time.sleep(0.01)
    assert server.started
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser. It ends with its module: as long as it runs, so does an event loop."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium on the path")
        pytest.skip("no Chromium on the path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found)
        # A busy machine is slow, and no page is wrong for it.
        expect.set_options(timeout=PATIENCE)
        yield browser
        browser.close()


@pytest.fixture
def page_as(chromium: Browser, site: str, hospital: Hospital) -> Iterator[Callable[..., Page]]:
    """Open a browser as somebody: ``page_as("sam")`` is logged in, ``page_as("")`` is not.

    After the test no page may have had an error in its console, a script error or a violation of
    the content security policy; ``watch(page).allow("409")`` lets an expected answer pass.
    """
    watches: list[Watch] = []
    contexts = []

    def open_page(
        name: str,
        size: tuple[int, int] = DESK,
        *,
        dark: bool = False,
        scripts: bool = True,
    ) -> Page:
        context = chromium.new_context(
            base_url=site,
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            has_touch=size == PHONE,
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        if name:
            with hospital.store.writing() as session:
                user = session.get(UserRow, hospital.users[name])
                assert user is not None
                login = open_session(hospital.desk, session, user, "test")
            context.add_cookies([{"name": SESSION_COOKIE, "value": login.token, "url": site}])
        page = context.new_page()
        watches.append(Watch(page))
        return page

    yield open_page
    for context in contexts:
        context.close()
    for watch in watches:
        watch.check()


@pytest.fixture
def shoot(project: Path, request: pytest.FixtureRequest) -> Callable[..., Path]:
    """Take a screenshot into ``build/screenshots``."""
    folder = project / "build" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)

    def take(page: Page, name: str, *, whole: bool = False) -> Path:
        path = folder / f"{name}.png"
        page.screenshot(path=path, full_page=whole, animations="disabled")
        return path

    return take
