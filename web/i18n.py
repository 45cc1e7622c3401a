"""The interface in English, for those who ask for it; Chinese is what stands in the source.

The Chinese string is the key, ``web.english`` the catalogue.  The choice is a cookie that a plain
form sets (``web.views.about.choose_language``), so an address means the same page to everybody.
Reports, agencies and what a query means stay Chinese: ``zh`` marks them so, for screen readers
and for the test that finds what was not translated.
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from flask import has_request_context, request

from search.results import Notice
from web.english import CATALOGUE, NOTICES, UNDERSTOOD

Language: TypeAlias = Literal["zh-CN", "en"]
COOKIE = "lang"
COOKIE_SECONDS = 365 * 24 * 3600
_CHOSEN = "fazhi.language"
"""Where a request remembers its language: a page asks two hundred times."""


def language() -> Language:
    """The language of the page being made; Chinese outside a request and in the JSON interface."""
    if not has_request_context():
        return "zh-CN"
    kept = request.environ
    if _CHOSEN not in kept:
        english = not request.path.startswith("/api/") and request.cookies.get(COOKIE) == "en"
        kept[_CHOSEN] = "en" if english else "zh-CN"
    known: Language = kept[_CHOSEN]
    return known


def translate(text: str, /, **values: object) -> str:
    """The interface string in the page's language, its ``{name}`` places filled with ``values``.

    A translation with a singular is chosen by the value ``n``.  A string that has no translation
    stays Chinese."""
    if language() == "en":
        found = CATALOGUE.get(text, text)
        text = found if isinstance(found, str) else found[values.get("n") != 1]
    return text.format(**values) if values else text


def zh() -> str:
    """The attribute of an element whose text is Chinese on an English page."""
    return " lang=zh-CN" if language() == "en" else ""


def notice(one: Notice, query: str) -> str:
    """A remark on the query; in English by its code, with the place it is about."""
    if language() == "zh-CN":
        return one.message
    about = query[slice(*one.span)] if one.span else ""
    return NOTICES[one.code].format(about=f"“{about[:40]}”: " if about.strip() else "")


_PIECES = re.compile("“[^”]*”|" + "|".join(sorted(map(re.escape, UNDERSTOOD), key=len)[::-1]))


def understood(text: str) -> str:
    """How the query was read, in the page's language; quoted text stays as typed."""
    if language() == "zh-CN":
        return text
    words = " ".join(_PIECES.sub(lambda m: UNDERSTOOD.get(m[0], m[0]), text).split())
    return words.replace("( ", "(").replace(" )", ")")
