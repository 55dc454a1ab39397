"""``mast forget``: erase a person everywhere. ``mast privacy``: what the law asks to have in writing."""

import argparse
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline import paths
from pipeline.contract import load_contracts
from pipeline.formats.erasures import PSEUDONYM
from pipeline.params import load
from pipeline.privacy.document import to_html, to_markdown
from pipeline.privacy.documents import documents
from pipeline.privacy.forget import forget
from pipeline.privacy.sources import load_sources
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


def main_privacy(argv: Sequence[str]) -> int:
    """Write record of processing, impact assessment and annex, as Markdown and HTML."""
    parser = argparse.ArgumentParser(
        prog="mast privacy", description="fortegnelse, konsekvensanalyse og bilag · what the GDPR asks for"
    )
    parser.add_argument("--out", type=Path, default=paths.ROOT / "data" / "state" / "privacy")
    arguments = parser.parse_args(argv)
    contracts = load_contracts()
    for document in documents(contracts, load_sources(contracts)):
        for ending, text in (("md", to_markdown(document)), ("html", to_html(document))):
            file = arguments.out / f"{document.name}.{ending}"
            paths.write_bytes(file, text.encode())
            print(paths.relative(file))
    return 0
