"""Which machine calls the CDS services: one with a token, or one that signs each call."""

from __future__ import annotations

from datetime import timedelta

from cdi.errors import LoginError
from cdi.interop.identity import KeySource, issuer_of, read_client_token
from cdi.storage.sessions import use_once
from cdi.storage.tokens import find_issuer
from cdi.workflow.desk import Desk
from cdi.workflow.identity import Presence
from cdi.workflow.tokens import PREFIX, find_machine, presence_of

# Longer than any client may let its tokens live, so that none can come back.
LONGEST_TOKEN = timedelta(hours=1)


class CdsClients:
    """The clients of a desk, with the keys of those that sign their calls."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._keys: dict[str, KeySource] = {}

    def find(self, token: str, audience: str) -> Presence:
        """Return which machine calls.

        Args:
            token: a token of a machine, or a JSON Web Token signed by a client that was added.
            audience: the address that is called.

        Raises:
            LoginError: it is neither, does not count, or came before.
            ProviderError: the keys of the client cannot be had.
        """
        if token.startswith(PREFIX):
            return find_machine(self._desk, token)
        issuer = issuer_of(token)
        with self._desk.store.reading() as session:
            row = find_issuer(session, issuer) if issuer else None
        if row is None:
            raise LoginError("this client is not known; see cdi token add --issuer")
        presence = presence_of(self._desk, row)
        keys = self._keys.setdefault(row.jwks_url, KeySource(row.jwks_url))
        now = self._desk.now()
        read = read_client_token(token, keys, issuer, audience, now, LONGEST_TOKEN)
        with self._desk.store.writing() as session:
            if not use_once(session, f"{issuer} {read.id}", now):
                raise LoginError("this token came before")
        return presence
