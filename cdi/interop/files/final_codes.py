"""Final codes as a table: one code a row, the rows of a stay in the order of its diagnoses."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from cdi.domain.coding import FinalCode, FinalCoding, read_code, read_poa
from cdi.errors import InputError
from cdi.interop.problem import Report

STAY_COLUMNS = ("encounter", "encounter_id", "encounter_number", "visit", "visit_number", "account")
CODE_COLUMNS = ("code", "icd10cm", "icd_10_cm", "diagnosis_code", "dx")
POA_COLUMNS = ("poa", "present_on_admission")


def read_coding_table(text: str, report: Report, *, name: str) -> tuple[FinalCoding, ...]:
    """Return the final coding of each stay of a table.

    Args:
        text: the file: headings, then a row for each code. Columns are found by their headings
            in any order and case; others are passed over.
        report: called with each row at fault, naming row and column. A stay with such a row is
            left out whole, since half its codes would make differences that are none.
        name: how messages call the file.

    Raises:
        InputError: there is no column of stays or of codes.
    """
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    headings = [heading.strip().casefold() for heading in next(rows, [])]
    stay = _column(headings, STAY_COLUMNS, name)
    code = _column(headings, CODE_COLUMNS, name)
    poa = next((headings.index(c) for c in POA_COLUMNS if c in headings), None)
    found: dict[str, list[FinalCode]] = {}
    faulty: set[str] = set()
    for number, cells in enumerate(rows, 2):
        if not any(cell.strip() for cell in cells):
            continue
        padded = [*cells, *[""] * (len(headings) - len(cells))]
        given = {"encounter": padded[stay], "code": padded[code]}
        given["poa"] = padded[poa] if poa is not None else ""
        key = given["encounter"].strip()
        try:
            found.setdefault(key, []).append(_read_row(given, found.get(key, []), number))
        except _Fault as fault:
            faulty.add(key)
            report(InputError(fault.message, source=name, line=number, field=fault.column))
    return tuple(
        FinalCoding(key, tuple(codes)) for key, codes in found.items() if key and key not in faulty
    )


class _Fault(ValueError):
    """What is wrong with a cell."""

    def __init__(self, column: str, message: str) -> None:
        self.column, self.message = column, message


def _read_row(given: Mapping[str, str], before: Sequence[FinalCode], number: int) -> FinalCode:
    if not given["encounter"].strip():
        raise _Fault("encounter", "is empty")
    code = read_code(given["code"])
    if code is None:
        expected = "not of the form of an ICD-10-CM code, such as I50.23 or I5023"
        raise _Fault("code", expected if given["code"].strip() else "is empty")
    if any(one.code == code for one in before):
        raise _Fault("code", "the stay has this code already, in a row above")
    try:
        return FinalCode(code, read_poa(given["poa"]), f"row {number}")
    except ValueError:
        raise _Fault("poa", "expected Y, N, U, W, or nothing for an exempt code") from None


def _column(headings: Sequence[str], wanted: Sequence[str], name: str) -> int:
    for heading in wanted:
        if heading in headings:
            return headings.index(heading)
    # Headings are not repeated: a file without them begins with a patient's data.
    message = f"no column `{wanted[0]}` (or {', '.join(wanted[1:])}) in the first row"
    raise InputError(message, source=name, line=1)
