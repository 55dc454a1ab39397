"""A table of counts that another programme's rows gave: one row per measure, broken down where it is."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pipeline.report.labels import code_list_of
from pipeline.report.results import ALL, NONE, find_label
from pipeline.report.run import Run
from pipeline.report.table import Column, DataTable, Row, cell
from pipeline.text import number_da

UNITS = {"s": "sekunder", "ms": "millisekunder"}
UNKNOWN = "Ikke oplyst"
NOTHING = "Ingen leverance endnu"


def counts(
    run: Run, key: str, caption: str, table: str, measures: str, by: Mapping[str, str], missing: str
) -> DataTable:
    """Rows of ``table`` (measure, stratum_by, stratum, value, unit): totals, then the strata in ``by``.

    ``measures`` is the code list that names the measures; ``by`` gives each stratification its heading;
    ``missing`` stands where a number was not counted.
    """
    rows: list[Row] = []
    found = run.tables.get(table, ())
    for measure in run.codes[measures].codes:
        mine = [row for row in found if row["measure"] == measure]
        total = [row for row in mine if row["stratum_by"] == ALL]
        if not total:
            continue
        rows.append(Row(run.codes[measures].label(measure).da, (cell(_value(total[0], missing)),)))
        for stratum_by, heading in by.items():
            rows += [
                Row(
                    f"{heading}: {_label(run, stratum_by, str(row['stratum']))}",
                    (cell(_value(row, missing)),),
                    is_indented=True,
                )
                for row in mine
                if row["stratum_by"] == stratum_by
            ]
    if not rows:
        rows.append(Row(NOTHING, (cell(None),)))
    columns = (Column("Optalt", is_number=False), Column("Antal eller median"))
    return DataTable(key, caption, columns, tuple(rows), style="compact")


def _value(row: Mapping[str, Any], missing: str) -> str:
    value: Decimal | None = row["value"]
    if value is None:
        return missing if row["unit"] == "n" else "ikke målt"
    unit = UNITS.get(str(row["unit"]), "")
    return f"{number_da(value)}\u00a0{unit}" if unit else number_da(value)


def _label(run: Run, stratum_by: str, code: str) -> str:
    if code == NONE:
        return UNKNOWN
    name = code_list_of(run, stratum_by)
    return find_label(run.codes, (name,) if name else (), code) or run.word(stratum_by, code)
