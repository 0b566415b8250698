"""A day's feed through ``cdi serve-mllp``: mixed, partly malformed, and killed in the middle."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import AUDIT_KEY, database_url, postgresql_template, sqlite_template
from hl7_messages import document, message, movement, order, result
from mllp_client import Sender, answer_code, answer_reason
from mllp_service import Service

from cdi.storage.engine import make_engine
from cdi.storage.inbox import contents_of_visit, refused_messages
from cdi.storage.store import Store

__all__ = ["database_url", "postgresql_template", "sqlite_template"]
pytestmark = pytest.mark.enable_socket

CONNECTIONS = 16
BAD_EVERY = 100
# The full day once; PostgreSQL shows the same with a part of it.
DAY = {"sqlite": 10_000, "postgresql": 500}


def good_message(number: int) -> bytes:
    control_id = f"G{number}"
    match number % 4:
        case 0:
            text = movement("A08", control_id=control_id)
        case 1:
            text = document("T02", f"Day {number}.", number=f"D{number}", control_id=control_id)
        case 2:
            report = f"OBX|1|TX|||Report {number}: clear.||||||F"
            text = message("ORU^R01", order(f"F{number}", "RAD"), report, control_id=control_id)
        case _:
            value = result(str(1 + number % 9 / 10))
            text = message("ORU^R01", order(f"F{number}"), value, control_id=control_id)
    return text.replace("V77", f"V{number % 50}").encode()


def bad_message(number: int) -> tuple[bytes, str, str]:
    """Return a malformed message, the code it must be answered with, and the field at fault."""
    good = good_message(4 * number).decode().replace(f"|G{4 * number}|", f"|B{number}|")
    text, code, field = [
        (good.replace("ADT^A08", "ADT^A60"), "AR", "MSH-9"),
        (good.replace("M1^^^HOSP^MR", ""), "AE", "PID-3"),
        (good.replace(f"V{4 * number % 50}", ""), "AE", "PV1-19"),
        (good.replace("EVN|A08|20260501080000", "EVN|A08|20269901080000"), "AE", "EVN-2"),
        (f"no message at all, number {number}", "AR", "MSH"),
    ][number % 5]
    return text.encode(), code, field


@pytest.fixture
def service(database_url: str, tmp_path: Path) -> Iterator[Service]:
    made = Service(database_url, tmp_path)
    yield made
    made.kill()


def kept(url: str) -> list[bytes]:
    """Return every good message of the inbox."""
    store = Store(make_engine(url), AUDIT_KEY)
    with store.reading() as session:
        found = [
            text.encode() for visit in range(50) for text in contents_of_visit(session, f"V{visit}")
        ]
    store.close()
    return found


def test_nothing_acknowledged_is_lost_and_nothing_is_kept_twice(
    service: Service, database_url: str
) -> None:
    total = DAY[database_url.partition(":")[0].partition("+")[0]]
    bad = [bad_message(number) for number in range(total // BAD_EVERY)]
    good = [good_message(number) for number in range(total - len(bad))]
    everything = list(good)
    for number, (text, _, _) in enumerate(bad):
        everything.insert(number * BAD_EVERY, text)
    senders = [Sender(lambda: service.port) for _ in range(CONNECTIONS)]

    async def deliver() -> set[bytes]:
        parts = [everything[start::CONNECTIONS] for start in range(CONNECTIONS)]
        sending = [
            asyncio.create_task(sender.send_all(part))
            for sender, part in zip(senders, parts, strict=True)
        ]
        while sum(len(sender.answers) for sender in senders) < total // 2:
            await asyncio.sleep(0.01)
        await asyncio.to_thread(service.kill)
        acknowledged = {
            text
            for sender in senders
            for text, answer in sender.answers.items()
            if answer_code(answer) == "AA"
        }
        lost = acknowledged - set(await asyncio.to_thread(kept, database_url))
        await asyncio.to_thread(service.start)
        await asyncio.gather(*sending)
        return lost

    service.start()
    lost = asyncio.run(deliver())
    assert service.stop() == 0
    assert lost == set()
    answers = {text: answer for sender in senders for text, answer in sender.answers.items()}
    assert {answer_code(answers[text]) for text in good} == {"AA"}
    assert sorted(kept(database_url)) == sorted(good)
    for text, code, field in bad:
        assert answer_code(answers[text]) == code
        assert answer_reason(answers[text]).startswith(f"{field}: ")
    assert listed(database_url) == sorted((code, field) for _, code, field in bad)


def listed(url: str) -> list[tuple[str, str]]:
    """Return answer and field of every refused message of the inbox."""
    store = Store(make_engine(url), AUDIT_KEY)
    with store.reading() as session:
        found = sorted((message.answer, message.field) for message in refused_messages(session))
    store.close()
    return found
