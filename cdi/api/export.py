"""Clarified diagnoses as a table for coding systems."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO

from cdi.domain.clarified import ClarifiedDiagnosis

COLUMNS = (
    "id",
    "facility",
    "patient",
    "encounter",
    "query",
    "wording",
    "outcome",
    "status",
    "code",
    "title",
    "poa",
    "clarified_by",
    "provider_id",
    "clarified_at",
    "changed_at",
)
# A cell that begins so is run as a formula by spreadsheets (CWE-1236).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def to_csv(diagnoses: Iterable[ClarifiedDiagnosis]) -> str:
    """Return a table with a heading, one line a diagnosis (RFC 4180).

    Words that a spreadsheet would run as a formula are preceded by an apostrophe.
    """
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for diagnosis in diagnoses:
        writer.writerow([_harmless(cell) for cell in _cells(diagnosis)])
    return text.getvalue()


def _cells(diagnosis: ClarifiedDiagnosis) -> list[str]:
    return [
        diagnosis.id,
        diagnosis.facility,
        diagnosis.patient.id if diagnosis.patient else "",
        diagnosis.encounter,
        diagnosis.query,
        diagnosis.wording,
        diagnosis.outcome,
        diagnosis.status,
        diagnosis.code,
        diagnosis.title,
        diagnosis.poa or "",
        diagnosis.clarified_by.name,
        diagnosis.clarified_by.provider_id,
        diagnosis.clarified_at.isoformat(),
        diagnosis.changed_at.isoformat(),
    ]


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
