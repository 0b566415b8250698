"""Pages of exports: the next one is named in the ``Link`` header (RFC 8288)."""

from __future__ import annotations

from datetime import datetime

from fastapi import Request, Response


def with_next(request: Request, response: Response, following: str | None, name: str) -> Response:
    """Return a response that names its next page, if there is one, by a parameter of the query."""
    if following is not None:
        url = request.url.include_query_params(**{name: following})
        response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
    return response


def in_time_zone(moment: datetime | None) -> datetime | None:
    """Return a moment with its time zone: that of the machine where none is given."""
    return moment if moment is None or moment.tzinfo else moment.astimezone()
