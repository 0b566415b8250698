import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdi.domain.finding import NoteSpan
from cdi.letters.excerpt import LONGEST, widen


def widened(text: str, words: str) -> str:
    start = text.index(words)
    found = widen(NoteSpan("n", start, start + len(words)), text)
    return text[found.start : found.end]


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        pytest.param(
            "Afebrile. Creatinine 2.1 today. BUN 40.",
            "Creatinine 2.1",
            "Creatinine 2.1 today",
            id="the sentence around the words",
        ),
        pytest.param(
            "LABS\n- Na 128\n- K 3.9\n", "Na 128", "Na 128", id="a list line without its dash"
        ),
        pytest.param("1. CHF, on Lasix\n2. COPD", "CHF", "CHF, on Lasix", id="a numbered item"),
        pytest.param(
            "Seen by Dr. Okafor for anemia today.",
            "anemia",
            "Seen by Dr. Okafor for anemia today",
            id="a title ends no sentence",
        ),
        pytest.param(
            "Worsening edema of\nboth legs. Lasix given.",
            "edema",
            "Worsening edema of\nboth legs",
            id="a wrapped line goes on in lower case",
        ),
        pytest.param(
            "Edema of both legs\nLasix given", "Edema", "Edema of both legs", id="a new line"
        ),
        pytest.param(
            "SHE FELT WELL. SHE WAS TREATED IN THE EMERGENCY ROOM WITH 40 MG\nOF LASIX. NO FEVER.",
            "LASIX",
            "SHE WAS TREATED IN THE EMERGENCY ROOM WITH 40 MG\nOF LASIX",
            id="a long line of capitals was wrapped",
        ),
        pytest.param(
            "- Lisinopril 10 mg daily, held because of the blood pressure\n- Lasix 40 mg IV",
            "Lisinopril",
            "Lisinopril 10 mg daily, held because of the blood pressure",
            id="a list item ends a long line",
        ),
        pytest.param(
            "Treated overnight for worsening edema of both legs and lungs\nASSESSMENT: improving",
            "edema",
            "Treated overnight for worsening edema of both legs and lungs",
            id="a heading ends a long line",
        ),
        pytest.param("AKI", "AKI", "AKI", id="nothing around the words"),
    ],
)
def test_a_span_is_widened_to_what_a_reader_understands(
    text: str, words: str, expected: str
) -> None:
    assert widened(text, words) == expected


def test_a_long_sentence_gives_way_to_the_part_between_commas() -> None:
    text = f"He has {'very ' * 30}good days, rising creatinine of late, and {'many ' * 30}guests."
    assert widened(text, "creatinine") == "rising creatinine of late"


def test_words_without_any_boundary_near_are_quoted_alone() -> None:
    text = "word " * 60 + "creatinine" + " word" * 60
    assert widened(text, "creatinine") == "creatinine"


@given(
    st.text(alphabet="aB1 .,;\n-\u00e9\u2028(", min_size=1, max_size=500),
    st.integers(0, 499),
    st.integers(1, 60),
)
def test_the_result_holds_the_span_and_lies_in_the_text(text: str, start: int, size: int) -> None:
    start %= len(text)
    end = min(len(text), start + size)
    found = widen(NoteSpan("n", start, end), text)
    assert 0 <= found.start <= start
    assert end <= found.end <= len(text)
    assert found.end - found.start <= max(LONGEST, end - start)
