"""Letters that were sent are sampled, judged by an auditor, and compared with the linter."""

from __future__ import annotations

from datetime import timedelta

import pytest
from desks import HERE, Hospital, make_stay

from cdi.compliance import worksheet
from cdi.domain.letter import AuditOutcome
from cdi.domain.reasons import OverrideReason
from cdi.errors import InputError, NotAllowed, NotFound
from cdi.storage.letter_audits import find_audit
from cdi.storage.pages import events_page
from cdi.workflow.drafting import edit_letter
from cdi.workflow.letter_audit import draw_audit, list_audits, open_audit, record_verdicts
from cdi.workflow.sending import Override, send_query

AGREED = Override(OverrideReason.ADVISOR_AGREES)
LEADING = "The severe CHF: would you agree that it is systolic?"


def send(hospital: Hospital, number: int, stem: str = "") -> str:
    """Send a letter about a stay of its own; a leading one by a manager's override."""
    draft = hospital.drafted(make_stay(id=f"E-{number}"))
    version, mia = draft.version, hospital.actor("mia")
    if stem:
        edit = hospital.edit(draft.id, stem=stem)
        version = edit_letter(hospital.desk, mia, draft.id, version, edit).version
    send_query(hospital.desk, mia, draft.id, version, override=AGREED if stem else None)
    return draft.id


def draw(hospital: Hospital, who: str = "ada", **changes: int) -> str:
    now = hospital.clock()
    receipt = draw_audit(
        hospital.desk,
        hospital.actor(who),
        hospital.facilities[HERE],
        now - timedelta(days=1),
        now + timedelta(days=1),
        **changes,
    )
    return receipt.id


def test_a_sample_tells_the_outcome_of_every_rule_as_each_letter_was_sent(
    hospital: Hospital,
) -> None:
    plain, leading = send(hospital, 1), send(hospital, 2, LEADING)
    audit = open_audit(hospital.desk, hospital.actor("ada"), draw(hospital))
    rules = worksheet.judged_rules(hospital.desk.pack)
    assert [(row.letter, row.rule) for row in audit.rows] == [
        (letter, rule) for letter in (plain, leading) for rule in rules
    ]
    told = [(row.letter, row.rule, row.finding) for row in audit.rows if row.outcome != "met"]
    assert told == [
        (leading, "Q06", "questions[0].stem"),
        (leading, "Q07", "questions[0].stem"),
    ]
    assert (audit.sent, audit.overall.judged) == (2, 0)


def test_the_same_seed_draws_the_same(hospital: Hospital) -> None:
    for number in range(4):
        send(hospital, number)
    drawn = [
        {row.letter for row in open_audit(hospital.desk, hospital.actor("mia"), audit).rows}
        for audit in (draw(hospital, size=2, seed=7), draw(hospital, size=2, seed=7))
    ]
    assert drawn[0] == drawn[1]
    assert len(drawn[0]) == 2
    assert len(list_audits(hospital.desk, hospital.actor("mia"), hospital.facilities[HERE])) == 2


def test_verdicts_come_back_with_the_worksheet_and_give_the_agreement(hospital: Hospital) -> None:
    send(hospital, 1)
    leading = send(hospital, 2, LEADING)
    ada, desk = hospital.actor("ada"), hospital.desk
    audit_id = draw(hospital)
    lines = worksheet.write_csv(open_audit(desk, ada, audit_id).rows).splitlines()
    filled = [lines[0]]
    for line in lines[1:]:
        letter, rule, outcome, finding, _, _ = line.split(",")
        verdict = {"Q06": "opportunity", "Q07": "met", "Q24": "n/a"}.get(rule, "")
        verdict = verdict if letter == leading else ""
        filled.append(f"{letter},{rule},{outcome},{finding},{verdict},{'seen' * bool(verdict)}")
    record_verdicts(desk, ada, audit_id, worksheet.read_csv("\n".join(filled)))
    audit = open_audit(desk, ada, audit_id)
    assert (audit.overall.judged, audit.overall.agreed, audit.overall.wrong) == (2, 1, 1)
    assert sorted(audit.by_rule) == ["Q06", "Q07", "Q24"]
    judged = [row for row in audit.rows if row.verdict is not None]
    assert [(row.rule, row.verdict, row.comment) for row in judged] == [
        ("Q06", AuditOutcome.OPPORTUNITY, "seen"),
        ("Q07", AuditOutcome.MET, "seen"),
        ("Q24", AuditOutcome.NOT_APPLICABLE, "seen"),
    ]


def test_a_row_of_another_audit_is_refused_and_nothing_is_kept(hospital: Hospital) -> None:
    send(hospital, 1)
    ada, audit_id = hospital.actor("ada"), draw(hospital)
    good, *_ = open_audit(hospital.desk, ada, audit_id).rows
    good = good._replace(verdict=AuditOutcome.MET)
    with pytest.raises(InputError, match="Q01: letter: no such row"):
        record_verdicts(hospital.desk, ada, audit_id, [good, good._replace(letter="L")])
    assert open_audit(hospital.desk, ada, audit_id).overall.judged == 0


def test_drawing_reading_and_judging_are_events(hospital: Hospital) -> None:
    sent = send(hospital, 1)
    ada, audit_id = hospital.actor("ada"), draw(hospital)
    rows = open_audit(hospital.desk, ada, audit_id).rows
    record_verdicts(hospital.desk, ada, audit_id, [rows[0]._replace(verdict=AuditOutcome.MET)])
    with hospital.store.reading() as session:
        events = events_page(session, frozenset(hospital.facilities.values())).rows
        told = [(e.verb, e.subject_id) for e in events if e.verb.startswith("letter_audit")]
        drawn = next(e.detail for e in events if e.verb == "letter_audit.draw")
        row = find_audit(session, audit_id)
    verbs = ["letter_audit.judge", "letter_audit.read", "letter_audit.draw"]
    assert told == [(verb, audit_id) for verb in verbs]
    assert sent in drawn
    assert row is not None
    assert row.judgements[0].judged_by == hospital.users["ada"]


def test_only_managers_and_auditors_of_the_facility_may(hospital: Hospital) -> None:
    send(hospital, 1)
    with pytest.raises(NotAllowed):
        draw(hospital, who="sam")
    audit_id = draw(hospital)
    with pytest.raises(NotFound):
        open_audit(hospital.desk, hospital.actor("zoe"), audit_id)


def test_nothing_sent_and_an_empty_sample_are_told(hospital: Hospital) -> None:
    with pytest.raises(InputError, match="no letter was sent"):
        draw(hospital)
    with pytest.raises(InputError, match="size: at least one"):
        draw(hospital, size=0)


def test_what_is_kept_beside_a_letter_holds_no_words_of_it(hospital: Hospital) -> None:
    send(hospital, 2, LEADING)
    with hospital.store.reading() as session:
        from cdi.storage.tables import LetterRow

        kept = [v["why"] for row in session.query(LetterRow) for v in row.violations]
    assert kept
    assert not any("severe" in why or "would you agree" in why for why in kept)
