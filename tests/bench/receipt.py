"""Seconds to read and type a million rows, beside DuckDB's CSV reader and polars on the same cp1252 file.

Run with ``./run bench receipt [rows]``. The peers are given the dialect and the types; DuckDB reads a copy in
UTF-8: its extension for other code pages is fetched from elsewhere. Target: within 4 times the faster. The
contract check, the workbook and the comparison with the previous delivery are a line of their own.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl

from pipeline import paths
from pipeline.contract import load_contracts
from pipeline.formats import danish_csv
from pipeline.formats.result import Reading, Source
from pipeline.identifiers import demonstration_key
from pipeline.portal.reading import Sent, read_sent

ROWS, MOST_RATIO = 1_000_000, 4
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
        text = "\r\n".join([HEAD, *map(line, range(rows))]) + "\r\n"
        path.write_bytes(text.encode("cp1252"))
        copy.write_bytes(text.encode())

        def ours() -> int:
            return danish_csv.read([Source(path, path.name)], "postcards", reading).frames[0].rows

        def by_duckdb() -> int:
            asked = f"select * from read_csv('{copy}', delim=';', header=true, dateformat='%d-%m-%Y')"
            return len(duckdb.sql(asked).arrow().read_all())

        def by_polars() -> int:
            frame = pl.read_csv(path, separator=";", encoding="cp1252")
            return frame.with_columns(pl.col("Mødedato").str.to_date("%d-%m-%Y")).height

        def receipt() -> int:
            sent = Sent("x", "1083", "postcards", path.name, path, "", 0, "2019-10-09T12:00:00+02:00")
            return read_sent(sent, folder / "out", folder / "none", "", None).rows_accepted

        per_million = 1e6 / rows
        found = {name: timed(work) for name, work in (("reading and typing", ours), ("DuckDB", by_duckdb),
                 ("polars", by_polars), ("whole receipt", receipt))}  # fmt: skip
    assert {count for _, count in found.values()} == {rows}
    for name, (seconds, _) in found.items():
        print(f"{name:20} {seconds * per_million:7.2f} s per million rows")
    faster = min(found["DuckDB"][0], found["polars"][0])
    print(f"ratio to the faster  {found['reading and typing'][0] / faster:7.2f}   (target ≤ {MOST_RATIO})")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
