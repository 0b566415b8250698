"""The review engine: what holds for every condition, judged on hand-made facts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from cdi import resources
from cdi.domain.encounter import Encounter, Note, Observation, ObservationStatus, Patient, Role
from cdi.domain.evidence_text import evidence_text
from cdi.domain.finding import Review
from cdi.domain.reading import (
    Assertion,
    Attachment,
    Certainty,
    Measurement,
    Mention,
    Reading,
    Timing,
)
from cdi.review.engine import explain, review
from cdi.rules.catalogue import Catalogue
from cdi.rules.condition import build_condition
from cdi.rules.loader import read_document
from cdi.rules.measurements import load_analytes

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SPEC: dict[str, Any] = {
    "id": "gout",
    "title": "Gout",
    "version": 3,
    "what": "w",
    "why": "y",
    "references": [{"title": "r"}],
    "course": "chronic",
    "topic": "joint pain",
    "terms": {"documented": ["gout"], "vague": ["podagra"]},
    "axes": {"acuity": {"values": {"acute": ["acute"]}}},
    "indicators": {
        "urate": {"measurement": "creatinine", "above": "2 mg/dL", "group": "laboratory"},
        "rise": {
            "measurement": "creatinine",
            "rise": "0.3 mg/dL",
            "within": "48 h",
            "group": "laboratory",
        },
        "doubled": {
            "measurement": "creatinine",
            "ratio": 1.5,
            "within": "7 d",
            "group": "laboratory",
        },
        "redness": {"terms": ["red toe"], "group": "signs and symptoms"},
        "swelling": {"terms": ["swollen toe"], "group": "signs and symptoms"},
        "cool": {"terms": ["toe cool"], "group": "signs and symptoms"},
    },
    "findings": {
        "doubtful": {"type": "validation", "when": "documented and cool", "question": "q"},
        "acuity_missing": {
            "type": "specificity",
            "when": "documented",
            "missing": ["acuity"],
            "question": "q",
        },
        "suggested": {
            "type": "undocumented",
            "when": "urate or rise or doubled or 2 of (redness, swelling) or vague and redness",
            "missing": ["acuity"],
            "show": ["redness"],
            "question": "q",
        },
    },
    "examples": [
        {"name": "a", "note": "x", "expect": {}},
        {"name": "b", "note": "y", "expect": {}},
    ],
}
TEXT = "gout podagra acute red toe swollen toe toe cool 2.4 1.2 "


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    document = read_document(Path("gout.yaml"), yaml.safe_dump(SPEC, sort_keys=False))
    analytes = load_analytes(resources.models() / "measurements")
    unused: Any = None
    condition = build_condition(document, "skin", {})
    return Catalogue({"gout": condition}, {}, unused, unused, unused, analytes)


def mention(
    name: str,
    words: str,
    assertion: Assertion = Assertion.PRESENT,
    certainty: Certainty = Certainty.STATED,
    *,
    value: str = "",
    reported: bool = False,
    section: str = "assessment",
) -> Mention:
    start = TEXT.index(words)
    end = start + len(words)
    return Mention(
        "gout", name, value, start, end, assertion, certainty, reported, section, 0, start, start
    )


GOUT = mention("documented", "gout")
PODAGRA = mention("vague", "podagra")
RED = mention("redness", "red toe")
SWOLLEN = mention("swelling", "swollen toe")
COOL = mention("cool", "toe cool")
ACUTE = mention("acuity", "acute", value="acute")


def measured(words: str, value: float, timing: Timing = Timing.CURRENT) -> Measurement:
    start = TEXT.index(words)
    end = start + len(words)
    return Measurement(
        "creatinine", value, value, "", timing, start, end, start, end, "laboratory", 0, ""
    )


def run(
    catalogue: Catalogue,
    mentions: tuple[Mention, ...] = (),
    measurements: tuple[Measurement, ...] = (),
    attachments: tuple[Attachment, ...] = (),
    *,
    role: Role = Role.PROVIDER,
    observations: tuple[Observation, ...] = (),
    patient: Patient | None = None,
) -> Review:
    note = Note("n", TEXT, role=role, recorded_at=NOON)
    encounter = Encounter("e", patient, (note,), observations, admitted_at=NOON)
    reading = Reading("n", mentions=mentions, measurements=measurements, attachments=attachments)
    return review(encounter, {"n": reading}, catalogue)


def spoken(result: Review) -> list[tuple[str, tuple[str, ...]]]:
    return [(finding.id, finding.missing) for finding in result.findings]


def lab(number: int, value: float, hours: float, unit: str = "mg/dL", **rest: Any) -> Observation:
    at = NOON + timedelta(hours=hours)
    return Observation(f"o{number}", "creatinine", value, unit, at, at, **rest)


def test_a_documented_condition_without_its_axis_is_asked_about(catalogue: Catalogue) -> None:
    assert spoken(run(catalogue, (GOUT,))) == [("acuity_missing", ("acuity",))]


def test_an_attached_axis_completes_it(catalogue: Catalogue) -> None:
    assert spoken(run(catalogue, (GOUT, ACUTE), attachments=(Attachment(0, 1),))) == []


def test_an_axis_value_that_belongs_to_nothing_completes_nothing(catalogue: Catalogue) -> None:
    assert spoken(run(catalogue, (GOUT, ACUTE))) == [("acuity_missing", ("acuity",))]


def test_a_doubted_axis_completes_nothing(catalogue: Catalogue) -> None:
    doubted = ACUTE._replace(assertion=Assertion.POSSIBLE, certainty=Certainty.WORKUP)
    result = run(catalogue, (GOUT, doubted), attachments=(Attachment(0, 1),))
    assert spoken(result) == [("acuity_missing", ("acuity",))]


@pytest.mark.parametrize(
    ("assertion", "certainty", "asked"),
    [
        (Assertion.PRESENT, Certainty.STATED, True),
        (Assertion.POSSIBLE, Certainty.PROBABLE, True),
        (Assertion.POSSIBLE, Certainty.WORKUP, False),
        (Assertion.ABSENT, Certainty.STATED, False),
        (Assertion.HISTORICAL, Certainty.STATED, False),
        (Assertion.FAMILY, Certainty.STATED, False),
        (Assertion.HYPOTHETICAL, Certainty.STATED, False),
    ],
)
def test_only_what_is_asserted_of_the_patient_now_is_documented(
    catalogue: Catalogue, assertion: Assertion, certainty: Certainty, asked: bool
) -> None:
    result = run(catalogue, (GOUT._replace(assertion=assertion, certainty=certainty),))
    assert bool(result.findings) is asked


@pytest.mark.parametrize("role", [Role.NURSING, Role.DIETITIAN, Role.RADIOLOGY, Role.PATHOLOGY])
def test_only_a_treating_provider_documents(catalogue: Catalogue, role: Role) -> None:
    assert spoken(run(catalogue, (GOUT,), role=role)) == []


def test_words_of_a_report_document_nothing(catalogue: Catalogue) -> None:
    assert spoken(run(catalogue, (GOUT._replace(reported=True),))) == []


def test_validation_replaces_specificity(catalogue: Catalogue) -> None:
    assert spoken(run(catalogue, (GOUT, COOL))) == [("doubtful", ())]


def test_two_indicators_with_an_objective_one_suggest_it(catalogue: Catalogue) -> None:
    assert spoken(run(catalogue, (RED,), (measured("2.4", 2.4),))) == [("suggested", ("acuity",))]


def test_one_indicator_is_not_enough(catalogue: Catalogue) -> None:
    assert spoken(run(catalogue, (), (measured("2.4", 2.4),))) == []


def test_signs_alone_are_not_enough(catalogue: Catalogue) -> None:
    assert spoken(run(catalogue, (RED, SWOLLEN))) == []
    assert spoken(run(catalogue, (PODAGRA, RED))) == []


@pytest.mark.parametrize(
    ("assertion", "certainty"),
    [
        (Assertion.PRESENT, Certainty.STATED),
        (Assertion.POSSIBLE, Certainty.WORKUP),
        (Assertion.ABSENT, Certainty.STATED),
    ],
)
def test_what_is_documented_worked_up_or_ruled_out_is_not_suggested(
    catalogue: Catalogue, assertion: Assertion, certainty: Certainty
) -> None:
    named = GOUT._replace(assertion=assertion, certainty=certainty)
    result = run(catalogue, (named, RED), (measured("2.4", 2.4),))
    assert "suggested" not in [finding.id for finding in result.findings]


def test_a_denial_of_the_template_rules_nothing_out(catalogue: Catalogue) -> None:
    denied = GOUT._replace(assertion=Assertion.ABSENT, section="review_of_systems")
    result = run(catalogue, (denied, RED), (measured("2.4", 2.4),))
    assert spoken(result) == [("suggested", ("acuity",))]


def test_thresholds_are_for_adults(catalogue: Catalogue) -> None:
    child = Patient("p", birth_date=date(2015, 1, 1))
    assert spoken(run(catalogue, (RED,), (measured("2.4", 2.4),), patient=child)) == []


@pytest.mark.parametrize(
    ("comparator", "value", "asked"),
    [(">", 2.0, True), (">", 1.9, False), (">", 2.4, True), ("<", 2.4, False)],
)
def test_an_open_ended_value_passes_only_what_all_of_it_passes(
    catalogue: Catalogue, comparator: str, value: float, asked: bool
) -> None:
    told = measured("2.4", value)._replace(comparator=comparator)
    assert bool(run(catalogue, (RED,), (told,)).findings) is asked


@pytest.mark.parametrize("timing", [Timing.BASELINE, Timing.PRIOR, Timing.GOAL])
def test_only_current_values_pass_a_threshold(catalogue: Catalogue, timing: Timing) -> None:
    assert spoken(run(catalogue, (RED,), (measured("2.4", 2.4, timing),))) == []


def test_a_ratio_is_taken_against_the_stated_baseline(catalogue: Catalogue) -> None:
    baseline = measured("1.2", 1.2, Timing.BASELINE)
    raised = spoken(run(catalogue, (RED,), (measured("2.4", 1.8), baseline)))
    assert raised == [("suggested", ("acuity",))]
    assert spoken(run(catalogue, (RED,), (measured("2.4", 1.7), baseline))) == []


@pytest.mark.parametrize(
    ("observations", "asked"),
    [
        ((lab(1, 1.0, 0), lab(2, 1.3, 24)), True),
        ((lab(1, 1.0, 0), lab(2, 1.29, 24)), False),
        ((lab(1, 1.0, 0), lab(2, 1.3, 49)), False),
        ((lab(1, 1.3, 0), lab(2, 1.0, 24)), False),
        ((lab(2, 1.3, 24), lab(1, 1.0, 0)), True),
        ((lab(1, 88.4, 0, "umol/L"), lab(2, 1.3, 24)), True),
        ((lab(1, 1.0, 0), lab(2, 1.6, 160)), True),
        ((lab(1, 1.0, 0), lab(2, 9.9, 24, status=ObservationStatus.ENTERED_IN_ERROR)), False),
        ((lab(1, 1.0, 0), lab(2, 1.5, 24, "bananas")), False),
        ((lab(1, 1.0, 0), lab(2, 900.0, 24)), False),
    ],
)
def test_a_rise_of_the_feed_counts_by_time_unit_and_status(
    catalogue: Catalogue, observations: tuple[Observation, ...], asked: bool
) -> None:
    assert bool(run(catalogue, (RED,), observations=observations).findings) is asked


def test_evidence_points_at_the_words_and_values(catalogue: Catalogue) -> None:
    result = run(catalogue, (RED,), observations=(lab(1, 2.6, 0),))
    (finding,) = result.findings
    texts = [evidence_text(e.pointer, result.encounter) for e in finding.evidence]
    assert texts == ["creatinine 2.6 mg/dL", "red toe"]


def test_a_finding_explains_itself(catalogue: Catalogue) -> None:
    (finding,) = run(catalogue, (GOUT,)).findings
    assert finding.explanation.rule == "gout.acuity_missing"
    assert finding.explanation.version == 3
    assert [(n.name, n.true) for n in finding.explanation.names] == [("documented", True)]


def test_silence_explains_itself(catalogue: Catalogue) -> None:
    note = Note("n", TEXT)
    reading = Reading("n", mentions=(GOUT, RED), measurements=(measured("2.4", 2.4),))
    outcomes = {
        rule.rule: rule.outcome
        for rule in explain(Encounter("e", notes=(note,)), {"n": reading}, catalogue, "gout")
    }
    assert outcomes == {
        "gout.doubtful": "its sentence is not true",
        "gout.acuity_missing": "",
        "gout.suggested": "the condition is documented",
    }


def test_an_empty_encounter_has_no_findings(catalogue: Catalogue) -> None:
    assert review(Encounter("e"), {}, catalogue).findings == ()
