"""A site's own words for what it measures: the schema of a mapping file.

The file holds no clinical knowledge, only what a laboratory or device calls the analytes of
``models/measurements`` and how it spells units (docs/intake.md).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field

from cdi.interop.mapping.authors import DocumentType, RoleWords
from cdi.rules.loader import Document, Strict, did_you_mean, read_document, validate
from cdi.rules.measurements import Analytes
from cdi.rules.units import UNITS, UnitError, identify

Words = tuple[str, ...]


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("expected a time zone such as America/Chicago") from None
    return name


Timezone = Annotated[str, AfterValidator(_known_zone)]


class Local(Strict):
    """How a site sends one analyte.

    Attributes:
        codes: its codes, compared exactly.
        names: its names, compared without regard to case and blanks at the ends.
        unit: the unit of values that come without one.
    """

    codes: Words = ()
    names: Words = ()
    unit: str | None = None


class SiteFile(Strict):
    """One mapping file.

    Attributes:
        site: how messages call it.
        observations: the site's codes and names by analyte.
        ignored: codes and names of things that no rule needs: set aside without a remark.
        units: spellings of units by the project's name of each.
        roles: further words for the roles of authors, tried before the common ones.
        documents: further kinds of documents, tried before the common ones.
        timezone: where HL7 times without an offset are from, for example "America/Chicago".
    """

    site: str
    observations: dict[str, Local] = Field(default_factory=dict)
    ignored: Words = ()
    units: dict[str, Words] = Field(default_factory=dict)
    roles: tuple[RoleWords, ...] = ()
    documents: tuple[DocumentType, ...] = ()
    timezone: Timezone = "UTC"


def load_site(path: Path, analytes: Analytes) -> SiteFile:
    """Read a mapping file.

    Raises:
        RuleError: the file cannot be used; the message names file, line, key and what was expected.
    """
    try:
        document = read_document(path)
    except OSError as error:
        raise Document(path, {}, {}).error(f"cannot be read: {error.strerror}") from None
    site = validate(SiteFile, document)
    _check_units(site, document)
    _check_observations(site, document, analytes)
    return site


def fold(name: str) -> str:
    """Return a name as names are compared."""
    return " ".join(name.split()).casefold()


def _check_units(site: SiteFile, document: Document) -> None:
    spelt: dict[str, str] = {}
    for unit, spellings in site.units.items():
        if unit not in UNITS:
            raise document.error(
                f"unknown unit `{unit}`{did_you_mean(unit, UNITS)}", ["units", unit]
            )
        for spelling in spellings:
            if spelt.setdefault(fold(spelling), unit) != unit:
                raise document.error(
                    f"`{spelling}` is a spelling of `{spelt[fold(spelling)]}` too", ["units", unit]
                )


def _check_observations(site: SiteFile, document: Document, analytes: Analytes) -> None:
    claimed: dict[str, str] = {}
    for name, local in site.observations.items():
        at = ["observations", name]
        analyte = analytes.get(name)
        if analyte is None:
            raise document.error(f"there is no analyte `{name}`{did_you_mean(name, analytes)}", at)
        if local.unit is not None:
            try:
                known = identify(local.unit) in analyte.units
            except UnitError as error:
                raise document.error(str(error), [*at, "unit"]) from None
            if not known:
                units = ", ".join(analyte.units)
                message = f"`{name}` has no unit `{local.unit}`; expected one of {units}"
                raise document.error(message, [*at, "unit"])
        for key, words in (("codes", local.codes), ("names", map(fold, local.names))):
            for word in words:
                if claimed.setdefault(f"{key}:{word}", name) != name:
                    other = claimed[f"{key}:{word}"]
                    raise document.error(f"`{word}` stands for `{other}` too", [*at, key])
