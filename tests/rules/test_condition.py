"""A condition file is checked when read: every name defined and used, every mistake told."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from cdi.errors import RuleError
from cdi.rules.condition import Condition, build_condition
from cdi.rules.loader import read_document
from cdi.rules.skeleton import write_skeleton

VOCABULARY = {"antibiotics": ("vancomycin", "cefepime")}


def minimal() -> dict[str, object]:
    """Return the content of a small valid file, to be damaged."""
    return {
        "id": "gout",
        "title": "Gout",
        "version": 1,
        "what": "w",
        "why": "y",
        "references": [{"title": "r"}],
        "course": "chronic",
        "topic": "joint pain",
        "terms": {"documented": ["gout", "(acute|chronic) gouty arthritis"]},
        "axes": {"acuity": {"values": {"acute": ["acute"], "chronic": ["chronic"]}}},
        "indicators": {
            "urate": {"measurement": "uric_acid", "above": "7 mg/dL", "group": "laboratory"},
            "drug": {"drugs": ["@antibiotics"], "group": "treatment"},
        },
        "facts": {"treated": "drug or urate"},
        "findings": {
            "acuity_missing": {
                "type": "specificity",
                "when": "documented and treated",
                "missing": ["acuity"],
                "question": "q",
                "options": [{"text": "Acute gout", "code": "M10.9", "needs": ["urate"]}],
            }
        },
        "examples": [
            {"name": "a", "note": "Gout.", "expect": {}},
            {"name": "b", "note": "No gout.", "expect": {}},
        ],
    }


def build(content: dict[str, object]) -> Condition:
    text = yaml.safe_dump(content, sort_keys=False)
    return build_condition(read_document(Path("gout.yaml"), text), "skin", VOCABULARY)


def test_a_valid_file_becomes_a_condition() -> None:
    condition = build(minimal())
    phrases = {(term.name, term.phrase) for term in condition.terms}
    assert ("documented", "acute gouty arthritis") in phrases
    assert ("drug", "cefepime") in phrases
    assert condition.analytes == {"uric_acid"}
    assert condition.rules[0].when.names() == ("documented", "treated")


def damaged(path: str, value: object) -> dict[str, object]:
    """Return the minimal content with the value at a dotted path replaced."""
    content: dict[str, object] = minimal()
    node: dict[str, object] = content
    *parents, last = path.split("/")
    for key in parents:
        node = node[key]  # type: ignore[assignment]
    node[last] = value
    return content


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("id", "gaut", "the id must equal the file name `gout`"),
        ("facts/treated", "drug or urat", "`urat` is not defined; did you mean `urate`?"),
        ("facts/treated", "drug or", "expected a name"),
        ("facts/treated", "treated or drug", "`treated` is not defined"),
        ("findings/acuity_missing/missing", ["stage"], "there is no axis `stage`"),
        ("findings/acuity_missing/missing", [], "a specificity finding names the `missing` axes"),
        ("findings/acuity_missing/show", ["drugs"], "`drugs` is not defined; did you mean `drug`?"),
        ("findings/acuity_missing/when", "documented", "`treated` is defined but no sentence"),
        ("findings/acuity_missing/when", "treated and acuity is old", "has no value `old`"),
        ("findings/acuity_missing/type", "specifity", "input should be 'specificity'"),
        ("indicators/urate/above", "high", "expected a number and a unit"),
        ("indicators/urate/abov", "7 mg/dL", "unknown key `abov`; did you mean `above`?"),
        ("indicators/drug/measurement", "x", "found `drugs` and `measurement`"),
        ("indicators/drug/above", "7 mg/dL", "`above` is for measurements only"),
        ("indicators/drug/drugs", ["@antibiotic"], "did you mean `antibiotics`?"),
        ("indicators/acuity", {"terms": ["x"], "group": "laboratory"}, "is already defined under"),
        ("terms/documented", ["(gout"], "("),
        ("topic", "x" * 61, "a subject has at most 60 characters"),
        ("examples", [{"name": "a", "expect": {}}] * 2, "expected either `note` or `encounter`"),
        ("version", 0, "greater than or equal to 1"),
    ],
)
def test_a_mistake_names_what_was_expected(path: str, value: object, message: str) -> None:
    with pytest.raises(RuleError) as error:
        build(damaged(path, value))
    assert message in str(error.value)
    assert str(error.value).startswith("gout.yaml:")


def test_an_example_that_expects_an_unknown_finding_is_refused() -> None:
    content = minimal()
    content["examples"] = [
        {"name": "a", "note": "Gout.", "expect": {"acuity_mising": {"evidence": []}}},
        {"name": "b", "note": "No gout.", "expect": {}},
    ]
    with pytest.raises(RuleError, match="did you mean `acuity_missing`"):
        build(content)


def test_the_skeleton_is_a_valid_file(tmp_path: Path) -> None:
    path = write_skeleton(tmp_path, "hypokalemia")
    condition = build_condition(read_document(path), "renal", VOCABULARY)
    assert condition.id == "hypokalemia"


def test_the_skeleton_overwrites_nothing_and_refuses_odd_ids(tmp_path: Path) -> None:
    write_skeleton(tmp_path, "hypokalemia")
    with pytest.raises(RuleError, match="already there"):
        write_skeleton(tmp_path, "hypokalemia")
    with pytest.raises(RuleError, match="small letters"):
        write_skeleton(tmp_path, "../Bad")
