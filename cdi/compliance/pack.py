"""All that a check needs besides the letter: phrase rules and the names of diagnoses."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from cdi import resources
from cdi.compliance.diagnoses import DiagnosisNames, diagnosis_names
from cdi.compliance.lexicon import read_modifiers, read_names
from cdi.compliance.phrases import PhraseCheck, load_phrase_rules
from cdi.rules.catalogue import Catalogue
from cdi.rules.loader import Strict, read_document, validate


class Edition(Strict):
    """``pack/edition.yaml``: which edition of the practice rules the pack states.

    ``without`` names conditions of the catalogue whose terms are no names of diagnoses.
    """

    version: str
    basis: str
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pack:
    """The rules letters are judged by; made once and used for many letters.

    Attributes:
        version: the edition and a digest of the files, so that a site's own change shows. A
            letter keeps the version it passed.
    """

    phrases: tuple[PhraseCheck, ...]
    diagnoses: DiagnosisNames
    version: str = ""


def load_pack(catalogue: Catalogue) -> Pack:
    """Return the installed phrase rules and the diagnoses a catalogue knows.

    Raises:
        RuleError: a phrase rule is wrong; names file, line and key.
    """
    folder = resources.models() / "compliance"
    edition, version = _edition(folder)
    diagnoses = diagnosis_names(
        catalogue,
        read_names(folder / "pack" / "diagnoses.yaml"),
        read_modifiers(folder / "pack" / "modifiers.yaml"),
        edition.without,
    )
    return Pack(load_phrase_rules(folder), diagnoses, version)


@lru_cache(maxsize=4)
def _edition(folder: Path) -> tuple[Edition, str]:
    edition = validate(Edition, read_document(folder / "pack" / "edition.yaml"))
    digest = sha256()
    for path in sorted(folder.rglob("*.yaml")):
        digest.update(path.read_bytes())
    return edition, f"{edition.version}+{digest.hexdigest()[:8]}"
