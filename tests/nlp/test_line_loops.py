"""How lines begin and end, against regular expressions that say the same."""

from __future__ import annotations

import re
import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdi.nlp.loops import digits, inline_items, lines, word_lists
from cdi.nlp.loops.compiler import compiled
from cdi.nlp.loops.digits import digits_beyond_ascii
from cdi.nlp.loops.kinds import KINDS, Codes, Kinds, code_points
from cdi.nlp.loops.lines import BULLET, LABEL, NUMBER, PLAIN
from cdi.nlp.loops.word_lists import FIRST, UNFINISHED

read_line, wrap_width = map(compiled, (lines.read_line, lines.wrap_width))
number_mark, number_start = map(compiled, (inline_items.number_mark, inline_items.number_start))
number_before, next_bullet = map(compiled, (inline_items.number_before, inline_items.next_bullet))
scan_line, lists_of = map(compiled, (inline_items.scan_line, word_lists.lists_of))
digit_value = compiled(digits.digit_value)

DIGITS = digits_beyond_ascii()
LEAD = re.compile(
    r"(?P<indent>[ \t]*)"
    r"(?:(?P<number>\d{1,2} ?[.)](?!\d)|\(\d{1,2}\)|#+ ?\d*[.):]?(?=[ \tA-Za-z]))"
    r"|(?P<bullet>[\u2022\u00b7\u25cf\u25aa\u25e6\u2023]|[-*\u2013\u2014>](?=[ \tA-Za-z])"
    r"|[A-Za-z]\)(?=[ \t])|[a-z]\.(?=[ \t]))"
    r"|(?P<label>[A-Z][^\s:.]*(?: [^\s:.]+){0,3}:(?=\s|\Z)))?"
)
STYLES = {"indent": PLAIN, "number": NUMBER, "bullet": BULLET, "label": LABEL}
INLINE_NUMBER = re.compile(r"[0-9][0-9]?[.)](?=\s*[A-Z\"(])")
INLINE_BULLET = re.compile("(?<=\\s)[\u2022\u25cf\u25aa](?=\\s)")
PIECES = st.sampled_from(
    ["1", "2", "12", ".", ")", "(", "#", "##", " ", "  ", "\t", "-", "*", "\u2022", "\u25e6",
     "\u2014", ":", "a", "B", "Lungs", "clear of", "x)", "y.", "\u0663", "\u00b2", "\u00e9",
     "\u00c9", "\u00a0", "Neck", ",", ">", '"']
)  # fmt: skip
LINES = st.lists(PIECES, min_size=1, max_size=12).map("".join).filter(str.strip)


def read(line: str) -> tuple[Codes, Kinds]:
    """Return the code points of a line before which and behind which there is more."""
    codes = code_points(f"7{line}\n7")
    return codes, KINDS.of(codes)


@settings(deadline=None)  # the first call compiles
@given(LINES)
def test_a_line_begins_as_the_expression_says(line: str) -> None:
    codes, kinds = read(line)
    found = read_line(codes, kinds, 1, len(line) + 1, DIGITS)
    lead = LEAD.match(line)
    assert lead is not None
    style = STYLES[lead.lastgroup or ""]
    content = line.rstrip()
    assert found.style == style
    assert found.lead - 1 == (lead.end() if style in (NUMBER, BULLET) else len(lead["indent"]))
    assert found.indent == len(lead["indent"].replace("\t", " " * 8))
    assert found.ended == (content[-1] in ".!?")
    assert found.opens == (content[-1] == ":")
    if style == NUMBER:
        number = re.search(r"\d+", lead["number"])
        assert found.mark == (int(number[0]) if number else 0)
    elif style == BULLET:
        assert chr(found.mark) == lead["bullet"][-1]


@pytest.mark.parametrize(
    ("line", "short"),
    [
        ("x" * 60, True),
        ("x" * 60 + "  ", True),
        ("x" * 61, False),
        ("a b c d e f g h i", True),
        ("a b c d e f g h i j", False),
        ("  a b c d e f g h i", True),
        ("\ta b c d e f g h i j", True),
    ],
)
def test_a_short_line_has_few_letters_and_words(line: str, short: bool) -> None:
    assert read_line(*read(line), 1, len(line) + 1, DIGITS).short is short


@settings(deadline=None)  # the first call compiles
@given(LINES)
def test_numbers_within_a_line_are_those_of_the_expression(line: str) -> None:
    codes, kinds = read(line)
    end = len(line) + 1
    found = []
    mark = number_mark(codes, kinds, 1, end)
    while mark >= 0:
        start = number_start(kinds, mark, 1)
        found.append((start - 1, mark, number_before(codes, kinds, mark, 1)))
        mark = number_mark(codes, kinds, mark, end)
    matches = list(INLINE_NUMBER.finditer(line))
    assert found == [(m.start(), m.end(), int(m[0][:-1])) for m in matches]


@settings(deadline=None)  # the first call compiles
@given(LINES)
def test_bullets_within_a_line_are_those_of_the_expression(line: str) -> None:
    codes, kinds = read(line)
    found = []
    bullet = next_bullet(codes, kinds, 1, len(line) + 1)
    while bullet >= 0:
        found.append(bullet - 1)
        bullet = next_bullet(codes, kinds, bullet + 1, len(line) + 1)
    assert found == [m.start() for m in INLINE_BULLET.finditer(line)]


@settings(deadline=None)  # the first call compiles
@given(LINES)
def test_a_line_is_looked_at_again_where_it_may_have_items(line: str) -> None:
    codes, kinds = read(line)
    end, has_items = scan_line(codes, kinds, 1, len(codes))
    assert end == len(line) + 1
    may = INLINE_NUMBER.search(line) or INLINE_BULLET.search(line)
    assert has_items or not may


@pytest.mark.parametrize(
    ("lengths", "width"),
    [
        ([70, 60, 56, 3], 70),
        ([70, 60, 55, 3], 0),
        ([50, 50, 50], 50),
        ([49, 49, 49], 0),
        ([120, 119, 118], 120),
        ([80, 80, 80, 121], 0),
        ([0], 0),
    ],
)
def test_the_width_of_a_wrapped_note_is_that_of_its_longest_line(
    lengths: list[int], width: int
) -> None:
    text = "\n".join("x" * length for length in lengths)
    assert wrap_width(code_points(f"{text}\n"), 0, len(text)) == width


def test_digits_of_all_scripts_have_their_value() -> None:
    for code in range(sys.maxunicode + 1):
        char = chr(code)
        if char.isdigit() or not code % 97:
            assert digit_value(code, DIGITS) == unicodedata.digit(char, -1)


@pytest.mark.parametrize(
    ("word", "lists"),
    [
        ("the", FIRST | UNFINISHED),
        ("The", FIRST | UNFINISHED),
        ("w/", UNFINISHED),
        ("k", FIRST),
        ("\u212a", FIRST),
        ("then", 0),
        ("t\u0130", 0),
        ("th\u00e9", 0),
        ("", 0),
    ],
)
def test_words_are_in_lists_in_any_case(word: str, lists: int) -> None:
    table = word_lists.word_lists({FIRST: ["the", "k", "ti"], UNFINISHED: ["the", "w/"]})
    assert lists_of(code_points(f"x{word}x"), 1, len(word) + 1, table) == lists
