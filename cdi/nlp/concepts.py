"""Finding the words of the catalogue: which hits name what for which condition."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from cdi.domain.reading import Sentence
from cdi.nlp.characters import Array, Mask
from cdi.nlp.concept_table import ConceptTable, Meant, Sense
from cdi.nlp.gate import HitColumns, fold_characters
from cdi.nlp.joined import JoinedTexts
from cdi.rules.condition import GAP_WORDS, Condition

# A gap phrase ("blood cultures ... positive") is looked for this far behind its first part.
_GAP_REACH = 160
# "Cultures have not grown" and "she developed no ileus" say the opposite of their phrase.
_DENIALS = frozenset({"no", "not", "without", "never", "nor", "denies", "denied", "negative"})
_OFFSET = 40  # bits of an offset; above them stands the number of a rival or a part


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

    def find(
        self,
        texts: JoinedTexts,
        hits: HitColumns,
        followers: HitColumns,
        sentences: Sequence[Sequence[Sentence]],
    ) -> list[Meant]:
        """Return what the phrases of each text mean; ``senses`` refers to :attr:`senses`.

        Within a condition the longest naming phrase wins ("acute renal failure" over "renal
        failure"), so does the longest of one axis or indicator, and nothing inside a phrase to
        be ignored counts. Different conditions do not disturb each other. No phrase runs past its
        sentence.

        Args:
            texts: the notes.
            hits: of :meth:`patterns`, in the order of a gate.
            followers: hits of :meth:`followers`, in the order of a gate.
            sentences: of each note, in order.
        """
        rows = self._of_named(self._table.meant(hits), texts)
        limits = _limits(rows.starts, texts, sentences)
        stops = self._stops(texts.text, rows, limits, followers)
        kept = (rows.ends <= limits) & (stops > 0)
        rows = rows._replace(ends=stops).where(kept)
        rows = rows.where(self._longest(rows))
        rows = self._of_named(self._without_ignored(rows), texts)
        return [rows.part(*stretch) for stretch in texts.stretches(rows.starts)]

    def candidates(self, rows: Meant, wanted: Collection[str] | None = None) -> list[Candidate]:
        """Return one candidate for each stretch of words, in reading order.

        Args:
            rows: what :meth:`find` found.
            wanted: the conditions whose candidates are asked for; all if None. Of the others come
                the names alone, which decide what words around them speak of.
        """
        table = self._table
        if wanted is not None:
            asked = np.array([name in wanted for name in table.conditions], dtype=np.bool_)
            rows = rows.where(table.naming[rows.senses] | asked[table.condition[rows.senses]])
        columns = (rows.hits, rows.starts, rows.ends, rows.senses)
        found: list[Candidate] = []
        last, meant = (-1, -1, -1), list[Sense]()
        for hit, start, end, sense in zip(*(c.tolist() for c in columns), strict=True):
            if (hit, start, end) != last:
                if meant:
                    found.append(Candidate(last[1], last[2], tuple(meant)))
                last, meant = (hit, start, end), []
            meant.append(table.senses[sense])
        if meant:
            found.append(Candidate(last[1], last[2], tuple(meant)))
        return found

    def _of_named(self, rows: Meant, texts: JoinedTexts) -> Meant:
        """Leave out axis values of conditions that no phrase names: "left" is of something."""
        table, count = self._table, len(self._table.conditions)
        # A condition of a text by one number: it is named or not in each of them.
        numbers = texts.starts.searchsorted(rows.starts, "right") * count
        numbers += table.condition[rows.senses]
        named = np.zeros((len(texts.starts) + 1) * count, dtype=np.bool_)
        named[numbers[table.head[rows.senses]]] = True
        return rows.where(named[numbers] | ~table.bound[rows.senses])

    def _stops(self, text: str, rows: Meant, limits: Array, followers: HitColumns) -> Array:
        """Return where each phrase ends, 0 where something that it asks for is missing."""
        table, behind = self._table, _Followers(text, followers)
        stops = rows.ends.copy()
        hopeless = self._hopeless(rows, limits, followers)
        stops[hopeless] = 0
        special = np.flatnonzero(table.special[rows.entries] & ~hopeless)
        columns = (rows.entries, rows.starts, rows.ends, limits)
        asked = zip(special.tolist(), *(c[special].tolist() for c in columns), strict=True)
        for row, number, start, end, limit in asked:
            _, exact, rest = table.entries[number]
            if exact and text[start:end] not in (exact, exact + "s"):
                stops[row] = 0
            elif rest:
                stops[row] = behind.follow(end, limit, rest)
        return stops

    def _hopeless(self, rows: Meant, limits: Array, followers: HitColumns) -> Mask:
        """Tell which phrases ask for something behind them of which nothing is near enough."""
        parts, starts = self._table.coming(followers)
        coming = np.sort(parts << _OFFSET | starts)
        awaited = self._table.awaited[rows.entries]
        latest = np.minimum(limits, rows.ends + _GAP_REACH)
        near = coming.searchsorted(awaited << _OFFSET | rows.ends)
        near_enough = near < coming.searchsorted(awaited << _OFFSET | latest)
        hopeless: Mask = (awaited >= 0) & ~near_enough
        return hopeless

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
            place = rows.starts.searchsorted((rows.starts[row], rows.ends[row]))
            behind = slice(*place.tolist())
            same = conditions[behind] == conditions[row]
            dropped[behind] |= same & (rows.ends[behind] <= rows.ends[row])
        return rows.where(~dropped)


def _limits(starts: Array, texts: JoinedTexts, sentences: Sequence[Sequence[Sentence]]) -> Array:
    """Return for each place where its sentence ends."""
    firsts = texts.starts.tolist()
    ends = np.array(
        [first + end for first, of in zip(firsts, sentences, strict=True) for _, end, _ in of],
        dtype=np.int64,
    )
    if not len(ends):
        return np.zeros(len(starts), dtype=np.int64)
    limits: Array = ends[np.minimum(ends.searchsorted(starts, "right"), len(ends) - 1)]
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
        first, last = bisect_left(starts, start), bisect_left(starts, limit)
        for at in range(first, last):
            if patterns[at] in wanted and ends[at] <= limit:
                return starts[at], ends[at]
        return None
