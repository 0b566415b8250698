"""Columns whose text is encrypted at rest: read and set like any other attribute."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, overload

from sqlalchemy import LargeBinary, Select, event, inspect
from sqlalchemy.orm import Mapped, Session, mapped_column

from cdi.storage.vault import SEALED, Vault, plain

_VAULT = "vault"
_HANDED = "_vault"


def sealed_column(*, nullable: bool = False) -> Mapped[Any]:
    """Return the column that holds the bytes of a :class:`Sealed` attribute."""
    return mapped_column(LargeBinary, nullable=nullable)


class Sealed:
    """A text attribute over the column ``<name>_sealed``.

    Setting keeps the text plain in memory; :class:`SealingSession` seals it when it flushes, when
    the row's id is certain. None is kept as None.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self.name, self.column = name, f"{name}_sealed"
        owner.sealed_names = (*getattr(owner, "sealed_names", ()), name)  # type: ignore[attr-defined]

    @overload
    def __get__(self, row: None, owner: type) -> Sealed: ...
    @overload
    def __get__(self, row: object, owner: type) -> str: ...
    def __get__(self, row: object | None, owner: type) -> Sealed | str:
        if row is None:
            return self
        stored: bytes | None = getattr(row, self.column)
        if stored is None:
            return ""
        vault = Vault() if not stored.startswith(SEALED) else _vault(row)
        return vault.open(stored, place(row, self.name))

    def __set__(self, row: object, text: str) -> None:
        setattr(row, self.column, plain(text))


def place(row: object, name: str) -> str:
    """Return ``table:row:column``, to which a sealed text is bound."""
    table = getattr(row, "__tablename__", "")
    return f"{table}:{getattr(row, 'id', '')}:{name}"


def open_texts(
    session: Session, table: type[Any], rows: Select[Any], name: str = "content"
) -> Iterator[str]:
    """Yield a sealed text of each row, in their order.

    For charts of thousands of values: to make a row an object costs ten times what its text does.

    Args:
        session: of a store.
        table: of which all rows are.
        rows: which.
        name: of the attribute.
    """
    for _, text in open_texts_by(session, table, rows, table.id, name):
        yield text


def open_texts_by(
    session: Session, table: type[Any], rows: Select[Any], key: Any, name: str = "content"
) -> Iterator[tuple[Any, str]]:
    """Yield a sealed text of each row, as :func:`open_texts`, after a column that tells whose."""
    vault: Vault = session.info[_VAULT]
    column = getattr(table, f"{name}_sealed")
    found = session.execute(rows.with_only_columns(table.id, key.label("whose"), column))
    for identifier, whose, stored in found:
        yield whose, vault.open(stored, f"{table.__tablename__}:{identifier}:{name}")


class SealingSession(Session):
    """A session that seals and opens with the keys of a vault; its rows open after it has closed.

    What it listens to is registered once for the class: doing so for each session costs more than
    most transactions.
    """

    def __init__(self, *args: Any, vault: Vault, **options: Any) -> None:
        super().__init__(*args, **options)
        self.info[_VAULT] = vault


@event.listens_for(SealingSession, "before_flush")
def _seal_rows(session: Session, *_: object) -> None:
    """Seal what was set since the last flush."""
    vault: Vault = session.info[_VAULT]
    if not vault.current:
        return
    for row in (*session.new, *session.dirty):
        for name in getattr(row, "sealed_names", ()):
            column = f"{name}_sealed"
            if column in inspect(row).unloaded:
                continue
            stored = getattr(row, column)
            if stored is not None and not stored.startswith(SEALED):
                setattr(row, column, vault.seal(stored, place(row, name)))


def reseal(row: object, vault: Vault) -> bool:
    """Seal the texts of a row with the current key; tell whether anything changed."""
    changed = False
    for name in getattr(row, "sealed_names", ()):
        column = f"{name}_sealed"
        stored = getattr(row, column)
        if stored is not None and not vault.is_current(stored):
            at = place(row, name)
            setattr(row, column, vault.seal(plain(vault.open(stored, at)), at))
            changed = True
    return changed


@event.listens_for(SealingSession, "loaded_as_persistent")
@event.listens_for(SealingSession, "pending_to_persistent")
def _hand_vault(session: Session, row: object) -> None:
    if hasattr(row, "sealed_names"):
        vars(row)[_HANDED] = session.info[_VAULT]


def _vault(row: object) -> Vault:
    vault: Vault = vars(row).get(_HANDED, Vault())
    return vault
