"""A statistical model of a site: its entities are shown, nothing depends on it."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
import spacy
from spacy.training import Example

from cdi.domain.encounter import Note
from cdi.nlp.pipeline import Pipeline
from cdi.nlp.statistical import load_statistical
from cdi.rules.catalogue import load_catalogue

TRAINING = [
    ("She has plantar fasciitis today", (8, 25)),
    ("He reports plantar fasciitis again", (11, 28)),
    ("No plantar fasciitis was seen", (3, 20)),
]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny recogniser, trained here until it knows one word pair."""
    nlp = spacy.blank("en")
    ner = nlp.add_pipe("ner")
    ner.add_label("PROBLEM")
    examples = [
        Example.from_dict(nlp.make_doc(text), {"entities": [(*span, "PROBLEM")]})
        for text, span in TRAINING
    ]
    optimizer = nlp.initialize(lambda: examples)
    for _ in range(40):
        nlp.update(examples, sgd=optimizer)
    path = tmp_path_factory.mktemp("model") / "tiny"
    nlp.to_disk(path)
    return path


def test_its_entities_become_problem_mentions_with_an_assertion(model: Path) -> None:
    pipeline = Pipeline(load_catalogue(), load_statistical(str(model)))
    text = "No plantar fasciitis was seen"
    problems = [m for m in pipeline.read(Note("n", text)).mentions if m.name == "problem"]
    assert [(text[m.start : m.end], m.assertion.value) for m in problems] == [
        ("plantar fasciitis", "absent")
    ]


def test_its_absence_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert load_statistical("a_model_nobody_installed") is None
    assert "not installed" in caplog.text


def test_none_is_asked_for_by_default() -> None:
    assert load_statistical(None) is None
