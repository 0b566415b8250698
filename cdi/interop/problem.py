"""What a reader has to say besides the encounters it yields."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cdi.errors import InputError

_LONGEST_KEY = 40


class InputNotice(InputError):
    """Worth telling, but nothing was lost: a skipped file, a guessed encoding, an empty note."""

    code = "input_notice"


Report = Callable[[InputError], None]
"""Receives each problem as it is met; an :class:`InputNotice` is no failure."""


def field_place(loc: Iterable[str | int]) -> str:
    """Return ``notes[2].text`` for ``("notes", 2, "text")``.

    A key that is no plain name may be a piece of a text and is not repeated.
    """
    place = ""
    for part in loc:
        if isinstance(part, int):
            place += f"[{part}]"
        else:
            plain = part.isascii() and part.isidentifier() and len(part) <= _LONGEST_KEY
            place = join_places(place, part if plain else "(unnamed)")
    return place


def join_places(before: str, after: str) -> str:
    """Return ``notes[2].text`` for ``notes[2]`` and ``text``; either may be empty."""
    return f"{before}.{after}" if before and after else before or after
