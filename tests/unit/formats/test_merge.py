"""One row a key: sent again, corrected later, or contradicting itself."""

from datetime import date

from pipeline.contract import load_contracts
from pipeline.formats.merge import Merged, Part, merge
from pipeline.formats.result import Frame

TABLE = load_contracts().tables["dropout_reasons"]
EARLY, LATE = date(2019, 10, 9), date(2020, 1, 31)


def part(id_: str, received: date, *rows: tuple[str, str]) -> Part:
    columns: dict[str, list[object]] = {
        "clinic_id": [clinic for clinic, _ in rows],
        "stopped_date": [EARLY] * len(rows),
        "reason": [reason for _, reason in rows],
        "source_file": [f"{id_}.csv"] * len(rows),
        "source_row": list(range(2, len(rows) + 2)),
    }
    return Part(id_, "pilot", received, Frame("dropout_reasons", columns))


def rows(made: Merged) -> list[tuple[object, object, object]]:
    return list(
        zip(made.columns["clinic_id"], made.columns["reason"], made.columns["delivery_id"], strict=True)
    )


def test_a_row_sent_again_counts_once_and_was_known_from_the_first_time() -> None:
    made = merge(TABLE, [part("b", LATE, ("x", "time"), ("y", "staff")), part("a", EARLY, ("x", "time"))])
    assert rows(made) == [("x", "time", "a"), ("y", "staff", "b")]
    assert made.again == {"b": 1}
    assert made.set_aside == ()


def test_a_correction_takes_the_place_of_the_earlier_row() -> None:
    made = merge(TABLE, [part("a", EARLY, ("x", "time")), part("b", LATE, ("x", "staff"))])
    assert rows(made) == [("x", "staff", "b")]
    [(delivery, aside)] = made.set_aside
    assert (delivery, aside.reason, aside.file, aside.row) == ("a", "superseded_row", "a.csv", 2)


def test_of_two_rows_received_the_same_day_the_first_stands() -> None:
    made = merge(TABLE, [part("a", EARLY, ("x", "time"), ("x", "staff"))])
    assert rows(made) == [("x", "time", "a")]
    assert [aside.reason for _, aside in made.set_aside] == ["doubled_key"]
    assert made.set_aside[0][1].row == 3


def test_no_delivery_is_an_empty_table() -> None:
    made = merge(TABLE, [])
    assert made.rows == 0
    assert set(made.columns) == set(TABLE.column_names)
