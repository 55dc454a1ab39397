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
    row.filter(has_text="venter").wait_for(timeout=1000)
    host.press("Luk ind")
    for one in (host, guest):
        one.sees(1, 5)
        one.hears(1, 5)

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
