"""A review reads only what findings need; what it finds is what reading everything would find."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdi.domain.encounter import Encounter, Note
from cdi.domain.finding import Finding, Review
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


@settings(deadline=None, max_examples=150)
@given(TEXTS)
def test_values_of_some_analytes_are_read_as_if_all_were(text: str) -> None:
    pipeline = default_scanner().pipeline
    glances = pipeline.glance_all([Note("n", text)])
    (complete,) = pipeline.measure_all(glances, [None])
    for analyte in {measurement.analyte for measurement in complete}:
        (narrow,) = pipeline.measure_all(glances, [{analyte}])
        assert [m for m in narrow if m.analyte == analyte] == [
            m for m in complete if m.analyte == analyte
        ]
        assert set(narrow) <= set(complete)


def test_a_row_far_below_the_head_of_its_table_is_read_as_if_all_rows_were() -> None:
    rows = "\n".join(["Sodium       138     141"] * 60)
    text = f"LABS\n             3/2     3/3\n{rows}\nCreatinine   2.4     1.1\n"
    pipeline = default_scanner().pipeline
    glances = pipeline.glance_all([Note("n", text)])
    (complete,), (narrow,) = (
        pipeline.measure_all(glances, [wanted]) for wanted in (None, {"creatinine"})
    )
    assert [m.value for m in narrow] == [2.4, 1.1]
    assert narrow == complete[-2:]


@pytest.mark.parametrize(
    ("text", "analyte", "others"),
    [
        ("Creatinine 2.1. Potassium 5.8.", "potassium", set()),
        ("Goal potassium is 4, creatinine 2.1.", "creatinine", {"potassium"}),
        ("BUN and creatinine 45 and 2.1.", "creatinine", {"bun"}),
        ("Hgb 8.9. It fell to 7.1 and potassium 5.8.", "potassium", {"hemoglobin"}),
        ("SpO2 on nasal cannula 94 %, pH 7.31.", "ph", {"spo2"}),
        ("No value of creatinine.", "potassium", set()),
    ],
)
def test_names_that_others_lean_on_are_read_with_them(
    text: str, analyte: str, others: set[str]
) -> None:
    pipeline = default_scanner().pipeline
    (narrow,) = pipeline.measure_all(pipeline.glance_all([Note("n", text)]), [{analyte}])
    assert {m.analyte for m in narrow} - {analyte} == others


@pytest.mark.parametrize(
    ("text", "concerned"),
    [
        ("Temperature 39.2, heart rate 118, WBC 19, blood cultures sent, pneumonia.", True),
        ("Temperature 36.8, heart rate 72, WBC 7, blood cultures sent, pneumonia.", False),
    ],
)
def test_values_that_pass_no_threshold_leave_a_condition_no_chance(
    text: str, concerned: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[set[str]] = []

    def review(
        encounter: Encounter, readings: object, catalogue: object, names: frozenset[str]
    ) -> Review:
        judged.append(set(names))
        return Review(encounter, ())

    monkeypatch.setattr(engine, "review", review)
    default_scanner().scan(text)
    assert ("sepsis" in judged[0]) is concerned


def test_of_conditions_without_a_chance_only_names_are_read() -> None:
    pipeline = default_scanner().pipeline
    (glance,) = pipeline.glance_all([Note("n", "Left leg pain. CHF, chronic. Ferrous sulfate.")])
    (narrow,) = pipeline.read_all(
        [glance], [{"heart_failure"}], pipeline.measure_all([glance], [()])
    )
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
