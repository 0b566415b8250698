"""The lexicon of ``models/compliance/pack``: names of diagnoses and words that narrow them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import Field, RootModel, model_validator

from cdi.compliance.diagnoses import Name
from cdi.rules.loader import Strict, read_document, validate
from cdi.rules.phrases import expand


class Diagnosis(Strict):
    """One diagnosis: its wordings, its condition in the catalogue, and what it implies."""

    names: tuple[str, ...] = Field(min_length=1, description="`=XY` counts in capitals only.")
    condition: str = ""
    implies: tuple[str, ...] = ()
    means_nothing: bool = Field(False, description="The wordings look like a diagnosis only.")

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, data: Any) -> Any:
        return {"names": data} if isinstance(data, list) else data


class Diagnoses(RootModel[dict[str, Diagnosis]]):
    """``diagnoses.yaml``: by name of the diagnosis."""


class Modifiers(RootModel[dict[str, tuple[str, ...]]]):
    """``modifiers.yaml``: wordings by what they tell (acuity, severity, …)."""


def read_names(path: Path) -> Iterator[Name]:
    """Yield every wording of a lexicon of diagnoses.

    Raises:
        RuleError: with file, line, key and what was expected.
    """
    for concept, diagnosis in validate(Diagnoses, read_document(path)).root.items():
        for phrase in diagnosis.names:
            for wording in expand(phrase.removeprefix("=")):
                yield Name(
                    condition="" if diagnosis.means_nothing else concept,
                    phrase=wording,
                    exact=phrase.startswith("="),
                    parent=diagnosis.condition,
                    implies=diagnosis.implies,
                )


def read_modifiers(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the wordings of a lexicon of modifiers by what they tell.

    Raises:
        RuleError: with file, line, key and what was expected.
    """
    groups = validate(Modifiers, read_document(path)).root
    return {kind: tuple(w for p in phrases for w in expand(p)) for kind, phrases in groups.items()}
