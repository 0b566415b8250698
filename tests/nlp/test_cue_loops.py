"""What cues say of mentions: which counts, how far it reaches and what becomes of it."""

from __future__ import annotations

from functools import lru_cache

import pytest

from cdi import resources
from cdi.domain.reading import Section
from cdi.nlp.assertion import AssertionReader, Claims, Verdict
from cdi.nlp.gate import Gate
from cdi.nlp.joined import JoinedTexts
from cdi.nlp.sentences import split_sentences
from cdi.rules.language import load_cues
from cdi.rules.marked_text import read_marked

STATED, WORKUP, PROBABLE = "stated", "workup", "probable"


@lru_cache(maxsize=1)
def reader() -> tuple[AssertionReader, Gate]:
    made = AssertionReader(load_cues(resources.models() / "language"))
    return made, Gate(made.patterns())


def read(marked: str, kind: str = "") -> list[tuple[str, Verdict]]:
    """Return the text, once for each mention with the verdict; ``kind`` is of its one section."""
    judge, gate = reader()
    text, spans = read_marked(marked)
    sections = [Section(kind, 0, 0, len(text))] if kind else []
    (hits,) = gate.deal(JoinedTexts([text]))[0].by_text()
    targets = [(span.start, span.end) for span in spans]
    verdicts = judge.read(Claims(text, split_sentences(text, ()), sections, hits, targets))
    return [(text, verdict) for verdict in verdicts]


def judged(marked: str, kind: str = "") -> list[tuple[str, str, str]]:
    """Return assertion, certainty and cue of each mention."""
    return [
        (
            verdict.judgement.assertion.value,
            verdict.judgement.certainty.value,
            text[verdict.judgement.cue_start : verdict.judgement.cue_end],
        )
        for text, verdict in read(marked, kind)
    ]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        (
            "No <a>fever</a>, <b>cough</b> or <c>rash</c>.",
            [("absent", STATED, "No"), ("absent", STATED, "No"), ("absent", STATED, "No")],
        ),
        # A stop ends the scope; the next cue has one of its own.
        (
            "No <a>fever</a> but <b>cough</b>, denies <c>rash</c>.",
            [("absent", STATED, "No"), ("present", STATED, ""), ("absent", STATED, "denies")],
        ),
        (
            "<a>Pneumonia</a> in 2009, <b>asthma</b>.",
            [("historical", STATED, "in 2009"), ("present", STATED, "")],
        ),
        ("<a>Pneumonia</a>?", [("possible", WORKUP, "?")]),
        (
            "<a>DVT</a>/<b>PE</b> prophylaxis.",
            [("hypothetical", STATED, "prophylaxis."), ("hypothetical", STATED, "prophylaxis.")],
        ),
        # A look-alike says nothing of its first mention.
        (
            "No change in <a>edema</a>, <b>fever</b>.",
            [("present", STATED, ""), ("absent", STATED, "No change")],
        ),
        # What a mention ends with is no cue, but makes it a history.
        ("Extensive <a>psychiatric history</a>.", [("historical", STATED, "")]),
        ("No <a>history of stroke</a>.", [("absent", STATED, "No")]),
        # Of two that reach, the graver one is shown.
        ("History of <a>depression</a> in the past.", [("historical", STATED, "in the past")]),
    ],
)
def test_the_nearest_cue_that_counts_is_told(
    marked: str, expected: list[tuple[str, str, str]]
) -> None:
    assert judged(marked) == expected


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        # "Not ... until" is no negation at all, but leaves those behind it.
        (
            "Not <a>septic</a> until today, and was never <b>febrile</b>.",
            [("present", STATED, ""), ("absent", STATED, "never")],
        ),
        ("Denies:\n- <a>fever</a>\n- <b>rash</b>", [("absent", STATED, "Denies")] * 2),
        (
            "Denies:\n- <a>fever</a> until Monday\n- <b>rash</b>",
            [("present", STATED, ""), ("absent", STATED, "Denies")],
        ),
        (
            "Denies:\n- <a>fever</a> but <b>rash</b>",
            [("absent", STATED, "Denies"), ("present", STATED, "")],
        ),
        (
            "History of:\n- <a>COPD</a> while <b>septic</b>",
            [("historical", STATED, "History of"), ("present", STATED, "")],
        ),
    ],
)
def test_stops_end_and_cancel_what_a_line_says_and_what_is_carried_into_it(
    marked: str, expected: list[tuple[str, str, str]]
) -> None:
    assert judged(marked) == expected


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("CT showed no <a>abscess</a>.", [("absent", STATED, True)]),
        (
            "CT showed <a>colitis</a>; he has <b>diarrhea</b>.",
            [("present", STATED, True), ("present", STATED, False)],
        ),
        (
            "CXR: possible <a>pneumonia</a>, likely <b>edema</b>.",
            [("possible", WORKUP, True), ("possible", PROBABLE, True)],
        ),
        ("He showed <a>confusion</a>.", [("present", STATED, False)]),
    ],
)
def test_a_report_is_told_beside_what_it_says(
    marked: str, expected: list[tuple[str, str, bool]]
) -> None:
    found = [
        (verdict.judgement.assertion.value, verdict.judgement.certainty.value, verdict.reported)
        for _, verdict in read(marked)
    ]
    assert found == expected


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("<a>Furosemide</a> was held, <b>insulin</b> given.", ["was held", None]),
        ("Held <a>lisinopril</a> for <b>AKI</b>.", ["Held", None]),
        ("<a>Metoprolol</a> 25 mg, hold for SBP below 100.", [None]),
    ],
)
def test_a_drug_that_is_not_given_points_at_what_says_so(
    marked: str, expected: list[str | None]
) -> None:
    found = read(marked)
    cues = [text[slice(*verdict.withheld)] if verdict.withheld else None for text, verdict in found]
    assert cues == expected
    assert {verdict.judgement.assertion.value for _, verdict in found} == {"present"}


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("Recent <a>pneumonia</a>, now resolved.", ("historical", True)),
        ("<a>Pneumonia</a>, now resolved.", ("present", False)),
        ("<a>Bronchitis</a> in the winter.", ("historical", True)),
        ("<a>Asthma</a>, worse in the winter.", ("present", False)),
        ("In the winter she had <a>bronchitis</a>.", ("historical", True)),
        ("History of <a>depression</a>.", ("historical", False)),
    ],
)
def test_what_is_over_is_told(marked: str, expected: tuple[str, bool]) -> None:
    ((_, verdict),) = read(marked)
    assert (verdict.judgement.assertion.value, verdict.ended) == expected


@pytest.mark.parametrize(
    ("kind", "marked", "expected", "roles"),
    [
        ("allergies", "<a>Penicillin</a>.", ("historical", STATED, ""), (False, True)),
        ("family_history", "Possible <a>gout</a>.", ("family", WORKUP, ""), (False, False)),
        ("family_history", "No <a>gout</a>.", ("absent", STATED, "No"), (False, False)),
        ("imaging", "Likely <a>edema</a>.", ("possible", PROBABLE, "Likely"), (True, False)),
    ],
)
def test_a_section_has_its_part_in_a_verdict(
    kind: str, marked: str, expected: tuple[str, str, str], roles: tuple[bool, bool]
) -> None:
    assert judged(marked, kind) == [expected]
    ((_, verdict),) = read(marked, kind)
    assert (verdict.reported, verdict.ended) == roles
