"""``cdi worker`` as an operator starts it: it delivers, and it ends when it is told to."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from commands import Command, site_environment
from databases import postgresql_emptied, postgresql_template, sqlite_template, store
from desks import Hospital, hospital, pack, scanner
from receivers import mail_receiver

from cdi.storage.audit import verify
from cdi.storage.tables import DeliveryRow, DeliveryState
from cdi.workflow.desk import Outlets

__all__ = [
    "hospital",
    "pack",
    "postgresql_emptied",
    "postgresql_template",
    "scanner",
    "sqlite_template",
    "store",
]
pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.parametrize("store", ["sqlite"], indirect=True),
]
_PATIENCE = 240


def _states(hospital: Hospital) -> list[DeliveryState]:
    with hospital.store.reading() as session:
        return [row.state for row in session.query(DeliveryRow)]


def test_the_worker_delivers_an_e_mail_and_ends_cleanly_on_sigterm(
    hospital: Hospital, tmp_path: Path
) -> None:
    hospital.clock.at = datetime.now(UTC)  # the worker's clock is the real one
    hospital.desk = replace(hospital.desk, outlets=Outlets(email=True))
    hospital.sent()
    assert _states(hospital) == [DeliveryState.WAITING]
    url = hospital.store.engine.url.render_as_string(hide_password=False)
    with mail_receiver() as receiver:
        mail = {
            "smtp_host": "127.0.0.1",
            "smtp_port": str(receiver.port),
            "smtp_security": "none",
            "mail_from": "cdi@hospital.example",
            "public_url": "https://cdi.example.org",
        }
        worker = Command(tmp_path, site_environment(url, tmp_path, **mail), "worker")
        worker.start()
        try:
            until = time.monotonic() + _PATIENCE
            while _states(hospital) != [DeliveryState.DELIVERED]:
                assert time.monotonic() < until, worker.said()
                time.sleep(0.1)
        finally:
            code = worker.stop()
    assert code == 0, worker.said()
    (message,) = receiver.taken
    assert message["To"] == "pat@example.org"
    assert "https://cdi.example.org" in message.get_content()
    assert "CHF" not in message.as_string()
    assert "Traceback" not in worker.said()
    assert verify(hospital.store).faults == ()
