"""Finding the words of the catalogue: which hits name what for which condition."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise, repeat
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cdi.domain.reading import Sentence
from cdi.nlp.concept_table import ConceptTable, Meant, Sense
from cdi.nlp.folding import FOLDS
from cdi.nlp.gate import JoinedHits
from cdi.nlp.joined import JoinedTexts, bounds_of
from cdi.nlp.loops.meanings import Texts, group_meanings, read_meanings
from cdi.rules.condition import Condition


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
        hits: JoinedHits,
        followers: JoinedHits,
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
        ends = [end for of_text in sentences for _, end, _ in of_text]
        rows, bounds = read_meanings(
            self._table.meanings,
            Texts(
                texts.codes,
                texts.bounds,
                FOLDS.entries,
                hits.columns,
                hits.bounds,
                followers.columns,
                followers.bounds,
                np.array(ends, dtype=np.int64),
                bounds_of(sentences),
            ),
        )
        return [Meant(*rows[:, first:last]) for first, last in pairwise(bounds.tolist())]

    def candidates(self, rows: Meant, wanted: Collection[str] | None = None) -> list[Candidate]:
        """Return one candidate for each stretch of words, in reading order.

        Args:
            rows: what :meth:`find` found.
            wanted: the conditions whose candidates are asked for; all if None. Of the others come
                the names alone, which decide what words around them speak of.
        """
        table = self._table
        groups, kept = group_meanings(
            rows.hits,
            rows.starts,
            rows.ends,
            rows.senses,
            table.meanings.senses,
            self._asked(wanted),
        )
        senses = list(map(table.senses.__getitem__, kept.tolist()))
        starts, ends, firsts = groups.tolist()
        firsts.append(len(senses))
        meant = [tuple(senses[first:last]) for first, last in pairwise(firsts)]
        return list(map(_new, repeat(Candidate), zip(starts, ends, meant, strict=True)))

    def _asked(self, wanted: Collection[str] | None) -> npt.NDArray[np.bool_]:
        """Tell of each condition whether it is wanted."""
        asked = np.ones(len(self._table.conditions), dtype=np.bool_)
        if wanted is not None:
            asked[:] = [name in wanted for name in self._table.conditions]
        return asked


_new = tuple.__new__  # what the class would call
