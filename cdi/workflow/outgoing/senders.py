"""The senders of a site: one for each kind of delivery that its settings provide for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from cdi.settings import Settings
from cdi.storage.tables import DeliveryKind
from cdi.workflow.desk import Desk
from cdi.workflow.outgoing.dispatch import Sender
from cdi.workflow.outgoing.email import mail_server, send_email
from cdi.workflow.outgoing.fhir import fhir_server, send_fhir
from cdi.workflow.outgoing.hl7 import hl7_system, send_hl7
from cdi.workflow.outgoing.webhook import send_webhook


def make_senders(desk: Desk, settings: Settings) -> Mapping[DeliveryKind, Sender]:
    """Return the senders by kind; a kind that the site has not set up is not among them.

    Raises:
        SettingError: a setting has no usable value.
    """
    senders: dict[DeliveryKind, Sender] = {
        DeliveryKind.WEBHOOK: partial(send_webhook, desk),
    }
    server = mail_server(settings)
    if server is not None:
        senders[DeliveryKind.EMAIL] = partial(send_email, desk, server)
    system = hl7_system(settings)
    if system is not None:
        senders[DeliveryKind.HL7] = partial(send_hl7, desk, system)
    fhir = fhir_server(settings)
    if fhir is not None:
        senders[DeliveryKind.FHIR] = partial(send_fhir, desk, fhir)
    return senders
