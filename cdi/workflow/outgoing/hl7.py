"""Documents to the record system by HL7 v2: the letter, and the addendum of an answer."""

from __future__ import annotations

from dataclasses import dataclass

from cdi.errors import SettingError
from cdi.interop.hl7.client import send_message
from cdi.interop.hl7.outgoing import query_message
from cdi.settings import Settings
from cdi.workflow.desk import Desk
from cdi.workflow.outgoing.dispatch import Dispatch
from cdi.workflow.outgoing.documents import read_document


@dataclass(frozen=True, slots=True)
class HL7System:
    """Who listens for our documents over MLLP; ``application`` is its name in MSH-5."""

    host: str
    port: int
    application: str


def hl7_system(settings: Settings) -> HL7System | None:
    """Return the system of the settings, None if there is none.

    Raises:
        SettingError: it is not ``host:port``.
    """
    if not settings.hl7_send_to:
        return None
    host, _, port = settings.hl7_send_to.rpartition(":")
    if not host or not (port.isascii() and port.isdigit() and 0 < int(port) < 65_536):
        raise SettingError("hl7_send_to: expected host:port")
    return HL7System(host, int(port), settings.hl7_application)


def send_hl7(desk: Desk, system: HL7System, dispatch: Dispatch) -> None:
    """Send the document of a delivery.

    Raises:
        DeliveryError: the system has not taken it.
    """
    message = query_message(read_document(desk, dispatch), system.application)
    send_message(system.host, system.port, message)
