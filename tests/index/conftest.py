"""Invented reports for the index's tests."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from types import ModuleType

import pytest

from corpus.model import CATEGORIES, Passage, Report, Source

MakeReport = Callable[..., Report]


@pytest.fixture(scope="session")
def make_report() -> MakeReport:
    """A report from its passages' texts."""
    serial = count(1)

    def make(
        passages: Sequence[str],
        *,
        agency: str | None = "兰山市司法局",
        year: int | None = 2021,
        title: str | None = None,
        headings: Sequence[Sequence[str]] | None = None,
        report_id: str | None = None,
        path: str = "",
    ) -> Report:
        own = []
        at = 0
        for number, text in enumerate(passages):
            path_of = tuple(headings[number]) if headings else ("一、主要举措",)[:number]
            category = CATEGORIES[number % len(CATEGORIES)]
            own.append(Passage(f"s{number}", at, at + len(text), category, path_of))
            at += len(text)
        name = report_id or f"r{next(serial)}"
        return Report(
            series="fazhi",
            title=title or f"{agency}{year}年法治政府建设情况报告",
            agency=agency,
            aliases=("兰山司法",),
            kind="司法",
            region=("江南省", "兰山市"),
            year=year,
            published="2022-01-15",
            document_number=None,
            text="".join(passages),
            outline=(),
            passages=tuple(own),
            sources=(Source(path or f"{name}.txt", "0" * 64, at),),
            id=name,
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
