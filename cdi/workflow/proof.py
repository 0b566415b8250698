"""Proving the audit trail, for auditors and administrators."""

from __future__ import annotations

from dataclasses import replace

from cdi.domain.actor import Actor
from cdi.storage.audit import Proof, verify
from cdi.workflow.desk import Desk, Receipt, note_event
from cdi.workflow.kept_texts import compare_texts
from cdi.workflow.permissions import reach


def prove_trail(desk: Desk, actor: Actor) -> Proof:
    """Read the trail and the texts it speaks of; return the faults. That it was done is an event.

    It is one chain for all facilities; what is told of it is numbers of events alone.

    Raises:
        NotAllowed: the actor audits nothing anywhere.
    """
    verb = "audit.verify"
    places = reach(actor, verb)
    proof = verify(desk.store)
    faults = (*proof.faults, *compare_texts(desk.store))
    proof = replace(proof, faults=faults)
    with desk.store.writing() as session:
        for place in sorted(places):
            receipt = Receipt("facility", place)
            note_event(
                desk,
                session,
                actor,
                verb,
                receipt,
                place,
                None,
                events=proof.events,
                faults=len(proof.faults),
            )
    return proof
