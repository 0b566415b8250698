"""Whatever is sent to the API, it answers as its OpenAPI document says and never with a defect."""

from __future__ import annotations

from typing import Any

import schemathesis
import schemathesis.specs.openapi.checks as checks
from desks import HERE, Hospital
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings

from cdi.workflow.tokens import VERBS, add_token

# Nobody, one of each role, and a machine that may do all that machines may.
WHO = (None, "sam", "pat", "kim", "mia", "ada", "eve", "bot", "machine")
EXAMPLES = settings(
    max_examples=6,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def test_no_request_is_a_defect_or_answered_off_the_document(
    client: TestClient, hospital: Hospital, tokens: dict[str, str]
) -> None:
    hospital.answered()
    client.cookies.clear()
    place = hospital.facilities[HERE]
    made = add_token(hospital.desk, hospital.actor("eve"), place, "machine", VERBS)
    tokens["machine"] = made.secret
    document = schemathesis.openapi.from_asgi("/openapi.json", client.app)
    operations = [found.ok() for found in document.get_all_operations()]
    assert len(operations) >= 45
    for operation in operations:
        _send_anything(operation, tokens)


def _send_anything(operation: Any, tokens: dict[str, str]) -> None:
    @EXAMPLES
    @given(case=operation.as_strategy())
    def run(case: Any) -> None:
        for name in WHO:
            headers = {"Authorization": f"Bearer {tokens[name]}"} if name else {}
            answer = case.call(headers=headers)
            assert answer.status_code < 500, (operation.label, name, answer.text)
            case.validate_response(answer, checks=CHECKS)

    run()


CHECKS = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
