"""One street, one direction: who may import whom (ARCHITECTURE.md)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

STREET = ("corpus", "index", "search", "web")
ALLOWED = {
    "corpus": {"corpus"},
    "index": {"corpus", "index"},
    "search": {"corpus", "index", "search"},
    "web": {"search", "web"},
}
HOMES = {
    "whoosh": ("index/", "search/whoosh_engine/"),
    "jieba": ("index/analysis/",),
    "rjieba": ("index/analysis/",),
    "flask": ("web/",),
    "bleach": ("web/",),
    "werkzeug": ("web/",),
}
"""Each library and the only folders that may know it."""


def imported_names(source: str) -> Iterator[tuple[str, bool]]:
    """Top-level names a module imports, and whether the import stands inside a function."""
    tree = ast.parse(source)
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name.split(".")[0], id(node) in inside
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0], id(node) in inside


def violations(path: str, source: str) -> list[str]:
    """What the module does against the rule; ``path`` is relative to the project's root."""
    package = path.split("/")[0]
    found = []
    for name, local in imported_names(source):
        if name in STREET and name not in ALLOWED[package]:
            found.append(f"{path} imports {name}, which stands to its right")
        if name in STREET and local:
            found.append(f"{path} imports {name} inside a function")
        homes = HOMES.get(name)
        if homes and not path.startswith(homes):
            found.append(f"{path} imports {name}, known only in {', '.join(homes)}")
    return found


@pytest.mark.parametrize("package", STREET)
def test_every_module_keeps_the_rule(project_dir: Path, package: str) -> None:
    modules = sorted((project_dir / package).rglob("*.py"))
    assert modules, f"{package}/ holds no module"
    found = [
        line
        for module in modules
        for line in violations(
            module.relative_to(project_dir).as_posix(), module.read_text(encoding="utf-8")
        )
    ]
    assert found == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("corpus/a.py", "import index"),
        ("index/a.py", "from search.query import And"),
        ("web/a.py", "from index import open_snapshot"),
        ("search/a.py", "import whoosh.query"),
        ("search/a.py", "def f():\n    from index import x"),
        ("index/builder.py", "import jieba"),
    ],
)
def test_the_rule_sees_what_breaks_it(path: str, source: str) -> None:
    assert violations(path, source)
