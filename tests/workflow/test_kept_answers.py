"""Answering one tap at a time: kept, read over, signed, never lost to what happens meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from desks import CHF, MORNING, Hospital, make_stay

from cdi.domain.letter import Letter, OptionKind
from cdi.domain.query import QueryState
from cdi.domain.reasons import EndReason
from cdi.errors import (
    ConflictError,
    InputError,
    NotAllowed,
    NotFound,
    SignatureError,
    TransitionError,
)
from cdi.storage.audit import verify
from cdi.storage.pages import query_events
from cdi.storage.queries import diagnoses_of, find_letter, find_response, to_letter
from cdi.storage.tables import CoverRow
from cdi.workflow.addendum import AnswerGiven
from cdi.workflow.answer_sheets import open_asked, open_sheet, open_signed
from cdi.workflow.answering import Confirmation
from cdi.workflow.desk import Receipt
from cdi.workflow.drafting import draft_query
from cdi.workflow.kept_answers import (
    StrandedAnswer,
    find_stranded,
    forget_answers,
    keep_answer,
    mark_shown,
    preview,
    sign_kept_answers,
)
from cdi.workflow.lifecycle import reroute_query, withdraw_query
from cdi.workflow.sending import send_query

TWO = CHF + "\nWound: sacral pressure ulcer, dressing changed daily."


def letter_of(hospital: Hospital, query_id: str) -> Letter:
    with hospital.store.reading() as session:
        return to_letter(find_letter(session, hospital.query(query_id)))


def place(hospital: Hospital, query_id: str, kind: OptionKind, position: int = 0) -> int:
    options = letter_of(hospital, query_id).questions[position].options
    return [option.kind for option in options].index(kind)


def keep(
    hospital: Hospital,
    query_id: str,
    kind: OptionKind = OptionKind.DIAGNOSIS,
    words: str = "",
    position: int = 0,
    who: str = "pat",
) -> Receipt:
    given = AnswerGiven(place(hospital, query_id, kind, position), words)
    revision = hospital.query(query_id).letter_revision
    return keep_answer(hospital.desk, hospital.actor(who), query_id, revision, position, given)


def shown(hospital: Hospital, query_id: str, who: str = "pat") -> str:
    sheet = open_sheet(hospital.desk, hospital.actor(who), query_id)
    return preview(sheet.query.letter, sheet.query.kept)


def sign(hospital: Hospital, query_id: str, text: str, who: str = "pat") -> Receipt:
    revision = hospital.query(query_id).letter_revision
    confirmation = hospital.confirmation(who)
    return sign_kept_answers(
        hospital.desk,
        hospital.actor(who),
        query_id,
        revision,
        mark_shown(hospital.desk, text),
        confirmation,
    )


def cover(hospital: Hospital, absent: str, covering: str) -> None:
    with hospital.store.writing() as session:
        session.add(
            CoverRow(
                user_id=hospital.users[absent],
                covered_by=hospital.users[covering],
                starts_at=MORNING - timedelta(days=1),
                ends_at=MORNING + timedelta(days=1),
            )
        )


def test_what_is_signed_is_what_was_shown_and_a_signature(hospital: Hospital) -> None:
    sent = hospital.sent()
    keep(hospital, sent.id)
    text = shown(hospital, sent.id)
    receipt = sign(hospital, sent.id, text)
    with hospital.store.reading() as session:
        response = find_response(session, sent.id)
        assert response is not None
        addendum = response.addendum
        (diagnosis,) = diagnoses_of(session, sent.id)
    signature = "\n\nElectronically signed by Dr. Pat Rivera, 2026-06-03 09:00 UTC"
    assert addendum == text + signature
    assert (receipt.state, receipt.made) == ("answered", (diagnosis.id,))
    assert open_sheet(hospital.desk, hospital.actor("pat"), sent.id).query.kept == {}
    assert verify(hospital.store).faults == ()


def test_a_later_answer_takes_the_place_of_the_one_before(hospital: Hospital) -> None:
    sent = hospital.sent()
    keep(hospital, sent.id)
    keep(hospital, sent.id, OptionKind.OTHER, "  High-output failure ")
    sheet = open_sheet(hospital.desk, hospital.actor("pat"), sent.id)
    assert sheet.query.kept == {
        0: AnswerGiven(place(hospital, sent.id, OptionKind.OTHER), "High-output failure")
    }


def test_an_answer_that_does_not_fit_is_not_kept(hospital: Hospital) -> None:
    sent = hospital.sent()
    with pytest.raises(InputError, match=r"answers\[0\].words: this option asks for words"):
        keep(hospital, sent.id, OptionKind.OTHER)
    with pytest.raises(NotFound):
        keep_answer(hospital.desk, hospital.actor("pat"), sent.id, 1, 7, AnswerGiven(0))
    assert open_sheet(hospital.desk, hospital.actor("pat"), sent.id).query.kept == {}


def test_a_letter_is_signed_only_with_every_question_answered(hospital: Hospital) -> None:
    sent = hospital.sent(make_stay(TWO))
    keep(hospital, sent.id, position=1)
    with pytest.raises(InputError, match=r"answers\[0\]: not answered yet"):
        shown(hospital, sent.id)
    keep(hospital, sent.id)
    assert sign(hospital, sent.id, shown(hospital, sent.id)).state == "answered"


def test_answers_changed_after_they_were_shown_are_not_signed(hospital: Hospital) -> None:
    sent = hospital.sent()
    keep(hospital, sent.id)
    text = shown(hospital, sent.id)
    keep(hospital, sent.id, OptionKind.UNDETERMINED)
    with pytest.raises(ConflictError, match="not those that were shown"):
        sign(hospital, sent.id, text)
    assert hospital.query(sent.id).state is QueryState.VIEWED


def test_signing_twice_signs_once(hospital: Hospital) -> None:
    sent = hospital.sent()
    keep(hospital, sent.id)
    text = shown(hospital, sent.id)
    assert sign(hospital, sent.id, text) == sign(hospital, sent.id, text)
    with hospital.store.reading() as session:
        verbs = [event.verb for event in query_events(session, sent.id)]
    assert verbs.count("query.answer") == 1


def test_a_reminder_between_reading_and_signing_does_not_stand_in_the_way(
    hospital: Hospital,
) -> None:
    sent = hospital.sent()
    keep(hospital, sent.id)
    text = shown(hospital, sent.id)
    with hospital.store.writing() as session:
        session.merge(hospital.query(sent.id)).reminders = 1
    assert sign(hospital, sent.id, text).state == "answered"


def test_a_confirmation_of_somebody_else_or_too_old_signs_nothing(hospital: Hospital) -> None:
    sent = hospital.sent()
    keep(hospital, sent.id)
    text = shown(hospital, sent.id)
    pat = hospital.actor("pat")
    for confirmation in (
        hospital.confirmation("sam"),
        Confirmation(hospital.users["pat"], MORNING - timedelta(minutes=6), "password"),
    ):
        with pytest.raises(SignatureError):
            sign_kept_answers(
                hospital.desk, pat, sent.id, 1, mark_shown(hospital.desk, text), confirmation
            )
    assert hospital.query(sent.id).state is QueryState.VIEWED


def test_what_was_answered_before_a_withdrawal_is_still_there_to_read(hospital: Hospital) -> None:
    sent = hospital.sent()
    keep(hospital, sent.id, OptionKind.OTHER, "High-output failure")
    text = shown(hospital, sent.id)
    seen = hospital.query(sent.id).version
    withdraw_query(hospital.desk, hospital.actor("sam"), sent.id, seen, EndReason.ASKED_IN_ERROR)
    with pytest.raises(TransitionError, match="cannot answer what is withdrawn"):
        sign(hospital, sent.id, text)
    pat = hospital.actor("pat")
    topic = letter_of(hospital, sent.id).questions[0].topic
    assert find_stranded(hospital.desk, pat) == (
        StrandedAnswer(
            sent.id,
            topic,
            "Other (please specify)",
            "High-output failure",
            QueryState.WITHDRAWN,
        ),
    )
    sheet = open_sheet(hospital.desk, pat, sent.id)
    assert (sheet.answerable, sheet.changed_by) == (False, "Dr. Sam Rivera")
    assert forget_answers(hospital.desk, pat, sent.id) == 1
    assert find_stranded(hospital.desk, pat) == ()


def test_who_answers_second_is_told_who_was_first_and_keeps_the_words(hospital: Hospital) -> None:
    cover(hospital, "pat", "pia")
    sent = hospital.sent()
    keep(hospital, sent.id, OptionKind.OTHER, "Mine")
    keep(hospital, sent.id, who="pia")
    text = shown(hospital, sent.id)
    sign(hospital, sent.id, shown(hospital, sent.id, "pia"), "pia")
    with pytest.raises(TransitionError, match="cannot answer what is answered"):
        sign(hospital, sent.id, text)
    sheet = open_sheet(hospital.desk, hospital.actor("pat"), sent.id)
    assert (sheet.answerable, sheet.answered_by) == (False, "Dr. Pia Rivera")
    (stranded,) = find_stranded(hospital.desk, hospital.actor("pat"))
    assert (stranded.words, stranded.state) == ("Mine", QueryState.ANSWERED)


def test_words_for_a_question_that_was_passed_on_are_kept_too(hospital: Hospital) -> None:
    sent = hospital.sent()
    keep(hospital, sent.id, OptionKind.OTHER, "Mine")
    version = hospital.query(sent.id).version
    reroute_query(hospital.desk, hospital.actor("sam"), sent.id, version, hospital.users["pia"])
    sheet = open_sheet(hospital.desk, hospital.actor("pat"), sent.id)
    assert (sheet.answerable, sheet.query.recipient) == (False, "Dr. Pia Rivera")
    assert [s.words for s in find_stranded(hospital.desk, hospital.actor("pat"))] == ["Mine"]


def test_answers_of_two_physicians_to_one_query_do_not_mix(hospital: Hospital) -> None:
    cover(hospital, "pat", "pia")
    sent = hospital.sent()
    keep(hospital, sent.id, OptionKind.UNDETERMINED)
    assert open_sheet(hospital.desk, hospital.actor("pia"), sent.id).query.kept == {}


def test_the_inbox_holds_ones_own_questions_and_those_one_covers_by_patient(
    hospital: Hospital,
) -> None:
    own = hospital.sent()
    other = hospital.sent(replace(make_stay(), id="E-200"))
    version = hospital.query(other.id).version
    reroute_query(hospital.desk, hospital.actor("sam"), other.id, version, hospital.users["pia"])
    assert [p.encounter_id for p in open_asked(hospital.desk, hospital.actor("pat"))] == [
        hospital.query(own.id).encounter_id
    ]
    cover(hospital, "pia", "pat")
    stays = open_asked(hospital.desk, hospital.actor("pat"))
    told = {
        query.row.id: (query.because, query.recipient) for stay in stays for query in stay.queries
    }
    assert told == {own.id: ("", "Dr. Pat Rivera"), other.id: ("cover", "Dr. Pia Rivera")}
    assert all(stay.patient.patient is not None for stay in stays)


def test_the_others_of_the_patient_follow_and_those_of_other_patients_do_not(
    hospital: Hospital,
) -> None:
    identifier, findings = hospital.ready(make_stay(TWO))
    desk, sam = hospital.desk, hospital.actor("sam")
    sent = []
    for finding in findings[:2]:
        draft = draft_query(desk, sam, identifier, [finding])
        sent.append(send_query(desk, sam, draft.id, draft.version))
    hospital.sent(replace(make_stay(), id="E-200"))
    sheet = open_sheet(desk, hospital.actor("pat"), sent[0].id)
    assert [query.row.id for query in sheet.others] == [sent[1].id]
    assert [query.row.id for query in sheet.open_queries] == [one.id for one in sent]


def test_a_physician_reads_what_they_signed_newest_first(hospital: Hospital) -> None:
    hospital.answered()
    other = hospital.sent(replace(make_stay(), id="E-200"))
    hospital.answer(other.id, other.version, hospital.options(other.id, OptionKind.UNDETERMINED))
    pat = hospital.actor("pat")
    replies = open_signed(hospital.desk, pat)
    assert replies[0].query.id == other.id
    older = open_signed(hospital.desk, pat, before=replies[0].response.id)
    assert [reply.response.id for reply in older] == [replies[1].response.id]
    assert open_signed(hospital.desk, hospital.actor("pia")) == ()


def test_only_physicians_have_questions_to_answer(hospital: Hospital) -> None:
    for who in ("sam", "mia", "kim", "ada"):
        for look in (open_asked, open_signed, find_stranded):
            with pytest.raises(NotAllowed):
                look(hospital.desk, hospital.actor(who))
