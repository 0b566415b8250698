"""Who may do what, and where: every role against every verb, here, elsewhere, and outside."""

from __future__ import annotations

import pytest
from desks import ELSEWHERE, HERE, Hospital

from cdi.domain.actor import Actor, StaffRole
from cdi.domain.reasons import EndReason
from cdi.errors import CdiError, NotAllowed, NotFound
from cdi.workflow.lifecycle import view_query, withdraw_query
from cdi.workflow.permissions import PERMISSIONS, reach, require, require_of_query
from cdi.workflow.reviews import review_encounter

# Letters of the roles that may: Specialist, Physician, Coder, Manager, Auditor, aDmin, serVice.
TABLE = {
    "encounter.ingest": "S.....V",
    "encounter.review": "S..M..V",
    "encounter.read": "SPCM...",
    "encounter.find": "SPCM...",
    "encounter.assign": "S..M...",
    "finding.list": "S..M...",
    "finding.dismiss": "S..M...",
    "finding.snooze": "S..M...",
    "query.draft": "S..M...",
    "query.edit": "S..M...",
    "query.check": "S..M...",
    "query.address": "S..M...",
    "query.submit": "S..M...",
    "query.return": "S..M...",
    "query.send": "S..M...",
    "query.override": "...M...",
    "query.record_verbal": "S..M...",
    "query.read": "SPCMA..",
    "query.list": "SPCMA..",
    "query.view": ".P.....",
    "query.answer": ".P.....",
    "query.keep_answer": ".P.....",
    "query.decline": ".P.....",
    "query.reroute": "SP.M...",
    "query.remind": "S..M..V",
    "query.escalate": "S..M..V",
    "query.expire": "S..M..V",
    "query.verify": "S..M..V",
    "query.close": "S..M..V",
    "query.withdraw": "S..M..V",
    "query.resolve": "S..M..V",
    "diagnosis.list": "..CM...",
    "diagnosis.accept": "..C....",
    "diagnosis.code": "..C....",
    "diagnosis.return": "..C....",
    "coding.import": "..C...V",
    "coding.reconcile": "..CM...",
    "policy.change": "...M.D.",
    "letter_audit.draw": "...MA..",
    "letter_audit.read": "...MA..",
    "letter_audit.judge": "...MA..",
    "metrics.read": "...M...",
    "impact.read": "..CM...",
    "rule.mute": "...M...",
    "rule.unmute": "...M...",
    "user.add": ".....D.",
    "user.list": ".....D.",
    "user.change": ".....D.",
    "user.close": ".....D.",
    "user.open": ".....D.",
    "facility.add": ".....D.",
    "facility.list": ".....D.",
    "policy.read": "...M.D.",
    "intake.read": ".....D.",
    "audit.verify": "....AD.",
    "user.revoke": ".....D.",
    "diagnosis.export": "..CM..V",
    "query.export": "S.CMA.V",
    "cards.read": "......V",
    "metrics.scrape": "......V",
    "token.add": ".....D.",
    "token.list": ".....D.",
    "token.revoke": ".....D.",
    "encounter.open_emergency": ".P.....",
    "audit.read": "....AD.",
    "audit.export": "....AD.",
    "subscription.add": ".....D.",
    "subscription.list": ".....D.",
    "subscription.rotate": ".....D.",
    "subscription.test": ".....D.",
    "subscription.end": ".....D.",
    "delivery.list": ".....D.",
    "delivery.retry": ".....D.",
}
CASES = [
    (verb, role, letter != ".")
    for verb, letters in TABLE.items()
    for role, letter in zip(StaffRole, letters, strict=True)
]


def actor(role: StaffRole, **changes: object) -> Actor:
    return Actor("u", {HERE: frozenset({role})}, **changes)  # type: ignore[arg-type]


def outcome(call: object, *args: object) -> type[CdiError] | None:
    try:
        call(*args)  # type: ignore[operator]
    except CdiError as error:
        return type(error)
    return None


def test_the_table_names_every_verb() -> None:
    assert set(TABLE) == set(PERMISSIONS)


@pytest.mark.parametrize(("verb", "role", "may"), CASES)
def test_a_role_may_do_what_the_table_says_at_its_own_facility(
    verb: str, role: StaffRole, may: bool
) -> None:
    assert outcome(require, actor(role), verb, HERE) is (None if may else NotAllowed)


@pytest.mark.parametrize(("verb", "role", "_may"), CASES)
def test_nobody_learns_of_things_at_another_facility(
    verb: str, role: StaffRole, _may: bool
) -> None:
    assert outcome(require, actor(role), verb, ELSEWHERE) is NotFound


def test_a_verb_that_is_not_in_the_table_is_for_nobody() -> None:
    assert outcome(require, actor(StaffRole.ADMIN), "query.erase", HERE) is NotAllowed


def test_a_physician_reads_only_encounters_of_their_care_teams() -> None:
    pat = actor(StaffRole.PHYSICIAN, care_teams=frozenset({"e1"}))
    assert outcome(require, pat, "encounter.read", HERE, "e1") is None
    assert outcome(require, pat, "encounter.read", HERE, "e2") is NotFound


def test_an_emergency_opens_the_encounter_it_was_declared_for() -> None:
    pat = actor(StaffRole.PHYSICIAN, emergencies={"e2": "cardiac arrest"})
    assert outcome(require, pat, "encounter.read", HERE, "e2") is None
    assert outcome(require, pat, "encounter.read", HERE, "e3") is NotFound


def test_a_specialist_who_is_a_physician_too_is_not_bound_to_care_teams() -> None:
    both = Actor("u", {HERE: frozenset({StaffRole.PHYSICIAN, StaffRole.SPECIALIST})})
    assert outcome(require, both, "encounter.read", HERE, "e9") is None


@pytest.mark.parametrize(
    ("asked", "team", "verb", "expected"),
    [
        (True, False, "query.answer", None),
        (True, False, "query.read", None),
        (False, True, "query.read", None),
        (False, True, "query.answer", NotAllowed),
        (False, True, "query.view", NotAllowed),
        (False, False, "query.read", NotFound),
        (False, False, "query.answer", NotFound),
    ],
)
def test_only_those_who_are_asked_answer(
    asked: bool, team: bool, verb: str, expected: type[CdiError] | None
) -> None:
    pat = actor(StaffRole.PHYSICIAN, care_teams=frozenset({"e1"} if team else ()))
    recipients = frozenset({"u"} if asked else {"other"})
    assert outcome(require_of_query, pat, verb, HERE, "e1", recipients) is expected


def test_lists_reach_the_facilities_where_the_role_is_held() -> None:
    roles = {HERE: frozenset({StaffRole.CODER}), ELSEWHERE: frozenset({StaffRole.PHYSICIAN})}
    assert reach(Actor("u", roles), "diagnosis.list") == {HERE}
    assert outcome(reach, Actor("u", roles), "audit.read") is NotAllowed


def test_use_cases_ask_for_permission(hospital: Hospital) -> None:
    sent = hospital.sent()
    encounter_id = hospital.query(sent.id).encounter_id
    stranger, coder = hospital.actor("zoe"), hospital.actor("kim")
    desk = hospital.desk
    with pytest.raises(NotFound):
        review_encounter(desk, stranger, encounter_id)
    with pytest.raises(NotFound):
        withdraw_query(desk, stranger, sent.id, sent.version, EndReason.NOT_NEEDED)
    with pytest.raises(NotAllowed):
        withdraw_query(desk, coder, sent.id, sent.version, EndReason.NOT_NEEDED)
    with pytest.raises(NotAllowed):
        view_query(desk, hospital.actor("sam"), sent.id)
    with pytest.raises(NotFound):
        view_query(desk, hospital.actor("pia"), sent.id)
