"""Poor lines between real browsers: lost packets, and a line that is dead for some seconds."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from pipeline import params, paths
from pipeline.contract import load_contracts
from pipeline.contract.store import read
from pipeline.formats.deliveries import read_index
from pipeline.stages import ingest, sessions
from pipeline.video import people
from pipeline.video.config import load_config
from pipeline.video.export import export, index_text
from pipeline.video.fees import STANDARD, load_fee_codes
from pipeline.video.network import SECURE, Line, NoNamespaceError, poor_line
from pipeline.video.people import Person, links_of, wait_until
from pipeline.video.store import Store
from tests.browser.conftest import Served, browser_path

STAY_S = 24


@dataclass
class Place:
    """A node at the line's address, a browser on either side."""

    node: Served
    line: Line
    near: Browser
    far: Browser

    def meet(self) -> tuple[str, Person, Person]:
        """A consultation in which both see each other: its short id, host and guest."""
        host, guest = Person.at(self.near, self.node.url), Person.at(self.far, self.node.url)
        host.log_in_as_doctor()
        short_id = host.book()
        host.go(f"/klinik/moede/{short_id}")
        guest.arrive(links_of(self.node.messages(), short_id)["patient"])
        host.admit_next()
        for one in (host, guest):
            one.sees(1)
        return short_id, host, guest

    def seen(self, short_id: str, work: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The meeting as the pipeline sees it, and its windows of sound."""
        raw, delivered, out = work / "raw", work / "delivered", work / "sessions"
        store = Store(self.node.state / "state.sqlite")
        contracts, fees = load_contracts(paths.SCHEMAS), load_fee_codes(STANDARD)
        config = load_config(self.node.config)
        entries = export(config, store, contracts, fees, raw / "1083", date.today())  # noqa: DTZ011 as received
        store.close()
        (raw / paths.DELIVERIES.name).write_text(index_text(entries, "1083"), encoding="utf-8")
        assert read_index(raw / paths.DELIVERIES.name)
        given = params.load()
        ingest.run(raw=raw, schemas=paths.SCHEMAS, out=delivered, params=given)
        sessions.run(delivered=delivered, out=out, params=given)
        (row,) = [row for row in read(out / "meetings.parquet").to_pylist() if row["short_id"] == short_id]
        windows = [
            one
            for one in read(out / "quality_windows.parquet").to_pylist()
            if one["meeting_id"] == row["meeting_id"] and one["media_kind"] == "audio"
        ]
        return row, windows


@pytest.fixture(scope="module")
def place(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    work, path = tmp_path_factory.mktemp("line"), browser_path()
    assert path is not None
    try:
        with poor_line(path, work) as line:
            node = Served(work / "node")
            node.name = line.address
            node.start()
            secure = f"{SECURE}={node.url}"
            try:
                with (
                    people.another(browser, path, secure) as near,
                    people.another(browser, str(line.browser), secure) as far,
                ):
                    yield Place(node, line, near, far)
            finally:
                node.stop()
    except NoNamespaceError as missing:
        pytest.skip(f"intet navnerum: {missing} · no network namespace")


@pytest.mark.parametrize("percent", [5, 20])
def test_lost_packets(place: Place, tmp_path: Path, percent: int) -> None:
    """What is lost on the line is what the windows say is lost, and enough to be called so.

    A busy machine may add faults of its own (a slow picture, a late sound): the meeting is at least as bad.
    """
    place.line.lose(percent)
    try:
        short_id, host, guest = place.meet()
        guest.page.wait_for_timeout(STAY_S * 1000)
        host.press("Afslut mødet")
        guest.page.get_by_text("Mødet er slut").wait_for()
    finally:
        place.line.mend()
    row, windows = place.seen(short_id, tmp_path)
    assert row["is_held"]
    assert row["quality_class"] in (("poor",) if percent == 20 else ("degraded", "poor"))
    # About 500 packets a window, two windows a person: five standard deviations fit on either side, and what
    # is lost twice in a row (the sender told of the first loss) lies below.
    for person in {one["participation_id"] for one in windows}:
        shares = [float(one["loss_share"]) for one in windows if one["participation_id"] == person]
        assert percent / 400 < sum(shares) / len(shares) < percent / 50
    assert len({one["participation_id"] for one in windows}) == 2
    assert "loss" in {one["quality_reason"] for one in windows}


def test_a_line_that_is_dead_for_some_seconds(place: Place) -> None:
    short_id, host, guest = place.meet()
    place.line.lose(100)
    try:
        host.page.get_by_text("Forbindelsen er afbrudt").wait_for()
    finally:
        place.line.mend()
    before = guest.decoded()[0]
    wait_until(lambda: guest.decoded()[0] > before + 10, 30, "billedet er tilbage")
    host.press("Afslut mødet")
    told = [one["type"].split(".", 2)[2] for one in place.node.meeting(short_id)]
    assert told.count("participant.reconnecting.v1") == told.count("participant.reconnected.v1") >= 1
    assert told.count("participant.left.v1") == 2
