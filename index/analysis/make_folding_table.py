"""Write ``docs/folding.tsv``, the published table of character folds (DESIGN §4).

    python -m index.analysis.make_folding_table

A line per character that changes: the character, a tab, its one replacement or nothing where
it is dropped.  ``corpus.folding`` reads that very file, so what is published is what runs;
OpenCC is needed here only.  White space is no matter of the table: ``corpus.folding`` treats
it by its neighbours.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from opencc import OpenCC

TABLE = Path(__file__).resolve().parents[2] / "docs" / "folding.tsv"

QUOTES = "“”‘’\"'「」『』"
BOOK_TITLE_MARKS = "《》〈〉"
LISTING = "、·"
ZERO_WIDTH = "\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff"
IGNORABLE = frozenset(QUOTES + BOOK_TITLE_MARKS + LISTING + ZERO_WIDTH)
"""The closed list of DESIGN §4, white space apart."""

VARIANTS = {
    "著": "着",  # OpenCC keeps both; reports mix 显著/显着, 著力/着力
}
"""Named variants that OpenCC's character table leaves alone."""

RADICALS = dict(
    zip(
        "⺁⺅⺆⺉⺓⺕⺖⺘⺙⺛⺠⺡⺣⺨⺭⺰⺹⺾⻂⻃⻄⻅⻆⻈⻉⻋⻌⻐⻓⻔⻘⻙⻚⻛⻜⻝⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰",
        "厂亻冂刂幺彐忄扌攵旡民氵灬犭礻纟耂艹衤覀西见角讠贝车辶钅长门青韦页风飞食饣马骨鬼鱼鸟卤麦黄黾齐齿龙",
        strict=True,
    )
)
"""CJK Radicals Supplement, which NFKC leaves alone and PDF files are full of
(Unicode, EquivalentUnifiedIdeograph.txt)."""


def fold_character(character: str, opencc: OpenCC) -> str:
    """What stands for the character: one character, or nothing where it is dropped."""
    while True:
        if character in IGNORABLE:
            return ""
        folded = unicodedata.normalize("NFKC", character)
        folded = folded if len(folded) == 1 else character
        lower = folded.lower()
        folded = lower if len(lower) == 1 else folded
        folded = RADICALS.get(folded, folded)
        simple = opencc.convert(folded)
        folded = simple if len(simple) == 1 else folded
        folded = VARIANTS.get(folded, folded)
        if folded == character:
            return folded
        character = folded


def iter_folds() -> Iterator[tuple[str, str]]:
    """Each character that changes, in code point order, with what stands for it."""
    opencc = OpenCC("t2s")
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        if 0xD800 <= code <= 0xDFFF or character.isspace():
            continue
        folded = fold_character(character, opencc)
        if folded != character:
            yield character, folded


def main() -> None:
    """Write the table."""
    lines = [f"{character}\t{folded}\n" for character, folded in iter_folds()]
    TABLE.write_text("".join(lines), encoding="utf-8", newline="\n")
    print(f"{TABLE}: {len(lines)} characters")


if __name__ == "__main__":
    main()
