"""The words of other systems and the codes of ours they stand for: ``schemas/vocabularies/<system>.toml``."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from pipeline import paths
from pipeline.contract import ContractError, load_contracts, normalise_header
from pipeline.contract.section import read_toml
from pipeline.formats.faults import listed
from pipeline.formats.result import Source, problem
from pipeline.text import Problem, Text

FOLDER = "vocabularies"
KEYS = frozenset({"codes", "unknown", "none", "words"})

# A word that may be shown: it looks like one of a vocabulary, and like no number, address or sentence.
_WORD = re.compile(r"[A-Za-z][A-Za-z_.\- ]{0,59}")
_TOKEN = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True)
class Vocabulary:
    """One field's words. ``codes`` names the code list; a word of no code of ours stands for None.

    ``unknown`` is the code of a word that is not listed.
    """

    field: str
    codes: str
    words: Mapping[str, str | None]
    unknown: str | None


@cache
def load_vocabularies(system: str, folder: Path = paths.SCHEMAS) -> Mapping[str, Vocabulary]:
    """Every field's vocabulary of ``system``; ContractError naming file and key at the first thing wrong."""
    path = folder / FOLDER / f"{system}.toml"
    return {field: _vocabulary(path, field, told) for field, told in read_toml(path).items()}


def _vocabulary(path: Path, field: str, told: dict[str, Any]) -> Vocabulary:
    lists = load_contracts(path.parent.parent).codes
    known = lists.get(str(told.get("codes")))
    unknown = told.get("unknown")
    pairs = [(None, told.get("none", [])), *cast("dict[str, Any]", told.get("words", {})).items()]
    wrong = [key for key in told if key not in KEYS]
    if known is None or wrong:
        raise _error(path, f"{field}.{wrong[0] if wrong else 'codes'}")
    words: dict[str, str | None] = {}
    for code, spelled in pairs:
        for word in cast("list[str]", spelled):
            if (code is not None and code not in known.codes) or normalise_header(word) in words:
                raise _error(path, f"{field}.words.{code}")
            words[normalise_header(word)] = code
    if unknown is not None and unknown not in known.codes:
        raise _error(path, f"{field}.unknown")
    return Vocabulary(field, known.name, words, unknown)


def _error(path: Path, key: str) -> ContractError:
    return ContractError(
        f"{FOLDER}/{path.name}",
        key,
        Text(
            "ukendt nøgle, ukendt kode, eller et ord, der står to gange",
            "an unknown key, an unknown code, or a word that stands twice",
        ),
    )


class Heard:
    """What the words of one file came to. Those that no vocabulary lists are counted, and named once."""

    def __init__(self, system: str) -> None:
        self._system = system
        self._vocabularies = load_vocabularies(system)
        self._unknown: dict[str, Counter[str]] = {}

    def code(self, field: str, word: object, personal: Iterable[str] = ()) -> str | None:
        """The code of ``word``; None when it is empty or has none.

        ``personal`` are texts of the same record that may name somebody: a word that shares a name with them
        is counted and not shown.
        """
        if word is None or word == "":
            return None
        vocabulary = self._vocabularies[field]
        text = str(word)
        key = normalise_header(text)
        if key in vocabulary.words:
            return vocabulary.words[key]
        named = {token.casefold() for item in personal for token in _TOKEN.findall(item)}
        is_shown = _WORD.fullmatch(text) and not named & {token.casefold() for token in _TOKEN.findall(text)}
        self._unknown.setdefault(field, Counter())[text if is_shown else ""] += 1
        return vocabulary.unknown

    def problems(self, source: Source) -> list[Problem]:
        """One note for each field with words that are not listed."""
        return [self._problem(source, field, counts) for field, counts in self._unknown.items()]

    def _problem(self, source: Source, field: str, counts: Counter[str]) -> Problem:
        vocabulary = self._vocabularies[field]
        code = vocabulary.unknown
        label = load_contracts().codes[vocabulary.codes].label(code) if code else Text("intet", "nothing")
        words = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        da = listed(f"»{word}« ({count})" if word else f"(vises ikke) ({count})" for word, count in words)
        en = listed(f"'{word}' ({count})" if word else f"(not shown) ({count})" for word, count in words)
        file = f"{FOLDER}/{self._system}.toml"
        return problem(
            source,
            None,
            field,
            "unknown_word",
            f"ukendte ord, talt som »{label.da}«: {da}; kendte står i {file}",
            f"unknown words, counted as '{label.en}': {en}; those known stand in {file}",
            "note",
        )
