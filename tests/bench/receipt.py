"""Seconds to read and type a million rows, beside DuckDB's CSV reader and polars on the same cp1252 file.

Run with ``./run bench receipt [rows]``. The peers are given the dialect and the types; DuckDB reads a copy in
UTF-8, whose making counts: its extension for other code pages is fetched from elsewhere. Target: within 4
times the faster. The contract check is a line of its own, and so are whole receipts (target 30 s a million),
with the most memory that the process which makes one holds (target 300 MB, whatever the number of rows): of
the same cards, of cards whose region is misspelt in every row, of cards with a line break in the text, of
cards that all stand twice, and of fees.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb
import polars as pl

from pipeline import paths
from pipeline.contract import load_contracts
from pipeline.formats import danish_csv
from pipeline.formats.result import Reading, Source
from pipeline.identifiers import demonstration_key
from pipeline.portal.held import hold
from pipeline.portal.reading import Sent, read_sent
from tests.process_memory import most_mb

ROWS, MOST_RATIO, MOST_S, MOST_MB = 1_000_000, 4, 30, 300
HEAD = (
    "Kortnummer;Bookingnummer;Ydernummer;SOR-kode;Region;Mødedato;Gennemført;Årsag til ikke gennemført;"
    "Billede og lyd;Længere tid end vanligt;Mødetype;Anvendelse;Erstattede;Bemærkning"
)


def line(number: int) -> str:
    return (
        f"S-{number:07d};14dwb93rx9nz;p_afjqvxslesmqx44lk3pi;;Syddanmark;{1 + number % 28:02d}-10-2019;Ja;;"
        f"Godt billede / god lyd;Nej;Videokonsultation;Konsultation i stedet for fremmøde;"
        f"Fremmøde i klinikken;Gik fint på dag {number % 50}"
    )


FEES = "YDERNR;Region;HONUGE;SPECIALE;ANTYDEL;BRUHON"


def fee(number: int) -> str:
    return f"{1 + number % 9998:06d};1083;22{1 + number % 50:02d};800125;2;29458"


# What is sent beside the cards: its table, its header and its lines.
OTHERS: Mapping[str, tuple[str, str, Callable[[int], str]]] = {
    "every row refused": ("postcards", HEAD, lambda number: line(number).replace("Syd", "Sud")),
    "a break in all texts": ("postcards", HEAD, lambda number: line(number).replace("Gik", '"Gik\n') + '"'),
    "every row twice": ("postcards", HEAD, lambda number: line(number // 2)),
    "fee lines": ("fee_lines", FEES, fee),
}


def write(path: Path, head: str, lines: Callable[[int], str], rows: int) -> None:
    with path.open("w", encoding="cp1252", newline="") as file:
        file.writelines(f"{one}\r\n" for one in (head, *map(lines, range(rows))))


def timed(work: Callable[[], int]) -> tuple[float, int]:
    start = time.perf_counter()
    rows = work()
    return time.perf_counter() - start, rows


def main(rows: int) -> None:
    contracts = load_contracts(paths.SCHEMAS)
    reading = Reading(contracts, demonstration_key())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path, copy = folder / "kort.csv", folder / "kort-utf8.csv"
        write(path, HEAD, line, rows)
        table = contracts.tables["postcards"]
        held_s = 0.0

        def ours() -> int:
            parts = danish_csv.read_pieces(Source(path, path.name), table, reading)
            return sum(frame.rows for part in parts for frame in part.frames)

        def ours_checked() -> int:
            nonlocal held_s
            count = 0
            with duckdb.connect(":memory:", config={"threads": "1"}) as connection:
                for part in danish_csv.read_pieces(Source(path, path.name), table, reading):
                    start = time.perf_counter()
                    count += hold(table, contracts.codes, part, path.name, connection, 0).accepted
                    held_s += time.perf_counter() - start
            return count

        def by_duckdb() -> int:
            copy.write_bytes(path.read_bytes().decode("cp1252").encode())
            asked = f"select * from read_csv('{copy}', delim=';', header=true, dateformat='%d-%m-%Y')"
            return len(duckdb.sql(asked).arrow().read_all())

        def by_polars() -> int:
            frame = pl.read_csv(path, separator=";", encoding="cp1252")
            return frame.with_columns(pl.col("Mødedato").str.to_date("%d-%m-%Y")).height

        found = {name: timed(work) for name, work in (("reading and typing", ours), ("DuckDB", by_duckdb),
                 ("polars", by_polars), ("with contract check", ours_checked))}  # fmt: skip
        assert {count for _, count in found.values()} == {rows}
        found["contract check alone"] = held_s, rows
        for name, (seconds, _) in found.items():
            print(f"{name:20} {seconds * 1e6 / rows:7.2f} s per million rows")
        faster = min(found["DuckDB"][0], found["polars"][0])
        ratio = found["reading and typing"][0] / faster
        print(f"ratio to the faster  {ratio:7.2f}   (target ≤ {MOST_RATIO})")
        print(f"Whole receipts (target ≤ {MOST_S} s per million rows, ≤ {MOST_MB} MB):", flush=True)
        show("cards", "postcards", path, rows)
        for name, (of, head, lines) in OTHERS.items():
            write(path, head, lines, rows)
            show(name, of, path, rows)


def show(name: str, table: str, path: Path, rows: int) -> None:
    """Let a process of its own make a receipt, and print what it took."""
    command = [sys.executable, __file__, "receipt", table, str(path)]
    made = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert made["rows"] == rows
    print(
        f"{name:20} {made['seconds'] * 1e6 / rows:7.2f} s per million rows   {made['mb']:4.0f} MB"
        f"   {made['accepted']:9,} accepted",
        flush=True,
    )


def receipt(table: str, path: Path) -> None:
    """One whole receipt in this process, and what it took."""
    sent = Sent("x", "1083", table, path.name, path, "", 0, "2019-10-09T12:00:00+02:00")
    start = time.perf_counter()
    made = read_sent(sent, path.parent / "out", path.parent / "none", "", None)
    taken = {"rows": made.rows_read, "accepted": made.rows_accepted, "mb": most_mb()}
    print(json.dumps({"seconds": time.perf_counter() - start, **taken}))


if __name__ == "__main__":
    if sys.argv[1:2] == ["receipt"]:
        receipt(sys.argv[2], Path(sys.argv[3]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
