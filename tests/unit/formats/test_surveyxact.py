"""A survey export: codes become labels, labels become the contract's codes."""

from collections.abc import Callable

from pipeline.formats import surveyxact
from pipeline.formats.result import Read, Reading, Source

Make = Callable[[str, bytes], Source]

STRUCTURE = """variabel;type;spørgsmål;svarmulighed
statoverall_1;system;Samlet status;
svarnr;tekst;Svarnummer;
dato;dato;Besvaret;
s_1;enkelt;Fik kontakt til lægen;
s_2;enkelt;Vil anbefale andre;
s_3_1;flere;Ulemper;Det er for upersonligt
s_3_2;flere;Ulemper;Videokonsultation med lægen har ingen ulemper
fri;tekst;Kommentar;
intern;tekst;Noget andet;
"""
LABELS = """variabel;værdi;tekst
s_1;1;Ja
s_1;2;Nej
s_2;1;Meget enig
s_2;2;Enig
"""
DATASET = """svarnr;statover;dato;s_1;s_2;s_3_1;s_3_2;fri
1;;2019-09-01 10:00:00;1;2;1;;fint
2;;2019-09-02;2;;;;
3;;03-09-2019;9;;0;1;
"""


def read(
    make: Make, reading: Reading, dataset: str = DATASET, labels: str = LABELS, structure: str = STRUCTURE
) -> Read:
    files = [
        make("svar_dataset.csv", dataset.encode("cp1252")),
        make("svar_labels.csv", labels.encode("utf-8-sig")),
        make("svar_structure.csv", structure.encode()),
    ]
    return surveyxact.read(files, "questionnaires", reading)


def test_answers_become_codes(make: Make, reading: Reading) -> None:
    found = read(make, reading)
    columns = found.frames[0].columns
    assert columns["response_id"] == ["1", "2"]
    assert columns["got_contact"] == ["yes", "no"]
    assert columns["would_recommend"] == ["agree", None]
    assert columns["comment"] == ["fint", None]
    # A question of which nothing is ticked was not answered.
    assert columns["dis_too_impersonal"] == [True, None]
    assert columns["dis_none"] == [False, None]
    assert [(row.row, row.reason, row.column) for row in found.quarantine] == [(4, "unknown_code", "s_1")]
    assert "9 (uden label)" in found.quarantine[0].message.da
    # statoverall_1 stands in the data as its first eight characters.
    assert "unknown_column" not in {item.rule for item in found.problems}
    assert found.rows_read == 3


def test_a_file_is_missing(make: Make, reading: Reading) -> None:
    found = surveyxact.read([make("x_dataset.csv", DATASET.encode())], "questionnaires", reading)
    assert [(item.rule, item.severity) for item in found.problems] == [("missing_file", "critical")]
    assert "labels, structure" in found.problems[0].message.da


def test_a_required_question_is_missing(make: Make, reading: Reading) -> None:
    found = read(make, reading, structure=STRUCTURE.replace("Fik kontakt til lægen", "Andet spørgsmål"))
    critical = [item for item in found.problems if item.severity == "critical"]
    assert [(item.rule, item.column) for item in critical] == [("missing_column", "Fik kontakt til lægen")]
    assert len(found.quarantine) == found.rows_read == 3


def test_empty_torn_and_foreign_files(make: Make, reading: Reading) -> None:
    assert [item.rule for item in read(make, reading, dataset="").problems] == ["empty_file"]
    assert [item.rule for item in read(make, reading, labels="a;b\n1;2\n").problems] == ["no_header"]
    torn = read(make, reading, dataset=DATASET + '4;;2019-09-04;1;"afbr')
    assert [(row.row, row.reason) for row in torn.quarantine] == [(5, "open_quote"), (4, "unknown_code")]
    unknown = read(make, reading, structure=STRUCTURE.replace("fri;tekst", "fri;matrix"))
    assert "matrix" in next(item for item in unknown.problems if item.column == "type").message.da


CUT_STRUCTURE = """variabel;type;spørgsmål;svarmulighed
statoverall_1;system;Ny;
statoverall_3;system;Nogen svar;
statoverall_4;system;Gennemført;
svarnummer;tekst;Svarnummer;
besvaret;dato;Besvaret;
kontakt_laege;enkelt;Fik kontakt til lægen;
kontakt_laege_igen;enkelt;Vil anvende igen;
ulemper_1;flere;Ulemper;Det er for upersonligt
ulemper_2;flere;Ulemper;Andet, ulemper
"""
CUT_LABELS = "variabel;værdi;tekst\nkontakt_;1;Ja\nkontakt_;2;Nej\n"
CUT = """statover;statover;statover;svarnumm;besvaret;kontakt_;kontakt_;ulemper_;ulemper_
0;0;1;1;2019-09-01 10:11:12;1;2;1;0
0;1;0;2;2019-09-02;2;;;
1;0;0;3;;;;;
1;0;0;4;2019-09-04;1;;;
"""


def test_names_of_eight_characters_and_partial_answers(make: Make, reading: Reading) -> None:
    found = read(make, reading, CUT, CUT_LABELS, CUT_STRUCTURE)
    columns = found.frames[0].columns
    # The third is not begun and says nothing; the fourth is said not to be begun, but has answered.
    assert columns["response_id"] == ["1", "2", "4"]
    assert columns["got_contact"] == ["yes", "no", "yes"]
    assert columns["would_use_again"] == ["no", None, None]
    assert columns["dis_too_impersonal"] == [True, None, None]
    assert columns["dis_other"] == [False, None, None]
    assert found.quarantine == ()
    said = [(item.rule, item.column) for item in found.problems if item.rule == "shared_name"]
    assert said == [("shared_name", name) for name in ("statover", "kontakt_", "ulemper_")]
    notes = {item.rule: item.message.da for item in found.problems if item.severity == "note"}
    assert notes["partial_response"].startswith("2 besvarelser")
    assert notes["left_out_not_started"].startswith("1 besvarelser")


def test_a_cut_name_that_is_not_there_as_often_is_not_guessed(make: Make, reading: Reading) -> None:
    short = "\n".join(";".join(line.split(";")[:6]) for line in CUT.splitlines())
    found = read(make, reading, short, CUT_LABELS, CUT_STRUCTURE)
    assert ("ambiguous_variable", "kontakt_") in [(item.rule, item.column) for item in found.problems]
    assert "missing_column" in [item.rule for item in found.problems]
    assert len(found.quarantine) == found.rows_read == 4


def test_an_export_with_labels_says_the_same(make: Make, reading: Reading) -> None:
    labels = """svarnr;dato;s_1;s_2;s_3_1;s_3_2
1;2019-09-01;Ja;Enig;Valgt;
2;2019-09-02;Nej;;;
3;2019-09-03;Måske;;Ikke valgt;Videokonsultation med lægen har ingen ulemper
"""
    columns, codes = read(make, reading, labels).frames[0].columns, read(make, reading).frames[0].columns
    for name in ("response_id", "got_contact", "would_recommend", "dis_too_impersonal", "dis_none"):
        assert columns[name] == codes[name]


def test_damaged_letters_are_mended_and_lost_ones_are_said(make: Make, reading: Reading) -> None:
    damaged = STRUCTURE.encode().decode("latin-1")
    found = read(make, reading, structure=damaged)
    assert "double_encoded" in [item.rule for item in found.problems]
    assert found.frames[0].columns == read(make, reading).frames[0].columns
    lost = read(
        make, reading, structure=STRUCTURE.replace("Fik kontakt til lægen", "Fik kontakt til l\ufffdgen")
    )
    assert {"lost_letters", "missing_column"} <= {item.rule for item in lost.problems}


def test_two_variables_for_one_column(make: Make, reading: Reading) -> None:
    found = read(make, reading, structure=STRUCTURE.replace("Vil anbefale andre", "Fik kontakt til lægen"))
    assert [item.column for item in found.problems if item.severity == "critical"] == ["s_2"]
    assert len(found.quarantine) == found.rows_read == 3


def test_a_status_is_known_by_its_label_and_an_unknown_one_is_said(make: Make, reading: Reading) -> None:
    structure = STRUCTURE.replace("statoverall_1", "stato")
    labels = LABELS + "stato;7;Nogen svar\n"
    data = DATASET.replace("statover", "stato").replace("1;;2019", "1;7;2019").replace("2;;2019", "2;8;2019")
    notes = {item.rule: item.message.da for item in read(make, reading, data, labels, structure).problems}
    assert notes["partial_response"].startswith("1 ")
    assert notes["unknown_status"].startswith("1 ")
