"""Two real browsers, from booking to questionnaire."""

from collections.abc import Callable

from tests.browser.conftest import Person, Served, arrive, book, doctor, wait_until


def test_a_consultation(node: Served, person: Callable[[Served], Person]) -> None:
    host = doctor(person, node)
    short_id, links = book(host)
    assert set(links) == {"patient"}
    assert len(links["patient"]) <= 60
    host.go(f"/klinik/moede/{short_id}")
    row = host.page.locator("ul.waiting li")
    row.filter(has_text="ventes").wait_for()

    guest = person(node)
    arrive(guest, links["patient"])
    row.filter(has_text="venter").wait_for()
    host.press("Luk ind")
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

    kinds = [event["type"].removeprefix("dk.medvideo.").removesuffix(".v1") for event in node.events()]
    for kind in ("meeting.booked", "message.sent", "link.opened", "auth.succeeded", "device.checked",
                 "participant.waiting", "participant.admitted", "meeting.started"):  # fmt: skip
        assert kind in kinds
    assert kinds.count("participant.connected") == kinds.count("participant.left") == 2
    (ended,) = node.logged("meeting.ended")
    assert ended["data"]["outcome"] == "completed"
    wait_until(lambda: kinds, 1, "log")


def test_a_conference_of_four(node: Served, person: Callable[[Served], Person]) -> None:
    host = doctor(person, node)
    short_id, links = book(host, use="nursing_home", seats=["Plejehjem", "Hjemmesygeplejerske", "Tolk"])
    assert set(links) == {"nursing_home", "home_nurse", "interpreter"}
    host.go(f"/klinik/moede/{short_id}")
    guests = []
    people = {"nursing_home": "Fagperson", "home_nurse": "En anden voksen", "interpreter": "Forælder"}
    for seat, link in links.items():
        guest = person(node)
        arrive(guest, link, people[seat], login="Log ind")
        guests.append(guest)
        host.page.get_by_role("button", name="Luk ind").first.click()
        guest.page.locator("main[data-now=call]").wait_for()
    everybody = [host, *guests]
    for one in everybody:
        one.sees(3)
    for one in everybody:
        one.hears(3)
    host.press("Afslut mødet")
    connected = [one for one in node.logged("participant.connected") if one["data"]["engine"] == "forwarding"]
    assert len(connected) == 4
