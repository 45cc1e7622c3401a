"""The package's door: what it lists is there, and it lists what is there."""

from __future__ import annotations

import inspect
import types

import index
import index.errors


def test_the_list_is_what_can_be_imported() -> None:
    public = {
        name
        for name, value in vars(index).items()
        if not name.startswith("_") and not isinstance(value, types.ModuleType)
    }
    assert sorted(public) == index.__all__


def test_every_error_stands_in_the_tree() -> None:
    tree = index.errors.__doc__ or ""
    for name, value in vars(index.errors).items():
        own = inspect.isclass(value) and value.__module__ == index.errors.__name__
        if own and issubclass(value, Exception):
            assert name in tree
            assert name in index.__all__
