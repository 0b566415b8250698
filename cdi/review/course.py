"""The course of a stay: the review carried on from step to step, and the lives of its findings.

At every step only those conditions are judged again of which something was said, measured or
given, and those whose sentences refer to them. What stands after a step is what
:func:`cdi.review.engine.review` finds in the record of that moment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from cdi.domain.encounter import Encounter
from cdi.domain.finding import Finding, Review
from cdi.domain.reading import Reading
from cdi.domain.story import Life, Onset, Story, Turn
from cdi.domain.timeline import Step
from cdi.review.dropped import dropped_diagnoses
from cdi.review.engine import (
    Asked,
    Worlds,
    ask,
    by_importance,
    make_finding,
    overlapped,
)
from cdi.review.exposure import device_exposures, drug_exposures
from cdi.review.facts import EncounterFacts
from cdi.review.onset import onset
from cdi.review.touch import Touch
from cdi.review.turns import Moment, Standing, change, closing, opening, settling, standing_of
from cdi.rules.catalogue import Catalogue
from cdi.rules.stay import installed_stay


class _Question(NamedTuple):
    """A question that stands, and what held for and against it when it last changed."""

    asked: Asked
    standing: Standing


class Course:
    """The state of a stay after the steps taken so far.

    Args:
        encounter: the stay. Of its record only what is taken in counts.
        catalogue: the rules to judge by.
    """

    def __init__(self, encounter: Encounter, catalogue: Catalogue) -> None:
        self._encounter, self._catalogue = encounter, catalogue
        self._touch = Touch(catalogue)
        self._taken: list[Step] = []
        self._struck: set[str] = set()
        self._readings: dict[str, Reading] = {}
        self._asked: dict[str, Asked] = {}
        self._questions: dict[str, _Question] = {}
        self._turns: dict[str, list[Turn]] = {}
        self._findings: dict[str, Finding] = {}
        self._begin()

    def _begin(self) -> None:
        self._facts = EncounterFacts.begin(self._encounter, self._catalogue)
        self._worlds = Worlds(self._facts, self._catalogue)

    def continue_with(self, encounter: Encounter) -> None:
        """Go on with a stay of which more is known now: a discharge, further steps."""
        self._encounter = self._facts.encounter = encounter

    def take(self, step: Step, readings: Mapping[str, Reading]) -> None:
        """Take in one step of the record, which comes after all taken before.

        Args:
            step: what became part of the record.
            readings: of its notes, by note id.
        """
        self._readings |= {note.id: readings[note.id] for note in step.notes}
        before = self._struck
        self._taken.append(step)
        if step.retracted or any(note.replaces for note in step.notes):
            self._struck = self._find_struck()
        after = self._struck
        struck = (after - before) & self._readings.keys()
        if struck or before - after:
            touched = self._begin_again(after)
        else:
            self._add(step)
            touched = self._touch.by(step, self._readings)
        if step.notes:
            touched.update(self._catalogue.contests)
        self._worlds.forget(touched)
        for name in touched:
            self._asked.pop(name, None)
        for condition, rules in self._worlds.concerned(sorted(touched)):
            asked = ask(self._worlds[condition.id], rules)
            if asked is not None:
                self._asked[condition.id] = asked
        self._compare(touched, Moment(step, struck))

    def _add(self, step: Step) -> None:
        self._facts.take(step.notes, self._readings, step.observations, step.medications)

    def _find_struck(self) -> set[str]:
        """Return the notes that no longer count: retracted, or replaced by one that does."""
        retracted = {name for taken in self._taken for name in taken.retracted}
        replacing = (note for taken in self._taken for note in taken.notes if note.replaces)
        return retracted | {note.replaces for note in replacing if note.id not in retracted}

    def _begin_again(self, struck: set[str]) -> set[str]:
        """Build the facts anew from the notes that count; everything is touched."""
        self._begin()
        for taken in self._taken:
            kept = [note for note in taken.notes if note.id not in struck]
            self._add(replace(taken, notes=kept))
        return set(self._catalogue.conditions)

    def _compare(self, touched: set[str], moment: Moment) -> None:
        standing = {
            self._key(name): (name, asked)
            for name, asked in self._asked.items()
            if not overlapped(name, self._catalogue, self._asked)
            and not self._worlds.contest_before(name, self._asked)
        }
        for key in self._questions.keys() - standing.keys():
            self._close(key, moment)
        for key, (name, asked) in standing.items():
            before = self._questions.get(key)
            if before is None or name in touched:
                self._follow(key, name, asked, before, moment)

    def _key(self, name: str) -> str:
        """Return what tells a question from all others of the stay, whatever it asks for."""
        about = self._worlds[name].about
        return f"{name}/{about}" if about else name

    def _close(self, key: str, moment: Moment) -> None:
        before = self._questions.pop(key).asked
        name, _, about = key.partition("/")
        if about:
            turn = settling(before, self._worlds[about], moment)
        else:
            more_specific = self._catalogue.condition(name).spec.yields_to
            instead = next((n for n in more_specific if n in self._asked), "")
            if name in self._asked:
                instead = instead or self._worlds.contest_before(name, self._asked)
            turn = closing(before, self._worlds[name], moment, instead)
        self._turns[key].append(turn)

    def _follow(
        self, key: str, name: str, asked: Asked, before: _Question | None, moment: Moment
    ) -> None:
        world = self._worlds[name]
        standing = standing_of(asked, world)
        turn = (
            opening(asked, world, moment, again=key in self._turns)
            if before is None
            else change(before.asked, before.standing, asked, standing, world, moment)
        )
        if turn is not None:
            self._questions[key] = _Question(asked, standing)
            self._turns.setdefault(key, []).append(turn)
            self._findings[key] = make_finding(world, asked)

    def story(self, encounter: Encounter, as_of: datetime | None) -> Story:
        """Return the story up to here.

        Args:
            encounter: what was recorded up to now.
            as_of: the moment it is told at.
        """
        for key, question in self._questions.items():
            world = self._worlds[key.partition("/")[0]]
            self._findings[key] = make_finding(world, question.asked)
        current = by_importance(self._findings[key] for key in self._questions)
        readings = tuple(self._readings[n.id] for n in encounter.notes if n.id in self._readings)
        return Story(
            encounter=encounter,
            as_of=as_of,
            review=Review(encounter, current, readings),
            lives=tuple(self._life(key) for key in self._turns),
            onsets=tuple(self._onsets()),
            dropped=tuple(
                dropped_diagnoses(
                    encounter, readings, self._catalogue.conditions, installed_stay().dropped
                )
            ),
            exposures=(
                *drug_exposures(encounter),
                *device_exposures(encounter, readings, installed_stay().devices),
            ),
        )

    def _onsets(self) -> Iterator[Onset]:
        spec, admitted = installed_stay().onset, self._encounter.admitted_at
        if admitted is None:
            return
        for name in spec.conditions:
            if name in self._catalogue.conditions and self._facts.named(name):
                found = onset(self._worlds[name], self._facts, admitted, spec)
                if found is not None:
                    yield found

    def _life(self, key: str) -> Life:
        finding = self._findings[key]
        names = {evidence.name for evidence in finding.evidence}
        return Life(
            id=f"{self._encounter.id}/{key}",
            condition=finding.condition,
            about=finding.about,
            turns=tuple(self._turns[key]),
            finding=finding,
            copies=self._facts.repeated(finding.condition, names),
        )
