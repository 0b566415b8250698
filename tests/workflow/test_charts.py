"""Looking is an event: who saw which chart, and nobody sees what is not theirs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from desks import CHF, MORNING, Hospital, make_stay
from sqlalchemy import select

from cdi.domain.encounter import Note
from cdi.domain.finding import Finding
from cdi.domain.query import AWAITING
from cdi.domain.reading import Reading
from cdi.errors import NotAllowed, NotFound, StorageError
from cdi.storage.tables import EmergencyRow, EventRow, NoteRow
from cdi.workflow.chart_parts import open_note, open_story
from cdi.workflow.charts import open_chart, open_inbox, open_query, open_worklist
from cdi.workflow.desk import Desk
from cdi.workflow.stay import StayReviewer


def last_event(hospital: Hospital) -> EventRow:
    with hospital.store.reading() as session:
        event = session.scalars(select(EventRow).order_by(EventRow.number.desc())).first()
        assert event is not None
        return event


def test_opening_a_chart_shows_the_record_and_is_an_event(hospital: Hospital) -> None:
    identifier, findings = hospital.ready()
    chart = open_chart(hospital.desk, hospital.actor("sam"), identifier)
    event = last_event(hospital)
    assert chart.encounter.notes[0].text == CHF
    assert [row.id for row in chart.findings] == findings
    assert (event.verb, event.subject_id, event.actor_id) == (
        "encounter.read",
        identifier,
        hospital.users["sam"],
    )


def test_a_note_is_opened_by_its_place_and_is_an_event(hospital: Hospital) -> None:
    stay = make_stay()
    first = stay.notes[0]
    later = replace(first, id="n2", kind="addendum")
    identifier, findings = hospital.ready(replace(stay, notes=(first, later)))
    opened = open_note(hospital.desk, hospital.actor("sam"), identifier, 2)
    event = last_event(hospital)
    assert (opened.note, [row.id for row in opened.findings]) == (later, findings)
    assert opened.copied[0].start == 0, "it repeats the first"
    assert (event.verb, event.subject_id, event.detail) == (
        "encounter.read",
        identifier,
        '{"note":2}',
    )


def test_what_comes_at_the_same_moment_is_in_the_chart_when_it_is_opened_again(
    hospital: Hospital,
) -> None:
    stay = make_stay()
    identifier, _ = hospital.ready(stay)
    sam = hospital.actor("sam")
    before = open_chart(hospital.desk, sam, identifier)
    later = replace(stay.notes[0], id="n2", text="Nothing new.")
    hospital.ingest(replace(stay, notes=(*stay.notes, later)))
    after = open_chart(hospital.desk, sam, identifier)
    assert (len(before.encounter.notes), len(after.encounter.notes)) == (1, 2)
    assert open_note(hospital.desk, sam, identifier, 2).note == later


def test_a_chart_is_read_once_and_its_version_again(hospital: Hospital) -> None:
    identifier, _ = hospital.ready()
    sam = hospital.actor("sam")
    before = open_chart(hospital.desk, sam, identifier).encounter
    assert open_chart(hospital.desk, sam, identifier).encounter is before
    assert open_chart(hospital.desk, hospital.actor("mia"), identifier).encounter is before


def test_the_story_of_a_stay_goes_on_with_the_note_that_came(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    stay = make_stay()
    identifier, _ = hospital.ready(stay)
    sam, scanner = hospital.actor("sam"), hospital.desk.scanner
    read: list[str] = []
    read_notes = scanner.read_notes

    def note_down(notes: Sequence[Note], source: str) -> list[Reading]:
        read.extend(note.id for note in notes)
        return read_notes(notes, source)

    monkeypatch.setattr(scanner, "read_notes", note_down)
    before = open_story(hospital.desk, sam, identifier)
    later = replace(
        stay.notes[0],
        id="n2",
        text="ASSESSMENT: acute systolic heart failure.",
        recorded_at=MORNING + timedelta(hours=1),
    )
    hospital.ingest(replace(stay, notes=(*stay.notes, later)))
    after = open_story(hospital.desk, sam, identifier)
    assert read == [stay.notes[0].id, "n2"], "each note once"
    assert [life.open for life in before.lives] == [True]
    assert [life.open for life in after.lives] == [False]
    assert after == StayReviewer(scanner).review(after.encounter), "as told from the beginning"


@pytest.mark.parametrize("number", [-1, 0, 2])
def test_there_is_no_note_beside_those_of_the_chart(hospital: Hospital, number: int) -> None:
    identifier, _ = hospital.ready()
    with pytest.raises(NotFound):
        open_note(hospital.desk, hospital.actor("sam"), identifier, number)


@pytest.mark.parametrize("who", ["zoe", "pia"])
def test_a_note_of_a_chart_that_is_not_theirs_is_not_there(hospital: Hospital, who: str) -> None:
    identifier, _ = hospital.ready()
    with pytest.raises(NotFound):
        open_note(hospital.desk, hospital.actor(who), identifier, 1)


def test_a_record_that_cannot_be_read_is_told_by_its_fields(hospital: Hospital) -> None:
    identifier, _ = hospital.ready()
    with hospital.store.writing() as session:
        row = session.scalars(select(NoteRow)).one()
        row.content = '{"id": "n1", "text": 7}'
    with pytest.raises(StorageError, match=r"^a stored Note cannot be read: 0\.text$"):
        open_chart(hospital.desk, hospital.actor("sam"), identifier)


@pytest.mark.parametrize("who", ["zoe", "pia"])
def test_whoever_has_nothing_to_do_with_a_chart_does_not_learn_of_it(
    hospital: Hospital, who: str
) -> None:
    identifier, _ = hospital.ready()
    with pytest.raises(NotFound):
        open_chart(hospital.desk, hospital.actor(who), identifier)


def test_an_emergency_opens_a_chart_until_it_ends_and_shows_in_the_event(
    hospital: Hospital,
) -> None:
    identifier, _ = hospital.ready()
    with hospital.store.writing() as session:
        session.add(
            EmergencyRow(
                user_id=hospital.users["pia"],
                encounter_id=identifier,
                reason="cardiac arrest",
                starts_at=hospital.clock(),
                ends_at=hospital.clock() + timedelta(hours=1),
            )
        )
    open_chart(hospital.desk, hospital.actor("pia"), identifier)
    detail = json.loads(last_event(hospital).detail)
    assert detail == {"emergency": hospital.store.digest("cardiac arrest")}
    hospital.clock.pass_hours(2)
    with pytest.raises(NotFound):
        open_chart(hospital.desk, hospital.actor("pia"), identifier)


def test_a_query_opens_with_its_letter_answer_and_history(hospital: Hospital) -> None:
    answered = hospital.answered()
    file = open_query(hospital.desk, hospital.actor("ada"), answered.id)
    assert file.response is not None
    assert file.response.answers[0].option == 0
    assert [event.verb for event in file.events] == ["query.draft", "query.send", "query.answer"]
    assert last_event(hospital).verb == "query.read"


def test_a_worklist_page_is_one_event_with_the_encounters_on_it(hospital: Hospital) -> None:
    identifier, findings = hospital.ready()
    page = open_worklist(hospital.desk, hospital.actor("sam"))
    event = last_event(hospital)
    assert [row.id for row in page.rows] == findings
    assert page.following is None
    assert (event.verb, json.loads(event.detail)) == ("finding.list", {"encounters": [identifier]})


def test_an_empty_page_is_no_event(hospital: Hospital) -> None:
    assert open_worklist(hospital.desk, hospital.actor("zoe")).rows == ()
    with hospital.store.reading() as session:
        assert session.scalars(select(EventRow)).all() == []


def test_a_physician_has_an_inbox_and_no_worklist(hospital: Hospital) -> None:
    sent = hospital.sent()
    page = open_inbox(hospital.desk, hospital.actor("pat"), AWAITING)
    assert [row.id for row in page.rows] == [sent.id]
    assert open_inbox(hospital.desk, hospital.actor("pia"), AWAITING).rows == ()
    with pytest.raises(NotAllowed):
        open_worklist(hospital.desk, hospital.actor("pat"))


def test_weights_rank_the_worklist_only_where_they_are_switched_on(hospital: Hospital) -> None:
    hospital.ready()
    (row,) = open_worklist(hospital.desk, hospital.actor("sam")).rows
    assert (row.weight, row.rank) == (None, row.priority.rank)


def test_a_weight_is_kept_with_its_finding_and_added_to_its_rank(hospital: Hospital) -> None:
    def weigh(_encounter: object, finding: Finding) -> dict[str, object]:
        return {"level": "MCC", "rank": 0.6, "levels_by": "MS-DRG v43.1, FY2026"}

    old = hospital.desk
    hospital.desk = Desk(old.store, old.scanner, old.pack, weigh=weigh, now=old.now)
    hospital.ready()
    (row,) = open_worklist(hospital.desk, hospital.actor("sam")).rows
    assert row.weight == weigh(None, None)  # type: ignore[arg-type]
    assert row.rank == row.priority.rank + 0.6
