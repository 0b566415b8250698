"""Finding the words of the catalogue: which hits name what for which condition."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from cdi.domain.reading import Sentence
from cdi.nlp.gate import Hit, fold_characters, fold_pattern
from cdi.rules.condition import GAP_WORDS, Condition, Term
from cdi.rules.schema import Attach

# A gap phrase ("blood cultures ... positive") is looked for this far behind its first part.
_GAP_REACH = 160
HEADS = frozenset({"documented", "vague"})
_NAMING = HEADS | {"ignore"}


class Sense(NamedTuple):
    """What a phrase means to one condition.

    ``naming`` is True for words that name something, False for axis values and indicators. A
    phrase overrules the shorter ones inside it that have the same ``rival``. ``bound`` is True for
    axis values that mean nothing where the note does not name the condition.
    """

    condition: str
    name: str
    value: str
    naming: bool
    rival: str
    bound: bool


class Candidate(NamedTuple):
    """A span with everything it may mean, before its assertion is judged."""

    start: int
    end: int
    senses: tuple[Sense, ...]


class _Words:
    """Wordings looked for in folded text; compiled at first use, since few ever are."""

    __slots__ = ("_parts", "_pattern")

    def __init__(self, parts: Iterable[str]) -> None:
        self._parts = tuple(parts)
        self._pattern: re.Pattern[str] | None = None

    def search(self, folded: str, start: int, end: int) -> re.Match[str] | None:
        """Find the first of the wordings in a stretch, the longest where several begin."""
        if self._pattern is None:
            longest_first = sorted(map(fold_pattern, self._parts), key=len, reverse=True)
            wordings = (" +".join(map(re.escape, part.split())) for part in longest_first)
            self._pattern = re.compile(rf"\b(?:{'|'.join(wordings)})\b")
        return self._pattern.search(folded, start, end)


class _Demand(NamedTuple):
    """What a phrase asks for besides its words: exact capitals ("" if not), following parts."""

    sense: Sense
    exact: str
    rest: tuple[_Words, ...]


class ConceptReader:
    """Finds the phrases of conditions among the hits of a gate."""

    def __init__(self, conditions: Iterable[Condition]) -> None:
        self._patterns: list[str] = []
        terms: list[list[tuple[Sense, Term]]] = []
        places: dict[str, int] = {}
        for condition in conditions:
            groups = _NAMING | set(condition.spec.groups)
            senses: dict[tuple[str, str], Sense] = {}
            bound_axes = {
                name
                for name, axis in condition.axis_names.items()
                if condition.spec.axes[axis].attach is not Attach.NOTE
            }
            for term in condition.terms:
                place = places.setdefault(fold_pattern(term.phrase), len(self._patterns))
                if place == len(self._patterns):
                    self._patterns.append(term.phrase)
                    terms.append([])
                sense = senses.get((term.name, term.value))
                if sense is None:
                    naming = term.name in groups
                    rival = condition.id if naming else f"{condition.id}.{term.name}"
                    bound = term.name in bound_axes
                    sense = Sense(condition.id, term.name, term.value, naming, rival, bound)
                    senses[term.name, term.value] = sense
                terms[place].append((sense, term))
        # Nine phrases in ten mean one thing in any case and without a gap: no work at all.
        self._plain = [
            None if any(t.exact or t.rest for _, t in meant) else tuple(s for s, _ in meant)
            for meant in terms
        ]
        self._demands = [
            list(_demands(meant)) if plain is None else []
            for meant, plain in zip(terms, self._plain, strict=True)
        ]
        # Words one of which must follow for any meaning; most often none does.
        self._must_follow = [
            _first_parts(meant) if plain is None else None
            for meant, plain in zip(terms, self._plain, strict=True)
        ]

    def patterns(self) -> list[str]:
        """Return the phrases to look for; hits refer to them by index."""
        return self._patterns

    def find(
        self, text: str, hits: Sequence[Hit], sentences: Sequence[Sentence]
    ) -> list[Candidate]:
        """Return the candidates in reading order; none runs past its sentence.

        Within a condition the longest naming phrase wins ("acute renal failure" over "renal
        failure"), so does the longest of one axis or indicator, and nothing inside a phrase to
        be ignored counts. Different conditions do not disturb each other.
        """
        covered: dict[str, tuple[int, int]] = {}
        ignored: dict[str, int] = {}
        found: list[Candidate] = []
        starts = [sentence.start for sentence in sentences]
        folded = fold_characters(text)
        for hit in hits:
            limit = sentences[max(bisect_right(starts, hit.start) - 1, 0)].end
            if hit.end > limit:
                continue
            plain = self._plain[hit.pattern]
            if plain is not None:
                kept = _keep(hit.start, hit.end, plain, covered, ignored)
                if kept:
                    found.append(Candidate(hit.start, hit.end, kept))
                continue
            for end, sense in self._demanding(text, folded, hit, limit):
                kept = _keep(hit.start, end, (sense,), covered, ignored)
                if kept:
                    found.append(Candidate(hit.start, end, kept))
        return list(_without_loose_values(found))

    def _demanding(self, text: str, folded: str, hit: Hit, limit: int) -> list[tuple[int, Sense]]:
        """Return the meanings of a hit whose capitals or following words matter."""
        must = self._must_follow[hit.pattern]
        if must and not must.search(folded, hit.end, min(limit, hit.end + _GAP_REACH)):
            return []
        words = text[hit.start : hit.end]
        result = []
        for sense, exact, rest in self._demands[hit.pattern]:
            if exact and words not in (exact, exact + "s"):
                continue
            end = _follow(folded, hit.end, limit, rest)
            if end is not None:
                result.append((end, sense))
        return result


def _without_loose_values(found: Sequence[Candidate]) -> Iterator[Candidate]:
    """Leave out axis values of conditions that are not named: "left" belongs to something."""
    named = {sense.condition for _, _, senses in found for sense in senses if sense.name in HEADS}
    for candidate in found:
        senses = candidate.senses
        kept = tuple(s for s in senses if not s.bound or s.condition in named)
        if kept:
            yield candidate if len(kept) == len(senses) else candidate._replace(senses=kept)


def _demands(terms: Sequence[tuple[Sense, Term]]) -> Iterator[_Demand]:
    """Merge the phrases that differ only in what follows ("cultures ... positive", "... grew")."""
    merged: dict[tuple[Sense, str], list[str]] = {}
    for sense, term in terms:
        exact = term.phrase if term.exact else ""
        if len(term.rest) == 1:
            merged.setdefault((sense, exact), []).extend(term.rest[0])
        else:
            yield _Demand(sense, exact, tuple(map(_Words, term.rest)))
    for (sense, exact), parts in merged.items():
        yield _Demand(sense, exact, (_Words(parts),))


def _first_parts(terms: Sequence[tuple[Sense, Term]]) -> _Words | None:
    if not all(term.rest for _, term in terms):
        return None
    return _Words(dict.fromkeys(part for _, term in terms for part in term.rest[0]))


def _follow(folded: str, end: int, limit: int, parts: Sequence[_Words]) -> int | None:
    """Return where the last part of a phrase with gaps ends, None if one does not follow."""
    for part in parts:
        found = part.search(folded, end, min(limit, end + _GAP_REACH))
        if found is None or len(folded[end : found.start()].split()) > GAP_WORDS:
            return None
        end = found.end()
    return end


def _keep(
    start: int,
    end: int,
    senses: tuple[Sense, ...],
    covered: dict[str, tuple[int, int]],
    ignored: dict[str, int],
) -> tuple[Sense, ...]:
    kept = []
    for sense in senses:
        condition = sense.condition
        if end <= ignored.get(condition, -1):
            continue
        over = covered.get(sense.rival)
        if over is not None and end <= over[1] and (start, end) != over:
            continue
        covered[sense.rival] = (start, end)
        if sense.name == "ignore":
            ignored[condition] = end
            continue
        kept.append(sense)
    return senses if len(kept) == len(senses) else tuple(kept)
