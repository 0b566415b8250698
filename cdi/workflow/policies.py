"""The policy of a facility: read, and changed from now on; older ones stay for later questions."""

from __future__ import annotations

from dataclasses import fields

from cdi.domain.actor import Actor
from cdi.domain.policy import Policy
from cdi.errors import InputError
from cdi.storage.people import add_policy, find_policy
from cdi.workflow.desk import Desk, Receipt, note_event
from cdi.workflow.permissions import require

_LONGEST_HOURS = 10_000


def read_policy(desk: Desk, actor: Actor, facility_id: str) -> Policy:
    """Return the policy of a facility that is in force.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    require(actor, "policy.read", facility_id)
    with desk.store.reading() as session:
        return find_policy(session, facility_id, desk.now())


def change_policy(desk: Desk, actor: Actor, facility_id: str, policy: Policy) -> Receipt:
    """Let a policy be in force at a facility from now on; the event names what changed.

    Raises:
        InputError: a value makes no sense; names it.
        NotFound, NotAllowed: as the permissions say.
    """
    verb = "policy.change"
    require(actor, verb, facility_id)
    check_policy(policy)
    with desk.store.writing() as session:
        before = find_policy(session, facility_id, desk.now())
        changed = [
            field.name
            for field in fields(Policy)
            if getattr(before, field.name) != getattr(policy, field.name)
        ]
        row = add_policy(session, facility_id, policy, desk.now(), actor.id)
        session.flush()
        receipt = Receipt("policy", row.id)
        note_event(desk, session, actor, verb, receipt, facility_id, None, changed=changed)
    return receipt


def check_policy(policy: Policy) -> None:
    """Make sure a policy can be worked by.

    Raises:
        InputError: hours, zone or a number make no sense; names the field.
    """
    policy.schedule()
    for name in ("due_hours", "escalate_hours", "expire_hours"):
        if not 0 < getattr(policy, name) <= _LONGEST_HOURS:
            raise InputError("hours above nothing are needed", field=name)
    if any(not 0 < hours <= _LONGEST_HOURS for hours in policy.reminder_hours):
        raise InputError("hours above nothing are needed", field="reminder_hours")
    if policy.expire_hours < policy.due_hours:
        raise InputError("must not be before the answer is due", field="expire_hours")
    if policy.most_per_day < 1:
        raise InputError("at least one", field="most_per_day")
    if not 1 <= policy.signature_minutes <= 60:
        raise InputError("between 1 and 60 minutes", field="signature_minutes")
