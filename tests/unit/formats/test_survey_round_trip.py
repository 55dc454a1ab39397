"""A survey written in each format is read back equal, whatever it asks and whatever was answered."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.formats import limesurvey, redcap, surveyxact
from pipeline.formats.result import Read, Source
from pipeline.formats.survey import Survey
from pipeline.formats.survey_answers import Value, answers

LETTERS = "abcæøåÆØÅé"
LABEL = st.text(LETTERS + " ", min_size=1, max_size=12).map(lambda text: " ".join(text.split())).filter(bool)
FREE = st.text(LETTERS + " ;,\"'|&<>\n=-[]", max_size=20).map(
    lambda text: "x" + text.strip() if text.strip() else ""
)
TICK, DAY = st.booleans(), st.dates(date(2000, 1, 1), date(2030, 12, 31))


@dataclass(frozen=True)
class Made:
    """A choice with labels, options of one question, a number, a date and free text; rows in that order."""

    labels: tuple[str, ...]
    options: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


@st.composite
def surveys(draw: st.DrawFn) -> Made:
    unique = st.lists(LABEL, min_size=2, max_size=4, unique_by=str.casefold)
    labels, options = tuple(draw(unique)), tuple(draw(unique))
    code = st.sampled_from([str(number) for number in range(1, len(labels) + 1)])
    number = st.decimals(-9999, 9999, places=2)
    row = st.tuples(
        st.none() | code,
        *(TICK for _ in options),
        st.none() | number,
        st.none() | DAY,
        FREE.map(lambda x: x or None),
    )
    return Made(labels, options, tuple(draw(st.lists(row, min_size=1, max_size=5))))


def table(rows: Iterable[Sequence[str]], delimiter: str = ",") -> bytes:
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return file.getvalue().encode()


def texts(
    made: Made, row: Sequence[Value], ticks: tuple[str, str], mark: str, *, is_labels: bool
) -> list[str]:
    """One row as an export writes it."""
    choice, *chosen, number, day, free = row
    label = made.labels[int(str(choice)) - 1] if choice and is_labels else str(choice or "")
    return [
        label,
        *(ticks[0] if tick else ticks[1] for tick in chosen),
        "" if number is None else str(number).replace(".", mark),
        "" if day is None else str(day),
        str(free or ""),
    ]


def write_surveyxact(made: Made, *, is_labels: bool) -> dict[str, bytes]:
    # The options' names are one when they are cut.
    options = [f"fordele_ved_{number}" for number in range(len(made.options))]
    names = ["svarnr", "valg", *options, "maal", "dato", "fri"]
    kinds = ["tekst", "enkelt", *("flere" for _ in options), "tal", "dato", "tekst"]
    structure = [
        [name, kind, "Fordele" if kind == "flere" else f"Spørgsmål {name}", option]
        for name, kind, option in zip(names, kinds, ["", "", *made.options, "", "", ""], strict=True)
    ]
    rows = [
        [str(number), *texts(made, row, ("1", "0"), ",", is_labels=is_labels)]
        for number, row in enumerate(made.rows)
    ]
    return {
        "dataset.csv": table([[name[:8] for name in names], *rows], ";"),
        "labels.csv": table(
            [
                ["variabel", "værdi", "tekst"],
                *(["valg", str(n), text] for n, text in enumerate(made.labels, 1)),
            ],
            ";",
        ),
        "structure.csv": table([["variabel", "type", "spørgsmål", "svarmulighed"], *structure], ";"),
    }


def choices(labels: Iterable[str]) -> str:
    return " | ".join(f"{number}, {label}" for number, label in enumerate(labels, 1))


def redcap_rows(made: Made, *, is_labels: bool) -> tuple[list[str], list[list[str]]]:
    names = [
        "record_id",
        "valg",
        *(f"fordele___{n}" for n in range(1, len(made.options) + 1)),
        "maal",
        "dato",
        "fri",
    ]
    ticks = ("Checked", "Unchecked") if is_labels else ("1", "0")
    rows = [
        [str(number), *texts(made, row, ticks, ",", is_labels=is_labels), "2"]
        for number, row in enumerate(made.rows)
    ]
    return [*names, "f_complete"], rows


def write_redcap(made: Made, *, is_labels: bool) -> dict[str, bytes]:
    names, rows = redcap_rows(made, is_labels=is_labels)
    if is_labels:
        names = [
            "Nr",
            "Valg",
            *(f"Fordele (choice={option})" for option in made.options),
            "Mål",
            "Dato",
            "Fri",
            "Complete?",
        ]
    dictionary = [
        ["Variable / Field Name", "Form Name", "Field Type", "Field Label",
         "Choices, Calculations, OR Slider Labels", "Text Validation Type OR Show Slider Number"],
        ["record_id", "f", "text", "Nr", "", ""],
        ["valg", "f", "radio", "Valg", choices(made.labels), ""],
        ["fordele", "f", "checkbox", "Fordele", choices(made.options), ""],
        ["maal", "f", "text", "Mål", "", "number_comma_decimal"],
        ["dato", "f", "text", "Dato", "", "date_dmy"],
        ["fri", "f", "notes", "Fri", "", ""],
    ]  # fmt: skip
    return {"data.csv": table([names, *rows]), "dictionary.csv": table(dictionary)}


def write_odm(made: Made, *, is_labels: bool) -> dict[str, bytes]:
    assert not is_labels
    names, rows = redcap_rows(made, is_labels=False)
    types = {"valg": "radio", "fri": "textarea", "f_complete": "select"}
    valid = {"maal": "number_comma_decimal", "dato": "date_dmy"}
    items = "".join(
        f'<ItemDef OID="{name}" redcap:Variable="{name.partition("___")[0]}" '
        f'redcap:FieldType="{"checkbox" if "___" in name else types.get(name, "text")}" '
        f'redcap:TextValidationType="{valid.get(name, "")}">'
        f"<Question><TranslatedText>{name}</TranslatedText></Question>"
        f'<CodeListRef CodeListOID="{name}.c"/></ItemDef>'
        for name in names
    )
    coded = "".join(
        f'<CodeListItem CodedValue="{number}"><Decode><TranslatedText>{label}</TranslatedText>'
        "</Decode></CodeListItem>"
        for number, label in enumerate(made.labels, 1)
    )
    lists = f'<CodeList OID="valg.c">{coded}</CodeList>' + "".join(
        f'<CodeList OID="{name}.c" redcap:CheckboxChoices="{choices(made.options)}"/>'
        for name in names
        if "___" in name
    )
    data = "".join(
        f'<SubjectData SubjectKey="{row[0]}"><FormData FormOID="Form.f" FormRepeatKey="1"><ItemGroupData>'
        + "".join(
            f"<ItemData ItemOID={quoteattr(name)} Value={quoteattr(cell, {chr(10): '&#10;'})}/>"
            for name, cell in zip(names, row, strict=True)
            if cell
        )
        + "</ItemGroupData></FormData></SubjectData>"
        for row in rows
    )
    references = "".join(f'<ItemRef ItemOID="{name}"/>' for name in names)
    return {
        "project.xml": (
            '<ODM xmlns:redcap="https://projectredcap.org"><FormDef OID="Form.f" redcap:FormName="f">'
            f'<ItemGroupRef ItemGroupOID="g"/></FormDef><ItemGroupDef OID="g">{references}</ItemGroupDef>'
            f"{items}{lists}<ClinicalData>{data}</ClinicalData></ODM>"
        ).encode()
    }


def write_limesurvey(made: Made, *, is_labels: bool) -> dict[str, bytes]:
    options = [f"fordele[SQ{n}]" for n in range(len(made.options))]
    names = ["id", "submitdate", "lastpage", "valg", *options, "maal", "dato", "fri"]
    ticks = ("Ja", "Nej") if is_labels else ("Y", "N")
    rows = [
        [str(number), "2020-01-02 10:00:00", "1", *texts(made, row, ticks, ".", is_labels=is_labels)]
        for number, row in enumerate(made.rows)
    ]
    types = {"valg": "L", "fordele": "M", "maal": "N", "dato": "D", "fri": "T"}

    def section(name: str, rows_: Iterable[dict[str, str]]) -> str:
        inner = "".join(
            "<row>" + "".join(f"<{key}>{escape(text)}</{key}>" for key, text in row.items()) + "</row>"
            for row in rows_
        )
        return f"<{name}><rows>{inner}</rows></{name}>"

    structure = "<document><languages><language>da</language></languages>"
    structure += section(
        "answers", ({"qid": "0", "aid": str(n), "code": str(n)} for n in range(1, len(made.labels) + 1))
    )
    structure += section(
        "answer_l10ns",
        (
            {"aid": str(n), "answer": f"<p>{text}</p>", "language": "da"}
            for n, text in enumerate(made.labels, 1)
        ),
    )
    structure += section(
        "questions",
        (
            {"qid": str(n), "parent_qid": "0", "type": kind, "title": name}
            for n, (name, kind) in enumerate(types.items())
        ),
    )
    structure += section(
        "subquestions",
        (
            {"qid": f"9{n}", "parent_qid": "1", "title": f"SQ{n}", "type": "T"}
            for n in range(len(made.options))
        ),
    )
    structure += section(
        "question_l10ns",
        [
            *(
                {"qid": str(n), "question": f"Spørgsmål {name}", "language": "da"}
                for n, name in enumerate(types)
            ),
            *({"qid": f"9{n}", "question": text, "language": "da"} for n, text in enumerate(made.options)),
        ],
    )
    return {"results.csv": table([names, *rows]), "survey.lss": f"{structure}</document>".encode()}


Write = Callable[..., dict[str, bytes]]
Reader = Callable[[Sequence[Source]], Survey | Read]


@pytest.mark.parametrize(
    ("write", "read_survey", "is_labels"),
    [
        (write_surveyxact, surveyxact.read_survey, False),
        (write_surveyxact, surveyxact.read_survey, True),
        (write_redcap, redcap.read_survey, False),
        (write_redcap, redcap.read_survey, True),
        (write_odm, redcap.read_survey, False),
        (write_limesurvey, limesurvey.read_survey, False),
        (write_limesurvey, limesurvey.read_survey, True),
    ],
)
@given(made=surveys())
@settings(max_examples=40)
def test_what_is_written_is_read(write: Write, read_survey: Reader, is_labels: bool, made: Made) -> None:
    with TemporaryDirectory() as folder:
        files: list[Source] = []
        for name, content in write(made, is_labels=is_labels).items():
            path = Path(folder) / name
            path.write_bytes(content)
            files.append(Source(path, name))
        survey = read_survey(files)
    assert isinstance(survey, Survey), survey
    found, problems = answers(survey)
    assert problems == ()
    asked = [item for item in found if item.variable.kind not in ("system", "timestamp")]
    assert [tuple(item.values[row] for item in asked[1:]) for row in range(len(made.rows))] == [
        tuple(Decimal(value) if isinstance(value, Decimal) else value for value in row) for row in made.rows
    ]
    assert tuple(item.variable.option for item in asked if item.variable.kind == "tick") == made.options
    assert tuple(asked[1].variable.labels.values()) == made.labels
    assert survey.broken == ()
    assert set(survey.states) == {"completed"}
    assert {item.rule for item in survey.problems} <= {"shared_name"}
