"""What the review says about an encounter, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from cdi.domain.encounter import Encounter
from cdi.domain.reading import Reading


class QueryType(StrEnum):
    """Why a question is asked."""

    SPECIFICITY = "specificity"
    UNDOCUMENTED = "undocumented"
    VALIDATION = "validation"
    CONFLICT = "conflict"
    CAUSE = "cause"
    POA = "poa"
    PROCEDURE = "procedure"


class Priority(StrEnum):
    """How much the answer matters clinically; never a matter of payment."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """0 for low to 2 for high."""
        return ("low", "medium", "high").index(self.value)


class EvidenceRole(StrEnum):
    """What a piece of evidence does for a finding."""

    TRIGGER = "trigger"
    SUPPORTS = "supports"
    AGAINST = "against"


class NoteSpan(NamedTuple):
    """A pointer to characters ``start`` to ``end`` (exclusive) of a note; made by the dozen."""

    note_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ObservationPointer:
    """A pointer to an observation of the encounter."""

    observation_id: str


@dataclass(frozen=True, slots=True)
class MedicationPointer:
    """A pointer to a medication of the encounter."""

    medication_id: str


Pointer = NoteSpan | ObservationPointer | MedicationPointer


@dataclass(frozen=True, slots=True)
class Evidence:
    """A pointer into the record, the name in the rule that it makes true, and its role.

    ``group`` is the heading it stands under in a letter ("laboratory", "treatment").
    """

    pointer: Pointer
    name: str
    role: EvidenceRole
    group: str = ""


@dataclass(frozen=True, slots=True)
class NameTruth:
    """One name of a rule's sentence: its truth and the evidence that made it true."""

    name: str
    true: bool
    evidence: tuple[Pointer, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a finding was raised or not.

    Attributes:
        rule: ``<condition>.<finding>``.
        version: version of the rule file.
        sentence: the boolean sentence of the rule as its author wrote it.
        names: each name in the sentence with its truth.
        outcome: "" if the finding was raised, else the reason why not, in plain words.
    """

    rule: str
    version: int
    sentence: str
    names: tuple[NameTruth, ...]
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A gap in the documentation of one condition.

    ``id`` is the finding's name in the rule file; with the condition it is unique in an encounter.
    ``about`` is the condition whose statements contradict each other, "" for all other findings.
    """

    condition: str
    id: str
    type: QueryType
    missing: tuple[str, ...]
    priority: Priority
    evidence: tuple[Evidence, ...]
    explanation: Explanation
    about: str = ""

    @property
    def key(self) -> str:
        """``<condition>.<finding id>``: the rule that speaks."""
        return f"{self.condition}.{self.id}"


@dataclass(frozen=True, slots=True)
class Review:
    """The findings of one encounter, most important first.

    Attributes:
        readings: all that can be read from each note, in the order of the notes. What findings do
            not need is read when it is first looked at (:class:`cdi.domain.reading.LateReadings`).
    """

    encounter: Encounter
    findings: tuple[Finding, ...]
    readings: Sequence[Reading] = ()
