"""The desk at size: worklist page, query with history, figures of a month, and an answer.

    python benchmarks/desk.py postgresql+psycopg://user@host/scratch --queries 1000000
    python benchmarks/desk.py sqlite:///build/desk.sqlite3 --queries 100000

The database must be empty; it is filled with made-up rows, five events a query over two years,
and left there. Each figure is the 50th and 95th percentile of ``--rounds`` calls by each of
``--users`` threads in this process, in milliseconds. ``--plans`` prints how the database finds
what the statements ask for. Links of the made-up events are no links: the chain does not verify.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import quantiles

from desk_rows import fill
from sqlalchemy import Engine, event, text

from cdi.compliance import load_pack
from cdi.domain.actor import StaffRole
from cdi.domain.encounter import Encounter, Note, Patient
from cdi.domain.policy import Policy
from cdi.domain.query import QueryState
from cdi.storage.engine import make_engine
from cdi.storage.findings import finding_rows
from cdi.storage.metrics import figures
from cdi.storage.pages import findings_page, queries_page, query_events
from cdi.storage.people import add_policy, find_actor
from cdi.storage.queries import diagnoses_of, find_letter, find_query, find_response, to_letter
from cdi.storage.schema import upgrade
from cdi.storage.store import Store
from cdi.storage.tables import FacilityRow, MembershipRow, UserRow
from cdi.workflow.addendum import AnswerGiven
from cdi.workflow.answering import Confirmation, answer_query
from cdi.workflow.desk import Desk
from cdi.workflow.drafting import draft_query
from cdi.workflow.intake import ingest_encounter
from cdi.workflow.reviews import review_encounter
from cdi.workflow.scan import Scanner
from cdi.workflow.sending import send_query

NOTE = "ASSESSMENT: CHF exacerbation, on Lasix 40 mg IV twice a day. BNP 1840 pg/mL."
ANSWERS = 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("url", help="of an empty database")
    parser.add_argument("--queries", type=int, default=100_000)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--plans", action="store_true")
    arguments = parser.parse_args()
    engine = make_engine(arguments.url, pool_size=arguments.users)
    upgrade(engine)
    store = Store(engine, b"a key for benchmarks only: 32 bytes")
    desk, users, facility = open_site(store)
    sent = send_some(desk, users, facility)
    began = time.perf_counter()
    until = datetime.now(UTC)
    fill(engine, facility, users["physician"], arguments.queries, until)
    seconds = time.perf_counter() - began
    print(f"{arguments.queries:,} queries, {5 * arguments.queries:,} events in {seconds:.0f} s")
    reads = {
        "worklist page": partial(worklist, store, facility),
        "queries page": partial(sent_page, store, facility),
        "query with history": partial(history, store, arguments.queries),
        "month figures": partial(month, store, facility, until - timedelta(days=400)),
    }
    if arguments.plans:
        for name, read in reads.items():
            print_plans(engine, name, read)
    for name, read in reads.items():
        report(name, measure(read, arguments.users, arguments.rounds))
    report("answer, one after another", answer_all(desk, users, sent))
    store.close()


def open_site(store: Store) -> tuple[Desk, dict[str, str], str]:
    """Make a facility with one person for each role the benchmark needs."""
    scanner = Scanner()
    desk = Desk(store, scanner, load_pack(scanner.catalogue))
    users: dict[str, str] = {}
    with store.writing() as session:
        facility = FacilityRow(code="bench", name="Bench")
        session.add(facility)
        session.flush()
        for role in (StaffRole.SPECIALIST, StaffRole.PHYSICIAN, StaffRole.SERVICE):
            user = UserRow(
                login=role, name=f"Dr. {role}", provider_id=role, created_at=datetime.now(UTC)
            )
            session.add(user)
            session.flush()
            session.add(MembershipRow(user_id=user.id, facility_id=facility.id, role=role))
            users[role] = user.id
        add_policy(session, facility.id, Policy(most_per_day=10**6), datetime.now(UTC), "bench")
    return desk, users, facility.id


def send_some(desk: Desk, users: dict[str, str], facility: str) -> list[tuple[str, int]]:
    """Send queries the ordinary way, to be answered later; return ids and versions."""
    with desk.store.reading() as session:
        service, specialist = (
            find_actor(session, session.get_one(UserRow, users[role]), desk.now())
            for role in ("service", "specialist")
        )
    sent = []
    for number in range(ANSWERS):
        stay = Encounter(
            f"A-{number}", Patient(f"P-{number}"), notes=(Note("n", NOTE, author_id="physician"),)
        )
        identifier = ingest_encounter(desk, service, facility, stay).id
        review_encounter(desk, service, identifier)
        with desk.store.reading() as session:
            findings = [row.id for row in finding_rows(session, identifier)]
        draft = draft_query(desk, specialist, identifier, findings)
        receipt = send_query(desk, specialist, draft.id, draft.version)
        sent.append((receipt.id, receipt.version))
    return sent


def answer_all(desk: Desk, users: dict[str, str], sent: list[tuple[str, int]]) -> list[float]:
    """Answer the queries that were sent, each in its one transaction."""
    with desk.store.reading() as session:
        user = session.get_one(UserRow, users["physician"])
        physician = find_actor(session, user, desk.now())
    took = []
    for number, (query_id, version) in enumerate(sent):
        proof = Confirmation(physician.id, desk.now(), "password")
        began = time.perf_counter()
        answer_query(
            desk, physician, query_id, version, [AnswerGiven(0)], proof, key=f"answer {number}"
        )
        took.append(time.perf_counter() - began)
    return took


def worklist(store: Store, facility: str, number: int) -> None:
    with store.reading() as session:
        page = findings_page(session, [facility])
        for _ in range(number % 3):
            page = findings_page(session, [facility], cursor=page.following)


def sent_page(store: Store, facility: str, number: int) -> None:
    states = [QueryState.ANSWERED] if number % 2 else [QueryState.SENT, QueryState.VIEWED]
    with store.reading() as session:
        queries_page(session, [facility], states=states)


def history(store: Store, queries: int, number: int) -> None:
    identifier = f"{1 + number * 7919 % queries:012x}" + "0" * 20
    with store.reading() as session:
        query = find_query(session, identifier)
        assert query is not None
        to_letter(find_letter(session, query))
        find_response(session, identifier)
        diagnoses_of(session, identifier)
        assert len(query_events(session, identifier)) == 5


def month(store: Store, facility: str, since: datetime, number: int) -> None:
    start = since + timedelta(days=number % 300)
    with store.reading() as session:
        assert figures(session, [facility], start, start + timedelta(days=30)).sent


def measure(read: Callable[[int], None], users: int, rounds: int) -> list[float]:
    """Call a read by several threads at once; return how long each call took."""

    def one_user(user: int) -> list[float]:
        took = []
        for number in range(rounds):
            began = time.perf_counter()
            read(user * rounds + number)
            took.append(time.perf_counter() - began)
        return took

    one_user(0)  # connections and caches, as in a service that runs
    with ThreadPoolExecutor(users) as pool:
        return [seconds for took in pool.map(one_user, range(users)) for seconds in took]


def report(name: str, took: list[float]) -> None:
    cuts = quantiles(took, n=20)
    print(f"{name:28} p50 {1000 * cuts[9]:8.1f} ms   p95 {1000 * cuts[18]:8.1f} ms", flush=True)


def print_plans(engine: Engine, name: str, read: Callable[[int], None]) -> None:
    """Print the plan of every statement that a read makes."""
    statements: list[tuple[str, object]] = []

    def keep(_c: object, _cursor: object, statement: str, values: object, *_: object) -> None:
        statements.append((statement, values))

    event.listen(engine, "before_cursor_execute", keep)
    read(1)
    event.remove(engine, "before_cursor_execute", keep)
    explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        for statement, values in statements:
            if statement.startswith("SELECT"):
                print(f"-- {name}")
                for row in connection.exec_driver_sql(explain + statement, values):  # type: ignore[arg-type]
                    print("  ", row[-1])


if __name__ == "__main__":
    main()
