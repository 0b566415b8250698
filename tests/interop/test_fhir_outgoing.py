"""What goes out is valid FHIR R4 and comes back as it went, element by element."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class
from hypothesis import given
from hypothesis import strategies as st

from cdi.domain.clarified import ClarifiedDiagnosis
from cdi.domain.encounter import Patient
from cdi.domain.finding import QueryType
from cdi.domain.letter import Indicator, Letter, LetterForm, Option, OptionKind, Question
from cdi.domain.outgoing import Clinician, QueryDocument, SignedAnswer
from cdi.domain.query import CoderStatus, Outcome, PresentOnAdmission, QueryState
from cdi.interop.fhir.outgoing import (
    collection,
    condition,
    document_reference,
    questionnaire,
    questionnaire_response,
    resources_of,
    task,
    transaction,
)

BASE = "https://desk.test/api/fhir"
AT = datetime(2026, 6, 3, 9, 30, tzinfo=UTC)
PAT = Clinician("npi-pat", "Dr Pat Rivera")
QUESTION = Question(
    condition="heart_failure",
    finding="unspecified",
    query_type=QueryType.SPECIFICITY,
    form=LetterForm.MULTIPLE_CHOICE,
    topic="Heart failure",
    stem="Please clarify the type of heart failure.",
    indicators=(Indicator("i1", "BNP 1840 pg/mL", "Laboratory", AT, None),),
    options=(
        Option("Systolic", OptionKind.DIAGNOSIS, code="I50.20"),
        Option("Other (please specify)", OptionKind.OTHER),
        Option("Unable to determine", OptionKind.UNDETERMINED),
    ),
)
OPEN = replace(QUESTION, form=LetterForm.OPEN_ENDED, options=(), stem="Please clarify the cause.")
LETTER = Letter("E-100", "Dr Pat Rivera", "Clarification: heart failure", (QUESTION, OPEN), "", "")
SENT = QueryDocument(
    message_id="m1",
    topic="query.sent",
    at=AT,
    facility="general",
    patient=Patient("MRN-7", "Jordan Example"),
    encounter="E-100",
    query="q1",
    state=QueryState.SENT,
    version=2,
    letter=LETTER,
    letter_revision=1,
    recipient=PAT,
    sent_at=AT,
    due_at=datetime(2026, 6, 5, 12, 0, tzinfo=UTC),
    answer=None,
)
ANSWER = SignedAnswer(
    "a1", ((0, "HFrEF"), (None, "Ischemia, likely")), "ADDENDUM: Systolic", PAT, AT
)
ANSWERED = replace(SENT, state=QueryState.ANSWERED, answer=ANSWER)
DIAGNOSIS = ClarifiedDiagnosis(
    id="d1",
    facility="general",
    patient=SENT.patient,
    encounter="E-100",
    query="q1",
    answer="a1",
    wording="Systolic: HFrEF",
    outcome=Outcome.SPECIFIED,
    status=CoderStatus.CODED,
    code="I50.20",
    title="Unspecified systolic (congestive) heart failure",
    poa=PresentOnAdmission.YES,
    clarified_by=PAT,
    clarified_at=AT,
    changed_at=AT,
)


def come_back(resource: dict[str, Any]) -> dict[str, Any]:
    """Return a resource as another system would read it and send it on."""
    model = get_fhir_model_class(resource["resourceType"])
    text = model.model_validate_json(json.dumps(resource)).model_dump_json()
    read: dict[str, Any] = json.loads(text)
    return read


def same(one: Any, other: Any) -> bool:
    """Tell whether two resources say the same; moments in any spelling."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other or (isinstance(one, str) and one.replace("+00:00", "Z") == other)


@pytest.mark.parametrize("document", [SENT, ANSWERED])
def test_every_resource_comes_back_as_it_went(document: QueryDocument) -> None:
    for resource in [*resources_of(document, BASE), condition(DIAGNOSIS)]:
        assert same(resource, come_back(resource)), (resource, come_back(resource))


def test_a_sent_query_is_a_task_that_asks_for_its_letter() -> None:
    assert [resource["resourceType"] for resource in resources_of(SENT, BASE)] == [
        "Questionnaire",
        "Task",
    ]
    made = task(SENT, BASE)
    assert (made["status"], made["businessStatus"]) == ("requested", {"text": "sent"})
    assert made["input"][0]["valueCanonical"] == f"{BASE}/Questionnaire/q1|1"
    assert made["owner"]["identifier"] == {"system": "urn:cdi:provider", "value": "npi-pat"}
    assert made["for"]["identifier"] == {"system": "urn:cdi:patient:general", "value": "MRN-7"}
    assert made["restriction"]["period"]["end"] == "2026-06-05T12:00:00+00:00"
    assert "output" not in made


@pytest.mark.parametrize("state", QueryState)
def test_every_state_has_a_status_of_fhir(state: QueryState) -> None:
    resource = task(replace(SENT, state=state), BASE)
    assert same(resource, come_back(resource))
    assert resource["businessStatus"]["text"] == state.value


def test_the_letter_shows_facts_and_options_and_no_code() -> None:
    first, second = questionnaire(SENT, BASE)["item"]
    fact, asked, comment = first["item"]
    assert fact["text"] == "BNP 1840 pg/mL (Laboratory, 2026-06-03 09:30)"
    assert asked["type"] == "open-choice"
    options = [option["valueString"] for option in asked["answerOption"]]
    assert options == ["Systolic", "Unable to determine"]
    assert comment["required"] is False
    assert [item["type"] for item in second["item"]] == ["display", "text"]
    assert "I50" not in json.dumps(resources_of(ANSWERED, BASE))
    assert "initialSelected" not in json.dumps(questionnaire(SENT, BASE))


def test_an_answer_is_signed_and_in_the_words_that_were_given() -> None:
    response = questionnaire_response(ANSWERED, BASE)
    assert response is not None
    assert response["author"]["display"] == "Dr Pat Rivera"
    said = {
        item["linkId"]: item["answer"][0]["valueString"]
        for group in response["item"]
        for item in group["item"]
    }
    assert said == {"1.answer": "Systolic", "1.words": "HFrEF", "2.answer": "Ischemia, likely"}
    assert questionnaire_response(SENT, BASE) is None


def test_other_is_answered_by_its_words() -> None:
    other = replace(ANSWER, chosen=((1, "High output"), (None, "Anemia")))
    response = questionnaire_response(replace(SENT, answer=other), BASE)
    assert response is not None
    (item,) = response["item"][0]["item"]
    assert item["answer"] == [{"valueString": "High output"}]


def test_the_addendum_is_a_document_of_the_stay() -> None:
    made = document_reference(ANSWERED)
    assert made is not None
    (content,) = made["content"]
    assert base64.b64decode(content["attachment"]["data"]) == b"ADDENDUM: Systolic"
    assert made["type"]["coding"][0]["code"] == "55107-7"
    assert made["context"]["encounter"][0]["identifier"]["value"] == "E-100"
    assert document_reference(SENT) is None


def test_a_coded_diagnosis_carries_code_poa_and_who_said_so() -> None:
    made = condition(DIAGNOSIS)
    assert made["code"]["coding"][0]["code"] == "I50.20"
    assert made["extension"][0]["valueCode"] == "Y"
    assert made["asserter"]["identifier"]["value"] == "npi-pat"
    assert made["verificationStatus"]["coding"][0]["code"] == "confirmed"


def test_what_was_ruled_out_is_refuted_and_not_coded() -> None:
    ruled_out = replace(DIAGNOSIS, outcome=Outcome.RULED_OUT, code="", title="", poa=None)
    made = condition(ruled_out)
    assert made["verificationStatus"]["coding"][0]["code"] == "refuted"
    assert made["code"] == {"text": "Systolic: HFrEF"}
    assert not {"clinicalStatus", "extension"} & made.keys()
    assert same(made, come_back(made))


def test_sending_a_transaction_again_addresses_the_same_resources() -> None:
    first, second = transaction(ANSWERED, BASE), transaction(ANSWERED, BASE)
    assert first == second
    assert [entry["request"]["url"] for entry in first["entry"]] == [
        "Questionnaire?identifier=urn:cdi:questionnaire|q1",
        "QuestionnaireResponse?identifier=urn:cdi:answer|a1",
        "DocumentReference?identifier=urn:cdi:answer|a1",
        "Task?identifier=urn:cdi:query|q1",
    ]
    assert all("id" not in entry["resource"] for entry in first["entry"])


def test_a_collection_may_be_empty() -> None:
    assert collection([], BASE) == {"resourceType": "Bundle", "type": "collection"}
    assert len(collection([condition(DIAGNOSIS)], BASE)["entry"]) == 1


@given(st.text(min_size=1, max_size=40), st.text(max_size=40), st.text(max_size=20))
def test_whatever_words_a_record_holds_the_bundle_is_valid(
    text: str, words: str, number: str
) -> None:
    question = replace(QUESTION, stem=text, topic=text, options=(Option(text, OptionKind.NO),))
    document = replace(
        ANSWERED,
        letter=replace(LETTER, subject=text, questions=(question,)),
        patient=Patient(number),
        answer=replace(ANSWER, chosen=((0, words),), addendum=words),
    )
    transaction(document, BASE)
