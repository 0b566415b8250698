"""What the desk asks of an index of codes."""

from __future__ import annotations

from typing import Protocol

from cdi.domain.coding import CodeProposal


class CodeIndex(Protocol):
    """Proposes codes for words; ``cdi.nlp.code_index`` holds the one for ICD-10-CM."""

    def propose(self, words: str, limit: int = 5, about: str = "") -> tuple[CodeProposal, ...]:
        """Return codes whose terms are like the words, best first; empty if none is.

        ``about`` is what was asked about; it completes words that only specify ("systolic").
        """

    def search(self, typed: str, limit: int = 12) -> tuple[CodeProposal, ...]:
        """Return codes for the beginning of a code or of words, as somebody types them."""

    def title(self, code: str) -> str:
        """Return the title of a code, "" if there is no such code."""
