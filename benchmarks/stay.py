"""A stay of sixty days: reviewed from nothing, and again after one more note.

    python benchmarks/stay.py [--notes 400] [--observations 20000]

The chart is made up: three authors write notes that carry the last ones forward with a few lines
changed, nurses chart every few hours, vital signs and laboratory values drift and err.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from datetime import UTC, datetime, timedelta

from cdi.domain.encounter import Encounter, Note, Observation, Patient, Role
from cdi.workflow.scan import Scanner
from cdi.workflow.stay import StayReviewer

ADMITTED = datetime(2026, 1, 5, 8, tzinfo=UTC)
DAYS = 60
PROBLEMS = (
    "Acute hypoxic respiratory failure - ventilator, FiO2 {fio2} %, wean as tolerated.",
    "Septic shock due to pneumonia - norepinephrine {dose} mcg/min, cefepime day {day}.",
    "AKI - creatinine {creatinine}, urine output {urine} mL, avoid nephrotoxins.",
    "Anemia - hemoglobin {hemoglobin}, transfuse below 7.",
    "AF - rate {rate}, metoprolol, apixaban held.",
    "CHF - furosemide IV as pressure allows, daily weight {weight} kg.",
    "Delirium - CAM positive, reorient, melatonin.",
    "Malnutrition - tube feeds at {feeds} mL/h, dietitian following.",
    "Type 2 diabetes with hyperglycemia - insulin drip, glucose {glucose}.",
    "Sacral pressure injury, stage 2 - turns every two hours.",
    "Hyponatremia - sodium {sodium}, fluid restriction.",
    "CKD stage 3 - baseline creatinine 1.4.",
    "Thrombocytopenia - platelets {platelets}, no bleeding.",
    "DVT prophylaxis with heparin. Full code. Family updated at the bedside by the team.",
)
VITAL_SIGNS = (
    ("heart_rate", "/min", 70, 120),
    ("respiratory_rate", "/min", 14, 30),
    ("systolic_bp", "mmHg", 84, 150),
    ("diastolic_bp", "mmHg", 45, 85),
    ("spo2", "%", 88, 100),
    ("temperature", "C", 36.0, 38.9),
)
LABORATORY = (
    ("creatinine", "mg/dL", 1.1, 2.6),
    ("hemoglobin", "g/dL", 7.0, 10.5),
    ("sodium", "mmol/L", 129, 146),
    ("potassium", "mmol/L", 3.1, 5.4),
    ("wbc", "10*3/uL", 6, 22),
    ("platelets", "10*3/uL", 80, 240),
    ("glucose", "mg/dL", 90, 300),
    ("lactate", "mmol/L", 0.8, 4.4),
)


def make_stay(notes: int, observations: int) -> Encounter:
    """Return a stay with so many notes and values; the same each time."""
    chance = random.Random(60)
    return Encounter(
        "sixty-days",
        patient=Patient("p", sex="female"),
        notes=tuple(_note(number, notes, chance) for number in range(notes)),
        observations=tuple(_observations(observations, chance)),
        admitted_at=ADMITTED,
    )


def _note(number: int, count: int, chance: random.Random) -> Note:
    at = ADMITTED + timedelta(days=DAYS * number / count, hours=1)
    day = (at - ADMITTED).days + 1
    numbers = {
        "fio2": chance.choice((30, 40, 50)),
        "dose": chance.randint(1, 20),
        "day": day,
        "creatinine": round(chance.uniform(1.1, 2.6), 1),
        "urine": chance.randint(400, 2400),
        "hemoglobin": round(chance.uniform(7, 10), 1),
        "rate": chance.randint(70, 120),
        "weight": chance.randint(70, 90),
        "feeds": chance.choice((30, 45, 60)),
        "glucose": chance.randint(110, 300),
        "sodium": chance.randint(129, 142),
        "platelets": chance.randint(80, 240),
    }
    nursing = number % 3 == 2
    lines = [line.format(**numbers) for line in PROBLEMS]
    chance.shuffle(lines)
    plan = "\n".join(f"{place}. {line}" for place, line in enumerate(lines, 1))
    text = (
        f"PROGRESS NOTE DAY {day}\n"
        f"S: {chance.choice(('No events overnight.', 'More awake.', 'Agitated at night.'))} "
        "No chest pain, no fever, no bleeding.\n"
        f"O: HR {numbers['rate']} BP {chance.randint(90, 150)}/{chance.randint(50, 80)} "
        f"RR {chance.randint(14, 30)} SpO2 {chance.randint(89, 99)}% on ventilator.\n"
        "Lungs coarse. Trace edema. Skin as charted by nursing, sacral dressing in place.\n"
        f"LABS: Cr {numbers['creatinine']}, Hgb {numbers['hemoglobin']}, Na {numbers['sodium']}, "
        f"WBC {chance.randint(6, 22)}, plt {numbers['platelets']}, lactate 1.{number % 10}.\n"
        f"ASSESSMENT/PLAN:\n{plan}\n"
    )
    return Note(
        id=f"note-{number}",
        text=text,
        kind="nursing note" if nursing else "progress note",
        author="RN Okoro" if nursing else ("Dr. Varga", "Dr. Lind")[number % 2],
        role=Role.NURSING if nursing else Role.PROVIDER,
        recorded_at=at,
    )


def _observations(count: int, chance: random.Random) -> list[Observation]:
    made: list[Observation] = []
    while len(made) < count:
        place = len(made)
        # Nine of ten values are vital signs.
        analyte, unit, low, high = (
            LABORATORY[place // 10 % len(LABORATORY)]
            if place % 10 == 0
            else VITAL_SIGNS[place % len(VITAL_SIGNS)]
        )
        at = ADMITTED + timedelta(days=DAYS * place / count)
        value = round(chance.uniform(low, high), 1)
        made.append(Observation(f"value-{place}", analyte, value, unit, at, at))
    return made


class _Clock:
    """Tells wall time and processor time since it was last asked."""

    def __init__(self) -> None:
        self._wall, self._processor = time.perf_counter(), time.process_time()

    def tell(self, what: str) -> None:
        wall, processor = time.perf_counter(), time.process_time()
        print(
            f"{what:26} {wall - self._wall:6.2f} s, processor {processor - self._processor:6.2f} s"
        )
        self._wall, self._processor = wall, processor


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--notes", type=int, default=400)
    options.add_argument("--observations", type=int, default=20_000)
    chosen = options.parse_args()
    stay = make_stay(chosen.notes + 1, chosen.observations)
    before, last = stay.notes[-1].recorded_at, len(stay.observations)
    assert before is not None
    clock = _Clock()
    reviewer = StayReviewer(Scanner())
    clock.tell("start")
    reviewer.review(stay, before - timedelta(seconds=1))
    clock.tell(f"{chosen.notes} notes, {last:,} values")
    story = reviewer.review(stay, before)
    clock.tell("one more note")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{'memory':26} {memory:6.0f} MB")
    turns = sum(len(life.turns) for life in story.lives)
    print(f"{'findings':26} {len(story.review.findings)} open, {turns} turns")


if __name__ == "__main__":
    main()
