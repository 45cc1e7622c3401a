"""Folded text → words: the only importer of jieba.  Folding itself is ``corpus.folding``."""

from index.analysis.segmenter import (
    Segmenter,
    SubWord,
    Token,
    cut_query,
    is_word,
    open_segmenter,
    tokenize,
)

__all__ = ["Segmenter", "SubWord", "Token", "cut_query", "is_word", "open_segmenter", "tokenize"]
