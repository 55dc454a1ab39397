"""The themes of the interviews as a table."""

from collections.abc import Mapping

from pipeline.report.estimate_tables import asked
from pipeline.report.labels import item_label, written
from pipeline.report.points import Options
from pipeline.report.run import Run
from pipeline.report.spelling import Part, Spelled
from pipeline.report.table import Column, DataTable, Row, cell


def themes(run: Run, key: str, caption: str, options: Options) -> DataTable:
    """A theme per row: how often each coder marked it in each group, in how many groups; the agreement."""
    theme, agreement = asked(str(options["theme"])), asked(str(options["agreement"]))
    table: str = options["table"]
    units = run.tables[table]
    groups = sorted({int(row["interview_group"]) for row in units})
    coders = sorted({str(row["coder"]) for row in units})
    counts = {
        (int(row["interview_group"]), str(row["theme"]), str(row["coder"])): int(row["units_coded"])
        for row in units
    }
    items = run.estimates.items(theme.metric, run.as_of)
    listed = [(item, run.estimates.get(theme.metric, run.as_of, item=item, per=theme.per)) for item in items]
    listed.sort(key=lambda pair: (-(pair[1].numerator or pair[1].value or 0) if pair[1] else 0, pair[0]))
    is_rebuilt = run.is_reconstructed
    rows = tuple(
        Row(
            item_label(run, theme.metric, item),
            (
                *(_coded(counts, group, item, coders, is_rebuilt) for group in groups),
                written(run, found),
                written(run, run.estimates.get(agreement.metric, run.as_of, item=item)),
            ),
        )
        for item, found in listed
    )
    columns = (
        Column("Tema", is_number=False),
        *(Column(f"Gruppe {group}") for group in groups),
        Column("Grupper"),
        Column("Krippendorffs alfa"),
    )
    notes = tuple(str(note) for note in options.get("notes", ()))
    return DataTable(key, caption, columns, rows, notes, "compact")


def _coded(
    counts: Mapping[tuple[int, str, str], int], group: int, item: str, coders: list[str], is_rebuilt: bool
) -> Spelled:
    found = [counts.get((group, item, coder), 0) for coder in coders]
    return cell(None) if not any(found) else (Part("/".join(map(str, found)), is_rebuilt),)
