"""The outbox at work: real receivers, at least once, one message id, nothing of a patient."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from desks import ELSEWHERE, HERE, Hospital
from pydantic import SecretStr
from receivers import LOOPBACK, hl7_receiver, mail_receiver, web_receiver
from sqlalchemy import select

from cdi.domain.letter import OptionKind
from cdi.errors import (
    DeliveryError,
    InputError,
    NotAllowed,
    NotFound,
    SettingError,
    TransitionError,
)
from cdi.interop.hl7 import parse_message
from cdi.settings import Settings
from cdi.storage.audit import verify
from cdi.storage.tables import (
    DeliveryKind,
    DeliveryRow,
    DeliveryState,
    EventRow,
    SubscriptionRow,
)
from cdi.workflow.desk import Outlets
from cdi.workflow.outgoing.deliver import LEASE, deliver_due
from cdi.workflow.outgoing.dispatch import Dispatch, Sender
from cdi.workflow.outgoing.failures import open_deliveries, try_again
from cdi.workflow.outgoing.senders import make_senders
from cdi.workflow.subscriptions import (
    TOPICS,
    add_subscription,
    end_subscription,
    list_subscriptions,
    rotate_secret,
    try_subscription,
)

SITE = Settings(
    _env_file=None,
    database_url=SecretStr("sqlite://"),
    smtp_host="127.0.0.1",
    smtp_security="none",
    mail_from="cdi@example.org",
)


@pytest.fixture
def site(hospital: Hospital) -> Hospital:
    """The hospital, as a site that may call webhooks on this machine."""
    outlets = Outlets(networks=LOOPBACK)
    hospital.desk = replace(hospital.desk, outlets=outlets, address="https://desk.test")
    return hospital


def deliver(site: Hospital, settings: Settings = SITE) -> dict[str, int]:
    senders = make_senders(site.desk, settings)
    return dict(deliver_due(site.desk, site.actor("bot"), senders))


def with_senders(site: Hospital, senders: Mapping[DeliveryKind, Sender]) -> dict[str, int]:
    return dict(deliver_due(site.desk, site.actor("bot"), senders))


def subscribed(site: Hospital, address: str, *topics: str) -> str:
    made = add_subscription(
        site.desk, site.actor("eve"), site.facilities[HERE], address, topics or ["query.sent"]
    )
    return made.receipt.id


def deliveries(site: Hospital) -> list[DeliveryRow]:
    with site.store.reading() as session:
        return list(session.scalars(select(DeliveryRow).order_by(DeliveryRow.id)))


@pytest.mark.enable_socket
def test_a_notice_says_that_something_waits_and_no_more(site: Hospital) -> None:
    query = site.sent()
    with mail_receiver() as receiver:
        settings = SITE.model_copy(update={"smtp_port": receiver.port})
        assert deliver(site, settings) == {"delivered": 1}
    (mail,) = receiver.taken
    (row,) = deliveries(site)
    assert mail["Message-ID"] == f"<{row.id}@example.org>"
    assert mail["To"] == "pat@example.org"
    assert mail["Subject"] == "A documentation question awaits your answer"
    text = mail.get_content()
    assert "https://desk.test/open/" in text
    for secret in ("Jordan", "MRN-7", "E-100", "CHF", "heart", "BNP", query.id):
        assert secret not in mail.as_string()
    with site.store.reading() as session:
        event = session.scalars(select(EventRow).where(EventRow.verb == "delivery.send")).one()
        assert json.loads(event.detail)["kind"] == "email"
        assert event.subject_id == row.id


@pytest.mark.enable_socket
def test_a_webhook_is_repeated_under_its_id_until_it_is_taken(site: Hospital) -> None:
    with web_receiver(503, 200) as receiver:
        subscribed(site, receiver.address)
        query = site.sent()
        assert deliver(site)["waiting"] == 2  # the notice has no mail server here
        assert deliver(site) == {}
        site.clock.pass_hours(0.02)
        assert deliver(site)["delivered"] == 1
    bodies = {body for _, _, body in receiver.taken}
    assert [json.loads(body) for body in bodies] == [
        {"query": query.id, "state": "sent", "topic": "query.sent", "version": query.version}
    ]
    ids = [headers["webhook-id"] for _, headers, _ in receiver.taken]
    hook = next(row for row in deliveries(site) if row.kind is DeliveryKind.WEBHOOK)
    assert ids == [hook.id, hook.id]
    assert (hook.state, hook.attempts, hook.error) == (DeliveryState.DELIVERED, 2, "")


@pytest.mark.enable_socket
def test_the_letter_and_the_addendum_reach_the_record_system(site: Hospital) -> None:
    outlets = Outlets(email=False, hl7=frozenset({"query.sent", "query.answered"}))
    site.desk = replace(site.desk, outlets=outlets)
    query = site.sent()
    with hl7_receiver() as receiver:
        settings = SITE.model_copy(update={"hl7_send_to": f"127.0.0.1:{receiver.port}"})
        assert deliver(site, settings) == {"delivered": 1}
        site.answer(query.id, query.version, site.options(query.id, OptionKind.DIAGNOSIS))
        assert deliver(site, settings) == {"delivered": 1}
    letter, addendum = (parse_message(text) for text in receiver.taken)
    assert letter.first("TXA").text(2) == "CDIQ"
    assert addendum.first("TXA").text(2) == "CDIA"
    assert "Electronically signed by Dr. Pat Rivera" in addendum.first("OBX").whole(5)
    assert addendum.first("PID").text(3) == "MRN-7"
    assert [row.id for row in deliveries(site)] == [
        letter.header.text(10),
        addendum.header.text(10),
    ]


@pytest.mark.enable_socket
def test_a_fhir_server_is_made_to_hold_the_query_as_it_stands(site: Hospital) -> None:
    outlets = Outlets(email=False, fhir=frozenset({"query.sent", "query.answered"}))
    site.desk = replace(site.desk, outlets=outlets)
    query = site.sent()
    with web_receiver(503) as receiver:
        address = f"http://127.0.0.1:{receiver.port}/fhir"
        update = {"fhir_send_to": address, "fhir_token": SecretStr("sesame")}
        settings = SITE.model_copy(update=update)
        assert deliver(site, settings) == {"waiting": 1}
        site.clock.pass_hours(1)
        assert deliver(site, settings) == {"delivered": 1}
        site.answer(query.id, query.version, site.options(query.id, OptionKind.DIAGNOSIS))
        assert deliver(site, settings) == {"delivered": 1}
    first, again, answered = (json.loads(body) for _, _, body in receiver.taken)
    assert first == again
    assert [entry["resource"]["resourceType"] for entry in answered["entry"]] == [
        "Questionnaire",
        "QuestionnaireResponse",
        "DocumentReference",
        "Task",
    ]
    path, headers, _ = receiver.taken[0]
    assert (path, headers["authorization"]) == ("/fhir", "Bearer sesame")
    assert headers["content-type"] == "application/fhir+json"


def test_whoever_dies_between_sending_and_marking_repeats_under_the_same_id(
    site: Hospital,
) -> None:
    site.sent()
    seen: list[str] = []

    def die(dispatch: Dispatch) -> None:
        seen.append(dispatch.id)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        with_senders(site, {DeliveryKind.EMAIL: die})
    sender = {DeliveryKind.EMAIL: lambda dispatch: seen.append(dispatch.id)}
    assert with_senders(site, sender) == {}
    site.clock.at += LEASE
    assert with_senders(site, sender) == {"delivered": 1}
    assert seen == [deliveries(site)[0].id] * 2


def test_a_slow_worker_does_not_undo_what_another_finished(site: Hospital) -> None:
    site.sent()

    def slow(_: Dispatch) -> None:
        site.clock.at += LEASE
        assert with_senders(site, {DeliveryKind.EMAIL: lambda _: None}) == {"delivered": 1}
        raise DeliveryError("timeout")

    assert with_senders(site, {DeliveryKind.EMAIL: slow}) == {"leased": 1}
    assert [row.state for row in deliveries(site)] == [DeliveryState.DELIVERED]


def test_a_defect_in_one_message_leaves_its_words_out_and_the_others_going(
    site: Hospital,
) -> None:
    site.sent()

    def broken(_: Dispatch) -> None:
        raise ValueError("Jordan Example")

    assert with_senders(site, {DeliveryKind.EMAIL: broken}) == {"waiting": 1}
    assert [row.error for row in deliveries(site)] == ["defect-ValueError"]


def test_what_failed_for_good_is_listed_and_tried_again_under_the_same_id(site: Hospital) -> None:
    site.sent()
    eve = site.actor("eve")

    def gone(_: Dispatch) -> None:
        raise DeliveryError("smtp-550", lasting=True)

    assert with_senders(site, {DeliveryKind.EMAIL: gone}) == {"failed": 1}
    (row,) = open_deliveries(site.desk, eve).rows
    assert (row.error, row.attempts) == ("smtp-550", 1)
    assert open_deliveries(site.desk, eve, state=DeliveryState.WAITING).rows == ()
    with pytest.raises(NotAllowed):
        open_deliveries(site.desk, site.actor("sam"))
    with pytest.raises(NotAllowed):
        try_again(site.desk, site.actor("sam"), row.id)
    assert try_again(site.desk, eve, row.id).state == "waiting"
    with pytest.raises(TransitionError):
        try_again(site.desk, eve, row.id)
    assert with_senders(site, {DeliveryKind.EMAIL: lambda _: None}) == {"delivered": 1}
    assert [found.id for found in deliveries(site)] == [row.id]
    assert verify(site.store).faults == ()


@pytest.mark.enable_socket
def test_a_subscription_is_tested_rotated_and_ended(site: Hospital) -> None:
    eve = site.actor("eve")
    with web_receiver() as receiver:
        name = subscribed(site, receiver.address, "query.answered")
        assert [row.id for row in list_subscriptions(site.desk, eve)] == [name]
        assert try_subscription(site.desk, eve, name).made == (deliveries(site)[0].id,)
        first = rotate_secret(site.desk, eve, name).secret
        second = rotate_secret(site.desk, eve, name).secret
        assert deliver(site) == {"delivered": 1}
        ((_, headers, body),) = receiver.taken
        assert json.loads(body) == {"topic": "subscription.test"}
        assert len(headers["webhook-signature"].split()) == 2
        with site.store.reading() as session:
            row = session.get_one(SubscriptionRow, name)
            assert row.secret.split() == [second, first]
            assert second.encode() not in row.secret_sealed
        try_subscription(site.desk, eve, name)
        end_subscription(site.desk, eve, name)
        assert deliver(site) == {"failed": 1}
    assert list_subscriptions(site.desk, eve) == ()
    with pytest.raises(NotFound):
        rotate_secret(site.desk, eve, name)
    assert len(receiver.taken) == 1


@pytest.mark.enable_socket
def test_subscriptions_are_for_administrators_of_the_place_and_lead_outwards(
    site: Hospital,
) -> None:
    eve, here = site.actor("eve"), site.facilities[HERE]
    topics = sorted(TOPICS)
    with pytest.raises(NotAllowed):
        add_subscription(site.desk, site.actor("sam"), here, "http://127.0.0.1/", topics)
    elsewhere = site.facilities[ELSEWHERE]
    with pytest.raises(NotFound):
        add_subscription(site.desk, eve, elsewhere, "http://127.0.0.1/", topics)
    with pytest.raises(InputError, match="topics: expected one or more of: "):
        add_subscription(site.desk, eve, here, "http://127.0.0.1/", ["query.draft"])
    for address in ("http://10.0.0.1/", "https://169.254.169.254/latest/meta-data"):
        with pytest.raises(InputError, match="address: must be https and lead to a public"):
            add_subscription(site.desk, eve, here, address, topics)


def test_a_site_has_the_senders_that_its_settings_provide_for(site: Hospital) -> None:
    bare = Settings(_env_file=None)
    assert set(make_senders(site.desk, bare)) == {DeliveryKind.WEBHOOK}
    for wrong, field in (
        ({"smtp_host": "mail"}, "mail_from"),
        ({"smtp_host": "mail", "mail_from": "a@b", "smtp_security": "ssl"}, "smtp_security"),
        ({"hl7_send_to": "ehr"}, "hl7_send_to"),
        ({"hl7_send_to": "ehr:0"}, "hl7_send_to"),
        ({"fhir_send_to": "ehr"}, "fhir_send_to"),
    ):
        with pytest.raises(SettingError, match=field):
            make_senders(site.desk, bare.model_copy(update=wrong))


def test_without_a_mail_server_no_notice_is_written(site: Hospital) -> None:
    site.desk = replace(site.desk, outlets=Outlets(email=False))
    site.sent()
    assert deliveries(site) == []
    site.clock.at += timedelta(days=1)
