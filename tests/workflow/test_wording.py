"""A letter is judged at every pause of typing, against the record as it is now."""

from __future__ import annotations

from dataclasses import replace

import pytest
from desks import CHF, Hospital, make_stay

from cdi.domain.letter import OptionKind
from cdi.errors import NotAllowed, NotFound
from cdi.storage.queries import letter_versions
from cdi.workflow.charts import open_query
from cdi.workflow.wording import WordingCheck, check_wording

LEADING = "Would you agree that the heart failure is decompensated?"


def check(hospital: Hospital, query_id: str, who: str = "sam", **changes: object) -> WordingCheck:
    edit = hospital.edit(query_id, **changes)  # type: ignore[arg-type]
    return check_wording(hospital.desk, hospital.actor(who), query_id, edit)


def test_a_draft_as_composed_may_be_sent(hospital: Hospital) -> None:
    checked = check(hospital, hospital.drafted().id)
    assert (checked.violations, checked.may_be_sent) == ((), True)


def test_a_violation_tells_rule_place_reason_source_and_fix(hospital: Hospital) -> None:
    stem = "Please clarify the severe heart failure."
    checked = check(hospital, hospital.drafted().id, stem=stem)
    (found,) = checked.violations
    assert (found.rule, found.level, found.where) == ("Q07", "block", "questions[0].stem")
    assert (found.text, found.fix) == ("severe heart failure", "Speak of the findings instead.")
    assert found.span is not None
    assert stem[slice(*found.span)] == "severe heart failure"
    assert found.why == "No treating provider documented this diagnosis in this encounter."
    assert found.source.startswith("AHIMA/ACDIS")
    assert not checked.may_be_sent


def test_a_word_of_severity_that_the_physician_wrote_may_be_repeated(hospital: Hospital) -> None:
    draft = hospital.drafted(make_stay(CHF.replace("CHF", "Severe CHF")))
    checked = check(hospital, draft.id, stem="Please clarify the type of the severe CHF.")
    assert checked.violations == ()


def test_nothing_is_kept_and_the_letter_comes_rendered(hospital: Hospital) -> None:
    draft = hospital.drafted()
    checked = check(hospital, draft.id, stem=LEADING)
    assert LEADING in checked.letter.text
    assert "Q06" in {violation.rule for violation in checked.violations}
    assert hospital.query(draft.id).version == draft.version
    with hospital.store.reading() as session:
        assert len(letter_versions(session, draft.id)) == 1


def test_an_answer_that_is_missing_or_nothing_supports_is_told(hospital: Hospital) -> None:
    draft = hospital.drafted()
    options = (("High-output heart failure", OptionKind.DIAGNOSIS), ("Other", OptionKind.OTHER))
    checked = check(hospital, draft.id, options=options)
    found = {(v.rule, v.fix) for v in checked.violations}
    assert found == {
        ("Q11", "Remove the option, or show the fact that supports it."),
        ("Q12", "Add: Unable to determine"),
    }


def test_the_first_look_at_a_version_is_an_event_and_further_ones_are_none(
    hospital: Hospital,
) -> None:
    draft = hospital.drafted()
    for words in ("one", "two", "three"):
        check(hospital, draft.id, stem=f"Please clarify {words}.")
    check(hospital, draft.id, who="mia")
    events = open_query(hospital.desk, hospital.actor("sam"), draft.id).events
    looks = [event.actor_id for event in events if event.verb == "query.check"]
    assert looks == [hospital.users["sam"], hospital.users["mia"]]


def test_the_record_is_read_again_when_it_has_changed(hospital: Hospital) -> None:
    draft = hospital.drafted()
    assert check(hospital, draft.id).violations == ()
    stay = make_stay()
    hospital.clock.pass_hours(1)
    hospital.ingest(replace(stay, observations=(replace(stay.observations[0], value=184.0),)))
    (found,) = check(hospital, draft.id).violations
    assert (found.rule, found.fix) == ("Q02", "Quote: bnp 184 pg/mL")


def test_a_question_the_record_has_answered_is_told(hospital: Hospital) -> None:
    draft = hospital.drafted()
    hospital.ingest(make_stay(CHF.replace("CHF", "Acute on chronic systolic CHF")))
    assert "Q22" in {violation.rule for violation in check(hospital, draft.id).violations}


@pytest.mark.parametrize(("who", "error"), [("pat", NotAllowed), ("zoe", NotFound)])
def test_only_those_who_may_edit_may_check(
    hospital: Hospital, who: str, error: type[Exception]
) -> None:
    draft = hospital.drafted()
    with pytest.raises(error):
        check(hospital, draft.id, who=who)
