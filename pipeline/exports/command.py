"""``mast export``: the run's tables in the formats that researchers use."""

import argparse
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pipeline import paths
from pipeline.contract import Contracts, load_contracts
from pipeline.exports import excel, labelled, plain, r_script, refi_qda
from pipeline.exports.source import PERSONAL, RECONSTRUCTED, tables
from pipeline.params import load

FORMATS = ("parquet", "csv", "stata", "spss", "r", "excel", "refi_qda")


def main(argv: Sequence[str]) -> int:
    """Write every chosen format below the folder."""
    parser = argparse.ArgumentParser(
        prog="mast export", description="tabeller til forskere · tables for researchers"
    )
    parser.add_argument(
        "--out", type=Path, default=paths.ROOT / "data" / "state" / "export", help="mappe · folder"
    )
    parser.add_argument("--format", action="append", choices=FORMATS, help="ellers alle · else all")
    arguments = parser.parse_args(argv)
    made = write(load_contracts(), arguments.out, tuple(arguments.format or FORMATS), load().as_of)
    print(f"{len(made)} filer i · files in {paths.relative(arguments.out)}")
    print(PERSONAL)
    return 0


def write(contracts: Contracts, out: Path, formats: Sequence[str], day: date) -> list[Path]:
    """The files written; ``day`` stands as their time of writing. Raises ProblemError without a run."""
    every = list(tables(contracts))
    folders = {name: out / name for name in formats}
    made: list[Path] = []
    for item in every:
        if "parquet" in folders:
            made.append(plain.write_parquet(item, folders["parquet"]))
        if "csv" in folders:
            made.append(plain.write_csv(item, folders["csv"]))
        if "stata" in folders:
            made.append(labelled.write_stata(item, contracts, folders["stata"], day))
        if "spss" in folders:
            made.append(labelled.write_spss(item, contracts, folders["spss"], day))
    if "csv" in folders:
        made.append(plain.write_package(every, contracts, folders["csv"]))
    if "r" in folders:
        made.append(r_script.write_r(every, contracts, folders.get("csv", folders["r"])))
    if "excel" in folders:
        made.append(excel.write_excel(every, contracts, folders["excel"]))
    if "refi_qda" in folders:
        made += refi_qda.write_refi_qda(every, contracts, folders["refi_qda"], day)
    said = "\n\n".join(f"{text.da}\n{text.en}" for text in (PERSONAL, RECONSTRUCTED))
    paths.write_bytes(out / "LAESMIG.txt", f"{said}\n".encode())
    return [*made, out / "LAESMIG.txt"]
