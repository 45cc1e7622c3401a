"""What can go wrong in answering.

SearchError
├── RequestError       a request that cannot be answered: field and value
│   └── CursorExpired  a cursor of an index that is no longer served, or no cursor at all
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
    """A cursor of another generation; or, ``malformed``, one that no answer gave."""

    def __init__(self, value: str, *, malformed: bool = False) -> None:
        what = "cursor 不是检索结果给出的翻页位置" if malformed else "索引已更新，翻页位置已失效"
        super().__init__("cursor", value, f"{what}，请从第一页重新开始。")
        self.malformed = malformed


class IndexUnavailable(SearchError):
    """No index, or one that is damaged or of another version; the message says what to do."""
