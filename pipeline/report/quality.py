"""Tables of what was received, what was put aside, what was checked, and what was not there to measure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pipeline.report.book import text_of
from pipeline.report.results import label
from pipeline.report.run import Run
from pipeline.report.spelling import Part, Spelled
from pipeline.report.table import Column, DataTable, Row, cell
from pipeline.text import MONTHS_DA, number_da

NBSP = "\u00a0"
FORMATS = {
    "danish_csv": "CSV",
    "fees": "afregning",
    "surveyxact": "spørgeskemaeksport",
    "redcap": "REDCap-eksport",
    "limesurvey": "LimeSurvey-eksport",
    "refi_qda": "interviewkodning",
    "session_log": "sessionslog",
    "pexip": "Pexip-historik",
    "vdx_booking": "VDX-bookinger",
    "livekit": "LiveKit-hændelser",
    "janus": "Janus-hændelser",
    "rtcstats": "rtcstats-dump",
    "webrtc_internals": "Chrome-dump (webrtc-internals)",
}
ENCODINGS = {"utf-8-sig": "UTF-8 med mærke", "utf-8": "UTF-8", "cp1252": "Windows-1252"}


def count(number: int | None) -> Spelled:
    return cell(None) if number is None else (Part(number_da(number)),)


def deliveries(run: Run, key: str, caption: str) -> DataTable:
    """What was received for each table: how many files, rows read, accepted and put aside, and when."""
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in run.tables["deliveries"]:
        groups.setdefault((_tables(run, row), str(row["format"])), []).append(row)
    rows = [
        Row(
            title,
            (
                cell(FORMATS.get(form, form)),
                cell(_encodings(found)),
                cell(_span(found)),
                count(len(found)),
                count(sum(int(row["rows_read"]) for row in found)),
                count(sum(int(row["rows_accepted"]) for row in found)),
                count(sum(int(row["rows_quarantined"]) for row in found)),
            ),
        )
        for (title, form), found in sorted(groups.items())
    ]
    columns = (
        *(Column(name, is_number=False) for name in ("Leverance", "Form", "Tegnsæt", "Modtaget")),
        *(Column(name) for name in ("Antal", "Rækker læst", "Brugt", "I karantæne")),
    )
    return DataTable(key, caption, columns, tuple(rows), style="compact")


def quarantine(run: Run, key: str, caption: str) -> DataTable:
    """Every row that could not be used: file, line, column and reason; never the value of an identifier."""
    rows = [
        Row(
            str(row["file"]).rsplit("/", 1)[-1],
            (
                cell(None if row["row"] is None else number_da(int(row["row"]))),
                cell(str(row["column"] or "–")),
                cell(str(row["message_da"])),
            ),
        )
        for row in sorted(run.tables["quarantine"], key=lambda row: (row["file"], row["row"] or 0))
    ]
    columns = (
        Column("Fil", is_number=False),
        Column("Linje"),
        Column("Kolonne", is_number=False),
        Column("Fundet og forventet", is_number=False),
    )
    return DataTable(key, caption, columns, tuple(rows), style="compact")


def validation(run: Run, key: str, caption: str, counts: Mapping[str, Any]) -> DataTable:
    """Per table: rows, rules held against it, and rules that some rows break."""
    rows: list[Row] = []
    for name, table in sorted(counts["tables"].items(), key=lambda pair: _title(run, pair[0])):
        rules: Mapping[str, Mapping[str, Any]] = table["rules"]
        broken = Counter(str(rule["severity"]) for rule in rules.values() if int(rule["failing"]))
        rows.append(
            Row(
                _title(run, name),
                (
                    count(int(table["rows"])),
                    count(len(rules)),
                    count(broken["critical"]),
                    count(broken["warning"] + broken["note"]),
                    count(sum(int(rule["failing"]) for rule in rules.values())),
                ),
            )
        )
    columns = (
        Column("Tabel", is_number=False),
        *(Column(name) for name in ("Rækker", "Regler", "Kritiske brud", "Advarsler", "Rækker berørt")),
    )
    return DataTable(key, caption, columns, tuple(rows), style="compact")


def broken_rules(run: Run, key: str, caption: str, counts: Mapping[str, Any]) -> DataTable:
    """Every rule that some rows break, in words."""
    rows = [
        Row(
            str(rule["message"]["da"]),
            (cell(_title(run, name)), count(int(rule["checked"])), count(int(rule["failing"]))),
        )
        for name, table in sorted(counts["tables"].items())
        for rule in table["rules"].values()
        if int(rule["failing"])
    ]
    columns = (
        Column("Regel", is_number=False),
        Column("Tabel", is_number=False),
        Column("Rækker prøvet"),
        Column("Rækker berørt"),
    )
    return DataTable(key, caption, columns, tuple(rows), style="compact")


def without_delivery(run: Run, key: str, caption: str, summary: Mapping[str, Any]) -> DataTable:
    """The tables nobody has delivered anything for."""
    rows = [
        Row(
            _title(run, str(name)),
            (cell(_metrics_of(run, str(name))),),
        )
        for name in sorted(summary["tables_without_delivery"], key=lambda name: _title(run, str(name)))
    ]
    columns = (
        Column("Tabel uden leverance", is_number=False),
        Column("Indikatorer, der venter på den", is_number=False),
    )
    return DataTable(key, caption, columns, tuple(rows))


def unfed(run: Run, key: str, caption: str, domain: str) -> DataTable:
    """Rows of the indicator catalogue in one domain that the sources cannot feed, and why."""
    rows = [
        Row(text_of(entry, "title"), (cell(text_of(entry, "reason")),))
        for entry in run.book.unfed
        if entry["domain"] == domain
    ]
    columns = tuple(Column(name, is_number=False) for name in ("Indikator", "Hvorfor den ikke er målt"))
    return DataTable(key, caption, columns, tuple(rows), style="compact")


def literature(run: Run, key: str, caption: str) -> DataTable:
    """Estimates of other studies that were delivered, with how sure they are."""
    rows: list[Row] = []
    seen = ""
    for row in run.tables["literature"]:
        if row["study"] != seen:
            seen = str(row["study"])
            rows.append(Row(seen, sub=f"{row['design']} · {row['population']}", is_group=True))
        places = 0 if row["estimate"] == row["estimate"].to_integral_value() else 1
        span = f"{number_da(row['low'])}–{number_da(row['high'])}" if row["low"] is not None else "–"
        rows.append(
            Row(
                str(row["outcome"]),
                (
                    cell(f"{number_da(row['estimate'], places)} {row['unit']}"),
                    cell(span),
                    cell(label(run.codes, "risk_of_bias", str(row["risk_of_bias"]))),
                    cell(label(run.codes, "grade_certainty", str(row["grade_certainty"]))),
                ),
                is_indented=True,
            )
        )
    columns = (
        Column("Effektmål", is_number=False),
        Column("Estimat"),
        Column("Spænd"),
        Column("Risiko for skævhed", is_number=False),
        Column("Sikkerhed (GRADE)", is_number=False),
    )
    return DataTable(key, caption, columns, tuple(rows), style="compact")


def _tables(run: Run, row: Mapping[str, Any]) -> str:
    raw: Any = row["tables"]
    names: Sequence[str] = raw.split(",") if isinstance(raw, str) else raw
    return ", ".join(_title(run, name.strip()) for name in names)


def _title(run: Run, table: str) -> str:
    known = run.contracts.tables.get(table)
    return known.title.da if known else table


def _metrics_of(run: Run, table: str) -> str:
    named = [metric.title for metric in run.book.metrics.values() if metric.table == table]
    return ", ".join(named) or "ingen"


def _encodings(found: Sequence[Mapping[str, Any]]) -> str:
    named = {str(row["encoding"]) for row in found if row["encoding"]}
    return ", ".join(sorted(ENCODINGS.get(name, name) for name in named))


def _span(found: Sequence[Mapping[str, Any]]) -> str:
    days = sorted({row["received_date"] for row in found})
    return ", ".join(_brief_date(day) for day in days)


def _brief_date(day: date) -> str:
    return f"{day.day}.{NBSP}{MONTHS_DA[day.month - 1][:3]}.{NBSP}{day.year}"
