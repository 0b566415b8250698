"""Logging in and signing at a real identity provider that runs as a process."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import httpx2
import pytest
from desks import Hospital
from fastapi.testclient import TestClient
from oidc_provider import CLIENT, SECRET, Running, provider_running
from sqlalchemy import select

from cdi.app import create_app
from cdi.domain.letter import OptionKind
from cdi.interop.identity import Provider, ProviderSettings
from cdi.interop.mapping import load_intake
from cdi.storage.tables import EventRow, MembershipRow, SessionRow, UserRow
from cdi.workflow.provisioning import read_role_map
from cdi.workflow.single_sign_on import SingleSignOn

pytestmark = pytest.mark.enable_socket
PAT = "subject-of-pat"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
BROWSER = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with provider_running() as running:
        yield running


@dataclass
class Site:
    """The desk behind a browser, and the provider that it uses."""

    client: TestClient
    hospital: Hospital
    provider: Running
    sign_on: SingleSignOn

    def leave(self, path: str = "/login/oidc?next=/queries") -> str:
        """Return where the desk sends the browser."""
        answer = self.client.get(path, follow_redirects=False)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def way_back(self, away: str) -> str:
        """Let the provider do its part; return the path it sends the browser back to."""
        location = httpx2.get(away).headers["location"]
        assert location.startswith("https://desk.test/login/oidc/callback?")
        return location.removeprefix("https://desk.test")

    def log_in(self, path: str = "/login/oidc?next=/queries") -> httpx2.Response:
        return self.come_back(self.way_back(self.leave(path)))

    def come_back(self, path: str, **headers: str) -> httpx2.Response:
        return self.client.get(path, headers=headers, follow_redirects=False)

    def me(self) -> httpx2.Response:
        return self.client.get("/api/session")

    def user(self, login: str) -> UserRow | None:
        with self.hospital.store.reading() as session:
            return session.scalars(select(UserRow).where(UserRow.login == login)).one_or_none()

    def roles(self, user_id: str) -> set[str]:
        with self.hospital.store.reading() as session:
            held = select(MembershipRow).where(MembershipRow.user_id == user_id)
            return {row.role.value for row in session.scalars(held)}


def _now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def site(hospital: Hospital, running: Running) -> Iterator[Site]:
    """Pat is known to the provider; its clock is that of the machine, and so is the desk's."""
    hospital.clock.at = _now()
    desk = replace(hospital.desk, address="https://desk.test", now=_now)
    with hospital.store.writing() as session:
        pat = session.get(UserRow, hospital.users["pat"])
        assert pat is not None
        pat.subject = PAT
    sign_on = SingleSignOn(Provider(ProviderSettings(running.issuer, CLIENT, SECRET)))
    app = create_app(desk, load_intake(None), sign_on)
    running.order(PAT)
    with TestClient(app, base_url="https://desk.test") as client:
        yield Site(client, hospital, running, sign_on)


def _problem(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["detail"]


def test_a_user_of_the_provider_logs_in_and_goes_where_they_wanted_to(site: Site) -> None:
    answer = site.log_in("/login/oidc?next=/queries/7")
    assert (answer.status_code, answer.headers["location"]) == (303, "/queries/7")
    assert site.me().json()["user_id"] == site.hospital.users["pat"]
    with site.hospital.store.reading() as session:
        opened = session.scalars(select(EventRow).where(EventRow.verb == "session.open")).one()
    assert '"method":"oidc"' in opened.detail


def test_the_way_there_carries_pkce_state_and_nonce_and_no_secret(site: Site) -> None:
    away = site.leave()
    site.way_back(away)
    asked = site.provider.seen()[-1]
    assert (asked["code_challenge_method"], asked["response_type"]) == ("S256", "code")
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43
    assert "secret" not in away
    cookie = site.client.get("/login/oidc", follow_redirects=False).headers["set-cookie"].lower()
    for word in ("httponly", "secure", "samesite=lax", "max-age=600", "path=/login"):
        assert word in cookie


def test_a_login_leads_to_no_other_site(site: Site) -> None:
    for target in ("https://evil.test/", "//evil.test", "/\\evil.test", "evil"):
        answer = site.log_in(f"/login/oidc?next={target}")
        assert answer.headers["location"] == "/"


FAULTS = {
    "wrong nonce": ("", {"nonce": "another"}, "nonce"),
    "no nonce": ("", {"nonce": None}, "nonce"),
    "unsigned": ("unsigned", {}, "unsupported_algorithm"),
    "signed with the public key": ("symmetric", {}, "unsupported_algorithm"),
    "signed by another": ("stranger", {}, "bad_signature"),
    "for another client": ("", {"aud": "another"}, "aud"),
    "for several without saying whose": ("", {"aud": ["cdi", "another"]}, "azp"),
    "used by another": ("", {"aud": ["cdi", "another"], "azp": "another"}, "azp"),
    "of another issuer": ("", {"iss": "https://evil.test"}, "iss"),
    "expired": ("", {"exp": 1_700_000_000}, "exp"),
    "without end": ("", {"exp": None}, "exp"),
    "of the future": ("", {"iat": 4_000_000_000}, "iat"),
    "without subject": ("", {"sub": None}, "sub"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_an_id_token_with_a_fault_logs_nobody_in(site: Site, case: str) -> None:
    fault, claims, named = FAULTS[case]
    site.provider.order(**{"subject": PAT, "fault": fault, **_spread(claims)})
    status, detail = _problem(site.log_in())
    assert status == 401
    assert named in detail
    assert site.me().status_code == 401


def _spread(claims: dict[str, object]) -> dict[str, object]:
    """Return claims as arguments of ``order``, in which ``sub`` is called subject."""
    spread = dict(claims)
    if "sub" in spread:
        spread["subject"] = spread.pop("sub")
    return spread


def test_a_token_for_several_clients_that_is_ours_counts(site: Site) -> None:
    site.provider.order(PAT, aud=[CLIENT, "another"], azp=CLIENT)
    assert site.log_in().status_code == 303
    assert site.me().status_code == 200


def test_an_answer_counts_once(site: Site) -> None:
    away = site.leave()
    memory = site.client.cookies["cdi_sign_on"]
    back = site.way_back(away)
    assert site.come_back(back).status_code == 303
    assert site.client.cookies.get("cdi_sign_on") is None
    site.client.cookies.clear()
    site.client.cookies.set("cdi_sign_on", memory, domain="desk.test", path="/login")
    status, detail = _problem(site.come_back(back))
    assert (status, "finished before" in detail) == (401, True)


def test_an_answer_belongs_to_the_browser_that_left(site: Site) -> None:
    back = site.way_back(site.leave())
    site.client.cookies.clear()
    status, detail = _problem(site.come_back(back))
    assert (status, "no login is under way" in detail) == (401, True)
    site.leave()
    status, detail = _problem(site.come_back(back))
    assert (status, "another login" in detail) == (401, True)


def test_an_answer_of_another_issuer_or_of_nobody_logs_nobody_in(site: Site) -> None:
    site.provider.order_answer(iss="https://evil.test")
    assert "not of the identity provider" in _problem(site.log_in())[1]
    site.provider.order(PAT, "refused")
    assert "nobody logged in" in _problem(site.log_in())[1]
    site.provider.order_answer(code="guessed")
    assert "invalid_grant" in _problem(site.log_in())[1]


def test_a_browser_is_led_back_to_the_login_page(site: Site) -> None:
    site.provider.order(PAT, "refused")
    answer = site.come_back(site.way_back(site.leave()), **BROWSER)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/login?problem=login&next=%2Fqueries",
    )


def test_keys_that_the_provider_changed_are_fetched_anew(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cdi.interop.identity.keys._AGAIN_SECONDS", 0.0)
    assert site.log_in().status_code == 303
    site.provider.rotate(PAT)
    assert site.log_in().status_code == 303


def test_somebody_without_an_account_does_not_get_one(site: Site) -> None:
    site.provider.order("a stranger", preferred_username="sam", email="sam@example.org")
    status, detail = _problem(site.log_in())
    assert (status, "no account here" in detail) == (401, True)
    sam = site.user("sam")
    assert sam is not None
    assert sam.subject is None


def test_an_account_is_linked_by_the_claim_that_the_site_names(site: Site) -> None:
    linking = replace(site.sign_on, link_claim="preferred_username")
    site.client.app.state.sign_on = linking  # type: ignore[attr-defined]
    site.provider.order("subject-of-sam", preferred_username="SAM")
    assert site.log_in().status_code == 303
    sam = site.user("sam")
    assert sam is not None
    assert sam.subject == "subject-of-sam"
    site.client.cookies.clear()
    site.provider.order("another", preferred_username="sam")
    assert _problem(site.log_in())[0] == 401


@pytest.mark.parametrize(("verified", "status"), [(True, 303), (False, 401), (None, 401)])
def test_an_address_links_an_account_only_if_it_is_verified(
    site: Site, verified: bool | None, status: int
) -> None:
    with site.hospital.store.writing() as session:
        kim = session.get(UserRow, site.hospital.users["kim"])
        assert kim is not None
        kim.login = "kim@example.org"
    site.client.app.state.sign_on = replace(site.sign_on, link_claim="email")  # type: ignore[attr-defined]
    site.provider.order("subject-of-kim", email="kim@example.org", email_verified=verified)
    assert site.log_in().status_code == status


def test_roles_come_from_the_provider_where_the_site_maps_them(site: Site) -> None:
    roles = read_role_map({"cdi": ["general:specialist"], "coders": ["general:coder"]})
    site.client.app.state.sign_on = replace(site.sign_on, roles=roles)  # type: ignore[attr-defined]
    site.provider.order("new", preferred_username="Nia", name="Nia N.", groups=["cdi", "x"])
    assert site.log_in().status_code == 303
    nia = site.user("nia")
    assert nia is not None
    assert (nia.name, site.roles(nia.id)) == ("Nia N.", {"specialist"})
    site.provider.order("new", groups=["coders"])
    assert site.log_in().status_code == 303
    assert site.roles(nia.id) == {"coder"}
    site.provider.order("new", groups=[])
    assert _problem(site.log_in())[0] == 401
    site.provider.order(PAT, groups=[])
    assert site.log_in().status_code == 303
    assert site.roles(site.hospital.users["pat"]) == {"physician"}


def _answer(site: Site, query: dict[str, object]) -> httpx2.Response:
    options = site.hospital.options(str(query["id"]), OptionKind.DIAGNOSIS)
    body = {"answers": [{"option": given.option} for given in options]}
    headers = {"If-Match": f'"{query["version"]}"', "Sec-Fetch-Site": "same-origin"}
    return site.client.post(f"/api/queries/{query['id']}/answer", json=body, headers=headers)


def test_an_answer_is_signed_by_proving_at_the_provider_again(site: Site) -> None:
    sent = site.hospital.sent()
    query: dict[str, object] = {"id": sent.id, "version": sent.version}
    site.provider.order(PAT, auth_time=int(time.time()) - 4000)
    assert site.log_in().status_code == 303
    assert _answer(site, query).json()["type"] == "cdi:signature"
    away = site.leave("/login/oidc/confirm?next=/queries/9")
    site.provider.order(PAT)
    back = site.come_back(site.way_back(away))
    assert (back.status_code, back.headers["location"]) == (303, "/queries/9")
    asked = site.provider.seen()[-1]
    assert (asked["prompt"], asked["max_age"]) == ("login", "0")
    assert _answer(site, query).status_code == 200
    with site.hospital.store.reading() as session:
        event = session.scalars(select(EventRow).where(EventRow.verb == "query.answer")).one()
    assert '"method":"oidc"' in event.detail


def test_a_login_of_which_the_provider_does_not_say_when_confirms_nothing(site: Site) -> None:
    sent = site.hospital.sent()
    site.provider.order(PAT, auth_time=None)
    assert site.log_in().status_code == 303
    problem = _answer(site, {"id": sent.id, "version": sent.version}).json()
    assert problem["type"] == "cdi:signature"


@pytest.mark.parametrize(
    ("subject", "auth_time", "detail"),
    [
        ("subject-of-pia", 0, "somebody else"),
        (PAT, -4000, "did not ask"),
        (PAT, None, "did not ask"),
    ],
)
def test_a_confirmation_is_of_the_same_user_and_of_now(
    site: Site, subject: str, auth_time: int | None, detail: str
) -> None:
    site.log_in()
    before = site.me().json()["confirmed_at"]
    at = None if auth_time is None else int(time.time()) + auth_time
    site.provider.order(subject, auth_time=at)
    status, told = _problem(site.log_in("/login/oidc/confirm"))
    assert (status, detail in told) == (403, True)
    assert site.me().json()["confirmed_at"] == before


def test_a_confirmation_needs_the_session_it_began_with(site: Site) -> None:
    site.log_in()
    back = site.way_back(site.leave("/login/oidc/confirm"))
    memory = site.client.cookies["cdi_sign_on"]
    site.log_in()
    site.client.cookies.set("cdi_sign_on", memory, domain="desk.test", path="/login")
    status, detail = _problem(site.come_back(back))
    assert (status, "session has ended" in detail) == (401, True)


def test_logging_out_ends_the_session_here_and_at_the_provider(site: Site) -> None:
    site.log_in()
    site.client.headers["Sec-Fetch-Site"] = "same-origin"
    answer = site.client.post("/logout/oidc", follow_redirects=False)
    assert answer.headers["location"] == (
        f"{site.provider.issuer}/end?client_id={CLIENT}"
        "&post_logout_redirect_uri=https%3A%2F%2Fdesk.test%2Flogin"
    )
    assert site.me().status_code == 401


def tell_logout(site: Site, **changes: object) -> tuple[httpx2.Response, str]:
    """Post a logout token of the provider, with changes; return the answer and the token."""
    claims = {"aud": CLIENT, "sub": PAT, "events": {EVENT: {}}, "algorithm": "RS256", **changes}
    token = site.provider.sign(**claims)
    return site.client.post("/logout/oidc/backchannel", data={"logout_token": token}), token


def test_who_logs_out_at_the_provider_is_logged_out_here_at_once(site: Site) -> None:
    site.log_in()
    assert site.me().status_code == 200
    answer, token = tell_logout(site)
    assert (answer.status_code, answer.json()) == (200, {"sessions": 1})
    assert answer.headers["cache-control"] == "no-store"
    assert site.me().status_code == 401
    with site.hospital.store.reading() as session:
        event = session.scalars(select(EventRow).where(EventRow.verb == "session.end")).one()
    assert event.subject_id == site.hospital.users["pat"]
    site.log_in()
    again = site.client.post("/logout/oidc/backchannel", data={"logout_token": token})
    assert (again.status_code, again.json()["error"]) == (400, "invalid_request")
    assert site.me().status_code == 200, "a token that came before ends nothing"


def test_a_logout_of_somebody_without_an_account_is_no_error(site: Site) -> None:
    site.log_in()
    answer, _ = tell_logout(site, sub="a stranger")
    assert (answer.status_code, answer.json()) == (200, {"sessions": 0})
    assert site.me().status_code == 200


def in_another_browser(site: Site) -> TestClient:
    """Return a browser of the same person, with a session of its own."""
    mine, site.client = site.client, TestClient(site.client.app, base_url="https://desk.test")
    assert site.log_in().status_code == 303
    other, site.client = site.client, mine
    return other


@pytest.mark.parametrize("sub", [None, PAT])
def test_a_logout_of_one_session_at_the_provider_ends_what_began_in_it(
    site: Site, sub: str | None
) -> None:
    site.provider.order(PAT, sid="at the desk")
    site.log_in()
    site.provider.order(PAT, sid="on the ward")
    ward = in_another_browser(site)
    answer, _ = tell_logout(site, sub=sub, sid="on the ward")
    assert (answer.status_code, answer.json()) == (200, {"sessions": 1})
    assert ward.get("/api/session").status_code == 401
    assert site.me().status_code == 200
    with site.hospital.store.reading() as session:
        event = session.scalars(select(EventRow).where(EventRow.verb == "session.end")).one()
        kept = session.scalars(select(SessionRow.provider_session)).all()
    assert event.subject_id == site.hospital.users["pat"]
    assert {len(one or "") for one in kept} == {64}, "a hash, not what the provider calls it"
    assert tell_logout(site, sub=sub, sid="at home")[0].json() == {"sessions": 0}
    assert site.me().status_code == 200


def test_a_logout_by_user_ends_all_their_sessions_whatever_is_behind_them(site: Site) -> None:
    site.provider.order(PAT, sid="at the desk")
    site.log_in()
    ward = in_another_browser(site)
    assert tell_logout(site)[0].json() == {"sessions": 2}
    assert (site.me().status_code, ward.get("/api/session").status_code) == (401, 401)


def test_a_logout_of_a_session_ends_those_of_its_user_of_which_no_session_was_named(
    site: Site,
) -> None:
    site.log_in()
    assert tell_logout(site, sub="a stranger", sid="s1")[0].json() == {"sessions": 0}
    assert tell_logout(site, sub=None, sid="s1")[0].json() == {"sessions": 0}
    assert site.me().status_code == 200
    assert tell_logout(site, sid="s1")[0].json() == {"sessions": 1}
    assert site.me().status_code == 401


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"iss": "https://other.example"}, "iss"),
        ({"aud": "another"}, "aud"),
        ({"sub": None}, "sub"),
        ({"sub": None, "sid": 7}, "sub"),
        ({"jti": None}, "jti"),
        ({"iat": None}, "iat"),
        ({"iat": int(time.time()) - 700}, "iat"),
        ({"iat": int(time.time()) + 7000}, "iat"),
        ({"events": None}, "events"),
        ({"events": {"another": {}}}, "events"),
        ({"nonce": "n"}, "nonce"),
        ({"algorithm": "RS384"}, "the token does not count"),
    ],
)
def test_a_logout_token_that_does_not_count_ends_nothing(
    site: Site, changes: dict[str, object], wrong: str
) -> None:
    site.log_in()
    answer, _ = tell_logout(site, **changes)
    assert answer.status_code == 400
    assert wrong in answer.json()["error_description"]
    assert site.me().status_code == 200


def test_the_pages_lead_to_the_provider_and_out_of_it(site: Site) -> None:
    login = site.client.get("/login?next=/questions/7").text
    assert 'href="/login/oidc?next=/questions/7"' in login
    assert "/logout/oidc" not in login
    problem = site.client.get("/login?problem=provider").text
    assert "login cannot be reached now" in problem
    assert 'href="/logout/oidc"' in site.client.get("/login?problem=left").text
    away = site.client.get("/logout/oidc", follow_redirects=False).headers["location"]
    assert away.startswith(f"{site.provider.issuer}/end?client_id={CLIENT}")


def test_a_provider_that_is_away_is_told_as_such(hospital: Hospital) -> None:
    desk = replace(hospital.desk, address="https://desk.test")
    away = SingleSignOn(Provider(ProviderSettings("http://127.0.0.1:9", CLIENT)))
    with TestClient(create_app(desk, load_intake(None), away)) as client:
        problem = client.get("/login/oidc", follow_redirects=False).json()
    assert (problem["status"], problem["type"]) == (503, "cdi:provider")


def test_without_a_provider_its_routes_are_not_there(client: TestClient) -> None:
    for path in ("/login/oidc", "/login/oidc/callback?code=1&state=2"):
        answer = client.get(path, follow_redirects=False)
        assert (answer.status_code, answer.json()["type"]) == (404, "cdi:not_found")
