"""Years as people type them, in a query and in a filter alike: 2021, ２０２１年, 2019..2022,
2019—2022, 2019至2022, 2019.. and ..2022.

Chinese input methods give 。 for a full stop, —— for a dash and …… for an ellipsis, and digits in
full width, so all of them are read.  What a range of years means is an engine's business.
"""

from __future__ import annotations

import re
from typing import Final, TypeAlias

Years: TypeAlias = tuple[int | None, int | None]
"""First and last year, both included; None is open."""

YEAR: Final = "[0-9０-９]{4}(?:年度?)?"
TO: Final = r"\s*(?:[.．。]{2,3}|…{1,2}|[—–]{1,2}|[-－~～至到])\s*"
RANGE: Final = f"{YEAR}{TO}{YEAR}"
YEARS: Final = f"(?:{YEAR}|{RANGE}|{YEAR}{TO}|{TO}{YEAR})"
"""A pattern in the syntax that Python and JSON Schema share, without anchors."""

_WHOLE: Final = re.compile(YEARS)
_YEAR: Final = re.compile("[0-9０-９]{4}")


def parse_years(text: str) -> Years | None:
    """The years the text means, in the order typed; None when it means none."""
    if not _WHOLE.fullmatch(text):
        return None
    found = [int(year) for year in _YEAR.findall(text)]
    if len(found) == 2:
        return found[0], found[1]
    if _YEAR.match(text):
        single = re.fullmatch(YEAR, text)
        return found[0], found[0] if single else None
    return None, found[0]
