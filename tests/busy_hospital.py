"""A hospital in which every page has something to show, and where each page is found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from desks import HERE, Hospital, make_stay
from stays import make_full_stay

from cdi.domain.coding import FinalCode, FinalCoding
from cdi.domain.letter import OptionKind
from cdi.domain.query import HandoverReason
from cdi.storage.tables import (
    DeliveryKind,
    DeliveryRow,
    DeliveryState,
    DiagnosisRow,
    FindingRow,
    RemarkRow,
)
from cdi.workflow.assignment import snooze_finding
from cdi.workflow.final_coding import import_final_codes
from cdi.workflow.handover import Handover, decline_query
from cdi.workflow.kept_answers import keep_answer
from cdi.workflow.letter_audit import draw_audit
from cdi.workflow.rule_health import mute_rule

REMARK = "Moved to cardiology on Tuesday"
_WORTH = {
    "level": "MCC",
    "categories": ["226"],
    "rank": 0.8,
    "levels_by": "MS-DRG 43, FY 2026",
    "categories_by": "CMS-HCC V28, 2026",
    "codes": {"I50.23": "MCC"},
}


@dataclass(frozen=True)
class Busy:
    """The hospital and what happened in it.

    Attributes:
        stay: reviewed, with open findings, one of them snoozed.
        finding: one of its open findings.
        draft: a letter that is being written.
        waiting: a query nobody has answered.
        kept: a query that was answered and is not signed yet.
        given_back: a query whose physician handed it back.
        answered: a query that was answered.
        diagnosis: what was clarified by it; its stay has final codes.
        audit: of the letters of the month.
    """

    hospital: Hospital
    stay: str
    finding: str
    draft: str
    waiting: str
    kept: str
    given_back: str
    answered: str
    diagnosis: str
    audit: str

    def paths(self, route: str) -> list[str]:
        """Return the addresses of a route, all that look different.

        Raises:
            KeyError: the route has a part that is not known here; say what fills it.
        """
        parts = {
            "encounter_id": self.stay,
            "finding_id": self.finding,
            "query_id": self.waiting,
            "diagnosis_id": self.diagnosis,
            "audit_id": self.audit,
            "number": "1",
            "fact_id": "i1",
        }
        fills: Mapping[str, list[dict[str, str]]] = {
            "/queries/{query_id}/letter": [{"query_id": self.draft}],
            "/queries/{query_id}/file": [{"query_id": self.answered}, {"query_id": self.waiting}],
            "/figures/queries/{query_id}": [{"query_id": self.answered}],
            "/questions/{query_id}": [{"query_id": self.answered}],
            "/questions/{query_id}/sign": [{"query_id": self.kept}],
            "/questions/{query_id}/signed": [{"query_id": self.answered}],
        }
        words = {
            "/figures/queries": "?by=condition&key=heart_failure",
            "/encounters/{encounter_id}/trend": "?analyte=creatinine",
        }
        return [
            route.format_map({**parts, **fill}) + words.get(route, "")
            for fill in fills.get(route, [{}])
        ]


def weigh(*_: object) -> Mapping[str, Any]:
    """Say what a finding is worth, the same for all."""
    return _WORTH


def make_busy(hospital: Hospital) -> Busy:
    """Let a few days pass in a hospital."""
    hospital.desk = replace(hospital.desk, weigh=weigh)
    desk, here = hospital.desk, hospital.facilities[HERE]
    answered = hospital.answered().id
    waiting = hospital.sent(replace(make_full_stay(), id="E-200")).id
    kept = hospital.sent(replace(make_stay(), id="E-300"))
    for position, given in enumerate(hospital.options(kept.id, OptionKind.DIAGNOSIS)):
        keep_answer(desk, hospital.actor("pat"), kept.id, 1, position, given)
    given_back = hospital.sent(replace(make_stay(), id="E-400"))
    decline_query(
        desk,
        hospital.actor("pat"),
        given_back.id,
        given_back.version,
        Handover(HandoverReason.NOT_MY_PATIENT, REMARK),
    )
    draft = hospital.drafted(replace(make_full_stay(), id="E-500")).id
    stay, (finding, asleep) = hospital.ready(replace(make_full_stay(3), id="E-600"))
    with hospital.store.reading() as session:
        version = session.get_one(FindingRow, asleep).version
        diagnosis = session.query(DiagnosisRow).first()
    assert diagnosis is not None
    tomorrow = hospital.clock() + timedelta(days=1)
    snooze_finding(desk, hospital.actor("sam"), asleep, version, tomorrow)
    coding = FinalCoding("E-100", (FinalCode("I50.9"), FinalCode("E11.9")))
    import_final_codes(desk, hospital.actor("kim"), here, [coding])
    mute_rule(desk, hospital.actor("mia"), here, "sepsis", "unsupported", "asked too often")
    month = timedelta(days=20)
    since, until = hospital.clock() - month, hospital.clock() + month
    audit = draw_audit(desk, hospital.actor("mia"), here, since, until).id
    _add_troubles(hospital, stay)
    return Busy(
        hospital,
        stay,
        finding,
        draft,
        waiting,
        kept.id,
        given_back.id,
        answered,
        diagnosis.id,
        audit,
    )


def _add_troubles(hospital: Hospital, stay: str) -> None:
    """Add what administrators have to look after."""
    now = hospital.clock()
    delivery = DeliveryRow(
        facility_id=hospital.facilities[HERE],
        kind=DeliveryKind.EMAIL,
        topic="query.sent",
        target="pat@example.org",
        state=DeliveryState.FAILED,
        attempts=8,
        created_at=now,
        due_at=now,
        error="refused",
        content="{}",
    )
    remark = RemarkRow(
        encounter_id=stay,
        field="observations",
        code="unknown_code",
        message="LOINC 99999-9 is not mapped",
        at=now,
    )
    with hospital.store.writing() as session:
        session.add_all([delivery, remark])
