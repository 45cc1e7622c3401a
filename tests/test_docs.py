"""The documentation says what is there: links lead somewhere, commands and settings exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

COMMANDS = (
    ("index", "build"),
    ("index", "check"),
    ("index", "stats"),
    ("index", "files"),
    ("corpus", "inspect"),
    ("corpus", "label"),
    ("search",),
    ("web",),
)


def documents(project_dir: Path) -> list[Path]:
    return [*project_dir.glob("*.md"), *(project_dir / "docs").rglob("*.md")]


def test_links_between_documents_lead_somewhere(project_dir: Path) -> None:
    broken = []
    for document in documents(project_dir):
        for target in re.findall(r"\]\(([^)#\s]+)", document.read_text(encoding="utf-8")):
            outside = target.startswith(("http:", "https:", "mailto:", "/"))
            if not outside and not (document.parent / target).exists():
                broken.append(f"{document.relative_to(project_dir)}: {target}")
    assert broken == []


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_is_in_the_readme_and_says_what_it_takes(
    project_dir: Path, command: tuple[str, ...]
) -> None:
    readme = (project_dir / "README.md").read_text(encoding="utf-8")
    assert "python -m " + " ".join(command) in readme
    shown = subprocess.run(
        [sys.executable, "-m", *command, "--help"],
        cwd=project_dir,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert shown.returncode == 0, shown.stderr
    assert re.search("[\u4e00-\u9fff]", shown.stdout), "help is for users, in Chinese"


def test_the_map_names_every_package_and_its_files_exist(project_dir: Path) -> None:
    text = (project_dir / "ARCHITECTURE.md").read_text(encoding="utf-8")
    missing = []
    for package in ("corpus", "index", "search", "web"):
        assert f"## {package}/" in text
        for name in re.findall(rf"`({package}/[\w./]+)`", text):
            if not (project_dir / name).exists():
                missing.append(name)
    assert missing == []


def test_documents_name_no_machine_and_no_registry(project_dir: Path) -> None:
    words = ("/work/", "/root/", "/tmp/", "pypi.", "npmjs", "files.pythonhosted")
    found = [
        f"{document.relative_to(project_dir)}: {word}"
        for document in documents(project_dir)
        for word in words
        if word in document.read_text(encoding="utf-8")
    ]
    assert found == []
