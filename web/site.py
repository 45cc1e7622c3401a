"""What every view needs: the engine, the settings, and the collection at a glance.

Also the few names templates share.  Views fetch it with ``site()``; nothing is global but the
application itself.
"""

from __future__ import annotations

import datetime
import hashlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask, current_app, request

from search.engine import Engine
from search.labels import FIELD_LABELS, SERIES_LABELS, section_label
from search.request import UNLABELLED, Field
from search.results import Overview
from web import i18n, markup, urls
from web.i18n import translate
from web.settings import Settings

_KEY = "fazhi"
T = TypeVar("T")

SAMPLE_PLACES = ("云江省", "岚溪市", "澜州市")
"""Places the sample reports invent; no real agency's name begins with one."""

SAMPLE_NOTICE = "这里收录的是随程序附带的示例报告：机关、地名和数字均为虚构，请勿引用。"
REPORT_NOTICE = "这是随程序附带的示例报告：机关、地名和数字均为虚构，请勿引用。"
MIXED_NOTICE = "这里混有示例报告（云江省、岚溪市、澜州市）：其机关、地名和数字均为虚构，请勿引用。"


class Site:
    """One deployment: engine, settings, and what is worked out once a generation."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.engine = engine
        self.settings = settings
        self._lock = threading.Lock()
        self._generation = ""
        self._known: dict[str, Any] = {}
        self.version = _version(Path(__file__).parent)

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What ``make`` gives, made once a generation."""
        generation = self.engine.generation()
        with self._lock:
            if self._generation != generation:
                self._known.clear()
                self._generation = generation
            if name in self._known:
                known: T = self._known[name]
                return known
        made = make()
        with self._lock:
            if self._generation == generation:
                self._known[name] = made
        return made

    def overview(self) -> Overview:
        """The collection at a glance, from the generation now served."""
        return self.once("overview", self.engine.overview)

    def notice(self) -> str:
        """The statement that stands above every page; empty for none."""
        given = self.settings.notice
        if given == "off":
            return ""
        if given != "auto":
            return given
        found = self.once("invented", self._invented)
        return translate(found) if found else ""

    def notice_on(self, agency: str | None) -> str:
        """The statement above one agency's report: beside samples, a real report needs none."""
        if self.settings.notice == "auto" and self.once("invented", self._invented) == MIXED_NOTICE:
            invented = (agency or "").startswith(SAMPLE_PLACES)
            return translate(REPORT_NOTICE) if invented else ""
        return self.notice()

    def _invented(self) -> str:
        agencies = self.overview().facets.get("agency", ())
        invented = [one.value.startswith(SAMPLE_PLACES) for one in agencies]
        if not any(invented):
            return ""
        return SAMPLE_NOTICE if all(invented) else MIXED_NOTICE

    def root(self) -> str:
        """The site's public address without a closing slash."""
        return (self.settings.site_url or request.url_root).rstrip("/")


def attach(app: Flask, site: Site) -> None:
    """Gives the application its site, and templates their names."""
    app.extensions[_KEY] = site
    app.jinja_env.globals.update(
        site=site,
        asset=_asset(site),
        field_labels=FIELD_LABELS,
        section_label=lambda code: translate(section_label(code)),
        series_labels=SERIES_LABELS,
        unlabelled=UNLABELLED,
        join_url=urls.join,
        language=i18n.language,
        notice=i18n.notice,
        understood=i18n.understood,
        zh=i18n.zh,
        _=translate,
    )
    app.jinja_env.filters.update(
        plain=markup.plain,
        unbroken=markup.unbroken,
        number=number,
        qv=urls.quote_value,
        rfc3339=rfc3339,
    )


def site() -> Site:
    """The site of the application that answers."""
    found: Site = current_app.extensions[_KEY]
    return found


def value_label(field: Field, value: str) -> str:
    """A filter value's name for people."""
    if value == UNLABELLED:
        return translate(UNLABELLED)
    if field == "section":
        return translate(section_label(value))
    if field == "year":
        return translate("{year} 年", year=value)
    if field == "region":
        return value.replace("/", " › ")
    return value


def number(value: int | float) -> str:
    """A count with thousands separated: ``12,345``."""
    return f"{value:,}"


def rfc3339(text: str) -> str:
    """An ISO date or time as feeds want it; times without a zone are taken as UTC."""
    try:
        when = datetime.datetime.fromisoformat(text)
    except ValueError:
        when = datetime.datetime.min
    return (when if when.tzinfo else when.replace(tzinfo=datetime.UTC)).isoformat()


def _asset(site: Site) -> Callable[[str], str]:
    def asset(name: str) -> str:
        return f"/static/{name}?v={site.version}"

    return asset


def _version(folder: Path) -> str:
    """A short hash of templates, styles and scripts: it changes when a page may look otherwise."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in {".html", ".css", ".js", ".py", ".svg", ".xml"}:
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:10]
