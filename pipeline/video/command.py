"""``mast video``: serve a node, and what belongs to it."""

import argparse
import asyncio
import logging
import os
import shutil
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import uvloop

from pipeline import paths
from pipeline.contract import load_contracts
from pipeline.text import Problem, ProblemError, Text
from pipeline.video.app import make_app
from pipeline.video.config import Config, load_config
from pipeline.video.export import DANISH, export, index_text
from pipeline.video.fees import STANDARD, load_fee_codes
from pipeline.video.store import Store
from pipeline.web.serving import serve_until_stopped, tls


def main(argv: Sequence[str]) -> int:
    """Run one subcommand; raises ProblemError for a configuration that cannot work."""
    parser = argparse.ArgumentParser(prog="mast video", description="videotjenesten · the video service")
    commands = parser.add_subparsers(required=True, metavar="kommando")
    serve = commands.add_parser("serve", help="kør en node · run a node")
    serve.add_argument("config", nargs="?", type=Path, help="TOML-fil · TOML file")
    serve.set_defaults(run=_serve)
    health = commands.add_parser(
        "health", help="prøv en kørende node med et testopkald · try a running node by a test call"
    )
    health.add_argument("config", nargs="?", type=Path, help="TOML-fil · TOML file")
    health.set_defaults(run=_health)
    export = commands.add_parser("export", help="skriv log og tabeller · write log and tables")
    export.add_argument("config", nargs="?", type=Path, help="TOML-fil · TOML file")
    export.add_argument("--out", type=Path, required=True, help="mappe · folder")
    export.set_defaults(run=_export)
    show = commands.add_parser(
        "demo", help="hold rigtige møder med browsere · hold real meetings by browsers"
    )
    show.add_argument("--meetings", type=int, default=8)
    show.add_argument("--seconds", type=float, default=25)
    show.add_argument("--out", type=Path, required=True, help="mappe · folder")
    show.set_defaults(run=_demo)
    arguments = parser.parse_args(argv)
    return int(arguments.run(arguments) or 0)


def _serve(arguments: argparse.Namespace) -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    config = load_config(arguments.config)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(config))


def _health(arguments: argparse.Namespace) -> int:
    from pipeline.video.health import HealthError, check

    config = load_config(arguments.config)
    token = config.state / "api-token"
    if not token.is_file():
        said = Text("noden har ikke kørt på denne maskine", "the node has not run on this machine")
        raise ProblemError(Problem(paths.relative(token), None, None, "health", said, "critical"))
    try:
        for step in asyncio.run(check(config.url, token.read_bytes().hex())):
            print(f"{step.took_ms:6.0f} ms  {step.what.da} · {step.what.en}")
    except HealthError as error:
        print(f"{error.what.da}: svarer ikke, som den skal · {error.what.en}: not as it should be")
        return 1
    return 0


def _export(arguments: argparse.Namespace) -> None:
    config = load_config(arguments.config)
    store = Store(config.state / "state.sqlite")
    fees = load_fee_codes(Path(config.fee_table) if config.fee_table else STANDARD)
    today = datetime.now(DANISH).date()
    entries = export(config, store, load_contracts(paths.SCHEMAS), fees, arguments.out, today)
    store.close()
    paths.write_bytes(arguments.out / "deliveries.toml", index_text(entries, arguments.out.name).encode())
    for entry in entries:
        print(f"{entry['table']}: {entry['rows']} rækker · rows")


def _demo(arguments: argparse.Namespace) -> None:
    from pipeline.video.demo import demo

    path = os.environ.get("BROWSER_PATH") or shutil.which("chromium")
    if not path:
        said = Text("ingen browser: sæt BROWSER_PATH", "no browser: set BROWSER_PATH")
        raise ProblemError(Problem("BROWSER_PATH", None, None, "browser", said, "critical"))
    with tempfile.TemporaryDirectory() as work:
        demo(
            path, arguments.out, Path(work), meetings=arguments.meetings, seconds=arguments.seconds, say=print
        )


async def serve(config: Config) -> None:
    """Serve until SIGTERM or SIGINT; live meetings are ended and logged first."""

    def say() -> None:
        print(f"Klinik · clinic:   {config.url}/klinik")
        print(f"Borger · citizen:  {config.url}/", flush=True)

    context = tls(config.tls_certificate, config.tls_key)
    await serve_until_stopped(make_app(config), config.host, config.port, context, say)
