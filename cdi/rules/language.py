"""The cues every condition shares, ready for use: what "no", "history of" or "mother had" mean."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from cdi.errors import RuleError
from cdi.rules.cue_schema import (
    Category,
    CategorySpec,
    ClauseSpec,
    CueSpec,
    LanguageFile,
    StopSpec,
)
from cdi.rules.loader import Document, did_you_mean, read_document, validate
from cdi.rules.marked_text import read_marked
from cdi.rules.phrases import expand

CUE_FILES = (
    "negation.yaml",
    "uncertainty.yaml",
    "history.yaml",
    "family.yaml",
    "hypothetical.yaml",
    "report.yaml",
    "withheld.yaml",
    "scope.yaml",
)
_Key = tuple[str | int, ...]
_YEAR_LAST = re.compile(r"\b\d{4}\Z")
_WORDS = re.compile(r"\{(\w*)\}")


class Cue(NamedTuple):
    """The meaning of a cue phrase; see :class:`cdi.rules.cue_schema.CueSpec`.

    ``after`` and ``not_after`` are numbers of anchors, or None.
    """

    category: Category
    forward: bool
    backward: bool
    within: int | None
    lists: bool
    next_item: bool
    opens: bool
    itself: bool
    closing: bool
    dated: bool
    stops: tuple[str, ...]
    after: int | None
    not_after: int | None


class Stop(NamedTuple):
    """The meaning of words that end scopes: of which categories, in which direction."""

    forward: frozenset[Category]
    backward: frozenset[Category]
    cancels: bool


class Anchor(NamedTuple):
    """The meaning of a phrase that cues look for earlier in their sentence."""

    number: int


class Pseudo(NamedTuple):
    """The meaning of a phrase that looks like a cue and is none."""


Meaning = Cue | Stop | Anchor | Pseudo
_PSEUDO = Pseudo()


@dataclass(frozen=True)
class CuePack:
    """All cues, ready for use.

    Attributes:
        phrases: what to look for.
        meanings: what each phrase means, index-aligned with ``phrases``.
        sections: section kind -> category its mentions have unless a cue says otherwise.
        punctuation: sign -> the categories whose scopes it ends.
        clauses: what tells a new clause from a list item.
        anchors: how many of the meanings are anchors, which are numbered through.
        title_words: what may stand before a cue that is the title of an item, in lower case.
        examples: marked sentences of all files.
    """

    phrases: tuple[str, ...]
    meanings: tuple[Meaning, ...]
    sections: Mapping[str, tuple[Category, ...]]
    punctuation: Mapping[str, frozenset[Category]]
    clauses: ClauseSpec
    anchors: int = 0
    title_words: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


def load_cues(folder: Path) -> CuePack:
    """Read the cue files of ``models/language``.

    Raises:
        RuleError: a file is missing or wrong, or a phrase is given the same meaning twice.
    """
    builder = _PackBuilder()
    for name in CUE_FILES:
        path = folder / name
        if not path.is_file():
            raise RuleError("the file does not exist", path=path)
        builder.add(read_document(path))
    return builder.build()


class _PackBuilder:
    """Collects the files of a pack, one after the other."""

    def __init__(self) -> None:
        self._document: Document
        self._words: Mapping[str, tuple[str, ...]] = {}
        self._phrases: list[str] = []
        self._meanings: list[Meaning] = []
        self._roles: dict[tuple[str, object], tuple[Document, _Key]] = {}
        self._sections: dict[str, tuple[Category, ...]] = {}
        self._punctuation: dict[str, frozenset[Category]] = {}
        self._clauses = ClauseSpec()
        self._title_words: list[str] = []
        self._examples: list[str] = []
        self._anchors = 0

    def add(self, document: Document) -> None:
        file = validate(LanguageFile, document)
        self._document, self._words = document, file.words
        for category in Category:
            spec: CategorySpec = getattr(file, category.value)
            for kind in spec.sections:
                self._sections[kind] = (*self._sections.get(kind, ()), category)
            for number, cue in enumerate(spec.cues):
                self._add_cue(category, cue, (category.value, "cues", number))
        for number, stop in enumerate(file.stops):
            self._add_stop(stop, ("stops", number))
        for phrase in self._wordings(file.pseudo, ("pseudo",)):
            self._append(phrase, _PSEUDO, ("pseudo",))
        for sign, ended in file.punctuation.items():
            self._punctuation[sign] = frozenset(ended)
        if "clauses" in file.model_fields_set:
            self._clauses = file.clauses
        self._title_words += map(str.lower, self._wordings(file.title_words, ("title_words",)))
        self._add_examples(file.examples)

    def build(self) -> CuePack:
        return CuePack(
            tuple(self._phrases),
            tuple(self._meanings),
            self._sections,
            self._punctuation,
            self._clauses,
            self._anchors,
            tuple(self._title_words),
            tuple(self._examples),
        )

    def _add_cue(self, category: Category, spec: CueSpec, key: _Key) -> None:
        after = self._add_anchor(spec.after, (*key, "after"))
        not_after = self._add_anchor(spec.not_after, (*key, "not_after"))
        cue = Cue(
            category,
            forward=spec.direction != "backward",
            backward=spec.direction != "forward",
            within=spec.within,
            lists=spec.lists,
            next_item=spec.next_item,
            opens=spec.opens,
            itself=spec.itself,
            closing=spec.closing,
            dated=spec.dated,
            stops=spec.stops,
            after=after,
            not_after=not_after,
        )
        for phrase in self._wordings(spec.phrases, (*key, "phrases")):
            if cue.dated and not _YEAR_LAST.search(phrase):
                raise self._document.error(f"`{phrase}` is `dated` and ends in no year", key)
            for side in ("forward", "backward"):
                if getattr(cue, side):
                    self._claim(phrase, (category, side, after, not_after), key)
            self._phrases.append(phrase)
            self._meanings.append(cue)

    def _add_anchor(self, phrases: Sequence[str], key: _Key) -> int | None:
        if not phrases:
            return None
        number, self._anchors = self._anchors, self._anchors + 1
        for phrase in self._wordings(phrases, key):
            self._append(phrase, Anchor(number), key)
        return number

    def _add_stop(self, spec: StopSpec, key: _Key) -> None:
        ended = frozenset(spec.ends or Category)
        stop = Stop(
            forward=ended if spec.direction != "backward" else frozenset(),
            backward=ended if spec.direction != "forward" else frozenset(),
            cancels=spec.cancels,
        )
        for phrase in self._wordings(spec.phrases, (*key, "phrases")):
            self._append(phrase, stop, key)

    def _append(self, phrase: str, meaning: Meaning, key: _Key) -> None:
        self._claim(phrase, meaning, key)
        self._phrases.append(phrase)
        self._meanings.append(meaning)

    def _claim(self, phrase: str, role: object, key: _Key) -> None:
        """Note that a phrase has a role; a second entry would leave its reach in doubt."""
        same = " ".join(phrase.casefold().replace("-", " ").split())
        document, earlier = self._roles.setdefault((same, role), (self._document, key))
        if document is not self._document or earlier != key:
            there = f"{document.path.name}:{document.line(earlier)}"
            raise self._document.error(f"`{phrase}` is defined a second time; see {there}", key)

    def _wordings(self, phrases: Sequence[str], key: _Key) -> Iterator[str]:
        done: set[str] = set()
        for number, phrase in enumerate(phrases):
            try:
                wordings = expand(_take_in(phrase, self._words))
            except ValueError as error:
                raise self._document.error(str(error), (*key, number)) from error
            yield from (wording for wording in wordings if wording not in done)
            done.update(wordings)

    def _add_examples(self, examples: Sequence[str]) -> None:
        for number, example in enumerate(examples):
            try:
                read_marked(example)
            except ValueError as error:
                raise self._document.error(str(error), ("examples", number)) from error
        self._examples += examples


def _take_in(phrase: str, words: Mapping[str, tuple[str, ...]], depth: int = 0) -> str:
    """Replace each ``{name}`` by the alternatives of that list, which may take in others.

    Raises:
        ValueError: the file has no such list, or lists take in each other.
    """

    def alternatives(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in words:
            raise ValueError(f"there is no list `{name}` under `words`{did_you_mean(name, words)}")
        if depth > len(words):
            raise ValueError(f"the list `{name}` takes in itself")
        wordings = [_take_in(word, words, depth + 1) for word in words[name]]
        return wordings[0] if len(wordings) == 1 else f"({'|'.join(wordings)})"

    return _WORDS.sub(alternatives, phrase)
