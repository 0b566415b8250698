"""E-mail by SMTP. A notice tells that something waits and where; it holds nothing of a patient."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from cdi.errors import DeliveryError

_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class MailServer:
    """A server that takes our mail.

    Attributes:
        security: "starttls", "tls" from the first byte, or "none" for one on this machine.
        sender: the address that notices come from.
    """

    host: str
    port: int
    security: str
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Mail:
    """One notice; ``id`` is the same at each attempt and becomes its Message-ID."""

    id: str
    to: str
    subject: str
    text: str
    at: datetime


def send_mail(server: MailServer, mail: Mail) -> None:
    """Hand a notice to the mail server.

    Raises:
        DeliveryError: it was not taken; ``lasting`` where the address or the sender is refused.
    """
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = server.sender, mail.to, mail.subject
    message["Date"] = format_datetime(mail.at)
    message["Message-ID"] = f"<{mail.id}@{server.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    try:
        with _connected(server) as connection:
            connection.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
        raise DeliveryError(f"smtp-{code}", lasting=code >= 500) from None
    except smtplib.SMTPResponseException as error:
        raise DeliveryError(f"smtp-{error.smtp_code}") from None
    except ssl.SSLError:
        raise DeliveryError("tls") from None
    except TimeoutError:
        raise DeliveryError("timeout") from None
    except (OSError, smtplib.SMTPException) as error:
        raise DeliveryError(f"smtp-{type(error).__name__.lower()}"[:80]) from None


def _connected(server: MailServer) -> smtplib.SMTP:
    if server.security == "tls":
        context = ssl.create_default_context()
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=_SECONDS, context=context
        )
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=_SECONDS)
    try:
        if server.security == "starttls":
            connection.starttls(context=ssl.create_default_context())
        if server.user:
            connection.login(server.user, server.password)
    except BaseException:
        connection.close()
        raise
    return connection
