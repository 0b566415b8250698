from __future__ import annotations

import base64
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from fhir_bundles import (
    HEMOGLOBIN,
    POTASSIUM,
    bundle,
    document,
    encounter,
    loinc,
    observation,
    patient,
    practitioner,
    quantity,
    reference,
)

from cdi.domain.encounter import (
    Capacity,
    Encounter,
    MedicationKind,
    NoteStatus,
    ObservationStatus,
    Problem,
    RemarkKind,
    Role,
)
from cdi.errors import InputError
from cdi.interop.fhir import read_bundle
from cdi.interop.mapping import Intake, load_intake

CENTRAL = timezone(timedelta(hours=-5))


@pytest.fixture(scope="module")
def intake() -> Intake:
    return load_intake()


def read(data: dict[str, Any], intake: Intake) -> Encounter:
    """Read a bundle of one stay in which nothing is invalid."""
    problems: list[InputError] = []
    (stay,) = read_bundle(data, intake, problems.append)
    assert problems == []
    return stay


def remarks(stay: Encounter) -> list[tuple[RemarkKind, str, str]]:
    return [(remark.kind, remark.item, remark.subject) for remark in stay.remarks]


def test_patient_and_stay_are_read(intake: Intake) -> None:
    visit = encounter(
        status="finished",
        identifier=[{"value": "MRN-1"}, {"type": {"coding": [{"code": "VN"}]}, "value": "V77"}],
        period={"start": "2026-05-01T08:00:00-05:00", "end": "2026-05-06T15:30:00-05:00"},
        serviceType={"text": "Cardiology"},
        location=[{"location": {"display": "ED"}}, {"location": reference("Location/l1")}],
    )
    place = {"resourceType": "Location", "id": "l1", "name": "7 West"}
    data = bundle()
    data["entry"] = [{"resource": item} for item in (patient(), visit, place)]
    stay = read(data, intake)
    assert stay.id == "e1"
    assert stay.source == "b1"
    assert stay.visit_number == "V77"
    assert stay.visit_class == "IMP"
    assert (stay.unit, stay.service) == ("7 West", "Cardiology")
    assert stay.admitted_at == datetime(2026, 5, 1, 8, tzinfo=CENTRAL)
    assert stay.discharged_at == datetime(2026, 5, 6, 15, 30, tzinfo=CENTRAL)
    assert stay.patient is not None
    assert stay.patient.name == "Ottoline Quillfeather"
    assert (stay.patient.birth_date, stay.patient.sex) == (date(1950, 2, 3), "female")


def test_a_plain_document_keeps_every_character(intake: Intake) -> None:
    text = "HPI:\r\n  Café au lait,\ttwice.\n"
    (note,) = read(bundle(document(text)), intake).notes
    assert note.text == text
    assert (note.id, note.source, note.loinc) == ("d1", "DocumentReference/d1", "11506-3")
    assert note.recorded_at == datetime(2026, 5, 2, 9, tzinfo=CENTRAL)


def test_windows_1252_text_is_read(intake: Intake) -> None:
    (note,) = read(bundle(document("38 °C".encode("cp1252"))), intake).notes
    assert note.text == "38 °C"


def test_html_becomes_lines_without_markup(intake: Intake) -> None:
    markup = (
        "<html><head><title>x</title><style>p {color: red}</style></head><body><h1>Plan</h1>"
        "<ul><li>Stop &amp; watch</li><li>K&nbsp;3.9</li></ul>"
        "<table><tr><td>Na</td><td>138</td></tr></table><pre>a  b\nc</pre></body></html>"
    )
    (note,) = read(bundle(document(markup, content_type="text/html; charset=utf-8")), intake).notes
    assert note.text == "Plan\n\n- Stop & watch\n\n- K\xa03.9\n\nNa 138\n\na  b\nc"


def test_the_text_of_a_document_may_stand_in_a_binary(intake: Intake) -> None:
    binary = {
        "resourceType": "Binary",
        "id": "bin1",
        "contentType": "text/plain",
        "data": base64.b64encode(b"From the archive.").decode(),
    }
    pointing = document(content=[{"attachment": {"url": "Binary/bin1"}}])
    (note,) = read(bundle(pointing, binary), intake).notes
    assert note.text == "From the archive."


@pytest.mark.parametrize(
    ("attachment", "message"),
    [
        ({"url": "Binary/none"}, "neither data nor a Binary of this bundle"),
        ({"contentType": "application/pdf", "data": "aGk="}, "expected text/plain or text/html"),
    ],
)
def test_a_document_without_readable_text_is_remarked(
    intake: Intake, attachment: dict[str, str], message: str
) -> None:
    stay = read(bundle(document(content=[{"attachment": attachment}])), intake)
    assert stay.notes == ()
    (remark,) = stay.remarks
    assert remark.kind is RemarkKind.UNREADABLE
    assert remark.item == "DocumentReference/d1"
    assert remark.subject == "DocumentReference.content[0].attachment"
    assert remark.message == message


@pytest.mark.parametrize(
    ("words", "role"),
    [
        ("MD, Hospitalist", Role.PROVIDER),
        ("APRN, Wound care", Role.PROVIDER),
        ("PA-C", Role.PROVIDER),
        ("vascular neurologist", Role.PROVIDER),
        ("interventional radiologist", Role.PROVIDER),
        ("RN", Role.NURSING),
        ("Cardiology RN", Role.NURSING),
        ("RDN, Dietitian", Role.DIETITIAN),
        ("radiologist", Role.RADIOLOGY),
        ("pathologist", Role.PATHOLOGY),
        ("speech-language pathologist", Role.OTHER),
        ("medical student", Role.OTHER),
        ("PharmD", Role.OTHER),
    ],
)
def test_the_practitioner_role_tells_who_may_document(
    intake: Intake, words: str, role: Role
) -> None:
    people = practitioner("reed", words)
    (note,) = read(bundle(*people, document(author="Practitioner/reed")), intake).notes
    assert note.role is role
    assert (note.author, note.author_id, note.specialty) == (
        "Ilka Reed",
        "Practitioner/reed",
        words,
    )


def test_a_taxonomy_code_tells_the_role(intake: Intake) -> None:
    coded = {"coding": [{"system": "http://nucc.org/provider-taxonomy", "code": "163W00000X"}]}
    people = practitioner("reed", "Ward 3", specialty=[coded])
    (note,) = read(bundle(*people, document(author="PractitionerRole/reed-role")), intake).notes
    assert note.role is Role.NURSING
    assert note.author_id == "Practitioner/reed"


def test_an_author_outside_the_bundle_is_known_by_what_is_displayed(intake: Intake) -> None:
    shown = {
        **document(),
        "author": [reference("Practitioner/9", "Ada Marsh, MD, Nephrology")],
    }
    (note,) = read(bundle(shown), intake).notes
    assert (note.author, note.specialty, note.role) == (
        "Ada Marsh",
        "MD, Nephrology",
        Role.PROVIDER,
    )


@pytest.mark.parametrize(
    ("kind", "title", "role"),
    [
        ("34746-8", "", Role.NURSING),
        ("11506-3", "", Role.PROVIDER),
        ("11488-4", "Nutrition assessment", Role.DIETITIAN),
        ("18748-4", "CT head", Role.RADIOLOGY),
        ("11526-1", "", Role.PATHOLOGY),
    ],
)
def test_the_kind_of_document_tells_the_role_of_an_unknown_author(
    intake: Intake, kind: str, title: str, role: Role
) -> None:
    (note,) = read(bundle(document(type=loinc(kind, title))), intake).notes
    assert note.role is role


def test_an_imaging_report_is_radiology_whoever_signed(intake: Intake) -> None:
    people = practitioner("reed", "MD, Cardiology")
    report = document(kind="18748-4", author="Practitioner/reed")
    (note,) = read(bundle(*people, report), intake).notes
    assert note.role is Role.RADIOLOGY


def test_a_note_of_nobody_known_is_no_documentation_and_is_remarked(intake: Intake) -> None:
    stay = read(bundle(document(type={"text": "Memo"})), intake)
    assert stay.notes[0].role is Role.OTHER
    assert remarks(stay) == [(RemarkKind.UNKNOWN_AUTHOR, "DocumentReference/d1", "author")]


def test_the_attending_is_whom_the_encounter_names(intake: Intake) -> None:
    attender = {
        "type": [{"coding": [{"code": "ATND"}]}],
        "individual": reference("PractitionerRole/reed-role"),
    }
    data = bundle(
        *practitioner("reed", "MD"),
        *practitioner("marsh", "MD"),
        document(author="Practitioner/reed"),
        document(id="d2", kind="34117-2", author="Practitioner/marsh"),
        document(id="d3", kind="11488-4", author="Practitioner/marsh"),
    )
    data["entry"][1] = {"resource": encounter(participant=[attender])}
    notes = {note.id: note.capacity for note in read(data, intake).notes}
    assert notes == {
        "d1": Capacity.ATTENDING,
        "d2": Capacity.CONSULTING,
        "d3": Capacity.CONSULTING,
    }


def test_without_a_named_attending_who_signs_the_admission_is_it(intake: Intake) -> None:
    data = bundle(
        *practitioner("reed", "MD"),
        *practitioner("marsh", "MD"),
        *practitioner("birch", "RN"),
        document(id="d1", kind="34117-2", author="Practitioner/reed"),
        document(id="d2", kind="11506-3", author="Practitioner/reed"),
        document(id="d3", kind="11488-4", author="Practitioner/marsh"),
        document(id="d4", kind="34746-8", author="Practitioner/birch"),
    )
    assert [note.capacity for note in read(data, intake).notes] == [
        Capacity.ATTENDING,
        Capacity.ATTENDING,
        Capacity.CONSULTING,
        None,
    ]


def test_a_replacement_supersedes_and_an_addendum_adds(intake: Intake) -> None:
    def related(code: str, to: str) -> list[dict[str, Any]]:
        return [{"code": code, "target": reference(f"DocumentReference/{to}")}]

    data = bundle(
        document(
            "Third.", id="d3", date="2026-05-02T12:00:00Z", relatesTo=related("replaces", "d2")
        ),
        document("First.", id="d1", date="2026-05-02T10:00:00Z"),
        document(
            "Second.", id="d2", date="2026-05-02T11:00:00Z", relatesTo=related("replaces", "d1")
        ),
        document("More.", id="d4", date="2026-05-02T13:00:00Z", relatesTo=related("appends", "d3")),
    )
    notes = read(data, intake).notes
    assert [(n.id, n.status, n.version, n.replaces, n.appends_to) for n in notes] == [
        ("d1", NoteStatus.SUPERSEDED, 1, "", ""),
        ("d2", NoteStatus.SUPERSEDED, 2, "d1", ""),
        ("d3", NoteStatus.FINAL, 3, "d2", ""),
        ("d4", NoteStatus.FINAL, 1, "", "d3"),
    ]


@pytest.mark.parametrize("status", ["entered-in-error", "current"])
def test_a_note_entered_in_error_was_retracted_at_its_last_change(
    status: str, intake: Intake
) -> None:
    changed = "2026-05-03T10:00:00Z"
    data = bundle(document("Words.", id="d1", status=status, meta={"lastUpdated": changed}))
    (note,) = read(data, intake).notes
    expected = datetime(2026, 5, 3, 10, tzinfo=UTC) if status == "entered-in-error" else None
    assert note.retracted_at == expected


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"status": "entered-in-error"}, NoteStatus.RETRACTED),
        ({"docStatus": "entered-in-error"}, NoteStatus.RETRACTED),
        ({"status": "superseded"}, NoteStatus.SUPERSEDED),
        ({"docStatus": "preliminary"}, NoteStatus.PRELIMINARY),
        ({"docStatus": "amended"}, NoteStatus.AMENDED),
        ({}, NoteStatus.FINAL),
    ],
)
def test_the_status_of_a_document_is_kept(
    intake: Intake, changes: dict[str, str], status: NoteStatus
) -> None:
    assert read(bundle(document(**changes)), intake).notes[0].status is status


@pytest.mark.parametrize(
    ("category", "role"),
    [("RAD", Role.RADIOLOGY), ("PAT", Role.PATHOLOGY), ("LAB", Role.OTHER)],
)
def test_the_narrative_of_a_report_is_a_note_by_its_category(
    intake: Intake, category: str, role: Role
) -> None:
    report = {
        "resourceType": "DiagnosticReport",
        "id": "r1",
        "status": "final",
        "category": [{"coding": [{"code": category}]}],
        "code": {"text": "A report"},
        "subject": reference("Patient/p1"),
        "issued": "2026-05-02T10:00:00Z",
        "presentedForm": [{"contentType": "text/plain", "data": "Q2xlYXIu"}],
        "conclusion": "Not needed.",
    }
    (note,) = read(bundle(report), intake).notes
    assert (note.text, note.kind, note.role) == ("Clear.", "A report", role)


def test_a_quantity_is_an_observation_of_its_analyte(intake: Intake) -> None:
    (value,) = read(bundle(observation(97, "umol/L")), intake).observations
    assert (value.analyte, value.value, value.unit) == ("creatinine", 97, "umol/L")
    assert value.observed_at == datetime(2026, 5, 1, 9, tzinfo=CENTRAL)
    assert value.recorded_at == datetime(2026, 5, 1, 9, 40, tzinfo=CENTRAL)
    assert (value.loinc, value.source) == ("2160-0", "Observation/o1")


def test_components_are_observations_of_their_own(intake: Intake) -> None:
    pressure = observation(
        None,
        code="85354-9",
        component=[
            {"code": loinc("8480-6"), "valueQuantity": quantity(121, "mm[Hg]")},
            {"code": loinc("8462-4"), "valueQuantity": quantity(77, "mm[Hg]")},
        ],
    )
    stay = read(bundle(pressure), intake)
    assert [(o.id, o.value) for o in stay.observations] == [
        ("o1.component[0]", 121),
        ("o1.component[1]", 77),
    ]
    assert stay.remarks == ()


def test_a_result_in_words_is_kept_as_text(intake: Intake) -> None:
    (value,) = read(bundle(observation(None, valueString="hemolyzed")), intake).observations
    assert (value.value, value.text) == (None, "hemolyzed")


def test_a_bound_keeps_its_comparator(intake: Intake) -> None:
    bound = observation(valueQuantity=quantity(0.3, "mg/dL", comparator="<"))
    assert read(bundle(bound), intake).observations[0].comparator == "<"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("preliminary", ObservationStatus.PRELIMINARY),
        ("corrected", ObservationStatus.CORRECTED),
        ("amended", ObservationStatus.CORRECTED),
        ("cancelled", ObservationStatus.CANCELLED),
        ("entered-in-error", ObservationStatus.ENTERED_IN_ERROR),
    ],
)
def test_the_status_of_an_observation_is_kept(
    intake: Intake, status: str, expected: ObservationStatus
) -> None:
    assert read(bundle(observation(status=status)), intake).observations[0].status is expected


def test_observations_come_out_in_the_order_of_their_times(intake: Intake) -> None:
    late = observation(id="late", effectiveDateTime="2026-05-03T06:00:00-05:00")
    early = observation(id="early", effectiveDateTime="2026-05-02T06:00:00-05:00")
    stay = read(bundle(late, early), intake)
    assert [value.id for value in stay.observations] == ["early", "late"]


@pytest.mark.parametrize(
    ("data", "kind", "subject"),
    [
        (observation(unit="furlong"), RemarkKind.UNKNOWN_UNIT, "creatinine furlong"),
        (observation(unit="mmHg"), RemarkKind.UNKNOWN_UNIT, "creatinine mmHg"),
        (observation(412), RemarkKind.IMPOSSIBLE_VALUE, "creatinine"),
        (observation(-1), RemarkKind.IMPOSSIBLE_VALUE, "creatinine"),
        (observation(code="99999-9"), RemarkKind.UNMAPPED_CODE, "99999-9 Test result"),
        (
            observation(effectiveDateTime=None, issued=None),
            RemarkKind.MISSING_TIME,
            "creatinine",
        ),
        (
            observation(effectiveDateTime="2026-05-01", issued=None),
            RemarkKind.MISSING_TIME,
            "creatinine",
        ),
    ],
)
def test_what_no_rule_may_use_is_set_aside_and_remarked(
    intake: Intake, data: dict[str, Any], kind: RemarkKind, subject: str
) -> None:
    stay = read(bundle(data), intake)
    assert stay.observations == ()
    assert [value.id for value in stay.set_aside] == ["o1"]
    assert remarks(stay) == [(kind, "Observation/o1", subject)]


def test_orders_doses_and_prescriptions_are_told_apart(intake: Intake) -> None:
    def drug(kind: str, identifier: str, **more: Any) -> dict[str, Any]:
        return {
            "resourceType": kind,
            "id": identifier,
            "status": "completed",
            "medicationCodeableConcept": {"text": "furosemide"},
            "subject": reference("Patient/p1"),
            **more,
        }

    written = {"intent": "order", "authoredOn": "2026-05-01T10:00:00Z"}
    given = {
        "effectivePeriod": {"start": "2026-05-01T11:00:00Z", "end": "2026-05-01T12:00:00Z"},
        "dosage": {"text": "40 mg IV once", "route": {"text": "IV"}},
    }
    home = {"category": [{"coding": [{"code": "community"}]}]}
    data = bundle(
        drug("MedicationRequest", "m1", **written),
        drug("MedicationRequest", "m2", **written, **home),
        drug("MedicationAdministration", "m1", **given),
        {**drug("MedicationAdministration", "m4", **given), "status": "not-done"},
        {**drug("MedicationRequest", "m5", **written), "status": "entered-in-error"},
    )
    doses = {medication.id: medication for medication in read(data, intake).medications}
    assert {key: item.kind for key, item in doses.items()} == {
        "m1": MedicationKind.ADMINISTERED,
        "MedicationRequest/m1": MedicationKind.ORDERED,
        "m2": MedicationKind.PRESCRIBED,
    }
    assert (doses["m1"].dose, doses["m1"].route) == ("40 mg IV once", "IV")
    assert doses["m1"].started_at == datetime(2026, 5, 1, 11, tzinfo=UTC)
    assert doses["m1"].ended_at == datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_listed_problems_and_procedures_are_kept_apart_from_notes(intake: Intake) -> None:
    condition = {
        "resourceType": "Condition",
        "id": "c1",
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "category": [{"coding": [{"code": "problem-list-item"}]}],
        "code": {
            "text": "Gout",
            "coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "M10.9"}],
        },
        "subject": reference("Patient/p1"),
        "recordedDate": "2019-01-05",
    }
    refuted = {
        **condition,
        "id": "c2",
        "verificationStatus": {"coding": [{"code": "refuted"}]},
    }
    done = {
        "resourceType": "Procedure",
        "id": "x1",
        "status": "completed",
        "code": {"text": "Paracentesis"},
        "subject": reference("Patient/p1"),
        "performedDateTime": "2026-05-02T10:00:00Z",
    }
    stay = read(
        bundle(condition, refuted, done, {**done, "id": "x2", "status": "not-done"}), intake
    )
    assert stay.problems == (
        Problem("c1", "Gout", "M10.9", "problem-list-item", "active", date(2019, 1, 5)),
    )
    assert [(item.id, item.name) for item in stay.procedures] == [("x1", "Paracentesis")]
    assert stay.notes == ()


def test_references_by_full_url_are_found(intake: Intake) -> None:
    people = practitioner("reed", "RN")
    people[1]["practitioner"] = reference("urn:uuid:0f5d")
    data = bundle(people[1], document(author="urn:uuid:0f5d"))
    del people[0]["id"]
    data["entry"].append({"fullUrl": "urn:uuid:0f5d", "resource": people[0]})
    (note,) = read(data, intake).notes
    assert (note.role, note.author) == (Role.NURSING, "Ilka Reed")


def test_each_resource_goes_to_its_own_stay(intake: Intake) -> None:
    second = encounter(
        id="e2", period={"start": "2026-06-01T08:00:00Z", "end": "2026-06-03T08:00:00Z"}
    )
    elsewhere = {"encounter": [reference("Encounter/e2")]}
    data = bundle(
        second,
        document(),
        document(id="d2", context=elsewhere),
        observation(encounter=None, effectiveDateTime="2026-06-02T08:00:00Z"),
    )
    problems: list[InputError] = []
    stays = read_bundle(data, intake, problems.append)
    assert [(s.id, [n.id for n in s.notes], len(s.observations)) for s in stays] == [
        ("e1", ["d1"], 0),
        ("e2", ["d2"], 1),
    ]


def test_another_patients_resource_is_left_out_and_remarked(intake: Intake) -> None:
    foreign = observation(subject=reference("Patient/p2"), encounter=None)
    stay = read(bundle(foreign), intake)
    assert stay.observations == ()
    assert remarks(stay) == [(RemarkKind.UNREADABLE, "Observation/o1", "Observation.subject")]


def test_a_bundle_without_an_encounter_is_one_stay(intake: Intake) -> None:
    data = bundle()
    data["entry"] = [{"resource": patient()}, {"resource": document(context=None)}]
    del data["entry"][1]["resource"]["context"]
    stay = read(data, intake)
    assert (stay.id, len(stay.notes)) == ("b1", 1)


@pytest.mark.parametrize(
    ("broken", "place"),
    [
        ({"code": 5}, "entry[3].resource.code"),
        ({"status": "bogus"}, "entry[3].resource.status"),
        ({"status": None}, "entry[3].resource.status"),
        ({"effectiveDateTime": "yesterday"}, "entry[3].resource.effectiveDateTime"),
        (
            {"valueQuantity": {"value": "a lot"}},
            "entry[3].resource.valueQuantity.value",
        ),
        ({"surprise": 1}, "entry[3].resource.surprise"),
    ],
)
def test_an_invalid_resource_is_named_and_costs_nothing_else(
    intake: Intake, broken: dict[str, Any], place: str
) -> None:
    problems: list[InputError] = []
    data = bundle(observation(4.1, "mmol/L", POTASSIUM), observation(id="o2", code=HEMOGLOBIN))
    data["entry"][3]["resource"] = {**data["entry"][3]["resource"], **broken}
    (stay,) = read_bundle(data, intake, problems.append, name="feed.json")
    assert [value.id for value in stay.observations] == ["o1"]
    assert [problem.source for problem in problems] == ["feed.json"]
    assert str(problems[0].field).startswith(place)
    assert [(r.kind, r.item) for r in stay.remarks] == [(RemarkKind.UNREADABLE, "Observation/o2")]


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"resourceType": "Patient"}, "resourceType"),
        ({"resourceType": "Bundle", "entry": {}}, "entry"),
        ({"resourceType": "Bundle", "type": "collection"}, "entry"),
    ],
)
def test_what_is_no_bundle_is_refused_by_name(
    intake: Intake, data: dict[str, Any], field: str
) -> None:
    with pytest.raises(InputError) as caught:
        read_bundle(data, intake, lambda _: None, name="feed.json")
    assert (caught.value.source, caught.value.field) == ("feed.json", field)
