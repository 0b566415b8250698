"""Sealing everything anew with the current key: after a key was added or first configured."""

from __future__ import annotations

from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from cdi.storage.sealed import reseal
from cdi.storage.store import Store
from cdi.storage.tables import Base

_PAGE = 500


def reseal_all(store: Store) -> int:
    """Seal every text that is plain or under an older key; return how many rows changed.

    Works in pages, each a transaction of its own: it may be interrupted, and run again.
    """
    tables = [m.class_ for m in Base.registry.mappers if getattr(m.class_, "sealed_names", ())]
    return sum(_reseal_table(store, table) for table in tables)


def _reseal_table(store: Store, table: type[Any]) -> int:
    changed, last = 0, ""
    while True:
        with store.writing() as session:
            rows = _page(session, table, last)
            if not rows:
                return changed
            last = rows[-1].id
            for row in rows:
                changed += reseal(row, store.vault)


def _page(session: Session, table: type[Any], after: str) -> list[Any]:
    key = inspect(table).primary_key[0]
    statement = select(table).where(key > after).order_by(key).limit(_PAGE).with_for_update()
    return list(session.scalars(statement))
