"""The clinical tokenizer: what is one token, and that no character is lost."""

import pickle
from pathlib import Path

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language
from spacy.vocab import Vocab

from cdi.nlp.tokenizer import ClinicalTokenizer


@pytest.fixture(scope="module")
def tokenizer() -> ClinicalTokenizer:
    return ClinicalTokenizer(Vocab())


def pipeline() -> Language:
    settings = {"nlp": {"tokenizer": {"@tokenizers": "cdi.clinical_tokenizer.v1"}}}
    return spacy.blank("en", config=settings)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("BUN/creatinine", "BUN / creatinine"),
        ("20-25%", "20 - 25 %"),
        ("120/80", "120 / 80"),
        ("40mg", "40 mg"),
        ("10-mm", "10 - mm"),
        ("CHF.", "CHF ."),
        ("2.1.", "2.1 ."),
        ("(2.1)", "( 2.1 )"),
        ("1,2,3", "1 , 2 , 3"),
        ("well,no", "well , no"),
        ("patient's", "patient 's"),
        ("patient\u2019s", "patient \u2019s"),
        ("08/16/06", "08 / 16 / 06"),
        ("PaO2/FiO2<300", "PaO2 / FiO2 < 300"),
        ("2.1->1.4", "2.1 -> 1.4"),
        (">=2.1", ">= 2.1"),
        ("wait...", "wait ..."),
        ("Mr.____", "Mr . ____"),
        ("COVID-19", "COVID - 19"),
    ],
)
def test_what_is_written_together_is_split(
    tokenizer: ClinicalTokenizer, text: str, tokens: str
) -> None:
    assert [token.text for token in tokenizer(text)] == tokens.split(" ")


@pytest.mark.parametrize(
    "word",
    [
        "2.1", "101.2", "11,700", "1,234,567.5", "b.i.d.", "q.d.", "p.o.", "A1c", "H&H", "I&O",
        "x3", "T10", "SpO2", "B12", "CO2", "na\u00efve", "CHF", ".5", "____", "\u05d3\u05dd",
    ],
)  # fmt: skip
def test_what_is_one_word_stays_one_token(tokenizer: ClinicalTokenizer, word: str) -> None:
    assert [token.text for token in tokenizer(f"a {word} b")] == ["a", word, "b"]


def test_white_space_beyond_one_blank_is_a_token(tokenizer: ClinicalTokenizer) -> None:
    doc = tokenizer("a  b\t\r\n c ")
    assert [token.text for token in doc] == ["a", " ", "b", "\t\r\n ", "c"]
    assert [token.whitespace_ for token in doc] == [" ", "", "", "", " "]


def test_an_empty_text_is_an_empty_doc(tokenizer: ClinicalTokenizer) -> None:
    doc = tokenizer("")
    assert len(doc) == 0
    assert doc.text == ""


@given(st.one_of(
    st.text(),
    st.text(alphabet="aB1.,&-_/ \t\r\n\u00a0\u200f\u0301\u05d0\x00\x1f<>='\u2019%()", max_size=60),
))  # fmt: skip
def test_the_text_of_the_doc_is_the_text(tokenizer: ClinicalTokenizer, text: str) -> None:
    assert tokenizer(text).text == text


@given(st.text(alphabet=st.characters(), max_size=30))
def test_lone_surrogates_keep_the_offsets(tokenizer: ClinicalTokenizer, text: str) -> None:
    expected = "".join("\ufffd" if 0xD800 <= ord(c) <= 0xDFFF else c for c in text)
    assert tokenizer(text).text == expected


def test_a_surrogate_becomes_one_replacement_character(tokenizer: ClinicalTokenizer) -> None:
    doc = tokenizer("Cr \ud83d 2.1")
    assert doc.text == "Cr \ufffd 2.1"
    assert doc[-1].idx == 5


@given(st.text(alphabet="abZ19.,&' -", max_size=30))
def test_the_short_cut_changes_no_token(tokenizer: ClinicalTokenizer, text: str) -> None:
    # Beside "é" no short cut for ASCII words is taken, and no rule tells "é" from "e".
    plain = [token.text for token in tokenizer(text.replace("a", "e"))]
    accented = [token.text for token in tokenizer(text.replace("a", "\u00e9"))]
    assert [word.replace("\u00e9", "e") for word in accented] == plain


def test_a_pipeline_is_built_with_it_by_name() -> None:
    nlp = pipeline()
    assert isinstance(nlp.tokenizer, ClinicalTokenizer)
    assert [token.text for token in nlp("EF 20-25%")] == ["EF", "20", "-", "25", "%"]
    assert [len(doc) for doc in nlp.pipe(["a b", "c"])] == [2, 1]


def test_a_pipeline_with_it_survives_disk_bytes_and_pickle(tmp_path: Path) -> None:
    nlp = pipeline()
    nlp.to_disk(tmp_path / "pipeline")
    copies = [
        spacy.load(tmp_path / "pipeline"),
        pipeline().from_bytes(nlp.to_bytes()),
        pickle.loads(pickle.dumps(nlp)),
    ]
    for copy in copies:
        assert isinstance(copy.tokenizer, ClinicalTokenizer)
        assert [token.text for token in copy("120/80")] == ["120", "/", "80"]


def test_the_tokenizer_alone_can_be_pickled(tokenizer: ClinicalTokenizer) -> None:
    copy = pickle.loads(pickle.dumps(tokenizer))
    assert [token.text for token in copy("b.i.d. x3")] == ["b.i.d.", "x3"]
