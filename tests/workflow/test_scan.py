"""Scanning texts, notes and encounters, whatever they hold."""

from __future__ import annotations

import gc
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cdi
from cdi.domain.encounter import Encounter, Note
from cdi.domain.finding import NoteSpan, Review
from cdi.errors import InputError, RuleError
from cdi.workflow.scan import Scanner, default_scanner, scan

CHF = "ASSESSMENT: CHF, on Lasix 40 mg IV twice a day."


def test_three_lines_of_python_are_enough() -> None:
    review = cdi.scan(CHF)
    assert [(f.condition, f.type, f.missing) for f in review.findings] == [
        ("heart_failure", "specificity", ("type", "acuity"))
    ]


def test_a_note_and_an_encounter_are_reviewed_alike() -> None:
    note = Note("n1", CHF)
    assert scan(note).findings == scan(Encounter("n1", notes=(note,))).findings


def test_an_axis_in_another_note_completes_the_first() -> None:
    encounter = Encounter(
        "e",
        notes=(Note("a", CHF), Note("b", "Impression: acute on chronic systolic heart failure.")),
    )
    assert "heart_failure" not in [f.condition for f in scan(encounter).findings]


def test_a_scan_leaves_no_circles_to_the_garbage_collector() -> None:
    text = f"{CHF}\nCr 2.4 (baseline 1.0). No pneumonia. Family history of stroke."
    scan(text)  # whatever is kept from then on is made
    gc.collect()
    gc.disable()
    try:
        scan(text)
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_reviewing_twice_gives_the_same() -> None:
    assert scan(CHF) == scan(CHF)


def test_a_review_crosses_processes_unchanged() -> None:
    review = scan(CHF)
    assert pickle.loads(pickle.dumps(review)) == review


def test_a_note_that_is_too_long_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    scanner = Scanner()
    monkeypatch.setattr(scanner, "_longest", 10)
    with pytest.raises(InputError, match="n1"):
        scanner.scan(Note("n1", CHF))


def test_an_unknown_condition_is_told_with_the_closest() -> None:
    with pytest.raises(RuleError, match="did you mean `heart_failure`"):
        default_scanner().explain(CHF, "heart_failur")


ODD = {
    "empty": "",
    "blank": " \n\t\r\n ",
    "lone surrogate": "CHF \ud800 (congestive heart failure) \udfff",
    "control characters": "A\x00B\x07C\x1b[31m CHF\x7f",
    "carriage returns": "PMH:\r\n1. CHF\r\n2. DM\r\n",
    "old line ends": "PMH:\r1. CHF\r2. DM\r",
    "tabs": "CHF\t\tacute\ton\tchronic",
    "right to left": "\u202bCHF\u202c \u05d0\u05d1 \u200fEF 25%\u200f",
    "astral": "\U0001f600 CHF \U0001f9ea" * 50,
    "one long word": "x" * 100_000,
    "one long line": "CHF and no DM, " * 5_000,
    "many lines": "- CHF\n" * 5_000,
    "only signs": "((((:::;;;---???!!!....1.1.1.%%%" * 200,
    "only numbers": "1 2 3.4 5/6 7-8 9,000 " * 1_000,
}


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in ODD.items()])
def test_odd_text_is_read_without_an_error(text: str) -> None:
    _check_offsets(text)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=12),
            st.sampled_from(
                ["CHF", "no ", "EF 25%", "\n", "1. ", "PMH: ", "creatinine 2.1", " due to ", "AKI"]
            ),
        ),
        max_size=25,
    ).map("".join)
)
def test_every_pointer_lies_inside_its_note(text: str) -> None:
    _check_offsets(text)


def _check_offsets(text: str) -> None:
    review = scan(text)
    (reading,) = review.readings
    for span in (*reading.sentences, *reading.mentions, *reading.measurements):
        assert 0 <= span.start < span.end <= len(text)
    for section in reading.sections:
        assert 0 <= section.heading <= section.start <= section.end <= len(text)
    for finding in review.findings:
        for evidence in finding.evidence:
            assert isinstance(evidence.pointer, NoteSpan)
            assert text[evidence.pointer.start : evidence.pointer.end].strip()


TOGETHER = [
    "",
    "CHF.",
    "\n",
    "AKI \u2013 Cr 2.1, baseline 0.9.",
    "Left leg.",
    "No CHF",
    "x" * 300_000,
]


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(TOGETHER),
            st.lists(
                st.sampled_from(["CHF ", "no ", "systolic ", "\n", "PMH: ", "\u2265 ", "sepsis. "]),
                max_size=8,
            ).map("".join),
        ),
        max_size=40,
    )
)
def test_many_at_once_are_reviewed_as_one_by_one(texts: list[str]) -> None:
    scanner = default_scanner()
    notes = [Note(f"n{number}", text) for number, text in enumerate(texts)]
    together = [r.findings if isinstance(r, Review) else r for r in scanner.scan_many(notes)]
    assert together == [scanner.scan(note).findings for note in notes]
    # Read whole at once, they are reviewed the same, and their readings are those of each note.
    assert list(scanner.scan_many(notes, whole=True)) == list(scanner.scan_many(notes))


def test_what_cannot_be_read_is_told_in_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    scanner = Scanner()
    monkeypatch.setattr(scanner, "_longest", 10)
    one, other, last = scanner.scan_many(["CHF.", "x" * 11, "CHF."])
    assert isinstance(other, InputError)
    assert isinstance(one, Review)
    assert one == last
    assert [finding.condition for finding in one.findings] == ["heart_failure"]


def test_ten_megabytes_of_text_are_read() -> None:
    text = "The patient has CHF and was given Lasix 40 mg IV. Creatinine 2.1.\n" * 150_000
    review = scan(text)
    assert [finding.condition for finding in review.findings][:1] == ["heart_failure"]
