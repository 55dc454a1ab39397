"""Raw cells by contract column become typed rows; a row with an unusable cell goes to quarantine."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pipeline.contract import Column, Table
from pipeline.formats.cells import Habits, only_ticks, plain, read_column
from pipeline.formats.coded import Coded, distinct
from pipeline.formats.dates import decide_order, week_monday
from pipeline.formats.faults import Fault, masked_cells
from pipeline.formats.numbers import decide_decimal_mark
from pipeline.formats.result import (
    Decisions,
    Frame,
    Quarantined,
    Read,
    Reading,
    Source,
    problem,
    refused,
)
from pipeline.identifiers import mask
from pipeline.text import Problem, Text


@dataclass(frozen=True)
class RawRows:
    """Rows as text: column name → cells, all of one length, with the line each row begins at.

    ``headers`` gives the file's own name of a column, for messages; ``names`` are each row's parties, in
    columns that are not kept.
    """

    source: Source
    columns: Mapping[str, Sequence[str]]
    lines: Sequence[int]
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    names: Sequence[tuple[str, ...]] = ()

    def header(self, column: Column) -> str:
        return self.headers.get(column.name, column.label.da)


def type_rows(
    table: Table,
    raw: RawRows,
    reading: Reading,
    habits: Habits | None = None,
    known: Mapping[int, tuple[Column, Fault]] | None = None,
) -> Read:
    """Type ``raw`` by the contract: rows that are fine, and those that are not with the reason.

    ``habits`` are those of the file that ``raw`` is a part of; without them ``raw`` is all there is.
    ``known`` are places of rows that the reader knows to be unusable, each with its column and why.

    A column that is absent is empty. An identifier that may be empty is emptied when it cannot be used; any
    other cell that cannot be used takes its row to quarantine. Each is a problem.
    """
    habits = habits or decide_habits(table, raw)
    count = len(raw.lines)
    values: dict[str, list[object]] = {}
    first_fault = dict(known or {})
    raw, problems, masked = _mask_parties(table, raw)
    problems += [_problem(raw, place, *why) for place, why in first_fault.items()]
    nothing: list[object] = [None] * count
    for column in table.delivered_columns:
        cells = raw.columns.get(column.name)
        is_there = cells is not None
        if cells is None:
            cells = Coded(("",), bytes(count))
        made = read_column(column, cells, reading, habits, is_id=_is_id(table, column))
        # One list for all columns that are not there, which in a log are most.
        values[column.name] = made.values if is_there or made.values != nothing else nothing
        for place, fault in made.faults.items():
            if known and place in known and known[place][0] == column:
                continue
            problems.append(_problem(raw, place, column, fault))
            if column.identifier is None or column.required:
                first_fault.setdefault(place, (column, fault))
        for place, number in made.masked.items():
            masked += number
            problems.append(_masked_problem(raw, place, column, number))
    for place, column, fault in _conditional(table, values):
        problems.append(_problem(raw, place, column, fault))
        first_fault.setdefault(place, (column, fault))
    for place, column, fault in _compute(table, values):
        if place not in first_fault:
            problems.append(_problem(raw, place, column, fault))
            first_fault[place] = (column, fault)
    problems.sort(key=lambda item: item.row or 0)
    values["source_file"] = [raw.source.name] * count
    values["source_row"] = list(raw.lines)
    keyed = {column.name: values[column.name] for column in table.delivered_columns if column.identifier}
    if first_fault:
        kept = [place for place in range(count) if place not in first_fault]
        values = {name: [cells[place] for place in kept] for name, cells in values.items()}
    return Read(
        frames=(Frame(table.name, values),),
        problems=tuple(problems),
        quarantine=tuple(_quarantine(table, raw, keyed, first_fault, reading.most_kept)),
        decisions=Decisions(
            decimal_mark=None if habits.decimal_mark == "undecided" else habits.decimal_mark,
            date_order=habits.date_order,
        ),
        rows_read=count,
        masked=masked,
    )


def _mask_parties(table: Table, raw: RawRows) -> tuple[RawRows, list[Problem], int]:
    """``raw`` with the rows' own names masked in free text; how many were."""
    columns, problems, masked = dict(raw.columns), list[Problem](), 0
    for column in table.delivered_columns if any(raw.names) else ():
        is_coded = column.identifier or column.codes or column.stored_pattern
        if column.type != "string" or is_coded or _is_id(table, column) or column.name not in columns:
            continue
        cells = list(columns[column.name])
        for place, names in enumerate(raw.names):
            cells[place], count = mask(cells[place], names)
            if count:
                masked += count
                problems.append(_masked_problem(raw, place, column, count))
        columns[column.name] = cells
    return replace(raw, columns=columns), problems, masked


def _is_id(table: Table, column: Column) -> bool:
    """Whether a text column names rows, here or elsewhere; every other text column is free text."""
    references = {name for foreign in table.foreign_keys for name in foreign.columns}
    return column.name in table.primary_key or column.name in references or column.name.endswith("id")


def habit_columns(table: Table) -> tuple[Column, ...]:
    """The columns whose cells decide how others are read."""
    types = ("date", "timestamp", "decimal", "integer", "boolean")
    return tuple(column for column in table.delivered_columns if column.type in types)


def decide_habits(table: Table, raw: RawRows) -> Habits:
    """How the file writes dates, numbers and ticks, by every cell that tells."""
    there = [column for column in habit_columns(table) if column.name in raw.columns]
    cells = {column.name: distinct(raw.columns[column.name]) for column in there}
    dated = [column.name for column in there if column.type in ("date", "timestamp")]
    numeric = [column.name for column in there if column.type in ("decimal", "integer")]
    ticks = {column.name: only_ticks(cells[column.name]) for column in there if column.type == "boolean"}
    return Habits(
        decide_order(plain(cell) for name in dated for cell in cells[name]),
        decide_decimal_mark(cell for name in numeric for cell in cells[name]),
        {name: is_ticked for name, is_ticked in ticks.items() if is_ticked is not None},
    )


def _conditional(table: Table, values: Mapping[str, list[object]]) -> list[tuple[int, Column, Fault]]:
    """Cells that a row's kind requires (``required_for``) and that are empty."""
    if table.discriminator is None:
        return []
    kinds = values[table.discriminator]
    return [
        (
            place,
            column,
            Fault(
                "required_for",
                Text(f"feltet er tomt; {kind} skal have det", f"empty; {kind} must have it"),
            ),
        )
        for column in table.delivered_columns
        if column.required_for
        for place, kind in enumerate(kinds)
        if kind in column.required_for and values[column.name][place] is None
    ]


def _compute(table: Table, values: dict[str, list[object]]) -> list[tuple[int, Column, Fault]]:
    """Fill the columns that are computed on receipt; the one there is, is the Monday of a billing week."""
    wrong: list[tuple[int, Column, Fault]] = []
    for column in table.columns:
        if not column.is_computed:
            continue
        week = table.column("billing_week")
        weeks = values[week.name]
        mondays = {raw: week_monday(raw) if isinstance(raw, str) else None for raw in set(weeks)}
        values[column.name] = [mondays[raw] for raw in weeks]
        for place, raw in enumerate(weeks):
            if raw is not None and mondays[raw] is None:
                text = Text(
                    f"fundet »{raw}«; året har ikke den uge", f"found '{raw}'; no such week that year"
                )
                wrong.append((place, week, Fault("bad_week", text)))
    return wrong


def _problem(raw: RawRows, place: int, column: Column, fault: Fault) -> Problem:
    return Problem(raw.source.name, raw.lines[place], raw.header(column), fault.rule, fault.message)


def _masked_problem(raw: RawRows, place: int, column: Column, number: int) -> Problem:
    return problem(
        raw.source,
        raw.lines[place],
        raw.header(column),
        "masked",
        f"{number} numre, navne eller adresser er maskeret; skriv ikke noget, der peger på en person",
        f"{number} numbers, names or addresses masked; write nothing that points to a person",
        "note",
    )


def _quarantine(
    table: Table,
    raw: RawRows,
    keyed: Mapping[str, Sequence[object]],
    why: Mapping[int, tuple[Column, Fault]],
    most_kept: int | None,
) -> Iterator[Quarantined]:
    """The rows as they stood; an identifier that could be read stands keyed: the row can come again."""
    there = [column for column in table.delivered_columns if column.name in raw.columns]
    headers, places = [raw.header(column) for column in there], sorted(why)
    columns = (_kept_cells(column, raw.columns[column.name], keyed, places[:most_kept]) for column in there)
    said = (_problem(raw, place, *why[place]) for place in places)
    return refused(table.name, said, headers, columns)


def _kept_cells(
    column: Column, cells: Sequence[str], keyed: Mapping[str, Sequence[object]], places: Sequence[int]
) -> list[str]:
    """One column of the rows at ``places``."""
    kept = masked_cells(column, [cells[place].strip() for place in places])
    if column.identifier is None:
        return kept
    own = keyed[column.name]
    return [str(own[place] or cell) for place, cell in zip(places, kept, strict=True)]
