from __future__ import annotations

import base64
import string
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import hl7 as reference_reader
import pytest
from hl7_messages import document, message, movement, order, result
from hypothesis import given
from hypothesis import strategies as st

from cdi.domain.encounter import (
    Capacity,
    Encounter,
    NoteStatus,
    ObservationStatus,
    Problem,
    RemarkKind,
    Role,
)
from cdi.errors import InputError
from cdi.interop.hl7 import (
    Header,
    Refusal,
    acknowledge,
    check_message,
    decode_message,
    encounter_from_messages,
    parse_message,
)
from cdi.interop.hl7.message import Separators, unescape
from cdi.interop.mapping import Intake, load_intake

CENTRAL = timezone(timedelta(hours=-5))
ZONE = ZoneInfo("UTC")


@pytest.fixture(scope="module")
def intake() -> Intake:
    return load_intake()


def stay(intake: Intake, *texts: str) -> Encounter:
    """Return the stay of some messages, each checked as the listener does."""
    messages = [parse_message(text) for text in texts]
    for item in messages:
        check_message(item, ZONE)
    return encounter_from_messages(messages, intake)


def later(hours: int) -> str:
    return f"202605021{hours}0000-0500"


def test_admission_update_and_discharge_make_the_stay(intake: Intake) -> None:
    leave = "EVN|A03|20260505150000-0500"
    found = stay(
        intake,
        movement("A01"),
        message("ADT^A08", "EVN|A08|20260502120000-0500", "DG1|1||I10^Hypertension^I10C"),
        message("ADT^A03", leave, sent="20260505150100-0500"),
    )
    assert (found.id, found.visit_number, found.visit_class) == ("V77", "V77", "I")
    assert (found.unit, found.service) == ("7W", "CAR")
    assert found.admitted_at == datetime(2026, 5, 1, 8, tzinfo=CENTRAL)
    assert found.discharged_at == datetime(2026, 5, 5, 15, tzinfo=CENTRAL)
    assert found.problems == (Problem("DG1 I10", "Hypertension", "I10", "encounter-diagnosis"),)
    assert found.patient is not None
    assert (found.patient.id, found.patient.name) == ("M1", "Ottoline Quillfeather")
    assert found.patient.sex == "female"


def test_a_cancelled_discharge_leaves_the_stay_open(intake: Intake) -> None:
    found = stay(
        intake,
        movement("A03", sent=later(3)),
        movement("A13", sent=later(4)),
    )
    assert found.discharged_at is None


def test_an_original_document_is_a_note_of_its_author(intake: Intake) -> None:
    (note,) = stay(intake, document("T02", "Line one.\nLine two.")).notes
    assert note.text == "Line one.\nLine two."
    assert (note.id, note.kind, note.author) == ("D1", "Progress note", "Ilka Reed")
    assert (note.author_id, note.specialty, note.role) == ("A1", "MD", Role.PROVIDER)
    assert note.capacity is Capacity.ATTENDING
    assert note.recorded_at == datetime(2026, 5, 2, 9, tzinfo=CENTRAL)
    assert note.status is NoteStatus.FINAL


def test_a_nurse_is_no_provider(intake: Intake) -> None:
    (note,) = stay(intake, document("T02", author="N1^Birch^Ada^^^^RN")).notes
    assert note.role is Role.NURSING


def test_an_unsigned_document_is_preliminary_until_it_is_signed(intake: Intake) -> None:
    draft = document("T02", status="DI")
    (note,) = stay(intake, draft).notes
    assert note.status is NoteStatus.PRELIMINARY
    (note,) = stay(intake, draft, document("T04", status="LA", sent=later(3))).notes
    assert (note.id, note.status, note.version) == ("D1", NoteStatus.FINAL, 1)


def test_an_edit_supersedes_the_version_before(intake: Intake) -> None:
    notes = stay(intake, document("T02", "Old."), document("T08", "New.", sent=later(3))).notes
    assert [(n.id, n.text, n.status, n.version, n.replaces) for n in notes] == [
        ("D1", "Old.", NoteStatus.SUPERSEDED, 1, ""),
        ("D1#2", "New.", NoteStatus.FINAL, 2, "D1"),
    ]


def test_a_replacement_supersedes_its_parent(intake: Intake) -> None:
    replacement = document("T10", "New.", number="D2", parent="D1", sent=later(3))
    notes = stay(intake, replacement, document("T02", "Old.")).notes
    assert [(n.id, n.status, n.version, n.replaces) for n in notes] == [
        ("D1", NoteStatus.SUPERSEDED, 1, ""),
        ("D2", NoteStatus.FINAL, 2, "D1"),
    ]


def test_an_addendum_adds_and_the_parent_stays(intake: Intake) -> None:
    addendum = document("T06", "More.", number="D2", parent="D1", sent=later(3))
    notes = stay(intake, document("T02"), addendum).notes
    assert [(n.id, n.status, n.appends_to) for n in notes] == [
        ("D1", NoteStatus.FINAL, ""),
        ("D2", NoteStatus.FINAL, "D1"),
    ]


def test_a_cancelled_document_is_retracted(intake: Intake) -> None:
    cancelled = document("T11", text="", sent=later(3))
    (note,) = stay(intake, document("T02"), cancelled).notes
    assert note.status is NoteStatus.RETRACTED
    assert note.retracted_at is not None
    assert note.recorded_at is not None
    assert note.retracted_at > note.recorded_at


@pytest.mark.parametrize(
    ("kind", "data", "text"),
    [
        ("HTML", b"<p>Clear &amp; dry</p>", "Clear & dry"),
        ("PLAIN", b"Clear", "Clear"),
    ],
)
def test_encapsulated_text_is_read(intake: Intake, kind: str, data: bytes, text: str) -> None:
    encoded = base64.b64encode(data).decode()
    details = "TXA|1|DS|TX|20260502090000-0500||||||||D1|||||AU"
    inside = f"OBX|1|ED|||^TEXT^{kind}^Base64^{encoded}||||||F"
    (note,) = stay(intake, message("MDM^T02", details, inside)).notes
    assert (note.text, note.kind) == (text, "Discharge summary")


def test_an_encapsulated_pdf_is_remarked(intake: Intake) -> None:
    details = "TXA|1|DS|TX|20260502090000-0500||||||||D1|||||AU"
    inside = "OBX|1|ED|||^AP^PDF^Base64^aGk=||||||F"
    found = stay(intake, message("MDM^T02", details, inside))
    assert found.notes == ()
    assert [(r.kind, r.item, r.subject) for r in found.remarks] == [
        (RemarkKind.UNREADABLE, "document D1", "OBX-5")
    ]


def test_results_are_observations_of_their_analytes(intake: Intake) -> None:
    (value,) = stay(intake, message("ORU^R01", order(), result())).observations
    assert (value.analyte, value.value, value.unit) == ("creatinine", 1.4, "mg/dL")
    assert (value.loinc, value.category) == ("2160-0", "laboratory")
    assert value.observed_at == datetime(2026, 5, 2, 6, tzinfo=CENTRAL)
    assert value.recorded_at == datetime(2026, 5, 2, 12, tzinfo=CENTRAL)


@pytest.mark.parametrize(
    ("kind", "sent", "value", "comparator", "text"),
    [
        ("NM", "<0.3", 0.3, "<", ""),
        ("SN", ">^12.5", 12.5, ">", ""),
        ("ST", "2.2", 2.2, "", ""),
        ("ST", "hemolyzed", None, "", "hemolyzed"),
        ("CE", "POS^Positive^L", None, "", "Positive"),
    ],
)
def test_each_type_of_value_is_read(
    intake: Intake, kind: str, sent: str, value: float | None, comparator: str, text: str
) -> None:
    lab = message("ORU^R01", order(), result(sent, kind=kind))
    (found,) = stay(intake, lab).observations
    assert (found.value, found.comparator, found.text) == (value, comparator, text)


@pytest.mark.parametrize(
    ("section", "role"),
    [("RAD", Role.RADIOLOGY), ("SP", Role.PATHOLOGY), ("MB", Role.OTHER)],
)
def test_a_narrative_is_a_note_by_its_section(intake: Intake, section: str, role: Role) -> None:
    lines = [f"OBX|{n}|TX|X||{text}||||||F" for n, text in enumerate(("Lungs", "clear."), 1)]
    found = stay(intake, message("ORU^R01", order(section=section), *lines))
    assert [(n.text, n.role) for n in found.notes] == [("Lungs\nclear.", role)]
    assert found.observations == ()


def test_a_corrected_value_replaces_the_first_one(intake: Intake) -> None:
    wrong = message("ORU^R01", order(), result("9.4"))
    right = message("ORU^R01", order(), result("1.4", status="C"), sent=later(3))
    for arrival in ((wrong, right), (right, wrong)):
        (value,) = stay(intake, *arrival).observations
        assert (value.value, value.status) == (1.4, ObservationStatus.CORRECTED)


def test_a_withdrawn_value_counts_no_more(intake: Intake) -> None:
    first = message("ORU^R01", order(), result("9.4"))
    withdrawn = message("ORU^R01", order(), result("", status="W"), sent=later(3))
    (value,) = stay(intake, first, withdrawn).observations
    assert (value.value, value.status.counts) == (9.4, False)


def test_a_code_nobody_mapped_is_set_aside(intake: Intake) -> None:
    lab = message("ORU^R01", order(), result(code="GLUX^Glucose special^L"))
    found = stay(intake, lab)
    assert found.observations == ()
    assert [(r.kind, r.subject) for r in found.remarks] == [
        (RemarkKind.UNMAPPED_CODE, "GLUX Glucose special")
    ]


def test_messages_of_two_visits_are_no_stay(intake: Intake) -> None:
    other = parse_message(movement("A01").replace("V77", "V78"))
    with pytest.raises(InputError, match="PV1-19: expected the messages of one visit, not of 2"):
        encounter_from_messages([parse_message(movement("A01")), other], intake)


def test_the_header_tells_sender_kind_and_visit() -> None:
    found = check_message(parse_message(document("T02")), ZONE)
    assert found == Header("LAB|HOSP", "C1", "MDM^T02", "V77")


@pytest.mark.parametrize(
    ("text", "field", "answer"),
    [
        ("hello", "MSH", "AR"),
        ("MSHABC|x", "MSH-2", "AR"),
        (movement("A01").replace("ADT^A01", ""), "MSH-9", "AR"),
        (movement("A99"), "MSH-9", "AR"),
        (movement("A01").replace("|C1|", "||"), "MSH-10", "AR"),
        (movement("A01").replace("PID|", "pid "), "segment 2", "AE"),
        (movement("A01").replace("M1^^^HOSP^MR", ""), "PID-3", "AE"),
        (movement("A01").replace("V77", ""), "PV1-19", "AE"),
        (movement("A01").replace("20260501080000", "20261301080000"), "EVN-2", "AE"),
        (movement("A01").replace("20260502120000", "yesterday"), "MSH-7", "AE"),
        (document("T02", number=""), "TXA-12", "AE"),
        (document("T10"), "TXA-13", "AE"),
        (document("T02", text=""), "OBX-5", "AE"),
        (message("MDM^T02"), "TXA", "AE"),
        (message("ORU^R01"), "OBR", "AE"),
        (message("ORU^R01", order(), result(code="")), "OBX[1]-3", "AE"),
        (message("ORU^R01", order(), result(kind="QQ")), "OBX[1]-2", "AE"),
        (message("ORU^R01", order(), result(status="Q")), "OBX[1]-11", "AE"),
        (message("ORU^R01", order(), result("a lot")), "OBX[1]-5", "AE"),
    ],
)
def test_a_malformed_message_is_refused_by_field(text: str, field: str, answer: str) -> None:
    with pytest.raises(Refusal) as caught:
        check_message(parse_message(text), ZONE)
    assert (caught.value.field, caught.value.answer) == (field, answer)


def test_a_refusal_names_no_content() -> None:
    lab = message("ORU^R01", order(), result("Quillfeather"))
    with pytest.raises(Refusal) as caught:
        check_message(parse_message(lab), ZONE)
    assert str(caught.value) == "OBX[1]-5: not a number"


def test_the_answer_turns_sender_and_receiver_round() -> None:
    at = datetime(2026, 5, 2, 12, tzinfo=UTC)
    answer = acknowledge(movement("A01"), "AA", at, "K1")
    assert answer.split("\r") == [
        "MSH|^~\\&|CDI|HOSP|LAB|HOSP|20260502120000+0000||ACK^A01|K1|P|2.5.1",
        "MSA|AA|C1",
        "",
    ]


def test_a_refusing_answer_names_field_and_reason() -> None:
    at = datetime(2026, 5, 2, 12, tzinfo=UTC)
    refusal = Refusal("is required", field="PV1-19")
    answer = acknowledge(movement("A01"), "AE", at, "K1", refusal)
    assert answer.split("\r")[1:] == [
        "MSA|AE|C1|PV1-19: is required",
        "ERR||PV1-19|101^Required field missing^HL70357|E||||PV1-19: is required",
        "",
    ]


def test_even_garbage_gets_an_answer() -> None:
    at = datetime(2026, 5, 2, 12, tzinfo=UTC)
    refusal = Refusal("expected a message that begins with MSH", field="MSH", code="AR")
    assert "MSA|AR||MSH: expected" in acknowledge("\x00garbage", "AR", at, "K1", refusal)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (r"a\T\b\F\c\S\d\R\e\E\f", "a&b|c^d~e\\f"),
        (r"one\.br\two\.sp2\three", "one\ntwo\n\nthree"),
        (r"\H\bold\N\ ", "bold "),
        (r"\X48C3A9\ ", "Hé "),
        (r"C:\temp and \Zx\ stay", r"C:\temp and \Zx\ stay"),
    ],
)
def test_escapes_are_resolved(sent: str, read: str) -> None:
    assert unescape(sent, Separators()) == read


@pytest.mark.parametrize(
    ("charset", "encoding"), [("UNICODE UTF-8", "utf-8"), ("8859/1", "latin-1"), ("", "utf-8")]
)
def test_the_declared_character_set_is_used(charset: str, encoding: str) -> None:
    text = movement("A01").replace("Ottoline", "Zoé").replace("|2.5.1", f"|2.5.1||||||{charset}")
    assert "Zoé" in decode_message(text.encode(encoding))


def test_undeclared_windows_text_is_read() -> None:
    assert "38 °C" in decode_message(document("T02", "38 °C").encode("cp1252"))


def test_line_feeds_as_segment_ends_are_taken() -> None:
    assert parse_message(movement("A01").replace("\r", "\n")) == parse_message(movement("A01"))


def test_other_separators_are_taken() -> None:
    text = movement("A01").translate(str.maketrans("|^", "#@"))
    assert check_message(parse_message(text), ZONE).kind == "ADT^A01"


_WORDS = st.text(st.sampled_from(string.ascii_letters + string.digits + " .-"), max_size=8)


@given(
    st.lists(st.lists(st.lists(_WORDS, min_size=1, max_size=3), min_size=1, max_size=3), max_size=6)
)
def test_fields_are_split_as_a_second_reader_splits_them(fields: list[list[list[str]]]) -> None:
    line = "ZZZ|" + "|".join("~".join("^".join(part) for part in field) for field in fields)
    text = movement("A01") + line + "\r"
    mine, theirs = parse_message(text).first("ZZZ"), reference_reader.parse(text).segment("ZZZ")
    ours = [mine.raw(number).strip() for number in range(1, len(theirs))]
    assert ours == [str(field).strip() for field in theirs[1:]]


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    for candidate in (text, movement("A01") + text, message("ORU^R01", order(), text)):
        with suppress(Refusal):  # anything else raised fails the test
            check_message(parse_message(candidate), ZONE)


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    with suppress(Refusal):
        decode_message(data)
