"""A letter that somebody else changed while it was edited: who, when, and what differs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cdi.domain.query import UNSENT
from cdi.web.difference import PartDifference, compare_edits
from cdi.web.letter_view import read_edit
from cdi.web.visit import Visit
from cdi.workflow.charts import QueryFile
from cdi.workflow.directory import name_people
from cdi.workflow.letter_conflict import CarriedEdit, carry_edit


@dataclass(frozen=True, slots=True)
class LetterConflict:
    """What the page tells of a conflict.

    Attributes:
        what: "Changed", or what else became of the letter.
        to: names of the recipients where theirs is another than the one that was chosen here.
        lost: texts of facts that are no longer in the record.
    """

    query_id: str
    what: str
    who: str
    at: datetime
    sent: bool
    to: tuple[str, str] | None
    parts: list[PartDifference]
    lost: tuple[str, ...]


def read_carried(visit: Visit, query_id: str) -> CarriedEdit:
    """Return the edit that was posted, on the letter as it is now.

    Raises:
        InputError: it is not a form of this letter.
        NotFound, NotAllowed: as the permissions say.
    """
    edit = read_edit(visit)
    return carry_edit(visit.desk, visit.actor, query_id, edit, visit.number("revision"))


def tell_conflict(visit: Visit, file: QueryFile, carried: CarriedEdit) -> LetterConflict | None:
    """Return what somebody else did since the form was opened; None if nobody did anything."""
    query = file.query
    if query.version == visit.number("version"):
        return None
    chosen, theirs = visit.text("recipient"), query.recipient_id or ""
    names = name_people(visit.desk, [query.changed_by, chosen, theirs])
    sent = query.state not in UNSENT
    return LetterConflict(
        query_id=query.id,
        what=query.state.value.capitalize() if sent else "Changed",
        who=names[query.changed_by],
        at=query.changed_at,
        sent=sent,
        to=(names.get(theirs, "nobody"), names[chosen]) if chosen and chosen != theirs else None,
        parts=compare_edits(carried),
        lost=carried.lost,
    )
