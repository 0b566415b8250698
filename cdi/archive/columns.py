"""Which columns of a store hold what, and one row read as a note."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from cdi.domain.encounter import Note, Role
from cdi.errors import InputError


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of the columns; None where the store has none.

    Attributes:
        id: id of the note.
        text: the note itself.
        encounter: id of the stay. Given, the notes of a stay are reviewed together.
        patient: id of the patient, copied to the output.
        kind: type of the note ("discharge summary").
        author: who wrote it.
        role: the author's role, a value of :class:`~cdi.domain.encounter.Role`.
        service: clinical service, for reports.
        time: when it was written: a timestamp, a date or ISO 8601 text; UTC where it says nothing.
    """

    id: str = "id"
    text: str = "text"
    encounter: str | None = None
    patient: str | None = None
    kind: str | None = None
    author: str | None = None
    role: str | None = None
    service: str | None = None
    time: str | None = None

    @property
    def given(self) -> tuple[str, ...]:
        """The names of the columns to read, each once."""
        names = (getattr(self, field.name) for field in fields(self))
        return tuple(dict.fromkeys(name for name in names if name))

    def check(self, available: Mapping[str, Any] | list[str], source: str) -> None:
        """Refuse a store that lacks a column.

        Raises:
            InputError: names the column and the store.
        """
        for name in self.given:
            if name not in available:
                raise InputError("there is no such column", source=source, field=name)


class Row(NamedTuple):
    """A note of the store with what reports group by; ``month`` is "2024-03" or ""."""

    note: Note
    encounter: str
    patient: str
    service: str
    month: str


def read_row(values: Mapping[str, Any], columns: Columns) -> Row:
    """Read one row.

    Raises:
        InputError: id or text is missing or no text, the role or time cannot be understood.
    """
    identifier = _text(values, columns.id)
    if not identifier:
        raise InputError("the note has no id", field=columns.id)
    text = values.get(columns.text)
    if not isinstance(text, str):
        raise InputError("expected text", field=columns.text)
    if not text.strip():
        raise InputError("the note is empty", field=columns.text)
    moment = _moment(values.get(columns.time), columns.time) if columns.time else None
    note = Note(
        identifier,
        text,
        kind=_text(values, columns.kind) or "note",
        author=_text(values, columns.author),
        role=_role(values, columns.role),
        recorded_at=moment,
    )
    return Row(
        note,
        _text(values, columns.encounter),
        _text(values, columns.patient),
        _text(values, columns.service),
        moment.strftime("%Y-%m") if moment else "",
    )


def _text(values: Mapping[str, Any], column: str | None) -> str:
    value = values.get(column) if column else None
    return "" if value is None else str(value).strip()


def _role(values: Mapping[str, Any], column: str | None) -> Role:
    given = _text(values, column).lower()
    if not given:
        return Role.PROVIDER
    try:
        return Role(given)
    except ValueError:
        expected = ", ".join(Role)
        raise InputError(f"unknown role, expected {expected}", field=column) from None


def _moment(value: Any, column: str) -> datetime | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise InputError("not an ISO 8601 time", field=column) from None
    elif isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    if not isinstance(value, datetime):
        raise InputError("neither a time nor ISO 8601 text", field=column)
    return value if value.tzinfo else value.replace(tzinfo=UTC)
