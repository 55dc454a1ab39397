"""A written summary sheet: what its formulas come to, and what the results table says they should."""

import io
import math
from collections.abc import Iterable, Mapping
from typing import Any

import openpyxl

from tests.unit.report.sheet_formulas import Computed

OERE = 0.005  # half of one, in kroner


class Sheet:
    """A written summary sheet, and what its formulas come to."""

    def __init__(
        self, content: bytes, results: Iterable[Mapping[str, Any]], model: Mapping[str, Any]
    ) -> None:
        self.content, self.results, self.model = content, tuple(results), model
        self.book: Any = openpyxl.load_workbook(io.BytesIO(content))
        self.stored: Any = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
        self.computed = Computed(self.book)

    def cells(self) -> list[tuple[str, Any]]:
        return [
            (sheet.title, cell)
            for sheet in self.book.worksheets
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        ]

    def differences(self) -> list[tuple[str, str, str, float, float]]:
        """Formulas that come to something else than is stored beside them."""
        made: list[tuple[str, str, str, float, float]] = []
        for title, cell in self.cells():
            if cell.data_type == "f":
                ours = self.computed.cell(title, cell.coordinate)
                stored = self.stored[title][cell.coordinate].value
                if not math.isclose(ours, stored, abs_tol=OERE):
                    made.append((title, cell.coordinate, cell.value, ours, stored))
        return made

    def years(self) -> list[list[float]]:
        """The lines of the sheet of years as computed: each year, their sum, the present value."""
        sheet, count = self.book["Kontantstrømme"], len(self.model["years"])
        return [
            [self.computed.cell(sheet.title, cell.coordinate) for cell in row[2 : 4 + count]]
            for row in sheet.iter_rows(min_row=6)
            if row[3].data_type == "f" and "SUMIFS" in str(row[3].value)
        ]

    def tabled(self) -> list[list[float]]:
        """The same lines from the results table."""
        found = {
            (row["measure"], row["alternative"], row["perspective"], row["use_type"], row["year"]): row[
                "amount_oere"
            ]
            for row in self.results
            if (row["case"], row["region"]) == ("main", "all")
        }
        blocks = ["sum", *(use["code"] for use in self.model["uses"]), "shared", "risk"]
        lines: list[list[float]] = []
        for alternative in self.model["alternatives"]:
            for view in self.model["perspectives"]:
                for block in blocks:
                    place = (alternative["name"], view["name"], block)
                    yearly = [found["amount", *place, year] for year in self.model["years"]]
                    lines.append([oere / 100 for oere in (*yearly, sum(yearly), found["npv", *place, 0])])
        return lines
