"""From a quoted fact to its place in the record."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from desks import CHF, MORNING, Hospital, make_stay

from cdi.domain.encounter import Encounter, Observation
from cdi.domain.letter import Indicator
from cdi.errors import NotFound
from cdi.storage.pages import query_events
from cdi.storage.queries import find_letter, to_letter
from cdi.workflow.sources import open_source


def facts(hospital: Hospital, query_id: str) -> list[Indicator]:
    with hospital.store.reading() as session:
        letter = to_letter(find_letter(session, hospital.query(query_id)))
    return [fact for question in letter.questions for fact in question.indicators]


def with_earlier_value() -> Encounter:
    stay = make_stay()
    earlier = Observation(
        "o0", "bnp", 900.0, "pg/mL", observed_at=MORNING - timedelta(days=1), source="Laboratory"
    )
    other = replace(earlier, id="o9", analyte="sodium", value=139.0, unit="mmol/L")
    return replace(stay, observations=(*stay.observations, earlier, other))


def test_words_of_a_note_open_at_their_place(hospital: Hospital) -> None:
    sent = hospital.sent()
    fact = next(f for f in facts(hospital, sent.id) if "CHF" in f.text)
    source = open_source(hospital.desk, hospital.actor("pat"), sent.id, fact.id)
    assert source.note is not None
    assert source.span is not None
    assert source.note.text[source.span.start : source.span.end] == fact.text
    assert not source.amended
    with hospital.store.reading() as session:
        event = query_events(session, sent.id)[-1]
    assert (event.verb, f'"fact":"{fact.id}"' in event.detail) == ("query.read_source", True)


def test_a_value_opens_among_all_of_its_kind(hospital: Hospital) -> None:
    sent = hospital.sent(with_earlier_value())
    fact = next(f for f in facts(hospital, sent.id) if f.text.startswith("bnp 1840 pg"))
    source = open_source(hospital.desk, hospital.actor("pat"), sent.id, fact.id)
    assert [value.value for value in source.values] == [900.0, 1840.0]
    assert source.observation_id == "o1"


def test_a_note_amended_since_opens_in_the_version_that_was_quoted(hospital: Hospital) -> None:
    sent = hospital.sent()
    fact = next(f for f in facts(hospital, sent.id) if "CHF" in f.text)
    hospital.ingest(make_stay("ADDENDUM. " + CHF))
    source = open_source(hospital.desk, hospital.actor("pat"), sent.id, fact.id)
    assert source.note is not None
    assert (source.note.text, source.amended) == (CHF, True)


def test_a_fact_of_another_letter_is_not_shown(hospital: Hospital) -> None:
    sent = hospital.sent()
    with pytest.raises(NotFound):
        open_source(hospital.desk, hospital.actor("pat"), sent.id, "i99")
    with pytest.raises(NotFound):
        open_source(hospital.desk, hospital.actor("pia"), sent.id, "i1")
