"""The names of diagnoses, and where a text uses one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from cdi.rules.catalogue import Catalogue

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")
# The words before a name that may belong to it.
_RUN = re.compile(r"(?:(?!(?:and|or|with|of|due|to|from|in|for|the|a)\b)[\w/-]+\s+)*$", re.I)
# What stands before a name in its clause and takes it back.
_DENIED = re.compile(
    r"\b(?:no|not|without|denie[sd]|negative for|free of|absence of|ruled out|rules out"
    r"|excluded?)\b(?:\s+[\w/-]+){0,5}\s*$",
    re.I,
)


class Name(NamedTuple):
    """A wording that names a diagnosis; "" as condition marks one that means something else.

    Attributes:
        condition: the diagnosis it names.
        exact: True if capitals count.
        parent: the condition of the catalogue the diagnosis belongs to; "" for itself or none.
        implies: diagnoses that are documented along with it.
    """

    condition: str
    phrase: str
    exact: bool = False
    parent: str = ""
    implies: tuple[str, ...] = ()


class NameFound(NamedTuple):
    """A name of a diagnosis in a text, from ``start`` on."""

    condition: str
    text: str
    parent: str = ""
    implies: tuple[str, ...] = ()
    start: int = 0


@dataclass(frozen=True)
class _Entry:
    name: Name
    capitals: tuple[str, ...]


class DiagnosisNames:
    """Looks up names of diagnoses word by word; letters are short, so this takes microseconds.

    Args:
        names: every wording. Of two that overlap in a text the longer one counts; of two that are
            equal the one given first.
        modifiers: wordings that narrow a diagnosis, by what they tell.
    """

    def __init__(
        self, names: Iterable[Name], modifiers: Mapping[str, Iterable[str]] | None = None
    ) -> None:
        self._entries: dict[tuple[str, ...], list[_Entry]] = {}
        self._longest = 0
        for name in names:
            words = tuple(_WORD.findall(name.phrase))
            if not words:
                continue
            key = tuple(word.lower() for word in words)
            entry = _Entry(name, words if name.exact else ())
            self._entries.setdefault(key, []).append(entry)
            self._longest = max(self._longest, len(words))
        wordings = {w for group in (modifiers or {}).values() for w in group}
        self._modifiers = _words_pattern(wordings)
        # While a letter is typed all but one of its passages stay as they were.
        self.find = lru_cache(maxsize=512)(self._find)

    def _find(self, text: str) -> tuple[NameFound, ...]:
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
                    if entry.name.condition:
                        start, end = spans[at][0], spans[at + length - 1][1]
                        found.append(_found(entry.name, text[start:end], start))
                    at += length
                    break
            else:
                at += 1
        return tuple(found)

    def affirmed(self, text: str) -> tuple[NameFound, ...]:
        """Return the names in a text that it does not take back ("no evidence of sepsis")."""
        return tuple(n for n in self.find(text) if not _denied(text, n.start))

    def modifiers_before(self, text: str, name: NameFound) -> tuple[str, ...]:
        """Return the words that narrow a name and stand before it ("severe")."""
        run = _RUN.search(text[max(0, name.start - 40) : name.start])
        phrase = run.group() if run else ""
        return tuple(match.group() for match in self._modifiers.finditer(phrase))

    def _entry(self, lower: list[str], words: list[str]) -> _Entry | None:
        for entry in self._entries.get(tuple(lower), ()):
            if not entry.capitals or entry.capitals == tuple(words):
                return entry
        return None


def diagnosis_names(
    catalogue: Catalogue,
    lexicon: Iterable[Name] = (),
    modifiers: Mapping[str, Iterable[str]] | None = None,
    without: Collection[str] = (),
) -> DiagnosisNames:
    """Collect the names of diagnoses: those of the lexicon, and of every condition.

    Wordings with a gap ("wall ... infarct") are left out: a subject or question that uses one
    names its words in other entries too.
    """
    of_conditions = (
        Name(condition.id if term.name == "documented" else "", term.phrase, term.exact)
        for condition in catalogue.conditions.values()
        if condition.id not in without
        for term in condition.terms
        if term.name in {"documented", "ignore"} and not term.rest
    )
    return DiagnosisNames([*lexicon, *of_conditions], modifiers)


def _found(name: Name, text: str, start: int) -> NameFound:
    return NameFound(name.condition, text, name.parent, name.implies, start)


def _denied(text: str, start: int) -> bool:
    clause = re.split(r"[.;:,?!]", text[:start])[-1]
    return _DENIED.search(clause) is not None


def _words_pattern(wordings: Iterable[str]) -> re.Pattern[str]:
    ordered = sorted(wordings, key=lambda w: (-len(w), w))
    inner = "|".join(map(re.escape, ordered)) or "(?!)"
    return re.compile(rf"(?<!\w)(?:{inner})(?!\w)", re.I)
