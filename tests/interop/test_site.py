"""A site's mapping file: what it changes, and how its mistakes are told."""

from __future__ import annotations

from pathlib import Path

import pytest
from fhir_bundles import bundle, document, observation, practitioner

from cdi.domain.encounter import Encounter, Role
from cdi.errors import InputError, RuleError
from cdi.interop.fhir import read_bundle
from cdi.interop.hl7.times import clock_time
from cdi.interop.mapping import Intake, load_intake


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return tmp_path / "site.yaml"


def mapped(site: Path, text: str) -> Intake:
    site.write_text(f"site: Test\n{text}", encoding="utf-8")
    return load_intake(site)


def read(intake: Intake, *resources: dict[str, object]) -> Encounter:
    problems: list[InputError] = []
    (stay,) = read_bundle(bundle(*resources), intake, problems.append)
    assert problems == []
    return stay


def local(code: str = "CREAX", name: str = "Creat", unit: str = "mg/dL") -> dict[str, object]:
    concept = {"coding": [{"system": "urn:lab", "code": code}], "text": name}
    return {**observation(1.1, unit), "code": concept}


def test_a_local_code_becomes_an_analyte(site: Path) -> None:
    intake = mapped(site, "observations: {creatinine: {codes: [CREAX]}}\n")
    (value,) = read(intake, local()).observations
    assert value.analyte == "creatinine"


def test_a_local_name_becomes_an_analyte_whatever_its_capitals(site: Path) -> None:
    intake = mapped(site, "observations: {creatinine: {names: [serum  CREAT]}}\n")
    (value,) = read(intake, local(name="Serum creat ")).observations
    assert value.analyte == "creatinine"


def test_a_name_nobody_mapped_is_not_guessed(site: Path) -> None:
    stay = read(mapped(site, ""), local(name="Creatinine"))
    assert stay.observations == ()
    assert [remark.subject for remark in stay.remarks] == ["CREAX Creatinine"]


def test_a_site_may_say_otherwise_of_a_common_code(site: Path) -> None:
    intake = mapped(site, 'observations: {bun: {codes: ["2160-0"]}}\n')
    (value,) = read(intake, observation(20)).observations
    assert value.analyte == "bun"


def test_values_without_a_unit_get_the_sites(site: Path) -> None:
    text = "observations: {creatinine: {codes: [CREAX], unit: umol/L}}\n"
    (value,) = read(mapped(site, text), {**local(), "valueQuantity": {"value": 97}}).observations
    assert (value.value, value.unit) == (97, "umol/L")


def test_a_sites_spelling_of_a_unit_is_known(site: Path) -> None:
    intake = mapped(site, "units: {mg/dL: [MGS PER DL]}\n")
    (value,) = read(intake, observation(1.1, "mgs per dl")).observations
    assert value.unit == "mg/dL"


def test_what_is_ignored_leaves_no_remark(site: Path) -> None:
    stay = read(mapped(site, "ignored: [CREAX]\n"), local())
    assert (stay.observations, stay.set_aside, stay.remarks) == ((), (), ())


def test_a_sites_word_for_a_role_comes_before_the_common_ones(site: Path) -> None:
    intake = mapped(site, "roles: [{role: nursing, words: [sister in surgery]}]\n")
    people = practitioner("reed", "Sister in surgery")
    (note,) = read(intake, *people, document(author="Practitioner/reed")).notes
    assert note.role is Role.NURSING


def test_times_without_an_offset_are_the_sites(site: Path) -> None:
    zone = mapped(site, "timezone: America/Chicago\n").zone
    time = clock_time("202607011200", zone)
    assert time is not None
    assert time.isoformat() == "2026-07-01T12:00:00-05:00"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sight: x\n", "2: sight: unknown key `sight`; did you mean `site`?"),
        (
            "observations: {creatinin: {}}\n",
            "2: observations.creatinin: there is no analyte `creatinin`; did you mean "
            "`creatinine`?",
        ),
        (
            "observations:\n  creatinine: {code: [A]}\n",
            "3: observations.creatinine.code: unknown key `code`; did you mean `codes`?",
        ),
        (
            "observations:\n  creatinine: {unit: mmHg}\n",
            "3: observations.creatinine.unit: `creatinine` has no unit `mmHg`",
        ),
        (
            "observations:\n  creatinine: {codes: [A]}\n  potassium: {codes: [A]}\n",
            "4: observations.potassium.codes: `A` stands for `creatinine` too",
        ),
        ("units: {mg/dl%: [x]}\n", "2: units.mg/dl%: unknown unit `mg/dl%`"),
        (
            "units:\n  mg/dL: [x]\n  g/dL: [X]\n",
            "4: units.g/dL: `X` is a spelling of `mg/dL` too",
        ),
        ("timezone: Chicago\n", "2: timezone: expected a time zone such as America/Chicago"),
        ("roles: [{role: doctor}]\n", "2: roles.0.role: input should be 'provider'"),
    ],
)
def test_a_mistake_is_told_with_file_line_and_key(site: Path, text: str, message: str) -> None:
    with pytest.raises(RuleError) as caught:
        mapped(site, text)
    assert str(caught.value).startswith(f"{site}:{message}")


def test_a_file_that_is_not_there_is_told(site: Path) -> None:
    with pytest.raises(RuleError, match="cannot be read: No such file"):
        load_intake(site)
