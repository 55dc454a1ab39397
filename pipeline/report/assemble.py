"""Everything a report prints from, read from a run's files; and the report made of it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from pipeline.contract import load_contracts
from pipeline.report import case_facts, facts
from pipeline.report.book import Book, load_book
from pipeline.report.contents import FIRST, Contents, load_contents, read_definitions, read_texts
from pipeline.report.defined import domain_tables, make_charts, make_table, strata_tables
from pipeline.report.points import Chart
from pipeline.report.render import Blocks, render_report
from pipeline.report.results import Estimates, Fact, load_estimates, rows_of
from pipeline.report.run import Row, Run, read_tables
from pipeline.text import Language

COSTS = (
    "cost_ledger", "cost_results", "cost_sensitivity", "cost_two_way", "cost_breakeven", "cost_uncertainty",
    "cost_probability", "cost_bridge", "cost_information", "cost_borrowed",
)  # fmt: skip
DELIVERED = ("deliveries", "quarantine")
REFERENCE = "reference_counts"
REPORTS: tuple[tuple[str, Language], ...] = (
    ("evaluation", "da"),
    ("business_case", "da"),
    ("business_case", "en"),
)
LANGUAGES: tuple[Language, ...] = ("da", "en")


@dataclass(frozen=True)
class Folders:
    """Where a run's files lie: delivered and linked tables, results, contracts, one language's narrative."""

    delivered: Path
    linked: Path
    results: Path
    schemas: Path
    text: Path

    def said_in(self, language: Language) -> "Folders":
        """The same run with another language's narrative."""
        return replace(self, text=self.text.with_name(language))


@dataclass(frozen=True)
class Cut:
    """What a report is about: its cut-off, the earlier ones, the edition, the programme.

    ``reference`` is the cut-off of the reference programme, whose counts stand in a section of their own.
    """

    as_of: date
    compare_with: tuple[date, ...]
    edition: str
    programme: str
    reference: date


def load_run(folders: Folders, cut: Cut, language: Language = "da") -> tuple[Run, dict[str, Any]]:
    """The run, told in ``language``, and the counts of ``validation.json`` and the ingest summary."""
    book = load_book(folders.results / "codebook.json", language)
    earlier = tuple(day for day in sorted(cut.compare_with) if day < cut.as_of)
    words = cast("dict[str, dict[str, str]]", read_texts(folders.text / "words.toml"))
    estimates = load_estimates(
        folders.results / "estimates.parquet",
        folders.delivered / "published_figures.parquet",
        edition=cut.edition,
        pers=book.pers,
    )
    tables: dict[str, list[dict[str, Any]]] = read_tables(folders.linked, cut.as_of)
    for name in DELIVERED:
        rows = rows_of(folders.delivered / f"{name}.parquet")
        tables[name] = [
            row for row in rows if row["programme"] == cut.programme and row["received_date"] <= cut.as_of
        ]
    counted = rows_of(folders.linked / f"{REFERENCE}.parquet")
    tables[REFERENCE] = [row for row in counted if row["as_of"] == cut.reference]
    for name in COSTS:
        tables[name] = rows_of(folders.results / f"{name}.parquet")
    checks = {
        "validation": _json(folders.results / "validation.json"),
        "summary": _json(folders.delivered / "summary.json"),
    }
    before = read_tables(folders.linked, earlier[-1])["flow"] if earlier else []
    found = _facts(tables, before, checks, book, estimates, words, cut.as_of, earlier)
    run = Run(
        as_of=cut.as_of,
        earlier=earlier,
        edition=cut.edition,
        estimates=estimates,
        book=book,
        contracts=load_contracts(folders.schemas),
        facts=tuple(found),
        words=words,
        tables=tables,
        is_reconstructed=any(row["is_reconstructed"] for row in tables["deliveries"]),
        language=language,
        model=_json(folders.results / "cost_model.json"),
    )
    return replace(run, facts=(*run.facts, *case_facts.facts(run))), checks


def _facts(
    tables: Mapping[str, list[dict[str, Any]]],
    before: list[dict[str, Any]],
    checks: Mapping[str, Row],
    book: Book,
    estimates: Estimates,
    words: Mapping[str, Mapping[str, str]],
    as_of: date,
    earlier: tuple[date, ...],
) -> Iterator[Fact]:
    yield from facts.dates(as_of, earlier)
    yield from facts.flow(tables["flow"], before, words.get("flow", {}), estimates, as_of)
    yield from facts.deliveries(tables["deliveries"], tables["quarantine"], checks["summary"])
    yield from facts.checks(checks["validation"])
    yield from facts.assumptions(book.assumptions)
    yield Fact("metrics.count", Decimal(len(book.metrics)), "count")
    yield Fact("metrics.unfed", Decimal(len(book.unfed)), "count")
    yield Fact("metrics.estimates", Decimal(len(estimates.rows)), "count")


def figures_in(folder: Path, language: Language) -> Path:
    """Where a language's figures lie in the folder of all of them."""
    return folder if language == FIRST else folder / language


def charts(run: Run, text: Path) -> dict[str, Chart]:
    """Every figure that is defined beside the narrative."""
    source = text / "figures.toml"
    return make_charts(run, read_definitions(source), source)


def report_html(
    name: str, run: Run, checks: Mapping[str, Any], *, text: Path, templates: Path, style: Path, figures: str
) -> str:
    """The report called ``name`` as HTML; ``figures`` is where its SVG files lie, as an address."""
    contents: Contents = load_contents(text / f"{name}.toml")
    source = text / "tables.toml"
    definitions = read_definitions(source)
    tables = {key: make_table(run, key, options, source, checks) for key, options in definitions.items()}
    domains = [chapter.domain for chapter in contents.chapters if chapter.domain]
    whole = {domain: domain_tables(run, domain) for domain in domains}
    split = {domain: strata_tables(run, domain) for domain in domains}
    tables |= {table.id: table for found in (*whole.values(), *split.values()) for table in found}
    blocks = Blocks(tables, charts(run, text), whole, split)
    return render_report(
        contents,
        run,
        blocks,
        text=text,
        templates=templates,
        styles=(style / "report.css").read_text(encoding="utf-8"),
        figures=figures,
    )


def _json(path: Path) -> dict[str, Any]:
    return cast("dict[str, Any]", json.loads(path.read_text(encoding="utf-8")))
