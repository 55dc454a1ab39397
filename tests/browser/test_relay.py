"""Two who meet through a real coturn: neither learns the other's address."""

from pathlib import Path

import pytest

from tests.browser.conftest import Make, book, doctor, serving
from tests.servers import MissingServerError, coturn_server


@pytest.mark.parametrize("way", ["udp", "tcp"])
def test_everything_is_relayed(tmp_path: Path, person: Make, way: str) -> None:
    (tmp_path / "turn").mkdir()
    try:
        with (
            coturn_server(tmp_path / "turn") as coturn,
            serving(tmp_path / "node", coturn.config(way)) as node,
        ):
            host, guest = doctor(person, node), person(node)
            short_id, links = book(node, host)
            guest.arrive(links["patient"])
            host.go(f"/klinik/moede/{short_id}")
            host.admit_next()
            for one in (host, guest):
                one.sees(1)
                one.hears(1)
            host.press("Afslut mødet")
            meeting = node.meeting(short_id)
    except MissingServerError as missing:
        pytest.skip(str(missing))
    connected = [one["data"] for one in meeting if one["type"].endswith("participant.connected.v1")]
    assert [one["transport"] for one in connected] == ["relay", "relay"]
