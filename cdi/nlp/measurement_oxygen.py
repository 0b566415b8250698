"""How oxygen was given when a saturation or a blood gas was measured."""

from __future__ import annotations

import re
from typing import NamedTuple

from cdi.nlp.measurement_grammar import OxygenPatterns
from cdi.nlp.measurement_names import Column
from cdi.nlp.numerals import is_spoken, to_number

_AROUND = 48
_SHORTEST = 2
_BOTH = re.compile(r"\s*(?:-|to)\s*")


class Oxygen(NamedTuple):
    """What was said of oxygen: the qualifier and, if a number was given, where it stands.

    ``column`` is the analyte the number is a value of; ``end`` is where the words end.
    """

    qualifier: str
    end: int
    column: Column | None = None
    value: float = 0.0
    start: int = 0
    stop: int = 0


class OxygenReader:
    """Reads oxygen flow, fraction and device beside the values of one note."""

    def __init__(self, text: str, patterns: OxygenPatterns, flow: Column, fraction: Column) -> None:
        self._text, self._patterns = text, patterns
        self._flow, self._fraction = flow, fraction

    def behind(self, stop: int, limit: int) -> Oxygen | None:
        """Return what follows a value ("86 % on 2 L")."""
        match = self._patterns.beside.match(self._text, stop, limit)
        if match is None:
            return None
        device = match["support"] or match["without"] or match["direct"]
        if device:
            return Oxygen(self._kind(device), match.end())
        if match["fraction"]:
            return self._number(match, "fraction", self._fraction, "%")
        group = "flow" if match["flow"] else "near"
        return self._number(match, group, self._flow, "L/min")

    def before(self, link: str, name: int, sentence: int) -> str:
        """Return what stands before the name or between it and the value ("room air sat 86 %")."""
        match = self._patterns.within.search(link) if len(link) >= _SHORTEST else None
        if match is None:
            match = self._patterns.before.search(self._text, max(sentence, name - _AROUND), name)
        if match is None:
            return ""
        number = self._read(match["flow"]) if match["flow"] else None
        return self._kind(match["support"]) if number is None else f"{number:g} L"

    def _number(self, match: re.Match[str], group: str, column: Column, unit: str) -> Oxygen | None:
        number = self._read(match[group])
        value = None if number is None else column.canonical(number, unit)
        if value is None or number is None:
            return None
        shown = f"{number:g} %" if unit == "%" else f"{number:g} L"
        return Oxygen(shown, match.end(), column, value, match.start(group), match.end(group))

    def _read(self, written: str) -> float | None:
        return to_number(_BOTH.split(written)[0] if not is_spoken(written) else written)

    def _kind(self, device: str) -> str:
        return self._patterns.support[" ".join(re.split(r"[\s-]+", device))]
