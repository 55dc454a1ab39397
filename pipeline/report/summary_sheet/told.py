"""What the summary sheet prints from: one run in both languages, and labels that formulas can go by."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from pipeline.report import case
from pipeline.report.case import MAIN, SUM, Entry
from pipeline.report.run import Run
from pipeline.text import Text

MADE = ("tax", "distortion")  # kinds that society adds to another's row
OERE_PER_KRONE = 100


def kroner(oere: int | Decimal) -> float:
    """Øre as kroner, to the øre."""
    return float(Decimal(oere) / OERE_PER_KRONE)


def both(text: Text) -> str:
    """Danish and English in one cell; once where they are the same."""
    return text.da if text.da == text.en else str(text)


def distinct(named: Mapping[str, Text]) -> dict[str, Text]:
    """The labels by name; where several share one, each with its name: a formula finds rows by it."""
    often = Counter(text.da.casefold() for text in named.values())
    return {
        name: text if often[text.da.casefold()] == 1 else Text(f"{text.da} ({name})", f"{text.en} ({name})")
        for name, text in named.items()
    }


@dataclass(frozen=True)
class Told:
    """A run told in Danish and in English, and the sheet's own ``texts`` by key and language."""

    da: Run
    en: Run
    texts: Mapping[str, Mapping[str, str]]

    def text(self, key: str, **values: object) -> Text:
        """A text of the sheet with ``values`` in its places."""
        found = self.texts[key]
        return Text(found["da"].format(**values), found["en"].format(**values))

    def each(self, tell: Callable[[Run], str]) -> Text:
        """What either run tells."""
        return Text(tell(self.da), tell(self.en))

    def word(self, name: str, code: str) -> Text:
        """A code's label."""
        return self.each(lambda run: run.word(name, code))

    def titled(self, row: Entry, name: str = "title") -> Text:
        """A row's text."""
        return self.each(lambda run: run.titled(row, name))

    @property
    def model(self) -> Mapping[str, Any]:
        return self.da.model

    @property
    def years(self) -> list[int]:
        return case.years(self.da)

    @cached_property
    def realised(self) -> list[int]:
        """The years, and those after them in which something is realised."""
        return sorted({*self.years, *(int(row["realised_year"]) for row in self.ledger)})

    @cached_property
    def ledger(self) -> list[Entry]:
        """The ledger's rows as the decision has them."""
        return [row for row in self.da.tables["cost_ledger"] if row["case"] == MAIN]

    @cached_property
    def counted(self) -> dict[str, set[str]]:
        """By perspective the ids of the ledger's rows that it counts."""
        return {
            view: {row["row_id"] for name in self.alternatives for row in case.counted(self.da, view, name)}
            for view in self.perspectives
        }

    @cached_property
    def yearly(self) -> dict[tuple[str, str, str, int], int]:
        """Results in øre by alternative, perspective, block and year, undiscounted in fixed prices."""
        return case.amounts(self.da, "amount")

    @cached_property
    def present(self) -> dict[tuple[str, str, str, int], int]:
        """Net present values in øre by alternative, perspective, block and year 0."""
        return case.amounts(self.da)

    @cached_property
    def alternatives(self) -> dict[str, Text]:
        return self._listed("alternatives")

    @cached_property
    def perspectives(self) -> dict[str, Text]:
        return self._listed("perspectives")

    @cached_property
    def blocks(self) -> dict[str, Text]:
        """The uses, then what they share and the risk pool."""
        danish, english = case.blocks(self.da), case.blocks(self.en)
        return distinct({name: Text(danish[name], english[name]) for name in danish if name != SUM})

    @cached_property
    def activities(self) -> dict[str, Text]:
        return distinct({str(row["activity"]): self.titled(row) for row in self.ledger})

    @cached_property
    def accounts(self) -> dict[str, Text]:
        return self._coded("account", "account")

    @cached_property
    def kinds(self) -> dict[str, Text]:
        return self._coded("kind", "kind")

    @cached_property
    def classes(self) -> dict[str, Text]:
        return self._coded("benefit_class", "benefit_class")

    @property
    def headline(self) -> str:
        """The alternative that is shown where one is."""
        return case.headline(self.da)

    @property
    def views(self) -> list[str]:
        """The perspectives shown where not all are: the first, the budget, and the decision-maker's."""
        return list(dict.fromkeys((next(iter(self.perspectives)), case.decision_perspective(self.da))))

    def label(self, column: str, row: Entry) -> str:
        """What a ledger row's cell says, and formulas look for."""
        value = str(row[column])
        match column:
            case "alternative":
                return self.alternatives[value].da
            case "use_type":
                return self.blocks[value].da
            case "activity":
                return self.activities[value].da
            case "account" | "payer" | "receiver":
                return self.accounts[value].da if row[column] is not None else ""
            case "kind":
                return self.kinds[value].da
            case "benefit_class":
                return self.classes[value].da
            case "unit":
                return self.word("unit", value).da
            case "side":
                return self.text(f"side_{value}").da
            case _:
                return value

    def _listed(self, name: str) -> dict[str, Text]:
        return distinct({str(row["name"]): self.titled(row) for row in self.model[name]})

    def _coded(self, words: str, column: str) -> dict[str, Text]:
        listed = self.da.words.get(words, {})
        codes = dict.fromkeys((*listed, *(str(row[column]) for row in self.ledger)))
        return distinct({code: self.word(words, code) for code in codes})
