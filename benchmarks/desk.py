"""The desk at size: worklist page, query with history, figures of a month, and an answer.

    python benchmarks/desk.py postgresql+psycopg://user@host/scratch --queries 1000000
    python benchmarks/desk.py sqlite:///build/desk.sqlite3 --queries 100000 --think 5

The database must be empty; it is filled with made-up rows, five events a query over two years, and
left there for ``--again``. What is timed is a request of the API without its HTTP: the session
behind the token, the use case with its event, the answer as JSON. ``--users`` people ask at once,
spread over ``--processes``, ``--rounds`` times each, and wait ``--think`` seconds on average
(exponentially) before each time; with 0 they ask again at once, which shows the capacity and no
person does. Times are the 50th and 95th percentile in milliseconds. ``--plans`` prints how the
database finds what the statements ask for. The made-up events are no links: the chain does not
verify.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from statistics import quantiles

from desk_rows import Pattern, fill
from desk_site import Site, add_long_stays, find_site, make_short_stay, open_site, send_some
from sqlalchemy import Engine, event, text

from cdi.api.schemas import FindingOut, PageOut
from cdi.api.shapes import shape_file, shape_finding, shape_query
from cdi.domain.query import QueryState
from cdi.storage.engine import make_engine
from cdi.storage.json_record import to_json
from cdi.storage.schema import upgrade
from cdi.storage.store import Store
from cdi.storage.tables import FindingRow, LetterRow
from cdi.workflow.addendum import AnswerGiven
from cdi.workflow.answering import answer_query
from cdi.workflow.charts import open_query, open_worklist
from cdi.workflow.desk import Desk
from cdi.workflow.identity import find_presence
from cdi.workflow.metrics import Period, count_days, open_figures
from cdi.workflow.worklists import open_queries

KEY = b"a key for benchmarks only: 32 bytes"


@dataclass(frozen=True, slots=True)
class Load:
    """Who asks what how often; one for each measurement."""

    url: str
    read: str
    queries: int
    users: int
    rounds: int
    think: float


def main() -> None:
    options = read_options()
    engine = make_engine(options.url, pool_size=2)
    if options.again:
        upgrade(engine)
    else:
        fill_database(engine, options.queries)
    count_past_days(engine)
    reads = [name for name in READS if options.only in (None, name)]
    if options.plans:
        for name in reads:
            print_plans(options.url, engine, name)
    engine.dispose()
    for think in dict.fromkeys((0.0, options.think)):
        kind = f"{think:g} s between" if think else "one after another at once"
        print(f"{options.users} users in {options.processes} processes, {kind}")
        for name in reads:
            share = options.users // options.processes
            load = Load(options.url, name, options.queries, share, options.rounds, think)
            with multiprocessing.get_context("spawn").Pool(options.processes) as pool:
                took = [
                    one for part in pool.map(measure, [load] * options.processes) for one in part
                ]
            report(name, took)
    if options.only in (None, "answer"):
        report("answer", answer_all(options.url))


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("url", help="of an empty database, or with --again of one filled before")
    parser.add_argument("--queries", type=int, default=100_000)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--think", type=float, default=2.0, help="seconds between two requests")
    parser.add_argument("--only", help="one of the requests, or answer")
    parser.add_argument("--plans", action="store_true")
    parser.add_argument("--again", action="store_true", help="measure; the database is filled")
    return parser.parse_args()


def fill_database(engine: Engine, queries: int) -> None:
    upgrade(engine)
    store = Store(engine, KEY)
    began = time.perf_counter()
    site = open_site(store)
    send_some(store, site)
    with store.reading() as session:
        finding, letter = session.query(FindingRow).first(), session.query(LetterRow).first()
        assert finding is not None
        assert letter is not None
        stay = make_short_stay("B-#", "B-P#")
        like = Pattern(
            to_json(replace(stay, notes=())),
            to_json(stay.notes[0]),
            finding.content,
            letter.content_sealed,
        )
    fill(engine, site.facility, site.physicians, queries, datetime.now(UTC), like)
    add_long_stays(store, site)
    seconds = time.perf_counter() - began
    print(f"{queries:,} queries, {5 * queries:,} events in {seconds:.0f} s")


def count_past_days(engine: Engine) -> None:
    """Count the days that are over, as the worker does every ten minutes."""
    began = time.perf_counter()
    days = count_days(Desk(Store(engine, KEY), None, None))  # type: ignore[arg-type]
    print(f"{days} days counted in {time.perf_counter() - began:.1f} s")


SECOND_PAGE: list[str | None] = []
"""Where the second page of the worklist begins, known after the first request of a process."""


def worklist(desk: Desk, site: Site, number: int) -> bytes:
    actor = find_presence(desk, site.tokens["specialist"]).actor
    page = open_worklist(desk, actor, cursor=SECOND_PAGE[0] if number % 2 else None)
    if not SECOND_PAGE:
        SECOND_PAGE.append(page.following)
    items = [shape_finding(row) for row in page.rows]
    return PageOut[FindingOut](items=items, following=page.following).model_dump_json().encode()


def waiting(desk: Desk, site: Site, number: int) -> bytes:
    actor = find_presence(desk, site.tokens["specialist"]).actor
    page = open_queries(
        desk, actor, states=[QueryState.ANSWERED if number % 2 else QueryState.SENT]
    )
    return b"".join(shape_query(row).model_dump_json().encode() for row in page.rows)


def history(desk: Desk, site: Site, number: int) -> bytes:
    actor = find_presence(desk, site.tokens["specialist"]).actor
    file = open_query(desk, actor, f"{1 + number:012x}" + "0" * 20)
    assert len(file.events) >= 5
    return shape_file(file, asked_only=False).model_dump_json().encode()


def month(desk: Desk, site: Site, number: int) -> bytes:
    actor = find_presence(desk, site.tokens["manager"]).actor
    since = datetime.now(UTC) - timedelta(days=400 - number % 300)
    found = open_figures(desk, actor, Period(since, since + timedelta(days=30)))
    assert found.whole.sent
    return b""


READS: dict[str, Callable[[Desk, Site, int], bytes]] = {
    "worklist page": worklist,
    "queries page": waiting,
    "query with history": history,
    "month figures": month,
}


def measure(load: Load) -> list[float]:
    """Let the users of one process ask; return how long each request took."""
    desk, site = open_desk(load.url, load.users)
    read = READS[load.read]

    def one_user(user: int) -> list[float]:
        chance = random.Random(f"{multiprocessing.current_process().name} {user}")
        took = []
        for _ in range(load.rounds):
            time.sleep(chance.expovariate(1 / load.think) if load.think else 0)
            began = time.perf_counter()
            read(desk, site, chance.randrange(load.queries))
            took.append(time.perf_counter() - began)
        return took

    read(desk, site, 0)
    with ThreadPoolExecutor(load.users) as pool:  # connections and caches, as in a running service
        list(pool.map(lambda number: read(desk, site, number), range(3 * load.users)))
    gc.collect()
    gc.freeze()  # as `cdi serve` does
    with ThreadPoolExecutor(load.users) as pool:
        took = [seconds for took in pool.map(one_user, range(load.users)) for seconds in took]
    desk.store.close()
    return took


def open_desk(url: str, users: int) -> tuple[Desk, Site]:
    store = Store(make_engine(url, pool_size=users), KEY)
    return Desk(store, None, None), find_site(store)  # type: ignore[arg-type]


def answer_all(url: str) -> list[float]:
    """Answer the queries that were sent, each in its one transaction, one after another."""
    desk, site = open_desk(url, 1)
    took = []
    for query_id, version in site.waiting[:100]:
        presence = find_presence(desk, site.tokens["physician"])
        began = time.perf_counter()
        answer_query(desk, presence.actor, query_id, version, [AnswerGiven(0)], presence.confirmed)
        took.append(time.perf_counter() - began)
    desk.store.close()
    return took


def report(name: str, took: list[float]) -> None:
    if len(took) > 1:
        cuts = quantiles(took, n=20)
        print(f"  {name:26} p50 {1000 * cuts[9]:8.1f}   p95 {1000 * cuts[18]:8.1f}", flush=True)


def print_plans(url: str, engine: Engine, name: str) -> None:
    """Print the plan of every statement that looks for something in a read."""
    desk, site = open_desk(url, 1)
    statements: list[tuple[str, object]] = []

    def keep(_c: object, _cursor: object, statement: str, values: object, *_: object) -> None:
        statements.append((statement, values))

    event.listen(desk.store.engine, "before_cursor_execute", keep)
    READS[name](desk, site, 1)
    desk.store.close()
    explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        for statement, values in statements:
            if statement.startswith("SELECT"):
                print(f"-- {name}")
                for row in connection.exec_driver_sql(explain + statement, values):  # type: ignore[arg-type]
                    print("  ", row[-1][:200])


if __name__ == "__main__":
    main()
