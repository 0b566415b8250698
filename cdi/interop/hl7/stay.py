"""The messages of one visit to an encounter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from cdi.domain.encounter import Encounter, Patient, Problem
from cdi.errors import InputError
from cdi.interop.hl7.check import visit_number
from cdi.interop.hl7.documents import Documents
from cdi.interop.hl7.message import Message
from cdi.interop.hl7.people import ids, patient_name
from cdi.interop.hl7.results import Results
from cdi.interop.hl7.times import clock_time, day
from cdi.interop.mapping import Intake, StayParts, assemble_encounter

_SEX = {"F": "female", "M": "male", "O": "other", "A": "other", "U": "unknown"}


def encounter_from_messages(messages: Iterable[Message], intake: Intake) -> Encounter:
    """Return the stay that the messages of one visit describe.

    Messages may come in any order: what happened last is told by MSH-7, and by the order of
    arrival only where that is the same. Each must have passed
    :func:`~cdi.interop.hl7.check.check_message`.

    Args:
        messages: of one visit.
        intake: what codes, units and authors mean at this site.

    Raises:
        InputError: there are no messages, or they are of several visits.
    """
    ordered = sorted(messages, key=lambda message: _sent(message, intake))
    visits = {visit_number(message) for message in ordered}
    if len(visits) != 1:
        raise InputError(
            f"expected the messages of one visit, not of {len(visits)}", field="PV1-19"
        )
    stay = _Stay(visits.pop(), intake)
    for message in ordered:
        stay.take(message)
    return stay.encounter()


class _Stay:
    """A visit as far as it was told."""

    def __init__(self, number: str, intake: Intake) -> None:
        self._intake = intake
        self._encounter = Encounter(number, visit_number=number)
        self._attendings: set[str] = set()
        self._problems: dict[str, Problem] = {}
        self._documents, self._results = Documents(), Results()

    def take(self, message: Message) -> None:
        self._take_patient(message)
        self._take_visit(message)
        match message.header.text(9, 1):
            case "ADT":
                self._take_movement(message)
            case "MDM":
                self._documents.take(message, self._intake.zone)
            case "ORU":
                self._results.take(message, self._intake.zone)

    def encounter(self) -> Encounter:
        parts = StayParts(attendings=self._attendings, problems=list(self._problems.values()))
        parts.remarks += [*self._documents.remarks, *self._results.remarks]
        for document in (*self._documents.all(), *self._results.reports()):
            parts.add_note(document.note, document.author, document.codes, self._intake)
        for result in self._results.values():
            parts.add_observation(result.observation, result.codes, result.name, self._intake)
        return assemble_encounter(self._encounter, parts)

    def _take_patient(self, message: Message) -> None:
        person = message.first("PID")
        known = self._encounter.patient
        patient = Patient(
            person.text(3),
            name=patient_name(person) or (known.name if known else ""),
            birth_date=day(person.text(7)) or (known.birth_date if known else None),
            sex=_SEX.get(person.text(8)) or (known.sex if known else None),
        )
        self._encounter = replace(self._encounter, patient=patient)

    def _take_visit(self, message: Message) -> None:
        visit = message.first("PV1")
        stay = self._encounter
        self._attendings |= ids(visit, 7)
        self._encounter = replace(
            stay,
            visit_class=visit.text(2) or stay.visit_class,
            unit=visit.text(3) or stay.unit,
            service=visit.text(10) or stay.service,
            admitted_at=self._time(visit.text(44)) or stay.admitted_at,
            discharged_at=self._time(visit.text(45)) or stay.discharged_at,
        )

    def _take_movement(self, message: Message) -> None:
        event = message.first("EVN")
        happened = self._time(event.text(6)) or self._time(event.text(2))
        stay = self._encounter
        match message.header.text(9, 2):
            case "A01" | "A04":
                self._encounter = replace(stay, admitted_at=stay.admitted_at or happened)
            case "A03":
                self._encounter = replace(stay, discharged_at=stay.discharged_at or happened)
            case "A13":
                self._encounter = replace(stay, discharged_at=None)
        for segment in message.all("DG1"):
            code, text = segment.text(3, 1), segment.text(4) or segment.text(3, 2)
            if code or text:
                listed = Problem(f"DG1 {code or text}", text, code, "encounter-diagnosis")
                self._problems[listed.id] = listed

    def _time(self, stamp: str) -> datetime | None:
        return clock_time(stamp, self._intake.zone)


def _sent(message: Message, intake: Intake) -> float:
    time = clock_time(message.header.text(7), intake.zone)
    return time.timestamp() if time else 0.0
