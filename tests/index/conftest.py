"""Invented reports for the index's tests."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from types import ModuleType

import pytest

from corpus.model import CATEGORIES, Report
from tests.reports import build_report

MakeReport = Callable[..., Report]


@pytest.fixture(scope="session")
def make_report() -> MakeReport:
    """Makes a labelled report from its passages' texts, by default with an id of its own."""
    serial = count(1)

    def make(
        passages: Sequence[str],
        *,
        agency: str | None = "兰山市司法局",
        year: int | None = 2021,
        title: str | None = None,
        headings: Sequence[Sequence[str]] | None = None,
        report_id: str | None = None,
    ) -> Report:
        return build_report(
            passages,
            id=report_id or f"r{next(serial)}",
            title=title or f"{agency}{year}年法治政府建设情况报告",
            agency=agency,
            aliases=("兰山司法",),
            kind="司法",
            region=("江南省", "兰山市"),
            year=year,
            published="2022-01-15",
            categories=CATEGORIES,
            headings=headings or [("一、主要举措",)[:i] for i in range(len(passages))],
        )

    return make


@pytest.fixture(scope="session")
def by_hand() -> ModuleType:
    """The reader, which no package holds."""
    spec = importlib.util.spec_from_file_location(
        "format_reader", Path(__file__).with_name("format_reader.py")
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
