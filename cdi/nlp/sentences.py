"""The sentences of a note.

A sentence ends at a full stop (:mod:`cdi.nlp.stops`), at a line break that is not one of a hard
wrap, before a list item, at a blank line, and where a section or its body begins. How they
are found is in :mod:`cdi.nlp.loops.sentences`; here are the words this goes by.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import accumulate, pairwise, repeat

import numpy as np

from cdi.domain.reading import Section, Sentence
from cdi.nlp.joined import JoinedTexts
from cdi.nlp.lines import unify_breaks
from cdi.nlp.loops.digits import Digits, digits_beyond_ascii
from cdi.nlp.loops.sentences import Offsets, split_texts
from cdi.nlp.loops.word_lists import ANSWER, BEFORE_A_VALUE, UNFINISHED, word_lists
from cdi.nlp.loops.words import WordTable
from cdi.nlp.stops import STOP_WORDS

# A line that ends with one of these goes on in the next.
_UNFINISHED = frozenset({
    "a", "an", "and", "are", "as", "at", "be", "been", "but", "by", "for", "from", "had", "has",
    "have", "her", "his", "in", "into", "is", "its", "no", "of", "on", "or", "that", "the", "their",
    "to", "was", "were", "which", "who", "with", "without", "&", "off", "w/", "s/p", "h/o", "due",
    "after", "before", "than",
})  # fmt: skip
# A number behind one of these is its value: "type 2. Hypertension", not item 2.
_BEFORE_A_VALUE = frozenset({
    "a", "about", "age", "and", "at", "axis", "bilirubin", "bun", "by", "class", "cr", "creatinine",
    "day", "days", "factor", "for", "from", "g", "gcs", "grade", "gravida", "hd", "inr", "is", "k",
    "lactate", "last", "level", "mag", "magnesium", "no", "number", "of", "on", "or", "p", "para",
    "phase", "phosphorus", "pod", "potassium", "room", "score", "stage", "t", "than", "the",
    "times", "to", "troponin", "type", "was", "wbc", "x", "=", "<", ">", "~", "+", "#",
})  # fmt: skip
# "Melena: no" is an answer; the next line of the form is no part of it.
_ANSWERS = frozenset({"no"})


def split_sentences(text: str, sections: Sequence[Section]) -> tuple[Sentence, ...]:
    """Return the sentences of a note, in order, without the white space around them.

    Every character but white space is in one of them. ``item`` counts list items, paragraphs
    and headings; what is nested under a problem has the problem's number.

    Args:
        text: the note.
        sections: as :meth:`cdi.nlp.sections.SectionReader.read` found them.
    """
    return split_all(JoinedTexts([unify_breaks(text)]), [sections])[0]


def split_all(
    texts: JoinedTexts, sections: Sequence[Sequence[Section]]
) -> list[tuple[Sentence, ...]]:
    """Return the sentences of several notes, as :func:`split_sentences` does.

    Args:
        texts: the notes; their lines end in line feeds (:func:`cdi.nlp.lines.unify_breaks`).
        sections: of each.
    """
    columns, counts = split_texts(
        texts.codes, texts.kinds, texts.bounds, _flat(sections), *_tables()
    )
    found = tuple(map(_new, repeat(Sentence), zip(*columns.tolist(), strict=True)))
    edges = accumulate(counts.tolist(), initial=0)
    return [found[low:high] for low, high in pairwise(edges)]


_new = tuple.__new__  # what the class would call


def _flat(sections: Sequence[Sequence[Section]]) -> Offsets:
    """Return for each text how many sections it has, then heading, start and end of each."""
    flat: list[int] = []
    for of_text in sections:
        flat.append(len(of_text))
        for _, *offsets in of_text:
            flat += offsets
    return np.array(flat, dtype=np.int64)


@cache
def _tables() -> tuple[WordTable, Digits]:
    lists = {UNFINISHED: _UNFINISHED, ANSWER: _ANSWERS, BEFORE_A_VALUE: _BEFORE_A_VALUE}
    return word_lists({**STOP_WORDS, **lists}), digits_beyond_ascii()
