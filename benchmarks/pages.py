"""Pages at size: time on the server and bytes of every list of every person.

    python benchmarks/pages.py postgresql+psycopg://user@host/scratch
    python benchmarks/pages.py postgresql+psycopg://user@host/scratch --only /worklist /figures

The database is one that ``benchmarks/desk.py`` filled. Each page is asked for in this process,
without a network; two columns tell the time of the processor in this process and the time in which
the database answered, in milliseconds, as the middle of seven. Before them stands what the first
request for it took, both together, after one for another of its kind: it finds nothing kept. What
is over 150 ms together or over 120 kB is marked. Pages of one query, stay or diagnosis are asked
for with the newest there is, or one that waits. The specialist has saved six filters of the
worklist, others none.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Any

from desk import KEY
from desk_site import Site, find_site
from fastapi.testclient import TestClient
from sqlalchemy import Engine, event, select

from cdi.app import create_app
from cdi.compliance import load_pack
from cdi.domain.actor import StaffRole
from cdi.domain.query import FindingState, QueryState
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
from cdi.workflow.assignment import save_filter
from cdi.workflow.desk import Desk
from cdi.workflow.drafting import draft_query
from cdi.workflow.identity import find_presence, open_session
from cdi.workflow.patients import View, Wanted
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
    parser.add_argument("--only", nargs="+", help="paths of pages, as they are printed")
    options = parser.parse_args()
    store = Store(make_engine(options.url), KEY)
    scanner = Scanner()
    desk = Desk(store, scanner, load_pack(scanner.catalogue))
    meter = watch_engine(store.engine)
    tokens, ids = open_people(desk), find_ids(desk)
    save_filters(desk, tokens["specialist"])
    heads = f"{'ms first':>9}{'ms here':>9}{'ms SQL':>9}{'statements':>12}{'bytes':>9}"
    print(f"{'page':44}{'who':12}{heads}")
    gc.collect()
    gc.freeze()  # as a server does
    with browser(desk) as client:
        for path in options.only or page_paths():
            for role, token in tokens.items():
                client.cookies.set(SESSION_COOKIE, token)
                others = addresses(path, ids)
                client.get(others[-1])
                for asked in others:
                    first, answer = measure(meter, lambda asked=asked: client.get(asked))
                    if answer.status_code == 200:
                        print_page(path, role, first, lambda asked=asked: client.get(asked), meter)
                        break
                client.cookies.clear()


def measure(meter: Meter, ask: Callable[[], Any]) -> tuple[tuple[float, float], Any]:
    """Return the milliseconds of a request, here and of the database, and its answer."""
    meter.reset()
    began = time.process_time()
    answer = ask()
    return (1000 * (time.process_time() - began), 1000 * meter.seconds), answer


def print_page(
    path: str, role: str, first: tuple[float, float], ask: Callable[[], Any], meter: Meter
) -> None:
    rounds = [measure(meter, ask) for _ in range(ROUNDS)]
    here, sql = (median(took[place] for took, _ in rounds) for place in (0, 1))
    size = len(gzip.compress(rounds[-1][1].content))
    over = here + sql > MOST_MILLISECONDS or size > MOST_BYTES
    print(
        f"{path:44}{role:12}{sum(first):9.1f}{here:9.1f}{sql:9.1f}{meter.statements:12}{size:9}"
        f"{'  <--' if over else ''}",
        flush=True,
    )


def save_filters(desk: Desk, token: str) -> None:
    """Save six filters of the worklist: by condition, by service, by both, and of other heaps."""
    actor = find_presence(desk, token).actor
    wanted = (
        Wanted(condition="c20"),
        Wanted(condition="heart_failure"),
        Wanted(service="service 3"),
        Wanted(service="service 4", condition="c40"),
        Wanted(View.UNASSIGNED, condition="c40"),
        Wanted(View.AWAITING, service="service 4"),
    )
    for number, filter_ in enumerate(wanted, 1):
        save_filter(desk, actor, f"filter {number}", filter_)


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


def addresses(path: str, ids: dict[str, list[str]]) -> list[str]:
    """Return the addresses of a page, one for each id there is."""
    name = next((known for known in ids if f"{{{known}}}" in path), "")
    fixed = defaultdict(lambda: "0", number="1")
    return [path.format_map(fixed | {name: one}) for one in ids.get(name, [""])]


def find_ids(desk: Desk) -> dict[str, list[str]]:
    """Return ids for each parameter of a path: of the two newest, and of queries that wait."""
    rows = {"encounter_id": EncounterRow, "finding_id": FindingRow, "diagnosis_id": DiagnosisRow}
    site = find_site(desk.store)
    with desk.store.reading() as session:
        found = {
            name: list(session.scalars(select(row.id).order_by(row.id.desc()).limit(2)))
            for name, row in rows.items()
        }
        newest = session.scalars(select(QueryRow.id).order_by(QueryRow.id.desc()).limit(1)).one()
    return {**found, "query_id": [site.waiting[-1][0], draft(desk, site), newest]}


def draft(desk: Desk, site: Site) -> str:
    """Return a draft about a long stay, made if there is none."""
    specialist = find_presence(desk, site.tokens["specialist"]).actor
    with desk.store.reading() as session:
        (finding,) = session.scalars(
            select(FindingRow)
            .where(FindingRow.state.in_((FindingState.OPEN, FindingState.ASKED)))
            .order_by(FindingRow.id.desc())
            .limit(1)
        )
        drafts = select(QueryRow.id).where(
            QueryRow.encounter_id == finding.encounter_id, QueryRow.state == QueryState.DRAFT
        )
        known = session.scalars(drafts).first()
    if known:
        return known
    asked = site.physicians[0]
    stay = finding.encounter_id
    return draft_query(desk, specialist, stay, [finding.id], recipient_id=asked).id


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
