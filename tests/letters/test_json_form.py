"""Letters as JSON: read back as written, and wrong ones are refused by field."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from factories import make_encounter, make_letter

from cdi.domain.finding import QueryType
from cdi.domain.letter import Channel, Letter, LetterForm, Purpose
from cdi.errors import InputError
from cdi.letters.json_form import letter_record, read_letter

SINGLE = {
    "id": "X-1",
    "form": "yes_no",
    "purpose": "present_on_admission",
    "channel": "portal",
    "query_type": "poa",
    "subject": "Clarification: skin",
    "body": "A wound is documented.",
    "question": "Was the wound present on admission?",
    "options": [{"text": "Yes", "kind": "yes", "supported_by": []}],
    "indicators": [
        {
            "id": "i1",
            "text": "wound",
            "source": "H&P",
            "recorded_at": "2026-01-02T03:04:00Z",
            "encounter": "prior",
            "pertinence": "baseline",
            "pointer": {"note": "n1", "start": 0, "end": 5},
        }
    ],
    "record": {
        "documented": ["wound"],
        "notes": [{"id": "n1", "author": "Dr. A", "role": "provider", "text": "wound seen"}],
        "observations": [
            {"id": "o1", "name": "BP", "value": "120/80", "unit": "mmHg", "status": "final"}
        ],
    },
}


@pytest.mark.parametrize("query_type", QueryType)
@pytest.mark.parametrize("form", LetterForm)
def test_a_letter_is_read_back_as_it_was_written(query_type: QueryType, form: LetterForm) -> None:
    letter = make_letter(query_type, form)
    written = json.dumps(letter_record("L-1", letter, make_encounter(), conditions=["x"]))
    case = read_letter(written)
    assert case.letter == _without_codes(letter)
    assert (case.id, case.conditions, case.documented) == ("L-1", ("x",), None)
    assert case.encounter.notes == make_encounter().notes
    assert case.encounter.observations == make_encounter().observations


def _without_codes(letter: Letter) -> Letter:
    questions = tuple(
        replace(q, options=tuple(replace(option, code=None) for option in q.options))
        for q in letter.questions
    )
    return replace(letter, questions=questions)


def test_a_letter_of_one_question_may_hold_its_fields_itself() -> None:
    case = read_letter(json.dumps(SINGLE))
    (question,) = case.letter.questions
    assert case.letter.channel is Channel.PORTAL
    assert question.purpose is Purpose.PRESENT_ON_ADMISSION
    assert question.indicators[0].prior
    assert question.indicators[0].pertinence == "baseline"
    assert case.encounter.observations[0].text == "120/80"
    assert case.documented == ("wound",)


@pytest.mark.parametrize(
    ("damage", "field"),
    [
        ({"channel": "pigeon"}, "channel"),
        ({"form": "essay"}, "questions.0.form"),
        ({"options": [{"kind": "yes"}]}, "questions.0.options.0.text"),
        ({"record": {"notes": [{"id": "n1"}]}}, "record.notes.0.text"),
    ],
)
def test_a_wrong_field_is_named_and_its_content_is_not(damage: dict, field: str) -> None:
    with pytest.raises(InputError) as error:
        read_letter(json.dumps({**SINGLE, **damage}), "letters.jsonl:3")
    assert f"letters.jsonl:3: {field}" in str(error.value) or field in str(error.value)
    assert "pigeon" not in str(error.value)


@pytest.mark.parametrize("text", ["", "{", "[]", "3"])
def test_what_is_no_json_object_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_letter(text)
