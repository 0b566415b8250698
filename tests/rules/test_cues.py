"""The cue files: what they must hold, and what an author is told of a mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdi import resources
from cdi.errors import RuleError
from cdi.rules.cue_schema import Category
from cdi.rules.language import CUE_FILES, Anchor, Cue, CuePack, Pseudo, Stop, load_cues
from cdi.rules.marked_text import MarkedSpan, read_marked
from cdi.rules.sections import load_sections

LANGUAGE = resources.models() / "language"


@pytest.fixture(scope="module")
def pack() -> CuePack:
    return load_cues(LANGUAGE)


def write_pack(folder: Path, text: str) -> Path:
    """Write a pack whose first file says ``text`` and whose others say nothing."""
    for name in CUE_FILES:
        (folder / name).write_text("about: nothing\n", encoding="utf-8")
    (folder / CUE_FILES[0]).write_text(text, encoding="utf-8")
    return folder


def meaning_of(pack: CuePack, phrase: str) -> list[object]:
    return [m for p, m in zip(pack.phrases, pack.meanings, strict=True) if p == phrase]


def test_each_phrase_has_its_meaning(pack: CuePack) -> None:
    assert len(pack.phrases) == len(pack.meanings)
    assert all(phrase == " ".join(phrase.split()) for phrase in pack.phrases)


@pytest.mark.parametrize("category", list(Category))
def test_every_category_has_cues(category: Category, pack: CuePack) -> None:
    assert any(isinstance(m, Cue) and m.category is category for m in pack.meanings)


@pytest.mark.parametrize("name", CUE_FILES)
def test_every_file_has_examples_and_as_many_silent_ones(name: str) -> None:
    text = (LANGUAGE / name).read_text(encoding="utf-8")
    assert text.count("<present>") >= 2, "write examples that must stay silent too"


def test_sections_named_by_cues_exist(pack: CuePack) -> None:
    kinds = set(load_sections(LANGUAGE / "sections.yaml").kinds)
    assert set(pack.sections) <= kinds
    assert pack.sections["family_history"] == (Category.FAMILY,)


@pytest.mark.parametrize(
    ("phrase", "category", "forward", "backward"),
    [
        ("denies", Category.NEGATION, True, False),
        ("ruled out", Category.NEGATION, True, False),
        ("ruled out", Category.NEGATION, False, True),
        ("history of", Category.HISTORY, True, False),
        ("in 2009", Category.ENDED, False, True),
        ("consistent with", Category.PROBABLE, True, False),
        ("rule out", Category.WORKUP, True, False),
        ("to rule out", Category.PLANNED, True, False),
        ("mother had", Category.FAMILY, True, False),
        ("prophylaxis", Category.HYPOTHETICAL, False, True),
        ("showed", Category.REPORT, True, False),
    ],
)
def test_a_cue_says_what_it_should(
    phrase: str, category: Category, forward: bool, backward: bool, pack: CuePack
) -> None:
    assert any(
        isinstance(m, Cue) and (m.category, m.forward, m.backward) == (category, forward, backward)
        for m in meaning_of(pack, phrase)
    )


@pytest.mark.parametrize("phrase", ["no plan for", "gram negative", "not only", "year old"])
def test_a_pseudo_cue_is_only_that(phrase: str, pack: CuePack) -> None:
    assert meaning_of(pack, phrase) == [Pseudo()]


def test_a_turn_of_thought_ends_every_scope(pack: CuePack) -> None:
    everything = frozenset(Category)
    assert meaning_of(pack, "but") == [Stop(everything, everything, cancels=False)]


def test_until_undoes_a_negation(pack: CuePack) -> None:
    negations = frozenset({Category.NEGATION})
    assert meaning_of(pack, "until") == [Stop(negations, frozenset(), cancels=True)]


def test_phrases_take_in_word_lists_and_alternatives(tmp_path: Path) -> None:
    folder = write_pack(
        tmp_path,
        "words:\n  sign: [sign, trace]\nnegation:\n  cues:\n"
        '    - {phrases: ["no {sign} of", "(lack|absence) of"]}\n',
    )
    assert load_cues(folder).phrases == ("no sign of", "no trace of", "lack of", "absence of")


def test_a_conditional_cue_and_its_anchor_share_a_number(tmp_path: Path) -> None:
    folder = write_pack(
        tmp_path, "report:\n  cues:\n    - {phrases: [showed], after: [x-ray, CT]}\n"
    )
    pack = load_cues(folder)
    assert pack.phrases == ("x-ray", "CT", "showed")
    assert pack.meanings[:2] == (Anchor(0), Anchor(0))
    assert isinstance(pack.meanings[2], Cue)
    assert pack.meanings[2].after == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("negations: {}\n", r"negation.yaml:1: .*unknown key `negations`; did you mean `negation`"),
        (
            "negation:\n  cues:\n    - {phrase: [no]}\n",
            r"negation.yaml:3: negation.cues.0.*",
        ),
        (
            "negation:\n  cues:\n    - phrases: [denies]\n      direction: onward\n",
            r"negation.yaml:4: negation.cues.0.direction: .*'forward', 'backward' or 'both'",
        ),
        (
            "negation:\n  cues:\n    - phrases: [no (sign|trace of]\n",
            r"negation.yaml:3: negation.cues.0.phrases.0: `\(` without `\)`",
        ),
        (
            'negation:\n  cues:\n    - phrases: ["no {sing} of"]\nwords:\n  sign: [sign]\n',
            r"there is no list `sing` under `words`; did you mean `sign`",
        ),
        (
            "negation:\n  cues:\n    - phrases: [no sign]\n    - phrases: [No-sign]\n",
            r"negation.yaml:4: negation.cues.1: `No-sign` is defined a second time; "
            r"see negation.yaml:3",
        ),
        (
            "negation:\n  cues:\n    - {phrases: [denies], opens: true}\n",
            "`opens` is for backward cues",
        ),
        (
            "negation:\n  cues:\n    - {phrases: [denies], next_item: true}\n",
            "`next_item` is for forward cues with `lists: true`",
        ),
        (
            "ended:\n  cues:\n    - {phrases: [in 199], direction: backward, dated: true}\n",
            "`in 199` is `dated` and ends in no year",
        ),
        (
            "negation:\n  cues:\n    - phrases: [denies, no]\n",
            r"negation.yaml:3: negation.cues.0.phrases.1: put this phrase in quotes",
        ),
        ("stops:\n  - {phrases: [but], ends: [negations]}\n", r"stops.0.ends.0: input should be"),
        ("examples:\n  - No <absent>fever.\n", r"negation.yaml:2: examples.0: `<absent>` is not"),
        ('punctuation:\n  ".": [negation]\n', "input should be ';' or ':'"),
    ],
)
def test_a_mistake_is_reported_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(RuleError, match=message):
        load_cues(write_pack(tmp_path, text))


def test_the_same_phrase_may_speak_in_both_directions_or_for_two_categories(
    tmp_path: Path,
) -> None:
    folder = write_pack(
        tmp_path,
        "negation:\n  cues:\n    - {phrases: [negative]}\n"
        "    - {phrases: [negative], direction: backward}\n"
        "report:\n  cues:\n    - {phrases: [negative]}\n",
    )
    assert load_cues(folder).phrases == ("negative", "negative", "negative")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match=r"negation\.yaml: the file does not exist"):
        load_cues(tmp_path)


def test_marks_are_taken_out_and_become_spans() -> None:
    text, spans = read_marked("No <absent>fever</absent>; <present>CHF</present>.")
    assert text == "No fever; CHF."
    assert spans == (MarkedSpan(3, 8, "absent"), MarkedSpan(10, 13, "present"))


@pytest.mark.parametrize("plain", ["", "no marks", "BP < 90 and > 60"])
def test_a_text_without_marks_stays_as_it_is(plain: str) -> None:
    assert read_marked(plain) == (plain, ())


@pytest.mark.parametrize("wrong", ["<a>x", "x</a>", "<a>x</b>", "<a>x<b>y</b></a>"])
def test_marks_that_do_not_match_are_an_error(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"not closed|unexpected"):
        read_marked(wrong)
