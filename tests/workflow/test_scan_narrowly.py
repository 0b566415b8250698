"""A review reads only what findings need; what it finds is what reading everything would find."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdi.domain.encounter import Encounter, Note
from cdi.domain.finding import Finding
from cdi.domain.reading import LateReadings, Reading
from cdi.interop.files import InputNotice, read_path
from cdi.review import engine
from cdi.review.facts import EncounterFacts
from cdi.rules.catalogue import load_catalogue
from cdi.rules.condition import Condition
from cdi.rules.examples import example_encounter
from cdi.workflow.scan import default_scanner

SAMPLES = Path(__file__).parents[2] / "samples"
CONDITIONS = load_catalogue().conditions.values()
# Every sentence of an example may stand beside every other one.
SENTENCES = sorted(
    {
        sentence
        for condition in CONDITIONS
        for example in condition.spec.examples
        if example.note is not None
        for sentence in re.split(r"(?<=[.:\n])\s*", example.note)
        if sentence.strip()
    }
)
TEXTS = st.lists(st.sampled_from(SENTENCES), max_size=12).flatmap(
    lambda parts: st.sampled_from([" ", "\n", "\n\n"]).map(lambda space: space.join(parts))
)


class AllTold(EncounterFacts):
    """Facts of which every name may be true, so that every rule is judged and every name found."""

    def told(self, condition: Condition) -> int:
        return ~0 if condition else 0


def found_in_everything(encounter: Encounter) -> tuple[Finding, ...]:
    scanner = default_scanner()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "EncounterFacts", AllTold)
        return engine.review(encounter, scanner.read(encounter), scanner.catalogue).findings


@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda condition: condition.id)
def test_the_examples_of_a_condition(condition: Condition) -> None:
    for number, example in enumerate(condition.spec.examples):
        encounter = example_encounter(example, f"{condition.id}-{number}")
        assert default_scanner().scan(encounter).findings == found_in_everything(encounter)


@pytest.mark.parametrize("folder", ["encounters", "notes"])
def test_the_samples(folder: str) -> None:
    def refuse(notice: InputNotice) -> None:
        raise AssertionError(notice)

    encounters = list(read_path(SAMPLES / folder, refuse))
    assert encounters
    for encounter in encounters:
        assert default_scanner().scan(encounter).findings == found_in_everything(encounter)


@settings(deadline=None, max_examples=150)
@given(st.lists(st.tuples(TEXTS, st.sampled_from(["Lee", "Roy"])), min_size=1, max_size=3))
def test_any_sentences_in_any_notes(notes: list[tuple[str, str]]) -> None:
    numbered = enumerate(notes)
    encounter = Encounter(
        "e", notes=tuple(Note(f"n{n}", text, author=author) for n, (text, author) in numbered)
    )
    assert default_scanner().scan(encounter).findings == found_in_everything(encounter)


def test_of_conditions_without_a_chance_only_names_are_read() -> None:
    pipeline = default_scanner().pipeline
    (glance,) = pipeline.glance_all([Note("n", "Left leg pain. CHF, chronic. Ferrous sulfate.")])
    (narrow,) = pipeline.read_all([glance], [{"heart_failure"}])
    complete = pipeline.read(glance.note)
    assert {m.condition for m in narrow.mentions} == {"heart_failure"}
    assert {m.condition for m in complete.mentions} > {"heart_failure"}
    assert set(narrow.mentions) < set(complete.mentions)


def test_everything_can_still_be_read() -> None:
    note = Note("n", "Left leg pain. CHF, chronic. Ferrous sulfate.")
    review = default_scanner().scan(note)
    assert review.readings == (default_scanner().pipeline.read(note),)
    assert pickle.loads(pickle.dumps(review)) == review


def test_late_readings_are_made_once_and_when_looked_at() -> None:
    asked: list[str] = []

    def read(note: Note) -> Reading:
        asked.append(note.id)
        return Reading(note.id)

    readings = LateReadings(read, (Note("a", ""), Note("b", ""), Note("c", "")))
    assert len(readings) == 3
    assert asked == []
    assert readings[-1] == readings[2] == Reading("c")
    assert readings[1:] == (Reading("b"), Reading("c"))
    assert list(readings) == [Reading("a"), Reading("b"), Reading("c")]
    assert asked == ["c", "b", "a"]
    assert hash(readings) == hash(tuple(readings))
    with pytest.raises(IndexError):
        readings[3]
