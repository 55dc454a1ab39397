"""The service under bad input and bad luck: one person is told, others go on, the log stays true."""

import asyncio
import json
import math
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from pipeline.video import health
from pipeline.video.codes import ALPHABET, new_link_code
from tests.functional.video_client import SAME_SITE, Client, Running, call, person, running, until


def on_a_node(work: Callable[[Running], Awaitable[None]], folder: Path, **given: Any) -> None:
    async def main() -> None:
        async with running(folder, **given) as node:
            await work(node)

    asyncio.run(main())


def test_a_link_cut_at_every_length_leads_to_the_code(tmp_path: Path) -> None:
    async def work(node: Running) -> None:
        booked = await node.book()
        invitation = booked["invitations"][0]
        link = invitation["link"]
        whole = link.removeprefix(node.url)
        async with person(node) as guest:
            for length in range(1, len(whole)):
                shown = await guest.get(whole[:length])
                assert guest.status == 200, whole[:length]
                assert 'action="/kode"' in shown
            assert node.reasons("link.rejected") == ["link.truncated"] * (len(whole) - 1)
            assert not node.events("link.opened")
            await guest.post("/kode", code=invitation["spokenCode"])
            assert guest.address.endswith("/invitation")
            assert len(node.events("link.opened")) == 1

    on_a_node(work, tmp_path)


def test_opening_a_link_uses_nothing_up(tmp_path: Path) -> None:
    async def work(node: Running) -> None:
        link = (await node.book())["invitations"][0]["link"]
        for _ in range(3):
            async with person(node) as scanner:
                await scanner.get(link)
        async with person(node) as guest:
            await guest.log_in(link)
            assert guest.address.endswith("/moede")

    on_a_node(work, tmp_path)


def test_guessed_codes_are_locked_out(tmp_path: Path) -> None:
    async def work(node: Running) -> None:
        async with person(node) as stranger:
            await stranger.get("/")
            for _ in range(8):
                await stranger.post("/kode", code="1234-5678")
            assert stranger.status == 429
            assert "For mange forsøg" in stranger.page
        assert node.reasons("link.rejected").count("link.rate_limited") == 3

    on_a_node(work, tmp_path)


@pytest.mark.parametrize("code", [new_link_code(), "x" * 16, "0" * 200, "%00%ff", "../../etc/passwd", "æøå"])
def test_a_foreign_link_leads_nowhere(tmp_path: Path, code: str) -> None:
    async def work(node: Running) -> None:
        await node.book()
        async with person(node) as stranger:
            shown = await stranger.get(f"/m/{code}")
            assert stranger.status in (200, 404)
            assert "invitation" not in stranger.address
            assert code not in shown or len(code) < 4

    on_a_node(work, tmp_path)


def test_one_link_is_one_persons(tmp_path: Path) -> None:
    async def work(node: Running) -> None:
        link = (await node.book())["invitations"][0]["link"]
        async with person(node) as first, person(node) as other:
            await first.log_in(link)
            assert first.address.endswith("/moede")
            await other.log_in(link, "En anden")
            assert "En anden er allerede logget ind" in other.page
            assert node.reasons("auth.failed") == ["auth.wrong_person"]
            assert (await other.enter())["t"] == "bye"
            assert (await first.enter())["t"] == "welcome"

    on_a_node(work, tmp_path)


@pytest.mark.parametrize(
    ("who", "reason", "said"),
    [
        ("Borger med lav", "auth.loa_too_low", "ikke sikkert nok"),
        ("Fortryder", "auth.cancelled", "Du afbrød login"),
    ],
)
def test_a_login_that_fails_says_why(tmp_path: Path, who: str, reason: str, said: str) -> None:
    async def work(node: Running) -> None:
        link = (await node.book())["invitations"][0]["link"]
        async with person(node) as guest:
            await guest.log_in(link, who)
            assert said in guest.page
            assert node.reasons("auth.failed") == [reason]
            assert (await guest.enter())["t"] == "bye"

    on_a_node(work, tmp_path)


def test_a_child_comes_with_a_guardian_and_others_with_a_code(tmp_path: Path) -> None:
    async def work(node: Running) -> None:
        child = await node.book(guardian=True)
        async with person(node) as parent:
            await parent.log_in(child["invitations"][0]["link"], "Forælder", method="guardian")
            assert parent.address.endswith("/moede")
        adult = await node.book()
        async with person(node) as staff, person(node) as citizen:
            await staff.staff()
            await staff.get(f"/klinik/booket/{adult['shortId']}")
            await staff.post(f"/klinik/engangskode/{adult['shortId']}")
            code = re.search(r"Engangskode: <code>([\d-]+)</code>", staff.page)
            assert code is not None
            await citizen.get(adult["invitations"][0]["link"])
            await citizen.post("/engangskode", code="0000-0000")
            assert "passer ikke" in citizen.page
            await citizen.post("/engangskode", code=code[1])
            assert citizen.address.endswith("/moede")
        async with person(node) as again:
            await again.get(adult["invitations"][0]["link"])
            await again.post("/engangskode", code=code[1])
            assert "passer ikke" in again.page
        told = [
            (event["data"]["method"], event["data"]["relation"]) for event in node.events("auth.succeeded")
        ]
        assert told == [("guardian", "guardian"), ("clinic_code", "self")]

    on_a_node(work, tmp_path)


def test_two_browsers_on_one_link_are_one_person(tmp_path: Path) -> None:
    async def work(node: Running) -> None:
        link = (await node.book())["invitations"][0]["link"]
        async with person(node) as phone, person(node) as computer:
            for one in (phone, computer):
                await one.log_in(link)
                await one.enter()
            told = await phone.hears("bye")
            assert "anden enhed" in told["text"]
        assert node.reasons("participant.left")[0] == "signalling.duplicate"

    on_a_node(work, tmp_path)


def test_nobody_signals_before_being_admitted(tmp_path: Path) -> None:
    async def work(node: Running) -> None:
        booked = await node.book()
        async with person(node) as host, person(node) as guest:
            await host.staff()
            await host.enter(f"/klinik/ws/{booked['shortId']}")
            await guest.log_in(booked["invitations"][0]["link"])
            await guest.enter()
            for epoch in (0, 1, 2):
                await guest.says(t="signal", to=host.heard[0]["you"], epoch=epoch, data={"description": "x"})
                await guest.says(t="media", epoch=epoch, data={"type": "offer", "sdp": "x"})
                await guest.says(t="media_state", state="connected", epoch=epoch)
                await guest.says(t="stats", epoch=epoch, at_ms=1, audio={"packetsReceived": 1})
            await guest.says(t="admit", who=guest.heard[0]["you"])
            await guest.says(t="end")
            await guest.says(t="leave")
            await guest.hears("bye")
            assert not [one for one in host.heard if one["t"] == "signal"]
        for kind in ("participant.connected", "quality.window", "meeting.ended"):
            assert not node.events(kind)
        assert len(node.events("participant.admitted")) == 1  # the host

    on_a_node(work, tmp_path)


HOSTILE = [
    "", "null", "[]", "7", '{"t": 1}', '{"t": "admit"}', '{"t": "admit", "who": {}}', '{"t": "signal"}',
    '{"t": "media_state", "epoch": "1"}', "{" * 5000, '{"t":"stats","epoch":1,"at_ms":1e308}',
    '{"t":"stats","epoch":1,"at_ms":NaN,"audio":{"packetsReceived":NaN}}', '{"t":"hello","resume":"x.y"}',
]  # fmt: skip


def test_a_call_goes_on_whatever_one_says(tmp_path: Path) -> None:
    async def work(node: Running) -> None:
        async with person(node) as host, person(node) as guest, person(node) as other:
            booked = await call(node, host, guest)
            assert guest.socket is not None
            for text in HOSTILE:
                await guest.socket.send_str(text)
            for value in (math.inf, -1, 1e308, "5", None, True, [1], 10**30):
                sample = {"packetsReceived": value, "packetsLost": value, "jitter": value}
                await guest.says(t="stats", epoch=1, at_ms=5000, audio=sample, pair={"roundTripTime": value})
            for _ in range(3000):
                await guest.socket.send_str('{"t":"stats","epoch":1,"at_ms":1}')
            await guest.socket.send_str("x" * 5_000_000)
            await until(lambda: not node.here.node.sockets.get(booked["guest"]["you"]), 10)
            # Others are served meanwhile, and the host's call is as it was.
            await other.get("/health")
            assert other.status == 200
            await host.says(t="end")
            assert (await host.hears("bye"))["text"] == "Mødet er slut."
        assert len(node.events("meeting.ended")) == 1
        whole = json.dumps(node.events())
        assert "Infinity" not in whole
        assert "NaN" not in whole

    on_a_node(work, tmp_path)


def test_three_leaves_and_joins_in_two_seconds(tmp_path: Path) -> None:
    async def work(node: Running) -> None:
        link = (await node.book())["invitations"][0]["link"]
        async with person(node) as guest:
            await guest.log_in(link)
            for _ in range(3):
                await guest.enter()
                await guest.says(t="leave")
                await guest.hears("bye")
        assert len(node.events("participant.waiting")) == len(node.events("participant.left")) == 3

    on_a_node(work, tmp_path)


def test_a_lost_network_is_taken_up_again(tmp_path: Path) -> None:
    async def work(node: Running) -> None:
        link = (await node.book())["invitations"][0]["link"]
        async with person(node) as guest:
            await guest.log_in(link)
            welcome = await guest.enter()
            assert guest.socket is not None
            await guest.socket.close()
            await until(lambda: not node.here.node.sockets)
            again = await guest.enter(resume=welcome["resume"])
            assert again["you"] == welcome["you"]
            forged = welcome["resume"][:-2] + ("AA" if not welcome["resume"].endswith("AA") else "BB")
            third = await guest.enter(resume=forged)
            assert third["you"] != welcome["you"]

    on_a_node(work, tmp_path)


def test_a_cancelled_meetings_link_says_so(tmp_path: Path) -> None:
    async def work(node: Running) -> None:
        booked = await node.book()
        headers = {"Authorization": f"Bearer {node.here.api_token}"}
        async with person(node) as guest:
            async with guest.session.delete(
                f"{node.url}/api/v2/meetings/{booked['uuid']}", headers=headers
            ) as done:
                assert done.status == 204
            shown = await guest.get(booked["invitations"][0]["link"])
            assert "Linket er udløbet" in shown
        assert node.reasons("link.rejected") == ["link.revoked"]

    on_a_node(work, tmp_path)


def test_a_planned_meeting_opens_in_time(tmp_path: Path) -> None:
    async def work(node: Running) -> None:
        booked = await node.book(meetingType="NORMAL", startTime="2099-01-01T10:00:00+01:00", externalId="a1")
        again = await node.book(meetingType="NORMAL", startTime="2099-01-01T10:00:00+01:00", externalId="a1")
        assert again["uuid"] == booked["uuid"]
        async with person(node) as guest:
            shown = await guest.get(booked["invitations"][0]["link"])
            assert "Du er tidligt på den" in shown
            assert "09:45" in shown
        assert node.reasons("link.rejected") == ["link.too_early"]

    on_a_node(work, tmp_path)


def test_a_form_from_elsewhere_is_refused(tmp_path: Path) -> None:
    async def work(node: Running) -> None:
        async with person(node) as staff:
            await staff.staff()
            page = staff.page
            for headers, csrf in (
                ({"Origin": "https://evil.example"}, True),
                ({"Sec-Fetch-Site": "cross-site"}, True),
                (SAME_SITE, False),
            ):
                found = re.search(r'name="csrf" value="([^"]+)"', page)
                form = {
                    "csrf": found[1] if found and csrf else "x",
                    "mode": "instant",
                    "use_type": "nursing_home",
                }
                async with staff.session.post(
                    f"{node.url}/klinik/book", data=form, headers=headers
                ) as answer:
                    assert answer.status == 403
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await staff.session.ws_connect(f"{node.url}/ws", headers={"Origin": "https://evil.example"})
        assert not node.events("meeting.booked")

    on_a_node(work, tmp_path)


@pytest.mark.parametrize("path", ["/api/v2/meetings/x", "/api/v2/pool"])
def test_the_api_wants_its_token(tmp_path: Path, path: str) -> None:
    async def work(node: Running) -> None:
        async with person(node) as stranger:
            await stranger.get(path)
            assert stranger.status in (401, 400)

    on_a_node(work, tmp_path)


def test_nothing_kept_names_anybody(tmp_path: Path) -> None:
    async def work(node: Running) -> None:
        async with person(node) as host, person(node) as guest:
            await call(node, host, guest, sendTo="+4512345678")
            await host.says(t="end")
            await guest.hears("bye")
            await guest.get("/skema")
            await guest.post("/skema", got_contact="yes", comment="Ring til mig, 010190-1234")
            assert "Dit svar er sendt" in guest.page

    on_a_node(work, tmp_path)
    for path in tmp_path.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            for planted in (
                b"Test Person",
                b"TEST-NIN",
                b"127.0.0.1",
                b"Mozilla",
                b"12345678",
                b"010190-1234",
            ):
                assert planted not in content, (path.name, planted)


def test_a_full_log_takes_no_new_meetings_and_loses_nothing(tmp_path: Path) -> None:
    async def work(node: Running) -> None:
        async with person(node) as host, person(node) as guest:
            booked = await call(node, host, guest)
            here = node.here.node
            here.diary.waiting.append(("node.gap", "node", {}))
            with pytest.raises(AssertionError, match="kan ikke tage imod bookinger"):
                await node.book()
            await host.says(t="end")
            await host.hears("bye")
            await until(lambda: node.events("meeting.ended"))
            kinds = [event["type"].split(".", 2)[2] for event in node.events()]
            assert kinds.index("node.gap.v1") < kinds.index("meeting.ended.v1")
            assert booked["shortId"]

    on_a_node(work, tmp_path)


def test_security_headers(tmp_path: Path) -> None:
    async def work(node: Running) -> None:
        async with person(node) as guest:
            for path in ("/", "/klinik/login", "/static/base.css", "/nothing", "/m/abc"):
                async with guest.session.get(node.url + path, allow_redirects=False) as answer:
                    assert answer.headers["Referrer-Policy"] == "no-referrer"
                    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
                    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
                    assert answer.headers["X-Content-Type-Options"] == "nosniff"

    on_a_node(work, tmp_path)


def test_codes_use_letters_that_can_be_told_apart() -> None:
    assert set("ilou").isdisjoint(ALPHABET)
    assert isinstance(Client, type)


def test_the_health_check_meets_and_never_counts(tmp_path: Path) -> None:
    async def work(node: Running) -> None:
        steps = await health.check(node.url, node.here.api_token)
        assert [step.what for step in steps] == [
            health.BOOK,
            health.OPEN,
            health.WAIT,
            health.MEET,
            health.LEAVE,
        ]
        (booked,) = node.events("meeting.booked")
        assert booked["data"]["is_test"] is True
        (ended,) = node.events("meeting.ended")
        assert (ended["data"]["outcome"], ended["data"]["max_parties"]) == ("completed", 2)
        real = await node.book()
        async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {node.here.api_token}"}) as http:
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await http.ws_connect(f"{node.url}/api/v2/test-call/{real['uuid']}/patient")
        assert refused.value.status == 403

    on_a_node(work, tmp_path)


def test_the_health_check_says_what_fails(tmp_path: Path) -> None:
    async def work(node: Running) -> None:
        with pytest.raises(health.HealthError, match="booked"):
            await health.check(node.url, "not the token")

    on_a_node(work, tmp_path)
