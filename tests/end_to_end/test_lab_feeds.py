"""What laboratories do to their results changes the findings it should, and no others."""

from __future__ import annotations

from typing import Any

import pytest
from fhir_bundles import POTASSIUM, bundle, document, observation, practitioner
from hl7_messages import document as hl7_document
from hl7_messages import message, order, result

from cdi.domain.encounter import Encounter
from cdi.errors import InputError
from cdi.interop.fhir import read_bundle
from cdi.interop.hl7 import encounter_from_messages, parse_message
from cdi.interop.mapping import Intake, load_intake
from cdi.workflow.scan import default_scanner

TEXT = "ASSESSMENT AND PLAN: Creatinine up, IV fluids, hold lisinopril."
KIDNEY = ("acute_kidney_injury", "undocumented")
Lab = dict[str, Any]


def refuse(problem: InputError) -> None:
    pytest.fail(str(problem))


@pytest.fixture(scope="module")
def intake() -> Intake:
    return load_intake()


def lab(identifier: str, value: float, day: int, unit: str = "mg/dL", **changes: Any) -> Lab:
    time = f"2026-05-0{day}T06:00:00-05:00"
    changes = {"issued": time, **changes}
    return observation(value, unit, id=identifier, effectiveDateTime=time, **changes)


def stay_of(intake: Intake, *labs: Lab) -> Encounter:
    author = practitioner("reed", "MD, Hospitalist")
    note = document(TEXT, author="Practitioner/reed", date="2026-05-03T10:00:00-05:00")
    (stay,) = read_bundle(bundle(*author, note, *labs), intake, refuse)
    return stay


def findings(stay: Encounter) -> set[tuple[str, str]]:
    review = default_scanner().scan(stay)
    return {(finding.condition, finding.type.value) for finding in review.findings}


def test_a_rise_of_creatinine_raises_the_question(intake: Intake) -> None:
    stay = stay_of(intake, lab("a", 1.0, 1), lab("b", 2.2, 3))
    assert findings(stay) == {KIDNEY}


def test_other_units_change_nothing(intake: Intake) -> None:
    stay = stay_of(intake, lab("a", 88.4, 1, "umol/L"), lab("b", 2.2, 3))
    assert findings(stay) == {KIDNEY}
    # 88.4 umol/L is 1.0 mg/dL: no rise, whatever the numbers look like.
    assert findings(stay_of(intake, lab("a", 88.4, 1, "umol/L"), lab("b", 1.0, 3))) == set()


def test_the_order_of_arrival_changes_nothing(intake: Intake) -> None:
    falling = (lab("a", 1.0, 3), lab("b", 2.2, 1))
    rising = (lab("b", 2.2, 3), lab("a", 1.0, 1))
    assert findings(stay_of(intake, *rising)) == {KIDNEY}
    assert findings(stay_of(intake, *reversed(rising))) == {KIDNEY}
    in_order, reversed_ = stay_of(intake, *falling), stay_of(intake, *reversed(falling))
    assert findings(in_order) == findings(reversed_)


def test_a_corrected_value_counts_as_corrected(intake: Intake) -> None:
    corrected = lab("b", 1.1, 3, status="corrected")
    assert findings(stay_of(intake, lab("a", 1.0, 1), corrected)) == set()
    still_high = lab("b", 2.4, 3, status="corrected")
    assert findings(stay_of(intake, lab("a", 1.0, 1), still_high)) == {KIDNEY}


def test_a_value_entered_in_error_never_existed(intake: Intake) -> None:
    wrong = lab("b", 2.2, 3, status="entered-in-error")
    assert findings(stay_of(intake, lab("a", 1.0, 1), wrong)) == set()
    hemolyzed = observation(7.1, "mmol/L", POTASSIUM, id="k", status="entered-in-error")
    stay = stay_of(intake, lab("a", 1.0, 1), lab("b", 2.2, 3), hemolyzed)
    assert findings(stay) == {KIDNEY}


@pytest.mark.parametrize(
    "useless",
    [
        {"unit": "furlong"},
        {"value": 412.0},
        {"effectiveDateTime": None, "issued": None},
        {"code": {"text": "Creatinine"}},
    ],
    ids=["unknown unit", "impossible value", "no time", "unmapped code"],
)
def test_what_is_set_aside_raises_no_question(intake: Intake, useless: dict[str, Any]) -> None:
    value, unit = useless.get("value", 2.2), useless.get("unit", "mg/dL")
    changes = {key: item for key, item in useless.items() if key not in ("value", "unit")}
    odd = {**lab("b", value, 3, unit), **changes}
    odd = {key: item for key, item in odd.items() if item is not None}
    stay = stay_of(intake, lab("a", 1.0, 1), odd)
    assert findings(stay) == set()
    assert len(stay.remarks) == 1


def hl7_stay(intake: Intake, *labs: str) -> Encounter:
    note = hl7_document("T02", TEXT, at="20260503100000-0500", sent="20260503100000-0500")
    return encounter_from_messages([parse_message(text) for text in (note, *labs)], intake)


def hl7_lab(number: str, value: str, day: int, sent_day: int | None = None, **more: str) -> str:
    at = f"2026050{day}060000-0500"
    sent = f"2026050{sent_day or day}070000-0500"
    return message("ORU^R01", order(number, at=at), result(value, at=at, **more), sent=sent)


def test_the_same_holds_for_hl7_results(intake: Intake) -> None:
    first, second = hl7_lab("F1", "1.0", 1), hl7_lab("F2", "2.2", 3)
    assert findings(hl7_stay(intake, first, second)) == {KIDNEY}
    assert findings(hl7_stay(intake, second, first)) == {KIDNEY}
    metric = hl7_lab("F2", "194.5", 3, unit="umol/L")
    assert findings(hl7_stay(intake, first, metric)) == {KIDNEY}
    corrected = hl7_lab("F2", "1.1", 3, sent_day=4, status="C")
    assert findings(hl7_stay(intake, first, corrected, second)) == set()
    withdrawn = hl7_lab("F2", "", 3, sent_day=4, status="D")
    assert findings(hl7_stay(intake, first, second, withdrawn)) == set()
