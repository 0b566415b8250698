"""Every finding of the catalogue, as its own examples raise it, makes a compliant letter."""

from __future__ import annotations

from functools import cache

import pytest

import cdi
from cdi import resources
from cdi.compliance import Pack, check_against, load_pack, reference_of
from cdi.compliance.markup import read_page
from cdi.compliance.phrases import load_phrase_rules
from cdi.domain.encounter import Encounter
from cdi.domain.finding import Review
from cdi.letters import compose
from cdi.rules.catalogue import load_catalogue
from cdi.rules.examples import example_encounter
from cdi.rules.schema import Example

CASES = [
    pytest.param(condition.id, index, example, id=f"{condition.id}: {example.name}")
    for condition in load_catalogue().conditions.values()
    for index, example in enumerate(condition.spec.examples, 1)
    if example.expect
]
FINANCIAL = [
    rule for rule in load_phrase_rules(resources.models() / "compliance") if rule.rule.code == "Q09"
]


@cache
def pack() -> Pack:
    return load_pack(load_catalogue())


def reviewed(condition: str, index: int, example: Example) -> tuple[Encounter, Review]:
    encounter = example_encounter(example, f"{condition}-{index}")
    return encounter, cdi.scan(encounter)


@pytest.mark.parametrize(("condition", "index", "example"), CASES)
def test_a_letter_about_what_an_example_raises_has_no_violation(
    condition: str, index: int, example: Example
) -> None:
    encounter, review = reviewed(condition, index, example)
    assert review.findings
    reference = reference_of(review, pack())
    # Whoever is asked wrote of the patient; most examples have no author.
    recipient = next((note.author for note in encounter.notes if note.author), "Dr. A. Rivera")
    for findings in ([finding] for finding in review.findings):
        letter = compose(findings, encounter, load_catalogue(), recipient)
        assert check_against(letter, reference, pack()) == ()
    merged = compose(review.findings, encounter, load_catalogue())
    assert check_against(merged, reference, pack()) == ()


@pytest.mark.parametrize(("condition", "index", "example"), CASES)
def test_no_letter_speaks_of_payment_or_quality(
    condition: str, index: int, example: Example
) -> None:
    encounter, review = reviewed(condition, index, example)
    letter = compose(review.findings, encounter, load_catalogue())
    for rule in FINANCIAL:
        assert rule.offences(letter.text) == ()
        assert rule.offences(read_page(letter.html).text) == ()


def test_every_finding_of_the_catalogue_is_shown_by_an_example() -> None:
    silent = [
        f"{condition.id}.{name}"
        for condition in load_catalogue().conditions.values()
        for name in condition.spec.findings
        if not any(name in example.expect for example in condition.spec.examples)
    ]
    assert silent == []


def test_no_question_says_where_in_the_letter_its_facts_stand() -> None:
    """The template decides the order; "below" would be wrong in one that puts facts first."""
    pointing = [
        f"{condition.id}.{name}"
        for condition in load_catalogue().conditions.values()
        for name, finding in condition.spec.findings.items()
        if {"above", "below"} & set(finding.question.lower().replace(",", " ").split())
    ]
    assert pointing == []
