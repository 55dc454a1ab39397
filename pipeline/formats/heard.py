"""What one file of another system says that its reader must tell: unknown words and fields, and counts."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from pipeline.contract import load_contracts, normalise_header
from pipeline.formats.faults import listed
from pipeline.formats.result import Source, problem
from pipeline.formats.vocabulary import FOLDER, Vocabulary, known_fields, load_vocabularies
from pipeline.text import Problem, Text

# Rule → what is said of so many; a reader may have more.
COUNTED: Mapping[str, Text] = {
    "rows_again": Text(
        "hændelser er sendt mere end én gang og tæller én gang",
        "events were sent more than once and count once",
    ),
    "not_a_person": Text(
        "opkald eller hændelser er ikke nogen i et møde (omstilling, afspilning, optagelse, program)",
        "calls or events are nobody in a meeting (reception, playback, recording, program)",
    ),
}

MOST_NAMES = 1_000  # that are told apart, of words of one field and of fields
# A word that may be shown: it looks like one of a vocabulary, and like no number or address.
_WORD = re.compile(r"[A-Za-z][A-Za-z_.\- ]{0,79}(?: [0-9]{1,3})?")
_FIELD = re.compile(r"[A-Za-z][A-Za-z_]{0,39}")
_TOKEN = re.compile(r"[^\W\d_]{3,}")


class Heard:
    """Takes the words of one file to our codes, and keeps count of what must be told of it."""

    def __init__(self, system: str, counted: Mapping[str, Text] | None = None) -> None:
        self.records = 0
        self.counts: Counter[str] = Counter()
        self._system = system
        self._vocabularies = load_vocabularies(system)
        self._known = known_fields(system)
        self._counted = {**COUNTED, **(counted or {})}
        self._words: dict[str, Counter[str]] = {}
        self._fields: Counter[str] = Counter()

    def code(self, field: str, word: object, personal: Iterable[str] = ()) -> str | None:
        """The code of ``word``; None when it is empty or has none. One that is not listed is counted.

        ``personal`` are texts of the same record that may name somebody: a word that shares a name with them
        is counted and not shown, and so is one that looks like a name.
        """
        if word is None or word == "":
            return None
        vocabulary = self._vocabularies[field]
        text = str(word) if isinstance(word, str | int) else ""
        key = normalise_header(text)
        if key in vocabulary.words:
            return vocabulary.words[key]
        named = {token.casefold() for item in personal for token in _TOKEN.findall(item)}
        tokens = {token.casefold() for token in _TOKEN.findall(text)}
        looks_like_name = text.istitle() and len(tokens) > 1
        is_shown = _WORD.fullmatch(text) and not looks_like_name and not named & tokens
        _count(self._words.setdefault(field, Counter()), text if is_shown else "")
        return vocabulary.unknown

    def see(self, names: Iterable[str]) -> None:
        """The fields of one record; those that the system is not known to write are counted."""
        for name in set(names) - self._known:
            _count(self._fields, name if _FIELD.fullmatch(name) else "")

    def problems(self, source: Source) -> Iterator[Problem]:
        """A note for each field with unknown words, for unknown fields, and for each count."""
        for field, counts in self._words.items():
            yield self._unknown_words(source, self._vocabularies[field], counts)
        if self._fields:
            names = Text(*_named(self._fields))
            yield note(
                source,
                "unknown_field",
                f"ukendte felter, som ikke læses: {names.da}",
                f"unknown fields, which are not read: {names.en}",
            )
        for rule, text in self._counted.items():
            if count := self.counts[rule]:
                yield note(source, rule, f"{count} {text.da}", f"{count} {text.en}")
        if not self.records:
            da, en = "filen har ingen poster", "the file has no records"
            yield problem(source, None, None, "no_rows", da, en)

    def _unknown_words(self, source: Source, vocabulary: Vocabulary, counts: Counter[str]) -> Problem:
        label = Text("intet", "nothing")
        if vocabulary.unknown is not None:
            label = load_contracts().codes[vocabulary.codes].label(vocabulary.unknown)
        words, file = Text(*_named(counts)), f"{FOLDER}/{self._system}.toml"
        return problem(
            source,
            None,
            vocabulary.field,
            "unknown_word",
            f"ukendte ord, talt som »{label.da}«: {words.da}; kendte står i {file}",
            f"unknown words, counted as '{label.en}': {words.en}; those known stand in {file}",
            "note",
        )


def note(source: Source, rule: str, da: str, en: str) -> Problem:
    """Something of the file as a whole that its reader must know."""
    return problem(source, None, None, rule, da, en, "note")


def _count(counts: Counter[str], name: str) -> None:
    """One more of ``name``; of names beyond ``MOST_NAMES`` only how many."""
    counts[name if name in counts or len(counts) < MOST_NAMES else ""] += 1


def _named(counts: Counter[str]) -> tuple[str, str]:
    """Names with their counts, the commonest first, in Danish and in English; the empty one is not shown."""
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return (
        listed(f"»{name}« ({count})" if name else f"(vises ikke) ({count})" for name, count in ordered),
        listed(f"'{name}' ({count})" if name else f"(not shown) ({count})" for name, count in ordered),
    )
