"""What can go wrong in answering.

SearchError
├── RequestError       a request that cannot be answered: field and value
│   └── CursorExpired  a cursor of an index that is no longer served
└── IndexUnavailable   there is no sound index to answer from
"""

from __future__ import annotations


class SearchError(Exception):
    """Base of the package's errors; the message is for the user, in Chinese."""


class RequestError(SearchError):
    """The request asks for what cannot be; ``field`` names the part, ``value`` what it was."""

    def __init__(self, field: str, value: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.value = value


class CursorExpired(RequestError):
    """A cursor of another generation, or none at all."""

    def __init__(self, value: str) -> None:
        super().__init__("cursor", value, "索引已更新，翻页位置已失效，请从第一页重新开始。")


class IndexUnavailable(SearchError):
    """No index, or one that is damaged or of another version; the message says what to do."""
