"""Which phrases count: longest first, exact capitals, gaps, phrases to ignore."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

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
    culture=["blood cultures ... positive", "positive blood culture"],
)
HEART = condition("heart", {"documented": ["failure"]})


def found(text: str, *conditions: Condition) -> list[tuple[str, str, str]]:
    reader = ConceptReader(conditions or (KIDNEY,))
    sentences = [split_sentences(text, ())]
    gate = Gate(reader.patterns(), reader.followers(), plurals=True)
    concepts, followers = gate.deal(text)
    (meant,) = reader.find(JoinedTexts([text]), concepts, followers, sentences)
    candidates = reader.candidates(meant)
    return [
        (sense.condition, sense.name, text[candidate.start : candidate.end])
        for candidate in candidates
        for sense in candidate.senses
    ]


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
        ("positive blood cultures", [("kidney", "culture", "positive blood cultures")]),
    ],
)
def test_what_counts(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert sorted(found(text)) == sorted(expected)


def test_conditions_do_not_disturb_each_other() -> None:
    assert found("chronic renal failure", KIDNEY, HEART) == [("heart", "documented", "failure")]
