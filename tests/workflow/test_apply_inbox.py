"""What the listener took becomes stored encounters, on both databases."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

import pytest
from desks import HERE, Hospital
from hl7_messages import document, message, movement, order, result

from cdi.domain.encounter import Encounter, NoteStatus, ObservationStatus
from cdi.errors import NotAllowed
from cdi.interop.mapping import Intake, load_intake
from cdi.storage.charts import find_encounter_by_number, load_encounter
from cdi.storage.inbox import count_messages
from cdi.storage.tables import InboxState
from cdi.workflow.apply_inbox import apply_inbox
from cdi.workflow.receive import Receiver


@pytest.fixture(scope="module")
def intake() -> Intake:
    return load_intake()


def receive(hospital: Hospital, texts: Iterable[str]) -> None:
    Receiver(hospital.store, ZoneInfo("UTC")).receive([text.encode() for text in texts])


def apply(hospital: Hospital, intake: Intake) -> list[str]:
    bot, here = hospital.actor("bot"), hospital.facilities[HERE]
    return [receipt.state for receipt in apply_inbox(hospital.desk, bot, here, intake)]


def stored(hospital: Hospital, visit: str = "V77") -> Encounter:
    with hospital.store.reading() as session:
        row = find_encounter_by_number(session, hospital.facilities[HERE], visit)
        assert row is not None
        return load_encounter(session, row)


def counts(hospital: Hospital) -> dict[InboxState, int]:
    with hospital.store.reading() as session:
        return count_messages(session)


def test_the_messages_of_a_visit_become_its_stored_encounter(
    hospital: Hospital, intake: Intake
) -> None:
    lab = message("ORU^R01", order(), result(), control_id="C2")
    receive(hospital, (movement("A01"), lab, document("T02", control_id="C3")))
    assert apply(hospital, intake) == ["changed"]
    stay = stored(hospital)
    assert [note.text for note in stay.notes] == ["Feels better."]
    assert [(value.analyte, value.value) for value in stay.observations] == [("creatinine", 1.4)]
    assert counts(hospital) == {InboxState.APPLIED: 3}


def test_applied_messages_are_not_applied_again(hospital: Hospital, intake: Intake) -> None:
    receive(hospital, [movement("A01")])
    assert apply(hospital, intake) == ["changed"]
    assert apply(hospital, intake) == []


def test_later_messages_change_what_earlier_ones_stored(hospital: Hospital, intake: Intake) -> None:
    first = message("ORU^R01", order(), result("9.4"), control_id="C1")
    receive(hospital, (first, document("T02", "Old.", control_id="C2")))
    assert apply(hospital, intake) == ["changed"]
    sent = "20260503120000-0500"
    corrected = message("ORU^R01", order(), result(status="C"), control_id="C3", sent=sent)
    edited = document("T08", "New.", control_id="C4", sent=sent)
    receive(hospital, (corrected, edited))
    assert apply(hospital, intake) == ["changed"]
    stay = stored(hospital)
    assert [(note.text, note.status) for note in stay.notes] == [
        ("Old.", NoteStatus.SUPERSEDED),
        ("New.", NoteStatus.FINAL),
    ]
    assert [(value.value, value.status) for value in stay.observations] == [
        (1.4, ObservationStatus.CORRECTED)
    ]


def test_each_visit_is_an_encounter_of_its_own(hospital: Hospital, intake: Intake) -> None:
    other = movement("A01", control_id="C2").replace("V77", "V78")
    receive(hospital, (movement("A01"), other))
    assert apply(hospital, intake) == ["changed", "changed"]
    assert stored(hospital, "V78").id == "V78"


def test_refused_messages_are_left_alone(hospital: Hospital, intake: Intake) -> None:
    receive(hospital, [movement("A01").replace("V77", "")])
    assert apply(hospital, intake) == []
    assert counts(hospital) == {InboxState.REFUSED: 1}


def test_who_may_not_take_in_charts_applies_nothing(hospital: Hospital, intake: Intake) -> None:
    receive(hospital, [movement("A01")])
    coder, here = hospital.actor("kim"), hospital.facilities[HERE]
    with pytest.raises(NotAllowed):
        list(apply_inbox(hospital.desk, coder, here, intake))
    assert counts(hospital) == {InboxState.RECEIVED: 1}
