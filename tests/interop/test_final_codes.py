"""Final codes from a table and from a bundle; each fault named by row and field."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdi.domain.coding import FinalCode, FinalCoding
from cdi.domain.query import PresentOnAdmission
from cdi.errors import InputError
from cdi.interop.final_codes import read_final_codes

TABLE = """Encounter,Code,POA,Description
E-1,I50.31,Y,first
E-1,N179,N,second
E-2,D62,1,third
"""


def read(content: str | dict[str, Any]) -> tuple[tuple[FinalCoding, ...], list[str]]:
    problems: list[InputError] = []
    text = content if isinstance(content, str) else json.dumps(content)
    found = read_final_codes(text.encode(), problems.append, name="codes")
    return found, [str(problem) for problem in problems]


def test_a_table_gives_the_codes_of_each_stay_in_their_order() -> None:
    found, problems = read(TABLE)
    assert problems == []
    assert found == (
        FinalCoding(
            "E-1",
            (
                FinalCode("I50.31", PresentOnAdmission.YES, "row 2"),
                FinalCode("N17.9", PresentOnAdmission.NO, "row 3"),
            ),
        ),
        FinalCoding("E-2", (FinalCode("D62", None, "row 4"),)),
    )


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters_headings_and_marks_are_understood(delimiter: str) -> None:
    text = "\ufeff" + delimiter.join(("visit_number", "dx")) + f"\r\nE-1{delimiter}d62\r\n\r\n"
    found, problems = read(text)
    assert (found, problems) == ((FinalCoding("E-1", (FinalCode("D62", None, "row 2"),)),), [])


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("E-1,heart,Y", "codes:3: code: not of the form of an ICD-10-CM code, such as I50.23"),
        ("E-1,,Y", "codes:3: code: is empty"),
        ("E-1,N17.9,maybe", "codes:3: poa: expected Y, N, U, W, or nothing"),
        ("E-1,I50.31,Y", "codes:3: code: the stay has this code already"),
        (",N17.9,Y", "codes:3: encounter: is empty"),
    ],
)
def test_a_fault_is_named_by_row_and_column_and_leaves_only_its_stay_out(
    row: str, message: str
) -> None:
    found, problems = read(f"encounter,code,poa\nE-1,I50.31,Y\n{row}\nE-2,D62,\n")
    assert len(problems) == 1
    assert problems[0].startswith(message)
    left = ["E-2"] if row.startswith("E-1") else ["E-1", "E-2"]
    assert [coding.stay for coding in found] == left


def test_a_fault_does_not_repeat_what_the_cell_holds() -> None:
    _, problems = read("encounter,code\nE-1,Jordan Example has pneumonia\n")
    assert "Jordan" not in problems[0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "codes: the file is empty"),
        ("Jordan Example,1950\n", "codes:1: no column `encounter`"),
        ("encounter,name\n", "codes:1: no column `code`"),
        ("{", "codes: begins like JSON and is none"),
        ("{}", "codes: resourceType: expected a `Bundle`"),
        ('{"resourceType": "Bundle", "entry": []}', "codes: entry: holds neither Claim nor"),
    ],
)
def test_a_file_that_is_none_is_refused_without_repeating_it(content: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read(content)
    assert str(caught.value).startswith(message)
    assert "Jordan" not in str(caught.value)


def concept(code: str) -> dict[str, Any]:
    system = "http://hl7.org/fhir/sid/icd-10-cm"
    return {"coding": [{"system": "urn:other", "code": "x"}, {"system": system, "code": code}]}


def claim(*diagnoses: dict[str, Any], encounter: str = "Encounter/E-1") -> dict[str, Any]:
    reference = {"reference": "Patient/1"}
    return {
        "resourceType": "Claim",
        "status": "active",
        "type": {"text": "institutional"},
        "use": "claim",
        "patient": reference,
        "created": "2026-06-05",
        "provider": {"display": "General Hospital"},
        "priority": {"text": "normal"},
        "insurance": [{"sequence": 1, "focal": True, "coverage": {"display": "none"}}],
        "diagnosis": list(diagnoses),
        "item": [
            {
                "sequence": 1,
                "productOrService": {"text": "stay"},
                "encounter": [{"reference": encounter}],
            }
        ],
    }


def diagnosis(sequence: int, code: str, mark: str = "") -> dict[str, Any]:
    made: dict[str, Any] = {"sequence": sequence, "diagnosisCodeableConcept": concept(code)}
    if mark:
        made["onAdmission"] = {"coding": [{"code": mark}]}
    return made


def condition(code: str, category: str = "encounter-diagnosis", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Condition",
        "subject": {"reference": "Patient/1"},
        "encounter": {"reference": "Encounter/E-2"},
        "category": [{"coding": [{"code": category}]}],
        "code": concept(code),
        **more,
    }


def bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    entries = [{"resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def test_a_claim_gives_its_diagnoses_in_their_sequence() -> None:
    found, problems = read(bundle(claim(diagnosis(2, "N17.9", "n"), diagnosis(1, "I50.31", "y"))))
    assert problems == []
    assert found == (
        FinalCoding(
            "E-1",
            (
                FinalCode("I50.31", PresentOnAdmission.YES, "entry[0].resource.diagnosis[1]"),
                FinalCode("N17.9", PresentOnAdmission.NO, "entry[0].resource.diagnosis[0]"),
            ),
        ),
    )


def test_conditions_count_but_not_those_of_problem_lists_or_refuted_ones() -> None:
    refuted = {"verificationStatus": {"coding": [{"code": "refuted"}]}}
    found, problems = read(
        bundle(
            {"resourceType": "Patient"},
            condition("D62"),
            condition("D62"),
            condition("E11.9", "problem-list-item"),
            condition("I10", **refuted),
        )
    )
    assert problems == []
    assert [(one.stay, [code.code for code in one.codes]) for one in found] == [("E-2", ["D62"])]


@pytest.mark.parametrize(
    ("resource", "message"),
    [
        (
            claim(diagnosis(1, "heart")),
            "codes: entry[0].resource.diagnosis[0].diagnosisCodeableConcept: no code of the form",
        ),
        (
            claim(diagnosis(1, "D62", "perhaps")),
            "codes: entry[0].resource.diagnosis[0].onAdmission: expected y, n, u, w or 1",
        ),
        (
            claim(diagnosis(1, "D62"), encounter=""),
            "codes: entry[0].resource.item[0].encounter[0].reference: is not valid",
        ),
        (
            {**claim(diagnosis(1, "D62")), "item": []},
            "codes: entry[0].resource.item: no item names an encounter",
        ),
        (
            {k: v for k, v in claim(diagnosis(1, "D62")).items() if k != "provider"},
            "codes: entry[0].resource.provider: is required",
        ),
        (
            condition("D62", encounter=None),
            "codes: entry[0].resource.encounter: names no encounter",
        ),
    ],
)
def test_a_fault_in_a_bundle_is_named_by_its_element(
    resource: dict[str, Any], message: str
) -> None:
    found, problems = read(bundle(resource, condition("D62")))
    assert len(problems) == 1
    assert problems[0].startswith(message)
    assert [one.stay for one in found] == ["E-2"]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with suppress(InputError):
        assert all(coding.codes for coding in read_final_codes(content, lambda _: None))
