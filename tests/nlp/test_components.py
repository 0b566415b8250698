"""The readers as spaCy components: alone, together, saved and loaded again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import spacy
from spacy.language import Language

from cdi.domain.encounter import Note
from cdi.nlp import components, load, load_pipeline

TEXTS = [
    "ASSESSMENT: CHF, acute on chronic, systolic. EF 25%.\nNo pneumonia.",
    "PMH: diabetes type 2, CHF, CVA in 2009.\nFH: mother with MI.\nLABS: Cr 1.2 -> 2.4, Na 128.",
    "Hospital course: acute kidney injury (AKI) due to dehydration. AKI resolved.",
    "",
]


@pytest.fixture(scope="module")
def nlp() -> Language:
    return load()


@pytest.mark.parametrize("text", TEXTS)
def test_a_document_holds_the_facts_read_without_one(nlp: Language, text: str) -> None:
    doc = nlp(text)
    reading = load_pipeline().read(Note("doc", text))
    assert doc._.reading == reading
    assert doc.text == text
    named = {
        (m.start, m.end, m.condition, m.name) for m in reading.mentions if "cause" not in m.value
    }
    spans = {
        (s.start_char, s.end_char, *s.label_.partition("=")[0].split(":"))
        for s in doc.spans["cdi_concepts"]
    }
    assert named <= spans
    measured = [(m.start, m.end, m.analyte) for m in reading.measurements]
    assert [
        (s._.measurement.start, s._.measurement.end, s.label_)
        for s in doc.spans["cdi_measurements"]
    ] == measured
    starts = {sentence.start for sentence in reading.sentences}
    assert {sent.start_char for sent in doc.sents} >= starts & {t.idx for t in doc}


def test_axes_stand_on_the_span_they_belong_to(nlp: Language) -> None:
    doc = nlp("CHF, acute on chronic, systolic.")
    axes = [span._.axes for span in doc.spans["cdi_concepts"] if span.text == "CHF"]
    assert axes[0]["heart_failure"] == {"type": "systolic", "acuity": "acute on chronic"}


def test_assertion_alone_serves_any_entity_recogniser() -> None:
    other = spacy.blank("en")
    ruler = other.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "DX", "pattern": word} for word in ("asthma", "gout")])
    other.add_pipe("cdi_assertion")
    doc = other("No asthma. Mother had gout.")
    assert [(e.text, e._.assertion, e._.cue) for e in doc.ents] == [
        ("asthma", "absent", "No"),
        ("gout", "family", "Mother had"),
    ]


@pytest.mark.parametrize("name", components.COMPONENTS)
def test_each_component_works_alone(name: str) -> None:
    other = spacy.blank("en")
    other.add_pipe(name)
    assert other(TEXTS[1]).text == TEXTS[1]


def test_a_pipeline_is_saved_and_loaded_again(nlp: Language, tmp_path: Path) -> None:
    nlp.to_disk(tmp_path / "saved")
    again = spacy.load(tmp_path / "saved")
    assert again.pipe_names == list(components.COMPONENTS)
    assert again(TEXTS[1])._.reading == nlp(TEXTS[1])._.reading


def test_a_pipeline_can_be_inspected(nlp: Language) -> None:
    assert nlp.pipe_names == list(components.COMPONENTS)
    assert json.dumps(nlp.config["nlp"]["tokenizer"])
