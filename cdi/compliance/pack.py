"""All that a check needs besides the letter: phrase rules and the names of diagnoses."""

from __future__ import annotations

from dataclasses import dataclass

from cdi import resources
from cdi.compliance.diagnoses import DiagnosisNames, diagnosis_names
from cdi.compliance.phrases import PhraseCheck, load_phrase_rules
from cdi.rules.catalogue import Catalogue


@dataclass(frozen=True)
class Pack:
    """The rules letters are judged by; made once and used for many letters."""

    phrases: tuple[PhraseCheck, ...]
    diagnoses: DiagnosisNames


def load_pack(catalogue: Catalogue) -> Pack:
    """Return the installed phrase rules and the diagnoses a catalogue knows.

    Raises:
        RuleError: a phrase rule is wrong; names file, line and key.
    """
    return Pack(load_phrase_rules(resources.models() / "compliance"), diagnosis_names(catalogue))
