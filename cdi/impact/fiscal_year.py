"""Fiscal years of ICD-10-CM and the versions of the MS-DRG grouper within them."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class Grouper(NamedTuple):
    """A version of the MS-DRG grouper ("44.0") and the fiscal year it belongs to."""

    number: int
    fiscal_year: int

    @property
    def label(self) -> str:
        """How the version is written: "MS-DRG v44.0, FY2027"."""
        return f"MS-DRG v{self.number / 10:.1f}, FY{self.fiscal_year}"


# First day of discharge, by the release of the grouper (CMS, each October and April).
_RELEASES = (
    (date(2022, 10, 1), Grouper(400, 2023)),
    (date(2023, 4, 1), Grouper(401, 2023)),
    (date(2023, 10, 1), Grouper(410, 2024)),
    (date(2024, 4, 1), Grouper(411, 2024)),
    (date(2024, 10, 1), Grouper(420, 2025)),
    (date(2025, 4, 1), Grouper(421, 2025)),
    (date(2025, 10, 1), Grouper(430, 2026)),
    (date(2026, 4, 1), Grouper(431, 2026)),
    (date(2026, 10, 1), Grouper(440, 2027)),
)


def grouper_of(discharge: date) -> Grouper | None:
    """Return the grouper for a day of discharge; None before the first that is known.

    Days after the last release take that release: its label says so.
    """
    return next((grouper for first, grouper in reversed(_RELEASES) if discharge >= first), None)
