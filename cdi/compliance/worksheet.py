"""The audit worksheet: sampled letters, each rule's outcome, and room for an auditor's verdict.

A manager draws a sample, an auditor fills the column "verdict" with "met", "opportunity" or "n/a"
(practice rule Q41), and the agreement with the linter is computed from the sheet that comes back.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Collection, Iterable, Sequence
from html import escape
from typing import NamedTuple, TypeVar

from cdi.compliance.pack import Pack
from cdi.compliance.structure import structural_checks
from cdi.domain.letter import AuditOutcome, Violation
from cdi.errors import InputError

_Item = TypeVar("_Item")
_COLUMNS = ("letter", "rule", "outcome", "finding", "verdict", "comment")


class Row(NamedTuple):
    """One rule over one letter.

    Attributes:
        finding: where and why, if the linter objects.
        verdict: the auditor's; None until given.
    """

    letter: str
    rule: str
    outcome: AuditOutcome
    finding: str
    verdict: AuditOutcome | None = None
    comment: str = ""


class Agreement(NamedTuple):
    """How often auditor and linter say the same; rows that do not apply are left out.

    Attributes:
        judged: rows with a verdict.
        agreed: those where it equals the outcome.
        missed: the auditor objects, the linter does not.
        wrong: the linter objects, the auditor does not.
        kappa: Cohen's kappa, agreement beyond chance; None where chance alone explains all.
    """

    judged: int
    agreed: int
    missed: int
    wrong: int
    kappa: float | None


def judged_rules(pack: Pack) -> tuple[str, ...]:
    """Return the numbers of the rules the linter judges."""
    phrases = {phrase.rule.code for phrase in pack.phrases}
    return tuple(sorted(phrases.union(*(check.rules for check in structural_checks()))))


def draw(letters: Sequence[_Item], size: int, seed: int) -> list[_Item]:
    """Return a random sample in the order of the letters; the same seed draws the same."""
    if size >= len(letters):
        return list(letters)
    return [letters[n] for n in sorted(random.Random(seed).sample(range(len(letters)), size))]


def rows(letter: str, violations: Collection[Violation], rules: Iterable[str]) -> list[Row]:
    """Return a row for each rule over one letter."""
    result = []
    for rule in rules:
        found = [f"{v.where}: {v.why}" for v in violations if v.rule == rule]
        outcome = AuditOutcome.OPPORTUNITY if found else AuditOutcome.MET
        result.append(Row(letter, rule, outcome, " | ".join(found)))
    return result


def write_csv(sheet: Iterable[Row]) -> str:
    """Return a worksheet as CSV, safe to open in a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for row in sheet:
        writer.writerow([_no_formula(str(value or "")) for value in row])
    return text.getvalue()


def write_html(sheet: Iterable[Row]) -> str:
    """Return a worksheet as a page of one table."""
    head = "".join(f'<th scope="col">{name}</th>' for name in _COLUMNS)
    body = "\n".join(
        "<tr>" + "".join(f"<td>{escape(str(value or ''))}</td>" for value in row) + "</tr>"
        for row in sheet
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        "<title>Audit worksheet</title><style>body{font:1rem system-ui,sans-serif}"
        "table{border-collapse:collapse}th,td{border:1px solid #777;padding:.25rem .5rem;"
        "text-align:left;vertical-align:top}</style></head>\n<body><h1>Audit worksheet</h1>\n"
        f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table></body></html>\n"
    )


def read_csv(text: str, source: str = "worksheet") -> list[Row]:
    """Read a worksheet that was filled in.

    Raises:
        InputError: a column is missing or a verdict is none of the three; names the line.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    missing = sorted(set(_COLUMNS) - set(reader.fieldnames or ()))
    if missing:
        raise InputError("a column is missing", source=source, field=missing[0])
    return [_row(line, f"{source}:{reader.line_num}") for line in reader]


def agreement(sheet: Iterable[Row]) -> Agreement:
    """Return how far auditor and linter agree over a filled-in worksheet."""
    judged = [
        (row.outcome is AuditOutcome.OPPORTUNITY, row.verdict is AuditOutcome.OPPORTUNITY)
        for row in sheet
        if row.verdict in {AuditOutcome.MET, AuditOutcome.OPPORTUNITY}
    ]
    agreed = sum(said == true for said, true in judged)
    missed = sum(true and not said for said, true in judged)
    return Agreement(len(judged), agreed, missed, len(judged) - agreed - missed, _kappa(judged))


def _kappa(judged: Sequence[tuple[bool, bool]]) -> float | None:
    if not judged:
        return None
    total = len(judged)
    observed = sum(said == true for said, true in judged) / total
    said, true = (sum(column) / total for column in zip(*judged, strict=True))
    chance = said * true + (1 - said) * (1 - true)
    return None if chance == 1 else (observed - chance) / (1 - chance)


def _row(line: dict[str, str | None], where: str) -> Row:
    try:
        verdict = (line["verdict"] or "").strip().lower()
        return Row(
            line["letter"] or "",
            line["rule"] or "",
            AuditOutcome(line["outcome"] or ""),
            line["finding"] or "",
            AuditOutcome(verdict) if verdict else None,
            line["comment"] or "",
        )
    except ValueError:
        raise InputError(
            "expected met, opportunity or n/a", source=where, field="outcome or verdict"
        ) from None


def _no_formula(value: str) -> str:
    """Keep a spreadsheet from taking a text for a formula."""
    return f"'{value}" if value[:1] in {"=", "+", "-", "@", "\t"} else value
