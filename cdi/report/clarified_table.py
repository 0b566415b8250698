"""Clarified diagnoses as a table for other systems."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from datetime import datetime

# A spreadsheet would run what begins like this.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class ClarifiedRow:
    """One clarified diagnosis; the names are the headings."""

    encounter: str
    condition: str
    diagnosis: str
    outcome: str
    code: str
    poa: str
    status: str
    answered_by: str
    answered_at: datetime
    query: str


def write_clarified_table(rows: Iterable[ClarifiedRow]) -> str:
    """Return the rows as CSV with headings; no cell can be taken for a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(field.name for field in fields(ClarifiedRow))
    for row in rows:
        writer.writerow(_cell(value) for value in astuple(row))
    return text.getvalue()


def _cell(value: object) -> str:
    words = value.isoformat() if isinstance(value, datetime) else str(value)
    return f"'{words}" if words.startswith(_FORMULA) else words
