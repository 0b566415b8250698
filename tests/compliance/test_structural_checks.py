"""Each structural check: damage that it owns, and compliant letters it leaves alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html import escape

import pytest
from factories import (
    evidence,
    make_catalogue,
    make_condition,
    make_encounter,
    make_finding,
    make_letter,
    make_pack,
    span,
)

from cdi.compliance import check
from cdi.compliance.structure import structural_checks
from cdi.domain.encounter import Encounter, NoteStatus, ObservationStatus
from cdi.domain.finding import NoteSpan, ObservationPointer, QueryType
from cdi.domain.letter import Letter, LetterForm, Level, Option, OptionKind, Question
from cdi.letters import compose

PACK = make_pack()
ENCOUNTER = make_encounter()


def rules(letter: Letter, encounter: Encounter = ENCOUNTER, *documented: str) -> list[str]:
    return sorted({v.rule for v in check(letter, encounter, PACK, documented, documented)})


def changed(letter: Letter, change: Callable[[Question], Question]) -> Letter:
    return replace(letter, questions=tuple(map(change, letter.questions)))


def without(letter: Letter, kind: OptionKind) -> Letter:
    return changed(
        letter, lambda q: replace(q, options=tuple(o for o in q.options if o.kind is not kind))
    )


PERMITTED = [
    (query_type, form)
    for query_type in QueryType
    for form in LetterForm
    if form is not LetterForm.YES_NO
    or query_type not in {QueryType.UNDOCUMENTED, QueryType.PROCEDURE}
]


@pytest.mark.parametrize(("query_type", "form"), PERMITTED)
def test_every_permitted_form_of_every_query_type_is_compliant(
    query_type: QueryType, form: LetterForm
) -> None:
    assert check(make_letter(query_type, form), ENCOUNTER, PACK, ["kidney_injury"]) == ()


# Q01


def test_a_question_without_indicators_is_q01() -> None:
    letter = changed(
        make_letter(QueryType.CAUSE, LetterForm.OPEN_ENDED), lambda q: replace(q, indicators=())
    )
    assert rules(letter, ENCOUNTER, "kidney_injury") == ["Q01"]


def test_a_letter_without_questions_is_q01() -> None:
    assert rules(replace(make_letter(), questions=(), text="", html="")) == ["Q01"]


# Q02


def test_a_value_entered_in_error_since_is_q02() -> None:
    first, second = ENCOUNTER.observations
    wrong = replace(second, status=ObservationStatus.ENTERED_IN_ERROR)
    assert rules(make_letter(), make_encounter(observations=(first, wrong))) == ["Q02"]


def test_a_corrected_value_that_is_quoted_as_corrected_is_compliant() -> None:
    first, second = ENCOUNTER.observations
    fixed = replace(second, status=ObservationStatus.CORRECTED)
    assert rules(make_letter(), make_encounter(observations=(first, fixed))) == []


def test_a_value_that_was_corrected_to_another_is_q02_with_the_new_value() -> None:
    first, second = ENCOUNTER.observations
    fixed = replace(second, value=1.2, status=ObservationStatus.CORRECTED)
    found = check(make_letter(), make_encounter(observations=(first, fixed)), PACK)
    assert [(v.rule, v.text, v.fix) for v in found] == [
        ("Q02", "creatinine 2.1 mg/dL", "Quote: creatinine 1.2 mg/dL")
    ]


def test_a_retracted_note_is_q02() -> None:
    note = replace(ENCOUNTER.notes[0], status=NoteStatus.RETRACTED)
    assert rules(make_letter(), make_encounter(notes=(note,))) == ["Q02"]


def test_an_amended_note_that_reads_differently_is_q02() -> None:
    note = replace(ENCOUNTER.notes[0], text="AMENDED " + ENCOUNTER.notes[0].text)
    assert rules(make_letter(), make_encounter(notes=(note,))) == ["Q02"]


def test_another_time_than_the_record_has_is_q02() -> None:
    letter = changed(
        make_letter(),
        lambda q: replace(q, indicators=tuple(replace(i, recorded_at=None) for i in q.indicators)),
    )
    assert rules(letter) == ["Q02"]


def test_another_source_than_the_record_has_is_q02() -> None:
    letter = changed(
        make_letter(),
        lambda q: replace(q, indicators=tuple(replace(i, source="H&P") for i in q.indicators)),
    )
    assert rules(letter) == ["Q02"]


def test_a_digit_changed_in_the_rendered_letter_is_q02() -> None:
    letter = make_letter()
    assert rules(replace(letter, text=letter.text.replace("2.1 mg", "21 mg"))) == ["Q02"]
    assert rules(replace(letter, html=letter.html.replace("2.1 mg", "21 mg"))) == ["Q02"]


def test_the_record_of_another_encounter_is_q02() -> None:
    assert rules(make_letter(), make_encounter(id="E-200")) == ["Q02"]


# Q06


@pytest.mark.parametrize(
    "stem",
    [
        "Please document prerenal.",
        "Please document the acute tubular necrosis.",
        "Please record as drug-induced what caused it.",
    ],
)
def test_urging_one_option_is_q06(stem: str) -> None:
    letter = changed(
        make_letter(QueryType.SPECIFICITY),
        lambda q: replace(
            q,
            stem=stem,
            options=(
                *q.options,
                Option("Acute tubular necrosis", OptionKind.DIAGNOSIS, (q.indicators[0].id,)),
            ),
        ),
    )
    found = rules(letter, ENCOUNTER, "kidney_injury")
    assert "Q06" in found


@pytest.mark.parametrize(
    "stem",
    [
        "Please document the cause, if it can be determined.",
        "Please record whether a drug was the cause.",
        "Can the acute process be specified?",
    ],
)
def test_asking_for_what_is_unclear_is_compliant(stem: str) -> None:
    letter = changed(make_letter(QueryType.SPECIFICITY), lambda q: replace(q, stem=stem))
    assert rules(letter) == []


# Q07, Q08, Q17


def test_an_undocumented_diagnosis_in_the_subject_is_q08() -> None:
    letter = replace(make_letter(), subject="Acute kidney injury?")
    found = [(v.rule, v.where, v.text) for v in check(letter, ENCOUNTER, PACK)]
    assert found == [("Q08", "subject", "Acute kidney injury")]


def test_an_undocumented_diagnosis_in_the_question_is_q07() -> None:
    letter = changed(
        make_letter(QueryType.SPECIFICITY), lambda q: replace(q, stem="Can the AKI be specified?")
    )
    assert rules(letter) == ["Q07"]


def test_an_undocumented_diagnosis_in_the_words_of_the_letter_is_q07() -> None:
    letter = make_letter()
    text = letter.text.replace("Please answer", "The AKI is of interest. Please answer")
    assert rules(replace(letter, text=text)) == ["Q07"]
    html = letter.html.replace("<h1>", '<h1 title="AKI">')
    assert rules(replace(letter, html=html)) == ["Q07"]


def test_the_wording_of_an_option_inside_a_sentence_is_the_writers() -> None:
    letter = make_letter()
    text = letter.text.replace("Please answer", "The acute kidney injury matters. Please answer")
    assert rules(replace(letter, text=text)) == ["Q07"]


def test_a_diagnosis_behind_a_fact_on_its_line_is_the_writers() -> None:
    letter = make_letter()
    text = letter.text.replace("05:10)", "05:10), which is AKI")
    assert rules(replace(letter, text=text)) == ["Q07"]


def test_an_encounter_whose_id_looks_like_a_diagnosis_is_no_violation() -> None:
    encounter = make_encounter(id="acute_kidney_injury-1")
    letter = compose([make_finding()], encounter, make_catalogue())
    assert rules(letter, encounter) == []


def test_an_undocumented_diagnosis_in_a_yes_no_question_is_q17_and_not_q16() -> None:
    letter = changed(
        make_letter(QueryType.UNDOCUMENTED, LetterForm.YES_NO),
        lambda q: replace(q, stem="Does the patient have acute kidney injury?"),
    )
    assert rules(letter) == ["Q17"]


@pytest.mark.parametrize("documented", ["kidney_injury", "Acute kidney injury, improving"])
def test_a_documented_diagnosis_may_be_named(documented: str) -> None:
    letter = changed(
        make_letter(QueryType.SPECIFICITY), lambda q: replace(q, stem="Can the AKI be specified?")
    )
    assert rules(replace(letter, subject="AKI: cause"), ENCOUNTER, documented) == []


def test_a_diagnosis_among_the_options_or_in_a_quotation_is_compliant() -> None:
    note = replace(ENCOUNTER.notes[0], text="Dietitian wonders about AKI. Creatinine 2.1.")
    encounter = make_encounter(notes=(note,))
    finding = make_finding(evidence=(evidence(span(encounter, "AKI"), "vague"),))
    letter = compose([finding], encounter, make_catalogue())
    assert "AKI" in letter.text
    assert rules(letter, encounter) == []


def test_a_longer_phrase_that_means_something_else_is_no_diagnosis() -> None:
    letter = changed(
        make_letter(),
        lambda q: replace(q, stem="What was said in the acute kidney injury clinic?"),
    )
    assert rules(letter) == []


def test_capitals_that_the_catalogue_asks_for_are_asked_for() -> None:
    letter = changed(make_letter(), lambda q: replace(q, stem="Was it aki wood?"))
    assert rules(letter) == []


# Q11, Q12, Q13, Q15


def test_a_diagnosis_without_support_is_q11() -> None:
    letter = changed(
        make_letter(),
        lambda q: replace(q, options=(Option("Shock", OptionKind.DIAGNOSIS, ("i99",)), *q.options)),
    )
    found = [(v.rule, v.where, v.level) for v in check(letter, ENCOUNTER, PACK)]
    assert found == [("Q11", "questions[0].options[0]", Level.OVERRIDE)]


@pytest.mark.parametrize("kind", [OptionKind.OTHER, OptionKind.UNDETERMINED])
def test_a_list_without_a_way_out_is_q12(kind: OptionKind) -> None:
    assert rules(without(make_letter(), kind)) == ["Q12"]


def test_a_list_of_one_diagnosis_is_q12_and_q13() -> None:
    letter = changed(make_letter(), lambda q: replace(q, options=q.options[:1]))
    assert rules(letter) == ["Q12", "Q13"]


def test_one_supported_diagnosis_with_the_ways_out_is_a_fair_list() -> None:
    letter = changed(make_letter(), lambda q: replace(q, options=(q.options[0], *q.options[-2:])))
    assert rules(letter) == []


@pytest.mark.parametrize("mark", ["[x] {}", "(x) {}", "**{}**", "\u2611 {}", "<b>{}</b>"])
def test_a_marked_option_is_q15(mark: str) -> None:
    option = "Acute kidney injury"
    letter = changed(
        make_letter(),
        lambda q: replace(
            q, options=(replace(q.options[0], text=mark.format(option)), *q.options[1:])
        ),
    )
    shown = letter.text.replace(option, mark.format(option))
    html = letter.html.replace(option, escape(mark.format(option)))
    assert rules(replace(letter, text=shown, html=html)) == ["Q15"]


def test_a_box_ticked_in_the_rendered_letter_is_q15() -> None:
    letter = make_letter()
    text = letter.text.replace("[ ] Acute", "[x] Acute")
    html = letter.html.replace('value="1"', 'value="1" checked')
    assert rules(replace(letter, text=text)) == ["Q15"]
    assert rules(replace(letter, html=html)) == ["Q15"]


# Q16, Q18, Q25


@pytest.mark.parametrize("query_type", [QueryType.UNDOCUMENTED, QueryType.PROCEDURE])
def test_yes_no_outside_its_permitted_uses_is_q16(query_type: QueryType) -> None:
    assert rules(make_letter(query_type, LetterForm.YES_NO)) == ["Q16"]


def test_yes_no_without_a_way_out_is_q18() -> None:
    letter = without(make_letter(QueryType.CAUSE, LetterForm.YES_NO), OptionKind.UNDETERMINED)
    assert rules(letter, ENCOUNTER, "kidney_injury") == ["Q18"]


@pytest.mark.parametrize("kind", [OptionKind.DIAGNOSIS, OptionKind.RULED_OUT])
def test_validation_without_one_of_its_two_answers_is_q25(kind: OptionKind) -> None:
    letter = without(make_letter(QueryType.VALIDATION), kind)
    assert rules(letter, ENCOUNTER, "kidney_injury") == ["Q25"]


# Q35, Q38


def test_two_questions_about_one_condition_are_q35() -> None:
    findings = [make_finding(), make_finding(QueryType.SPECIFICITY)]
    letter = compose(findings, ENCOUNTER, make_catalogue())
    assert rules(letter) == ["Q35"]


def test_two_conditions_with_the_same_general_wording_and_other_facts_are_compliant() -> None:
    other = make_condition(id="liver_injury", topic="liver function")
    finding = make_finding(
        condition="liver_injury", evidence=(evidence(NoteSpan("n1", 58, 66), "fever"),)
    )
    value = (evidence(ObservationPointer("o2"), "creatinine_high"),)
    letter = compose(
        [make_finding(evidence=value), finding],
        ENCOUNTER,
        make_catalogue(make_condition(), other),
    )
    assert rules(letter) == []


def test_a_very_long_question_is_q38_and_only_a_warning() -> None:
    stem = "Please clarify. " + "word " * 160
    found = check(changed(make_letter(), lambda q: replace(q, stem=stem)), ENCOUNTER, PACK)
    assert [(v.rule, v.level) for v in found] == [("Q38", Level.WARN)]


# The form of the checks themselves

HEADINGS = ("What it checks:", "Why:", "Violating:", "Compliant:", "Source:")


@pytest.mark.parametrize("structural", structural_checks(), ids=lambda check: check.name)
def test_every_check_is_documented_in_the_same_form(structural) -> None:
    documentation = structural.documentation
    first = documentation.splitlines()[0]
    assert re.match(r"Q\d\d(, Q\d\d)*: [a-z].*\.$", first)
    assert tuple(re.findall(r"Q\d\d", first)) == structural.rules
    found = re.findall(r"(?m)^[A-Z][a-z ]+:$", documentation)
    assert tuple(found) == HEADINGS
    assert not re.search(r"(?m)^[A-Z][a-z ]+:\n(?!    \S)", documentation)


def test_no_rule_of_structure_has_two_owners() -> None:
    owned = [rule for structural in structural_checks() for rule in structural.rules]
    assert len(owned) == len(set(owned))


@pytest.mark.parametrize(
    ("recipient", "expected"),
    [
        ("Dr. A. Reed", []),
        ("dr. a. reed, Cardiology", []),
        ("", []),
        ("Dr. B. Cho", ["Q23"]),
        ("Dr. A. Reedman", ["Q23"]),
    ],
)
def test_a_recipient_who_wrote_no_note_is_remarked(recipient: str, expected: list[str]) -> None:
    notes = (replace(ENCOUNTER.notes[0], author="Dr. A. Reed, Hospital Medicine"),)
    letter = replace(make_letter(), recipient=recipient)
    found = check(letter, replace(ENCOUNTER, notes=notes), PACK, ["kidney_injury"])
    assert [violation.rule for violation in found if violation.rule == "Q23"] == expected
