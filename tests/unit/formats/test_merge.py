"""One row a key: sent again, corrected later, or contradicting itself; as if all were held at once."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.contract import load_contracts, spilling, store
from pipeline.contract.spilling import shares
from pipeline.formats.deliveries import Delivery
from pipeline.formats.frames import as_arrow
from pipeline.formats.gathering import Gathering
from pipeline.formats.merge import Lost, set_aside
from pipeline.formats.result import Frame

TABLE = load_contracts().tables["dropout_reasons"]
EARLY, LATE = date(2019, 10, 9), date(2020, 1, 31)
Row = tuple[str, str]


@dataclass(frozen=True)
class Part:
    """What one delivery has: clinics and why they stopped."""

    id: str
    received: date
    rows: Sequence[Row]
    programme: str = "pilot"

    @property
    def told(self) -> Delivery:
        return Delivery(
            self.id, self.programme, (TABLE.name,), "danish_csv", (f"{self.id}.csv",), ("",), self.received,
            len(self.rows), "accepted", True,
        )  # fmt: skip

    @property
    def frame(self) -> Frame:
        columns: dict[str, list[object]] = {
            "clinic_id": [clinic for clinic, _ in self.rows],
            "stopped_date": [EARLY] * len(self.rows),
            "reason": [reason for _, reason in self.rows],
            "source_file": [f"{self.id}.csv"] * len(self.rows),
            "source_row": list(range(2, len(self.rows) + 2)),
        }
        return Frame(TABLE.name, columns)


@dataclass(frozen=True)
class Made:
    """What is left, as (clinic, reason, delivery), how many of each delivery, and what went."""

    rows: list[tuple[object, object, object]]
    accepted: Mapping[str, int]
    lost: list[Lost]


def gather(*parts: Part) -> Made:
    with (
        tempfile.TemporaryDirectory() as name,
        spilling.spilling(Path(name) / "rows", 32) as connection,
    ):
        gathering = Gathering(connection, [TABLE])
        for part in sorted(parts, key=lambda one: one.received):
            gathering.add(TABLE, part.told, part.frame)
        lost = list(gathering.settle(TABLE))
        gathering.write(TABLE, Path(name) / "table.parquet")
        left = store.read(Path(name) / "table.parquet")
        accepted = gathering.accepted(TABLE)
    rows = [(row["clinic_id"], row["reason"], row["delivery_id"]) for row in left.to_pylist()]
    return Made(rows, accepted, lost)


def test_a_row_sent_again_counts_once_and_was_known_from_the_first_time() -> None:
    made = gather(Part("b", LATE, [("x", "time"), ("y", "staff")]), Part("a", EARLY, [("x", "time")]))
    assert made.rows == [("x", "time", "a"), ("y", "staff", "b")]
    assert made.accepted == {"a": 1, "b": 1}
    [one] = made.lost
    assert (one.version.delivery_id, one.why, set_aside(TABLE, one)) == ("b", "rows_again", None)


def test_a_correction_takes_the_place_of_the_earlier_row() -> None:
    made = gather(Part("a", EARLY, [("x", "time")]), Part("b", LATE, [("x", "staff")]))
    assert made.rows == [("x", "staff", "b")]
    [one] = made.lost
    aside = set_aside(TABLE, one)
    assert aside is not None
    assert (one.version.delivery_id, aside.reason, aside.file, aside.row) == (
        "a",
        "superseded_row",
        "a.csv",
        2,
    )


def test_of_two_rows_received_the_same_day_the_first_stands() -> None:
    made = gather(Part("a", EARLY, [("x", "time"), ("x", "staff")]))
    assert made.rows == [("x", "time", "a")]
    assert [(one.why, one.version.source_row) for one in made.lost] == [("doubled_key", 3)]


def test_no_delivery_is_an_empty_table() -> None:
    made = gather()
    assert (made.rows, made.accepted, made.lost) == ([], {}, [])


def naive(parts: Sequence[Part]) -> tuple[set[tuple[object, object, object]], list[tuple[str, str, int]]]:
    """What stands and what went, with everything held in one dictionary."""
    kept: dict[tuple[str, str], tuple[str, Part, int]] = {}
    gone: list[tuple[str, str, int]] = []
    for part in sorted(parts, key=lambda one: one.received):
        for line, (clinic, reason) in enumerate(part.rows, 2):
            other = kept.get((part.programme, clinic))
            if other is None:
                kept[part.programme, clinic] = reason, part, line
            elif other[0] == reason:
                gone.append(("rows_again", part.id, line))
            elif other[1].received == part.received:
                gone.append(("doubled_key", part.id, line))
            else:
                gone.append(("superseded_row", other[1].id, other[2]))
                kept[part.programme, clinic] = reason, part, line
    return {(clinic, reason, part.id) for (_, clinic), (reason, part, _) in kept.items()}, gone


@given(
    st.lists(
        st.tuples(
            st.lists(st.tuples(st.sampled_from("uvxyz"), st.sampled_from(("time", "staff", "other")))),
            st.integers(0, 2),
            st.sampled_from(("pilot", "reference")),
        ),
        max_size=5,
    )
)
def test_it_is_as_if_every_row_were_held(given_: list[tuple[list[Row], int, str]]) -> None:
    parts = [
        Part(f"d{number}", EARLY + timedelta(days), rows, programme)
        for number, (rows, days, programme) in enumerate(given_)
    ]
    made = gather(*parts)
    rows, gone = naive(parts)
    assert set(made.rows) == rows
    in_order = sorted(made.lost, key=lambda one: one.place)
    assert [(one.why, one.version.delivery_id, one.version.source_row) for one in in_order] == gone


def test_keys_in_shares_are_the_same_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = [
        Part("a", EARLY, [(f"c{number % 97}", "time") for number in range(500)]),
        Part("b", LATE, [(f"c{number}", "staff") for number in range(50)]),
    ]
    whole = gather(*parts)
    monkeypatch.setattr(spilling, "GROUPED_ROWS", 40)
    assert len(list(shares(TABLE.unique_key, 550))) == 14
    made = gather(*parts)
    assert made.rows == whole.rows
    assert sorted(one.place for one in made.lost) == sorted(one.place for one in whole.lost)


def test_rows_written_in_batches_are_the_bytes_of_all_at_once(tmp_path: Path) -> None:
    part = Part("a", EARLY, [(f"c{number:04d}", ("time", "staff")[number % 2]) for number in range(3000)])
    whole = as_arrow(TABLE, part.frame, {"delivery_id": "a", "programme": "pilot", "received_date": EARLY})
    store.write(TABLE, whole, tmp_path / "whole.parquet")
    store.write_batches(whole.schema, whole.to_batches(max_chunksize=70), tmp_path / "batches.parquet")
    assert (tmp_path / "batches.parquet").read_bytes() == (tmp_path / "whole.parquet").read_bytes()
