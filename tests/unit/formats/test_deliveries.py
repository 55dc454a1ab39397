"""The delivery index: strict keys, and the same entries are the same bytes."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.formats.deliveries import STATUSES, Delivery, read_index, write_index
from pipeline.formats.readers import READERS
from pipeline.text import ProblemError

GOOD = """[[delivery]]
id = "d1"
programme = "pilot"
table = "postcards"
format = "danish_csv"
files = ["pilot/a.csv"]
received_date = 2019-10-09
rows = 3
sha256 = ["00"]
status = "accepted"
is_reconstructed = true
"""

names = st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
days = st.dates(date(2019, 1, 1), date(2021, 1, 1))


@st.composite
def deliveries(draw: st.DrawFn) -> Delivery:
    count = draw(st.integers(1, 3))
    return Delivery(
        id=draw(names),
        programme=draw(names),
        tables=tuple(draw(st.lists(names, min_size=1, max_size=2))),
        format=draw(st.sampled_from(tuple(READERS))),
        files=tuple(f"pilot/{n}.csv" for n in range(count)),
        sha256=tuple("00" for _ in range(count)),
        received_date=draw(days),
        rows=draw(st.integers(0, 10**6)),
        status=draw(st.sampled_from(STATUSES)),
        is_reconstructed=draw(st.booleans()),
        region=draw(st.none() | names),
        superseded_on=draw(st.none() | days),
        supersedes=draw(st.none() | names),
        note=draw(st.none() | names),
    )


@given(entries=st.lists(deliveries(), max_size=4, unique_by=lambda item: item.id))
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, entries: list[Delivery]) -> None:
    path = tmp_path_factory.mktemp("index") / "deliveries.toml"
    write_index(path, entries, "Leveranceindeks\nanden linje")
    first = path.read_bytes()
    assert list(read_index(path)) == entries
    write_index(path, read_index(path), "Leveranceindeks\nanden linje")
    assert path.read_bytes() == first


def test_only_what_is_accepted_or_was_once_is_read(tmp_path: Path) -> None:
    path = tmp_path / "deliveries.toml"
    gone = GOOD.replace("d1", "d2").replace("accepted", "withdrawn")
    once = GOOD.replace("d1", "d3").replace('"accepted"', '"superseded"\nsuperseded_on = "2020-01-31"')
    path.write_text(GOOD + gone + once, encoding="utf-8")
    assert [item.is_read for item in read_index(path)] == [True, False, True]


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('id = "d1"', 'id = ""', "id"),
        ("rows = 3", "rows = -1", "rows"),
        ("rows = 3", "rows = true", "rows"),
        ("rows = 3", "antal = 3", "antal"),
        ('"accepted"', '"approved"', "status"),
        ('"danish_csv"', '"excel"', "format"),
        ('["pilot/a.csv"]', '"pilot/a.csv"', "files"),
        ('["pilot/a.csv"]', '["../a.csv"]', "files"),
        ('["pilot/a.csv"]', '["/etc/passwd"]', "files"),
        ('["pilot/a.csv"]', '["a.csv", "b.csv"]', "sha256"),
        ("2019-10-09", '"09-10-2019"', "received_date"),
        ("2019-10-09", "2019-10-09T10:00:00", "received_date"),
        ('table = "postcards"\n', "", "table"),
        ("is_reconstructed = true", 'is_reconstructed = "ja"', "is_reconstructed"),
    ],
)
def test_a_wrong_key_is_named(tmp_path: Path, old: str, new: str, key: str) -> None:
    assert old in GOOD
    path = tmp_path / "deliveries.toml"
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(ProblemError) as caught:
        read_index(path)
    assert any((problem.column or "").endswith(f".{key}") for problem in caught.value.problems)


@pytest.mark.parametrize("text", [GOOD + GOOD, "[[levering]]\n", "delivery = 1\n", "nonsense", GOOD[:-10]])
def test_an_index_that_cannot_be_followed_stops(tmp_path: Path, text: str) -> None:
    path = tmp_path / "deliveries.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProblemError):
        read_index(path)
    path.unlink()
    with pytest.raises(ProblemError, match="findes ikke"):
        read_index(path)
