"""Final codes taken in, and compared with what was clarified."""

from __future__ import annotations

from dataclasses import replace

import pytest
from desks import ELSEWHERE, HERE, Hospital, make_stay

from cdi.domain.coding import Difference, FinalCode, FinalCoding
from cdi.domain.letter import OptionKind
from cdi.domain.query import Outcome, PresentOnAdmission
from cdi.errors import NotAllowed, NotFound
from cdi.storage.audit import verify
from cdi.storage.tables import EventRow
from cdi.workflow.diagnoses import accept_code
from cdi.workflow.final_coding import (
    ImportReport,
    import_final_codes,
    open_reconciliation,
    open_reconciliations,
)

HEART = FinalCode("I50.31", PresentOnAdmission.YES, "row 2")


def take_in(hospital: Hospital, *codings: FinalCoding, who: str = "kim") -> ImportReport:
    place = hospital.facilities[HERE]
    return import_final_codes(hospital.desk, hospital.actor(who), place, codings)


def encounter_of(hospital: Hospital, query_id: str) -> str:
    return hospital.query(query_id).encounter_id


def test_codes_are_taken_in_once_and_replaced_by_a_later_import(hospital: Hospital) -> None:
    hospital.answered()
    coding = FinalCoding("E-100", (HEART,))
    assert take_in(hospital, coding) == ImportReport(1, 1, 1, ())
    assert take_in(hospital, coding) == ImportReport(1, 0, 1, ())
    assert take_in(hospital, FinalCoding("E-100", (FinalCode("D62"),))) == ImportReport(1, 1, 1, ())
    (found,) = open_reconciliations(hospital.desk, hospital.actor("kim"))
    assert [line.final.code for line in found.lines if line.final] == ["D62"]
    with hospital.store.reading() as session:
        events = session.query(EventRow).filter_by(verb="coding.import").all()
    assert len(events) == 2
    assert verify(hospital.store).faults == ()


def test_a_stay_that_is_not_known_is_told_and_loses_nothing_else(hospital: Hospital) -> None:
    hospital.answered()
    unknown = FinalCoding("E-999", (FinalCode("D62", None, "row 9"),))
    report = take_in(hospital, unknown, FinalCoding("E-100", (HEART,)))
    assert report == ImportReport(1, 1, 1, ("row 9",))


def test_what_was_clarified_is_compared_by_the_code_of_its_answer(hospital: Hospital) -> None:
    answered = hospital.answered()
    take_in(hospital, FinalCoding("E-100", (FinalCode("I50.9"), FinalCode("E11.9"))))
    found = open_reconciliation(
        hospital.desk, hospital.actor("kim"), encounter_of(hospital, answered.id)
    )
    assert found.differences == 1
    first = found.lines[0]
    assert first.difference is Difference.CODE_DIFFERS
    assert first.clarified is not None
    assert first.final is not None
    assert (first.clarified.wording, first.clarified.code, first.final.code) == (
        "Acute diastolic (HFpEF)",
        "I50.31",
        "I50.9",
    )


def test_the_code_of_the_coder_counts_before_the_proposed_one(hospital: Hospital) -> None:
    (identifier,) = hospital.answered().made
    kim = hospital.actor("kim")
    accept_code(hospital.desk, kim, identifier, 1, "I50.9", poa=PresentOnAdmission.NO)
    take_in(hospital, FinalCoding("E-100", (FinalCode("I50.9", PresentOnAdmission.YES),)))
    (found,) = open_reconciliations(hospital.desk, kim)
    assert [line.difference for line in found.lines] == [Difference.POA_DIFFERS]


@pytest.mark.parametrize("kind", [OptionKind.UNDETERMINED, None])
def test_a_code_without_a_clarification_is_told(
    hospital: Hospital, kind: OptionKind | None
) -> None:
    if kind is None:
        hospital.sent()
    else:
        hospital.answered(kind)
    take_in(hospital, FinalCoding("E-100", (HEART,)))
    (found,) = open_reconciliations(hospital.desk, hospital.actor("kim"))
    (line,) = found.lines
    assert line.clarified is not None
    assert line.difference is Difference.NOT_CLARIFIED
    assert line.clarified.outcome is (None if kind is None else Outcome.UNDETERMINED)


def test_a_draft_that_was_not_sent_asks_nothing(hospital: Hospital) -> None:
    hospital.drafted()
    take_in(hospital, FinalCoding("E-100", (HEART,)))
    (found,) = open_reconciliations(hospital.desk, hospital.actor("kim"))
    assert [line.difference for line in found.lines] == [Difference.NONE]


def test_stays_with_most_differences_stand_first_and_uncoded_ones_do_not(
    hospital: Hospital,
) -> None:
    hospital.answered()
    hospital.sent(replace(make_stay(), id="E-200"))
    hospital.sent(replace(make_stay(), id="E-300"))
    take_in(hospital, FinalCoding("E-200", (FinalCode("I50.9"),)))
    take_in(hospital, FinalCoding("E-100", (HEART,)))
    found = open_reconciliations(hospital.desk, hospital.actor("mia"), hospital.facilities[HERE])
    assert [(one.stay.id, one.differences) for one in found] == [("E-200", 1), ("E-100", 0)]


def test_a_stay_without_final_codes_has_nothing_to_compare(hospital: Hospital) -> None:
    answered = hospital.answered()
    encounter_id = encounter_of(hospital, answered.id)
    found = open_reconciliation(hospital.desk, hospital.actor("kim"), encounter_id)
    assert (found.coded, found.lines) == (False, ())


def test_only_coders_of_the_facility_take_codes_in(hospital: Hospital) -> None:
    for who in ("sam", "pat", "mia", "ada", "eve"):
        with pytest.raises(NotAllowed):
            take_in(hospital, who=who)
    with pytest.raises(NotFound):
        import_final_codes(hospital.desk, hospital.actor("kim"), hospital.facilities[ELSEWHERE], [])
