"""Schema files are read strictly: what is wrong is named with file and key, in both languages."""

from pathlib import Path

import pytest

from pipeline.contract import ContractError, load_contracts

CODES = """
[colour]
title = { da = "Farve", en = "Colour" }
[colour.items]
red = { da = "Rød", en = "Red", spellings = ["r"] }
blue = { da = "Blå", en = "Blue" }
"""
PROVENANCE = """
[[columns]]
name = "received_date"
type = "date"
required = true
label = { da = "Modtaget", en = "Received" }
"""
THINGS = """
name = "things"
title = { da = "Ting", en = "Things" }
kind = "delivered"
primary_key = ["thing"]
occurred = "made"
known = "received_date"
[[columns]]
name = "thing"
type = "string"
required = true
label = { da = "Ting", en = "Thing" }
[[columns]]
name = "made"
type = "date"
label = { da = "Lavet", en = "Made" }
[[columns]]
name = "colour"
type = "string"
codes = "colour"
label = { da = "Farve", en = "Colour" }
[[rules]]
id = "things.red"
severity = "warning"
message = { da = "Rød ting", en = "Red thing" }
sql = "select thing from things where colour = 'red'"
"""


def folder(tmp_path: Path, things: str = THINGS, codes: str = CODES, provenance: str = PROVENANCE) -> Path:
    for name, text in (("things", things), ("codes", codes), ("provenance", provenance)):
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_contract_is_read(tmp_path: Path) -> None:
    contracts = load_contracts(folder(tmp_path))
    things = contracts.tables["things"]
    assert things.column_names == ("thing", "made", "colour", "received_date")
    assert things.provenance == ("received_date",)
    assert [column.name for column in things.delivered_columns] == ["thing", "made", "colour"]
    assert things.column("colour").codes == "colour"
    assert things.rules[0].message.da == "Rød ting"
    assert contracts.codes["colour"].decode(" BLÅ ") == "blue"


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('kind = "delivered"', 'kind = "delivered"\ncolor = 1', "color"),
        ('kind = "delivered"', 'kind = "other"', "kind"),
        ('label = { da = "Lavet", en = "Made" }', 'label = { da = "Lavet" }', "columns[made].label.en"),
        (
            'label = { da = "Lavet", en = "Made" }',
            'label = { da = "Lavet", en = " " }',
            "columns[made].label.en",
        ),
        ('label = { da = "Lavet", en = "Made" }', "", "columns[made].label"),
        ('label = { da = "Lavet", en = "Made" }', 'label = { da = "Ting", en = "Made" }', "columns[made]"),
        ('codes = "colour"', 'codes = "color"', "columns[colour].codes"),
        ('codes = "colour"', 'codes = "colour"\nminimum = 1', "columns[colour].minimum"),
        ('codes = "colour"', 'codes = "colour"\npattern = "("', "columns[colour].pattern"),
        ('codes = "colour"', 'codes = "colour"\npattern = "(a|b)c"', "columns[colour].pattern"),
        ('codes = "colour"', 'codes = "colour"\nrequired = "yes"', "columns[colour].required"),
        ('codes = "colour"', 'codes = "colour"\nrequired_for = ["x"]', "columns[colour].required_for"),
        ('type = "date"', 'type = "day"', "columns[made].type"),
        ('name = "made"', 'name = "Made"', "columns[Made]"),
        ('name = "made"', 'name = "thing"', "columns[thing]"),
        ('primary_key = ["thing"]', 'primary_key = ["things"]', "primary_key"),
        ('primary_key = ["thing"]', 'primary_key = ["made"]', "primary_key"),
        ('primary_key = ["thing"]', "primary_key = []", "primary_key"),
        ('occurred = "made"', 'occurred = "born"', "occurred"),
        ('name = "things"', 'name = "stuff"', "name"),
        ('message = { da = "Rød ting", en = "Red thing" }', "", "rules[things.red].message"),
        ('severity = "warning"', 'severity = "bad"', "rules[things.red].severity"),
        ('sql = "select', 'sql = "delete', "rules[things.red].sql"),
        ('id = "things.red"', 'id = "red"', "rules[red]"),
        (
            "[[rules]]",
            "[[foreign_keys]]\ncolumns=['thing']\ntable='no'\nreferences=['x']\n[[rules]]",
            "foreign_keys[1]",
        ),
    ],
)
def test_a_mistake_is_named_with_file_and_key(tmp_path: Path, old: str, new: str, key: str) -> None:
    assert old in THINGS
    with pytest.raises(ContractError) as caught:
        load_contracts(folder(tmp_path, things=THINGS.replace(old, new, 1)))
    line = str(caught.value)
    assert line.startswith(f"things.toml, nøgle {key}:")
    assert "\n" not in line
    assert " · " in line


def test_a_spelling_that_means_two_codes_is_refused(tmp_path: Path) -> None:
    codes = CODES.replace(
        'blue = { da = "Blå", en = "Blue" }', 'blue = { da = "Blå", en = "Blue", spellings = ["R"] }'
    )
    with pytest.raises(ContractError, match=r"codes\.toml, nøgle colour\.items\.blue"):
        load_contracts(folder(tmp_path, codes=codes))


def test_a_missing_or_broken_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"codes\.toml"):
        load_contracts(tmp_path)
    with pytest.raises(ContractError, match=r"things\.toml.*TOML"):
        load_contracts(folder(tmp_path, things="name = "))


def test_a_header_means_one_column(tmp_path: Path) -> None:
    aliased = THINGS.replace('name = "made"', 'name = "made"\naliases = ["farve"]')
    with pytest.raises(ContractError, match="Farve"):
        load_contracts(folder(tmp_path, things=aliased))
