"""Phrase rules: words a letter may not use, or must use, as files of ``models/compliance/``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator

from cdi.compliance.draft import Draft, Part, Passage, span_of
from cdi.domain.finding import QueryType
from cdi.domain.letter import Level, Violation
from cdi.rules.loader import Strict, read_document, validate
from cdi.rules.phrases import expand


class Kind(StrEnum):
    """Whether the words of a rule may not stand in a passage, or one of them has to."""

    FORBIDDEN = "forbidden"
    REQUIRED = "required"


class PhraseExample(Strict):
    """A passage and exactly the words the rule objects to; an empty list is compliance.

    A rule of required words objects to the whole passage.
    """

    name: str
    text: str
    expect: tuple[str, ...]


class PhraseRule(Strict):
    """A practice rule that the words of a letter keep or break."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    code: Annotated[str, Field(pattern=r"^Q\d\d$", description="Number of the practice rule.")]
    level: Level
    kind: Kind = Kind.FORBIDDEN
    message: str = Field(description="Shown to the writer; `{match}` is the offending wording.")
    why: str = Field(description="The reason, as a physician auditor would put it.")
    source: str = Field(description="The published text the rule follows.")
    query_types: tuple[QueryType, ...] = Field(
        (), description="Only letters with such a question are judged; empty for all."
    )
    fix: str = Field("", description="What to do instead; else to remove the words.")
    parts: tuple[Part, ...] = Field(
        (Part.SUBJECT, Part.STEM, Part.OPTION, Part.BODY),
        description="Which words are judged; a quotation of the record is not the writer's word.",
    )
    phrases: tuple[str, ...] = Field(
        (), description="Whole words in any case; `(a|b|)` offers alternatives."
    )
    patterns: tuple[str, ...] = Field(
        (), description="Regular expressions, for what phrases cannot say; any case."
    )
    unless: tuple[str, ...] = Field(
        (), description="Phrases that contain a match but mean something else."
    )
    examples: tuple[PhraseExample, ...] = Field(min_length=2)

    @field_validator("patterns")
    @classmethod
    def _patterns_compile(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"`{pattern}` is no regular expression: {error}") from error
        return patterns


class Wordings:
    """Looks wordings up by their first word, which is many times faster than one long pattern.

    Args:
        wordings: whole words in any case; white space between them may be any.
        patterns: regular expressions, for what wordings cannot say.
    """

    def __init__(self, wordings: Iterable[str], patterns: Iterable[str] = ()) -> None:
        by_word: dict[str, list[str]] = {}
        for wording in wordings:
            first = _WORD.search(wording)
            if first is None or first.start():
                raise ValueError(f"`{wording}` does not begin with a word")
            by_word.setdefault(first.group().lower(), []).append(wording)
        self._by_word = {word: _one_of(group) for word, group in by_word.items()}
        self._patterns = [re.compile(pattern, re.IGNORECASE) for pattern in patterns]
        # While a letter is typed all but one of its passages stay as they were.
        self.spans = lru_cache(maxsize=128)(self._spans)

    def _spans(self, text: str) -> tuple[tuple[int, int], ...]:
        """Return where they stand, in order and without overlaps; of two the longer counts."""
        found = [match.span() for pattern in self._patterns for match in pattern.finditer(text)]
        for word in _WORD.finditer(text):
            pattern = self._by_word.get(word.group().lower())
            match = pattern.match(text, word.start()) if pattern else None
            if match:
                found.append(match.span())
        found.sort(key=lambda span: (span[0], -span[1]))
        kept: list[tuple[int, int]] = []
        for span in found:
            if not kept or span[0] >= kept[-1][1]:
                kept.append(span)
        return tuple(kept)


_WORD = re.compile(r"\w+")


def _one_of(wordings: Iterable[str]) -> re.Pattern[str]:
    ordered = sorted(wordings, key=lambda wording: (-len(wording), wording))
    inner = "|".join(r"\s+".join(map(re.escape, wording.split())) for wording in ordered)
    return re.compile(rf"(?:{inner})(?!\w)", re.IGNORECASE)


@dataclass(frozen=True)
class PhraseCheck:
    """A phrase rule ready to run."""

    rule: PhraseRule
    _wanted: Wordings
    _harmless: Wordings

    def offences(self, text: str) -> tuple[str, ...]:
        """Return the words of a passage the rule objects to."""
        return tuple(text[start:end] for start, end in self._spans(text))

    def _spans(self, text: str) -> tuple[tuple[int, int], ...]:
        found = self._wanted.spans(text)
        if found:
            harmless = self._harmless.spans(text)
            found = tuple(
                (start, end)
                for start, end in found
                if not any(low <= start and end <= high for low, high in harmless)
            )
        if self.rule.kind is Kind.REQUIRED:
            return () if found else ((0, len(text)),)
        return found

    def check(self, draft: Draft) -> Iterator[Violation]:
        """Yield what the rule objects to in a letter."""
        rule = self.rule
        types = {question.query_type for question in draft.letter.questions}
        if rule.query_types and types.isdisjoint(rule.query_types):
            return
        for passage in draft.passages:
            if passage.part in rule.parts:
                # A rule that judges quotations judges them wherever they stand.
                text = passage.text if Part.QUOTATION in rule.parts else passage.own
                for start, end in self._spans(text):
                    yield self._violation(draft, passage, start, end)

    def _violation(self, draft: Draft, passage: Passage, start: int, end: int) -> Violation:
        rule, words = self.rule, passage.text[start:end]
        rendered = passage.where in {"text", "html"}
        missing = f"Add what the rule asks for: {rule.why}"
        remove = missing if rule.kind is Kind.REQUIRED else f'Remove "{words}".'
        return Violation(
            rule.code,
            passage.where,
            words,
            f"{rule.message.replace('{match}', words)} {rule.why}",
            fix=rule.fix or remove,
            level=rule.level,
            span=span_of(draft, passage.where, words) if rendered else (start, end),
            source=rule.source,
        )


def read_phrase_rule(path: Path, text: str | None = None) -> PhraseCheck:
    """Read one file of ``models/compliance``.

    Args:
        path: the file; for messages only if ``text`` is given.
        text: its content, if it is not to be read from ``path``.

    Raises:
        RuleError: with file, line, key and what was expected.
    """
    document = read_document(path, text)
    rule = validate(PhraseRule, document)
    if rule.id != path.stem:
        raise document.error(f"the id must equal the file name `{path.stem}`", ["id"])
    if not rule.phrases and not rule.patterns:
        raise document.error("expected `phrases` or `patterns`", ["id"])
    try:
        wanted = Wordings([w for phrase in rule.phrases for w in expand(phrase)], rule.patterns)
        harmless = Wordings([w for phrase in rule.unless for w in expand(phrase)])
    except ValueError as error:
        raise document.error(str(error), ["phrases"]) from error
    return PhraseCheck(rule, wanted, harmless)


@lru_cache(maxsize=4)
def load_phrase_rules(folder: Path) -> tuple[PhraseCheck, ...]:
    """Read every phrase rule of a folder, in order of file name.

    Raises:
        RuleError: the first mistake found.
    """
    return tuple(read_phrase_rule(path) for path in sorted(folder.glob("*.yaml")))
