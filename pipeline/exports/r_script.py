"""An R script that reads the exported CSV files with their types, and codes as factors with Danish labels."""

import json
from collections.abc import Iterable
from pathlib import Path

from pipeline import paths
from pipeline.contract import Contracts
from pipeline.exports.source import PERSONAL, RECONSTRUCTED, Exported, codes_of

CLASSES = {
    "string": "character",
    "integer": "numeric",
    "decimal": "numeric",
    "boolean": "logical",
    "date": "Date",
    "timestamp": "character",
}


def write_r(every: Iterable[Exported], contracts: Contracts, folder: Path) -> Path:
    """``read.R``: one function per table; base R alone."""
    parts = [f"# {line}" for text in (PERSONAL, RECONSTRUCTED) for line in (text.da, text.en)]
    parts.append(
        '# I mappen med csv-filerne / in the folder of the csv files: source("read.R"); t <- read_all(".")\n'
    )
    names: list[str] = []
    for item in every:
        names.append(item.name)
        classes = ", ".join(
            f"{column.name} = {_quoted(CLASSES[column.type])}" for column in item.table.columns
        )
        lines = [
            f'read_{item.name} <- function(folder = ".") {{',
            f'  d <- read.csv(file.path(folder, "{item.name}.csv"), encoding = "UTF-8", na.strings = "",',
            f"    colClasses = c({classes}))",
        ]
        for column in item.table.columns:
            codes = codes_of(column, contracts)
            if codes is not None:
                levels = _listed(one.code for one in codes.items)
                labels = _listed(one.label.da for one in codes.items)
                made = f"factor(d${column.name}, levels = {levels}, labels = {labels})"
                lines.append(f"  d${column.name} <- {made}")
            elif column.type == "timestamp":
                text = f'sub("\\\\+00:00$", "", d${column.name})'
                made = f'as.POSIXct({text}, format = "%Y-%m-%dT%H:%M:%OS", tz = "UTC")'
                lines.append(f"  d${column.name} <- {made}")
        parts.append("\n".join([*lines, "  d", "}\n"]))
    listed = ", ".join(f"{name} = read_{name}(folder)" for name in names)
    parts.append(f'read_all <- function(folder = ".") list({listed})')
    path = folder / "read.R"
    paths.write_bytes(path, ("\n".join(parts) + "\n").encode())
    return path


def _listed(texts: Iterable[str]) -> str:
    return f"c({', '.join(_quoted(text) for text in texts)})"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
