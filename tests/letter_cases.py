"""Letters made up for tests, as data: base letters and changes of some of their fields."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import yaml

_PATH = Path(__file__).parent / "compliance" / "data" / "letters.yaml"
DATA = yaml.safe_load(_PATH.read_text(encoding="utf-8"))


def build(base: str, changes: dict[str, Any]) -> dict[str, Any]:
    """Return the JSON form of a base letter with changes."""
    form = copy.deepcopy(DATA["bases"][base])
    record = form["record"]
    for key in ("form", "channel", "subject", "body", "question", "options", "indicators"):
        form[key] = changes.get(key, form.get(key))
    record["documented"] = changes.get("documented", record["documented"])
    if "add" in changes:
        form["body"] += " " + changes["add"]
    if "drop" in changes:
        form["options"] = [o for o in form["options"] if o[0] != changes["drop"]]
    if "remove" in changes:
        form["indicators"] = [i for i in form["indicators"] if i[0] not in changes["remove"]]
    if "indicator_drop" in changes:
        form["indicators"] = [i for i in form["indicators"] if i[0] != changes["indicator_drop"]]
    for name in ("observation", "unshown"):
        if name in changes:
            identifier, analyte, value, unit = changes[name]
            at = "2026-01-01T08:00:00Z"
            record["observations"].append([identifier, analyte, value, unit, at, "final"])
            if name == "observation":
                text = f"{analyte} {value} {unit}"
                pointer = {"observation": identifier}
                form["indicators"].append(["i9", text, "Laboratory", at, pointer])
    return expand(base, form, changes)


def expand(base: str, form: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Return the short form of the data file written out."""
    texts = {note[0]: note[3] for note in form["record"]["notes"]}
    indicators = []
    for identifier, text, source, at, pointer in form["indicators"]:
        if "note" in pointer:
            start = texts[pointer["note"]].index(text)
            pointer = {**pointer, "start": start, "end": start + len(text)}
        if changes.get("indicator", [None])[0] == identifier:
            text = changes["indicator"][1]
        if changes.get("unlink") == identifier:
            pointer = None
        old = "prior_all" in changes or changes.get("prior", [None])[0] == identifier
        indicators.append(
            {
                "id": identifier,
                "text": text,
                "source": source,
                "recorded_at": at,
                "encounter": "prior" if old else "current",
                "pertinence": changes["prior"][1] if "prior" in changes and old else None,
                "pointer": pointer,
            }
        )
    options = []
    for kind, text, support in form["options"]:
        if changes.get("option_support", [None])[0] == text:
            support = changes["option_support"][1]
        if changes.get("option", [None])[0] == text:
            text = changes["option"][1]
        options.append({"kind": kind, "text": text, "supported_by": support})
    note_keys = ("id", "author", "role", "text")
    seen_keys = ("id", "name", "value", "unit", "time", "status")
    record = {
        "documented": form["record"]["documented"],
        "notes": [dict(zip(note_keys, n, strict=True)) for n in form["record"]["notes"]],
        "observations": [
            dict(zip(seen_keys, o, strict=True)) for o in form["record"]["observations"]
        ],
    }
    for seen in record["observations"]:
        if changes.get("status", [None])[0] == seen["id"]:
            seen["status"] = changes["status"][1]
    purpose = form.get("purpose") if form["form"] == "yes_no" else None
    shown = {key: form[key] for key in ("form", "channel", "query_type", "subject", "body")}
    return {
        "id": "L-7001",
        **shown,
        "question": form["question"],
        "purpose": purpose,
        "options": options,
        "indicators": indicators,
        "record": record,
    }
