"""An optional spaCy model a site has installed, as a second pair of eyes for problem mentions.

Nothing depends on it: its entities become mentions of no condition, shown beside the others, and
never trigger a finding, since they cannot explain themselves.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from cdi.nlp.abbreviations import clean
from cdi.nlp.concept_table import Sense
from cdi.nlp.concepts import Candidate

if TYPE_CHECKING:
    from spacy.language import Language

log = logging.getLogger(__name__)

PROBLEM = "problem"
_SENSE = (Sense("", PROBLEM, "", naming=False, rival=PROBLEM, bound=False, given=False),)


class StatisticalReader:
    """Reads the entities of a model such as scispaCy's ``en_core_sci_sm``."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def find(self, text: str) -> list[Candidate]:
        """Return the entities of a note in reading order."""
        doc = self._language(clean(text))
        return [Candidate(ent.start_char, ent.end_char, _SENSE) for ent in doc.ents]


def load_statistical(name: str | None) -> StatisticalReader | None:
    """Load a model by package name or path; without one, or if it is not there, return None."""
    if name is None:
        return None
    import spacy

    try:
        return StatisticalReader(spacy.load(name))
    except OSError:
        log.warning("the statistical model is not installed; reading goes on without it")
        return None
