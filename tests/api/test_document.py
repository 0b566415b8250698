"""The OpenAPI document: every body that is taken has an example, and each example is valid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from cdi.app import create_app


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return create_app(None, None).openapi()  # type: ignore[arg-type]


def _bodies(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, verbs in document["paths"].items():
        for verb, operation in verbs.items():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                yield f"{verb.upper()} {path}", content


def _example(document: dict[str, Any], content: dict[str, Any]) -> Any:
    schema = content.get("schema", {})
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    schema = document["components"]["schemas"].get(name, schema)
    given = content.get("example", schema.get("example"))
    return given if given is not None else next(iter(schema.get("examples", ())), None)


def test_every_body_has_an_example(document: dict[str, Any]) -> None:
    without = {name for name, content in _bodies(document) if _example(document, content) is None}
    assert without == set()


def test_every_example_is_valid(document: dict[str, Any]) -> None:
    checked = 0
    for name, content in _bodies(document):
        if "$ref" not in content.get("schema", {}):
            continue
        schema = {**content["schema"], "components": document["components"]}
        faults = list(Draft202012Validator(schema).iter_errors(_example(document, content)))
        assert faults == [], name
        checked += 1
    assert checked >= 18


def test_every_operation_is_described(document: dict[str, Any]) -> None:
    for path, verbs in document["paths"].items():
        for verb, operation in verbs.items():
            assert operation.get("description"), (verb, path)
            assert operation.get("tags"), (verb, path)
