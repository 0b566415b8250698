"""The compliance audit over the API: drawn once, judged row by row, compared with the linter."""

from __future__ import annotations

from desks import HERE, Hospital
from fastapi.testclient import TestClient

JUNE = {"since": "2026-06-01T00:00:00Z", "until": "2026-07-01T00:00:00Z"}


def test_letters_are_drawn_read_and_judged(
    client: TestClient, tokens: dict[str, str], hospital: Hospital
) -> None:
    sent = hospital.sent()
    place = hospital.facilities[HERE]
    headers = {"Authorization": f"Bearer {tokens['ada']}", "Idempotency-Key": "draw-1"}
    body = {"facility_id": place, **JUNE, "size": 5}
    drawn = client.post("/api/letter-audits", json=body, headers=headers)
    assert drawn.status_code == 201
    again = client.post("/api/letter-audits", json=body, headers=headers)
    assert again.json()["id"] == drawn.json()["id"], "a repeated request draws no second sample"
    path = f"/api/letter-audits/{drawn.json()['id']}"
    del headers["Idempotency-Key"]
    sheet = client.get(path, headers=headers).json()
    rules = [row["rule"] for row in sheet["judgements"]]
    assert len(rules) == len(set(rules)) > 10
    assert {row["query_id"] for row in sheet["judgements"]} == {sent.id}
    assert (sheet["sent"], sheet["letters"], sheet["overall"]["judged"]) == (1, 1, 0)
    verdicts = [
        {"query_id": sent.id, "rule": rules[0], "verdict": "met"},
        {"query_id": sent.id, "rule": rules[1], "verdict": "opportunity", "comment": "Shorter"},
        {"query_id": sent.id, "rule": rules[2], "verdict": "n/a"},
    ]
    judged = client.post(f"{path}/verdicts", json={"verdicts": verdicts}, headers=headers)
    assert judged.status_code == 200
    sheet = client.get(path, headers=headers).json()
    assert [row["verdict"] for row in sheet["judgements"][:4]] == [
        "met",
        "opportunity",
        "n/a",
        None,
    ]
    assert sheet["judgements"][1]["comment"] == "Shorter"
    assert sheet["overall"] | {"kappa": 0} == {
        "judged": 2,
        "agreed": 1,
        "missed": 1,
        "wrong": 0,
        "kappa": 0,
    }
    assert sheet["by_rule"].keys() == set(rules[:3])
    listed = client.get(f"/api/letter-audits?facility_id={place}", headers=headers).json()
    assert [one["id"] for one in listed] == [sheet["id"]]
    assert listed[0]["overall"] == sheet["overall"]


def test_what_cannot_be_drawn_or_judged_is_refused(
    client: TestClient, tokens: dict[str, str], hospital: Hospital
) -> None:
    headers = {"Authorization": f"Bearer {tokens['mia']}"}
    body = {"facility_id": hospital.facilities[HERE], **JUNE}
    nothing = client.post("/api/letter-audits", json=body, headers=headers)
    assert (nothing.status_code, nothing.json()["fields"][0]["field"]) == (422, "since")
    hospital.sent()
    assert client.post("/api/letter-audits", json=body | {"size": 0}, headers=headers).is_error
    drawn = client.post("/api/letter-audits", json=body, headers=headers).json()["id"]
    for wrong in (
        {"query_id": "another", "rule": "Q09", "verdict": "met"},
        {"query_id": "another", "rule": "Q09", "verdict": "perhaps"},
    ):
        told = client.post(
            f"/api/letter-audits/{drawn}/verdicts", json={"verdicts": [wrong]}, headers=headers
        )
        assert told.status_code == 422
