"""What is true of one condition in one encounter: the world its sentences are judged in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from cdi.domain.encounter import Medication
from cdi.domain.finding import NoteSpan, Pointer
from cdi.domain.reading import Assertion, Certainty, Mention
from cdi.domain.timeline import instant
from cdi.review.facts import EncounterFacts, NotedMention, treating
from cdi.review.indicators import Pointers, asserted, indicator_evidence
from cdi.review.last_word import withdrawn
from cdi.review.onset import unclear_onset
from cdi.rules.condition import BUILT_IN, Condition
from cdi.rules.schema import Course

# "Possible CHF" and "admitted to rule out CHF" both leave the question open.
_OPEN = frozenset({Assertion.POSSIBLE, Assertion.HYPOTHETICAL})
# An explicit "no heart failure" there is the template's word, not a considered one.
_TEMPLATE_SECTIONS = frozenset({"review_of_systems", "physical_exam"})
_PAST_SECTIONS = frozenset({"past_medical_history", "past_surgical_history"})

_EARLIER = re.compile(r"\b(?:prior|previous|past|history|hx|h/o)\b", re.IGNORECASE)


class AxisValue(NamedTuple):
    """A value of an axis and where it is stated."""

    value: str
    pointer: Pointer


class ConditionWorld:
    """Truth and evidence of every name of a condition; each is worked out once, when asked for.

    Args:
        condition: whose names these are.
        facts: the encounter.
        other: gives the world of another condition, for names such as ``stroke.documented``.

    Attributes:
        about: the condition whose statements are contested, "" in every ordinary world.
    """

    about = ""

    @property
    def parties(self) -> str:
        """Who contradicts whom; "" in every ordinary world."""
        return ""

    def __init__(
        self,
        condition: Condition,
        facts: EncounterFacts,
        other: Callable[[str], ConditionWorld],
    ) -> None:
        self.condition, self._facts, self._other = condition, facts, other
        self._bits, self._told = facts.names(condition), facts.told(condition)
        self._evidence: dict[str, Pointers] = {}
        self._truth: dict[str, bool] = {}
        self._axes: dict[str, tuple[AxisValue, ...]] = {}

    def holds(self, name: str) -> bool:
        """Tell whether a name is true."""
        truth = self._truth.get(name)
        if truth is None:
            fact = self.condition.facts.get(name)
            truth = self._truth[name] = fact.holds(self) if fact else bool(self.evidence(name))
        return truth

    def values(self, name: str) -> frozenset[str]:
        """Return the values documented for an axis, by its name in sentences."""
        owner, _, axis = name.rpartition(".")
        if owner:
            return self._other(owner).values(axis)
        return frozenset(value.value for value in self._axis_values(name))

    def evidence(self, name: str) -> Pointers:
        """Return the pointers that make a name true; empty if it is false or a fact."""
        found = self._evidence.get(name)
        if found is None:
            bit = self._bits.get(name)  # none of the names of other conditions
            told = bit is None or self._told & bit  # most often nothing is
            found = self._evidence[name] = tuple(self._find(name)) if told else ()
        return found

    def _find(self, name: str) -> Sequence[Pointer]:
        if "." in name:
            owner, _, rest = name.partition(".")
            return tuple(dict.fromkeys(self._other(owner).evidence_of(rest)))
        if name in BUILT_IN:
            return self._built_in(name)
        if name in self.condition.spec.indicators:
            return indicator_evidence(self.condition, name, self._facts)
        if name in self.condition.axis_names:
            return tuple(dict.fromkeys(value.pointer for value in self._axis_values(name)))
        return self._said(name, name, asserted)

    def evidence_of(self, name: str) -> Pointers:
        """Return the evidence of a name, of a fact that of the names it affirms."""
        if name not in self.condition.facts:
            return self.evidence(name)
        if not self.holds(name):
            return ()
        return tuple(
            pointer for part in self.condition.affirmed[name] for pointer in self.evidence(part)
        )

    def medication(self, identifier: str) -> Medication | None:
        """Return a medication of the record."""
        return next((m for m in self._facts.medications if m.id == identifier), None)

    def together(self, parts: tuple[tuple[str, ...], ...], count: int, hours: int) -> bool:
        """Tell whether so many of the groups of names have evidence within so many hours.

        What has no time in the record may have been at any time.
        """
        key = (self.condition.id, parts, count, hours)
        if key not in self._facts.met:
            times = [[t for name in names for t in self.times(name)] for names in parts]
            timed = [found for found in times if found]
            if _meet(timed, count - (len(times) - len(timed)), hours * 3600.0):
                self._facts.met.add(key)
        return key in self._facts.met

    def times(self, name: str) -> Iterator[float]:
        """Yield the seconds at which a name was recorded, as far as the record tells."""
        for pointer in self.evidence_of(name):
            at = self._facts.time_of(pointer)
            if at is not None:
                yield instant(at)

    def _built_in(self, name: str) -> Sequence[Pointer]:
        if name == "onset_unclear":
            return unclear_onset(self, self._facts)
        if name == "documented" and withdrawn(self._facts, self.condition.id):
            return ()
        test = _BUILT_IN_TESTS[name]
        if name == "denied" and self.condition.spec.course is Course.ACUTE:
            test = _denied_now

        def by_provider(noted: NotedMention) -> bool:
            return treating(noted.note) and not noted.mention.reported and test(noted)

        return self._said(name, "vague" if name == "vague" else "documented", by_provider)

    def _said(
        self, name: str, source: str, test: Callable[[NotedMention], bool]
    ) -> Sequence[Pointer]:
        """Return the mentions of ``source`` that pass a test which makes ``name`` true."""
        mentions = self._facts.mentions(self.condition.id, source)
        if not mentions:
            return ()

        def told(new: Sequence[NotedMention]) -> Iterator[Pointer]:
            return (_pointer(noted) for noted in new if test(noted))

        return self._facts.grown((self.condition.id, name), mentions, told)

    def _axis_values(self, name: str) -> tuple[AxisValue, ...]:
        if name not in self._axes:
            told = self._told & self._bits[name]
            self._axes[name] = tuple(self._find_axis_values(name)) if told else ()
        return self._axes[name]

    def _find_axis_values(self, name: str) -> Iterator[AxisValue]:
        roles = self.condition.spec.axes[self.condition.axis_names[name]].roles
        lasting = self.condition.spec.course is Course.CHRONIC
        for source in dict.fromkeys(("documented", "vague", name)):
            heads = self._facts.mentions(self.condition.id, source)

            def stated(new: Sequence[NotedMention], source: str = source) -> Iterator[AxisValue]:
                for head in new:
                    if source != name and not _carries_axes(head):
                        continue
                    for noted in self._facts.attached(head):
                        if noted.mention.name != name or not _stated_of(noted, head, lasting):
                            continue
                        if noted.note.role in roles or (
                            treating(noted.note) and not noted.mention.reported
                        ):
                            yield AxisValue(noted.mention.value, _pointer(noted))

            if heads:
                yield from self._facts.grown((self.condition.id, name, source), heads, stated)


def _meet(groups: Sequence[Sequence[float]], count: int, seconds: float) -> bool:
    """Tell whether ``count`` of the groups have a moment within one window."""
    if count <= 0:
        return True
    moments = sorted((at, number) for number, group in enumerate(groups) for at in group)
    inside: Counter[int] = Counter()
    first = 0
    for at, number in moments:
        inside[number] += 1
        while at - moments[first][0] > seconds:
            left = moments[first][1]
            inside[left] -= 1
            if not inside[left]:
                del inside[left]
            first += 1
        if len(inside) >= count:
            return True
    return False


def _carries_axes(head: NotedMention) -> bool:
    """An axis stated of a past or possible condition still describes it; of a denied one not."""
    return head.mention.assertion not in {
        Assertion.ABSENT,
        Assertion.FAMILY,
        Assertion.HYPOTHETICAL,
    }


def _denied_now(noted: NotedMention) -> bool:
    """Tell whether an acute condition is denied for now: "no prior DKA" does not deny one."""
    mention, text = noted.mention, noted.note.text
    words = text[mention.cue_start : mention.start] if mention.cue_start < mention.start else ""
    return _BUILT_IN_TESTS["denied"](noted) and _EARLIER.search(words) is None


def _stated_of(value: NotedMention, head: NotedMention, lasting: bool) -> bool:
    """A value is stated if it is asserted, or past together with what it describes."""
    if asserted(value):
        return True
    both_past = value.mention.assertion is head.mention.assertion is Assertion.HISTORICAL
    return both_past and (lasting or not _event_of_the_past(head.mention))


def _event_of_the_past(mention: Mention) -> bool:
    """Tell what a list of past illnesses dates or ends in words, not merely holds.

    The wall of an infarction of 2015 says nothing of today's; the site of a cancer that is listed
    there is that of today.
    """
    return mention.section in _PAST_SECTIONS and mention.cue_start < mention.cue_end


def _pointer(noted: NotedMention) -> NoteSpan:
    return NoteSpan(noted.note.id, noted.mention.start, noted.mention.end)


_BUILT_IN_TESTS: dict[str, Callable[[NotedMention], bool]] = {
    "documented": asserted,
    "vague": asserted,
    "considered": lambda noted: (
        noted.mention.assertion in _OPEN and noted.mention.certainty is Certainty.WORKUP
    ),
    "denied": lambda noted: (
        noted.mention.assertion is Assertion.ABSENT
        and noted.mention.section not in _TEMPLATE_SECTIONS
    ),
    "historical": lambda noted: noted.mention.assertion is Assertion.HISTORICAL,
}
