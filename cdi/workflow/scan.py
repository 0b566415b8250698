"""Scanning: from a text, a note or an encounter to its review."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from itertools import chain, islice
from typing import TYPE_CHECKING, TypeVar

from cdi import __version__
from cdi.domain.encounter import Encounter, Note
from cdi.domain.finding import Explanation, Review
from cdi.domain.reading import LateReadings, Measurement, Reading, Timing
from cdi.errors import InputError
from cdi.nlp import make_pipeline
from cdi.review import engine
from cdi.rules.catalogue import Catalogue, load_catalogue
from cdi.rules.chances import Told
from cdi.rules.fingerprint import rules_fingerprint
from cdi.settings import settings

if TYPE_CHECKING:
    from cdi.nlp.pipeline import Glance

_Item = TypeVar("_Item")

# Encounters that are taken at once, and code points of their notes: with more, no step becomes
# faster.
_AT_ONCE = 64
_CHARACTERS_AT_ONCE = 1 << 19


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
        (result,) = self.scan_many([source])
        if isinstance(result, InputError):
            raise result
        return result

    def scan_many(
        self, sources: Iterable[str | Note | Encounter], *, whole: bool = False
    ) -> Iterator[Review | InputError]:
        """Review many, in their order; what :meth:`scan` would raise is yielded in its place.

        Takes three quarters of the time of one after another: some are taken at once, each step of
        the work is done for all of them before the next one is.

        Args:
            sources: read as they are needed.
            whole: read all of each note at once, for who looks at the readings of every review;
                else a note is read again when its reading is looked at.
        """
        for encounters in _groups(map(as_encounter, sources)):
            with _collecting_later():
                results = self._scan(encounters, whole)
            yield from results

    def _scan(self, encounters: Sequence[Encounter], whole: bool) -> list[Review | InputError]:
        errors = list(map(self._refusal, encounters))
        taken = [e for e, error in zip(encounters, errors, strict=True) if error is None]
        glances = _dealt(
            self.pipeline.glance_all([note for e in taken for note in e.notes]),
            [e.notes for e in taken],
        )
        said = list(map(self._said, glances))
        concerned = list(map(self._concerned, taken, glances, said))
        if whole:
            read = self.pipeline.read_whole(list(chain.from_iterable(glances)))
            reviews = map(self._review, taken, _dealt(read, glances), concerned)
            return [error or next(reviews) for error in errors]
        # Where nothing has a chance nothing is read.
        glances = [g if c else [] for g, c in zip(glances, concerned, strict=True)]
        measured = self._measured(glances, concerned)
        concerned = list(map(self._still_concerned, taken, measured, said, concerned))
        readings = self._readings(glances, measured, concerned)
        reviews = map(self._review_late, taken, readings, concerned)
        return [error or next(reviews) for error in errors]

    def _measured(
        self, glances: Sequence[Sequence[Glance]], concerned: Iterable[frozenset[str]]
    ) -> list[list[tuple[Measurement, ...]]]:
        """Read the values that conditions look at; of each encounter by note."""
        chances = self.catalogue.chances
        wanted = [chances.measured_for(chances.read_for(names)) for names in concerned]
        every = list(chain.from_iterable(glances))
        return _dealt(self.pipeline.measure_all(every, _for_each(glances, wanted)), glances)

    def _readings(
        self,
        glances: Sequence[Sequence[Glance]],
        measured: Sequence[Sequence[tuple[Measurement, ...]]],
        concerned: Sequence[frozenset[str]],
    ) -> list[list[Reading]]:
        """Read notes for some conditions; of each encounter by note."""
        chosen = [g if c else [] for g, c in zip(glances, concerned, strict=True)]
        values = [m if c else [] for m, c in zip(measured, concerned, strict=True)]
        wanted = _for_each(chosen, map(self.catalogue.chances.read_for, concerned))
        every, of_every = chain.from_iterable(chosen), chain.from_iterable(values)
        return _dealt(self.pipeline.read_all(list(every), wanted, list(of_every)), chosen)

    def _review(
        self, encounter: Encounter, readings: Iterable[Reading], concerned: frozenset[str]
    ) -> Review:
        by_note = {reading.note_id: reading for reading in readings}
        return engine.review(encounter, by_note, self.catalogue, concerned)

    def _review_late(
        self, encounter: Encounter, readings: Iterable[Reading], concerned: frozenset[str]
    ) -> Review:
        """Review by what was read for some conditions; all of a note is read when looked at."""
        review = self._review(encounter, readings, concerned)
        return replace(review, readings=LateReadings(self.pipeline.read, encounter.notes))

    def _refusal(self, encounter: Encounter) -> InputError | None:
        """Return why an encounter cannot be read, None if it can."""
        try:
            for note in encounter.notes:
                self._checked(note, encounter.id)
        except InputError as error:
            return error
        return None

    def _said(self, glances: Iterable[Glance]) -> Told:
        """Return what the words of notes may tell of."""
        said = Told()
        for glance in glances:
            said.add_all(self.pipeline.said(glance))
        return said

    def _concerned(
        self, encounter: Encounter, glances: Iterable[Glance], said: Told
    ) -> frozenset[str]:
        """Return the conditions that have a chance to speak of an encounter."""
        told = Told(said)
        analytes = {a for g in glances for _, _, meanings in g.analytes for a in meanings.analytes}
        analytes.update(observation.analyte for observation in encounter.observations)
        for analyte in analytes:
            told.add_all(self.catalogue.chances.by_analyte(analyte))
        return self._with_a_chance(encounter, told)

    def _still_concerned(
        self,
        encounter: Encounter,
        measured: Iterable[Iterable[Measurement]],
        said: Told,
        concerned: frozenset[str],
    ) -> frozenset[str]:
        """Return the conditions that have a chance even now that values are read.

        What words tell of is not judged yet, and the values of the record are not looked at.
        """
        if not concerned:
            return concerned
        chances, told = self.catalogue.chances, Told(said)
        for analyte in {observation.analyte for observation in encounter.observations}:
            told.add_all(chances.by_analyte(analyte))
        seen: set[str] = set()
        for measurement in chain.from_iterable(measured):
            analyte, low, high, comparator, timing = measurement[:5]
            if timing is Timing.CURRENT or timing is Timing.PRIOR:
                told.add_all(chances.by_value(analyte, low, high, comparator))
            if analyte in seen:
                told.add_all(chances.by_change(analyte))
            seen.add(analyte)
        if seen >= {"height", "weight"}:
            told.add_all(chances.by_analyte("bmi"))
        told = Told((name, told.get(name, 0)) for name in concerned)
        return self._with_a_chance(encounter, told)

    def _with_a_chance(self, encounter: Encounter, told: Told) -> frozenset[str]:
        if encounter.medications:
            self.catalogue.chances.note_medication(told)
        several = len({note.author for note in encounter.notes}) > 1
        return self.catalogue.chances.concerned(told, several_authors=several)

    def explain(self, source: str | Note | Encounter, condition: str) -> tuple[Explanation, ...]:
        """Tell for each rule of a condition why it speaks or is silent.

        Raises:
            RuleError: there is no such condition.
        """
        encounter = as_encounter(source)
        return engine.explain(encounter, self.read(encounter), self.catalogue, condition)

    def read(self, encounter: Encounter) -> dict[str, Reading]:
        """Read the notes of an encounter; readings by note id."""
        return {r.note_id: r for r in self.read_notes(encounter.notes, encounter.id)}

    def read_notes(self, notes: Sequence[Note], source: str) -> list[Reading]:
        """Read notes, all at once; ``source`` names their encounter in messages.

        Raises:
            InputError: one is longer than the site allows.
        """
        checked = [self._checked(note, source) for note in notes]
        with _collecting_later():
            return self.pipeline.read_whole(self.pipeline.glance_all(checked))

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


def _groups(encounters: Iterable[Encounter]) -> Iterator[list[Encounter]]:
    """Yield the encounters to take at once; a large one stands alone."""
    group: list[Encounter] = []
    size = 0
    for encounter in encounters:
        own = sum(len(note.text) for note in encounter.notes)
        if group and (len(group) == _AT_ONCE or size + own > _CHARACTERS_AT_ONCE):
            yield group
            group, size = [], 0
        group.append(encounter)
        size += own
    if group:
        yield group


def _dealt(items: Iterable[_Item], like: Iterable[Sequence[object]]) -> list[list[_Item]]:
    """Deal items out in their order, to each as many as another sequence holds."""
    left = iter(items)
    return [list(islice(left, len(each))) for each in like]


def _for_each(groups: Iterable[Sequence[object]], values: Iterable[_Item]) -> list[_Item]:
    """Return the value of each group once for each of its members."""
    return [value for group, value in zip(groups, values, strict=True) for _ in group]


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
