"""Plain text and Markdown: which encoding, and is it text at all.

Strict UTF-8, then UTF-16 (with its mark, or where there are zero bytes), then GB18030: on Chinese
government files that is right every time, where statistical guessers are right four times in ten
(measured; see ``docs/decisions``).
"""

from __future__ import annotations

import codecs
import re
from typing import Final

from corpus.errors import ReadError
from corpus.readers.raw import RawText

_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufffd]")
_COMMON: Final = re.compile("[的一是在有和为人中大政府法治工作行依年月日部门实管理要加强推进]")
_BIG5: Final = re.compile(rb"charset\s*=\s*[\"']?big5", re.IGNORECASE)


def read(data: bytes) -> RawText:
    """The text of a .txt file.  Raises ReadError ``binary`` or ``encoding``."""
    text, encoding = decode(data)
    return RawText(text, encoding)


def read_markdown(data: bytes) -> RawText:
    """The text of a .md file without its marks."""
    text, encoding = decode(data)
    lines = []
    for line in text.split("\n"):
        line = re.sub(r"^\s{0,3}#{1,6}\s+|^\s{0,3}>\s?|\s+#+\s*$", "", line)
        line = re.sub(r"^\s{0,3}(?:[-*+]\s+)(?=\S)", "", line)
        line = re.sub(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", r"\2", line)
        line = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", line)
        line = re.sub(r"\\([\\`*_{}\[\]()#+.!-])", r"\1", line)
        if re.fullmatch(r"\s*\|?[\s:|-]*-{3,}[\s:|-]*\|?\s*|\s*([-*_]\s*){3,}", line):
            continue
        if line.count("|") >= 2 and line.strip().startswith("|"):
            line = "\t".join(cell.strip() for cell in line.strip().strip("|").split("|"))
        lines.append(line)
    return RawText("\n".join(lines), encoding)


def decode(data: bytes, declared: str | None = None) -> tuple[str, str]:
    """Text and the encoding's name.  Raises ReadError ``binary`` or ``encoding``."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            try:
                return _text(data.decode(name)), name
            except UnicodeDecodeError:
                if name == "utf-8-sig":
                    break
                raise _undecodable() from None
    tries = ["utf-8"]
    if b"\0" in data[:4096]:  # in no other encoding of text; without its mark, either order
        tries += ["utf-16-le", "utf-16-be"]
    if (declared and declared.lower() in ("big5", "big5-hkscs", "big5hkscs")) or _BIG5.search(
        data[:2048]
    ):
        tries.append("big5hkscs")
    tries.append("gb18030")
    for name in tries:
        try:
            return _text(data.decode(name)), name
        except UnicodeDecodeError:
            continue
        except ReadError:
            if not name.startswith("utf-16"):
                raise
    if (text := _nearly(data)) is not None:
        return text
    raise _undecodable()


def _nearly(data: bytes) -> tuple[str, str] | None:
    """Text with a few broken bytes (a file cut off in the middle of a character)."""
    for name in ("utf-8", "gb18030"):
        text = data.decode(name, "replace")
        broken = text.count("\ufffd")
        if broken <= max(1, len(text) // 1_000) and _COMMON.search(text):
            return _text(text.replace("\ufffd", "")), name
    return None


def _text(text: str) -> str:
    """The text with plain line ends.  Raises ReadError ``binary`` when it is none."""
    text = (
        text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n").replace("\x0c", "\n")
    )
    control = len(_CONTROL.findall(text[:20_000]))
    if control > 3 and control * 200 > min(len(text), 20_000):
        raise _binary()
    sample = text[:20_000]
    foreign = [c for c in sample if c > "\x7f"]
    if len(foreign) > 100:
        strange = sum(map(_is_strange, foreign))
        common = len(_COMMON.findall(sample))
        # Chinese prose has one of these characters in eight or so; bytes read as text have none
        if strange * 10 > len(foreign) or common * 50 < len(foreign):
            raise _binary()
    return _CONTROL.sub("", text)


def _is_strange(character: str) -> bool:
    """Private use, or neither printable nor a blank."""
    private = "\ue000" <= character <= "\uf8ff"
    return private or not (character.isprintable() or character.isspace())


def _binary() -> ReadError:
    return ReadError(
        "binary",
        "内容不是文字（可能是二进制文件，或被错误解码的 Word 文件）",
        "请找到原始文件，用正确的扩展名（如 .doc）重新放入。",
    )


def _undecodable() -> ReadError:
    return ReadError("encoding", "无法识别文字编码", "请用 UTF-8 或 GB18030 编码另存一份。")
