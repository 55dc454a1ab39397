"""The words of a contract: what a schema file says about a table, its columns, code lists and rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from pipeline.text import Problem, ProblemError, Severity, Text

ColumnType = Literal["string", "integer", "decimal", "boolean", "date", "timestamp"]
Identifier = Literal["person", "practice", "organisation"]
Kind = Literal["delivered", "derived"]

# The format of a table that people fill in: CSV, or a workbook.
PLAIN = "danish_csv"
# The form of a keyed identifier. Persons and practices are stored in no other form.
KEYED_PATTERN = "p_[0-9A-Za-z_-]+"


class ContractError(ProblemError):
    """A schema file says something that cannot be followed; names the file and the key."""

    def __init__(self, file: str, key: str, message: Text) -> None:
        place = f"{file}, nøgle {key}" if key else file
        super().__init__(Problem(place, None, None, "contract", message, "critical"))


def normalise(raw: str) -> str:
    """``raw`` as headers and code spellings are compared: no case, no outer blanks, single spaces."""
    return " ".join(raw.replace("\ufeff", "").split()).casefold()


@dataclass(frozen=True)
class CodeItem:
    """One allowed value: ``code`` stands in the tables, ``label`` is what people read."""

    code: str
    label: Text
    spellings: tuple[str, ...] = ()
    is_invented: bool = False


@dataclass(frozen=True)
class CodeList:
    """The allowed values of a column, in the order they are shown."""

    name: str
    title: Text
    items: tuple[CodeItem, ...]
    note: Text | None = None
    _codes: Mapping[str, str] = field(init=False, repr=False, compare=False)
    _labels: Mapping[str, Text] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        accepted = {
            normalise(spelling): item.code
            for item in self.items
            for spelling in (item.code, item.label.da, item.label.en, *item.spellings)
        }
        object.__setattr__(self, "_codes", accepted)
        object.__setattr__(self, "_labels", {item.code: item.label for item in self.items})

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(item.code for item in self.items)

    def label(self, code: str) -> Text:
        """The label of ``code``; KeyError when it is not in the list."""
        return self._labels[code]

    def decode(self, raw: str) -> str | None:
        """The code that ``raw`` spells (code, label in either language or other spelling), else None."""
        return self._codes.get(normalise(raw))


@dataclass(frozen=True)
class Column:
    """One column of a table. ``required_for`` lists values of the table's discriminator.

    ``source`` says where a question's wording comes from; ``is_computed`` marks a column that is added on
    receipt and stands in no delivery.
    """

    name: str
    type: ColumnType
    label: Text
    description: Text | None = None
    required: bool = False
    codes: str | None = None
    minimum: int | None = None
    maximum: int | None = None
    pattern: str | None = None
    unit: str | None = None
    identifier: Identifier | None = None
    aliases: tuple[str, ...] = ()
    required_for: tuple[str, ...] = ()
    is_computed: bool = False
    source: Text | None = None

    @property
    def stored_pattern(self) -> str | None:
        """The expression a stored value matches in full; keyed identifiers have a form of their own."""
        if self.pattern is None and self.identifier in ("person", "practice"):
            return KEYED_PATTERN
        return self.pattern


@dataclass(frozen=True)
class ForeignKey:
    """A documented reference; a row that points nowhere is found by a rule, not refused."""

    columns: tuple[str, ...]
    table: str
    references: tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """A SELECT that returns the primary keys of the rows that break it; tables by their plain names."""

    id: str
    severity: Severity
    message: Text
    sql: str


@dataclass(frozen=True)
class Table:
    """A contract: what one table holds. Delivered tables end with the provenance columns.

    ``delivered_as`` are the formats that people send it in, the likeliest first; none where nobody does.
    ``is_internal`` says that the evaluation's own people make it, and no region.
    """

    name: str
    title: Text
    description: Text | None
    kind: Kind
    primary_key: tuple[str, ...]
    occurred: str
    known: str
    columns: tuple[Column, ...]
    foreign_keys: tuple[ForeignKey, ...] = ()
    rules: tuple[Rule, ...] = ()
    discriminator: str | None = None
    provenance: tuple[str, ...] = ()
    delivered_as: tuple[str, ...] = ()
    is_internal: bool = False

    @property
    def has_template(self) -> bool:
        """Whether people may fill it in themselves."""
        return PLAIN in self.delivered_as

    def column(self, name: str) -> Column:
        """The column called ``name``; KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name}.{name}")

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def unique_key(self) -> tuple[str, ...]:
        """What no two rows share: the primary key, in a delivered table within its programme."""
        return (*(name for name in ("programme",) if name in self.provenance), *self.primary_key)

    @property
    def delivered_columns(self) -> tuple[Column, ...]:
        """The columns a delivery fills: neither provenance nor computed on receipt."""
        return tuple(
            column for column in self.columns if column.name not in self.provenance and not column.is_computed
        )

    def with_as_of(self) -> "Table":
        """The same table with one copy of its rows per cut-off date, ``as_of`` first in the key."""
        as_of = Column(
            "as_of",
            "date",
            Text("Opgjort pr.", "As of"),
            description=Text("Skæringsdatoen", "The cut-off date"),
            required=True,
        )
        return replace(
            self,
            kind="derived",
            primary_key=("as_of", *self.primary_key),
            columns=(as_of, *self.columns),
            rules=(),
        )


@dataclass(frozen=True)
class Contracts:
    """Every table and every code list, in the order of their names.

    ``name_headers`` are the headers, normalised, of columns that hold the name of somebody who took part.
    """

    tables: Mapping[str, Table]
    codes: Mapping[str, CodeList]
    name_headers: frozenset[str] = frozenset()
