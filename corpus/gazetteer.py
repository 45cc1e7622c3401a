"""Administrative divisions: a printed name → the path of regions it begins with.

A name that could be several places stays unresolved unless another name beside it settles
which.  The table is made by ``corpus.gazetteers.make_divisions``; reading agencies belongs to
``corpus.agency``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal, TypeAlias

_FOLDER: Final = Path(__file__).resolve().parent / "gazetteers"
_PSEUDO: Final = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")
"""Rows of the table that stand for no place of their own."""

HAN: Final = "\u3400-\u9fff\U00020000-\U000323af"
"""Characters of names, for a character class; 㵲水街道 begins outside the usual block."""

Rank: TypeAlias = Literal["province", "city", "county_city", "county", "district", "town"]


@dataclass(frozen=True, slots=True)
class Place:
    """One division; ``path`` runs from the province down to it."""

    path: tuple[str, ...]
    rank: Rank

    @property
    def name(self) -> str:
        return self.path[-1]


@dataclass(frozen=True, slots=True)
class Resolved:
    """A name's beginning read as regions."""

    place: Place
    length: int
    """Characters of the name that are the regions'."""
    printed: tuple[str, ...]
    """The regions as the name prints them, outermost first."""
    by_context: bool = False
    """Whether the name could be several places and the text around it settled which."""


_PEOPLES: Final = re.compile(
    "(?:藏|羌|彝|白|傣|景颇|傈僳|哈尼|壮|苗|侗|布依|土家|朝鲜|回)族|蒙古族?(?=藏|$)|哈萨克|柯尔克孜"
)
"""Peoples named in the autonomous prefectures' full names."""


@lru_cache(maxsize=1)
def _divisions() -> tuple[dict[str, Place], dict[str, list[Place]]]:
    """Places by code, and by name, without the towns."""
    names: dict[str, str] = {}
    for line in (_FOLDER / "divisions.tsv").read_text(encoding="utf-8").splitlines():
        code, name = line.split("\t")
        names[code] = name
    by_code: dict[str, Place] = {}
    by_name: dict[str, list[Place]] = defaultdict(list)
    for code, name in names.items():
        if name in _PSEUDO:
            continue
        path = tuple(
            names[upper] for upper in (code[:2], code[:4]) if upper != code and upper in names
        )
        # 东莞市 and three more cities without districts stand twice, as city and as county
        path = (*(part for part in path if part not in _PSEUDO and part != name), name)
        place = Place(path, _rank(code, name))
        by_code[code] = place
        for known in {name, *_short_names(name, place.rank)}:
            by_name[known].append(place)
    for place in _former():
        by_name[place.name].append(place)
    return by_code, dict(by_name)


def _former() -> Iterator[Place]:
    """Divisions merged, renamed or raised since about 2005, which older reports print.

    Source: 民政部 县级以上行政区划变更情况, by year.
    """
    for line in (_FOLDER / "former.tsv").read_text(encoding="utf-8").splitlines():
        above, names = line.split("\t")
        path = tuple(above.split("/"))
        for name in names.split(" "):
            city = len(path) == 1 and name.endswith("市") and not path[0].endswith("市")
            code = "0000" if city else "000000"
            yield Place((*path, name), _rank(code, name))


def _rank(code: str, name: str) -> Rank:
    if len(code) == 2:
        # The four municipalities govern like provinces and are printed like cities.
        return "province"
    if len(code) == 4:
        return "city"
    if name.endswith("市"):
        return "county_city"
    return "district" if name.endswith("区") else "county"


def _short_names(name: str, rank: Rank) -> Iterator[str]:
    """Autonomous divisions are often printed short: 广西, 内蒙古, 阿坝州."""
    if name.endswith("自治州"):
        yield _PEOPLES.sub("", name.removesuffix("自治州")) + "州"
    if rank == "province" and name.endswith("自治区"):
        yield re.sub("(?:壮族|回族|维吾尔)?自治区$", "", name)


@lru_cache(maxsize=1)
def _towns() -> dict[str, list[Place]]:
    by_code, _ = _divisions()
    found: dict[str, list[Place]] = defaultdict(list)
    for line in (_FOLDER / "streets.tsv").read_text(encoding="utf-8").splitlines():
        area, names = line.split("\t")
        above = by_code.get(area) or by_code.get(area[:4])
        if above is None:
            continue
        for name in names.split(" "):
            short = re.sub("办事处$", "", name)
            found[short].append(Place((*above.path, short), "town"))
    return dict(found)


_TOWN_ENDS: Final = ("镇", "乡", "街道")


def candidates(name: str) -> Sequence[Place]:
    """Every place of exactly that name."""
    found = _divisions()[1].get(name, ())
    if not found and name.endswith(_TOWN_ENDS):
        found = _towns().get(name, ())
    return found


def every_place() -> Iterator[Place]:
    """All divisions, present and former, without the towns."""
    by_code, _ = _divisions()
    yield from by_code.values()
    yield from _former()


def resolve(name: str, context: str = "") -> Resolved | None:
    """The longest chain of regions that ``name`` begins with, or None where it begins with none
    or stays ambiguous.  ``context`` may settle which of several: the names of one's upper
    divisions must stand in it, and of no other's; places that were only visited do not count."""
    chain = _chain(name)
    if not chain:
        return None
    options: list[Place] = list(candidates(chain[0]))
    for printed in chain[1:]:
        options = [
            place
            for place in candidates(printed)
            if any(_within(place, upper) for upper in options)
        ]
    several = len({place.path for place in options}) > 1
    if several:
        context = _VISITED.sub("", context)
        settled = [
            place
            for place in options
            if len(place.path) > 1 and any(part in context for part in place.path[:-1])
        ]
        best = max((_support(place, context) for place in settled), default=0)
        options = [place for place in settled if _support(place, context) == best]
    if len({place.path for place in options}) != 1:
        return None
    return Resolved(options[0], sum(map(len, chain)), tuple(chain), several)


_VISITED: Final = re.compile(
    "(?:赴|前往|考察|参观|借鉴|对标|毗邻|相邻|学习(?!贯彻)(?=[^，。；\n]{0,20}经验))[^，。；\n]{0,24}"
)


def _support(place: Place, context: str) -> int:
    return sum(part in context for part in place.path[:-1])


def _within(place: Place, upper: Place) -> bool:
    return place.path != upper.path and place.path[: len(upper.path)] == upper.path


def head_length(name: str) -> int:
    """Characters of the regions that a name begins with, whichever places they are."""
    return sum(map(len, _chain(name)))


LONGEST_NAME: Final = 15
"""积石山保安族东乡族撒拉族自治县; a test holds it to the table."""


def _chain(name: str) -> list[str]:
    """The regions at the head of a name, each the longest that fits inside the one before."""
    chain: list[str] = []
    options: list[Place] | None = None
    at = 0
    while at < len(name):
        step = None
        for size in range(min(LONGEST_NAME, len(name) - at), 1, -1):
            part = name[at : at + size]
            places = candidates(part)
            short = not part.endswith(_REGION_ENDS) and size < 3
            if not places or (short and at > 0):
                continue
            if options is not None:
                places = [p for p in places if any(_within(p, upper) for upper in options)]
            if places:
                step = part, list(places)
                break
        if step is None:
            break
        chain.append(step[0])
        options = step[1]
        at += len(step[0])
    return chain


_REGION_ENDS: Final = ("省", "市", "区", "县", "旗", "州", "盟", *_TOWN_ENDS)
_PRINTED: Final = re.compile(
    f"([{HAN}]{{1,6}}?(?:省|自治区))?([{HAN}]{{1,7}}?(?:市|自治州|州(?!市)|盟|地区))?"
    f"([{HAN}]{{1,7}}?(?:区|县|旗|市))?([{HAN}]{{1,6}}?(?:街道|镇|乡))?"
)


def printed_path(prefix: str) -> tuple[str, ...]:
    """Regions that a name's head (without the office) spells out, known to the table or not:
    ``澜州市临湖区`` → ``("澜州市", "临湖区")``; empty when it is anything else."""
    match = _PRINTED.fullmatch(prefix)
    return tuple(part for part in match.groups() if part) if match else ()
