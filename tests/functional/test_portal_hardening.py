"""The portal under bad luck: a full disk, slow and broken senders, guesses by the thousand, all at once."""

import asyncio
import gzip
import io
import os
import re
import resource
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import aiohttp
import pytest

from pipeline.portal.portal import Portal
from pipeline.web import security
from tests.functional.portal_client import (
    SAME_SITE,
    Clerk,
    Served,
    at_a_portal,
    card,
    cards,
    clerk,
    everything_below,
    portal_process,
)

MB = 1024**2
# What the serving process may hold, whatever it is sent. It is sent more than that.
MOST_MB, SENT_MB, TAKEN_MB = 300, 320, 256
MANY = cards(*(card(number, "en bemærkning, der fylder") for number in range(60_000)))


def left(state: Path) -> list[str]:
    """What stands in the state folder of uploads, deliveries and half-written files."""
    return sorted(
        path.relative_to(state).as_posix()
        for path in state.rglob("*")
        if path.is_file()
        and (path.parts[-2] == "uploads" or "deliveries" in path.parts or path.name[0] == ".")
    )


# --- a disk that fills ---


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A disk of its own in memory; skips the test where this user may make none."""
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        pytest.skip("må ikke montere en disk · may not mount a disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


async def fill_and_make_room(portal: Served, fill: Path) -> None:
    async with clerk(portal.url) as one:
        await one.log_in()
        before = left(portal.state)
        assert not await one.send("postcards", MANY)
        assert one.status == 400
        assert "ikke plads" in one.page
        assert left(portal.state) == before
        fill.unlink()
        delivery = await one.send("postcards", cards(card(1)))
        assert portal.desk.receipt(delivery).rows_accepted == 1


def test_a_disk_that_fills_during_upload(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 3) as disk, portal_process(tmp_path, state=disk / "state") as portal:
        fill = disk / "fill"
        fill.write_bytes(bytes(MB))
        asyncio.run(fill_and_make_room(portal, fill))


def test_a_disk_that_fills_while_the_file_is_read_and_while_it_is_confirmed(tmp_path: Path) -> None:
    async def work(portal: Served, fill: Path) -> None:
        async with clerk(portal.url) as one:
            await one.log_in()
            first = await one.send("regions", b"Region;Server fra\r\n1083;01-11-2026\r\n")
            with fill.open("wb") as file:
                fullest(file.fileno())
            before = left(portal.state)
            await one.get(f"/kvittering/{first}")
            await one.post(f"/kvittering/{first}/bekraeft")
            assert one.status == 507
            assert "ikke plads" in one.page
            # room for the file itself, and not for what is made of it
            fill.write_bytes(fill.read_bytes()[: -len(MANY) - 200_000])
            await one.get("/tabeller")
            assert not await one.send("postcards", MANY)
            assert (one.status, "ikke plads" in one.page) == (400, True)
            assert left(portal.state) == before
            fill.unlink()
            await one.get(f"/kvittering/{first}")
            await one.post(f"/kvittering/{first}/bekraeft")
            assert portal.desk.receipt(first).state == "confirmed"
            assert await one.send("postcards", MANY)

    with small_disk(tmp_path / "disk", 24) as disk, portal_process(tmp_path, state=disk / "state") as portal:
        asyncio.run(work(portal, disk / "fill"))


def fullest(file: int) -> None:
    """Write until there is no room."""
    block = MB
    while block:
        try:
            os.write(file, bytes(block))
        except OSError:
            block //= 2


def test_a_file_larger_than_the_process_may_write(tmp_path: Path) -> None:
    async def work(portal: Served) -> None:
        _, hard = resource.prlimit(portal.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(portal.pid, resource.RLIMIT_FSIZE, (MB, hard))
        async with clerk(portal.url) as one:
            await one.log_in()
            assert not await one.send("postcards", MANY)
            assert (one.status, "ikke plads" in one.page) == (400, True)
            assert left(portal.state) == []
            resource.prlimit(portal.pid, resource.RLIMIT_FSIZE, (hard, hard))
            assert await one.send("postcards", MANY)

    with portal_process(tmp_path) as portal:
        asyncio.run(work(portal))


# --- slow and broken senders ---


@asynccontextmanager
async def raw_upload(
    one: Clerk, head: bytes = b"", length: int = MB
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection that has said it will send a file of ``length`` bytes; ``head`` stands before the file."""
    await one.get("/tabel/postcards")
    cookie = "; ".join(f"{item.key}={item.value}" for item in one.session.cookie_jar)
    start = (
        f'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{one.csrf}\r\n--x\r\n'
        'Content-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    ).encode()
    host = one.url.removeprefix("http://")
    said = (
        f"POST /tabel/postcards HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n"
        "Sec-Fetch-Site: same-origin\r\n"
        f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {length}\r\n\r\n"
    ).encode()
    reader, writer = await asyncio.open_connection(*host.split(":"))
    writer.write(said + (head or start))
    await writer.drain()
    try:
        yield reader, writer
    finally:
        writer.close()


async def answer(reader: asyncio.StreamReader) -> str:
    """All that comes until the other side has no more."""
    made = b""
    while b"</html>" not in made and (block := await asyncio.wait_for(reader.read(65_536), 20)):
        made += block
    return made.decode("utf-8", "replace")


def quick(portal: Portal) -> None:
    portal.receiving.silence_s, portal.receiving.least_bytes_s = 0.5, 10_000


def test_a_sender_that_drips_is_let_go_and_others_are_served_meanwhile(tmp_path: Path) -> None:
    async def work(portal: Portal) -> None:
        quick(portal)
        async with clerk(portal) as one, clerk(portal) as other:
            await one.log_in()
            await other.log_in()
            async with raw_upload(one) as (reader, writer):
                said, served = asyncio.create_task(answer(reader)), 0
                while not said.done():
                    writer.write(b"K")
                    await other.get("/tabeller")
                    assert other.status == 200
                    served += 1
                assert "for langsom" in await said
                assert served > 3
            assert left(tmp_path) == []
            assert await other.send("postcards", cards(card(1)))

    at_a_portal(work, tmp_path)


@pytest.mark.parametrize("start", [b"", b"--x\r\nContent-Disp", b"\r\n" * 50], ids=["file", "head", "blank"])
def test_a_sender_that_falls_silent_is_told(tmp_path: Path, start: bytes) -> None:
    async def work(portal: Portal) -> None:
        quick(portal)
        async with clerk(portal) as one:
            await one.log_in()
            async with raw_upload(one, start) as (reader, _):
                assert "gik i stå" in await answer(reader)
            assert left(tmp_path) == []

    at_a_portal(work, tmp_path)


def test_a_form_that_drips_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(security, "FORM_S", 0.5)

    async def work(portal: Portal) -> None:
        async with clerk(portal) as one:
            host = one.url.removeprefix("http://")
            reader, writer = await asyncio.open_connection(*host.split(":"))
            kind = "application/x-www-form-urlencoded"
            head = (
                f"POST /adgangskode HTTP/1.1\r\nHost: {host}\r\n"
                f"Content-Type: {kind}\r\nContent-Length: 90000\r\n\r\n"
            )
            writer.write(head.encode())
            said = asyncio.create_task(answer(reader))
            while not said.done():
                writer.write(b"a")
                assert "Log ind" in await one.get("/")
            assert " 408 " in (await said).splitlines()[0]
            assert "gik i stå" in await said
            writer.close()

    at_a_portal(work, tmp_path)


def test_a_sender_that_leaves_half_way_leaves_nothing(tmp_path: Path) -> None:
    async def work(portal: Portal) -> None:
        async with clerk(portal) as one:
            await one.log_in()
            for _ in range(20):
                async with raw_upload(one) as (_, writer):
                    writer.write(cards(card(1)))
                    await writer.drain()
                    writer.transport.abort()
            while left(tmp_path):
                await asyncio.sleep(0.05)
            assert portal.desk.receipts() == []
            assert await one.send("postcards", cards(card(1)))

    at_a_portal(work, tmp_path)


# --- much, and more at once ---


async def much(megabytes: int) -> AsyncIterator[bytes]:
    for _ in range(megabytes):
        yield bytes(MB)


def test_a_file_that_is_too_large_is_streamed_and_never_held(tmp_path: Path) -> None:
    """The bound is the configuration's, 2 GB unless set; what is held does not grow with what is sent."""

    async def work(portal: Served) -> None:
        async with clerk(portal.url) as one, clerk(portal.url) as other:
            await one.log_in()
            await other.log_in("Medarbejder i Region Midtjylland")
            before = portal.most_mb
            sending = asyncio.create_task(one.send("postcards", much(SENT_MB), "stor.csv"))
            served = 0
            while not sending.done():
                await other.get("/tabeller")
                assert other.status == 200
                served += 1
            assert await sending == ""
            assert (one.status, f"højst fylde {TAKEN_MB} MB" in one.page) == (400, True)
            assert served > 3
            assert portal.most_mb < MOST_MB
            assert portal.most_mb - before < 64
            assert left(portal.state) == []
            # one that says beforehand how much it is, is not read at all
            async with raw_upload(one, b"--x", 3 * 1024 * MB) as (reader, _):
                assert "for stor" in await answer(reader)
            assert await one.send("postcards", cards(card(1)))

    with portal_process(tmp_path, f"most_mb = {TAKEN_MB}\n") as portal:
        asyncio.run(work(portal))


def test_uploads_at_once_each_have_their_receipt(tmp_path: Path) -> None:
    regions = b"Region;Server fra\r\n%s;01-11-2026\r\n"

    async def work(portal: Portal) -> None:
        async with clerk(portal) as a, clerk(portal) as b, clerk(portal) as c, clerk(portal) as d:
            for who in (a, b, c):
                await who.log_in()
            await d.log_in("Medarbejder i Region Midtjylland")
            made = await asyncio.gather(
                a.send("postcards", cards(card(1))),
                b.send("postcards", cards(card(2), card(3))),
                c.send("regions", regions % b"1083"),
                d.send("postcards", cards(card(4).replace("Syddanmark", "Midtjylland"))),
            )
            receipts = [portal.desk.receipt(delivery) for delivery in made]
            assert [one.rows_accepted for one in receipts] == [1, 2, 1, 1]
            assert [one.region for one in receipts] == ["1083", "1083", "1083", "1082"]
            # the same file by two at once is one delivery
            twice = await asyncio.gather(*(who.send("postcards", cards(card(9))) for who in (a, b)))
            assert len(set(twice)) == 1
            # confirmed by both at once, it is confirmed once
            for who in (a, b):
                await who.get(f"/kvittering/{twice[0]}")
            await asyncio.gather(*(who.post(f"/kvittering/{twice[0]}/bekraeft") for who in (a, b)))
            assert sorted((a.status, b.status)) == [200, 409]
            assert sum(" confirmed: " in line for line in portal.desk.receipt(twice[0]).history) == 1

    at_a_portal(work, tmp_path)


# --- readers that die ---


async def kill_reader(portal: Portal, table: str, page: Clerk, but: int = 0) -> int:
    """Kill the process that reads a file of ``table``, other than ``but``; its number."""
    while True:
        for delivery, pid in portal.receiving.readers.busy.items():
            if table in delivery and pid != but:
                os.kill(pid, signal.SIGKILL)
                return pid
        await page.get("/tabeller")


def test_a_file_that_brings_its_reader_down_takes_nobody_along(tmp_path: Path) -> None:
    async def work(portal: Portal) -> None:
        async with clerk(portal) as one, clerk(portal) as other, clerk(portal) as page:
            for who in (one, other, page):
                await who.log_in()
            broken = asyncio.create_task(one.send("postcards", MANY))
            killed = await kill_reader(portal, "postcards", page)
            meanwhile = asyncio.create_task(
                other.send("regions", b"Region;Server fra\r\n1083;01-11-2026\r\n")
            )
            assert await kill_reader(portal, "postcards", page, killed) != killed
            assert portal.desk.receipt(await meanwhile).rows_accepted == 1
            assert await broken == ""
            assert (one.status, "læsningen gik ned" in one.page, "skriv til CIMT" in one.page) == (
                400,
                True,
                True,
            )
            assert [path for path in left(tmp_path) if "postcards" in path or "uploads" in path] == []
            assert portal.receiving.readers.busy == {}
            # the next one is read as if nothing had been
            assert portal.desk.receipt(await one.send("postcards", cards(card(1)))).rows_accepted == 1

    at_a_portal(work, tmp_path)


def test_a_file_whose_reader_was_killed_by_another_is_read_again(tmp_path: Path) -> None:
    async def work(portal: Portal) -> None:
        async with clerk(portal) as one, clerk(portal) as page:
            await one.log_in()
            await page.log_in()
            sending = asyncio.create_task(one.send("postcards", MANY))
            await kill_reader(portal, "postcards", page)
            assert portal.desk.receipt(await sending).rows_accepted == 60_000
            assert len(portal.desk.receipts()) == 1

    at_a_portal(work, tmp_path)


def test_a_file_that_is_never_read_is_given_up(tmp_path: Path) -> None:
    async def work(portal: Portal) -> None:
        portal.receiving.readers.patience_s, portal.receiving.readers.slowest_bytes_s = 0.2, MB * 1000
        async with clerk(portal) as one:
            await one.log_in()
            assert not await one.send("postcards", MANY)
            assert (one.status, "for lang tid" in one.page) == (400, True)
            assert left(tmp_path) == []
            portal.receiving.readers.patience_s = 60
            assert await one.send("postcards", cards(card(1)))

    at_a_portal(work, tmp_path)


# --- guesses and tricks ---


def test_a_thousand_wrong_tokens_open_nothing_and_shut_nobody_else_out(tmp_path: Path) -> None:
    async def work(portal: Portal) -> None:
        _, token = portal.desk.new_upload_token("1082")
        _, later = portal.desk.new_upload_token("1082")
        async with clerk(portal, "127.0.0.2") as guesser, clerk(portal, "127.0.0.3") as other:
            await guesser.get("/")
            statuses: list[int] = []
            for number in range(1000):
                await guesser.post("/adgangskode", token=f"guess-{number}")
                statuses.append(guesser.status)
            assert set(statuses) == {403, 429}
            assert statuses.count(403) <= 6
            await guesser.post("/adgangskode", token=token)
            assert guesser.status == 429
            assert "Vent" in guesser.page
            await other.get("/")
            await other.post("/adgangskode", token=token)
            assert other.address.endswith("/tabeller")
            portal.tokens.clock = lambda: time.monotonic() + 600
            await guesser.get("/")
            await guesser.post("/adgangskode", token=later)
            assert guesser.address.endswith("/tabeller")
        assert b"guess-" not in everything_below(tmp_path)

    at_a_portal(work, tmp_path)


NAMES = (
    "../../../etc/passwd", "..\\..\\x.csv", "C:\\regneark\\kort.csv", "/etc/passwd", "..", ".",
    "%2e%2e%2fx.csv", "a" * 5000 + ".csv", "\u202egnp.csv", "<script>alert(1)</script>.csv",
    '"; rm -rf ~;.csv', "CON", "kort;kort.csv",
)  # fmt: skip


def test_a_files_name_leads_nowhere(tmp_path: Path) -> None:
    async def work(portal: Portal) -> None:
        async with clerk(portal) as one:
            await one.log_in()
            for number, name in enumerate(NAMES):
                delivery = await one.send("postcards", cards(card(number)), name)
                assert one.status == 200, name
                receipt = portal.desk.receipt(delivery)
                assert "/" not in receipt.file
                assert "\\" not in receipt.file
                assert receipt.file.isprintable()
                assert len(receipt.file) <= 120
                assert "<script>alert" not in one.page
            folders = {path.name for path in (tmp_path / "state" / "deliveries").iterdir()}
            assert all(re.fullmatch(r"1083-postcards-[0-9a-f-]+", name) for name in folders)

    at_a_portal(work, tmp_path / "state")
    assert [path.name for path in tmp_path.iterdir()] == ["state"]


def test_what_is_no_form_is_no_file(tmp_path: Path) -> None:
    bodies = [
        ("application/json", b"{}"),
        ("text/csv", cards(card(1))),
        ("application/x-www-form-urlencoded", b"csrf=x&file=y"),
        ("multipart/form-data", b"--x\r\n"),
        ("multipart/form-data; boundary=x", b"no boundary at all"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n\r\n--x--\r\n"),
        ("multipart/form-data; boundary=" + "x" * 200, b"--x\r\n"),
        (
            "multipart/mixed; boundary=x",
            b"--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y--\r\n--x--",
        ),
        ("", b"\x00" * 100),
    ]

    async def work(portal: Portal) -> None:
        async with clerk(portal) as one:
            await one.log_in()
            for kind, body in bodies:
                headers = {**SAME_SITE, "Content-Type": kind, "Accept": "application/json"}
                async with one.session.post(f"{one.url}/tabel/postcards", data=body, headers=headers) as said:
                    assert said.status == 400, kind
                    assert (await said.json())["error"].endswith(".")
            # a form that is packed is unpacked as it comes, and bounded as what comes out of it
            portal.receiving.most_bytes = 10_000
            await one.get("/tabel/postcards")
            form = aiohttp.FormData()
            form.add_field("csrf", one.csrf)
            form.add_field("file", io.BytesIO(bytes(MB - 1)), filename="a.csv")
            packed = gzip.compress(await whole(form))
            headers = {**SAME_SITE, "Content-Encoding": "gzip", "Content-Type": form().content_type}
            async with one.session.post(f"{one.url}/tabel/postcards", data=packed, headers=headers) as said:
                assert said.status == 400
            assert left(tmp_path) == []

    at_a_portal(work, tmp_path)


async def whole(form: aiohttp.FormData) -> bytes:
    """A form's body."""
    body = form()
    return await body.as_bytes()


def test_no_file_is_taken_without_the_pages_own_token(tmp_path: Path) -> None:
    async def work(portal: Portal) -> None:
        async with clerk(portal) as one, clerk(portal) as other, clerk(portal) as stranger:
            await one.log_in()
            await other.log_in()
            url = f"{one.url}/tabel/postcards"
            await other.get("/tabel/postcards")
            for csrf, site in (("", SAME_SITE), ("x", SAME_SITE), (other.csrf, SAME_SITE), ("", {}),
                               (one.csrf, {"Sec-Fetch-Site": "cross-site"})):  # fmt: skip
                form = aiohttp.FormData()
                form.add_field("csrf", csrf)
                form.add_field("file", cards(card(1)), filename="a.csv")
                async with one.session.post(url, data=form, headers=site) as said:
                    assert said.status == 403
            form = aiohttp.FormData()
            form.add_field("file", cards(card(1)), filename="a.csv")
            form.add_field("csrf", one.csrf)  # comes too late
            async with one.session.post(url, data=form, headers=SAME_SITE) as said:
                assert said.status == 403
            assert not await stranger.send("postcards", cards(card(1)))
            assert stranger.address.rstrip("/") == one.url
            delivery = await one.send("postcards", cards(card(1)))
            for action in ("bekraeft", "traek-tilbage", "husk"):
                async with one.session.post(
                    f"{one.url}/kvittering/{delivery}/{action}", headers=SAME_SITE
                ) as said:
                    assert said.status == 403
            assert portal.desk.receipt(delivery).state == "read"
            assert len(portal.desk.receipts()) == 1

    at_a_portal(work, tmp_path)


def test_a_foreign_regions_receipt_is_as_one_that_never_was(tmp_path: Path) -> None:
    async def work(portal: Portal) -> None:
        async with clerk(portal) as one, clerk(portal) as other:
            await one.log_in()
            await other.log_in("Medarbejder i Region Midtjylland")
            theirs = await one.send("postcards", cards(card(1), "K-2;012345;Fyn;09-10-2019;Ja;"))
            never = theirs[:-4] + "0000"
            pages: list[tuple[int, str]] = []
            for delivery in (theirs, never):
                for path in ("", "/fejl.xlsx"):
                    await other.get(f"/kvittering/{delivery}{path}")
                    pages.append((other.status, other.page))
                await other.get("/tabel/postcards")
                for action in ("bekraeft", "traek-tilbage", "husk"):
                    await other.post(f"/kvittering/{delivery}/{action}")
                    pages.append((other.status, other.page))
            assert pages[:5] == pages[5:]
            assert {status for status, _ in pages} == {404}
            assert portal.desk.receipt(theirs).state == "read"
            assert theirs not in await other.get("/tabel/postcards")

    at_a_portal(work, tmp_path)
