"""``mast forget``: erase a person from the checkout, its stores and its services."""

import argparse
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline import paths
from pipeline.formats.erasures import PSEUDONYM
from pipeline.params import load
from pipeline.privacy.forget import forget
from pipeline.text import Problem, ProblemError, Text

GIT = Text(
    "Git-historikken er ikke skrevet om: en fil, der har været committet med personen, står der stadig og i"
    " hver klon. Rækkerne tæller aldrig med igen; skal de væk dér, kræver det en omskrivning, som alle henter"
    " på ny.",
    "Git's history is not rewritten: a file that was committed with the person still stands there and in"
    " every clone. Its rows never count again; to remove them takes a rewrite that everybody fetches anew.",
)


def main_forget(argv: Sequence[str], root: Path = paths.ROOT) -> int:
    """0 when nothing is left of the person but git's history, 1 when something is left to people."""
    parser = argparse.ArgumentParser(prog="mast forget", description="slet en person · erase a person")
    parser.add_argument("pseudonym", help="p_… eller s_…, aldrig et nummer · never a number")
    parser.add_argument(
        "--state", type=Path, action="append", default=[], help="en tjenestes mappe · a service's folder"
    )
    arguments = parser.parse_args(argv)
    if not PSEUDONYM.fullmatch(arguments.pseudonym):
        # What was given is not shown: it may be a number of the person.
        text = Text("forventet en nøgle på formen p_… eller s_…", "expected a key of the form p_… or s_…")
        raise ProblemError(Problem("mast forget", None, "pseudonym", "bad_identifier", text, "critical"))
    today = datetime.now(ZoneInfo("Europe/Copenhagen")).date()
    done = forget(arguments.pseudonym, root, load().programme, today, arguments.state)
    rows = sum(count for _, count in done.cut)
    print(
        f"{rows} rækker slettet i {len(done.cut)} filer, {len(done.removed)} filer fjernet"
        f" · {rows} rows erased in {len(done.cut)} files, {len(done.removed)} files removed"
    )
    print("Kør ./run report: tabeller og rapporter laves igen uden · run it: all is made again without")
    print(GIT.da)
    print(GIT.en)
    for problem in done.left:
        print(problem.line())
    return 1 if done.left else 0
