"""Encounter and Patient, and which stay a resource belongs to."""

from __future__ import annotations

from datetime import date, datetime

from cdi.domain.encounter import Encounter, IntakeRemark, Patient, RemarkKind
from cdi.interop.fhir.elements import Resource, clock_time, codes, full_name, label, period
from cdi.interop.fhir.entries import Entries, Entry
from cdi.interop.fhir.people import People

_ATTENDING = frozenset(("ATND",))
_VISIT_NUMBER = "VN"


class Visits:
    """The stays of a bundle, and which of them each resource belongs to.

    A bundle without an Encounter is one stay under the bundle's id, or the patient's.
    """

    def __init__(self, entries: Entries, people: People, bundle_id: str) -> None:
        self._entries, self._bundle_id = entries, bundle_id
        found = [e for e in entries.of("Encounter") if e.resource.status != "entered-in-error"]
        self._subjects: dict[str, str] = {}
        self.encounters: dict[str, Encounter] = {}
        self.attendings: dict[str, set[str]] = {}
        patients = {patient.source: patient for patient in entries.of("Patient")}
        only = next(iter(patients.values())) if len(patients) == 1 else None
        for entry in found:
            subject = next(iter(entries.keys(entry.resource.subject)), "")
            self._subjects[entry.source] = subject
            self.encounters[entry.source] = self._stay(entry, patients.get(subject) or only)
            self.attendings[entry.source] = _attendings(entry, people)
        if not found:
            name = bundle_id or (only.id if only else "bundle")
            self._subjects[""] = only.source if only else ""
            self.encounters[""] = Encounter(
                name, patient=_patient(only) if only else None, source=bundle_id
            )
            self.attendings[""] = set()

    def of(self, entry: Entry, at: datetime | None) -> tuple[str | None, IntakeRemark | None]:
        """Return the key of the stay a resource belongs to, or None and why it has none.

        What names no encounter belongs to the stay in whose time it falls, else to the first.
        Observations of earlier visits belong there too: they tell what is normal for the patient.
        """
        resource = entry.resource
        context = getattr(resource, "context", None)
        named = (
            context.encounter
            if entry.type == "DocumentReference" and context is not None
            else getattr(resource, "encounter", None) or context
        )
        keys = self._entries.keys(named)
        for key in keys:
            if key in self.encounters:
                return key, None
        subject = next(iter(self._entries.keys(getattr(resource, "subject", None))), "")
        candidates = [
            key
            for key, whose in self._subjects.items()
            if not (subject and whose) or subject == whose
        ]
        if not candidates:
            return None, _left_out(entry, "subject", "of another patient than the encounter")
        elsewhere = any(key.startswith("Encounter/") for key in keys)
        if elsewhere and "" not in self.encounters and entry.type != "Observation":
            return None, _left_out(entry, "encounter", "of an encounter that is not in the bundle")
        return self._stay_at(at, candidates), None

    def _stay_at(self, at: datetime | None, candidates: list[str]) -> str:
        """Return the stay in whose time a moment falls, the latest begun of several."""
        stays = [(self.encounters[key].admitted_at, key) for key in candidates]
        within = [
            (begun, key)
            for begun, key in stays
            if begun is not None and at is not None and _covers(self.encounters[key], at)
        ]
        return max(within)[1] if within else candidates[0]

    def _stay(self, entry: Entry, patient: Entry | None) -> Encounter:
        resource = entry.resource
        admitted, discharged = period(resource.period)
        lines = resource.location or ()
        unit = next((words for line in reversed(lines) if (words := self._place(line))), "")
        visit = resource.class_fhir
        return Encounter(
            entry.id,
            patient=_patient(patient) if patient else None,
            admitted_at=admitted,
            discharged_at=discharged,
            unit=unit,
            service=label(resource.serviceType),
            visit_class=str(visit.code or "") if visit is not None else "",
            visit_number=_visit_number(resource),
            source=self._bundle_id,
        )

    def _place(self, line: Resource) -> str:
        place = line.location
        if place is None:
            return ""
        if place.display:
            return str(place.display)
        entry = self._entries.find(str(place.reference)) if place.reference else None
        return str(entry.resource.name or "") if entry and entry.type == "Location" else ""


def _attendings(entry: Entry, people: People) -> set[str]:
    return {
        people.person(str(part.individual.reference))
        for part in entry.resource.participant or ()
        if part.individual is not None
        and part.individual.reference
        and any(_ATTENDING.intersection(codes(kind)) for kind in part.type or ())
    }


def _patient(entry: Entry) -> Patient:
    resource = entry.resource
    born = resource.birthDate
    if isinstance(born, datetime):
        born = born.date()
    known = resource.gender if resource.gender in ("female", "male", "other", "unknown") else None
    return Patient(
        entry.id,
        name=full_name(resource.name),
        birth_date=born if isinstance(born, date) else None,
        sex=known,
    )


def _visit_number(resource: Resource) -> str:
    """Return the identifier of type VN (visit number), else the first."""
    identifiers = [item for item in resource.identifier or () if item.value]
    typed = (item for item in identifiers if _VISIT_NUMBER in codes(item.type))
    chosen = next(typed, identifiers[0] if identifiers else None)
    return str(chosen.value) if chosen is not None else ""


def _covers(encounter: Encounter, at: datetime) -> bool:
    start, end = encounter.admitted_at, encounter.discharged_at
    return start is not None and start <= at and (end is None or at <= end)


def _left_out(entry: Entry, element: str, message: str) -> IntakeRemark:
    return IntakeRemark(RemarkKind.UNREADABLE, entry.source, f"{entry.type}.{element}", message)


def any_time(resource: Resource) -> datetime | None:
    """Return a time that tells in which stay a resource without an encounter falls."""
    names = ("date", "effectiveDateTime", "issued", "authoredOn", "performedDateTime")
    times = (clock_time(getattr(resource, name, None)) for name in names)
    return next((time for time in times if time is not None), None)
