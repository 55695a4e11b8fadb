"""Compare the names of places as people read them; what is shown stays as it was written.

Three things hide that two names are one: traditional characters, full-width letters, and pinyin
beside the characters. They are folded for matching only.
"""

import re
import unicodedata
from functools import cache, lru_cache
from typing import Final

import opencc

_HAN: Final = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_WIDE: Final = re.compile(r"[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\u3000]")
_LATIN: Final = re.compile(
    r"[(（\[]?\s*([A-Za-z\u00c0-\u024f][A-Za-z\u00c0-\u024f'’·\s-]*)\s*[)）\]]?"
)
_SYLLABLES: Final = re.compile(
    r"(?:(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
    r"(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|an|ao|ei|en|ia|ie|in|iu|ou|ua|ue|ui|un"
    r"|uo|ve|a|e|i|o|u|v)|er)"
)
_LONGEST: Final = 500
"""Letters of a text that may be a name with its pinyin; cells may have millions."""
_JOINTS: Final = re.compile(r"[\s_\-·•.,，。、]+")


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@lru_cache(maxsize=1 << 16)
def simplified(text: str) -> str:
    """Give a text in simplified characters.

    Examples
    --------
    >>> simplified("後街里社區"), simplified("东风社区"), simplified("Elm Road")
    ('后街里社区', '东风社区', 'Elm Road')
    """
    return text if text.isascii() else _converter().convert(text)


@lru_cache(maxsize=1 << 16)
def name_norm(text: str) -> str:
    """Give a name as it is compared: simplified, half-width, without pinyin, case, blanks and dots.

    Pinyin is left out where it stands beside as many characters as it has syllables, or more; a
    name in Latin letters alone is a name.

    Examples
    --------
    >>> name_norm("朝陽 Chaoyang"), name_norm("東(dōng)風(fēng) 社区"), name_norm("Ａ座")
    ('朝阳', '东风社区', 'a座')
    >>> name_norm("Chaoyang"), name_norm("万达 Plaza")
    ('chaoyang', '万达plaza')
    """
    plain = unicodedata.normalize("NFKC", without_pinyin(text))
    return _JOINTS.sub("", simplified(plain).casefold())


def without_pinyin(text: str) -> str:
    """Give a name without the pinyin that says how its characters are read."""
    if text.isascii() or len(text) > _LONGEST or _HAN.search(text) is None:
        return text
    return _LATIN.sub(_unless_gloss, text)


def _unless_gloss(found: re.Match[str]) -> str:
    before = len(_HAN.findall(found.string[: found.start()]))
    letters = unicodedata.normalize("NFD", found[1].casefold())
    bare = "".join(letter for letter in letters if "a" <= letter <= "z")
    return "" if len(bare) > 1 and 0 < _syllables(bare) <= before else found[0]


def _syllables(letters: str) -> int:
    """Count the syllables that a run of letters is made of, the fewest; 0 where it is no pinyin."""
    best: list[int | None] = [0, *[None] * len(letters)]
    for at in range(len(letters)):
        reached = best[at]
        if reached is None:
            continue
        for end in range(at + 1, min(at + 7, len(letters) + 1)):
            if _SYLLABLES.fullmatch(letters, at, end):
                best[end] = min(best[end] or reached + 1, reached + 1)
    return best[-1] or 0


def is_traditional(text: str) -> bool:
    """Tell whether a name has characters that are written otherwise in simplified script."""
    return simplified(text) != text


def is_wide(text: str) -> bool:
    """Tell whether a name has full-width letters, digits or blanks."""
    return _WIDE.search(text) is not None


def has_pinyin(text: str) -> bool:
    """Tell whether a name carries its pinyin."""
    return without_pinyin(text) != text
