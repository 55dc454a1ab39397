"""How a service runs: static files, secrets, a certificate, and serving until it is told to stop."""

import asyncio
import secrets
import signal
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from pipeline.paths import write_bytes

BACKLOG = 1024
SECRET_BYTES = 32
OWN_STATIC = Path(__file__).with_name("static")


def static_files(folder: Path) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """A handler of ``/static/{name}``: the service's own scripts and styles, and those that all share."""

    async def handler(request: web.Request) -> web.StreamResponse:
        for place in (folder, OWN_STATIC):
            path = place / request.match_info["name"]
            if path.parent == place and path.is_file():
                return web.FileResponse(path)
        raise web.HTTPNotFound

    return handler


def secret_file(folder: Path, name: str) -> bytes:
    """A secret of the service's own, made at its first start; only its owner may read it."""
    path = folder / name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        write_bytes(path, secrets.token_bytes(SECRET_BYTES))
        path.chmod(0o600)
    return path.read_bytes()


def tls(certificate: str, key: str) -> ssl.SSLContext | None:
    """The server's certificate, where there is one."""
    if not certificate:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key or None)
    return context


async def serve_until_stopped(
    app: web.Application, host: str, port: int, context: ssl.SSLContext | None, say: Callable[[], None]
) -> None:
    """Serve until SIGTERM or SIGINT; ``say`` is called once it answers."""
    stop = asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(one, stop.set)
    # No access log: it would hold addresses.
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=3)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, ssl_context=context, backlog=BACKLOG, reuse_port=False).start()
        say()
        await stop.wait()
    finally:
        await runner.cleanup()
