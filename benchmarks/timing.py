"""How speed and agreement are measured. Standard library only."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence


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


def notes_in_turns(
    readers: Mapping[str, Callable[[Sequence[str]], object]], texts: Sequence[str], rounds: int
) -> dict[str, list[float]]:
    """Return for each reader of all notes its processor time of each round, in seconds.

    The readers take turns, since other work on the machine comes and goes: only times of the same
    round can be compared. A first round warms up and is not told.
    """
    times: dict[str, list[float]] = {name: [] for name in readers}
    for number in range(rounds + 1):
        for name, read in readers.items():
            start = time.process_time()
            read(texts)
            if number:
                times[name].append(time.process_time() - start)
    return times


def one_by_one(read: Callable[[str], object]) -> Callable[[Sequence[str]], None]:
    """Return a reader of many notes that reads one after another and keeps nothing."""

    def read_each(texts: Sequence[str]) -> None:
        for text in texts:
            read(text)

    return read_each


def ratio(times: Sequence[float], others: Sequence[float]) -> float:
    """Return the median of the ratios of two readers, round by round."""
    return statistics.median(a / b for a, b in zip(times, others, strict=True))


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
