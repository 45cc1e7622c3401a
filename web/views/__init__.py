"""The pages, one module for each kind; ``api`` holds their JSON twins."""

from __future__ import annotations

from flask import Blueprint

from web.views import (
    about,
    api,
    api_page,
    api_reports,
    compare,
    export,
    figures,
    reports,
    search,
    start,
    trend,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    start.blueprint,
    search.blueprint,
    reports.blueprint,
    trend.blueprint,
    compare.blueprint,
    export.blueprint,
    figures.blueprint,
    about.blueprint,
    api.blueprint,
    api_reports.blueprint,
    api_page.blueprint,
)
