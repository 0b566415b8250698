"""The story of a stay as lines of text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cdi.domain.encounter import Note
from cdi.domain.story import Life, Story, Turn
from cdi.domain.timeline import instant, last_recorded


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
    if timeline:
        yield "Timeline:"
        for _, line in sorted(_timeline(story), key=lambda entry: entry[0]):
            yield f"  {line}"
    yield ""


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
    note = notes.get(turn.note)
    if note is None:
        return ""
    return f" ({', '.join(part for part in (note.kind, turn.author) if part)})"


def _name(life: Life) -> str:
    name = life.condition.replace("_", " ")
    return f"{name} about {life.about.replace('_', ' ')}" if life.about else name


def _timeline(story: Story) -> Iterator[tuple[float, str]]:
    for note in story.encounter.notes:
        author = f", {note.author}" if note.author else ""
        yield instant(note.recorded_at), f"{_when(note.recorded_at)}  {note.kind}{author}"
    for life in story.lives:
        for turn in life.turns:
            line = f"{_when(turn.at)}    {turn.kind.value} {_name(life)}: {turn.reason}"
            yield instant(turn.at), line


def _when(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M") if moment else "-" * 16
