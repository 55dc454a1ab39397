"""What is exported: every table with a contract that the run has made, once."""

# pyarrow ships no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from pipeline import paths
from pipeline.contract import CodeList, Column, Contracts, Table
from pipeline.contract.store import read
from pipeline.text import Problem, ProblemError, Text

FOLDERS = (paths.DELIVERED, paths.SESSIONS, paths.LINKED, paths.RESULTS)
PERSONAL = Text(
    "Pseudonymiserede oplysninger er personoplysninger: opbevar og del dem derefter.",
    "Pseudonymised data are personal data: keep and share them accordingly.",
)
RECONSTRUCTED = Text(
    "Pilotens mikrodata er rekonstruerede ud fra offentliggjorte totaler; de er ikke observationer.",
    "The pilot's microdata are reconstructed from published totals; they are no observations.",
)


@dataclass(frozen=True)
class Exported:
    """One table: its contract and its rows, in the contract's columns."""

    table: Table
    data: pa.Table

    @property
    def name(self) -> str:
        return self.table.name


def tables(contracts: Contracts, folders: Sequence[Path] = FOLDERS) -> Iterator[Exported]:
    """Each table, from the first folder that has it in the contract's columns. Raises ProblemError."""
    found = 0
    for table in contracts.tables.values():
        for folder in folders:
            path = folder / f"{table.name}.parquet"
            if path.is_file():
                data = read(path)
                if tuple(data.column_names) == table.column_names:
                    found += 1
                    yield Exported(table, data)
                    break
    if not found:
        text = Text(
            "der er ingen tabeller; kør ./run report først", "there are no tables; run ./run report first"
        )
        raise ProblemError(Problem(paths.relative(folders[0]), None, None, "export", text, "critical"))


def codes_of(column: Column, contracts: Contracts) -> CodeList | None:
    return contracts.codes[column.codes] if column.codes else None
