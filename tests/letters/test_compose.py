from dataclasses import replace

import pytest
from factories import (
    NOTE,
    evidence,
    make_catalogue,
    make_condition,
    make_encounter,
    make_finding,
    make_letter,
    span,
)

from cdi.domain.encounter import Encounter, Note, NoteStatus, ObservationStatus, Role
from cdi.domain.finding import EvidenceRole, NoteSpan, ObservationPointer, QueryType
from cdi.domain.letter import LetterForm, OptionKind
from cdi.errors import LetterError
from cdi.letters import compose


def compose_one(**changes: object):
    return compose([make_finding(**changes)], make_encounter(), make_catalogue())


def test_the_subject_names_the_topic_only() -> None:
    assert make_letter().subject == "Clarification: renal function"


def test_a_fact_is_quoted_with_its_source_and_time() -> None:
    text = make_letter().text
    assert "creatinine 2.1 mg/dL (Laboratory, Jun 3, 05:10)" in text
    assert '"He is voiding well" (Progress note, Dr. A. Rivera, Jun 3, 09:30)' in text
    assert "lactated ringer 1 L IV (Medication record, Jun 3, 07:00)" in text


def test_an_indicator_points_at_exactly_what_it_quotes() -> None:
    for indicator in make_letter().questions[0].indicators:
        if isinstance(indicator.pointer, NoteSpan):
            assert NOTE[indicator.pointer.start : indicator.pointer.end] == indicator.text


def test_facts_stand_in_groups_and_in_order_of_time() -> None:
    groups = [(i.group, i.text) for i in make_letter().questions[0].indicators]
    assert groups == [
        ("documentation", "Renal insufficiency on day two"),
        ("laboratory", "creatinine 0.9 mg/dL"),
        ("laboratory", "creatinine 2.1 mg/dL"),
        ("treatment", "lactated ringer 1 L IV"),
        ("signs and symptoms", "He is voiding well"),
    ]


def test_two_facts_of_one_sentence_are_quoted_once_and_support_both_options() -> None:
    note = Note("n1", "Muddy brown casts and renal insufficiency.", recorded_at=None)
    encounter = Encounter("E-1", notes=(note,))
    finding = make_finding(
        evidence=(
            evidence(span(encounter, "Muddy brown casts"), "casts"),
            evidence(span(encounter, "renal insufficiency"), "vague"),
        )
    )
    question = compose([finding], encounter, make_catalogue()).questions[0]
    assert [i.text for i in question.indicators] == ["Muddy brown casts and renal insufficiency"]
    assert [o.supported_by for o in question.options[:2]] == [("i1",), ("i1",)]


def test_an_option_without_its_evidence_is_left_out() -> None:
    texts = [option.text for option in make_letter().questions[0].options]
    assert texts == [
        "Acute kidney injury",
        "Not clinically significant",
        "Other (please specify)",
        "Unable to determine",
    ]


def test_an_option_that_needs_a_named_fact_is_supported_by_what_the_fact_is_made_of() -> None:
    question = make_letter().questions[0]
    assert question.options[0].supported_by == ("i2", "i3")
    assert {i.id: i.text for i in question.indicators}["i3"] == "creatinine 2.1 mg/dL"


def test_an_option_without_needs_is_supported_by_the_trigger() -> None:
    question = make_letter(QueryType.SPECIFICITY).questions[0]
    drug_induced = next(o for o in question.options if o.text == "Drug-induced")
    assert drug_induced.supported_by == ("i2", "i3")


def test_codes_are_kept_for_the_coder_and_never_shown() -> None:
    letter = make_letter()
    assert letter.questions[0].options[0].code == "N17.9"
    assert "N17" not in letter.text + letter.html


def test_a_question_without_a_supported_answer_becomes_open() -> None:
    finding = make_finding(evidence=(evidence(span(make_encounter(), "no fever"), "vague"),))
    question = compose([finding], make_encounter(), make_catalogue()).questions[0]
    assert question.form is LetterForm.OPEN_ENDED
    assert question.options == ()


@pytest.mark.parametrize("query_type", [QueryType.CAUSE, QueryType.CONFLICT])
def test_yes_no_offers_other_and_undetermined(query_type: QueryType) -> None:
    kinds = [o.kind for o in make_letter(query_type, LetterForm.YES_NO).questions[0].options]
    assert kinds == [OptionKind.YES, OptionKind.NO, OptionKind.OTHER, OptionKind.UNDETERMINED]


def test_yes_no_on_presence_on_admission_has_no_other() -> None:
    kinds = [o.kind for o in make_letter(QueryType.POA, LetterForm.YES_NO).questions[0].options]
    assert kinds == [OptionKind.YES, OptionKind.NO, OptionKind.UNDETERMINED]


def test_validation_always_offers_that_the_diagnosis_stands_and_that_it_does_not() -> None:
    spec = make_condition().spec.model_dump(mode="json", by_alias=True)
    spec["findings"]["validation"]["options"] = []
    catalogue = make_catalogue(make_condition(findings=spec["findings"]))
    letter = compose([make_finding(QueryType.VALIDATION)], make_encounter(), catalogue)
    assert [option.text for option in letter.questions[0].options] == [
        "Diagnosis confirmed (please specify the supporting findings)",
        "Diagnosis ruled out",
        "Other (please specify)",
        "Unable to determine",
    ]


def test_contrary_evidence_is_shown_even_where_there_is_much_for_the_finding() -> None:
    encounter = make_encounter()
    many = tuple(evidence(NoteSpan("n1", at, at + 1), f"sign{at}") for at in range(0, len(NOTE), 9))
    against = evidence(
        span(encounter, "voiding well"), "good_output", EvidenceRole.AGAINST, "signs and symptoms"
    )
    question = compose(
        [make_finding(evidence=(*many, against))], encounter, make_catalogue()
    ).questions[0]
    assert "He is voiding well" in [i.text for i in question.indicators]


def test_a_question_quotes_at_most_eight_facts_and_three_of_a_kind() -> None:
    lines = [f"Sign number {n}." for n in range(40)]
    encounter = Encounter("E-1", notes=(Note("n1", "\n".join(lines)),))
    pieces = tuple(evidence(span(encounter, f"number {n}."), f"name{n % 5}") for n in range(20))
    question = compose([make_finding(evidence=pieces)], encounter, make_catalogue()).questions[0]
    assert len(question.indicators) == 8
    same = tuple(replace(piece, name="one") for piece in pieces)
    question = compose([make_finding(evidence=same)], encounter, make_catalogue()).questions[0]
    assert len(question.indicators) == 3


def test_missing_axes_are_named_in_questions_of_specificity_only() -> None:
    assert "Not specified so far: cause." in make_letter(QueryType.SPECIFICITY).text
    undocumented = compose_one(missing=("cause",))
    assert "Not specified" not in undocumented.text


def test_several_findings_make_one_letter_with_numbered_questions() -> None:
    liver = make_condition(id="liver_injury", topic="liver function")
    catalogue = make_catalogue(make_condition(), liver)
    findings = [make_finding(), make_finding(QueryType.CAUSE, condition="liver_injury")]
    letter = compose(findings, make_encounter(), catalogue)
    assert letter.subject == "Clarification: renal function; liver function"
    assert "1. Renal function" in letter.text
    assert "2. Liver function" in letter.text
    ids = [i.id for question in letter.questions for i in question.indicators]
    assert len(ids) == len(set(ids)) == 10


def test_a_long_list_of_topics_becomes_a_number() -> None:
    conditions = [
        make_condition(id=f"condition{n}", topic=f"the function of organ number {n}")
        for n in range(3)
    ]
    findings = [make_finding(condition=condition.id) for condition in conditions]
    letter = compose(findings, make_encounter(), make_catalogue(*conditions))
    assert letter.subject == "Clarification: 3 documentation questions"


def test_a_record_without_names_and_times_still_makes_a_letter() -> None:
    encounter = Encounter("note", notes=(Note("n1", NOTE),))
    finding = make_finding(evidence=(evidence(span(encounter, "Muddy brown casts"), "casts"),))
    text = compose([finding], encounter, make_catalogue()).text
    assert '  - "Muddy brown casts on urinalysis" (Note)' in text
    assert "Patient" not in text


def test_the_role_of_an_author_who_is_no_provider_is_shown() -> None:
    note = replace(make_encounter().notes[0], kind="wound care note", role=Role.NURSING)
    letter = compose([make_finding()], make_encounter(notes=(note,)), make_catalogue())
    assert "(Wound care note, Dr. A. Rivera (nursing), " in letter.text


def test_no_findings_make_no_letter() -> None:
    with pytest.raises(LetterError, match="no finding"):
        compose([], make_encounter(), make_catalogue())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"condition": "unknown"}, "unknown.undocumented: the catalogue has no such finding"),
        ({"id": "unknown"}, "kidney_injury.unknown: the catalogue has no such finding"),
        ({"evidence": ()}, "no evidence to quote"),
        ({"evidence": (evidence(ObservationPointer("o9"), "casts"),)}, "no observation o9"),
        ({"evidence": (evidence(NoteSpan("n9", 0, 3), "casts"),)}, "no note n9"),
        ({"evidence": (evidence(NoteSpan("n1", 5, 9999), "casts"),)}, "no characters 5 to 9999"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_id(changes: dict[str, object], message: str) -> None:
    with pytest.raises(LetterError, match=message) as raised:
        compose_one(**changes)
    assert "casts on urinalysis" not in str(raised.value)


def test_a_value_entered_in_error_is_never_quoted() -> None:
    first, second = make_encounter().observations
    wrong = replace(second, status=ObservationStatus.ENTERED_IN_ERROR)
    with pytest.raises(LetterError, match="o2 is entered-in-error"):
        compose([make_finding()], make_encounter(observations=(first, wrong)), make_catalogue())


def test_a_retracted_note_is_never_quoted() -> None:
    note = replace(make_encounter().notes[0], status=NoteStatus.RETRACTED)
    with pytest.raises(LetterError, match="n1 is retracted"):
        compose([make_finding()], make_encounter(notes=(note,)), make_catalogue())


def test_the_same_input_gives_the_same_letter() -> None:
    assert make_letter() == make_letter()
