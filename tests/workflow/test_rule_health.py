"""How often rules are right, and what muting one does, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from desks import CHF, ELSEWHERE, HERE, MORNING, Hospital, make_stay

from cdi.domain.encounter import Note, Patient
from cdi.domain.query import FindingState
from cdi.domain.reasons import DismissalReason
from cdi.errors import ConflictError, InputError, NotAllowed, NotFound
from cdi.storage.findings import finding_history, finding_rows
from cdi.storage.tables import EventRow
from cdi.workflow.lifecycle import dismiss_finding
from cdi.workflow.metrics import Period
from cdi.workflow.reviews import review_encounter
from cdi.workflow.rule_health import RuleHealth, mute_rule, open_rule_health, unmute_rule, wilson

JUNE = Period(MORNING - timedelta(days=2), MORNING + timedelta(days=28))
RULE = ("heart_failure", "type_or_acuity_missing")


def health(hospital: Hospital) -> RuleHealth:
    (found,) = open_rule_health(
        hospital.desk, hospital.actor("mia"), hospital.facilities[HERE], JUNE
    )
    return found


def stay(hospital: Hospital, number: int) -> tuple[str, str]:
    """Take in and review one more stay with heart failure; return its id and its finding's."""
    identifier, findings = hospital.ready(
        make_stay(id=f"E-{number}", patient=Patient(f"MRN-{number}"))
    )
    return identifier, findings[0]


def mute(hospital: Hospital, who: str = "mia", place: str = HERE, reason: str = "noisy") -> None:
    facility = hospital.facilities[place]
    mute_rule(hospital.desk, hospital.actor(who), facility, *RULE, reason)


def states(hospital: Hospital, *encounters: str) -> list[FindingState]:
    with hospital.store.reading() as session:
        return [row.state for one in encounters for row in finding_rows(session, one)]


def test_a_rule_is_judged_by_what_was_asked_and_what_was_dismissed(hospital: Hospital) -> None:
    hospital.sent()
    sam = hospital.actor("sam")
    reasons = (
        DismissalReason.MISREAD,
        DismissalReason.ALREADY_DOCUMENTED,
        DismissalReason.BY_POLICY,
    )
    for number, reason in enumerate(reasons):
        _, finding = stay(hospital, number)
        dismiss_finding(hospital.desk, sam, finding, 1, reason)
    stay(hospital, 9)
    found = health(hospital)
    counts = (found.findings, found.sent, found.kept, found.noise, found.documented, found.other)
    assert counts == (5, 1, 1, 1, 1, 1)
    assert found.judged == 3
    assert found.precision == pytest.approx(1 / 3)
    assert found.interval == pytest.approx((0.0615, 0.7923), abs=1e-4)


@pytest.mark.parametrize(
    ("hits", "whole", "low", "high"),
    [(0, 1, 0.0, 0.7935), (1, 1, 0.2065, 1.0), (5, 10, 0.2366, 0.7634), (90, 100, 0.8256, 0.9448)],
)
def test_the_interval_is_wilsons(hits: int, whole: int, low: float, high: float) -> None:
    assert wilson(hits, whole) == pytest.approx((low, high), abs=1e-4)


def test_a_muted_rule_is_silent_at_its_facility_and_comes_back_when_it_is_heard(
    hospital: Hospital,
) -> None:
    before, finding = stay(hospital, 1)
    mute(hospital)
    after, _ = stay(hospital, 2)
    assert states(hospital, before, after) == [FindingState.MUTED, FindingState.MUTED]
    facility = hospital.facilities[HERE]
    unmute_rule(hospital.desk, hospital.actor("mia"), facility, *RULE)
    assert states(hospital, before, after) == [FindingState.OPEN, FindingState.OPEN]
    with hospital.store.reading() as session:
        changes = [step.change.value for step in finding_history(session, finding)]
        events = [
            e for e in session.query(EventRow).order_by(EventRow.number) if e.subject == "rule"
        ]
    assert changes == ["raised", "muted", "unmuted"]
    assert [(e.verb, '"findings":1' in e.detail) for e in events] == [
        ("rule.mute", True),
        ("rule.unmute", False),
    ]
    assert all("noisy" not in event.detail for event in events)


def test_what_the_record_answers_meanwhile_does_not_come_back(hospital: Hospital) -> None:
    encounter, _ = stay(hospital, 1)
    mute(hospital)
    note = Note("n2", CHF.replace("CHF", "Acute systolic heart failure"), kind="Progress note")
    note = replace(
        note, author_id="npi-pat", recorded_at=MORNING, capacity=make_stay().notes[0].capacity
    )
    hospital.ingest(make_stay(id="E-1", patient=Patient("MRN-1"), notes=(note,)))
    review_encounter(hospital.desk, hospital.actor("bot"), encounter)
    assert states(hospital, encounter) == [FindingState.RESOLVED]
    unmute_rule(hospital.desk, hospital.actor("mia"), hospital.facilities[HERE], *RULE)
    assert states(hospital, encounter) == [FindingState.RESOLVED]


def test_a_question_that_was_asked_already_goes_on(hospital: Hospital) -> None:
    sent = hospital.sent()
    mute(hospital)
    assert states(hospital, hospital.query(sent.id).encounter_id) == [FindingState.ASKED]
    assert health(hospital).muted is not None


def test_a_rule_is_muted_once_by_a_manager_for_a_reason(hospital: Hospital) -> None:
    with pytest.raises(NotAllowed):
        mute(hospital, "sam")
    with pytest.raises(NotFound):
        mute(hospital, "mia", ELSEWHERE)
    with pytest.raises(InputError, match="reason"):
        mute(hospital, reason="  ")
    facility, mia = hospital.facilities[HERE], hospital.actor("mia")
    with pytest.raises(NotFound):
        mute_rule(hospital.desk, mia, facility, "heart_failure", "no such", "noisy")
    with pytest.raises(ConflictError, match="not muted"):
        unmute_rule(hospital.desk, mia, facility, *RULE)
    mute(hospital)
    with pytest.raises(ConflictError, match="muted already"):
        mute(hospital)
