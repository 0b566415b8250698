"""Which conditions have a chance to speak, by what is so much as mentioned."""

from __future__ import annotations

import pytest

from cdi.rules.catalogue import load_catalogue
from cdi.rules.chances import Told

CATALOGUE = load_catalogue()
CHANCES = CATALOGUE.chances


def concerned(
    *mentions: tuple[str, ...],
    analytes: tuple[str, ...] = (),
    medications: bool = False,
    several_authors: bool = False,
) -> set[str]:
    told = Told()
    for condition, *rest in mentions:
        told.add(condition, CHANCES.by_mention(condition, *rest))
    for analyte in analytes:
        told.add_all(CHANCES.by_analyte(analyte))
    if medications:
        CHANCES.note_medication(told)
    return set(CHANCES.concerned(told, several_authors=several_authors)) - {
        "conflicting_documentation"
    }


def test_what_is_told_of_tells_which_rules_may_speak() -> None:
    def rules(*names: str) -> list[str]:
        told = CHANCES.told("heart_failure", names, (), drugs=False)
        return [rule.id for rule in CHANCES.rules("heart_failure", told)]

    assert rules() == []
    assert rules("type") == []
    assert rules("documented") != []


def test_nothing_told_concerns_nobody() -> None:
    assert concerned() == set()


def test_a_rule_needs_all_that_its_sentence_needs() -> None:
    assert "heart_failure" in concerned(("heart_failure", "documented"))
    assert concerned(("heart_failure", "type", "systolic")) == set()


def test_what_a_condition_refers_to_is_concerned_too() -> None:
    told = ("vague", "reason", "enzymes_negative")
    found = concerned(*(("chest_pain_cause", name) for name in told))
    assert found >= {"chest_pain_cause", "myocardial_infarction", "pneumonia"}


def test_a_variant_counts_as_what_it_is_a_variant_of() -> None:
    assert CATALOGUE.analytes["troponin_t"].variant_of == "troponin"
    assert CHANCES.by_analyte("troponin_t") == CHANCES.by_analyte("troponin") != ()


@pytest.mark.parametrize("analyte", ["height", "weight"])
def test_height_and_weight_may_make_a_body_mass_index(analyte: str) -> None:
    assert dict(CHANCES.by_analyte("bmi"))["obesity"] & dict(CHANCES.by_analyte(analyte))["obesity"]


def test_an_unknown_analyte_tells_of_nothing() -> None:
    assert concerned(analytes=("unheard of",)) == set()


def test_a_drug_alone_raises_no_question() -> None:
    assert concerned(medications=True) == set()


def test_values_that_exclude_one_another_may_contradict() -> None:
    exclusive = CATALOGUE.condition("heart_failure").exclusive["type"][0].values
    one, other = (("heart_failure", "type", value) for value in exclusive[:2])
    assert concerned(one) == set()
    assert "heart_failure" in concerned(one, other)


def test_only_another_author_may_have_ruled_out_what_is_asserted() -> None:
    silent = next(n for n in CATALOGUE.conditions if n not in concerned((n, "documented")))
    told = ((silent, "documented"), ("conflicting_documentation", "ruled_out"))
    assert silent not in concerned(*told)
    assert silent in concerned(*told, several_authors=True)
