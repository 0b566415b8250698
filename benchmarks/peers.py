"""Measure the peers; run by run.py in their own environment. Writes one JSON object."""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable

import corpus
import medspacy
import spacy
from medspacy.context import ConText
from medspacy.ner import TargetRule
from negspacy.negation import Negex  # noqa: F401  registers the component
from spacy.tokens import Doc, Span
from timing import agreement, notes_per_second

warnings.filterwarnings("ignore")


def main() -> None:
    """Measure what was asked for on standard input: {"phrases": [...], "rounds": n}."""
    asked = json.load(sys.stdin)
    texts, phrases, rounds = corpus.texts(), asked["phrases"], asked["rounds"]
    slow_texts = texts[:: max(1, len(texts) // 20)]  # medspaCy's default takes 0.1 s a note
    result = {
        "make_doc": notes_per_second(spacy.blank("en").make_doc, texts, rounds),
        "negspacy": notes_per_second(_negspacy(phrases), texts, rounds),
        "medspacy_sentencizer": notes_per_second(_medspacy(phrases, fast=True), texts, 1),
        "medspacy_default": notes_per_second(_medspacy(phrases, fast=False), slow_texts, 1),
    }
    records = corpus.sentences()
    if records:
        result["medspacy_assertion"] = agreement(records, [_context(r) for r in records])
        result["negspacy_assertion"] = agreement(records, [_negex(r) for r in records])
    json.dump(result, sys.stdout)


def _negspacy(phrases: list[str]) -> Callable[[str], Doc]:
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    ruler = nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER"})
    ruler.add_patterns([{"label": "PROBLEM", "pattern": phrase} for phrase in phrases])
    nlp.add_pipe("negex", config={"ent_types": ["PROBLEM"]})
    return nlp


def _medspacy(phrases: list[str], *, fast: bool) -> Callable[[str], Doc]:
    if fast:
        nlp = spacy.blank("en")
        nlp.add_pipe("sentencizer")
        matcher = nlp.add_pipe("medspacy_target_matcher")
        nlp.add_pipe("medspacy_context")
        nlp.add_pipe("medspacy_sectionizer")
    else:
        nlp = medspacy.load()
        matcher = nlp.get_pipe("medspacy_target_matcher")
    matcher.add([TargetRule(phrase, "PROBLEM") for phrase in phrases])
    return nlp


_blank = spacy.blank("en")
_blank.add_pipe("sentencizer")
_context_pipe = ConText(_blank)
_negex_nlp = spacy.blank("en")
_negex_nlp.add_pipe("sentencizer")
_negex_pipe = _negex_nlp.add_pipe("negex")


def _marked(record: dict, nlp: spacy.Language) -> Doc:
    doc = nlp.make_doc(record["text"])
    span = doc.char_span(record["start"], record["end"], label="PROBLEM", alignment_mode="expand")
    doc.ents = [Span(doc, span.start, span.end, label="PROBLEM")]
    return nlp.get_pipe("sentencizer")(doc)


def _context(record: dict) -> str:
    doc = _context_pipe(_marked(record, _blank))
    span = doc.ents[0]
    if span._.is_negated:
        return "absent"
    return "historical" if span._.is_historical else "present"


def _negex(record: dict) -> str:
    doc = _negex_pipe(_marked(record, _negex_nlp))
    return "absent" if doc.ents[0]._.negex else "present"


if __name__ == "__main__":
    main()
