"""Pages of exports: the next one is named in the ``Link`` header (RFC 8288)."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import Request, Response

from cdi.errors import InputError


def with_next(request: Request, response: Response, following: str | None, name: str) -> Response:
    """Return a response that names its next page, if there is one, by a parameter of the query."""
    if following is not None:
        url = request.url.include_query_params(**{name: following})
        response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
    return response


def in_utc(moment: datetime) -> datetime:
    """Return a moment in UTC, as which one without a time zone is taken.

    Raises:
        InputError: it is too near the ends of the calendar to have one.
    """
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        raise InputError("not a moment that can be told in UTC") from None
