"""The analytes of ``models/measurements``: what they say, and every mistake a file can hold."""

from __future__ import annotations

from math import inf
from pathlib import Path

import pytest

from cdi.errors import RuleError
from cdi.resources import models
from cdi.rules.measurements import Analytes, load_analytes
from cdi.rules.units import UNITS

READING = """
reading:
  fillers: [was]
  movement: [rose]
  changes: [rise]
  extremes: [peak]
  pronouns: [it]
  pronoun_verbs: [was]
  goal_before: [goal]
  condition_before: [for]
  instruction_before: [call]
  negation_before: [without]
  goal: [goal]
  baseline: [baseline]
  prior: {before: [prior], beside: [previously], between: [from], after: [yesterday]}
  current: {beside: [now], after: [today]}
  moments: [on admission]
  months: [May]
  dose: [mg]
  rejected: [hemolyzed]
  amounts: [of fluid]
  fluids: [urine]
  not_names: [sodium chloride]
  oxygen: {flow: sodium, fraction: sodium, without: room air, support: {room air: [RA]}}
"""
SODIUM = """
analytes:
  sodium:
    title: Sodium
    names: [sodium]
    unit: mmol/L
    valence: 1
    units:
      mmol/L: {range: [90, 200], bare: [95, 195]}
      mEq/L: {range: [90, 200]}
"""


@pytest.fixture(scope="module")
def analytes() -> Analytes:
    return load_analytes(models() / "measurements")


def load(folder: Path, text: str) -> Analytes:
    (folder / "a.yaml").write_text(text, encoding="utf-8")
    (folder / "reading.yaml").write_text(READING, encoding="utf-8")
    return load_analytes(folder)


def test_an_analyte_is_found_by_id_loinc_code_and_name(analytes: Analytes) -> None:
    creatinine = analytes["creatinine"]
    assert creatinine.unit == "mg/dL"
    assert analytes.by_loinc("2160-0") is creatinine
    assert analytes.by_name("Serum Creatinine ") is creatinine
    assert analytes.by_name("Creatinine") is creatinine
    assert analytes.by_name("Na") is analytes["sodium"]
    assert analytes.by_loinc("0-0") is None
    assert analytes.by_name("na") is None
    assert "creatinine" in analytes
    assert "creatinin" not in analytes


def test_assays_of_troponin_are_a_family(analytes: Analytes) -> None:
    assert analytes.family("troponin") == (
        "troponin",
        "troponin_t",
        "troponin_hs",
        "troponin_t_hs",
    )
    assert analytes.family("sodium") == ("sodium",)


WANTED = """
    creatinine bun egfr sodium potassium glucose hemoglobin hematocrit wbc platelets bands anc
    inr lactate bnp nt_probnp troponin ck ph pao2 paco2 bicarbonate spo2 respiratory_rate
    heart_rate systolic_bp diastolic_bp mean_arterial_pressure temperature ejection_fraction
    bmi weight height weight_loss urine_output hemoglobin_a1c albumin prealbumin ammonia
    bilirubin alt ast lipase calcium magnesium phosphate procalcitonin ferritin iron tibc b12
    folate mcv osmolality beta_hydroxybutyrate anion_gap fio2 oxygen_flow pf_ratio gcs
    digoxin_level uric_acid crp d_dimer tsh nihss fibrinogen phq9 ciwa
"""


def test_what_the_conditions_measure_is_there(analytes: Analytes) -> None:
    assert set(WANTED.split()) <= set(analytes)


@pytest.mark.parametrize(
    ("analyte", "value", "unit", "expected"),
    [
        ("creatinine", 186, "umol/L", 2.104032),
        ("creatinine", 2.1, "", 2.1),
        ("creatinine", 30, "", None),
        ("creatinine", 2.1, "mg", None),
        ("creatinine", 2.1, "kg", None),
        ("creatinine", 210, "mg/dL", None),
        ("temperature", 101.3, "[degF]", 38.5),
        ("temperature", 101.3, "", 38.5),
        ("temperature", 38.5, " ", 38.5),
        ("temperature", 60, "", None),
        ("sodium", 140, "mEq/L", 140),
        ("calcium", 4.8, "mEq/L", 9.61872),
        ("ph", 7.3, "", 7.3),
        ("ph", 7.3, "[pH]", 7.3),
        ("weight", 180, "", None),
        ("weight", 180, "[lb_av]", 81.6466266),
        ("urine_output", 620, "mL", 620),
        ("hemoglobin", 88, "g/L", 8.8),
        ("wbc", 11_700, "", 11.7),
    ],
)
def test_a_value_is_canonical_or_not_used(
    analytes: Analytes, analyte: str, value: float, unit: str, expected: float | None
) -> None:
    assert analytes[analyte].canonical(value, unit) == expected


def test_reference_limits_are_those_of_the_sex(analytes: Analytes) -> None:
    hemoglobin, bnp = analytes["hemoglobin"], analytes["bnp"]
    assert hemoglobin.reference_low("female") == 12
    assert hemoglobin.reference_low("male") == 13
    assert hemoglobin.reference_low() == 12
    assert hemoglobin.reference_high() == 18
    assert hemoglobin.reference_low("unknown") == 12
    assert bnp.reference_high("male") == 100
    assert bnp.reference_low("male") == -inf
    assert analytes["cd4"].reference_high() == inf


def test_every_range_of_every_unit_is_that_of_the_canonical_one(analytes: Analytes) -> None:
    """A bare number may not leave the plausible range once it is converted."""
    for analyte in analytes.values():
        for unit, use in analyte.units.items():
            for value in use.bare or ():
                assert analyte.canonical(value, unit) is not None, (analyte.id, unit, value)
            for limits in analyte.limits:
                for limit in (limits.low, limits.high):
                    assert limit is None or analyte.plausible(limit), analyte.id


def test_every_unit_has_spellings_or_is_never_written(analytes: Analytes) -> None:
    assert set(analytes.spellings) <= set(UNITS)
    used = {unit for analyte in analytes.values() for unit in analyte.units}
    assert used <= set(analytes.spellings) | {"ukat/L"}


def test_loinc_codes_have_their_check_digit(analytes: Analytes) -> None:
    irregular = {"3150-6"}  # inhaled oxygen concentration, as US Core uses it
    for analyte in analytes.values():
        for code in set(analyte.loinc) - irregular:
            digits, _, check = code.partition("-")
            doubled = str(2 * int(digits[-1::-2][::-1]))
            total = sum(map(int, digits[-2::-2] + doubled))
            assert int(check) == -total % 10, (analyte.id, code)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            SODIUM.replace("valence:", "valance:"),
            "a.yaml:7: analytes.sodium.valance: unknown key `valance`; did you mean `valence`?",
        ),
        (SODIUM.replace("    unit: mmol/L\n", ""), "analytes.sodium.unit: the key `unit` is"),
        (SODIUM.replace("      mEq/L:", "      mEq/l:"), "unknown unit `mEq/l`; did you mean"),
        (SODIUM.replace("    unit: mmol/L", "    unit: g/L"), "`g/L` must be among `units`"),
        (SODIUM.replace("mEq/L: {", "kg: {"), "`kg` cannot be converted to `mmol/L`"),
        (SODIUM.replace("    valence: 1\n", "    molar_mass: 23\n"), "`mEq/L` cannot be converted"),
        (SODIUM.replace("[90, 200]", "[200, 90]"), "expected the lower bound first"),
        (
            SODIUM.replace("mEq/L: {range: [90, 200]}", "mEq/L: {range: [9, 99], bare: [9, 99]}"),
            "the bare ranges of `mEq/L` and `mmol/L` overlap",
        ),
        (SODIUM + "    limits: [{low: 135}]\n", "reference limits need a `source`"),
        (SODIUM + "    needs_unit: [natrium]\n", "holds `natrium`, which is not among its names"),
        (SODIUM + "    symbols: [na]\n", "the symbol `na` must begin with a capital letter"),
        (SODIUM + "    variant_of: natrium\n", "there is no analyte `natrium`"),
        (
            SODIUM + "    after_slash: [potasium]\n",
            "analytes.sodium.after_slash: there is no analyte `potasium`",
        ),
        (SODIUM + "panels:\n  x: {names: [x], analytes: [sodum]}\n", "did you mean `sodium`?"),
        (SODIUM + "units:\n  mmol/l: [mM]\n", "units.mmol/l: unknown unit `mmol/l`; did you mean"),
        (SODIUM + READING, "reading: `reading` stands in another file too"),
        (
            SODIUM
            + "  natrium: {title: Natrium, names: [sodium], unit: g/L, units: {g/L: "
            + "{range: [1, 2], bare: [1, 2]}}}\n",
            "`sodium` is a name of `sodium` too, and a value does not tell which",
        ),
        (
            SODIUM
            + '    loinc: ["1-8"]\n  potassium: {title: K, names: [kalium], unit: mmol/L, '
            + 'units: {mmol/L: {range: [1, 9]}}, loinc: ["1-8"]}\n',
            "the LOINC code 1-8 is that of `sodium` too",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(RuleError) as error:
        load(tmp_path, text)
    assert message in str(error.value)


def test_an_analyte_stands_in_one_file_only(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text(SODIUM, encoding="utf-8")
    with pytest.raises(RuleError, match=r"`sodium` is defined in another file too"):
        load(tmp_path, SODIUM)


def test_the_words_around_values_are_required(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SODIUM, encoding="utf-8")
    with pytest.raises(RuleError, match="no file holds the key `reading`"):
        load_analytes(tmp_path)


def test_the_way_without_oxygen_must_be_known(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SODIUM, encoding="utf-8")
    text = READING.replace("without: room air", "without: room aire")
    (tmp_path / "reading.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(RuleError, match=r"not a key of `support`; did you mean `room air`"):
        load_analytes(tmp_path)


def test_the_smallest_folder_loads(tmp_path: Path) -> None:
    assert list(load(tmp_path, SODIUM)) == ["sodium"]
