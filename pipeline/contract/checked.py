"""What a stage derives is written only when it keeps its contract."""

# pyarrow ships no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

# pyarrow ships no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa

from pipeline.contract.check import check
from pipeline.contract.model import Contracts, Table
from pipeline.contract.store import conform, write
from pipeline.text import Problem, ProblemError


def write_checked(made: Iterable[tuple[Table, pa.Table]], contracts: Contracts, folder: Path) -> None:
    """Write each table as ``<folder>/<name>.parquet``; ProblemError and no file when one is wrong."""
    conformed = [(table, conform(table, data)) for table, data in made]
    problems: list[Problem] = []
    for table, data in conformed:
        problems += check(table, contracts.codes, data)
    if problems:
        raise ProblemError(problems)
    for table, data in conformed:
        write(table, data, folder / f"{table.name}.parquet")
