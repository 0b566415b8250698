from __future__ import annotations

from desks import ELSEWHERE, HERE, Hospital
from fastapi.testclient import TestClient

JUNE = {"since": "2026-06-01T00:00:00Z", "until": "2026-07-01T00:00:00Z"}


def test_a_manager_gets_the_figures_of_a_month(
    client: TestClient, tokens: dict[str, str], hospital: Hospital
) -> None:
    hospital.answered()
    headers = {"Authorization": f"Bearer {tokens['mia']}"}
    told = client.get("/api/metrics", params=JUNE, headers=headers).json()
    one = {"sent": 1, "answered": 1, "due": 1, "in_time": 1, "mean_hours": 0.0}
    assert (told["whole"], told["awaited"]) == (one, 0)
    assert (told["turnaround_median_hours"], told["turnaround_p90_hours"]) == (1, 1)
    assert told["answers"] == [
        {"condition": "heart_failure", "outcome": "specified", "questions": 1}
    ]
    assert told["by"]["day"] == {"2026-06-03": one}
    assert told["by"]["physician"] == {hospital.users["pat"]: one}
    assert told["query_rate"] == 1.0
    here = {**JUNE, "facility_id": hospital.facilities[HERE]}
    assert client.get("/api/metrics", params=here, headers=headers).json() == told


def test_a_month_without_queries_has_no_shares(client: TestClient, tokens: dict[str, str]) -> None:
    headers = {"Authorization": f"Bearer {tokens['mia']}"}
    told = client.get("/api/metrics", params=JUNE, headers=headers).json()
    assert (told["whole"]["sent"], told["query_rate"]) == (0, None)
    assert told["turnaround_median_hours"] is None


def test_figures_of_elsewhere_and_of_no_time_are_refused(
    client: TestClient, tokens: dict[str, str], hospital: Hospital
) -> None:
    headers = {"Authorization": f"Bearer {tokens['mia']}"}
    there = {**JUNE, "facility_id": hospital.facilities[ELSEWHERE]}
    assert client.get("/api/metrics", params=there, headers=headers).status_code == 404
    backwards = {"since": JUNE["until"], "until": JUNE["since"]}
    problem = client.get("/api/metrics", params=backwards, headers=headers).json()
    assert problem["fields"][0]["field"] == "until"
    far = {"since": "0001-01-01T00:00:00+05:00", "until": "0001-01-02T00:00:00"}
    assert client.get("/api/metrics", params=far, headers=headers).status_code == 422
