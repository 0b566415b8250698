"""A question from the record to the coder, over the API alone."""

from __future__ import annotations

from typing import Any

from api.conftest import PASSWORD
from desks import HERE, Hospital
from fastapi.testclient import TestClient

STAY = {
    "id": "E-7",
    "patient": {"id": "MRN-9", "name": "Marker Zzyzx"},
    "notes": [
        {
            "id": "n1",
            "kind": "Progress note",
            "recorded_at": "2026-06-03T08:00:00Z",
            "text": "ASSESSMENT: CHF exacerbation, on Lasix 40 mg IV twice a day. BNP 1840.",
        }
    ],
}


class Caller:
    """The API as one person calls it."""

    def __init__(self, client: TestClient, token: str) -> None:
        self._client, self._headers = client, {"Authorization": f"Bearer {token}"}

    def get(self, path: str, status: int = 200, **params: Any) -> Any:
        answer = self._client.get(f"/api{path}", params=params, headers=self._headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    def send(
        self, method: str, path: str, body: Any = None, status: int = 200, **headers: str
    ) -> Any:
        sent = {**self._headers, **{k.replace("_", "-"): v for k, v in headers.items()}}
        answer = self._client.request(method, f"/api{path}", json=body, headers=sent)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def post(self, path: str, body: Any = None, status: int = 200, **headers: str) -> Any:
        return self.send("POST", path, body, status, **headers)


def _ask(client: TestClient, tokens: dict[str, str], hospital: Hospital) -> dict[str, Any]:
    """Take in a stay, draft and send a question to Pat; return the receipt of sending."""
    sam = Caller(client, tokens["sam"])
    place = hospital.facilities[HERE]
    made = sam.post(f"/encounters?facility_id={place}", STAY, 201)
    (finding,) = sam.get("/findings")["items"]
    draft = sam.post(
        "/queries",
        {
            "encounter_id": made["id"],
            "finding_ids": [finding["id"]],
            "recipient_id": hospital.users["pat"],
        },
        201,
    )
    seen = {"If_Match": f'"{draft["version"]}"'}
    sent: dict[str, Any] = sam.post(f"/queries/{draft['id']}/send", {}, **seen)
    return sent


def test_a_question_goes_from_the_record_to_the_coder(
    client: TestClient, tokens: dict[str, str], hospital: Hospital
) -> None:
    sent = _ask(client, tokens, hospital)
    assert sent["state"] == "sent"
    pat, kim = Caller(client, tokens["pat"]), Caller(client, tokens["kim"])
    assert [query["id"] for query in pat.get("/queries")["items"]] == [sent["id"]]
    viewed = pat.post(f"/queries/{sent['id']}/view")
    shown = pat.get(f"/queries/{sent['id']}")
    (question,) = shown["letter"]["questions"]
    assert question["facts"]
    assert {option["code"] for option in question["options"]} == {None}
    assert (shown["history"], shown["diagnoses"], shown["violations"]) == ([], [], [])
    kinds = [option["kind"] for option in question["options"]]
    pat.post("/session/confirm", {"password": PASSWORD})
    answered = pat.post(
        f"/queries/{sent['id']}/answer",
        {"answers": [{"option": kinds.index("diagnosis")}]},
        If_Match=f'"{viewed["version"]}"',
        Idempotency_Key="once",
    )
    assert answered["state"] == "answered"
    (diagnosis,) = kim.get("/diagnoses")["items"]
    assert diagnosis["id"] == answered["made"][0]
    assert diagnosis["proposals"][0]["code"].startswith("I50.")
    taken = kim.post(f"/diagnoses/{diagnosis['id']}/accept", If_Match='"1"')
    coded = kim.post(
        f"/diagnoses/{diagnosis['id']}/code",
        {"code": diagnosis["proposals"][0]["code"], "poa": "Y"},
        If_Match=f'"{taken["version"]}"',
    )
    assert coded["state"] == "coded"
    verbs = {line["verb"] for line in Caller(client, tokens["ada"]).get("/events")["items"]}
    assert {"query.send", "query.read", "query.answer", "diagnosis.code"} <= verbs


def test_an_answer_needs_a_fresh_confirmation(
    client: TestClient, tokens: dict[str, str], hospital: Hospital
) -> None:
    sent = _ask(client, tokens, hospital)
    hospital.clock.pass_hours(0.2)
    pat = Caller(client, tokens["pat"])
    problem = pat.post(
        f"/queries/{sent['id']}/answer",
        {"answers": [{"words": "systolic"}]},
        403,
        If_Match=f'"{sent["version"]}"',
    )
    assert problem["type"] == "cdi:signature"


def test_the_same_request_again_is_carried_out_once(
    client: TestClient, tokens: dict[str, str], hospital: Hospital
) -> None:
    sent = _ask(client, tokens, hospital)
    sam = Caller(client, tokens["sam"])
    seen = {"If_Match": f'"{sent["version"]}"', "Idempotency_Key": "k1"}
    path, body = (
        f"/queries/{sent['id']}/withdraw",
        {"reason": "asked_otherwise", "remark": "by telephone"},
    )
    receipts = [sam.post(path, body, **seen) for _ in range(5)]
    assert receipts == receipts[:1] * 5
    assert receipts[0]["state"] == "withdrawn"
    problem = sam.post(path, {"reason": "not_needed"}, 422, **seen)
    assert problem["type"] == "cdi:idempotency"


def test_who_comes_second_is_told_the_version_there_is(
    client: TestClient, tokens: dict[str, str], hospital: Hospital
) -> None:
    sent = _ask(client, tokens, hospital)
    sam = Caller(client, tokens["sam"])
    problem = sam.post(
        f"/queries/{sent['id']}/withdraw", {"reason": "asked_in_error"}, 409, If_Match='"1"'
    )
    assert (problem["type"], problem["version"]) == ("cdi:conflict", sent["version"])


def test_the_check_tells_what_an_edit_would_violate_and_keeps_nothing(
    client: TestClient, tokens: dict[str, str], hospital: Hospital
) -> None:
    sam = Caller(client, tokens["sam"])
    place = hospital.facilities[HERE]
    made = sam.post(f"/encounters?facility_id={place}", STAY, 201)
    (finding,) = sam.get("/findings")["items"]
    body = {"encounter_id": made["id"], "finding_ids": [finding["id"]]}
    body["recipient_id"] = hospital.users["pat"]
    draft = sam.post("/queries", body, 201)
    before = sam.get(f"/queries/{draft['id']}")
    (question,) = before["letter"]["questions"]
    edit = {
        "subject": before["letter"]["subject"],
        "questions": [
            {
                "stem": "Please document acute systolic heart failure to improve reimbursement.",
                "options": [{"text": o["text"], "kind": o["kind"]} for o in question["options"]],
                "facts": [fact["id"] for fact in question["facts"]],
            }
        ],
    }
    issue = sam.post(f"/queries/{draft['id']}/check", edit)
    assert not issue["may_be_sent"]
    assert sorted({found["rule"] for found in issue["violations"]}) == ["Q06", "Q09"]
    assert sam.get(f"/queries/{draft['id']}")["letter"] == before["letter"]


def test_what_is_wrong_with_an_encounter_names_the_field_and_not_its_content(
    client: TestClient, tokens: dict[str, str], hospital: Hospital
) -> None:
    sam = Caller(client, tokens["sam"])
    bad = {**STAY, "notes": [{"id": "n1", "text": 7}], "secret": "Zzyzx"}
    problem = sam.post(f"/encounters?facility_id={hospital.facilities[HERE]}", bad, 422)
    assert "Zzyzx" not in str(problem)
    assert "text" in problem["detail"] or "secret" in problem["detail"]
