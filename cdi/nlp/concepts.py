"""Finding the words of the catalogue: which hits name what for which condition."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from cdi.domain.reading import Sentence
from cdi.nlp.gate import HitColumns, fold_characters, fold_pattern
from cdi.rules.condition import GAP_WORDS, Condition, Term
from cdi.rules.schema import Attach

# A gap phrase ("blood cultures ... positive") is looked for this far behind its first part.
_GAP_REACH = 160
# "Cultures have not grown" and "she developed no ileus" say the opposite of their phrase.
_DENIALS = frozenset({"no", "not", "without", "never", "nor", "denies", "denied", "negative"})
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


class _Demand(NamedTuple):
    """What a phrase asks for besides its words: exact capitals ("" if not), following parts.

    Each of ``rest`` holds the numbers of the followers of which one must come next.
    """

    sense: Sense
    exact: str
    rest: tuple[frozenset[int], ...]


class _Meaning(NamedTuple):
    """What a phrase means.

    Attributes:
        senses: all of them, if it means one thing in any case and without a gap; else none.
        demands: the senses whose capitals or following words matter.
        heads: the conditions it may name.
        loose: the conditions one of which must be named for it to mean anything; None if it
            stands for itself.
        next: the followers one of which must come for any demand; None if some need none.
    """

    senses: tuple[Sense, ...]
    demands: tuple[_Demand, ...]
    heads: frozenset[str]
    loose: frozenset[str] | None
    next: frozenset[int] | None


def _new_meaning(senses: tuple[Sense, ...], demands: tuple[_Demand, ...]) -> _Meaning:
    conditions = frozenset(sense.condition for sense in senses)
    return _Meaning(
        senses=() if demands else senses,
        demands=demands,
        heads=frozenset(sense.condition for sense in senses if sense.name in HEADS),
        loose=conditions if all(sense.bound for sense in senses) else None,
        next=_first_followers(demands),
    )


def _first_followers(demands: Sequence[_Demand]) -> frozenset[int] | None:
    if not all(demand.rest for demand in demands):
        return None
    return frozenset(follower for demand in demands for follower in demand.rest[0])


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
        self._followers: dict[str, int] = {}
        self._shared: dict[tuple[int, ...], _Meaning] = {}
        self._meanings = [self._meaning(meant) for meant in terms]

    def _meaning(self, terms: Sequence[tuple[Sense, Term]]) -> _Meaning:
        """Return what a phrase means; phrases that mean the same share it.

        Of a hundred thousand phrases most are wordings of a few thousand meanings, which stay in
        the caches of the processor as so many copies would not.
        """
        senses = tuple(sense for sense, _ in terms)
        if any(term.exact or term.rest for _, term in terms):
            return _new_meaning(senses, tuple(self._demands(terms)))
        key = tuple(map(id, senses))
        meaning = self._shared.get(key)
        if meaning is None:
            meaning = self._shared[key] = _new_meaning(senses, ())
        return meaning

    def _demands(self, terms: Sequence[tuple[Sense, Term]]) -> Iterator[_Demand]:
        """Merge the phrases that differ only in what follows ("... positive", "... grew")."""
        merged: dict[tuple[Sense, str], set[int]] = {}
        for sense, term in terms:
            exact = term.phrase if term.exact else ""
            rest = [frozenset(map(self._follower, part)) for part in term.rest]
            if len(rest) == 1:
                merged.setdefault((sense, exact), set()).update(rest[0])
            else:
                yield _Demand(sense, exact, tuple(rest))
        for (sense, exact), followers in merged.items():
            yield _Demand(sense, exact, (frozenset(followers),))

    def _follower(self, phrase: str) -> int:
        return self._followers.setdefault(fold_pattern(phrase), len(self._followers))

    def patterns(self) -> list[str]:
        """Return the phrases to look for; hits refer to them by index."""
        return self._patterns

    def followers(self) -> list[str]:
        """Return what may stand behind the gap of a phrase; to be looked for as well."""
        return list(self._followers)

    def find(
        self,
        text: str,
        hits: HitColumns,
        followers: HitColumns,
        sentences: Sequence[Sentence],
    ) -> list[Candidate]:
        """Return the candidates in reading order; none runs past its sentence.

        Within a condition the longest naming phrase wins ("acute renal failure" over "renal
        failure"), so does the longest of one axis or indicator, and nothing inside a phrase to
        be ignored counts. Different conditions do not disturb each other.

        Args:
            text: the note.
            hits: of :meth:`patterns`, in the order of a gate.
            followers: hits of :meth:`followers`, in the order of a gate.
            sentences: of the note, in order.
        """
        meanings = self._meanings
        rows = [(meanings[pattern], start, end) for pattern, start, end in hits.rows()]
        may_be_named = frozenset[str]().union(*{meaning.heads for meaning, _, _ in rows})
        behind = _Followers(text, followers)
        kept = _Kept()
        ends = [sentence.end for sentence in sentences]
        sentence, limit = 0, ends[0] if ends else 0
        for (senses, demands, _, loose, following), start, end in rows:
            if loose is not None and loose.isdisjoint(may_be_named):
                continue
            while start >= limit and sentence + 1 < len(ends):
                sentence += 1
                limit = ends[sentence]
            if end > limit:
                continue
            if senses:
                kept.add(start, end, senses)
            elif following is not None and not behind.may_follow(end, limit, following):
                continue
            for sense, exact, rest in demands:
                if exact and text[start:end] not in (exact, exact + "s"):
                    continue
                stop = behind.follow(end, limit, rest) if rest else end
                if stop is not None:
                    kept.add(start, stop, (sense,))
        return kept.candidates()


class _Followers:
    """The words behind gaps, found once for a note."""

    def __init__(self, text: str, hits: HitColumns) -> None:
        self._text = text
        self._patterns, self._starts, self._ends = (column.tolist() for column in hits)

    def may_follow(self, end: int, limit: int, wanted: frozenset[int]) -> bool:
        """Tell whether one of these followers is near enough; most often none is there at all."""
        first = bisect_left(self._starts, end)
        last = bisect_left(self._starts, min(limit, end + _GAP_REACH), first)
        return first < last and not wanted.isdisjoint(self._patterns[first:last])

    def follow(self, end: int, limit: int, parts: Sequence[frozenset[int]]) -> int | None:
        """Return where the last part of a phrase with gaps ends, None if one does not follow.

        Of each part the first counts that follows, and the longest of those that begin there.
        """
        for part in parts:
            found = self._next(end, min(limit, end + _GAP_REACH), part)
            if found is None:
                return None
            start, stop = found
            gap = fold_characters(self._text[end:start]).split()
            if len(gap) > GAP_WORDS or not _DENIALS.isdisjoint(gap):
                return None
            end = stop
        return end

    def _next(self, start: int, limit: int, wanted: frozenset[int]) -> tuple[int, int] | None:
        starts, patterns, ends = self._starts, self._patterns, self._ends
        at = bisect_left(starts, start)
        while at < len(starts) and starts[at] < limit:
            if patterns[at] in wanted and ends[at] <= limit:
                return starts[at], ends[at]
            at += 1
        return None


class _Kept:
    """The candidates of a note so far, and what they hide."""

    def __init__(self) -> None:
        self._covered: dict[str, tuple[int, int]] = {}  # rival -> its last phrase
        self._ignored: dict[str, int] = {}  # condition -> where its last phrase to ignore ends
        self._named: set[str] = set()
        self._found: list[Candidate] = []

    def add(self, start: int, end: int, senses: tuple[Sense, ...]) -> None:
        """Keep the senses of a phrase that no longer phrase hides."""
        covered, ignored, span = self._covered, self._ignored, (start, end)
        kept = []
        for sense in senses:
            condition, name, _, _, rival, _ = sense
            if end <= ignored.get(condition, -1):
                continue
            over = covered.get(rival)
            if over is not None and end <= over[1] and span != over:
                continue
            covered[rival] = span
            if name == "ignore":
                ignored[condition] = end
                continue
            kept.append(sense)
            if name in HEADS:
                self._named.add(condition)
        if kept:
            everything = len(kept) == len(senses)
            self._found.append(Candidate(start, end, senses if everything else tuple(kept)))

    def candidates(self) -> list[Candidate]:
        """Return what was kept; axis values only of named conditions: "left" is of something."""
        result = []
        for candidate in self._found:
            senses = candidate.senses
            kept = [s for s in senses if not s.bound or s.condition in self._named]
            if len(kept) == len(senses):
                result.append(candidate)
            elif kept:
                result.append(candidate._replace(senses=tuple(kept)))
        return result
