"""Reading notes: the only package that imports spaCy and scispaCy."""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.language import Language

    from cdi.nlp.pipeline import Pipeline
    from cdi.rules.catalogue import Catalogue

log = logging.getLogger(__name__)


def load() -> Language:
    """Return a spaCy ``Language`` that reads notes; see :mod:`cdi.nlp.components`."""
    from cdi.nlp import components

    return components.load()


@lru_cache(maxsize=1)
def load_pipeline() -> Pipeline:
    """Return the pipeline of the installed catalogue, made at first use."""
    from cdi.rules.catalogue import load_catalogue

    return make_pipeline(load_catalogue())


def make_pipeline(catalogue: Catalogue) -> Pipeline:
    """Return a pipeline for a catalogue, with the statistical model of the settings if any."""
    from cdi.domain.encounter import Note
    from cdi.nlp.loops.compiler import is_kept
    from cdi.nlp.pipeline import Pipeline
    from cdi.nlp.statistical import load_statistical
    from cdi.settings import settings

    if not is_kept():
        log.warning("compiling for this machine: takes up to a minute, and is done once")
    pipeline = Pipeline(catalogue, load_statistical(settings().statistical_model))
    # Its loops are compiled, or loaded, at first use: the first note of a service should not wait.
    pipeline.read(Note("", "ASSESSMENT: No CHF."))
    return pipeline
