"""The condition files: every example exactly, and guards over the whole catalogue."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from cdi.domain.letter import OptionKind
from cdi.rules.catalogue import load_catalogue
from cdi.rules.condition import Condition
from cdi.rules.examples import example_encounter, run_examples
from cdi.rules.json_schema import FILE_NAME, condition_schema
from cdi.rules.lint import lint_condition
from cdi.workflow.scan import Scanner, default_scanner

CONDITIONS = list(load_catalogue().conditions.values())
EXAMPLES = [
    pytest.param(condition, index, id=f"{condition.id}: {example.name}")
    for condition in CONDITIONS
    for index, example in enumerate(condition.spec.examples)
]
each_condition = pytest.mark.parametrize(
    "condition", [pytest.param(condition, id=condition.id) for condition in CONDITIONS]
)


@pytest.fixture(scope="module")
def scanner() -> Scanner:
    return default_scanner()


@pytest.mark.parametrize(("condition", "index"), EXAMPLES)
def test_example(condition: Condition, index: int, scanner: Scanner) -> None:
    outcome = list(run_examples(condition, scanner.scan))[index]
    assert outcome.differences == ()


@each_condition
def test_house_rules_are_kept(condition: Condition) -> None:
    assert list(lint_condition(condition)) == []


def _phrases(condition: Condition) -> list[str]:
    """Return what names the condition; gaps and shared short forms tell nothing when bare."""
    return sorted(
        {
            term.phrase
            for term in condition.terms
            if term.name in {"documented", "vague"} and not term.rest
        }
    )


@each_condition
@pytest.mark.parametrize("denial", ["No {}.", "Denies {}.", "{} was ruled out."])
def test_its_own_words_denied_raise_nothing(
    condition: Condition, denial: str, scanner: Scanner
) -> None:
    text = "\n".join(denial.format(phrase) for phrase in _phrases(condition))
    assert [f.key for f in scanner.scan(text).findings if f.condition == condition.id] == []


def test_a_chart_with_everything_denied_raises_nothing(scanner: Scanner) -> None:
    text = "\n".join(
        f"No {term.phrase}."
        for condition in CONDITIONS
        for term in condition.terms
        if not term.rest and not term.exact and len(term.phrase.split()) <= 2
    )
    assert [finding.key for finding in scanner.scan(text).findings] == []


@pytest.mark.parametrize("text", ["", " ", "\n\n", "Patient seen. Doing well. No complaints."])
def test_an_empty_or_ordinary_chart_raises_nothing(text: str, scanner: Scanner) -> None:
    assert scanner.scan(text).findings == ()


@each_condition
def test_the_topic_names_no_diagnosis(condition: Condition) -> None:
    named = {term.phrase.lower() for term in condition.terms if term.name == "documented"}
    assert condition.spec.topic.lower() not in named


@each_condition
def test_no_undocumented_diagnosis_stands_in_a_question(condition: Condition) -> None:
    for rule in condition.rules:
        if rule.spec.type.value != "undocumented":
            continue
        question = rule.spec.question.lower()
        for term in condition.terms:
            if term.name == "documented" and not term.rest:
                assert not re.search(rf"\b{re.escape(term.phrase.lower())}\b", question)


@each_condition
def test_every_diagnosis_offered_says_what_supports_it(condition: Condition) -> None:
    for rule in condition.rules:
        for option in rule.spec.options:
            if option.kind is OptionKind.DIAGNOSIS:
                assert option.needs, f"{rule.id}: {option.text}"


def test_the_json_schema_is_current(project: Path) -> None:
    kept = (project / "models" / FILE_NAME).read_text(encoding="utf-8")
    assert kept == condition_schema(), "run: cdi rules schema > models/condition.schema.json"


@each_condition
def test_the_json_schema_accepts_the_file(condition: Condition, project: Path) -> None:
    import json

    schema = json.loads((project / "models" / FILE_NAME).read_text(encoding="utf-8"))
    errors = [
        f"{list(error.absolute_path)}: {error.message}"
        for error in Draft202012Validator(schema).iter_errors(condition.document.data)
    ]
    assert errors == []


@each_condition
def test_examples_are_encounters_of_their_own(condition: Condition) -> None:
    ids = [
        example_encounter(example, f"{condition.id}-{number}").id
        for number, example in enumerate(condition.spec.examples)
    ]
    assert len(set(ids)) == len(ids)
