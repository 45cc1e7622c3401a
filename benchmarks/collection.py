"""Rate and memory of reading a collection, and of a second pass that touches ten files.

    python -m benchmarks.collection [--files 10000]

The files are invented and small (about 900 characters); labels are read for each.  Writing an
index is not part of this.
"""

from __future__ import annotations

import argparse
import random
import resource
import tempfile
import time
from pathlib import Path

from corpus.catalog import Catalog

_SENTENCES = (
    "全面落实行政执法公示制度，办理案件{}件。",
    "组织执法人员培训{}场次，考核合格后上岗。",
    "受理行政复议申请{}件，按期办结。",
    "清理规范性文件{}件，废止其中不合时宜的条款。",
)
_NAMES = "云江澜岚溪湖屏石柳埠望塘临青桥坪桐山东西"
"""Twenty characters: three of them name 8,000 places."""
TOUCHED = 10


def write_file(folder: Path, number: int, extra: str = "") -> None:
    """One invented report; no two files share agency and year."""
    rng = random.Random(number)
    place = "".join(_NAMES[number // 10 // 20**i % 20] for i in range(3))
    agency, year = f"{place}市司法局", 2012 + number % 10
    body = "".join(rng.choice(_SENTENCES).format(rng.randint(1, 999)) for _ in range(40))
    text = (
        f"{agency}{year}年法治政府建设年度报告\n{year}年，{agency}依法履职。\n"
        f"一、主要举措和成效\n{body}\n二、存在的不足\n基层力量仍然薄弱。{extra}\n"
    )
    (folder / f"{number:06d}.txt").write_text(text, encoding="utf-8")


def run(state: Path, folder: Path, name: str) -> None:
    """Plan, read and resolve once; prints what it took."""
    begun = time.monotonic()
    with Catalog(state) as catalog:
        plan = catalog.plan([folder])
        catalog.read(plan)
        read = time.monotonic() - begun
        changes = catalog.resolve()
        streamed = sum(1 for _ in catalog.reports(changes))
        catalog.save()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{name}: {len(plan.changed)} files read in {read:.1f} s "
        f"({len(plan.changed) / read:.0f}/s), {time.monotonic() - begun:.1f} s in all, "
        f"{streamed} reports to index of {changes.held}, peak {peak} MB"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    count = parser.parse_args().files
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "files")
        folder.mkdir()
        for number in range(count):
            write_file(folder, number)
        state = Path(temporary, "catalog.sqlite")
        run(state, folder, "first pass")
        for number in range(min(TOUCHED, count)):
            write_file(folder, number, "培训的针对性有待提高。")
        run(state, folder, "second pass")


if __name__ == "__main__":
    main()
