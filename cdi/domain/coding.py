"""A code proposed for a clarified diagnosis."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CodeProposal:
    """One ICD-10-CM code for words or a chosen option, for a coder to judge.

    Attributes:
        code: with its dot ("I50.23").
        title: of the code; "" if not known.
        score: 1 for the code of a chosen option, else the similarity of the words (0 to 1).
        because: the term of the code set that is like the words, or "option".
    """

    code: str
    title: str
    score: float
    because: str
