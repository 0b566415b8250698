"""How notes speak of values: the schema of ``models/measurements/reading.yaml``.

The comments in that file explain the keys.
"""

from __future__ import annotations

from pydantic import model_validator

from cdi.rules.loader import Strict, did_you_mean

Phrases = tuple[str, ...]


class PriorCues(Strict):
    """Words of an earlier value: before the name, beside the number, behind it.

    Those of ``between`` mean it only between two values ("2.4, was 1.2").
    """

    before: Phrases
    beside: Phrases
    between: Phrases
    after: Phrases


class CurrentCues(Strict):
    """Words of the latest value: beside the number, behind it."""

    beside: Phrases
    after: Phrases


class OxygenWords(Strict):
    """The analytes of flow and fraction, and how oxygen is given, or not (``without``)."""

    flow: str
    fraction: str
    without: str
    support: dict[str, Phrases]

    @model_validator(mode="after")
    def _without_is_known(self) -> OxygenWords:
        if self.without not in self.support:
            hint = did_you_mean(self.without, self.support)
            raise ValueError(f"`without: {self.without}` is not a key of `support`{hint}")
        return self


class Wording(Strict):
    """The words around values, whatever the analyte."""

    fillers: Phrases
    movement: Phrases
    changes: Phrases
    extremes: Phrases
    pronouns: Phrases
    pronoun_verbs: Phrases
    goal_before: Phrases
    condition_before: Phrases
    instruction_before: Phrases
    negation_before: Phrases
    goal: Phrases
    baseline: Phrases
    prior: PriorCues
    current: CurrentCues
    moments: Phrases
    months: Phrases
    dose: Phrases
    rejected: Phrases
    amounts: Phrases
    fluids: Phrases
    not_names: Phrases
    oxygen: OxygenWords
