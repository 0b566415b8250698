"""A text file: one note."""

from __future__ import annotations

from collections.abc import Iterator

from cdi.domain.encounter import Encounter, Note
from cdi.interop.files.source import Placed, Source


def read_note(source: Source) -> Iterator[Placed]:
    """Yield the whole content as an encounter of one note; an empty one is reported.

    Raises:
        InputError: the content is no text, see :meth:`Source.text`.
    """
    encounter = single_note(source, source.stem, source.text())
    if encounter is not None:
        yield Placed(encounter, source.name, None)


def single_note(
    source: Source, identifier: str, text: str, line: int | None = None
) -> Encounter | None:
    """Return an encounter of one note with the same id, or None if the text is blank."""
    if not text.strip():
        source.fail("the note is empty", line=line)
        return None
    note = Note(identifier, source.mend(text, line=line))
    return Encounter(identifier, notes=(note,))
