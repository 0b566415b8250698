"""The store: transactions that read, that look with an event, and that write with their events."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from threading import Lock

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from cdi.errors import ConflictError, SettingError, StorageError
from cdi.storage.chain import Event, append_pending, record, take_pending
from cdi.storage.engine import BUSY_SECONDS, WRITES
from cdi.storage.looks import Looks
from cdi.storage.sealed import SealingSession
from cdi.storage.vault import Vault

_SHORTEST_KEY = 32


class Store:
    """A database with the keys it takes to use it; one for a process.

    Args:
        engine: from :func:`cdi.storage.engine.make_engine`.
        audit_key: chains the events; at least 32 bytes, kept outside the database.
        vault: seals the texts of patients; without keys they are stored as they are.

    Raises:
        SettingError: the audit key is too short.
    """

    def __init__(self, engine: Engine, audit_key: bytes, vault: Vault | None = None) -> None:
        if len(audit_key) < _SHORTEST_KEY:
            raise SettingError(f"audit key: at least {_SHORTEST_KEY} bytes are needed")
        self.engine = engine
        self.audit_key = audit_key
        self.vault = vault or Vault()
        self._writer = engine.execution_options(**{WRITES: True})
        # SQLite lets those who wait for its one writer poll, the longer the more seldom: threads
        # of one process stand in line here instead.
        self._line = Lock() if engine.dialect.name == "sqlite" else None
        self._looks = Looks(self._append)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Yield a session for one consistent look; nothing in it is kept."""
        with SealingSession(self.engine, autoflush=False, vault=self.vault) as session:
            yield session

    @contextmanager
    def looking(self) -> Iterator[Session]:
        """Yield a session as :meth:`reading`; the events noted in it are committed when it ends.

        Looks that end at the same time share the transaction of their events.

        Raises:
            StorageError: the events could not be committed; nothing that was seen may be shown.
        """
        with self.reading() as session:
            yield session
            events = take_pending(session)
        if events:
            self._looks.append(events)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Yield a session for one transaction, committed with its events or not at all.

        Raises:
            ConflictError: a row was changed by somebody else since it was read, or a value that
                must be unique is taken; ``__cause__`` tells the constraint.
            StorageError: the database is busy for too long or cannot be reached.
        """
        with (
            self._turn(),
            SealingSession(self._writer, expire_on_commit=False, vault=self.vault) as session,
        ):
            try:
                yield session
                session.flush()
                append_pending(session, self.audit_key)
                session.commit()
            except StaleDataError as error:
                raise ConflictError("changed by somebody else meanwhile; read it again") from error
            except IntegrityError as error:
                raise ConflictError(f"already there or gone: {_constraint(error)}") from error
            except OperationalError as error:
                raise StorageError(f"database: {type(error.orig).__name__}") from error
            finally:
                take_pending(session)

    def _append(self, events: Sequence[Event]) -> None:
        with self.writing() as session:
            for event in events:
                record(session, event)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if self._line is None:
            yield
            return
        if not self._line.acquire(timeout=BUSY_SECONDS):
            raise StorageError("database: busy for too long")
        try:
            yield
        finally:
            self._line.release()

    def digest(self, text: str) -> str:
        """Return a keyed hash of a text: proves it later, and cannot be guessed without the key."""
        return hmac.new(self.audit_key, b"text:" + text.encode(), sha256).hexdigest()

    def derive_key(self, purpose: str) -> bytes:
        """Return a key for a purpose of its own; the audit key cannot be told from it."""
        return hmac.new(self.audit_key, b"key:" + purpose.encode(), sha256).digest()

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _constraint(error: IntegrityError) -> str:
    """Return the name of what was violated: a constraint or "table.column", never a value."""
    diagnosis = getattr(error.orig, "diag", None)
    name = getattr(diagnosis, "constraint_name", None)
    if name:
        return str(name)
    message = str(error.orig)
    known = ("UNIQUE constraint failed: ", "NOT NULL constraint failed: ")
    return next((message.removeprefix(k) for k in known if message.startswith(k)), "a reference")
