"""Notices by e-mail: that something waits, and the way to the desk. Nothing of a patient."""

from __future__ import annotations

from cdi.errors import SettingError
from cdi.interop.transport.smtp import Mail, MailServer, send_mail
from cdi.settings import Settings
from cdi.workflow.desk import Desk
from cdi.workflow.links import make_link
from cdi.workflow.outgoing.dispatch import Dispatch

_SUBJECTS = {
    "query.sent": "A documentation question awaits your answer",
    "query.reminder": "Reminder: a documentation question awaits your answer",
    "query.escalated": "A documentation question was passed on to you",
    "query.expired": "A documentation question has ended without an answer",
    "query.withdrawn": "A documentation question was withdrawn",
    "query.declined": "A documentation question was given back to you",
    "query.unverified": "Reminder: an answer of yours is not yet in the record",
}
_OTHER = "News about a documentation question"
_TEXT = """{subject}.

Log in to see it:
{address}

For the protection of patients this message says no more. It was sent by a machine.
"""
_SECURITY = ("starttls", "tls", "none")


def mail_server(settings: Settings) -> MailServer | None:
    """Return the mail server of the settings, None if there is none.

    Raises:
        SettingError: the sender is missing or the security is unknown.
    """
    if not settings.smtp_host:
        return None
    if "@" not in settings.mail_from:
        raise SettingError("mail_from: expected the address that notices come from")
    if settings.smtp_security not in _SECURITY:
        raise SettingError(f"smtp_security: expected one of {', '.join(_SECURITY)}")
    return MailServer(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_security,
        settings.mail_from,
        settings.smtp_user,
        settings.smtp_password.get_secret_value(),
    )


def send_email(desk: Desk, server: MailServer, dispatch: Dispatch) -> None:
    """Send the notice of a delivery.

    Raises:
        DeliveryError: the mail server has not taken it.
        SettingError: the desk does not know its own address.
    """
    subject = _SUBJECTS.get(dispatch.topic, _OTHER)
    address = make_link(desk, dispatch.query_id, dispatch.content["recipient"])
    text = _TEXT.format(subject=subject, address=address)
    send_mail(server, Mail(dispatch.id, dispatch.target, subject, text, dispatch.created_at))
