"""What a request may weigh: its address, its headers, its body; refused before it is read.

The figures stand below those of the server (hyper takes an address of 65,534 bytes), so that the
refusal is ours: a page or JSON that says what to do.
"""

from __future__ import annotations

from flask import Flask, abort, request

MAX_ADDRESS = 32_768
"""Bytes of path and query: three queries of full length (1,000 Han characters, 9 bytes each)."""
MAX_HEADERS = 32_768
"""Bytes of all header names and values."""
MAX_BODY = 65_536
"""Bytes of a body; no page of the site takes more than a short form."""


def register(app: Flask) -> None:
    """Hangs the check before everything else."""
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY

    @app.before_request
    def weighed() -> None:
        if len(request.query_string) + len(request.environ.get("PATH_INFO", "")) > MAX_ADDRESS:
            abort(414)
        if sum(len(name) + len(value) for name, value in request.headers) > MAX_HEADERS:
            abort(431)
        if (request.content_length or 0) > MAX_BODY:
            abort(413)
