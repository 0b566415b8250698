"""From the text of a note to its facts: gate, structure, mentions, assertion, axes, values."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np

from cdi.domain.encounter import Note
from cdi.domain.reading import Attachment, Judgement, Reading, Section, Sentence
from cdi.nlp.abbreviations import AbbreviationReader
from cdi.nlp.assertion import AssertionReader
from cdi.nlp.axes import AxisReader
from cdi.nlp.concept_table import Meant
from cdi.nlp.concepts import ConceptReader
from cdi.nlp.demographics import read_age, read_sex
from cdi.nlp.gate import Gate, Hit, HitColumns
from cdi.nlp.measurement_names import Found
from cdi.nlp.measurements import MeasurementReader
from cdi.nlp.mentions import MentionReader
from cdi.nlp.sections import SectionReader
from cdi.nlp.sentences import split_sentences
from cdi.nlp.statistical import StatisticalReader
from cdi.rules.catalogue import Catalogue
from cdi.rules.chances import Told
from cdi.rules.phrases import expand
from cdi.rules.vocabulary import Vocabulary


class Hits(NamedTuple):
    """The hits of one text by what they are for."""

    concepts: HitColumns
    followers: HitColumns
    cues: list[Hit]
    analytes: list[Hit]
    links: list[Hit]


class Glance(NamedTuple):
    """A note after a look at its words: what they may tell of, before it is known what they claim.

    Attributes:
        note: the note.
        hits: of the gate.
        sections: its sections.
        sentences: its sentences.
        meant: what the words of conditions mean.
        analytes: the names of analytes.
    """

    note: Note
    hits: Hits
    sections: tuple[Section, ...]
    sentences: tuple[Sentence, ...]
    meant: Meant
    analytes: list[Found]


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
        return self._read(self.glance(note), None)

    def glance(self, note: Note) -> Glance:
        """Look at a note without reading it, to tell what is worth reading for."""
        text = note.text
        hits = self.hits(text)
        sections = self.sections.read(text)
        sentences = split_sentences(text, sections)
        meant = self.concepts.find(text, hits.concepts, hits.followers, sentences)
        analytes = self.measurements.names.find(text, hits.analytes)
        return Glance(note, hits, sections, sentences, meant, analytes)

    def told(self, glance: Glance) -> Told:
        """Return what the words of a note may tell of."""
        told = Told()
        told.add_all(map(self._told.__getitem__, np.unique(glance.meant.senses).tolist()))
        for analyte in self.measurements.names.analytes(glance.analytes):
            told.add_all(self.catalogue.chances.by_analyte(analyte))
        return told

    def read_for(self, glance: Glance, wanted: Collection[str]) -> Reading:
        """Read a note for some conditions only.

        Returns:
            What :meth:`read` does, but for the mentions of other conditions: of these there are
            the names alone.
        """
        return self._read(glance, wanted)

    def _read(self, glance: Glance, wanted: Collection[str] | None) -> Reading:
        note, hits, sections, sentences, meant, analytes = glance
        text = note.text
        if not sentences:
            return Reading(note.id, sections)
        abbreviations = self.abbreviations.definitions(text, sentences)
        candidates = self.concepts.candidates(meant, wanted)
        if self._statistical is not None and wanted is None:
            candidates = sorted(candidates + self._statistical.find(text))
        year = note.recorded_at.year if note.recorded_at else None
        spans = [(candidate.start, candidate.end) for candidate in candidates]
        names = {(c.start, c.end) for c in candidates if any(s.naming for s in c.senses)}
        verdicts = self.assertion.read(text, sentences, sections, hits.cues, spans, year, names)
        mentions = list(
            self.mentions.read(text, candidates, verdicts, sections, sentences, abbreviations)
        )
        attachments = self.axes.attach(text, mentions, sentences)
        for head, cause in self.axes.causes(text, mentions, sentences, hits.links):
            attachments.append(Attachment(head, len(mentions)))
            mentions.append(cause)
        return Reading(
            note_id=note.id,
            sections=sections,
            sentences=sentences,
            mentions=tuple(mentions),
            attachments=tuple(attachments),
            measurements=tuple(self.measurements.read(text, analytes, sections, sentences)),
            abbreviations=abbreviations,
            age=read_age(text),
            sex=read_sex(text),
        )

    def assess(self, text: str, spans: Sequence[tuple[int, int]]) -> list[Judgement]:
        """Return the assertion of arbitrary spans, whatever the catalogue knows of them.

        Args:
            text: a sentence or a whole note.
            spans: start and end of each, in characters.
        """
        hits = self.hits(text)
        sections = self.sections.read(text)
        sentences = split_sentences(text, sections)
        verdicts = self.assertion.read(text, sentences, sections, hits.cues, spans)
        return [verdict.judgement for verdict in verdicts]

    def hits(self, text: str) -> Hits:
        """Return the hits of the gate dealt out to their readers."""
        concepts, followers, *others = self._gate.deal(text)
        cues, analytes, links = (columns.hits() for columns in others)
        return Hits(concepts, followers, cues, analytes, links)


def _expanded(vocabulary: Vocabulary, name: str) -> list[str]:
    return [wording for phrase in vocabulary.get(name, ()) for wording in expand(phrase)]
