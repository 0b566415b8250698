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

from cdi.domain.reading import Section
from cdi.nlp.heading_index import NO_HEADING, SYSTEM, HeadingIndex
from cdi.nlp.headings import LONGEST, Candidate, find_candidates, is_capitalised
from cdi.nlp.lines import unify_breaks
from cdi.rules.sections import UNLISTED_KIND, Context, SectionKind, SectionPack, fold_heading

_MOST_WORDS = 6  # of an unlisted heading
_MOST_WORDS_AMONG_CAPITALS = 3  # where all is in capitals, they tell less
_SHORT = 4  # code points: "CHF:", "WBC:" are problems and analytes, not unlisted headings

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
# "COPIED FORWARD 2022 DC SUMMARY:": what it told was of then.
_OLD_RECORD = re.compile(
    r"\b(?:prior|previous|old|outside)\b.*\b(?:summary|summaries|records?|discharge|admissions?)\b"
    r"|\b(?:copied|copy|pasted|summary|records?)\b.*\b(?:19|20)[0-9]{2}\b.*"
    r"\b(?:summary|records?|notes?|discharge|admission)\b",
    re.IGNORECASE,
)
_LONGEST_ITEM_MARK = 16  # code points
_BEFORE_ANY_HEADING = SectionKind(title="Before any heading")


class SectionReader:
    """Finds the sections of a note.

    Args:
        pack: the section kinds and their headings.
    """

    def __init__(self, pack: SectionPack) -> None:
        self._pack = pack
        self._index = HeadingIndex(pack)

    def read(self, text: str) -> tuple[Section, ...]:
        """Return the sections of a note in order; together they cover it without a gap.

        A note that begins with no heading begins with a section of kind "". An empty note has
        no sections.
        """
        if not text:
            return ()
        return _Walk(self._pack, self._index, unify_breaks(text)).sections()


class _Walk:
    """One pass over one note: what is open, and what came before."""

    def __init__(self, pack: SectionPack, index: HeadingIndex, text: str) -> None:
        self._kinds, self._index, self._text = pack.kinds, index, text
        self._systems_kind = pack.systems.kind
        self._note_kind = ""  # of the whole note, by its first line
        self._open_kind = _BEFORE_ANY_HEADING
        self._is_visit = False  # a provider took a history, examined, operated or assessed
        self._systems_seen = 0  # headings of organ systems
        self._interrupted: str | None = (
            None  # the section open before a study that is told within its line
        )
        self._items_seen = False  # in the open section, ...
        self._items_from = 0  # ... as far as it was searched
        self._opened: list[tuple[str, int, int]] = [("", 0, 0)]

    def sections(self) -> tuple[Section, ...]:
        for candidate in find_candidates(self._text, self._read_title()):
            if candidate.start >= self._opened[-1][2]:
                self._consider(candidate)
        self._return_from_study(len(self._text))
        self._open_unnamed_problems()
        opened = self._opened
        if len(opened) > 1 and not self._text[: opened[1][1]].strip():
            opened[:2] = [(opened[1][0], 0, opened[1][2])]
        ends = [heading for _, heading, _ in opened[1:]] + [len(self._text)]
        return tuple(Section(*place, end) for place, end in zip(opened, ends, strict=True))

    def _open_unnamed_problems(self) -> None:
        """Open a section at a numbered list behind examination or results.

        Only in a note of a visit in which nothing else assesses: dictated notes go from the last
        result to "1. Heart failure." without a heading.
        """
        kinds = [self._kinds.get(kind, _BEFORE_ANY_HEADING) for kind, _, _ in self._opened]
        if not self._is_visit or self._note_kind or any(kind.problems for kind in kinds):
            return
        for place in range(len(kinds) - 1, -1, -1):
            if kinds[place].context in _LISTED_BEHIND:
                last = place + 1 == len(kinds)
                end = len(self._text) if last else self._opened[place + 1][1]
                found = _PROBLEMS.search(self._text, self._opened[place][2], end)
                if found:
                    start = found.start(1)
                    self._opened.insert(place + 1, (_PROBLEM_LIST, start, start))
                return

    def _read_title(self) -> int:
        """Open the section that a note's first line names; return where that line ends."""
        text = self._text
        start = len(text) - len(text.lstrip())
        end = text.find("\n", start)
        end = len(text) if end == -1 else end
        line = text[start:end].strip(" \t#*_:")
        if len(line) > LONGEST or line.endswith(".") or not is_capitalised(line):
            return 0
        label, colon, _ = line.partition(":")
        kind = self._index.title(line)
        if kind is None or (colon and not line.isupper()):
            return 0
        if colon and self._index.find(label) not in (None, kind):  # "CXR: clear"
            return 0
        self._note_kind = kind
        self._open(kind, start, end)
        return end

    def _consider(self, candidate: Candidate) -> None:
        """Open the section a candidate names, if it is a heading and no open section keeps it."""
        self._return_from_study(candidate.start)
        kind = self._index.find(candidate.label)
        if kind is None:
            kind = _PAST if self._copies_the_past(candidate) else self._derive(candidate)
        elif kind == NO_HEADING:
            return
        elif kind == SYSTEM:
            self._systems_seen += 1
            kind = self._kind_of_system(candidate)
        elif self._lists_the_past(candidate):
            kind = _PAST
        elif self._is_no_heading(candidate) or self._keeps(kind, candidate):
            kind = None
        elif self._note_kind and fold_heading(candidate.label) in self._note.keeps:
            kind = self._note_kind
        if kind is not None:
            before = self._open_kind, self._opened[-1][0]
            self._open(kind, candidate.start, candidate.body)
            self._note_interruption(candidate, *before)

    def _note_interruption(self, candidate: Candidate, before: SectionKind, name: str) -> None:
        if not (candidate.inline and self._open_kind.context in _OF_RESULTS):
            self._interrupted = None
        elif before.context not in _OF_RESULTS:
            self._interrupted = name

    def _return_from_study(self, end: int) -> None:
        """Go back to what was open before a study told within its line, once a paragraph ends."""
        if self._interrupted is None:
            return
        over = _PARAGRAPH_ENDS.search(self._text, self._opened[-1][2], end)
        if over is not None and over.end() < end:
            self._open(self._interrupted or UNLISTED_KIND, over.end(), over.end())
            self._interrupted = None

    def _lists_the_past(self, candidate: Candidate) -> bool:
        if fold_heading(candidate.label) != _SHORT_HISTORY:
            return False
        end = self._text.find("\n", candidate.body)
        words = self._text[candidate.body : end if end >= 0 else None]
        return 0 < len(words) <= _LONGEST_LIST and _TELLING.search(words) is None

    def _copies_the_past(self, candidate: Candidate) -> bool:
        if candidate.inline or candidate.listed or candidate.bare:
            return False
        return _OLD_RECORD.search(candidate.label) is not None

    def _open(self, kind: str, start: int, body: int) -> None:
        self._open_kind = self._kinds[kind]
        if self._open_kind.systems:
            self._systems_kind = kind
        self._is_visit |= self._open_kind.context in _OF_A_VISIT
        self._items_seen, self._items_from = False, max(body - 1, 0)
        self._opened.append((kind, start, body))

    @property
    def _note(self) -> SectionKind:
        return self._kinds[self._note_kind]

    def _derive(self, candidate: Candidate) -> str | None:
        """Return the kind of an unlisted heading, or None for words that are no heading."""
        label = candidate.label
        if candidate.inline or candidate.listed or candidate.dashed or ". " in label:
            return None
        keeps = self._open_kind.keeps_unlisted
        if candidate.capitals:
            derived = self._index.derive(label) if len(label) > _SHORT else None
        elif not keeps and " " in label and is_capitalised(label):
            derived = self._index.derive(label)
        else:
            derived = None
        if derived == SYSTEM:
            return self._kind_of_system(candidate)
        if derived or keeps:
            return derived
        return UNLISTED_KIND if candidate.hashes > 1 or self._is_unlisted(candidate) else None

    def _is_unlisted(self, candidate: Candidate) -> bool:
        label = candidate.label
        if candidate.bare or len(label) <= _SHORT or not _UNLISTED.match(label):
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
        if candidate.bare or candidate.listed or not candidate.capitals:
            return True
        return _NUMBER.match(self._text, candidate.body) is not None

    def _kind_of_system(self, candidate: Candidate) -> str | None:
        """Return the section that an organ system opens, or None if it stays in this one."""
        if self._interrupted is not None and fold_heading(candidate.label) in _SYSTEMS_OF_PLANS:
            return self._interrupted or UNLISTED_KIND
        if self._open_kind.keeps_systems or candidate.listed:
            return None
        if self._open_kind.context != Context.EXAM:  # else it follows the vital signs
            told = candidate.capitals and len(candidate.label) >= _SHORT
            if candidate.inline or not told:
                return None
        return self._systems_kind

    def _keeps(self, kind: str, candidate: Candidate) -> bool:
        """Tell whether the open section keeps a listed heading of another kind."""
        if candidate.listed and not self._leaves_list(kind, candidate):
            return True
        opened, heading = self._open_kind, self._kinds[kind]
        if heading is opened:
            return False
        if candidate.inline and opened.context in _OF_RESULTS and not candidate.capitals:
            return " " not in candidate.label  # "CT: mass. Impression: tumor" is the report's
        if opened.keeps and fold_heading(candidate.label) in opened.keeps:
            # Behind a history or an examination, the IMPRESSION is not that of a report.
            return opened.problems or not (heading.problems and self._is_visit)
        return opened.problems and heading.detail and self._is_detail(heading, candidate)

    def _leaves_list(self, kind: str, candidate: Candidate) -> bool:
        """Tell "1. ASSESSMENT:" from an item of a list, "3. Allergies: seasonal"."""
        if self._open_kind.problems and (kind == UNLISTED_KIND or not candidate.capitals):
            return False
        if candidate.capitals:
            return len(candidate.label) > _SHORT
        return " " in candidate.label or (candidate.alone and not candidate.bare)

    def _is_detail(self, heading: SectionKind, candidate: Candidate) -> bool:
        """Tell the labs, drugs or diet of one problem from a section of their own."""
        if candidate.listed or candidate.indented:
            return True
        if candidate.capitals and not candidate.inline:
            return False
        several_words = " " in candidate.label
        if self._has_items(candidate.start):
            return not (candidate.alone and several_words)
        evidence = heading.context in (Context.LABORATORY, Context.IMAGING)
        return not (evidence or several_words)

    def _has_items(self, end: int) -> bool:
        """Tell whether a list item stands in the open section before ``end``."""
        if not self._items_seen:
            self._items_seen = _ITEM.search(self._text, self._items_from, end) is not None
            self._items_from = max(self._items_from, end - _LONGEST_ITEM_MARK)
        return self._items_seen
