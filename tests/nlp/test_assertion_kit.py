"""Assertion of given spans in labelled sentences, which stay outside the project.

Harkema et al., J Biomed Inform 2009;42:839-851, report ConText on such sentences; a label
"Historical" counts as found when the assertion is historical, "Negated" when it is absent.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import pytest

from cdi.nlp import load_pipeline

PROJECT = Path(__file__).parents[2]
SENTENCES = Path(os.environ.get("CDI_EVAL_DIR", PROJECT.parent / "shared" / "notes")) / (
    "negex_dev.jsonl"
)

pytestmark = pytest.mark.skipif(
    not SENTENCES.is_file(), reason="the labelled sentences are not here; set CDI_EVAL_DIR"
)


@pytest.fixture(scope="module")
def outcomes() -> list[tuple[dict[str, str], str]]:
    """Return each labelled sentence with the assertion read."""
    pipeline = load_pipeline()
    found = []
    for line in SENTENCES.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        span = (row["start"], row["end"])
        [judgement] = pipeline.assess(row["text"], [span])
        found.append((row, judgement.assertion.value))
    return found


@pytest.mark.parametrize(
    ("field", "label", "assertion", "least"),
    [("negation", "Negated", "absent", 0.98), ("temporality", "Historical", "historical", 0.72)],
)
def test_assertion_reaches_the_required_f1(
    field: str,
    label: str,
    assertion: str,
    least: float,
    outcomes: list[tuple[dict[str, str], str]],
) -> None:
    counts = Counter(
        (row[field] == label, read == assertion)
        for row, read in outcomes
        if row[field] != "Not particular"
    )
    hits, misses, alarms = counts[True, True], counts[True, False], counts[False, True]
    assert 2 * hits / (2 * hits + misses + alarms) >= least
