"""The committed schemas: every table of the design is there, and what they say can be carried out."""

import re

import duckdb
import pytest
from contract_rows import all_empty, row, table_of

from pipeline.contract import Rule, Table, headers, load_contracts, normalise_header
from pipeline.contract.ddl import create_all, create_table

CONTRACTS = load_contracts()
CONNECTION = all_empty(CONTRACTS)
RULES = [(table, rule) for table in CONTRACTS.tables.values() for rule in table.rules]
DELIVERED = [
    "practices",
    "regions",
    "bookings",
    "postcards",
    "questionnaires",
    "interview_units",
    "interview_codings",
    "session_events",
    "fee_lines",
    "fee_codes",
    "milestones",
    "invitations",
    "clinic_exposure",
    "dropout_reasons",
    "erasures",
    "support_tickets",
    "adverse_events",
    "time_registrations",
    "cost_registrations",
    "literature",
    "published_figures",
]
DERIVED = [
    "quality_windows",
    "participations",
    "meetings",
    "logins",
    "reference_counts",
    "contacts",
    "cards",
    "responses",
    "clinics",
    "themes",
    "coded_units",
    "flow",
    "estimates",
    "evidence",
    "cost_ledger",
    "cost_results",
    "cost_sensitivity",
    "cost_two_way",
    "cost_breakeven",
    "cost_uncertainty",
    "cost_probability",
    "cost_bridge",
    "cost_information",
    "cost_borrowed",
]


def test_every_table_has_a_contract() -> None:
    kinds = {name: table.kind for name, table in CONTRACTS.tables.items()}
    assert kinds == dict.fromkeys(DELIVERED, "delivered") | dict.fromkeys(DERIVED, "derived")


def test_what_nobody_says_of_a_delivered_table_is_that_it_is_plain() -> None:
    assert CONTRACTS.tables["postcards"].delivered_as == ("danish_csv",)
    assert CONTRACTS.tables["erasures"].delivered_as == ()
    assert not any(CONTRACTS.tables[name].delivered_as for name in DERIVED)


def test_delivered_tables_say_when_a_row_was_known() -> None:
    for name in DELIVERED:
        table = CONTRACTS.tables[name]
        assert table.known == "received_date"
        assert table.column_names[-5:] == (
            "delivery_id",
            "programme",
            "received_date",
            "source_file",
            "source_row",
        )


def test_the_wording_that_is_ours_is_marked() -> None:
    for table, column in (
        ("postcards", "replaced"),
        ("postcards", "comment"),
        ("questionnaires", "would_use_again"),
    ):
        source = CONTRACTS.tables[table].column(column).source
        assert source is not None
        assert "vores formulering" in source.da
        assert "our wording" in source.en


def test_a_region_is_known_by_all_its_names() -> None:
    regions = CONTRACTS.codes["region"]
    for raw in ("1083", "83", "DK-83", "dk-83", "Region Syddanmark", " syddanmark "):
        assert regions.decode(raw) == "1083"
    assert regions.decode("Skåne") is None
    assert regions.label("1083").da == "Syddanmark"


def test_yes_and_no_in_all_their_spellings() -> None:
    booleans = CONTRACTS.codes["boolean"]
    assert {booleans.decode(raw) for raw in ("Ja", "ja", "J", "X", "1")} == {"true"}
    assert {booleans.decode(raw) for raw in ("Nej", "n", "0")} == {"false"}


def test_headers_lead_to_columns() -> None:
    found = headers(CONTRACTS.tables["postcards"])
    assert found[normalise_header("  LÆNGERE  tid end vanligt ")] == "longer_than_usual"
    assert found["bookingnummer"] == "short_id"
    assert "source_row" not in found
    assert "billing_date" not in found


def test_interview_themes_of_the_deck_are_kept() -> None:
    labels = {item.label.da for item in CONTRACTS.codes["interview_theme"].items}
    assert {"Teknik giver usikkerhed", "Booking er tungt", "Øvelse gør mester", "Video-dannelse"} <= labels


def test_the_ddl_of_all_tables_runs() -> None:
    with duckdb.connect() as connection:
        connection.execute(create_all(CONTRACTS))
        names = {name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()}
    assert names == set(CONTRACTS.tables)


@pytest.mark.parametrize(("table", "rule"), RULES, ids=[rule.id for _, rule in RULES])
def test_a_rule_runs_on_empty_tables_and_returns_the_key(table: Table, rule: Rule) -> None:
    answer = CONNECTION.sql(rule.sql)
    assert tuple(answer.columns) == table.primary_key
    assert answer.fetchall() == []


def test_rules_use_the_portable_subset() -> None:
    for _, rule in RULES:
        words = set(re.findall(r"[a-z_]+|//", rule.sql.lower()))
        assert not words & {"qualify", "//", "date_diff", "dayofweek", "list", "struct"}


@pytest.mark.parametrize("name", CONTRACTS.tables)
def test_a_valid_row_can_be_inserted(name: str) -> None:
    table = CONTRACTS.tables[name]
    with duckdb.connect() as connection:
        connection.execute(create_table(table, CONTRACTS.codes))
        connection.register("rows", table_of(table, [row(table, CONTRACTS)]))
        connection.execute(f'insert into "{name}" select * from rows')
