"""Two versions of a letter word by word: what only theirs has, and what only was typed here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import NamedTuple

from cdi.workflow.letter_conflict import CarriedEdit

_WORD = re.compile(r"\S+[^\S\n]*|\n")


class Side(StrEnum):
    """Which of the two versions has a stretch."""

    BOTH = "both"
    THEIRS = "theirs"
    MINE = "mine"


class Stretch(NamedTuple):
    """A stretch of words that both versions have, or one of them."""

    text: str
    side: Side


@dataclass(frozen=True, slots=True)
class PartDifference:
    """A part of the letter that differs: its name, and its words."""

    name: str
    stretches: tuple[Stretch, ...]


def compare_edits(carried: CarriedEdit) -> list[PartDifference]:
    """Return the parts in which what was typed differs from the letter as it is now."""
    theirs, mine = carried.theirs, carried.mine
    parts = [("Subject", compare_words(theirs.subject, mine.subject))]
    for number, (before, after) in enumerate(zip(theirs.questions, mine.questions, strict=True)):
        place = f"Question {number + 1}"
        facts = [
            [f"{carried.facts[number, name]}\n" for name in question.facts]
            for question in (before, after)
        ]
        answers = ["\n".join(text for text, _ in one.options) for one in (before, after)]
        parts += [
            (f"{place}, facts", _compare(*facts)),
            (f"{place}, wording", compare_words(before.stem, after.stem)),
            (f"{place}, answers", compare_words(*answers)),
        ]
    return [
        PartDifference(name, stretches)
        for name, stretches in parts
        if any(stretch.side is not Side.BOTH for stretch in stretches)
    ]


def compare_words(theirs: str, mine: str) -> tuple[Stretch, ...]:
    """Return two texts as one, word by word; spaces alone are no difference."""
    return _compare(_WORD.findall(theirs), _WORD.findall(mine))


def _compare(theirs: Sequence[str], mine: Sequence[str]) -> tuple[Stretch, ...]:
    return tuple(_stretches(theirs, mine))


def _stretches(theirs: Sequence[str], mine: Sequence[str]) -> Iterator[Stretch]:
    before, after = [[word.strip(" \t") for word in words] for words in (theirs, mine)]
    # Letters are short, and a word that is frequent in one is no junk.
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for kind, low, high, start, end in matcher.get_opcodes():
        if kind == "equal":
            yield Stretch("".join(mine[start:end]), Side.BOTH)
            continue
        if high > low:
            yield Stretch("".join(theirs[low:high]), Side.THEIRS)
        if end > start:
            yield Stretch("".join(mine[start:end]), Side.MINE)
