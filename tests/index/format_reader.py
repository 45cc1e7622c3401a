"""Reads an index folder by hand, from ``docs/format.md`` alone: nothing of the program is used.

Plain and slow.  Every byte of a segment is accounted for: the head, each section, the zeros
between them and the directory; a section that nobody asked for is told by ``unread``.
"""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import zstandard

VERSION = 5
USUAL = dict(zip(",;:!?()", "，；：！？（）", strict=True))
BLANKS = {*range(0x09, 0x0E), *range(0x1C, 0x21), *range(0x2000, 0x200B)}
BLANKS |= {0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000}
ELEMENTS = {"<u1": 1, "|u1": 1, "<u2": 2, "<u4": 4, "<u8": 8, "<i4": 4}


class Wrong(Exception):
    """The bytes are not what the description says."""


def must(true: bool, what: object) -> None:
    if not true:
        raise Wrong(what)


# ---------------------------------------------------------------- the folder


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest, its own checksum and those of every file verified."""
    values: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
    checksum = values.pop("checksum")
    plain = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    must(hashlib.sha256(plain.encode("utf-8")).hexdigest() == checksum, "manifest")
    must(values["format"] == VERSION, "format")
    must(values["generation"] == folder.name, "generation")
    there = {path.name for path in folder.iterdir()} - {"manifest.json"}
    must(there == set(values["files"]), there)
    for name, digest in values["files"].items():
        must(hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name)
    return values


def read_ledger(index_dir: Path, manifest: dict[str, Any]) -> dict[str, list[str]]:
    """The last event of each id."""
    raw = (index_dir / "ledger.jsonl").read_bytes()[: manifest["ledger_size"]]
    must(hashlib.sha256(raw).hexdigest() == manifest["ledger_sha256"], "ledger")
    found = {}
    for line in raw.decode("utf-8").splitlines():
        event, own, *to = json.loads(line)
        must(event in ("issued", "moved", "gone") and len(to) == (event == "moved"), line)
        found[own] = [event, *to]
    return found


def read_bitmap(raw: bytes) -> list[int]:
    """A roaring bitmap, portable format
    (https://github.com/RoaringBitmap/RoaringFormatSpec)."""
    cookie, at = struct.unpack_from("<I", raw)[0], 4
    if cookie & 0xFFFF == 12347:
        count = (cookie >> 16) + 1
        flags = raw[at : at + (count + 7) // 8]
        runs = [bool(flags[i // 8] >> i % 8 & 1) for i in range(count)]
        at += len(flags)
    else:
        must(cookie == 12346, "cookie")
        count = struct.unpack_from("<I", raw, at)[0]
        runs, at = [False] * count, at + 4
    heads = [struct.unpack_from("<HH", raw, at + 4 * i) for i in range(count)]
    at += 4 * count
    if cookie == 12346 or count >= 4:
        at += 4 * count  # where each container begins: they follow one another
    found: list[int] = []
    for (key, less), run in zip(heads, runs, strict=True):
        if run:
            pairs = struct.unpack_from("<H", raw, at)[0]
            own: list[int] = []
            for i in range(pairs):
                start, more = struct.unpack_from("<HH", raw, at + 2 + 4 * i)
                own += range(start, start + more + 1)
            at += 2 + 4 * pairs
        elif less + 1 <= 4096:
            own = list(struct.unpack_from(f"<{less + 1}H", raw, at))
            at += 2 * (less + 1)
        else:
            bits = np.frombuffer(raw, np.uint8, 8192, at)
            own = np.flatnonzero(np.unpackbits(bits, bitorder="little")).tolist()
            at += 8192
        must(len(own) == less + 1, "container")
        found += [key << 16 | low for low in own]
    must(at == len(raw), "bitmap's end")
    return found


# ---------------------------------------------------------------- a segment file


class SegmentFile:
    """Head, directory and sections."""

    def __init__(self, path: Path) -> None:
        raw = self.raw_file = path.read_bytes()
        magic, version, crc, place = struct.unpack_from("<8sIIQ", raw)
        must(magic == b"FAZHISEG", "magic")
        must(version == VERSION, "version")
        must(zlib.crc32(raw[place:]) == crc, "directory")
        count = struct.unpack_from("<I", raw, place)[0]
        must(place + 4 + 56 * count == len(raw), "directory's length")
        self.sections: dict[str, tuple[str, bytes]] = {}
        self.unread: set[str] = set()
        end = 24
        for i in range(count):
            padded, code, own_crc, start, length = struct.unpack_from(
                "<32s4sIQQ", raw, place + 4 + 56 * i
            )
            name = padded.rstrip(b"\0").decode("ascii")
            must(start % 8 == 0 and 0 <= start - end < 8, (name, "place"))
            must(not any(raw[end:start]), (name, "zeros before"))
            own = raw[start : start + length]
            must(len(own) == length and zlib.crc32(own) == own_crc, (name, "checksum"))
            must(name not in self.sections, name)
            self.sections[name] = code.rstrip(b"\0").decode("ascii"), own
            end = start + length
        must(0 <= place - end < 8 and not any(raw[end:place]), "zeros before the directory")
        self.unread = set(self.sections)

    def bytes(self, name: str) -> bytes:
        self.unread.discard(name)
        return self.sections[name][1]

    def numbers(self, name: str) -> list[int]:
        code, raw = self.sections[name]
        must(len(raw) % ELEMENTS[code] == 0, name)
        self.unread.discard(name)
        found: list[int] = np.frombuffer(raw, code).tolist()
        return found

    def width(self, name: str) -> int:
        """Bytes of an element."""
        return ELEMENTS[self.sections[name][0]]

    def steps(self, name: str) -> list[int]:
        """One ascending list."""
        return from_steps(self.numbers(name), self.width(name))

    def blocks(self, name: str) -> list[bytes]:
        """All items of a family of blocks."""
        ends = self.numbers(f"{name}.dictionary.bounds")
        whole, which = self.bytes(f"{name}.dictionary"), self.numbers(f"{name}.dictionary.of")
        must(ends[0] == 0 and ends[-1] == len(whole), (name, "dictionaries"))
        must(set(which) == set(range(len(ends) - 1)), (name, "dictionaries"))
        dictionaries = [
            zstandard.ZstdCompressionDict(own) if (own := whole[begin : ends[i + 1]]) else None
            for i, begin in enumerate(ends[:-1])
        ]
        lengths, first = self.numbers(f"{name}.lengths"), self.numbers(f"{name}.first")
        bounds, raw = self.numbers(f"{name}.bounds"), self.bytes(f"{name}.blocks")
        must(first[0] == 0 and first[-1] == len(lengths), name)
        must(bounds[0] == 0 and bounds[-1] == len(raw) and len(bounds) == len(first), name)
        items = []
        for block in range(len(bounds) - 1):
            opener = zstandard.ZstdDecompressor(dict_data=dictionaries[which[block]])
            text = opener.decompress(raw[bounds[block] : bounds[block + 1]])
            at = 0
            for length in lengths[first[block] : first[block + 1]]:
                must(
                    at < (2_048 if name == "headings" else 8_192),
                    (name, "a block goes on past its end"),
                )
                items.append(text[at : at + length])
                at += length
            must(at == len(text), (name, "block"))
        return items

    def originals(self) -> list[dict[int, str]]:
        """By family, places and the string of each."""
        raw, bounds = self.bytes("originals.text"), self.numbers("originals.bounds")
        must(bounds[0] == 0 and bounds[-1] == len(raw), "originals.bounds")
        lists = {width: self.numbers(f"originals.places{width}") for width in (1, 2, 4)}
        found: list[dict[int, str]] = [{}, {}, {}]
        before: tuple[int, str] | None = None
        for row, (kind, count) in enumerate(
            zip(self.numbers("originals.kind"), self.numbers("originals.elements"), strict=True)
        ):
            family, width = kind >> 4, kind & 15
            string = raw[bounds[row] : bounds[row + 1]].decode("utf-8", "surrogatepass")
            must(before is None or before < (family, string), "originals ascend")
            before = family, string
            places = from_steps(lists[width][:count], width)
            must(bool(places) and places == sorted(set(places)), ("places", string))
            must(not set(places) & set(found[family]), ("a place twice", string))
            found[family] |= dict.fromkeys(places, string)
            del lists[width][:count]
        must(not any(lists.values()), "originals' end")
        return found


def from_steps(elements: list[int], width: int, count: int | None = None) -> list[int]:
    """The numbers of a list, at most ``count`` of them, from its elements."""
    if width == 4:
        return elements[:count]
    most = 256**width - 1
    found: list[int] = []
    total = 0
    for element in elements:
        if len(found) == count:
            break
        total += element
        if element != most:
            found.append(total)
    return found


def from_bits(packed: bytes, bits: int, count: int) -> list[int]:
    """The first numbers of so many bits each, low bits first."""
    if bits == 32:
        return list(struct.unpack_from(f"<{count}I", packed))
    a_byte = 8 // bits
    return [packed[i // a_byte] >> bits * (i % a_byte) & 2**bits - 1 for i in range(count)]


def from_planes(low: list[int], high: list[int], top: list[int], chars: int) -> list[int]:
    """Numbers from the low 16 bits, 8 more, and what lies above."""
    found = []
    for i, (a, b) in enumerate(zip(low, high, strict=True)):
        c = 0
        if chars > 1 << 26:
            c = top[i]
        elif chars > 1 << 24:
            c = top[i // 4] >> 2 * (i % 4) & 3
        found.append(a | b << 16 | c << 24)
    return found


# ---------------------------------------------------------------- what is in it


class Space:
    """A folded text: its units, its grams and its words."""

    def __init__(self, file: SegmentFile, name: str) -> None:
        self.name = name
        self.starts = file.numbers(f"{name}.starts")
        self.chars = self.starts[-1]
        self.grams = dict(self._grams(file))
        self.text = self._text()
        self.tokens = self._tokens(file)
        self.words = self._words(file)

    def _grams(self, file: SegmentFile) -> Iterator[tuple[str, list[int]]]:
        def get(name: str) -> list[int]:
            return file.numbers(f"{self.name}.{name}")

        alphabet, first, second = get("alphabet"), get("grams.first"), get("grams.second")
        small, rare_first = get("grams.small"), get("rare.first")
        must(alphabet == sorted(set(alphabet)), "alphabet")
        must(first[-1] == len(second) == len(small), "grams")
        rare = from_planes(get("rare.low"), get("rare.high"), get("rare.top"), self.chars)
        kept: dict[int, list[int]] = {}
        for kind in ("near", "wide"):
            elements = get(f"{kind}.positions")
            width = file.width(f"{self.name}.{kind}.positions")
            must(width == (2 if kind == "near" else 4), kind)
            bounds = get(f"{kind}.bounds")
            must(bounds[-1] == len(elements), kind)
            for row, (gram, count) in enumerate(
                zip(get(f"{kind}.grams"), get(f"{kind}.counts"), strict=True)
            ):
                kept[gram] = from_steps(elements[bounds[row] : bounds[row + 1]], width)
                must(len(kept[gram]) == count, (kind, gram))
        raw, bounds = file.bytes(f"{self.name}.dense.positions"), get("dense.bounds")
        for row, (gram, count) in enumerate(
            zip(get("dense.grams"), get("dense.counts"), strict=True)
        ):
            must(gram not in kept, gram)
            kept[gram] = read_bitmap(raw[bounds[row] : bounds[row + 1]])
            must(len(kept[gram]) == count, ("dense", gram))
        for number, code in enumerate(alphabet):
            at = rare_first[number]
            for gram in range(first[number], first[number + 1]):
                must((small[gram] != 0) != (gram in kept), ("kind", gram))
                if small[gram]:
                    kept[gram] = rare[at : at + small[gram]]
                    at += small[gram]
                yield chr(code) + chr(alphabet[second[gram]]), kept[gram]
            must(at == rare_first[number + 1], "rare.first")

    def _text(self) -> str:
        """The folded text, put together again from the grams."""
        text = ["\n"] * self.chars
        for gram, positions in self.grams.items():
            must(positions == sorted(set(positions)), gram)
            for at in positions:
                must(text[at] == "\n", at)
                text[at] = gram[0]
        whole = "".join(text)
        for gram, positions in self.grams.items():
            must(all(whole[at + 1] == gram[1] for at in positions), gram)
        return whole

    def _tokens(self, file: SegmentFile) -> dict[int, set[int]]:
        """By length: where tokens begin."""
        found: dict[int, set[int]] = {}
        for length in (1, 2, 3, 4):
            name = f"{self.name}.tokens{length}"
            must((f"{name}.list" in file.sections) != (f"{name}.bits" in file.sections), name)
            if f"{name}.list" in file.sections:
                found[length] = set(file.steps(f"{name}.list"))
            else:
                flags = file.bytes(f"{name}.bits")
                must(len(flags) == (self.chars + 7) // 8, name)
                found[length] = {at for at in range(self.chars) if flags[at // 8] >> at % 8 & 1}
        name = f"{self.name}.tokens5"
        at = file.numbers(f"{name}.list")
        for place, length in zip(at, file.numbers(f"{name}.lengths"), strict=True):
            must(length > 4, name)
            found.setdefault(length, set()).add(place)
        return found

    def stands(self, text: str) -> list[int]:
        """Every place of some characters, from the grams alone."""
        if len(text) == 1:
            own = [at for gram, places in self.grams.items() if gram[0] == text for at in places]
            return sorted(own)
        found = set(self.grams.get(text[:2], []))
        for i in range(1, len(text) - 1):
            found &= {at - i for at in self.grams.get(text[i : i + 2], [])}
        return sorted(found)

    def _words(self, file: SegmentFile) -> dict[str, tuple[list[int], list[int], list[int]]]:
        """By word: its units, how often it is in each, and its positions."""

        def get(name: str) -> list[int]:
            return file.numbers(f"{self.name}.{name}")

        raw, bounds = file.bytes(f"{self.name}.words.text"), get("words.bounds")
        counts, kinds = get("words.counts"), get("words.kind")
        docs_at, freqs_at = get("words.docs"), get("words.freqs")
        docs = {width: get(f"docs{width}") for width in (1, 2, 4)}
        tables, all_units = file.bytes(f"{self.name}.tables"), len(self.starts) - 1
        freqs = {bits: file.bytes(f"{self.name}.freqs{bits}") for bits in (2, 4, 8, 32)}
        found: dict[str, tuple[list[int], list[int], list[int]]] = {}
        before = b""
        for number, count in enumerate(counts):
            own = raw[bounds[number] : bounds[number + 1]]
            must(before < own, "words ascend")
            before = own
            word = own.decode("utf-8", "surrogatepass")
            width, code = kinds[number] & 15, kinds[number] >> 4
            bits = (0, 2, 4, 8, 32)[code]
            if width:
                units = from_steps(docs[width][docs_at[number] :], width, count)
                often = from_bits(freqs[bits][freqs_at[number] :], bits, count) if code else []
                often = often or [1] * count
            else:
                table = from_bits(tables[docs_at[number] :], bits, all_units)
                units = [unit for unit, often_there in enumerate(table) if often_there]
                often = [table[unit] for unit in units]
                must(len(units) == count, (word, "table"))
            begins = self.tokens.get(len(word), set())
            found[word] = units, often, [at for at in self.stands(word) if at in begins]
        if self.name == "body":
            self._check_rests(file, found)
        lengths = get("words.lengths")
        sums = [0] * (len(self.starts) - 1)
        for word, (units, often, positions) in found.items():
            by_unit: dict[int, int] = {}
            for at in positions:
                unit = int(np.searchsorted(self.starts, at, side="right")) - 1
                by_unit[unit] = by_unit.get(unit, 0) + 1
            kept = dict(zip(units, often, strict=True))
            must(kept == by_unit, (word, kept.items() ^ by_unit.items()))
            for unit, count in by_unit.items():
                sums[unit] += count
        must(sums == lengths, "words.lengths")
        return found

    def _check_rests(
        self, file: SegmentFile, words: dict[str, tuple[list[int], list[int], list[int]]]
    ) -> None:
        """Where frequent words' characters stand and no token of theirs begins."""
        terms = list(words)
        bounds = file.numbers(f"{self.name}.rests.bounds")
        positions = file.numbers(f"{self.name}.rests.positions")
        must(bounds[-1] == len(positions), "rests.bounds")
        for row, number in enumerate(file.numbers(f"{self.name}.rests.words")):
            word = terms[number]
            must(len(word) > 1 and len(words[word][0]) >= 1_024, ("rest", word))
            rest = sorted(set(self.stands(word)) - set(words[word][2]))
            must(positions[bounds[row] : bounds[row + 1]] == rest, ("rest", word))


class Segment:
    """All of a segment file."""

    def __init__(self, path: Path) -> None:
        file = self.file = SegmentFile(path)
        labels = zstandard.ZstdDecompressor().decompress(file.bytes("labels"))
        self.labels: dict[str, Any] = json.loads(labels.decode("utf-8", "surrogatepass"))
        self.first_passage = file.numbers("reports.passages")
        self.years = [None if y == -1 else y for y in file.numbers("reports.year")]
        must(file.width("reports.taken") == 4, "reports.taken")
        self.taken = file.numbers("reports.taken")
        self.characters = file.numbers("reports.characters")

        def named(section: str, values: str) -> list[str | None]:
            own = self.labels[values]
            must(own == sorted(set(own)), values)
            return [None if n == -1 else own[n] for n in file.numbers(section)]

        self.agencies = named("reports.agency", "agencies")
        self.kinds = named("reports.kind", "kinds")
        self.regions = named("reports.region", "regions")
        self.passage_ids = named("passages.id", "passage_ids")
        self.categories = file.numbers("passages.section")
        self.sentences = file.steps("sentences")
        self.paragraphs = file.steps("paragraphs")
        self.texts = [raw.decode("utf-8", "surrogatepass") for raw in file.blocks("texts")]
        self.hashes = self._hashes(file)
        self.reports: list[dict[str, Any]] = [
            json.loads(raw.decode("utf-8", "surrogatepass")) for raw in file.blocks("meta")
        ]
        heading_first = file.numbers("heading.first")
        paths = [
            json.loads(raw.decode("utf-8", "surrogatepass")) for raw in file.blocks("headings")
        ]
        self.headings: list[list[str]] = []
        for i, path_of in enumerate(paths):
            self.headings += [path_of] * (heading_first[i + 1] - heading_first[i])
        must(len(self.headings) == len(self.texts) == self.first_passage[-1], "passages")
        self.body = Space(file, "body")
        self.title = Space(file, "title")
        self.heading = Space(file, "heading")
        must(len(self.body.starts) - 1 == len(self.texts), "units of body")
        must(len(self.title.starts) - 1 == len(self.reports), "units of title")
        must(len(self.heading.starts) - 1 == len(paths), "units of heading")
        self._check_labels()
        self._check_originals()

    def _hashes(self, file: SegmentFile) -> list[str]:
        """As links show them."""
        raw = file.bytes("passages.hash")
        must(file.width("passages.hash") == 1, "passages.hash")
        must(len(raw) == 5 * len(self.texts), "passages.hash")
        found = [raw[at : at + 5] for at in range(0, len(raw), 5)]
        for text, own in zip(self.texts, found, strict=True):
            plain = "".join(character for character in text if ord(character) not in BLANKS)
            digest = hashlib.sha256(plain.encode("utf-8", "surrogatepass")).digest()
            must(digest[:5] == own, ("hash", text))
        return [base64.b32encode(own).decode("ascii").lower() for own in found]

    def _check_originals(self) -> None:
        """Folded text and originals are the stored text."""
        own, tails, heads = self.file.originals()
        must(all(len(string) < 2 for string in own.values()), "own")
        must(all([*tails.values(), *heads.values()]), "an empty tail or head")
        must(all(at < self.body.chars for at in [*own, *tails]), "originals")
        must(all(number < len(self.texts) for number in heads), "heads")
        for number, text in enumerate(self.texts):
            stored = heads.get(number, "")
            for at in range(self.body.starts[number], self.body.starts[number + 1]):
                usual = USUAL.get(self.body.text[at], self.body.text[at])
                must(at not in own or own[at] != usual, ("usual", at))
                stored += own.get(at, usual) + tails.get(at, "")
            must(stored == text, ("stored text", number))

    def _check_labels(self) -> None:
        """What is kept twice is the same twice."""
        must(len(self.taken) == len(self.years) == len(self.reports), "reports")
        for n, report in enumerate(self.reports):
            own = self.texts[self.first_passage[n] : self.first_passage[n + 1]]
            must(self.characters[n] == sum(map(len, own)), "reports.characters")
            names = self.passage_ids[self.first_passage[n] : self.first_passage[n + 1]]
            must([passage[0] for passage in report["passages"]] == names, "passages")
            must(report["agency"] == self.agencies[n], "agency")
            must(report["kind"] == self.kinds[n], "kind")
            must("/".join(report["region"]) == (self.regions[n] or ""), "region")
            must(report["year"] == self.years[n], "year")
            for label, kept in (("id", "ids"), ("title", "titles"), ("series", "series")):
                must(report[label] == self.labels[kept][n], label)
            must(report["published"] == self.labels["published"][n], "published")
            must(report["aliases"] == self.labels["aliases"][n], "aliases")


def read_generation(index_dir: Path) -> list[tuple[Segment, list[int]]]:
    """Every segment of the generation that is served, and its deleted passages."""
    folder = (index_dir / "current").resolve()
    manifest = read_manifest(folder)
    read_ledger(index_dir, manifest)
    found = []
    for name, passages, deleted in manifest["segments"]:
        segment = Segment(folder / f"{name}.fz")
        gone = read_bitmap((folder / f"{name}.del").read_bytes()) if deleted else []
        must(len(segment.texts) == passages and len(gone) == deleted, name)
        found.append((segment, gone))
    return found
