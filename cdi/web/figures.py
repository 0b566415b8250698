"""What the page of figures shows: four figures with their definitions, and bars."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from io import StringIO

from cdi.domain.query import Outcome
from cdi.storage.counting import Dimension
from cdi.storage.metrics import Coverage, Figures, Outcomes, Tally, Waiting, turnaround
from cdi.web.charts import Segment, Trend, draw_split, draw_trend, share_of
from cdi.workflow.metrics import By

DEFINITIONS = {
    "rate": (
        "Encounters that were ever asked about, of all encounters whose last review fell into "
        "the month."
    ),
    "timely": (
        "Queries answered by the time they were due, of those sent in the month that are due or "
        "answered by now. Withdrawn queries and questions asked by word of mouth do not count."
    ),
    "agreement": (
        "Answered questions of the month by what the answer amounted to. A diagnosis that was "
        "ruled out is a clear answer, not a refusal."
    ),
    "turnaround": (
        "Working hours of the recipient from sending to answer, for letters sent in the month: "
        "half, and nine in ten, came within these. The trend shows the mean of a day."
    ),
}
WAYS: tuple[tuple[str, str, frozenset[Outcome]], ...] = (
    ("agreed", "Diagnosis given or confirmed", frozenset({Outcome.SPECIFIED, Outcome.CONFIRMED})),
    ("ruled-out", "Ruled out", frozenset({Outcome.RULED_OUT})),
    ("minor", "Not clinically significant", frozenset({Outcome.NOT_SIGNIFICANT})),
    ("other", "Other words", frozenset({Outcome.OTHER})),
    ("open", "Unable to determine", frozenset({Outcome.UNDETERMINED})),
)
_AGES = ((0, 0, "today"), (1, 2, "1-2 days"), (3, 7, "3-7 days"), (8, 14, "8-14 days"))


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure with its trend by day and the table behind it."""

    key: str
    title: str
    value: str
    beside: str
    definition: str
    trend: Trend
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar and the numbers beside it."""

    key: str
    name: str
    length: float
    counted: int
    answered: int
    share: str


@dataclass(frozen=True, slots=True)
class Age:
    """Queries that wait, by how long."""

    name: str
    length: float
    queries: int
    overdue: int


def percent(value: float | None) -> str:
    """Return a share in words; a dash where there is none."""
    return "-" if value is None else f"{100 * value:.0f} %"


def show_figures(found: Figures, days: Sequence[date]) -> tuple[Figure, ...]:
    """Return the figures with a trend, in the order of the page; agreement stands by itself."""
    daily = found.tallies[Dimension.DAY]
    by_day = [daily.get(day.isoformat(), Tally()) for day in days]
    return (
        _rate(found, days),
        _timely(found.whole, days, by_day),
        _turnaround(found, days, by_day),
    )


def _rate(found: Figures, days: Sequence[date]) -> Figure:
    covered = [found.coverage.get(day, Coverage()) for day in days]
    whole = Coverage(sum(c.reviewed for c in covered), sum(c.asked for c in covered))
    sent = found.whole.sent
    return Figure(
        "rate",
        "Query rate",
        percent(whole.rate),
        f"{whole.asked:,} of {whole.reviewed:,} encounters · {sent:,} queries sent",
        DEFINITIONS["rate"],
        _trend(days, [c.rate for c in covered], 1.0),
        ("Day", "Reviewed", "Asked about", "Rate"),
        tuple(
            (day.isoformat(), str(c.reviewed), str(c.asked), percent(c.rate))
            for day, c in zip(days, covered, strict=True)
            if c.reviewed
        ),
    )


def _timely(whole: Tally, days: Sequence[date], by_day: Sequence[Tally]) -> Figure:
    return Figure(
        "timely",
        "Answered in time",
        percent(whole.timely),
        f"{whole.in_time:,} of {whole.due:,} queries · {whole.answered:,} answered at all",
        DEFINITIONS["timely"],
        _trend(days, [tally.timely for tally in by_day], 1.0),
        ("Day sent", "Sent", "Due", "In time", "Share"),
        tuple(
            (d.isoformat(), str(t.sent), str(t.due), str(t.in_time), percent(t.timely))
            for d, t in zip(days, by_day, strict=True)
            if t.sent
        ),
    )


def _turnaround(found: Figures, days: Sequence[date], by_day: Sequence[Tally]) -> Figure:
    half, most = (turnaround(found.hours, share) for share in (0.5, 0.9))
    return Figure(
        "turnaround",
        "Turnaround",
        "-" if half is None else f"{half} h",
        "no answers yet" if most is None else f"half within {half} h, nine in ten within {most} h",
        DEFINITIONS["turnaround"],
        _trend(days, [tally.mean_hours for tally in by_day], None, "{:.1f} h"),
        ("Day sent", "Answered", "Mean hours"),
        tuple(
            (d.isoformat(), str(t.timed), f"{t.mean_hours:.1f}")
            for d, t in zip(days, by_day, strict=True)
            if t.mean_hours is not None
        ),
    )


def _trend(
    days: Sequence[date], values: Sequence[float | None], most: float | None, form: str = "{:.0%}"
) -> Trend:
    points = [
        (f"{day.isoformat()}: {form.format(value)}" if value is not None else "", value)
        for day, value in zip(days, values, strict=True)
    ]
    return draw_trend(points, most)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Answers split five ways, with their trend: the share that gave or confirmed a diagnosis."""

    value: str
    beside: str
    definition: str
    segments: tuple[Segment, ...]
    ways: tuple[tuple[str, str, int, str], ...]
    trend: Trend


def show_agreement(found: Figures, days: Sequence[date]) -> Agreement:
    """Return the agreement of the answers."""
    whole = _sum(found.conditions.values())
    split = [(kind, words, _count(whole, outcomes)) for kind, words, outcomes in WAYS]
    answered = sum(number for _, _, number in split)
    agreed = WAYS[0][2]
    shares = []
    for day in days:
        of_day = found.outcomes.get(day, {})
        known = sum(n for outcome, n in of_day.items() if outcome is not None)
        shares.append(_count(of_day, agreed) / known if known else None)
    return Agreement(
        percent(split[0][2] / answered if answered else None),
        f"{answered:,} answers · {whole.get(None, 0):,} questions without one",
        DEFINITIONS["agreement"],
        draw_split(split),
        tuple((k, w, n, percent(n / answered if answered else None)) for k, w, n in split),
        _trend(days, shares, 1.0),
    )


def show_bars(found: Figures, names: Mapping[str, str]) -> dict[By, tuple[Bar, ...]]:
    """Return the bars of each dimension, longest first.

    Args:
        found: the figures.
        names: of people, by id.
    """
    bars: dict[By, tuple[Bar, ...]] = {By.CONDITION: _condition_bars(found.conditions)}
    for by in (By.SERVICE, By.PHYSICIAN, By.SPECIALIST):
        tallies = found.tallies[Dimension(by.value)]
        most = max((tally.sent for tally in tallies.values()), default=0)
        bars[by] = tuple(
            Bar(
                key,
                names.get(key, key) or "not known",
                share_of(tally.sent, most),
                tally.sent,
                tally.answered,
                percent(tally.timely),
            )
            for key, tally in sorted(tallies.items(), key=lambda item: (-item[1].sent, item[0]))
        )
    return bars


def _condition_bars(conditions: Mapping[str, Outcomes]) -> tuple[Bar, ...]:
    counted = {name: sum(outcomes.values()) for name, outcomes in conditions.items()}
    most = max(counted.values(), default=0)
    bars = []
    for name in sorted(conditions, key=lambda name: (-counted[name], name)):
        answered = counted[name] - conditions[name].get(None, 0)
        agreed = _count(conditions[name], WAYS[0][2])
        bars.append(
            Bar(
                name,
                name.replace("_", " "),
                share_of(counted[name], most),
                counted[name],
                answered,
                percent(agreed / answered if answered else None),
            )
        )
    return tuple(bars)


def show_ages(waiting: Mapping[date, Waiting], today: date) -> tuple[Age, ...]:
    """Return the queries that wait, by how many days ago they were sent."""
    names = [*(name for _, _, name in _AGES), "longer"]
    queries, overdue = [0] * len(names), [0] * len(names)
    for day, counted in waiting.items():
        days = (today - day).days
        place = next((n for n, (_, last, _) in enumerate(_AGES) if days <= last), len(_AGES))
        queries[place] += counted.queries
        overdue[place] += counted.overdue
    most = max(queries)
    return tuple(
        Age(name, share_of(waits, most), waits, late)
        for name, waits, late in zip(names, queries, overdue, strict=True)
    )


def days_between(first: date, last: date) -> list[date]:
    """Return each day from the first to the one before the last."""
    return [first + timedelta(days=number) for number in range((last - first).days)]


def write_csv(found: Figures, names: Mapping[str, str]) -> str:
    """Return all figures as one table of comma-separated values."""
    target = StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(["table", "name", "id", "sent", "answered", "due", "in_time", "mean_hours"])
    for dimension in (Dimension.DAY, Dimension.SERVICE, Dimension.PHYSICIAN, Dimension.SPECIALIST):
        for key, t in sorted(found.tallies[dimension].items()):
            hours = "" if t.mean_hours is None else f"{t.mean_hours:.2f}"
            numbers = (t.sent, t.answered, t.due, t.in_time, hours)
            writer.writerow([dimension.value, _cell(names.get(key, key)), key, *numbers])
    writer.writerow([])
    writer.writerow(["condition", "questions", *Outcome, "unanswered"])
    for condition, outcomes in sorted(found.conditions.items()):
        counts = [outcomes.get(outcome, 0) for outcome in (*Outcome, None)]
        writer.writerow([condition, sum(counts), *counts])
    writer.writerow([])
    writer.writerow(["day", "encounters_reviewed", "encounters_asked_about"])
    for day, covered in sorted(found.coverage.items()):
        writer.writerow([day.isoformat(), covered.reviewed, covered.asked])
    return target.getvalue()


def people_of(found: Figures) -> Iterator[str]:
    """Yield the ids of the people in figures."""
    for dimension in (Dimension.PHYSICIAN, Dimension.SPECIALIST):
        yield from found.tallies[dimension]


def _cell(text: str) -> str:
    """Return a text that a spreadsheet takes for a text, not for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text


def _count(outcomes: Outcomes, wanted: Collection[Outcome]) -> int:
    return sum(number for outcome, number in outcomes.items() if outcome in wanted)


def _sum(groups: Collection[Outcomes]) -> dict[Outcome | None, int]:
    whole: dict[Outcome | None, int] = {}
    for group in groups:
        for outcome, number in group.items():
            whole[outcome] = whole.get(outcome, 0) + number
    return whole
