"""Letters in the editor: facts from the record, violations mended, the recipient changed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from desks import MORNING, Hospital
from stays import make_full_stay

from cdi.domain.letter import OptionKind
from cdi.errors import ConflictError, InputError, NotAllowed, NotFound, TransitionError
from cdi.letters.facts import record_facts
from cdi.workflow.addressing import address_query, open_address
from cdi.workflow.charts import open_query
from cdi.workflow.desk import Receipt
from cdi.workflow.drafting import edit_letter
from cdi.workflow.letters import LetterEdit, edit_of
from cdi.workflow.mending import mend_wording
from cdi.workflow.sending import send_query
from cdi.workflow.wording import check_wording, open_wording


def _edit(hospital: Hospital, draft: Receipt) -> LetterEdit:
    return edit_of(open_query(hospital.desk, hospital.actor("sam"), draft.id).letter)


def _change(edit: LetterEdit, number: int = 0, **parts: object) -> LetterEdit:
    questions = list(edit.questions)
    questions[number] = replace(questions[number], **parts)  # type: ignore[arg-type]
    return replace(edit, questions=tuple(questions))


def _mend_all(hospital: Hospital, draft: Receipt, edit: LetterEdit) -> LetterEdit:
    sam = hospital.actor("sam")
    for _ in range(8):
        found = check_wording(hospital.desk, sam, draft.id, edit)
        if found.may_be_sent:
            return edit
        first = next(v for v in found.violations if v.level.value != "warn")
        edit = mend_wording(hospital.desk, sam, draft.id, edit, first.rule, first.where)
    raise AssertionError("not mended")


def test_the_edit_of_a_letter_leaves_it_as_it_is(hospital: Hospital) -> None:
    draft = hospital.drafted(make_full_stay())
    edit = _edit(hospital, draft)
    found = check_wording(hospital.desk, hospital.actor("sam"), draft.id, edit)
    assert (
        found.letter.questions
        == open_query(hospital.desk, hospital.actor("sam"), draft.id).letter.questions
    )
    assert found.may_be_sent


def test_leading_words_are_taken_out_and_the_rest_stays(hospital: Hospital) -> None:
    draft = hospital.drafted(make_full_stay())
    edit = _edit(hospital, draft)
    stem = edit.questions[0].stem
    led = _change(edit, stem=f"{stem} This will raise the reimbursement.")
    found = check_wording(hospital.desk, hospital.actor("sam"), draft.id, led)
    assert not found.may_be_sent
    mended = _mend_all(hospital, draft, led)
    assert "reimbursement" not in mended.questions[0].stem
    assert mended.questions[0].stem.startswith(stem[:30])
    assert mended.questions[1:] == edit.questions[1:]


def test_a_way_out_that_was_removed_is_put_back(hospital: Hospital) -> None:
    draft = hospital.drafted(make_full_stay())
    edit = _edit(hospital, draft)
    kept = tuple(o for o in edit.questions[0].options if o[1] is not OptionKind.UNDETERMINED)
    assert len(kept) < len(edit.questions[0].options)
    mended = _mend_all(hospital, draft, _change(edit, options=kept))
    assert OptionKind.UNDETERMINED in {kind for _, kind in mended.questions[0].options}


def test_what_is_not_violated_or_cannot_be_mended_is_told(hospital: Hospital) -> None:
    draft = hospital.drafted(make_full_stay())
    edit = _edit(hospital, draft)
    with pytest.raises(InputError, match="no such violation"):
        mend_wording(hospital.desk, hospital.actor("sam"), draft.id, edit, "Q09", "subject")
    with pytest.raises(NotAllowed):
        mend_wording(hospital.desk, hospital.actor("kim"), draft.id, edit, "Q09", "subject")
    with pytest.raises(NotFound):
        mend_wording(hospital.desk, hospital.actor("zoe"), draft.id, edit, "Q09", "subject")


def test_facts_are_added_from_the_record_and_from_nowhere_else(hospital: Hospital) -> None:
    draft = hospital.drafted(make_full_stay())
    sam = hospital.actor("sam")
    edit = _edit(hospital, draft)
    letter = open_query(hospital.desk, sam, draft.id).letter
    first = edit.questions[0].facts
    fewer = _change(edit, facts=first[1:])
    kept = edit_letter(hospital.desk, sam, draft.id, draft.version, fewer)
    gone = letter.questions[0].indicators[0]
    stored, reference = open_wording(hospital.desk, sam, draft.id)
    offered = record_facts(stored.findings[0], reference.encounter)
    (back,) = [name for name, fact in offered.items() if fact.text == gone.text][:1]
    again = _change(_edit(hospital, draft), facts=(back, *first[1:]))
    edit_letter(hospital.desk, sam, draft.id, kept.version, again)
    facts = open_query(hospital.desk, sam, draft.id).letter.questions[0].indicators
    assert facts[0].text == gone.text
    assert len({fact.id for fact in facts}) == len(facts)
    with pytest.raises(InputError, match="no such fact"):
        check_wording(hospital.desk, sam, draft.id, _change(edit, facts=("e999",)))


def test_recipients_are_proposed_with_the_reason_and_the_time(hospital: Hospital) -> None:
    draft = hospital.drafted(make_full_stay())
    address = open_address(hospital.desk, hospital.actor("sam"), draft.id)
    first, second = address.recipients
    assert (first.name, first.why) == ("Dr. Pat Rivera", "wrote what raised the question")
    # Who is asked for a service is the one with the smaller id, and these are made at random.
    assert (second.name, second.why) in [
        ("Dr. Pia Rivera", ""),
        ("Dr. Pia Rivera", "works in the service in charge"),
    ]
    assert address.due_at is not None
    assert address.due_at > MORNING


def test_an_unsent_letter_is_addressed_to_another_and_says_so(hospital: Hospital) -> None:
    draft = hospital.drafted(make_full_stay())
    sam, pia = hospital.actor("sam"), hospital.users["pia"]
    done = address_query(hospital.desk, sam, draft.id, draft.version, pia)
    file = open_query(hospital.desk, sam, draft.id)
    assert (file.query.recipient_id, file.letter.recipient) == (pia, "Dr. Pia Rivera")
    assert "Dr. Pia Rivera" in file.letter.text
    assert file.query.routed_by == "chosen"
    with pytest.raises(ConflictError):
        address_query(hospital.desk, sam, draft.id, draft.version, pia)
    with pytest.raises(InputError):
        address_query(hospital.desk, sam, draft.id, done.version, hospital.users["kim"])
    sent = send_query(hospital.desk, sam, draft.id, done.version)
    with pytest.raises(TransitionError):
        address_query(hospital.desk, sam, draft.id, sent.version, hospital.users["pat"])
