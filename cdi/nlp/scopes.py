"""How far a cue speaks: from the hits of sentences to the scopes of their cues."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from cdi.nlp.gate import HitColumns
from cdi.nlp.loops import cues
from cdi.nlp.loops.cues import Meanings, find_cues
from cdi.nlp.loops.kinds import Codes
from cdi.nlp.loops.reach import MAX_REACH
from cdi.rules.cue_schema import Category, ClauseSpec
from cdi.rules.language import Anchor, Cue, CuePack, Meaning, Pseudo, Stop

Span = tuple[int, int]

_SUBJECT_WORDS = 4  # between a comma and the verb of its clause: "no fever, his blood pressure is"
_OPENING_WORDS = 2  # between an opening cue and its comma: "In March of 2005, he had"
# What may stand before a cue that opens its sentence: a bullet, "In March" before "of 2005", or
# "Several" before "years ago".
_OPENING = re.compile(
    r"[\W\d_]*(?:(?:in|on|by|back in|around|about|during)\b(?:\s+\w+)?\s*)?"
    r"(?:(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|several|many|some|a few|"
    r"a couple of)\s+)?"
)
# "AKI, creatinine 3.4 (1.0 in May)": what stands in the brackets dates the value in them.
_VALUE_IN_BRACKETS = re.compile(r"\((?:\d+\.\d|\d{3})[^()]*")
# Behind the opener of a clause: no "or" ends the list its item stands in.
_LAST_BUT_ONE = r"(?![^,.;:\n]*,?\s+(?:or|nor)\b)"
_BEFORE_CUE = " \t\r\n,:;-(\u2013\u2014"
_BEHIND_CUE = " \t\r\n:"  # "Denies: fever": the colon belongs to the cue


NUMBER_OF = {category: number for number, category in enumerate(Category)}
"""Categories by number, as compiled loops take them."""
_BITS = (
    (cues.CLOSING, "closing"),
    (cues.DATED, "dated"),
    (cues.ITSELF, "itself"),
    (cues.FORWARD, "forward"),
    (cues.BACKWARD, "backward"),
    (cues.OPENS, "opens"),
)
_NO_YEAR = 1 << 30  # later than any
_FAR = 1 << 30  # behind the end of any text
_NO_CUE = Cue(
    Category.NEGATION, False, False, 0, False, False, False, False, False, False, (), None, None
)  # in the place of other phrases


class Scope(NamedTuple):
    """Where the mentions stand that a cue speaks of.

    A forward scope holds the mentions that begin at ``start`` or later and before ``end``. A
    backward scope holds those that end at ``end``, where the cue begins, or before, and behind
    ``start``. Not more than ``within`` words may stand between cue and mention; ``lists`` tells
    whether the scope runs on over commas.
    """

    category: Category
    start: int
    end: int
    within: int
    lists: bool
    cue_start: int
    cue_end: int


class Scopes(NamedTuple):
    """The scopes of one sentence, each list in the order of the text."""

    forward: Sequence[Scope]
    backward: Sequence[Scope]


class Question(NamedTuple):
    """A sentence of which the scopes are asked for.

    Attributes:
        start, end: of the sentence, ``end`` exclusive.
        first_end: where the first of the mentions that matter ends; no cue before it is asked for
            that speaks backward.
        last_start: where the last of them begins; no cue behind it is asked for that speaks
            forward.
        carried: scopes of earlier lines that reach into it ("Denies:" above a list).
    """

    start: int
    end: int
    first_end: int = 0
    last_start: int = _FAR
    carried: Sequence[Scope] = ()


class ScopeFinder:
    """Finds the scopes of the cues of a pack; made once, changed by nothing."""

    def __init__(self, pack: CuePack) -> None:
        # Phrases that mean the same share it: a few hundred meanings stay in the caches.
        numbers: dict[Meaning, int] = {}
        of_phrases = [numbers.setdefault(meaning, len(numbers)) for meaning in pack.meanings]
        self._meaning_of = np.array(of_phrases, dtype=np.int64)
        self._cues = [meaning if isinstance(meaning, Cue) else _NO_CUE for meaning in numbers]
        self._columns = np.array([_row(meaning) for meaning in numbers], dtype=np.int64)
        self._anchors = pack.anchors
        history = [cue.category is Category.HISTORY for cue in self._cues]
        self._is_history = np.array(history, dtype=np.bool_)[self._meaning_of]
        self._in_list = {c: _boundary(c, pack, lists=True) for c in Category}
        self._outside = {c: _boundary(c, pack, lists=False) for c in Category}
        self._own_stops = {
            m.stops: re.compile(rf"\b(?:{_either(m.stops)})\b(?!-\w|\. ?\w)")
            for m in pack.meanings
            if isinstance(m, Cue) and m.stops
        }

    def histories(self, hits: HitColumns) -> dict[int, int]:
        """Return where the cues of history begin, by where they end.

        A mention that ends with one is a history itself ("psychiatric history").
        """
        found = np.flatnonzero(self._is_history[hits.columns[0]])
        _, starts, ends = hits.columns[:, found].tolist()
        return dict(zip(ends, starts, strict=True))

    def find(
        self,
        text: str,
        codes: Codes,
        hits: HitColumns,
        questions: Sequence[Question],
        names: Collection[Span] = (),
        year: int | None = None,
    ) -> list[Scopes]:
        """Return the scopes of the cues of sentences.

        Args:
            text: the whole note in lower case.
            codes: its code points.
            hits: of the phrases of the pack in the note, in reading order, longest first.
            questions: the sentences.
            names: of all mentions those that name something; a cue that shares words with the
                beginning of one is none.
            year: of the note, if known: a cue with this year or a later one tells no history.
        """
        if not questions:
            return []
        asked = np.array([question[:4] for question in questions], dtype=np.int64)
        places = np.array(sorted(names), dtype=np.int64).reshape(-1, 2)
        counts = len(NUMBER_OF), self._anchors, _NO_YEAR if year is None else year
        meanings = Meanings(self._meaning_of, self._columns)
        ahead, behind, into = find_cues(
            codes, np.ascontiguousarray(hits.columns), meanings, asked, places, counts
        )
        forward: list[list[Scope]] = [[] for _ in questions]
        backward: list[list[Scope]] = [[] for _ in questions]
        for sentence, meaning, start, end, limit in ahead.tolist():
            cue = self._cues[meaning]
            if cue.forward or _opens(text, questions[sentence].start, start):
                forward[sentence].append(self._forward(text, start, end, cue, limit))
        for sentence, question in enumerate(questions):
            if question.carried:
                limits = into[sentence].tolist()
                forward[sentence] += self._carried(text, question, limits)
        for sentence, meaning, start, end, limit in behind.tolist():
            cue = self._cues[meaning]
            backward[sentence].append(self._backward(text, start, end, cue, limit))
        for scopes in forward:
            if len(scopes) > 1:
                scopes.sort(key=_by_start)
        return list(map(Scopes, forward, backward))

    def _carried(self, text: str, question: Question, limits: Sequence[int]) -> Iterator[Scope]:
        """Yield what reaches into a sentence from above; ``limits`` are of the categories."""
        for scope in question.carried:
            limit = limits[NUMBER_OF[scope.category]]
            if limit >= 0:
                end = self._limit(text, question.start, limit, scope.category, lists=True)
                yield scope._replace(start=question.start, end=end)

    def _forward(self, text: str, cue_start: int, cue_end: int, cue: Cue, limit: int) -> Scope:
        if cue.itself:
            return Scope(cue.category, cue_start, cue_end, 0, False, cue_start, cue_start)
        limit = min(limit, cue_end + MAX_REACH)
        start = _scope_start(text, cue_end, cue, limit)
        # "In March of 2005, he had": what opens a sentence speaks over its comma.
        lists = cue.lists or cue.opens
        end = self._limit(text, start, limit, cue.category, lists=lists)
        if cue.stops:
            stop = self._own_stops[cue.stops].search(text, start, end)
            end = stop.start() if stop else end
        within = MAX_REACH if cue.within is None or cue.opens else cue.within
        return Scope(cue.category, start, end, within, lists, cue_start, cue_end)

    def _limit(self, text: str, start: int, limit: int, category: Category, *, lists: bool) -> int:
        """Return where a forward scope ends that no stop phrase ends before ``limit``."""
        limit = min(limit, start + MAX_REACH)
        boundary = (self._in_list if lists else self._outside)[category]
        found = boundary.search(text, start, limit)
        while lists and found is not None and (closing := _closing(text, start, found.start())):
            # "Arrhythmia, PE (no pain, on heparin), seizure": the remark ends no list.
            found = boundary.search(text, closing, limit) if closing < limit else None
        if found is not None:
            limit = found.start()
        closing = text.find(")", start, limit)
        if closing >= 0 and text.find("(", start, closing) < 0:
            return closing
        return limit

    def _backward(self, text: str, cue_start: int, cue_end: int, cue: Cue, limit: int) -> Scope:
        low = max(limit, cue_start - MAX_REACH)
        low = _item_start(text, low, cue_start, cue.lists)
        if cue.stops:
            for stop in self._own_stops[cue.stops].finditer(text, low, cue_start):
                low = stop.end()
        within = MAX_REACH if cue.within is None else cue.within
        return Scope(cue.category, low, cue_start, within, cue.lists, cue_start, cue_end)


def _row(meaning: Meaning) -> tuple[int, ...]:
    """Return what a phrase means as :mod:`cdi.nlp.loops.cues` takes it."""
    match meaning:
        case Cue():
            sort = cues.REPORT if meaning.category is Category.REPORT else cues.CUE
            bits = sum(bit for bit, name in _BITS if getattr(meaning, name))
            anchors = [-1 if a is None else a for a in (meaning.after, meaning.not_after)]
            return sort, bits, NUMBER_OF[meaning.category], 0, 0, *anchors
        case Stop():
            bits = cues.CANCELS if meaning.cancels else 0
            ends = (_category_bits(meaning.forward), _category_bits(meaning.backward))
            return cues.STOP, bits, 0, *ends, -1, -1
        case Anchor():
            return cues.ANCHOR, 0, 0, 0, 0, meaning.number, -1
        case Pseudo():
            return cues.PSEUDO, 0, 0, 0, 0, -1, -1


def _category_bits(categories: Iterable[Category]) -> int:
    return sum(1 << NUMBER_OF[category] for category in categories)


def _closing(text: str, start: int, at: int) -> int:
    """Return where the brackets around a place close that opened behind ``start``, else 0."""
    opening = text.rfind("(", start, at)
    if opening < 0 or text.find(")", opening, at) >= 0:
        return 0
    return text.find(")", at) + 1


def _by_start(scope: Scope) -> int:
    return scope.start


def _opens(text: str, start: int, at: int) -> bool:
    """Tell whether a cue at ``at`` opens its sentence."""
    return _OPENING.fullmatch(text, start, at) is not None


def _scope_start(text: str, cue_end: int, cue: Cue, limit: int) -> int:
    start = cue_end
    if cue.next_item or cue.opens:
        comma = text.find(",", start, limit)
        if cue.next_item:
            start = comma if comma >= 0 else limit  # it may begin a clause
        elif comma >= 0 and len(text[start:comma].split()) <= _OPENING_WORDS:
            start = comma + 1
    while start < limit and text[start] in _BEHIND_CUE:
        start += 1
    return start


def _item_start(text: str, low: int, at: int, lists: bool) -> int:
    """Return where the list item, or the whole list, before a cue at ``at`` begins."""
    bracket = text.rfind("(", low, at)
    if bracket >= 0 and _VALUE_IN_BRACKETS.fullmatch(text, bracket, at):
        return bracket
    while at > low and text[at - 1] in _BEFORE_CUE:
        at -= 1
    signs = ";" if lists else ",;:"
    return max(low, *[text.rfind(sign, low, at) + 1 for sign in signs])


def _boundary(category: Category, pack: CuePack, *, lists: bool) -> re.Pattern[str]:
    """Return what ends a forward scope of a category, besides the stop phrases."""
    ends = [re.escape(sign) for sign, ended in pack.punctuation.items() if category in ended]
    # A colon inside a time or ratio is none, and "the following:" opens what the cue speaks of.
    # Every branch begins with its sign, so that the search for one is done in C.
    ends = [r":(?<!following:)(?=\s)" if sign == ":" else sign for sign in ends]
    ends.append(_clause_start(pack.clauses) if lists else "[,;]")
    return re.compile("|".join(filter(None, ends)) or r"(?!)")


def _clause_start(clauses: ClauseSpec) -> str:
    """Return the pattern of a comma that begins a clause instead of continuing a list."""
    openers = [rf"(?:{_either(clauses.openers)})\b(?!&)"] if clauses.openers else []
    if clauses.degrees:
        openers.append(rf"(?:{_either(clauses.degrees)})\b{_LAST_BUT_ONE}")
    if clauses.verbs:
        tails = rf"(?!\s+(?:{_either(clauses.tails)})\b)" if clauses.tails else ""
        openers.append(
            rf"(?:(?!or\b)[^\W\d_]+\s+){{0,{_SUBJECT_WORDS}}}"
            rf"(?:{_either(clauses.verbs)})\b{tails}"
        )
    return rf"[,;]\s+(?:{'|'.join(openers)})" if openers else ""


def _either(words: Sequence[str]) -> str:
    return "|".join(re.escape(word.lower()).replace(r"\ ", r"\s+") for word in words)
