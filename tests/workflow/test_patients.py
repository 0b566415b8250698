"""The specialist's list: heaps, search, what is new since one looked, and what is put off."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from desks import HERE, MORNING, SPECIFIED, Hospital, make_stay
from sqlalchemy import event

from cdi.domain.encounter import Observation, Patient
from cdi.domain.reasons import DismissalReason
from cdi.errors import ConflictError, InputError, NotAllowed, NotFound
from cdi.storage import worklists
from cdi.storage.pages import events_page
from cdi.workflow import patients
from cdi.workflow.assignment import (
    SITTING,
    assign_encounters,
    drop_filter,
    filters_of,
    note_look,
    save_filter,
    snooze_finding,
)
from cdi.workflow.drafting import draft_query
from cdi.workflow.lifecycle import dismiss_finding
from cdi.workflow.patients import Line, PatientList, View, Wanted, list_patients
from cdi.workflow.sending import send_query


def _list(hospital: Hospital, who: str = "sam", **wanted: object) -> PatientList:
    filter_ = Wanted(**wanted)  # type: ignore[arg-type]
    return list_patients(hospital.desk, hospital.actor(who), hospital.facilities[HERE], filter_)


def _line(hospital: Hospital, who: str = "sam", **wanted: object) -> Line:
    (line,) = _list(hospital, who, **wanted).lines
    return line


def _look(hospital: Hospital, encounter: str) -> datetime | None:
    with hospital.store.writing() as session:
        return note_look(session, hospital.actor("sam"), encounter, hospital.clock())


def test_an_encounter_is_on_the_list_with_what_is_open_and_why_it_stands_there(
    hospital: Hospital,
) -> None:
    hospital.ready()
    line = _line(hospital)
    assert [row.condition for row in line.open()] == ["heart_failure"]
    assert line.patient is not None
    assert (line.patient.name, line.owner_id, line.look) == ("Jordan Example", "", None)
    assert line.rank.reasons[0] == "heart failure: high priority, weight 3"
    assert not line.news


def test_the_list_is_for_those_whose_work_it_is_and_a_look_is_an_event(
    hospital: Hospital,
) -> None:
    encounter, _ = hospital.ready()
    with pytest.raises(NotAllowed):
        _list(hospital, "kim")
    with pytest.raises(NotFound):
        _list(hospital, "zoe")
    _list(hospital)
    with hospital.store.reading() as session:
        event = max(events_page(session, [hospital.facilities[HERE]]).rows, key=lambda e: e.number)
        assert (event.verb, encounter in event.detail) == ("finding.list", True)


def test_encounters_lie_in_the_heap_of_their_state(hospital: Hospital) -> None:
    encounter, findings = hospital.ready()
    counts = _list(hospital).counts
    assert (counts[View.OPEN], counts[View.UNASSIGNED], counts[View.MINE]) == (1, 1, 0)
    assign_encounters(hospital.desk, hospital.actor("sam"), [encounter], hospital.users["sam"])
    counts = _list(hospital).counts
    assert (counts[View.UNASSIGNED], counts[View.MINE]) == (0, 1)
    assert _line(hospital, view=View.MINE).owner_id == hospital.users["sam"]
    draft = draft_query(hospital.desk, hospital.actor("sam"), encounter, findings)
    assert _line(hospital, view=View.DRAFTS).asked()[0].id == findings[0]
    assert _list(hospital).lines == ()
    send_query(hospital.desk, hospital.actor("sam"), draft.id, draft.version)
    counts = _list(hospital).counts
    assert (counts[View.DRAFTS], counts[View.AWAITING], counts[View.ANSWERED]) == (0, 1, 0)
    assert _line(hospital, view=View.AWAITING).row.id == encounter


@pytest.mark.parametrize(
    ("words", "found"),
    [("jordan", 1), ("EXAMPLE heart", 1), ("mrn-7", 1), ("e-100", 1), ("jordan sepsis", 0)],
)
def test_a_search_finds_names_numbers_and_conditions(
    hospital: Hospital, words: str, found: int
) -> None:
    hospital.ready()
    assert len(_list(hospital, words=words).lines) == found


def test_service_and_condition_narrow_the_list(hospital: Hospital) -> None:
    hospital.ready()
    assert len(_list(hospital, service="medicine", condition="heart_failure").lines) == 1
    assert _list(hospital, service="surgery").lines == ()
    assert _list(hospital, condition="sepsis").lines == ()


def test_what_is_new_since_one_looked_is_told_until_the_sitting_is_over(
    hospital: Hospital,
) -> None:
    encounter, _ = hospital.ready()
    assert _look(hospital, encounter) is None
    hospital.clock.pass_hours(20)
    later = Observation(
        "o2", "bnp", 2400.0, "pg/mL", observed_at=MORNING + timedelta(hours=19), source="Laboratory"
    )
    stay = make_stay()
    note = replace(stay.notes[0], id="n2", text="Echo: LVEF 30 %.", recorded_at=MORNING)
    stay = replace(stay, notes=(*stay.notes, note), observations=(*stay.observations, later))
    hospital.ready(stay)
    hospital.clock.pass_hours(1)
    news = _line(hospital).news
    assert news.notes == ["n2"]
    assert [(v.analyte, v.before, v.now, v.unit) for v in news.values] == [
        ("bnp", "1840", "2400", "pg/mL")
    ]
    assert [(m.condition, m.how) for m in news.moved] == [("heart_failure", "strengthened")]
    assert not _line(hospital, "mia").news
    first = _look(hospital, encounter)
    assert first == MORNING
    hospital.clock.at += SITTING / 2
    assert _look(hospital, encounter) == MORNING
    assert not _line(hospital).news
    hospital.clock.at += SITTING * 2
    assert _look(hospital, encounter) == hospital.clock() - SITTING * 2


def test_what_resolved_itself_stays_a_day(hospital: Hospital) -> None:
    encounter, _ = hospital.ready()
    _look(hospital, encounter)
    hospital.clock.pass_hours(2)
    hospital.ready(make_stay(SPECIFIED))
    line = _line(hospital)
    assert (line.open(), line.resolved) == ([], ("heart_failure",))
    assert [(m.condition, m.how) for m in line.news.moved] == [("heart_failure", "resolved")]
    hospital.clock.pass_hours(25)
    assert _list(hospital).lines == ()


def test_a_snoozed_finding_comes_back_in_time_or_when_it_changes(hospital: Hospital) -> None:
    _, (finding,) = hospital.ready()
    sam = hospital.actor("sam")
    version = _line(hospital).findings[0].version
    until = hospital.clock() + timedelta(days=1)
    snooze_finding(hospital.desk, sam, finding, version, until)
    assert _list(hospital).lines == ()
    assert _list(hospital).counts[View.SNOOZED] == 1
    hospital.clock.pass_hours(25)
    assert _line(hospital).open()[0].id == finding
    version = _line(hospital).findings[0].version
    snooze_finding(hospital.desk, sam, finding, version, hospital.clock() + timedelta(days=3))
    hospital.ready(make_stay("ASSESSMENT: CHF, BNP 1840 pg/mL. LVEF 30 %. Furosemide 40 mg IV."))
    assert _line(hospital).open()[0].id == finding


def test_a_snooze_needs_a_time_that_makes_sense_and_the_finding_as_it_was_seen(
    hospital: Hospital,
) -> None:
    _, (finding,) = hospital.ready()
    sam, now = hospital.actor("sam"), hospital.clock()
    version = _line(hospital).findings[0].version
    for until in (now, now - timedelta(hours=1), now + timedelta(days=15)):
        with pytest.raises(InputError):
            snooze_finding(hospital.desk, sam, finding, version, until)
    with pytest.raises(ConflictError):
        snooze_finding(hospital.desk, sam, finding, version + 1, now + timedelta(days=1))
    with pytest.raises(NotFound):
        snooze_finding(hospital.desk, sam, "another", 1, now + timedelta(days=1))
    with pytest.raises(NotAllowed):
        snooze_finding(hospital.desk, hospital.actor("kim"), finding, version, now + SITTING)
    dismiss_finding(hospital.desk, sam, finding, version, DismissalReason.NOT_RELEVANT)
    with pytest.raises(ConflictError):
        snooze_finding(hospital.desk, sam, finding, version + 1, now + timedelta(days=1))


def test_encounters_are_given_to_specialists_all_or_none(hospital: Hospital) -> None:
    encounter, _ = hospital.ready()
    desk, sam = hospital.desk, hospital.actor("sam")
    with pytest.raises(InputError):
        assign_encounters(desk, sam, [encounter], hospital.users["pat"])
    with pytest.raises(InputError):
        assign_encounters(desk, sam, [], hospital.users["sam"])
    with pytest.raises(NotFound):
        assign_encounters(desk, sam, [encounter, "another"], hospital.users["sam"])
    with pytest.raises(NotFound):
        assign_encounters(desk, hospital.actor("zoe"), [encounter], hospital.users["zoe"])
    assert _line(hospital).owner_id == ""
    assign_encounters(desk, sam, [encounter, encounter], hospital.users["mia"])
    assert _line(hospital).owner_id == hospital.users["mia"]
    assign_encounters(desk, sam, [encounter], "")
    assert _line(hospital).owner_id == ""


def test_a_filter_is_kept_under_its_name_without_the_words_searched(hospital: Hospital) -> None:
    desk, sam = hospital.desk, hospital.actor("sam")
    save_filter(desk, sam, "Hearts", Wanted(condition="heart_failure", words="jordan"))
    save_filter(desk, sam, " Hearts ", Wanted(service="medicine"))
    ((identifier, (name, wanted)),) = filters_of(desk, sam).items()
    assert (name, wanted) == ("Hearts", Wanted(service="medicine"))
    assert filters_of(desk, hospital.actor("mia")) == {}
    drop_filter(desk, hospital.actor("mia"), identifier)
    assert len(filters_of(desk, sam)) == 1
    drop_filter(desk, sam, identifier)
    drop_filter(desk, sam, identifier)
    assert filters_of(desk, sam) == {}
    with pytest.raises(InputError):
        save_filter(desk, sam, "  ", Wanted())


def test_a_saved_filter_tells_how_many_encounters_it_shows(hospital: Hospital) -> None:
    encounter, _ = hospital.ready()
    desk, sam = hospital.desk, hospital.actor("sam")
    kept = {
        "a": (Wanted(condition="heart_failure"), 1),
        "b": (Wanted(condition="sepsis"), 0),
        "c": (Wanted(View.MINE, service="medicine"), 0),
        "d": (Wanted(View.UNASSIGNED, service="medicine"), 1),
        "e": (Wanted(View.SNOOZED, condition="heart_failure"), 0),
        "f": (Wanted(), 1),
    }
    for name, (wanted, _) in kept.items():
        save_filter(desk, sam, name, wanted)
    found = {saved.name: (saved.wanted, saved.size) for saved in _list(hospital).filters}
    assert found == kept
    assign_encounters(desk, sam, [encounter], hospital.users["sam"])
    counts = {saved.name: saved.size for saved in _list(hospital).filters}
    assert (counts["c"], counts["d"]) == (1, 0)
    assert _list(hospital, "mia").filters == ()


def test_a_list_asks_the_database_as_often_whatever_filters_and_lines_there_are(
    hospital: Hospital,
) -> None:
    hospital.ready()
    _list(hospital)  # what its finding says is kept
    before = _count_statements(hospital)
    for number, condition in enumerate(("heart_failure", "sepsis", "pneumonia")):
        wanted = Wanted(condition=condition)
        save_filter(hospital.desk, hospital.actor("sam"), f"filter {number}", wanted)
    stay = make_stay()
    other = Patient("MRN-8", "Kim Other")
    hospital.ready(replace(stay, id="E-200", patient=other))
    assert len(_list(hospital).lines) == 2
    assert _count_statements(hospital) == before


def test_a_heap_that_may_hold_more_than_was_looked_for_says_so(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    hospital.ready()
    save_filter(hospital.desk, hospital.actor("sam"), "a", Wanted(condition="heart_failure"))
    save_filter(hospital.desk, hospital.actor("sam"), "b", Wanted(condition="sepsis"))
    assert _list(hospital).capped == frozenset()
    monkeypatch.setattr(worklists, "_MOST_FOUND", 1)
    found = _list(hospital)
    assert found.capped == {View.OPEN, View.UNASSIGNED}
    assert [(saved.size, saved.capped) for saved in found.filters] == [(1, True), (0, False)]


def test_queries_of_a_service_are_those_whose_encounters_have_something_open_in_it(
    hospital: Hospital,
) -> None:
    hospital.drafted()
    assert len(_list(hospital, view=View.DRAFTS).lines) == 1
    wanted = Wanted(View.DRAFTS, service="medicine")
    save_filter(hospital.desk, hospital.actor("sam"), "a", wanted)
    found = _list(hospital, view=View.DRAFTS, service="medicine")
    assert (found.lines, found.filters[0].size) == ((), 0)
    other = replace(make_stay(), id="E-200", patient=Patient("MRN-8", "Kim Other"))
    hospital.ready(other)
    found = _list(hospital, view=View.DRAFTS, service="medicine")
    assert (found.lines, found.filters[0].size) == ((), 0)


def test_findings_go_with_their_encounter_to_another_service(hospital: Hospital) -> None:
    encounter, _ = hospital.ready()
    hospital.ingest(make_stay(service="surgery"))
    assert _list(hospital, service="medicine").lines == ()
    assert _line(hospital, service="surgery").row.id == encounter
    assert _list(hospital).services == ("surgery",)


def test_every_service_with_something_open_can_be_chosen(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worklists, "_MOST_FOUND", 1)
    hospital.ready()
    for number, service in enumerate(("surgery", "", "burns"), 1):
        patient = Patient(f"MRN-9{number}", "Kim Other")
        hospital.ready(make_stay(id=f"E-30{number}", patient=patient, service=service))
    assert _list(hospital).services == ("burns", "medicine", "surgery")


def test_a_search_looks_at_more_encounters_than_a_list_shows(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patients, "_MOST", 1)
    hospital.ready()
    for number in range(3):
        other = Patient(f"MRN-{number}", f"Kim Other {number}")
        hospital.ready(replace(make_stay(), id=f"E-20{number}", patient=other))
    found = _list(hospital, words="kim")
    assert (len(found.lines), found.more) == (1, 2)
    assert _line(hospital, words="mrn-2 other").row.number == "E-202"


def _count_statements(hospital: Hospital) -> int:
    said: list[str] = []

    def keep(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT"):
            said.append(statement)

    event.listen(hospital.store.engine, "before_cursor_execute", keep)
    _list(hospital)
    event.remove(hospital.store.engine, "before_cursor_execute", keep)
    return len(said)


def test_the_most_urgent_encounter_comes_first(hospital: Hospital) -> None:
    hospital.ready()
    gone = make_stay(
        id="E-200",
        patient=Patient("MRN-8", "Riley Example"),
        discharged_at=MORNING - timedelta(hours=2),
    )
    hospital.ready(gone)
    assert [line.row.number for line in _list(hospital).lines] == ["E-200", "E-100"]
