"""Letters about findings of a review are judged by what the review knows of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

import cdi
from cdi.compliance import Pack, Reference, check_against, load_pack, reference_of
from cdi.domain.encounter import Encounter, Note
from cdi.domain.finding import EvidenceRole, NoteSpan, Review
from cdi.domain.letter import Indicator, Letter, Question
from cdi.letters import compose
from cdi.rules.catalogue import load_catalogue

PNEUMONIA = (
    "ASSESSMENT: Pneumonia, on azithromycin.\n"
    "Chest x-ray was clear. WBC 7.2. Afebrile, temperature 36.8 C."
)


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack(load_catalogue())


def reviewed(text: str) -> Review:
    note = Note("n1", text, kind="Progress note", author="Dr. A. Reed")
    return cdi.scan(Encounter("E-1", notes=(note,)))


def written(text: str, pack: Pack) -> tuple[Letter, Reference]:
    """Return the letter about the first finding in a text, and what it is judged against."""
    review = reviewed(text)
    letter = compose(review.findings[:1], review.encounter, load_catalogue(), "Dr. A. Reed")
    return letter, reference_of(review, pack)


def with_question(letter: Letter, **changes: object) -> Letter:
    question = replace(letter.questions[0], **changes)  # type: ignore[arg-type]
    return replace(letter, questions=(question,), text="", html="")


def rules(letter: Letter, reference: Reference, pack: Pack) -> list[tuple[str, str, str]]:
    return [(v.rule, v.where, v.fix) for v in check_against(letter, reference, pack)]


def opposing(question: Question, reference: Reference) -> list[Indicator]:
    against = [
        evidence.pointer
        for evidence in reference.evidence(question)
        if evidence.role is EvidenceRole.AGAINST
    ]
    spans = [pointer for pointer in against if isinstance(pointer, NoteSpan)]
    return [
        indicator
        for indicator in question.indicators
        if isinstance(indicator.pointer, NoteSpan)
        and any(
            indicator.pointer.start <= s.start and s.end <= indicator.pointer.end for s in spans
        )
    ]


def test_a_validation_letter_as_composed_shows_both_sides(pack: Pack) -> None:
    letter, reference = written(PNEUMONIA, pack)
    assert letter.questions[0].finding == "unsupported"
    assert opposing(letter.questions[0], reference)
    assert rules(letter, reference, pack) == []


def test_a_fact_on_the_other_side_that_the_writer_dropped_is_q05(pack: Pack) -> None:
    letter, reference = written(PNEUMONIA, pack)
    (question,) = letter.questions
    against = opposing(question, reference)
    kept = tuple(i for i in question.indicators if i not in against)
    found = rules(with_question(letter, indicators=kept), reference, pack)
    fixes = {fix for rule, _, fix in found if rule == "Q05"}
    assert "Show: Chest x-ray was clear" in fixes
    assert len(fixes) >= 2


def test_a_fact_that_is_none_of_the_rule_is_q03(pack: Pack) -> None:
    text = "ASSESSMENT: CHF, on Lasix 40 mg IV. BNP 1840 pg/mL.\nPLAN: Repeat the ear exam."
    letter, reference = written(text, pack)
    question = letter.questions[0]
    start = text.index("Repeat the ear exam")
    foreign = replace(
        question.indicators[0],
        id="i9",
        text="Repeat the ear exam",
        pointer=NoteSpan("n1", start, start + len("Repeat the ear exam")),
    )
    changed = with_question(letter, indicators=(*question.indicators, foreign))
    at = f"questions[0].indicators[{len(question.indicators)}]"
    assert rules(letter, reference, pack) == []
    assert rules(changed, reference, pack) == [("Q03", at, "Remove the fact.")]


def test_a_question_the_review_raises_no_more_is_q22(pack: Pack) -> None:
    letter, _ = written("ASSESSMENT: CHF, on Lasix 40 mg IV.", pack)
    answered = "ASSESSMENT: CHF, on Lasix 40 mg IV.\nAcute on chronic systolic heart failure."
    reference = reference_of(reviewed(answered), pack)
    assert [rule for rule, _, _ in rules(letter, reference, pack)] == ["Q22"]


@pytest.mark.parametrize(
    ("text", "stem", "told"),
    [
        ("ASSESSMENT: CHF, on Lasix 40 mg IV.", "What is the type of the CHF?", []),
        ("ASSESSMENT: CHF, on Lasix 40 mg IV.", "What is the type of the acute CHF?", ["Q07"]),
        ("ASSESSMENT: Acute CHF, on Lasix 40 mg IV.", "What is the type of the acute CHF?", []),
        ("ASSESSMENT: CHF. Acute. On Lasix 40 mg IV.", "What is the type of the acute CHF?", []),
        (
            "ASSESSMENT: Malnutrition, cachectic, BMI 16.",
            "What is the degree of the severe malnutrition?",
            ["Q07"],
        ),
        (
            "ASSESSMENT: Malnutrition, cachectic, BMI 16.",
            "What is the degree of the malnutrition?",
            [],
        ),
    ],
)
def test_a_word_the_writer_adds_to_a_diagnosis_is_told(
    text: str, stem: str, told: list[str], pack: Pack
) -> None:
    letter, reference = written(text, pack)
    found = rules(with_question(letter, stem=stem), reference, pack)
    assert [rule for rule, _, _ in found] == told
