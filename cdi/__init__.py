"""Clinical documentation integrity: from notes to findings to compliant physician queries.

import cdi
review = cdi.scan("ASSESSMENT: CHF, on Lasix 40 mg IV twice a day.")
print(review.findings[0].condition, review.findings[0].missing)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cdi.domain.encounter import Encounter, Note
    from cdi.domain.finding import Finding, Review
    from cdi.workflow.scan import Scanner, scan

__version__ = "0.1.0"
__all__ = ["Encounter", "Finding", "Note", "Review", "Scanner", "__version__", "scan"]

_HOME = {
    "Encounter": "cdi.domain.encounter",
    "Note": "cdi.domain.encounter",
    "Finding": "cdi.domain.finding",
    "Review": "cdi.domain.finding",
    "Scanner": "cdi.workflow.scan",
    "scan": "cdi.workflow.scan",
}


def __getattr__(name: str) -> Any:
    """Import the public names at first use, so that ``cdi --help`` need not load them."""
    if name in _HOME:
        from importlib import import_module

        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
