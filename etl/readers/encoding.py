"""Decide in which encoding a text was written.

Strict decoding alone is no proof: GB18030 decodes Big5 into nonsense without an error. So every
encoding that decodes is a candidate, and the candidates compete on what they make of the text.
"""

import codecs
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from etl.layers import Fault

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
class Score:
    """How a text reads in one encoding.

    Attributes
    ----------
    headers
        How many wanted headers are found; None where they were not looked for.
    is_clean
        No private-use or replacement character.
    common
        Share of the characters beyond ASCII that are in common use.
    broken
        Characters that could not be read.
    """

    encoding: str
    headers: int | None = None
    is_clean: bool = False
    common: float = 0.0
    broken: int = 0
    decodes: bool = True

    def __str__(self) -> str:
        if not self.decodes:
            return f"{self.encoding} does not decode"
        parts = [] if self.headers is None else [f"headers known {self.headers}"]
        parts.append(f"common characters {self.common:.1%}")
        if self.broken:
            parts.append(f"unreadable {self.broken:,}")
        elif not self.is_clean:
            parts.append("private characters")
        return f"{self.encoding} ({', '.join(parts)})"


@dataclass(frozen=True)
class Choice:
    """The encoding chosen, the share of its non-ASCII characters that are in common use, and why.

    Attributes
    ----------
    errors
        How to decode: `strict`, or `replace` where no encoding reads every character.
    scores
        Every candidate, in the order tried; empty where there was nothing to choose.
    """

    encoding: str
    common: float
    is_sure: bool
    errors: str = "strict"
    scores: tuple[Score, ...] = ()

    @property
    def why(self) -> str:
        """Say what was chosen and how every other candidate did."""
        chosen = next((str(s) for s in self.scores if s.encoding == self.encoding), self.encoding)
        others = [str(score) for score in self.scores if score.encoding != self.encoding]
        return "; ".join([f"chosen {chosen}", *others])


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
    pieces: Iterable[bytes],
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
        The bytes, whole or cell by cell, gone through once for each encoding. A piece may end
        inside a character, as cut DBF cells do.
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
    tried = [stated, *CANDIDATES] if stated else list(CANDIDATES)
    names = list(dict.fromkeys(tried))
    scores: list[Score] = []
    for name in names:
        text = _strict(pieces, name)
        if text is None:
            scores.append(Score(name, decodes=False))
            continue
        foreign = [letter for letter in text if letter > "\x7f"]
        if not foreign:
            return Choice("utf-8", 1.0, is_sure=True)
        if name == "utf-8" and _is_no_accident(foreign):
            return Choice(name, 1.0, is_sure=True)
        scores.append(_score(name, foreign, wanted, headers))
    read = [score for score in scores if score.decodes]
    if not read:
        return _least_broken(pieces, names)
    # the first of equals: what is stated, then the order of the candidates
    best = max(read, key=lambda score: (score.headers or 0, score.is_clean, score.common))
    if best.common < _DOUBT_BELOW and best.encoding != stated:
        return Choice(stated or _LATIN, best.common, is_sure=False, scores=tuple(scores))
    return Choice(best.encoding, best.common, is_sure=True, scores=tuple(scores))


def _score(
    name: str,
    foreign: list[str],
    wanted: Iterable[str],
    headers: Callable[[str], Iterable[str]] | None,
) -> Score:
    broken = foreign.count("\ufffd")
    return Score(
        name,
        headers=len(set(wanted) & set(headers(name))) if headers else None,
        is_clean=not broken and not any("\ue000" <= letter <= "\uf8ff" for letter in foreign),
        common=sum(letter in _COMMON for letter in foreign) / len(foreign),
        broken=broken,
    )


def _least_broken(pieces: Iterable[bytes], names: Sequence[str]) -> Choice:
    """Choose for a text that no encoding reads whole: a line pasted from another file, a cut end.

    Below half common characters it is no Chinese text either, and the guess is a Latin one.
    """
    scores: list[Score] = []
    for name in names:
        text = "".join(_replaced(pieces, name))
        foreign = [letter for letter in text if letter > "\x7f"]
        scores.append(_score(name, foreign, (), None))
    best = max(scores, key=lambda score: (score.common, -score.broken))
    if best.common < _DOUBT_BELOW:
        return Choice(_LATIN, best.common, is_sure=False, scores=tuple(scores))
    return Choice(best.encoding, best.common, is_sure=False, errors="replace", scores=tuple(scores))


def _replaced(pieces: Iterable[bytes], encoding: str) -> Iterator[str]:
    judged = 0
    for piece in pieces:
        if not piece.isascii() and judged < _JUDGED:
            text = piece.decode(encoding, errors="replace")
            judged += len(text)
            yield text


def encoding_faults(
    source: str, choice: Choice, stated: str | None = None, by: str = "The file"
) -> list[Fault]:
    """Say which encoding was chosen and why; nothing where there was no choice.

    Parameters
    ----------
    source
        The file as city.toml writes it.
    stated
        What the file says of itself.
    by
        Who says so.
    """
    is_lie = stated is not None and stated != choice.encoding
    if not choice.scores and not is_lie:
        return []
    why = f"{choice.why}." if choice.scores else f"The text is valid {choice.encoding}."
    said = f"{by} says {stated}. " if is_lie else ""
    guess = "" if choice.is_sure else "This is a guess. "
    return [
        Fault(
            code="ENC_GUESS",
            severity="warning" if is_lie or not choice.is_sure else "note",
            source=source,
            row=None,
            feature_id=None,
            message=f"{said}{guess}{why}",
            action=f'Read as {choice.encoding}. Write encoding = "..." if names are garbled.',
        )
    ]


def decoded(data: bytes, encoding: str, errors: str = "strict") -> str:
    """Decode one cell, leaving out a character cut in half at its end."""
    return codecs.getincrementaldecoder(encoding)(errors).decode(data, final=False)


def _is_no_accident(foreign: list[str]) -> bool:
    """Tell whether valid UTF-8 can be trusted: a few pairs of GBK bytes may be valid by chance."""
    return len(foreign) >= 4 or any(letter >= "\u0800" for letter in foreign)


def _strict(pieces: Iterable[bytes], encoding: str) -> str | None:
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
