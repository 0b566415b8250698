"""The inbox on both databases: what is kept once, what is refused, what is answered."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from hl7_messages import document, message, movement, order, result
from mllp_client import answer_code, answer_reason

from cdi.interop.mapping import load_intake
from cdi.storage.inbox import contents_of_visit, count_messages, refused_messages
from cdi.storage.store import Store
from cdi.storage.tables import InboxState
from cdi.workflow.intake_report import report_inbox
from cdi.workflow.receive import Receiver

GOOD = movement("A01").encode()
BAD = movement("A01", control_id="B1").replace("V77", "").encode()


def receiver_of(store: Store) -> Receiver:
    return Receiver(store, ZoneInfo("UTC"))


def counts(store: Store) -> dict[InboxState, int]:
    with store.reading() as session:
        return count_messages(session)


def refused(store: Store) -> list[tuple[str, str, str, str]]:
    with store.reading() as session:
        return [(m.control_id, m.answer, m.field, m.reason) for m in refused_messages(session)]


def test_a_message_is_kept_as_it_came(store: Store) -> None:
    (answer,) = receiver_of(store).receive([GOOD])
    assert answer_code(answer) == "AA"
    with store.reading() as session:
        assert list(contents_of_visit(session, "V77")) == [GOOD.decode()]


def test_a_repetition_is_acknowledged_and_kept_once(store: Store) -> None:
    receiver = receiver_of(store)
    answers = [*receiver.receive([GOOD, GOOD]), *receiver.receive([GOOD])]
    assert [answer_code(answer) for answer in answers] == ["AA", "AA", "AA"]
    assert counts(store) == {InboxState.RECEIVED: 1}


def test_the_same_control_id_of_another_sender_is_another_message(store: Store) -> None:
    other = GOOD.replace(b"|HOSP|CDI", b"|CLINIC|CDI")
    receiver_of(store).receive([GOOD, other])
    assert counts(store) == {InboxState.RECEIVED: 2}


def test_a_used_control_id_with_other_content_is_refused_and_both_are_kept(store: Store) -> None:
    receiver = receiver_of(store)
    receiver.receive([GOOD])
    (answer,) = receiver.receive([movement("A03").encode()])
    assert answer_code(answer) == "AE"
    assert answer_reason(answer) == "MSH-10: this control id was used for another message"
    assert counts(store) == {InboxState.RECEIVED: 1, InboxState.REFUSED: 1}


def test_a_refused_message_is_listed_with_field_and_reason(store: Store) -> None:
    (answer,) = receiver_of(store).receive([BAD])
    assert answer_code(answer) == "AE"
    assert refused(store) == [
        ("B1", "AE", "PV1-19", "a visit number is required here or in PID-18")
    ]


def test_a_refused_message_is_listed_once_however_often_it_comes(store: Store) -> None:
    receiver = receiver_of(store)
    receiver.receive([BAD, BAD])
    receiver.receive([BAD])
    assert len(refused(store)) == 1


def test_a_mended_message_takes_the_place_of_the_refused_one(store: Store) -> None:
    receiver = receiver_of(store)
    receiver.receive([BAD])
    receiver.receive([movement("A01", control_id="B1").encode()])
    assert refused(store) == []
    assert counts(store) == {InboxState.RECEIVED: 1}


def test_good_and_bad_in_one_turn_do_not_touch_each_other(store: Store) -> None:
    answers = receiver_of(store).receive([GOOD, b"garbage", BAD])
    assert [answer_code(answer) for answer in answers] == ["AA", "AR", "AE"]
    assert counts(store) == {InboxState.RECEIVED: 1, InboxState.REFUSED: 2}


def test_bytes_that_are_no_frame_are_listed_each_time(store: Store) -> None:
    receiver = receiver_of(store)
    for _ in range(2):
        assert answer_code(receiver.refuse("longer than this listener takes")) == "AR"
    reasons = [(answer, field, reason) for _, answer, field, reason in refused(store)]
    assert reasons == [("AR", "MLLP", "longer than this listener takes")] * 2


def test_the_report_tells_gaps_and_refusals_without_any_content(store: Store) -> None:
    lab = message("ORU^R01", order(), result(code="GLUX^Sugar^L"), control_id="C2")
    odd = message("ORU^R01", order("F2"), result(unit="furlong"), control_id="C3")
    note = document("T02", "Quillfeather is better.", control_id="C4")
    receiver_of(store).receive([lab.encode(), odd.encode(), note.encode(), BAD])
    report = report_inbox(store, load_intake())
    assert (report.encounters, report.notes, report.observations) == (1, 1, 0)
    assert [(str(gap.kind), gap.subject, gap.count) for gap in report.gaps] == [
        ("unknown-unit", "creatinine furlong", 1),
        ("unmapped-code", "GLUX Sugar", 1),
    ]
    assert [message.field for message in report.refused] == ["PV1-19"]
    assert report.messages == {"received": 3, "refused": 1}
    assert "Quillfeather" not in repr(report)
