"""Findings as a table for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cdi.domain.evidence_text import evidence_text
from cdi.domain.finding import EvidenceRole, Finding, Review

_SHOWN = 4
_STYLE = {"high": "bold red", "medium": "yellow", "low": ""}


def print_table(reviews: Sequence[Review], stream: TextIO) -> None:
    """Print the findings of each encounter; say so where there is nothing to ask."""
    console = Console(file=stream, highlight=False, soft_wrap=False)
    asked = [review for review in reviews if review.findings]
    for review in asked:
        console.print(Text(review.encounter.id, style="bold"))
        console.print(_table(review))
        console.print()
    findings = sum(len(review.findings) for review in reviews)
    console.print(
        f"{_count(findings, 'finding')} in {_count(len(reviews), 'encounter')}; "
        f"{len(reviews) - len(asked)} with nothing to ask"
    )


def _table(review: Review) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold", max_width=34)
    table.add_column(overflow="fold")
    for finding in review.findings:
        priority = finding.priority.value
        parts = finding.missing or ((finding.about.replace("_", " "),) if finding.about else ())
        asks = finding.type.value + (f": {', '.join(parts)}" if parts else "")
        table.add_row(
            Text(f"  {priority}", style=_STYLE[priority]),
            Text(finding.condition.replace("_", " ")),
            Text(asks),
            Text(_evidence(finding, review), style="dim"),
        )
    return table


def _evidence(finding: Finding, review: Review) -> str:
    texts = dict.fromkeys(
        evidence_text(evidence.pointer, review.encounter)
        for evidence in finding.evidence
        if evidence.role is not EvidenceRole.AGAINST
    )
    shown = " · ".join(list(texts)[:_SHOWN])
    return shown + (f" · +{len(texts) - _SHOWN}" if len(texts) > _SHOWN else "")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
