"""Clinical units and the conversions between them.

Units carry the names US charts use, close to UCUM ("mg/dL", "10*3/uL", "mmHg", "degF"); the UCUM
codes and laboratory spellings that data feeds send ("mm[Hg]", "[degF]", "K/uL") are aliases.
pint does the arithmetic on a registry of clinical units only, because its default registry reads
"C" as coulomb and "l" as nothing. pint is imported at the first conversion, and each pair of units
is worked out once: a note full of values costs a multiplication per value.
"""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from cdi.errors import CdiError
from cdi.rules.loader import did_you_mean


class UnitError(CdiError):
    """A unit is unknown, or a value cannot be converted to the unit asked for."""

    code = "unit"


class Unit(NamedTuple):
    """A unit: the expression pint knows it by, what it measures, and its other names."""

    expression: str
    kind: str
    aliases: tuple[str, ...] = ()


MASS_CONCENTRATION = "mass concentration"
AMOUNT_CONCENTRATION = "amount concentration"
CHARGE_CONCENTRATION = "charge concentration"

# Aliases are compared without regard to case and spaces.
UNITS = MappingProxyType(
    {
        "g/dL": Unit("gram / deciliter", MASS_CONCENTRATION, ("gm/dL", "g%", "gm%")),
        "g/L": Unit("gram / liter", MASS_CONCENTRATION, ("gm/L",)),
        "mg/dL": Unit("milligram / deciliter", MASS_CONCENTRATION, ("mg%", "mg/100mL")),
        "mg/L": Unit("milligram / liter", MASS_CONCENTRATION),
        "ug/dL": Unit("microgram / deciliter", MASS_CONCENTRATION, ("mcg/dL",)),
        "ug/mL": Unit("microgram / milliliter", MASS_CONCENTRATION, ("mcg/mL", "ug/mL{FEU}")),
        "ug/L": Unit("microgram / liter", MASS_CONCENTRATION, ("mcg/L",)),
        "ng/mL": Unit("nanogram / milliliter", MASS_CONCENTRATION, ("ng/mL{FEU}",)),
        "ng/dL": Unit("nanogram / deciliter", MASS_CONCENTRATION),
        "ng/L": Unit("nanogram / liter", MASS_CONCENTRATION),
        "pg/mL": Unit("picogram / milliliter", MASS_CONCENTRATION),
        "mmol/L": Unit("millimole / liter", AMOUNT_CONCENTRATION, ("mM", "mmol/L{H2O}")),
        "umol/L": Unit("micromole / liter", AMOUNT_CONCENTRATION, ("uM", "mcmol/L")),
        "nmol/L": Unit("nanomole / liter", AMOUNT_CONCENTRATION),
        "pmol/L": Unit("picomole / liter", AMOUNT_CONCENTRATION),
        "mEq/L": Unit("milliequivalent / liter", CHARGE_CONCENTRATION),
        "U/L": Unit("unit / liter", "activity concentration", ("IU/L", "[IU]/L", "units/L")),
        "ukat/L": Unit("microkatal / liter", "activity concentration"),
        "IU/mL": Unit("unit / milliliter", "activity concentration", ("U/mL", "[IU]/mL")),
        "mIU/L": Unit(
            "milliunit / liter",
            "activity concentration",
            ("m[IU]/L", "uIU/mL", "u[IU]/mL", "mU/L", "uU/mL"),
        ),
        "10*3/uL": Unit(
            "1000 / microliter",
            "number concentration",
            (
                "10*9/L",
                "10^3/uL",
                "10^9/L",
                "x10*3/uL",
                "x10^3/uL",
                "x10*9/L",
                "x10^9/L",
                "10e3/uL",
                "x10e3/uL",
                "10e9/L",
                "x10e9/L",
                "K/uL",
                "K/mm3",
                "K/cumm",
                "THOUS/uL",
                "Thousand/uL",
                "Giga/L",
                "G/L{cells}",
            ),
        ),
        "10*6/uL": Unit(
            "1000000 / microliter",
            "number concentration",
            ("10*12/L", "10^6/uL", "10^12/L", "x10*6/uL", "x10^6/uL", "M/uL"),
        ),
        "/uL": Unit(
            "1 / microliter",
            "number concentration",
            ("cells/uL", "{cells}/uL", "/mm3", "/cumm", "cells/mm3"),
        ),
        "%": Unit("percent", "fraction", ("percent",)),
        "fraction": Unit("one", "fraction", ("L/L",)),
        "ratio": Unit("one_ratio", "ratio", ("1", "{INR}", "INR", "{ratio}")),
        "score": Unit("point", "score", ("{score}", "points")),
        "pH": Unit("ph_unit", "pH", ("[pH]", "pH units")),
        "mmHg": Unit("millimeter_mercury", "pressure", ("mm[Hg]", "torr")),
        "kPa": Unit("kilopascal", "pressure"),
        "Cel": Unit("degree_celsius", "temperature", ("C", "degC", "\u00b0C")),
        "degF": Unit("degree_fahrenheit", "temperature", ("[degF]", "F", "\u00b0F")),
        "kg": Unit("kilogram", "mass", ("kgs", "kilogram", "kilograms")),
        "g": Unit("gram", "mass", ("gram", "grams")),
        "lb": Unit("pound", "mass", ("[lb_av]", "lbs", "pound", "pounds")),
        "cm": Unit("centimeter", "length"),
        "m": Unit("meter", "length"),
        "in": Unit("inch", "length", ("[in_i]", "inch", "inches", "[in_us]")),
        "ft": Unit("foot", "length", ("[ft_i]", "feet", "[ft_us]")),
        "kg/m2": Unit("kilogram / meter ** 2", "mass per area", ("kg/m^2", "kg/m*2")),
        "/min": Unit("1 / minute", "rate", ("bpm", "{beats}/min", "{breaths}/min", "1/min")),
        "mL": Unit("milliliter", "volume", ("cc",)),
        "L": Unit("liter", "volume"),
        "mL/h": Unit("milliliter / hour", "volume rate", ("mL/hr", "cc/h", "cc/hr")),
        "mL/min": Unit("milliliter / minute", "volume rate"),
        "L/min": Unit("liter / minute", "volume rate", ("lpm", "L/m")),
        "mL/kg/h": Unit(
            "milliliter / kilogram / hour", "volume rate per mass", ("mL/kg/hr", "cc/kg/h")
        ),
        "mL/min/1.73m2": Unit(
            "milliliter / minute / body_surface",
            "volume rate per area",
            ("mL/min/{1.73_m2}", "mL/min/1.73", "mL/min/1.73m^2", "mL/min/{1.73m2}"),
        ),
        "mosm/kg": Unit(
            "milliosmole / kilogram", "osmolality", ("mosm/kg{H2O}", "mmol/kg", "mOsm/kgH2O")
        ),
        "mm/h": Unit("millimeter / hour", "speed", ("mm/hr",)),
        "s": Unit("second", "time", ("sec", "secs", "seconds")),
        "fL": Unit("femtoliter", "volume", ("um3",)),
    }
)

_DEFINITIONS = (
    "femto- = 1e-15",
    "pico- = 1e-12",
    "nano- = 1e-9",
    "micro- = 1e-6",
    "milli- = 1e-3",
    "centi- = 1e-2",
    "deci- = 1e-1",
    "kilo- = 1e3",
    "gram = [mass]",
    "meter = [length]",
    "second = [time]",
    "mole = [amount]",
    "equivalent = [charge]",
    "osmole = [osmotic_amount]",
    "kelvin = [temperature]",
    "point = [points]",
    "ph_unit = [acidity]",
    "one = [fraction]",
    "one_ratio = [ratio]",
    "percent = 0.01 * one",
    "minute = 60 * second",
    "hour = 60 * minute",
    "liter = 0.001 * meter ** 3",
    "pound = 453.59237 * gram",
    "inch = 0.0254 * meter",
    "foot = 12 * inch",
    "pascal = kilogram / meter / second ** 2",
    "millimeter_mercury = 133.322387415 * pascal",
    "katal = mole / second",
    "unit = micromole / minute",
    "body_surface = 1.73 * meter ** 2",
    "degree_celsius = kelvin; offset: 273.15",
    "degree_fahrenheit = 5 / 9 * kelvin; offset: 459.67 * 5 / 9",
)


def identify(unit: str) -> str:
    """Return the project's name of a unit given in any known spelling.

    Raises:
        UnitError: the spelling is not known.
    """
    if unit in UNITS:
        return unit
    name = _aliases().get(_fold(unit))
    if name is None:
        raise UnitError(f"unknown unit `{unit}`{did_you_mean(unit, UNITS)}")
    return name


def are_convertible(
    from_unit: str, to_unit: str, molar_mass: float | None = None, valence: int | None = None
) -> bool:
    """Tell whether :func:`convert` has a way from one unit to the other, without using pint."""
    kinds = {UNITS[identify(from_unit)].kind, UNITS[identify(to_unit)].kind}
    if len(kinds) == 1:
        return True
    if kinds == {CHARGE_CONCENTRATION, AMOUNT_CONCENTRATION}:
        return valence is not None or molar_mass is None
    needed = {MASS_CONCENTRATION: molar_mass, CHARGE_CONCENTRATION: valence}
    return kinds <= {*needed, AMOUNT_CONCENTRATION} and all(
        value is not None for kind, value in needed.items() if kind in kinds
    )


def convert(
    value: float,
    from_unit: str,
    to_unit: str,
    molar_mass: float | None = None,
    valence: int | None = None,
) -> float:
    """Return a value in another unit, to ten significant digits.

    Args:
        value: the number in ``from_unit``.
        from_unit: any known spelling.
        to_unit: any known spelling.
        molar_mass: g/mol of the substance, needed between mass and amount ("mg/dL", "umol/L").
        valence: charge of the ion, needed between equivalents and the others: 2 for Ca and Mg.
            Where neither it nor a molar mass is given, mEq/L and mmol/L are taken as equal, as
            they are for Na, K, Cl and bicarbonate.

    Raises:
        UnitError: a unit is unknown, or the two do not measure the same.
    """
    source, target = identify(from_unit), identify(to_unit)
    if source == target:
        return value
    slope, intercept = _line(source, target, molar_mass, valence)
    # Ten digits hide the rounding of affine units: 98.6 degF is 37 Cel, not 37.00000000000006.
    return float(f"{value * slope + intercept:.10g}")


@lru_cache(maxsize=1024)
def _line(
    source: str, target: str, molar_mass: float | None, valence: int | None
) -> tuple[float, float]:
    """Return slope and intercept of the conversion; all clinical units are affine."""
    if not are_convertible(source, target, molar_mass, valence):
        raise UnitError(_why_not(source, target))
    registry = _registry()
    intercept, one = (
        _through_pint(registry, value, source, target, molar_mass, valence) for value in (0.0, 1.0)
    )
    return one - intercept, intercept


def _through_pint(
    registry: Any,
    value: float,
    source: str,
    target: str,
    molar_mass: float | None,
    valence: int | None,
) -> float:
    start, end = UNITS[source], UNITS[target]
    if end.kind == start.kind:
        if start.expression[0] == "1":  # "1000 / microliter": the number belongs to the value
            ratio = registry(start.expression) / registry(end.expression)
            return value * float(ratio.to_base_units().magnitude)
        quantity = registry.Quantity(value, start.expression)
        return float(quantity.to(end.expression).magnitude)
    quantity = registry.Quantity(value, start.expression)
    to_amount = {
        MASS_CONCENTRATION: registry.Quantity(molar_mass or 1.0, "gram / mole"),
        CHARGE_CONCENTRATION: registry.Quantity(float(valence or 1), "equivalent / mole"),
        AMOUNT_CONCENTRATION: 1.0,
    }
    quantity = quantity / to_amount[start.kind] * to_amount[end.kind]
    return float(quantity.to(end.expression).magnitude)


def _why_not(source: str, target: str) -> str:
    message = f"cannot convert `{source}` to `{target}`"
    kinds = {UNITS[source].kind, UNITS[target].kind}
    if not kinds <= {MASS_CONCENTRATION, AMOUNT_CONCENTRATION, CHARGE_CONCENTRATION}:
        return f"{message}: {UNITS[source].kind} is not {UNITS[target].kind}"
    missing = []
    if MASS_CONCENTRATION in kinds:
        missing.append("molar mass")
    if CHARGE_CONCENTRATION in kinds:
        missing.append("valence")
    return f"{message} without the {' and '.join(missing)} of the substance"


def _fold(unit: str) -> str:
    return "".join(unit.split()).casefold().replace("\u00b5", "u").replace("\u03bc", "u")


@lru_cache(maxsize=1)
def _aliases() -> dict[str, str]:
    return {
        _fold(spelling): name for name, unit in UNITS.items() for spelling in (name, *unit.aliases)
    }


@lru_cache(maxsize=1)
def _registry() -> Any:
    import pint  # here, for importing it takes a third of a second

    registry: Any = pint.UnitRegistry(None, autoconvert_offset_to_baseunit=True)
    for definition in _DEFINITIONS:
        registry.define(definition)
    return registry
