"""What all tables share: ids, moments in UTC, words of an enumeration, JSON."""

from __future__ import annotations

import secrets
import threading
import time
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy import JSON, DateTime, Dialect, MetaData, String, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

ID_LENGTH = 32

# Named constraints, so that a later migration can find them on every database.
_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Json = JSON().with_variant(JSONB(), "postgresql")


class _Ids:
    """Makes ids that sort in the order in which a process made them, as those of ULID may.

    Those of one millisecond, or of a clock that was set back, go on from the last one by a step
    that nobody can guess.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at = self._tail = 0

    def make(self) -> str:
        with self._lock:
            now = time.time_ns() // 1_000_000
            if now > self._at:
                self._at, self._tail = now, secrets.randbits(_TAIL - 1)
            else:
                self._tail += 1 + secrets.randbits(_STEP)
            return f"{self._at:012x}{self._tail:020x}"


_TAIL, _STEP = 80, 48  # random bits behind the milliseconds, and those of a step
_ids = _Ids()


def new_id() -> str:
    """Return an id that sorts by the time it was made: milliseconds, then 80 bits."""
    return _ids.make()


class Moment(TypeDecorator[datetime]):
    """A moment in UTC. SQLite forgets time zones: the type puts UTC back when reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment in UTC; one without time zone is refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, _: Dialect) -> datetime | None:
        """Return the stored moment with UTC as its time zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_Words = TypeVar("_Words", bound=StrEnum)


class Word(TypeDecorator[_Words], Generic[_Words]):
    """A member of an enumeration, stored as its value."""

    impl = String(40)
    cache_ok = True

    def __init__(self, words: type[_Words]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: _Words | None, _: Dialect) -> str | None:
        """Return the value of the member; a word that is none is refused."""
        return None if value is None else self.words(value).value

    def process_result_value(self, value: Any, _: Dialect) -> _Words | None:
        """Return the member."""
        return None if value is None else self.words(value)


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Moment(),
        dict[str, Any]: Json,
        list[Any]: Json,
    }


class Identified:
    """A row with an id of its own, known as soon as the object is made."""

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)

    def __init__(self, **values: Any) -> None:
        values.setdefault("id", new_id())
        super().__init__(**values)
