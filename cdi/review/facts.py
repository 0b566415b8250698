"""Everything known of one encounter, arranged so that rules can ask for it by name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

from cdi.domain.encounter import (
    Encounter,
    Medication,
    Note,
    Observation,
    Role,
)
from cdi.domain.exposure import Exposure
from cdi.domain.finding import NoteSpan, ObservationPointer, Pointer
from cdi.domain.reading import Measurement, Mention, Reading, Timing
from cdi.review.copies import CopyFinder, dropped, fresh
from cdi.review.exposure import DeviceLog
from cdi.rules.bmi import body_mass_index
from cdi.rules.catalogue import Catalogue
from cdi.rules.chances import Told
from cdi.rules.condition import Condition
from cdi.rules.measurements import Analyte
from cdi.rules.stay import installed_stay

_Item = TypeVar("_Item")
_Found = TypeVar("_Found")

ADULT = 18
# So many items of a record that does not grow are read again sooner than they are remembered.
_FEW = 8
# What was measured this long before the admission began was not measured in the emergency room.
_BEFORE_STAY = timedelta(hours=24)


class Value(NamedTuple):
    """A measured value from a note or a feed, in the canonical unit of its analyte.

    ``time`` is when it was true, None if the source does not say. ``order`` is its place in the
    record, for values without a time.
    """

    low: float
    high: float
    comparator: str
    timing: Timing
    time: datetime | None
    order: int
    qualifier: str
    pointers: tuple[Pointer, ...]


class NotedMention(NamedTuple):
    """A mention, the note it stands in, and its place among that reading's mentions."""

    note: Note
    mention: Mention
    place: int


class _Growth:
    """What was found among the first ``seen`` items of a list, each once."""

    __slots__ = ("_known", "found", "seen")

    def __init__(self, seen: int, found: Iterable[Any]) -> None:
        self.seen = seen
        self.found: list[Any] = list(dict.fromkeys(found))
        self._known: set[Any] | None = None  # most lists are looked at once and grow no more

    def add(self, found: Iterable[Any]) -> None:
        known = self._known = set(self.found) if self._known is None else self._known
        for item in found:
            if item not in known:
                known.add(item)
                self.found.append(item)


_STATEMENT = attrgetter("condition", "name", "assertion", "certainty")
_NO_NAMES: Mapping[str, list[NotedMention]] = {}


class EncounterFacts:
    """The facts of an encounter.

    Args:
        encounter: the stay; retracted notes and observations entered in error are left out.
        readings: what was read from each note, by note id.
        catalogue: for units and plausible ranges of observations, and for what they tell of.
    """

    def __init__(
        self, encounter: Encounter, readings: Mapping[str, Reading], catalogue: Catalogue
    ) -> None:
        self.encounter = encounter
        self._catalogue, self._analytes = catalogue, catalogue.analytes
        self._told = Told()
        self._mentions: dict[str, dict[str, list[NotedMention]]] = {}
        # Of most conditions and analytes nobody asks: theirs are put in order when somebody does.
        self._unfiled: dict[str, list[tuple[Note, Mention, int]]] = {}
        self._attached: dict[tuple[str, int], list[NotedMention]] = {}
        self._values: dict[str, list[Value]] = {}
        self._unfiled_values: dict[str, list[tuple[Note, Measurement, int]]] = {}
        self._measured: set[str] = set()
        self._grows = False
        self._growths: dict[tuple[Hashable, ...], _Growth] = {}
        # What was found to have been true together once: more facts do not undo it.
        self.met: set[Hashable] = set()
        self._judged: dict[tuple[Hashable, ...], Any] = {}
        self._times: dict[str, datetime | None] = {}
        self._computed: list[Value] = []
        # A lone note copies nothing and need not be remembered.
        self._copies = CopyFinder() if len(encounter.notes) > 1 else None
        self._repeated: dict[tuple[str, str], set[str]] = {}
        self._count = 0
        self.age: int | None = _age(encounter)
        self.sex: str | None = encounter.patient.sex if encounter.patient else None
        self.medications: list[Medication] = []
        self._devices = DeviceLog(installed_stay().devices)
        # Read for devices only when a rule asks for one.
        self._unread: list[tuple[Note, Reading]] = []
        self.take(encounter.notes, readings, encounter.observations, encounter.medications)

    @classmethod
    def begin(cls, encounter: Encounter, catalogue: Catalogue) -> EncounterFacts:
        """Return the facts of an encounter of which nothing is recorded yet.

        Args:
            encounter: the stay; its notes and values are taken in later, as they come.
            catalogue: as for any facts.
        """
        bare = replace(encounter, notes=(), observations=(), medications=())
        facts = cls(bare, {}, catalogue)
        facts.encounter, facts.age, facts._grows = encounter, _age(encounter), True
        facts._copies = CopyFinder()
        return facts

    def take(
        self,
        notes: Iterable[Note],
        readings: Mapping[str, Reading],
        observations: Iterable[Observation],
        medications: Iterable[Medication],
    ) -> None:
        """Take in what became part of the record, after all that did before."""
        for note in notes:
            reading = readings.get(note.id)
            if reading is not None and note.status.counts:
                self._take_reading(note, self._without_copies(note, reading))
                self._unread.append((note, reading))
        for observation in observations:
            self._take_observation(observation)
        for medication in medications:
            self.medications.append(medication)
            self._times[medication.id] = medication.started_at
        self._compute_bmi()

    def _without_copies(self, note: Note, reading: Reading) -> Reading:
        """Leave out what the note repeats of an earlier one, and remember that it did."""
        if self._copies is None:
            return reading
        kept = fresh(note, reading, self._copies.take(note))
        if len(kept.mentions) < len(reading.mentions):
            for mention in {(m.condition, m.name) for m in dropped(reading, kept)}:
                self._repeated.setdefault(mention, set()).add(note.id)
        return kept

    def repeated(self, condition: str, names: Collection[str]) -> int:
        """Return how many notes repeat what earlier ones say under these names."""
        return len(set[str]().union(*(self._repeated.get((condition, name), ()) for name in names)))

    def _take_reading(self, note: Note, reading: Reading) -> None:
        self._times[note.id] = note.recorded_at
        stated, told, unfiled = self._catalogue.chances.stated, self._told, self._unfiled
        for statement in set(map(_STATEMENT, reading.mentions)):
            condition = statement[0]
            told[condition] = told.get(condition, 0) | stated[statement]
        for place, mention in enumerate(reading.mentions):
            condition = mention[0]
            if condition in unfiled:
                unfiled[condition].append((note, mention, place))
            else:
                unfiled[condition] = [(note, mention, place)]
        for head, value in reading.attachments:
            noted = NotedMention(note, reading.mentions[value], value)
            self._attached.setdefault((note.id, head), []).append(noted)
        for measurement in reading.measurements:
            analyte, low, high, comparator, timing = measurement[:5]
            self._tell_value(analyte, low, high, comparator, timing)
            new = self._unfiled_values.setdefault(analyte, [])
            new.append((note, measurement, self._next()))
        if self.age is None:
            self.age = reading.age
        if self.sex is None:
            self.sex = reading.sex

    def _take_observation(self, observation: Observation) -> None:
        if not observation.status.counts or observation.value is None:
            return
        analyte = self._analytes.get(observation.analyte)
        value = analyte.canonical(observation.value, observation.unit) if analyte else None
        if value is None:
            return  # a value without a usable unit, or of no human, is never guessed at
        self._times[observation.id] = observation.observed_at or observation.recorded_at
        found = Value(
            low=value,
            high=value,
            comparator=observation.comparator,
            timing=self._timing(observation),
            time=observation.observed_at or observation.recorded_at,
            order=self._next(),
            qualifier="",
            pointers=(ObservationPointer(observation.id),),
        )
        self._take_value(observation.analyte, found)

    def _take_value(self, analyte: str, value: Value) -> None:
        self._tell_value(analyte, value.low, value.high, value.comparator, value.timing)
        self._filed_values(analyte)
        self._values.setdefault(analyte, []).append(value)

    def _tell_value(
        self, analyte: str, low: float, high: float, comparator: str, timing: Timing
    ) -> None:
        """Take in what a value tells of; a goal or a baseline passes no threshold."""
        chances = self._catalogue.chances
        if timing is Timing.CURRENT or timing is Timing.PRIOR:
            self._told.add_all(chances.by_value(analyte, low, high, comparator))
        if analyte in self._measured:
            self._told.add_all(chances.by_change(analyte))
        else:
            self._measured.add(analyte)

    def _filed_values(self, analyte: str) -> Sequence[Value]:
        new = self._unfiled_values.pop(analyte, None)
        if new is None:
            return self._values.get(analyte, ())
        values = self._values.setdefault(analyte, [])
        values += [_value_in_note(note, measurement, order) for note, measurement, order in new]
        return values

    def _timing(self, observation: Observation) -> Timing:
        """Tell a value of this stay from one brought along: a baseline, no finding of its own."""
        admitted, seen = self.encounter.admitted_at, observation.observed_at
        if admitted is None or seen is None or (admitted.tzinfo is None) != (seen.tzinfo is None):
            return Timing.CURRENT
        return Timing.PRIOR if seen < admitted - _BEFORE_STAY else Timing.CURRENT

    def _next(self) -> int:
        """Return the place of the next value in the record."""
        self._count += 1
        return self._count

    def _compute_bmi(self) -> None:
        """Add a BMI from a recorded height and weight where none is recorded."""
        if self._computed and self.values("bmi") == self._computed:
            del self._values["bmi"]
            self._measured.discard("bmi")
            self._growths = {k: v for k, v in self._growths.items() if "bmi" not in k}
            self._judged = {k: v for k, v in self._judged.items() if "bmi" not in k}
        if "bmi" in self._measured or not {"height", "weight"} <= self._measured:
            return
        heights, weights = self.values("height"), self.values("weight")
        height, weight = heights[-1], weights[0]
        value = body_mass_index(weight_kg=weight.low, height_cm=height.low)
        if value is None:
            return
        pointers = weight.pointers + height.pointers
        self._computed = [weight._replace(low=value, high=value, pointers=pointers)]
        self._take_value("bmi", self._computed[0])

    @property
    def adult(self) -> bool:
        """False only if the patient is known to be under 18; thresholds are for adults."""
        return self.age is None or self.age >= ADULT

    def time_of(self, pointer: Pointer) -> datetime | None:
        """Return when a piece of evidence was recorded: the date of its note, of its value."""
        return self._times.get(
            pointer.note_id
            if isinstance(pointer, NoteSpan)
            else getattr(pointer, "observation_id", "") or getattr(pointer, "medication_id", "")
        )

    def mentions(self, condition: str, name: str) -> Sequence[NotedMention]:
        """Return all mentions of a name, whatever their assertion."""
        return self._filed(condition).get(name, ())

    def named(self, condition: str) -> Collection[str]:
        """Return the names of a condition that are mentioned at all."""
        return self._filed(condition).keys()

    def _filed(self, condition: str) -> Mapping[str, Sequence[NotedMention]]:
        """Return the mentions of a condition by name."""
        new = self._unfiled.pop(condition, None)
        if new is None:
            return self._mentions.get(condition, _NO_NAMES)
        named = self._mentions.setdefault(condition, {})
        for note, mention, place in new:
            named.setdefault(mention.name, []).append(NotedMention(note, mention, place))
        return named

    def devices(self, kind: str) -> Iterable[Exposure]:
        """Return the devices of a kind with the time they were in place, as far as it is told."""
        for note, reading in self._unread:
            self._devices.take(note, reading)
        self._unread.clear()
        return self._devices.exposures(self.encounter, kind)

    def subjects(self) -> list[str]:
        """Return the conditions that are mentioned at all, in alphabetical order."""
        return sorted(self._mentions.keys() | self._unfiled.keys())

    def grown(
        self,
        key: tuple[Hashable, ...],
        items: Sequence[_Item],
        read: Callable[[Sequence[_Item]], Iterable[_Found]],
    ) -> Sequence[_Found]:
        """Return what is read from the items of a list, each item read once.

        In a long stay the same lists are asked for at every step and only grow: mentions of a
        name, values of an analyte.

        Args:
            key: stands for the list and the way it is read.
            items: the list; what was in it at an earlier call is in it still, in that order.
            read: yields what is wanted from items that are new.
        """
        if not self._grows and len(items) <= _FEW:
            return list(dict.fromkeys(read(items)))
        growth = self._growths.get(key)
        if growth is None:
            growth = self._growths[key] = _Growth(len(items), read(items))
        elif growth.seen < len(items):
            growth.add(read(items[growth.seen :]))
            growth.seen = len(items)
        return growth.found

    def judged(
        self,
        key: tuple[Hashable, ...],
        items: Sequence[_Item],
        judge: Callable[[Sequence[_Item], _Found | None], _Found],
    ) -> _Found:
        """Return what is judged of a whole list, judged again only when the list has grown.

        Args:
            key: stands for the list and the way it is judged.
            items: the list; it only grows.
            judge: is given the items that are new and what was judged of those before, if any.
        """
        seen, result = self._judged.get(key, (0, None))
        if seen != len(items) or result is None:
            result = judge(items[seen:], result)
            self._judged[key] = (len(items), result)
        found: _Found = result
        return found

    def attached(self, head: NotedMention) -> Sequence[NotedMention]:
        """Return the axis values attached to a mention."""
        return self._attached.get((head.note.id, head.place), ())

    def values(self, analyte: str) -> Sequence[Value]:
        """Return all values of an analyte, in the order of the record."""
        return self._filed_values(analyte)

    def analyte(self, name: str) -> Analyte:
        """Return the definition of an analyte."""
        return self._analytes[name]

    def family(self, name: str) -> Sequence[str]:
        """Return an analyte and its variants of which there are values (troponin I, T, ...)."""
        return [variant for variant in self._analytes.family(name) if variant in self._measured]

    def told(self, condition: Condition) -> int:
        """Return which names of a condition may be true, by :mod:`cdi.rules.chances`."""
        told = self._told.get(condition.id, 0)
        return told | self._catalogue.chances.drugs(condition.id) if self.medications else told

    def names(self, condition: Condition) -> Mapping[str, int]:
        """Return the bits of :meth:`told` that stand for the names of a condition."""
        return self._catalogue.chances.names(condition.id)

    def speaks_of(self, condition: Condition) -> bool:
        """Tell whether there is any mention or value of a condition, whatever it tells."""
        return bool(self.named(condition.id)) or any(map(self.family, condition.analytes))


def _value_in_note(note: Note, measurement: Measurement, order: int) -> Value:
    return Value(
        low=measurement.value,
        high=measurement.high,
        comparator=measurement.comparator,
        timing=measurement.timing,
        time=note.recorded_at,
        order=order,
        qualifier=measurement.qualifier,
        pointers=(NoteSpan(note.id, measurement.start, measurement.end),),
    )


def _age(encounter: Encounter) -> int | None:
    patient = encounter.patient
    if patient is None or patient.birth_date is None:
        return None
    at = encounter.admitted_at or next(
        (n.recorded_at for n in encounter.notes if n.recorded_at), None
    )
    if at is None:
        return None
    return years_between(patient.birth_date, at.date())


def years_between(birth: date, day: date) -> int:
    """Return the completed years from ``birth`` to ``day``."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def treating(note: Note) -> bool:
    """Tell whether the author may document a diagnosis (ICD-10-CM guidelines, I.B.14)."""
    return note.role is Role.PROVIDER
