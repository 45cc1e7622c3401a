"""What an index holds and where its bytes go."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from index.snapshot import IndexSnapshot

COMPONENTS = (
    ("texts", "原文（压缩）"),
    ("originals", "原文写法"),
    ("meta", "报告资料"),
    ("labels", "报告资料"),
    ("reports", "报告资料"),
    ("passages", "报告资料"),
    ("sentences", "句与段的起点"),
    ("paragraphs", "句与段的起点"),
    ("body.words", "正文词典"),
    ("body.docs", "正文词：段落"),
    ("body.freqs", "正文词：次数"),
    ("body.tables", "正文词：次数"),
    ("body.tokens", "正文词：位置"),
    ("body.rests", "正文词：位置"),
    ("body.", "正文二元字：位置"),
    ("title", "标题"),
    ("heading", "小标题"),
)
"""Beginnings of section names → what a reader calls them; the first that fits."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """Figures of one generation; deleted reports are not counted, but their bytes are."""

    generation: str
    built: str
    segmenter: str
    segments: int
    reports: int
    passages: int
    characters: int
    """Stored characters."""
    text_bytes: int
    """UTF-8 bytes of the stored texts, deleted ones included."""
    components: dict[str, int]
    """Bytes by component, by falling size."""

    @property
    def index_bytes(self) -> int:
        """Bytes of all components."""
        return sum(self.components.values())


def _component(section: str) -> str:
    return next(name for start, name in COMPONENTS if section.startswith(start))


def statistics(snapshot: IndexSnapshot) -> Statistics:
    """Count a snapshot's reports, passages, characters and bytes."""
    sizes: Counter[str] = Counter()
    reports = passages = characters = text_bytes = 0
    for segment in snapshot.segments:
        live = segment.live_reports()
        reports += int(live.sum())
        passages += segment.passage_count - len(segment.deleted)
        lengths = segment.container.array("reports.characters")
        characters += int(lengths[live].sum(dtype=np.int64))
        text_bytes += int(segment.container.array("texts.lengths").sum(dtype=np.int64))
        for name, size in segment.container.sizes():
            sizes[_component(name)] += size
    return Statistics(
        snapshot.generation,
        snapshot.built,
        snapshot.segmenter,
        len(snapshot.segments),
        reports,
        passages,
        characters,
        text_bytes,
        dict(sizes.most_common()),
    )


def format_statistics(figures: Statistics) -> str:
    """The figures in Chinese, a line each."""
    lines = [
        f"索引版本 {figures.generation}，建立于 {figures.built}",
        f"分词器 {figures.segmenter}",
        f"报告 {figures.reports:,} 份，段落 {figures.passages:,} 个，"
        f"字符 {figures.characters:,} 个，索引段 {figures.segments} 个",
        f"原文 {figures.text_bytes:,} 字节（UTF-8），索引 {figures.index_bytes:,} 字节，"
        f"为原文的 {_share(figures.index_bytes, figures.text_bytes)} 倍，其中：",
    ]
    for name, size in figures.components.items():
        lines.append(f"  {_share(size, figures.text_bytes)}  {size:>14,}  {name}")
    return "\n".join(lines)


def _share(size: int, whole: int) -> str:
    return f"{size / whole:.3f}" if whole else "—"
