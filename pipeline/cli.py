"""The command ``mast``: everything that is not a stage of ``dvc.yaml``."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline import paths
from pipeline.text import ProblemError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand; problems are printed as lines, and the exit code is 1."""
    given = sys.argv[1:] if argv is None else list(argv)
    # A command with a parser of its own gets what follows as it is: argparse would take its options for ours.
    if given and given[0] in _OWN_PARSER:
        arguments = argparse.Namespace(run=_OWN_PARSER[given[0]], arguments=given[1:])
    else:
        arguments = _parser().parse_args(given)
    try:
        return int(arguments.run(arguments) or 0)
    except ProblemError as error:
        for problem in error.problems:
            print(problem.line(), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Afbrudt · Interrupted", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mast",
        description="MAST: fra leverancer til rapport · from deliveries to report",
    )
    commands = parser.add_subparsers(title="kommandoer · commands", required=True, metavar="kommando")

    preview = commands.add_parser(
        "preview",
        help="vis en rapport, mens teksten skrives · show a report while its text is written",
    )
    preview.add_argument(
        "report",
        nargs="?",
        default="evaluation",
        choices=("evaluation", "business_case"),
    )
    preview.add_argument("--once", action="store_true", help="vis én gang og stop · render once and stop")
    preview.set_defaults(run=_preview)

    templates = commands.add_parser(
        "templates",
        help="skriv skabeloner til regionerne · write templates for the regions",
    )
    templates.add_argument("--out", type=Path, default=paths.ROOT / "data" / "state" / "templates")
    templates.set_defaults(run=_templates)

    commands.add_parser("pilot", help="genskab pilotens leverancer · rebuild the pilot's deliveries")

    commands.add_parser("video", help="videotjenesten · the video service", add_help=False)

    commands.add_parser("portal", help="regionernes portal · the regions' portal", add_help=False)

    commands.add_parser(
        "accept", help="tag leverancer fra portalen ind · take deliveries from the portal in", add_help=False
    )

    commands.add_parser("export", help="tabeller til forskere · tables for researchers", add_help=False)

    commands.add_parser("key", help="ny nøgle til pseudonymer · a new key for pseudonyms", add_help=False)

    commands.add_parser(
        "privacy", help="dokumenter til databeskyttelse · data protection documents", add_help=False
    )

    commands.add_parser("forget", help="slet en person · erase a person", add_help=False)

    check = commands.add_parser(
        "check-generated",
        help="er genererede filer ajour? · are generated files up to date?",
    )
    check.set_defaults(run=_check_generated)
    return parser


def _preview(arguments: argparse.Namespace) -> None:
    from pipeline.report.preview import checkout, preview

    preview(checkout(), report=arguments.report, once=arguments.once)


def _templates(arguments: argparse.Namespace) -> None:
    from pipeline.contract import load_contracts
    from pipeline.contract.templates import write_all

    write_all(load_contracts(), arguments.out)
    print(f"Skabeloner skrevet til · templates written to {paths.relative(arguments.out)}")


def _pilot(arguments: argparse.Namespace) -> int | None:
    from pipeline.pilot import main as pilot_main

    return pilot_main(arguments.arguments)


def _video(arguments: argparse.Namespace) -> int:
    from pipeline.video.command import main as video_main

    return video_main(arguments.arguments)


def _portal(arguments: argparse.Namespace) -> int:
    from pipeline.portal.command import main as portal_main

    return portal_main(arguments.arguments)


def _accept(arguments: argparse.Namespace) -> int:
    from pipeline.portal.command import main_accept

    return main_accept(arguments.arguments)


def _export(arguments: argparse.Namespace) -> int:
    from pipeline.exports.command import main as export_main

    return export_main(arguments.arguments)


def _key(arguments: argparse.Namespace) -> int:
    from pipeline.identifiers.key_file import main as key_main

    return key_main(arguments.arguments)


def _forget(arguments: argparse.Namespace) -> int:
    from pipeline.privacy.command import main_forget

    return main_forget(arguments.arguments)


def _privacy(arguments: argparse.Namespace) -> int:
    from pipeline.privacy.command import main_privacy

    return main_privacy(arguments.arguments)


def _check_generated(_: argparse.Namespace) -> int:
    from pipeline.pilot import stale_files

    stale = stale_files()
    for name in stale:
        print(
            f"{name}: ikke ajour, kør 'mast pilot generate' · stale, run 'mast pilot generate'",
            file=sys.stderr,
        )
    return 1 if stale else 0


_OWN_PARSER: dict[str, Callable[[argparse.Namespace], int | None]] = {
    "pilot": _pilot,
    "video": _video,
    "portal": _portal,
    "accept": _accept,
    "export": _export,
    "key": _key,
    "forget": _forget,
    "privacy": _privacy,
}

if __name__ == "__main__":
    sys.exit(main())
