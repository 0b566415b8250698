"""With impact switched on, nothing of it reaches a physician, by whatever route or page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from api.conftest import browser
from applications import app_over
from desks import Hospital
from fastapi.testclient import TestClient
from sqlalchemy import select

from cdi.domain.letter import OptionKind
from cdi.impact.weights import Weights, option_codes
from cdi.storage.tables import DiagnosisRow, FindingRow
from cdi.web.site import create_pages

# What findings are worth, in the words it is kept in.
_WORTH = re.compile(
    r"\bMCC\b|\bCC\b|\bHCC\b|DRG|levels_by|categories_by|\"rank\"|\"weight\"|severity level|"
    r"reimburs|relative weight|payment",
    re.IGNORECASE,
)


@pytest.fixture
def weighing(hospital: Hospital) -> Iterator[Hospital]:
    weights = Weights(option_codes(hospital.desk.scanner.catalogue), date.today)
    hospital.desk = replace(hospital.desk, weigh=weights)
    yield hospital
    weights.close()


@pytest.fixture
def client(weighing: Hospital) -> Iterator[TestClient]:
    app = app_over(weighing.desk)
    with TestClient(app, base_url="https://desk.test", raise_server_exceptions=False) as made:
        yield made


def test_nothing_a_physician_can_read_tells_what_findings_are_worth(
    client: TestClient, tokens: dict[str, str], weighing: Hospital
) -> None:
    query = weighing.sent()
    with weighing.store.reading() as session:
        finding = session.scalars(select(FindingRow)).one()
        ids = {"query_id": query.id, "finding_id": finding.id, "encounter_id": finding.encounter_id}
        assert finding.weight is not None
        assert finding.weight["level"] == "MCC"
        assert finding.rank > finding.priority.rank, "it ranks the specialist's list"
    headers = {"Authorization": f"Bearer {tokens['pat']}"}
    seen = {path for path in _read_all(client, headers, ids) if path}
    assert f"/api/queries/{query.id}" in seen
    answers = [
        {"option": given.option, "words": given.words}
        for given in weighing.options(query.id, OptionKind.DIAGNOSIS)
    ]
    signed = client.post(
        f"/api/queries/{query.id}/answer",
        json={"answers": answers},
        headers={**headers, "If-Match": f'"{query.version}"', "Idempotency-Key": "k1"},
    )
    assert signed.status_code == 200, signed.text
    assert not _WORTH.search(signed.text)
    with weighing.store.reading() as session:
        ids["diagnosis_id"] = session.scalars(select(DiagnosisRow.id)).one()
    assert f"/api/queries/{query.id}" in _read_all(client, headers, ids)
    _read_pages(browser(client, tokens["pat"]), ids)
    worth = f"/api/diagnoses/{ids['diagnosis_id']}/impact"
    coder = client.get(worth, headers={"Authorization": f"Bearer {tokens['kim']}"})
    assert re.search(r"MS-DRG v\d\d\.\d, FY20\d\d.*CMS-HCC V28, 20\d\d", coder.text)


def _read_all(client: TestClient, headers: dict[str, str], ids: dict[str, str]) -> set[str]:
    """Read every route of the API with real ids; return what could be read."""
    seen = set()
    for template, operations in client.get("/openapi.json").json()["paths"].items():
        path = re.sub(r"\{(\w+)\}", lambda found: ids.get(found[1], ids["query_id"]), template)
        if "get" in operations:
            answer = client.get(path, headers=headers)
            assert answer.status_code < 500, template
            assert not _WORTH.search(answer.text), template
            if answer.status_code == 200:
                seen.add(path)
    return seen


def _read_pages(person: TestClient, ids: dict[str, str]) -> None:
    """Read every page by its address with real ids, whether or not one leads there."""
    for template, methods in create_pages(None).openapi()["paths"].items():  # type: ignore[arg-type]
        path = re.sub(r"\{(\w+)\}", lambda found: ids.get(found[1], "1"), template)
        if "get" in methods:
            answer = person.get(path)
            assert answer.status_code < 500, template
            assert not _WORTH.search(answer.text), template


def test_no_page_of_a_physician_tells_what_findings_are_worth(
    client: TestClient, tokens: dict[str, str], weighing: Hospital
) -> None:
    query = weighing.sent()
    person, waiting, seen = browser(client, tokens["pat"]), ["/"], set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = person.get(path)
        assert answer.status_code < 500, path
        assert not _WORTH.search(answer.text), path
        # Every page once: filters of a list lead to the same page again.
        found = set(re.findall(r'href="(/[^"#?]*)', answer.text))
        waiting += sorted(link for link in found if "static" not in link)
    assert any(query.id in path for path in seen), seen
