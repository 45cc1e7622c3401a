"""Fixtures every package's tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# a busy machine is no failure: speed belongs to benchmarks/
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def project_dir() -> Path:
    """The project's root."""
    return ROOT


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder of real corpora beside the checkout; skips, or fails where it must be there."""
    path = ROOT.parent / "shared"
    if not (path / "corpora").is_dir():
        if os.environ.get("FAZHI_REQUIRE_SHARED") == "1":
            pytest.fail("the real corpora must be at ../shared here, and are not")
        pytest.skip("needs the real corpora at ../shared")
    return path
