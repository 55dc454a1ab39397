"""A REDCap export: ``data.csv`` (codes or labels) with its dictionary or project XML, or the XML alone.

Checkboxes are one column per option (``field___1``). A field marked as identifier is read only where the
contract has a column for it. Branching logic, calculations, ranges and files are not carried.
"""

from collections.abc import Sequence

from pipeline.formats.grid import Grid
from pipeline.formats.redcap_fields import dictionary_fields, dictionary_heads, finished, variables_of
from pipeline.formats.redcap_odm import fields_of, survey_of
from pipeline.formats.result import Read, Reading, Source, joined, problem, unreadable
from pipeline.formats.survey import Survey, Variable, match, unknown
from pipeline.formats.survey_files import is_xml, plain_label, read_cells, read_xml
from pipeline.formats.survey_table import read_table
from pipeline.text import Problem


def read(files: Sequence[Source], table: str, reading: Reading) -> Read:
    """Read one export; the files are told apart by what they hold."""
    return read_table(read_survey(files), reading.contracts.tables[table], reading)


def read_survey(files: Sequence[Source]) -> Survey | Read:
    """The export as a survey, whatever it asks."""
    projects = [file for file in files if is_xml(file.path)]
    tables: list[tuple[Grid, list[Problem]]] = []
    bad: list[Read] = []
    for file in files:
        if file not in projects:
            cells = read_cells(file)
            if isinstance(cells, Read):
                bad.append(cells)
            else:
                tables.append(cells)
    if bad:
        return joined(bad)
    dictionaries = [table for table in tables if "name" in dictionary_heads(table[0])]
    data = [table for table in tables if table not in dictionaries]
    for found in (projects, dictionaries, data):
        if len(found) > 1:
            return _too_many(found[1] if isinstance(found[1], Source) else found[1][0].source)
    if not data and not projects:
        return _lacking(files[0], "data.csv", "data.csv")
    if not dictionaries and not projects:
        return _lacking(
            files[0], "ordbogen (dictionary.csv) eller projektets XML", "the dictionary or project XML"
        )
    if not data:
        tree = read_xml(projects[0], "ODM")
        return tree if isinstance(tree, Read) else survey_of(projects[0], tree)
    if dictionaries:
        grid, damage = dictionaries[0]
        fields, problems = dictionary_fields(grid)
        problems = [*damage, *problems, *grid.broken, *(_unused(file) for file in projects)]
    else:
        tree = read_xml(projects[0], "ODM")
        if isinstance(tree, Read):
            return tree
        fields, problems = fields_of(tree), []
    variables, doubts = variables_of(fields, data[0][0].source)
    return _survey(data[0][0], variables, [*problems, *data[0][1], *doubts])


def _survey(grid: Grid, variables: Sequence[Variable], problems: Sequence[Problem]) -> Survey:
    def label(variable: Variable) -> str:
        return f"{variable.question} (choice={variable.option})" if variable.option else variable.question

    placed, doubts = match(grid.source, grid.header, variables, (lambda variable: variable.name, label))
    known = {text.casefold() for variable in variables for text in (variable.name, label(variable))}
    strange = [
        unknown(grid.source, name, "dictionary")
        for place, name in enumerate(grid.header)
        if plain_label(name).casefold() not in known and (name or any(row[place] for row in grid.rows))
    ]
    order = sorted(placed)
    return finished(
        grid,
        tuple(placed[place] for place in order),
        [[row[place] for row in grid.rows] for place in order],
        [*problems, *doubts, *strange],
    )


def _too_many(source: Source) -> Read:
    return unreadable(
        source,
        "too_many_files",
        "eksporten har to filer af samme slags; forventet én data-fil, én ordbog og højst ét projekt (XML)",
        "two files are of one kind; expected one data file, one dictionary and one project at most",
    )


def _lacking(source: Source, da: str, en: str) -> Read:
    return unreadable(
        source, "missing_file", f"eksporten mangler {da}; læg den ved", f"the export lacks {en}; add it"
    )


def _unused(source: Source) -> Problem:
    return problem(
        source,
        None,
        None,
        "unused_file",
        "projektets XML er ikke læst: data og ordbog er med",
        "the project's XML is not read: data and dictionary are there",
        "note",
    )
