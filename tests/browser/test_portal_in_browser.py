"""A clerk and an analyst at the portal, in a real browser; a file with forty faults of twenty kinds."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, Route

from pipeline import params, paths
from pipeline.contract.store import read
from pipeline.formats.deliveries import read_index
from pipeline.portal.accept import accept
from pipeline.portal.config import Config
from pipeline.portal.desk import Desk
from pipeline.stages import ingest
from pipeline.video.process import free_port
from tests.browser.axe import faults

ROWS = 120
HEADERS = (
    "Bookingnummer", "Ydernummer", "Region", "Mødetype", "Mødeform", "Anvendelse", "Booket af", "Oprettet",
    "Mødestart", "Forventede deltagere", "Bookingstatus", "Testopkald",
)  # fmt: skip
# Two of each: kind, column, what the cell becomes. Line numbers are those of the file: the header is line 1.
CELLS = (
    ("missing_value", "Region", ""),
    ("bad_form", "Bookingnummer", "IL-12"),
    ("bad_identifier", "Ydernummer", "yderen"),
    ("scientific_identifier", "Ydernummer", "1,23E+05"),
    ("unknown_code", "Mødetype", "Opkald"),
    ("bad_timestamp", "Mødestart", "32-10-2019 10:00"),
    ("ambiguous_hour", "Mødestart", "27-10-2019 02:30"),
    ("no_such_hour", "Mødestart", "29-03-2020 02:30"),
    ("bad_integer", "Forventede deltagere", "to"),
    ("below_minimum", "Forventede deltagere", "0"),
    ("above_maximum", "Forventede deltagere", "999"),
    ("bad_boolean", "Testopkald", "måske"),
    ("control_character", "Booket af", "Læ\x07ge"),
)


def good(number: int) -> list[str]:
    """A booking that is as it should be."""
    return [
        f"{number:012d}", "012345", "Syddanmark", "Videokonsultation", "Straksmøde",
        "Konsultation i stedet for fremmøde", "Læge", "01-10-2019 09:00", "02-10-2019 10:00", "2", "Booket",
        "Nej",
    ]  # fmt: skip


@dataclass
class Planted:
    """The file, and by kind the lines in which it is wrong; ``truth`` is what each line should have been."""

    text: str
    lines: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    truth: dict[int, list[str]] = field(default_factory=dict[int, list[str]])


def planted() -> Planted:
    rows = [good(number) for number in range(1, ROWS + 1)]
    made = Planted("")
    texts = {line: ";".join(row) for line, row in enumerate(rows, start=2)}
    made.truth = dict(enumerate(rows, start=2))
    line = 5
    for kind, column, cell in CELLS:
        for _ in range(2):
            row = list(made.truth[line])
            row[HEADERS.index(column)] = cell
            texts[line] = ";".join(row)
            made.lines.setdefault(kind, []).append(line)
            line += 3
    for kind in ("too_many_cells", "too_few_cells", "primary_key", "open_quote"):
        for _ in range(2):
            row = list(made.truth[line])
            texts[line] = {
                "too_many_cells": ";".join([*row, "", "", "for meget"]),
                "too_few_cells": ";".join(row[:4]),
                "primary_key": ";".join(["000000000002", *row[1:]]),
                "open_quote": ";".join([row[0], '"' + row[1], *row[2:]]),
            }[kind]
            made.lines.setdefault(kind, []).append(line)
            line += 2
    body = [texts[number] for number in sorted(texts)]
    tail = ["I alt;120", "I alt;121", "* optalt i klinikken", "Note: uden test"]
    last = len(body) + 2
    made.lines["left_out_subtotal"] = [last, last + 1]
    made.lines["left_out_footnote"] = [last + 2, last + 3]
    head = ";".join([*HEADERS, "Afdeling", "Sagsbehandler"])
    made.lines["unknown_column"] = [1, 1]
    made.text = "\r\n".join([head, *body, *tail]) + "\r\n"
    return made


@dataclass
class Running:
    url: str
    config: Config
    log: Path

    @property
    def desk(self) -> Desk:
        return Desk(self.config.state)


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("portal")
    config = Config(port=free_port(), state_folder=str(folder / "state"))
    file = folder / "portal.toml"
    file.write_text(f'port = {config.port}\nstate_folder = "{folder / "state"}"\n', encoding="utf-8")
    log = folder / "log.txt"
    with log.open("w") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "pipeline.cli", "portal", "serve", "--config", str(file)],
            cwd=paths.ROOT, stdout=subprocess.PIPE, stderr=said, text=True,
        )  # fmt: skip
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Portal:")
        yield Running(config.url, config, log)
    finally:
        process.terminate()
        process.wait(10)
        if process.stdout is not None:
            process.stdout.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="da-DK")
    yield context.new_page()
    context.close()


def log_in(page: Page, portal: Running, who: str) -> None:
    page.goto(portal.url)
    page.get_by_role("link", name="Log ind med").click()
    page.get_by_role("link", name=who).click()
    page.wait_for_url(re.compile("/tabeller|/status"))


def send(page: Page, portal: Running, table: str, path: Path) -> str:
    """Choose the file; the receipt's id."""
    page.goto(f"{portal.url}/tabel/{table}")
    page.set_input_files("#file", str(path))
    page.wait_for_url("**/kvittering/*")
    return page.url.rsplit("/", 1)[-1]


def test_forty_faults_are_named_mended_and_used(portal: Running, page: Page, tmp_path: Path) -> None:
    plant = planted()
    assert len(plant.lines) == 20
    assert sum(len(lines) for lines in plant.lines.values()) == 40
    file = tmp_path / "bookinger.csv"
    file.write_bytes(plant.text.encode("cp1252"))
    log_in(page, portal, "Region Syddanmark")
    first = send(page, portal, "bookings", file)
    assert faults(page) == []
    receipt = portal.desk.receipt(first)
    found: dict[str, list[int]] = {}
    for one in receipt.found:
        found.setdefault(one.rule, []).extend(one.lines)
    assert {rule: sorted(lines) for rule, lines in found.items()} == plant.lines
    shown = page.inner_text("main")
    for one in receipt.found:
        assert one.rule in shown
        assert one.column in shown
    refused = {line for kind, lines in plant.lines.items() for line in lines
               if not kind.startswith(("left_out", "unknown_column"))}  # fmt: skip
    assert (receipt.rows_read, receipt.rows_refused) == (ROWS, len(refused))
    assert "012345" not in shown

    with page.expect_download() as download:
        page.get_by_role("link", name="Hent de afviste rækker").click()
    book = tmp_path / "ret.xlsx"
    shutil.copy(download.value.path(), book)
    page.get_by_role("button", name="Bekræft").click()
    page.get_by_text("Bekræftet", exact=True).wait_for()

    mended = load_workbook(book)
    sheet: Any = mended.worksheets[0]
    headers = [cell.value for cell in sheet[1]]
    seen = set()
    for row in sheet.iter_rows(min_row=2):
        marked = [cell for cell in row if cell.comment]
        assert marked
        line = int(re.findall(r"Linje (\d+)", marked[0].comment.text)[0])
        seen.add(line)
        truth = dict(zip(HEADERS, plant.truth[line], strict=True))
        is_whole = any(cell.value for cell in row)
        for cell, header in zip(row, headers, strict=True):
            if cell.comment or not is_whole:
                cell.value = truth[header]
    assert seen == refused
    mended.save(book)
    second = send(page, portal, "bookings", book)
    receipt = portal.desk.receipt(second)
    assert (receipt.rows_accepted, receipt.rows_refused) == (len(refused), 0)
    page.get_by_role("button", name="Bekræft").click()
    page.get_by_text("Bekræftet", exact=True).wait_for()

    raw = tmp_path / "raw"
    shutil.copytree(paths.RAW, raw)
    accept(portal.desk, [first, second], "prøve", portal.config, raw, "analytiker")
    out = tmp_path / "delivered"
    ingest.run(raw=raw, schemas=paths.SCHEMAS, out=out, params=params.load())
    rows = [
        row for row in read(out / "bookings.parquet").to_pylist() if row["delivery_id"] in (first, second)
    ]
    assert sorted(row["short_id"] for row in rows) == [f"{number:012d}" for number in range(1, ROWS + 1)]
    assert {entry.id for entry in read_index(raw / paths.DELIVERIES.name)} >= {first, second}


def test_the_same_file_again_changes_nothing(portal: Running, page: Page, tmp_path: Path) -> None:
    file = tmp_path / "regioner.csv"
    file.write_text("Region;Server fra\r\n1083;01-11-2026\r\n", encoding="utf-8")
    log_in(page, portal, "Region Syddanmark")
    first = send(page, portal, "regions", file)
    page.get_by_role("button", name="Bekræft").click()
    page.get_by_text("Bekræftet", exact=True).wait_for()
    assert send(page, portal, "regions", file) == first
    file.write_text("Region;Server fra\r\n1083;02-11-2026\r\n", encoding="utf-8")
    second = send(page, portal, "regions", file)
    difference = portal.desk.receipt(second).difference
    assert difference is not None
    assert (difference.new, difference.changed, difference.gone, difference.same) == (0, 1, 0, 0)
    page.get_by_text("Erstatter den helt").click()
    page.get_by_role("button", name="Bekræft").click()
    page.get_by_text("Bekræftet", exact=True).wait_for()
    assert [portal.desk.receipt(name).state for name in (first, second)] == ["superseded", "confirmed"]


def test_what_is_taught_is_known_the_next_time(portal: Running, page: Page, tmp_path: Path) -> None:
    file = tmp_path / "svar.csv"
    file.write_text("Landsdel;Server fra\r\nFyn;01-11-2026\r\n", encoding="utf-8")
    log_in(page, portal, "Region Midtjylland")
    send(page, portal, "regions", file)
    page.get_by_text("Ingen rækker kan bruges").first.wait_for()
    page.get_by_label("»Landsdel« er det samme som").select_option("Region")
    page.get_by_role("button", name="Husk det").click()
    page.get_by_text("Det er husket").wait_for()
    send(page, portal, "regions", file)
    page.get_by_text("Lær portalen et ord").click()
    page.get_by_label("Ordet i filen").fill("Fyn")
    page.get_by_label("betyder").select_option("Syddanmark")
    page.get_by_role("button", name="Husk det").click()
    third = send(page, portal, "regions", file)
    receipt = portal.desk.receipt(third)
    assert (receipt.rows_accepted, receipt.rows_refused) == (1, 0)


@pytest.mark.parametrize("width", [1200, 390])
def test_pages_are_accessible(portal: Running, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(portal.url)
    assert faults(page) == []
    log_in(page, portal, "Region Syddanmark")
    assert faults(page) == []
    page.goto(f"{portal.url}/tabel/postcards")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    log_out = page.context.browser
    assert log_out is not None
    office = log_out.new_context(locale="da-DK").new_page()
    log_in(office, portal, "CIMT")
    assert faults(office) == []
    office.context.close()


def test_a_delivery_without_refusals_takes_three_clicks(portal: Running, page: Page, tmp_path: Path) -> None:
    file = tmp_path / "regioner.csv"
    file.write_text("Region;Server fra\r\n1084;01-11-2026\r\n", encoding="utf-8")
    log_in(page, portal, "Region Midtjylland")
    page.get_by_role("link", name="Regioner", exact=True).click()
    with page.expect_file_chooser() as chooser:
        page.get_by_text("Vælg en eller flere filer").click()
    chooser.value.set_files(str(file))
    page.get_by_role("button", name="Bekræft 1 række").click()
    page.get_by_text("Bekræftet", exact=True).wait_for()
    page.get_by_text("Du skal ikke gøre mere").wait_for()


def test_several_files_each_say_what_became_of_them(portal: Running, page: Page, tmp_path: Path) -> None:
    log_in(page, portal, "Region Midtjylland")
    page.goto(f"{portal.url}/tabel/regions")
    names = ("god.csv", "forkert.csv", "tom.csv")
    for name, text in zip(
        names,
        ("Region;Server fra\r\n1082;01-11-2026\r\n", "Region;Server fra\r\n1082;\r\nMars;\r\n", ""),
        strict=True,
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
    page.set_input_files("#file", [str(tmp_path / name) for name in names])
    page.get_by_text("Alle filer er behandlet").wait_for()
    items = [item.inner_text() for item in page.locator("[data-part=files] li").all()]
    assert [name in item for name, item in zip(names, items, strict=True)] == [True] * 3
    assert "læst: se kvitteringen" in items[0]
    assert "1 række er afvist" in items[1]
    assert "ingen rækker kan bruges" in items[2]
    assert faults(page) == []


def bounded(route: Route) -> None:
    """The page as it is where a file may be of 1 MB."""
    if route.request.method != "GET":
        route.continue_()
        return
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace('data-most-mb="2048"', 'data-most-mb="1"'))


def test_a_file_that_is_too_large_is_not_sent_and_who_is_logged_out_is_told(
    portal: Running, page: Page, tmp_path: Path
) -> None:
    log_in(page, portal, "Region Midtjylland")
    small = tmp_path / "lille.csv"
    small.write_text("Region;Server fra\r\n1082;02-11-2026\r\n", encoding="utf-8")
    large = tmp_path / "stor.csv"
    large.write_bytes(bytes(2 * 1024**2))
    page.route("**/tabel/regions", bounded)
    page.goto(f"{portal.url}/tabel/regions")
    page.set_input_files("#file", str(large))
    page.get_by_text("er ikke sendt: den er for stor; en fil må højst fylde 1 MB").wait_for()
    page.context.clear_cookies()
    page.set_input_files("#file", str(small))
    page.get_by_text("Du er logget ud. Log ind, og send filen igen.").wait_for()


def tab_to(page: Page, what: str, most: int = 12) -> None:
    """Press Tab until the element that ``what`` matches has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("what => document.activeElement.matches(what)", what):
            return
    raise AssertionError(f"{what} is not reached")


def test_a_delivery_is_made_with_the_keyboard_alone(portal: Running, page: Page, tmp_path: Path) -> None:
    file = tmp_path / "regioner.csv"
    file.write_text("Region;Server fra\r\n1082;03-11-2026\r\n", encoding="utf-8")
    log_in(page, portal, "Region Midtjylland")
    page.goto(f"{portal.url}/tabel/regions")
    tab_to(page, "#file")
    assert page.evaluate("getComputedStyle(document.querySelector('.pick label')).outlineStyle") == "solid"
    # A browser does not open a chooser each time it is asked to; that the key asks is the page's part.
    page.evaluate("document.querySelector('#file').addEventListener('click', () => { window.asked = true; })")
    page.keyboard.press("Space")
    page.wait_for_function("window.asked")
    page.set_input_files("#file", str(file))
    page.wait_for_url("**/kvittering/*")
    tab_to(page, "button.primary")
    page.keyboard.press("Enter")
    page.get_by_text("Bekræftet", exact=True).wait_for()


@pytest.mark.parametrize("width", [1200, 390])
def test_receipts_and_the_status_are_accessible(
    portal: Running, page: Page, tmp_path: Path, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    file = tmp_path / "kort.csv"
    head = "Kortnummer;Yder;Region;Mødedato;Gennemført;Sagsnr;Patientnavn"
    rows = ("K-1;012345;Midtjylland;09-10-2019;Ja;1;x", f"K-{width};012345;Fyn;32-10-2019;måske;1;x")
    file.write_text("\r\n".join((head, *rows)), encoding="utf-8")
    log_in(page, portal, "Region Midtjylland")
    send(page, portal, "postcards", file)
    for summary in page.locator("summary").all():
        summary.click()
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Bekræft", exact=False).first.click()
    page.get_by_text("Bekræftet", exact=True).wait_for()
    browser = page.context.browser
    assert browser is not None
    office = browser.new_context(locale="da-DK", viewport={"width": width, "height": 900}).new_page()
    log_in(office, portal, "CIMT")
    office.get_by_role("heading", name="Postkort").wait_for()
    assert faults(office) == []
    assert office.evaluate("document.documentElement.scrollWidth <= innerWidth")
    office.context.close()
