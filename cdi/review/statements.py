"""Statements about a condition: who says what of it, where and when, and by whom it was settled.

What "the same author thinks by now" means stands here; which statements exclude one another is
judged in :mod:`cdi.review.conflicts`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from cdi.domain.encounter import Capacity, Note
from cdi.domain.finding import NoteSpan
from cdi.domain.reading import Assertion
from cdi.domain.timeline import instant
from cdi.review.facts import EncounterFacts, NotedMention, treating
from cdi.review.indicators import asserted
from cdi.rules.condition import Condition

# A remark such as "agree with cardiology" speaks of a diagnosis at most this many sentences away.
_NEAR = 2

# Whoever says a thing three times in a section has said it; the cost stays linear.
_ENOUGH = 3

Place = tuple[float, int, int]


class Statement(NamedTuple):
    """What a treating provider says of a condition.

    Attributes:
        value: the axis value, or what the words name where a diagnosis is present or ruled out.
        head: the mention of the condition.
        words: what states it.
        place: in the order of the record: time of the note, number of the note, character.
        related: (axis, value) of all values said of the same mention.
        within: those of them that stand in the name or before it ("hemorrhagic stroke").
    """

    value: str
    head: NotedMention
    words: NoteSpan
    place: Place
    related: frozenset[tuple[str, str]]
    within: frozenset[tuple[str, str]]

    @property
    def note(self) -> Note:
        """The note it stands in."""
        return self.head.note

    @property
    def section(self) -> str:
        """The kind of section it stands in."""
        return self.head.mention.section

    @property
    def time(self) -> datetime | None:
        """When its note was written."""
        return self.head.note.recorded_at


class StatementReader:
    """Reads the statements of an encounter.

    Args:
        facts: the encounter.
        sections: kinds of section whose diagnoses count as statements; a review of systems or an
            examination is none.
    """

    def __init__(self, facts: EncounterFacts, sections: Collection[str]) -> None:
        self._facts, self._sections = facts, frozenset(sections)
        self._numbers = {note.id: n for n, note in enumerate(facts.encounter.notes)}

    def of_axis(self, condition: Condition, axis: str) -> Iterator[Statement]:
        """Yield what is said of an axis, once for each place."""
        seen: set[tuple[str, int, str]] = set()
        for source in ("documented", axis):
            for head in self._facts.mentions(condition.id, source):
                if not (self._counts(head) and asserted(head)):
                    continue
                attached = self._facts.attached(head)
                for value in _nearest(axis, head, attached):
                    key = (head.note.id, value.mention.start, value.mention.value)
                    if asserted(value) and key not in seen:
                        seen.add(key)
                        yield self._statement(value.mention.value, head, value, attached)

    def of_presence(
        self, condition: Condition, refuting: Remarks
    ) -> tuple[list[Statement], list[Statement]]:
        """Return where the condition is said to be present, and where it is ruled out.

        Args:
            condition: the condition.
            refuting: words that rule a diagnosis out, wherever they stand; "no fever today" is
                none of them.
        """
        present: list[Statement] = []
        refuted: list[Statement] = []
        for head in self._facts.mentions(condition.id, "documented"):
            if not self._counts(head):
                continue
            name = head.note.text[head.mention.start : head.mention.end]
            statement = self._statement(name, head, head, self._facts.attached(head))
            if asserted(head):
                present.append(statement)
            elif head.mention.assertion is Assertion.ABSENT and refuting.cue(head):
                refuted.append(statement)
        return present, refuted

    def _counts(self, head: NotedMention) -> bool:
        mention = head.mention
        return treating(head.note) and not mention.reported and mention.section in self._sections

    def _statement(
        self,
        value: str,
        head: NotedMention,
        words: NotedMention,
        attached: Sequence[NotedMention],
    ) -> Statement:
        start, end = words.mention.start, words.mention.end
        if head.mention.sentence == words.mention.sentence:
            start, end = min(start, head.mention.start), max(end, head.mention.end)
        if head.mention.assertion is Assertion.ABSENT:
            start, end = min(start, head.mention.cue_start), max(end, head.mention.cue_end)
        return Statement(
            value=value,
            head=head,
            words=NoteSpan(head.note.id, start, end),
            place=(instant(head.note.recorded_at), self._numbers[head.note.id], start),
            related=_values(attached),
            within=_values(v for v in attached if v.mention.end <= head.mention.end),
        )


def _values(attached: Iterable[NotedMention]) -> frozenset[tuple[str, str]]:
    return frozenset((value.mention.name, value.mention.value) for value in attached)


def _nearest(axis: str, head: NotedMention, attached: Sequence[NotedMention]) -> list[NotedMention]:
    """Return the values of an axis; those in the name itself before what its sentence adds."""
    values = [value for value in attached if value.mention.name == axis]
    inside = [
        value
        for value in values
        if head.mention.start <= value.mention.start and value.mention.end <= head.mention.end
    ]
    return inside or values


class Remarks:
    """Where certain words stand in the notes, for questions of what is near them.

    Args:
        words: the mentions of these words.
    """

    def __init__(self, words: Iterable[NotedMention]) -> None:
        self._starts: dict[str, list[int]] = {}
        self._ends: dict[str, list[int]] = {}
        self._sentences: dict[str, list[int]] = {}
        for noted in sorted(words, key=lambda noted: noted.mention.start):
            self._starts.setdefault(noted.note.id, []).append(noted.mention.start)
            self._ends.setdefault(noted.note.id, []).append(noted.mention.end)
            self._sentences.setdefault(noted.note.id, []).append(noted.mention.sentence)

    def __bool__(self) -> bool:
        return bool(self._starts)

    def cue(self, head: NotedMention) -> bool:
        """Tell whether one of the words overlaps the cue that decided a mention."""
        place = bisect_left(self._starts.get(head.note.id, ()), head.mention.cue_end) - 1
        return place >= 0 and self._ends[head.note.id][place] > head.mention.cue_start

    def beside(self, head: NotedMention) -> bool:
        """Tell whether one of the words stands in the sentence of a mention or near it."""
        sentences = self._sentences.get(head.note.id, ())
        near = bisect_left(sentences, head.mention.sentence - _NEAR)
        return near < len(sentences) and sentences[near] <= head.mention.sentence + _NEAR


def standing(statements: Iterable[Statement]) -> list[Statement]:
    """Keep what each author says in the last note that speaks of the matter, in order.

    Notes without an author count as one author's: nobody can tell that they are not. Of the same
    words in one section the first few do.
    """
    ordered = sorted(statements, key=lambda statement: statement.place)
    last = {statement.note.author: statement.note.id for statement in ordered}
    seen: Counter[tuple[object, ...]] = Counter()
    kept = []
    for statement in ordered:
        if last[statement.note.author] == statement.note.id:
            words = (statement.value.casefold(), statement.related)
            key = (statement.note.id, statement.section, *words)
            seen[key] += 1
            if seen[key] <= _ENOUGH:
                kept.append(statement)
    return kept


def settled(
    newest: Statement, other: Statement, remarks: Remarks, sides: Sequence[Sequence[Statement]]
) -> bool:
    """Tell whether the newest statement settles the matter.

    It does so in words ("agree with cardiology", "previously charted in error"), or as the last
    word of a discharge or transfer summary that does not say the contrary too. Against the word
    of the attending that of a consultant is not the last (ICD-10-CM Official Guidelines, I.B.14:
    where they conflict, the attending provider is asked).

    Args:
        newest: the statement.
        other: the newest of the other side.
        remarks: the words that settle a matter.
        sides: what stands on either side.
    """
    in_note = [[s for s in side if s.note.id == newest.note.id] for side in sides]
    if any(remarks.beside(statement.head) for side in in_note for statement in side):
        return True
    kind = newest.note.kind.casefold()
    last_word = "discharge" in kind or "transfer summary" in kind
    if newest.note.capacity is Capacity.CONSULTING and other.note.capacity is Capacity.ATTENDING:
        return False
    return last_word and newest.note.id != other.note.id and not all(in_note)
