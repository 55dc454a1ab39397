"""The words of other systems and the codes of ours they stand for: ``schemas/vocabularies/<system>.toml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from pipeline import paths
from pipeline.contract import ContractError, load_contracts, normalise_header
from pipeline.contract.section import read_toml
from pipeline.text import Text

FOLDER, FIELDS = "vocabularies", "fields"
KEYS = frozenset({"codes", "unknown", "none", "words"})


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
    return {
        field: _vocabulary(path, field, told) for field, told in read_toml(path).items() if field != FIELDS
    }


@cache
def known_fields(system: str, folder: Path = paths.SCHEMAS) -> frozenset[str]:
    """Every field that ``system`` writes, read or not."""
    return frozenset(cast("list[str]", read_toml(folder / FOLDER / f"{system}.toml")[FIELDS]))


def _vocabulary(path: Path, field: str, told: dict[str, Any]) -> Vocabulary:
    lists = load_contracts(path.parent.parent).codes
    known = lists.get(str(told.get("codes")))
    unknown = told.get("unknown")
    pairs: list[tuple[str | None, list[str]]] = [(None, told.get("none", [])), *told.get("words", {}).items()]
    wrong = [key for key in told if key not in KEYS]
    if known is None or wrong:
        raise _error(path, f"{field}.{wrong[0] if wrong else 'codes'}")
    words: dict[str, str | None] = {}
    for code, spelled in pairs:
        for word in spelled:
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
