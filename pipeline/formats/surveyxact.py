"""A survey export in three CSV files: the answers as codes, the codes' labels, and the questions.

``…dataset.csv`` has variable names (cut to eight characters) over coded answers; ``…structure.csv`` has
``variabel;type;spørgsmål;svarmulighed``, a row per variable; ``…labels.csv`` has ``variabel;værdi;tekst``. A
question with several answers is one variable per option (type ``flere``), 1 where it is ticked. A variable of
type ``system`` is left out. A variable's column is the one that its option, question or name is a header of.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.contract import Table, headers, normalise_header
from pipeline.formats.faults import listed, shown
from pipeline.formats.grid import Grid, read_grid
from pipeline.formats.result import Quarantined, Read, Reading, Source, joined, problem, unreadable
from pipeline.formats.rows import RawRows, type_rows
from pipeline.text import Problem

ROLES = ("dataset", "labels", "structure")
ONE, SEVERAL, DATE = "enkelt", "flere", "dato"
SYSTEM = frozenset({"system", "skjult"})
TYPES = frozenset({ONE, SEVERAL, DATE, "tekst", "tal"}) | SYSTEM

_CLOCK = re.compile(r"[ T][0-9]{2}:[0-9]{2}(:[0-9]{2})?$")


@dataclass(frozen=True)
class Variable:
    """What the structure says of one variable; ``column`` is the contract's, None when it has none."""

    name: str
    kind: str
    question: str
    column: str | None


def read(files: Sequence[Source], table: str, reading: Reading) -> Read:
    """Read the three files of one export; all must be there."""
    found = {role: file for file in files for role in ROLES if role in file.path.stem.casefold()}
    lacking = [role for role in ROLES if role not in found]
    if lacking:
        return unreadable(
            files[0],
            "missing_file",
            f"eksporten mangler filen {listed(lacking)}; forventet: {listed(ROLES)}",
            f"the export lacks the file {listed(lacking)}; expected: {listed(ROLES)}",
        )
    dataset = read_grid(found["dataset"])
    labels = read_grid(found["labels"], ("variabel", "værdi", "tekst"))
    structure = read_grid(found["structure"], ("variabel", "type", "spørgsmål", "svarmulighed"))
    if isinstance(dataset, Read) or isinstance(labels, Read) or isinstance(structure, Read):
        return joined(part for part in (dataset, labels, structure) if isinstance(part, Read))
    return _read(dataset, labels, structure, reading.contracts.tables[table], reading)


def _read(dataset: Grid, labels: Grid, structure: Grid, table: Table, reading: Reading) -> Read:
    variables, problems = _variables(structure, table)
    problems += [*labels.broken, *structure.broken, *dataset.broken]
    places: dict[str, tuple[int, Variable]] = {}
    for place, name in enumerate(dataset.header):
        variable = variables.get(name.casefold())
        if variable is None:
            if name or any(row[place] for row in dataset.rows):
                problems.append(_unknown(dataset.source, name, "structure"))
        elif variable.kind not in SYSTEM and variable.column is None:
            problems.append(_unknown(dataset.source, name, table.name))
        elif variable.column is not None and variable.column not in places:
            places[variable.column] = (place, variable)
    problems += [
        problem(
            dataset.source,
            1,
            column.label.da,
            "missing_column" if column.required else "absent_column",
            "ingen variabel svarer til kolonnen",
            f"no variable is the column ({column.label.en})",
            "critical" if column.required else "note",
        )
        for column in table.delivered_columns
        if column.name not in places
    ]
    if not dataset.rows and not dataset.broken:
        problems.append(
            problem(dataset.source, None, None, "no_rows", "filen har ingen rækker", "the file has no rows")
        )
    if any(item.severity == "critical" for item in problems):
        return _refused(dataset, table, problems)
    texts = _labels(labels)
    raw = RawRows(
        dataset.source,
        {
            column: _cells(dataset, place, variable, texts, places)
            for column, (place, variable) in places.items()
        },
        dataset.lines,
        {column: variable.name for column, (_, variable) in places.items()},
    )
    made = type_rows(table, raw, reading)
    return replace(
        made,
        problems=(*problems, *made.problems),
        quarantine=(*_broken_rows(dataset, table), *made.quarantine),
        decisions=replace(
            made.decisions, encoding=dataset.decisions.encoding, delimiter=dataset.decisions.delimiter
        ),
        rows_read=made.rows_read + len(dataset.broken),
    )


def _variables(structure: Grid, table: Table) -> tuple[dict[str, Variable], list[Problem]]:
    """Every variable by its case-folded name, and what the structure says that cannot be followed."""
    known = headers(table)
    found: dict[str, Variable] = {}
    problems: list[Problem] = []
    cells = zip(
        structure.lines,
        structure.column("variabel"),
        structure.column("type"),
        structure.column("spørgsmål"),
        structure.column("svarmulighed"),
        strict=True,
    )
    for line, name, kind, question, option in cells:
        if kind.casefold() not in TYPES:
            problems.append(
                problem(
                    structure.source,
                    line,
                    "type",
                    "unknown_code",
                    f"fundet »{shown(kind)}«; forventet en af: {', '.join(sorted(TYPES))}",
                    f"found '{shown(kind)}'; expected one of: {', '.join(sorted(TYPES))}",
                )
            )
        column = next(
            (known[key] for text in (option, question, name) if (key := normalise_header(text)) in known),
            None,
        )
        found[name.casefold()] = Variable(name, kind.casefold(), question, column)
    return found, problems


def _labels(labels: Grid) -> dict[str, dict[str, str]]:
    """Variable → code → label."""
    found: dict[str, dict[str, str]] = {}
    for name, value, text in zip(
        labels.column("variabel"), labels.column("værdi"), labels.column("tekst"), strict=True
    ):
        found.setdefault(name.casefold(), {})[value] = text
    return found


def _cells(
    dataset: Grid,
    place: int,
    variable: Variable,
    labels: Mapping[str, Mapping[str, str]],
    places: Mapping[str, tuple[int, Variable]],
) -> list[str]:
    """One variable's answers as the text that the contract reads."""
    raws = [row[place] for row in dataset.rows]
    if variable.kind == SEVERAL:
        # A question of which no option is filled in was not answered; else an empty option is not ticked.
        options = [
            other
            for other, asked in places.values()
            if asked.kind == SEVERAL and asked.question == variable.question
        ]
        answered = [any(row[option] for option in options) for row in dataset.rows]
        said = {"1": "Ja", "0": "Nej"}
        return [
            said.get(raw, raw) or ("Nej" if is_answered else "")
            for raw, is_answered in zip(raws, answered, strict=True)
        ]
    if variable.kind == DATE:
        return [_CLOCK.sub("", raw) for raw in raws]
    texts = labels.get(variable.name.casefold())
    if texts is None:
        return raws
    return [texts.get(raw, f"{raw} (uden label)") if raw else "" for raw in raws]


def _unknown(source: Source, name: str, where: str) -> Problem:
    return problem(
        source,
        1,
        shown(name) or "-",
        "unknown_column",
        f"ukendt variabel, som ikke læses; forventet en, der står i {where}",
        f"unknown variable, which is not read; expected one that stands in {where}",
    )


def _refused(dataset: Grid, table: Table, problems: Sequence[Problem]) -> Read:
    wrong = next(item for item in problems if item.severity == "critical")
    return Read(
        problems=tuple(problems),
        quarantine=(
            *_broken_rows(dataset, table),
            *(
                Quarantined(table.name, dataset.source.name, line, wrong.column, wrong.rule, wrong.message)
                for line in dataset.lines
            ),
        ),
        decisions=dataset.decisions,
        rows_read=len(dataset.lines) + len(dataset.broken),
    )


def _broken_rows(dataset: Grid, table: Table) -> list[Quarantined]:
    return [
        Quarantined(table.name, item.file, item.row, None, item.rule, item.message) for item in dataset.broken
    ]
