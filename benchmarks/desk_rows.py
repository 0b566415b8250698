"""Made-up rows for ``benchmarks/desk.py``, made by the database itself: millions in minutes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Engine, text

from cdi.domain.letter import Letter
from cdi.storage.engine import WRITES
from cdi.storage.json_record import to_json

_DAYS = 730
# Number i: an id that sorts like i, in the words of each database.
_POSTGRESQL = {
    "id": "lpad(to_hex({0}), 12, '0') || repeat('0', 20)",
    "series": "generate_series(1, {0}) AS s(i)",
    "moment": "timestamptz '{start}+00' + ({0}) * interval '1 second'",
    "json": "'{0}'::jsonb",
    "false": "false",
}
_SQLITE = {
    "id": "printf('%012x', {0}) || '00000000000000000000'",
    "series": (
        "(WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < {0}) "
        "SELECT i FROM c) AS s"
    ),
    "moment": "strftime('%Y-%m-%d %H:%M:%S.000000', '{start}', '+' || ({0}) || ' seconds')",
    "json": "'{0}'",
    "false": "0",
}


def fill(engine: Engine, facility: str, physician: str, queries: int, until: datetime) -> None:
    """Add queries with findings, letters, answers and five events each, over two years."""
    words = _SQLITE if engine.dialect.name == "sqlite" else _POSTGRESQL
    start = (until - timedelta(days=_DAYS)).strftime("%Y-%m-%d %H:%M:%S")
    step = _DAYS * 86_400 // queries or 1

    def moment(offset: str = "0") -> str:
        return words["moment"].format(f"i * {step} + {offset}", start=start)

    own, stay = words["id"].format("i"), words["id"].format("(i - 1) / 4 + 1")
    series, stays = words["series"].format(queries), words["series"].format(queries // 4 + 1)
    letter = "\x00" + to_json(
        Letter("E", "Dr. B", "Clarification", (), "text " * 200, "html " * 300)
    )
    state = (
        "CASE WHEN i % 50 = 0 THEN 'sent' WHEN i % 33 = 0 THEN 'answered' "
        "WHEN i % 20 = 0 THEN 'expired' ELSE 'closed' END"
    )
    values = {"facility": facility, "physician": physician, "letter": letter.encode()}
    answered = f"CASE WHEN i % 20 <> 0 AND i % 50 <> 0 THEN {moment('3600 * (i % 40)')} END"
    statements = [
        f"INSERT INTO encounters (id, facility_id, number, service, received_at, changed_at, "
        f"version, content_sealed) SELECT {own}, :facility, 'B-' || i, 'medicine', {moment()}, "
        f"{moment()}, 1, :letter FROM {stays}",
        f"INSERT INTO findings (id, facility_id, encounter_id, condition, name, type, priority, "
        f"rank, rule_version, state, reason, content, content_hash, raised_at, seen_at, version) "
        f"SELECT {own}, :facility, {stay}, 'c' || (i % 60), 'n' || (i % 4), 'specificity', 'low', "
        f"(i % 300) / 100.0, 1, CASE WHEN i % 20 = 0 THEN 'open' ELSE 'asked' END, '', "
        f"{words['json'].format('{}')}, '', {moment()}, {moment()}, 1 FROM {series}",
        f"INSERT INTO queries (id, facility_id, encounter_id, state, channel, retrospective, "
        f"priority, service, recipient_id, routed_by, owner_id, letter_revision, created_at, "
        f"changed_at, changed_by, sent_at, due_at, reminders, answered_at, end_reason, version) "
        f"SELECT {own}, :facility, {stay}, {state}, 'letter', {words['false']}, 'low', 'medicine', "
        f":physician, 'author', 'owner', 1, {moment()}, {moment()}, 'owner', {moment('60')}, "
        f"{moment('90000')}, 0, {answered}, '', 1 FROM {series}",
        f"INSERT INTO questions (id, query_id, position, finding_id, condition, name, type, "
        f"outcome) SELECT {own}, {own}, 0, {own}, 'c' || (i % 60), 'n' || (i % 4), 'specificity', "
        f"CASE WHEN i % 20 = 0 OR i % 50 = 0 THEN NULL WHEN i % 7 = 0 THEN 'undetermined' "
        f"ELSE 'specified' END FROM {series}",
        f"INSERT INTO letters (id, query_id, revision, written_at, written_by, content_hash, "
        f"pack_version, violations, override_reason, content_sealed) SELECT {own}, {own}, 1, "
        f"{moment()}, 'owner', '', '1', {words['json'].format('[]')}, '', :letter "
        f"FROM {series}",
        *(_events(series, own, stay, moment, number) for number in range(5)),
        "UPDATE chain_head SET number = (SELECT max(number) FROM events)",
    ]
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        for statement in statements:
            chosen = {name: value for name, value in values.items() if f":{name}" in statement}
            connection.execute(text(statement), chosen)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if words is _SQLITE else "VACUUM ANALYZE"))


def _events(series: str, own: str, stay: str, moment: Callable[[str], str], number: int) -> str:
    verb = ("query.draft", "query.send", "query.view", "query.answer", "query.close")[number]
    at = moment(str(600 * number))
    detail = '{"state": "sent", "letter": 1}'
    return (
        "INSERT INTO events (number, at, actor_id, verb, subject, subject_id, facility_id, "
        f"encounter_id, detail, previous, mac) SELECT 10000000 + 5 * i + {number}, {at}, "
        f":physician, '{verb}', 'query', {own}, :facility, {stay}, '{detail}', '', '' "
        f"FROM {series}"
    )
