"""One class of error each, firing and silent, read by the whole pipeline."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from cdi.domain.finding import Review
from cdi.domain.reading import Measurement, Timing
from cdi.report.record import naming_mentions
from cdi.workflow.scan import Scanner, default_scanner

CLASSES = yaml.safe_load(Path(__file__).with_name("classes.yaml").read_text(encoding="utf-8"))
CASES = [
    pytest.param(case, id=f"{entry['class']}: {case['text'][:40]!r}")
    for entry in CLASSES
    for case in entry["cases"]
]


@pytest.fixture(scope="module")
def scanner() -> Scanner:
    return default_scanner()


@pytest.mark.parametrize("case", CASES)
def test_a_class_of_errors_stays_mended(case: dict[str, Any], scanner: Scanner) -> None:
    review = scanner.scan(case["text"])
    if "says" in case:
        assert _said(review) == case["says"]
    if "values" in case:
        assert [_written(m) for m in review.readings[0].measurements] == case["values"]
    missing = {finding.condition: sorted(finding.missing) for finding in review.findings}
    for condition, axes in case.get("asks", {}).items():
        assert missing.get(condition) == sorted(axes)
    for condition in case.get("silent", ()):
        assert condition not in missing


def _said(review: Review) -> dict[str, list[str]]:
    said: dict[str, set[str]] = defaultdict(set)
    for _, mention in naming_mentions(review):
        said[mention.condition].add(mention.assertion.value)
    return {condition: sorted(assertions) for condition, assertions in said.items()}


def _written(value: Measurement) -> str:
    number = f"{value.value:.4g}"
    if value.high != value.value:
        number += f"-{value.high:.4g}"
    moment = "" if value.timing is Timing.CURRENT else f" {value.timing.value}"
    return f"{value.analyte} {value.comparator}{number}{moment}"


def test_every_class_has_a_case_of_each_kind() -> None:
    assert all(len(entry["cases"]) >= 2 for entry in CLASSES)
    texts = [case["text"] for entry in CLASSES for case in entry["cases"]]
    assert len(set(texts)) == len(texts)
