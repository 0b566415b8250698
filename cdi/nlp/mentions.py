"""From candidate phrases to mentions: what a short form means here, and what is past."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from cdi.domain.reading import (
    Abbreviation,
    Assertion,
    Certainty,
    Judgement,
    Mention,
    Section,
    Sentence,
)
from cdi.nlp.abbreviations import AbbreviationReader
from cdi.nlp.assertion import Verdict
from cdi.nlp.concept_table import Sense
from cdi.nlp.concepts import Candidate
from cdi.rules.abbreviations import Sense as AbbreviationSense
from cdi.rules.condition import Condition
from cdi.rules.schema import Course

# In a list of diagnoses "stroke with MRI showing infarct" is the provider's own statement.
_OWN_WORDS = frozenset({"diagnoses"})


class MentionReader:
    """Turns judged candidates into mentions.

    Args:
        conditions: for their course, chronic or acute.
        abbreviations: decides between the meanings of a short form.
    """

    def __init__(
        self,
        conditions: Iterable[Condition],
        abbreviations: AbbreviationReader,
    ) -> None:
        self._acute = frozenset(c.id for c in conditions if c.spec.course is Course.ACUTE)
        self._abbreviations = abbreviations

    def read(
        self,
        text: str,
        candidates: Sequence[Candidate],
        verdicts: Sequence[Verdict],
        sections: Sequence[Section],
        sentences: Sequence[Sentence],
        abbreviations: Sequence[Abbreviation],
    ) -> Iterator[Mention]:
        """Yield the mentions of a note in reading order, one for each meaning of each phrase."""
        ends = [section.end for section in sections]
        defined = self._defined(text, candidates, abbreviations) if abbreviations else {}
        # What a short form means is asked once a sentence: its words are searched for the answer.
        meanings: dict[tuple[str, int, str], AbbreviationSense | None] = {}
        number = place = 0
        last = len(sentences) - 1
        for candidate, verdict in zip(candidates, verdicts, strict=True):
            start, end = candidate.start, candidate.end
            senses: Sequence[Sense] = candidate.senses
            while number < last and sentences[number + 1].start <= start:
                number += 1
            while ends[place] <= start:
                place += 1
            section = sections[place]
            if _in_known_heading(candidate, section):
                continue
            if defined or end - start <= self._abbreviations.longest:
                words = text[start:end]
                if words in defined:
                    senses = _of_conditions(senses, defined[words])
                else:
                    key = (words, number, section.kind)
                    if key not in meanings:
                        meanings[key] = self._abbreviations.sense(
                            text, start, end, sentences[number], section
                        )
                    meaning = meanings[key]
                    if meaning is not None:
                        senses = _of_conditions(senses, (meaning.condition,))
            judgement, reported, ended, withheld = verdict
            kind = section.kind
            reported = reported and kind not in _OWN_WORDS
            for sense in senses:
                assertion, certainty, cue_start, cue_end = (
                    judgement
                    if judgement.assertion is not Assertion.HISTORICAL
                    else self._past(sense, judgement, ended)
                )
                if withheld and sense.given and assertion is not Assertion.HYPOTHETICAL:
                    assertion, certainty = Assertion.ABSENT, Certainty.STATED
                    cue_start, cue_end = withheld
                yield Mention(
                    sense.condition,
                    sense.name,
                    sense.value,
                    start,
                    end,
                    assertion,
                    certainty,
                    reported,
                    kind,
                    number,
                    cue_start,
                    cue_end,
                )

    def _defined(
        self, text: str, candidates: Sequence[Candidate], abbreviations: Sequence[Abbreviation]
    ) -> Mapping[str, frozenset[str]]:
        """Return for each short form the note defines the conditions its long form names."""
        return {
            text[a.short_start : a.short_end]: frozenset(
                sense.condition
                for candidate in candidates
                if candidate.start < a.long_end and a.long_start < candidate.end
                for sense in candidate.senses
                if sense.naming
            )
            for a in abbreviations
        }

    def _past(self, sense: Sense, judgement: Judgement, ended: bool) -> Judgement:
        """Settle history: "history of" a chronic condition is current unless it has ended.

        ICD-10-CM Official Guidelines, section I.C.21.c.4.
        """
        if ended or sense.condition in self._acute:
            return judgement
        sure = judgement.certainty is Certainty.STATED
        return judgement._replace(assertion=Assertion.PRESENT if sure else Assertion.POSSIBLE)


def _of_conditions(senses: Sequence[Sense], conditions: Collection[str | None]) -> list[Sense]:
    """Leave out the meanings a short form does not have here."""
    return [s for s in senses if not s.naming or s.condition in conditions]


def _in_known_heading(candidate: Candidate, section: Section) -> bool:
    """Tell whether the words are those of a heading such as "PE:" for physical exam."""
    known = section.kind not in {"", "other"}
    return known and section.heading <= candidate.start and candidate.end <= section.start
