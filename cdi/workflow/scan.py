"""Scanning: from a text, a note or an encounter to its review."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from cdi import __version__
from cdi.domain.encounter import Encounter, Note
from cdi.domain.finding import Explanation, Review
from cdi.domain.reading import LateReadings, Reading
from cdi.errors import InputError
from cdi.nlp import make_pipeline
from cdi.review import engine
from cdi.rules.catalogue import Catalogue, load_catalogue
from cdi.rules.chances import Told
from cdi.rules.fingerprint import rules_fingerprint
from cdi.settings import settings

if TYPE_CHECKING:
    from cdi.nlp.pipeline import Glance


class Scanner:
    """Reads and reviews with one catalogue; make it once and use it for many encounters.

    Attributes:
        version: of the pipeline and the rules it read at its making.
    """

    def __init__(self, catalogue: Catalogue | None = None) -> None:
        with _collecting_later():
            self.catalogue = catalogue or load_catalogue()
            self.pipeline = make_pipeline(self.catalogue)
        self.version = pipeline_version()
        self._longest = settings().max_note_chars

    def scan(self, source: str | Note | Encounter) -> Review:
        """Review a text, a note or an encounter.

        Raises:
            InputError: a note is longer than the site allows.
        """
        encounter = as_encounter(source)
        with _collecting_later():
            return self._scan(encounter)

    def _scan(self, encounter: Encounter) -> Review:
        glances = [self.pipeline.glance(self._checked(n, encounter.id)) for n in encounter.notes]
        concerned = self._concerned(encounter, glances)
        late = LateReadings(self.pipeline.read, encounter.notes)
        if not concerned:
            return Review(encounter, (), late)
        readings = {g.note.id: self.pipeline.read_for(g, concerned) for g in glances}
        return replace(engine.review(encounter, readings, self.catalogue, concerned), readings=late)

    def _concerned(self, encounter: Encounter, glances: Iterable[Glance]) -> frozenset[str]:
        """Return the conditions that have a chance to speak of an encounter."""
        chances, told = self.catalogue.chances, Told()
        for glance in glances:
            told.add_all(self.pipeline.told(glance).items())
        for analyte in {observation.analyte for observation in encounter.observations}:
            told.add_all(chances.by_analyte(analyte))
        if encounter.medications:
            chances.note_medication(told)
        authors = {note.author for note in encounter.notes}
        return chances.concerned(told, several_authors=len(authors) > 1)

    def explain(self, source: str | Note | Encounter, condition: str) -> tuple[Explanation, ...]:
        """Tell for each rule of a condition why it speaks or is silent.

        Raises:
            RuleError: there is no such condition.
        """
        encounter = as_encounter(source)
        return engine.explain(encounter, self.read(encounter), self.catalogue, condition)

    def read(self, encounter: Encounter) -> dict[str, Reading]:
        """Read the notes of an encounter; readings by note id."""
        return {note.id: self.read_note(note, encounter.id) for note in encounter.notes}

    def read_note(self, note: Note, source: str) -> Reading:
        """Read one note; ``source`` names its encounter in messages.

        Raises:
            InputError: it is longer than the site allows.
        """
        return self.pipeline.read(self._checked(note, source))

    def _checked(self, note: Note, source: str) -> Note:
        if len(note.text) > self._longest:
            raise InputError(
                f"{len(note.text):,} characters; at most {self._longest:,} are read",
                source=source,
                field=f"note {note.id}",
            )
        return note


def pipeline_version() -> str:
    """Return what tells one way of reading from another: package, rule packs and model in use.

    Whatever is kept of readings is kept under it, so that nothing is read by yesterday's rules.
    """
    read_by = f"{settings().statistical_model}\0{rules_fingerprint()}"
    return f"{__version__}+{hashlib.sha256(read_by.encode()).hexdigest()[:16]}"


@contextmanager
def _collecting_later() -> Iterator[None]:
    """Keep the garbage collector from searching what is only being built.

    Records by the thousand are made, and no circles of them: of making a scanner the search is a
    third, of a scan a tenth.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def as_encounter(source: str | Note | Encounter) -> Encounter:
    """Return a text or note as an encounter with one note."""
    if isinstance(source, Encounter):
        return source
    note = source if isinstance(source, Note) else Note("note", source)
    return Encounter(note.id, notes=(note,))


@lru_cache(maxsize=1)
def default_scanner() -> Scanner:
    """Return the scanner of the installed catalogue, made at first use."""
    return Scanner()


def scan(source: str | Note | Encounter) -> Review:
    """Review a text, a note or a whole encounter with the installed rules.

    >>> review = scan("ASSESSMENT: CHF, on Lasix 40 mg IV twice a day.")
    >>> [(finding.condition, finding.missing) for finding in review.findings]
    [('heart_failure', ('type', 'acuity'))]
    """
    return default_scanner().scan(source)
