"""How speed and agreement are measured. Standard library only."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence


def notes_per_second(read: Callable[[str], object], texts: Sequence[str], rounds: int) -> float:
    """Return the median rate over some rounds, after one round to warm up."""
    rates = []
    for number in range(rounds + 1):
        start = time.perf_counter()
        for text in texts:
            read(text)
        if number:
            rates.append(len(texts) / (time.perf_counter() - start))
    return statistics.median(rates)


def f1(pairs: Sequence[tuple[bool, bool]]) -> float:
    """Return F1 of (said, true) pairs."""
    right = sum(said and true for said, true in pairs)
    said = sum(said for said, _ in pairs)
    true = sum(true for _, true in pairs)
    return 2 * right / (said + true) if said + true else 0.0


def agreement(records: Sequence[dict[str, object]], answers: Sequence[str]) -> dict[str, float]:
    """Return F1 of "absent" and "historical" among the answers."""
    result = {}
    for label, field, positive in (
        ("absent", "negation", "Negated"),
        ("historical", "temporality", "Historical"),
    ):
        judged = [
            (answer == label, record[field] == positive)
            for record, answer in zip(records, answers, strict=True)
            if record[field] != "Not particular"
        ]
        result[label] = round(f1(judged), 3)
    return result
