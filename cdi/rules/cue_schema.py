"""What a cue file of ``models/language`` may say.

The model is ConText (Harkema, Dowling, Thornblade and Chapman, J Biomed Inform 2009;42:839-851):
a cue says something about the mentions in its scope, which runs from the cue to the end of the
sentence unless words or signs end it earlier. The words, their reach and what ends them are data;
:mod:`cdi.rules.language` makes them ready and :mod:`cdi.nlp.assertion` applies them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from cdi.rules.loader import Strict


def _as_written(value: object) -> object:
    """Explain what YAML made of a phrase: it reads a bare ``no`` as false and ``2`` as a number."""
    if value is None or isinstance(value, bool | int | float):
        raise ValueError("put this phrase in quotes; YAML takes it for something else than words")
    return value


Phrases = tuple[Annotated[str, BeforeValidator(_as_written)], ...]


class Category(StrEnum):
    """What a cue says of the mentions in its scope.

    negation: it is not there.
    probable, workup: the writer is fairly sure; it is still being looked for.
    planned: a test for it is planned, which claims nothing yet.
    history, ended: it was known before; it is over.
    family: it is a relative's.
    hypothetical: a condition, a risk, prevention or teaching.
    report: the words are those of an imaging, ECG or pathology report.
    withheld: a drug is not given; nothing else is touched.
    """

    NEGATION = "negation"
    PROBABLE = "probable"
    WORKUP = "workup"
    PLANNED = "planned"
    HISTORY = "history"
    ENDED = "ended"
    FAMILY = "family"
    HYPOTHETICAL = "hypothetical"
    REPORT = "report"
    WITHHELD = "withheld"


class CueSpec(Strict):
    """Phrases that do the same to a mention, and how far they reach."""

    phrases: Phrases = Field(min_length=1)
    direction: Literal["forward", "backward", "both"] = Field(
        "forward", description="On which side of the cue the mentions stand."
    )
    within: int | None = Field(
        None, ge=0, description="At most this many words between cue and mention."
    )
    lists: bool = Field(False, description="The scope runs on over commas.")
    next_item: bool = Field(
        False,
        description="Speaks only of what follows the next comma: in 'no change in bowel habit, "
        "melena' the bowel habit is there, melena is not.",
    )
    opens: bool = Field(
        False, description="A backward cue that speaks forward when it opens the sentence."
    )
    itself: bool = Field(
        False,
        description="A name that says so of itself and of nothing else: 'nondrinker'.",
    )
    closing: bool = Field(
        False, description="A cue only where its line, clause or sentence ends behind it."
    )
    dated: bool = Field(
        False, description="Ends in a year, which must lie before the year of the note if known."
    )
    stops: Phrases = Field(
        (), description="Words that end the scope of this cue, besides those for all cues."
    )
    after: Phrases = Field(
        (), description="A cue only if one of these stands earlier in the sentence."
    )
    not_after: Phrases = Field(
        (), description="A cue only if none of these stands earlier in the sentence."
    )

    @model_validator(mode="after")
    def _directions_agree(self) -> CueSpec:
        if self.opens and self.direction != "backward":
            raise ValueError("`opens` is for backward cues")
        if self.itself and (self.direction != "forward" or self.lists):
            raise ValueError("`itself` is for forward cues without `lists`")
        if self.next_item and (self.direction != "forward" or not self.lists):
            raise ValueError("`next_item` is for forward cues with `lists: true`")
        return self


class CategorySpec(Strict):
    """The cues of one category, and the kinds of section whose mentions have it by default."""

    sections: tuple[str, ...] = ()
    cues: tuple[CueSpec, ...] = ()


class StopSpec(Strict):
    """Words that end a scope. They may stand inside a longer cue, where they end nothing."""

    phrases: Phrases = Field(min_length=1)
    ends: tuple[Category, ...] = Field((), description="Scopes of these categories; all if empty.")
    direction: Literal["forward", "backward", "both"] = Field(
        "both", description="The scopes of cues that speak forward, backward, or both."
    )
    cancels: bool = Field(
        False, description="Also undoes the forward cue: 'not febrile until Monday'."
    )


class ClauseSpec(Strict):
    """How to tell a comma that begins a new clause from one inside a list."""

    openers: Phrases = Field((), description="Words that open a clause after a comma.")
    degrees: Phrases = Field(
        (), description="Openers too, unless an 'or' ends the list: 'no rales, mild wheezes'."
    )
    verbs: Phrases = Field((), description="A comma and one of these soon after.")
    tails: Phrases = Field(
        (), description="After such a verb: still the list ('no rales, rhonchi are heard')."
    )


class LanguageFile(Strict):
    """One cue file of ``models/language``."""

    about: str = ""
    words: Mapping[str, Phrases] = Field(
        default_factory=dict, description="Lists this file's phrases take in as `{name}`."
    )
    negation: CategorySpec = CategorySpec()
    probable: CategorySpec = CategorySpec()
    workup: CategorySpec = CategorySpec()
    planned: CategorySpec = CategorySpec()
    history: CategorySpec = CategorySpec()
    ended: CategorySpec = CategorySpec()
    family: CategorySpec = CategorySpec()
    hypothetical: CategorySpec = CategorySpec()
    report: CategorySpec = CategorySpec()
    withheld: CategorySpec = CategorySpec()
    pseudo: Phrases = Field((), description="Look like cues and are none.")
    stops: tuple[StopSpec, ...] = ()
    punctuation: Mapping[Literal[";", ":"], tuple[Category, ...]] = Field(
        default_factory=dict, description="The categories whose scopes each sign ends."
    )
    clauses: ClauseSpec = ClauseSpec()
    title_words: Phrases = Field(
        (),
        description="Words of a title between the number of an item and a cue that speaks of what "
        "follows: '5. GI prophylaxis.'",
    )
    examples: tuple[str, ...] = Field(
        (), description="Sentences with their mentions marked: 'No <absent>fever</absent>.'"
    )
