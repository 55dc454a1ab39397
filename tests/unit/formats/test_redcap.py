"""REDCap: the samples, the contract's questions, and files that are not as they should be."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from pipeline.formats import redcap, survey_files
from pipeline.formats.result import Read, Reading, Source
from pipeline.formats.survey import Survey
from pipeline.formats.survey_answers import HIDDEN, Answers, answers

Make = Callable[[str, bytes], Source]

SAMPLES = os.environ.get("MAST_SAMPLES")
DICTIONARY = """"Variable / Field Name","Form Name","Section Header","Field Type","Field Label",\
"Choices, Calculations, OR Slider Labels","Field Note","Text Validation Type OR Show Slider Number",\
"Identifier?","Branching Logic (Show field only if...)"
response_id,skema,,text,Nr,,,,,
answered_date,skema,,text,Dato,,,date_dmy,,
got_contact,skema,,radio,"<b>Fik kontakt til lægen</b>","1, Ja | 2, Nej",,,,
recommend,skema,,radio,"Vil anbefale andre","1, Meget enig | 2, Enig",,,,"[got_contact] = '1'"
dis,skema,,checkbox,Ulemper,"0, Det er for upersonligt | -1, Andet, ulemper",,,,
comment,skema,,notes,Kommentar,,,,,
patient,skema,,text,Patientens navn,,,,y,
"""
DATA = """response_id,answered_date,got_contact,recommend,dis___0,dis____1,comment,patient,skema_complete
1,2019-09-01,1,2,1,0,fint,Ole Olsen,2
2,02-03-2020,2,,0,0,,Ida Hansen,0
3,2019-09-03,7,,0,0,,,2
"""


def read(make: Make, reading: Reading, data: str = DATA, dictionary: str = DICTIONARY) -> Read:
    files = [make("data.csv", data.encode()), make("ordbog.csv", dictionary.encode("cp1252"))]
    return redcap.read(files, "questionnaires", reading)


def rules(found: Read) -> list[str]:
    return [item.rule for item in found.problems]


def test_answers_become_the_contracts_codes(make: Make, reading: Reading) -> None:
    found = read(make, reading)
    columns = found.frames[0].columns
    assert columns["response_id"] == ["1", "2"]
    assert [str(day) for day in columns["answered_date"]] == ["2019-09-01", "2020-03-02"]
    assert columns["got_contact"] == ["yes", "no"]
    assert columns["would_recommend"] == ["agree", None]
    assert columns["dis_too_impersonal"] == [True, False]
    assert columns["dis_other"] == [False, False]
    assert [(row.row, row.column, row.reason) for row in found.quarantine] == [
        (4, "got_contact", "unknown_code")
    ]
    said = {item.rule: item for item in found.problems}
    assert said["branching_ignored"].message.da.startswith("1 felter")
    assert said["partial_response"].message.en.startswith("1 responses")
    assert said["unread_identifier"].column == "patient"
    assert "Olsen" not in str(found)
    assert found.rows_read == 3


def test_an_export_with_labels_says_the_same(make: Make, reading: Reading) -> None:
    data = """Nr,Dato,Fik kontakt til lægen,Vil anbefale andre,Ulemper (choice=Det er for upersonligt),\
"Ulemper (choice=Andet, ulemper)",Kommentar,Patientens navn,Complete?
1,2019-09-01,Ja,Enig,Checked,Unchecked,fint,Ole Olsen,Complete
2,02-03-2020,Nej,,Unchecked,Unchecked,,Ida Hansen,Incomplete
"""
    labels, codes = read(make, reading, data).frames[0].columns, read(make, reading).frames[0].columns
    answered = [name for name in codes if name not in ("source_file", "source_row")]
    assert {name: labels[name] for name in answered} == {name: codes[name] for name in answered}


def test_the_first_field_and_the_time_stamp_name_and_date_a_response(make: Make, reading: Reading) -> None:
    dictionary = DICTIONARY.replace("response_id", "record_id").replace("answered_date", "x")
    data = "record_id,skema_timestamp,got_contact\n7,2019-09-01 10:11:12,1\n8,[not completed],1\n"
    found = read(make, reading, data, dictionary)
    assert found.frames[0].columns["response_id"] == ["7"]
    assert [str(day) for day in found.frames[0].columns["answered_date"]] == ["2019-09-01"]
    assert [(row.row, row.reason) for row in found.quarantine] == [(3, "missing_value")]
    assert "partial_response" in rules(found)


@pytest.mark.parametrize(
    ("data", "dictionary", "rule"),
    [
        ("", DICTIONARY, "empty_file"),
        (DATA, "", "empty_file"),
        (DATA, DATA, "too_many_files"),
        (DATA.replace("comment", "got_contact", 1), DICTIONARY, "doubled_column"),
        (DATA.replace("got_contact", "noget", 1), DICTIONARY, "missing_column"),
        (DATA, DICTIONARY.replace("comment,skema,,notes,Kommentar", "x,skema,,radio,Billede"), "bad_choices"),
        (DATA, DICTIONARY.replace("notes", "hologram"), "unknown_code"),
        (DATA, DICTIONARY.replace("Field Type", "Felttype"), "no_header"),
        (DATA, DICTIONARY.replace("comment,skema", "got_contact,skema"), "ambiguous_variable"),
        (DATA + '4,2019-09-04,1,,,,"aldrig lukket', DICTIONARY, "open_quote"),
        (DATA + f"4,2019-09-04,1,,,,{'x' * 200_000},,2\n", DICTIONARY, "long_line"),
        (DATA.replace("fint", "l\u00c3\u00a6ge"), DICTIONARY, "double_encoded"),
        (DATA.replace("fint", "l\ufffdge"), DICTIONARY, "lost_letters"),
        ("\x00\x01\x02" * 40, DICTIONARY, "wrong_encoding"),
        (DATA.replace("1,2019", "1,ekstra,2019"), DICTIONARY, "wrong_cell_count"),
        (DATA.splitlines()[0] + "\n", DICTIONARY, "no_rows"),
    ],
)
def test_what_is_wrong_is_named(make: Make, reading: Reading, data: str, dictionary: str, rule: str) -> None:
    found = read(make, reading, data, dictionary)
    assert rule in rules(found)
    assert sum(frame.rows for frame in found.frames) + len(found.quarantine) == found.rows_read


def test_a_file_is_missing(make: Make, reading: Reading) -> None:
    data, dictionary = make("d.csv", DATA.encode()), make("o.csv", DICTIONARY.encode())
    for files, said in (([data], "dictionary.csv"), ([dictionary], "data.csv")):
        found = redcap.read(files, "questionnaires", reading)
        assert [(item.rule, item.severity) for item in found.problems] == [("missing_file", "critical")]
        assert said in found.problems[0].message.da


BOMB = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><ODM>&b;</ODM>'
OUTSIDE = '<!DOCTYPE ODM [<!ENTITY x SYSTEM "file:///etc/hostname">]><ODM>&x;</ODM>'


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (BOMB, "bad_xml"),
        (OUTSIDE, "bad_xml"),
        ("<ODM><Study>", "bad_xml"),
        ('<?xml version="1.0" encoding="klingon"?><ODM/>', "bad_xml"),
        ("<" + "a><" * 500, "bad_xml"),
        ("<html/>", "no_header"),
        ("<ODM/>", "missing_column"),
    ],
)
def test_hostile_xml(make: Make, reading: Reading, content: str, rule: str) -> None:
    found = redcap.read([make("p.xml", content.encode())], "questionnaires", reading)
    assert rule in rules(found)
    assert any(item.severity == "critical" for item in found.problems)


def test_xml_that_is_too_large(make: Make, reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(survey_files, "MAX_XML_BYTES", 10)
    found = redcap.read([make("p.xml", b"<ODM>" + b" " * 20)], "questionnaires", reading)
    assert rules(found) == ["too_large"]


def test_a_record_that_says_two_things_is_put_aside(make: Make) -> None:
    content = """<ODM><FormDef OID="Form.f" Repeating="Yes"/><ItemDef OID="a" Variable="a" FieldType="text"/>
      <ClinicalData><SubjectData SubjectKey="1"><FormData FormOID="Form.f" FormRepeatKey="1">
        <ItemData ItemOID="a" Value="1"/><ItemData ItemOID="a" Value="2"/></FormData></SubjectData>
      <SubjectData SubjectKey="2"><StudyEventData StudyEventOID="Event.start">
        <FormData FormOID="Form.f" FormRepeatKey="1"><ItemData ItemOID="a" Value="2"/></FormData>
        <FormData FormOID="Form.f" FormRepeatKey="2"><ItemData ItemOID="b" Value="9"/></FormData>
      </StudyEventData></SubjectData></ClinicalData></ODM>"""
    found = redcap.read_survey([make("p.xml", content.encode())])
    assert isinstance(found, Survey)
    assert [(item.row, item.rule) for item in found.broken] == [(1, "broken_record")]
    assert list(found.cells[found.place("redcap_repeat_instance")]) == ["1", "2"]
    assert list(found.cells[found.place("redcap_event_name")]) == ["start", "start"]
    assert [item.rule for item in found.problems] == ["unknown_column", "repeated_record"]


def sample(*names: str) -> tuple[Survey, Mapping[str, Answers], list[str]]:
    folder = Path(SAMPLES or "") / "redcap"
    found = redcap.read_survey([Source(folder / name, name) for name in names])
    assert isinstance(found, Survey)
    made, problems = answers(found)
    return (
        found,
        {item.variable.name: item for item in made},
        [item.rule for item in (*found.problems, *problems)],
    )


@pytest.mark.skipif(not SAMPLES, reason="MAST_SAMPLES is not set")
def test_a_sample_is_the_same_by_dictionary_and_by_xml() -> None:
    _, by_csv, problems = sample("survey/data.csv", "survey/dictionary.csv")
    _, by_xml, problems_xml = sample("survey/project.xml")
    assert problems == problems_xml == []
    # The time stamps were exported on different days, and stand for themselves.
    stamps = {name for name in by_csv if name.endswith("_timestamp")}
    assert len(by_csv) == 33
    assert set(by_csv) - set(by_xml) - stamps == {"redcap_survey_identifier"}
    assert len(set(by_csv) & set(by_xml) - stamps) == 29
    for name in set(by_csv) & set(by_xml) - stamps:
        assert by_csv[name].values == by_xml[name].values
    assert by_csv["has_diabetes"].labels == by_xml["has_diabetes"].labels == ("True", "False")
    assert by_csv["consent___1"].values == (True, False)
    assert by_csv["consent___1"].variable.option == by_xml["consent___1"].variable.option == "I consent"
    for name in ("race", "pmq2", "withdraw_reason"):
        assert by_csv[name].variable.labels == by_xml[name].variable.labels
    assert len(by_csv["race"].variable.labels) == 7
    assert [str(day) for day in by_csv["dob"].values] == ["2018-03-06", "2018-03-05"]
    marked = {name for name, item in by_csv.items() if item.variable.is_identifier}
    assert marked - {"redcap_survey_identifier"} == {
        "email",
        "first_name",
        "last_name",
        "address",
        "telephone_1",
    }
    assert by_csv["email"].values == by_xml["email"].values == (HIDDEN, HIDDEN)


@pytest.mark.skipif(not SAMPLES, reason="MAST_SAMPLES is not set")
def test_a_sample_that_mixes_decimal_marks() -> None:
    survey, by_csv, problems = sample("decimal-comma/data.csv", "decimal-comma/project.xml")
    _, by_xml, _ = sample("decimal-comma/project.xml")
    assert problems == ["mixed_decimal_marks"]
    assert [str(by_csv[name].values[0]) for name in ("height", "weight", "bmi")] == ["1.54", "52.3", "22.1"]
    assert {name: item.values for name, item in by_csv.items()} == {
        name: item.values for name, item in by_xml.items() if name in by_csv
    }
    assert by_csv["name"].values == (HIDDEN,) * 4
    assert survey.states == ("completed",) * 4
