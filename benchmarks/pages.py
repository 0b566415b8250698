"""Pages at size: time on the server and bytes of every list of every person.

    python benchmarks/pages.py postgresql+psycopg://user@host/scratch

The database is one that ``benchmarks/desk.py`` filled. Each page is asked for in this process,
without a network; two columns tell the time of the processor in this process and the time in which
the database answered, in milliseconds, as the middle of seven. What is over 150 ms together or over
120 kB is marked. Pages of one query, stay or diagnosis are asked for with the newest there is.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Any

from desk import KEY
from desk_site import find_site
from fastapi.testclient import TestClient
from sqlalchemy import Engine, event, select

from cdi.app import create_app
from cdi.compliance import load_pack
from cdi.domain.actor import StaffRole
from cdi.http import SESSION_COOKIE
from cdi.interop.mapping import load_intake
from cdi.storage.engine import make_engine
from cdi.storage.store import Store
from cdi.storage.tables import (
    DiagnosisRow,
    EncounterRow,
    FindingRow,
    MembershipRow,
    QueryRow,
    UserRow,
)
from cdi.web.site import create_pages
from cdi.workflow.desk import Desk
from cdi.workflow.identity import open_session
from cdi.workflow.scan import Scanner

ROUNDS = 7
MOST_MILLISECONDS, MOST_BYTES = 150, 120_000


@dataclass
class Meter:
    """What the database took since the last reset: seconds, and statements."""

    seconds: float = 0.0
    statements: int = 0

    def reset(self) -> None:
        """Begin anew."""
        self.seconds, self.statements = 0.0, 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("url")
    url = parser.parse_args().url
    store = Store(make_engine(url), KEY)
    scanner = Scanner()
    desk = Desk(store, scanner, load_pack(scanner.catalogue))
    meter = watch_engine(store.engine)
    tokens, ids = open_people(desk), find_ids(store)
    print(f"{'page':44}{'who':12}{'ms here':>9}{'ms SQL':>9}{'statements':>12}{'bytes':>9}")
    gc.collect()
    gc.freeze()  # as a server does
    with browser(desk) as client:
        for path in page_paths():
            asked = re.sub(r"{(\w+)}", lambda found: ids.get(found[1], "0"), path)
            for role, token in tokens.items():
                client.cookies.set(SESSION_COOKIE, token)
                if client.get(asked).status_code == 200:
                    print_page(path, role, lambda asked=asked: client.get(asked), meter)
                client.cookies.clear()


def print_page(path: str, role: str, ask: Callable[[], Any], meter: Meter) -> None:
    here, sql = [], []
    answer = None
    for _ in range(ROUNDS):
        meter.reset()
        began = time.process_time()
        answer = ask()
        here.append(1000 * (time.process_time() - began))
        sql.append(1000 * meter.seconds)
    assert answer is not None
    size = len(gzip.compress(answer.content))
    over = median(here) + median(sql) > MOST_MILLISECONDS or size > MOST_BYTES
    print(
        f"{path:44}{role:12}{median(here):9.1f}{median(sql):9.1f}{meter.statements:12}{size:9}"
        f"{'  <--' if over else ''}",
        flush=True,
    )


@contextmanager
def browser(desk: Desk) -> Iterator[TestClient]:
    headers = {"Sec-Fetch-Site": "same-origin"}
    app = create_app(desk, load_intake(None), secure_cookies=False)
    with TestClient(app, headers=headers, follow_redirects=False) as client:
        yield client


def page_paths() -> list[str]:
    """Return the paths of all pages, as the application knows them."""
    paths: dict[str, Any] = create_pages(None).openapi()["paths"]  # type: ignore[arg-type]
    return [path for path, methods in paths.items() if "get" in methods]


def open_people(desk: Desk) -> dict[str, str]:
    """Return a token for each role; people whom ``desk.py`` did not need are added."""
    site = find_site(desk.store)
    tokens = {role: site.tokens[role] for role in ("specialist", "physician", "manager")}
    with desk.store.writing() as session:
        for role in (StaffRole.CODER, StaffRole.AUDITOR, StaffRole.ADMIN):
            user = session.scalars(select(UserRow).where(UserRow.login == role.value)).first()
            if user is None:
                user = UserRow(login=role.value, name=role.value, created_at=datetime.now(UTC))
                session.add(user)
                session.flush()
                session.add(MembershipRow(user_id=user.id, facility_id=site.facility, role=role))
                session.flush()
            tokens[role.value] = open_session(desk, session, user, "bench").token
    return tokens


def find_ids(store: Store) -> dict[str, str]:
    """Return an id for each parameter of a path: of the newest rows."""
    rows = {
        "query_id": QueryRow,
        "encounter_id": EncounterRow,
        "finding_id": FindingRow,
        "diagnosis_id": DiagnosisRow,
    }
    with store.reading() as session:
        found = {
            name: session.scalars(select(row.id).order_by(row.id.desc()).limit(1)).first()
            for name, row in rows.items()
        }
    return {"number": "1", **{name: value for name, value in found.items() if value}}


def watch_engine(engine: Engine) -> Meter:
    meter = Meter()
    began: list[float] = []

    @event.listens_for(engine, "before_cursor_execute")
    def start(*_: object) -> None:
        began.append(time.perf_counter())

    @event.listens_for(engine, "after_cursor_execute")
    def stop(*_: object) -> None:
        meter.seconds += time.perf_counter() - began.pop()
        meter.statements += 1

    return meter


if __name__ == "__main__":
    main()
