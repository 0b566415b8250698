"""Which conditions a step of the record may change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from cdi.domain.reading import Reading
from cdi.domain.timeline import Step
from cdi.rules.catalogue import Catalogue


class Touch:
    """Knows what each condition looks at: mentions, analytes, drugs and other conditions."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._analytes = catalogue.analytes
        self._known = frozenset(catalogue.conditions)
        self._measuring: dict[str, set[str]] = defaultdict(set)
        self._drugs: set[str] = set()
        referring: dict[str, set[str]] = defaultdict(set)
        for condition in catalogue.conditions.values():
            for analyte in condition.analytes:
                self._measuring[analyte].add(condition.id)
            if any(i.drugs for i in condition.spec.indicators.values()):
                self._drugs.add(condition.id)
            for name in condition.foreign_names:
                referring[name.partition(".")[0]].add(condition.id)
            if condition.contests:  # it judges what is said of every other one
                for name in self._known - {condition.id}:
                    referring[name].add(condition.id)
        self._referring = {name: frozenset(_closure(name, referring)) for name in referring}

    def by(self, step: Step, readings: Mapping[str, Reading]) -> set[str]:
        """Return the conditions to judge again after a step.

        Args:
            step: what became part of the record.
            readings: of its notes at least, by note id.
        """
        touched: set[str] = set()
        for note in step.notes:
            reading = readings[note.id]
            touched.update(mention.condition for mention in reading.mentions)
            for measurement in reading.measurements:
                touched |= self._by_analyte(measurement.analyte)
        for name in {observation.analyte for observation in step.observations}:
            touched |= self._by_analyte(name)
        if step.medications:
            touched |= self._drugs
        touched &= self._known
        return touched.union(*(self._referring.get(name, ()) for name in touched))

    def _by_analyte(self, name: str) -> set[str]:
        analyte = self._analytes.get(name)
        root = analyte.variant_of if analyte and analyte.variant_of else name
        names = {name, root} | ({"bmi"} if root in {"height", "weight"} else set())
        return {condition for n in names for condition in self._measuring.get(n, ())}


def _closure(name: str, referring: Mapping[str, set[str]]) -> Iterator[str]:
    """Yield the conditions whose sentences refer to one, directly or through others."""
    seen: set[str] = set()
    queue = [name]
    while queue:
        for other in referring.get(queue.pop(), ()):
            if other not in seen:
                seen.add(other)
                queue.append(other)
    yield from seen
