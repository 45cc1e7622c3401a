"""Write ``dictionary.txt``, the words of the domain that jieba does not know.

    python -m index.analysis.make_dictionary GAZETTEERS

``GAZETTEERS`` is the folder with ``thuocl/THUOCL_law.txt`` (thunlp/THUOCL, MIT, see
``THUOCL-LICENSE``).  What it does for ranking, and why slogans are not in it, is in
``docs/decisions/dictionary.md``.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from corpus.folding import fold_query
from index.analysis.segmenter import DICTIONARY, Segmenter

FREQUENCY: Final = 20
"""As of words that jieba knows but rarely met."""
LONGEST: Final = 4
"""Longer law words are phrases, which the words in them find as well."""
_HAN: Final = re.compile(r"[\u4e00-\u9fff]{2,}")


def iter_candidates(gazetteers: Path) -> Iterator[str]:
    """Law words, folded."""
    law = (gazetteers / "thuocl" / "THUOCL_law.txt").read_text("utf-8")
    for line in law.splitlines():
        word = fold_query(line.split("\t")[0].strip())
        if len(word) <= LONGEST:
            yield word


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gazetteers", type=Path)
    candidates = list(iter_candidates(parser.parse_args().gazetteers))
    DICTIONARY.unlink(missing_ok=True)
    known = Segmenter()
    words = sorted({w for w in candidates if _HAN.fullmatch(w) and not known.knows(w)})
    lines = [f"{word} {FREQUENCY} n\n" for word in words]
    DICTIONARY.write_text("".join(lines), encoding="utf-8", newline="\n")
    print(f"{DICTIONARY}: {len(words)} words")


if __name__ == "__main__":
    main()
