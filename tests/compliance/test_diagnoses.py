from hypothesis import given
from hypothesis import strategies as st

from cdi.compliance.diagnoses import DiagnosisNames, Name

NAMES = DiagnosisNames(
    [
        Name("heart_failure", "heart failure"),
        Name("heart_failure", "CHF"),
        Name("heart_failure", "HF", exact=True),
        Name("", "heart failure clinic"),
        Name("acute_heart", "acute heart failure"),
        Name("crohn", "Crohn's disease"),
    ]
)


def found(text: str) -> list[tuple[str, str]]:
    return [(name.condition, name.text) for name in NAMES.find(text)]


def test_names_are_found_in_any_case_and_across_hyphens_and_lines() -> None:
    assert found("Heart\nFailure, chf; heart-failure") == [
        ("heart_failure", "Heart\nFailure"),
        ("heart_failure", "chf"),
        ("heart_failure", "heart-failure"),
    ]


def test_the_longer_of_two_names_counts() -> None:
    assert found("acute heart failure") == [("acute_heart", "acute heart failure")]


def test_a_longer_phrase_may_mean_something_else() -> None:
    assert found("seen in heart failure clinic") == []


def test_capitals_count_where_they_are_asked_for() -> None:
    assert found("HF, hf") == [("heart_failure", "HF")]


def test_an_apostrophe_is_part_of_a_name() -> None:
    assert found("Crohn's disease") == [("crohn", "Crohn's disease")]


def test_parts_of_words_are_no_names() -> None:
    assert found("CHFs heartfailure HFx failure of the heart") == []


@given(st.text(max_size=200))
def test_any_text_can_be_searched_and_names_stand_in_it(text: str) -> None:
    assert all(name.text in text for name in NAMES.find(text))
