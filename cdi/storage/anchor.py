"""Anchors: the state of the audit chain, written down where the database is not.

Whoever can rewrite the database can cut events off its end and set the head back. An anchor of an
earlier day, kept on another machine, shows that. One JSON line each: ``{"at", "number", "link",
"mac"}``; the mac keeps an anchor itself from being rewritten.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy import select

from cdi.errors import InputError
from cdi.storage.audit import Fault, FaultKind
from cdi.storage.chain import GENESIS, canonical
from cdi.storage.store import Store
from cdi.storage.tables.events import ChainHeadRow, EventRow


def write_anchor(store: Store, path: Path, at: datetime) -> int:
    """Append the present state of the chain to an anchor file; return the number of events."""
    with store.reading() as session:
        head = session.scalars(select(ChainHeadRow)).one()
        body = {"at": at.isoformat(), "number": head.number, "link": head.mac}
    with path.open("a", encoding="ascii") as file:
        file.write(canonical({**body, "mac": _mac(store, body)}) + "\n")
    return int(str(body["number"]))


def compare_anchors(store: Store, path: Path) -> tuple[Fault, ...]:
    """Return what the chain lacks of what its anchors say.

    Raises:
        InputError: a line of the file is no anchor or was altered; names the line.
    """
    with store.reading() as session:
        faults = []
        for number, link in _anchors(store, path):
            statement = select(EventRow.mac).where(EventRow.number == number)
            found = GENESIS if number == 0 else session.scalars(statement).one_or_none()
            if found is None:
                text = f"event {number} was there when it was anchored and is missing"
                faults.append(Fault(FaultKind.CUT_OFF, number, text))
            elif found != link:
                text = f"event {number} is another than the one that was anchored"
                faults.append(Fault(FaultKind.CHANGED, number, text))
    return tuple(faults)


def _anchors(store: Store, path: Path) -> Iterator[tuple[int, str]]:
    for line, text in enumerate(path.read_text(encoding="ascii").splitlines(), 1):
        try:
            anchor = json.loads(text)
            mac = anchor.pop("mac")
            number, link = int(anchor["number"]), str(anchor["link"])
        except (ValueError, KeyError, AttributeError, TypeError):
            raise InputError("not an anchor", source=path.name, line=line) from None
        if not hmac.compare_digest(mac, _mac(store, anchor)):
            raise InputError("the anchor was altered", source=path.name, line=line)
        yield number, link


def _mac(store: Store, body: dict[str, object]) -> str:
    return hmac.new(store.audit_key, b"anchor:" + canonical(body).encode(), sha256).hexdigest()
