"""Choosing the facts a question quotes: few, each once, those that matter first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from cdi.domain.encounter import Encounter
from cdi.domain.finding import Evidence, EvidenceRole, Finding, NoteSpan, Pointer
from cdi.domain.letter import Indicator
from cdi.domain.record import Quotation, RecordIndex
from cdi.errors import InputError, LetterError
from cdi.letters.excerpt import widen
from cdi.rules.schema import Group

# A physician reads a handful of facts; more of the same adds nothing (practice rule Q03).
MOST_FACTS = 8
MOST_PER_NAME = 3

# What is written comes first, then the order in which charts are read.
_GROUPS = (Group.DOCUMENTATION.value, *(g.value for g in Group if g is not Group.DOCUMENTATION))


@dataclass(frozen=True, slots=True)
class Fact:
    """An indicator with the names of the rule it makes true and what it does for the finding."""

    indicator: Indicator
    names: frozenset[str]
    roles: frozenset[EvidenceRole]


class _Ranked(NamedTuple):
    rank: int
    evidence: Evidence


def choose_facts(
    finding: Finding, encounter: Encounter, needed: Collection[str], first: int = 1
) -> tuple[Fact, ...]:
    """Return the facts to quote, in reading order: by group, then by time.

    Args:
        finding: whose evidence is chosen from.
        encounter: the record the evidence points into.
        needed: names that answer options lean on; a fact for each is kept.
        first: number of the first indicator id ("i1").

    Raises:
        LetterError: an evidence pointer does not resolve, or there is no evidence.
    """
    names, record = _names_by_pointer(finding), RecordIndex(encounter)
    facts: dict[tuple[str, str], Fact] = {}
    for evidence in _most_telling(finding.evidence, needed):
        fact = _fact(evidence, record, names[evidence.pointer], finding.key)
        key = fact.indicator.text, fact.indicator.source
        if key in facts:
            known = facts[key]
            facts[key] = Fact(known.indicator, known.names | fact.names, known.roles | fact.roles)
        elif len(facts) < MOST_FACTS:
            facts[key] = fact
    if not facts:
        raise LetterError(f"{finding.key}: there is no evidence to quote")
    ordered = sorted(facts.values(), key=_reading_order)
    return tuple(_numbered(fact, number) for number, fact in enumerate(ordered, first))


def record_facts(finding: Finding, encounter: Encounter) -> dict[str, Indicator]:
    """Return every fact that a letter about a finding may quote, by an id of its own ("e3").

    A writer adds facts from these and types none. What no longer resolves is left out.
    """
    names, record = _names_by_pointer(finding), RecordIndex(encounter)
    found: dict[tuple[str, str], tuple[str, Indicator]] = {}
    for number, evidence in enumerate(finding.evidence):
        try:
            fact = _fact(evidence, record, names[evidence.pointer], finding.key)
        except LetterError:
            continue
        key = fact.indicator.text, fact.indicator.source
        found.setdefault(key, (f"e{number}", fact.indicator))
    return dict(found.values())


def group_rank(group: str) -> int:
    """Return where a heading stands in a letter; unknown ones stand last."""
    return _GROUPS.index(group) if group in _GROUPS else len(_GROUPS)


def _most_telling(evidence: tuple[Evidence, ...], needed: Collection[str]) -> list[Evidence]:
    """Order evidence by what it is worth to the reader, at most a few for each name."""
    ranked: list[_Ranked] = []
    seen: Counter[str] = Counter()
    for item in evidence:
        repeat = seen[item.name]
        seen[item.name] += 1
        if repeat >= MOST_PER_NAME:
            continue
        if not repeat and (item.name in needed or item.role is EvidenceRole.AGAINST):
            ranked.append(_Ranked(0, item))  # an option, or the balance of the letter, needs it
        elif item.role is EvidenceRole.TRIGGER:
            ranked.append(_Ranked(1, item))
        else:
            ranked.append(_Ranked(2 + repeat, item))
    ranked.sort(key=lambda item: item.rank)
    return [item.evidence for item in ranked]


def _names_by_pointer(finding: Finding) -> Mapping[Pointer, frozenset[str]]:
    """Return every name each pointer makes true: evidence carries one, the explanation all."""
    names: dict[Pointer, set[str]] = {}
    for evidence in finding.evidence:
        names.setdefault(evidence.pointer, set()).add(evidence.name)
    for truth in finding.explanation.names:
        for pointer in truth.evidence if truth.true else ():
            names.setdefault(pointer, set()).add(truth.name)
    return {pointer: frozenset(found) for pointer, found in names.items()}


def _fact(evidence: Evidence, record: RecordIndex, names: frozenset[str], key: str) -> Fact:
    pointer = evidence.pointer
    try:
        if isinstance(pointer, NoteSpan):
            record.quote(pointer)  # the evidence itself must be there before it is widened
            pointer = widen(pointer, record.note_text(pointer.note_id))
        quotation = record.quote(pointer)
    except InputError as error:
        raise LetterError(f"{key}: {error}") from error
    return Fact(_indicator(quotation, pointer, evidence.group), names, frozenset({evidence.role}))


def _indicator(quotation: Quotation, pointer: Pointer, group: str) -> Indicator:
    return Indicator(
        id="",
        text=quotation.text,
        source=quotation.source,
        recorded_at=quotation.recorded_at,
        pointer=pointer,
        group=group or Group.DOCUMENTATION.value,
    )


def _numbered(fact: Fact, number: int) -> Fact:
    return replace(fact, indicator=replace(fact.indicator, id=f"i{number}"))


def _reading_order(fact: Fact) -> tuple[int, bool, float, str, int]:
    """Order by heading, then time (undated last), then place in the record."""
    indicator = fact.indicator
    pointer = indicator.pointer
    place = (pointer.note_id, pointer.start) if isinstance(pointer, NoteSpan) else ("", 0)
    at = indicator.recorded_at
    return (group_rank(indicator.group), at is None, _seconds(at), *place)


def _seconds(at: datetime | None) -> float:
    return at.timestamp() if at is not None else 0.0
