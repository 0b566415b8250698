"""Which kind of section the words of a heading open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from cdi.rules.sections import SectionKind, SectionPack, fold_heading

SYSTEM = "(system)"
"""What :meth:`HeadingIndex.find` gives for an organ system, which is no kind of its own."""

NO_HEADING = "(none)"
"""What it gives for words that open nothing."""

_PARTS = re.compile(r"/|,| and ")
_LONGEST_AFFIX = 4  # words in the longest `beginnings` or `endings` entry


class HeadingIndex:
    """All headings of a pack, for look-up by the words of a heading."""

    def __init__(self, pack: SectionPack) -> None:
        kinds = pack.kinds
        self._listed = _owners(kinds, {name: kind.headings for name, kind in kinds.items()})
        self._listed.update(dict.fromkeys(map(fold_heading, pack.systems.headings), SYSTEM))
        self._listed.update(dict.fromkeys(map(fold_heading, pack.no_headings), NO_HEADING))
        self._beginnings = _owners(kinds, {name: kind.beginnings for name, kind in kinds.items()})
        self._endings = _owners(kinds, {name: kind.endings for name, kind in kinds.items()})
        self._titles = _owners(kinds, {name: kind.titles for name, kind in kinds.items()})

    def find(self, label: str) -> str | None:
        """Return the kind that lists this heading, :data:`SYSTEM`, :data:`NO_HEADING`, or None."""
        return self._listed.get(label.lower()) or self._listed.get(fold_heading(label))

    def derive(self, label: str) -> str | None:
        """Return the kind of an unlisted heading by its first words, last words or parts."""
        key = fold_heading(label)
        words = key.split()
        return (
            _by_first_words(words, self._beginnings)
            or _by_last_words(words, self._endings)
            or self._by_parts(key)
        )

    def title(self, line: str) -> str | None:
        """Return the kind a note's first line puts the whole note under, or None.

        A title begins the line ("CT HEAD WITHOUT CONTRAST"); one of several words may also end it
        ("CCU NURSING NOTE").
        """
        words = fold_heading(line).split()
        return _by_first_words(words, self._titles) or _by_last_words(words, self._titles, 2)

    def _by_parts(self, key: str) -> str | None:
        """Return the kind of the first part of "this/that", if it is listed."""
        parts = [self._listed.get(part.strip()) for part in _PARTS.split(key)]
        if parts[0] == NO_HEADING or (parts[0] == SYSTEM and set(parts) != {SYSTEM}):
            return None
        return parts[0]


def _owners(kinds: Mapping[str, SectionKind], lists: Mapping[str, Iterable[str]]) -> dict[str, str]:
    return {fold_heading(heading): name for name in kinds for heading in lists[name]}


def _by_first_words(words: list[str], owners: Mapping[str, str]) -> str | None:
    for count in range(min(_LONGEST_AFFIX, len(words)), 0, -1):
        owner = owners.get(" ".join(words[:count]))
        if owner is not None:
            return owner
    return None


def _by_last_words(words: list[str], owners: Mapping[str, str], fewest: int = 1) -> str | None:
    for count in range(min(_LONGEST_AFFIX, len(words)), fewest - 1, -1):
        owner = owners.get(" ".join(words[-count:]))
        if owner is not None:
            return owner
    return None
