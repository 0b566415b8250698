"""A letter under check, with all that the checks need to judge it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from cdi.compliance.diagnoses import DiagnosisNames
from cdi.compliance.markup import Page, read_page
from cdi.domain.encounter import Encounter
from cdi.domain.letter import Letter


class Part(StrEnum):
    """Whose words a passage holds, and where in the letter."""

    SUBJECT = "subject"
    STEM = "stem"
    OPTION = "option"
    QUOTATION = "quotation"
    BODY = "body"


class Passage(NamedTuple):
    """A piece of a letter; ``where`` is its address in :class:`~cdi.domain.letter.Violation`."""

    where: str
    part: Part
    text: str


@dataclass(frozen=True)
class Draft:
    """A letter on its way out.

    Attributes:
        letter: what is to be sent.
        encounter: the record as it is now.
        documented: ids of the conditions a treating provider documented in this encounter.
        diagnoses: the names of diagnoses the catalogue knows.
    """

    letter: Letter
    encounter: Encounter
    documented: frozenset[str]
    diagnoses: DiagnosisNames

    def undocumented(self, text: str) -> tuple[str, ...]:
        """Return the names of diagnoses in ``text`` that no treating provider documented."""
        return tuple(
            name.text for name in self.diagnoses.find(text) if name.condition not in self.documented
        )

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
            Passage("text", Part.BODY, "\n".join(text)),
            Passage("html", Part.BODY, "\n".join(html)),
        )

    def _parts(self) -> Iterator[Passage]:
        yield Passage("subject", Part.SUBJECT, self.letter.subject)
        for number, question in enumerate(self.letter.questions):
            at = f"questions[{number}]"
            yield Passage(f"{at}.topic", Part.SUBJECT, question.topic)
            yield Passage(f"{at}.stem", Part.STEM, question.stem)
            for index, option in enumerate(question.options):
                yield Passage(f"{at}.options[{index}]", Part.OPTION, option.text)
            for index, indicator in enumerate(question.indicators):
                yield Passage(f"{at}.indicators[{index}]", Part.QUOTATION, indicator.text)

    def _body(self, text: str, parts: Iterable[Passage]) -> list[str]:
        """Return the lines that are neither a part of the letter nor a fact with its source.

        Only a line that holds nothing else counts as a part: an option's wording inside a
        sentence of the body is the writer's own.
        """
        whole = {
            _bare(fold(line)).lower()
            for passage in parts
            if passage.part is not Part.QUOTATION
            for line in passage.text.splitlines()
        }
        lines = []
        for line in map(fold, text.splitlines()):
            rest = self._identification.sub(" ", self._without_fact(line)).strip()
            if rest and _bare(rest).lower() not in whole:
                lines.append(rest)
        return lines

    def _without_fact(self, line: str) -> str:
        for quoted, source in self._facts:
            if quoted in line and source in line:
                return line.replace(quoted, " ", 1).replace(source, " ", 1)
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


_ORNAMENT = re.compile(r"^(?:(?:\[.?\]|\d+\.)\s+)+|:?\s*_{3,}$")


def _bare(line: str) -> str:
    """Return a line without the box or number before it and the blank to fill in after it."""
    return _ORNAMENT.sub("", line).strip()


def fold(text: str) -> str:
    """Return a text on one line with single blanks."""
    return " ".join(text.split())
