"""The entries of a bundle: validated one by one, found by reference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from fhir.resources.R4B.binary import Binary
from fhir.resources.R4B.condition import Condition
from fhir.resources.R4B.diagnosticreport import DiagnosticReport
from fhir.resources.R4B.documentreference import DocumentReference
from fhir.resources.R4B.encounter import Encounter
from fhir.resources.R4B.location import Location
from fhir.resources.R4B.medication import Medication
from fhir.resources.R4B.medicationadministration import MedicationAdministration
from fhir.resources.R4B.medicationrequest import MedicationRequest
from fhir.resources.R4B.observation import Observation
from fhir.resources.R4B.patient import Patient
from fhir.resources.R4B.practitioner import Practitioner
from fhir.resources.R4B.practitionerrole import PractitionerRole
from fhir.resources.R4B.procedure import Procedure
from pydantic import ValidationError

from cdi.domain.encounter import IntakeRemark, RemarkKind
from cdi.errors import InputError
from cdi.interop.fhir.elements import Resource, references
from cdi.interop.problem import Report, field_place, join_places

_CLASSES: dict[str, Any] = {
    kind.__name__: kind
    for kind in (
        Patient,
        Encounter,
        Practitioner,
        PractitionerRole,
        DocumentReference,
        Binary,
        DiagnosticReport,
        Observation,
        MedicationRequest,
        MedicationAdministration,
        Medication,
        Condition,
        Procedure,
        Location,
    )
}
"""The resources that are read: R4B, which equals R4 for them (the default namespace is R5)."""

# Value sets with a required binding, which the classes do not check.
_STATUSES = {
    "Encounter": "planned arrived triaged in-progress onleave finished cancelled entered-in-error "
    "unknown",
    "DocumentReference": "current superseded entered-in-error",
    "DiagnosticReport": "registered partial preliminary final amended corrected appended cancelled "
    "entered-in-error unknown",
    "Observation": "registered preliminary final amended corrected cancelled entered-in-error "
    "unknown",
    "MedicationRequest": "active on-hold cancelled completed entered-in-error stopped draft "
    "unknown",
    "MedicationAdministration": "in-progress not-done on-hold completed entered-in-error stopped "
    "unknown",
    "Procedure": "preparation in-progress not-done on-hold stopped completed entered-in-error "
    "unknown",
}
_ALLOWED = {name: frozenset(codes.split()) for name, codes in _STATUSES.items()}
_MOST_MISTAKES = 5


class Entry(NamedTuple):
    """A resource of the bundle, validated.

    Attributes:
        type: the kind of resource.
        id: its id, or the end of its full URL, or its place in the bundle.
        resource: the instance of fhir.resources.R4B.
    """

    type: str
    id: str
    resource: Resource

    @property
    def source(self) -> str:
        """How remarks and provenance call it."""
        return f"{self.type}/{self.id}"


@dataclass(slots=True)
class Entries:
    """Every readable entry, and remarks on the others."""

    by_type: dict[str, dict[str, Entry]] = field(default_factory=dict)
    remarks: list[IntakeRemark] = field(default_factory=list)
    _urls: dict[str, str] = field(default_factory=dict)

    def of(self, *types: str) -> Iterator[Entry]:
        """Yield the entries of these types, in the order of the types and of the bundle."""
        for name in types:
            yield from self.by_type.get(name, {}).values()

    def key(self, reference: str) -> str:
        """Return what a reference points to as "Type/id", whether it is in the bundle or not."""
        if reference in self._urls:
            return self._urls[reference]
        parts = reference.partition("/_history/")[0].rsplit("/", 2)
        return "/".join(parts[-2:])

    def find(self, reference: str) -> Entry | None:
        """Return the entry a literal reference points to."""
        kind, _, identifier = self.key(reference).partition("/")
        return self.by_type.get(kind, {}).get(identifier)

    def keys(self, value: Resource | list[Resource] | None) -> list[str]:
        """Return the "Type/id" of one Reference or several."""
        return [self.key(reference) for reference in references(value)]

    def add(self, entry: Entry, url: str) -> None:
        """Add an entry; of two versions with one id the later in the bundle counts."""
        self.by_type.setdefault(entry.type, {})[entry.id] = entry
        if url:
            self._urls[url] = entry.source


def read_entries(entries: list[Any], name: str, report: Report) -> Entries:
    """Validate the entries of a bundle; each invalid one is reported and left out."""
    found = Entries()
    for index, item in enumerate(entries):
        place = f"entry[{index}]"
        if not isinstance(item, Mapping):
            report(InputError("expected an object", source=name, field=place))
            continue
        data = item.get("resource")
        if data is None:
            continue  # a link or the outcome of a request
        place = f"{place}.resource"
        kind = data.get("resourceType") if isinstance(data, Mapping) else None
        if not isinstance(data, Mapping) or not isinstance(kind, str):
            report(InputError("is required", source=name, field=f"{place}.resourceType"))
            continue
        if kind not in _CLASSES:
            continue
        url = item.get("fullUrl")
        url = url if isinstance(url, str) else ""
        _take(found, kind, data, url, place, name, report)
    return found


def _take(
    found: Entries,
    kind: str,
    data: Mapping[str, Any],
    url: str,
    place: str,
    name: str,
    report: Report,
) -> None:
    given = data.get("id")
    identifier = given if isinstance(given, str) and given else url.rstrip("/").rpartition("/")[2]
    identifier = identifier.rpartition(":")[2] or place
    try:
        found.add(Entry(kind, identifier, _validated(kind, data)), url)
    except _Invalid as invalid:
        for element, message in invalid.mistakes:
            report(InputError(message, source=name, field=join_places(place, element)))
        element, message = invalid.mistakes[0]
        found.remarks.append(
            IntakeRemark(
                RemarkKind.UNREADABLE, f"{kind}/{identifier}", join_places(kind, element), message
            )
        )


class _Invalid(ValueError):
    """A resource that does not validate: element and message of each mistake."""

    def __init__(self, mistakes: list[tuple[str, str]]) -> None:
        self.mistakes = mistakes


def _validated(kind: str, data: Mapping[str, Any]) -> Resource:
    try:
        resource = _CLASSES[kind].model_validate(data)
    except ValidationError as error:
        # Only place, type and message: the rest of the error holds the input.
        mistakes = error.errors(include_input=False, include_url=False)[:_MOST_MISTAKES]
        raise _Invalid(
            [(field_place(m["loc"]), _message(m["type"], m["msg"])) for m in mistakes]
        ) from None
    except RecursionError:
        raise _Invalid([("", "nested too deeply")]) from None
    status = getattr(resource, "status", None)
    if kind in _ALLOWED and status is not None and status not in _ALLOWED[kind]:
        expected = ", ".join(sorted(_ALLOWED[kind]))
        raise _Invalid([("status", f"not a code of the value set; expected {expected}")])
    return resource


def _message(kind: str, text: str) -> str:
    if kind == "missing":
        return "is required"
    if kind == "extra_forbidden":
        return "no element of this resource"
    if kind.startswith("base64"):
        return "not valid base64"
    text = text.removeprefix("Value error, ")
    return text[:1].lower() + text[1:]
