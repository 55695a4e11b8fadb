"""Decide in which encoding a text was written.

Strict decoding alone is no proof: GB18030 decodes Big5 into nonsense without an error. So every
encoding that decodes is a candidate, and the candidates compete on what they make of the text.
"""

import codecs
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

CANDIDATES: Final = ("utf-8", "gbk", "cp950", "gb18030")
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LATIN: Final = "cp1252"
_DOUBT_BELOW: Final = 0.5
_JUDGED: Final = 400_000
"""Characters judged: enough to decide, and quick on a file of gigabytes."""


@dataclass(frozen=True)
class Choice:
    """The encoding chosen, and the share of its non-ASCII characters that are in common use."""

    encoding: str
    common: float
    is_sure: bool


def _level_one(encoding: str, first: range, second: Sequence[int]) -> set[str]:
    pairs = (bytes((a, b)) for a in first for b in second)
    return set("".join(pair.decode(encoding, errors="ignore") for pair in pairs))


# The standards order their characters by use: level 1 of each is what everyday text is made of.
_COMMON: Final = (
    _level_one("gb2312", range(0xB0, 0xD8), range(0xA1, 0xFF))
    | _level_one("big5", range(0xA4, 0xC7), [*range(0x40, 0x7F), *range(0xA1, 0xFF)])
    | set("，。、；：？！（）《》“”‘’—…·　〇㎡①②③④⑤⑥⑦⑧⑨⑩")
    | {chr(code) for code in range(0xFF10, 0xFF5B)}
)


def marked(data: bytes) -> str | None:
    """Give the encoding that a byte order mark states, or None."""
    return next((name for mark, name in _MARKS if data.startswith(mark)), None)


def choose(
    pieces: Sequence[bytes],
    *,
    wanted: Iterable[str] = (),
    headers: Callable[[str], Iterable[str]] | None = None,
    stated: str | None = None,
) -> Choice:
    """Choose the encoding of a text by what the decoded text looks like.

    Among the encodings that decode strictly: first those in which most wanted headers are found,
    then those without private-use or replacement characters, then the largest share of common
    Chinese characters.

    Parameters
    ----------
    pieces
        The bytes, whole or cell by cell. A piece may end inside a character, as cut DBF cells do.
    wanted
        Headers that the file must have.
    headers
        Gives the headers as they read in an encoding; without it the first rule is left out.
    stated
        What a .cpg says; a candidate like the others, because it is often wrong.

    Returns
    -------
    `is_sure` is False where nothing decodes, or what decodes does not look like Chinese.
    """
    names = [*([stated] if stated else []), *CANDIDATES]
    ranked: list[tuple[tuple[int, bool, float, int], Choice]] = []
    for order, name in enumerate(dict.fromkeys(names)):
        text = _strict(pieces, name)
        if text is None:
            continue
        foreign = [letter for letter in text if letter > "\x7f"]
        if not foreign:
            return Choice("utf-8", 1.0, is_sure=True)
        if name == "utf-8" and _is_no_accident(foreign):
            return Choice(name, 1.0, is_sure=True)
        common = sum(letter in _COMMON for letter in foreign) / len(foreign)
        found = len(set(wanted) & set(headers(name))) if headers else 0
        clean = not any(letter == "\ufffd" or "\ue000" <= letter <= "\uf8ff" for letter in foreign)
        ranked.append(((found, clean, common, -order), Choice(name, common, is_sure=True)))
    if not ranked:
        return Choice(_LATIN, 0.0, is_sure=False)
    best = max(ranked, key=lambda entry: entry[0])[1]
    if best.common < _DOUBT_BELOW and best.encoding != stated:
        return Choice(stated or _LATIN, best.common, is_sure=False)
    return best


def decoded(data: bytes, encoding: str) -> str:
    """Decode one cell, leaving out a character cut in half at its end."""
    return codecs.getincrementaldecoder(encoding)().decode(data, final=False)


def _is_no_accident(foreign: list[str]) -> bool:
    """Tell whether valid UTF-8 can be trusted: a few pairs of GBK bytes may be valid by chance."""
    return len(foreign) >= 4 or any(letter >= "\u0800" for letter in foreign)


def _strict(pieces: Sequence[bytes], encoding: str) -> str | None:
    parts: list[str] = []
    judged = 0
    try:
        for piece in pieces:
            if piece.isascii():
                continue
            text = decoded(piece, encoding)
            if judged < _JUDGED:
                parts.append(text)
                judged += len(text)
    except (UnicodeDecodeError, LookupError):
        return None
    return "".join(parts)
