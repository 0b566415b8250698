"""From the text of a note to its facts: gate, structure, mentions, assertion, axes, values."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from cdi.domain.encounter import Note
from cdi.domain.reading import (
    Attachment,
    Judgement,
    Measurement,
    Mention,
    Reading,
    Section,
    Sentence,
)
from cdi.nlp.abbreviations import AbbreviationReader
from cdi.nlp.assertion import AssertionReader, Claims
from cdi.nlp.axes import AxisReader
from cdi.nlp.concept_table import Meant
from cdi.nlp.concepts import Candidate, ConceptReader
from cdi.nlp.demographics import read_age, read_sex
from cdi.nlp.gate import Gate, HitColumns, JoinedHits
from cdi.nlp.joined import JoinedTexts
from cdi.nlp.lines import unify_breaks
from cdi.nlp.measurement_names import Found
from cdi.nlp.measurements import MeasurementReader
from cdi.nlp.mentions import MentionReader
from cdi.nlp.sections import SectionReader
from cdi.nlp.sentences import split_all, split_sentences
from cdi.nlp.statistical import StatisticalReader
from cdi.rules.catalogue import Catalogue
from cdi.rules.phrases import expand
from cdi.rules.vocabulary import Vocabulary

# Code points of the notes that are looked at together: enough to hide what a step over arrays
# costs, and few enough for the caches.
_AT_ONCE = 1 << 17


class Hits(NamedTuple):
    """The hits of joined texts by what they are for; where each text is read by itself, by text."""

    concepts: JoinedHits
    followers: JoinedHits
    analytes: JoinedHits
    cues: list[HitColumns]
    links: list[HitColumns]


class Glance(NamedTuple):
    """A note after a look at its words: what they may tell of, before it is known what they claim.

    Attributes:
        note: the note.
        sections: its sections.
        sentences: its sentences.
        meant: what the words of conditions mean.
        analytes: the names of analytes.
        cues: hits of the phrases that decide an assertion.
        links: hits of "due to" and the like.
    """

    note: Note
    sections: tuple[Section, ...]
    sentences: tuple[Sentence, ...]
    meant: Meant
    analytes: list[Found]
    cues: HitColumns
    links: HitColumns


class Pipeline:
    """Reads notes. Made once per process; reading changes nothing in it.

    The gate looks for every term, cue, analyte and link of the catalogue in one pass; each reader
    then works on its own hits. See :mod:`cdi.nlp.components` for the same readers as components
    of a spaCy pipeline.
    """

    def __init__(self, catalogue: Catalogue, statistical: StatisticalReader | None = None) -> None:
        self.catalogue = catalogue
        self._statistical = statistical
        conditions = tuple(catalogue.conditions.values())
        self.concepts = ConceptReader(conditions)
        self.assertion = AssertionReader(catalogue.cues)
        self.measurements = MeasurementReader(catalogue.analytes)
        self.sections = SectionReader(catalogue.sections)
        self.axes = AxisReader(conditions)
        self.abbreviations = AbbreviationReader(catalogue.abbreviations)
        self.mentions = MentionReader(conditions, self.abbreviations)
        self._gate = Gate(
            self.concepts.patterns(),
            self.concepts.followers(),
            self.assertion.patterns(),
            self.measurements.patterns(),
            _expanded(catalogue.vocabulary, "causal_links"),
            plurals=True,
        )
        self._told = [
            (
                sense.condition,
                catalogue.chances.by_mention(sense.condition, sense.name, sense.value),
            )
            for sense in self.concepts.senses
        ]

    def read(self, note: Note) -> Reading:
        """Read one note, with everything in it that any condition cares about."""
        return self.read_whole(self.glance_all([note]))[0]

    def read_whole(self, glances: Sequence[Glance]) -> list[Reading]:
        """Read all of some notes, for all conditions."""
        anything = [None] * len(glances)
        return self.read_all(glances, anything, self.measure_all(glances, anything))

    def glance_all(self, notes: Sequence[Note]) -> list[Glance]:
        """Look at notes without reading them, to tell what is worth reading for."""
        return [glance for bunch in _bunches(notes) for glance in self._glance(bunch)]

    def _glance(self, notes: Sequence[Note]) -> list[Glance]:
        texts = [unify_breaks(note.text) for note in notes]
        joined = JoinedTexts(texts)
        hits = self.hits(joined)
        sections = self.sections.read_all(joined)
        sentences = split_all(joined, sections)
        meant = self.concepts.find(joined, hits.concepts, hits.followers, sentences)
        analytes = self.measurements.names.find(joined, hits.analytes)
        columns = (notes, sections, sentences, meant, analytes, hits.cues, hits.links)
        return list(map(Glance, *columns))

    def said(self, glance: Glance) -> Iterator[tuple[str, int]]:
        """Yield what the words of a note may tell of: conditions and bits."""
        return map(self._told.__getitem__, set(glance.meant.senses.tolist()))

    def measure_all(
        self, glances: Sequence[Glance], wanted: Sequence[Collection[str] | None]
    ) -> list[tuple[Measurement, ...]]:
        """Read the values of notes, of each those of some analytes at least or, if None, all."""
        return [
            tuple(self.measurements.read(g.note.text, g.analytes, g.sections, g.sentences, names))
            for g, names in zip(glances, wanted, strict=True)
        ]

    def read_all(
        self,
        glances: Sequence[Glance],
        wanted: Sequence[Collection[str] | None],
        measurements: Sequence[tuple[Measurement, ...]],
    ) -> list[Reading]:
        """Read notes, each for some conditions only or, where that is None, for all.

        Each step is done for all notes before the next one is.

        Args:
            glances: at the notes.
            wanted: for each the conditions to read it for.
            measurements: for each what :meth:`measure_all` read.

        Returns:
            What :meth:`read` does, but for the mentions of other conditions: of these there are
            the names alone.
        """
        candidates = list(map(self._candidates, glances, wanted))
        verdicts = self.assertion.read_all(list(map(_claims, glances, candidates)))
        abbreviations = [self.abbreviations.definitions(g.note.text, g.sentences) for g in glances]
        mentions = [
            list(self.mentions.read(g.note.text, found, judged, g.sections, g.sentences, defined))
            for g, found, judged, defined in zip(
                glances, candidates, verdicts, abbreviations, strict=True
            )
        ]
        attachments = list(map(self._attach, glances, mentions))
        return [
            Reading(
                note_id=glance.note.id,
                sections=glance.sections,
                sentences=glance.sentences,
                mentions=tuple(mentioned),
                attachments=tuple(attached),
                measurements=measured,
                abbreviations=defined,
                age=read_age(glance.note.text),
                sex=read_sex(glance.note.text),
            )
            for glance, mentioned, attached, measured, defined in zip(
                glances, mentions, attachments, measurements, abbreviations, strict=True
            )
        ]

    def _candidates(self, glance: Glance, wanted: Collection[str] | None) -> list[Candidate]:
        candidates = self.concepts.candidates(glance.meant, wanted)
        if self._statistical is not None and wanted is None and glance.sentences:
            candidates = sorted(candidates + self._statistical.find(glance.note.text))
        return candidates

    def _attach(self, glance: Glance, mentions: list[Mention]) -> list[Attachment]:
        """Attach axis values and causes to mentions; causes become mentions themselves."""
        text, sentences = glance.note.text, glance.sentences
        attachments = self.axes.attach(text, mentions, sentences)
        for head, cause in self.axes.causes(text, mentions, sentences, glance.links):
            attachments.append(Attachment(head, len(mentions)))
            mentions.append(cause)
        return attachments

    def assess(self, text: str, spans: Sequence[tuple[int, int]]) -> list[Judgement]:
        """Return the assertion of arbitrary spans, whatever the catalogue knows of them.

        Args:
            text: a sentence or a whole note.
            spans: start and end of each, in characters.
        """
        (cues,) = self.hits(JoinedTexts([text])).cues
        sections = self.sections.read(text)
        sentences = split_sentences(text, sections)
        verdicts = self.assertion.read(Claims(text, sentences, sections, cues, spans))
        return [verdict.judgement for verdict in verdicts]

    def hits(self, texts: JoinedTexts) -> Hits:
        """Return the hits of the gate dealt out to their readers."""
        concepts, followers, cues, analytes, links = self._gate.deal(texts)
        return Hits(concepts, followers, analytes, cues.by_text(), links.by_text())


def _claims(glance: Glance, candidates: Sequence[Candidate]) -> Claims:
    note, sections, sentences = glance[:3]
    year = note.recorded_at.year if note.recorded_at else None
    spans = [(start, end) for start, end, _ in candidates]
    names = {(start, end) for start, end, senses in candidates if any(s.naming for s in senses)}
    return Claims(note.text, sentences, sections, glance.cues, spans, year, names)


def _bunches(notes: Sequence[Note]) -> Iterator[list[Note]]:
    """Yield the notes that are looked at together."""
    bunch: list[Note] = []
    size = 0
    for note in notes:
        if bunch and size + len(note.text) > _AT_ONCE:
            yield bunch
            bunch, size = [], 0
        bunch.append(note)
        size += len(note.text)
    if bunch:
        yield bunch


def _expanded(vocabulary: Vocabulary, name: str) -> list[str]:
    return [wording for phrase in vocabulary.get(name, ()) for wording in expand(phrase)]
