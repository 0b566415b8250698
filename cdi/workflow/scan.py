"""Scanning: from a text, a note or an encounter to its review."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from cdi.domain.encounter import Encounter, Note
from cdi.domain.finding import Explanation, Review
from cdi.domain.reading import Reading
from cdi.errors import InputError
from cdi.nlp import make_pipeline
from cdi.review import engine
from cdi.rules.catalogue import Catalogue, load_catalogue
from cdi.settings import settings


class Scanner:
    """Reads and reviews with one catalogue; make it once and use it for many encounters."""

    def __init__(self, catalogue: Catalogue | None = None) -> None:
        with _collecting_later():
            self.catalogue = catalogue or load_catalogue()
            self.pipeline = make_pipeline(self.catalogue)
        self._longest = settings().max_note_chars

    def scan(self, source: str | Note | Encounter) -> Review:
        """Review a text, a note or an encounter.

        Raises:
            InputError: a note is longer than the site allows.
        """
        encounter = as_encounter(source)
        return engine.review(encounter, self.read(encounter), self.catalogue)

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
        if len(note.text) > self._longest:
            raise InputError(
                f"{len(note.text):,} characters; at most {self._longest:,} are read",
                source=source,
                field=f"note {note.id}",
            )
        return self.pipeline.read(note)


@contextmanager
def _collecting_later() -> Iterator[None]:
    """Keep the garbage collector from searching what is only being built: a second of three."""
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
