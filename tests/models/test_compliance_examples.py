"""The examples of every phrase rule in ``models/compliance`` are run, and must show both sides."""

import pytest

from cdi import resources
from cdi.compliance.phrases import PhraseCheck, PhraseExample, load_phrase_rules

RULES = load_phrase_rules(resources.models() / "compliance")
CASES = [
    pytest.param(check, example, id=f"{check.rule.id}: {example.name}")
    for check in RULES
    for example in check.rule.examples
]


@pytest.mark.parametrize(("check", "example"), CASES)
def test_an_example_gives_exactly_what_it_says(check: PhraseCheck, example: PhraseExample) -> None:
    assert check.offences(example.text) == example.expect


@pytest.mark.parametrize("check", RULES, ids=lambda check: check.rule.id)
def test_every_rule_is_shown_objecting_and_silent(check: PhraseCheck) -> None:
    outcomes = {bool(example.expect) for example in check.rule.examples}
    assert outcomes == {True, False}


@pytest.mark.parametrize("check", RULES, ids=lambda check: check.rule.id)
def test_no_rule_objects_to_the_compliant_examples_of_the_others(check: PhraseCheck) -> None:
    if check.rule.kind == "required":
        pytest.skip("it asks for a question, which examples of wording are not")
    for other in RULES:
        for example in other.rule.examples:
            if not example.expect:
                assert check.offences(example.text) == (), example.name
