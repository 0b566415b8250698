"""The JSON Schema of a condition file, so that editors complete and check while one types."""

from __future__ import annotations

import json
from typing import Any

from cdi.rules.schema import ConditionSpec

FILE_NAME = "condition.schema.json"


def condition_schema() -> str:
    """Return the schema as text, as it is kept in ``models/condition.schema.json``."""
    schema = ConditionSpec.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Condition"
    return json.dumps(_as_written(schema), indent=2, sort_keys=True) + "\n"


def _as_written(node: Any) -> Any:
    """Describe quantities and times as authors write them, not as they are held."""
    if isinstance(node, list):
        return [_as_written(item) for item in node]
    if not isinstance(node, dict):
        return node
    if node.get("format") == "duration":
        return {"type": "string", "pattern": r"^\d+(\.\d+)? (min|h|d|wk|mo)$"}
    if node.get("type") == "array" and _is_quantity(node):
        return {"type": ["string", "number"], "examples": ["2.1 mg/dL"]}
    return {key: _as_written(value) for key, value in node.items()}


def _is_quantity(node: dict[str, Any]) -> bool:
    items = node.get("prefixItems", ())
    return [item.get("title") for item in items] == ["Value", "Unit"]
