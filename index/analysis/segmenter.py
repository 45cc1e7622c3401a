"""Words of folded text: jieba, with rjieba for what it cuts the same and faster.

Only cutting lives here; what becomes of the words is ``index.codec``'s affair.  jieba works
on stretches between punctuation marks, so a sentence can be cut apart from its neighbours
(tested).  rjieba differs from jieba on URLs and hyphenated numbers, takes all ideographs for
hanzi where jieba takes those of Unicode 8's first block, and fails on lone surrogates; sentences
with such characters go to jieba itself, and so does everything when the two disagree on
``_SELF_TEST``.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import tempfile
import warnings
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

with warnings.catch_warnings():
    # jieba's own: invalid escape sequences, pkg_resources
    warnings.simplefilter("ignore")
    import jieba
try:
    import rjieba
except ImportError:  # optional accelerator
    rjieba = None  # type: ignore[assignment]

DICTIONARY: Final = Path(__file__).with_name("dictionary.txt")
"""Words of the domain, ``word frequency tag`` a line; used by both cutters."""

_CACHE: Final = Path(__file__).resolve().parents[2] / "var" / "jieba"
LONGEST_RUN: Final = 400
"""jieba's HMM takes quadratic time on a run without punctuation; longer ones are cut here."""

_SENTENCE: Final = re.compile(r"[^。!?;:,\n]*[。!?;:,\n]|[^。!?;:,\n]+")
_DIFFERENT: Final = re.compile(
    r"[a-z+#&._%\-\u3400-\u4dbf\u9fd6-\u9fff\ud800-\udfff\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Characters beside which rjieba may cut otherwise than jieba: the ideographs are those outside
U+4E00 to U+9FD5, which is what ``re_han_default`` of jieba 0.42 matches."""
_CUTTING: Final = 2
"""Part of the name; goes up when the same text comes to be cut otherwise.  1 let rjieba cut
ideographs outside jieba's block."""
_SELF_TEST: Final = (
    "推进法治政府建设的主要举措和成效。2021年全面落实行政执法公示制度执法全过程记录制度重大执法决定法制审核制度。",
    "某某市城市管理综合行政执法局深入学习贯彻习近平法治思想,首违不罚轻微免罚清单共128项;",
    "存在的不足和原因:一是执法队伍建设有待加强,袁驿镇司法所人员编制不足3人!党政主要负责人履行推进法治建设第一责任人职责情况如何?",
    "双随机一公开最多跑一次放管服八五普法枫桥经验大综合一体化龘靐齉",
)


class SubWord(NamedTuple):
    """A word inside a longer one, as jieba's search mode finds them."""

    offset: int
    word: str


def _private_folder() -> str:
    """A folder only we can write: jieba unmarshals the cache it finds there unchecked."""
    try:
        _CACHE.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = _CACHE.stat()
        if status.st_uid == os.getuid() and not status.st_mode & 0o022:
            return str(_CACHE)
    except OSError:
        pass
    return tempfile.mkdtemp(prefix="fazhi-jieba-")


class Segmenter:
    """Cuts folded text.  Safe to share between threads once made."""

    name: str
    """Which cutter, version and dictionaries: text cut under another name may differ."""

    def __init__(self) -> None:
        jieba.setLogLevel(logging.CRITICAL)
        self._jieba = jieba.Tokenizer()
        self._jieba.tmp_dir = _private_folder()
        self._jieba.initialize()
        self._rjieba: rjieba.Jieba | None = rjieba.Jieba() if rjieba is not None else None
        own = DICTIONARY.read_bytes() if DICTIONARY.is_file() else b""
        for line in own.decode("utf-8").splitlines():
            word, frequency, tag = line.split(" ")
            self._jieba.add_word(word, int(frequency), tag)
            if self._rjieba is not None:
                self._rjieba.add_word(word, int(frequency), tag)
        if self._rjieba is not None and any(
            self._jieba.lcut(text) != self._rjieba.cut(text) for text in _SELF_TEST
        ):
            self._rjieba = None
        with self._jieba.get_dict_file() as file:
            digest = hashlib.sha256(file.read() + own).hexdigest()[:12]
        self.accelerated = self._rjieba is not None
        # rjieba is not part of the name: it is used only where it cuts the same
        self.name = f"jieba {jieba.__version__} {digest} {_CUTTING}"

    def cut_by_jieba(self, folded: str) -> list[str]:
        """What ``cut`` is held against: jieba alone, with the same dictionaries."""
        words: list[str] = self._jieba.lcut(folded)
        return words

    def cut(self, folded: str) -> list[str]:
        """Words in order, joined again the text itself; punctuation stands alone."""
        fast = self._rjieba
        if fast is not None and len(folded) <= LONGEST_RUN and not _DIFFERENT.search(folded):
            return fast.cut(folded)
        words: list[str] = []
        plain: list[str] = []
        for sentence in _SENTENCE.findall(folded):
            if fast is not None:
                if len(sentence) <= LONGEST_RUN and not _DIFFERENT.search(sentence):
                    plain.append(sentence)
                    continue
                words += fast.cut("".join(plain))
                plain.clear()
            for start in range(0, len(sentence), LONGEST_RUN):
                words += self._jieba.cut(sentence[start : start + LONGEST_RUN])
        if fast is not None:
            words += fast.cut("".join(plain))
        return words

    def knows(self, word: str) -> bool:
        """Whether the dictionaries have the word."""
        return bool(self._jieba.FREQ.get(word))

    def sub_words(self, word: str) -> tuple[SubWord, ...]:
        """The dictionary's words of two and three characters inside a longer word."""
        known = self._jieba.FREQ
        return tuple(
            SubWord(i, word[i : i + size])
            for size in (2, 3)
            if len(word) > size
            for i in range(len(word) - size + 1)
            if known.get(word[i : i + size])
        )


def is_word(word: str) -> bool:
    """Whether it is more than punctuation and blanks."""
    return any(character.isalnum() for character in word)


@lru_cache(maxsize=1)
def open_segmenter() -> Segmenter:
    """The process's segmenter; the first call loads the dictionary."""
    return Segmenter()


class Token(NamedTuple):
    """One occurrence of a word."""

    word: str
    position: int


def tokenize(folded: str) -> list[Token]:
    """Search-mode words with the offsets at which they stand, in jieba's order."""
    segmenter = open_segmenter()
    tokens = []
    at = 0
    for word in segmenter.cut(folded):
        tokens += [
            Token(sub.word, at + sub.offset)
            for sub in segmenter.sub_words(word)
            if is_word(sub.word)
        ]
        if is_word(word):
            tokens.append(Token(word, at))
        at += len(word)
    return tokens


def cut_query(folded: str) -> list[str]:
    """The words of a query in order, accurate mode, punctuation left out."""
    return [word for word in open_segmenter().cut(folded) if is_word(word)]
