"""The readers as components of any spaCy pipeline.

Each can stand alone in somebody's own ``Language``; together, in the order of :func:`load`, they
give a document the very facts that :class:`cdi.nlp.pipeline.Pipeline` reads without one::

    nlp = spacy.blank("en")
    nlp.add_pipe("entity_ruler").add_patterns([{"label": "DX", "pattern": "pneumonia"}])
    nlp.add_pipe("cdi_assertion")
    nlp("No pneumonia.").ents[0]._.assertion      # "absent"

=================  ================================================================================
cdi_sections       ``doc._.sections``; ``doc.spans["cdi_sections"]`` labelled by kind
cdi_sentences      sentence starts (``doc.sents``); ``doc._.sentences``
cdi_abbreviations  ``doc._.cdi_abbreviations``: short forms the note defines
cdi_concepts       ``doc.spans["cdi_concepts"]`` labelled "condition:name" or "condition:axis=value"
cdi_measurements   ``doc.spans["cdi_measurements"]`` labelled by analyte; ``span._.measurement``
cdi_assertion      ``span._.assertion``, ``.certainty``, ``.cue``, ``.reported`` on entities and
                   concepts
cdi_axes           ``span._.axes`` on concepts, by condition; ``doc._.reading``: all facts
=================  ================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span

import cdi.nlp.tokenizer  # noqa: F401  registers the clinical tokenizer
from cdi.domain.encounter import Note
from cdi.domain.reading import Section, Sentence
from cdi.nlp.assertion import Claims
from cdi.nlp.joined import JoinedTexts
from cdi.nlp.pipeline import Hits, Pipeline
from cdi.nlp.sentences import split_sentences

COMPONENTS = (
    "cdi_sections",
    "cdi_sentences",
    "cdi_abbreviations",
    "cdi_concepts",
    "cdi_measurements",
    "cdi_assertion",
    "cdi_axes",
)


def load() -> Language:
    """Return a spaCy pipeline with the clinical tokenizer and every component.

    It can be inspected, extended, saved with ``to_disk`` and loaded again with ``spacy.load``
    where this package is installed.
    """
    nlp = spacy.blank(
        "en", config={"nlp": {"tokenizer": {"@tokenizers": "cdi.clinical_tokenizer.v1"}}}
    )
    for name in COMPONENTS:
        nlp.add_pipe(name)
    return nlp


class Component:
    """One step of reading, applied to a document.

    It keeps nothing of its own beside the installed rule packs, so that saving it writes nothing
    and loading it takes the packs of the machine it is loaded on.
    """

    def __init__(self, step: Callable[[Pipeline, Doc], None]) -> None:
        self._step = step

    def __call__(self, doc: Doc) -> Doc:
        """Read the document and write what was found onto it."""
        self._step(_pipeline(), doc)
        return doc

    def to_disk(self, *_: Any, **__: Any) -> None:
        """Write nothing."""

    def from_disk(self, *_: Any, **__: Any) -> Component:
        """Read nothing."""
        return self

    def to_bytes(self, *_: Any, **__: Any) -> bytes:
        """Return nothing to keep."""
        return b""

    def from_bytes(self, *_: Any, **__: Any) -> Component:
        """Take nothing."""
        return self


def _pipeline() -> Pipeline:
    from cdi.nlp import load_pipeline

    return load_pipeline()


def _read_sections(pipeline: Pipeline, doc: Doc) -> None:
    doc._.sections = pipeline.sections.read(doc.text)
    spans = [_span(doc, part.start, part.end, part.kind) for part in doc._.sections]
    doc.spans["cdi_sections"] = list(filter(None, spans))


def _read_sentences(pipeline: Pipeline, doc: Doc) -> None:
    doc._.sentences = split_sentences(doc.text, _sections(pipeline, doc))
    starts = {sentence.start for sentence in doc._.sentences}
    for token in doc:
        token.is_sent_start = token.i == 0 or token.idx in starts


def _read_abbreviations(pipeline: Pipeline, doc: Doc) -> None:
    found = pipeline.abbreviations.definitions(doc.text, _sentences(pipeline, doc))
    doc._.cdi_abbreviations = found


def _read_concepts(pipeline: Pipeline, doc: Doc) -> None:
    spans = []
    texts, sentences = JoinedTexts([doc.text]), [_sentences(pipeline, doc)]
    hits = _hits(pipeline, doc)
    (meant,) = pipeline.concepts.find(texts, hits.concepts, hits.followers, sentences)
    for candidate in pipeline.concepts.candidates(meant):
        for sense in candidate.senses:
            label = f"{sense.condition}:{sense.name}"
            label += f"={sense.value}" if sense.value else ""
            spans.append(_span(doc, candidate.start, candidate.end, label))
    doc.spans["cdi_concepts"] = list(filter(None, spans))


def _read_measurements(pipeline: Pipeline, doc: Doc) -> None:
    hits = _hits(pipeline, doc).analytes
    (names,) = pipeline.measurements.names.find(JoinedTexts([doc.text]), hits)
    found = pipeline.measurements.read(
        doc.text, names, _sections(pipeline, doc), _sentences(pipeline, doc)
    )
    spans = []
    for measurement in found:
        span = _span(doc, measurement.start, measurement.end, measurement.analyte)
        if span is not None:
            span._.measurement = measurement
            spans.append(span)
    doc.spans["cdi_measurements"] = spans


def _judge(pipeline: Pipeline, doc: Doc) -> None:
    spans = [*doc.ents, *_group(doc, "cdi_concepts")]
    claims = Claims(
        doc.text,
        _sentences(pipeline, doc),
        _sections(pipeline, doc),
        _hits(pipeline, doc).cues[0],
        [(span.start_char, span.end_char) for span in spans],
    )
    verdicts = pipeline.assertion.read(claims)
    for span, verdict in zip(spans, verdicts, strict=True):
        judgement = verdict.judgement
        span._.assertion = judgement.assertion.value
        span._.certainty = judgement.certainty.value
        span._.cue = doc.text[judgement.cue_start : judgement.cue_end]
        span._.reported = verdict.reported


def _attach(pipeline: Pipeline, doc: Doc) -> None:
    """Settle what only the whole note tells: history by course, short forms, axes.

    spaCy keeps the attributes of a span by its place, so that spans of several conditions over
    the same words share them: axes are kept apart by condition.
    """
    reading = pipeline.read(Note("doc", doc.text))
    doc._.reading = reading
    axes: dict[tuple[int, int], dict[str, dict[str, str]]] = {}
    for attachment in reading.attachments:
        head, value = reading.mentions[attachment.mention], reading.mentions[attachment.value]
        of_words = axes.setdefault((head.start, head.end), {})
        of_words.setdefault(head.condition, {})[value.name] = value.value
    for span in _group(doc, "cdi_concepts"):
        span._.axes = axes.get((span.start_char, span.end_char), {})


def _sections(pipeline: Pipeline, doc: Doc) -> tuple[Section, ...]:
    if doc._.sections is None:
        doc._.sections = pipeline.sections.read(doc.text)
    return tuple(doc._.sections)


def _sentences(pipeline: Pipeline, doc: Doc) -> tuple[Sentence, ...]:
    if doc._.sentences is None:
        doc._.sentences = split_sentences(doc.text, _sections(pipeline, doc))
    return tuple(doc._.sentences)


def _hits(pipeline: Pipeline, doc: Doc) -> Hits:
    if doc._.cdi_hits is None:
        doc._.cdi_hits = pipeline.hits(JoinedTexts([doc.text]))
    return Hits(*doc._.cdi_hits)


def _span(doc: Doc, start: int, end: int, label: str) -> Span | None:
    """Return the tokens that hold the characters; None for an empty stretch."""
    return doc.char_span(start, end, label=label, alignment_mode="expand") if end > start else None


def _group(doc: Doc, name: str) -> Iterable[Span]:
    spans: Iterable[Span] = doc.spans.get(name, ())
    return spans


_STEPS: dict[str, Callable[[Pipeline, Doc], None]] = {
    "cdi_sections": _read_sections,
    "cdi_sentences": _read_sentences,
    "cdi_abbreviations": _read_abbreviations,
    "cdi_concepts": _read_concepts,
    "cdi_measurements": _read_measurements,
    "cdi_assertion": _judge,
    "cdi_axes": _attach,
}


def _register() -> None:
    for name, step in _STEPS.items():
        Language.factory(name, func=_factory(step))
    for attribute in ("sections", "sentences", "cdi_abbreviations", "cdi_hits", "reading"):
        if not Doc.has_extension(attribute):
            Doc.set_extension(attribute, default=None)
    for attribute in ("assertion", "certainty", "cue", "measurement", "axes"):
        if not Span.has_extension(attribute):
            Span.set_extension(attribute, default=None)
    if not Span.has_extension("reported"):
        Span.set_extension("reported", default=False)


def _factory(step: Callable[[Pipeline, Doc], None]) -> Callable[[Language, str], Component]:
    def make(nlp: Language, name: str) -> Component:  # noqa: ARG001  spaCy calls by these names
        return Component(step)

    return make


# spaCy knows components by registration; importing this module is asking for it.
_register()
