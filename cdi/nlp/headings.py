"""Words that may be a heading, by where they stand in a note."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cdi.nlp.heading_index import HeadingIndex
from cdi.nlp.joined import JoinedTexts
from cdi.nlp.loops.headings import find_words
from cdi.nlp.loops.openings import keep_openings
from cdi.rules.sections import fold_heading


class Candidate(NamedTuple):
    """Words that may be a heading.

    Attributes:
        label: the words, without colon, marks and white space.
        folded: the same as headings are compared.
        kind: what :meth:`cdi.nlp.heading_index.HeadingIndex.find` gives for them.
        start: where the heading begins, its number or mark included.
        body: where what follows it begins.
        marks: bits of :mod:`cdi.nlp.loops.headings`:

            * ``LISTED``: it stands behind a number or a bullet;
            * ``DEEP``: behind more than one "#";
            * ``INDENTED``: white space stands before it on its line;
            * ``INLINE``: it does not stand at the start of its line;
            * ``BARE``: it has no colon;
            * ``ALONE``: nothing follows it on its line;
            * ``DASHED``: a dash follows it in place of a colon;
            * ``CAPITALS``: it is written in capitals;
            * ``CONTINUED``: it goes on with the line above, unless that is a title.
    """

    label: str
    folded: str
    kind: str | None
    start: int
    body: int
    marks: int


class Candidates(NamedTuple):
    """What may be headings of a text.

    Attributes:
        text: the text.
        headings: in order. They may overlap: "STABLE. PMH" and the "PMH" inside it.
        title: where its first line starts if that may be a title; else -1.
        title_end: where that line ends then; else -1.
    """

    text: str
    headings: list[Candidate]
    title: int
    title_end: int


def find_candidates(texts: JoinedTexts, index: HeadingIndex) -> Iterator[Candidates]:
    """Yield what may open a section in each text; lines end in a line feed.

    What can open none wherever it stands is left out.
    """
    codes, kinds = texts.codes, texts.kinds
    standing, bounds = find_words(codes, kinds, texts.starts)
    kept = keep_openings(codes, kinds, standing, bounds, index.table, index.conjunction)
    rows, known, first = kept.tolist(), index.known, 0
    for text, (_, title, title_end, last) in zip(texts.texts, bounds.tolist(), strict=True):
        headings = []
        for label, label_end, start, body, marks, number in rows[first:last]:
            words = text[label:label_end]
            folded, kind = (
                known[number] if number >= 0 else (fold_heading(words), index.find(words))
            )
            headings.append(Candidate(words, folded, kind, start, body, marks))
        yield Candidates(text, headings, title, title_end)
        first = last
