from dataclasses import replace

import pytest
from factories import make_encounter, make_finding

import cdi
from cdi.compliance.documentation import documented_conditions, documented_wordings
from cdi.domain.encounter import Note, NoteStatus, Role
from cdi.domain.finding import NameTruth, Review
from cdi.domain.reading import Assertion, Certainty, Mention, Reading

MENTION = Mention(
    condition="kidney_injury",
    name="documented",
    value="",
    start=0,
    end=3,
    assertion=Assertion.PRESENT,
    certainty=Certainty.STATED,
    reported=False,
    section="",
    sentence=0,
    cue_start=0,
    cue_end=0,
)


def documented(note_changes=None, **mention_changes) -> frozenset[str]:
    note = replace(make_encounter().notes[0], **(note_changes or {}))
    reading = Reading("n1", mentions=(MENTION._replace(**mention_changes),))
    return documented_conditions(Review(make_encounter(notes=(note,)), (), (reading,)))


@pytest.mark.parametrize(
    "changes",
    [{}, {"assertion": Assertion.POSSIBLE, "certainty": Certainty.PROBABLE}],
    ids=["stated", "probable"],
)
def test_what_a_provider_asserts_is_documented(changes: dict[str, object]) -> None:
    assert documented(**changes) == {"kidney_injury"}


@pytest.mark.parametrize(
    "changes",
    [
        {"assertion": Assertion.ABSENT},
        {"assertion": Assertion.FAMILY},
        {"assertion": Assertion.HYPOTHETICAL},
        {"assertion": Assertion.POSSIBLE, "certainty": Certainty.WORKUP},
        {"name": "vague"},
        {"reported": True},
    ],
)
def test_what_is_not_asserted_is_not_documented(changes: dict[str, object]) -> None:
    assert documented(**changes) == set()


@pytest.mark.parametrize(
    "changes",
    [{"role": Role.NURSING}, {"role": Role.DIETITIAN}, {"status": NoteStatus.RETRACTED}],
)
def test_only_a_note_of_a_provider_that_counts_documents(changes: dict[str, object]) -> None:
    assert documented(changes) == set()


def test_a_rule_that_judged_documented_true_is_believed() -> None:
    finding = make_finding()
    explanation = replace(finding.explanation, names=(NameTruth("documented", True),))
    review = Review(make_encounter(), (replace(finding, explanation=explanation),))
    assert documented_conditions(review) == {"kidney_injury"}
    assert documented_conditions(Review(make_encounter(), (finding,))) == set()


def wordings(text: str, **note_changes: object) -> tuple[str, ...]:
    note = Note("n1", text, **note_changes)  # type: ignore[arg-type]
    return documented_wordings(cdi.scan(note))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ASSESSMENT: CHF.", ("CHF",)),
        (
            "ASSESSMENT: Acute on chronic systolic heart failure, improving.",
            ("Acute on chronic systolic heart failure",),
        ),
        ("ASSESSMENT:\n1. CHF. Acute on chronic. On diuretics.", ("CHF ... Acute on chronic",)),
        ("ASSESSMENT: Severe malnutrition and CHF. CHF stable.", ("Severe malnutrition", "CHF")),
        ("ASSESSMENT: Probable sepsis.", ("Probable sepsis",)),
        ("ASSESSMENT: No acute heart failure. Rule out severe sepsis.", ()),
    ],
)
def test_a_documented_diagnosis_is_told_as_it_was_written(
    text: str, expected: tuple[str, ...]
) -> None:
    assert wordings(text) == expected


@pytest.mark.parametrize("role", [Role.NURSING, Role.DIETITIAN, Role.RADIOLOGY])
def test_the_words_of_others_are_no_documentation(role: Role) -> None:
    assert wordings("ASSESSMENT: Severe malnutrition.", role=role) == ()
