"""Every setting of the site: default, unit and one-line purpose, in one place.

Each can be given in the environment as ``FAZHI_`` and its name in capitals; the command's
options come before the environment.  ``docs/settings.md`` lists them, and a test holds the two
together.  What a query may ask is bounded by ``search.QueryBounds``, whose defaults these have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from search import QueryBounds

PREFIX = "FAZHI_"
_BOUNDS = QueryBounds()


class SettingError(ValueError):
    """A setting in the environment that cannot be read; carries its name and what is wrong."""

    def __init__(self, name: str, value: str, wanted: str) -> None:
        super().__init__(f"设置 {name}={value!r} 无法使用：应为{wanted}。")
        self.name = name


def _setting(default: Any, unit: str, purpose: str) -> Any:
    return field(default=default, metadata={"unit": unit, "purpose": purpose})


@dataclass(frozen=True, slots=True)
class Settings:
    """A deployment.  Tests build their own."""

    index_dir: str = _setting("var/index", "folder", "The index that is served.")
    host: str = _setting("127.0.0.1", "address", "Where the server listens.")
    port: int = _setting(8000, "TCP port", "Where the server listens.")
    workers: int = _setting(2, "processes", "Server processes, one thread each.")
    trusted_hosts: tuple[str, ...] = _setting(
        (), "host names, comma separated", "Hosts the site answers to; empty answers to all."
    )
    site_url: str = _setting(
        "",
        "URL",
        "Public address, for feeds, citations and the sitemap; empty takes the request's.",
    )
    site_name: str = _setting("法治报告检索", "text", "Name in the header and in titles.")
    page_size: int = _setting(20, "passages", "Hits on a page of results.")
    facet_shown: int = _setting(8, "values", "Values of a facet shown before 更多.")
    facet_page: int = _setting(100, "values", "Values on a page of one whole facet.")
    report_list_page: int = _setting(50, "reports", "Reports on a page of the list of reports.")
    trend_phrases: int = _setting(6, "phrases", "Phrases compared on one chart.")
    mark_characters: int = _setting(
        5000, "characters", "Longest stretch of text that goes through bleach at once."
    )
    feed_entries: int = _setting(50, "reports", "Entries of a feed.")
    export_rows: int = _setting(100_000, "passages", "Rows of one export at the most.")
    sitemap_reports: int = _setting(20_000, "reports", "Reports of one sitemap file.")
    query_length: int = _setting(
        _BOUNDS.length, "characters", "Longest query; the rest of it is left out, with a notice."
    )
    query_clauses: int = _setting(
        _BOUNDS.clauses, "words and phrases", "Of one query; further ones are left out."
    )
    query_depth: int = _setting(
        _BOUNDS.depth, "brackets", "Within one another; deeper ones are ignored."
    )
    query_nearnesses: int = _setting(
        _BOUNDS.nearnesses, "operators", "同句, 同段 and NEAR in one query; further ones are AND."
    )
    notice: str = _setting(
        "auto",
        "text",
        "Statement above every page; auto says so when the invented samples are held, off is none.",
    )

    keeper_port: int = _setting(0, "TCP port", "Where the keeper's page listens; 0 is off.")
    keeper_host: str = _setting("127.0.0.1", "address", "Where the keeper's page listens.")
    keeper_token: str = _setting(
        "",
        "text, 16 characters or more",
        "What the keeper's page asks for; empty makes one at each start and prints it.",
    )
    keeper_trusted_hosts: tuple[str, ...] = _setting(
        (),
        "host names, comma separated",
        "Hosts the keeper's page answers to, beside this machine's own names.",
    )

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], **given: Any) -> Settings:
        """The settings named in ``environ``, overridden by those ``given`` that are not None.

        Raises ``SettingError`` for a value of the wrong type."""
        values: dict[str, Any] = {}
        for one in fields(cls):
            name = PREFIX + one.name.upper()
            if name in environ:
                values[one.name] = _read(name, environ[name], one.default)
        values.update((name, value) for name, value in given.items() if value is not None)
        return cls(**values)

    @property
    def query_bounds(self) -> QueryBounds:
        """How much one query may ask."""
        return QueryBounds(
            self.query_length, self.query_clauses, self.query_depth, self.query_nearnesses
        )

    def to_environment(self) -> dict[str, str]:
        """The settings as environment variables: how a server process hands them to its workers."""
        found = {}
        for one in fields(self):
            value = getattr(self, one.name)
            text = ",".join(value) if isinstance(value, tuple) else str(value)
            found[PREFIX + one.name.upper()] = text
        return found


def _read(name: str, text: str, default: object) -> object:
    if isinstance(default, int):
        if not (text.isascii() and text.isdigit()):
            raise SettingError(name, text, "一个非负整数")
        return int(text)
    if isinstance(default, tuple):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return text
