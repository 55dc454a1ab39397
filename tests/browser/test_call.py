"""Real browsers, from booking to questionnaire."""

import time

from playwright.sync_api import Browser

from pipeline.video.people import FLAGS, Person, wait_until
from tests.browser.conftest import Make, Served, book, browser_path, doctor


def test_a_consultation(node: Served, person: Make) -> None:
    host = doctor(person, node)
    short_id, links = book(node, host)
    assert set(links) == {"patient"}
    assert len(links["patient"]) <= 60
    host.go(f"/klinik/moede/{short_id}")
    row = host.page.locator("ul.waiting li")
    row.filter(has_text="ventes").wait_for()

    guest = person(node)
    guest.arrive(links["patient"])
    row.filter(has_text="venter").wait_for()
    host.admit_next()
    for one in (host, guest):
        one.sees(1)
        one.hears(1)

    host.press("Afslut mødet")
    guest.page.get_by_role("link", name="Svar på spørgeskemaet").click()
    guest.page.get_by_label("Ja", exact=True).first.check()
    guest.press("Send")
    guest.page.get_by_text("Dit svar er sendt").wait_for()
    host.page.get_by_role("link", name="Udfyld postkortet").click()
    host.page.get_by_label("Ja", exact=True).first.check()
    host.press("Send")
    host.page.get_by_text("Foreslået ydelseskode: REFERENCE-VK").wait_for()

    meeting = node.meeting(short_id)
    kinds = [event["type"].removeprefix("dk.medvideo.").removesuffix(".v1") for event in meeting]
    for kind in ("meeting.booked", "message.sent", "link.opened", "auth.succeeded", "device.checked",
                 "participant.waiting", "participant.admitted", "meeting.started"):  # fmt: skip
        assert kind in kinds
    assert kinds.count("participant.connected") == kinds.count("participant.left") == 2
    assert meeting[-1]["data"]["outcome"] == "completed"


def test_a_child_with_a_guardian(node: Served, person: Make) -> None:
    host = doctor(person, node)
    short_id, links = book(node, host, guardian=True)
    guest = person(node)
    guest.arrive(links["child"], "child")
    host.go(f"/klinik/moede/{short_id}")
    host.admit_next()
    guest.sees(1)
    host.press("Ring i stedet")
    guest.page.get_by_text("Mødet fortsætter på telefonen").wait_for()
    meeting = node.meeting(short_id)
    assert meeting[-1]["data"]["outcome"] == "converted_to_phone"
    (login,) = [one["data"] for one in meeting if one["type"].endswith("auth.succeeded.v1")]
    assert (login["method"], login["relation"]) == ("guardian", "guardian")


def test_a_network_that_is_cut_in_the_waiting_room(node: Served, person: Make) -> None:
    host = doctor(person, node)
    short_id, links = book(node, host)
    host.go(f"/klinik/moede/{short_id}")
    guest = person(node)
    guest.arrive(links["patient"])
    row = host.page.locator("ul.waiting li")
    row.filter(has_text="venter").wait_for()
    guest.context.set_offline(True)
    row.filter(has_text="har mistet forbindelsen").wait_for(timeout=20_000)
    guest.context.set_offline(False)
    row.filter(has_text="venter").wait_for()
    minutes, seconds = map(int, host.page.locator("ul.waiting .waited").inner_text().split(":"))
    assert minutes * 60 + seconds >= 5  # the wait went on
    host.admit_next()
    guest.sees(1)
    host.press("Afslut mødet")
    waits = [one for one in node.meeting(short_id) if one["type"].endswith("participant.waiting.v1")]
    assert len(waits) == 2  # host and guest: nobody came twice


def test_a_killed_service(node: Served, person: Make) -> None:
    """The two go on; what was acknowledged is there; nobody is open or counted twice; no number missing."""
    host = doctor(person, node)
    short_id, links = book(node, host)
    host.go(f"/klinik/moede/{short_id}")
    guest = person(node)
    guest.arrive(links["patient"])
    host.admit_next()
    for one in (host, guest):
        one.sees(1)
    acknowledged = len(node.events())
    node.kill()
    before = guest.decoded()[0]
    wait_until(lambda: guest.decoded()[0] > before + 10, 10, "billedet går videre")
    node.start()
    assert len(node.events()) >= acknowledged
    for one in (host, guest):
        one.page.locator("main[data-socket-state=open]").wait_for()
    after = guest.decoded()[0]
    time.sleep(0.5)
    assert guest.decoded()[0] > after
    host.press("Afslut mødet")
    guest.page.get_by_text("Mødet er slut").wait_for()
    meeting = node.meeting(short_id)
    told = [(one["type"].split(".")[3], one["data"].get("participation_id")) for one in meeting]
    for kind in ("waiting", "connected", "left"):
        who = [name for said, name in told if said == kind]
        assert len(who) == len(set(who)) == 2, kind
    assert meeting[-1]["data"]["outcome"] == "completed"


def test_sound_first_when_the_camera_fails(node: Served, person: Make, browser: Browser) -> None:
    """The browser may use the microphone only: the meeting is held with sound, and the log says why."""
    host = doctor(person, node)
    short_id, links = book(node, host)
    host.go(f"/klinik/moede/{short_id}")
    flags = [flag for flag in FLAGS if flag != "--use-fake-ui-for-media-stream"]
    without = browser.browser_type.launch(executable_path=browser_path(), args=flags)
    try:
        context = without.new_context(permissions=["microphone"], locale="da-DK")
        guest = Person(context, context.new_page(), node.url)
        guest.arrive(links["patient"])
        host.admit_next()
        guest.sees(1)
        guest.hears(1)
        host.hears(1)
        assert host.decoded() == [0]
        host.press("Afslut mødet")
        guest.page.get_by_text("Mødet er slut").wait_for()
    finally:
        without.close()
    checked = [one["data"] for one in node.meeting(short_id) if one["type"].endswith("device.checked.v1")]
    assert {"audio": "ok", "video": "NotAllowedError"} in [
        {kind: one[kind] for kind in ("audio", "video")} for one in checked
    ]


# A browser gives one report for some time: here there is always one from a moment ago.
ASKED_ALL_THE_TIME = """
const Bare = RTCPeerConnection;
window.RTCPeerConnection = class extends Bare {
  constructor(...given) {
    super(...given);
    setInterval(() => this.connectionState !== "closed" && this.getStats(), 5);
  }
};
"""


def test_the_way_is_logged_though_the_browser_repeats_an_earlier_report(node: Served, person: Make) -> None:
    host, guest = doctor(person, node), person(node)
    for one in (host, guest):
        one.context.add_init_script(ASKED_ALL_THE_TIME)
    short_id, links = book(node, host)
    guest.arrive(links["patient"])
    host.go(f"/klinik/moede/{short_id}")
    host.admit_next()
    for one in (host, guest):
        one.sees(1)
    host.press("Afslut mødet")
    meeting = node.meeting(short_id)
    connected = [one["data"] for one in meeting if one["type"].endswith("participant.connected.v1")]
    assert [one.get("transport") for one in connected] == ["udp", "udp"]
