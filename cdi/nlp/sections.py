"""The sections of a note, found by their headings.

What counts as a heading:

* a listed one at the start of a line, in any case, with a colon ("HEART: Regular", "Plan:"), or
  alone on its line; behind a number, bullet, "##" or "**" where that cannot be a list item;
* a listed one inside a line, in capitals with a colon, after the end of a sentence ("... stable.
  PMH: CHF. FH: none."), or of several capitalised words ("... stable. Family History: none."),
  or a word that concludes ("... stable. Assessment: CHF.") outside of results;
* the number of a list of problems behind examination or results, where no heading concludes;
* an unlisted one in capitals with a colon at the start of a line; it opens a section "other";
* the first line of a note that names a report or a nursing note.

A heading inside a section that keeps it (an organ system in the examination, a problem in the
assessment) opens nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from cdi.domain.reading import Section
from cdi.nlp.heading_index import (
    NO_HEADING,
    SYSTEM,
    HeadingIndex,
    is_capitalised,
    names_old_record,
)
from cdi.nlp.headings import Candidate, Candidates, find_candidates
from cdi.nlp.joined import JoinedTexts
from cdi.nlp.lines import unify_breaks
from cdi.nlp.loops.headings import (
    ALONE,
    BARE,
    CAPITALS,
    CONTINUED,
    DASHED,
    DEEP,
    INDENTED,
    INLINE,
    LISTED,
)
from cdi.nlp.loops.openings import SHORT
from cdi.rules.sections import UNLISTED_KIND, Context, SectionKind, SectionPack

_MOST_WORDS = 6  # of an unlisted heading
_MOST_WORDS_AMONG_CAPITALS = 3  # where all is in capitals, they tell less

_UNLISTED = re.compile(r"[A-Z][A-Z /&,'()-]*\Z")
_NUMBER = re.compile(r"\d+(?![.)\d])")
_ITEM = re.compile(r"(?:^|[:.,;])[ \t]*(?:\d{1,2}[.)]|#|[-•*][ \t])", re.MULTILINE)
_OF_A_VISIT = frozenset({
    Context.PAST_HISTORY, Context.FAMILY, Context.SOCIAL, Context.ALLERGIES, Context.MEDICATIONS,
    Context.REVIEW_OF_SYSTEMS, Context.EXAM, Context.PROCEDURE, Context.ASSESSMENT, Context.PLAN,
})  # fmt: skip
_OF_RESULTS = frozenset({Context.LABORATORY, Context.IMAGING})
_LISTED_BEHIND = _OF_RESULTS | {Context.EXAM}
# Two numbered items behind a blank line.
_PROBLEMS = re.compile(
    r"\n[ \t]*\n[ \t]*(1[.)][ \t]*[A-Z][^\n]*\n"
    r"(?:(?![ \t]*\d+[.)])[^\n]*\n)*?[ \t]*2[.)][ \t]*[A-Z])"
)
_PROBLEM_LIST = "assessment_and_plan"
_PAST = "past_medical_history"
_AMBIGUOUS = "ID"
# "NEURO: EEG: slowing. CV: on pressors": behind a study told within a line, these go back to what
# was open before it. An organ ("Heart: enlarged") may be a part of the study.
_SYSTEMS_OF_PLANS = frozenset(
    ("neuro", "cv", "cvs", "cards", "cardio", "resp", "pulm", "gi", "gu", "renal", "heme", "endo",
     "fen", "psych", "msk", "derm", "onc")
)  # fmt: skip
# "Hx: stroke, CHF" lists the past; "Hx: 70M w/ two days of cough" tells of today.
_SHORT_HISTORY = "hx"
_TELLING = re.compile(
    r"\d+ ?(?:yo|y/o|y\.o|year|[mf]\b|d\b|day|wk|week|h\b|hr|hour)|\b(?:he|she|pt|patient|was|is|"
    r"has|had|presents?|presented|p/w|c/o|came|admitted|states?|reports?|started|today|now|w/)(?!\w)",
    re.IGNORECASE,
)
_LONGEST_LIST = 120
_PARAGRAPH_ENDS = re.compile(r"\n[ \t]*\n\s*")
_LONGEST_ITEM_MARK = 16  # code points


class _Kind(NamedTuple):
    """What the walk asks of a section kind, at hand; see :class:`cdi.rules.sections.SectionKind`.

    Attributes:
        of_visit: a provider took a history, examined, operated or assessed.
        of_results: it tells results.
    """

    context: Context
    keeps: frozenset[str]
    keeps_systems: bool
    keeps_unlisted: bool
    problems: bool
    detail: bool
    systems: bool
    of_visit: bool
    of_results: bool


def _kind(kind: SectionKind) -> _Kind:
    return _Kind(
        kind.context,
        frozenset(kind.keeps),
        kind.keeps_systems,
        kind.keeps_unlisted,
        kind.problems,
        kind.detail,
        kind.systems,
        kind.context in _OF_A_VISIT,
        kind.context in _OF_RESULTS,
    )


_BEFORE_ANY_HEADING = _kind(SectionKind(title="Before any heading"))


class SectionReader:
    """Finds the sections of a note.

    Args:
        pack: the section kinds and their headings.
    """

    def __init__(self, pack: SectionPack) -> None:
        self._systems_kind = pack.systems.kind
        self._kinds = {name: _kind(kind) for name, kind in pack.kinds.items()}
        self._index = HeadingIndex(pack)

    def read(self, text: str) -> tuple[Section, ...]:
        """Return the sections of a note in order; together they cover it without a gap.

        A note that begins with no heading begins with a section of kind "". An empty note has
        no sections.
        """
        return self.read_all(JoinedTexts([unify_breaks(text)]))[0]

    def read_all(self, texts: JoinedTexts) -> list[tuple[Section, ...]]:
        """Return the sections of texts whose lines end in a line feed."""
        return [
            _Walk(self._kinds, self._systems_kind, self._index, candidates).sections()
            if candidates.text
            else ()
            for candidates in find_candidates(texts, self._index)
        ]


class _Walk:
    """One pass over one note: what is open, and what came before."""

    def __init__(
        self,
        kinds: Mapping[str, _Kind],
        systems_kind: str,
        index: HeadingIndex,
        candidates: Candidates,
    ) -> None:
        self._kinds, self._index, self._candidates = kinds, index, candidates
        self._text = candidates.text
        self._systems_kind = systems_kind
        self._note_kind = ""  # of the whole note, by its first line
        self._open_kind = _BEFORE_ANY_HEADING
        self._is_visit = False  # something of a visit was opened
        self._assesses = False  # a list of problems was
        self._systems_seen = 0  # headings of organ systems
        self._interrupted: str | None = (
            None  # the section open before a study that is told within its line
        )
        self._items_seen = False  # in the open section, ...
        self._items_from = 0  # ... as far as it was searched
        self._body = 0  # where that of the open section begins
        # What was opened: its kinds, and where their headings and bodies begin.
        self._opened: tuple[list[str], list[int], list[int]] = [""], [0], [0]

    def sections(self) -> tuple[Section, ...]:
        if self._candidates.title >= 0:
            self._read_title(self._candidates.title, self._candidates.title_end)
        for candidate in self._candidates.headings:
            if candidate.start >= self._body:
                self._consider(candidate)
        if self._interrupted is not None:
            self._return_from_study(len(self._text))
        if self._is_visit and not self._assesses and not self._note_kind:
            self._open_unnamed_problems()
        kinds, headings, bodies = self._opened
        if len(kinds) > 1 and not self._text[: headings[1]].strip():
            del kinds[0], headings[1], bodies[0]
        return tuple(map(Section, kinds, headings, bodies, [*headings[1:], len(self._text)]))

    def _open_unnamed_problems(self) -> None:
        """Open a section at a numbered list behind examination or results.

        Only in a note of a visit in which nothing else assesses: dictated notes go from the last
        result to "1. Heart failure." without a heading.
        """
        kinds, headings, bodies = self._opened
        for place in range(len(kinds) - 1, 0, -1):
            if self._kinds[kinds[place]].context in _LISTED_BEHIND:
                last = place + 1 == len(kinds)
                end = len(self._text) if last else headings[place + 1]
                found = _PROBLEMS.search(self._text, bodies[place], end)
                if found:
                    kinds.insert(place + 1, _PROBLEM_LIST)
                    headings.insert(place + 1, found.start(1))
                    bodies.insert(place + 1, found.start(1))
                return

    def _read_title(self, start: int, end: int) -> None:
        """Open the section that a note's first line names, if it is a title."""
        line = self._text[start:end].strip(" \t#*_:")
        label, colon, _ = line.partition(":")
        kind = self._index.title(line)
        if kind is None or (colon and not line.isupper()):
            return
        if colon and self._index.find(label) not in (None, kind):  # "CXR: clear"
            return
        self._note_kind = kind
        self._open(kind, start, end)

    def _consider(self, candidate: Candidate) -> None:
        """Open the section a candidate names, if it is a heading and no open section keeps it."""
        if candidate.marks & CONTINUED and not self._note_kind:
            return
        if self._interrupted is not None:
            self._return_from_study(candidate.start)
        kind = candidate.kind
        if kind is None:
            kind = _PAST if self._copies_the_past(candidate) else self._derive(candidate)
        elif kind == NO_HEADING:
            return
        elif kind == SYSTEM:
            self._systems_seen += 1
            kind = self._kind_of_system(candidate)
        elif candidate.folded == _SHORT_HISTORY and self._lists_the_past(candidate):
            kind = _PAST
        elif self._is_no_heading(candidate) or self._keeps(kind, candidate):
            kind = None
        elif self._note_kind and candidate.folded in self._kinds[self._note_kind].keeps:
            kind = self._note_kind
        if kind is not None:
            before, name = self._open_kind, self._opened[0][-1]
            self._open(kind, candidate.start, candidate.body)
            if not (candidate.marks & INLINE and self._open_kind.of_results):
                self._interrupted = None
            elif not before.of_results:
                self._interrupted = name

    def _return_from_study(self, end: int) -> None:
        """Go back to what was open before a study told within its line, once a paragraph ends."""
        over = _PARAGRAPH_ENDS.search(self._text, self._body, end)
        if over is not None and over.end() < end:
            self._open(self._interrupted or UNLISTED_KIND, over.end(), over.end())
            self._interrupted = None

    def _lists_the_past(self, candidate: Candidate) -> bool:
        end = self._text.find("\n", candidate.body)
        words = self._text[candidate.body : end if end >= 0 else None]
        return 0 < len(words) <= _LONGEST_LIST and _TELLING.search(words) is None

    def _copies_the_past(self, candidate: Candidate) -> bool:
        if candidate.marks & (INLINE | LISTED | BARE):
            return False
        return names_old_record(candidate.label)

    def _open(self, kind: str, start: int, body: int) -> None:
        opened = self._open_kind = self._kinds[kind]
        if opened.systems:
            self._systems_kind = kind
        self._is_visit |= opened.of_visit
        self._assesses |= opened.problems
        self._items_seen, self._items_from = False, body - 1 if body else 0
        self._body = body
        kinds, headings, bodies = self._opened
        kinds.append(kind)
        headings.append(start)
        bodies.append(body)

    def _derive(self, candidate: Candidate) -> str | None:
        """Return the kind of an unlisted heading, or None for words that are no heading."""
        label = candidate.label
        if candidate.marks & (INLINE | LISTED | DASHED) or ". " in label:
            return None
        keeps = self._open_kind.keeps_unlisted
        if candidate.marks & CAPITALS:
            derived = self._index.derive(label) if len(label) > SHORT else None
        elif not keeps and " " in label and is_capitalised(label):
            derived = self._index.derive(label)
        else:
            derived = None
        if derived == SYSTEM:
            return self._kind_of_system(candidate)
        if derived or keeps:
            return derived
        return UNLISTED_KIND if candidate.marks & DEEP or self._is_unlisted(candidate) else None

    def _is_unlisted(self, candidate: Candidate) -> bool:
        label = candidate.label
        if candidate.marks & BARE or len(label) <= SHORT or not _UNLISTED.match(label):
            return False
        words = label.count(" ") + 1
        return words <= _MOST_WORDS_AMONG_CAPITALS or (
            words <= _MOST_WORDS and not self._text.isupper()
        )

    def _is_no_heading(self, candidate: Candidate) -> bool:
        """Tell "P: 78" and an answer "a: ..." from the letters of a SOAP note, "P: continue"."""
        if candidate.label == _AMBIGUOUS:  # identification, or the infections of an ICU note
            return self._systems_seen > 1
        if len(candidate.label) > 1:
            return False
        if candidate.marks & (BARE | LISTED) or not candidate.marks & CAPITALS:
            return True
        return _NUMBER.match(self._text, candidate.body) is not None

    def _kind_of_system(self, candidate: Candidate) -> str | None:
        """Return the section that an organ system opens, or None if it stays in this one."""
        if self._interrupted is not None and candidate.folded in _SYSTEMS_OF_PLANS:
            return self._interrupted or UNLISTED_KIND
        if self._open_kind.keeps_systems or candidate.marks & LISTED:
            return None
        if self._open_kind.context != Context.EXAM:  # else it follows the vital signs
            told = candidate.marks & CAPITALS and len(candidate.label) >= SHORT
            if candidate.marks & INLINE or not told:
                return None
        return self._systems_kind

    def _keeps(self, kind: str, candidate: Candidate) -> bool:
        """Tell whether the open section keeps a listed heading of another kind."""
        if candidate.marks & LISTED and not self._leaves_list(kind, candidate):
            return True
        opened, heading = self._open_kind, self._kinds[kind]
        if heading is opened:
            return False
        if candidate.marks & INLINE and opened.of_results and not candidate.marks & CAPITALS:
            return " " not in candidate.label  # "CT: mass. Impression: tumor" is the report's
        if opened.keeps and candidate.folded in opened.keeps:
            # Behind a history or an examination, the IMPRESSION is not that of a report.
            return opened.problems or not (heading.problems and self._is_visit)
        return opened.problems and heading.detail and self._is_detail(heading, candidate)

    def _leaves_list(self, kind: str, candidate: Candidate) -> bool:
        """Tell "1. ASSESSMENT:" from an item of a list, "3. Allergies: seasonal"."""
        if self._open_kind.problems and (kind == UNLISTED_KIND or not candidate.marks & CAPITALS):
            return False
        if candidate.marks & CAPITALS:
            return len(candidate.label) > SHORT
        return " " in candidate.label or candidate.marks & (ALONE | BARE) == ALONE

    def _is_detail(self, heading: _Kind, candidate: Candidate) -> bool:
        """Tell the labs, drugs or diet of one problem from a section of their own."""
        if candidate.marks & (LISTED | INDENTED):
            return True
        if candidate.marks & CAPITALS and not candidate.marks & INLINE:
            return False
        several_words = " " in candidate.label
        if self._has_items(candidate.start):
            return not (candidate.marks & ALONE and several_words)
        evidence = heading.context in (Context.LABORATORY, Context.IMAGING)
        return not (evidence or several_words)

    def _has_items(self, end: int) -> bool:
        """Tell whether a list item stands in the open section before ``end``."""
        if not self._items_seen:
            self._items_seen = _ITEM.search(self._text, self._items_from, end) is not None
            self._items_from = max(self._items_from, end - _LONGEST_ITEM_MARK)
        return self._items_seen
