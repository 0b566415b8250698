"""Q23: the question goes to somebody who can answer it.

What it checks:
    The recipient, where one is named, wrote a note of this encounter as a treating provider.
Why:
    Only who treats the patient can say what was found.
Violating:
    A question to a consultant who never saw the patient in this stay.
Compliant:
    The author of the note that is quoted, or the attending.
Source:
    ICD-10-CM Official Guidelines, section I.B.14.
"""

from __future__ import annotations

from collections.abc import Iterator

from cdi.compliance.draft import Draft
from cdi.domain.encounter import Role
from cdi.domain.letter import Level, Violation

RULES = ("Q23",)
LEVEL = Level.WARN


def check(draft: Draft) -> Iterator[Violation]:
    """Yield a warning if the recipient wrote nothing in this encounter.

    It only warns: an attending may not have written yet.
    """
    recipient = draft.letter.recipient
    notes = draft.encounter.notes
    authors = {_name(note.author) for note in notes if note.role is Role.PROVIDER}
    if recipient and any(authors) and _name(recipient) not in authors:
        why = "The recipient wrote no note of this encounter."
        fix = "Address the author of the note that is quoted, or the attending."
        yield Violation("Q23", "recipient", recipient, why, fix, LEVEL)


def _name(author: str) -> str:
    """Return a name alone: feeds write "Dr. A. Reed, Cardiology", accounts "Dr. A. Reed"."""
    return author.partition(",")[0].strip().casefold()
