"""The timeline of a stay as a drawing: where on the page each note, value and finding goes.

Geometry only, in pixels of a fixed width; ``timeline.svg.j2`` draws it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from cdi.domain.encounter import Observation, Role
from cdi.domain.finding import ObservationPointer
from cdi.domain.story import Life, Story, TurnKind
from cdi.domain.timeline import Item, instant, recorded
from cdi.rules.measurements import Analytes

WIDTH, LEFT, RIGHT = 1120, 230, 16
_TOP, _ROW, _SERIES = 28, 24, 44
_MOST_SERIES, _MOST_TICKS = 12, 14
_ROWS = (
    ("providers", frozenset({Role.PROVIDER})),
    ("nursing, dietitian, others", frozenset({Role.NURSING, Role.DIETITIAN, Role.OTHER})),
    ("reports", frozenset({Role.RADIOLOGY, Role.PATHOLOGY})),
)


class Tick(NamedTuple):
    """A day on the axis."""

    x: float
    label: str


class Mark(NamedTuple):
    """A note, turn or value: ``kind`` is its CSS class, ``link`` an anchor of the page or ""."""

    x: float
    y: float
    kind: str
    title: str
    link: str = ""


class Bar(NamedTuple):
    """A time in which a finding was open."""

    x: float
    width: float
    type: str


class Lane(NamedTuple):
    """One row: its label, and what stands in it."""

    label: str
    y: float
    link: str
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]


class Series(NamedTuple):
    """The values of one analyte, with the lowest and highest as labels."""

    label: str
    y: float
    low: str
    high: str
    line: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """The whole drawing."""

    width: int
    height: float
    left: int
    ticks: tuple[Tick, ...]
    notes: tuple[Lane, ...]
    lives: tuple[Lane, ...]
    series: tuple[Series, ...]


class _Scale:
    """From moments to pixels."""

    def __init__(self, first: datetime, last: datetime) -> None:
        self.first, self.last = first, last
        self._begin = instant(first)
        self._span = max(instant(last) - self._begin, 3600.0)

    def x(self, moment: datetime | None) -> float:
        share = (instant(moment) - self._begin) / self._span if moment else 0.0
        return round(LEFT + min(max(share, 0.0), 1.0) * (WIDTH - LEFT - RIGHT), 1)


def draw(story: Story, analytes: Analytes, anchor: str) -> Chart | None:
    """Return the drawing of a stay; None if nothing in it has a time.

    Args:
        story: the stay.
        analytes: for one unit in each series.
        anchor: of the stay in the page; notes and findings are linked below it.
    """
    encounter = story.encounter
    items: list[Item] = [*encounter.notes, *encounter.observations]
    times = [time for time in map(recorded, items) if time]
    if not times:
        return None
    ends = [*times, *(t for t in (encounter.admitted_at, story.as_of) if t)]
    scale = _Scale(min(ends, key=instant), max(ends, key=instant))
    notes = tuple(_note_lanes(story, scale, anchor))
    y = _TOP + _ROW * len(notes)
    lives = tuple(
        _life_lane(life, story, scale, y + _ROW * place, anchor)
        for place, life in enumerate(story.lives)
    )
    y += _ROW * len(lives) + 12
    evidence = _evidence(story)
    chosen = _chosen(story, evidence, analytes)
    series = tuple(
        _series(name, values, evidence, scale, y + _SERIES * place)
        for place, (name, values) in enumerate(chosen)
    )
    height = y + _SERIES * len(series) + 8
    return Chart(WIDTH, height, LEFT, tuple(_ticks(scale)), notes, lives, series)


def _ticks(scale: _Scale) -> Iterable[Tick]:
    day = scale.first.replace(hour=0, minute=0, second=0, microsecond=0)
    days = max((instant(scale.last) - instant(day)) / 86_400, 1)
    step = timedelta(days=int(days // _MOST_TICKS) + 1)
    while instant(day) <= instant(scale.last):
        if instant(day) >= instant(scale.first):
            yield Tick(scale.x(day), f"{day:%b} {day.day}")
        day += step


def _note_lanes(story: Story, scale: _Scale, anchor: str) -> Iterable[Lane]:
    y = float(_TOP)
    for label, roles in _ROWS:
        marks = tuple(
            Mark(
                scale.x(note.recorded_at),
                y,
                note.role.value,
                ", ".join(p for p in (_when(note.recorded_at), note.kind, note.author) if p),
                f"{anchor}n{number}",
            )
            for number, note in enumerate(story.encounter.notes, 1)
            if note.role in roles
        )
        if marks:
            yield Lane(label, y, "", (), marks)
            y += _ROW


def _life_lane(life: Life, story: Story, scale: _Scale, y: float, anchor: str) -> Lane:
    about = f"conflict: {life.about}" if life.about else life.condition
    label = about.replace("_", " ")
    bars: list[Bar] = []
    since: float | None = None
    kind = ""
    for turn in life.turns:
        x = scale.x(turn.at)
        if since is not None and (turn.kind in (TurnKind.CHANGED, TurnKind.RESOLVED)):
            bars.append(Bar(since, max(x - since, 2.0), kind))
            since = None
        if turn.kind is not TurnKind.RESOLVED:
            since = x if since is None else since
            kind = turn.type.value
    if since is not None:
        bars.append(Bar(since, max(scale.x(scale.last) - since, 2.0), kind))
    marks = tuple(
        Mark(
            scale.x(turn.at),
            y,
            turn.kind.value,
            f"{_when(turn.at)} {turn.kind.value}: {turn.reason}"
            + (f" ({turn.author})" if turn.author else ""),
        )
        for turn in life.turns
    )
    order = {f.condition: number for number, f in enumerate(story.review.findings, 1)}
    link = f"{anchor}f{order[life.condition]}" if life.open and life.condition in order else ""
    return Lane(label, y, link, tuple(bars), marks)


def _chosen(
    story: Story, evidence: Collection[str], analytes: Analytes
) -> list[tuple[str, list[tuple[Observation, float]]]]:
    """Return the analytes worth showing: those that are evidence first, then the most measured."""
    found: dict[str, list[tuple[Observation, float]]] = {}
    used: dict[str, int] = {}
    for observation in story.encounter.observations:
        analyte = analytes.get(observation.analyte)
        if analyte is None or observation.value is None or not observation.status.counts:
            continue
        value = analyte.canonical(observation.value, observation.unit)
        if value is not None and observation.observed_at is not None:
            found.setdefault(analyte.id, []).append((observation, value))
            used[analyte.id] = used.get(analyte.id, 0) + (observation.id in evidence)
    names = sorted(found, key=lambda name: (-min(used[name], 1), -len(found[name]), name))
    shown = [name for name in names if used[name] or len(found[name]) > 1][:_MOST_SERIES]
    return [(f"{analytes[name].title}, {analytes[name].unit}", found[name]) for name in shown]


def _evidence(story: Story) -> frozenset[str]:
    return frozenset(
        evidence.pointer.observation_id
        for life in story.lives
        for evidence in life.finding.evidence
        if isinstance(evidence.pointer, ObservationPointer)
    )


def _series(
    label: str,
    values: Sequence[tuple[Observation, float]],
    evidence: Collection[str],
    scale: _Scale,
    y: float,
) -> Series:
    ordered = sorted(values, key=lambda pair: instant(pair[0].observed_at))
    low, high = min(v for _, v in ordered), max(v for _, v in ordered)
    span = (high - low) or 1.0

    def place(value: float) -> float:
        return round(y + (_SERIES - 14) * (1 - (value - low) / span), 1)

    points = [(scale.x(o.observed_at), place(v), o) for o, v in ordered]
    marks = tuple(
        Mark(
            x,
            height,
            "evidence" if o.id in evidence else "value",
            f"{_when(o.observed_at)} {o.value:.10g} {o.unit}",
        )
        for x, height, o in points
    )
    line = " ".join(f"{x},{height}" for x, height, _ in points)
    return Series(label, y, f"{low:.4g}", f"{high:.4g}", line, marks)


def _when(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M") if moment else ""
