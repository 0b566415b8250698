"""Weights of findings: known levels and categories, by the version of the day of discharge."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from factories import make_encounter, make_finding

from cdi.domain.finding import Finding
from cdi.impact import Weights
from cdi.impact.fiscal_year import grouper_of

CODES: dict[str, list[str]] = {}


def codes(finding: Finding) -> list[str]:
    return CODES.get(finding.condition, [])


@pytest.fixture(scope="module")
def weights() -> Iterator[Weights]:
    made = Weights(codes, lambda: date(2026, 11, 1))
    yield made
    made.close()


def weigh(weights: Weights, *wanted: str, discharged: datetime | None = None) -> dict[str, object]:
    CODES["kidney_injury"] = list(wanted)
    found = weights(make_encounter(discharged_at=discharged), make_finding())
    return dict(found or {})


@pytest.mark.parametrize(
    ("code", "level", "categories"),
    [
        ("I50.9", "NONE", ["226"]),
        ("I50.22", "CC", ["226"]),
        ("I50.23", "MCC", ["224"]),
        ("N17.9", "CC", []),
        ("N17.0", "MCC", []),
        ("D64.9", "NONE", []),
        ("J96.01", "MCC", ["213"]),
    ],
)
def test_a_code_has_its_published_level_and_category(
    weights: Weights, code: str, level: str, categories: list[str]
) -> None:
    found = weigh(weights, code)
    assert (found["level"], found["categories"]) == (level, categories)


def test_the_heaviest_answer_ranks_a_finding(weights: Weights) -> None:
    found = weigh(weights, "I50.22", "I50.23", "D64.9")
    assert (found["level"], found["rank"]) == ("MCC", 0.8)
    assert found["codes"] == {"I50.22": "CC", "I50.23": "MCC", "D64.9": "NONE"}


def test_the_day_of_discharge_chooses_the_version_and_the_label_tells_it(weights: Weights) -> None:
    in_august = datetime(2026, 8, 1, tzinfo=UTC)
    assert weigh(weights, "I50.23")["levels_by"] == "MS-DRG v44.0, FY2027"
    assert weigh(weights, "I50.23", discharged=in_august)["levels_by"] == "MS-DRG v43.1, FY2026"


def test_a_code_that_its_year_does_not_know_is_said_to_be_invalid(weights: Weights) -> None:
    assert weigh(weights, "N18.3")["codes"] == {"N18.3": "INVALID"}
    assert weigh(weights, "N18.3")["rank"] == 0


def test_without_codes_or_before_the_first_version_there_is_no_weight(weights: Weights) -> None:
    assert weigh(weights) == {}
    assert weigh(weights, "I50.23", discharged=datetime(2020, 1, 1, tzinfo=UTC)) == {}


@pytest.mark.parametrize(
    ("day", "number"),
    [
        (date(2026, 9, 30), 431),
        (date(2026, 10, 1), 440),
        (date(2025, 10, 1), 430),
        (date(2030, 1, 1), 440),
    ],
)
def test_versions_change_with_the_fiscal_year(day: date, number: int) -> None:
    grouper = grouper_of(day)
    assert grouper is not None
    assert grouper.number == number


def test_weights_nobody_closed_free_the_grouper_with_the_last_reference() -> None:
    forgotten = Weights(codes, lambda: date(2026, 11, 1))
    grouper = forgotten._grouper
    assert grouper.ctx
    del forgotten
    gc.collect()
    assert grouper.ctx is None
