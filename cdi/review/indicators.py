"""Whether an indicator holds, and the evidence that makes it so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from cdi.domain.encounter import Encounter, Medication
from cdi.domain.finding import MedicationPointer, NoteSpan, Pointer
from cdi.domain.reading import Assertion, Mention, is_claimed
from cdi.domain.timeline import instant
from cdi.review.facts import EncounterFacts, NotedMention, Value, treating
from cdi.review.trends import Change, Pair, around, find_change, of_this_stay
from cdi.rules.condition import Condition
from cdi.rules.measurements import Analyte
from cdi.rules.quantity import Quantity
from cdi.rules.schema import Indicator
from cdi.rules.stay import installed_stay
from cdi.rules.thresholds import accepted, bounds, canonical

Pointers = tuple[Pointer, ...]
_Test = Callable[[Value], bool]

_INTRAVENOUS = re.compile(r"\b(?:IV|I\.V\.|IVP|IVPB|intravenous(?:ly)?|drip|gtt|infusion)\b", re.I)


def asserted(noted: NotedMention) -> bool:
    """Tell whether a mention is claimed of this patient now, at least as probable."""
    return is_claimed(noted.mention.assertion, noted.mention.certainty)


def indicator_evidence(condition: Condition, name: str, facts: EncounterFacts) -> Sequence[Pointer]:
    """Return the evidence for an indicator of a condition; empty if it does not hold.

    What is returned may grow with the facts.
    """
    indicator = condition.spec.indicators[name]
    if indicator.measurement:
        return _measured(condition, name, facts)
    if indicator.device:
        return _in_place(condition, indicator.device, facts)
    mentions = facts.mentions(condition.id, indicator.mention or name)

    def told(new: Sequence[NotedMention]) -> Iterator[Pointer]:
        for noted in new:
            if _counts(indicator, noted) and _in_time(indicator, noted, facts.encounter):
                yield NoteSpan(noted.note.id, noted.mention.start, noted.mention.end)

    pointers = facts.grown((condition.id, name), mentions, told) if mentions else ()
    if indicator.drugs and facts.medications:
        return (*pointers, *_medications(condition, name, indicator, facts))
    return pointers


def _in_place(condition: Condition, kind: str, facts: EncounterFacts) -> Pointers:
    """Return where a device is told of that was in place for days when the condition was named.

    In place on that day or the day before, for more calendar days than CDC NHSN asks for.
    """
    named = (
        noted.note.recorded_at
        for noted in facts.mentions(condition.id, "documented")
        if noted.note.recorded_at is not None and treating(noted.note) and asserted(noted)
    )
    event = min(named, key=instant, default=None)
    if event is None:
        return ()
    days = installed_stay().devices.associated_after_days
    return tuple(
        device.words
        for device in facts.devices(kind)
        if device.words is not None and device.associated(event, days)
    )


def _counts(indicator: Indicator, noted: NotedMention) -> bool:
    mention = noted.mention
    past = mention.assertion is Assertion.HISTORICAL and (
        indicator.ever or (indicator.past and _only_filed_as_past(mention))
    )
    if not (asserted(noted) or past):
        return False
    if indicator.sections and mention.section not in indicator.sections:
        return False
    if mention.section in indicator.not_sections:
        return False
    if indicator.reported != "any" and mention.reported != (indicator.reported == "only"):
        return False
    return indicator.route is None or _is_intravenous(noted)


def _only_filed_as_past(mention: Mention) -> bool:
    """Tell what is history only by the section it stands in, not by its own words."""
    return mention.assertion is Assertion.HISTORICAL and mention.cue_start >= mention.cue_end


def _in_time(indicator: Indicator, noted: NotedMention, encounter: Encounter) -> bool:
    at, admitted = noted.note.recorded_at, encounter.admitted_at
    if indicator.of_admission is None or at is None or admitted is None:
        return True
    return instant(at) - instant(admitted) <= indicator.of_admission.total_seconds()


def _is_intravenous(noted: NotedMention) -> bool:
    """Look for the route beside a drug: "IV Lasix", "Lasix 40 mg IV", "heparin drip"."""
    text, mention = noted.note.text, noted.mention
    if _INTRAVENOUS.search(text, mention.start, mention.end):
        return True
    before = text[max(0, mention.start - 16) : mention.start]
    after = text[mention.end : mention.end + 32]
    # The route of the next drug of a list is not this one's.
    return bool(
        _INTRAVENOUS.search(before.rpartition(",")[2])
        or _INTRAVENOUS.search(re.split(r"[,;\n]|\.\s", after)[0])
    )


def _medications(
    condition: Condition, name: str, indicator: Indicator, facts: EncounterFacts
) -> Sequence[Pointer]:
    names = _drug_names(condition, name)

    def given(new: Sequence[Medication]) -> Iterator[Pointer]:
        for medication in new:
            if indicator.route == "iv" and not _INTRAVENOUS.search(_how_given(medication)):
                continue
            if names.search(medication.name):
                yield MedicationPointer(medication.id)

    return facts.grown((condition.id, name, "given"), facts.medications, given)


def _how_given(medication: Medication) -> str:
    return f"{medication.route} {medication.dose}"


@lru_cache(maxsize=2048)
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(phrases, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b", re.IGNORECASE)


def _drug_names(condition: Condition, name: str) -> re.Pattern[str]:
    return _pattern(tuple(term.phrase for term in condition.terms if term.name == name))


def _measured(condition: Condition, name: str, facts: EncounterFacts) -> Sequence[Pointer]:
    indicator = condition.spec.indicators[name]
    if not facts.adult:
        return ()  # thresholds are for adults
    parts = [
        _measured_one((condition.id, name, variant), indicator, facts)
        for variant in facts.family(indicator.measurement or "")
    ]
    return parts[0] if len(parts) == 1 else tuple(chain.from_iterable(parts))


def _measured_one(
    key: tuple[str, str, str], indicator: Indicator, facts: EncounterFacts
) -> Sequence[Pointer]:
    analyte = key[-1]
    spec = facts.analyte(analyte)
    if indicator.within is not None:
        return _changed(key, indicator, facts)
    test = _threshold(indicator, spec, facts.sex)

    def passing(new: Sequence[Value]) -> Iterator[Pointer]:
        return (pointer for value in new if test(value) for pointer in value.pointers)

    def failing(new: Sequence[Value]) -> Iterator[Value]:
        return (value for value in new if not test(value))

    current = _of_this_stay(indicator, analyte, facts)
    if indicator.lasting is not None:
        lasting = indicator.lasting
        return facts.judged(key, current, lambda _new, _old: _lasting(current, test, lasting))
    if indicator.every and facts.grown((*key, facts.sex, "failing"), current, failing):
        return ()
    return facts.grown((*key, facts.sex), current, passing)


def _of_this_stay(indicator: Indicator, analyte: str, facts: EncounterFacts) -> Sequence[Value]:
    values = facts.values(analyte)

    def counting(new: Sequence[Value]) -> Iterator[Value]:
        return (v for v in new if _measured_so(indicator, v) and of_this_stay(v, values))

    return facts.grown((analyte, indicator.qualifier), values, counting)


def _measured_so(indicator: Indicator, value: Value) -> bool:
    return not indicator.qualifier or indicator.qualifier in value.qualifier


def _threshold(indicator: Indicator, analyte: Analyte, sex: str | None) -> _Test:
    """Return the test of a single value."""
    holds = accepted(indicator, analyte, sex).holds
    return lambda value: holds(*bounds(value.low, value.high, value.comparator))


def _lasting(values: Sequence[Value], test: _Test, duration: timedelta) -> Pointers:
    """Return the first run of timed values that all pass and together span the duration."""
    run: list[Value] = []
    for value in sorted((v for v in values if v.time), key=_moment):
        run = [*run, value] if test(value) else []
        if run and _moment(run[-1]) - _moment(run[0]) >= duration.total_seconds():
            return tuple(pointer for v in run for pointer in v.pointers)
    return ()


def _moment(value: Value) -> float:
    return value.time.timestamp() if value.time else 0.0


class _Trend(NamedTuple):
    """The pair of values that shows a change most, if one does."""

    pair: Pair | None


def _changed(
    key: tuple[str, str, str], indicator: Indicator, facts: EncounterFacts
) -> tuple[Pointer, ...]:
    """Return the two values that show the largest rise, fall or ratio asked for."""
    values, change = facts.values(key[-1]), _change(indicator, facts.analyte(key[-1]))

    def judge(new: Sequence[Value], before: _Trend | None) -> _Trend:
        """Only pairs with a new value can show more than was shown before."""
        near = [v for v in around(values, new, change.within) if _measured_so(indicator, v)]
        found = find_change(near, change)
        if before is None or before.pair is None:
            return _Trend(found)
        return _Trend(found) if found and found.size > before.pair.size else before

    pair = facts.judged(key, values, judge).pair
    return pair.earlier.pointers + pair.later.pointers if pair else ()


def changed_until(indicator: Indicator, facts: EncounterFacts, moment: float) -> bool:
    """Tell whether values up to a moment (in seconds) showed the change of an indicator."""
    for analyte in facts.family(indicator.measurement or ""):
        known = [v for v in facts.values(analyte) if v.time is None or instant(v.time) <= moment]
        values = [v for v in known if _measured_so(indicator, v)]
        if find_change(values, _change(indicator, facts.analyte(analyte))) is not None:
            return True
    return False


def _change(indicator: Indicator, analyte: Analyte) -> Change:
    return Change(
        rise=_difference(indicator.rise, analyte),
        fall=_difference(indicator.fall, analyte),
        ratio=indicator.ratio,
        within=indicator.within or timedelta(),
    )


def _difference(quantity: Quantity | None, analyte: Analyte) -> float | None:
    return None if quantity is None else canonical(quantity, analyte)
