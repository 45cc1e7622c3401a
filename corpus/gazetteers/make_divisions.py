"""Writes ``divisions.tsv`` and ``streets.tsv`` from the published division tables.

    python -m corpus.gazetteers.make_divisions FOLDER

FOLDER holds provinces.csv, cities.csv, areas.csv and streets.csv of
modood/Administrative-divisions-of-China (WTFPL, see LICENSE beside this file).
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main(folder: Path) -> None:
    """Write both tables: ``code name`` a line, and ``area code names…`` a line."""

    def rows(name: str) -> list[dict[str, str]]:
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    lines = [
        f"{row['code']}\t{row['name']}"
        for name in ("provinces", "cities", "areas")
        for row in rows(name)
    ]
    (HERE / "divisions.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    streets = defaultdict(list)
    for row in rows("streets"):
        streets[row["areaCode"]].append(row["name"])
    lines = [f"{area}\t{' '.join(names)}" for area, names in sorted(streets.items())]
    (HERE / "streets.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
