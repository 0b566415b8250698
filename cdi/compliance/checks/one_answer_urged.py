"""Q06: no sentence urges one of the options.

What it checks:
    A question or the words of the letter do not ask to "document", "confirm", "add", "record" or
    "write" words that begin one diagnosis option and no other.
Why:
    "Please document" with the answer behind it is an order.
Violating:
    "Please document persistent." above the options paroxysmal and persistent.
Compliant:
    "Please document the type, if it can be determined."
Source:
    AHIMA/ACDIS, Guidelines for Achieving a Compliant Query Practice (2022 Update).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cdi.compliance.draft import Draft, Part
from cdi.domain.letter import Level, OptionKind, Question, Violation

RULES = ("Q06",)
LEVEL = Level.BLOCK

_URGE = re.compile(
    r"\b(?:document|confirm|add|record|write)\s+(?:that\s+|as\s+)?(?:the\s+|an?\s+)?(?=\w)", re.I
)
_WORD = re.compile(r"\w+")


def check(draft: Draft) -> Iterator[Violation]:
    """Yield a violation for each urge that ends in one option."""
    options = [words for q in draft.letter.questions for words in _distinctive(q)]
    for passage in draft.passages:
        if passage.part not in {Part.STEM, Part.BODY}:
            continue
        for urge in _URGE.finditer(passage.text):
            following = _words(passage.text[urge.end() : urge.end() + 200])
            for words in options:
                if following[: len(words)] == words:
                    yield Violation(
                        "Q06",
                        passage.where,
                        urge.group() + " ".join(words),
                        "The words ask for one of the answers.",
                        fix="Ask what is unclear, and leave the answers to the list.",
                        level=LEVEL,
                    )


def _distinctive(question: Question) -> Iterator[list[str]]:
    """Yield for each diagnosis option the fewest first words that no other option shares.

    A list with one diagnosis has nothing to tell it from, so all its words count.
    """
    texts = [_words(o.text) for o in question.options if o.kind is OptionKind.DIAGNOSIS]
    for index, words in enumerate(texts):
        others = texts[:index] + texts[index + 1 :]
        yield words[: _shortest(words, others)] if others else words


def _shortest(words: Sequence[str], others: Sequence[Sequence[str]]) -> int:
    for length in range(1, len(words)):
        if not any(list(other[:length]) == list(words[:length]) for other in others):
            return length
    return len(words)


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]
