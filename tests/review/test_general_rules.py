"""The rules that hold for every condition of the catalogue, shown with the installed rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from cdi.domain.encounter import Encounter, Note, Patient, Role
from cdi.domain.evidence_text import evidence_text
from cdi.workflow.scan import Scanner, default_scanner

DAY = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def scanner() -> Scanner:
    return default_scanner()


def asked(scanner: Scanner, source: str | Encounter) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return condition -> (type, missing axes)."""
    return {f.condition: (f.type.value, f.missing) for f in scanner.scan(source).findings}


def stay(*notes: Note, patient: Patient | None = None) -> Encounter:
    return Encounter("E", patient=patient, notes=notes, admitted_at=DAY)


def note(number: int, text: str, role: Role = Role.PROVIDER) -> Note:
    at = DAY + timedelta(hours=number)
    return Note(f"n{number}", text, author=f"Dr. {number}", role=role, recorded_at=at)


def test_an_axis_documented_in_another_note_completes_the_condition(scanner: Scanner) -> None:
    vague = note(1, "A/P: CHF, on Lasix.")
    assert asked(scanner, stay(vague))["heart_failure"] == ("specificity", ("type", "acuity"))
    exact = note(2, "A/P: Acute on chronic systolic heart failure.")
    assert "heart_failure" not in asked(scanner, stay(vague, exact))
    assert "heart_failure" not in asked(scanner, stay(exact, vague))


@pytest.mark.parametrize("role", [Role.NURSING, Role.DIETITIAN])
def test_no_axis_is_completed_by_others_than_providers(role: Role, scanner: Scanner) -> None:
    notes = (note(1, "A/P: CHF, on Lasix."), note(2, "Acute systolic heart failure.", role))
    assert asked(scanner, stay(*notes))["heart_failure"][1] == ("type", "acuity")


@pytest.mark.parametrize("value", ["EF 25 %.", "Echo: EF 25 %.", "eGFR 22."])
def test_a_measured_value_completes_no_axis(value: str, scanner: Scanner) -> None:
    found = asked(scanner, f"A/P: Acute CHF, on Lasix. CKD. {value}")
    assert found["heart_failure"] == ("specificity", ("type",))
    assert found["chronic_kidney_disease"] == ("specificity", ("stage",))


@pytest.mark.parametrize("word", ["Probable", "Likely", "Suspected", "Findings consistent with"])
def test_a_probable_diagnosis_is_documented(word: str, scanner: Scanner) -> None:
    assert "pneumonia" in asked(scanner, f"ASSESSMENT: {word} pneumonia.")


WORK_UP = [
    "Possible pneumonia.",
    "Questionable pneumonia.",
    "Pneumonia versus atelectasis.",
    "Rule out pneumonia.",
    "Cannot exclude pneumonia.",
    "?Pneumonia.",
]


@pytest.mark.parametrize(
    "text", [*WORK_UP, "At risk for pneumonia.", "Return if pneumonia recurs."]
)
def test_what_is_not_asserted_does_not_trigger(text: str, scanner: Scanner) -> None:
    assert "pneumonia" not in asked(scanner, f"ASSESSMENT: {text}")


@pytest.mark.parametrize("text", WORK_UP)
def test_a_work_up_leaves_no_room_for_an_undocumented_diagnosis(
    text: str, scanner: Scanner
) -> None:
    facts = "New infiltrate, fever of 39.1, WBC 17. Ceftriaxone."
    assert "pneumonia" in asked(scanner, f"ASSESSMENT: {facts}")
    assert "pneumonia" not in asked(scanner, f"ASSESSMENT: {text} {facts}")


@pytest.mark.parametrize("text", ["COPD exacerbation, unknown cause of CHF.", "CHF, COPD, CKD."])
def test_a_chronic_condition_of_the_history_is_current(text: str, scanner: Scanner) -> None:
    review = scanner.scan(f"PAST MEDICAL HISTORY: {text}")
    said = {m.assertion.value for m in review.readings[0].mentions if m.name == "documented"}
    assert said == {"present"}


@pytest.mark.parametrize("name", ["pneumonia", "sepsis", "AKI", "pulmonary embolism", "GI bleed"])
def test_an_acute_condition_of_the_history_is_past(name: str, scanner: Scanner) -> None:
    assert asked(scanner, f"PAST MEDICAL HISTORY: {name}.") == {}
    assert asked(scanner, f"ASSESSMENT: {name}.") != {}


def test_imaging_alone_documents_nothing(scanner: Scanner) -> None:
    imaging = "CHEST X-RAY: Right lower lobe pneumonia."
    assert "pneumonia" not in asked(scanner, imaging)
    assert "pneumonia" in asked(scanner, f"{imaging}\nASSESSMENT: Pneumonia.")


def test_one_query_lists_all_that_is_missing(scanner: Scanner) -> None:
    found = scanner.scan("ASSESSMENT: CHF. CHF again. Congestive heart failure, on Lasix.").findings
    assert [(f.condition, f.missing) for f in found] == [("heart_failure", ("type", "acuity"))]


def test_validation_replaces_specificity(scanner: Scanner) -> None:
    sick = "Temp 39.2, HR 124, RR 28, WBC 19, lactate 3.1."
    well = "Temp 37.0, HR 72, RR 14, WBC 7.2, lactate 0.9."
    text = "A/P: Sepsis. Ceftriaxone. "
    assert asked(scanner, text + sick)["sepsis"][0] == "specificity"
    assert asked(scanner, text + well)["sepsis"][0] == "validation"


@pytest.mark.parametrize(
    ("text", "wins", "yields"),
    [
        (
            "LABS: WBC 2.1, hemoglobin 7.4, platelets 45.\nA/P: Anemia and thrombocytopenia, "
            "transfused 2 units of blood and platelets.",
            "pancytopenia",
            ("anemia", "thrombocytopenia_coagulopathy"),
        ),
        ("A/P: Renal failure, ESRD on dialysis, creatinine 7.1.", "", ("acute_kidney_injury",)),
    ],
)
def test_of_overlapping_conditions_the_more_specific_one_asks(
    text: str, wins: str, yields: tuple[str, ...], scanner: Scanner
) -> None:
    found = asked(scanner, text)
    assert not wins or wins in found
    assert found.keys().isdisjoint(yields)


@pytest.mark.parametrize(
    ("born", "expected"), [(date(1980, 1, 1), True), (date(2014, 1, 1), False)]
)
def test_adult_thresholds_hold_from_eighteen_years(
    born: date, expected: bool, scanner: Scanner
) -> None:
    text = "LABS: Potassium 6.4.\nA/P: Potassium is high, calcium gluconate and insulin given."
    found = asked(scanner, stay(note(1, text), patient=Patient("P", birth_date=born)))
    assert ("hyperkalemia" in found) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("WT: 271 lbs\nHT: 5'4\"\nA/P: Knee pain.", True),
        ("W: 271 lbs H: 5'4\"\nA/P: Knee pain.", True),
        ("Weight 82 kg, height 180 cm.\nA/P: Knee pain.", False),
        ("Weight 271 lbs.\nA/P: Knee pain.", False),
        ("WT: 271 lbs\nHT: 5'4\"\nA/P: Knee pain, class 3 obesity.", False),
    ],
)
def test_a_body_mass_index_is_computed_and_shows_its_parts(
    text: str, expected: bool, scanner: Scanner
) -> None:
    review = scanner.scan(text)
    found = [f for f in review.findings if f.condition == "obesity"]
    assert bool(found) is expected
    for finding in found:
        shown = " ".join(evidence_text(e.pointer, review.encounter) for e in finding.evidence)
        assert "271 lbs" in shown
        assert "5'4" in shown


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("LABS: Potassium 3.1.\nA/P: Knee pain.", "hypokalemia"),
        ("LABS: Sodium 131.\nA/P: Knee pain.", "hyponatremia"),
        ("LABS: Hemoglobin 9.4.\nA/P: Knee pain.", "anemia"),
        ("LABS: Platelets 91.\nA/P: Knee pain.", "thrombocytopenia_coagulopathy"),
    ],
)
def test_a_value_nobody_acted_on_is_no_query(text: str, condition: str, scanner: Scanner) -> None:
    assert condition not in asked(scanner, text)


@pytest.mark.parametrize(
    "text", ["LABS: Potassium 310.\nA/P: K repleted.", "LABS: Sodium 1.3.\nA/P: Hypertonic saline."]
)
def test_a_value_outside_of_human_range_is_ignored(text: str, scanner: Scanner) -> None:
    assert scanner.scan(text).readings[0].measurements == ()


INTEGRAL = [
    (
        "Chest pain. Troponins negative, stress test normal.",
        "Chest pain, pleuritic, from pneumonia. Troponins negative, stress test normal.",
        "chest_pain_cause",
    ),
    (
        "Hypoxia, SpO2 82% on room air, on BiPAP.",
        "Acute hypoxic respiratory failure. Hypoxia, SpO2 82% on room air, on BiPAP.",
        "respiratory_failure",
    ),
    (
        "Acute pulmonary edema, Lasix IV.",
        "Acute systolic heart failure with pulmonary edema, Lasix IV.",
        "pulmonary_edema",
    ),
    (
        "Altered mental status, CT head negative.",
        "Altered mental status due to acute stroke, CT head negative.",
        "encephalopathy",
    ),
]


@pytest.mark.parametrize(("alone", "explained", "condition"), INTEGRAL)
def test_a_symptom_integral_to_a_documented_diagnosis_needs_no_query(
    alone: str, explained: str, condition: str, scanner: Scanner
) -> None:
    assert condition in asked(scanner, f"ASSESSMENT: {alone}")
    assert condition not in asked(scanner, f"ASSESSMENT: {explained}")


AWAITED = [
    (
        "DISCHARGE DIAGNOSIS: Chest pain. Troponins negative, stress test normal.",
        "ASSESSMENT: Chest pain. Troponins negative. PLAN: Stress test in the morning.",
        "chest_pain_cause",
    ),
    (
        "DISCHARGE DIAGNOSIS: Syncope. Echo normal, telemetry normal, head CT negative.",
        "ASSESSMENT: Syncope. Echo normal, telemetry normal. PLAN: Tilt table test next week.",
        "syncope_cause",
    ),
    ("ASSESSMENT: GI bleed.", "ASSESSMENT: GI bleed. EGD in the morning.", "gi_bleed"),
]


@pytest.mark.parametrize(("settled", "awaiting", "condition"), AWAITED)
def test_a_symptom_that_awaits_a_named_test_needs_no_query(
    settled: str, awaiting: str, condition: str, scanner: Scanner
) -> None:
    assert condition in asked(scanner, settled)
    assert condition not in asked(scanner, awaiting)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("Urosepsis.", "sepsis"),
        ("ACS, on a heparin drip, troponin 1.2.", "myocardial_infarction"),
        ("Renal insufficiency, creatinine 2.1.", "acute_kidney_injury"),
        ("Renal failure, creatinine 4.4.", "acute_kidney_injury"),
        ("GI bleed.", "gi_bleed"),
        ("Sacral wound.", "pressure_injury"),
    ],
)
def test_vague_words_used_as_the_diagnosis_ask_for_its_details(
    text: str, condition: str, scanner: Scanner
) -> None:
    assert asked(scanner, f"ASSESSMENT: {text}")[condition][0] == "specificity"


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("Hypoxia, SpO2 82% on room air, on BiPAP.", "respiratory_failure"),
        ("Altered mental status, CT head negative.", "encephalopathy"),
        ("Failure to thrive, BMI 16.1, on supplements.", "malnutrition"),
        ("Low potassium of 2.9, replaced.", "hypokalemia"),
        ("Low sodium of 124, fluid restriction.", "hyponatremia"),
        ("Malignant hypertension, BP 230/130, on a nicardipine drip.", "hypertensive_crisis"),
        ("Hypotension of 74/40, on norepinephrine.", "shock"),
        ("Drop in hemoglobin to 7.1, transfused.", "anemia"),
    ],
)
def test_vague_words_elsewhere_ask_for_the_diagnosis(
    text: str, condition: str, scanner: Scanner
) -> None:
    assert asked(scanner, f"ASSESSMENT: {text}")[condition][0] == "undocumented"
