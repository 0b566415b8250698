from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from desks import Hospital
from itsdangerous import URLSafeSerializer
from sqlalchemy import select

from cdi.errors import LinkError, NotFound, SettingError
from cdi.storage.tables import EventRow
from cdi.workflow.desk import Desk
from cdi.workflow.links import LIFETIME, check_link, make_link, open_link


@pytest.fixture
def desk(hospital: Hospital) -> Desk:
    return replace(hospital.desk, address="https://desk.test")


def _link(hospital: Hospital, desk: Desk, who: str = "pat") -> tuple[str, str]:
    """Return a sent query and the token of a link to it."""
    query = hospital.sent()
    address = make_link(desk, query.id, hospital.users[who])
    assert address.startswith("https://desk.test/open/")
    return query.id, address.removeprefix("https://desk.test/open/")


def test_a_link_leads_its_user_to_the_query_once(hospital: Hospital, desk: Desk) -> None:
    query, token = _link(hospital, desk)
    check_link(desk, token)
    check_link(desk, token)
    assert open_link(desk, hospital.actor("pat"), token) == query
    with pytest.raises(LinkError, match="was used"):
        open_link(desk, hospital.actor("pat"), token)
    with hospital.store.reading() as session:
        opened = select(EventRow).where(EventRow.verb == "link.open")
        assert [row.subject_id for row in session.scalars(opened)] == [query]


def test_a_link_is_not_used_up_by_somebody_else(hospital: Hospital, desk: Desk) -> None:
    query, token = _link(hospital, desk)
    with pytest.raises(NotFound):
        open_link(desk, hospital.actor("pia"), token)
    assert open_link(desk, hospital.actor("pat"), token) == query


def test_of_many_that_open_a_link_at_once_one_does(hospital: Hospital, desk: Desk) -> None:
    _, token = _link(hospital, desk)
    pat = hospital.actor("pat")

    def opened(_: int) -> bool:
        try:
            open_link(desk, pat, token)
        except LinkError:
            return False
        return True

    with ThreadPoolExecutor(6) as threads:
        assert sum(threads.map(opened, range(6))) == 1


def test_a_link_expires(hospital: Hospital, desk: Desk) -> None:
    _, token = _link(hospital, desk)
    hospital.clock.at += LIFETIME
    check_link(desk, token)
    hospital.clock.pass_hours(0.01)
    with pytest.raises(LinkError, match="expired"):
        check_link(desk, token)


@pytest.mark.parametrize("forged", ["", "x", "a.b", "WyJxIl0.AAAA", "💥"])
def test_what_was_not_signed_here_is_no_link(hospital: Hospital, desk: Desk, forged: str) -> None:
    with pytest.raises(LinkError, match="no link of this desk"):
        check_link(desk, forged)


def test_a_link_with_another_query_in_it_is_not_ours(hospital: Hospital, desk: Desk) -> None:
    _, token = _link(hospital, desk)
    payload, signature = token.rsplit(".", 1)
    other = base64.urlsafe_b64encode(b'["another","user",9999999999,"n"]').decode().rstrip("=")
    assert payload != other
    with pytest.raises(LinkError):
        check_link(desk, f"{other}.{signature}")


def test_a_link_holds_nothing_of_the_patient(hospital: Hospital, desk: Desk) -> None:
    query, token = _link(hospital, desk)
    shown = str(URLSafeSerializer("another key").loads_unsafe(token)[1])
    assert query in shown
    for word in ("Jordan", "MRN-7", "E-100", "heart", "CHF"):
        assert word not in shown


def test_without_an_address_there_are_no_links(hospital: Hospital) -> None:
    with pytest.raises(SettingError, match="CDI_PUBLIC_URL"):
        make_link(hospital.desk, "q", "u")
