"""The codebook as an annex: what every column holds, every code means, and every metric is."""

from collections.abc import Mapping
from typing import Any

from pipeline.report.book import text_of
from pipeline.report.labels import per_words
from pipeline.report.results import label
from pipeline.report.run import Run
from pipeline.report.table import Column, DataTable, Row, cell

TYPES = {
    "string": "tekst",
    "integer": "heltal",
    "decimal": "decimaltal",
    "boolean": "ja/nej",
    "date": "dato",
    "timestamp": "tidspunkt",
}
KINDS = {"delivered": "leveret", "derived": "afledt"}


def columns(run: Run, key: str, caption: str) -> DataTable:
    """Every column of every table: its name, type, what it may hold, and whose wording it is."""
    rows: list[Row] = []
    seen = ""
    provenance: dict[str, Row] = {}
    for entry in run.book.columns:
        if entry["is_provenance"]:
            provenance.setdefault(str(entry["column"]), _column(run, entry))
            continue
        if entry["table"] != seen:
            seen = str(entry["table"])
            kind = KINDS.get(str(entry["table_kind"]), str(entry["table_kind"]))
            rows.append(Row(text_of(entry, "table_title"), sub=f"{seen}, {kind} tabel", is_group=True))
        rows.append(_column(run, entry))
    rows.append(
        Row(
            "Oprindelse",
            sub="de sidste kolonner i hver leveret tabel, tilføjet ved modtagelsen",
            is_group=True,
        )
    )
    rows += provenance.values()
    heads = ("Felt", "Type", "Påkrævet", "Kodeliste eller grænser", "Beskrivelse")
    return DataTable(
        key, caption, tuple(Column(name, is_number=False) for name in heads), tuple(rows), style="wide"
    )


def _column(run: Run, entry: Mapping[str, Any]) -> Row:
    limits: list[str] = []
    if entry["codes"]:
        named = str(entry["codes"])
        limits.append(run.codes[named].title.da if named in run.codes else named)
    if entry["minimum"] is not None or entry["maximum"] is not None:
        low, high = entry["minimum"], entry["maximum"]
        limits.append(
            f"mindst {low}" if high is None else f"højst {high}" if low is None else f"{low}–{high}"
        )
    if entry["unit"]:
        limits.append(str(entry["unit"]))
    said = [text_of(entry, "description"), text_of(entry, "source")]
    needed = "nøgle" if entry["is_key"] else "ja" if entry["is_required"] else "nej"
    return Row(
        text_of(entry, "label"),
        (
            cell(TYPES.get(str(entry["type"]), str(entry["type"]))),
            cell(needed),
            cell("; ".join(limits)),
            cell(". ".join(text.rstrip(".") for text in said if text)),
        ),
        sub=str(entry["column"]),
        is_indented=True,
    )


def code_lists(run: Run, key: str, caption: str) -> DataTable:
    """Every code list with its codes in Danish; codes that no source gives are named."""
    rows: list[Row] = []
    for entry in run.book.code_lists:
        rows.append(Row(text_of(entry, "title"), sub=text_of(entry, "note"), is_group=True))
        items: list[Mapping[str, Any]] = entry["items"]
        said = "; ".join(
            text_of(item, "label") + (" (vores egen kode)" if item["is_invented"] else "") for item in items
        )
        rows.append(Row(str(entry["name"]), (cell(said),), is_indented=True))
    return DataTable(
        key,
        caption,
        (Column("Kodeliste", is_number=False), Column("Værdier", is_number=False)),
        tuple(rows),
        style="wide",
    )


def metrics(run: Run, key: str, caption: str) -> DataTable:
    """Every metric: what it is, from which table, and what it is per."""
    rows: list[Row] = []
    domain = ""
    for metric in run.book.metrics.values():
        if metric.domain != domain:
            domain = metric.domain
            rows.append(Row(label(run.codes, "domain", domain), is_group=True))
        table = run.contracts.tables.get(metric.table)
        rows.append(
            Row(
                metric.title,
                (
                    cell(metric.definition),
                    cell(label(run.codes, "estimate_kind", metric.kind)),
                    cell(table.title.da if table else metric.table),
                    cell("; ".join(per_words(run, per) for per in metric.pers)),
                ),
                sub=metric.id,
                is_indented=True,
            )
        )
    heads = ("Indikator", "Definition", "Talletype", "Tabel", "Opgøres i forhold til")
    return DataTable(
        key, caption, tuple(Column(name, is_number=False) for name in heads), tuple(rows), style="wide"
    )
