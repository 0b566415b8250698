"""Rules at a facility: how often they are right, and muting those that are not."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from math import sqrt

from cdi.domain.actor import Actor
from cdi.domain.query import FindingChange, FindingState
from cdi.domain.reasons import DismissalReason
from cdi.errors import ConflictError, InputError, NotFound
from cdi.storage import Session
from cdi.storage.rules import (
    Fate,
    Rule,
    fates_of_rules,
    move_findings,
    muted_rules,
    was_raised,
)
from cdi.storage.tables import RuleMuteRow
from cdi.workflow.desk import Desk, Receipt, Request, carry_out, note_event
from cdi.workflow.metrics import Period, find_days
from cdi.workflow.permissions import require

_NOISE = frozenset(
    {DismissalReason.NOT_SUPPORTED, DismissalReason.MISREAD, DismissalReason.NOT_RELEVANT}
)
_LONGEST_REASON = 400
# The normal quantile of a 95 % interval.
_Z = 1.959964


@dataclass(frozen=True, slots=True)
class RuleHealth:
    """What became of the findings that a rule raised in a time.

    Attributes:
        findings: how many were raised.
        sent: questions sent in that time, about these findings or earlier ones.
        kept: those of the findings that somebody asked about.
        noise: dismissed as not supported, misread or irrelevant.
        documented: dismissed because the record says it already.
        other: dismissed for another reason, such as a policy; they do not speak about the rule.
        muted: the mute that stands.
    """

    condition: str
    name: str
    findings: int
    sent: int
    kept: int
    noise: int
    documented: int
    other: int
    muted: RuleMuteRow | None = None

    @property
    def judged(self) -> int:
        """Findings that somebody decided about, for or against."""
        return self.kept + self.noise + self.documented

    @property
    def precision(self) -> float | None:
        """Share of the judged findings that were worth a question; None if none was judged."""
        return self.kept / self.judged if self.judged else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the precision (Wilson, 1927)."""
        return wilson(self.kept, self.judged) if self.judged else None


def wilson(hits: int, whole: int) -> tuple[float, float]:
    """Return the 95 % score interval of a share, at home also with few cases (Wilson, 1927)."""
    share, square = hits / whole, _Z * _Z
    middle = share + square / (2 * whole)
    half = _Z * sqrt(share * (1 - share) / whole + square / (4 * whole * whole))
    scale = 1 + square / whole
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


def open_rule_health(
    desk: Desk, actor: Actor, facility_id: str, period: Period
) -> tuple[RuleHealth, ...]:
    """Return the health of every rule that raised or asked anything, or is muted; noisiest first.

    They are numbers without any patient, so that looking at them is no event.

    Raises:
        NotFound, NotAllowed: as the permissions say.
    """
    require(actor, "metrics.read", facility_id)
    with desk.store.reading() as session:
        muted = muted_rules(session, facility_id)
        now = desk.now()
        days = find_days(session, [facility_id], period, now)
        fates, sent = fates_of_rules(session, days, now)
    groups: defaultdict[Rule, list[Fate]] = defaultdict(list)
    for fate in fates:
        groups[fate.rule].append(fate)
    rules = {*groups, *muted, *sent}
    found = [_health(rule, groups[rule], sent[rule], muted.get(rule)) for rule in rules]
    return tuple(sorted(found, key=lambda h: (-h.noise, -h.findings, h.condition, h.name)))


def _health(rule: Rule, group: list[Fate], sent: int, muted: RuleMuteRow | None) -> RuleHealth:
    counts: Counter[str] = Counter()
    for fate in group:
        if fate.state is not FindingState.DISMISSED:
            counts["kept"] += fate.findings if fate.asked else 0
        elif fate.reason is DismissalReason.ALREADY_DOCUMENTED:
            counts["documented"] += fate.findings
        else:
            counts["noise" if fate.reason in _NOISE else "other"] += fate.findings
    return RuleHealth(
        *rule,
        findings=sum(fate.findings for fate in group),
        sent=sent,
        kept=counts["kept"],
        noise=counts["noise"],
        documented=counts["documented"],
        other=counts["other"],
        muted=muted,
    )


def mute_rule(
    desk: Desk,
    actor: Actor,
    facility_id: str,
    condition: str,
    name: str,
    reason: str,
    *,
    key: str = "",
) -> Receipt:
    """Silence a rule at a facility: its open findings leave the lists, and new ones do not come.

    Reviews go on recording what the rule says, so that nothing is lost when it is heard again.

    Args:
        desk: where.
        actor: a manager there.
        facility_id: where it is to be silent.
        condition: of the rule.
        name: of the finding within the condition.
        reason: about the rule; nothing of a patient.
        key: idempotency key.

    Raises:
        InputError: there is no reason.
        NotFound, NotAllowed: no such rule; else as the permissions say.
        ConflictError: it is muted already.
    """
    verb = "rule.mute"
    require(actor, verb, facility_id)
    if len(reason.strip()) < 3:
        raise InputError("a reason is needed", field="reason")

    def act(session: Session) -> Receipt:
        _check_rule(desk, session, facility_id, (condition, name))
        if (condition, name) in muted_rules(session, facility_id):
            raise ConflictError(f"{condition}.{name} is muted already")
        row = RuleMuteRow(
            facility_id=facility_id,
            condition=condition,
            name=name,
            reason=reason.strip()[:_LONGEST_REASON],
            muted_at=desk.now(),
            muted_by=actor.id,
        )
        session.add(row)
        session.flush()
        moved = move_findings(
            session,
            facility_id,
            (condition, name),
            FindingState.OPEN,
            FindingState.MUTED,
            FindingChange.MUTED,
            actor.id,
            desk.now(),
        )
        return _note(desk, session, actor, verb, row, moved)

    content = {"facility": facility_id, "rule": f"{condition}.{name}", "reason": reason}
    return carry_out(desk, Request(actor, verb, content, key), act)


def unmute_rule(
    desk: Desk, actor: Actor, facility_id: str, condition: str, name: str, *, key: str = ""
) -> Receipt:
    """Let a rule be heard again; what it still finds comes back to the lists.

    Raises:
        ConflictError: it is not muted.
        NotFound, NotAllowed: as the permissions say.
    """
    verb = "rule.unmute"
    require(actor, verb, facility_id)

    def act(session: Session) -> Receipt:
        row = muted_rules(session, facility_id).get((condition, name))
        if row is None:
            raise ConflictError(f"{condition}.{name} is not muted")
        row.ended_at, row.ended_by = desk.now(), actor.id
        session.flush()
        moved = move_findings(
            session,
            facility_id,
            (condition, name),
            FindingState.MUTED,
            FindingState.OPEN,
            FindingChange.UNMUTED,
            actor.id,
            desk.now(),
        )
        return _note(desk, session, actor, verb, row, moved)

    content = {"facility": facility_id, "rule": f"{condition}.{name}"}
    return carry_out(desk, Request(actor, verb, content, key), act)


def _check_rule(desk: Desk, session: Session, facility_id: str, rule: Rule) -> None:
    """Make sure a rule is one of the catalogue, or a general one that was raised here.

    Raises:
        NotFound: it is neither.
    """
    known = desk.scanner.catalogue.conditions.get(rule[0])
    named = known is not None and rule[1] in known.spec.findings
    if not named and not was_raised(session, facility_id, rule):
        raise NotFound("there is no such rule")


def _note(
    desk: Desk, session: Session, actor: Actor, verb: str, row: RuleMuteRow, moved: int
) -> Receipt:
    state = "muted" if row.ended_at is None else "heard"
    receipt = Receipt("rule", row.id, 0, state)
    note_event(
        desk,
        session,
        actor,
        verb,
        receipt,
        row.facility_id,
        None,
        rule=f"{row.condition}.{row.name}",
        findings=moved,
        reason=desk.store.digest(row.reason),
    )
    return receipt
