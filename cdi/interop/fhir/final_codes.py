"""Final codes from a FHIR R4 bundle: diagnoses of Claims, and Conditions of encounters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fhir.resources.R4B.claim import Claim
from fhir.resources.R4B.condition import Condition
from pydantic import ValidationError

from cdi.domain.coding import FinalCode, FinalCoding, read_code, read_poa
from cdi.errors import InputError
from cdi.interop.fhir.bundle import is_bundle
from cdi.interop.fhir.elements import ICD_10_CM, Resource, codes
from cdi.interop.problem import Report, field_place, join_places

_CLASSES: Mapping[str, Any] = {"Claim": Claim, "Condition": Condition}
# Neither is a diagnosis of this stay.
_PASSED_OVER = frozenset({"problem-list-item", "health-concern"})
_NOT_SO = frozenset({"refuted", "entered-in-error"})


def read_coding_bundle(
    data: Mapping[str, Any], report: Report, *, name: str
) -> tuple[FinalCoding, ...]:
    """Return the final coding of each stay of a bundle.

    Args:
        data: the parsed JSON. Claims give codes in their sequence with presence on admission;
            Conditions in the order of the bundle, without those of problem lists.
        report: called with each element at fault ("entry[3].resource.diagnosis[0]"). A stay with
            such an element is left out whole, if the element tells whose it is.
        name: how messages call the bundle.

    Raises:
        InputError: this is no Bundle, or it holds neither Claim nor Condition.
    """
    items = data.get("entry")
    if not is_bundle(data) or not isinstance(items, list):
        raise InputError("expected a `Bundle` with entries", source=name, field="resourceType")
    found: dict[str, list[FinalCode]] = {}
    faulty: set[str] = set()
    read = 0
    for place, resource in _resources(items):
        read += 1
        try:
            stay, given = _take(resource, place)
        except _Fault as fault:
            faulty.add(fault.stay)
            report(InputError(fault.message, source=name, field=fault.place))
            continue
        known = {code.code for code in found.get(stay, ())}
        found.setdefault(stay, []).extend(code for code in given if code.code not in known)
    if not read:
        raise InputError("holds neither Claim nor Condition", source=name, field="entry")
    return tuple(
        FinalCoding(stay, tuple(given))
        for stay, given in found.items()
        if given and stay not in faulty
    )


class _Fault(ValueError):
    """What is wrong with an element, and of which stay it is if that is known."""

    def __init__(self, place: str, message: str, stay: str = "") -> None:
        self.place, self.message, self.stay = place, message, stay


def _resources(items: list[Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for number, item in enumerate(items):
        resource = item.get("resource") if isinstance(item, Mapping) else None
        if isinstance(resource, Mapping) and resource.get("resourceType") in _CLASSES:
            yield f"entry[{number}].resource", resource


def _take(data: Mapping[str, Any], place: str) -> tuple[str, list[FinalCode]]:
    kind = str(data["resourceType"])
    try:
        resource = _CLASSES[kind].model_validate(data)
    except ValidationError as error:
        mistake = error.errors(include_input=False, include_url=False)[0]
        where = join_places(place, field_place(mistake["loc"]))
        message = "is required" if mistake["type"] == "missing" else "is not valid"
        raise _Fault(where, message, _stay_as_given(data)) from None
    return _claim(resource, place) if kind == "Claim" else _condition(resource, place)


def _claim(claim: Resource, place: str) -> tuple[str, list[FinalCode]]:
    references = [r for item in claim.item or () for r in item.encounter or ()]
    stay = next((number for r in references if (number := _number(r))), "")
    if not stay:
        raise _Fault(f"{place}.item", "no item names an encounter")
    given = []
    numbered = list(enumerate(claim.diagnosis or ()))
    for index, one in sorted(numbered, key=lambda item: item[1].sequence):
        at = f"{place}.diagnosis[{index}]"
        code = _code(one.diagnosisCodeableConcept, f"{at}.diagnosisCodeableConcept", stay)
        mark = next(iter(codes(one.onAdmission)), "")
        try:
            given.append(FinalCode(code, read_poa(mark), at))
        except ValueError:
            raise _Fault(f"{at}.onAdmission", "expected y, n, u, w or 1", stay) from None
    return stay, given


def _condition(condition: Resource, place: str) -> tuple[str, list[FinalCode]]:
    stay = _number(condition.encounter)
    if not stay:
        raise _Fault(f"{place}.encounter", "names no encounter")
    categories = {code for kind in condition.category or () for code in codes(kind)}
    if categories & _PASSED_OVER or _NOT_SO.intersection(codes(condition.verificationStatus)):
        return stay, []
    return stay, [FinalCode(_code(condition.code, f"{place}.code", stay), None, place)]


def _code(concept: Resource | None, place: str, stay: str) -> str:
    for given in codes(concept, ICD_10_CM):
        code = read_code(given)
        if code is not None:
            return code
    raise _Fault(place, f"no code of the form of ICD-10-CM with the system {ICD_10_CM}", stay)


def _number(reference: Resource | None) -> str:
    """Return what the record system calls the encounter: its identifier, else its id."""
    if reference is None:
        return ""
    if reference.identifier is not None and reference.identifier.value:
        return str(reference.identifier.value)
    return str(reference.reference or "").partition("/_history/")[0].rpartition("/")[2]


def _stay_as_given(data: Mapping[str, Any]) -> str:
    """Return the stay that an invalid Condition names, as far as it can be told."""
    encounter = data.get("encounter")
    reference = encounter.get("reference") if isinstance(encounter, Mapping) else None
    return reference.rpartition("/")[2] if isinstance(reference, str) else ""
