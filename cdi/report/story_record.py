"""The story of a stay as plain JSON values."""

from __future__ import annotations

from typing import Any

from cdi.domain.finding import QueryType
from cdi.domain.story import Life, Story, Turn
from cdi.domain.timeline import last_recorded
from cdi.report.record import pointer_record

# A diagnosis that is not named at all lacks more than its axes; neither is one that is doubted
# or contradicted a matter of axes.
_ASKS_AXES = frozenset({QueryType.SPECIFICITY, QueryType.CAUSE, QueryType.POA, QueryType.PROCEDURE})


def story_record(story: Story, as_of: str | None = None) -> dict[str, Any]:
    """Return a story as one line: what is open, and what was open earlier and is resolved.

    Args:
        story: the story.
        as_of: how the reader wrote the moment; without it the time of the last entry is told.
    """
    last = last_recorded(story.encounter)
    lives = {life.id: life for life in story.lives}
    opened = [life for life in lives.values() if life.open]
    order = {id(finding): place for place, finding in enumerate(story.review.findings)}
    opened.sort(key=lambda life: order.get(id(life.finding), len(order)))
    return {
        "id": story.encounter.source or story.encounter.id,
        "encounter": story.encounter.id,
        "as_of": as_of or (last.isoformat() if last else None),
        "open": [
            {**_asked(life), "id": life.id, "copies": life.copies, "life": _turns(life)}
            for life in opened
        ],
        "resolved": [
            {
                "condition": life.condition,
                **({"about": life.about} if life.about else {}),
                "id": life.id,
                "life": _turns(life),
            }
            for life in story.resolved
        ],
        "onsets": [
            {
                "condition": onset.condition,
                "present_on_admission": onset.presence.value,
                "reason": onset.reason,
                "at": onset.at.isoformat(),
                "evidence": pointer_record(onset.evidence),
            }
            for onset in story.onsets
        ],
        "not_carried": [
            {
                "condition": dropped.condition,
                "note": dropped.note,
                "author": dropped.author,
                "at": dropped.at.isoformat() if dropped.at else None,
                "evidence": pointer_record(dropped.words),
            }
            for dropped in story.dropped
        ],
        "exposures": [
            {
                "kind": exposure.kind.value,
                "name": exposure.name,
                "begin": exposure.begin.isoformat(),
                "end": exposure.end.isoformat() if exposure.end else None,
                "source": exposure.source,
            }
            for exposure in story.exposures
        ],
    }


def _asked(life: Life) -> dict[str, Any]:
    finding = life.finding
    return {
        "condition": finding.condition,
        "type": finding.type.value,
        "missing": list(finding.missing) if finding.type in _ASKS_AXES else [],
        **({"about": life.about} if life.about else {}),
        "finding": finding.id,
        "priority": finding.priority.value,
    }


def _turns(life: Life) -> list[dict[str, Any]]:
    return [_turn(turn) for turn in life.turns]


def _turn(turn: Turn) -> dict[str, Any]:
    return {
        "turn": turn.kind.value,
        "at": turn.at.isoformat() if turn.at else None,
        "type": turn.type.value,
        "missing": list(turn.missing),
        "reason": turn.reason,
        "note": turn.note,
        "author": turn.author,
        "evidence": [pointer_record(pointer) for pointer in turn.evidence],
    }
