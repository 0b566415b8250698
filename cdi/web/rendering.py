"""Templates: escaped by default, and an unknown name is an error rather than nothing."""

from __future__ import annotations

from datetime import datetime

from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader, StrictUndefined

from cdi.domain.encounter import Patient
from cdi.storage.tables import PatientRow
from cdi.web.assets import Assets
from cdi.web.moments import (
    tell_day,
    tell_iso_month,
    tell_moment,
    tell_month,
    tell_short,
    tell_span,
)


def make_environment(assets: Assets) -> Environment:
    """Return the environment that all pages are rendered in."""
    environment = Environment(
        loader=ChoiceLoader(
            [PackageLoader("cdi.web"), PrefixLoader({"report": PackageLoader("cdi.report", "")})]
        ),
        autoescape=True,
        auto_reload=False,  # else each line of a list looks whether its template has changed
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset"] = assets.url
    environment.filters.update(
        day=tell_day,
        moment=tell_moment,
        short=tell_short,
        span=tell_span,
        month=tell_month,
        iso_month=tell_iso_month,
        words=_tell_words,
        age=_tell_age,
    )
    return environment


def _tell_age(patient: PatientRow | Patient | None, now: datetime) -> str:
    """Return age and sex, as a list tells people of one name apart: ``71 f``."""
    if patient is None:
        return ""
    age = f"{(now.date() - patient.birth_date).days // 365.2425:.0f}" if patient.birth_date else ""
    return f"{age} {(patient.sex or '')[:1]}".strip()


def _tell_words(name: str) -> str:
    """Return a name of the catalogue as words: ``heart_failure`` as ``heart failure``."""
    return name.replace("_", " ")
