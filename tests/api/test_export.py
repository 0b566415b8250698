"""What leaves through the API: tables, FHIR, the audit trail; pages named in ``Link``."""

from __future__ import annotations

import csv
import json
from typing import Any

import pytest
from desks import HERE, Hospital
from fastapi.testclient import TestClient
from fhir.resources.R4B import get_fhir_model_class

from cdi.api.export import COLUMNS, to_csv
from cdi.domain.clarified import ClarifiedDiagnosis
from cdi.domain.letter import OptionKind
from cdi.storage.tables import DiagnosisRow
from cdi.workflow.diagnoses import accept_diagnosis, code_diagnosis
from cdi.workflow.exporting import export_diagnosis
from cdi.workflow.tokens import add_token


def _as(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def diagnosis(hospital: Hospital) -> str:
    """A clarified diagnosis that Kim has coded."""
    answered = hospital.answered(OptionKind.OTHER, "=HYPERLINK(1), right heart failure")
    (identifier,) = answered.made
    kim = hospital.actor("kim")
    accepted = accept_diagnosis(hospital.desk, kim, identifier, 1)
    code_diagnosis(hospital.desk, kim, identifier, accepted.version, "I50.810")
    return identifier


def test_coded_diagnoses_are_a_table_that_no_spreadsheet_runs(
    client: TestClient, tokens: dict[str, str], diagnosis: str
) -> None:
    answer = client.get("/api/diagnoses/export", headers=_as(tokens["kim"]))
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    heading, row = csv.reader(answer.text.splitlines())
    assert tuple(heading) == COLUMNS
    cells = dict(zip(heading, row, strict=True))
    assert cells["id"] == diagnosis
    assert (cells["patient"], cells["encounter"]) == ("MRN-7", "E-100")
    assert (cells["code"], cells["outcome"], cells["status"]) == ("I50.810", "other", "coded")
    assert cells["wording"].startswith("'=HYPERLINK")
    assert (cells["clarified_by"], cells["provider_id"]) == ("Dr. Pat Rivera", "npi-pat")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_every_beginning_of_a_formula_is_made_harmless(
    hospital: Hospital, diagnosis: str, start: str
) -> None:
    found = export_diagnosis(hospital.desk, hospital.actor("kim"), diagnosis)
    changed = ClarifiedDiagnosis(
        **{name: getattr(found, name) for name in ClarifiedDiagnosis.__slots__}
        | {"wording": f"{start}1"}
    )
    (_, row) = csv.reader(to_csv([changed]).splitlines(keepends=True))
    assert row[COLUMNS.index("wording")] == f"'{start}1"


def test_coded_diagnoses_are_a_bundle_of_conditions(
    client: TestClient, tokens: dict[str, str], diagnosis: str
) -> None:
    answer = client.get("/api/diagnoses/export?format=fhir", headers=_as(tokens["kim"]))
    assert answer.headers["content-type"] == "application/fhir+json"
    bundle = answer.json()
    get_fhir_model_class("Bundle").model_validate(bundle)
    (entry,) = bundle["entry"]
    assert entry["resource"]["id"] == diagnosis
    assert entry["resource"]["code"]["coding"][0]["code"] == "I50.810"


def test_an_export_goes_on_where_its_page_ended(
    client: TestClient, tokens: dict[str, str], hospital: Hospital, diagnosis: str
) -> None:
    with hospital.store.reading() as session:
        changed_at = session.get_one(DiagnosisRow, diagnosis).changed_at
    path: str | None = "/api/diagnoses/export?status=coded&status=new&limit=1"
    rows: list[str] = []
    while path:
        answer = client.get(path, headers=_as(tokens["kim"]))
        rows += [line.split(",")[0] for line in answer.text.splitlines()[1:]]
        link = answer.headers.get("link")
        path = link.split(">")[0].removeprefix("<") if link else None
    assert rows == [diagnosis]
    later = {"since": f"{changed_at:%Y-%m-%dT%H:%M:%S}Z"}
    for since, count in ((later["since"], 1), ("2099-01-01T00:00:00Z", 0)):
        query = {"since": since}
        answer = client.get("/api/diagnoses/export", params=query, headers=_as(tokens["kim"]))
        assert len(answer.text.splitlines()) == 1 + count


def test_a_machine_exports_what_its_token_is_for(
    client: TestClient, hospital: Hospital, diagnosis: str
) -> None:
    eve, place = hospital.actor("eve"), hospital.facilities[HERE]
    may = add_token(hospital.desk, eve, place, "coding system", ["diagnosis.export"]).secret
    may_not = add_token(hospital.desk, eve, place, "lab feed", ["encounter.ingest"]).secret
    path = f"/api/fhir/Condition/{diagnosis}"
    assert client.get(path, headers=_as(may)).json()["id"] == diagnosis
    assert client.get(path, headers=_as(may_not)).status_code == 403
    assert client.get("/api/diagnoses", headers=_as(may)).status_code == 403


def _read(client: TestClient, token: str, kind: str, identifier: str) -> tuple[int, Any]:
    answer = client.get(f"/api/fhir/{kind}/{identifier}", headers=_as(token))
    if answer.status_code == 200:
        assert answer.headers["content-type"] == "application/fhir+json"
        get_fhir_model_class(kind).model_validate(answer.json())
    return answer.status_code, answer.json()


def test_a_query_is_read_as_fhir_and_its_answer_once_there_is_one(
    client: TestClient, tokens: dict[str, str], hospital: Hospital
) -> None:
    sent = hospital.sent()
    status, task = _read(client, tokens["sam"], "Task", sent.id)
    assert (status, task["status"], task["description"]) == (200, "requested", task["description"])
    status, letter = _read(client, tokens["sam"], "Questionnaire", sent.id)
    assert letter["item"][0]["item"][-2]["linkId"] == "1.answer"
    for kind in ("QuestionnaireResponse", "DocumentReference"):
        assert _read(client, tokens["sam"], kind, sent.id)[0] == 404
    hospital.answer(sent.id, sent.version, hospital.options(sent.id, OptionKind.DIAGNOSIS))
    status, response = _read(client, tokens["sam"], "QuestionnaireResponse", sent.id)
    assert response["author"]["identifier"]["value"] == "npi-pat"
    assert _read(client, tokens["sam"], "DocumentReference", sent.id)[0] == 200
    assert _read(client, tokens["sam"], "Task", sent.id)[1]["status"] == "completed"
    assert _read(client, tokens["zoe"], "Task", sent.id)[0] == 404
    assert _read(client, tokens["pat"], "Task", sent.id)[0] == 403


def test_the_capabilities_are_told_to_anybody(client: TestClient) -> None:
    told = client.get("/api/fhir/metadata").json()
    get_fhir_model_class("CapabilityStatement").model_validate(told)
    kinds = [resource["type"] for resource in told["rest"][0]["resource"]]
    assert kinds[0] == "Task"
    assert "Condition" in kinds


def test_the_trail_is_exported_with_its_links_and_the_export_is_in_it(
    client: TestClient, tokens: dict[str, str], hospital: Hospital
) -> None:
    hospital.sent()
    numbers: list[int] = []
    path: str | None = "/api/events/export?limit=3"
    while path and len(numbers) < 12:
        answer = client.get(path, headers=_as(tokens["ada"]))
        assert answer.headers["content-type"].startswith("application/x-ndjson")
        lines = [json.loads(line) for line in answer.text.splitlines()]
        assert all(len(line["mac"]) == 64 for line in lines)
        numbers += [line["number"] for line in lines]
        link = answer.headers.get("link")
        path = link.split(">")[0].removeprefix("<") if link else None
    assert numbers == sorted(set(numbers))
    found = client.get("/api/events?verb=audit.export", headers=_as(tokens["ada"])).json()
    assert found["items"][0]["detail"]["after"] >= 0
    assert client.get("/api/events/export", headers=_as(tokens["sam"])).status_code == 403
