"""What is told of a whole stay beside its findings, as the rule authors wrote it."""

from __future__ import annotations

from collections.abc import Mapping
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


class DeviceSpec(Strict):
    """The words for one kind of device."""

    names: tuple[str, ...] = ()
    inserted: tuple[str, ...]
    removed: tuple[str, ...]
    lasting: tuple[str, ...] = ()


class DevicesSpec(Strict):
    """All devices, and what sentences do not tell of one in place."""

    kinds: Mapping[str, DeviceSpec]
    denied: tuple[str, ...]
    unless: tuple[str, ...]
    not_sections: tuple[str, ...]
    not_kinds: tuple[str, ...]
    associated_after_days: int


class StaySpec(Strict):
    """The whole of ``models/stay/stay.yaml``."""

    onset: OnsetSpec
    dropped: DroppedSpec
    devices: DevicesSpec


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
