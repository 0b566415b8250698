"""Where sentences end, and which of them speak of one problem."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdi.domain.reading import Section
from cdi.nlp.sections import SectionReader
from cdi.nlp.sentences import split_sentences
from cdi.resources import models
from cdi.rules.sections import load_sections


@pytest.fixture(scope="module")
def reader() -> SectionReader:
    return SectionReader(load_sections(models() / "language" / "sections.yaml"))


def split(text: str) -> list[str]:
    """Return the sentences of a text that is one section."""
    return [text[s.start : s.end] for s in split_sentences(text, ())]


def grouped(text: str, heading: int = 0) -> list[list[str]]:
    """Return the sentences of a text, those of one item together."""
    items: dict[int, list[str]] = {}
    for start, end, item in split_sentences(text, (Section("", 0, heading, len(text)),)):
        items.setdefault(item, []).append(text[start:end])
    return list(items.values())


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\t\r\n "])
def test_white_space_is_no_sentence(text: str) -> None:
    assert split(text) == []


@pytest.mark.parametrize(
    "sentences",
    [
        ["He is well.", "No fever."],
        ["he is well.", "no fever."],
        ["Is he well?", "Yes!", "Good."],
        ["Creatinine 2.1.", "Potassium 4."],
        ["He weighs 80 kg.", "Height 2 m."],
        ["He was given 40 mg p.o. b.i.d. for a week.", "Then none."],
        ["He takes aspirin q.d.", "No bleeding."],
        ["Seen at 7 a.m. by the team.", "Seen again at 9 p.m.", "Stable."],
        ["Seen by Dr. Smith and Mrs. Jones of St. Mary.", "Stable."],
        ["Seen by Dr. X.", "Blood was drawn."],
        ["Seen by Dr. A.", "He agrees."],
        ["Seen by Dr. A. Baker.", "He agrees."],
        ["Seen by J. Smith.", "Agreed."],
        ["Urine grew E. coli.", "Treated."],
        ["Urine grew E. Coli.", "Treated."],
        ["He has hepatitis C.", "Treated."],
        ["Hepatitis C.", "She was treated."],
        ["Given vit. D.", "The level is low."],
        ["Effusion vs. atelectasis, i.e. unclear.", "Repeat film."],
        ["A mass of approx. 3 cm.", "Benign."],
        ["Tylenol No. 3 was given.", "No. 5 tube."],
        ["Up 2 L.", "Net even."],
        ["BiPAP for 14 h.", "Then off."],
        ["pt. was seen.", "Per pt. no pain."],
        ["The patient said ____.", "Left ____ foot."],
        ["He waits ... and sees.", "Then..."],
        ["Fine...", "He left."],
        ["?pneumonia on film.", "? edema.", "Possible ?cancer? in the lung."],
        ["He said \"fine.\"", "He left (at once).", "Gone."],
        ["BP 120/80; pulse 78; no fever.", "Stable."],
        ["Seen 1/2/24.", "2+ edema."],
        ["Diabetes type 2.", "Controlled."],
    ],
)  # fmt: skip
def test_sentences_end_where_they_do(sentences: list[str]) -> None:
    assert split(" ".join(sentences)) == sentences


def test_a_full_stop_without_a_blank_ends_a_sentence_before_a_capital() -> None:
    assert split("He is stable.Patient left.") == ["He is stable.", "Patient left."]
    assert split("Oedema vs.Effusion by Dr.Smith") == ["Oedema vs.Effusion by Dr.Smith"]


def test_commas_in_place_of_line_breaks_end_a_sentence() -> None:
    assert split("He is stable.,Patient left.,2 days.") == [
        "He is stable.,", "Patient left.,", "2 days."
    ]  # fmt: skip


def test_a_blank_line_always_ends_a_sentence() -> None:
    assert split("He has a history of\n\nthe flu") == ["He has a history of", "the flu"]


def test_a_line_break_ends_a_sentence() -> None:
    assert split("No edema\nPulse regular\nBP 120/80") == [
        "No edema", "Pulse regular", "BP 120/80"
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "He has a long and tedious history of severe\nand painful gout",
        "Father with\nDiabetes",
        "He takes aspirin,\nMetoprolol and\nFurosemide",
        "No edema, no\nFever",
        "Seen by Dr.\nSmith today",
        "Ejection fraction was\n25 percent",
    ],
)
def test_an_unfinished_line_goes_on(text: str) -> None:
    assert split(text) == [text]


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\u2028"])
def test_a_hard_wrapped_paragraph_keeps_its_sentences(line_break: str) -> None:
    lines = [
        "The patient came with swelling of both legs and was seen in",
        "Boston last week. He takes furosemide 40 mg in the morning,",
        "12 units of insulin and 81 mg of aspirin. Ejection fraction",
        "25. The weight is stable and there is no change since May of",
        "last year.",
        "Lungs: Clear.",
    ]
    text = line_break.join(lines)
    assert [" ".join(s.split()) for s in split(text)] == [
        "The patient came with swelling of both legs and was seen in Boston last week.",
        "He takes furosemide 40 mg in the morning, 12 units of insulin and 81 mg of aspirin.",
        "Ejection fraction 25.",
        "The weight is stable and there is no change since May of last year.",
        "Lungs: Clear.",
    ]


def test_short_lines_in_lower_case_are_sentences() -> None:
    assert split("htn\ngout\naspirin 81 mg") == ["htn", "gout", "aspirin 81 mg"]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Melena: no\nTarry stool", 2),
        ("Melena - NO\nTarry stool", 2),
        ("There is no\nTarry stool", 1),
        ("There is\tno\nTarry stool", 2),
        ("He was\n3) Seen", 1),
        ("He was\n1) Seen", 2),
        ("1) He was\n2) Seen", 2),
        ("1) He was\n3) Seen", 1),
        ("\u0661) He was\n\u0662) Seen", 2),
        ("\u0661) He was\n\u0663) Seen", 1),
        ("He was seen.\n3. Dr.", 2),
        (f"{'x' * 40}\nseen", 1),
        (f"{'x' * 39}\nseen", 2),
        (f"{'x' * 40}\n\u00e9t\u00e9", 1),
    ],
)
def test_a_line_goes_on_or_begins(text: str, sentences: int) -> None:
    assert len(split(text)) == sentences


def test_headings_and_bodies_are_boundaries(reader: SectionReader) -> None:
    text = "1. CHIEF COMPLAINT:\nFall\nP.M.H.: Gout. FH: None of note\nPLAN\nRest"
    spans = split_sentences(text, reader.read(text))
    assert [text[s.start : s.end] for s in spans] == [
        "1. CHIEF COMPLAINT:", "Fall", "P.M.H.:", "Gout.", "FH:", "None of note", "PLAN", "Rest"
    ]  # fmt: skip
    assert [s.item for s in spans] == [0, 1, 2, 2, 3, 3, 4, 5]


@pytest.mark.parametrize(
    "items",
    [
        [["1. CHF.", "Acute on chronic.", "EF 20 %."], ["2. AKI."]],
        [["1) CHF"], ["2) AKI"]],
        [["(1) CHF"], ["(2) AKI"]],
        [["1 . CHF."], ["2 . AKI."]],
        [["- CHF.", "EF 20 %."], ["- AKI"]],
        [["• CHF"], ["• AKI"]],
        [["# CHF", "EF 20 %."], ["#AKI"]],
        [["a. CHF"], ["b. AKI"]],
        [["a) CHF"], ["b) AKI"]],
        [["CHF: better"], ["AKI: worse"]],
        [["CHF exacerbation - diuretics"], ["AKI - hold the ACE inhibitor"], ["Gout"]],
        [["1. CHF", "- diuretics", "- echo"], ["2. AKI", "- fluids"]],
        [["1. CHF", "Labs: BNP 900"], ["2. AKI"]],
        [["1. CHF", "EF 20 %"], ["2. AKI"]],
        [["Congestive heart failure.", "• Reasoning: EF is low.", "• Treatment: diuretics."],
         ["Anemia.", "• Reasoning: iron is low."]],
        [["CHF:", "- diuretics", "- echo"], ["AKI:", "- fluids"], ["Gout"]],
        [["• CHF", "- diuretics"], ["• AKI", "- fluids"]],
        [["# CHF", "- diuretics"], ["# AKI", "- fluids"]],
        [["Anemia", "The hemoglobin has fallen for some days and will be followed closely."],
         ["Gout", "The left toe was swollen for some days and will be followed closely."]],
        [["The patient has been seen by the whole team today and has many active problems."],
         ["- CHF"], ["- AKI"]],
        [["The following problems were discussed:"], ["- CHF"], ["- AKI"]],
    ],
)  # fmt: skip
def test_lines_of_one_problem_are_one_item(items: list[list[str]]) -> None:
    lines = [
        line + " " if line.endswith(".") and following[:2] in ("Ac", "EF") else line + "\n"
        for item in items
        for line, following in zip(item, [*item[1:], ""], strict=True)
    ]
    assert grouped("".join(lines)) == items


def test_deeper_lines_belong_to_the_item_above() -> None:
    text = "- CHF\n  - diuretics\n\n  - echo\n    1. of the heart\n- AKI\n\tfluids\n"
    assert grouped(text) == [
        ["- CHF", "- diuretics", "- echo", "1. of the heart"],
        ["- AKI", "fluids"],
    ]


def test_a_paragraph_is_an_item() -> None:
    first = "He came in with a swollen leg and was found to have gout. He was treated."
    second = "On the third day he went home without any pain and walked well."
    assert grouped(f"{first}\n{second}\n\n{second}\n") == [
        ["He came in with a swollen leg and was found to have gout.", "He was treated.", second],
        [second],
    ]  # fmt: skip


def test_bullets_below_a_heading_with_text_are_not_of_that_text() -> None:
    text = "PLAN: Rest\n- CHF\n- AKI"
    assert grouped(text, heading=6) == [["PLAN:", "Rest"], ["- CHF"], ["- AKI"]]


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("1. CHF 2. AKI 3. Gout", ["1. CHF", "2. AKI", "3. Gout"]),
        ("1) CHF 2) AKI", ["1) CHF", "2) AKI"]),
        ("(1) CHF (2) AKI", ["(1) CHF", "(2) AKI"]),
        ("1. CHF.,2. AKI.,3. Gout.", ["1. CHF.,", "2. AKI.,", "3. Gout."]),
        ("1. CHF.2. AKI.", ["1. CHF.", "2. AKI."]),
        ("Diagnoses: 1. CHF, 2. AKI", ["Diagnoses:", "1. CHF,", "2. AKI"]),
        ("• CHF • AKI", ["• CHF", "• AKI"]),
        ("Seen: (1. CHF (2. AKI", ["Seen:", "(1. CHF", "(2. AKI"]),
        ("1. CHF 2. AKI • Gout", ["1. CHF", "2. AKI", "• Gout"]),
    ],
)
def test_items_inside_a_line_are_found(text: str, items: list[str]) -> None:
    assert grouped(text) == [[item] for item in items]


@pytest.mark.parametrize(
    "text",
    [
        "1. Diabetes type 2. Controlled",
        "1. AKI, creatinine of 2. Hold",
        "1. Stage 2. Anemia",
        "Creatinine 1. Hold",
        "He has 2) Or 3) Something",
        "1. Weight 98.2. Stable",
        "1. Weight \u212a 2. Stable",
        "1. Weight-2. Stable",
        "a) CHF 2) AKI 1) Gout",
    ],
)
def test_numbers_that_are_values_begin_no_item(text: str) -> None:
    assert len(grouped(text)) == 1


PIECES = st.sampled_from(
    ["1.", "2.", "2)", "(3)", "- ", "• ", "CHF", "PLAN:", "HPI", "Dr.", "b.i.d.", "a", "X.", "?",
     "...", "____", "\n", "\n\n", "\r\n", "  ", "\t", ",", ".,", "é", "\u200f", "The end.", "and"]
)  # fmt: skip


TEXTS = st.one_of(
    st.text(),
    st.lists(PIECES, max_size=50).map(" ".join),
    st.lists(PIECES, max_size=50).map("".join),
)


@settings(deadline=None)  # the first call compiles
@given(text=TEXTS, sectioned=st.booleans())
def test_sentences_hold_every_character_once_and_in_order(
    reader: SectionReader, text: str, sectioned: bool
) -> None:
    sections = reader.read(text) if sectioned else ()
    sentences = split_sentences(text, sections)
    end = item = 0
    for sentence in sentences:
        assert not text[end : sentence.start].strip()
        words = text[sentence.start : sentence.end]
        assert words
        assert words == words.strip()
        assert sentence.item >= item
        end, item = sentence.end, sentence.item
    assert not text[end:].strip()
    bounds = {bound for section in sections for bound in (section.heading, section.start)}
    assert not any(s.start < bound < s.end for s in sentences for bound in bounds)


def test_real_notes_are_split_into_sentences_of_sensible_length(
    reader: SectionReader, eval_dir: Path
) -> None:
    lengths = []
    with (eval_dir / "dev.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            text = json.loads(line)["text"]
            lengths += [end - start for start, end, _ in split_sentences(text, reader.read(text))]
    lengths.sort()
    assert 30 <= lengths[len(lengths) // 2] <= 80
    assert lengths[int(len(lengths) * 0.99)] < 400
