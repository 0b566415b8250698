"""A small OpenID provider as a process of its own: real HTTP, real keys, faults to order.

``python oidc_provider.py`` prints its address and serves until it is ended. ``POST /order`` says
who is before it and what its next ID token gets wrong; everything else is as the specification has
it: PKCE S256, codes that count once, client_secret_basic, RS256 with published keys.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, unquote, urlencode, urlsplit
from urllib.request import Request, urlopen

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "cdi", "a secret: with / and +"


def _new_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig"})


class _State:
    issuer = ""
    key = _new_key()
    stranger = _new_key()
    codes: ClassVar[dict[str, dict[str, str]]] = {}
    order: ClassVar[dict[str, Any]] = {}
    seen: ClassVar[list[dict[str, str]]] = []


class _Provider(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        if url.path == "/.well-known/openid-configuration":
            self._tell(_metadata())
        elif url.path == "/jwks":
            self._tell({"keys": [_State.key.as_dict(private=False)]})
        elif url.path == "/seen":
            self._tell({"requests": _State.seen})
        else:
            self._authorize(query)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path == "/order":
            order = json.loads(body)
            if order.pop("rotate", False):
                _State.key = _new_key()
            _State.order = order
            self._tell({})
        elif self.path == "/sign":
            claims = json.loads(body)
            algorithm = claims.pop("algorithm", "RS384")
            header = {"alg": algorithm, "kid": _State.key.kid}
            self._tell({"token": jwt.encode(header, claims, _State.key, [algorithm])})
        else:
            self._exchange({name: values[0] for name, values in parse_qs(body).items()})

    def _authorize(self, query: dict[str, str]) -> None:
        _State.seen.append(query)
        answer = {"state": query["state"], "iss": _State.issuer}
        if _State.order.get("fault") == "refused":
            answer["error"] = "access_denied"
        else:
            answer["code"] = secrets.token_urlsafe(16)
            _State.codes[answer["code"]] = query
        answer |= _State.order.get("answer", {})
        self.send_response(302)
        self.send_header("Location", f"{query['redirect_uri']}?{urlencode(answer)}")
        self.end_headers()

    def _exchange(self, form: dict[str, str]) -> None:
        asked = _State.codes.pop(form.get("code", ""), None)
        told = self.headers.get("Authorization", "").removeprefix("Basic ")
        who = [unquote(part) for part in base64.b64decode(told).decode().split(":", 1)]
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proven = asked is not None and _encode(digest) == asked["code_challenge"]
        fits = proven and asked is not None and form["redirect_uri"] == asked["redirect_uri"]
        if asked is None or who != [CLIENT, SECRET] or not fits:
            self._tell({"error": "invalid_grant"}, 400)
            return
        token = _id_token(asked)
        self._tell({"access_token": "a", "token_type": "Bearer", "id_token": token})

    def _tell(self, content: dict[str, Any], status: int = 200) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def _metadata() -> dict[str, Any]:
    issuer = _State.issuer
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "jwks_uri": f"{issuer}/jwks",
        "end_session_endpoint": f"{issuer}/end",
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "authorization_response_iss_parameter_supported": True,
    }


def _id_token(asked: dict[str, str]) -> str:
    now, order = int(time.time()), _State.order
    claims: dict[str, Any] = {
        "iss": _State.issuer,
        "aud": CLIENT,
        "sub": "nobody",
        "exp": now + 300,
        "iat": now,
        "auth_time": now,
        "nonce": asked["nonce"],
    }
    claims |= order.get("claims", {})
    claims = {name: value for name, value in claims.items() if value is not None}
    match order.get("fault"):
        case "unsigned":
            return _join({"alg": "none"}, claims) + "."
        case "symmetric":
            text = _join({"alg": "HS256", "kid": _State.key.kid}, claims)
            public = _State.key.as_pem(private=False)
            return f"{text}.{_encode(hmac.new(public, text.encode(), 'sha256').digest())}"
        case "stranger":
            return jwt.encode({"alg": "RS256", "kid": _State.key.kid}, claims, _State.stranger)
    return jwt.encode({"alg": "RS256", "kid": _State.key.kid}, claims, _State.key)


def _join(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return ".".join(_encode(json.dumps(part).encode()) for part in (header, claims))


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Running:
    """A provider that runs as a process; ``issuer`` is its address."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer

    def order(self, subject: str, fault: str = "", **claims: Any) -> None:
        """Say who is before the provider, and what goes wrong."""
        self._post({"claims": {"sub": subject, **claims}, "fault": fault})

    def order_answer(self, **answer: str) -> None:
        """Say what the way back says besides or instead."""
        self._post({"answer": answer})

    def rotate(self, subject: str) -> None:
        """Sign with a new key from now on."""
        self._post({"claims": {"sub": subject}, "rotate": True})

    def sign(self, **claims: Any) -> str:
        """Return a token of this issuer, as a CDS client signs one for each call."""
        now = int(time.time())
        given = {"iss": self.issuer, "iat": now, "exp": now + 300, "jti": secrets.token_hex(8)}
        content = json.dumps({k: v for k, v in {**given, **claims}.items() if v is not None})
        with urlopen(Request(f"{self.issuer}/sign", content.encode())) as answer:
            token: str = json.load(answer)["token"]
        return token

    def seen(self) -> list[dict[str, str]]:
        """Return the requests for authorization so far."""
        with urlopen(f"{self.issuer}/seen") as answer:
            found: list[dict[str, str]] = json.load(answer)["requests"]
        return found

    def _post(self, content: dict[str, Any]) -> None:
        with urlopen(Request(f"{self.issuer}/order", json.dumps(content).encode())):
            pass


@contextmanager
def provider_running() -> Iterator[Running]:
    """Run a provider as a process."""
    command = [sys.executable, str(Path(__file__))]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield Running(process.stdout.readline().strip())
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def main() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Provider)
    _State.issuer = f"http://127.0.0.1:{server.server_port}"
    print(_State.issuer, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
