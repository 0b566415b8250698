"""Final codes over the API."""

from __future__ import annotations

from desks import HERE, Hospital
from fastapi.testclient import TestClient
from httpx2 import Response

TABLE = "encounter,code,poa\nE-100,I50.9,Y\nE-200,heart,\nE-300,D62,N\n"


def send(client: TestClient, token: str, place: str, content: str) -> Response:
    return client.post(
        f"/api/final-codes?facility_id={place}",
        content=content,
        headers={"Authorization": f"Bearer {token}", "Content-Type": "text/csv"},
    )


def test_codes_are_taken_in_and_each_row_at_fault_is_named(
    client: TestClient, tokens: dict[str, str], hospital: Hospital
) -> None:
    answered = hospital.answered()
    place = hospital.facilities[HERE]
    told = send(client, tokens["kim"], place, TABLE)
    assert told.status_code == 200
    assert told.json() == {
        "stays": 1,
        "changed": 1,
        "codes": 1,
        "left_out": [
            {
                "field": "code",
                "message": "file:3: code: not of the form of an ICD-10-CM code, such as I50.23 "
                "or I5023",
            },
            {"field": "encounter", "message": "row 4: there is no such encounter here"},
        ],
    }
    encounter_id = hospital.query(answered.id).encounter_id
    shown = client.get(
        f"/api/encounters/{encounter_id}/reconciliation",
        headers={"Authorization": f"Bearer {tokens['kim']}"},
    ).json()
    assert (shown["coded"], shown["differences"]) == (True, 1)
    (line,) = shown["lines"]
    assert (line["difference"], line["clarified_code"], line["final_code"]) == (
        "code_differs",
        "I50.31",
        "I50.9",
    )


def test_others_than_coders_take_nothing_in(
    client: TestClient, tokens: dict[str, str], hospital: Hospital
) -> None:
    for who in ("pat", "sam"):
        told = send(client, tokens[who], hospital.facilities[HERE], TABLE)
        assert told.status_code == 403


def test_a_file_without_columns_is_refused(
    client: TestClient, tokens: dict[str, str], hospital: Hospital
) -> None:
    told = send(client, tokens["kim"], hospital.facilities[HERE], "a,b\n1,2\n")
    assert told.status_code == 422
    assert "no column `encounter`" in told.json()["detail"]
