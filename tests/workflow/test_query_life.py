"""The life of a query from finding to closed, and each way it ends early."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from desks import CHF, MORNING, SPECIFIED, Hospital, make_stay
from sqlalchemy import select

from cdi.domain.encounter import Encounter, Note, NoteStatus
from cdi.domain.letter import Channel, OptionKind
from cdi.domain.policy import Policy
from cdi.domain.query import FindingChange, FindingState, Outcome, QueryState
from cdi.domain.reasons import DismissalReason, EndReason, OverrideReason
from cdi.errors import (
    ConflictError,
    InputError,
    LimitReached,
    NotAllowed,
    NotCompliant,
    SignatureError,
    TransitionError,
)
from cdi.storage.audit import verify
from cdi.storage.findings import finding_history, finding_rows
from cdi.storage.pages import query_events
from cdi.storage.queries import diagnoses_of, find_letter, find_response, letter_versions, to_letter
from cdi.storage.tables import DeliveryRow
from cdi.workflow.addendum import AnswerGiven
from cdi.workflow.answering import Confirmation, answer_query
from cdi.workflow.drafting import (
    draft_query,
    edit_letter,
    return_query,
    submit_query,
)
from cdi.workflow.lifecycle import (
    close_query,
    dismiss_finding,
    resolve_query,
    verify_query,
    view_query,
    withdraw_query,
)
from cdi.workflow.reviews import review_encounter
from cdi.workflow.sending import Override, send_query
from cdi.workflow.verbal import record_verbal_query


def later_note(text: str, number: str = "n2") -> Note:
    first = make_stay().notes[0]
    return replace(first, id=number, text=text, recorded_at=MORNING + timedelta(hours=2))


def with_note(text: str) -> Encounter:
    stay = make_stay()
    return replace(stay, notes=(*stay.notes, later_note(text)))


def verbs(hospital: Hospital, query_id: str) -> list[str]:
    with hospital.store.reading() as session:
        return [event.verb for event in query_events(session, query_id)]


def test_a_query_goes_from_draft_to_closed_with_an_event_for_each_step(
    hospital: Hospital,
) -> None:
    sam, pat = hospital.actor("sam"), hospital.actor("pat")
    draft = hospital.drafted()
    submitted = submit_query(hospital.desk, sam, draft.id, draft.version)
    sent = send_query(hospital.desk, sam, draft.id, submitted.version)
    viewed = view_query(hospital.desk, pat, draft.id)
    answers = hospital.options(draft.id, OptionKind.DIAGNOSIS)
    answered = hospital.answer(draft.id, viewed.version, answers)
    verified = verify_query(hospital.desk, sam, draft.id, answered.version)
    closed = close_query(hospital.desk, sam, draft.id, verified.version)
    states = [step.state for step in (draft, submitted, sent, viewed, answered, verified, closed)]
    assert states == ["draft", "in_review", "sent", "viewed", "answered", "verified", "closed"]
    assert verbs(hospital, draft.id) == [
        "query.draft",
        "query.submit",
        "query.send",
        "query.view",
        "query.answer",
        "query.verify",
        "query.close",
    ]
    assert verify(hospital.store).faults == ()


def test_a_draft_asks_the_author_of_the_note_about_every_finding(hospital: Hospital) -> None:
    query = hospital.query(hospital.drafted().id)
    assert (query.recipient_id, query.routed_by) == (hospital.users["pat"], "author")
    assert [(q.condition, q.position) for q in query.questions] == [("heart_failure", 0)]
    assert query.retrospective is False


def test_a_query_after_discharge_is_retrospective(hospital: Hospital) -> None:
    stay = make_stay(discharged_at=MORNING - timedelta(minutes=5))
    assert hospital.query(hospital.drafted(stay).id).retrospective is True


def test_the_same_question_is_never_asked_twice(hospital: Hospital) -> None:
    sent = hospital.sent()
    encounter_id = hospital.query(sent.id).encounter_id
    with hospital.store.reading() as session:
        findings = [row.id for row in finding_rows(session, encounter_id)]
    with pytest.raises(ConflictError, match="is asked, not open"):
        draft_query(hospital.desk, hospital.actor("mia"), encounter_id, findings)


def test_an_answered_question_is_not_asked_again_when_its_finding_comes_back(
    hospital: Hospital,
) -> None:
    answered = hospital.answered(OptionKind.UNDETERMINED)
    encounter_id = hospital.query(answered.id).encounter_id
    hospital.clock.pass_hours(1)
    hospital.ingest(make_stay(SPECIFIED))
    review_encounter(hospital.desk, hospital.actor("bot"), encounter_id)
    hospital.ingest(make_stay(CHF + " "))
    review_encounter(hospital.desk, hospital.actor("bot"), encounter_id)
    with hospital.store.reading() as session:
        (row,) = finding_rows(session, encounter_id)
        changes = [step.change for step in finding_history(session, row.id)]
    assert row.state is FindingState.ASKED
    assert changes == [
        FindingChange.RAISED,
        FindingChange.ASKED,
        FindingChange.RESOLVED,
        FindingChange.REOPENED,
    ]


def test_a_withdrawn_question_may_be_asked_again(hospital: Hospital) -> None:
    sent = hospital.sent()
    sam = hospital.actor("sam")
    withdraw_query(hospital.desk, sam, sent.id, sent.version, EndReason.ASKED_IN_ERROR)
    encounter_id = hospital.query(sent.id).encounter_id
    with hospital.store.reading() as session:
        (row,) = finding_rows(session, encounter_id)
    assert row.state is FindingState.OPEN
    again = draft_query(hospital.desk, sam, encounter_id, [row.id])
    assert (again.state, again.id != sent.id) == ("draft", True)


def test_a_step_that_does_not_apply_names_those_that_do(hospital: Hospital) -> None:
    draft = hospital.drafted()
    with pytest.raises(TransitionError) as caught:
        verify_query(hospital.desk, hospital.actor("sam"), draft.id, draft.version)
    assert str(caught.value) == (
        "cannot verify what is draft; possible: edit, submit, send, withdraw, resolve"
    )


def test_a_step_on_an_old_version_tells_what_there_is_now_and_by_whom(
    hospital: Hospital,
) -> None:
    draft = hospital.drafted()
    submit_query(hospital.desk, hospital.actor("mia"), draft.id, draft.version)
    with pytest.raises(ConflictError, match="it is in_review now") as caught:
        submit_query(hospital.desk, hospital.actor("sam"), draft.id, draft.version)
    assert caught.value.version == draft.version + 1
    assert caught.value.changed_by == hospital.users["mia"]


def test_an_edit_is_a_new_version_and_goes_back_to_draft(hospital: Hospital) -> None:
    draft = hospital.drafted()
    sam = hospital.actor("sam")
    submitted = submit_query(hospital.desk, sam, draft.id, draft.version)
    edit = hospital.edit(draft.id, stem="Please clarify the type of the heart failure.")
    receipt = edit_letter(hospital.desk, sam, draft.id, submitted.version, edit)
    with hospital.store.reading() as session:
        versions = letter_versions(session, draft.id)
        texts = [to_letter(version).text for version in versions]
        options = to_letter(versions[-1]).questions[0].options
    assert (receipt.state, [v.revision for v in versions]) == ("draft", [1, 2])
    assert "Please clarify the type of the heart failure." in texts[1]
    assert "Please clarify the type of the heart failure." not in texts[0]
    assert options[0].code is not None


def test_a_fact_that_is_not_of_the_letter_cannot_be_added(hospital: Hospital) -> None:
    draft = hospital.drafted()
    edit = hospital.edit(draft.id, facts=("i1", "i99"))
    with pytest.raises(InputError, match=r"questions\[0\].facts: no such fact"):
        edit_letter(hospital.desk, hospital.actor("sam"), draft.id, draft.version, edit)


LEADING = "Would you agree that the patient has acute on chronic systolic heart failure?"


def test_a_letter_with_violations_is_not_sent(hospital: Hospital) -> None:
    draft = hospital.drafted()
    sam = hospital.actor("sam")
    edit = hospital.edit(draft.id, stem=LEADING)
    receipt = edit_letter(hospital.desk, sam, draft.id, draft.version, edit)
    with pytest.raises(NotCompliant) as caught:
        send_query(hospital.desk, sam, draft.id, receipt.version)
    assert "Q06" in caught.value.rules
    assert hospital.query(draft.id).state is QueryState.DRAFT


def test_only_a_manager_overrides_with_a_reason_that_the_audit_keeps(hospital: Hospital) -> None:
    draft = hospital.drafted()
    desk, sam, mia = hospital.desk, hospital.actor("sam"), hospital.actor("mia")
    edit = hospital.edit(draft.id, stem=LEADING)
    version = edit_letter(desk, sam, draft.id, draft.version, edit).version
    with pytest.raises(NotAllowed, match="manager"):
        send_query(desk, sam, draft.id, version, override=Override(OverrideReason.LOCAL_POLICY))
    with pytest.raises(NotCompliant):
        send_query(desk, mia, draft.id, version)
    with pytest.raises(InputError, match="needs words"):
        send_query(desk, mia, draft.id, version, override=Override(OverrideReason.OTHER, "  "))
    override = Override(OverrideReason.ADVISOR_AGREES, "by telephone")
    sent = send_query(desk, mia, draft.id, version, override=override)
    with hospital.store.reading() as session:
        letter = find_letter(session, hospital.query(sent.id))
        event = query_events(session, sent.id)[-1]
    assert letter.override_by == hospital.users["mia"]
    assert letter.override_reason is OverrideReason.ADVISOR_AGREES
    assert letter.override_remark == "by telephone"
    assert '"overridden":["Q06"' in event.detail
    assert '"override":"physician_advisor_agrees"' in event.detail
    assert "telephone" not in event.detail


def test_a_letter_whose_fact_was_amended_is_not_sent(hospital: Hospital) -> None:
    draft = hospital.drafted()
    stay = make_stay(CHF.replace("CHF exacerbation", "Chest pain. CHF exacerbation"))
    hospital.ingest(stay)
    with pytest.raises(NotCompliant) as caught:
        send_query(hospital.desk, hospital.actor("sam"), draft.id, draft.version)
    assert "Q02" in caught.value.rules


def test_a_sent_letter_is_never_altered(hospital: Hospital) -> None:
    sent = hospital.sent()
    with pytest.raises(TransitionError, match="cannot edit what is sent"):
        edit_letter(
            hospital.desk,
            hospital.actor("sam"),
            sent.id,
            sent.version,
            hospital.edit(sent.id, stem="Another question?"),
        )


def test_a_returned_draft_is_a_draft_again(hospital: Hospital) -> None:
    draft = hospital.drafted()
    desk, mia = hospital.desk, hospital.actor("mia")
    submitted = submit_query(desk, mia, draft.id, draft.version)
    assert return_query(desk, mia, draft.id, submitted.version).state == "draft"


def test_sending_puts_a_letter_without_content_into_the_outbox(hospital: Hospital) -> None:
    sent = hospital.sent()
    with hospital.store.reading() as session:
        (delivery,) = session.scalars(select(DeliveryRow)).all()
        assert (delivery.topic, delivery.target) == ("query.sent", "pat@example.org")
        assert delivery.query_id == sent.id
        for words in ("Jordan", "MRN-7", "CHF", "heart"):
            assert words not in delivery.content


def test_no_more_than_the_policy_allows_are_sent_to_one_physician_a_day(
    hospital: Hospital,
) -> None:
    hospital.set_policy(Policy(most_per_day=1))
    hospital.sent()
    draft = hospital.drafted(replace(make_stay(), id="E-101"))
    desk, sam = hospital.desk, hospital.actor("sam")
    with pytest.raises(LimitReached, match="as many as the policy allows"):
        send_query(desk, sam, draft.id, draft.version)
    hospital.clock.pass_hours(24)
    assert send_query(desk, sam, draft.id, draft.version).state == "sent"


def test_questions_for_the_same_physician_join_the_unsent_letter(hospital: Hospital) -> None:
    text = CHF + "\nWound: sacral pressure ulcer, dressing changed daily."
    identifier, findings = hospital.ready(make_stay(text))
    assert len(findings) > 1
    desk, sam = hospital.desk, hospital.actor("sam")
    first = draft_query(desk, sam, identifier, findings[:1])
    joined = draft_query(desk, sam, identifier, findings[1:])
    assert joined.id == first.id
    query = hospital.query(first.id)
    with hospital.store.reading() as session:
        letter = to_letter(find_letter(session, query))
    assert len(query.questions) == len(letter.questions) == len(findings)
    facts = [indicator.id for question in letter.questions for indicator in question.indicators]
    assert len(facts) == len(set(facts))


def test_an_answer_leaves_a_signed_addendum_and_a_diagnosis_with_its_code(
    hospital: Hospital,
) -> None:
    answered = hospital.answered()
    with hospital.store.reading() as session:
        response = find_response(session, answered.id)
        assert response is not None
        (diagnosis,) = diagnoses_of(session, answered.id)
        assert response.answered_by == hospital.users["pat"]
        assert response.addendum_hash == hospital.store.digest(response.addendum)
        assert "Answer: Acute diastolic (HFpEF)" in response.addendum
        assert "signed by Dr. Pat Rivera, 2026-06-03 09:00 UTC" in response.addendum
        assert diagnosis.wording == "Acute diastolic (HFpEF)"
        assert [p["code"] for p in diagnosis.proposals] == ["I50.31"]
        assert diagnosis.outcome is Outcome.SPECIFIED
        assert answered.made == (diagnosis.id,)


def test_undetermined_is_an_answer_without_a_diagnosis(hospital: Hospital) -> None:
    answered = hospital.answered(OptionKind.UNDETERMINED)
    assert (answered.state, answered.made) == ("answered", ())


def test_words_of_ones_own_are_kept_as_written(hospital: Hospital) -> None:
    answered = hospital.answered(OptionKind.OTHER, "  High-output failure  ")
    with hospital.store.reading() as session:
        (diagnosis,) = diagnoses_of(session, answered.id)
        assert (diagnosis.wording, diagnosis.outcome) == ("High-output failure", Outcome.OTHER)


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ([], "answers: the letter has 1 questions"),
        ([AnswerGiven(99)], r"answers\[0\].option: there is no such option"),
        ([AnswerGiven(-1)], r"answers\[0\].option: there is no such option"),
        ([AnswerGiven(None, "words")], r"answers\[0\].option: an option must be chosen"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_and_loses_nothing(
    hospital: Hospital, answers: list[AnswerGiven], message: str
) -> None:
    sent = hospital.sent()
    with pytest.raises(InputError, match=message):
        hospital.answer(sent.id, sent.version, answers)
    assert hospital.query(sent.id).version == sent.version


def test_other_without_words_is_no_answer(hospital: Hospital) -> None:
    sent = hospital.sent()
    answers = hospital.options(sent.id, OptionKind.OTHER)
    with pytest.raises(InputError, match="asks for words"):
        hospital.answer(sent.id, sent.version, answers)


@pytest.mark.parametrize(("who", "age"), [("pia", 0), ("pat", 6), ("pat", -1)])
def test_an_answer_without_a_fresh_confirmation_is_refused(
    hospital: Hospital, who: str, age: int
) -> None:
    sent = hospital.sent()
    at = hospital.clock() - timedelta(minutes=age)
    confirmation = Confirmation(hospital.users[who], at, "password")
    answers = hospital.options(sent.id, OptionKind.DIAGNOSIS)
    with pytest.raises(SignatureError):
        answer_query(
            hospital.desk, hospital.actor("pat"), sent.id, sent.version, answers, confirmation
        )


def test_a_second_answer_is_told_who_was_first(hospital: Hospital) -> None:
    sent = hospital.sent()
    answers = hospital.options(sent.id, OptionKind.DIAGNOSIS)
    hospital.answer(sent.id, sent.version, answers)
    with pytest.raises(ConflictError, match="it is answered now") as caught:
        hospital.answer(sent.id, sent.version, answers)
    assert caught.value.changed_by == hospital.users["pat"]


def test_a_later_note_that_says_the_same_verifies_the_answer(hospital: Hospital) -> None:
    answered = hospital.answered()
    hospital.clock.pass_hours(2)
    stay = make_stay()
    amended = replace(stay.notes[0], status=NoteStatus.SUPERSEDED)
    hospital.ingest(replace(stay, notes=(amended, later_note(SPECIFIED))))
    encounter_id = hospital.query(answered.id).encounter_id
    review_encounter(hospital.desk, hospital.actor("bot"), encounter_id)
    assert hospital.query(answered.id).state is QueryState.VERIFIED


def test_an_answer_that_no_later_note_repeats_stays_answered(hospital: Hospital) -> None:
    answered = hospital.answered()
    hospital.clock.pass_hours(2)
    hospital.ingest(with_note("Feels better. Walks the hall."))
    encounter_id = hospital.query(answered.id).encounter_id
    review_encounter(hospital.desk, hospital.actor("bot"), encounter_id)
    assert hospital.query(answered.id).state is QueryState.ANSWERED


@pytest.mark.parametrize(("sent", "state"), [(True, "withdrawn"), (False, "resolved")])
def test_a_question_that_the_record_answers_meanwhile_ends_by_itself(
    hospital: Hospital, sent: bool, state: str
) -> None:
    query_id = hospital.sent().id if sent else hospital.drafted().id
    hospital.clock.pass_hours(2)
    hospital.ingest(with_note(SPECIFIED))
    encounter_id = hospital.query(query_id).encounter_id
    review_encounter(hospital.desk, hospital.actor("bot"), encounter_id)
    query = hospital.query(query_id)
    assert (query.state.value, query.end_reason) == (state, EndReason.DOCUMENTED_MEANWHILE)


def test_what_is_not_in_the_record_is_closed_only_for_a_reason(hospital: Hospital) -> None:
    answered = hospital.answered(OptionKind.UNDETERMINED)
    desk, sam = hospital.desk, hospital.actor("sam")
    with pytest.raises(InputError, match="reason"):
        close_query(desk, sam, answered.id, answered.version)
    closed = close_query(desk, sam, answered.id, answered.version, EndReason.NOTHING_TO_DOCUMENT)
    assert closed.state == "closed"
    assert hospital.query(answered.id).end_reason is EndReason.NOTHING_TO_DOCUMENT


@pytest.mark.parametrize("step", [withdraw_query, resolve_query])
def test_ending_a_query_takes_a_reason(hospital: Hospital, step: object) -> None:
    draft = hospital.drafted()
    args = (hospital.desk, hospital.actor("sam"), draft.id, draft.version)
    with pytest.raises(InputError, match="verified is no reason to"):
        step(*args, EndReason.VERIFIED)  # type: ignore[operator]
    with pytest.raises(InputError, match="needs words"):
        step(*args, EndReason.OTHER, " ")  # type: ignore[operator]
    with pytest.raises(InputError, match="at most 400"):
        step(*args, EndReason.NOT_NEEDED, "x" * 401)  # type: ignore[operator]


def test_the_words_beside_a_reason_stand_with_the_query_and_their_hash_in_the_trail(
    hospital: Hospital,
) -> None:
    sent = hospital.sent()
    sam = hospital.actor("sam")
    withdraw_query(
        hospital.desk, sam, sent.id, sent.version, EndReason.OTHER, " patient transferred "
    )
    query = hospital.query(sent.id)
    with hospital.store.reading() as session:
        event = query_events(session, sent.id)[-1]
    assert (query.end_reason, query.end_remark) == (EndReason.OTHER, "patient transferred")
    assert '"reason":"other"' in event.detail
    assert f'"remark":"{hospital.store.digest("patient transferred")}"' in event.detail
    assert "transferred" not in event.detail


def test_a_dismissed_finding_stays_dismissed_at_the_next_review(hospital: Hospital) -> None:
    identifier, (finding_id, *_) = hospital.ready()
    desk, sam = hospital.desk, hospital.actor("sam")
    with hospital.store.reading() as session:
        version = finding_rows(session, identifier)[0].version
    dismiss_finding(desk, sam, finding_id, version, DismissalReason.OTHER, "line lost")
    review_encounter(desk, hospital.actor("bot"), identifier)
    with hospital.store.reading() as session:
        row = finding_rows(session, identifier)[0]
        step = finding_history(session, row.id)[-1]
    assert (row.state, row.reason) == (FindingState.DISMISSED, DismissalReason.OTHER)
    assert (row.remark, step.reason, step.remark) == ("line lost", row.reason, "line lost")


def test_a_verbal_question_is_recorded_with_the_same_content(hospital: Hospital) -> None:
    identifier, findings = hospital.ready()
    desk, sam = hospital.desk, hospital.actor("sam")
    recorded = record_verbal_query(
        desk,
        sam,
        identifier,
        findings,
        hospital.users["pat"],
        hospital.clock() - timedelta(minutes=20),
        [AnswerGiven(0)],
    )
    query = hospital.query(recorded.id)
    with hospital.store.reading() as session:
        letter = to_letter(find_letter(session, query))
        response = find_response(session, recorded.id)
        assert response is not None
    assert (query.channel, query.state) == (Channel.VERBAL_NOTE, QueryState.ANSWERED)
    assert letter.questions[0].indicators
    assert response.answered_by == hospital.users["pat"]
    assert response.recorded_by == hospital.users["sam"]
