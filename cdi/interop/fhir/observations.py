"""Observation to observations: a quantity, each component, or a result in words."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from cdi.domain.encounter import Observation, ObservationStatus
from cdi.interop.fhir.elements import LOINC, Resource, clock_time, codes, label
from cdi.interop.fhir.entries import Entry
from cdi.interop.mapping import Intake, StayParts

_STATUS = {
    "registered": ObservationStatus.PRELIMINARY,
    "preliminary": ObservationStatus.PRELIMINARY,
    "amended": ObservationStatus.CORRECTED,
    "corrected": ObservationStatus.CORRECTED,
    "cancelled": ObservationStatus.CANCELLED,
    "entered-in-error": ObservationStatus.ENTERED_IN_ERROR,
}
_COMPARATORS = {"<": "<", "<=": "<", ">": ">", ">=": ">"}


def add_observation(parts: StayParts, entry: Entry, intake: Intake) -> None:
    """Add what an Observation says: its own value and that of each component."""
    resource = entry.resource
    measured = [(entry.id, resource)]
    measured += [
        (f"{entry.id}.component[{index}]", component)
        for index, component in enumerate(resource.component or ())
    ]
    observed, recorded = _times(resource)
    for identifier, part in measured:
        result = _result(part)
        if result is None:
            continue
        observation = Observation(
            identifier,
            "",
            value=result.value,
            unit=result.unit,
            observed_at=observed,
            recorded_at=recorded,
            text=result.text,
            status=_STATUS.get(resource.status, ObservationStatus.FINAL),
            source=f"Observation/{identifier}",
            comparator=result.comparator,
            loinc=next(iter(codes(part.code, LOINC)), ""),
            category=next((c for item in resource.category or () for c in codes(item)), ""),
        )
        parts.add_observation(observation, codes(part.code), label(part.code), intake)


class _Result(NamedTuple):
    value: float | None
    unit: str
    comparator: str
    text: str


def _result(part: Resource) -> _Result | None:
    """Return the value of an Observation or component, or None if it has none.

    The unit is the UCUM code where there is one, else the unit as printed. Words are kept as
    text; ranges, ratios, series and truth values are no results that any rule reads.
    """
    quantity = part.valueQuantity
    if quantity is not None and quantity.value is not None:
        unit = str(quantity.code or quantity.unit or "")
        comparator = _COMPARATORS.get(quantity.comparator or "", "")
        return _Result(_number(quantity.value), unit, comparator, "")
    if part.valueInteger is not None:
        return _Result(float(part.valueInteger), "", "", "")
    text = part.valueString or label(part.valueCodeableConcept)
    return _Result(None, "", "", str(text)) if text else None


def _number(value: object) -> float:
    try:
        return float(str(value))
    except OverflowError:
        return float("inf")


def _times(resource: Resource) -> tuple[datetime | None, datetime | None]:
    """Return when the value was true and when it became known.

    A result without a time of its own is as old as its report at most, so the time of issue
    stands in for it.
    """
    period = resource.effectivePeriod
    observed = clock_time(resource.effectiveDateTime) or clock_time(resource.effectiveInstant)
    if observed is None and period is not None:
        observed = clock_time(period.end) or clock_time(period.start)
    issued = clock_time(resource.issued)
    return observed or issued, issued or observed
