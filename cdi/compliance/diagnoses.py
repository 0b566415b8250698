"""The names of diagnoses the catalogue knows, and where a text uses one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from cdi.rules.catalogue import Catalogue

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")


class Name(NamedTuple):
    """A wording that names a condition; "" as condition marks one that means something else."""

    condition: str
    phrase: str
    exact: bool = False


class NameFound(NamedTuple):
    """A name of a condition in a text."""

    condition: str
    text: str


@dataclass(frozen=True)
class _Entry:
    condition: str
    capitals: tuple[str, ...]


class DiagnosisNames:
    """Looks up names of diagnoses word by word; letters are short, so this takes microseconds.

    Args:
        names: every wording. Of two that overlap in a text the longer one counts.
    """

    def __init__(self, names: Iterable[Name]) -> None:
        self._entries: dict[tuple[str, ...], list[_Entry]] = {}
        self._longest = 0
        for name in names:
            words = tuple(_WORD.findall(name.phrase))
            if not words:
                continue
            key = tuple(word.lower() for word in words)
            entry = _Entry(name.condition, words if name.exact else ())
            self._entries.setdefault(key, []).append(entry)
            self._longest = max(self._longest, len(words))

    def find(self, text: str) -> tuple[NameFound, ...]:
        """Return the names in a text, in order, without overlaps."""
        spans = [match.span() for match in _WORD.finditer(text)]
        words = [text[start:end] for start, end in spans]
        lower = [word.lower() for word in words]
        found: list[NameFound] = []
        at = 0
        while at < len(words):
            for length in range(min(self._longest, len(words) - at), 0, -1):
                entry = self._entry(lower[at : at + length], words[at : at + length])
                if entry is not None:
                    if entry.condition:
                        phrase = text[spans[at][0] : spans[at + length - 1][1]]
                        found.append(NameFound(entry.condition, phrase))
                    at += length
                    break
            else:
                at += 1
        return tuple(found)

    def _entry(self, lower: list[str], words: list[str]) -> _Entry | None:
        for entry in self._entries.get(tuple(lower), ()):
            if not entry.capitals or entry.capitals == tuple(words):
                return entry
        return None


def diagnosis_names(catalogue: Catalogue) -> DiagnosisNames:
    """Collect the names of every condition of a catalogue.

    Wordings with a gap ("wall ... infarct") are left out: a subject or question that uses one
    names its words in other entries too.
    """
    return DiagnosisNames(
        Name(condition.id if term.name == "documented" else "", term.phrase, term.exact)
        for condition in catalogue.conditions.values()
        for term in condition.terms
        if term.name in {"documented", "ignore"} and not term.rest
    )
