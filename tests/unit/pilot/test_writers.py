"""Files as Danish Excel writes them."""

import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from pipeline.contract import load_contracts
from pipeline.pilot.writers import Raw, Style, danish_csv, zipped

CONTRACTS = load_contracts()


def lines(table: str, row: dict[str, object], style: Style) -> list[str]:
    whole = dict.fromkeys((column.name for column in CONTRACTS.tables[table].delivered_columns), None)
    return danish_csv(CONTRACTS, table, [whole | row], style).decode(style.encoding).split("\r\n")


def test_a_column_that_no_row_names_is_left_out() -> None:
    found = danish_csv(CONTRACTS, "literature", [{"study_id": "s"}], Style()).decode(Style().encoding)
    assert found.split("\r\n")[1] == "s"


def test_a_card_with_every_sin() -> None:
    row = {"card_id": "K1", "meeting_date": date(2019, 10, 1), "is_held": Raw("X"), "kind": "conference",
           "comment": "Lyd; billede"}  # fmt: skip
    style = Style("cp1252", "alias", "-", is_trailing=True, has_separator_line=True, endings=("", "* Æ"))
    first, head, card, *rest = lines("postcards", row, style)
    assert first == "sep=;"
    assert head.startswith("Kort nr;Booking nr;Yder;SOR;Region;Dato;Gennemført?;")
    assert head.endswith(";Kommentar;")
    assert card == 'K1;;;;;01-10-2019;X;-;-;-;Videokonference;-;-;"Lyd; billede";'
    assert rest == ["", "* Æ", ""]


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (datetime(2019, 7, 1, 8, 5, tzinfo=UTC), "01-07-2019 10:05"),
        (datetime(2019, 10, 27, 0, 58, tzinfo=UTC), "2019-10-27T02:58:00+02:00"),
        (datetime(2019, 10, 27, 1, 58, tzinfo=UTC), "2019-10-27T02:58:00+01:00"),
        (datetime(2019, 10, 27, 2, 0, tzinfo=UTC), "27-10-2019 03:00"),
    ],
)
def test_the_hour_that_stands_twice_gets_its_offset(moment: datetime, written: str) -> None:
    assert written in lines("bookings", {"starts_at": moment}, Style())[1].split(";")


def test_decimals_have_a_comma() -> None:
    row = {"study_id": "s", "estimate": Decimal("41.1"), "low": None}
    assert ";41,1;;" in lines("literature", row, Style())[1]


def test_the_same_members_are_the_same_zip() -> None:
    members = {"a.txt": "Æ".encode(), "b/c.txt": b"2"}
    assert zipped(members) == zipped(members)
    with zipfile.ZipFile(io.BytesIO(zipped(members))) as archive:
        assert {item.filename: archive.read(item) for item in archive.infolist()} == members
        assert {item.date_time for item in archive.infolist()} == {(2020, 1, 31, 12, 0, 0)}
