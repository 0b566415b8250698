"""The work of reading grows with the text, not with its square; counted, not timed."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import pytest

from cdi.domain.encounter import Note
from cdi.nlp import load_pipeline


def calls(text: str) -> int:
    """Return how many functions are called while a text is read."""
    pipeline = load_pipeline()
    pipeline.read(Note("n", text))  # what is made at first use is made
    count = 0

    def note(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(note)
    try:
        pipeline.read(Note("n", text))
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "piece",
    [
        "CHF and no DM, ",
        "CHF, acute renal failure, pneumonia, sepsis, anemia, ",
        "Acute renal failure secondary to dehydration; ",
        "CHF. Acute on chronic. Anemia. AKI. Due to ATN. Pneumonia. ",
        "Creatinine 2.1 Hgb 8.2 Na 128 ",
        "ASSESSMENT:\nCHF, acute.\n",
        "Diabetes with A1c 9.1, uncontrolled, type 2, ",
        "left leg pain, right arm fracture, ",
        "He denies chest pain, fever, chills ",
        "BP 120/80, HR 90, Na 128, ",
    ],
)
def test_twice_the_text_is_about_twice_the_work(piece: str) -> None:
    assert calls(piece * 200) < 2.3 * calls(piece * 100)


def test_an_endless_sentence_attaches_what_stands_near() -> None:
    def attached(count: int) -> int:
        text = "left leg pain, right arm fracture, " * count
        return len(load_pipeline().read(Note("n", text)).attachments)

    # Within reach each name has its share; twice the sentence has twice as many of them.
    assert attached(800) < 2.1 * attached(400)


def test_the_sentence_of_a_short_form_is_searched_once(monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline = load_pipeline()
    asked: list[str] = []
    sense = pipeline.abbreviations.sense

    def noted(text: str, start: int, end: int, *rest: Any) -> Any:
        asked.append(text[start:end])
        return sense(text, start, end, *rest)

    monkeypatch.setattr(pipeline.abbreviations, "sense", noted)
    pipeline.read(Note("n", "CHF and no DM, " * 50))
    assert len(asked) == len(set(asked))
