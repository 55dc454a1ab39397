"""The portal under bad input and bad luck: a clear answer, nothing half written, no identifier kept."""

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import openpyxl
import pytest

from pipeline import params, paths
from pipeline.formats.deliveries import read_index
from pipeline.portal.accept import accept, inbox, withdrawn
from pipeline.portal.config import load_config
from pipeline.portal.portal import Portal
from pipeline.stages import ingest
from pipeline.text import ProblemError
from tests.functional.portal_client import HEAD, at_a_portal, card, cards, clerk, everything_below

# A number that nobody has: the 31st of February.
NOBODY = "310219-1234"


def test_no_identifier_is_kept_or_shown(tmp_path: Path) -> None:
    secrets = [NOBODY, NOBODY.replace("-", ""), "012345", "nn@example.dk", "+45 12 34 56 78", "12345678"]

    async def work(portal: Portal) -> None:
        async with clerk(portal) as one:
            await one.log_in()
            note = f"ring til nn@example.dk eller +45 12 34 56 78, cpr {NOBODY}"
            wrong = f"K-2;012345;Fyn;09-10-2019;Ja;{note}"
            shifted = f"K-3;{NOBODY};Syddanmark;09-10-2019;Ja;"
            delivery = await one.send("postcards", cards(card(1, note), wrong, shifted), f"kort {NOBODY}.csv")
            receipt = portal.desk.receipt(delivery)
            assert (receipt.rows_accepted, receipt.rows_refused) == (1, 2)
            assert receipt.masked >= 3
            shown = one.page
            await one.get(f"/kvittering/{delivery}/fejl.xlsx")
            for secret in secrets:
                assert secret not in shown, "shown"
        kept = everything_below(tmp_path)
        for secret in secrets:
            for encoding in ("utf-8", "utf-16-le"):
                assert secret.encode(encoding) not in kept, "kept"
        book = openpyxl.load_workbook(portal.desk.workbook(delivery))
        keyed = [row[1].value for row in book.worksheets[0].iter_rows(min_row=2)]
        assert str(keyed[0]).startswith("p_")
        assert keyed[1] is None
        assert book.worksheets[0]["B3"].comment is not None

    at_a_portal(work, tmp_path)


def test_formulas_are_text_wherever_they_go(tmp_path: Path) -> None:
    formula = '=HYPERLINK("http://x","y")'

    async def work(portal: Portal) -> None:
        async with clerk(portal) as one:
            await one.log_in()
            quoted = formula.replace('"', '""')
            rows = [
                f'K-1;012345;Syddanmark;09-10-2019;Ja;"{quoted}"',
                f'K-2;012345;Fyn;09-10-2019;Ja;"{quoted}"',
            ]
            delivery = await one.send("postcards", cards(*rows))
            line = portal.desk.rows(delivery).read_text("utf-8-sig").splitlines()[1]
            assert not any(cell.startswith(("=H", "+", "@")) for cell in line.split(";"))
            sheet = openpyxl.load_workbook(portal.desk.workbook(delivery)).worksheets[0]
            (cell,) = [cell for cell in sheet[2] if cell.value == formula]
            assert cell.data_type == "s"

    at_a_portal(work, tmp_path)


def huge_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(5):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", bytes(64 * 1024 * 1024))
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00" * 1000, b"PK\x03\x04 no zip", b"%PDF-1.7", "Region;Ærø\n".encode("utf-16"),
     b"x" * 3_000_000,
     cards(card(1))[:-40], b'"' + b"a;" * 100_000, huge_zip()],
    ids=["empty", "zeros", "no-zip", "pdf", "utf-16", "one-line", "cut", "open-quote", "zip-bomb"],
)  # fmt: skip
def test_what_is_no_table_gets_a_receipt_that_says_so(tmp_path: Path, content: bytes) -> None:
    async def work(portal: Portal) -> None:
        async with clerk(portal) as one:
            await one.log_in()
            delivery = await one.send("postcards", content, "fil.bin")
            receipt = portal.desk.receipt(delivery)
            assert one.status == 200
            assert receipt.rows_accepted == 0
            assert receipt.found
            await one.post(f"/kvittering/{delivery}/bekraeft")
            assert one.status == 409
            assert await one.send("postcards", cards(card(1)))
        assert not list((tmp_path / "uploads").iterdir())

    at_a_portal(work, tmp_path)


def test_too_large_and_cut_off(tmp_path: Path) -> None:
    async def dripping() -> AsyncIterator[bytes]:
        yield cards(card(1))
        raise ConnectionResetError

    async def work(portal: Portal) -> None:
        portal.receiving.most_bytes = 1000
        async with clerk(portal) as one:
            await one.log_in()
            assert not await one.send("postcards", b"x" * 5000)
            assert one.status == 400
            assert "for stor" in one.page
            with pytest.raises((aiohttp.ClientError, ConnectionResetError)):
                await one.send("postcards", dripping())
        async with clerk(portal) as other:
            await other.log_in()
            assert await other.send("postcards", cards(card(1)))
        while list((tmp_path / "uploads").iterdir()):
            await asyncio.sleep(0.05)
        assert len(portal.desk.receipts()) == 1

    at_a_portal(work, tmp_path)


def test_two_at_once_and_nothing_is_lost(tmp_path: Path) -> None:
    async def work(portal: Portal) -> None:
        async with clerk(portal) as one, clerk(portal) as other:
            await one.log_in()
            await other.log_in()
            made = await asyncio.gather(
                *(who.send("postcards", cards(card(number))) for number, who in ((1, one), (2, other)))
            )
            assert len(set(made)) == 2
            assert sorted(one.rows_accepted for one in portal.desk.receipts()) == [1, 1]

    at_a_portal(work, tmp_path)


def test_tokens_open_one_region_once(tmp_path: Path) -> None:
    async def work(portal: Portal) -> None:
        _, token = portal.desk.new_upload_token("1082")
        assert token.encode() not in everything_below(tmp_path)
        async with clerk(portal) as one:
            await one.get("/")
            await one.post("/adgangskode", token=token)
            assert one.address.endswith("/tabeller")
            assert await one.send("regions", b"Region;Server fra\r\n1082;01-11-2026\r\n")
        async with clerk(portal) as other:
            await other.get("/")
            await other.post("/adgangskode", token=token)
            assert other.status == 403
            spare, revoked = portal.desk.new_upload_token("1082")
            assert portal.desk.revoke_upload_token(spare)
            await other.get("/")
            await other.post("/adgangskode", token=revoked)
            assert other.status == 403
            statuses = []
            for _ in range(8):
                await other.get("/")
                await other.post("/adgangskode", token="guess")
                statuses.append(other.status)
            assert statuses[-1] == 429

    at_a_portal(work, tmp_path)


def test_a_token_sends_no_identifiers_where_data_are_real(tmp_path: Path) -> None:
    async def work(portal: Portal) -> None:
        portal.config = replace(portal.config, is_demonstration=False)
        _, token = portal.desk.new_upload_token("1082")
        async with clerk(portal) as one:
            await one.get("/")
            await one.post("/adgangskode", token=token)
            assert not await one.send("postcards", cards(card(1)))
            assert one.status == 403
            assert not portal.desk.receipts()

    at_a_portal(work, tmp_path)


def test_nobody_sees_another_regions_deliveries(tmp_path: Path) -> None:
    async def work(portal: Portal) -> None:
        async with (
            clerk(portal) as one,
            clerk(portal) as other,
            clerk(portal) as stranger,
            clerk(portal) as office,
        ):
            await one.log_in()
            delivery = await one.send("postcards", cards(card(1), "K-2;012345;Fyn;09-10-2019;Ja;"))
            await other.log_in("Medarbejder i Region Midtjylland")
            for path in (
                f"/kvittering/{delivery}",
                f"/kvittering/{delivery}/fejl.xlsx",
                "/status",
                "/status/1083.txt",
            ):
                await other.get(path)
                assert other.status in (403, 404), path
                await stranger.get(path)
                assert stranger.address.rstrip("/") == portal.config.url
            await other.get("/tabeller")
            for action in ("bekraeft", "traek-tilbage", "husk"):
                await other.post(f"/kvittering/{delivery}/{action}")
                assert other.status == 404
            for path in (
                "/kvittering/..",
                "/kvittering/%2e%2e%2ftokens.json",
                "/static/../app.py",
                "/skabelon/x.csv",
            ):
                await one.get(path)
                assert one.status in (404, 200)
                assert "hash" not in one.page
            await office.log_in("Analytiker hos CIMT")
            await office.get(f"/kvittering/{delivery}")
            assert office.status == 200
            assert portal.desk.receipt(delivery).state == "read"

    at_a_portal(work, tmp_path)


def test_accepted_superseded_and_withdrawn(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()

    async def work(portal: Portal) -> None:
        async with clerk(portal) as one, clerk(portal) as office:
            await one.log_in()
            first = await one.send("postcards", cards(card(1), card(2)))
            await one.post(f"/kvittering/{first}/bekraeft")
            assert [item.id for item in inbox(portal.desk)] == [first]
            (entry,) = accept(portal.desk, [first], "set igennem", portal.config, raw, "analytiker")
            assert (entry.region, entry.rows, entry.note) == ("1083", 2, "set igennem")
            assert portal.desk.receipt(first).state == "accepted"
            with pytest.raises(ProblemError):
                accept(portal.desk, [first], "", portal.config, raw, "analytiker")

            second = await one.send("postcards", cards(card(2, "rettet"), card(3)))
            difference = portal.desk.receipt(second).difference
            assert difference is not None
            assert (difference.new, difference.changed, difference.gone, difference.same) == (1, 1, 1, 0)
            await one.post(f"/kvittering/{second}/bekraeft", replaces="1")
            accept(portal.desk, [second], "", portal.config, raw, "analytiker")
            states = {item.id: (item.status, item.supersedes) for item in read_index(raw / "deliveries.toml")}
            assert states == {first: ("superseded", None), second: ("accepted", first)}

            await office.log_in("Analytiker hos CIMT")
            assert "mangler" not in await office.get("/status/1083.txt") or "ingen" in office.page
            await one.get(f"/kvittering/{second}")
            await one.post(f"/kvittering/{second}/traek-tilbage")
            assert withdrawn(portal.desk, raw / "deliveries.toml") == [second]

    at_a_portal(work, tmp_path / "state")
    given = params.load()
    ingest.run(raw=raw, schemas=paths.SCHEMAS, out=tmp_path / "out", params=given)
    index = {item.id: item.status for item in read_index(raw / "deliveries.toml")}
    assert sorted(index.values()) == ["superseded", "withdrawn"]


def test_a_warning_that_was_accepted_is_no_news(tmp_path: Path) -> None:
    async def work(portal: Portal) -> None:
        content = (HEAD + ";Sagsnr\r\n" + card(1) + ";7\r\n").encode("cp1252")
        async with clerk(portal) as one:
            await one.log_in()
            first = await one.send("postcards", content)
            (news,) = [found for found in portal.desk.receipt(first).found if found.rule == "unknown_column"]
            assert not news.is_accepted
            await one.post(
                f"/kvittering/{first}/husk", rule=news.rule, column=news.column, reason="vores eget"
            )
            second = await one.send("postcards", content)
            assert second != first
            (known,) = [
                found for found in portal.desk.receipt(second).found if found.rule == "unknown_column"
            ]
            assert known.is_accepted
            (noted,) = portal.desk.memory("1083", "postcards").accepted
            assert noted.reason == "vores eget"

    at_a_portal(work, tmp_path)


def test_a_configuration_without_a_provider_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "portal.toml"
    path.write_text("is_demonstration = false\n", encoding="utf-8")
    with pytest.raises(ProblemError) as refused:
        load_config(path)
    assert [problem.column for problem in refused.value.problems] == ["identity_provider.issuer"]


def test_what_is_remembered_is_shown_and_can_be_forgotten(tmp_path: Path) -> None:
    async def work(portal: Portal) -> None:
        content = "Landsdel;Server fra;Sagsnr\r\nFyn;01-11-2026;7\r\n".encode("cp1252")
        async with clerk(portal) as one, clerk(portal) as other:
            await one.log_in()
            first = await one.send("regions", content)
            await one.post(f"/kvittering/{first}/husk", header="Landsdel", column="Region")
            second = await one.send("regions", content)
            assert 'value="Fyn"' in one.page  # the word that was not known is proposed
            await one.post(f"/kvittering/{second}/husk", word="Fyn", column="Landsdel", code="1083")
            third = await one.send("regions", content)
            assert portal.desk.receipt(third).rows_accepted == 1
            reason = f"vores sagsnummer, spørg {NOBODY}"
            await one.post(f"/kvittering/{third}/husk", rule="unknown_column", column="Sagsnr", reason=reason)
            assert NOBODY.encode() not in everything_below(tmp_path)
            await one.get("/tabel/regions")
            for text in ("Kolonnen »landsdel« er Region", "»Fyn« i Region betyder Syddanmark",
                         "Ukendt kolonne (Sagsnr) accepteret af"):  # fmt: skip
                assert text in one.page
            await other.log_in("Medarbejder i Region Midtjylland")
            assert "Fyn" not in await other.get("/tabel/regions")
            await other.post("/tabel/regions/glem", kind="header", name="landsdel")
            assert "Kolonnen »landsdel«" in await one.get("/tabel/regions")
            for kind, name, word in (("header", "landsdel", ""), ("word", "region", "Fyn"),
                                     ("accepted", "unknown_column", "Sagsnr")):  # fmt: skip
                await one.post("/tabel/regions/glem", kind=kind, name=name, word=word)
                assert one.status == 200
            assert "Det husker portalen" not in one.page
            fourth = await one.send("regions", content)
            assert portal.desk.receipt(fourth).rows_accepted == 0

    at_a_portal(work, tmp_path)


def test_a_word_that_points_to_a_person_is_not_remembered(tmp_path: Path) -> None:
    async def work(portal: Portal) -> None:
        async with clerk(portal) as one:
            await one.log_in()
            delivery = await one.send("regions", b"Region;Server fra\r\nFyn;01-11-2026\r\n")
            await one.post(f"/kvittering/{delivery}/husk", word=NOBODY, column="Region", code="1083")
            assert one.status == 400
        assert NOBODY.encode() not in everything_below(tmp_path)

    at_a_portal(work, tmp_path)


def test_the_status_shows_registers_quality_and_what_waits(tmp_path: Path) -> None:
    async def work(portal: Portal) -> None:
        async with clerk(portal) as one, clerk(portal) as office:
            await one.log_in()
            for number in (1, 2):
                wrong = f"K-9{number};012345;Fyn;09-10-2019;Ja;"
                delivery = await one.send("postcards", cards(card(number), wrong))
                await one.post(f"/kvittering/{delivery}/bekraeft")
                assert "bekræftet af dig" in one.page
            register = await one.send("regions", b"Region;Server fra\r\n1083;01-11-2026\r\n")
            await office.log_in("Analytiker hos CIMT")
            await office.get("/status")
            assert "Sendt, men ikke bekræftet af regionen" in office.page
            await one.post(f"/kvittering/{register}/bekraeft")
            await office.get("/status")
            for text in ("Registre, der ikke hører til en måned", "Kvalitet over tid", "50 % afvist",
                         "<polyline", "oktober 2019"):  # fmt: skip
                assert text in office.page
            assert "Sendt, men ikke bekræftet" not in office.page
            assert "- Regioner: ikke leveret" in await office.get("/status/1081.txt")

    at_a_portal(work, tmp_path)


def test_a_column_of_names_is_said_once_and_is_not_kept(tmp_path: Path) -> None:
    async def work(portal: Portal) -> None:
        content = (
            f"{HEAD};Patientnavn\r\n{card(1, 'Hanne ringede')};Hanne Testesen\r\n{card(2)};Ole Testesen\r\n"
        ).encode("cp1252")
        async with clerk(portal) as one:
            await one.log_in()
            delivery = await one.send("postcards", content)
            receipt = portal.desk.receipt(delivery)
            (said,) = [found for found in receipt.found if found.rule == "name_column"]
            assert (said.count, said.column, receipt.unknown) == (1, "Patientnavn", ())
            assert "er ikke gemt" in said.messages[0]
            assert "Kolonne med navne" in one.page
            assert "Kolonner, portalen ikke kender" not in one.page
            assert (receipt.rows_accepted, receipt.rows_warned) == (2, 0)
        for name in (b"Hanne", b"Testesen"):
            assert name not in everything_below(tmp_path)

    at_a_portal(work, tmp_path)


def test_the_receipt_says_which_line_is_the_header_and_which_header_is_which_column(tmp_path: Path) -> None:
    async def work(portal: Portal) -> None:
        head = HEAD.replace("Kortnummer", "Kort nr").replace("Ydernummer", "Yder")
        text = f"Postkort, Region Syddanmark\r\n\r\n{head};Sag {NOBODY}\r\n{card(1)};7\r\n"
        async with clerk(portal) as one:
            await one.log_in()
            delivery = await one.send("postcards", text.encode("cp1252"))
            receipt = portal.desk.receipt(delivery)
            assert receipt.decisions["header_row"] == "3"
            assert {("Kortnummer", "Kort nr"), ("Ydernummer", "Yder"), ("Region", "Region")} <= {
                *receipt.columns
            }
            assert "<dt>Overskrift i linje</dt><dd>3</dd>" in one.page
            assert "Kortnummer (i filen: »Kort nr«), Ydernummer (i filen: »Yder«), Region" in one.page
            assert NOBODY not in one.page
        assert NOBODY.encode() not in everything_below(tmp_path)

    at_a_portal(work, tmp_path)
