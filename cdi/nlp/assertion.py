"""What a text claims of its mentions: present, possible, absent, historical and so on.

ConText (Harkema et al., J Biomed Inform 2009;42:839-851) with four differences: a cue never
speaks of a mention it stands in or overlaps; the longest of overlapping phrases wins, whichever
category it is of; commas continue a list only for cues that say so; and a cue that ends its line
speaks of the list below it. The cost is linear in the cues and mentions of a sentence.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from cdi.domain.reading import Assertion, Certainty, Judgement, Section, Sentence
from cdi.nlp.folding import lower_case
from cdi.nlp.gate import HitColumns
from cdi.nlp.groups import MentionGroups, group_mentions
from cdi.nlp.joined import bounds_of
from cdi.nlp.lead_ins import LeadInFinder
from cdi.nlp.loops import reach as loop
from cdi.nlp.loops.arrays import Numbers
from cdi.nlp.loops.kinds import KINDS, Codes, code_points
from cdi.nlp.loops.reach import MAX_REACH
from cdi.nlp.scopes import NUMBER_OF, Scope, ScopeFinder, Scopes, Span
from cdi.rules.cue_schema import Category
from cdi.rules.language import CuePack

# Where several cues reach a mention, the first of these decides. What is not claimed of anybody
# comes before what is denied, since "if no edema" denies nothing; a denial before the person,
# since "no family history of diabetes" denies; the person before the time, since "father: history
# of MI" is still the father's; all of these before doubt, which `certainty` tells anyway.
PRECEDENCE = (
    Category.HYPOTHETICAL,
    Category.NEGATION,
    Category.FAMILY,
    Category.ENDED,
    Category.HISTORY,
    Category.PLANNED,
    Category.WORKUP,
    Category.PROBABLE,
)
_ASSERTION = {
    Category.HYPOTHETICAL: Assertion.HYPOTHETICAL,
    Category.NEGATION: Assertion.ABSENT,
    Category.FAMILY: Assertion.FAMILY,
    Category.ENDED: Assertion.HISTORICAL,
    Category.HISTORY: Assertion.HISTORICAL,
    Category.PLANNED: Assertion.HYPOTHETICAL,
    Category.WORKUP: Assertion.POSSIBLE,
    Category.PROBABLE: Assertion.POSSIBLE,
}
_BY_RANK = [_ASSERTION[category] for category in PRECEDENCE]
_CERTAINTY = (Certainty.STATED, Certainty.PROBABLE, Certainty.WORKUP)
_DOUBT = {Category.PLANNED: 2, Category.WORKUP: 2, Category.PROBABLE: 1}
_ROLES = {
    Category.REPORT: loop.REPORTED,
    Category.ENDED: loop.ENDED,
    Category.WITHHELD: loop.WITHHELD,
    Category.HISTORY: loop.PAST,
}
_NOTHING = len(PRECEDENCE)  # the rank of what no cue speaks of


def _row(category: Category) -> tuple[int, int, int]:
    """Return what a category does as :mod:`cdi.nlp.loops.reach` takes it."""
    rank = PRECEDENCE.index(category) if category in PRECEDENCE else _NOTHING
    return rank, _DOUBT.get(category, 0), _ROLES.get(category, 0)


_CATEGORIES = np.array(list(map(_row, Category)), dtype=np.int64)


class Verdict(NamedTuple):
    """What was read of a mention.

    Attributes:
        judgement: its assertion and certainty.
        reported: the words are those of a report (imaging, ECG, pathology).
        ended: the text says that it is over ("as a child", "no longer"), not merely that it was
            known before ("history of"). A chronic condition is past only if it ended.
        withheld: the cue that tells that it is not given, if it is a drug.
    """

    judgement: Judgement
    reported: bool
    ended: bool
    withheld: Span | None = None


# "She came with her husband. His COPD is severe": where the relative before cannot be meant by the
# patient's own pronoun, the next sentence that begins with the other one goes on about him.
_ABOUT = re.compile(r"(?:(?P<his>His|He (?:has|had))|(?:Her|She (?:has|had)))\b")
# A pattern that begins with plain letters finds them in C, as one that begins with a boundary does
# not; so these look back behind their first word.
_HER_MEN = re.compile(
    r"her (?<!\wher )"
    r"(?:husband|son|brother|father|dad|boyfriend|grandson|nephew|uncle|grandfather)\b"
)
_HIS_WOMEN = re.compile(
    r"his (?<!\whis )"
    r"(?:wife|daughter|sister|mother|mom|girlfriend|granddaughter|niece|aunt|grandmother)\b"
)


class Claims(NamedTuple):
    """The mentions of a note that are to be judged, and what is known of the note.

    Attributes:
        text: the note.
        sentences: of the note, in order.
        sections: of the note, in order.
        cue_hits: the hits of :meth:`AssertionReader.patterns` in it, in the order of a gate.
        targets: start and end of each mention, in any order.
        year: in which the note was written, if known: an event of that year is no history.
        names: those of the targets that name something, all if None. Words inside a name are
            no cues ("no-reflow"), and a cue that reaches a name reaches what is in it.
    """

    text: str
    sentences: Sequence[Sentence]
    sections: Sequence[Section]
    cue_hits: HitColumns
    targets: Sequence[Span]
    year: int | None = None
    names: Collection[Span] | None = None


class _Note(NamedTuple):
    """What is claimed in a note, the note in lower case, its code points and its names."""

    claims: Claims
    text: str
    codes: Codes
    names: Collection[Span]

    @classmethod
    def of(cls, claims: Claims) -> _Note:
        lower = lower_case(claims.text)
        names = claims.targets if claims.names is None else claims.names
        return cls(claims, lower, code_points(lower), frozenset(names))


class AssertionReader:
    """Judges mentions by the cues of a pack. Made once per process; judging changes nothing."""

    def __init__(self, pack: CuePack) -> None:
        self._patterns = list(pack.phrases)
        self._section_rows = {kind: row for row, kind in enumerate(pack.sections, 1)}
        self._section_categories = _section_table(pack)
        self._scopes = ScopeFinder(pack)
        self._lead_ins = LeadInFinder(self._scopes, pack.title_words)

    def patterns(self) -> list[str]:
        """Return the phrases a gate must look for; hits refer to them by index."""
        return self._patterns

    def read(self, claims: Claims) -> list[Verdict]:
        """Return a verdict for each mention of a note, in the order given."""
        return self.read_all([claims])[0]

    def read_all(self, claims: Sequence[Claims]) -> list[list[Verdict]]:
        """Judge the mentions of notes, with cues that carry over to the next lines.

        Each step is done for all notes before the next one is.
        """
        notes = list(map(_Note.of, claims))
        carried = list(map(self._carried, notes))
        groups = list(map(self._group, notes, carried))
        scopes = list(map(self._find, notes, groups))
        judged = list(map(self._judge, notes, groups, scopes))
        return list(map(_verdicts, notes, groups, judged))

    def _group(self, note: _Note, carried: Mapping[int, Sequence[Scope]]) -> MentionGroups:
        claims = note.claims
        histories = self._scopes.histories(claims.cue_hits)
        return group_mentions(claims.sentences, claims.targets, note.names, histories, carried)

    def _find(self, note: _Note, groups: MentionGroups) -> list[Scopes]:
        _, _, _, hits, _, year, _ = note.claims
        return self._scopes.find(note.text, note.codes, hits, groups.questions, note.names, year)

    def _judge(self, note: _Note, groups: MentionGroups, scopes: Sequence[Scopes]) -> Numbers:
        starts = [question.start for question in groups.questions]
        forward, backward = [s.forward for s in scopes], [s.backward for s in scopes]
        sentences = loop.Sentences(
            np.array(starts, dtype=np.int64),
            np.array(groups.bounds, dtype=np.int64).reshape(-1, 2),
            _bounds(forward),
            _bounds(backward),
            self._defaults(starts, note.claims.sections),
        )
        return loop.judge_mentions(
            loop.Text(note.codes, KINDS.of(note.codes)),
            sentences,
            np.array(groups.mentions, dtype=np.int64).reshape(-1, 4),
            _table(forward),
            _table(backward),
            _CATEGORIES,
        )

    def _defaults(self, starts: Sequence[int], sections: Sequence[Section]) -> Numbers:
        """Return the categories that the section of each place gives its mentions."""
        headings = [section.heading for section in sections]
        around = [bisect_right(headings, start) - 1 for start in starts]
        kinds = [sections[place].kind if place >= 0 else "" for place in around]
        rows = [self._section_rows.get(kind, 0) for kind in kinds]
        defaults: Numbers = self._section_categories[rows]
        return defaults

    def _carried(self, note: _Note) -> Mapping[int, Sequence[Scope]]:
        """Return by number of the sentence what earlier lines say of its mentions."""
        text, sentences, sections, hits = note.claims[:4]
        headings = {s.heading for s in sections if s.kind in self._section_rows}
        carried = self._lead_ins.find(note.text, note.codes, sentences, hits, headings)
        if _HER_MEN.search(note.text) or _HIS_WOMEN.search(note.text):
            carried = {**carried, **_of_relatives(text, sentences, carried)}
        return carried


def _section_table(pack: CuePack) -> Numbers:
    """Return the categories of each kind of section, padded with -1; the first row is of none."""
    table = np.full((len(pack.sections) + 1, len(Category)), -1, dtype=np.int64)
    for row, categories in enumerate(pack.sections.values(), 1):
        table[row, : len(categories)] = [NUMBER_OF[category] for category in categories]
    return table


def _bounds(scopes: Sequence[Sequence[Scope]]) -> Numbers:
    """Return from which to which row of their table the scopes of each sentence stand."""
    places = bounds_of(scopes)
    return np.stack((places[:-1], places[1:]), axis=1)


def _table(scopes: Sequence[Sequence[Scope]]) -> Numbers:
    """Return scopes as :mod:`cdi.nlp.loops.reach` takes them."""
    rows = [
        (NUMBER_OF[category], start, end, within, cue_start, cue_end)
        for of_sentence in scopes
        for category, start, end, within, _, cue_start, cue_end in of_sentence
    ]
    return np.array(rows, dtype=np.int64).reshape(-1, 6)


def _verdicts(note: _Note, groups: MentionGroups, judged: Numbers) -> list[Verdict]:
    """Return the verdicts on the mentions of a note in the order they were given in."""
    verdict = _verdict((_NOTHING, 0, 0, 0, 0, -1, -1))
    verdicts = [verdict] * len(note.claims.targets)
    last: list[int] = []
    for place, row in zip(groups.places, judged.tolist(), strict=True):
        if row != last:  # mentions of a sentence are mostly judged alike
            last, verdict = row, _verdict(row)
        verdicts[place] = verdict
    return verdicts


def _verdict(row: Sequence[int]) -> Verdict:
    """Return a verdict of :func:`cdi.nlp.loops.reach.judge_mentions`."""
    rank, cue_start, cue_end, doubt, roles, *withheld = row
    assertion = _BY_RANK[rank] if rank < _NOTHING else Assertion.PRESENT
    return Verdict(
        Judgement(assertion, _CERTAINTY[doubt], cue_start, cue_end),
        bool(roles & loop.REPORTED),
        bool(roles & loop.ENDED),
        (withheld[0], withheld[1]) if withheld[0] >= 0 else None,
    )


def _of_relatives(
    text: str, sentences: Sequence[Sentence], carried: Mapping[int, list[Scope]]
) -> dict[int, list[Scope]]:
    """Return what reaches the sentences that go on about the relative in the one before them."""
    reached: dict[int, list[Scope]] = {}
    for number, (before, (start, _, _)) in enumerate(pairwise(sentences), 1):
        pronoun = _ABOUT.match(text, start)
        if pronoun is not None:
            kin = _HER_MEN if pronoun["his"] else _HIS_WOMEN
            if kin.search(text, before.start, before.end) is not None:
                scope = Scope(Category.FAMILY, start, start, MAX_REACH, True, start, pronoun.end())
                reached[number] = [*carried.get(number, ()), scope]
    return reached
