"""Every kind of damage to a compliant letter is caught by the rule that owns it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from factories import make_encounter, make_letter, make_pack

from cdi.compliance import check
from cdi.domain.encounter import Encounter, NoteStatus, ObservationStatus
from cdi.domain.finding import QueryType
from cdi.domain.letter import (
    Indicator,
    Letter,
    LetterForm,
    Option,
    OptionKind,
    Purpose,
    Question,
)

PACK = make_pack()
Damage = Callable[[Letter], Letter]


def to_question(change: Callable[[Question], Question]) -> Damage:
    return lambda letter: replace(letter, questions=tuple(map(change, letter.questions)))


def to_options(change: Callable[[tuple[Option, ...]], tuple[Option, ...]]) -> Damage:
    return to_question(lambda q: replace(q, options=change(q.options)))


def to_facts(change: Callable[[Indicator], Indicator]) -> Damage:
    return to_question(lambda q: replace(q, indicators=tuple(map(change, q.indicators))))


def without(kind: OptionKind) -> Damage:
    return to_options(lambda options: tuple(o for o in options if o.kind is not kind))


def first_option(text: str) -> Damage:
    return to_options(lambda options: (replace(options[0], text=text), *options[1:]))


def saying(words: str) -> Damage:
    return lambda letter: replace(letter, body=words)


def stem(words: str) -> Damage:
    return to_question(lambda q: replace(q, stem=words))


def rendered(old: str, new: str) -> Damage:
    return lambda letter: replace(
        letter, text=letter.text.replace(old, new), html=letter.html.replace(old, new)
    )


UNDOCUMENTED = make_letter(QueryType.UNDOCUMENTED)
VALIDATION = make_letter(QueryType.VALIDATION)
YES_NO = make_letter(QueryType.CAUSE, LetterForm.YES_NO)
OPEN = make_letter(QueryType.SPECIFICITY, LetterForm.OPEN_ENDED)
DAMAGES: list[tuple[str, str, Letter, Damage]] = [
    ("Q01", "no facts", OPEN, to_question(lambda q: replace(q, indicators=()))),
    ("Q01", "no question", UNDOCUMENTED, lambda letter: replace(letter, questions=())),
    ("Q02", "a digit changed", UNDOCUMENTED, rendered("2.1 mg/dL", "2.7 mg/dL")),
    ("Q02", "a digit of a fact", UNDOCUMENTED, to_facts(lambda i: replace(i, text=i.text + "1"))),
    ("Q02", "a pointer lost", UNDOCUMENTED, to_facts(lambda i: replace(i, pointer=None))),
    ("Q02", "a time changed", UNDOCUMENTED, to_facts(lambda i: replace(i, recorded_at=None))),
    ("Q02", "a source changed", UNDOCUMENTED, to_facts(lambda i: replace(i, source="Fax"))),
    ("Q02", "another stay", UNDOCUMENTED, lambda letter: replace(letter, encounter_id="E-2")),
    ("Q02", "another patient", UNDOCUMENTED, lambda letter: replace(letter, patient_id="P-2")),
    ("Q02", "words nobody wrote", UNDOCUMENTED, saying('The note says "oliguria for two days".')),
    ("Q04", "a verdict", UNDOCUMENTED, saying("The values clearly show what happened.")),
    ("Q04", "an adjective", UNDOCUMENTED, saying("There was an alarming rise.")),
    ("Q06", "a leading clause", UNDOCUMENTED, saying("As you surely agree, only one fits.")),
    ("Q06", "agreement asked for", UNDOCUMENTED, stem("Would you agree with the first answer?")),
    ("Q06", "a threat", UNDOCUMENTED, saying("Failure to respond will be escalated.")),
    ("Q06", "a deadline", UNDOCUMENTED, saying("An answer is required before noon today.")),
    ("Q07", "a leading diagnosis", UNDOCUMENTED, saying("In view of the acute kidney injury:")),
    ("Q07", "a diagnosis asked for", UNDOCUMENTED, stem("What caused the acute kidney injury?")),
    ("Q08", "the subject swapped", UNDOCUMENTED, lambda le: replace(le, subject="AKI query")),
    ("Q09", "payment", UNDOCUMENTED, saying("The answer changes the DRG.")),
    ("Q09", "a class behind an answer", UNDOCUMENTED, first_option("Acute kidney injury (CC/MCC)")),
    ("Q09", "a score", UNDOCUMENTED, saying("It improves the mortality index.")),
    ("Q10", "a hidden code", UNDOCUMENTED, rendered('value="1"', 'value="N17.9"')),
    (
        "Q11",
        "support taken away",
        UNDOCUMENTED,
        to_options(lambda options: (replace(options[0], supported_by=()), *options[1:])),
    ),
    (
        "Q11",
        "an invented answer",
        UNDOCUMENTED,
        to_options(lambda o: (Option("Papillary necrosis", OptionKind.DIAGNOSIS), *o)),
    ),
    ("Q12", "no other answer", UNDOCUMENTED, without(OptionKind.OTHER)),
    ("Q12", "no way to be unsure", UNDOCUMENTED, without(OptionKind.UNDETERMINED)),
    ("Q13", "one answer left", UNDOCUMENTED, to_options(lambda options: options[:1])),
    ("Q15", "a box ticked", UNDOCUMENTED, rendered("[ ] Acute kidney", "[x] Acute kidney")),
    ("Q15", "an input chosen", UNDOCUMENTED, rendered('value="1"', 'value="1" checked')),
    ("Q15", "an answer in bold", UNDOCUMENTED, first_option("**Acute kidney injury**")),
    ("Q16", "no purpose", YES_NO, to_question(lambda q: replace(q, purpose=None))),
    (
        "Q17",
        "a new diagnosis by yes or no",
        make_letter(QueryType.UNDOCUMENTED, LetterForm.YES_NO),
        stem("Does the patient have acute kidney injury?"),
    ),
    ("Q18", "yes and no only", YES_NO, without(OptionKind.UNDETERMINED)),
    ("Q19", "nothing asked", OPEN, stem("Kidney function of June 3.")),
    ("Q20", "an old fact", UNDOCUMENTED, to_facts(lambda i: replace(i, prior=True))),
    ("Q21", "old facts only", UNDOCUMENTED, to_facts(lambda i: replace(i, prior=True))),
    (
        "Q24",
        "sides not quoted",
        UNDOCUMENTED,
        to_question(lambda q: replace(q, purpose=Purpose.CONFLICT, finding="")),
    ),
    ("Q25", "no way to rule out", VALIDATION, without(OptionKind.RULED_OUT)),
    ("Q25", "an accusation", VALIDATION, saying("This diagnosis is not valid.")),
    ("Q26", "steering", UNDOCUMENTED, saying("Please list it as expected.")),
    ("Q35", "asked twice", UNDOCUMENTED, lambda le: replace(le, questions=le.questions * 2)),
    ("Q38", "two pages", UNDOCUMENTED, stem("Please clarify this. " * 60)),
    ("Q39", "a code", UNDOCUMENTED, saying("Needed for N17.9.")),
    ("Q40", "a definition", UNDOCUMENTED, saying("You must use the KDIGO definition.")),
]


def rules(letter: Letter, encounter: Encounter | None = None) -> set[str]:
    yes_no = letter.questions and letter.questions[0].query_type is not QueryType.UNDOCUMENTED
    known = ["kidney_injury"] if yes_no else []
    return {v.rule for v in check(letter, encounter or make_encounter(), PACK, known)}


def test_there_are_more_than_thirty_kinds_of_damage() -> None:
    assert len(DAMAGES) > 30


@pytest.mark.parametrize(
    ("rule", "letter", "damage"),
    [pytest.param(r, letter, d, id=f"{r} {name}") for r, name, letter, d in DAMAGES],
)
def test_damage_is_caught_by_the_rule_that_owns_it(
    rule: str, letter: Letter, damage: Damage
) -> None:
    assert rule not in rules(letter)
    assert rule in rules(damage(letter))


@pytest.mark.parametrize(
    "status", [ObservationStatus.ENTERED_IN_ERROR, ObservationStatus.CANCELLED]
)
def test_a_value_that_was_withdrawn_is_caught(status: ObservationStatus) -> None:
    first, second = make_encounter().observations
    record = make_encounter(observations=(first, replace(second, status=status)))
    assert "Q02" in rules(UNDOCUMENTED, record)


@pytest.mark.parametrize("status", [NoteStatus.RETRACTED, NoteStatus.SUPERSEDED])
def test_a_note_that_was_withdrawn_is_caught(status: NoteStatus) -> None:
    (note,) = make_encounter().notes
    assert "Q02" in rules(UNDOCUMENTED, make_encounter(notes=(replace(note, status=status),)))
