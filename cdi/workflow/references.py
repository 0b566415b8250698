"""What charts hold and letters are written about, kept while they are worked with."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Generic, NamedTuple, TypeVar

from cdi.compliance import Reference
from cdi.domain.encounter import Encounter
from cdi.domain.finding import Finding
from cdi.domain.letter import Letter
from cdi.domain.story import Story
from cdi.review.copies import Copied
from cdi.storage import Session
from cdi.storage.charts import load_encounter
from cdi.storage.findings import read_findings
from cdi.storage.tables import EncounterRow, FindingRow
from cdi.storage.worklists import OpenFinding
from cdi.workflow.scan import Scanner
from cdi.workflow.stay import StayReviewer

_Value = TypeVar("_Value")

# So many letters are worked on at once in a process; one more takes the place of the oldest.
_MOST = 64
_MOST_CHARTS, _MOST_FINDINGS, _MOST_READINGS = 32, 1024, 2048
_MOST_SEEN = 4096


class Stored(NamedTuple):
    """A letter as it is stored, with what it takes to render it with an edit.

    Attributes:
        findings: those behind its questions, in their order.
        letterhead: folder of its facility's own templates; None if it has none.
        revision: which version of the letter it is.
    """

    letter: Letter
    findings: list[Finding]
    letterhead: Path | None
    revision: int


class Recent(Generic[_Value]):
    """Values made once for a key and kept while it is asked for; safe for threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, _Value] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], _Value]) -> _Value:
        """Return what is kept for a key; made if nothing is."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = make()  # outside the lock: others need not wait while notes are read
        with self._lock:
            self._kept[key] = made
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made

    def find(self, key: Hashable) -> _Value | None:
        """Return what is kept for a key; None if nothing is."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def add(self, key: Hashable, value: _Value) -> bool:
        """Keep a value; tell whether its key is new."""
        with self._lock:
            is_new = key not in self._kept
            self._kept[key] = value
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return is_new


@dataclass(frozen=True)
class References:
    """What a process keeps of charts and letters that are worked with: read once for each version.

    Attributes:
        charts: encounters as they are, by id and version.
        findings: as read from their rows, by id and hash of their content.
        records: what letters are judged against, by id and version of the encounter.
        letters: letters as stored, by id and version of the query and version of the encounter.
        looks: who has looked at which version of a query.
        stories: how stays went, by id and version of the encounter.
        reviewers: tell them, by what they read with; a stay of which more came is carried on.
        copies: what notes repeat of earlier ones, by id and version of the encounter.
    """

    charts: Recent[Encounter] = field(default_factory=lambda: Recent(_MOST_CHARTS))
    findings: Recent[Finding] = field(default_factory=lambda: Recent(_MOST_FINDINGS))
    records: Recent[Reference] = field(default_factory=lambda: Recent(_MOST))
    letters: Recent[Stored] = field(default_factory=lambda: Recent(_MOST))
    looks: Recent[bool] = field(default_factory=lambda: Recent(_MOST_SEEN))
    stories: Recent[Story] = field(default_factory=lambda: Recent(_MOST))
    reviewers: Recent[StayReviewer] = field(default_factory=lambda: Recent(1))
    copies: Recent[Mapping[str, tuple[Copied, ...]]] = field(default_factory=lambda: Recent(_MOST))
    _telling: Lock = field(default_factory=Lock, repr=False)

    def tell_story(self, scanner: Scanner, encounter: Encounter) -> Story:
        """Return how a stay went; one at a time, for a reviewer is not to be shared."""
        with self._telling:
            reviewer = self.reviewers.get(scanner, lambda: StayReviewer(scanner, _MOST_READINGS))
            return reviewer.review(encounter)

    def read_chart(self, session: Session, row: EncounterRow) -> Encounter:
        """Return the encounter of a row, with the newest version of each note.

        Raises:
            StorageError: a stored record cannot be opened or read.
        """
        return self.charts.get((row.id, row.version), lambda: load_encounter(session, row))

    def read_findings(
        self, session: Session, rows: Iterable[FindingRow | OpenFinding]
    ) -> dict[str, Finding]:
        """Return the findings of rows by id; the content of those that are kept is not read."""
        keys = {row.id: (row.id, row.content_hash) for row in rows}
        known = {name: self.findings.find(key) for name, key in keys.items()}
        found = {name: finding for name, finding in known.items() if finding is not None}
        missing = [name for name in keys if name not in found]
        if missing:
            fresh = read_findings(session, missing)
            for name, finding in fresh.items():
                self.findings.add(keys[name], finding)
            found |= fresh
        return found
