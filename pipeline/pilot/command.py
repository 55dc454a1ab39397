"""``mast pilot``: rebuild the pilot's deliveries, or say whether the committed ones are up to date."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from pipeline import paths
from pipeline.pilot.deliver import SEED, make, stale, write

TARGETS = paths.ROOT / "tests" / "golden"


def main(argv: Sequence[str] | None = None) -> int:
    """``generate [--seed N] [--targets FOLDER] [--out FOLDER]``: write files and index."""
    parser = argparse.ArgumentParser(
        prog="mast pilot", description="Pilotens leverancer · the pilot's deliveries"
    )
    commands = parser.add_subparsers(title="kommandoer · commands", required=True, metavar="kommando")
    command = commands.add_parser(
        "generate",
        help="genskab leverancerne fra de publicerede tal · rebuild them from the published figures",
    )
    command.add_argument("--seed", type=int, default=SEED, help="frø · seed (%(default)s)")
    command.add_argument(
        "--targets", type=Path, default=TARGETS, help="mappe med målene · folder of the targets"
    )
    command.add_argument(
        "--out", type=Path, default=paths.RAW, help="mappe til filerne · folder for the files"
    )
    arguments = parser.parse_args(argv)
    made = make(arguments.targets, arguments.seed)
    write(made, arguments.out)
    count, size = len(made.files), sum(map(len, made.files.values()))
    print(f"{count} filer, {size} byte, skrevet til · written to {paths.relative(arguments.out)}")
    return 0


def stale_files() -> list[str]:
    """The committed files below ``data/raw`` that the generator would write otherwise."""
    return stale(make(TARGETS, SEED), paths.RAW)
