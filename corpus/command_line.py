"""``argparse`` that speaks Chinese: headings, help and what was wrong with the arguments.

Every command's user is a Chinese reader; what each option does stays with its command.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any, Final, NoReturn

_WRONG: Final = (
    (r"argument ([^:]+): (.*)", r"\1：\2"),
    (r"expected (?:at least )?one argument", "后面要有一个值。"),
    (r"invalid choice: '?(.*?)'? \(choose from (.*)\)", r"没有“\1”；可用：\2。"),
    (r"invalid int value: '(.*)'", r"“\1”不是整数。"),
    (r"not allowed with argument (.*)", r"不能与 \1 同用。"),
    (r"unrecognized arguments: (.*)", r"不认识的参数：\1"),
    (r"the following arguments are required: (.*)", r"缺少：\1"),
    (r"ignored explicit argument '(.*)'", r"后面不能有值：\1"),
)
"""What ``argparse`` says, and what we say: its messages have no other door."""


class _Formatter(argparse.HelpFormatter):
    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


class CommandParser(argparse.ArgumentParser):
    """An ``ArgumentParser`` whose every word is Chinese; options are written in full."""

    def __init__(self, **given: Any) -> None:
        given.setdefault("formatter_class", _Formatter)
        super().__init__(**{**given, "add_help": False, "allow_abbrev": False})
        self._positionals.title = "参数"
        self._optionals.title = "选项"
        self.add_argument("-h", "--help", action="help", help="显示这段说明")

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Beside what ``argparse`` reads: a value after its option may begin with ``-``."""
        joined: list[str] = []
        for text in sys.argv[1:] if args is None else args:
            action = self._option_string_actions.get(joined[-1]) if joined else None
            takes_one = action is not None and action.nargs is None
            if takes_one and text.startswith("-") and text.partition("=")[0] not in self._known():
                joined[-1] += "=" + text
            else:
                joined.append(text)
        return super().parse_known_args(joined, namespace)

    def _known(self) -> set[str]:
        return {"--", *self._option_string_actions}

    def error(self, message: str) -> NoReturn:
        """What was wrong, and where to read on; exit status 2."""
        for english, chinese in _WRONG:
            message = re.sub(english, chinese, message)
        message = message.replace("', '", "、").replace("'", "")
        self.exit(2, f"{message}\n用 {self.prog} --help 查看用法。\n")
