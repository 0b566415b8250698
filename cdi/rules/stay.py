"""What is told of a whole stay beside its findings, as the rule authors wrote it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from cdi import resources
from cdi.rules.loader import Strict, read_document, validate
from cdi.rules.quantity import DurationField


class OnsetSpec(Strict):
    """Of which conditions the time of their onset is told, and what is early and late."""

    conditions: tuple[str, ...]
    early: DurationField
    late: DurationField


class DroppedSpec(Strict):
    """When a diagnosis of the first notes counts as dropped."""

    first: DurationField
    sections: tuple[str, ...]
    over: tuple[str, ...]


class StaySpec(Strict):
    """The whole of ``models/stay/stay.yaml``."""

    onset: OnsetSpec
    dropped: DroppedSpec


def load_stay(path: Path) -> StaySpec:
    """Read ``models/stay/stay.yaml``.

    Raises:
        RuleError: the file is wrong.
    """
    return validate(StaySpec, read_document(path))


@lru_cache(maxsize=1)
def installed_stay() -> StaySpec:
    """Return what is installed, read at first use."""
    return load_stay(resources.models() / "stay" / "stay.yaml")
