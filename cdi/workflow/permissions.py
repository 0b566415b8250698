"""Who may do what: one table of verbs and roles, then the facility, then the care team."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cdi.domain.actor import Actor, StaffRole
from cdi.errors import NotAllowed, NotFound

_SPECIALIST = StaffRole.SPECIALIST
_PHYSICIAN = StaffRole.PHYSICIAN
_CODER = StaffRole.CODER
_MANAGER = StaffRole.MANAGER
_AUDITOR = StaffRole.AUDITOR
_ADMIN = StaffRole.ADMIN
_SERVICE = StaffRole.SERVICE

_DESK = frozenset({_SPECIALIST, _MANAGER})
_CLOCK = frozenset({_SPECIALIST, _MANAGER, _SERVICE})

# What is not here nobody may do.
PERMISSIONS: Mapping[str, frozenset[StaffRole]] = MappingProxyType(
    {
        "encounter.ingest": frozenset({_SPECIALIST, _SERVICE}),
        "encounter.review": frozenset({_SPECIALIST, _MANAGER, _SERVICE}),
        "encounter.read": frozenset({_SPECIALIST, _MANAGER, _CODER, _PHYSICIAN}),
        "encounter.find": frozenset({_SPECIALIST, _MANAGER, _CODER, _PHYSICIAN}),
        "encounter.assign": _DESK,
        "finding.list": frozenset({_SPECIALIST, _MANAGER}),
        "finding.dismiss": _DESK,
        "finding.snooze": _DESK,
        "query.draft": _DESK,
        "query.edit": _DESK,
        "query.check": _DESK,
        "query.address": _DESK,
        "query.submit": _DESK,
        "query.return": _DESK,
        "query.send": _DESK,
        "query.override": frozenset({_MANAGER}),
        "query.record_verbal": _DESK,
        "query.read": frozenset({_SPECIALIST, _MANAGER, _CODER, _AUDITOR, _PHYSICIAN}),
        "query.list": frozenset({_SPECIALIST, _MANAGER, _CODER, _AUDITOR, _PHYSICIAN}),
        "query.view": frozenset({_PHYSICIAN}),
        "query.answer": frozenset({_PHYSICIAN}),
        "query.keep_answer": frozenset({_PHYSICIAN}),
        "query.decline": frozenset({_PHYSICIAN}),
        "query.reroute": frozenset({_SPECIALIST, _MANAGER, _PHYSICIAN}),
        "query.remind": _CLOCK,
        "query.escalate": _CLOCK,
        "query.expire": _CLOCK,
        "query.verify": _CLOCK,
        "query.close": _CLOCK,
        "query.withdraw": _CLOCK,
        "query.resolve": _CLOCK,
        "diagnosis.list": frozenset({_CODER, _MANAGER}),
        "diagnosis.accept": frozenset({_CODER}),
        "diagnosis.code": frozenset({_CODER}),
        "diagnosis.return": frozenset({_CODER}),
        "coding.import": frozenset({_CODER, _SERVICE}),
        "coding.reconcile": frozenset({_CODER, _MANAGER}),
        "diagnosis.export": frozenset({_CODER, _MANAGER, _SERVICE}),
        "query.export": frozenset({_SPECIALIST, _MANAGER, _CODER, _AUDITOR, _SERVICE}),
        "cards.read": frozenset({_SERVICE}),
        "policy.change": frozenset({_MANAGER, _ADMIN}),
        "letter_audit.draw": frozenset({_MANAGER, _AUDITOR}),
        "letter_audit.read": frozenset({_MANAGER, _AUDITOR}),
        "letter_audit.judge": frozenset({_MANAGER, _AUDITOR}),
        "metrics.read": frozenset({_MANAGER}),
        "impact.read": frozenset({_CODER, _MANAGER}),
        "rule.mute": frozenset({_MANAGER}),
        "rule.unmute": frozenset({_MANAGER}),
        "metrics.scrape": frozenset({_SERVICE}),
        "user.add": frozenset({_ADMIN}),
        "user.list": frozenset({_ADMIN}),
        "user.change": frozenset({_ADMIN}),
        "user.close": frozenset({_ADMIN}),
        "user.open": frozenset({_ADMIN}),
        "facility.add": frozenset({_ADMIN}),
        "facility.list": frozenset({_ADMIN}),
        "policy.read": frozenset({_MANAGER, _ADMIN}),
        "intake.read": frozenset({_ADMIN}),
        "audit.verify": frozenset({_AUDITOR, _ADMIN}),
        "user.revoke": frozenset({_ADMIN}),
        "token.add": frozenset({_ADMIN}),
        "token.list": frozenset({_ADMIN}),
        "token.revoke": frozenset({_ADMIN}),
        "encounter.open_emergency": frozenset({_PHYSICIAN}),
        "subscription.add": frozenset({_ADMIN}),
        "subscription.list": frozenset({_ADMIN}),
        "subscription.rotate": frozenset({_ADMIN}),
        "subscription.test": frozenset({_ADMIN}),
        "subscription.end": frozenset({_ADMIN}),
        "delivery.list": frozenset({_ADMIN}),
        "delivery.retry": frozenset({_ADMIN}),
        "audit.read": frozenset({_AUDITOR, _ADMIN}),
        "audit.export": frozenset({_AUDITOR, _ADMIN}),
    }
)


def require(actor: Actor, verb: str, facility_id: str, encounter_id: str | None = None) -> None:
    """Make sure an actor may do this here.

    Physicians reach only encounters they care for, or have opened in an emergency; a query they
    are asked is theirs to see anyway, see :func:`require_of_query`.

    Raises:
        NotFound: the actor has no role at the facility, or not the care team: what is there is
            not theirs to know.
        NotAllowed: the actor is at the right place but has not the role.
    """
    held = actor.roles.get(facility_id, frozenset())
    if not held:
        raise NotFound("there is no such thing")
    able = held & PERMISSIONS.get(verb, frozenset())
    if actor.limited_from(verb):
        raise NotAllowed(f"this token is not for {verb}")
    if not able:
        raise NotAllowed(f"{verb} takes one of: {', '.join(_roles(verb)) or 'nobody'}")
    if encounter_id and able == {StaffRole.PHYSICIAN} and not _cares(actor, encounter_id):
        raise NotFound("there is no such thing")


def require_of_query(
    actor: Actor, verb: str, facility_id: str, encounter_id: str, asked: frozenset[str]
) -> None:
    """Make sure an actor may do this with a query.

    Args:
        actor: who acts.
        verb: what is to be done.
        facility_id: where the query belongs.
        encounter_id: what it is about.
        asked: ids of those who may answer: recipient, cover, and whom it was escalated to.

    Raises:
        NotFound, NotAllowed: as :func:`require`; a physician who is not asked may read a query of
            an encounter they care for, and not answer it.
    """
    if actor.id in asked:
        require(actor, verb, facility_id)
        return
    require(actor, verb, facility_id, encounter_id)
    able = actor.roles[facility_id] & PERMISSIONS[verb]
    if able == {StaffRole.PHYSICIAN} and verb != "query.read":
        raise NotAllowed(f"{verb} is for those who are asked")


def reach(actor: Actor, verb: str) -> frozenset[str]:
    """Return the facilities whose things an actor may list.

    Raises:
        NotAllowed: there is none.
    """
    if actor.limited_from(verb):
        raise NotAllowed(f"this token is not for {verb}")
    places = actor.facilities(*PERMISSIONS.get(verb, frozenset()))
    if not places:
        raise NotAllowed(f"{verb} takes one of: {', '.join(_roles(verb)) or 'nobody'}")
    return places


def _cares(actor: Actor, encounter_id: str) -> bool:
    return encounter_id in actor.care_teams or encounter_id in actor.emergencies


def _roles(verb: str) -> list[str]:
    return sorted(PERMISSIONS.get(verb, frozenset()))
