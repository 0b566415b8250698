"""What a condition file in ``models/conditions/`` may say.

The classes are the single definition: errors, editor completion (JSON Schema) and the generated
rule pages all come from them, and each description is shown to rule authors.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from cdi.domain.encounter import Role
from cdi.domain.finding import Priority, QueryType
from cdi.domain.letter import LetterForm, OptionKind
from cdi.rules.loader import Strict
from cdi.rules.quantity import DurationField, QuantityField

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Phrases = Annotated[
    tuple[str, ...],
    Field(
        description="Phrases in any case. `(a|b|)` offers alternatives, `first ... second` allows "
        "a few words between, `=CAP` asks for exactly these capitals, `@name` takes in a list of "
        "models/vocabulary. Plurals with -s are found too."
    ),
]


class Status(StrEnum):
    """How far a rule may be trusted."""

    EXPERIMENTAL = "experimental"
    TEST = "test"
    STABLE = "stable"
    DEPRECATED = "deprecated"


class Course(StrEnum):
    """What "history of" means for a condition: a chronic one is current, an acute one is past."""

    CHRONIC = "chronic"
    ACUTE = "acute"


class Attach(StrEnum):
    """How near to a mention a value must stand to belong to it.

    modifier: beside the name ("acute on chronic CHF", "CHF, systolic").
    sentence: anywhere in its sentence.
    item: also in later sentences of the same list item or paragraph.
    note: anywhere in a note by a treating provider; the words name the condition themselves.
    """

    MODIFIER = "modifier"
    SENTENCE = "sentence"
    ITEM = "item"
    NOTE = "note"


class Group(StrEnum):
    """The heading an indicator stands under in a letter, and whether it is objective."""

    LABORATORY = "laboratory"
    VITAL_SIGNS = "vital signs"
    IMAGING = "imaging and studies"
    TREATMENT = "treatment"
    SIGNS = "signs and symptoms"
    RISK = "history and risk"
    DOCUMENTATION = "documentation"

    @property
    def objective(self) -> bool:
        """True for measurements, studies and treatments."""
        return self in {Group.LABORATORY, Group.VITAL_SIGNS, Group.IMAGING, Group.TREATMENT}


class Reference(Strict):
    """A published definition the rule implements."""

    title: str
    url: str | None = None


class Exclusive(Strict):
    """Values of an axis of which only one can be true of one patient's condition."""

    values: tuple[str, ...] = Field(min_length=2, description="Each excludes each other one.")
    joint: tuple[str, ...] = Field(
        (), description="Values that hold several of them at once ('combined', 'bilateral')."
    )
    same: tuple[str, ...] = Field(
        (),
        description="Statements are compared only if they agree in one of these axes: two ulcers "
        "of different sites may lie on different sides.",
    )
    evolves: bool = Field(
        False,
        description="May change within a stay: only statements of one day contradict each other.",
    )


class Axis(Strict):
    """A part of the specificity the condition needs."""

    title: str = Field("", description="How a letter calls it; the axis name if empty.")
    values: dict[str, Phrases] = Field(description="Each value with the words that state it.")
    attach: Attach = Attach.MODIFIER
    any_cause: bool = Field(
        False, description="Any cause stated with 'due to', 'secondary to' and the like completes."
    )
    roles: tuple[Role, ...] = Field(
        (), description="Authors besides treating providers whose words complete this axis."
    )
    exclusive: tuple[Exclusive, ...] = Field(
        (), description="Values that contradict each other; see conflicting_documentation."
    )


class Indicator(Strict):
    """A fact that supports or opposes the condition: exactly one of the five kinds."""

    group: Group
    title: str = ""

    terms: Phrases = ()
    drugs: Phrases = ()
    measurement: str | None = Field(None, description="An analyte of models/measurements.")
    mention: str | None = Field(
        None, description="A term group of this file, looked for in `sections` only."
    )

    device: str | None = Field(
        None,
        description="A kind of device of models/stay, in place for days when the condition was "
        "first documented.",
    )

    route: Literal["iv"] | None = Field(None, description="Drugs only: given intravenously.")
    sections: tuple[str, ...] = Field((), description="Only in these kinds of section.")
    not_sections: tuple[str, ...] = ()
    reported: Literal["any", "only", "never"] = Field(
        "any", description="Whether words of imaging, ECG or pathology reports count."
    )

    above: QuantityField | None = None
    at_least: QuantityField | None = None
    below: QuantityField | None = None
    at_most: QuantityField | None = None
    between: tuple[QuantityField, QuantityField] | None = None
    above_reference: bool = Field(False, description="Above the adult reference limit for the sex.")
    below_reference: bool = False
    rise: QuantityField | None = Field(None, description="Rise by at least this much.")
    fall: QuantityField | None = Field(None, description="Fall by at least this much.")
    ratio: float | None = Field(None, description="At least this many times an earlier value.")
    within: DurationField | None = Field(None, description="Time allowed for rise, fall or ratio.")
    lasting: DurationField | None = Field(
        None, alias="for", description="The threshold holds throughout at least this long."
    )
    past: bool = Field(
        False, description="Also told in the past history, of what goes on: oxygen at home."
    )
    ever: bool = Field(
        False, description="Counts whenever it was: what is done once, such as an ablation."
    )
    exposure: bool = Field(
        False, description="Drugs only: counts though stopped or held, for what it did until then."
    )
    of_admission: DurationField | None = Field(
        None,
        description="Words only: recorded at most this long after the admission. Where the record "
        "has no such times, at any time.",
    )
    qualifier: str | None = Field(None, description='How it was measured, e.g. "room air".')
    every: bool = Field(False, description="All current values, of which there must be one.")

    @property
    def asks_for_giving(self) -> bool:
        """Whether a drug of it counts only as long as it is given."""
        return bool(self.drugs) and self.group is Group.TREATMENT and not self.exposure

    @model_validator(mode="after")
    def _one_kind(self) -> Indicator:
        every = ("terms", "drugs", "measurement", "mention", "device")
        kinds = [name for name in every if getattr(self, name)]
        if len(kinds) != 1:
            found = " and ".join(f"`{kind}`" for kind in kinds) or "none"
            raise ValueError(
                "expected exactly one of `terms`, `drugs`, `measurement`, `mention`, `device`; "
                f"found {found}"
            )
        tests = self._tests()
        if self.measurement and not tests:
            raise ValueError("a measurement needs a test such as `above: 100 pg/mL`")
        if tests and not self.measurement:
            raise ValueError(f"`{tests[0]}` is for measurements only")
        if self.within and not (self.rise or self.fall or self.ratio):
            raise ValueError("`within` goes with `rise`, `fall` or `ratio`")
        if (self.rise or self.fall or self.ratio) and not self.within:
            raise ValueError("`rise`, `fall` and `ratio` need `within`, for example `within: 48 h`")
        for name in ("route", "exposure"):
            if getattr(self, name) and not self.drugs:
                raise ValueError(f"`{name}` is for drugs only")
        return self

    def _tests(self) -> list[str]:
        names = ("above", "at_least", "below", "at_most", "between", "above_reference")
        return [
            name
            for name in (*names, "below_reference", "rise", "fall", "ratio")
            if getattr(self, name)
        ]


class OptionSpec(Strict):
    """An answer a letter may offer.

    "Other" and "Unable to determine" are always added and need not be written.
    """

    text: str
    code: str | None = Field(None, description="ICD-10-CM; for the coder, never in the letter.")
    needs: tuple[str, ...] = Field(
        (), description="Offered only if one of these names holds; that evidence supports it."
    )
    kind: OptionKind = OptionKind.DIAGNOSIS


class Contest(Strict):
    """How a finding of type `conflict` judges the statements about every other condition.

    Its sentence has two names of its own: `stated` and `contradicted`, true together if two
    statements about one condition exclude one another and nobody has settled the matter.
    """

    sections: tuple[str, ...] = Field(
        description="Kinds of section whose diagnoses count as statements."
    )
    concluding: tuple[str, ...] = Field(
        description="Of these, the ones in which a diagnosis is concluded: only there is one ruled "
        "out, and a lone statement elsewhere against three is a slip."
    )
    refuted: Identifier = Field(
        description="The indicator with the words that rule a diagnosis out."
    )
    settled: Identifier = Field(
        description="The indicator with the words that settle a contradiction."
    )


class FindingSpec(Strict):
    """A gap to look for and the question that closes it."""

    type: QueryType
    when: str = Field(description="The boolean sentence over the names of this file.")
    missing: tuple[str, ...] = Field((), description="Axes that must be documented.")
    missing_when: dict[str, str] = Field(
        default_factory=dict, description="Further axes, each needed only if its sentence holds."
    )
    priority: Priority = Priority.MEDIUM
    show: tuple[str, ...] = Field((), description="Names quoted as evidence when they hold.")
    against: tuple[str, ...] = Field((), description="Names quoted as contrary evidence.")
    min_indicators: int = Field(
        2, ge=1, description="`undocumented` only: how many indicators must hold."
    )
    contest: Contest | None = Field(
        None, description="`conflict` only: judged over every other condition of the catalogue."
    )
    form: LetterForm = LetterForm.MULTIPLE_CHOICE
    question: str
    options: tuple[OptionSpec, ...] = ()

    @model_validator(mode="after")
    def _contest_is_a_conflict(self) -> FindingSpec:
        if self.contest and self.type is not QueryType.CONFLICT:
            raise ValueError("`contest` is for findings of type `conflict`")
        return self


class ExampleNote(Strict):
    """A note of an example encounter; ``hour`` counts from admission."""

    text: str
    kind: str = "note"
    role: Role = Role.PROVIDER
    author: str = ""
    hour: float = 0


class ExampleObservation(Strict):
    """An observation of an example encounter."""

    analyte: str
    value: float
    unit: str
    hour: float = 0


class ExampleMedication(Strict):
    """A medication of an example encounter."""

    name: str
    route: str = ""
    dose: str = ""
    hour: float = 0


class ExampleEncounter(Strict):
    """A small encounter for an example that needs more than one note."""

    notes: tuple[ExampleNote, ...] = ()
    observations: tuple[ExampleObservation, ...] = ()
    medications: tuple[ExampleMedication, ...] = ()
    age: int | None = None
    sex: Literal["female", "male"] | None = None


class ExampleFinding(Strict):
    """What an example expects of one finding: exactly these axes and evidence texts."""

    about: str = ""
    missing: tuple[str, ...] = ()
    evidence: tuple[str, ...]
    against: tuple[str, ...] = ()


class Example(Strict):
    """A note or encounter with the exact findings of this condition; `expect: {}` is silence."""

    name: str
    note: str | None = None
    encounter: ExampleEncounter | None = None
    expect: dict[str, ExampleFinding]

    @model_validator(mode="after")
    def _one_source(self) -> Example:
        if (self.note is None) == (self.encounter is None):
            raise ValueError("expected either `note` or `encounter`")
        return self


class Terms(Strict):
    """The words that name the condition."""

    documented: Phrases = Field((), description="Wording that asserts the condition.")
    vague: Phrases = Field((), description="Wording that points at it without being codable.")
    ignore: Phrases = Field(
        (), description="Longer phrases that contain a term but mean something else."
    )


class ConditionSpec(Strict):
    """One condition: rule, documentation, letter content and examples in one file."""

    id: Identifier
    title: str
    status: Status = Status.TEST
    version: int = Field(ge=1, description="Raise it with every change of meaning.")
    what: str = Field(description="What the rule looks for.")
    why: str = Field(description="Why it is worth asking.")
    known_problems: tuple[str, ...] = ()
    references: tuple[Reference, ...] = Field(min_length=1)
    icd10cm: tuple[str, ...] = Field((), description="Codes or code families concerned.")
    course: Course
    topic: str = Field(
        description="The letter's subject: neutral, never an undocumented diagnosis."
    )

    terms: Terms
    groups: dict[Identifier, Phrases] = Field(
        default_factory=dict, description="Further term groups, e.g. other diagnoses that explain."
    )
    axes: dict[str, Axis] = Field(default_factory=dict)
    indicators: dict[Identifier, Indicator] = Field(default_factory=dict)
    facts: dict[Identifier, str] = Field(default_factory=dict)
    yields_to: tuple[Identifier, ...] = Field(
        (), description="Conditions whose finding replaces this one's."
    )
    findings: dict[Identifier, FindingSpec] = Field(min_length=1)
    examples: tuple[Example, ...] = Field(min_length=2)

    @field_validator("topic")
    @classmethod
    def _short_topic(cls, topic: str) -> str:
        if len(topic) > 60:
            raise ValueError("a subject has at most 60 characters")
        return topic
