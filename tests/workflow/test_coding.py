"""The coder's table."""

from __future__ import annotations

from dataclasses import replace

import pytest
from desks import ELSEWHERE, HERE, Hospital, make_stay

from cdi.domain.letter import OptionKind
from cdi.domain.query import CoderStatus
from cdi.errors import NotAllowed, NotFound
from cdi.storage.queries import count_diagnoses
from cdi.workflow.coding import OPEN, count_coding, open_coding
from cdi.workflow.diagnoses import accept_code


def test_a_line_holds_question_answer_and_who_gave_it(hospital: Hospital) -> None:
    answered = hospital.answered()
    (stay,) = open_coding(hospital.desk, hospital.actor("kim")).stays
    (line,) = stay.lines
    assert (stay.stay.id, line.query.id) == ("E-100", answered.id)
    assert line.row.wording == "Acute diastolic (HFpEF)"
    assert line.question.condition == "heart_failure"
    assert (line.answered_by, line.asked_by) == ("Dr. Pat Rivera", "Dr. Sam Rivera")
    assert "Answer: Acute diastolic (HFpEF)" in line.response.addendum


def test_lines_of_a_stay_stand_together_and_coded_ones_elsewhere(hospital: Hospital) -> None:
    hospital.answered()
    other = hospital.sent(replace(make_stay(), id="E-200"))
    made = hospital.answer(
        other.id, other.version, hospital.options(other.id, OptionKind.DIAGNOSIS)
    ).made
    kim = hospital.actor("kim")
    assert [s.stay.id for s in open_coding(hospital.desk, kim).stays] == ["E-100", "E-200"]
    accept_code(hospital.desk, kim, made[0], 1, "I50.31")
    here = hospital.facilities[HERE]
    assert [s.stay.id for s in open_coding(hospital.desk, kim, here).stays] == ["E-100"]
    done = open_coding(hospital.desk, kim, here, statuses=[CoderStatus.CODED])
    assert [line.row.code for stay in done.stays for line in stay.lines] == ["I50.31"]


def test_lines_are_counted_by_group_and_no_further_than_wanted(hospital: Hospital) -> None:
    hospital.answered()
    other = hospital.sent(replace(make_stay(), id="E-200"))
    made = hospital.answer(
        other.id, other.version, hospital.options(other.id, OptionKind.DIAGNOSIS)
    ).made
    kim, here, coded = hospital.actor("kim"), hospital.facilities[HERE], (CoderStatus.CODED,)
    assert count_coding(hospital.desk, kim, here, OPEN, coded) == (2, 0)
    with hospital.desk.store.reading() as session:
        assert count_diagnoses(session, here, OPEN, 1) == 1
    accept_code(hospital.desk, kim, made[0], 1, "I50.31")
    assert count_coding(hospital.desk, kim, here, OPEN, coded) == (1, 1)


def test_a_page_leads_to_the_next(hospital: Hospital) -> None:
    hospital.answered()
    other = hospital.sent(replace(make_stay(), id="E-200"))
    hospital.answer(other.id, other.version, hospital.options(other.id, OptionKind.DIAGNOSIS))
    first = open_coding(hospital.desk, hospital.actor("kim"), limit=1)
    second = open_coding(hospital.desk, hospital.actor("kim"), cursor=first.following, limit=1)
    assert [s.stay.id for page in (first, second) for s in page.stays] == ["E-100", "E-200"]
    assert second.following is None


def test_only_coders_and_managers_see_it_and_only_their_facility(hospital: Hospital) -> None:
    for who in ("sam", "pat", "ada", "eve"):
        with pytest.raises(NotAllowed):
            open_coding(hospital.desk, hospital.actor(who))
    with pytest.raises(NotFound):
        open_coding(hospital.desk, hospital.actor("kim"), hospital.facilities[ELSEWHERE])
