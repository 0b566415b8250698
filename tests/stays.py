"""A made-up stay that has something of everything: two findings, values, copies, an old version."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from desks import MORNING, make_stay

from cdi.domain.encounter import Encounter, Note, NoteStatus, Observation

ADMISSION = (
    "HISTORY OF PRESENT ILLNESS: Short of breath for three days, legs swollen.\n"
    "ASSESSMENT: CHF exacerbation, on Lasix 40 mg IV twice a day. BNP 1840 pg/mL. LVEF 30 %."
)
PROGRESS = (
    "HISTORY OF PRESENT ILLNESS: Short of breath for three days, legs swollen.\n"
    "ASSESSMENT: AKI, creatinine 2.4 mg/dL from 1.0 mg/dL. CHF exacerbation, on Lasix 40 mg IV."
)


def make_full_stay(notes: int = 0, **changes: object) -> Encounter:
    """Return the stay, with as many quiet notes besides as wanted."""
    stay = make_stay(ADMISSION, unit="4W-12", **changes)
    first = stay.notes[0]
    second = replace(
        first,
        id="n2",
        text=PROGRESS,
        kind="Consult note",
        recorded_at=MORNING - timedelta(minutes=30),
    )
    old = replace(
        first, id="n0", text="ASSESSMENT: pneumonia.", status=NoteStatus.SUPERSEDED, kind="Old note"
    )
    quiet = tuple(_quiet(first, number) for number in range(notes))
    values = (
        *stay.observations,
        _creatinine("c1", 1.0, 20),
        _creatinine("c2", 2.4, 3),
    )
    return replace(stay, notes=(old, *quiet, first, second), observations=values)


def _quiet(like: Note, number: int) -> Note:
    text = f"Nursing round {number}. Resting, no complaints. Vital signs as charted. " * 12
    at = MORNING - timedelta(hours=20) + timedelta(minutes=number)
    return replace(like, id=f"q{number}", kind="Nursing note", text=text, recorded_at=at)


def _creatinine(identifier: str, value: float, hours_ago: float) -> Observation:
    return Observation(
        identifier,
        "creatinine",
        value,
        "mg/dL",
        observed_at=MORNING - timedelta(hours=hours_ago),
        source="Laboratory",
    )
