import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdi.rules.phrases import MOST_WORDINGS, expand


@pytest.mark.parametrize(
    ("phrase", "wordings"),
    [
        ("heart failure", ("heart failure",)),
        ("no (sign|evidence) of", ("no sign of", "no evidence of")),
        (
            "(acute|chronic|) renal failure",
            ("acute renal failure", "chronic renal failure", "renal failure"),
        ),
        ("stroke(s|)", ("strokes", "stroke")),
        ("h(ae|e)morrhage", ("haemorrhage", "hemorrhage")),
        ("(a|b) (c|d)", ("a c", "a d", "b c", "b d")),
        ("(no (sign|trace)|absence) of", ("no sign of", "no trace of", "absence of")),
        ("(a|a) b", ("a b",)),
        ("  double   blanks ", ("double blanks",)),
        ("type (|2) diabetes", ("type diabetes", "type 2 diabetes")),
        ("(+) cough", ("(+) cough",)),
        ("edema (1|2) (pitting)", ("edema 1 (pitting)", "edema 2 (pitting)")),
        ("(fluid (left|right)|dry)", ("fluid left", "fluid right", "dry")),
    ],
)
def test_alternatives_are_written_out_in_order(phrase: str, wordings: tuple[str, ...]) -> None:
    assert expand(phrase) == wordings


@pytest.mark.parametrize(
    ("phrase", "message"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("(a|)", "may be empty"),
        ("(a|b", r"`\(` without `\)`"),
        ("a) b", r"`\)` without `\(`"),
        ("a|b", "outside of parentheses"),
        ("(a|b) | c", "outside of parentheses"),
        ("(a|b)" * 20, f"more than {MOST_WORDINGS}"),
    ],
)
def test_a_phrase_that_cannot_be_meant_is_an_error(phrase: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        expand(phrase)


@given(st.text(st.sampled_from("ab (|)"), max_size=30))
def test_any_text_expands_to_clean_wordings_or_is_an_error(phrase: str) -> None:
    try:
        wordings = expand(phrase)
    except ValueError:
        return
    assert wordings
    assert len(set(wordings)) == len(wordings)
    assert all(w == " ".join(w.split()) and "|" not in w for w in wordings)


@given(st.text(st.characters(exclude_characters="(|)"), min_size=1).filter(str.strip))
def test_a_phrase_without_alternatives_is_itself(phrase: str) -> None:
    assert expand(phrase) == (" ".join(phrase.split()),)
