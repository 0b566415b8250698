"""Codes: proposed for a clarified diagnosis, given at the end of a stay, and how the two differ."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from cdi.domain.query import Outcome, PresentOnAdmission

_CODE = re.compile(r"[A-Z][0-9][0-9A-Z](?:\.[0-9A-Z]{1,4})?")


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


@dataclass(frozen=True, slots=True)
class FinalCode:
    """One ICD-10-CM code of the final coding of a stay.

    Attributes:
        code: with its dot.
        poa: None where the code is exempt or the source does not say.
        place: where the source gives it ("row 7", "entry[2].diagnosis[0]"), for messages.
    """

    code: str
    poa: PresentOnAdmission | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class FinalCoding:
    """The final codes of one stay, the principal diagnosis first; ``stay`` is its number."""

    stay: str
    codes: tuple[FinalCode, ...]


@dataclass(frozen=True, slots=True)
class Clarification:
    """What is known of a condition that was asked about in a stay.

    Attributes:
        outcome: what the answer amounts to; None while there is none.
        code: the coder's code, else the first proposed; "" if there is none.
        families: categories (three characters) of the codes the condition may have.
        id: of the clarified diagnosis; "" if there is none.
    """

    condition: str
    outcome: Outcome | None
    wording: str = ""
    code: str = ""
    poa: PresentOnAdmission | None = None
    families: frozenset[str] = frozenset()
    id: str = ""


class Difference(StrEnum):
    """How a clarified diagnosis and the final codes of a stay stand to each other."""

    NOT_CODED = "not_coded"
    NOT_CLARIFIED = "not_clarified"
    CODE_DIFFERS = "code_differs"
    POA_DIFFERS = "poa_differs"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One line of a reconciliation; either side may be missing."""

    difference: Difference
    clarified: Clarification | None
    final: FinalCode | None


def read_code(text: str) -> str | None:
    """Return an ICD-10-CM code with its dot, as lists with or without dots write it.

    None if it has not the form of one.
    """
    bare = text.strip().upper()
    if "." not in bare and len(bare) > 3:
        bare = f"{bare[:3]}.{bare[3:]}"
    return bare if _CODE.fullmatch(bare) else None


def read_poa(text: str) -> PresentOnAdmission | None:
    """Return the indicator; None for an empty one and for the marks of exempt codes ("1", "E").

    Raises:
        ValueError: it is none of them.
    """
    mark = text.strip().upper()
    return None if mark in {"", "1", "E", "EXEMPT"} else PresentOnAdmission(mark)
