"""How much the figures of an evaluation vary from one part of the labelled notes to another.

Nothing is fitted here: the rules are the same for every part, and were written with the notes at
hand. The spread tells how far a figure of so few notes may be off by the choice of notes alone; it
does not tell what notes would give that nobody has read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, stdev

from cdi.errors import InputError
from cdi.workflow.evaluation import Evaluation, evaluate_labels, read_labels
from cdi.workflow.scan import Scanner


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure over the folds: lowest, highest, mean and standard deviation."""

    low: float
    high: float
    mean: float
    deviation: float


def evaluate_folds(
    path: Path, scanner: Scanner, count: int, conditions: Iterable[str] | None = None
) -> list[Evaluation]:
    """Evaluate each of so many parts of the labelled notes on its own.

    Which note falls into which part depends on its id alone; the parts differ by one note at most.

    Args:
        path: the labels.
        scanner: what reviews.
        count: of the parts, at least two.
        conditions: judge only these; all that the catalogue has if None.

    Raises:
        InputError: there are fewer notes than parts, or what :func:`evaluate` raises.
    """
    labels = sorted(read_labels(path), key=lambda label: _digest(label["id"]))
    if not 2 <= count <= len(labels):
        raise InputError(f"{len(labels)} notes cannot be dealt out to {count} folds")
    chosen = None if conditions is None else tuple(conditions)
    return [evaluate_labels(labels[n::count], scanner, chosen) for n in range(count)]


def spread(values: Sequence[float]) -> Spread:
    """Return how values of the folds vary; at least two."""
    return Spread(min(values), max(values), mean(values), stdev(values))


def _digest(identifier: str) -> str:
    return hashlib.sha256(identifier.encode()).hexdigest()
