"""Documents out: MDM^T02 that our own reader, and another, take for what they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import hl7
import pytest
from receivers import hl7_receiver

from cdi.domain.encounter import Patient
from cdi.domain.letter import Letter
from cdi.domain.outgoing import Clinician, QueryDocument, SignedAnswer
from cdi.domain.query import QueryState
from cdi.errors import DeliveryError
from cdi.interop.hl7 import check_message, encounter_from_messages, parse_message
from cdi.interop.hl7.client import send_message
from cdi.interop.hl7.outgoing import query_message
from cdi.interop.mapping import load_intake

AT = datetime(2026, 6, 3, 9, 0, tzinfo=UTC)
TEXT = "Question 1 | of 2 & more ^ x ~ y \\ z\n\nWhich type?\n  1. One"
LETTER = QueryDocument(
    message_id="01a222b5dce0c021d462e872e2c07b9a",
    topic="query.sent",
    at=AT,
    facility="general",
    patient=Patient("MRN-7", "Jordan P Example", date(1950, 2, 28), "female"),
    encounter="E-100",
    query="q1",
    state=QueryState.SENT,
    version=3,
    letter=Letter("E-100", "Dr. Pat Rivera", "Clarification", (), TEXT, ""),
    letter_revision=2,
    recipient=Clinician("npi-pat", "Dr. Pat Rivera"),
    sent_at=AT,
    due_at=AT,
    answer=None,
)
SIGNER = Clinician("npi-pat", "Dr. Pat Rivera")
ANSWERED = replace(
    LETTER,
    topic="query.answered",
    answer=SignedAnswer("r1", ((0, ""),), "ADDENDUM: it was acute.\nSigned", SIGNER, AT),
)


def test_an_addendum_comes_back_as_the_note_it_is() -> None:
    intake = load_intake(None)
    message = parse_message(query_message(ANSWERED, "EHR"))
    check_message(message, intake.zone)
    stay = encounter_from_messages([message], intake)
    assert (stay.id, stay.patient) == ("E-100", ANSWERED.patient)
    (note,) = stay.notes
    assert note.text == "ADDENDUM: it was acute.\nSigned"
    assert (note.id, note.kind, note.recorded_at) == ("r1", "CDI query addendum", AT)
    assert (note.author, note.author_id) == ("Dr. Pat Rivera", "npi-pat")
    assert note.status.counts


def test_a_letter_keeps_every_character_of_its_text() -> None:
    message = parse_message(query_message(LETTER))
    (note,) = encounter_from_messages([message], load_intake(None)).notes
    assert note.text == TEXT
    assert note.id == "q1.2"


def test_another_reader_finds_the_fields_where_the_standard_has_them() -> None:
    parsed = hl7.parse(query_message(ANSWERED, "EHR"))
    assert [str(parsed[f"MSH.F9.R1.C{n}"]) for n in (1, 2, 3)] == ["MDM", "T02", "MDM_T02"]
    assert str(parsed["MSH.F10"]) == ANSWERED.message_id
    assert str(parsed["MSH.F5"]) == "EHR"
    assert str(parsed["PID.F3.R1.C1"]) == "MRN-7"
    assert str(parsed["PID.F5.R1.C1"]) == "Example"
    assert str(parsed["PV1.F19"]) == "E-100"
    assert str(parsed["TXA.F12.R1.C1"]) == "r1"
    assert str(parsed["TXA.F17"]) == "LA"
    assert str(parsed["TXA.F22.R1.C15"]) == "20260603090000+0000"
    assert str(parsed["OBX.F11"]) == "F"


def test_names_cannot_break_out_of_their_field() -> None:
    patient = Patient("M|R^N", "Eve\rMSH|^~\\&|EVIL & Co")
    message = parse_message(query_message(replace(LETTER, patient=patient)))
    assert [segment.name for segment in message.segments] == [
        "MSH",
        "EVN",
        "PID",
        "PV1",
        "TXA",
        "OBX",
    ]
    assert message.first("PID").text(3) == "M|R^N"


def test_without_patient_and_recipient_there_is_a_message_all_the_same() -> None:
    bare = replace(LETTER, patient=None, recipient=None)
    assert parse_message(query_message(bare)).first("PV1").text(19) == "E-100"


@pytest.mark.enable_socket
def test_a_message_is_sent_when_the_other_side_has_taken_it() -> None:
    with hl7_receiver("AA", "AE", "AR") as receiver:
        send_message("127.0.0.1", receiver.port, query_message(LETTER))
        with pytest.raises(DeliveryError, match="hl7-ae") as later:
            send_message("127.0.0.1", receiver.port, query_message(LETTER))
        with pytest.raises(DeliveryError, match="hl7-ar") as never:
            send_message("127.0.0.1", receiver.port, query_message(LETTER))
    assert receiver.taken == [query_message(LETTER)] * 3
    assert (later.value.lasting, never.value.lasting) == (False, True)


@pytest.mark.enable_socket
def test_where_nobody_listens_a_message_waits() -> None:
    with hl7_receiver() as receiver:
        port = receiver.port
    with pytest.raises(DeliveryError, match="connection-connectionrefusederror"):
        send_message("127.0.0.1", port, query_message(LETTER))
