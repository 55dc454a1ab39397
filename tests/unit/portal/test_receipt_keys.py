"""Which keys stand twice and what differs from the delivery before: as with everything in a dictionary."""

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.contract import load_contracts, spilling
from pipeline.portal.keys import Keys, open_keys
from pipeline.portal.receipt import Difference

TABLE = load_contracts().tables["dropout_reasons"]
Row = tuple[str, str]
ROWS = st.lists(st.tuples(st.sampled_from("uvxyz"), st.sampled_from(("time", "staff"))), max_size=12)


def add(keys: Keys, side: str, rows: Sequence[Row]) -> None:
    """``rows`` of clinic and reason, two at a time."""
    for first in range(0, len(rows), 2):
        piece = rows[first : first + 2]
        columns = {
            "clinic_id": [clinic for clinic, _ in piece],
            "stopped_date": [date(2019, 10, 9)] * len(piece),
            "reason": [reason for _, reason in piece],
            "source_row": [*range(2 + first, 2 + first + len(piece))],
        }
        keys.add(side, pa.table(columns))


def naive(now: Sequence[Row], before: Sequence[Row]) -> tuple[list[tuple[int, int]], Difference]:
    doubled = [
        (place, place + 2)
        for place, (clinic, _) in enumerate(now)
        if clinic in {other for other, _ in now[:place]}
    ]
    first = dict(reversed(now))
    known = {clinic: reason for clinic, reason in before if clinic in first}
    same = sum(first[clinic] == reason for clinic, reason in known.items())
    gone = len(before) - len(known)
    return doubled, Difference("d", len(first) - len(known), len(known) - same, gone, same)


@pytest.mark.parametrize("grouped_rows", [3, 250_000])
def test_keys_are_compared_as_in_a_dictionary(grouped_rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spilling, "GROUPED_ROWS", grouped_rows)

    @given(ROWS, ROWS)
    def compared(now: list[Row], before: list[Row]) -> None:
        before = list({clinic: (clinic, reason) for clinic, reason in before}.values())
        with tempfile.TemporaryDirectory() as name, open_keys(TABLE, Path(name)) as keys:
            add(keys, "now", now)
            add(keys, "before", before)
            assert (list(keys.doubled()), keys.difference("d")) == naive(now, before)
        assert not list(Path(name).glob("*"))

    compared()


def test_more_than_a_database_may_hold_is_said(tmp_path: Path) -> None:
    with pytest.raises(MemoryError), spilling.spilling(tmp_path / "rows", 4) as connection:
        connection.execute("SELECT list(range) FROM range(10000000)").fetchall()
    assert not (tmp_path / "rows").exists()
