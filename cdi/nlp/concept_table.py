"""What each phrase of the catalogue means, in columns that a whole note is looked up in at once.

A hundred thousand phrases have a few thousand meanings, and a meaning is a few entries: a sense,
and what the phrase asks for besides its words. Numbers in arrays stay in the caches of the
processor, as so many objects would not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from cdi.domain.reading import HEADS
from cdi.nlp.characters import Array, Mask
from cdi.nlp.gate import HitColumns, fold_pattern
from cdi.rules.condition import Condition, Term
from cdi.rules.schema import Attach

IGNORE = "ignore"
_NAMING = HEADS | {IGNORE}


class Sense(NamedTuple):
    """What a phrase means to one condition.

    ``naming`` is True for words that name something, False for axis values and indicators. A
    phrase overrules the shorter ones inside it that have the same ``rival``. ``bound`` is True for
    axis values that mean nothing where the note does not name the condition. ``given`` is True for
    drugs that count only if they are given.
    """

    condition: str
    name: str
    value: str
    naming: bool
    rival: str
    bound: bool
    given: bool


class Entry(NamedTuple):
    """A sense, by its number, and what a phrase asks for besides its words to have it.

    Attributes:
        exact: the words with the capitals that the text must have, "" if any will do.
        rest: what must follow, part by part: the numbers of the followers of which one must come.
    """

    sense: int
    exact: str
    rest: tuple[frozenset[int], ...]


class Meant(NamedTuple):
    """What the hits of a note may mean: a row for each entry of each phrase, in reading order.

    Attributes:
        hits: the place of the hit among the hits.
        starts, ends: of the phrase in the text.
        entries: the entry.
        senses: its sense.
    """

    hits: Array
    starts: Array
    ends: Array
    entries: Array
    senses: Array

    def where(self, kept: Mask) -> Meant:
        """Return some of the rows."""
        return Meant(*[column[kept] for column in self])

    def part(self, offset: int, first: int, last: int) -> Meant:
        """Return the rows from ``first`` to ``last``, their places counted from an offset on."""
        hits, starts, ends, entries, senses = (column[first:last] for column in self)
        return Meant(hits, starts - offset, ends - offset, entries, senses)


class ConceptTable:
    """The phrases of conditions and their meanings.

    Attributes:
        patterns: the phrases, as they are written.
        followers: what may stand behind the gap of a phrase.
        conditions: ids of the conditions.
        senses: all senses; the arrays are in their order.
        condition: of each sense, by its place in ``conditions``.
        rival: of each sense, by number.
        naming, ignored, head, bound: which senses are so.
        entries: all entries.
        special: which entries ask for more than the words.
        awaited: of each entry, by number, the part that must follow first; -1 where none must.
    """

    def __init__(self, conditions: Iterable[Condition]) -> None:
        self.patterns: list[str] = []
        self.conditions: list[str] = []
        self._followers: dict[str, int] = {}
        numbers: dict[Sense, int] = {}
        terms: list[list[tuple[int, Term]]] = []
        places: dict[str, int] = {}
        for condition in conditions:
            self.conditions.append(condition.id)
            known: dict[tuple[str, str], int] = {}
            for term in condition.terms:
                name, value, phrase, _, _ = term
                place = places.setdefault(fold_pattern(phrase), len(terms))
                if place == len(terms):
                    self.patterns.append(phrase)
                    terms.append([])
                sense = known.get((name, value))
                if sense is None:
                    sense = numbers.setdefault(_sense(condition, name, value), len(numbers))
                    known[name, value] = sense
                terms[place].append((sense, term))
        self.senses = list(numbers)
        self._take_senses()
        self._take_entries(terms)

    @property
    def followers(self) -> list[str]:
        """What may stand behind the gap of a phrase."""
        return list(self._followers)

    def meant(self, hits: HitColumns) -> Meant:
        """Return what hits of :attr:`patterns` may mean."""
        rows, entries = _spread(self._counts, self._firsts, self._meanings[hits.patterns])
        return Meant(rows, hits.starts[rows], hits.ends[rows], entries, self._sense_of[entries])

    def coming(self, followers: HitColumns) -> tuple[Array, Array]:
        """Return the parts of phrases that hits of :attr:`followers` may be, and where they begin.

        Parts have the numbers of :attr:`awaited`.
        """
        rows, at = _spread(self._part_counts, self._part_firsts, followers.patterns)
        return self._parts_of[at], followers.starts[rows]

    def _take_senses(self) -> None:
        places = {name: place for place, name in enumerate(self.conditions)}
        rivals: dict[str, int] = {}
        senses = self.senses
        self.condition = _array(places[sense.condition] for sense in senses)
        self.rival = _array(rivals.setdefault(sense.rival, len(rivals)) for sense in senses)
        self.naming = np.array([sense.naming for sense in senses], dtype=np.bool_)
        self.ignored = np.array([sense.name == IGNORE for sense in senses], dtype=np.bool_)
        self.head = np.array([sense.name in HEADS for sense in senses], dtype=np.bool_)
        self.bound = np.array([sense.bound for sense in senses], dtype=np.bool_)

    def _take_entries(self, terms: Sequence[Sequence[tuple[int, Term]]]) -> None:
        meanings: dict[tuple[Entry, ...], int] = {}
        plain: dict[tuple[int, ...], int] = {}  # of phrases that ask for nothing: nearly all
        numbers = []
        for meant in terms:
            senses = tuple([sense for sense, term in meant if not (term.exact or term.rest)])
            number = plain.get(senses) if len(senses) == len(meant) else None
            if number is None:
                number = meanings.setdefault(tuple(self._entries(meant)), len(meanings))
                if len(senses) == len(meant):
                    plain[senses] = number
            numbers.append(number)
        self._meanings = np.array(numbers, dtype=np.int32)
        self._counts = _array(map(len, meanings))
        self._firsts = np.cumsum(self._counts) - self._counts
        self.entries = [entry for meaning in meanings for entry in meaning]
        self._sense_of = _array(entry.sense for entry in self.entries)
        special = [bool(entry.exact or entry.rest) for entry in self.entries]
        self.special = np.array(special, dtype=np.bool_)
        self._take_parts()

    def _take_parts(self) -> None:
        parts: dict[frozenset[int], int] = {}
        self.awaited = _array(
            parts.setdefault(entry.rest[0], len(parts)) if entry.rest else -1
            for entry in self.entries
        )
        parts_of: list[list[int]] = [[] for _ in self._followers]
        for part, number in parts.items():
            for follower in part:
                parts_of[follower].append(number)
        self._parts_of = _array(chain.from_iterable(parts_of))
        self._part_counts = _array(map(len, parts_of))
        self._part_firsts = np.cumsum(self._part_counts) - self._part_counts

    def _entries(self, terms: Sequence[tuple[int, Term]]) -> Iterator[Entry]:
        """Merge the phrases that differ only in what follows ("... positive", "... grew")."""
        merged: dict[tuple[int, str], set[int]] = {}
        for sense, term in terms:
            exact = term.phrase if term.exact else ""
            rest = [frozenset(map(self._follower, part)) for part in term.rest]
            if len(rest) == 1:
                merged.setdefault((sense, exact), set()).update(rest[0])
            else:
                yield Entry(sense, exact, tuple(rest))
        for (sense, exact), followers in merged.items():
            yield Entry(sense, exact, (frozenset(followers),))

    def _follower(self, phrase: str) -> int:
        return self._followers.setdefault(fold_pattern(phrase), len(self._followers))


def _spread(counts: Array, firsts: Array, items: Array) -> tuple[Array, Array]:
    """Return row of ``items`` and place for each of the places that an item has in a flat array."""
    counts = counts[items]
    rows = np.repeat(np.arange(len(items)), counts)
    before = np.cumsum(counts) - counts
    return rows, np.arange(len(rows)) + (firsts[items] - before)[rows]


def _sense(condition: Condition, name: str, value: str) -> Sense:
    naming = name in _NAMING or name in condition.spec.groups
    rival = condition.id if naming else f"{condition.id}.{name}"
    axis = condition.axis_names.get(name)
    bound = axis is not None and condition.spec.axes[axis].attach is not Attach.NOTE
    indicator = condition.spec.indicators.get(name)
    given = indicator is not None and indicator.asks_for_giving
    return Sense(condition.id, name, value, naming, rival, bound, given)


def _array(numbers: Iterable[int]) -> Any:
    return np.array(list(numbers), dtype=np.int64)
