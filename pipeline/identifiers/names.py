"""Find the names that are known to stand for a meeting's parties, however they are written in free text."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

MOST_NAMES = 64  # of one text: a row's parties, not a register
MOST_CHARS = 40  # of one part of a name

# Parts of names that are words as well: masked where they begin with a capital letter only.
_WORDS = """
bo my dag sten mark lund holm bjerg dal skov bach berg kjær kær krog bro by vang toft gry liv vinter
may april juni august maj sommer smed møller præst bonde ravn falk due svane ulv bjørn hjort lind
birk rose viola sol rask stor lille brun hvid sort rød grøn gran ellen kim chris win eng ager hede
dam å ø kok sand storm frost glad vind brandt lang kort bang fisker munk bager kirke kirkegaard vest
øst nord syd star lykke fred
"""
# What stands between the parts of a name, or before it, and is nobody's name.
_BETWEEN = "af von van de den der du la le al el og dr hr fr fru frk læge doktor sekretær"
_ORDINARY, _TITLES = frozenset(_WORDS.split()), frozenset(_BETWEEN.split())
_SEVERAL = {"ae": "æ", "oe": "ø", "aa": "å"}
_LETTERS = {"æ": "(?:æ|ae|ä|a\u0308)", "ø": "(?:ø|oe|ö|o)", "å": "(?:å|aa|a\u030a)"}
_SPLIT = re.compile(r"[^\W\d_]+")


def name_parts(names: Iterable[str]) -> tuple[str, ...]:
    """What to look for: the parts of ``names``, folded (``Kjaer`` and ``Kjær`` are one), the longest first.

    A single letter is no part, and nor is a title or a word like ``af`` and ``von``.
    """
    parts: set[str] = set()
    for _, name in zip(range(MOST_NAMES), names, strict=False):
        for found in _SPLIT.findall(_composed(name)):
            part = _folded(found)[:MOST_CHARS]
            if len(part) > 1 and part not in _TITLES:
                parts.add(part)
    return tuple(sorted(parts, key=lambda part: (-len(part), part)))


@lru_cache(maxsize=1024)
def name_pattern(parts: tuple[str, ...]) -> str:
    """An expression of the ``parts`` with any case, accent and ``ae`` for ``æ``, and their genitive.

    A part that is a short or an ordinary word as well (``Bo``, ``Lund``) needs its capital letter.
    """
    sure = [_spelt(part) for part in parts if len(part) > 2 and part not in _ORDINARY]
    word = [f"(?=[A-ZÆØÅÄÖÉÈÜ]){_spelt(part)}" for part in parts if len(part) <= 2 or part in _ORDINARY]
    either = "|".join([f"(?i:{spelt})" for spelt in sure] + [_capital(spelt) for spelt in word])
    return rf"(?<![^\W\d_])(?:{either})(?:['’´`]?[sS]|['’´`](?![^\W\d_]))?(?![^\W\d_])"


def _capital(spelt: str) -> str:
    head, rest = spelt[: spelt.index(")") + 1], spelt[spelt.index(")") + 1 :]
    return f"{head}(?i:{rest})"


def _spelt(part: str) -> str:
    """Every way to write one folded part; a combining accent may follow each letter."""
    return "".join(f"{_LETTERS.get(sign) or _accented(sign)}[\u0300-\u036f]?" for sign in part)


@lru_cache(maxsize=256)
def _accented(sign: str) -> str:
    others = {"a": "áàâã", "c": "ç", "e": "éèêë", "i": "íìîï", "n": "ñ", "o": "óòôõ", "u": "úùûü", "y": "ýÿü"}
    return f"[{sign}{others[sign]}]" if sign in others else re.escape(sign)


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _folded(part: str) -> str:
    """``part`` in small letters without accents, with æ, ø and å for the two letters that stand for them."""
    text = part.casefold().replace("ä", "æ").replace("ö", "ø")
    for two, one in _SEVERAL.items():
        text = text.replace(two, one)
    return "".join(sign if sign in "æøå" else _base(sign) for sign in text)


def _base(sign: str) -> str:
    return (
        "".join(one for one in unicodedata.normalize("NFD", sign) if not unicodedata.combining(one)) or sign
    )
