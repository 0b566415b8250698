"""Made-up rows for ``benchmarks/desk.py``, made by the database itself: millions in minutes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, text

from cdi.storage.engine import WRITES
from cdi.storage.vault import plain

_DAYS = 730
# Number i: an id that sorts like i, in the words of each database.
_POSTGRESQL = {
    "id": "lpad(to_hex({0}), 12, '0') || repeat('0', 20)",
    "series": "generate_series(1, {0}) AS s(i)",
    "moment": "timestamptz '{start}+00' + ({0}) * interval '1 second'",
    "json": "'{0}'::jsonb",
    "false": "false",
    "plain": "'\\x00'::bytea || convert_to({0}, 'UTF8')",
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
    "plain": "CAST(x'00' || ({0}) AS BLOB)",
}


@dataclass(frozen=True, slots=True)
class Pattern:
    """What every made-up row looks like: a stay with a note, a finding and a letter.

    ``stay`` and ``note`` are domain records as JSON; "#" in the first becomes the row's number.
    """

    stay: str
    note: str
    finding: dict[str, Any]
    letter: bytes


def fill(
    engine: Engine, facility: str, people: list[str], queries: int, until: datetime, like: Pattern
) -> None:
    """Add queries with findings, letters, answers and five events each, over two years.

    ``people`` are the ids of physicians, who are asked in turn.
    """
    words = _SQLITE if engine.dialect.name == "sqlite" else _POSTGRESQL
    rows = _Rows(words, queries, len(people), until)
    values = {
        "facility": facility,
        "letter": like.letter,
        "stay": like.stay,
        "note": plain(like.note),
        "name": plain("Made Up"),
        "text": plain("made up"),
        "finding": json.dumps(like.finding),
        **{f"person{number}": person for number, person in enumerate(people)},
    }
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        for statement in rows.statements():
            chosen = {name: value for name, value in values.items() if f":{name}" in statement}
            connection.execute(text(statement), chosen)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if words is _SQLITE else "VACUUM ANALYZE"))


class _Rows:
    """Statements that make row number i of each table from i alone."""

    def __init__(self, words: dict[str, str], queries: int, people: int, until: datetime) -> None:
        self.words = words
        self.start = (until - timedelta(days=_DAYS)).strftime("%Y-%m-%d %H:%M:%S")
        self.step = _DAYS * 86_400 // queries or 1
        self.own, self.stay = words["id"].format("i"), words["id"].format("(i - 1) / 4 + 1")
        self.series = words["series"].format(queries)
        self.stays = words["series"].format(queries // 4 + 1)
        cases = (f"WHEN i % {people} = {n} THEN :person{n}" for n in range(people))
        self.physician = f"CASE {' '.join(cases)} END"
        self.answered = "i % 20 <> 0 AND i % 50 <> 0"

    def moment(self, offset: str = "0", each: int = 1) -> str:
        seconds = f"i * {each * self.step} + {offset}"
        return self.words["moment"].format(seconds, start=self.start)

    def statements(self) -> list[str]:
        return [
            self.patients(),
            self.encounters(),
            self.notes(),
            self.findings(),
            self.queries(),
            self.questions(),
            self.letters(),
            *self.replies(),
            *(self.events(number) for number in range(5)),
            "UPDATE chain_head SET number = (SELECT max(number) FROM events)",
        ]

    def patients(self) -> str:
        return (
            "INSERT INTO patients (id, facility_id, number, sex, name_sealed) "
            f"SELECT {self.own}, :facility, 'B-P' || i, 'female', :name FROM {self.stays}"
        )

    def encounters(self) -> str:
        at = self.moment(each=4)
        content = self.words["plain"].format("replace(:stay, '#', CAST(i AS varchar(9)))")
        return (
            "INSERT INTO encounters (id, facility_id, number, patient_id, service, received_at, "
            "changed_at, reviewed_at, asked_at, version, content_sealed) "
            f"SELECT {self.own}, :facility, 'B-' || i, {self.own}, 'service ' || (i % 12), "
            f"{at}, {at}, {at}, CASE WHEN i % 3 = 0 THEN {at} END, 1, {content} FROM {self.stays}"
        )

    def notes(self) -> str:
        return (
            "INSERT INTO notes (id, encounter_id, number, revision, position, kind, author_id, "
            "role, status, received_at, text_hash, content_hash, content_sealed) "
            f"SELECT {self.own}, {self.own}, 'n', 1, 0, 'note', 'physician', 'provider', 'final', "
            f"{self.moment(each=4)}, '', '', :note FROM {self.stays}"
        )

    def findings(self) -> str:
        content = "CAST(:finding AS jsonb)" if self.words is _POSTGRESQL else ":finding"
        return (
            "INSERT INTO findings (id, facility_id, encounter_id, service, condition, name, type, "
            "priority, rank, rule_version, state, content, content_hash, raised_at, "
            f"seen_at, version) SELECT {self.own}, :facility, {self.stay}, "
            "'service ' || (((i - 1) / 4 + 1) % 12), 'c' || (i % 60), "
            "'n' || (i % 4), 'specificity', 'low', (i % 300) / 100.0, 1, "
            f"CASE WHEN i % 20 = 0 THEN 'open' ELSE 'asked' END, {content}, '', "
            f"{self.moment()}, {self.moment()}, 1 FROM {self.series}"
        )

    def queries(self) -> str:
        state = (
            "CASE WHEN i % 50 = 0 THEN 'sent' WHEN i % 33 = 0 THEN 'answered' "
            "WHEN i % 20 = 0 THEN 'expired' ELSE 'closed' END"
        )
        return (
            "INSERT INTO queries (id, facility_id, encounter_id, state, channel, retrospective, "
            "priority, service, recipient_id, routed_by, owner_id, letter_revision, created_at, "
            "changed_at, changed_by, sent_at, due_at, reminders, answered_at, working_minutes, "
            f"version) SELECT {self.own}, :facility, {self.stay}, {state}, 'letter', "
            f"{self.words['false']}, 'low', 'service ' || (i % 12), {self.physician}, 'author', "
            f"'owner ' || (i % 15), 1, {self.moment()}, {self.moment()}, 'owner', "
            f"{self.moment('60')}, {self.moment('90000')}, 0, "
            f"CASE WHEN {self.answered} THEN {self.moment('3600 * (i % 40)')} END, "
            f"CASE WHEN {self.answered} THEN 20 * (i % 40) END, 1 FROM {self.series}"
        )

    def questions(self) -> str:
        return (
            "INSERT INTO questions (id, query_id, facility_id, sent_at, position, finding_id, "
            f"condition, name, type, outcome) SELECT {self.own}, {self.own}, :facility, "
            f"{self.moment('60')}, 0, {self.own}, 'c' || (i % 60), 'n' || (i % 4), "
            f"'specificity', CASE WHEN NOT ({self.answered}) THEN NULL WHEN i % 7 = 0 "
            f"THEN 'undetermined' ELSE 'specified' END FROM {self.series}"
        )

    def letters(self) -> str:
        return (
            "INSERT INTO letters (id, query_id, revision, written_at, written_by, content_hash, "
            f"pack_version, violations, content_sealed) SELECT {self.own}, "
            f"{self.own}, 1, {self.moment()}, 'owner', '', '1', "
            f"{self.words['json'].format('[]')}, :letter FROM {self.series}"
        )

    def replies(self) -> tuple[str, ...]:
        """Responses, their answers, and what the coder picked up."""
        at, empty = self.moment("3600"), self.words["json"].format("[]")
        rows = f"FROM {self.series} WHERE {self.answered}"
        return (
            "INSERT INTO responses (id, query_id, letter_revision, answered_by, recorded_by, "
            f"answered_at, signature, addendum_hash, addendum_sealed) SELECT {self.own}, "
            f"{self.own}, 1, {self.physician}, {self.physician}, {at}, '', '', :text {rows}",
            "INSERT INTO answers (id, response_id, question_id, position, option, kind, outcome, "
            f"words_sealed) SELECT {self.own}, {self.own}, {self.own}, 0, 0, 'diagnosis', "
            f"'specified', :text {rows}",
            "INSERT INTO clarified_diagnoses (id, facility_id, encounter_id, query_id, answer_id, "
            "condition, outcome, proposals, evidence, status, created_at, changed_at, changed_by, "
            f"version, wording_sealed) SELECT {self.own}, :facility, {self.stay}, {self.own}, "
            f"{self.own}, 'c' || (i % 60), 'specified', {empty}, {empty}, 'coded', {at}, {at}, "
            f"'coder', 1, :text {rows}",
        )

    def events(self, number: int) -> str:
        verb = ("query.draft", "query.send", "query.view", "query.answer", "query.close")[number]
        detail = '{"state": "sent", "letter": 1}'
        return (
            "INSERT INTO events (number, at, actor_id, verb, subject, subject_id, facility_id, "
            f"encounter_id, detail, previous, mac) SELECT 10000000 + 5 * i + {number}, "
            f"{self.moment(str(600 * number))}, :person0, '{verb}', 'query', {self.own}, "
            f":facility, {self.stay}, '{detail}', '', '' FROM {self.series}"
        )
