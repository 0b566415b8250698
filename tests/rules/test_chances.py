"""Which conditions have a chance to speak, by what is so much as mentioned."""

from __future__ import annotations

from functools import reduce
from operator import or_

import pytest

from cdi.domain.reading import Assertion, Certainty
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
        told = reduce(or_, (CHANCES.by_mention("heart_failure", name) for name in names), 0)
        return [rule.id for rule in CHANCES.rules("heart_failure", told)]

    assert rules() == []
    assert rules("type") == []
    assert rules("documented") != []


def test_nothing_told_concerns_nobody() -> None:
    assert concerned() == set()


def test_a_rule_needs_all_that_its_sentence_needs() -> None:
    assert "heart_failure" in concerned(("heart_failure", "documented"))
    assert concerned(("heart_failure", "type", "systolic")) == set()


def test_what_a_condition_must_know_of_another_is_read_too() -> None:
    assert CHANCES.read_for({"rhabdomyolysis"}) == {"rhabdomyolysis", "acute_kidney_injury"} | (
        CHANCES.read_for({"acute_kidney_injury"})
    )


def test_the_names_of_another_diagnosis_are_read_in_any_case() -> None:
    assert CATALOGUE.condition("chest_pain_cause").foreign_names >= {"pneumonia.documented"}
    assert "pneumonia" not in CHANCES.read_for({"chest_pain_cause"})


def test_a_condition_looks_at_all_variants_and_at_what_a_value_comes_from() -> None:
    assert CHANCES.measured_for(()) == frozenset()
    assert CHANCES.measured_for({"obesity"}) >= {"bmi", "height", "weight"}
    assert CHANCES.measured_for({"myocardial_infarction"}) >= {"troponin", "troponin_t"}


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


def holding(condition: str, told: int) -> set[str]:
    return {name for name, bit in CHANCES.names(condition).items() if told & bit}


@pytest.mark.parametrize(
    ("name", "assertion", "certainty", "expected"),
    [
        ("documented", Assertion.PRESENT, Certainty.STATED, {"documented"}),
        ("documented", Assertion.POSSIBLE, Certainty.PROBABLE, {"documented"}),
        ("documented", Assertion.POSSIBLE, Certainty.WORKUP, {"considered"}),
        ("documented", Assertion.HYPOTHETICAL, Certainty.WORKUP, {"considered"}),
        ("documented", Assertion.ABSENT, Certainty.STATED, {"denied"}),
        ("documented", Assertion.HISTORICAL, Certainty.STATED, {"historical"}),
        ("documented", Assertion.FAMILY, Certainty.STATED, set()),
        ("type", Assertion.PRESENT, Certainty.STATED, {"type"}),
        ("type", Assertion.HISTORICAL, Certainty.STATED, {"type"}),
        ("type", Assertion.ABSENT, Certainty.STATED, set()),
        ("nothing", Assertion.PRESENT, Certainty.STATED, set()),
    ],
)
def test_what_a_text_claims_tells_which_names_may_be_true(
    name: str, assertion: Assertion, certainty: Certainty, expected: set[str]
) -> None:
    stated = CHANCES.stated["heart_failure", name, assertion, certainty]
    known = {"documented", "considered", "denied", "historical", "type"}
    assert holding("heart_failure", stated) & known == expected


def test_a_past_indicator_counts_only_where_it_may_be_past() -> None:
    past = Assertion.HISTORICAL, Certainty.STATED
    for condition in CATALOGUE.conditions.values():
        for name, indicator in condition.spec.indicators.items():
            if indicator.terms:
                told = holding(condition.id, CHANCES.stated[condition.id, name, *past])
                assert (name in told) is (indicator.past or indicator.ever)


def test_statements_about_no_condition_of_the_catalogue_tell_nothing() -> None:
    assert CHANCES.stated["unheard_of", "documented", Assertion.PRESENT, Certainty.STATED] == 0


def test_a_value_tells_of_the_indicators_whose_thresholds_it_passes() -> None:
    def told(value: float) -> set[str]:
        found = dict(CHANCES.by_value("temperature", value, value, ""))
        return holding("pneumonia", found.get("pneumonia", 0))

    assert told(37.0) == {"temperature_normal"}
    assert told(37.9) == {"temperature_normal"}
    assert told(37.95) == set()
    assert told(38.0) == told(39.5) == {"temperature_high"}


def test_two_values_may_tell_of_a_change() -> None:
    changes = dict(CHANCES.by_change("creatinine"))
    assert holding("acute_kidney_injury", changes["acute_kidney_injury"])
    single = dict(CHANCES.by_value("creatinine", 1.0, 1.0, ""))
    assert not single.get("acute_kidney_injury", 0) & changes["acute_kidney_injury"]
