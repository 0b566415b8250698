"""Style sheets, scripts and pictures, under URLs that change with their content."""

from __future__ import annotations

import gzip
import mimetypes
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

from fastapi import APIRouter, HTTPException, Request, Response

_FOREVER = "public, max-age=31536000, immutable"
_PLAIN = ("text/", "application/javascript", "image/svg")


@dataclass(frozen=True, slots=True)
class _Asset:
    content: bytes
    zipped: bytes | None
    media_type: str


class Assets:
    """The static files, read once. ``url("base.css")`` names one with the hash of its content."""

    def __init__(self) -> None:
        self._urls: dict[str, str] = {}
        self._held: dict[str, _Asset] = {}
        self._read(files("cdi.web") / "static", "")
        self.router = APIRouter()
        self.router.add_api_route(
            "/static/{name:path}", self._give, methods=["GET", "HEAD"], include_in_schema=False
        )

    def url(self, name: str) -> str:
        """Return where a static file is served.

        Raises:
            KeyError: there is no such file.
        """
        return f"/static/{self._urls[name]}"

    def _read(self, folder: Traversable, prefix: str) -> None:
        for entry in folder.iterdir():
            name = prefix + entry.name
            if entry.is_dir():
                self._read(entry, f"{name}/")
                continue
            content = entry.read_bytes()
            stem, _, extension = name.rpartition(".")
            hashed = f"{stem}.{sha256(content).hexdigest()[:12]}.{extension}"
            media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
            if media_type == "text/javascript":
                media_type = "application/javascript"
            plain = media_type.startswith(_PLAIN)
            zipped = gzip.compress(content, 9, mtime=0) if plain else None
            self._urls[name] = hashed
            self._held[hashed] = _Asset(content, zipped, media_type)

    async def _give(self, name: str, request: Request) -> Response:
        asset = self._held.get(name)
        if asset is None:
            raise HTTPException(404)
        headers = {"Cache-Control": _FOREVER, "Vary": "Accept-Encoding"}
        if asset.zipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
            # Said here, so that it is not packed again at each request.
            headers["Content-Encoding"] = "gzip"
            return Response(asset.zipped, headers=headers, media_type=asset.media_type)
        return Response(asset.content, headers=headers, media_type=asset.media_type)
