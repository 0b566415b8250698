"""Attaching axis values to the mention they belong to.

"CHF, acute on chronic, systolic" says three things of one condition, and "1. CHF. Acute on
chronic. EF 20 %." does so over three sentences. What lies between a value and the name decides:
only linking words before it, no other diagnosis after it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence

from cdi.domain.reading import HEADS, Assertion, Attachment, Certainty, Mention, Sentence
from cdi.nlp.gate import HitColumns
from cdi.nlp.loops.reach import MAX_REACH
from cdi.rules.condition import Condition
from cdi.rules.schema import Attach

STATED_CAUSE = "stated cause"
UNDETERMINED = "undetermined"

_LINKING = re.compile(
    r"[\s,/()-]*(?:(?:and|or|on|of|the|an?|with|likely|probable|probably|suspected|severe|moderate|"
    r"mild|known|new|onset|worsening|progressive|persistent|recurrent|presumed|underlying|"
    r"compensated|decompensated|congestive|secondary|to|sided|ventricular|left|right)[\s,/()-]+)*",
    re.IGNORECASE,
)
# These words are said of everything; behind a name they count only if nothing else follows them.
_GENERIC = re.compile(
    r"(?:acute|chronic|mild|moderate|severe|left|right|bilateral|acute on chronic)$", re.IGNORECASE
)
_ENDS = re.compile(
    r"\s*(?:$|[.,;:()\]/\n-]|(?:and|or|on|but|in|with|due|secondary|from|that|which|for|at|now|"
    r"requiring|to|versus|problem|process)\b)",
    re.IGNORECASE,
)
# What may come before the first value of a sentence that goes on about the name before it.
_OPENING = re.compile(
    r"(?:[-*\u2022\u00b7>][ \t]*)?"
    r"(?:(?:this|it|that|which) (?:is|was|appears|seems|appears to be|seems to be) )?"
    r"(?:(?:an?|likely|probably|most likely|of|due to|secondary to|caused by|from) )*",
    re.IGNORECASE,
)
# "Pneumonia. On vancomycin. This is due to MRSA.": so begins a sentence that goes back to the
# diagnosis its item is about.
_REFERRING = re.compile(
    r"(?:this|it) (?:is|was|appears|is felt to be|is thought to be|was felt to be) "
    r"(?:due to|secondary to|from|caused by|related to|(?:(?:most|very) )?likely|probably|"
    r"presumably|an?)\b",
    re.IGNORECASE,
)
_SENTENCES_BACK = 3
_REACH = 90
# No name of a diagnosis, and no chain of values about one, is longer. The bounds keep the cost of
# a sentence linear, whatever is taken for one sentence.
_LONGEST_NAME = 200
_CHAIN = 400
_CAUSE_GAP = 60
# A number behind "from" is where a value came from, no cause.
_CAUSE_WORDS = re.compile(r"\s*(?![\d<>~])[^\s.;,]+(?:\s+[^\s.;,]+){0,5}")
_UNKNOWN = re.compile(
    r"\b(?:unknown|unclear|undetermined|uncertain|unspecified|not clear)\b", re.IGNORECASE
)
# "due to infection versus drugs" and "due to ?sepsis" decide nothing.
_UNDECIDED = re.compile(r"\b(?:versus|vs)\b|\?", re.IGNORECASE)
_HEDGE = re.compile(
    r"\b(?:may|might|could|possibl[ey]|perhaps|versus|vs|question|rule out|whether|if|not)\b|\?",
    re.IGNORECASE,
)
# "Anemia. This is likely secondary to ...": the sentence goes on about the one before it.
_CONTINUED = re.compile(
    r"\s*(?:(?:this|it|which)\s+(?:is|was|appears)\s+)?(?:again\s+)?(?:felt\s+|thought\s+|believed\s+)?"
    r"(?:to\s+be\s+)?(?:most\s+|very\s+)?(?:likely\s+|probably\s+|presumably\s+)?$",
    re.IGNORECASE,
)


class AxisReader:
    """Attaches values to mentions; knows from the catalogue how near each axis must stand."""

    def __init__(self, conditions: Iterable[Condition]) -> None:
        self._attach: dict[tuple[str, str], Attach] = {}
        self._cause_axes: dict[str, tuple[str, ...]] = {}
        for condition in conditions:
            causes = []
            for name, axis in condition.axis_names.items():
                spec = condition.spec.axes[axis]
                self._attach[condition.id, name] = spec.attach
                if spec.any_cause:
                    causes.append(name)
            if causes:
                self._cause_axes[condition.id] = tuple(causes)

    @property
    def axes(self) -> Mapping[tuple[str, str], Attach]:
        """(condition, axis name) -> how near a value must stand."""
        return self._attach

    def attach(
        self, text: str, mentions: Sequence[Mention], sentences: Sequence[Sentence]
    ) -> list[Attachment]:
        """Return which value belongs to which mention, by index."""
        heads: dict[str, list[int]] = {}
        values: dict[str, list[int]] = {}
        for index, mention in enumerate(mentions):
            if mention.name in HEADS:
                heads.setdefault(mention.condition, []).append(index)
            elif (mention.condition, mention.name) in self._attach:
                values.setdefault(mention.condition, []).append(index)
        found: list[Attachment] = []
        if not values:
            return found
        names = sorted([m for m in mentions if m.name in HEADS], key=_start)
        reader = _ConditionAxes(text, mentions, sentences, self._attach, names)
        for condition, value_indexes in values.items():
            found += reader.attach(condition, heads.get(condition, []), value_indexes)
        return found

    def causes(
        self,
        text: str,
        mentions: Sequence[Mention],
        sentences: Sequence[Sentence],
        links: HitColumns,
    ) -> list[tuple[int, Mention]]:
        """Return (index of the mention, a value "stated cause") for every cause that is linked.

        ``links`` are hits of "due to", "secondary to" and the like. A hedged link ("may be due
        to") decides nothing; a cause said to be unknown counts as undetermined.
        """
        found: list[tuple[int, Mention]] = []
        spans = [(start, end) for _, start, end in links.rows()]
        if not spans:
            return found
        starts = [start for start, _ in spans]
        for index, mention in enumerate(mentions):
            axes = self._cause_axes.get(mention.condition)
            if axes is None or mention.name not in HEADS:
                continue
            nearest = min(mention.end, sentences[mention.sentence].end)
            first = bisect_left(starts, nearest)
            last = bisect_right(starts, mention.end + _CAUSE_GAP)
            for link in spans[first:last]:
                sentence = _told_in(text, mention, link[0], sentences)
                if sentence is None:
                    continue
                cause = _cause(text, mention, link, sentence)
                if cause is not None:
                    found += [(index, cause._replace(name=axis)) for axis in axes]
                    break
        return found


def _told_in(
    text: str, mention: Mention, link: int, sentences: Sequence[Sentence]
) -> Sentence | None:
    """Return the sentence in which a link speaks of a mention: its own, or the next of its item.

    ``link`` is where it starts.
    """
    own = sentences[mention.sentence]
    if mention.end <= link < own.end:
        return own
    after = mention.sentence + 1
    if after == len(sentences) or link >= sentences[after].end or link < own.end:
        return None
    told = sentences[after]
    alone = not text[mention.end : own.end].strip(" \t\r\n.:,")
    if told.item != own.item or not alone:
        return None
    return told if _CONTINUED.match(text, told.start, link) else None


def _cause(
    text: str, mention: Mention, link: tuple[int, int], sentence: Sentence
) -> Mention | None:
    start, end = link
    gap = text[mention.end : start]
    if len(gap) > _CAUSE_GAP or ";" in gap or _HEDGE.search(gap):
        return None
    words = _CAUSE_WORDS.match(text, end, sentence.end)
    if words is None or _UNDECIDED.search(words.group()):
        return None
    value = UNDETERMINED if _UNKNOWN.search(words.group()) else STATED_CAUSE
    return mention._replace(
        name="",
        value=value,
        start=start,
        end=words.end(),
        assertion=Assertion.PRESENT,
        certainty=Certainty.STATED,
        cue_start=start,
        cue_end=start,
    )


class _ConditionAxes:
    """The attachment of one note, condition by condition."""

    def __init__(
        self,
        text: str,
        mentions: Sequence[Mention],
        sentences: Sequence[Sentence],
        attach: Mapping[tuple[str, str], Attach],
        names: Sequence[Mention],
    ) -> None:
        self._text, self._mentions, self._sentences = text, mentions, sentences
        self._attach, self._names = attach, names
        self._name_starts = [name.start for name in names]
        self._name_sentences = [name.sentence for name in names]
        self._next_other = _next_of_another(names)

    def _names_from(self, start: int, end: int) -> Sequence[Mention]:
        """Return the names of diagnoses that begin in a stretch of the text."""
        starts = self._name_starts
        return self._names[bisect_left(starts, start) : bisect_left(starts, end)]

    def _named_in(self, start: int, end: int) -> bool:
        """Tell whether the name of a diagnosis begins in a stretch of the text."""
        place = bisect_left(self._name_starts, start)
        return place < len(self._names) and self._name_starts[place] < end

    def attach(
        self, condition: str, heads: Sequence[int], values: Sequence[int]
    ) -> list[Attachment]:
        found: set[Attachment] = set()
        free: list[int] = []
        head_starts = [self._mentions[head].start for head in heads]
        for value in values:
            mention = self._mentions[value]
            first = bisect_left(head_starts, mention.start - _LONGEST_NAME)
            last = bisect_left(head_starts, mention.end)
            over = [head for head in heads[first:last] if self._overlap(head, value)]
            found.update(Attachment(head, value) for head in over)
            if self._attach[condition, mention.name] is Attach.NOTE:
                found.add(Attachment(value, value))
            elif not over and not self._inside_another(condition, mention):
                free.append(value)
        free_starts = [self._mentions[value].start for value in free]
        by_sentence: dict[int, list[int]] = {}
        by_item: dict[int, list[int]] = {}
        for value in free:
            mention = self._mentions[value]
            reach = self._attach[condition, mention.name]
            if reach is Attach.SENTENCE:
                by_sentence.setdefault(mention.sentence, []).append(value)
            elif reach is Attach.ITEM:
                by_item.setdefault(self._item(value), []).append(value)
        for head in heads:
            mention = self._mentions[head]
            first = bisect_left(free_starts, mention.start - _CHAIN)
            last = bisect_left(free_starts, mention.end + _CHAIN)
            if first < last:
                found.update(self._chained(head, free[first:last]))
            in_sentence = by_sentence.get(mention.sentence)
            if in_sentence:
                around = self._within_reach(mention, in_sentence)
                found.update([Attachment(head, value) for value in around])
            in_item = by_item.get(self._item(head)) if by_item else None
            if in_item:
                told = self._told_of(mention, self._within_reach(mention, in_item))
                found.update([Attachment(head, value) for value in told])
        return sorted(found)

    def _chained(self, head: int, values: Sequence[int]) -> list[Attachment]:
        """Return the values in a chain beside a name, or at the opening of the next sentence."""
        sentence = self._mentions[head].sentence
        near = [v for v in values if self._mentions[v].sentence == sentence]
        after = [v for v in values if self._mentions[v].sentence > sentence]
        found = self._beside(head, near) if near else []
        if after:
            found += self._opening(head, after)
        return [Attachment(head, value) for value in found]

    def _item(self, mention: int) -> int:
        return self._sentences[self._mentions[mention].sentence].item

    def _overlap(self, head: int, value: int) -> bool:
        a, b = self._mentions[head], self._mentions[value]
        return a.start < b.end and b.start < a.end

    def _inside_another(self, condition: str, value: Mention) -> bool:
        """Tell whether the words are part of another diagnosis ("chronic kidney disease, CHF")."""
        return any(
            value.end <= name.end and name.condition != condition
            for name in self._names_from(value.start - _LONGEST_NAME, value.start + 1)
        )

    def _beside(self, head: int, values: Sequence[int]) -> list[int]:
        """Walk outward from the name through a chain of values and linking words."""
        mention = self._mentions[head]
        found: list[int] = []
        reached = frontier = mention.start
        for value in sorted(values, key=lambda v: -self._mentions[v].end):
            other = self._mentions[value]
            if found and (other.start, other.end) == (frontier, reached):
                found.append(value)  # the same words state two axes
            if other.end > frontier:
                continue
            if not _LINKING.fullmatch(self._text, other.end, frontier):
                break
            found.append(value)
            frontier, reached = other.start, other.end
        reached = frontier = mention.end
        for value in values:
            other = self._mentions[value]
            if (other.start, other.end) == (reached, frontier):
                found.append(value)
            if other.start < frontier:
                continue
            if not self._may_follow(mention, frontier, other, values):
                break
            found.append(value)
            frontier, reached = other.end, other.start
        return found

    def _opening(self, head: int, values: Sequence[int]) -> list[int]:
        """Follow the chain of values that opens the next sentence of the same item."""
        mention = self._mentions[head]
        if mention.sentence + 1 >= len(self._sentences):
            return []
        here = self._sentences[mention.sentence]
        following = self._following(mention.sentence)
        if here.item != following.item or self._named_in(mention.end, following.start):
            return []
        found: list[int] = []
        frontier = following.start
        for value in values:
            other = self._mentions[value]
            between = _LINKING if found else _OPENING
            if other.start < frontier and found:
                continue
            if not between.fullmatch(self._text, frontier, other.start):
                break
            if not self._may_follow(mention, other.start, other, values):
                break
            found.append(value)
            frontier = other.end
        return found

    def _following(self, number: int) -> Sentence:
        """Return the next sentence, or a later one of its item that refers back."""
        following = self._sentences[number + 1]
        for later in self._sentences[number + 2 : number + 1 + _SENTENCES_BACK]:
            if later.item != following.item:
                break
            if _REFERRING.match(self._text, later.start, later.end):
                return later
        return following

    def _may_follow(
        self, head: Mention, frontier: int, value: Mention, values: Sequence[int]
    ) -> bool:
        if value.start - frontier > _REACH or ";" in self._text[frontier : value.start]:
            return False
        if any(
            name.end <= value.start and name.condition != head.condition
            for name in self._names_from(frontier, value.start)
        ):
            return False
        if _GENERIC.match(self._text[value.start : value.end]):
            ends = _ENDS.match(self._text, value.end) is not None
            return ends or self._leads_to_another(value, values)
        return True

    def _leads_to_another(self, value: Mention, values: Sequence[int]) -> bool:
        """Tell "CHF (chronic diastolic)", where a second value follows at once."""
        return any(
            self._mentions[other].start >= value.end
            and self._text[value.end : self._mentions[other].start].isspace()
            for other in values
        )

    def _within_reach(self, head: Mention, values: Sequence[int]) -> Sequence[int]:
        """Leave out the values that stand too far from a name to be said of it."""
        first = bisect_left(values, head.start - MAX_REACH, key=self._start_of)
        last = bisect_right(values, head.end + MAX_REACH, lo=first, key=self._start_of)
        return values[first:last]

    def _start_of(self, mention: int) -> int:
        return self._mentions[mention].start

    def _told_of(self, head: Mention, values: Sequence[int]) -> Sequence[int]:
        """Return the values of an item from the sentence of a name to the next other diagnosis.

        Both ends are looked up, so that a long item costs no more than what is attached in it.
        """
        first = bisect_left(values, head.sentence, key=lambda v: self._mentions[v].sentence)
        last = bisect_right(values, self._ends_at(head), key=lambda v: self._mentions[v].start)
        return values[first:last]

    def _ends_at(self, head: Mention) -> int:
        """Return where, in a later sentence than a name, another diagnosis is first named."""
        place = max(
            bisect_left(self._name_starts, head.end),
            bisect_right(self._name_sentences, head.sentence),
        )
        if place < len(self._names) and self._names[place].condition == head.condition:
            place = self._next_other[place]
        return self._name_starts[place] if place < len(self._names) else len(self._text)


def _next_of_another(names: Sequence[Mention]) -> list[int]:
    """Return for each name the place of the next one of another condition."""
    following = [len(names)] * len(names)
    for place in range(len(names) - 2, -1, -1):
        same = names[place].condition == names[place + 1].condition
        following[place] = following[place + 1] if same else place + 1
    return following


def _start(mention: Mention) -> int:
    return mention.start
