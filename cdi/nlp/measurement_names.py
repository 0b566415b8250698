"""Which analyte a name in a text means, and which names are none."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from itertools import pairwise, repeat
from re import Pattern
from typing import NamedTuple

import numpy as np

from cdi.nlp import measurement_grammar as grammar
from cdi.nlp.folding import fold_pattern
from cdi.nlp.gate import JoinedHits
from cdi.nlp.joined import JoinedTexts, bounds_of
from cdi.nlp.loops.kinds import code_points
from cdi.nlp.loops.names import BUCKETS, DOSE, FILLER, WHOLE, Symbols, find_names
from cdi.nlp.loops.words import word_table
from cdi.rules.measurement_wording import OxygenWords, Phrases
from cdi.rules.measurements import Analyte, Analytes, Panel

_SHORT = 3  # letters of an abbreviation that counts in capitals only
_FLUID_REACH = 80  # characters a fluid still governs behind the sentence of its last value
_GROUP_REACH = 120  # characters a blood gas governs
_BLOOD = re.compile(r"\b(?:serum|blood|plasma)\b", re.IGNORECASE)


class Column:
    """An analyte as the reader needs it: its units with their ranges and spellings.

    ``read`` are the analytes of which values may be read with its own.
    """

    __slots__ = ("_ranges", "analyte", "bare", "feet", "id", "read", "units")

    def __init__(
        self, analyte: Analyte, spellings: dict[str, Phrases], oxygen: OxygenWords
    ) -> None:
        beside = {oxygen.flow, oxygen.fraction} if analyte.oxygen else set[str]()
        before = {analyte.preceded_by} if analyte.preceded_by else set[str]()
        self.read = frozenset({analyte.id} | beside | before)
        self.analyte, self.id = analyte, analyte.id
        self.units = grammar.unit_patterns(analyte, spellings)
        self._ranges = {unit: use.range for unit, use in analyte.units.items()}
        self.bare = [(*use.bare, unit) for unit, use in analyte.units.items() if use.bare]
        self.feet = {"ft", "in"} <= analyte.units.keys()

    def bare_unit(self, low: float, high: float) -> str | None:
        """Return the unit numbers without one are in, if there is exactly one."""
        for lowest, highest, unit in self.bare:
            if lowest <= low and high <= highest:
                return unit
        return None

    def canonical(self, value: float, unit: str) -> float | None:
        """Return a value in the canonical unit, or None outside human range."""
        low, high = self._ranges[unit]
        if not low <= value <= high:
            return None
        return value if unit == self.analyte.unit else self.analyte.canonical(value, unit)


class Sense(NamedTuple):
    """One meaning of a name.

    Attributes:
        columns: the analytes whose values stand behind it, in order.
        least: how many of them there must be.
        separator: what stands between two of them.
        series: a slash leads to a later value of the same analyte.
        needs_unit: a number without a unit does not count.
        group: the group of its analytes; ``grouped`` if it means them only within the group.
        open_ended, descending, reversible: see :class:`cdi.rules.measurements.Panel`.
    """

    columns: tuple[Column, ...]
    least: int = 1
    separator: Pattern[str] = grammar.SLASH
    series: bool = False
    needs_unit: bool = False
    group: str | None = None
    grouped: bool = False
    open_ended: bool = False
    descending: bool = False
    reversible: bool = False


class Meanings(NamedTuple):
    """Everything a name can mean at one place.

    ``ahead`` are meanings whose value follows the name, ``behind`` those whose value precedes it.
    ``support`` is a way of giving oxygen, which may stand between a saturation and its value,
    ``fluid`` a specimen other than blood. The others say what to look out for: a group, meanings
    within a group only, analytes of other fluids too, oxygen beside the value. ``analytes`` are
    those of which a value may be read where the name stands.
    """

    ahead: tuple[Sense, ...]
    behind: tuple[Sense, ...]
    support: bool
    fluid: bool
    group: str | None
    grouped: bool
    in_fluids: bool
    oxygen: bool
    analytes: frozenset[str]

    def limited(self, ahead: Iterable[Sense]) -> Meanings:
        """Return them with some only of those whose value follows the name."""
        left = tuple(ahead)
        return self._replace(ahead=left, analytes=_analytes((*left, *self.behind)))


class Found(NamedTuple):
    """A name in the text."""

    start: int
    end: int
    meanings: Meanings


_new = tuple.__new__  # what the class would call


class Names:
    """The names of all analytes and panels, and the phrases that only look like one."""

    def __init__(self, analytes: Analytes) -> None:
        wording, spellings = analytes.wording, dict(analytes.spellings)
        oxygen = wording.oxygen
        self.columns = {id_: Column(a, spellings, oxygen) for id_, a in analytes.items()}
        self.flow = self.columns[oxygen.flow]
        self.fraction = self.columns[oxygen.fraction]
        words, symbols = _Collection(), _Collection()
        for analyte in analytes.values():
            self._add(analyte, words, symbols)
        for panel in analytes.panels.values():
            sense = self._panel(panel)
            for name in panel.names:
                words.ahead[fold_pattern(name)].append(sense)
            for symbol in panel.symbols:
                symbols.ahead[symbol].append(sense)
        for phrase in wording.fluids:
            # "UA" in small letters is part of half the words there are
            short = phrase.isupper() and len(phrase) <= _SHORT
            (symbols if short else words).fluids.add(phrase if short else fold_pattern(phrase))
        for phrases in wording.oxygen.support.values():
            words.support.update(fold_pattern(p) for p in phrases if len(p) > _SHORT)
            symbols.support.update(p for p in phrases if p[0].isupper() and len(p) <= _SHORT)
        words.others.update(map(fold_pattern, wording.not_names))
        words.others -= symbols.ahead.keys()
        self._phrases, of_phrases = words.meanings()
        texts, of_symbols = symbols.meanings()
        self._meanings = [*of_phrases, *of_symbols]
        self._plain = {n for n, m in enumerate(self._meanings) if not (m.fluid or m.grouped)}
        doses, fillers = (frozenset(map(str.lower, of)) for of in (wording.dose, wording.fillers))
        self._symbols = symbol_table(texts, len(of_phrases), doses, fillers)

    def patterns(self) -> list[str]:
        """Return every phrase the gate must look for, as it folds it.

        Short names that count in certain capitals only ("K", "Na") are not among them: a gate
        that ignores case would find them in every other word.
        """
        return list(self._phrases)

    def _add(self, analyte: Analyte, words: _Collection, symbols: _Collection) -> None:
        columns, series = [self.columns[analyte.id]], analyte.after_slash == "series"
        if analyte.after_slash != "series":
            columns += [self.columns[other] for other in analyte.after_slash]
        sense = Sense(tuple(columns), series=series, group=analyte.group)
        for name in analyte.names:
            needs_unit = name in analyte.needs_unit
            words.ahead[fold_pattern(name)].append(sense._replace(needs_unit=needs_unit))
        for symbol in analyte.symbols:
            needs_unit = symbol in analyte.needs_unit
            symbols.ahead[symbol].append(sense._replace(needs_unit=needs_unit))
        for name in analyte.group_names:
            words.ahead[fold_pattern(name)].append(sense._replace(grouped=True))
        for name in analyte.after_value:
            behind = Sense((self.columns[analyte.id],), needs_unit=True)
            if name in analyte.symbols:
                symbols.behind[name].append(behind)
            else:
                words.behind[fold_pattern(name)].append(behind)
        words.others.update(map(fold_pattern, analyte.not_names))

    def _panel(self, panel: Panel) -> Sense:
        return Sense(
            tuple(self.columns[analyte] for analyte in panel.analytes),
            least=panel.at_least,
            separator=grammar.separator(panel.separators),
            open_ended=panel.open_ended,
            descending=panel.descending,
            reversible=panel.reversible,
            group=panel.group,
        )

    def find(self, texts: JoinedTexts, hits: JoinedHits) -> list[list[Found]]:
        """Return the names that count in each text, without overlaps.

        The earlier counts and, of those that begin at a place, the longest.

        Args:
            texts: the notes.
            hits: of :meth:`patterns`.
        """
        names, bounds = find_names(
            texts.codes, texts.kinds, texts.bounds, hits.columns, hits.bounds, self._symbols
        )
        numbers, starts, ends = names.tolist()
        meanings = map(self._meanings.__getitem__, numbers)
        found = list(map(_new, repeat(Found), zip(starts, ends, meanings, strict=True)))
        of_texts = zip(texts.texts, pairwise(bounds.tolist()), strict=True)
        return [
            found[first:last]
            if self._plain.issuperset(numbers[first:last])
            else _by_context(found[first:last], text)
            for text, (first, last) in of_texts
        ]


def symbol_table(
    texts: Sequence[str], first: int, doses: Set[str], fillers: Iterable[str]
) -> Symbols:
    """Return symbols as the loop takes them, numbered from ``first`` on."""
    order = sorted(range(len(texts)), key=lambda at: (ord(texts[at][0]) % BUCKETS, -len(texts[at])))
    ordered = [texts[at] for at in order]
    buckets = [ord(text[0]) % BUCKETS for text in ordered]
    bits = [text[-1].isalnum() * WHOLE | (text.lower() in doses) * DOSE for text in ordered]
    return Symbols(
        buckets=np.searchsorted(buckets, np.arange(BUCKETS + 1)),
        numbers=np.array(order, dtype=np.int64) + first,
        firsts=bounds_of(ordered),
        seconds=np.array([_second(text) for text in ordered], dtype=np.uint32),
        codes=code_points("".join(ordered)),
        bits=np.array(bits, dtype=np.uint8),
        words=word_table(dict.fromkeys(fillers, (FILLER, 0))),
    )


def _second(symbol: str) -> int:
    return ord(symbol[1]) if len(symbol) > 1 and symbol[1] != " " else 0


class _Collection:
    """Names by their text while they are gathered."""

    def __init__(self) -> None:
        self.ahead: defaultdict[str, list[Sense]] = defaultdict(list)
        self.behind: defaultdict[str, list[Sense]] = defaultdict(list)
        self.fluids: set[str] = set()
        self.support: set[str] = set()
        self.others: set[str] = set()

    def meanings(self) -> tuple[list[str], list[Meanings]]:
        """Return the texts in order and what each means."""
        texts = sorted({*self.ahead, *self.behind, *self.fluids, *self.support, *self.others})
        return texts, [self._meaning(text) for text in texts]

    def _meaning(self, text: str) -> Meanings:
        ahead = tuple(dict.fromkeys(self.ahead.get(text, ())))
        behind = tuple(dict.fromkeys(self.behind.get(text, ())))
        analytes = [sense.columns[0].analyte for sense in ahead]
        return Meanings(
            ahead=ahead,
            behind=behind,
            support=text in self.support,
            fluid=text in self.fluids and not ahead,
            group=next((s.group for s in ahead if s.group and not s.grouped), None),
            grouped=any(sense.grouped for sense in ahead),
            in_fluids=any(analyte.in_fluids for analyte in analytes),
            oxygen=any(analyte.oxygen for analyte in analytes),
            analytes=_analytes((*ahead, *behind)),
        )


def _analytes(senses: Iterable[Sense]) -> frozenset[str]:
    return frozenset[str]().union(*(column.read for sense in senses for column in sense.columns))


def _by_context(found: list[Found], text: str) -> list[Found]:
    """Leave to each name the meanings it can have after a blood gas, in urine, or elsewhere."""
    result: list[Found] = []
    group: str | None = None
    group_end = fluid_end = 0
    for name in found:
        start, end, meanings = name
        if meanings.fluid:
            fluid_end = max(fluid_end, _sentence_end(text, end))
        elif meanings.ahead:
            if meanings.grouped:
                meanings = _in_group(meanings, group if start < group_end else None)
            group, group_end = meanings.group, end + _GROUP_REACH
            if start < fluid_end:
                if not meanings.in_fluids or _BLOOD.search(text, max(0, start - 8), end):
                    fluid_end = 0
                else:
                    fluid_end = max(fluid_end, _sentence_end(text, end) + _FLUID_REACH)
                    blood = (s for s in meanings.ahead if not s.columns[0].analyte.in_fluids)
                    meanings = meanings.limited(blood)
            if meanings is not name.meanings:
                name = Found(start, end, meanings)
        result.append(name)
    return result


def _in_group(meanings: Meanings, group: str | None) -> Meanings:
    within = tuple(sense for sense in meanings.ahead if sense.grouped and sense.group == group)
    if within:
        return meanings.limited(within)._replace(group=group)
    return meanings.limited(sense for sense in meanings.ahead if not sense.grouped)


def _sentence_end(text: str, start: int) -> int:
    """Return about where the sentence ends: at ". " or at the end of the line."""
    ends = [end for end in (text.find(". ", start), text.find("\n", start)) if end >= 0]
    return min(ends, default=len(text))
