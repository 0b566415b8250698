"""What a step of the record did to a question, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from cdi.domain.encounter import Note
from cdi.domain.finding import NoteSpan, Pointer, QueryType
from cdi.domain.story import Turn, TurnKind
from cdi.domain.timeline import Step
from cdi.review.engine import Asked, judge
from cdi.review.world import ConditionWorld

# As many names are told of; a reason is one line.
_TOLD = 5


class Standing(NamedTuple):
    """The names that hold for a question and against it."""

    supporting: frozenset[str]
    opposing: frozenset[str]


class Moment(NamedTuple):
    """What happened in a step: what came in, and whose notes were struck from the record."""

    step: Step
    struck: Collection[str]


def standing_of(asked: Asked, world: ConditionWorld) -> Standing:
    """Return what holds for a question and against it."""
    names = world.condition.rule_names[asked.rule.id]
    return Standing(
        frozenset(name for name in (*names.triggers, *names.shown) if world.holds(name)),
        frozenset(name for name in names.against if world.holds(name)),
    )


def opening(asked: Asked, world: ConditionWorld, moment: Moment, *, again: bool) -> Turn:
    """Return the turn by which a question opens, or opens again."""
    holding = sorted(standing_of(asked, world).supporting)
    reason = world.parties or _told("", holding) or "its sentence is true"
    kind = TurnKind.REOPENED if again else TurnKind.OPENED
    return _turn(kind, asked, moment, reason, _new(world, holding, moment.step))


def change(
    before: Asked,
    was: Standing,
    now: Asked,
    standing: Standing,
    world: ConditionWorld,
    moment: Moment,
) -> Turn | None:
    """Return what a step changed about a question that stays open, None if nothing."""
    if before.rule.spec.type is not now.rule.spec.type or before.missing != now.missing:
        names = [axis.replace(" ", "_") for axis in before.missing if axis not in now.missing]
        reason = _question(before) + " -> " + _question(now)
        evidence = _new(world, ["documented", *names], moment.step)
        return _turn(TurnKind.CHANGED, now, moment, reason, evidence)
    gained, lost = standing.supporting - was.supporting, was.supporting - standing.supporting
    against = standing.opposing - was.opposing
    if lost or against:
        reason = "; ".join(
            part for part in (_told("no longer", lost), _told("against it", against)) if part
        )
        evidence = _new(world, sorted(against), moment.step)
        return _turn(TurnKind.WEAKENED, now, moment, _with_struck(reason, moment), evidence)
    if gained:
        evidence = _new(world, sorted(gained), moment.step)
        return _turn(TurnKind.STRENGTHENED, now, moment, _told("also", gained), evidence)
    return None


def closing(before: Asked, world: ConditionWorld, moment: Moment, instead: str) -> Turn:
    """Return the turn by which a question is resolved.

    Args:
        before: what was asked.
        world: the condition's world after the step.
        moment: the step.
        instead: the condition asked about in its place, "" if none.
    """
    axes = [axis.replace(" ", "_") for axis in before.missing]
    documented = before.rule.spec.type is QueryType.UNDOCUMENTED and world.holds("documented")
    evidence = _new(world, ["documented", *axes] if documented else axes, moment.step)
    if instead:
        reason, evidence = f"asked about as {instead.replace('_', ' ')}", ()
    elif documented and (evidence or not moment.struck):
        reason = _with_struck("documented", moment)
    elif world.holds("denied") and (found := _new(world, ["denied"], moment.step)):
        reason, evidence = _with_struck("ruled out", moment), found
    elif (stated := [a for a in axes if world.holds(a)]) and (evidence or not moment.struck):
        told = ", ".join(axis.replace("_", " ") for axis in stated)
        reason = _with_struck(f"{told} documented", moment)
    elif moment.struck:
        reason = _with_struck("its evidence no longer counts", moment)
    else:
        reason = judge(before.rule, world).silence or "another question comes first"
        evidence = evidence or _new(world, before.rule.when.names(), moment.step)
    return _turn(TurnKind.RESOLVED, before, moment, reason, evidence)


def settling(before: Asked, world: ConditionWorld, moment: Moment) -> Turn:
    """Return the turn by which a conflict is resolved.

    Args:
        before: what was asked.
        world: of the condition whose statements contradicted each other.
        moment: the step.
    """
    names = ("documented", "denied", *world.condition.axis_names)
    reason = _with_struck("the statements agree or the matter is settled", moment)
    return _turn(TurnKind.RESOLVED, before, moment, reason, _new(world, names, moment.step))


def _turn(
    kind: TurnKind, asked: Asked, moment: Moment, reason: str, evidence: tuple[Pointer, ...]
) -> Turn:
    note = _note_of(evidence, moment.step.notes)
    return Turn(
        kind=kind,
        at=moment.step.at,
        type=asked.rule.spec.type,
        missing=asked.missing,
        reason=reason,
        evidence=evidence,
        note=note.id if note else "",
        author=note.author if note else "",
    )


def _note_of(evidence: Sequence[Pointer], notes: Sequence[Note]) -> Note | None:
    ids = {pointer.note_id for pointer in evidence if isinstance(pointer, NoteSpan)}
    return next((note for note in notes if note.id in ids), None)


def _new(world: ConditionWorld, names: Collection[str], step: Step) -> tuple[Pointer, ...]:
    """Return the evidence of names that came in with a step."""
    ids = {
        *(note.id for note in step.notes),
        *(observation.id for observation in step.observations),
        *(drug.id for drug in step.medications),
    }
    return tuple(dict.fromkeys(p for p in _pointers(world, names) if _identifier(p) in ids))


def _pointers(world: ConditionWorld, names: Collection[str]) -> Iterator[Pointer]:
    for name in names:
        if "." in name or name in world.condition.names:
            yield from world.evidence_of(name)


def _identifier(pointer: Pointer) -> str:
    if isinstance(pointer, NoteSpan):
        return pointer.note_id
    return getattr(pointer, "observation_id", "") or getattr(pointer, "medication_id", "")


def _question(asked: Asked) -> str:
    axes = f" ({', '.join(asked.missing)})" if asked.missing else ""
    return f"{asked.rule.spec.type.value}{axes}"


def _told(word: str, names: Collection[str]) -> str:
    if not names:
        return ""
    ordered = sorted(names)
    text = ", ".join(name.replace("_", " ") for name in ordered[:_TOLD])
    more = f" and {len(ordered) - _TOLD} more" if len(ordered) > _TOLD else ""
    return f"{word}: {text}{more}" if word else f"{text}{more}"


def _with_struck(reason: str, moment: Moment) -> str:
    if not moment.struck:
        return reason
    retracted = frozenset(moment.step.retracted)
    names = (f"{name} (retracted)" if name in retracted else name for name in sorted(moment.struck))
    return f"{reason}; struck from the record: {', '.join(names)}"
