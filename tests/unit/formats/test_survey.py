"""What the survey formats share: damaged letters, shared names, codes or labels; no identifier comes out."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.formats.decode import mended
from pipeline.formats.readers import READERS
from pipeline.formats.result import Read, Reading, Source, gathered
from pipeline.formats.survey import Survey, Ticks, Variable, match
from pipeline.formats.survey_answers import HIDDEN, answers
from pipeline.formats.survey_files import plain_label

Make = Callable[[str, bytes], Source]

CPR, PHONE, MAIL = "2512489996", "20 12 34 56", "ole.olsen@example.org"
SECRETS = (CPR, "251248-9996", PHONE, PHONE.replace(" ", ""), MAIL)
STRUCTURE = "variabel;type;spørgsmål;svarmulighed\n"
ODM_FIELDS = ("response_id", "answered_date", "got_contact", "comment", "name")


def everything(read: Read) -> str:
    """All that a reader returns, as one text."""
    return json.dumps(asdict(read), ensure_ascii=False, default=str)


@given(
    st.text(
        alphabet=st.characters(codec="latin-1", exclude_categories=["Cc"], exclude_characters="ÂÃâ"),
        max_size=30,
    )
)
def test_letters_damaged_once_are_mended_and_others_are_left(text: str) -> None:
    assert mended(text) == (text, 0)
    assert mended(text.encode().decode("latin-1"))[0] == text


@pytest.mark.parametrize("text", ["L\u00e6ge", "Ærø – «blåbærgrød»", "n\u00e6ste"])
def test_utf8_read_as_cp1252_is_mended(text: str) -> None:
    assert mended(text.encode().decode("cp1252"))[0] == text


def test_a_label_without_html() -> None:
    assert plain_label("<p>Hvor &amp; <strong>hvorn\u00e5r</strong></p>\n ") == "Hvor & hvornår"


def test_names_that_are_cut_are_told_apart_by_their_order(make: Make) -> None:
    variables = [Variable(name, "text", name) for name in ("accountidentifier", "accountinternal", "other")]
    source = make("x.csv", b"")

    def cut(variable: Variable) -> str:
        return variable.name[:8]

    found, problems = match(source, ["accounti", "other", "accounti"], variables, (cut,))
    assert {place: item.name for place, item in found.items()} == {
        0: "accountidentifier",
        1: "other",
        2: "accountinternal",
    }
    assert [item.rule for item in problems] == ["shared_name"]
    found, problems = match(source, ["accounti"], variables, (cut,))
    assert (found, [item.rule for item in problems]) == ({}, ["ambiguous_variable"])
    found, problems = match(source, ["other", "other"], variables, (cut,))
    assert (found, [(item.rule, item.severity) for item in problems]) == (
        {},
        [("doubled_column", "critical")],
    )


def survey(make: Make, *columns: tuple[Variable, Sequence[str]]) -> Survey:
    count = len(columns[0][1])
    return Survey(
        make("x.csv", b""),
        tuple(variable for variable, _ in columns),
        tuple(cells for _, cells in columns),
        tuple(range(2, 2 + count)),
        ("completed",) * count,
        Ticks.of("redcap"),
    )


def test_answers_are_typed_hidden_and_masked(make: Make) -> None:
    choice = Variable("q", "choice", "Q", labels={"1": "2", "2": "1"})
    made, problems = answers(
        survey(
            make,
            (choice, ["1", "2", "9"]),
            (Variable("name", "text", "Navn", is_identifier=True), ["Ole", "", "Ida"]),
            (Variable("free", "text", "Fri"), [f"ring {PHONE}", CPR, ""]),
            (Variable("day", "date", "Dag", order="mdy"), ["02/03/2020", "2020-02-03", "x"]),
        )
    )
    by_name = {item.variable.name: item for item in made}
    # Codes that are also labels are codes, where nothing in the export says otherwise.
    assert by_name["q"].values == ("1", "2", None)
    assert by_name["q"].labels == ("2", "1", "")
    assert by_name["name"].values == (HIDDEN, None, HIDDEN)
    assert by_name["free"].values == ("ring [telefon]", "[CPR-nummer]", None)
    assert [str(day) for day in by_name["day"].values] == ["2020-02-03", "2020-02-03", "None"]
    assert [(item.row, item.column, item.rule) for item in problems] == [
        (4, "q", "unknown_code"),
        (4, "day", "bad_date"),
    ]


def planted(kind: str, make: Make) -> list[Source]:
    """An export in which identifiers stand in free text, in fields the contract lacks, and as codes."""
    rows = [
        ["1", "2019-09-01", "1", f"ring til {PHONE} eller {MAIL}, {CPR}", "Ole Olsen 251248-9996"],
        ["2", "2019-09-02", CPR, f"cpr 251248-9996 {PHONE}", CPR],
        [CPR, "2019-09-03", "1", "fint", MAIL],
    ]
    if kind == "surveyxact":
        names = ("svarnr;tekst;Svarnummer;", "dato;dato;Besvaret;", "kont;enkelt;Fik kontakt til lægen;",
                 "fri;tekst;Kommentar;", "navn;tekst;Dit navn;")  # fmt: skip
        table = [["svarnr", "dato", "kont", "fri", "navn"], *rows]
        return [
            make("a_dataset.csv", "\n".join(";".join(row) for row in table).encode()),
            make("a_labels.csv", "variabel;værdi;tekst\nkont;1;Ja\n".encode()),
            make("a_structure.csv", (STRUCTURE + "\n".join(names)).encode()),
        ]
    if kind == "redcap":
        dictionary = (
            "field_name,form_name,field_type,field_label,select_choices_or_calculations,identifier\n"
            'response_id,f,text,Nr,,\nanswered_date,f,text,Dato,,\ngot_contact,f,radio,Kontakt,"1, Ja",\n'
            "comment,f,notes,Fri,,\nname,f,text,Navn,,y\n"
        )
        table = [list(ODM_FIELDS), *rows]
        return [
            make("data.csv", "\n".join(",".join(f'"{cell}"' for cell in row) for row in table).encode()),
            make("dictionary.csv", dictionary.encode()),
        ]
    if kind == "redcap_xml":
        return [make("project.xml", odm(ODM_FIELDS, rows).encode())]
    table = [["id", "Besvaret", "Fik kontakt til lægen", "Kommentar", "ipaddr"], *rows]
    table[1][2] = "Ja"
    table[3][2] = "Ja"
    return [make("results.csv", "\n".join(",".join(f'"{cell}"' for cell in row) for row in table).encode())]


def odm(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A project's XML with text fields and ``got_contact``."""
    items = "".join(
        f'<ItemDef OID="{name}" Name="{name}" redcap:Variable="{name}" redcap:FieldType='
        + ('"radio"' if name == "got_contact" else '"text"')
        + (' redcap:Identifier="y"' if name == "name" else "")
        + f"><Question><TranslatedText>{name}</TranslatedText></Question>"
        + ('<CodeListRef CodeListOID="c"/>' if name == "got_contact" else "")
        + "</ItemDef>"
        for name in names
    )
    data = "".join(
        f'<SubjectData SubjectKey="{row[0]}"><FormData FormOID="Form.f" FormRepeatKey="1"><ItemGroupData>'
        + "".join(
            f'<ItemData ItemOID="{name}" Value="{cell}"/>' for name, cell in zip(names, row, strict=True)
        )
        + "</ItemGroupData></FormData></SubjectData>"
        for row in rows
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" '
        'xmlns:redcap="https://projectredcap.org"><Study><MetaDataVersion>'
        '<FormDef OID="Form.f" Repeating="No" redcap:FormName="f"><ItemGroupRef ItemGroupOID="g"/></FormDef>'
        f'<ItemGroupDef OID="g">{"".join(f"<ItemRef ItemOID={name!r}/>" for name in names)}</ItemGroupDef>'
        f'{items}<CodeList OID="c"><CodeListItem CodedValue="1"><Decode><TranslatedText>Ja</TranslatedText>'
        "</Decode></CodeListItem></CodeList></MetaDataVersion></Study>"
        f"<ClinicalData>{data}</ClinicalData></ODM>"
    )


@pytest.mark.parametrize("kind", ["surveyxact", "redcap", "redcap_xml", "limesurvey"])
def test_no_identifier_comes_out(kind: str, make: Make, reading: Reading) -> None:
    read = gathered(READERS[kind.partition("_")[0]](planted(kind, make), ["questionnaires"], reading))
    text = everything(read)
    assert [secret for secret in SECRETS if secret in text] == []
    assert "Ole Olsen" not in text
    assert read.frames[0].columns["comment"] == [
        "ring til [telefon] eller [e-mail], [CPR-nummer]",
        "fint",
    ]
    # A response named by a CPR number is keyed; one whose code is a CPR number is put aside.
    assert str(read.frames[0].columns["response_id"][1]).startswith("p_")
    assert [(row.reason, row.row) for row in read.quarantine] == [
        ("unknown_code", 2 if kind == "redcap_xml" else 3)
    ]
    assert read.masked >= 3


@pytest.mark.parametrize("kind", ["surveyxact", "redcap", "redcap_xml", "limesurvey"])
@given(data=st.data())
def test_damaged_files_give_problems_and_lose_no_row(
    kind: str, reading: Reading, data: st.DataObject
) -> None:
    with TemporaryDirectory() as folder:

        def write(name: str, content: bytes) -> Source:
            path = Path(folder) / name
            path.write_bytes(content)
            return Source(path, name)

        files = planted(kind, write)
        file = data.draw(st.sampled_from(files)).path
        content = file.read_bytes()
        start = data.draw(st.integers(0, len(content)))
        end = data.draw(st.integers(start, len(content)))
        noise = data.draw(st.binary(max_size=20) | st.sampled_from([b"", b'"', b";;;", b"]]><"]))
        file.write_bytes(content[:start] + noise + content[end:])
        read = gathered(READERS[kind.partition("_")[0]](files, ["questionnaires"], reading))
    used = sum(frame.rows for frame in read.frames)
    assert used + len(read.quarantine) == read.rows_read
    assert used == 3 or read.problems
    assert all(item.message.da and item.message.en for item in read.problems)
