from __future__ import annotations

import pytest
from desks import ELSEWHERE, HERE, Hospital, make_stay

from cdi.errors import InputError, LoginError, NotAllowed, NotFound
from cdi.storage.tables import ServiceTokenRow
from cdi.workflow.intake import ingest_encounter
from cdi.workflow.tokens import VERBS, NewToken, add_token, find_machine, list_tokens, revoke_token


def _add(hospital: Hospital, *verbs: str, place: str = HERE, who: str = "eve") -> NewToken:
    facility = hospital.facilities[place]
    return add_token(hospital.desk, hospital.actor(who), facility, "feed", verbs)


def test_a_token_does_what_it_is_for_and_nothing_else(hospital: Hospital) -> None:
    machine = find_machine(hospital.desk, _add(hospital, "encounter.ingest").secret).actor
    here, elsewhere = hospital.facilities[HERE], hospital.facilities[ELSEWHERE]
    assert ingest_encounter(hospital.desk, machine, here, make_stay()).state == "changed"
    with pytest.raises(NotFound):
        ingest_encounter(hospital.desk, machine, elsewhere, make_stay())
    other = find_machine(hospital.desk, _add(hospital, "metrics.scrape").secret).actor
    with pytest.raises(NotAllowed, match=r"this token is not for encounter\.ingest"):
        ingest_encounter(hospital.desk, other, here, make_stay())


def test_the_secret_is_kept_nowhere(hospital: Hospital) -> None:
    made = _add(hospital, "encounter.ingest")
    assert made.secret.startswith("cdi_")
    with hospital.store.reading() as session:
        row = session.get(ServiceTokenRow, made.receipt.id)
        assert row is not None
        assert made.secret not in {str(value) for value in vars(row).values()}
    (listed,) = list_tokens(hospital.desk, hospital.actor("eve"))
    assert (listed.id, listed.verbs) == (made.receipt.id, ["encounter.ingest"])


def test_a_revoked_or_expired_token_counts_no_more(hospital: Hospital) -> None:
    first, second = _add(hospital, "encounter.ingest"), _add(hospital, "encounter.ingest")
    revoke_token(hospital.desk, hospital.actor("eve"), first.receipt.id)
    revoke_token(hospital.desk, hospital.actor("eve"), first.receipt.id)
    with pytest.raises(LoginError):
        find_machine(hospital.desk, first.secret)
    assert find_machine(hospital.desk, second.secret).name == "feed"
    hospital.clock.pass_hours(24 * 365)
    with pytest.raises(LoginError):
        find_machine(hospital.desk, second.secret)
    assert list_tokens(hospital.desk, hospital.actor("eve")) == ()


@pytest.mark.parametrize("who", ["sam", "mia", "ada", "bot"])
def test_tokens_are_for_administrators(hospital: Hospital, who: str) -> None:
    made = _add(hospital, "encounter.ingest")
    with pytest.raises(NotAllowed):
        _add(hospital, "encounter.ingest", who=who)
    with pytest.raises(NotAllowed):
        list_tokens(hospital.desk, hospital.actor(who))
    with pytest.raises(NotAllowed):
        revoke_token(hospital.desk, hospital.actor(who), made.receipt.id)


def test_an_administrator_gives_tokens_of_their_own_facility_only(hospital: Hospital) -> None:
    with pytest.raises(NotFound):
        _add(hospital, "encounter.ingest", place=ELSEWHERE)


@pytest.mark.parametrize(
    "verbs", [(), ("query.answer",), ("token.add",), ("encounter.ingest", "x")]
)
def test_a_token_is_for_verbs_of_machines(hospital: Hospital, verbs: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match="expected one or more of"):
        _add(hospital, *verbs)


def test_no_machine_may_answer_send_or_read_a_chart() -> None:
    assert not VERBS & {"query.answer", "query.send", "query.read", "encounter.read", "audit.read"}
