"""Clinical units: conversions, spellings, and what cannot be converted."""

from __future__ import annotations

import itertools
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdi.errors import CdiError
from cdi.rules.units import UNITS, UnitError, are_convertible, convert, identify

CREATININE, GLUCOSE, CALCIUM, MAGNESIUM = 113.12, 180.156, 40.078, 24.305
PAIRS = [
    (one, other)
    for one, other in itertools.permutations(UNITS, 2)
    if UNITS[one].kind == UNITS[other].kind
]


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        (98.6, "degF", "Cel", 37.0),
        (38.5, "Cel", "degF", 101.3),
        (11_700, "/uL", "10*3/uL", 11.7),
        (17.2, "10*3/uL", "/uL", 17_200),
        (1, "10*6/uL", "10*3/uL", 1_000),
        (131, "g/L", "g/dL", 13.1),
        (0.8, "mg/dL", "mg/L", 8),
        (0.02, "ng/mL", "ng/L", 20),
        (0.5, "ug/mL", "ng/mL", 500),
        (640, "pg/mL", "ng/L", 640),
        (0.4, "fraction", "%", 40),
        (8, "kPa", "mmHg", 60.00492607),
        (180, "lb", "kg", 81.6466266),
        (64, "in", "cm", 162.56),
        (5, "ft", "in", 60),
        (1.5, "L", "mL", 1_500),
        (1, "ukat/L", "U/L", 60),
        (2, "mIU/L", "IU/mL", 2e-6),
        (7, "score", "score", 7),
    ],
)
def test_values_are_converted(value: float, source: str, target: str, expected: float) -> None:
    assert convert(value, source, target) == expected


@pytest.mark.parametrize(
    ("value", "source", "target", "molar_mass", "expected"),
    [
        (186, "umol/L", "mg/dL", CREATININE, 2.104032),
        (2.1, "mg/dL", "umol/L", CREATININE, 185.6435644),
        (18.2, "mmol/L", "mg/dL", GLUCOSE, 327.88392),
    ],
)
def test_mass_becomes_amount_with_the_molar_mass(
    value: float, source: str, target: str, molar_mass: float, expected: float
) -> None:
    assert convert(value, source, target, molar_mass=molar_mass) == expected


def test_equivalents_of_monovalent_ions_are_millimoles() -> None:
    assert convert(140, "mEq/L", "mmol/L") == 140
    assert convert(4.1, "mEq/L", "mmol/L", valence=1) == 4.1


def test_equivalents_of_divalent_ions_need_the_valence() -> None:
    assert convert(1.7, "mEq/L", "mg/dL", MAGNESIUM, valence=2) == 2.065925
    with pytest.raises(UnitError, match="without the molar mass and valence of the substance"):
        convert(4.8, "mEq/L", "mg/dL", CALCIUM)
    with pytest.raises(UnitError, match="without the valence"):
        convert(4.8, "mEq/L", "mmol/L", CALCIUM)


@pytest.mark.parametrize(
    ("spelling", "unit"),
    [
        ("mm[Hg]", "mmHg"),
        ("[degF]", "degF"),
        ("[lb_av]", "lb"),
        ("[in_i]", "in"),
        ("K/uL", "10*3/uL"),
        ("10^9/L", "10*3/uL"),
        ("x10E3/uL", "10*3/uL"),
        ("MG/DL", "mg/dL"),
        ("mg / dl", "mg/dL"),
        ("\u00b5mol/L", "umol/L"),
        ("\u03bcmol/l", "umol/L"),
        ("{INR}", "ratio"),
        ("[pH]", "pH"),
        ("{score}", "score"),
        ("mL/min/{1.73_m2}", "mL/min/1.73m2"),
        ("IU/L", "U/L"),
    ],
)
def test_spellings_of_feeds_are_known(spelling: str, unit: str) -> None:
    assert identify(spelling) == unit


@pytest.mark.parametrize(
    ("source", "target", "message"),
    [
        ("mgg/dL", "mg/dL", "unknown unit `mgg/dL`; did you mean `mg/dL`?"),
        ("mg/dL", "", "unknown unit ``"),
        ("kg", "cm", "cannot convert `kg` to `cm`: mass is not length"),
        ("mg/dL", "mmol/L", "cannot convert `mg/dL` to `mmol/L` without the molar mass"),
        ("ratio", "%", "ratio is not fraction"),
    ],
)
def test_what_cannot_be_converted_is_said_clearly(source: str, target: str, message: str) -> None:
    with pytest.raises(UnitError) as error:
        convert(1, source, target)
    assert message in str(error.value)
    assert isinstance(error.value, CdiError)


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_there_and_back_is_the_same(one: str, other: str) -> None:
    assert convert(convert(3.7, one, other), other, one) == pytest.approx(3.7)


@given(st.sampled_from(sorted(UNITS)), st.sampled_from(sorted(UNITS)), st.booleans())
def test_the_kinds_say_the_same_as_the_arithmetic(one: str, other: str, known: bool) -> None:
    molar_mass, valence = (100.0, 1) if known else (None, None)
    if are_convertible(one, other, molar_mass, valence):
        assert isinstance(convert(1.0, one, other, molar_mass, valence), float)
    else:
        with pytest.raises(UnitError):
            convert(1.0, one, other, molar_mass, valence)


def test_no_spelling_stands_for_two_units() -> None:
    spellings = [
        "".join(spelling.split()).casefold()
        for name, unit in UNITS.items()
        for spelling in (name, *unit.aliases)
    ]
    assert sorted(spellings) == sorted(set(spellings))


def test_pint_is_imported_at_the_first_conversion_only() -> None:
    code = (
        "import sys; from cdi.rules.units import convert; convert(1, 'kg', 'kg');"
        "assert 'pint' not in sys.modules; convert(1, 'lb', 'kg'); assert 'pint' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
