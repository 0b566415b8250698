"""The timeline as a drawing, and in the page."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from cdi.domain.encounter import Encounter, Note, Observation, ObservationStatus, Role
from cdi.domain.story import Story
from cdi.report.chart import LEFT, RIGHT, WIDTH, draw
from cdi.report.page import render_stories
from cdi.rules.catalogue import load_catalogue
from cdi.workflow.stay import review

START = datetime(2026, 5, 4, 0, tzinfo=UTC)
ANALYTES = load_catalogue().analytes


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def story(*observations: Observation) -> Story:
    notes = (
        Note("hp", "ASSESSMENT:\n1. CHF, IV furosemide.", "H&P", "Dr. Amaru", recorded_at=at(0)),
        Note("rn", "Slept well.", "nursing", "RN Cobb", Role.NURSING, recorded_at=at(24)),
        Note(
            "cards",
            "IMPRESSION:\n1. Acute on chronic systolic heart failure.",
            "consult",
            "Dr. Ilves",
            recorded_at=at(48),
        ),
    )
    return review(Encounter("stay", notes=notes, observations=observations, admitted_at=START))


def test_notes_stand_in_rows_by_who_wrote_them_and_at_their_time() -> None:
    chart = draw(story(), ANALYTES, "e1")
    assert chart is not None
    assert [lane.label for lane in chart.notes] == ["providers", "nursing, dietitian, others"]
    assert [mark.x for mark in chart.notes[0].marks] == [LEFT, WIDTH - RIGHT]
    assert [mark.link for mark in chart.notes[1].marks] == ["e1n2"]
    assert [tick.label for tick in chart.ticks] == ["May 4", "May 5", "May 6"]


def test_a_finding_is_a_bar_from_where_it_opened_to_where_it_was_resolved() -> None:
    chart = draw(story(), ANALYTES, "e1")
    assert chart is not None
    (lane,) = chart.lives
    assert (lane.label, lane.link) == ("heart failure", "")
    assert [(bar.x, bar.width, bar.type) for bar in lane.bars] == [
        (LEFT, WIDTH - RIGHT - LEFT, "specificity")
    ]
    assert [mark.kind for mark in lane.marks] == ["opened", "resolved"]


def test_values_in_two_units_are_one_series_and_errors_are_left_out() -> None:
    chart = draw(
        story(
            Observation("a", "creatinine", 88.4, "umol/L", at(1), at(1)),
            Observation("b", "creatinine", 2.0, "mg/dL", at(30), at(30)),
            Observation(
                "c", "creatinine", 9.9, "mg/dL", at(31), at(31),
                status=ObservationStatus.ENTERED_IN_ERROR,
            ),
        ),
        ANALYTES,
        "e1",
    )  # fmt: skip
    assert chart is not None
    (series,) = chart.series
    assert (series.label, series.low, series.high) == ("Creatinine, mg/dL", "1", "2")
    assert [mark.title for mark in series.marks] == [
        "2026-05-04 01:00 88.4 umol/L",
        "2026-05-05 06:00 2 mg/dL",
    ]


def test_a_stay_without_times_has_no_drawing() -> None:
    undated = review(Encounter("e", notes=(Note("n", "CHF."),)))
    assert draw(undated, ANALYTES, "e1") is None
    assert "<svg" not in render_stories([undated], ANALYTES)


def test_the_page_shows_timeline_and_resolved_findings_and_asks_nothing_of_a_network() -> None:
    html = render_stories([story()], ANALYTES)
    assert 'aria-label="Timeline of stay: notes, findings and values"' in html
    assert "Heart failure: type, acuity documented" in " ".join(html.split())
    for link in re.findall(r'href="#(\w+)"', html):
        assert f'id="{link}"' in html
    assert not re.search(r"(?:src|href)=\"(?!#)", html)
