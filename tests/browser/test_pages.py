"""Every page at a desk and on a phone: no serious fault of accessibility, nothing wider than the screen."""

import os
from pathlib import Path

import pytest

from pipeline.video.people import Person
from tests.browser.axe import faults
from tests.browser.conftest import Make, Served, book, doctor

SIZES = {"desk": {"width": 1280, "height": 800}, "phone": {"width": 375, "height": 740}}
# A folder to keep the pictures in, for whoever wants to look at them.
PICTURES = os.environ.get("MAST_PICTURES")


def check(one: Person, name: str, size: str) -> None:
    if PICTURES:
        one.page.screenshot(path=Path(PICTURES) / f"{name}-{size}.png", full_page=True)
    assert faults(one.page) == [], name
    wide = one.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, name


@pytest.fixture(params=SIZES)
def size(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_page(node: Served, person: Make, size: str) -> None:
    screen = {"viewport": SIZES[size]}
    host = person(node, **screen)
    host.go("/klinik")
    check(host, "testlogin", size)
    host.choose("Læge i klinikken")
    check(host, "klinik", size)
    short_id, links = book(node, host, seats=("Tolk",))
    check(host, "booket", size)
    host.press("Borgeren har ikke MitID: lav engangskode")
    check(host, "engangskode", size)
    host.go(f"/klinik/kort/{short_id}/print")
    check(host, "kort-papir", size)
    host.go(f"/klinik/moede/{short_id}")
    guest = person(node, **screen)
    guest.go(links["patient"][: len(node.url) + 8])
    check(guest, "kode", size)
    guest.go(links["patient"])
    check(guest, "invitation", size)
    guest.press("Log ind med MitID")
    guest.choose("Voksen borger (Anne)")
    guest.press("Prøv kamera og mikrofon")
    guest.page.get_by_role("button", name="Gå i venteværelset").wait_for()
    check(guest, "kontrol", size)
    guest.press("Gå i venteværelset")
    guest.page.get_by_role("heading", name="Venteværelse").wait_for()
    check(guest, "venteværelse", size)
    host.page.get_by_role("button", name="Luk ind").wait_for()
    check(host, "læge-venter", size)
    host.admit_next()
    for one, name in ((host, "læge-møde"), (guest, "borger-møde")):
        one.sees(1)
        check(one, name, size)
    host.press("Afslut mødet")
    guest.page.get_by_role("link", name="Svar på spørgeskemaet").click()
    check(guest, "spørgeskema", size)
    host.page.get_by_role("link", name="Udfyld postkortet").click()
    check(host, "postkort", size)


def test_booking_takes_few_interactions(node: Served, person: Make) -> None:
    """By keyboard alone: one for a meeting now, no more than five for a planned one; both are measured."""
    host = doctor(person, node)
    host.page.get_by_role("button", name="Straksmøde nu").focus()
    host.page.keyboard.press("Enter")
    host.page.wait_for_url("**/booket/*")
    host.go("/klinik")
    host.page.select_option("#use_type", "consultation_phone")
    host.page.fill("#send_to", "12345678")
    host.page.locator("#send_to").press("Tab")
    host.page.get_by_role("button", name="Book og send besked").focus()
    host.page.keyboard.press("Enter")
    host.page.wait_for_url("**/booket/*")
    clicks = [event["data"]["clicks"] for event in node.logged("meeting.booked")[-2:]]
    assert clicks[0] == 1
    assert clicks[1] <= 5
    assert all(event["data"]["booking_ms"] < 20_000 for event in node.logged("meeting.booked")[-1:])
