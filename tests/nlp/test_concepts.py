"""Which phrases count: longest first, exact capitals, gaps, phrases to ignore."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cdi.nlp.concepts import ConceptReader
from cdi.nlp.gate import Gate
from cdi.nlp.joined import JoinedTexts
from cdi.nlp.sentences import split_sentences
from cdi.rules.condition import Condition, build_condition
from cdi.rules.loader import read_document


def condition(name: str, terms: dict[str, list[str]], **groups: list[str]) -> Condition:
    content: dict[str, Any] = {
        "id": name,
        "title": name,
        "version": 1,
        "what": "w",
        "why": "y",
        "references": [{"title": "r"}],
        "course": "acute",
        "topic": "topic",
        "terms": terms,
        "axes": {"acuity": {"values": {"acute": ["acute"]}}},
        "indicators": {
            key: {"terms": phrases, "group": "laboratory"} for key, phrases in groups.items()
        },
        "findings": {
            "f": {
                "type": "specificity",
                "when": "documented",
                "missing": ["acuity"],
                "show": list(groups),
                "question": "q",
            }
        },
        "examples": [{"name": n, "note": "x", "expect": {}} for n in "ab"],
    }
    return build_condition(
        read_document(Path(f"{name}.yaml"), yaml.safe_dump(content)), "system", {}
    )


KIDNEY = condition(
    "kidney",
    {
        "documented": ["acute renal failure", "AF", "=CAP"],
        "vague": ["renal failure"],
        "ignore": ["chronic renal failure"],
    },
    culture=["blood cultures ... positive", "positive blood culture", "urine ... grew ... coli"],
)
HEART = condition("heart", {"documented": ["failure"]})


def found(text: str, *conditions: Condition) -> list[tuple[str, str, str]]:
    (of_text,) = found_in([text], conditions or (KIDNEY,))
    return of_text


def found_in(
    notes: Sequence[str], conditions: tuple[Condition, ...]
) -> list[list[tuple[str, str, str]]]:
    reader, gate = made(*[condition.id for condition in conditions])
    texts = JoinedTexts(notes)
    sentences = [split_sentences(note, ()) for note in notes]
    meant = reader.find(texts, *gate.deal(texts), sentences)
    return [
        [
            (sense.condition, sense.name, note[candidate.start : candidate.end])
            for candidate in reader.candidates(of_note)
            for sense in candidate.senses
        ]
        for note, of_note in zip(notes, meant, strict=True)
    ]


@cache
def made(*names: str) -> tuple[ConceptReader, Gate]:
    reader = ConceptReader([condition for condition in (KIDNEY, HEART) if condition.id in names])
    return reader, Gate(reader.patterns(), reader.followers(), plurals=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("renal failure", [("kidney", "vague", "renal failure")]),
        (
            "Acute renal failure",
            [("kidney", "documented", "Acute renal failure"), ("kidney", "acuity", "Acute")],
        ),
        ("acute abdomen", []),
        ("chronic renal failure", []),
        ("AF", [("kidney", "documented", "AF")]),
        ("of a kind", []),
        ("af", []),
        ("CAP", [("kidney", "documented", "CAP")]),
        ("CAPs", [("kidney", "documented", "CAPs")]),
        ("CAPS, Cap", []),
        ("a cap", []),
        (
            "blood cultures from both arms were positive",
            [("kidney", "culture", "blood cultures from both arms were positive")],
        ),
        ("blood cultures one two three four five six seven positive", []),
        ("blood cultures drawn", []),
        ("blood cultures are not positive", []),
        ("blood cultures with no growth, urine positive", []),
        ("Blood cultures drawn. Urine positive.", []),
        ("acute renal\n\nfailure", []),
        ("blood cultures" + " " * 153 + "positive", []),
        ("urine of today grew E. coli", [("kidney", "culture", "urine of today grew E. coli")]),
        ("urine grew not coli", []),
        ("urine coli grew", []),
        ("renal failure, chronic renal failure", [("kidney", "vague", "renal failure")]),
        ("positive blood cultures", [("kidney", "culture", "positive blood cultures")]),
    ],
)
def test_what_counts(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert sorted(found(text)) == sorted(expected)


WORDS = st.sampled_from(
    ["acute", "renal", "failure", "chronic", "blood cultures", "positive", "CAP", ".", "not", "AF"]
)


@settings(deadline=None)  # the first call compiles
@given(st.lists(st.lists(WORDS, max_size=8).map(" ".join), min_size=1, max_size=4))
def test_texts_do_not_disturb_each_other(notes: list[str]) -> None:
    both = (KIDNEY, HEART)
    assert found_in(notes, both) == [found(note, *both) for note in notes]


def test_conditions_do_not_disturb_each_other() -> None:
    assert found("chronic renal failure", KIDNEY, HEART) == [("heart", "documented", "failure")]
