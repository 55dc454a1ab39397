"""The engine answers the portable subset in Arrow, in UTC; every query of the project keeps to it."""

import re
from datetime import UTC, date, datetime

import duckdb
import pyarrow as pa
import pytest

from pipeline import sql
from pipeline.engine import DuckEngine, Engine

# What DuckDB understands and Spark does not, or spells differently (the design's list).
NOT_PORTABLE = (
    r"\bqualify\b",
    r"//",
    r"\bdate_diff\b",
    r"\bdatediff\b",
    r"\bdayofweek\b",
    r"\bstruct",
    r"\blist\b",
    r"\[",
    r"::",
    r"\bilike\b",
    r"\barg_max\b",
    r"\bat time zone\b",
    r"\bepoch",
)


def test_duck_is_an_engine() -> None:
    with DuckEngine() as engine:
        assert isinstance(engine, Engine)


def test_a_table_takes_the_place_of_an_earlier_one() -> None:
    with DuckEngine() as engine:
        engine.add("t", pa.table({"n": [1]}))
        engine.add("t", pa.table({"n": [2, 3]}))
        assert engine.query("select cast(sum(n) as bigint) as total from t").to_pylist() == [{"total": 5}]


def test_a_closed_engine_answers_no_more() -> None:
    engine = DuckEngine()
    engine.close()
    with pytest.raises(duckdb.Error):
        engine.query("select 1")


def test_the_functions_the_engines_share() -> None:
    moment = datetime(2019, 10, 27, 0, 59, 59, 999000, tzinfo=UTC)
    with DuckEngine() as engine:
        engine.add("t", pa.table({"moment": pa.array([moment], pa.timestamp("us", tz="UTC"))}))
        (row,) = engine.query(
            "select unix_millis(moment) as ms, unix_date(date '1970-02-01') as days, "
            "from_utc_timestamp(moment, 'Europe/Copenhagen') as wall, moment from t"
        ).to_pylist()
    assert row["ms"] == 1_572_137_999_999
    assert row["days"] == 31
    assert row["wall"] == datetime.fromisoformat("2019-10-27T02:59:59.999")
    assert row["moment"] == moment


def test_the_danish_date_around_both_clock_changes() -> None:
    moments = {
        datetime(2019, 3, 30, 23, 30, tzinfo=UTC): date(2019, 3, 31),
        datetime(2019, 3, 31, 21, 59, tzinfo=UTC): date(2019, 3, 31),
        datetime(2019, 10, 26, 21, 59, tzinfo=UTC): date(2019, 10, 26),
        datetime(2019, 10, 27, 22, 59, tzinfo=UTC): date(2019, 10, 27),
        datetime(2019, 10, 27, 23, 0, tzinfo=UTC): date(2019, 10, 28),
    }
    with DuckEngine() as engine:
        engine.add("t", pa.table({"moment": pa.array(list(moments), pa.timestamp("us", tz="UTC"))}))
        found = engine.query(
            "select cast(from_utc_timestamp(moment, 'Europe/Copenhagen') as date) as d from t"
        )
    assert found.column("d").to_pylist() == list(moments.values())


@pytest.mark.parametrize("name", sql.names())
def test_queries_keep_to_the_portable_subset(name: str) -> None:
    text = re.sub(r"--[^\n]*", "", sql.load(name)).casefold()
    assert not [word for word in NOT_PORTABLE if re.search(word, text)]
    assert "select * from final" in text
    assert text.lstrip().startswith("with")


def test_a_query_that_is_none_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        sql.load("no_such_query")
