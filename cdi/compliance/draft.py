"""A letter under check, with all that the checks need to judge it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from cdi.compliance.diagnoses import DiagnosisNames
from cdi.compliance.documentation import Documented
from cdi.compliance.markup import Page, read_page
from cdi.compliance.quotations import Record, quoted
from cdi.compliance.reference import Reference
from cdi.domain.encounter import Encounter
from cdi.domain.letter import Indicator, Letter, LetterForm


class Part(StrEnum):
    """Whose words a passage holds, and where in the letter.

    A claim is a fact as the writer words it, where the record does not say it so.
    """

    SUBJECT = "subject"
    STEM = "stem"
    OPTION = "option"
    QUOTATION = "quotation"
    CLAIM = "claim"
    BODY = "body"


class Passage(NamedTuple):
    """A piece of a letter; ``where`` is its address in :class:`~cdi.domain.letter.Violation`.

    ``own`` is the text with blanks for what it quotes from the record, of the same length.
    """

    where: str
    part: Part
    text: str
    own: str


class Undocumented(NamedTuple):
    """A diagnosis, or its specification, that no treating provider documented."""

    text: str
    start: int


@dataclass(frozen=True)
class Draft:
    """A letter on its way out.

    Attributes:
        letter: what is to be sent.
        reference: what it is judged against.
    """

    letter: Letter
    reference: Reference

    @property
    def encounter(self) -> Encounter:
        """The record as it is now."""
        return self.reference.encounter

    @property
    def documented(self) -> Documented:
        """What treating providers documented in this encounter."""
        return self.reference.documented

    @property
    def diagnoses(self) -> DiagnosisNames:
        """The names of diagnoses that are known."""
        return self.reference.diagnoses

    @property
    def record(self) -> Record:
        """The words of the record, to look quotations up in."""
        return self.reference.record

    def undocumented(self, text: str, *, specified: bool = True) -> tuple[Undocumented, ...]:
        """Return the diagnoses in a text that no treating provider documented.

        Args:
            text: words of the letter.
            specified: report also what makes a documented diagnosis more specific than it was
                documented ("severe malnutrition").
        """
        found = []
        for name in self.diagnoses.affirmed(text):
            if not self.documented.covers(name):
                found.append(Undocumented(name.text, name.start))
            elif specified:
                new = self.documented.unspecified(self.diagnoses, text, name)
                new = () if _is_urged(text, name.start) else new
                found += [Undocumented(f"{word} {name.text}", name.start) for word in new]
        return tuple(found)

    @cached_property
    def page(self) -> Page:
        """The HTML as its reader finds it."""
        return read_page(self.letter.html)

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """Every piece a reader sees, each once.

        What is left of the rendered text without subject, topics, stems, options and quotations
        is the body: the words of the template. Of the HTML, what the text does not say already.
        """
        parts = tuple(self._parts())
        text = self._body(self.letter.text, parts)
        said = set(text)
        html = [line for line in self._body(self.page.text, parts) if line not in said]
        return (
            *parts,
            self._passage("text", Part.BODY, "\n".join(text)),
            self._passage("html", Part.BODY, "\n".join(html)),
        )

    @cached_property
    def said(self) -> str:
        """The writer's free words before and around the question, quotations included."""
        stems = (question.stem for question in self.letter.questions)
        return "\n".join((self.letter.subject, self.letter.body, *stems))

    def _parts(self) -> Iterator[Passage]:
        yield self._passage("subject", Part.SUBJECT, self.letter.subject)
        if self.letter.body:
            yield self._passage("body", Part.BODY, self.letter.body)
        for number, question in enumerate(self.letter.questions):
            at = f"questions[{number}]"
            if question.topic != self.letter.subject:
                yield self._passage(f"{at}.topic", Part.SUBJECT, question.topic)
            yield self._passage(f"{at}.stem", Part.STEM, question.stem)
            for index, option in enumerate(question.options):
                yield self._passage(f"{at}.options[{index}]", Part.OPTION, option.text)
            for index, indicator in enumerate(question.indicators):
                part = Part.QUOTATION if self._is_quotation(indicator) else Part.CLAIM
                yield Passage(f"{at}.indicators[{index}]", part, indicator.text, indicator.text)

    def _passage(self, where: str, part: Part, text: str) -> Passage:
        return Passage(where, part, text, _blanked(text, self.record))

    def without_provider_words(self, passage: Passage) -> str:
        """Return a passage with blanks for what it quotes from treating providers' notes."""
        return _blanked(passage.text, self.reference.provider_record)

    def _is_quotation(self, indicator: Indicator) -> bool:
        return self.record.disagreement(indicator) is None

    def _body(self, text: str, parts: Iterable[Passage]) -> list[str]:
        """Return the lines that are neither a part of the letter nor a fact with its source.

        Only a line that holds nothing else counts as a part: an option's wording inside a
        sentence of the body is the writer's own.
        """
        whole = {
            self._bare(fold(line))
            for passage in parts
            if passage.part not in {Part.QUOTATION, Part.CLAIM}
            for line in passage.text.splitlines()
        }
        lines = []
        for line in map(fold, text.splitlines()):
            rest = self._without_fact(line).strip()
            if self._bare(rest) and self._bare(rest) not in whole:
                lines.append(self._identification.sub(" ", rest).strip())
        return lines

    def _bare(self, line: str) -> str:
        """Return a line without names and ids, the box before it and the blank after it."""
        return self._identification.sub(" ", _ORNAMENT.sub("", line)).strip().lower()

    def _without_fact(self, line: str) -> str:
        for fact, source in self._facts:
            if fact in line and source in line:
                return line.replace(fact, " ", 1).replace(source, " ", 1)
        return line

    @cached_property
    def _facts(self) -> list[tuple[str, str]]:
        """What facts are shown as, longest first, so that none is taken for a part of another."""
        facts = {(i.text, i.source) for q in self.letter.questions for i in q.indicators}
        return sorted(facts, key=lambda fact: (-len(fact[0]), fact))

    @cached_property
    def _identification(self) -> re.Pattern[str]:
        """The names and ids of the letter, which may look like anything ("stroke-17")."""
        patient = self.encounter.patient
        names = [self.letter.encounter_id, self.letter.recipient]
        names += [patient.id, patient.name] if patient is not None else []
        # Where there is none, nothing may match.
        inner = "|".join(re.escape(fold(name)) for name in names if name.strip()) or "(?!)"
        return re.compile(rf"(?<!\w)(?:{inner})(?!\w)")

    @cached_property
    def yes_no_stems(self) -> frozenset[str]:
        """The addresses of the stems that are answered by yes or no."""
        return frozenset(
            f"questions[{number}].stem"
            for number, question in enumerate(self.letter.questions)
            if question.form is LetterForm.YES_NO
        )


_ORNAMENT = re.compile(r"^(?:(?:\[.?\]|\d+\.)\s+)+|:?\s*_{3,}$")


_URGED = re.compile(
    r"\b(?:document|confirm|add|record|write|choose|select|agree|concur|answer)\b[^.?!\n]*$", re.I
)


def _is_urged(text: str, start: int) -> bool:
    """Tell whether a sentence asks for what follows, which is leading (rule Q06) and no more."""
    return _URGED.search(text[:start]) is not None


def _blanked(text: str, record: Record) -> str:
    """Return a text of the same length with blanks for what it quotes from a record."""
    for quotation in quoted(text):
        if record.says(quotation.text):
            text = text[: quotation.start] + " " * len(quotation.text) + text[quotation.end :]
    return text


def span_of(draft: Draft, where: str, words: str) -> tuple[int, int] | None:
    """Return where words stand in a part of a letter; None if they do not stand there so."""
    if not words:
        return None
    shown = {"text": draft.letter.text, "html": draft.letter.html}.get(where)
    if shown is None:
        shown = next((p.text for p in draft.passages if p.where == where), "")
    start = shown.find(words)
    return (start, start + len(words)) if start >= 0 else None


def fold(text: str) -> str:
    """Return a text on one line with single blanks."""
    return " ".join(text.split())
