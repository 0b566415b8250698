"""What each phrase of the catalogue means, in columns that a whole note is looked up in at once.

A hundred thousand phrases have a few thousand meanings, and a meaning is a few entries: a sense,
and what the phrase asks for besides its words. Numbers in arrays stay in the caches of the
processor, as so many objects would not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Sized
from itertools import chain
from typing import NamedTuple

import numpy as np

from cdi.domain.reading import HEADS
from cdi.nlp.folding import fold_pattern
from cdi.nlp.joined import bounds_of
from cdi.nlp.loops.arrays import Numbers
from cdi.nlp.loops.kinds import code_points
from cdi.nlp.loops.meanings import BOUND, DENIAL, HEAD, IGNORED, NAMING, Meanings, Rows
from cdi.nlp.loops.words import word_table
from cdi.rules.condition import GAP_WORDS, Condition, Term
from cdi.rules.schema import Attach

IGNORE = "ignore"
_NAMING = HEADS | {IGNORE}
# A gap phrase ("blood cultures ... positive") is looked for this far behind its first part.
_GAP_REACH = 160
# "Cultures have not grown" and "she developed no ileus" say the opposite of their phrase.
_DENIALS = frozenset({"no", "not", "without", "never", "nor", "denies", "denied", "negative"})


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

    hits: Numbers
    starts: Numbers
    ends: Numbers
    entries: Numbers
    senses: Numbers


class ConceptTable:
    """The phrases of conditions and their meanings.

    Attributes:
        patterns: the phrases, as they are written.
        conditions: ids of the conditions.
        senses: all senses.
        meanings: of the phrases, as the loop takes them.
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
        self.meanings = self._take_meanings(self._take_senses(), *self._take_entries(terms))

    @property
    def followers(self) -> list[str]:
        """What may stand behind the gap of a phrase."""
        return list(self._followers)

    def _take_senses(self) -> Rows:
        places = {name: place for place, name in enumerate(self.conditions)}
        senses, rivals = self.senses, dict[str, int]()
        return _table(
            (places[sense.condition], rivals.setdefault(sense.rival, len(rivals)), _bits(sense))
            for sense in senses
        )

    def _take_entries(
        self, terms: Sequence[Sequence[tuple[int, Term]]]
    ) -> tuple[Rows, Rows, list[Entry]]:
        """Return the meanings of the phrases, where the entries of each begin, and these."""
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
        entries = [entry for meaning in meanings for entry in meaning]
        return np.array(numbers, dtype=np.int32), _bounds(meanings), entries

    def _take_meanings(
        self, senses: Rows, of_patterns: Rows, firsts: Rows, entries: Sequence[Entry]
    ) -> Meanings:
        numbers: dict[frozenset[int], int] = {}
        parts = [[numbers.setdefault(p, len(numbers)) for p in entry.rest] for entry in entries]
        of_followers: list[list[int]] = [[] for _ in self._followers]
        for part, number in numbers.items():
            for follower in part:
                of_followers[follower].append(number)
        all_senses = [*[entry.sense for entry in entries], -1]
        exact = [entry.exact for entry in entries]
        return Meanings(
            of_patterns=of_patterns,
            firsts=firsts,
            entries=_table(zip(all_senses, _bounds(parts), _bounds(exact), strict=True)),
            senses=senses,
            parts=_flat(parts),
            exact=code_points("".join(exact)),
            follower_firsts=_bounds(of_followers),
            follower_parts=_flat(of_followers),
            counts=(len(self.conditions), int(senses[:, 1].max(initial=-1)) + 1, len(numbers)),
            reach=_GAP_REACH,
            gap=GAP_WORDS,
            words=word_table(dict.fromkeys(_DENIALS, (DENIAL, 0))),
        )

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


def _sense(condition: Condition, name: str, value: str) -> Sense:
    naming = name in _NAMING or name in condition.spec.groups
    rival = condition.id if naming else f"{condition.id}.{name}"
    axis = condition.axis_names.get(name)
    bound = axis is not None and condition.spec.axes[axis].attach is not Attach.NOTE
    indicator = condition.spec.indicators.get(name)
    given = indicator is not None and indicator.asks_for_giving
    return Sense(condition.id, name, value, naming, rival, bound, given)


def _bits(sense: Sense) -> int:
    bits = HEAD if sense.name in HEADS else 0
    bits |= (sense.bound and BOUND) | (sense.naming and NAMING)
    return bits | (sense.name == IGNORE and IGNORED)


def _table(rows: Iterable[tuple[int, int, int]]) -> Rows:
    return np.array([*rows], dtype=np.int32).reshape(-1, 3)


def _bounds(lists: Iterable[Sized]) -> Rows:
    """Return where each of some lists begins behind those before it, and where the last ends."""
    return bounds_of(lists).astype(np.int32)


def _flat(lists: Iterable[Iterable[int]]) -> Rows:
    return np.array([*chain.from_iterable(lists)], dtype=np.int32)
