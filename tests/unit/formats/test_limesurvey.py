"""LimeSurvey, after its published format: codes with the structure, texts without it, partial responses."""

from collections.abc import Callable

import pytest

from pipeline.formats import limesurvey
from pipeline.formats.result import Read, Reading, Source
from pipeline.formats.survey import Survey
from pipeline.formats.survey_answers import answers

Make = Callable[[str, bytes], Source]


def row(**cells: str) -> str:
    return "<row>" + "".join(f"<{key}><![CDATA[{text}]]></{key}>" for key, text in cells.items()) + "</row>"


def structure(questions: str, answers_: str, subquestions: str = "") -> str:
    return (
        "<document><languages><language>en</language><language>da</language></languages>"
        f"<answers><rows>{answers_}</rows></answers><questions><rows>{questions}</rows></questions>"
        f"<subquestions><rows>{subquestions}</rows></subquestions></document>"
    )


# As versions to 3 have it: texts in every language beside the question.
STRUCTURE = structure(
    row(qid="1", parent_qid="0", type="L", title="Q1", question="Got contact?", language="en", other="N")
    + row(
        qid="1", parent_qid="0", type="L", title="Q1", question="<p>Fik kontakt til lægen</p>", language="da"
    )
    + row(qid="2", parent_qid="0", type="M", title="Q2", question="Ulemper", language="da", other="Y")
    + row(qid="3", parent_qid="0", type="F", title="Q3", question="Kvalitet", language="da")
    + row(qid="4", parent_qid="0", type="T", title="Q4", question="Kommentar", language="da")
    + row(qid="5", parent_qid="0", type="X", title="tak", question="Tak", language="da")
    + row(qid="6", parent_qid="0", type="Z9", title="Q6", question="Nyt", language="da"),
    row(qid="1", code="A1", answer="Yes", language="en")
    + row(qid="1", code="A1", answer="Ja", language="da")
    + row(qid="1", code="A2", answer="Nej", language="da")
    + row(qid="3", code="1", answer="God", language="da"),
    row(qid="21", parent_qid="2", title="SQ001", question="Det er for upersonligt", language="da")
    + row(qid="31", parent_qid="3", title="P", question="Billede", language="da"),
)
CODES = """"id","submitdate","lastpage","datestamp","token","ipaddr","Q1","Q2[SQ001]","Q2[other]","Q3[P]","Q4"
"1","2019-09-01 10:00:00","3","2019-09-01 10:00:00","tk1","10.9.8.7","A1","Y","langsomt","1","fint"
"2","","2","2019-09-02 11:00:00","tk2","10.9.8.7","A2","","","",""
"3","","","2019-09-03 11:00:00","tk3","10.9.8.7","","","","",""
"4","2019-09-04 10:00:00","3","","","","A9","","","",""
"""


def read(make: Make, reading: Reading, responses: str = CODES, lss: str | None = STRUCTURE) -> Read:
    files = [make("results-survey.csv", responses.encode("utf-8-sig"))]
    if lss is not None:
        files.append(make("survey.lss", lss.encode()))
    return limesurvey.read(files, "questionnaires", reading)


def rules(found: Read) -> list[str]:
    return [item.rule for item in found.problems]


def test_codes_become_the_contracts(make: Make, reading: Reading) -> None:
    found = read(make, reading)
    columns = found.frames[0].columns
    assert columns["response_id"] == ["1", "2"]
    # The second was never sent: it is dated by its last action, and kept with what it answered.
    assert [str(day) for day in columns["answered_date"]] == ["2019-09-01", "2019-09-02"]
    assert columns["got_contact"] == ["yes", "no"]
    assert columns["dis_too_impersonal"] == [True, None]
    assert columns["picture"] == ["good", None]
    assert columns["comment"] == ["fint", None]
    assert [(item.row, item.reason) for item in found.quarantine] == [
        (4, "missing_value"),
        (5, "unknown_code"),
    ]
    assert {"partial_response", "unknown_code", "unknown_column"} <= set(rules(found))
    for secret in ("10.9.8.7", "tk1", "langsomt"):
        assert secret not in str(found)


def test_a_response_not_begun_is_left_out(make: Make, reading: Reading) -> None:
    found = read(make, reading, CODES.replace('"2019-09-03 11:00:00"', '""'))
    assert "left_out_not_started" in rules(found)
    assert [item.row for item in found.quarantine] == [5]
    assert found.rows_read == 3


def test_texts_need_no_structure(make: Make, reading: Reading) -> None:
    texts = """"Svar-ID";"Dato indsendt";"Sidste side";"Fik kontakt til lægen";\
"Ulemper [Det er for upersonligt]";"Kvalitet [Billede]"
"1";"2019-09-01 10:00:00";"3";"Ja";"Ja";"God"
"2";"2019-09-02 10:00:00";"3";"Nej";"Nej";""
"""
    found = read(make, reading, texts, None)
    columns = found.frames[0].columns
    assert columns["got_contact"] == ["yes", "no"]
    assert columns["dis_too_impersonal"] == [True, False]
    assert columns["picture"] == ["good", None]
    assert found.quarantine == ()
    assert "missing_structure" in rules(found)
    assert read(make, reading, texts).frames[0].columns["picture"] == ["good", None]


def test_codes_without_structure_are_put_aside(make: Make, reading: Reading) -> None:
    found = read(make, reading, CODES.replace('"Q1"', '"got_contact"'), None)
    assert found.frames[0].rows == 0
    assert {item.reason for item in found.quarantine} == {"unknown_code", "missing_value"}
    assert len(found.quarantine) == found.rows_read == 4


def test_an_undated_survey(make: Make) -> None:
    source = make("r.csv", b"id,submitdate,Q1_SQ1\n1,1980-01-01 00:00:00,x\n")
    lss = structure(
        row(qid="1", parent_qid="0", type="Q", title="Q1", question="Hvad?", language="da"),
        "",
        row(qid="2", parent_qid="1", title="SQ1", question="A", language="da"),
    )
    found = limesurvey.read_survey([source, make("s.lss", lss.encode())])
    assert isinstance(found, Survey)
    assert found.states == ("completed",)
    assert [item.values for item in answers(found)[0]] == [("1",), (None,), ("x",)]


def test_what_is_written_beside_and_the_types_with_words_of_their_own(make: Make) -> None:
    responses = make(
        "r.csv",
        b"id,email,Y1,C1,O1,O1[comment],P1[a],P1[acomment],L1,L1[other],D1\n"
        b"1,ole@example.org,Y,U,A1,derfor,Y,lidt,-oth-,noget,2020-02-03 00:00\n",
    )
    asked = {"Y1": "Y", "C1": "C", "O1": "O", "P1": "P", "L1": "L", "D1": "D"}
    lss = structure(
        "".join(
            row(qid=str(n), parent_qid="0", type=kind, title=name, question=f"<b>{name}?</b>", other=other)
            for n, (name, kind) in enumerate(asked.items())
            for other in ("Y" if name == "L1" else "N",)
        ),
        row(qid="2", code="A1", answer="Et"),
        row(qid="9", parent_qid="3", title="a", question="Valg"),
    )
    found = limesurvey.read_survey([responses, make("s.lss", lss.encode())])
    assert isinstance(found, Survey)
    made, problems = answers(found)
    assert {item.variable.name: item.labels[0] for item in made} == {
        "id": "1",
        "email": "***",
        "Y1": "Ja",
        "C1": "Ved ikke",
        "O1": "Et",
        "O1[comment]": "derfor",
        "P1[a]": "Ja",
        "P1[acomment]": "lidt",
        "L1": "Andet",
        "L1[other]": "noget",
        "D1": "2020-02-03",
    }
    assert (problems, found.problems) == ((), ())


@pytest.mark.parametrize(
    ("responses", "lss", "rule"),
    [
        ("", STRUCTURE, "empty_file"),
        (CODES, "<document><questions>", "bad_xml"),
        (CODES, '<!DOCTYPE d [<!ENTITY a "aa">]><document>&a;</document>', "bad_xml"),
        (CODES, "<html/>", "no_header"),
        (CODES, "<document/>", "missing_column"),
        (CODES.replace('"Q4"', '"Q1"'), STRUCTURE, "doubled_column"),
        (CODES.replace('"Q4"', '"Q1"'), None, "doubled_column"),
        (STRUCTURE, None, "missing_file"),
        (CODES + '"5","', STRUCTURE, "open_quote"),
        (CODES.splitlines()[0], STRUCTURE, "no_rows"),
    ],
)
def test_what_is_wrong_is_named(
    make: Make, reading: Reading, responses: str, lss: str | None, rule: str
) -> None:
    found = read(make, reading, responses, lss)
    assert rule in rules(found)
    assert sum(frame.rows for frame in found.frames) + len(found.quarantine) == found.rows_read
