"""Files of the wire formats: FHIR bundles as JSON, HL7 v2 messages as text.

The readers of files know neither format; they are given this one (see
:class:`~cdi.interop.files.feeds.Feeds`), which reads what they recognise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from cdi.domain.encounter import Encounter
from cdi.errors import InputError
from cdi.interop.fhir import read_bundle
from cdi.interop.hl7 import (
    Message,
    Refusal,
    check_message,
    encounter_from_messages,
    parse_message,
)
from cdi.interop.hl7.check import visit_number
from cdi.interop.mapping import Intake
from cdi.interop.problem import Report

_FRAME = str.maketrans("", "", "\x0b\x1c")
_MESSAGE = re.compile(r"^MSH", re.MULTILINE)


class WireFormats:
    """Reads bundles and messages with what codes, units and authors mean at one site."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    def bundle(self, data: Mapping[str, Any], report: Report, name: str) -> Iterable[Encounter]:
        """Return the stays of a FHIR bundle.

        Raises:
            InputError: nothing in it could be read.
        """
        return read_bundle(data, self._intake, report, name=name)

    def messages(self, text: str, report: Report, name: str) -> Iterable[Encounter]:
        """Return the stays that a file of HL7 v2 messages tells of, by visit number.

        Each message begins with MSH at the start of a line; MLLP framing is passed over. Messages
        that the listener would refuse are reported and left out.
        """
        visits: dict[str, list[Message]] = {}
        text = text.translate(_FRAME).replace("\r\n", "\n").replace("\r", "\n")
        starts = [found.start() for found in _MESSAGE.finditer(text)]
        for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
            line = text.count("\n", 0, start) + 1
            try:
                message = parse_message(text[start:end])
                check_message(message, self._intake.zone)
            except Refusal as refusal:
                report(InputError(refusal.reason, source=name, line=line, field=refusal.field))
                continue
            visits.setdefault(visit_number(message), []).append(message)
        for messages in visits.values():
            yield encounter_from_messages(messages, self._intake)
