"""An OpenID Connect provider: the way there, the way back, and what its ID token must say.

Authorization code flow with PKCE (RFC 7636), the issuer in the answer (RFC 9207), and the checks of
OpenID Connect Core 1.0, 3.1.3.7.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from joserfc.errors import JoseError
from joserfc.jwt import JWTClaimsRegistry

from cdi.errors import LoginError, ProviderError, SettingError
from cdi.interop.identity.keys import KeySource, fetch_json

LEEWAY = 60
"""Seconds that the provider's clock may be off."""
NOTICE_SECONDS = 600
"""How old a logout token may be."""
_LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
_SYMMETRIC = ("HS", "none")
_NEEDED = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """Who the provider is and who we are to it.

    Attributes:
        issuer: exactly as the provider writes it in its tokens.
        client_secret: "" for a public client.
        algorithms: with which ID tokens may be signed; never a symmetric one or none.

    Raises:
        SettingError: there is no client id, or an algorithm may not be used.
    """

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    scopes: str = "openid profile email"
    algorithms: tuple[str, ...] = ("RS256", "PS256", "ES256")

    def __post_init__(self) -> None:
        if not self.client_id:
            raise SettingError("oidc_client_id: needed with oidc_issuer")
        if not self.algorithms or any(a.startswith(_SYMMETRIC) for a in self.algorithms):
            raise SettingError("oidc_algorithms: asymmetric algorithms only, such as RS256")


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the provider says it has before it.

    Attributes:
        authenticated_at: when they last proved it to the provider; None if it does not say.
        session: the provider's name for the session they have there (``sid``), "" without one.
        claims: all that the ID token says.
    """

    subject: str
    authenticated_at: datetime | None
    session: str
    claims: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class LogoutNotice:
    """Which sessions the provider says have ended; ``token_id`` counts once.

    Attributes:
        subject: whose, "" if the provider does not say.
        session: behind which session at the provider; "": all of the subject.
    """

    subject: str
    session: str
    token_id: str


class Provider:
    """An identity provider; what it publishes of itself is fetched at the first use."""

    def __init__(self, settings: ProviderSettings) -> None:
        self.settings = settings
        self._published: Mapping[str, Any] | None = None
        self._keys: KeySource | None = None

    def authorization_url(
        self, back: str, state: str, nonce: str, verifier: str, *, again: bool
    ) -> str:
        """Return where to send the browser; ``again`` asks for the credentials in any case.

        Raises:
            ProviderError: the provider cannot be reached or publishes no address.
        """
        fresh = {"prompt": "login", "max_age": "0"} if again else {}
        with self._client(back) as client:
            url, _ = client.create_authorization_url(
                self._metadata()["authorization_endpoint"],
                state=state,
                nonce=nonce,
                code_verifier=verifier,
                **fresh,
            )
        return str(url)

    def identify(self, back: str, code: str, verifier: str, nonce: str, now: datetime) -> Identity:
        """Return who comes back with a code.

        Raises:
            LoginError: the code or the ID token does not count; names what is wrong.
            ProviderError: the provider cannot be reached.
        """
        try:
            with self._client(back) as client:
                answer = client.fetch_token(
                    self._metadata()["token_endpoint"], code=code, code_verifier=verifier
                )
        except OAuthError as error:
            raise LoginError(f"the identity provider refused: {error.error}") from None
        except (httpx2.HTTPError, ValueError) as error:
            raise ProviderError(f"the identity provider: {type(error).__name__}") from None
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise LoginError("the identity provider gave no ID token")
        return self.read_id_token(token, nonce, now)

    def read_id_token(self, token: str, nonce: str, now: datetime) -> Identity:
        """Return whom an ID token is about.

        Raises:
            LoginError: signature, issuer, audience, nonce or time is not right; names which.
            ProviderError: the keys of the provider cannot be had.
        """
        claims = self._claims(token)
        ours = self.settings.client_id
        registry = JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=LEEWAY,
            iss={"essential": True, "value": self.settings.issuer},
            aud={"essential": True, "value": ours},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            registry.validate(claims)
        except JoseError as error:
            name = getattr(error, "claim", "") or error.error
            raise LoginError(f"the ID token does not count: {name}") from None
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", None if several else ours) != ours:
            raise LoginError("the ID token does not count: azp")
        proved = _moment(claims.get("auth_time"))
        return Identity(str(claims["sub"]), proved, _word(claims, "sid"), claims)

    def read_logout_token(self, token: str, now: datetime) -> LogoutNotice:
        """Return whose sessions have ended (OpenID Connect Back-Channel Logout 1.0, 2.6).

        Raises:
            LoginError: signature, issuer, audience, time or event is not right, or neither a
                subject nor a session is named; names which.
            ProviderError: the keys of the provider cannot be had.
        """
        claims = self._claims(token)
        registry = JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=LEEWAY,
            iss={"essential": True, "value": self.settings.issuer},
            aud={"essential": True, "value": self.settings.client_id},
            iat={"essential": True},
            jti={"essential": True},
        )
        try:
            registry.validate(claims)
        except JoseError as error:
            name = getattr(error, "claim", "") or error.error
            raise LoginError(f"the logout token does not count: {name}") from None
        issued, events = _moment(claims["iat"]), claims.get("events")
        if issued is None or (now - issued).total_seconds() > NOTICE_SECONDS:
            raise LoginError("the logout token does not count: iat")
        if not isinstance(events, dict) or not isinstance(events.get(_LOGOUT), dict):
            raise LoginError("the logout token does not count: events")
        # With a nonce it could be an ID token that somebody caught (2.4).
        if "nonce" in claims:
            raise LoginError("the logout token does not count: nonce")
        subject, session = _word(claims, "sub"), _word(claims, "sid")
        if not subject and not session:
            raise LoginError("the logout token does not count: sub")
        return LogoutNotice(subject, session, str(claims["jti"]))

    def accepts_issuer(self, named: str | None) -> bool:
        """Tell whether an answer that names its issuer (RFC 9207) is of this provider."""
        promised = self._metadata().get("authorization_response_iss_parameter_supported") is True
        return named == self.settings.issuer if named or promised else True

    def end_session_url(self, back: str) -> str | None:
        """Return where the browser ends its session at the provider; None if there is no such."""
        address = self._metadata().get("end_session_endpoint")
        if not isinstance(address, str):
            return None
        query = {"client_id": self.settings.client_id, "post_logout_redirect_uri": back}
        return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}"

    def _claims(self, token: str) -> dict[str, Any]:
        if self._keys is None:
            self._keys = KeySource(self._metadata()["jwks_uri"])
        return self._keys.read(token, self.settings.algorithms)

    def _metadata(self) -> Mapping[str, Any]:
        if self._published is None:
            issuer = self.settings.issuer
            found = fetch_json(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            missing = [name for name in _NEEDED if not isinstance(found.get(name), str)]
            if missing or found["issuer"] != issuer:
                raise ProviderError(f"the identity provider: {', '.join(missing) or 'issuer'}")
            self._published = found
        return self._published

    def _client(self, back: str) -> OAuth2Client:
        given = self.settings
        return OAuth2Client(
            given.client_id,
            given.client_secret or None,
            scope=given.scopes,
            redirect_uri=back,
            code_challenge_method="S256",
            timeout=5.0,
        )


def _word(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) else ""


def _moment(value: object) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return datetime.fromtimestamp(value, UTC)
