"""Three and four in a meeting, through each engine: the embedded forwarding unit and a real Janus."""

from collections.abc import Iterator

import pytest

from pipeline.video.people import wait_until
from tests.browser.conftest import Make, Served, book, doctor, serving
from tests.servers import Janus, MissingServerError, janus_server


@pytest.fixture(scope="module", params=["forwarding", "janus"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str | Janus]:
    if request.param != "janus":
        yield request.param
        return
    try:
        with janus_server(tmp_path_factory.mktemp("janus")) as janus:
            yield janus
    except MissingServerError as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def node(engine: str | Janus, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    more = engine.config if isinstance(engine, Janus) else ""
    with serving(tmp_path_factory.mktemp("node"), more) as made:
        yield made


def name(engine: str | Janus) -> str:
    return engine if isinstance(engine, str) else "janus"


def test_a_conference_of_four(engine: str | Janus, node: Served, person: Make) -> None:
    host = doctor(person, node)
    seats = ("Plejehjem", "Hjemmesygeplejerske", "Tolk")
    short_id, links = book(node, host, use="nursing_home", seats=seats)
    assert set(links) == {"nursing_home", "home_nurse", "interpreter"}
    host.go(f"/klinik/moede/{short_id}")
    guests = []
    for seat, link in links.items():
        guest = person(node)
        guest.arrive(link, seat)
        guests.append(guest)
        host.admit_next()
        guest.page.locator("main[data-now=call]").wait_for()
    everybody = [host, *guests]
    for one in everybody:
        one.sees(3)
    for one in everybody:
        one.hears(3)
    host.press("Afslut mødet")
    engines = [one["data"]["engine"] for one in node.meeting(short_id) if "engine" in one["data"]]
    assert engines == [name(engine)] * 4


def test_a_third_party_joins_a_consultation(engine: str | Janus, node: Served, person: Make) -> None:
    """Two who meet directly move to the forwarding unit when an interpreter comes."""
    host = doctor(person, node)
    short_id, links = book(node, host, seats=("Tolk",))
    host.go(f"/klinik/moede/{short_id}")
    guests = []
    for others, (seat, link) in enumerate(links.items(), start=1):
        guests.append(person(node))
        guests[-1].arrive(link, seat)
        host.admit_next()
        for one in (host, *guests):
            one.sees(others)
    for one in (host, *guests):
        one.hears(2)
    host.press("Afslut mødet")
    meeting = node.meeting(short_id)
    assert [one["data"]["engine"] for one in meeting if one["type"].endswith("media.switched.v1")] == [
        name(engine)
    ]
    assert meeting[-1]["data"]["max_parties"] == 3


@pytest.mark.parametrize("engine", ["janus"], indirect=True, scope="module")
def test_a_killed_media_server(engine: str | Janus, node: Served, person: Make) -> None:
    """Those in the conference are told, and meet anew when it is back; two who meet directly go on."""
    assert isinstance(engine, Janus)
    beside, other = doctor(person, node), person(node)
    short_id, links = book(node, beside)
    other.arrive(links["patient"])
    beside.go(f"/klinik/moede/{short_id}")
    beside.admit_next()
    other.sees(1)

    host = doctor(person, node)
    short_id, links = book(node, host, use="nursing_home", seats=("Plejehjem",))
    guest = person(node)
    guest.arrive(links["nursing_home"], "nursing_home")
    host.go(f"/klinik/moede/{short_id}")
    host.admit_next()
    guest.sees(1)
    engine.kill()
    guest.page.get_by_text("Lyd og billede er afbrudt").wait_for()
    before = other.decoded()[0]
    wait_until(lambda: other.decoded()[0] > before + 10, 10, "de to ser hinanden")
    engine.start()
    for one in (host, guest):
        one.sees(1)
        one.hears(1)
    host.press("Afslut mødet")
    told = [one["type"].split(".", 2)[2] for one in node.meeting(short_id)]
    for kind in ("connected", "reconnecting", "reconnected", "left"):
        assert told.count(f"participant.{kind}.v1") == 2, kind
