"""A REDCap project's XML (ODM 1.3 with REDCap's own attributes): its fields, and its records if any."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator

from pipeline.formats.grid import Grid
from pipeline.formats.records import MAX_LINE_CHARS
from pipeline.formats.redcap_fields import Field, finished, parse_choices, variables_of
from pipeline.formats.result import Decisions, Source, problem
from pipeline.formats.survey import Survey, unknown, words
from pipeline.formats.survey_files import plain_label
from pipeline.text import Problem


def fields_of(tree: ET.Element) -> list[Field]:
    """The project's fields in the order of its forms; what the system adds to every form is left out."""
    forms = {item.get("ItemOID", ""): form for form, item in _items(tree)}
    lists = {item.get("OID", ""): item for item in tree.iter("CodeList")}
    found: dict[str, Field] = {}
    for item in tree.iter("ItemDef"):
        name = item.get("Variable", item.get("Name", ""))
        form = forms.get(item.get("OID", ""), "")
        if item.get("FieldType") is None or name in found or name == f"{form}_complete":
            continue
        reference = item.find("CodeListRef")
        codes = lists.get(reference.get("CodeListOID", "")) if reference is not None else None
        found[name] = Field(
            name,
            form,
            item.get("FieldType", ""),
            _text(item.find("Question")),
            _choices(codes),
            item.get("TextValidationType", "").casefold(),
            item.get("Identifier") == "y",
            bool(item.get("BranchingLogic")),
        )
    order = list(dict.fromkeys(forms.values()))
    return sorted(found.values(), key=lambda asked: order.index(asked.form) if asked.form in order else -1)


def survey_of(source: Source, tree: ET.Element) -> Survey:
    """The project's records; their lines are their numbers, from 1."""
    variables, problems = variables_of(fields_of(tree), source)
    key = next((variable.name for variable in variables if variable.role == "key"), "")
    names = {variable.name for variable in variables}
    repeating = {form.get("OID", "") for form in tree.iter("FormDef") if form.get("Repeating") == "Yes"}
    rows: list[dict[str, str]] = []
    lines: list[int] = []
    broken: list[Problem] = []
    strange: dict[str, None] = {}
    for line, (row, is_whole) in enumerate(_rows(tree, key, repeating), 1):
        strange |= dict.fromkeys(name for name in row if name not in names)
        if is_whole:
            rows.append(row)
            lines.append(line)
        else:
            broken.append(_broken(source, line))
    problems += [unknown(source, name, "MetaDataVersion") for name in strange]
    statuses = [item for item in variables if item.kind == "system" and item.labels]
    for row in rows:
        if not row.keys() & set(words("redcap")["system"]):
            # The CSV says 0 of a form without data, which the XML leaves out.
            row |= {item.name: "0" for item in statuses if item.name not in row}
    present = {name for row in rows for name in row}
    kept = [
        item for item in variables if item.name in present or (item.kind != "system" and item.role != "when")
    ]
    grid = Grid(source, tuple(names), tuple(lines), (), Decisions("xml"), tuple(broken))
    return finished(grid, kept, [[row.get(item.name, "") for row in rows] for item in kept], problems)


def _items(tree: ET.Element) -> Iterator[tuple[str, ET.Element]]:
    """Every item of every form, with the form's name."""
    groups = {group.get("OID", ""): group for group in tree.iter("ItemGroupDef")}
    for form in tree.iter("FormDef"):
        name = form.get("FormName", form.get("OID", "").removeprefix("Form."))
        for reference in form.iter("ItemGroupRef"):
            group = groups.get(reference.get("ItemGroupOID", ""))
            for item in group.iter("ItemRef") if group is not None else ():
                yield name, item


def _choices(codes: ET.Element | None) -> dict[str, str]:
    if codes is None:
        return {}
    if (options := codes.get("CheckboxChoices")) is not None:
        return parse_choices(options)[0]
    return {item.get("CodedValue", ""): _text(item.find("Decode")) for item in codes.iter("CodeListItem")}


def _text(element: ET.Element | None) -> str:
    return "" if element is None else plain_label("".join(element.itertext()))


def _rows(tree: ET.Element, key: str, repeating: set[str]) -> Iterator[tuple[dict[str, str], bool]]:
    """One row per record, event and repeat, as the CSV has it, and whether it could be read."""
    event_name, instrument, instance = list(words("redcap")["system"])[:3]
    for subject in tree.iter("SubjectData"):
        found: dict[tuple[str, str, str], dict[str, str]] = {}
        is_whole = True
        for event in (subject, *subject.findall("StudyEventData")):
            name = event.get("UniqueEventName", event.get("StudyEventOID", "").removeprefix("Event."))
            for form in event.findall("FormData"):
                oid = form.get("FormOID", "")
                is_repeating = oid in repeating
                repeat = oid.removeprefix("Form.") if is_repeating else ""
                number = form.get("FormRepeatKey", "") if is_repeating else ""
                row = found.setdefault((name, repeat, number), {key: subject.get("SubjectKey", "")})
                said = {event_name: name, instrument: repeat, instance: number}
                row |= {column: value for column, value in said.items() if value}
                for item in form.iter("ItemData"):
                    # A cell is read as the CSV's is: on the same terms, without outer blanks.
                    value = item.get("Value", "").strip()
                    earlier = row.setdefault(item.get("ItemOID", ""), value)
                    is_whole = is_whole and earlier == value and len(value) <= MAX_LINE_CHARS
        for row in found.values() or ({key: subject.get("SubjectKey", "")},):
            yield row, is_whole


def _broken(source: Source, line: int) -> Problem:
    return problem(
        source,
        line,
        None,
        "broken_record",
        f"posten har et felt to gange eller et felt på over {MAX_LINE_CHARS} tegn",
        f"the record has a field twice, or a field of more than {MAX_LINE_CHARS} characters",
    )
