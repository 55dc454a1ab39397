"""The business case in both languages, as a committee meets it."""

import json
import random
import re
from collections import Counter
from decimal import Decimal
from html import unescape
from importlib import import_module
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pdf_structure import page_texts, shell
from report_html import html_of, tables_of

from pipeline.report.phrases import PHRASES
from pipeline.report.spelling import millions
from pipeline.text import Language
from tests.conftest import Reports

pytestmark = pytest.mark.slow
LANGUAGES: tuple[Language, ...] = ("da", "en")
EXAMPLE = {"da": "REGNEEKSEMPEL", "en": "WORKED EXAMPLE"}
CONTENTS = {"da": "Indhold", "en": "Contents"}
NOT_REPORTED = {"da": "Ikke rapporteret", "en": "Not reported"}
CHEERS_ITEMS = 28
# Millions with one decimal; smaller ones could be anything.
AMOUNT = re.compile(r"(?<![\d.,])−?\d{2,4},\d(?![\d%.]|\s?%)")
RESULTS_OF_EVIDENCE = """
    select e.sql, r.amount_oere
    from cost_evidence e join cost_results r
      on e.metric_or_cost = 'cost.' || r.measure and e.item = r.use_type and e.stratum = r.perspective
     and e.per = r."case" || '/' || r.alternative || '/' || r.region || '/'
         || case when r.measure in ('amount', 'nominal') then cast(r.year as varchar) else '-' end
    where e.rows > 0
"""
# The least of the type area that a page fills, and the margins around it, in millimetres.
LEAST_FILLED, TOP_MM, BOTTOM_MM = 0.3, 27, 26
# Names of delivered files have dates in them, and are meant.
IDENTIFIER = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")


def pdf(reports: Reports, language: str) -> Path:
    return reports.first / f"business_case.{language}.pdf"


def one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_accessible(pilot_reports: Reports, language: Language) -> None:
    checker: Any = import_module("page")
    found = checker.validate_pdf(pdf(pilot_reports, language), profile=checker.ValidationProfile.PDF_UA_1)
    assert [str(failure) for failure in found.failures] == []
    assert found.is_compliant


def test_three_numbers_of_the_pdf_lead_through_the_ledger_to_parameters(pilot_reports: Reports) -> None:
    """Any printed result: its SELECT over the ledger gives it, and each row names the inputs it rests on."""
    results = pilot_reports.folders.results
    model = json.loads((results / "cost_model.json").read_text("utf-8"))
    printed = set(AMOUNT.findall(" ".join(page_texts(pdf(pilot_reports, "da")))))
    with duckdb.connect() as db:
        for name in ("cost_ledger", "cost_results", "cost_evidence"):
            db.execute(f"create view {name} as select * from read_parquet('{results / name}.parquet')")
        found = db.execute(RESULTS_OF_EVIDENCE).fetchall()
        selects: dict[str, dict[str, int]] = {}
        for sql, amount_oere in found:
            selects.setdefault(millions(Decimal(amount_oere), 1, "da"), {})[sql] = amount_oere
        traced = sorted(printed & set(selects))
        assert len(traced) > 100
        for number in random.Random().sample(traced, 3):
            for sql, amount_oere in selects[number].items():
                assert db.execute(sql).fetchall() == [(amount_oere,)], number
                where = sql.partition(" where ")[2]
                rows = db.execute(f"select assumptions from cost_ledger where {where}").fetchall()
                keys = {key for (listed,) in rows for key in listed.split(",")}
                assert keys, number
                unknown = [
                    key
                    for key in keys
                    if not (model["inputs"][key]["source"] or model["inputs"][key]["is_assumption"])
                ]
                assert not unknown, number


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_recommendation_is_two_pages_that_stand_alone(pilot_reports: Reports, language: Language) -> None:
    texts = [one_line(page) for page in page_texts(pdf(pilot_reports, language))]
    assert EXAMPLE[language] in texts[0]
    assert texts[2].strip().startswith(CONTENTS[language])
    html = html_of("business_case", pilot_reports, language=language)
    front = html[html.index('<div class="front-text">') : html.index('<nav class="contents"')]
    headings = re.findall(r"<h2[^>]*>(.*?)</h2>", front)
    assert len(headings) == 7
    places = [next(n for n, page in enumerate(texts) if one_line(heading) in page) for heading in headings]
    assert places == sorted(places)
    assert set(places) == {0, 1}
    # It refers to nothing outside itself.
    assert set(re.findall(r'href="#(?:tabel|figur)-(\w+)"', front)) <= set(tables_of(front))


@pytest.mark.parametrize("language", LANGUAGES)
def test_cheers_names_a_page_for_every_item_or_why_there_is_none(
    pilot_reports: Reports, language: Language
) -> None:
    html, texts = (
        html_of("business_case", pilot_reports, language=language),
        page_texts(pdf(pilot_reports, language)),
    )
    head, *rows = tables_of(html)["cheers"]
    assert len(head) == 3
    assert [int(row[0].split()[0]) for row in rows] == list(range(1, CHEERS_ITEMS + 1))
    assert all(row[2] for row in rows)
    table = re.search(r"id=\"tabel-cheers\">.*?</table>", html, re.S)
    assert table
    links = re.findall(r'<a[^>]* href="#([\w-]+)"[^>]*>(.*?)</a>', table[0])
    assert sum(row[1] == NOT_REPORTED[language] for row in rows) + len(links) >= CHEERS_ITEMS
    title = "CHEERS 2022"
    (place,) = [n for n, page in enumerate(texts, 1) if re.match(rf"\s*\S+ A\s+{title}", page)]
    # In the order of the cells, so that one that takes two lines is read whole.
    file, number = pdf(pilot_reports, language), str(place)
    printed = one_line(shell("pdftotext", "-raw", "-f", number, "-l", number, file, "-"))
    short = PHRASES[language].page_short
    for anchor, words in links:
        said = re.escape(one_line(words.replace("\u00a0", " ")))
        pages = {int(number) for number in re.findall(rf"{said}, {re.escape(short)} (\d+)", printed)}
        assert pages, f"{anchor}: {words}"
        assert pages == {page_of(html, texts, anchor, language)}, anchor


def page_of(html: str, texts: list[str], anchor: str, language: Language) -> int:
    """The page (from 1) on which an anchor's heading or caption stands."""
    if anchor == "front":
        return 1
    if anchor.startswith("tabel-"):
        found = re.search(rf'id="{anchor}">.*?<span class="number">(.*?)</span>', html, re.S)
    else:
        found = re.search(rf'<h1 id="{anchor}">(?:<span class="count">.*?</span> )?(.*?)</h1>', html)
    assert found, anchor
    words = re.escape(unescape(found[1]).split(":")[0])
    # The contents' own lines have dots behind them.
    heading = re.compile(rf"(?:\s|\d|{PHRASES[language].annex} [A-Z])*{words}(?!.*\.\.\.\.)")
    # A chapter's name heads its later pages too.
    return next(
        n for n, text in enumerate(texts, 1) if any(heading.match(line) for line in text.splitlines())
    )


@pytest.mark.parametrize("name", ["evaluation.da", "business_case.da", "business_case.en"])
def test_no_identifier_stands_where_a_title_belongs(pilot_reports: Reports, name: str) -> None:
    """Outside the codebook, where fields are named."""
    codebook = re.compile(r"\s*Bilag [A-Z]\s+Kodebog")
    texts = [page for page in page_texts(pilot_reports.first / f"{name}.pdf") if not codebook.match(page)]
    assert [found for page in texts for found in IDENTIFIER.findall(page)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_amount_is_rounded_to_nothing(pilot_reports: Reports, language: Language) -> None:
    """What is under the shown precision is written with more decimals, or in kroner."""
    words = " ".join(page_texts(pdf(pilot_reports, language))).split()
    assert [word for word in words if re.fullmatch(r"[−-]?0[.,]0+", word)] == []


def test_both_languages_have_the_same_tables_rows_and_numbers(pilot_reports: Reports) -> None:
    danish, english = (
        tables_of(html_of("business_case", pilot_reports, language=language)) for language in LANGUAGES
    )
    assert list(danish) == list(english)
    assert len(danish) >= 40
    for key, rows in danish.items():
        others = english[key]
        assert [len(row) for row in rows] == [len(row) for row in others], key
        for row, other in zip(rows, others, strict=True):
            said = [numbers(cell, "da") for cell in row]
            assert said == [numbers(cell, "en") for cell in other], f"{key}: {row}"


def numbers(text: str, language: Language) -> Counter[str]:
    """The numbers in a cell, in one way of writing them."""
    text = re.sub(r"version \d[\d.]*", "", text)
    thousands, point = (".", ",") if language == "da" else (",", ".")
    found = re.findall(rf"−?\d+(?:[{thousands}]\d{{3}})*(?:[{point}]\d+)?", text)
    return Counter(number.replace(thousands, "").replace(point, ".") for number in found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_is_all_but_empty(pilot_reports: Reports, language: Language) -> None:
    """Every page but the last fills a good part of its type area."""
    filled: list[float] = []
    top, bottom = (mm / 25.4 * 72 for mm in (TOP_MM, BOTTOM_MM))
    lowest = height = 0.0
    for line in shell("pdftotext", "-bbox", pdf(pilot_reports, language), "-").splitlines():
        if found := re.search(r'<page width="[\d.]+" height="([\d.]+)"', line):
            height, lowest = float(found[1]), 0.0
        elif found := re.search(r'yMax="([\d.]+)"', line):
            end = float(found[1])
            lowest = max(lowest, end) if end <= height - bottom else lowest
        elif "</page>" in line:
            filled.append((lowest - top) / (height - top - bottom))
    assert [n for n, share in enumerate(filled[:-1], 1) if share < LEAST_FILLED] == []
