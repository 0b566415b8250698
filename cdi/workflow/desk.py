"""The desk: what every use case works with, and how each becomes exactly one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cdi.compliance import Pack
from cdi.domain.actor import Actor
from cdi.domain.encounter import Encounter
from cdi.domain.finding import Finding
from cdi.errors import ConflictError
from cdi.storage import Session
from cdi.storage.chain import Event, canonical, record
from cdi.storage.requests import claim, find_receipt
from cdi.storage.store import Store
from cdi.workflow.codes import CodeIndex
from cdi.workflow.references import References
from cdi.workflow.scan import Scanner

# What a finding is worth, for ranking alone; wired by whoever may know of it.
Weigh = Callable[[Encounter, Finding], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a use case did: to what, and how that stands now. Ids only, so that it can be kept.

    Attributes:
        kind: "query", "encounter", "finding" or "diagnosis".
        version: to be given with the next change.
        state: state or status after it.
        made: ids of what it made besides.
    """

    kind: str
    id: str
    version: int = 0
    state: str = ""
    made: tuple[str, ...] = ()


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Outlets:
    """By what a site tells others what happens, besides webhooks, which are subscribed.

    Attributes:
        email: whether there is a mail server for notices.
        hl7: topics that become a document for the record system.
        fhir: topics that become FHIR resources there.
        networks: those that webhooks may call although they are not public
            ("10.20.0.0/16,127.0.0.1/32").
    """

    email: bool = True
    hl7: frozenset[str] = frozenset()
    fhir: frozenset[str] = frozenset()
    networks: str = ""


@dataclass(frozen=True)
class Desk:
    """The store, the rules and the clock; one for a process.

    Attributes:
        pack: what letters are judged by.
        codes: proposes codes for words; None where there is no index.
        weigh: what a finding is worth; None where impact is switched off.
        address: where people reach the desk ("https://cdi.example.org"), for links.
        outlets: by what others are told.
        wake: called after a change that gives a worker something to do; it may fail to be heard.
        now: the clock.
        references: the records of letters that are being edited.
        letterheads: folders of facilities' own templates, by the code of the facility.
    """

    store: Store
    scanner: Scanner
    pack: Pack
    codes: CodeIndex | None = None
    weigh: Weigh | None = None
    address: str = ""
    outlets: Outlets = field(default=Outlets())
    wake: Callable[[], None] | None = None
    now: Callable[[], datetime] = field(default=_now)
    references: References = field(default_factory=References)
    letterheads: Mapping[str, Path] = field(default_factory=dict)

    @property
    def pack_version(self) -> str:
        """The version of the compliance pack, kept with each letter it judged."""
        return self.pack.version


@dataclass(frozen=True, slots=True)
class Request:
    """Who wants what done.

    Attributes:
        verb: ``<what>.<verb>``, as in the events.
        content: the arguments; they tell a repeated request from another with the same key.
        key: idempotency key; "" if the caller takes care not to repeat.
    """

    actor: Actor
    verb: str
    content: Mapping[str, Any]
    key: str = ""


def carry_out(desk: Desk, request: Request, act: Callable[[Session], Receipt]) -> Receipt:
    """Run a use case in one transaction, once for each idempotency key.

    Raises:
        IdempotencyError: the key came with another request.
        ConflictError: somebody else changed the same thing at the same time.
    """
    receipt = _once(desk, request, act)
    if desk.wake is not None:
        desk.wake()
    return receipt


def _once(desk: Desk, request: Request, act: Callable[[Session], Receipt]) -> Receipt:
    if not request.key:
        with desk.store.writing() as session:
            return act(session)
    content = {"verb": request.verb, **request.content}
    fingerprint = desk.store.digest(canonical(content))
    try:
        with desk.store.writing() as session:
            known = find_receipt(session, request.actor.id, request.key, fingerprint)
            if known is not None:
                return _receipt(known)
            claimed = claim(session, request.actor.id, request.key, fingerprint, desk.now())
            receipt = act(session)
            claimed.receipt = asdict(receipt)
        return receipt
    except ConflictError:
        # The same request may have been carried out by another worker at the same moment.
        with desk.store.reading() as session:
            known = find_receipt(session, request.actor.id, request.key, fingerprint)
        if known is None:
            raise
        return _receipt(known)


def note_event(
    desk: Desk,
    session: Session,
    actor: Actor,
    verb: str,
    receipt: Receipt,
    facility_id: str,
    encounter_id: str | None,
    **detail: Any,
) -> None:
    """Write the event of what was done, in the same transaction."""
    reason = actor.emergencies.get(encounter_id or "")
    if reason:
        detail["emergency"] = desk.store.digest(reason)
    record(
        session,
        Event(
            at=desk.now(),
            actor_id=actor.id,
            verb=verb,
            subject=receipt.kind,
            subject_id=receipt.id,
            facility_id=facility_id,
            encounter_id=encounter_id,
            detail=detail,
        ),
    )


def _receipt(known: Mapping[str, Any]) -> Receipt:
    return Receipt(**{**known, "made": tuple(known.get("made", ()))})
