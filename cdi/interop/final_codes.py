"""Final codes as they are handed over: a table or a FHIR bundle, told apart by how they begin."""

from __future__ import annotations

import json

from cdi.domain.coding import FinalCoding
from cdi.errors import InputError
from cdi.interop.fhir.final_codes import read_coding_bundle
from cdi.interop.files.final_codes import read_coding_table
from cdi.interop.problem import Report

LARGEST = 20 * 2**20
"""Most bytes of one file."""


def read_final_codes(
    content: bytes, report: Report, *, name: str = "file"
) -> tuple[FinalCoding, ...]:
    """Return the final coding of each stay of a file.

    Args:
        content: CSV (comma, semicolon or tab) or a FHIR R4 Bundle as JSON.
        report: called with each row or element at fault; its stay is left out whole.
        name: how messages call the file.

    Raises:
        InputError: it is neither, is empty, or is too large.
    """
    if len(content) > LARGEST:
        raise InputError(f"larger than {LARGEST // 2**20} MB", source=name)
    text = _decoded(content)
    if not text.strip():
        raise InputError("the file is empty", source=name)
    if not text.lstrip().startswith("{"):
        return read_coding_table(text, report, name=name)
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise InputError("begins like JSON and is none", source=name) from None
    return read_coding_bundle(data, report, name=name)


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
