"""One run of the pipeline as the reports see it: its results, its tables, and numbers by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from pipeline.contract import CodeList, Contracts
from pipeline.report.book import Book
from pipeline.report.phrases import PHRASES, Phrases
from pipeline.report.placeholder import EARLIER, Placeholder, UnknownNameError
from pipeline.report.results import ALL, NONE, Estimate, Estimates, Fact, rows_of
from pipeline.report.spelling import FormError, Spelled, spell, spell_fact
from pipeline.text import Language

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Run:
    """What the reports print from. ``earlier`` are the cut-offs before ``as_of``, the latest last.

    ``words`` are labels that stand in no code list, by the name of what they label and its code; ``tables``
    holds rows by a table's name, as they stood at ``as_of`` where the table has cut-offs.
    """

    as_of: date
    earlier: tuple[date, ...]
    edition: str
    estimates: Estimates
    book: Book
    contracts: Contracts
    facts: tuple[Fact, ...] = ()
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    tables: Mapping[str, Sequence[Row]] = field(default_factory=dict[str, Sequence[Row]])
    is_reconstructed: bool = False
    language: Language = "da"
    model: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def say(self, da: str, en: str) -> str:
        """One of two texts, by the report's language."""
        return da if self.language == "da" else en

    def titled(self, row: Mapping[str, Any], name: str = "title") -> str:
        """A row's text in the report's language: ``title_da`` or ``title_en``, or a mapping of both."""
        found = row.get(name)
        if isinstance(found, Mapping):
            return str(cast("Mapping[str, str]", found)[self.language])
        return str(row[f"{name}_{self.language}"])

    @property
    def phrases(self) -> Phrases:
        """The words that the machinery writes in the report's language."""
        return PHRASES[self.language]

    @property
    def codes(self) -> Mapping[str, CodeList]:
        return self.contracts.codes

    @property
    def cut_offs(self) -> tuple[date, ...]:
        return (*self.earlier, self.as_of)

    def word(self, name: str, code: str) -> str:
        """A code's label: from the words beside the narrative, else from the code list, else the code."""
        listed = self.codes.get(name)
        known = listed.label(code).in_(self.language) if listed is not None and code in listed.codes else code
        return self.words.get(name, {}).get(code, known)

    def spell(self, placeholder: Placeholder) -> Spelled:
        """The number a placeholder asks for: a metric's estimate, else a fact."""
        if placeholder.name in self.estimates.metrics:
            found = self.find(placeholder)
            return spell(found, placeholder.form, decimals=placeholder.decimals, language=self.language)
        fact = self._fact(placeholder)
        return spell_fact(fact, placeholder.form, decimals=placeholder.decimals, language=self.language)

    def find(self, placeholder: Placeholder) -> Estimate:
        """The estimate a placeholder asks for. Raises UnknownNameError."""
        at = self.as_of if placeholder.at is None else self._earlier(placeholder)
        strata = {key: code for key, code in placeholder.selectors.items() if key != "item"}
        if len(strata) > 1:
            raise FormError("kun ét stratum ad gangen · one stratum at a time")
        stratum_by, stratum = next(iter(strata.items()), (ALL, ALL))
        item = placeholder.selectors.get("item", NONE)
        found = self.estimates.get(
            placeholder.name, at, item=item, stratum_by=stratum_by, stratum=stratum, per=placeholder.per
        )
        if found is None:
            key = (
                f"{placeholder.name} [item={item}, {stratum_by}={stratum}] @ {at} / {placeholder.per or '…'}"
            )
            known = tuple(
                f"{row.metric} [item={row.item}, {row.stratum_by}={row.stratum}] @ {row.as_of} / {row.per}"
                for row in self.estimates.rows
                if row.metric == placeholder.name
            )
            raise UnknownNameError(key, known)
        return found

    def _earlier(self, placeholder: Placeholder) -> date:
        at = (
            (self.cut_offs[-2] if self.earlier else self.as_of)
            if placeholder.at == EARLIER
            else placeholder.at
        )
        if not isinstance(at, date) or at not in self.cut_offs:
            raise UnknownNameError(str(at), tuple(day.isoformat() for day in self.cut_offs))
        return at

    def _fact(self, placeholder: Placeholder) -> Fact:
        named = [fact for fact in self.facts if fact.name == placeholder.name]
        for fact in named:
            if dict(fact.selectors) == dict(placeholder.selectors):
                return fact
        if named:
            known = tuple(_written(fact) for fact in named)
            raise UnknownNameError(
                _written(Fact(placeholder.name, Decimal(0), "", placeholder.selectors)), known
            )
        names = (*self.estimates.metrics, *(fact.name for fact in self.facts))
        raise UnknownNameError(placeholder.name, tuple(dict.fromkeys(names)))


def _written(fact: Fact) -> str:
    inner = ", ".join(f"{key}={code}" for key, code in fact.selectors.items())
    return f"{fact.name} [{inner}]" if inner else fact.name


def read_tables(folder: Path, as_of: date) -> dict[str, list[dict[str, Any]]]:
    """Every Parquet table of a folder by name; of a table with cut-offs only the rows at ``as_of``."""
    made: dict[str, list[dict[str, Any]]] = {}
    for file in sorted(folder.glob("*.parquet")):
        rows = rows_of(file)
        made[file.stem] = [row for row in rows if row.get("as_of", as_of) == as_of]
    return made
