"""What letters about an encounter are judged against: its record, and what was documented in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from cdi.compliance.diagnoses import DiagnosisNames
from cdi.compliance.documentation import Documented
from cdi.compliance.quotations import Record, numbers
from cdi.domain.encounter import Encounter, Role
from cdi.domain.finding import Evidence
from cdi.domain.letter import Question


@dataclass(frozen=True)
class Reference:
    """A record as it is now; made once, and used for every letter and every pause of typing.

    Attributes:
        encounter: the record.
        documented: what treating providers documented in it.
        diagnoses: the names of diagnoses that are known.
        findings: the evidence of each finding that a review of this record raises, by its key;
            None if it was not reviewed, no evidence if only the finding is known.
    """

    encounter: Encounter
    documented: Documented
    diagnoses: DiagnosisNames
    findings: Mapping[str, tuple[Evidence, ...]] | None = None

    def evidence(self, question: Question) -> tuple[Evidence, ...]:
        """Return what the rule behind a question found; empty if that is not known."""
        return (self.findings or {}).get(f"{question.condition}.{question.finding}", ())

    @cached_property
    def record(self) -> Record:
        """The words of the record, to look quotations up in."""
        return Record(self.encounter, self.documented.wordings)

    @cached_property
    def provider_record(self) -> Record:
        """The words of treating providers alone."""
        notes = tuple(note for note in self.encounter.notes if note.role is Role.PROVIDER)
        return Record(replace(self.encounter, notes=notes, observations=()))

    @cached_property
    def note_text(self) -> str:
        """The text of all notes."""
        return " ".join(note.text for note in self.encounter.notes)

    @cached_property
    def values(self) -> Mapping[str, frozenset[str]]:
        """The numbers seen of each analyte as written, by its name in lower case.

        An analyte of which no value counts has none.
        """
        known: dict[str, set[str]] = {}
        for seen in self.encounter.observations:
            value = seen.text if seen.value is None else f"{seen.value:.10g}"
            known.setdefault(seen.analyte.replace("_", " ").lower(), set()).update(
                numbers(value) if seen.status.counts else ()
            )
        return {name: frozenset(values) for name, values in known.items()}
