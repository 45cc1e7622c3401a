"""What stands beside the pages: help, about, and the files that programs ask for."""

from __future__ import annotations

import re

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from search.results import permalink
from web.guide import DOCUMENT, read_guide
from web.i18n import COOKIE, COOKIE_SECONDS, language
from web.site import site
from web.views.reports import all_ids

blueprint = Blueprint("about", __name__)


@blueprint.get("/help")
def help_page() -> str:
    """How to ask; in English a short page of its own."""
    if language() == "en":
        return render_template("help.en.html")
    return render_template("help.html", guide=read_guide(DOCUMENT.read_text(encoding="utf-8")))


@blueprint.post("/language")
def choose_language() -> Response:
    """Keeps the language asked for in a cookie and goes back to the page of the form."""
    there = request.form.get("next", "/")
    if not re.match(r"/(?![/\\])", there) or not there.isprintable():
        there = "/"
    response = redirect(there, 303)
    if request.form.get("lang") == "en":
        response.set_cookie(COOKIE, "en", max_age=COOKIE_SECONDS, httponly=True, samesite="Lax")
    else:
        response.delete_cookie(COOKIE, httponly=True, samesite="Lax")
    return response


@blueprint.get("/about")
def about() -> str:
    """What is held, how it is counted, and what the site keeps of a visitor (nothing)."""
    return render_template("about.html", overview=site().overview())


@blueprint.get("/bookmarks")
def bookmarks() -> str:
    """The page of bookmarks; the list itself is kept in the browser."""
    return render_template("bookmarks.html")


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Robots may read reports, and keep out of the endless space of searches."""
    lines = (
        "User-agent: *",
        "Disallow: /search",
        "Disallow: /trend",
        "Disallow: /figures/",
        "Disallow: /compare",
        "Disallow: /api/",
        "Disallow: /bookmarks",
        f"Sitemap: {site().root()}/sitemap.xml",
        "",
    )
    return _typed("\n".join(lines), "text/plain; charset=utf-8")


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """The start page and every report."""
    root = site().root()
    addresses = [f"{root}/"] + [
        root + permalink(report_id) for report_id in all_ids(site().settings.sitemap_reports)
    ]
    return _typed(render_template("sitemap.xml", addresses=addresses), "application/xml")


@blueprint.get("/opensearch.xml")
def opensearch() -> Response:
    """The description by which a browser adds this site as a search engine."""
    return _typed(
        render_template("opensearch.xml", root=site().root()),
        "application/opensearchdescription+xml",
    )


@blueprint.get("/favicon.ico")
def favicon() -> Response:
    """For those who ask without reading the page."""
    response = make_response("", 302)
    response.headers["Location"] = "/static/favicon.svg"
    return response


def _typed(text: str, kind: str) -> Response:
    response = make_response(text)
    response.headers["Content-Type"] = kind
    return response
