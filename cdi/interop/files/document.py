"""JSON documents and JSON lines: lone notes, native encounters, FHIR bundles."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from cdi.errors import InputError
from cdi.interop.files.encounter import build_encounter
from cdi.interop.files.source import Placed, Source
from cdi.interop.problem import field_place

# Escapes (and a raw NUL) that can leave a string which no database stores.
_SUSPECT = re.compile(r"\x00|\\u(?:0000|d[89a-f])", re.IGNORECASE)


def read_document(source: Source, text: str | None = None) -> Iterator[Placed]:
    """Yield what one JSON document holds: an encounter, a note, a FHIR bundle, or a list of them.

    Args:
        source: where it comes from.
        text: the content, if it was read already.

    Raises:
        InputError: the content is no text or no JSON.
    """
    data = _parse(source, source.text() if text is None else text, None)
    items = data if isinstance(data, list) else [data]
    for index, item in enumerate(items):
        at = f"[{index}]" if items is data else ""
        yield from _placed(source, item, None, at)


def read_json_lines(
    source: Source, lines: Iterable[tuple[int, str]] | None = None
) -> Iterator[Placed]:
    """Yield one encounter for each line that holds one; blank lines are passed over.

    Args:
        source: where they come from.
        lines: number and text of each line, if they are not to be read from ``source``.
    """
    for number, text in source.lines() if lines is None else lines:
        if not text.strip():
            continue
        try:
            data = _parse(source, text.rstrip(), number)
        except InputError as error:
            source.report(error)
            continue
        yield from _placed(source, data, number)


def _placed(source: Source, data: Any, line: int | None, at: str = "") -> Iterator[Placed]:
    """Yield the stays of a FHIR bundle, else the encounter or note that an object describes."""
    if source.feeds and isinstance(data, dict) and data.get("resourceType") == "Bundle":
        name = ":".join(str(part) for part in (source.name + at, line) if part)
        try:
            for stay in source.feeds().bundle(data, source.report, name):
                yield Placed(stay, source.name, line)
        except InputError as error:
            source.report(error)
        return
    encounter = build_encounter(source, data, line=line, at=at)
    if encounter is not None:
        yield Placed(encounter, source.name, line)


class _KeyTwice(ValueError):
    """An object says two things under one name; json would keep the last."""


def _parse(source: Source, text: str, line: int | None) -> Any:
    try:
        # Not strict: raw tabs and line ends inside strings are common and harmless.
        data = json.loads(text, strict=False, object_pairs_hook=_object)
        return _mend(source, data, (), line) if _SUSPECT.search(text) else data
    except json.JSONDecodeError as error:
        message, line = f"not valid JSON: {error.msg} at column {error.colno}", line or error.lineno
    except _KeyTwice:
        message = "a key stands twice in one object"
    except ValueError:  # int() of more digits than it takes
        message = "a number has too many digits"
    except RecursionError:
        message = "nested too deeply"
    raise InputError(message, source=source.name, line=line)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        raise _KeyTwice
    return result


def _mend(source: Source, value: Any, loc: tuple[str | int, ...], line: int | None) -> Any:
    """Return ``value`` with every string in it mended, see :meth:`Source.mend`."""
    if isinstance(value, str):
        return source.mend(value, at=field_place(loc), line=line)
    if isinstance(value, list):
        return [_mend(source, item, (*loc, index), line) for index, item in enumerate(value)]
    if isinstance(value, dict):
        place = field_place(loc)
        return {
            source.mend(key, at=place, line=line): _mend(source, item, (*loc, key), line)
            for key, item in value.items()
        }
    return value
