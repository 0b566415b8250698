"""The example of docs/interfaces.md accepts what the desk signs, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cdi.interop.transport.signature import make_secret, signed_headers

BODY = b'{"query":"q1","state":"answered","topic":"query.answered","version":4}'


@pytest.fixture
def is_genuine(project: Path) -> Callable[..., bool]:
    page = (project / "docs" / "interfaces.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    found: Callable[..., bool] = names["is_genuine"]
    return found


def test_a_message_of_the_desk_is_genuine_also_while_its_secret_changes(
    is_genuine: Callable[..., bool],
) -> None:
    old, new = make_secret(), make_secret()
    headers = signed_headers("m1", datetime.now(UTC), BODY, [new, old])
    assert is_genuine(new, headers, BODY)
    assert is_genuine(old, headers, BODY)


def test_another_body_secret_id_or_time_is_not(is_genuine: Callable[..., bool]) -> None:
    secret, now = make_secret(), datetime.now(UTC)
    headers = signed_headers("m1", now, BODY, [secret])
    assert not is_genuine(secret, headers, BODY + b" ")
    assert not is_genuine(make_secret(), headers, BODY)
    assert not is_genuine(secret, {**headers, "webhook-id": "m2"}, BODY)
    old = signed_headers("m1", now - timedelta(minutes=6), BODY, [secret])
    assert not is_genuine(secret, old, BODY)
