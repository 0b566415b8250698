"""What a text claims of its mentions: present, possible, absent, historical and so on.

ConText (Harkema et al., J Biomed Inform 2009;42:839-851) with four differences: a cue never
speaks of a mention it stands in or overlaps; the longest of overlapping phrases wins, whichever
category it is of; commas continue a list only for cues that say so; and a cue that ends its line
speaks of the list below it. The cost is linear in the cues and mentions of a sentence.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from cdi.domain.reading import Assertion, Certainty, Judgement, Section, Sentence
from cdi.nlp.characters import lower_case
from cdi.nlp.gate import Hit
from cdi.nlp.lead_ins import LeadInFinder
from cdi.nlp.reach import reach_backward, reach_forward
from cdi.nlp.scopes import MAX_REACH, Scope, ScopeFinder, Scopes, Span
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
_RANK = {category: rank for rank, category in enumerate(PRECEDENCE)}
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
_DOUBT = {
    Category.PLANNED: Certainty.WORKUP,
    Category.WORKUP: Certainty.WORKUP,
    Category.PROBABLE: Certainty.PROBABLE,
}


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

_NOTHING = Verdict(Judgement(Assertion.PRESENT, Certainty.STATED, 0, 0), False, False)


class AssertionReader:
    """Judges mentions by the cues of a pack. Made once per process; judging changes nothing."""

    def __init__(self, pack: CuePack) -> None:
        self._patterns = list(pack.phrases)
        self._sections = pack.sections
        self._scopes = ScopeFinder(pack)
        self._lead_ins = LeadInFinder(self._scopes, pack.title_words)

    def patterns(self) -> list[str]:
        """Return the phrases a gate must look for; hits refer to them by index."""
        return self._patterns

    def judge(
        self,
        text: str,
        sentence_start: int,
        sentence_end: int,
        cue_hits: Sequence[Hit],
        targets: Sequence[Span],
        section_kind: str = "",
    ) -> list[Judgement]:
        """Judge the mentions of one sentence by its own words alone.

        Args:
            text: the whole note; all offsets refer to it.
            sentence_start: of the sentence.
            sentence_end: of the sentence, exclusive.
            cue_hits: the hits of :meth:`patterns` inside the sentence, in the order of a gate.
            targets: start and end of each mention, in any order.
            section_kind: of the section, as in ``models/language/sections.yaml``.

        Returns:
            One judgement for each target, in the order given.
        """
        text = lower_case(text)
        scopes = self._scopes.find(text, sentence_start, sentence_end, cue_hits, targets)
        default = self._sections.get(section_kind, ())
        histories = self._scopes.histories(cue_hits)
        verdicts = _verdicts(
            text, sentence_start, scopes, histories, targets, set(targets), default
        )
        return [verdict.judgement for verdict in verdicts]

    def read(
        self,
        text: str,
        sentences: Sequence[Sentence],
        sections: Sequence[Section],
        cue_hits: Sequence[Hit],
        targets: Sequence[Span],
        year: int | None = None,
        names: Collection[Span] | None = None,
    ) -> list[Verdict]:
        """Judge the mentions of a note, with cues that carry over to the next lines.

        Args:
            text: the note.
            sentences: of the note, in order.
            sections: of the note, in order.
            cue_hits: the hits of :meth:`patterns` in the note, in the order of a gate.
            targets: start and end of each mention, in any order.
            year: in which the note was written, if known: an event of that year is no history.
            names: those of the targets that name something, all if None. Words inside a name are
                no cues ("no-reflow"), and a cue that reaches a name reaches what is in it.

        Returns:
            One verdict for each target, in the order given.
        """
        lower = lower_case(text)
        starts = [hit.start for hit in cue_hits]
        named = frozenset(targets if names is None else names)
        carried = self._carried(text, lower, sentences, sections, cue_hits, starts)
        section_starts = [section.heading for section in sections]
        verdicts = [_NOTHING] * len(targets)
        for number, members in _by_sentence(sentences, targets).items():
            start, end, _ = sentences[number]
            section = bisect_right(section_starts, start) - 1
            kind = sections[section].kind if section >= 0 else ""
            default = self._sections.get(kind, ())
            hits = cue_hits[bisect_left(starts, start) : bisect_left(starts, end)]
            above = carried.get(number, ())
            if not (above or self._scopes.any_cue(hits)):
                verdict = _decide(start, (), default)
                for member in members:
                    verdicts[member] = verdict
                continue
            spans = [targets[member] for member in members]
            naming = [span for span in spans if span in named]
            scopes = self._scopes.find(lower, start, end, hits, naming, above, year, spans)
            histories = self._scopes.histories(hits)
            found = _verdicts(lower, start, scopes, histories, spans, named, default)
            for member, verdict in zip(members, found, strict=True):
                verdicts[member] = verdict
        return verdicts

    def _carried(
        self,
        text: str,
        lower: str,
        sentences: Sequence[Sentence],
        sections: Sequence[Section],
        cue_hits: Sequence[Hit],
        starts: Sequence[int],
    ) -> Mapping[int, Sequence[Scope]]:
        """Return by number of the sentence what earlier lines say of its mentions."""
        headings = {s.heading for s in sections if s.kind in self._sections}
        carried = self._lead_ins.find(lower, sentences, cue_hits, starts, headings)
        if _HER_MEN.search(lower) or _HIS_WOMEN.search(lower):
            carried = {**carried, **_of_relatives(text, sentences, carried)}
        return carried


def _verdicts(
    text: str,
    start: int,
    scopes: Scopes,
    histories: Mapping[int, Scope],
    targets: Sequence[Span],
    names: Collection[Span],
    default: Sequence[Category],
) -> list[Verdict]:
    """Return what the scopes of a sentence that begins at ``start`` and its section decide."""
    unmoved = _decide(start, (), default)
    if not (scopes.forward or scopes.backward or histories):
        return [unmoved] * len(targets)
    reaching: list[list[Scope]] = [[] for _ in targets]
    if histories:
        for (first, last), found in zip(targets, reaching, strict=True):
            own = histories.get(last)
            if own is not None and first <= own.start:
                found.append(own)
    if scopes.forward:
        reach_forward(text, scopes.forward, targets, names, reaching)
    if scopes.backward:
        reach_backward(text, scopes.backward, targets, names, reaching)
    return [_decide(start, found, default) if found else unmoved for found in reaching]


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


def _by_sentence(sentences: Sequence[Sentence], targets: Sequence[Span]) -> dict[int, list[int]]:
    """Return the numbers of the sentences that hold targets, with the places of these."""
    starts = [sentence.start for sentence in sentences]
    found: dict[int, list[int]] = {}
    for place, (start, _) in enumerate(targets):
        found.setdefault(bisect_right(starts, start) - 1, []).append(place)
    found.pop(-1, None)
    return found


def _decide(sentence_start: int, found: Sequence[Scope], default: Sequence[Category]) -> Verdict:
    """Return what the scopes that reach a mention and its section make of it together."""
    assertion, certainty = Assertion.PRESENT, Certainty.STATED
    best = len(PRECEDENCE)
    cue_start = cue_end = sentence_start
    reported = ended = False
    withheld: Span | None = None
    for scope in found:
        category = scope.category
        if category is Category.REPORT:
            reported = True
            continue
        if category is Category.WITHHELD:
            withheld = scope.cue_start, scope.cue_end
            continue
        rank = _RANK[category]
        if rank < best:
            best, assertion = rank, _ASSERTION[category]
            cue_start, cue_end = scope.cue_start, scope.cue_end
        if category is Category.ENDED:
            ended = True
        elif category in _DOUBT and certainty is not Certainty.WORKUP:
            certainty = _DOUBT[category]
    for category in default:
        if category is Category.REPORT:
            reported = True
        elif _RANK[category] < best:  # of a cue in a section of its own kind, the cue is shown
            best, assertion = _RANK[category], _ASSERTION[category]
            cue_start = cue_end = sentence_start
            certainty = _DOUBT.get(category, certainty)
            ended = ended or category is Category.ENDED
    return Verdict(Judgement(assertion, certainty, cue_start, cue_end), reported, ended, withheld)
