"""``mast portal``: serve it, hand out upload tokens; ``mast accept``: take deliveries into the raw data."""

import argparse
import asyncio
import getpass
import logging
from collections.abc import Sequence
from pathlib import Path

from pipeline import paths
from pipeline.contract import load_contracts
from pipeline.portal.accept import accept, inbox, withdrawn
from pipeline.portal.app import make_app
from pipeline.portal.config import load_config
from pipeline.portal.desk import Desk
from pipeline.web.serving import serve_until_stopped, tls


def main(argv: Sequence[str]) -> int:
    """Run one subcommand; raises ProblemError for a configuration that cannot work."""
    parser = argparse.ArgumentParser(
        prog="mast portal", description="regionernes leverancer · the regions' deliveries"
    )
    commands = parser.add_subparsers(required=True, metavar="kommando")
    serve = commands.add_parser("serve", help="kør portalen · run the portal")
    _with_config(serve).set_defaults(run=_serve)
    token = commands.add_parser("token", help="engangskode til en region · a one-time token for a region")
    _with_config(token).add_argument("region", choices=load_contracts(paths.SCHEMAS).codes["region"].codes)
    token.set_defaults(run=_token)
    revoke = commands.add_parser("revoke", help="spær en engangskode · revoke a token")
    _with_config(revoke).add_argument("id")
    revoke.set_defaults(run=_revoke)
    arguments = parser.parse_args(argv)
    return int(arguments.run(arguments) or 0)


def main_accept(argv: Sequence[str]) -> int:
    """Show what is confirmed, or take some of it in."""
    parser = argparse.ArgumentParser(
        prog="mast accept", description="tag bekræftede leverancer ind · take confirmed deliveries in"
    )
    _with_config(parser)
    parser.add_argument(
        "ids", nargs="*", help="leverancer, ellers vises de · deliveries, else they are shown"
    )
    parser.add_argument("--note", default="", help="analytikerens note · the analyst's note")
    arguments = parser.parse_args(argv)
    config = load_config(arguments.config)
    desk = Desk(config.state)
    for name in withdrawn(desk, paths.DELIVERIES):
        print(f"{name}: trukket tilbage af regionen; tages ud · withdrawn by the region; taken out")
    if not arguments.ids:
        for receipt in inbox(desk):
            print(
                f"{receipt.id}  {receipt.rows_accepted} rækker, {receipt.rows_refused} afvist, "
                f"{receipt.confirmed_at} · rows, refused"
            )
        return 0
    by = getpass.getuser()
    for entry in accept(desk, arguments.ids, arguments.note, config, paths.RAW, by):
        print(f"{entry.id}: {entry.rows} rækker i · rows in {entry.files[0]}")
    return 0


def _with_config(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--config", type=Path, help="TOML-fil · TOML file")
    return parser


def _serve(arguments: argparse.Namespace) -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    config = load_config(arguments.config)
    context = tls(config.tls_certificate, config.tls_key)
    said = f"Portal: {config.url}/"
    serving = serve_until_stopped(
        make_app(config), config.host, config.port, context, lambda: print(said, flush=True)
    )
    asyncio.run(serving)


def _token(arguments: argparse.Namespace) -> None:
    desk = Desk(load_config(arguments.config).state)
    name, token = desk.new_upload_token(arguments.region)
    print(f"Engangskode (id {name}), vises kun nu · one-time token (id {name}), shown only now:\n{token}")


def _revoke(arguments: argparse.Namespace) -> int:
    is_known = Desk(load_config(arguments.config).state).revoke_upload_token(arguments.id)
    print("spærret · revoked" if is_known else "ukendt id · unknown id")
    return 0 if is_known else 1
