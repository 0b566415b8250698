"""Domain records as JSON text and back, whatever fields they have or will have."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from cdi.errors import StorageError

_Record = TypeVar("_Record")


@lru_cache(maxsize=32)
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def to_json(record: object) -> str:
    """Return a domain record as JSON; fields that hold their default are left out."""
    kind: Any = type(record)
    return _adapter(kind).dump_json(record, exclude_defaults=True).decode()


def from_json(kind: type[_Record], text: str) -> _Record:
    """Return the domain record of a JSON text.

    Raises:
        StorageError: the text is of another kind or version; names fields, never values.
    """
    record: _Record = _read(kind, lambda known: _adapter(known).validate_json(text))
    return record


def read_records(kind: type[_Record], texts: Iterable[str]) -> tuple[_Record, ...]:
    """Return the domain records of many JSON texts, read as one.

    Raises:
        StorageError: a text is of another kind or version; names fields, never values.
    """
    whole = f"[{','.join(texts)}]"
    several: Any = tuple.__class_getitem__((kind, ...))
    records: tuple[_Record, ...] = _read(kind, lambda _: _adapter(several).validate_json(whole))
    return records


def to_value(record: object) -> Any:
    """Return a domain record as plain JSON values; fields that hold their default are left out."""
    kind: Any = type(record)
    return _adapter(kind).dump_python(record, mode="json", exclude_defaults=True)


def from_value(kind: type[_Record], value: Any) -> _Record:
    """Return the domain record of plain JSON values.

    Raises:
        StorageError: they are of another kind or version; names fields, never values.
    """
    record: _Record = _read(kind, lambda known: _adapter(known).validate_python(value))
    return record


def _read(kind: Any, read: Callable[[Any], Any]) -> Any:
    try:
        return read(kind)
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, fault["loc"])) for fault in error.errors()[:3])
        raise StorageError(f"a stored {kind.__name__} cannot be read: {fields}") from None
