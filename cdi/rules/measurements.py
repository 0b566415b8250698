"""What can be measured: the schema and loader of ``models/measurements``.

An analyte says how notes name it, which units it may come in, what a living adult can have in
each unit, and its reference limits. The comments at the top of ``chemistry.yaml`` explain every
key to rule authors.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from math import inf
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, Field, model_validator

from cdi.rules.loader import Document, Strict, did_you_mean, read_document, validate
from cdi.rules.measurement_wording import Phrases, Wording
from cdi.rules.units import UNITS, UnitError, are_convertible, convert, identify

_Entry = TypeVar("_Entry")
Sex = Literal["female", "male"]


def _ordered(bounds: tuple[float, float]) -> tuple[float, float]:
    if bounds[0] >= bounds[1]:
        raise ValueError("expected the lower bound first, then the higher one")
    return bounds


Bounds = Annotated[tuple[float, float], AfterValidator(_ordered)]


class UnitUse(Strict):
    """How one analyte uses one unit.

    Attributes:
        range: what a living adult can have; a value outside is dropped.
        bare: where a number written without a unit is certainly in this unit.
        also_written: spellings besides those of ``units.yaml``.
        only_written: spellings instead of those of ``units.yaml``.
    """

    range: Bounds
    bare: Bounds | None = None
    also_written: Phrases = ()
    only_written: Phrases | None = None


class Limits(Strict):
    """Adult reference limits; without a sex they hold for everybody."""

    sex: Sex | None = None
    low: float | None = None
    high: float | None = None


class Analyte(Strict):
    """Something that is measured; ``id`` is its key in the file."""

    id: str
    title: str
    names: Phrases
    symbols: Phrases = ()
    needs_unit: Phrases = ()
    after_value: Phrases = ()
    group: str | None = None
    group_names: Phrases = ()
    not_names: Phrases = ()
    loinc: Phrases = ()
    unit: str
    units: dict[str, UnitUse]
    molar_mass: float | None = Field(None, gt=0)
    valence: int | None = Field(None, ge=1, le=3)
    limits: tuple[Limits, ...] = ()
    source: str = ""
    variant_of: str | None = None
    after_slash: Literal["series"] | Phrases = ()
    out_of: int | None = None
    neutral: Phrases = ()
    in_fluids: bool = False
    oxygen: bool = False
    hundreds: bool = False
    preceded_by: str | None = None
    usual_goals: tuple[Bounds, ...] = ()

    @model_validator(mode="after")
    def _units_fit(self) -> Analyte:
        for unit in self.units:
            if unit not in UNITS:
                raise ValueError(f"unknown unit `{unit}`{did_you_mean(unit, UNITS)}")
        if self.unit not in self.units:
            raise ValueError(f"the canonical unit `{self.unit}` must be among `units`")
        for unit in self.units:
            if not are_convertible(unit, self.unit, self.molar_mass, self.valence):
                raise ValueError(f"`{unit}` cannot be converted to `{self.unit}`")
        return self

    @model_validator(mode="after")
    def _bare_numbers_have_one_unit(self) -> Analyte:
        bare = sorted((use.bare, unit) for unit, use in self.units.items() if use.bare)
        for (lower, one), (upper, other) in pairwise(bare):
            if upper[0] <= lower[1]:
                raise ValueError(f"the bare ranges of `{one}` and `{other}` overlap")
        return self

    @model_validator(mode="after")
    def _names_and_limits_fit(self) -> Analyte:
        for symbol in self.symbols:
            if not symbol[:1].isupper():
                raise ValueError(f"the symbol `{symbol}` must begin with a capital letter")
        if self.limits and not self.source:
            raise ValueError("reference limits need a `source`")
        unknown = set(self.needs_unit) - set(self.names) - set(self.symbols)
        if unknown:
            raise ValueError(f"`needs_unit` holds `{min(unknown)}`, which is not among its names")
        return self

    def canonical(self, value: float, unit: str) -> float | None:
        """Return a value in the canonical unit, or None if it cannot be used.

        A value without a unit is used only where its unit is beyond doubt; a value in an unknown
        or foreign unit, or outside the human range, is never guessed at.
        """
        if not unit.strip():
            name = self.bare_unit(value)
        else:
            try:
                name = identify(unit)
            except UnitError:
                return None
        use = self.units.get(name) if name else None
        if name is None or use is None or not use.range[0] <= value <= use.range[1]:
            return None
        converted = self.convert(value, name)
        return converted if self.plausible(converted) else None

    def convert(self, value: float, unit: str) -> float:
        """Return a value in the canonical unit, whatever its size.

        Raises:
            UnitError: the unit is unknown or measures something else.
        """
        return convert(value, unit, self.unit, self.molar_mass, self.valence)

    def bare_unit(self, value: float) -> str | None:
        """Return the one unit a number without a unit can be in, if there is one."""
        for unit, use in self.units.items():
            if use.bare and use.bare[0] <= value <= use.bare[1]:
                return unit
        return None

    def plausible(self, value: float) -> bool:
        """Tell whether a value in the canonical unit can be that of a living adult."""
        low, high = self.units[self.unit].range
        return low <= value <= high

    def reference_low(self, sex: str | None = None) -> float:
        """Return the lower reference limit; of both sexes' the lower one, and -inf without one."""
        return min((x.low for x in self._limits(sex) if x.low is not None), default=-inf)

    def reference_high(self, sex: str | None = None) -> float:
        """Return the upper reference limit; of both sexes' the higher one, and inf without one."""
        return max((x.high for x in self._limits(sex) if x.high is not None), default=inf)

    def _limits(self, sex: str | None) -> list[Limits]:
        own = [x for x in self.limits if x.sex in (None, sex)]
        return own or list(self.limits)


class Panel(Strict):
    """Several analytes written in a row under one name ("BP 120/80").

    Attributes:
        analytes: what the numbers are, in order.
        at_least: how many numbers there must be.
        separators: what may stand between the numbers.
        open_ended: further numbers are allowed and ignored.
        descending: each number is lower than the one before.
        reversible: where the numbers do not fit in this order, the reverse order is tried.
        group: see :class:`Analyte`.
    """

    names: Phrases
    symbols: Phrases = ()
    analytes: Phrases
    at_least: int = 1
    separators: Phrases = ("/", "&", ",", "and", "over")
    open_ended: bool = False
    descending: bool = False
    reversible: bool = False
    group: str | None = None


class MeasurementFile(Strict):
    """One file of ``models/measurements``."""

    analytes: dict[str, Analyte] = Field(default_factory=dict)
    panels: dict[str, Panel] = Field(default_factory=dict)
    units: dict[str, Phrases] = Field(default_factory=dict)
    reading: Wording | None = None

    @model_validator(mode="before")
    @classmethod
    def _name_analytes(cls, data: object) -> object:
        """Give each analyte its key as ``id``."""
        if not isinstance(data, dict) or not isinstance(data.get("analytes"), dict):
            return data
        named = {
            key: {**body, "id": key} if isinstance(body, dict) else body
            for key, body in data["analytes"].items()
        }
        return {**data, "analytes": named}


class Analytes(Mapping[str, Analyte]):
    """Every analyte by id, with what is needed to find them in notes and feeds.

    Attributes:
        panels: rows of analytes with a common name.
        spellings: how notes write each unit.
        wording: the words around values.
    """

    def __init__(
        self,
        analytes: Mapping[str, Analyte],
        panels: Mapping[str, Panel],
        spellings: Mapping[str, Phrases],
        wording: Wording,
    ) -> None:
        self._analytes = dict(analytes)
        self.panels, self.spellings, self.wording = panels, spellings, wording
        self._families: dict[str, tuple[str, ...]] = {}
        for variant in analytes.values():
            if variant.variant_of:
                root = variant.variant_of
                self._families[root] = (*self._families.get(root, (root,)), variant.id)
        self._by_loinc = {code: a for a in analytes.values() for code in a.loinc}
        self._by_name: dict[str, Analyte] = {}
        for analyte in analytes.values():
            for name in (analyte.id, analyte.title, *analyte.names):
                self._by_name.setdefault(name.casefold(), analyte)
        for analyte in analytes.values():
            for symbol in analyte.symbols:
                self._by_name.setdefault(symbol, analyte)

    def __getitem__(self, analyte: str) -> Analyte:
        """Return the analyte with this id."""
        return self._analytes[analyte]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the ids."""
        return iter(self._analytes)

    def __len__(self) -> int:
        """Return the number of analytes."""
        return len(self._analytes)

    def by_loinc(self, code: str) -> Analyte | None:
        """Return the analyte a LOINC code stands for."""
        return self._by_loinc.get(code)

    def by_name(self, name: str) -> Analyte | None:
        """Return the analyte of an id, a title, a name in any case or a symbol ("Na")."""
        name = name.strip()
        return self._by_name.get(name) or self._by_name.get(name.casefold())

    def family(self, analyte: str) -> tuple[str, ...]:
        """Return an analyte's id and those of its variants ("troponin" and its assays)."""
        return self._families.get(analyte, (analyte,))


def load_analytes(folder: Path) -> Analytes:
    """Read every file of ``models/measurements``.

    Raises:
        RuleError: a file is wrong; the message names file, line, key and the likely spelling.
    """
    documents = [read_document(path) for path in sorted(folder.glob("*.yaml"))]
    files = [(document, validate(MeasurementFile, document)) for document in documents]
    analytes: dict[str, Analyte] = {}
    panels: dict[str, Panel] = {}
    spellings: dict[str, Phrases] = {}
    wording: Wording | None = None
    for document, file in files:
        _add(analytes, file.analytes, document, "analytes")
        _add(panels, file.panels, document, "panels")
        _add(spellings, file.units, document, "units")
        if file.reading is not None:
            if wording is not None:
                raise document.error("`reading` stands in another file too", ["reading"])
            wording = file.reading
    codes: dict[str, str] = {}
    claims: dict[str, list[Analyte]] = {}
    for document, file in files:
        _check_references(document, file, analytes)
        _check_codes(document, file, codes)
        _check_names(document, file, claims)
    if wording is None:
        raise Document(folder, {}, {}).error("no file holds the key `reading`")
    return Analytes(analytes, panels, spellings, wording)


def _add(
    known: dict[str, _Entry], more: Mapping[str, _Entry], document: Document, key: str
) -> None:
    for name, entry in more.items():
        if name in known:
            raise document.error(f"`{name}` is defined in another file too", [key, name])
        known[name] = entry


def _check_references(
    document: Document, file: MeasurementFile, analytes: Mapping[str, Analyte]
) -> None:
    """Raise if a file names an analyte or a unit that does not exist."""
    references: list[tuple[str, tuple[str, ...]]] = []
    for name, analyte in file.analytes.items():
        at = ("analytes", name)
        if analyte.after_slash != "series":
            references += [(other, (*at, "after_slash")) for other in analyte.after_slash]
        references += [
            (other, (*at, key))
            for key in ("variant_of", "preceded_by")
            if (other := getattr(analyte, key)) is not None
        ]
    for name, panel in file.panels.items():
        references += [(other, ("panels", name, "analytes")) for other in panel.analytes]
    if file.reading is not None:
        oxygen = file.reading.oxygen
        references += [(oxygen.flow, ("reading", "oxygen", "flow"))]
        references += [(oxygen.fraction, ("reading", "oxygen", "fraction"))]
    for other, where in references:
        if other not in analytes:
            hint = did_you_mean(other, analytes)
            raise document.error(f"there is no analyte `{other}`{hint}", where)
    for unit in file.units:
        if unit not in UNITS:
            hint = did_you_mean(unit, UNITS)
            raise document.error(f"unknown unit `{unit}`{hint}", ["units", unit])


def _check_codes(document: Document, file: MeasurementFile, codes: dict[str, str]) -> None:
    for name, analyte in file.analytes.items():
        for code in analyte.loinc:
            if codes.setdefault(code, name) != name:
                message = f"the LOINC code {code} is that of `{codes[code]}` too"
                raise document.error(message, ["analytes", name, "loinc"])


def _check_names(
    document: Document, file: MeasurementFile, claims: dict[str, list[Analyte]]
) -> None:
    """Raise if two analytes share a name and nothing tells their values apart."""
    for analyte in file.analytes.values():
        for name in (*analyte.names, *analyte.symbols):
            for other in claims.setdefault(name.casefold(), []):
                shared = set(analyte.units) & set(other.units)
                both_bare = not any(name in a.needs_unit or not _bare(a) for a in (analyte, other))
                if other.id != analyte.id and (shared or both_bare):
                    raise document.error(
                        f"`{name}` is a name of `{other.id}` too, and a value does not tell which",
                        ["analytes", analyte.id, "names"],
                    )
            claims[name.casefold()].append(analyte)


def _bare(analyte: Analyte) -> bool:
    return any(use.bare for use in analyte.units.values())
