"""The story of a stay as lines of text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cdi.domain.encounter import Note
from cdi.domain.exposure import Exposure, ExposureKind
from cdi.domain.story import Life, Story, Turn
from cdi.domain.timeline import instant, last_recorded
from cdi.rules.stay import installed_stay


def story_lines(story: Story, *, timeline: bool = False) -> Iterator[str]:
    """Yield the lines: what is open with its life, what was resolved and how, the timeline."""
    encounter = story.encounter
    moment = story.as_of or last_recorded(encounter)
    yield f"{encounter.source or encounter.id}  as of {_when(moment)}"
    if encounter.title:
        yield encounter.title
    opened = [life for life in story.lives if life.open]
    notes = {note.id: note for note in encounter.notes}
    for title, lives in (("Open", opened), ("Resolved", story.resolved)):
        yield f"{title}: {len(lives) or 'nothing'}"
        for life in lives:
            yield from _life_lines(life, notes)
    for onset in story.onsets:
        presence = f"present on admission: {onset.presence.value} (by timing)"
        yield f"{_words(onset.condition)}  {presence}"
        yield f"    {_when(onset.at)}  {onset.reason}"
    for dropped in story.dropped:
        yield f"{_words(dropped.condition)}  not carried into the discharge summary"
        source = _note(dropped.note, dropped.author, notes)
        yield f"    {_when(dropped.at)}  last documented{source}"
    if timeline:
        yield "Timeline:"
        for _, line in sorted(_timeline(story), key=lambda entry: entry[0]):
            yield f"  {line}"
    yield ""


def beside_findings(story: Story) -> Iterator[str]:
    """Yield a line for each onset, diagnosis not carried on, drug and device of a stay."""
    notes = {note.id: note for note in story.encounter.notes}
    for onset in story.onsets:
        yield (
            f"{_words(onset.condition)}: present on admission: {onset.presence.value} (by timing); "
            f"{onset.reason}, {_when(onset.at)}"
        )
    for dropped in story.dropped:
        source = _note(dropped.note, dropped.author, notes)
        yield (
            f"{_words(dropped.condition)}: not carried into the discharge summary; "
            f"last documented {_when(dropped.at)}{source}"
        )
    for exposure in story.exposures:
        yield f"{_when(exposure.begin)} {_exposed(exposure, story)}"


def _life_lines(life: Life, notes: dict[str, Note]) -> Iterator[str]:
    name = _name(life)
    last = life.turns[-1]
    asked = f"  {last.type.value}" + (f": {', '.join(last.missing)}" if last.missing else "")
    yield f"  {name}{asked if life.open else ''}"
    if life.copies:
        yield f"    copied forward into {life.copies} note(s), not counted"
    for turn in life.turns:
        yield f"    {_when(turn.at)}  {turn.kind.value}: {turn.reason}{_source(turn, notes)}"


def _source(turn: Turn, notes: dict[str, Note]) -> str:
    return _note(turn.note, turn.author, notes)


def _note(identifier: str, author: str, notes: dict[str, Note]) -> str:
    note = notes.get(identifier)
    if note is None:
        return ""
    return f" ({', '.join(part for part in (note.kind, author) if part)})"


def _name(life: Life) -> str:
    name = _words(life.condition)
    return f"{name} about {_words(life.about)}" if life.about else name


def _words(condition: str) -> str:
    return condition.replace("_", " ")


def _timeline(story: Story) -> Iterator[tuple[float, str]]:
    for note in story.encounter.notes:
        author = f", {note.author}" if note.author else ""
        struck = "" if note.status.counts else f" ({note.status.value}, struck as evidence)"
        yield instant(note.recorded_at), f"{_when(note.recorded_at)}  {note.kind}{author}{struck}"
    for exposure in story.exposures:
        yield instant(exposure.begin), f"{_when(exposure.begin)}    {_exposed(exposure, story)}"
    for life in story.lives:
        for turn in life.turns:
            line = f"{_when(turn.at)}    {turn.kind.value} {_name(life)}: {turn.reason}"
            yield instant(turn.at), line


def _exposed(exposure: Exposure, story: Story) -> str:
    end = exposure.end
    told = f"{exposure.kind.value} {exposure.name}: "
    if end is None or end != exposure.begin:
        told += f"until {_when(end)}" if end else "goes on"
    else:
        told += "given once"
    moment = story.as_of or last_recorded(story.encounter)
    if exposure.kind is ExposureKind.DEVICE and moment:
        told += f", {exposure.days(moment)} calendar day(s)"
        if exposure.associated(moment, installed_stay().devices.associated_after_days):
            told += ", an infection now would count as associated"
    return told


def _when(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M") if moment else "-" * 16
