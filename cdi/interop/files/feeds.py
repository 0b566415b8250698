"""What the readers of files need of the wire formats, which they do not know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from cdi.domain.encounter import Encounter
from cdi.interop.problem import Report


class Feeds(Protocol):
    """Reads the content of a file in a wire format."""

    def bundle(self, data: Mapping[str, Any], report: Report, name: str) -> Iterable[Encounter]:
        """Return the stays of a FHIR bundle; raise InputError if nothing in it can be read."""

    def messages(self, text: str, report: Report, name: str) -> Iterable[Encounter]:
        """Return the stays of a file of HL7 v2 messages."""


MakeFeeds = Callable[[], Feeds]
"""Makes the reader when the first such file is met: making it takes a second."""
