"""From candidate phrases to mentions: what a short form means here, and what is past."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence

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
from cdi.nlp.concepts import Candidate, Sense
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
        starts = [sentence.start for sentence in sentences]
        section_starts = [section.heading for section in sections]
        defined = self._defined(text, candidates, abbreviations)
        for candidate, verdict in zip(candidates, verdicts, strict=True):
            number = bisect_right(starts, candidate.start) - 1
            sentence = sentences[max(number, 0)]
            section = sections[bisect_right(section_starts, candidate.start) - 1]
            if _in_known_heading(candidate, section):
                continue
            senses = self._meant(text, candidate, sentence, section, defined)
            for sense in senses:
                judgement = self._judgement(sense, verdict)
                yield Mention(
                    sense.condition,
                    sense.name,
                    sense.value,
                    candidate.start,
                    candidate.end,
                    judgement.assertion,
                    judgement.certainty,
                    verdict.reported and section.kind not in _OWN_WORDS,
                    section.kind,
                    max(number, 0),
                    judgement.cue_start,
                    judgement.cue_end,
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

    def _meant(
        self,
        text: str,
        candidate: Candidate,
        sentence: Sentence,
        section: Section,
        defined: Mapping[str, frozenset[str]],
    ) -> Sequence[Sense]:
        """Leave out the meanings a short form does not have here."""
        words = text[candidate.start : candidate.end]
        if words in defined:
            conditions = defined[words]
            return [s for s in candidate.senses if not s.naming or s.condition in conditions]
        meaning = self._abbreviations.sense(text, candidate.start, candidate.end, sentence, section)
        if meaning is None:
            return candidate.senses
        return [s for s in candidate.senses if not s.naming or s.condition == meaning.condition]

    def _judgement(self, sense: Sense, verdict: Verdict) -> Judgement:
        """Settle history: "history of" a chronic condition is current unless it has ended.

        ICD-10-CM Official Guidelines, section I.C.21.c.4.
        """
        judgement = verdict.judgement
        if (
            judgement.assertion is Assertion.HISTORICAL
            and not verdict.ended
            and sense.condition not in self._acute
        ):
            sure = judgement.certainty is Certainty.STATED
            return judgement._replace(assertion=Assertion.PRESENT if sure else Assertion.POSSIBLE)
        return judgement


def _in_known_heading(candidate: Candidate, section: Section) -> bool:
    """Tell whether the words are those of a heading such as "PE:" for physical exam."""
    known = section.kind not in {"", "other"}
    return known and section.heading <= candidate.start and candidate.end <= section.start
