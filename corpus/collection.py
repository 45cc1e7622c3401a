"""Which files are the same report, which are versions, and what id each has (DESIGN §3).

Works on small keys, never on texts: a hundred thousand reports are a hundred thousand rows.
Identical or nearly identical texts are one report **only** where series, year and agency agree,
or where one side does not know them and exactly one known report fits; so a bureau's copy of
last year's report stays a report of its own.  The answer depends on the set of rows alone,
not on their order.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from corpus.folding import fold
from corpus.identity import base_id, short_hash
from corpus.model import Series

SHINGLE: Final = 6
"""Folded characters of a shingle."""
HASHES: Final = 64
"""Minima kept of a text's shingles: resemblance is known to about ±0.06 (Broder 1997)."""
BANDS: Final = 16
NEAR: Final = 0.9
"""Estimated resemblance from which two texts are nearly identical: of 2,000 characters, some
fifteen scattered changes."""
LENGTHS: Final = 0.95
"""…and the shorter has at least this share of the longer's characters."""

_SEEDS: Final = np.random.default_rng(20_210_811).integers(1, 2**63, HASHES, np.uint64) | np.uint64(
    1
)


@dataclass(frozen=True, slots=True)
class Row:
    """What identity needs to know of one readable file."""

    path: str
    series: Series
    year: int | None
    agency: str | None
    published: str | None
    text_hash: str
    """Of the folded text."""
    length: int
    """Folded characters."""
    signature: bytes
    """``HASHES`` uint32 minima."""

    @property
    def key(self) -> tuple[str, int, str] | None:
        """Series, year and agency when all are known."""
        if self.year is None or self.agency is None:
            return None
        return self.series, self.year, self.agency


@dataclass(slots=True)
class Group:
    """Files that are one report; the first is the one whose text is held."""

    rows: list[Row]
    id: str = ""
    version_of: str | None = None
    """The base id, for a text that is not the newest of its agency and year."""

    @property
    def primary(self) -> Row:
        return self.rows[0]


@dataclass(frozen=True, slots=True)
class Resolution:
    groups: Sequence[Group]
    by_path: dict[str, Group] = field(default_factory=dict)


def text_key(text: str) -> tuple[str, int, bytes]:
    """Hash, length and signature of a text, all of its folded form."""
    folded = fold(text)
    digest = hashlib.sha256(folded.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return digest, len(folded), signature(folded)


def signature(folded: str) -> bytes:
    """Minima of ``HASHES`` hash functions over the text's shingles (Broder 1997, MinHash)."""
    codes = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint64)
    if len(codes) < SHINGLE:
        codes = np.pad(codes, (0, SHINGLE - len(codes)))
    rolled = np.zeros(len(codes) - SHINGLE + 1, np.uint64)
    for i in range(SHINGLE):
        rolled = rolled * np.uint64(1_000_003) + codes[i : len(codes) - SHINGLE + 1 + i]
    rolled = np.unique(rolled)
    minima = np.empty(HASHES, np.uint32)
    for i, seed in enumerate(_SEEDS):
        mixed = rolled * seed
        minima[i] = (mixed >> np.uint64(32)).min()
    return minima.tobytes()


def resemblance(one: bytes, other: bytes) -> float:
    """Estimated share of shingles that two texts have in common."""
    a: NDArray[np.uint32] = np.frombuffer(one, np.uint32)
    b: NDArray[np.uint32] = np.frombuffer(other, np.uint32)
    return float((a == b).mean())


def same_text(one: Row, other: Row) -> bool:
    """Whether two texts are identical or nearly so."""
    if one.text_hash == other.text_hash:
        return True
    short, long = sorted((one.length, other.length))
    return short >= LENGTHS * long and resemblance(one.signature, other.signature) >= NEAR


def compatible(one: Row, other: Row) -> bool:
    """Whether no label of one contradicts the other's."""
    return (
        one.series == other.series
        and (one.year is None or other.year is None or one.year == other.year)
        and (one.agency is None or other.agency is None or one.agency == other.agency)
    )


def resolve(rows: Iterable[Row]) -> Resolution:
    """Groups with their ids; each row is in exactly one."""
    ordered = sorted(rows, key=lambda row: row.path)
    by_key: dict[tuple[str, int, str], list[Row]] = defaultdict(list)
    unknown: list[Row] = []
    for row in ordered:
        if row.key is None:
            unknown.append(row)
        else:
            by_key[row.key].append(row)
    groups = [group for own in by_key.values() for group in _cluster(own)]
    groups = _join_unknown(groups, unknown)
    for group in groups:
        group.rows.sort(key=_preference)
    _give_ids(groups)
    return Resolution(groups, {row.path: group for group in groups for row in group.rows})


def _preference(row: Row) -> tuple[bool, int, str, str]:
    """The fullest labels first, then the longest text; then one that stays first wherever the
    files lie."""
    return row.key is None, -row.length, row.text_hash, row.path


def _cluster(rows: Sequence[Row]) -> list[Group]:
    """Rows of one key, those with the same text together."""
    groups: list[Group] = []
    for row in sorted(rows, key=_preference):
        for group in groups:
            if same_text(group.primary, row):
                group.rows.append(row)
                break
        else:
            groups.append(Group([row]))
    return groups


def _join_unknown(groups: list[Group], unknown: Sequence[Row]) -> list[Group]:
    """Each row that lacks a label to the one group with its text that it does not contradict;
    to none where several fit; those left over among themselves."""
    bands: dict[tuple[int, bytes], list[Group]] = defaultdict(list)
    wanted = {band for row in unknown for band in _bands(row)}
    for group in groups:
        for band in _bands(group.primary):
            if band in wanted:
                bands[band].append(group)
    left: list[Row] = []
    for row in unknown:
        near = {id(g): g for band in _bands(row) for g in bands.get(band, ())}
        agree = [
            g for g in near.values() if compatible(g.primary, row) and same_text(g.primary, row)
        ]
        if len(agree) == 1:
            agree[0].rows.append(row)
        else:
            left.append(row)
    alone: list[Group] = []
    own: dict[tuple[int, bytes], list[Group]] = defaultdict(list)
    for row in left:
        near = {id(g): g for band in _bands(row) for g in own.get(band, ())}
        agree = [
            g
            for g in near.values()
            # every member, so that an unknown one never bridges two that disagree
            if all(compatible(r, row) and same_text(r, row) for r in g.rows)
        ]
        if agree:
            agree[0].rows.append(row)
            continue
        group = Group([row])
        alone.append(group)
        for band in _bands(row):
            own[band].append(group)
    return groups + alone


def _bands(row: Row) -> Iterator[tuple[int, bytes]]:
    width = len(row.signature) // BANDS
    for i in range(BANDS):
        yield i, row.signature[i * width : (i + 1) * width]


def _give_ids(groups: Sequence[Group]) -> None:
    by_key: dict[tuple[str, int, str], list[Group]] = defaultdict(list)
    for group in groups:
        key = group.primary.key
        if key is not None:
            by_key[key].append(group)
        else:
            # the labels that are known take part, so that two texts alike but of different
            # years never share an id
            row = group.primary
            group.id = short_hash(
                "\n".join(("text", row.series, str(row.year), row.agency or "", row.text_hash))
            )
    for (series, year, agency), own in by_key.items():
        base = base_id(series, year, agency)  # type: ignore[arg-type]
        newest = max(own, key=lambda g: (g.primary.published or "", g.primary.text_hash))
        for group in own:
            if group is newest:
                group.id = base
            else:
                group.id = f"{base}-{group.primary.text_hash[:6]}"
                group.version_of = base
