"""How far a cue speaks: from the hits of one sentence to the scopes of its cues."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from cdi.nlp.gate import Hit
from cdi.rules.cue_schema import Category, ClauseSpec
from cdi.rules.language import Anchor, Cue, CuePack, Meaning, Stop

Span = tuple[int, int]

# No list in a note runs on for longer. The bound keeps the cost of each cue constant, whatever
# a sentence splitter takes for one sentence.
MAX_REACH = 2_000

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
_CLAUSE_ENDS = frozenset(".,;)]\n")
_BEFORE_CUE = " \t\r\n,:;-(\u2013\u2014"
_BEHIND_CUE = " \t\r\n:"  # "Denies: fever": the colon belongs to the cue


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


class _Limits:
    """The nearest stop so far for each category, while a sentence is walked through."""

    __slots__ = ("_every", "_some")

    def __init__(self, limit: int) -> None:
        self._every = (limit, False)
        self._some: dict[Category, tuple[int, bool]] = {}

    def note(self, at: int, categories: frozenset[Category], *, cancels: bool = False) -> None:
        if len(categories) == len(Category):
            self._every = (at, cancels)
            self._some.clear()
        else:
            self._some.update(dict.fromkeys(categories, (at, cancels)))

    def of(self, category: Category) -> tuple[int, bool]:
        """Return where the nearest stop is, and whether it undoes the cue."""
        return self._some.get(category, self._every)


class ScopeFinder:
    """Finds the scopes of the cues of a pack; made once, changed by nothing."""

    def __init__(self, pack: CuePack) -> None:
        # Phrases that mean the same share it: a few hundred records stay in the caches.
        shared: dict[tuple[type, Meaning], Meaning] = {}
        self._meanings = [shared.setdefault((type(m), m), m) for m in pack.meanings]
        self._is_cue = [isinstance(meaning, Cue) for meaning in self._meanings]
        self._history = {
            index
            for index, meaning in enumerate(self._meanings)
            if isinstance(meaning, Cue) and meaning.category is Category.HISTORY
        }
        self._in_list = {c: _boundary(c, pack, lists=True) for c in Category}
        self._outside = {c: _boundary(c, pack, lists=False) for c in Category}
        self._own_stops = {
            m.stops: re.compile(rf"\b(?:{_either(m.stops)})\b(?!-\w|\. ?\w)")
            for m in pack.meanings
            if isinstance(m, Cue) and m.stops
        }

    def any_cue(self, hits: Sequence[Hit]) -> bool:
        """Tell whether one of the phrases is more than a stop, an anchor or a pseudo cue."""
        is_cue = self._is_cue
        for index, _, _ in hits:  # noqa: SIM110  any() takes twice the time
            if is_cue[index]:
                return True
        return False

    def histories(self, hits: Sequence[Hit]) -> dict[int, Scope]:
        """Return the cues of history by where they end, each with itself as scope and no cue.

        A mention that ends with one is a history itself ("psychiatric history").
        """
        return {
            end: Scope(Category.HISTORY, start, end, 0, False, start, start)
            for index, start, end in hits
            if index in self._history
        }

    def find(
        self,
        text: str,
        start: int,
        end: int,
        hits: Sequence[Hit],
        targets: Sequence[Span] = (),
        carried: Sequence[Scope] = (),
        year: int | None = None,
        judged: Sequence[Span] | None = None,
    ) -> Scopes:
        """Return the scopes of the cues among ``hits``, all of one sentence.

        Args:
            text: the whole note in lower case.
            start: of the sentence.
            end: of the sentence, exclusive.
            hits: in reading order, longest first; ``index`` refers to the phrases of the pack.
            targets: the mentions; a cue that shares words with the beginning of one is none.
            carried: scopes of earlier lines that reach into this one ("Denies:" above a list).
            year: of the note, if known: a cue with this year or a later one tells no history.
            judged: the only mentions that matter; scopes without any before or behind the cue
                are left out. All scopes are returned if None.
        """
        last_start = (
            len(text) if judged is None else max((first for first, _ in judged), default=start)
        )
        first_end = start if judged is None else min((last for _, last in judged), default=end)
        kept = self._cues_and_stops(text, end, hits, targets, year)
        forward: list[Scope] = []
        limits = _Limits(end)
        looks_back = False
        for hit, meaning in reversed(kept):
            if isinstance(meaning, Stop):
                limits.note(hit.start, meaning.forward, cancels=meaning.cancels)
                continue
            looks_back = looks_back or (meaning.backward and first_end <= hit.start)
            if hit.start >= last_start + meaning.itself:
                continue
            if meaning.forward or (meaning.opens and _opens(text, start, hit.start)):
                limit, cancelled = limits.of(meaning.category)
                if not cancelled:
                    forward.append(self._forward(text, hit, meaning, limit))
        for scope in carried:
            limit, cancelled = limits.of(scope.category)
            if not cancelled:
                limit = self._limit(text, start, limit, scope.category, lists=True)
                forward.append(scope._replace(start=start, end=limit))
        if len(forward) > 1:
            forward.sort(key=_by_start)
        return Scopes(forward, self._backward(text, start, kept, first_end) if looks_back else ())

    def _cues_and_stops(
        self,
        text: str,
        end: int,
        hits: Sequence[Hit],
        targets: Sequence[Span],
        year: int | None,
    ) -> list[tuple[Hit, Cue | Stop]]:
        """Leave out what a longer phrase covers and cues whose conditions do not hold."""
        target_starts = sorted([start for start, _ in targets])
        anchors: set[int] = set()
        kept: list[tuple[Hit, Cue | Stop]] = []
        longest_start = longest_end = -1  # the longest phrase here hides those it overlaps
        since = 0  # where in `kept` its meanings begin
        for hit in hits:
            index, start, stop = hit
            meaning = self._meanings[index]
            same = start == longest_start and stop == longest_end
            if isinstance(meaning, Cue):
                if stop > end and not meaning.closing:
                    continue  # "fever: no" and "change" below it are no "no change"
                if not _holds(meaning, hit, text, end, anchors, year):
                    continue
                if meaning.category is Category.REPORT:
                    kept.append((hit, meaning))
                    continue
            elif isinstance(meaning, Stop):
                if stop > longest_end or same:
                    kept.append((hit, meaning))
                continue
            elif isinstance(meaning, Anchor):
                anchors.add(meaning.number)
                continue
            elif stop > end:
                continue
            # A cue or pseudo cue: it may be hidden, or hide what was the longest so far.
            hides = stop - start > longest_end - longest_start
            if not (start >= longest_end or same or hides) or _cuts_into(hit, target_starts):
                continue
            if not same:
                if start < longest_end:
                    kept[since:] = [pair for pair in kept[since:] if not _competes(pair[1])]
                longest_start, longest_end, since = start, stop, len(kept)
            if isinstance(meaning, Cue):
                kept.append((hit, meaning))
        return kept

    def _forward(self, text: str, hit: Hit, cue: Cue, limit: int) -> Scope:
        if cue.itself:
            return Scope(cue.category, hit.start, hit.end, 0, False, hit.start, hit.start)
        limit = min(limit, hit.end + MAX_REACH)
        start = _scope_start(text, hit, cue, limit)
        # "In March of 2005, he had": what opens a sentence speaks over its comma.
        lists = cue.lists or cue.opens
        end = self._limit(text, start, limit, cue.category, lists=lists)
        if cue.stops:
            stop = self._own_stops[cue.stops].search(text, start, end)
            end = stop.start() if stop else end
        within = MAX_REACH if cue.within is None or cue.opens else cue.within
        return Scope(cue.category, start, end, within, lists, hit.start, hit.end)

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

    def _backward(
        self, text: str, start: int, kept: Sequence[tuple[Hit, Cue | Stop]], first_end: int
    ) -> list[Scope]:
        scopes: list[Scope] = []
        limits = _Limits(start)
        for hit, meaning in kept:
            if isinstance(meaning, Stop):
                limits.note(hit.end, meaning.backward)
            elif meaning.backward and first_end <= hit.start:
                low = max(limits.of(meaning.category)[0], hit.start - MAX_REACH)
                low = _item_start(text, low, hit.start, meaning.lists)
                if meaning.stops:
                    for stop in self._own_stops[meaning.stops].finditer(text, low, hit.start):
                        low = stop.end()
                within = MAX_REACH if meaning.within is None else meaning.within
                scopes.append(
                    Scope(meaning.category, low, hit.start, within, meaning.lists, *hit[1:])
                )
        return scopes


def _competes(meaning: Cue | Stop) -> bool:
    """Tell whether a phrase hides others: a report may be told with the words of a denial."""
    return isinstance(meaning, Cue) and meaning.category is not Category.REPORT


def _closing(text: str, start: int, at: int) -> int:
    """Return where the brackets around a place close that opened behind ``start``, else 0."""
    opening = text.rfind("(", start, at)
    if opening < 0 or text.find(")", opening, at) >= 0:
        return 0
    return text.find(")", at) + 1


def _by_start(scope: Scope) -> int:
    return scope.start


def _cuts_into(hit: Hit, target_starts: Sequence[int]) -> bool:
    """Tell whether a hit begins before a mention and ends inside it."""
    place = bisect_right(target_starts, hit.start)
    return place < len(target_starts) and target_starts[place] < hit.end


def _holds(cue: Cue, hit: Hit, text: str, end: int, anchors: set[int], year: int | None) -> bool:
    """Tell whether the conditions a cue sets itself are met."""
    if cue.after is not None and cue.after not in anchors:
        return False
    if cue.not_after is not None and cue.not_after in anchors:
        return False
    # Of "Edema:" and "none", split as heading and body, the cue reaches beyond its sentence.
    if cue.closing and hit.end not in {end, len(text)} and not _closes(text, hit):
        return False
    return not (cue.dated and year is not None and int(text[hit.end - 4 : hit.end]) >= year)


def _closes(text: str, hit: Hit) -> bool:
    """Tell whether a clause ends behind a cue; so it does behind the mark of "stroke? per wife"."""
    if text[hit.end] in _CLAUSE_ENDS:
        return True
    return text[hit.end - 1] == "?" and text[hit.end] == " " and text[hit.start - 1] != " "


def _opens(text: str, start: int, at: int) -> bool:
    """Tell whether a cue at ``at`` opens its sentence."""
    return _OPENING.fullmatch(text, start, at) is not None


def _scope_start(text: str, hit: Hit, cue: Cue, limit: int) -> int:
    start = hit.end
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
