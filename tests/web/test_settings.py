"""Settings and their page of documentation."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from search.query_parser import BOUNDS, parse_query
from web.settings import SettingError, Settings


def test_every_setting_is_documented_with_its_default(project_dir: Path) -> None:
    text = (project_dir / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith("| `FAZHI_")]
    documented = {row[0][3:-1]: row for row in rows}
    assert set(documented) == {f"FAZHI_{one.name.upper()}" for one in fields(Settings)}
    for one in fields(Settings):
        row = documented[f"FAZHI_{one.name.upper()}"]
        default = ",".join(one.default) if isinstance(one.default, tuple) else str(one.default)
        assert row[1] == (f"`{default}`" if default else "(empty)")
        assert row[2] == one.metadata["unit"]
        assert row[3].removesuffix(" |") == one.metadata["purpose"]


def test_environment_and_options() -> None:
    environ = {"FAZHI_PORT": "9000", "FAZHI_TRUSTED_HOSTS": "a.example, b.example", "PORT": "1"}
    settings = Settings.from_environment(environ, port=None, host="::1")
    assert (settings.port, settings.host) == (9000, "::1")
    assert settings.trusted_hosts == ("a.example", "b.example")
    assert Settings.from_environment(environ, port=7).port == 7


def test_a_setting_survives_the_way_to_a_worker() -> None:
    settings = Settings(port=9, trusted_hosts=("a", "b"), notice="off")
    assert Settings.from_environment(settings.to_environment()) == settings


def test_a_deployment_bounds_queries_as_it_likes() -> None:
    assert Settings().query_bounds == BOUNDS
    settings = Settings.from_environment({"FAZHI_QUERY_CLAUSES": "2"})
    (notice,) = parse_query("甲 乙 丙", settings.query_bounds).notices
    assert notice.code == "too_many_clauses"
    assert "2 个" in notice.message


def test_a_bad_setting_names_itself() -> None:
    with pytest.raises(SettingError, match="FAZHI_PORT"):
        Settings.from_environment({"FAZHI_PORT": "http"})
