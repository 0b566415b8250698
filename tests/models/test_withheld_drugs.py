"""Drugs that are not given are no treatment; what was taken until now may have done harm."""

from __future__ import annotations

import pytest

from cdi.domain.encounter import Note
from cdi.review.facts import NotedMention
from cdi.review.indicators import asserted
from cdi.rules.catalogue import load_catalogue
from cdi.workflow.scan import Scanner, default_scanner

CATALOGUE = load_catalogue()
TREATMENTS = [
    pytest.param(condition.id, name, id=f"{condition.id}.{name}")
    for condition in CATALOGUE.conditions.values()
    for name, indicator in condition.spec.indicators.items()
    if indicator.asks_for_giving
    and not indicator.sections
    # Its file takes "stopped ... nicotine patch" for a patch that did not help.
    and name != "nicotine_given"
]
WITHHELD = (
    "{} was stopped.",
    "{} held for now.",
    "Held {}.",
    "Hold {}.",
    "He ran out of {}.",
    "Out of {} for two weeks.",
    "Noncompliant with {}.",
    "Nonadherent to {}.",
    "Has not been taking {}.",
    "Missed doses of {}.",
    "Unable to afford {}.",
    "She refused {}.",
    "He declined {}.",
    "{} was refused.",
    "{} was not started.",
    "{} was not given.",
    "Allergic to {}.",
    "{} allergy.",
    "Intolerant of {}.",
    "{} contraindicated.",
    "{} on hold.",
    "{} was discontinued on admission.",
    "Discontinued {}.",
    "D/c {}.",
    "Stopped taking {}.",
    "Will avoid {}.",
    "No indication for {}.",
    "Not a candidate for {}.",
    "{} deferred.",
    "Withheld aspirin and {}.",
    "Aspirin and {} were held.",
)
GIVEN = (
    "{} was started.",
    "Given {}.",
    "Continue {}.",
    "Treated with {}.",
    "{} was restarted.",
    "{} was stopped after five days.",
    "Held aspirin, started {}.",
    "Aspirin was stopped and {} was started.",
    "Aspirin was stopped. {} was given.",
    "Allergic to sulfa. {} given.",
    "He ran out of aspirin, so {} was given.",
    "Noncompliant with diet, on {}.",
    "Do not stop {}.",
)


@pytest.fixture(scope="module")
def scanner() -> Scanner:
    return default_scanner()


@pytest.mark.parametrize(("condition", "name"), TREATMENTS)
def test_only_a_drug_that_is_given_treats(condition: str, name: str, scanner: Scanner) -> None:
    drug = next(
        term.phrase
        for term in CATALOGUE.condition(condition).terms
        if term.name == name and not (term.rest or term.exact)
    )
    assert [s for s in WITHHELD if _treats(s, drug, condition, name, scanner)] == []
    assert [s for s in GIVEN if not _treats(s, drug, condition, name, scanner)] == []


@pytest.mark.parametrize(
    ("drug", "condition", "name"),
    [
        ("warfarin", "adverse_drug_event", "anticoagulant"),
        ("tacrolimus", "immunocompromised", "transplant_drug"),
        ("metformin", "diabetes", "oral_drug"),
    ],
)
def test_what_was_taken_until_now_is_an_exposure(
    drug: str, condition: str, name: str, scanner: Scanner
) -> None:
    assert _treats("{} was held.", drug, condition, name, scanner)
    assert not _treats("{} was never given.", drug, condition, name, scanner)


def _treats(shape: str, drug: str, condition: str, name: str, scanner: Scanner) -> bool:
    note = Note("note", shape.format(drug))
    return any(
        mention.condition == condition
        and mention.name == name
        and asserted(NotedMention(note, mention, 0))
        for mention in scanner.pipeline.read(note).mentions
    )
