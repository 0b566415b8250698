"""Mail, HTTP and signatures against real servers."""

from __future__ import annotations

import base64
import hmac
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from receivers import free_port, mail_receiver, web_receiver

from cdi.errors import DeliveryError
from cdi.interop.transport.addresses import parse_place
from cdi.interop.transport.http import post
from cdi.interop.transport.signature import make_secret, signed_headers
from cdi.interop.transport.smtp import Mail, MailServer, send_mail

AT = datetime(2026, 6, 3, 9, 0, tzinfo=UTC)
MAIL = Mail("m1", "pat@example.org", "A question awaits", "Log in.", AT)


@pytest.mark.enable_socket
def test_a_post_arrives_with_path_headers_and_body() -> None:
    with web_receiver() as receiver:
        post(parse_place(receiver.address), "127.0.0.1", b"{}", {"X-Test": "1"})
    ((path, headers, body),) = receiver.taken
    assert (path, body, headers["x-test"]) == ("/hook?of=cdi", b"{}", "1")
    assert headers["host"] == f"127.0.0.1:{receiver.port}"


@pytest.mark.enable_socket
@pytest.mark.parametrize(("status", "lasting"), [(500, False), (302, False), (410, True)])
def test_what_is_not_taken_is_told_by_its_status_and_not_followed(
    status: int, lasting: bool
) -> None:
    with web_receiver(status) as receiver:
        receiver.headers["Location"] = receiver.address
        with pytest.raises(DeliveryError) as failed:
            post(parse_place(receiver.address), "127.0.0.1", b"{}", {})
    assert (failed.value.reason, failed.value.lasting) == (f"http-{status}", lasting)
    assert len(receiver.taken) == 1


@pytest.mark.enable_socket
def test_where_nobody_listens_the_failure_has_a_code() -> None:
    port = free_port()
    with pytest.raises(DeliveryError, match="connection-connectionrefusederror"):
        post(parse_place(f"http://127.0.0.1:{port}/"), "127.0.0.1", b"{}", {})
    with pytest.raises(DeliveryError, match="smtp-connectionrefusederror"):
        send_mail(MailServer("127.0.0.1", port, "none", "cdi@example.org"), MAIL)


def test_a_signature_can_be_checked_with_each_secret_in_use() -> None:
    secrets = [make_secret(), make_secret()]
    headers = signed_headers("m1", AT, b'{"a":1}', secrets)
    assert headers["webhook-id"] == "m1"
    assert headers["webhook-timestamp"] == "1780477200"
    signatures = headers["webhook-signature"].split()
    for secret, signature in zip(secrets, signatures, strict=True):
        key = base64.b64decode(secret.removeprefix("whsec_"))
        expected = hmac.new(key, b'm1.1780477200.{"a":1}', sha256).digest()
        assert signature == "v1," + base64.b64encode(expected).decode()


def test_a_signature_is_that_of_the_published_example() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    at = datetime.fromtimestamp(1614265330, UTC)
    headers = signed_headers("msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}', [secret])
    expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert headers["webhook-signature"] == expected


@pytest.mark.enable_socket
def test_a_notice_arrives_under_its_id() -> None:
    with mail_receiver() as receiver:
        send_mail(MailServer("127.0.0.1", receiver.port, "none", "cdi@example.org"), MAIL)
    (mail,) = receiver.taken
    assert mail["Message-ID"] == "<m1@example.org>"
    assert (mail["To"], mail["Subject"]) == ("pat@example.org", "A question awaits")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().splitlines() == ["Log in."]


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("refusal", "reason", "lasting"),
    [("550 no such user", "smtp-550", True), ("451 try later", "smtp-451", False)],
)
def test_a_refused_recipient_is_told_by_code_and_never_by_words(
    refusal: str, reason: str, lasting: bool
) -> None:
    with mail_receiver(refusal) as receiver, pytest.raises(DeliveryError) as failed:
        send_mail(MailServer("127.0.0.1", receiver.port, "none", "cdi@example.org"), MAIL)
    assert (failed.value.reason, failed.value.lasting) == (reason, lasting)


@pytest.mark.enable_socket
def test_a_server_without_tls_gets_no_mail_where_tls_is_asked_for() -> None:
    with mail_receiver() as receiver, pytest.raises(DeliveryError, match="smtp-"):
        send_mail(MailServer("127.0.0.1", receiver.port, "starttls", "cdi@example.org"), MAIL)
    assert receiver.taken == []
