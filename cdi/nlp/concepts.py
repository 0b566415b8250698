"""Finding the words of the catalogue: which hits name what for which condition."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from cdi.domain.reading import Sentence
from cdi.nlp.concept_table import ConceptTable, Meant, Sense
from cdi.nlp.gate import HitColumns, fold_characters
from cdi.nlp.phrase_table import Array, Mask
from cdi.rules.condition import GAP_WORDS, Condition

# A gap phrase ("blood cultures ... positive") is looked for this far behind its first part.
_GAP_REACH = 160
# "Cultures have not grown" and "she developed no ileus" say the opposite of their phrase.
_DENIALS = frozenset({"no", "not", "without", "never", "nor", "denies", "denied", "negative"})
_OFFSET = 40  # bits of an offset; above them stands the number of a rival


class Candidate(NamedTuple):
    """A span with everything it may mean, before its assertion is judged."""

    start: int
    end: int
    senses: tuple[Sense, ...]


class ConceptReader:
    """Finds the phrases of conditions among the hits of a gate."""

    def __init__(self, conditions: Iterable[Condition]) -> None:
        self._table = ConceptTable(conditions)

    @property
    def senses(self) -> Sequence[Sense]:
        """All that phrases can mean."""
        return self._table.senses

    def patterns(self) -> list[str]:
        """Return the phrases to look for; hits refer to them by index."""
        return self._table.patterns

    def followers(self) -> list[str]:
        """Return what may stand behind the gap of a phrase; to be looked for as well."""
        return self._table.followers

    def meant(self, hits: HitColumns) -> Meant:
        """Return what hits of :meth:`patterns` may mean; ``senses`` refers to :attr:`senses`.

        Axis values of conditions that no phrase of the note names are left out.
        """
        table, rows = self._table, self._table.meant(hits)
        may_be_named = np.zeros(len(table.conditions), dtype=np.bool_)
        may_be_named[table.condition[rows.senses[table.head[rows.senses]]]] = True
        return rows.where(~table.bound[rows.senses] | may_be_named[table.condition[rows.senses]])

    def find(
        self,
        text: str,
        meant: Meant,
        followers: HitColumns,
        sentences: Sequence[Sentence],
        wanted: Collection[str] | None = None,
    ) -> list[Candidate]:
        """Return the candidates in reading order; none runs past its sentence.

        Within a condition the longest naming phrase wins ("acute renal failure" over "renal
        failure"), so does the longest of one axis or indicator, and nothing inside a phrase to
        be ignored counts. Different conditions do not disturb each other.

        Args:
            text: the note.
            meant: what the hits of the note may mean.
            followers: hits of :meth:`followers`, in the order of a gate.
            sentences: of the note, in order.
            wanted: the conditions whose candidates are asked for; all if None. Of the others come
                the names alone, which decide what words around them speak of.
        """
        table = self._table
        limits = _limits(meant.starts, sentences)
        kept = meant.ends <= limits
        if wanted is not None:
            asked = np.array([name in wanted for name in table.conditions], dtype=np.bool_)
            kept &= table.naming[meant.senses] | asked[table.condition[meant.senses]]
        rows = meant.where(kept)
        stops = self._stops(text, rows, limits[kept], _Followers(text, followers))
        rows = rows._replace(ends=stops).where(stops > 0)
        rows = rows.where(self._longest(rows))
        rows = self._without_ignored(rows)
        named = np.zeros(len(table.conditions), dtype=np.bool_)
        named[table.condition[rows.senses[table.head[rows.senses]]]] = True
        # Axis values count only of named conditions: "left" is of something.
        counting = ~table.bound[rows.senses] | named[table.condition[rows.senses]]
        return self._candidates(rows.where(counting))

    def _stops(self, text: str, rows: Meant, limits: Array, followers: _Followers) -> Array:
        """Return where each phrase ends, 0 where something that it asks for is missing."""
        table = self._table
        stops = rows.ends.copy()
        special = np.flatnonzero(table.special[rows.entries])
        columns = (rows.entries, rows.starts, rows.ends, limits)
        asked = zip(special.tolist(), *(c[special].tolist() for c in columns), strict=True)
        for row, number, start, end, limit in asked:
            _, exact, rest = table.entries[number]
            if exact and text[start:end] not in (exact, exact + "s"):
                stops[row] = 0
            elif rest:
                stops[row] = followers.follow(end, limit, rest)
        return stops

    def _longest(self, rows: Meant) -> Mask:
        """Tell which rows no longer phrase of a rival sense hides.

        Among rivals, in reading order, a phrase counts that ends behind all before it, or has the
        very words of the one that ends last.
        """
        rivals = self._table.rival[rows.senses]
        order = np.argsort(rivals, kind="stable")
        starts, ends, rivals = rows.starts[order], rows.ends[order], rivals[order]
        reached = rivals << _OFFSET | ends
        farthest = np.maximum.accumulate(reached)
        first = np.ones(len(order), dtype=np.bool_)  # to reach as far
        first[1:] = reached[1:] > farthest[:-1]
        leader = np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))
        kept = np.empty(len(order), dtype=np.bool_)
        kept[order] = first | ((reached == farthest) & (starts == starts[leader]))
        return kept

    def _without_ignored(self, rows: Meant) -> Meant:
        """Leave out the phrases to be ignored, and what stands inside them."""
        table = self._table
        ignored = table.ignored[rows.senses]
        if not ignored.any():
            return rows
        conditions, dropped = table.condition[rows.senses], ignored.copy()
        for row in np.flatnonzero(ignored).tolist():
            behind = slice(int(np.searchsorted(rows.starts, rows.starts[row])), None)
            same = conditions[behind] == conditions[row]
            dropped[behind] |= same & (rows.ends[behind] <= rows.ends[row])
        return rows.where(~dropped)

    def _candidates(self, rows: Meant) -> list[Candidate]:
        """Return one candidate for each stretch of words."""
        senses = self._table.senses
        columns = (rows.hits, rows.starts, rows.ends, rows.senses)
        found: list[Candidate] = []
        last, meant = (-1, -1, -1), list[Sense]()
        for hit, start, end, sense in zip(*(c.tolist() for c in columns), strict=True):
            if (hit, start, end) != last:
                if meant:
                    found.append(Candidate(last[1], last[2], tuple(meant)))
                last, meant = (hit, start, end), []
            meant.append(senses[sense])
        if meant:
            found.append(Candidate(last[1], last[2], tuple(meant)))
        return found


def _limits(starts: Array, sentences: Sequence[Sentence]) -> Array:
    """Return for each place where its sentence ends."""
    if not sentences:
        return np.zeros(len(starts), dtype=np.int64)
    ends = np.array([sentence.end for sentence in sentences], dtype=np.int64)
    limits: Array = ends[np.minimum(np.searchsorted(ends, starts, "right"), len(ends) - 1)]
    return limits


class _Followers:
    """The words behind gaps, found once for a note."""

    def __init__(self, text: str, hits: HitColumns) -> None:
        self._text = text
        self._patterns, self._starts, self._ends = (column.tolist() for column in hits)

    def follow(self, end: int, limit: int, parts: Sequence[frozenset[int]]) -> int:
        """Return where the last part of a phrase with gaps ends, 0 if one does not follow.

        Of each part the first counts that follows, and the longest of those that begin there.
        """
        for part in parts:
            found = self._next(end, min(limit, end + _GAP_REACH), part)
            if found is None:
                return 0
            start, stop = found
            gap = fold_characters(self._text[end:start]).split()
            if len(gap) > GAP_WORDS or not _DENIALS.isdisjoint(gap):
                return 0
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
