"""Answers that depend only on the address and the index's generation are not made twice.

An ETag of address, settings, generation, site version, day and language stands on them; who sends
it back gets a 304 before anything is searched.  The day is part of it because citations name the
day of access.  Errors, and answers that stream, carry none.
"""

from __future__ import annotations

import datetime
import zlib

from flask import Flask, Response, request
from werkzeug.http import quote_etag

from web.i18n import language
from web.site import site

_UNTAGGED = {"static", None}


def register(app: Flask) -> None:
    """Hangs both ends on the application."""

    @app.before_request
    def unchanged() -> Response | None:
        if not _tagged() or not request.if_none_match:
            return None
        if request.if_none_match.star_tag or not request.if_none_match.contains_weak(_tag()):
            return None
        return _named(Response(status=304))

    @app.after_request
    def named(response: Response) -> Response:
        if request.endpoint == "static":
            fresh = request.args.get("v") == site().version and response.status_code == 200
            response.headers["Cache-Control"] = (
                "public, max-age=31536000, immutable" if fresh else "no-cache"
            )
            return response
        if response.status_code == 200 and _tagged() and not response.is_streamed:
            _named(response).make_conditional(request)
        return response


def _tagged() -> bool:
    return request.method in {"GET", "HEAD"} and request.endpoint not in _UNTAGGED


def _tag() -> str:
    here = site()
    today = datetime.date.today()
    own = zlib.crc32(f"{request.full_path} {here.settings}".encode())
    return f"{here.engine.generation()}-{here.version}-{today:%Y%m%d}-{language()}-{own:08x}"


def _named(response: Response) -> Response:
    # Weak: took_ms differs between two answers that mean the same.
    response.headers["ETag"] = quote_etag(_tag(), weak=True)
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Vary"] = "Accept, Cookie"
    response.headers["Content-Language"] = language()
    return response
