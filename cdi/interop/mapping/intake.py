"""From a feed's words to the project's: analytes, units, roles; and what no rule may use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import isfinite
from pathlib import Path
from zoneinfo import ZoneInfo

from cdi import resources
from cdi.domain.encounter import IntakeRemark, Observation, RemarkKind, Role
from cdi.interop.mapping.authors import Author, Authors, DocumentType, load_author_file
from cdi.interop.mapping.site import Local, SiteFile, fold, load_site
from cdi.rules.measurements import Analyte, Analytes, load_analytes
from cdi.rules.units import UnitError, identify

Judged = tuple[Observation, IntakeRemark | None]


class Intake:
    """What a feed's codes, units and authors mean here. Make one and use it for all input.

    Args:
        analytes: what can be measured.
        authors: who writes what.
        site: the site's mapping, if it has one.

    Attributes:
        zone: where times without an offset are from.
    """

    def __init__(self, analytes: Analytes, authors: Authors, site: SiteFile | None = None) -> None:
        self._analytes, self.authors = analytes, authors
        self._codes: dict[str, tuple[str, Local]] = {}
        self._names: dict[str, tuple[str, Local]] = {}
        self._ignored: frozenset[str] = frozenset()
        self._spellings: dict[str, str] = {}
        self.zone = ZoneInfo(site.timezone if site is not None else "UTC")
        if site is not None:
            for analyte, local in site.observations.items():
                self._codes.update(dict.fromkeys(local.codes, (analyte, local)))
                self._names.update({fold(name): (analyte, local) for name in local.names})
            self._ignored = frozenset(map(fold, site.ignored))
            self._spellings = {
                fold(spelling): unit for unit, all_ in site.units.items() for spelling in all_
            }

    def role_of(self, author: Author, kind: DocumentType | None, title: str) -> Role | None:
        """Return the role in which a document was written, see :meth:`Authors.role_of`."""
        return self.authors.role_of(author, kind, title)

    def judge(self, observation: Observation, codes: Sequence[str], name: str) -> Judged | None:
        """Return the observation with its analyte, and a remark if no rule may use it.

        Args:
            observation: as read; ``analyte`` is set here.
            codes: the source's codes for what was measured, the most specific first.
            name: the source's name of it. It counts only if the site's file lists it: a panel
                that says "glucose" may mean urine.

        Returns:
            None if the site's file says that nothing needs it.
        """
        found = self._find(codes, name)
        if found is None:
            if not self._ignored.isdisjoint(map(fold, (*codes, name))):
                return None
            subject = " ".join(part for part in (*codes[:1], name) if part) or "no code"
            message = "no analyte has this code; map it in the site's file if a rule needs it"
            kept = replace(observation, analyte=name or subject)
            return kept, _remark(kept, RemarkKind.UNMAPPED_CODE, subject, message)
        analyte, local = found
        unit = self._spellings.get(fold(observation.unit), observation.unit.strip())
        if not unit and local.unit:
            unit = local.unit
        named = replace(observation, analyte=analyte.id, unit=unit)
        return named, _usable(named, analyte)

    def _find(self, codes: Sequence[str], name: str) -> tuple[Analyte, Local] | None:
        for code in codes:
            if code in self._codes:
                analyte, local = self._codes[code]
                return self._analytes[analyte], local
        if fold(name) in self._names:
            analyte, local = self._names[fold(name)]
            return self._analytes[analyte], local
        for code in codes:
            known = self._analytes.by_loinc(code)
            if known is not None:
                return known, _UNSPECIFIED
        return None


_UNSPECIFIED = Local()


def load_intake(site: Path | None = None) -> Intake:
    """Return the intake of the installed models and, if given, of a site's mapping file.

    Raises:
        RuleError: a file is wrong; the message names file, line and key.
    """
    models = resources.models()
    analytes = load_analytes(models / "measurements")
    common = load_author_file(models / "intake" / "authors.yaml")
    own = load_site(site, analytes) if site is not None else None
    roles = (*own.roles, *common.roles) if own else common.roles
    documents = (*own.documents, *common.documents) if own else common.documents
    return Intake(analytes, Authors(roles, documents), own)


def _usable(observation: Observation, analyte: Analyte) -> IntakeRemark | None:
    """Return why no rule may use an observation of a known analyte; None if one may."""
    if observation.observed_at is None:
        message = "no time with a clock; kept, not used"
        return _remark(observation, RemarkKind.MISSING_TIME, analyte.id, message)
    if observation.value is None:
        return None  # a result in words: there is no number to misuse
    unit = _unit(observation, analyte)
    if unit is None:
        subject = f"{analyte.id} {observation.unit or '(no unit)'}"
        message = f"expected one of {', '.join(analyte.units)}; kept, not used"
        return _remark(observation, RemarkKind.UNKNOWN_UNIT, subject, message)
    if not isfinite(observation.value) or analyte.canonical(observation.value, unit) is None:
        low, high = analyte.units[unit].range
        message = f"outside {low:g} to {high:g} {unit}; kept, not used"
        return _remark(observation, RemarkKind.IMPOSSIBLE_VALUE, analyte.id, message)
    return None


def _unit(observation: Observation, analyte: Analyte) -> str | None:
    if not observation.unit:
        return analyte.bare_unit(observation.value or 0.0)
    try:
        unit = identify(observation.unit)
    except UnitError:
        return None
    return unit if unit in analyte.units else None


def _remark(observation: Observation, kind: RemarkKind, subject: str, message: str) -> IntakeRemark:
    return IntakeRemark(kind, observation.source or observation.id, subject, message)
